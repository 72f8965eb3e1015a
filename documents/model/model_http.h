/* One request to a server of models over HTTP: bounded, cancellable, on a kept connection.
 *
 * The address is the operator's own choice, so it may lie on a private network, unlike the
 * addresses of documents. Redirects are not followed and no proxy is used, since a key goes along.
 */
#ifndef TAGMILL_DOCUMENTS_MODEL_HTTP_H
#define TAGMILL_DOCUMENTS_MODEL_HTTP_H

#include <stdatomic.h>
#include <stdint.h>

#include "base/buffer.h"
#include "base/slice.h"
#include "documents/failure.h"

enum { MODEL_BODY_MAX = 1024 * 1024 /* bytes of an answer, decoded */ };

typedef struct model_http model_http_t;

typedef struct {
    long status;
    buffer_t body;
    uint32_t retry_after_ms; /* 0: the server did not say */
} model_response_t;

/* Returns owned: a client that belongs to one thread. */
model_http_t *model_http_new(void);
void model_http_destroy(model_http_t **self_p);

/* Posts `body` (JSON) to `base_url`/chat/completions with `key` as the bearer token ("": none), and
 * fills `response` (emptied first, its memory kept). Borrows all. Returns by `deadline_ms`
 * (clock_monotonic_ms) and within 200 ms once `*cancel` becomes true. Returns ERROR_NONE whatever
 * the status, or what it also says in `failure`:
 *   NETWORK      no connection, or it broke
 *   TIMEOUT      the deadline passed
 *   MODEL_ERROR  an answer above MODEL_BODY_MAX, or one that is not HTTP
 *   AUTH         the key cannot stand in a header
 *   INTERNAL     cancelled */
error_type_t model_http_post(model_http_t *self, const char *base_url, slice_t key, slice_t body,
                             int64_t deadline_ms, const atomic_bool *cancel,
                             model_response_t *response, failure_t *failure);

/* Reads how long a server that is throttling asks to wait, in milliseconds, from the value of an
 * x-ratelimit-reset header: "1m2.5s", "250ms", "3" (seconds), or milliseconds since 1970. 0: it
 * makes no sense. `now_ms` is the wall clock. Pure. */
uint32_t model_http_reset_ms(const char *value, int64_t now_ms);

#endif
