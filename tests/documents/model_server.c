#include "tests/documents/model_server.h"

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <pthread.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/memory.h"
#include "tests/documents/model_script.h"

enum { HEAD_MAX = 16 * 1024, BODY_MAX = 8 * 1024 * 1024, KEY_SIZE = 128, KEYS_MAX = 64 };

typedef struct connection {
    struct connection *next;
    model_server_t *server;
    pthread_t thread;
    int fd; /* -1 once its thread has closed it */
} connection_t;

/* What is counted of a key. */
typedef struct {
    char key[KEY_SIZE];
    double tokens; /* BUCKET: filled at the rate, never above the burst */
    int64_t filled_ms;
    int64_t second;                                /* WINDOW: which */
    uint32_t admitted;                             /* in it; SLIDING: ever */
    int64_t admitted_ms[MODEL_SERVER_SLIDING_MAX]; /* SLIDING: the last of them, a ring */
} bucket_t;

struct model_server {
    model_server_options_t options;
    int listener;
    uint16_t port;
    pthread_t thread;
    pthread_mutex_t lock; /* guards all below */
    connection_t *connections;
    model_server_stats_t stats;
    buffer_t last_head;
    buffer_t last_body;
    bucket_t buckets[KEYS_MAX];
    size_t bucket_count;
};

/* ---- one request ---- */

/* Returns the value of a header in `head` (NUL-terminated), up to the line's end. */
static slice_t
s_header(const char *head, const char *name)
{
    size_t size = strlen(name);
    for (const char *line = strstr(head, "\r\n"); line; line = strstr(line, "\r\n")) {
        line += 2;
        if (strncasecmp(line, name, size) == 0 && line[size] == ':')
            return slice_trim((slice_t){line + size + 1, strcspn(line + size + 1, "\r")});
    }
    return (slice_t){0};
}

static bool
s_receive(int fd, buffer_t *in)
{
    char *room = buffer_reserve(in, 16 * 1024);
    ssize_t got = recv(fd, room, 16 * 1024, 0);
    if (got <= 0)
        return false;
    in->size += (size_t) got;
    in->data[in->size] = '\0';
    return true;
}

/* Reads a request and takes it off `in`. Returns false when none comes, or none that fits. */
static bool
s_read(int fd, buffer_t *in, buffer_t *head, buffer_t *body)
{
    const char *end;
    while (in->data == NULL || (end = strstr(in->data, "\r\n\r\n")) == NULL)
        if (in->size > HEAD_MAX || !s_receive(fd, in))
            return false;
    size_t head_size = (size_t) (end - in->data) + 4;
    buffer_clear(head);
    buffer_append(head, in->data, head_size);
    slice_t length = s_header(head->data, "Content-Length");
    size_t body_size = length.size ? strtoul(length.data, NULL, 10) : 0;
    if (body_size > BODY_MAX)
        return false;
    while (in->size < head_size + body_size)
        if (!s_receive(fd, in))
            return false;
    buffer_clear(body);
    buffer_append(body, in->data + head_size, body_size);
    in->size -= head_size + body_size;
    memmove(in->data, in->data + head_size + body_size, in->size);
    in->data[in->size] = '\0';
    return true;
}

static bucket_t *
s_require_bucket(model_server_t *self, const char *key, double burst, int64_t now_ms)
{
    for (size_t i = 0; i < self->bucket_count; i++)
        if (strcmp(self->buckets[i].key, key) == 0)
            return &self->buckets[i];
    bucket_t *bucket = &self->buckets[self->bucket_count];
    if (self->bucket_count < KEYS_MAX - 1)
        self->bucket_count++;
    snprintf(bucket->key, sizeof bucket->key, "%s", key);
    bucket->tokens = burst;
    bucket->filled_ms = now_ms;
    return bucket;
}

static uint32_t
s_admit_bucket(const model_server_t *self, bucket_t *bucket, double burst, int64_t now_ms)
{
    double rate = self->options.rate;
    bucket->tokens += rate * (double) (now_ms - bucket->filled_ms) / 1000;
    if (bucket->tokens > burst)
        bucket->tokens = burst;
    bucket->filled_ms = now_ms;
    if (bucket->tokens < 1) { /* rounded up: a whole second stays one second of Retry-After */
        double wait_ms = (1 - bucket->tokens) * 1000 / rate;
        uint32_t whole_ms = (uint32_t) wait_ms;
        return whole_ms < wait_ms ? whole_ms + 1 : whole_ms;
    }
    bucket->tokens -= 1;
    return 0;
}

