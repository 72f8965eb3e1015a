/* Fetches the bytes of a document from where a user said that it lies.
 *
 * An acquirer belongs to one thread; it keeps its connections between documents.
 */
#ifndef TAGMILL_DOCUMENTS_ACQUIRE_H
#define TAGMILL_DOCUMENTS_ACQUIRE_H

#include <stdatomic.h>
#include <stdint.h>

#include "base/buffer.h"
#include "base/slice.h"
#include "base/vocabulary.h"
#include "documents/failure.h"

typedef struct acquirer acquirer_t;

typedef struct {
    const char *root;           /* local documents lie below this directory; "": there are none */
    const char *allow_networks; /* besides public addresses: CIDRs split by commas */
    size_t max_bytes;           /* the largest document, after decoding */
    uint32_t fetch_ms;          /* how long a fetch from a URL may take */
} acquire_options_t;

/* Returns owned: an acquirer (options and what they point to are copied). The networks must be well
 * formed (the configuration has checked them). */
acquirer_t *acquirer_new(const acquire_options_t *options);

/* Closes the connections, frees the acquirer and nulls the caller's pointer. Null-safe. */
void acquirer_destroy(acquirer_t **self_p);

/* Puts the bytes of the document at `path` into `out` (emptied first; borrows all but `out`).
 * Returns by `deadline_ms` (clock_monotonic_ms) and within 200 ms once `*cancel` becomes true.
 * Returns ERROR_NONE, or what it also says in `failure`:
 *   NOT_FOUND  nothing is there, or the address is malformed
 *   FORBIDDEN  local files are off, the path leads out of the root or to no plain file; the address
 *              is not public, not http(s), or the server refuses; S3 is not configured
 *   NETWORK    the server cannot be reached or asks to come again later (retry_after_ms)
 *   TIMEOUT    fetch_ms or the deadline passed
 *   TOO_LARGE  more than max_bytes
 *   INTERNAL   the documents root cannot be read, or cancelled */
error_type_t acquirer_fetch(acquirer_t *self, source_type_t source, slice_t path,
                            int64_t deadline_ms, const atomic_bool *cancel, buffer_t *out,
                            failure_t *failure);

/* What is known of a document without reading it. */
typedef struct {
    char content_type[128]; /* as the server says; "": not known */
    int64_t size;           /* bytes; -1: not known */
} acquire_facts_t;

/* Checks that the document at `path` can be fetched, under the rules of acquirer_fetch but without
 * reading it where its source can tell (HEAD; a server that refuses that is asked for the document
 * itself). Fills `facts`. Returns and fills `failure` as acquirer_fetch. */
error_type_t acquirer_check(acquirer_t *self, source_type_t source, slice_t path,
                            int64_t deadline_ms, const atomic_bool *cancel, acquire_facts_t *facts,
                            failure_t *failure);

#endif
