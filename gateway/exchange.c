#include "gateway/exchange.h"

#include <string.h>
#include <strings.h>

#include "base/clock.h"
#include "gateway/json_view.h"
#include "messages/json_text.h"

enum {
    ONE_WRITE_MAX = 65536,  /* head and body up to this size go out together */
    KEPT_BYTES_MAX = 131072 /* a buffer that grew larger is not kept for the next request */
};

/* ---- begin ---- */

/* splitmix64: request ids need to be unlike one another, not secret. */
static void
s_draw_request_id(exchange_t *self)
{
    uint64_t z = (self->session->random += UINT64_C(0x9e3779b97f4a7c15));
    z = (z ^ z >> 30) * UINT64_C(0xbf58476d1ce4e5b9);
    z = (z ^ z >> 27) * UINT64_C(0x94d049bb133111eb);
    z ^= z >> 31;
    for (int i = 0; i < 16; i++, z <<= 4)
        self->request_id[i] = "0123456789abcdef"[z >> 60];
    self->request_id[16] = '\0';
}

static status_t
s_bad_framing(exchange_t *self, fault_t *fault, const char *what)
{
    self->must_close = true;
    return fault_set(fault, STATUS_BAD_REQUEST, "%s", what);
}

/* RFC 9112, section 6.3: what leaves the body's end in doubt is refused, for whoever stands before
 * or behind us may see another end (request smuggling). civetweb takes all of it. */
static status_t
s_read_framing(exchange_t *self, fault_t *fault)
{
    int lengths = 0, codings = 0, hosts = 0;
    for (int i = 0; i < self->info->num_headers; i++) {
        const struct mg_header *header = &self->info->http_headers[i];
        if (strcasecmp(header->name, "Host") == 0)
            hosts++;
        if (strcasecmp(header->name, "Transfer-Encoding") == 0) {
            codings++;
            self->is_chunked = strcasecmp(header->value, "chunked") == 0;
        }
        if (strcasecmp(header->name, "Content-Length") == 0) {
            lengths++;
            if (header->value[0] == '-' ||
                !json_view_integer(slice_from(header->value), &self->content_length))
                return s_bad_framing(self, fault, "Content-Length is not a number");
        }
    }
    if (self->info->num_headers >= MG_MAX_HEADERS)
        return s_bad_framing(self, fault, "the request has more than 63 headers");
    if (lengths > 1 || codings > 1 || (lengths && codings))
        return s_bad_framing(self, fault, "the request says more than once how long its body is");
    if (codings && !self->is_chunked)
        return s_bad_framing(self, fault, "Transfer-Encoding is not chunked");
    bool is_old = self->info->http_version && strcmp(self->info->http_version, "1.0") == 0;
    if (is_old && codings)
        return s_bad_framing(self, fault, "HTTP/1.0 has no Transfer-Encoding");
    if (hosts > 1 || (hosts == 0 && !is_old))
        return s_bad_framing(self, fault, "the request has no Host, or several");
    return STATUS_OK;
}

status_t
exchange_begin(exchange_t *self, service_t *service, session_t *session,
               struct mg_connection *connection, fault_t *fault)
{
    *self = (exchange_t){.service = service,
                         .session = session,
                         .connection = connection,
                         .info = mg_get_request_info(connection),
                         .content_length = -1};
    self->query = slice_from(self->info->query_string);
    buffer_clear(&session->headers);
    buffer_clear(&session->body);
    s_draw_request_id(self);
    return s_read_framing(self, fault);
}

const char *
exchange_header(const exchange_t *self, const char *name)
{
    return mg_get_header(self->connection, name);
}

status_t
exchange_authenticate(exchange_t *self, fault_t *fault)
{
    const char *given = NULL;
    int count = 0;
    for (int i = 0; i < self->info->num_headers; i++) {
        if (strcasecmp(self->info->http_headers[i].name, "Authorization") == 0) {
            given = self->info->http_headers[i].value;
            count++;
        }
    }
    buffer_t *headers = &self->session->headers;
    if (count != 1 || strncasecmp(given, "Bearer ", 7) != 0) {
        buffer_append_text(headers, "WWW-Authenticate: Bearer\r\n");
        return fault_set(fault, STATUS_UNAUTHENTICATED,
                         "a token is needed: Authorization: Bearer TOKEN");
    }
    const token_claims_t *claims = NULL;
    status_t status = token_cache_verify(self->session->tokens, self->service->rules,
                                         slice_trim(slice_from(given + 7)), clock_wall_ms() / 1000,
                                         &claims, fault);
    if (status == STATUS_OK)
        self->owner = (slice_t){claims->subject, claims->subject_size};
    else
        buffer_append_text(headers, "WWW-Authenticate: Bearer error=\"invalid_token\"\r\n");
    return status;
}

/* ---- answers ---- */

static const char *
s_reason(int http)
{
    switch (http) {
    case 200: return "OK";
    case 304: return "Not Modified";
    case 400: return "Bad Request";
    case 401: return "Unauthorized";
    case 404: return "Not Found";
    case 405: return "Method Not Allowed";
    case 409: return "Conflict";
    case 413: return "Content Too Large";
    case 415: return "Unsupported Media Type";
    case 429: return "Too Many Requests";
    case 503: return "Service Unavailable";
    default: return "Internal Server Error";
    }
}