static uint32_t
s_admit_sliding(const model_server_t *self, bucket_t *bucket, int64_t now_ms)
{
    int64_t *oldest_ms = &bucket->admitted_ms[bucket->admitted % self->options.rate];
    if (bucket->admitted >= self->options.rate && *oldest_ms + 1000 > now_ms)
        return (uint32_t) (*oldest_ms + 1000 - now_ms);
    *oldest_ms = now_ms;
    bucket->admitted++;
    return 0;
}

static uint32_t
s_admit_window(const model_server_t *self, bucket_t *bucket, int64_t now_ms)
{
    if (bucket->second != now_ms / 1000)
        bucket->admitted = 0;
    bucket->second = now_ms / 1000;
    if (bucket->admitted >= self->options.rate)
        return (uint32_t) (1000 - now_ms % 1000);
    bucket->admitted++;
    return 0;
}

/* Counts a request of the key. Returns 0, or the milliseconds until one would be admitted. */
static uint32_t
s_admit(model_server_t *self, slice_t authorization)
{
    if (self->options.rate == 0)
        return 0;
    char key[KEY_SIZE];
    snprintf(key, sizeof key, "%.*s", SLICE_ARG(authorization));
    double burst = self->options.burst ? self->options.burst : self->options.rate;
    int64_t now_ms = clock_monotonic_ms();
    bucket_t *bucket = s_require_bucket(self, key, burst, now_ms);
    switch (self->options.count) {
    case MODEL_SERVER_BUCKET: return s_admit_bucket(self, bucket, burst, now_ms);
    case MODEL_SERVER_SLIDING: return s_admit_sliding(self, bucket, now_ms);
    case MODEL_SERVER_WINDOW: return s_admit_window(self, bucket, now_ms);
    }
    return 0;
}

/* Counts and keeps the request. Returns as s_admit. */
static uint32_t
s_note(model_server_t *self, const buffer_t *head, const buffer_t *body)
{
    pthread_mutex_lock(&self->lock);
    self->stats.requests++;
    buffer_clear(&self->last_head);
    buffer_append_slice(&self->last_head, buffer_slice(head));
    buffer_clear(&self->last_body);
    buffer_append_slice(&self->last_body, buffer_slice(body));
    uint32_t wait_ms = s_admit(self, s_header(head->data, "Authorization"));
    if (wait_ms)
        self->stats.throttled++;
    else
        self->stats.answered++;
    pthread_mutex_unlock(&self->lock);
    return wait_ms;
}

static bool
s_send_stats(model_server_t *self, int fd)
{
    model_server_stats_t stats = model_server_stats(self);
    char body[128];
    snprintf(body, sizeof body,
             "{\"requests\":%u,\"answered\":%u,\"throttled\":%u,\"connections\":%u}",
             stats.requests, stats.answered, stats.throttled, stats.connections);
    return model_script_send(fd, "200 OK", "", slice_from(body));
}

static bool
s_send_throttled(int fd, uint32_t wait_ms)
{
    char headers[64];
    snprintf(headers, sizeof headers, "Retry-After: %u\r\n", (wait_ms + 999) / 1000);
    return model_script_send(
        fd, "429 Too Many Requests", headers,
        SLICE("{\"error\":{\"message\":\"Rate limit reached\",\"code\":\"rate_limit_exceeded\"}}"));
}

static bool
s_is_let_in(const model_server_t *self, const char *head)
{
    char wanted[KEY_SIZE];
    if (self->options.key == NULL)
        return true;
    snprintf(wanted, sizeof wanted, "Bearer %s", self->options.key);
    return slice_is(s_header(head, "Authorization"), wanted);
}

