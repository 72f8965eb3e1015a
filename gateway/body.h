/* Reads a request's body: counted, bounded in size and in time. */
#ifndef TAGMILL_GATEWAY_BODY_H
#define TAGMILL_GATEWAY_BODY_H

#include "gateway/exchange.h"

typedef struct {
    exchange_t *exchange;
    uint64_t limit;
    uint64_t taken;
    int64_t deadline_ms;
    body_alarm_t alarm;
    bool is_armed;
} body_t;

/* Begins to read the body of `exchange`, at most `limit` bytes within http/body_seconds.
 * TOO_LARGE: the request says that it is longer; nothing was read. */
status_t body_open(body_t *self, exchange_t *exchange, uint64_t limit, fault_t *fault);

/* Reads up to `size` bytes into `room`; `*got` is 0 at the body's end.
 * TOO_LARGE: longer than the limit; BAD_REQUEST: it ended early, did not come in time, or its
 * chunks are malformed. */
status_t body_read(body_t *self, char *room, size_t size, size_t *got, fault_t *fault);

/* Ends the reading, wherever it stands. To be called once after every body_open. */
void body_close(body_t *self);

/* Reads a whole body into `out` (appends): body_open, body_read, body_close. */
status_t body_read_all(exchange_t *exchange, uint64_t limit, buffer_t *out, fault_t *fault);

#endif
