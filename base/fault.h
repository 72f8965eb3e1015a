/* What went wrong: a status for programs and a sentence for a person.
 *
 * Functions that can fail return a status_t and, where the caller passes a fault, say there what
 * was wrong and what would be right. The statuses stand in one table, each with the HTTP code that
 * the gateway answers and whether the same request may succeed later.
 */
#ifndef TAGMILL_BASE_FAULT_H
#define TAGMILL_BASE_FAULT_H

#include <stdbool.h>

/* STATUS(symbol, code word, HTTP code, may succeed later, title). The code words are part of the
 * HTTP contract (`code` in problem+json): append only. */
#define STATUS_TABLE(STATUS)                                                                       \
    STATUS(OK, "ok", 200, false, "OK")                                                             \
    STATUS(BAD_REQUEST, "bad-request", 400, false, "The request is not valid")                     \
    STATUS(UNAUTHENTICATED, "unauthenticated", 401, false, "Authentication required")              \
    STATUS(NOT_FOUND, "not-found", 404, false, "Not found")                                        \
    STATUS(METHOD_NOT_ALLOWED, "method-not-allowed", 405, false, "Method not allowed")             \
    STATUS(WRONG_STATE, "wrong-state", 409, false, "The job's state does not allow this")          \
    STATUS(ID_TAKEN, "id-taken", 409, false, "This job_id exists with another body")               \
    STATUS(TOO_LARGE, "too-large", 413, false, "The request is too large")                         \
    STATUS(UNSUPPORTED_MEDIA_TYPE, "unsupported-media-type", 415, false,                           \
           "The media type is not supported")                                                      \
    STATUS(OVER_LIMIT, "over-limit", 429, true, "Over a limit of this user")                       \
    STATUS(INTERNAL, "internal", 500, false, "The service failed")                                 \
    STATUS(UNAVAILABLE, "unavailable", 503, true, "The service is not available now")              \
    STATUS(IO_ERROR, "io-error", 500, true, "Reading or writing failed")                           \
    STATUS(MALFORMED, "malformed", 500, false, "A message or a file is malformed")

typedef enum {
#define STATUS(symbol, word, http, later, title) STATUS_##symbol,
    STATUS_TABLE(STATUS)
#undef STATUS
        STATUS_COUNT
} status_t;

enum { FAULT_DETAIL_SIZE = 512 };

typedef struct {
    status_t status;
    char detail[FAULT_DETAIL_SIZE]; /* a sentence, NUL-terminated; empty when status is OK */
} fault_t;

/* The table's columns. Any thread. `status` must be in the table. */
const char *status_word(status_t status);
const char *status_title(status_t status);
int status_http(status_t status);
bool status_may_succeed_later(status_t status);

/* Fills `fault` (may be NULL) with `status` and a formatted sentence, cut where it does not fit.
 * Returns `status`, so that a function can end with `return fault_set(...)`. */
status_t fault_set(fault_t *fault, status_t status, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

#endif
