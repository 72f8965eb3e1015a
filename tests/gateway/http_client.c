#include "tests/gateway/http_client.h"

#include <arpa/inet.h>
#include <assert.h>
#include <netinet/in.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/socket.h>
#include <unistd.h>

enum { PATIENCE_MS = 20000, CLOSE_WAIT_MS = 3000 };

int
http_connect(int port)
{
    int descriptor = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    struct sockaddr_in address = {.sin_family = AF_INET,
                                  .sin_port = htons((uint16_t) port),
                                  .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    int failed = connect(descriptor, (struct sockaddr *) &address, sizeof address);
    assert(failed == 0);
    (void) failed;
    return descriptor;
}

/* Reads more into `in`. False: the end, or nothing within the time. */
static bool
s_read(int descriptor, buffer_t *in, int patience_ms, bool *closed)
{
    struct pollfd item = {.fd = descriptor, .events = POLLIN};
    if (poll(&item, 1, patience_ms) <= 0)
        return false;
    ssize_t got = recv(descriptor, buffer_reserve(in, 65536), 65536, 0);
    *closed = got <= 0;
    if (got <= 0)
        return false;
    in->size += (size_t) got;
    in->data[in->size] = '\0';
    return true;
}

/* Puts the chunks of `raw` together into the body. True: the last one is there. */
static bool
s_join(slice_t raw, buffer_t *body)
{
    buffer_clear(body);
    for (;;) {
        const char *line = raw.size ? memmem(raw.data, raw.size, "\r\n", 2) : NULL;
        if (line == NULL)
            return false;
        size_t size = strtoul(raw.data, NULL, 16);
        size_t head = (size_t) (line - raw.data) + 2;
        if (raw.size < head + size + 2)
            return false;
        buffer_append(body, raw.data + head, size);
        raw = (slice_t){raw.data + head + size + 2, raw.size - head - size - 2};
        if (size == 0)
            return true;
    }
}

const char *
response_header(const response_t *response, const char *name)
{
    static char value[1024];
    value[0] = '\0';
    size_t size = strlen(name);
    for (const char *line = response->head.data; line && (line = strstr(line, "\r\n"));) {
        line += 2;
        if (strncasecmp(line, name, size) == 0 && line[size] == ':') {
            const char *end = strstr(line, "\r\n");
            snprintf(value, sizeof value, "%.*s", (int) (end - line - (long) size - 2),
                     line + size + 2);
            break;
        }
    }
    return value;
}

static bool
s_read_head(int descriptor, buffer_t *in, response_t *response)
{
    const char *end = NULL;
    while ((end = in->size ? strstr(in->data, "\r\n\r\n") : NULL) == NULL)
        if (!s_read(descriptor, in, PATIENCE_MS, &response->was_closed))
            return false;
    size_t size = (size_t) (end - in->data) + 4;
    buffer_append(&response->head, in->data, size);
    memmove(in->data, in->data + size, in->size - size + 1);
    in->size -= size;
    response->status = atoi(response->head.data + 9);
    return true;
}

void
http_receive(int descriptor, bool no_body, response_t *response)
{
    buffer_t in = {0};
    if (s_read_head(descriptor, &in, response) && response->status == 100) {
        buffer_clear(&response->head);
        s_read_head(descriptor, &in, response);
    }
    bool chunked = strcmp(response_header(response, "Transfer-Encoding"), "chunked") == 0;
    const char *length = response_header(response, "Content-Length");
    bool sized = *length != '\0';
    size_t wanted = sized ? strtoul(length, NULL, 10) : 0;
    if (no_body || response->status == 304)
        wanted = 0, sized = true, chunked = false;
    bool whole = false;
    while (!whole && response->status) {
        whole = chunked ? s_join(buffer_slice(&in), &response->body) : sized && in.size >= wanted;
        if (!whole && !s_read(descriptor, &in, PATIENCE_MS, &response->was_closed))
            break;
    }
    response->was_cut = response->status && !whole && (chunked || sized);
    if (!chunked)
        buffer_append_slice(&response->body, buffer_slice(&in));
    buffer_free(&in);
}

void
http_send(int port, slice_t request, response_t *response)
{
    int descriptor = http_connect(port);
    *response = (response_t){0};
    for (size_t done = 0; done < request.size;) {
        ssize_t sent = send(descriptor, request.data + done, request.size - done, MSG_NOSIGNAL);
        if (sent <= 0)
            break;
        done += (size_t) sent;
    }
    http_receive(descriptor, strncmp(request.data, "HEAD ", 5) == 0, response);
    buffer_t rest = {0};
    if (!response->was_closed)
        s_read(descriptor, &rest, CLOSE_WAIT_MS, &response->was_closed);
    buffer_free(&rest);
    close(descriptor);
}

void
http_ask(int port, const char *method, const char *target, const char *token,
         const char *content_type, const char *body, response_t *response)
{
    buffer_t request = {0};
    buffer_printf(&request, "%s %s HTTP/1.1\r\nHost: test\r\nConnection: close\r\n", method,
                  target);
    if (token)
        buffer_printf(&request, "Authorization: Bearer %s\r\n", token);
    if (content_type)
        buffer_printf(&request, "Content-Type: %s\r\n", content_type);
    if (body)
        buffer_printf(&request, "Content-Length: %zu\r\n", strlen(body));
    buffer_append_text(&request, "\r\n");
    buffer_append_text(&request, body ? body : "");
    http_send(port, buffer_slice(&request), response);
    buffer_free(&request);
}

bool
response_has(const response_t *response, const char *text)
{
    return response->body.data && strstr(response->body.data, text) != NULL;
}

void
response_free(response_t *response)
{
    buffer_free(&response->head);
    buffer_free(&response->body);
    *response = (response_t){0};
}
