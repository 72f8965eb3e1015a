#include "tests/tools/http_stub.h"

#include <arpa/inet.h>
#include <poll.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "base/buffer.h"

enum { SCRIPT_MAX = 64, WAIT_SECONDS = 10 };

typedef struct {
    char *answer; /* whole, as it goes over the wire */
    char *head, *body;
} s_exchange_t;

struct http_stub {
    int listener;
    int stop[2]; /* a byte in the pipe ends the thread */
    char url[40];
    pthread_t thread;
    pthread_mutex_t mutex; /* over what follows */
    pthread_cond_t came;
    s_exchange_t exchanges[SCRIPT_MAX];
    size_t scripted, count;
};

/* Reads until the head and the declared body are there. Returns false when the client went away. */
static bool
s_read_request(int fd, buffer_t *in, size_t *head_size)
{
    for (;;) {
        char *end = in->size ? strstr(in->data, "\r\n\r\n") : NULL;
        if (end) {
            *head_size = (size_t) (end - in->data) + 4;
            const char *length = strstr(in->data, "Content-Length: ");
            size_t body = length && length < end ? strtoul(length + 16, NULL, 10) : 0;
            if (in->size >= *head_size + body)
                return true;
        }
        char chunk[4096];
        struct pollfd ready = {.fd = fd, .events = POLLIN};
        if (poll(&ready, 1, WAIT_SECONDS * 1000) != 1)
            return false;
        ssize_t got = read(fd, chunk, sizeof chunk);
        if (got <= 0)
            return false;
        buffer_append(in, chunk, (size_t) got);
    }
}

static void
s_write(int fd, const char *text)
{
    for (size_t left = strlen(text); left;) {
        ssize_t sent = write(fd, text, left);
        if (sent <= 0)
            return;
        text += sent;
        left -= (size_t) sent;
    }
}

static void
s_serve(http_stub_t *self, int fd)
{
    buffer_t in = {0};
    size_t head_size = 0;
    if (s_read_request(fd, &in, &head_size)) {
        pthread_mutex_lock(&self->mutex);
        const char *answer = NULL;
        if (self->count < SCRIPT_MAX) {
            s_exchange_t *exchange = &self->exchanges[self->count++];
            exchange->head = strndup(in.data, head_size);
            exchange->body = strdup(in.data + head_size);
            answer = exchange->answer;
        }
        pthread_cond_broadcast(&self->came);
        pthread_mutex_unlock(&self->mutex);
        s_write(fd, answer ? answer
                           : "HTTP/1.1 500 Over\r\nContent-Length: 0\r\nConnection: close\r\n\r\n");
    }
    buffer_free(&in);
}

static void *
s_run(void *arg)
{
    http_stub_t *self = arg;
    for (;;) {
        struct pollfd ready[] = {{.fd = self->listener, .events = POLLIN},
                                 {.fd = self->stop[0], .events = POLLIN}};
        if (poll(ready, 2, -1) < 0 || ready[1].revents)
            return NULL;
        int fd = accept(self->listener, NULL, NULL);
        if (fd < 0)
            continue;
        s_serve(self, fd);
        close(fd);
    }
}

http_stub_t *
http_stub_new(void)
{
    http_stub_t *self = calloc(1, sizeof *self);
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t size = sizeof address;
    self->listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (bind(self->listener, (struct sockaddr *) &address, size) != 0 ||
        listen(self->listener, 16) != 0 || pipe(self->stop) != 0 ||
        getsockname(self->listener, (struct sockaddr *) &address, &size) != 0)
        abort();
    snprintf(self->url, sizeof self->url, "http://127.0.0.1:%d", ntohs(address.sin_port));
    pthread_mutex_init(&self->mutex, NULL);
    pthread_cond_init(&self->came, NULL);
    if (pthread_create(&self->thread, NULL, s_run, self) != 0)
        abort();
    return self;
}

void
http_stub_destroy(http_stub_t **self_p)
{
    http_stub_t *self = *self_p;
    if (!self)
        return;
    s_write(self->stop[1], "x");
    pthread_join(self->thread, NULL);
    close(self->listener);
    close(self->stop[0]);
    close(self->stop[1]);
    for (size_t i = 0; i < SCRIPT_MAX; i++) {
        free(self->exchanges[i].answer);
        free(self->exchanges[i].head);
        free(self->exchanges[i].body);
    }
    pthread_mutex_destroy(&self->mutex);
    pthread_cond_destroy(&self->came);
    free(self);
    *self_p = NULL;
}

const char *
http_stub_url(const http_stub_t *self)
{
    return self->url;
}

void
http_stub_answer(http_stub_t *self, int code, const char *headers, const char *body)
{
    pthread_mutex_lock(&self->mutex);
    if (self->scripted >= SCRIPT_MAX)
        abort();
    char length[48] = "";
    if (!strstr(headers, "Transfer-Encoding"))
        snprintf(length, sizeof length, "Content-Length: %zu\r\n", strlen(body));
    if (asprintf(&self->exchanges[self->scripted++].answer,
                 "HTTP/1.1 %d Scripted\r\n%sConnection: close\r\n%s\r\n%s", code, length, headers,
                 body) < 0)
        abort();
    pthread_mutex_unlock(&self->mutex);
}

size_t
http_stub_count(http_stub_t *self)
{
    pthread_mutex_lock(&self->mutex);
    size_t count = self->count;
    pthread_mutex_unlock(&self->mutex);
    return count;
}

const char *
http_stub_request(http_stub_t *self, size_t index, const char **body)
{
    struct timespec deadline;
    clock_gettime(CLOCK_REALTIME, &deadline);
    deadline.tv_sec += WAIT_SECONDS;
    const char *head = NULL;
    pthread_mutex_lock(&self->mutex);
    while (self->count <= index &&
           pthread_cond_timedwait(&self->came, &self->mutex, &deadline) == 0)
        ;
    if (self->count > index) {
        head = self->exchanges[index].head;
        if (body)
            *body = self->exchanges[index].body;
    }
    pthread_mutex_unlock(&self->mutex);
    return head;
}
