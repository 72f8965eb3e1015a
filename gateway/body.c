#include "gateway/body.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <string.h>
#include <strings.h>
#include <sys/resource.h>
#include <sys/socket.h>

#include "base/clock.h"

enum { READ_SIZE = 16384, DRIP_SIZE = 1 };

/* ---- the connection's descriptor ---- */

/* True when `descriptor` is the connection that `info` tells of. */
static bool
s_is_connection(int descriptor, const struct mg_request_info *info, const struct in_addr *peer)
{
    struct sockaddr_in address = {0};
    socklen_t size = sizeof address;
    if (getpeername(descriptor, (struct sockaddr *) &address, &size) != 0 ||
        address.sin_family != AF_INET || address.sin_addr.s_addr != peer->s_addr ||
        ntohs(address.sin_port) != info->remote_port)
        return false;
    size = sizeof address;
    return getsockname(descriptor, (struct sockaddr *) &address, &size) == 0 &&
           ntohs(address.sin_port) == info->server_port;
}

/* civetweb does not tell which descriptor a connection has; its two ends do. -1: not found. */
static int
s_find_descriptor(exchange_t *exchange)
{
    struct in_addr peer;
    struct rlimit limit;
    int *last = &exchange->session->descriptor;
    if (inet_pton(AF_INET, exchange->info->remote_addr, &peer) != 1 ||
        getrlimit(RLIMIT_NOFILE, &limit) != 0)
        return -1;
    if (s_is_connection(*last, exchange->info, &peer))
        return *last;
    for (int descriptor = 3; (rlim_t) descriptor < limit.rlim_cur; descriptor++) {
        if (s_is_connection(descriptor, exchange->info, &peer)) {
            *last = descriptor;
            return descriptor;
        }
    }
    return -1;
}

/* ---- reading ---- */

status_t
body_open(body_t *self, exchange_t *exchange, uint64_t limit, fault_t *fault)
{
    int64_t seconds = config_number(exchange->service->config, CONFIG_HTTP_BODY_SECONDS);
    *self = (body_t){
        .exchange = exchange, .limit = limit, .deadline_ms = clock_monotonic_ms() + seconds * 1000};
    if (exchange->content_length > 0 && (uint64_t) exchange->content_length > limit)
        return fault_set(fault, STATUS_TOO_LARGE, "the body has %lld bytes; at most %llu are taken",
                         (long long) exchange->content_length, (unsigned long long) limit);
    if (exchange->content_length <= 0 && !exchange->is_chunked)
        return STATUS_OK;
    const char *expected = exchange_header(exchange, "Expect");
    if (expected && strcasecmp(expected, "100-continue") == 0)
        mg_printf(exchange->connection, "HTTP/1.1 100 Continue\r\n\r\n");
    int descriptor = s_find_descriptor(exchange);
    if (descriptor >= 0) {
        body_clock_arm(exchange->service->body_clock, &self->alarm, descriptor, self->deadline_ms);
        self->is_armed = true;
    }
    return STATUS_OK;
}

static status_t
s_ended(body_t *self, int result, fault_t *fault)
{
    exchange_t *exchange = self->exchange;
    bool short_of_length =
        exchange->content_length > 0 && self->taken < (uint64_t) exchange->content_length;
    if (!short_of_length && result == 0 && clock_monotonic_ms() < self->deadline_ms) {
        exchange->is_body_read = true;
        return STATUS_OK;
    }
    if (clock_monotonic_ms() >= self->deadline_ms)
        return fault_set(fault, STATUS_BAD_REQUEST, "the body did not come in time");
    return fault_set(fault, STATUS_BAD_REQUEST, "the body ended before it was whole");
}

status_t
body_read(body_t *self, char *room, size_t size, size_t *got, fault_t *fault)
{
    exchange_t *exchange = self->exchange;
    *got = 0;
    if (exchange->content_length >= 0) {
        uint64_t left = (uint64_t) exchange->content_length - self->taken;
        size = left < size ? (size_t) left : size;
    } else if (!exchange->is_chunked) {
        size = 0;
    }
    if (size == 0)
        return s_ended(self, 0, fault);
    /* Without a watch over the connection a byte at a time is all that mg_read can be trusted
     * with. */
    int result = mg_read(exchange->connection, room, self->is_armed ? size : DRIP_SIZE);
    if (result <= 0)
        return s_ended(self, result, fault);
    if (clock_monotonic_ms() >= self->deadline_ms)
        return fault_set(fault, STATUS_BAD_REQUEST, "the body did not come in time");
    self->taken += (uint64_t) result;
    if (self->taken > self->limit)
        return fault_set(fault, STATUS_TOO_LARGE, "the body is longer than %llu bytes",
                         (unsigned long long) self->limit);
    *got = (size_t) result;
    return STATUS_OK;
}

void
body_close(body_t *self)
{
    if (self->is_armed && body_clock_disarm(self->exchange->service->body_clock, &self->alarm))
        self->exchange->must_close = true;
    self->is_armed = false;
}

status_t
body_read_all(exchange_t *exchange, uint64_t limit, buffer_t *out, fault_t *fault)
{
    body_t body;
    size_t got = 0;
    status_t status = body_open(&body, exchange, limit, fault);
    while (status == STATUS_OK) {
        status = body_read(&body, buffer_reserve(out, READ_SIZE), READ_SIZE, &got, fault);
        if (status != STATUS_OK || got == 0)
            break;
        out->size += got;
        out->data[out->size] = '\0';
    }
    body_close(&body);
    return status;
}