static void
s_append_date(session_t *session, buffer_t *out)
{
    time_t now = time(NULL);
    if (now != session->date_second) {
        struct tm parts;
        gmtime_r(&now, &parts);
        strftime(session->date, sizeof session->date, "%a, %d %b %Y %H:%M:%S GMT", &parts);
        session->date_second = now;
    }
    buffer_append_text(out, "Date: ");
    buffer_append_text(out, session->date);
    buffer_append_text(out, "\r\n");
}

/* A body that nobody read would be taken for the next request, or read to its end for nothing. */
static void
s_decide_closing(exchange_t *self)
{
    bool has_body = self->is_chunked || self->content_length > 0;
    if (has_body && !self->is_body_read)
        self->must_close = true;
    if (atomic_load_explicit(&self->service->stopping, memory_order_relaxed))
        self->must_close = true;
}

static void
s_write_head(exchange_t *self, int http, const char *content_type)
{
    buffer_t *head = &self->session->head;
    s_decide_closing(self);
    self->status = http;
    buffer_clear(head);
    buffer_append_text(head, "HTTP/1.1 ");
    json_text_append_number(head, http);
    buffer_append_byte(head, ' ');
    buffer_append_text(head, s_reason(http));
    buffer_append_text(head, "\r\n");
    s_append_date(self->session, head);
    if (content_type) {
        buffer_append_text(head, "Content-Type: ");
        buffer_append_text(head, content_type);
        buffer_append_text(head, "\r\n");
    }
    buffer_append_text(head, "Cache-Control: no-store\r\nX-Content-Type-Options: nosniff\r\n"
                             "X-Request-Id: ");
    buffer_append_text(head, self->request_id);
    buffer_append_text(head, self->must_close ? "\r\nConnection: close\r\n" : "\r\n");
    buffer_append_slice(head, buffer_slice(&self->session->headers));
}

void
exchange_answer(exchange_t *self, int http, const char *content_type)
{
    buffer_t *head = &self->session->head;
    slice_t body = buffer_slice(&self->session->body);
    s_write_head(self, http, content_type);
    if (http == 304) {
        body.size = 0;
        buffer_append_text(head, "\r\n");
    } else {
        buffer_append_text(head, "Content-Length: ");
        json_text_append_number(head, (int64_t) body.size);
        buffer_append_text(head, "\r\n\r\n");
    }
    if (self->is_head)
        body.size = 0;
    bool together = body.size <= ONE_WRITE_MAX;
    if (together)
        buffer_append_slice(head, body);
    if (mg_write(self->connection, head->data, head->size) != (int) head->size ||
        (!together && mg_write(self->connection, body.data, body.size) != (int) body.size))
        self->must_close = true;
}

void
exchange_problem(exchange_t *self, const fault_t *fault)
{
    session_t *session = self->session;
    buffer_clear(&session->body);
    problem_write(&session->body, fault, self->request_id, &self->errors);
    if (status_may_succeed_later(fault->status) && status_http(fault->status) != 500)
        buffer_append_text(&session->headers, "Retry-After: 1\r\n");
    exchange_answer(self, status_http(fault->status), "application/problem+json");
}

static bool
s_has_chunks(const exchange_t *self)
{
    return self->info->http_version == NULL || strcmp(self->info->http_version, "1.0") != 0;
}

void
exchange_stream_begin(exchange_t *self, const char *content_type)
{
    if (!s_has_chunks(self))
        self->must_close = true;
    s_write_head(self, 200, content_type);
    buffer_t *head = &self->session->head;
    buffer_append_text(head, s_has_chunks(self) ? "Transfer-Encoding: chunked\r\n\r\n" : "\r\n");
    if (mg_write(self->connection, head->data, head->size) != (int) head->size)
        self->must_close = true;
}

bool
exchange_stream_write(exchange_t *self, slice_t part)
{
    if (part.size == 0 || self->is_head)
        return true;
    int written = s_has_chunks(self)
                      ? mg_send_chunk(self->connection, part.data, (unsigned int) part.size)
                      : mg_write(self->connection, part.data, part.size);
    if (written > 0 && !atomic_load(&self->service->stopping))
        return true;
    self->must_close = true;
    return false;
}

void
exchange_stream_end(exchange_t *self, bool whole)
{
    if (!whole)
        self->must_close = true;
    else if (s_has_chunks(self) && !self->is_head)
        mg_send_chunk(self->connection, "", 0);
}

/* ---- questions ---- */

uint64_t
exchange_question(exchange_t *self)
{
    buffer_clear(&self->session->question);
    return bus_request(self->session->bus);
}

status_t
exchange_ask(exchange_t *self, bus_peer_t peer, uint16_t wanted, int64_t timeout_ms, fault_t *fault)
{
    session_t *session = self->session;
    return bus_ask(session->bus, peer, buffer_slice(&session->question), wanted, timeout_ms,
                   &session->reply, fault);
}

static void
s_trim(buffer_t *buffer)
{
    if (buffer->capacity > KEPT_BYTES_MAX)
        buffer_free(buffer);
}

void
exchange_end(exchange_t *self)
{
    if (self->must_close)
        mg_disable_connection_keep_alive(self->connection);
    error_list_free(&self->errors);
    s_trim(&self->session->question);
    s_trim(&self->session->reply);
    s_trim(&self->session->body);
    s_trim(&self->session->head);
}
