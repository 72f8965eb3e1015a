/* The two steps of a pipeline that can be shared: fetching a document once for its job, and reading
 * equal bytes once, whatever they are called. Both go through a cache that the slots of a worker
 * process share; acquirer and extractor are the slot's own.
 */
#ifndef TAGMILL_DOCUMENTS_REUSE_H
#define TAGMILL_DOCUMENTS_REUSE_H

#include "documents/acquire/acquire.h"
#include "documents/cache.h"
#include "documents/extractor.h"

/* Lends the bytes of the document that `request` (borrowed) asks for in `*out` until cache_return,
 * fetched at most once while the job lasts and they are kept; one whose server gave an ETag is
 * asked about anew when the cache takes it for old. Local documents are read anew each time: the
 * kernel keeps them. Errors as acquirer_fetch. */
error_type_t reuse_fetch(cache_t *cache, acquirer_t *acquirer, uint64_t job_no,
                         const acquire_request_t *request, const cache_value_t **out,
                         failure_t *failure);

/* Has `request` (borrowed) read, whose bytes are those of `document`, unless equal bytes were read
 * so before, for any job. `answer` points into `*out`, which is lent until cache_return. Returns
 * and sets `answer` as extractor_run. */
error_type_t reuse_extract(cache_t *cache, extractor_t *extractor, const cache_value_t *document,
                           const extract_request_t *request, int64_t deadline_ms,
                           const atomic_bool *cancel, const cache_value_t **out,
                           extract_answer_t *answer, failure_t *failure);

#endif
