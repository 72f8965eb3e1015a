#include "documents/reuse.h"

#include <string.h>

_Static_assert(sizeof((acquire_facts_t){0}.etag) <= CACHE_ETAG_SIZE, "an ETag fits");

/* ---- fetching ---- */

typedef struct {
    acquirer_t *acquirer;
    const acquire_request_t *request;
} fetching_t;

static error_type_t
s_fetch(void *context, const cache_value_t *old, cache_value_t *fresh, bool *is_unchanged,
        failure_t *failure)
{
    const fetching_t *fetching = context;
    acquire_request_t request = *fetching->request;
    request.known_etag = old ? old->etag : NULL;
    acquire_facts_t facts;
    error_type_t type =
        acquirer_fetch(fetching->acquirer, &request, &fresh->bytes, &facts, failure);
    if (type != ERROR_NONE)
        return type;
    *is_unchanged = facts.is_unchanged;
    memcpy(fresh->etag, facts.etag, sizeof facts.etag);
    cache_hash(buffer_slice(&fresh->bytes), fresh->hash);
    return ERROR_NONE;
}

error_type_t
reuse_fetch(cache_t *cache, acquirer_t *acquirer, uint64_t job_no, const acquire_request_t *request,
            const cache_value_t **out, failure_t *failure)
{
    buffer_t name = {0};
    buffer_printf(&name, "%s ", source_type_word(request->source));
    buffer_append_slice(&name, request->path);
    fetching_t fetching = {acquirer, request};
    cache_order_t order = {.job_no = job_no,
                           .name = buffer_slice(&name),
                           .is_kept = request->source != SOURCE_LOCAL,
                           .deadline_ms = request->deadline_ms,
                           .cancel = request->cancel,
                           .make = s_fetch,
                           .context = &fetching};
    error_type_t type = cache_get(cache, &order, out, failure);
    buffer_free(&name);
    return type;
}

/* ---- reading ---- */

typedef struct {
    extractor_t *extractor;
    const extract_request_t *request;
    int64_t deadline_ms;
    const atomic_bool *cancel;
} reading_t;

/* Keeps the whole answer as the process gave it, a refusal too: it is of the bytes, and they will
 * not change. A process that crashed or was too slow gave none. */
static error_type_t
s_read(void *context, const cache_value_t *old, cache_value_t *fresh, bool *is_unchanged,
       failure_t *failure)
{
    (void) old;
    (void) is_unchanged;
    const reading_t *reading = context;
    extract_answer_t answer;
    error_type_t type = extractor_run(reading->extractor, reading->request, reading->deadline_ms,
                                      reading->cancel, &answer, failure);
    if (type != answer.error)
        return type;
    *failure = (failure_t){0};
    extract_answer_encode(&answer, &fresh->bytes);
    return ERROR_NONE;
}

error_type_t
reuse_extract(cache_t *cache, extractor_t *extractor, const cache_value_t *document,
              const extract_request_t *request, int64_t deadline_ms, const atomic_bool *cancel,
              const cache_value_t **out, extract_answer_t *answer, failure_t *failure)
{
    *answer = (extract_answer_t){.confidence = EXTRACT_CONFIDENCE_NONE};
    buffer_t name = {0};
    extract_request_encode_head(request, &name); /* all that the answer depends on, but the bytes */
    buffer_append(&name, document->hash, sizeof document->hash);
    reading_t reading = {extractor, request, deadline_ms, cancel};
    cache_order_t order = {.name = buffer_slice(&name),
                           .is_kept = true,
                           .deadline_ms = deadline_ms,
                           .cancel = cancel,
                           .make = s_read,
                           .context = &reading};
    error_type_t type = cache_get(cache, &order, out, failure);
    buffer_free(&name);
    size_t needed = 0;
    if (type != ERROR_NONE)
        return type;
    extract_answer_decode(buffer_slice(&(*out)->bytes), answer, &needed); /* we encoded it */
    if (answer->error == ERROR_NONE)
        return ERROR_NONE;
    return failure_set(failure, answer->error, "%.*s", SLICE_ARG(answer->detail));
}