/* Returns false when the connection is of no more use. */
static bool
s_serve(model_server_t *self, int fd, const buffer_t *head, const buffer_t *body)
{
    const char *line_end = strstr(head->data, "\r\n");
    if (strncmp(head->data, "GET /stats ", 11) == 0)
        return s_send_stats(self, fd);
    const char *path = strstr(head->data, "/chat/completions ");
    if (strncmp(head->data, "POST ", 5) != 0 || path == NULL || path > line_end)
        return model_script_send(fd, "404 Not Found", "",
                                 SLICE("{\"error\":{\"message\":\"no such path\"}}"));
    uint32_t wait_ms = s_note(self, head, body);
    if (!s_is_let_in(self, head->data))
        return model_script_send(fd, "401 Unauthorized", "",
                                 SLICE("{\"error\":{\"message\":\"Incorrect API key provided\"}}"));
    if (wait_ms)
        return s_send_throttled(fd, wait_ms);
    /* A client that leaves ends the wait, and so does the server's stop. */
    if (self->options.latency_ms &&
        poll(&(struct pollfd){.fd = fd, .events = POLLRDHUP}, 1, (int) self->options.latency_ms))
        return false;
    return model_script_answer(fd, buffer_slice(body));
}

/* ---- connections ---- */

static void *
s_run_connection(void *context)
{
    connection_t *connection = context;
    model_server_t *self = connection->server;
    buffer_t in = {0}, head = {0}, body = {0};
    while (s_read(connection->fd, &in, &head, &body) &&
           s_serve(self, connection->fd, &head, &body)) {
    }
    buffer_free(&in);
    buffer_free(&head);
    buffer_free(&body);
    pthread_mutex_lock(&self->lock);
    close(connection->fd);
    connection->fd = -1;
    pthread_mutex_unlock(&self->lock);
    return NULL;
}

static void
s_add_connection(model_server_t *self, int fd)
{
    int on = 1;
    setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    connection_t *connection = memory_new(sizeof *connection);
    connection->server = self;
    connection->fd = fd;
    pthread_mutex_lock(&self->lock);
    self->stats.connections++;
    if (pthread_create(&connection->thread, NULL, s_run_connection, connection) != 0)
        abort();
    connection->next = self->connections;
    self->connections = connection;
    pthread_mutex_unlock(&self->lock);
}

static void *
s_run(void *context)
{
    model_server_t *self = context;
    for (;;) {
        int fd = accept4(self->listener, NULL, NULL, SOCK_CLOEXEC);
        if (fd < 0)
            return NULL;
        s_add_connection(self, fd);
    }
}

/* ---- public ---- */

model_server_t *
model_server_start(const model_server_options_t *options)
{
    model_server_t *self = memory_new(sizeof *self);
    self->options = *options;
    pthread_mutex_init(&self->lock, NULL);
    self->listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    struct sockaddr_in address = {.sin_family = AF_INET,
                                  .sin_port = htons(options->port),
                                  .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t size = sizeof address;
    int on = 1;
    setsockopt(self->listener, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
    if (bind(self->listener, (struct sockaddr *) &address, sizeof address) != 0 ||
        listen(self->listener, 128) != 0 ||
        getsockname(self->listener, (struct sockaddr *) &address, &size) != 0 ||
        pthread_create(&self->thread, NULL, s_run, self) != 0) {
        perror("the model server cannot start");
        abort();
    }
    self->port = ntohs(address.sin_port);
    return self;
}

uint16_t
model_server_port(const model_server_t *self)
{
    return self->port;
}

model_server_stats_t
model_server_stats(model_server_t *self)
{
    pthread_mutex_lock(&self->lock);
    model_server_stats_t stats = self->stats;
    pthread_mutex_unlock(&self->lock);
    return stats;
}

void
model_server_last(model_server_t *self, buffer_t *head, buffer_t *body)
{
    buffer_clear(head);
    buffer_clear(body);
    pthread_mutex_lock(&self->lock);
    buffer_append_slice(head, buffer_slice(&self->last_head));
    buffer_append_slice(body, buffer_slice(&self->last_body));
    pthread_mutex_unlock(&self->lock);
}

void
model_server_stop(model_server_t **self_p)
{
    model_server_t *self = *self_p;
    shutdown(self->listener, SHUT_RDWR); /* wakes accept */
    pthread_join(self->thread, NULL);
    pthread_mutex_lock(&self->lock);
    for (connection_t *at = self->connections; at; at = at->next)
        if (at->fd >= 0)
            shutdown(at->fd, SHUT_RDWR);
    pthread_mutex_unlock(&self->lock);
    while (self->connections) {
        connection_t *connection = self->connections;
        self->connections = connection->next;
        pthread_join(connection->thread, NULL);
        free(connection);
    }
    close(self->listener);
    buffer_free(&self->last_head);
    buffer_free(&self->last_body);
    pthread_mutex_destroy(&self->lock);
    free(self);
    *self_p = NULL;
}
