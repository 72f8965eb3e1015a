/* Which handler a path belongs to. Paths are matched exactly and as they were sent: civetweb's own
 * matching takes /okx for /ok and decodes %2f and %00 before it looks. */
#ifndef TAGMILL_GATEWAY_ROUTES_H
#define TAGMILL_GATEWAY_ROUTES_H

#include <stdbool.h>
#include <stddef.h>

#include "base/buffer.h"
#include "base/fault.h"
#include "base/slice.h"
#include "messages/table.h"

struct exchange;

/* Answers a request, or returns why it cannot; the problem is then written for it. */
typedef status_t (*route_handler_t)(struct exchange *exchange, fault_t *fault);

typedef struct {
    const char *method;  /* "GET" (HEAD is then taken too) or "POST" */
    const char *pattern; /* one segment may be {job_id} */
    bool is_open;        /* needs no token */
    route_handler_t handler;
} route_t;

typedef struct {
    const route_t *route;
    char job_id[JOB_ID_MAX + 1]; /* the segment {job_id}, decoded; "" where there is none */
    bool is_head;
} route_match_t;

/* Finds the route of `method` and `path` (as sent, without the query) among `count` in `table`.
 * NOT_FOUND: no such path; METHOD_NOT_ALLOWED: another method, `allow` then holds those that the
 * path takes; BAD_REQUEST: what stands for {job_id} can be no job's id. */
status_t routes_match(const route_t *table, size_t count, slice_t method, slice_t path,
                      route_match_t *match, buffer_t *allow, fault_t *fault);

/* True for 1 to 128 of A-Z a-z 0-9 . _ : - */
bool job_id_is_valid(slice_t job_id);

#endif
