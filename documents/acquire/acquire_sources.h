/* The sources behind acquire.h; for acquire*.c only.
 *
 * Each has one function, which fetches a document or, where `what->is_check` is set, finds out as
 * cheaply as its source allows that it could. All borrow their arguments for the call, fill `facts`
 * as far as they are known, put the bytes into `out` (appends) and return, as acquirer_fetch,
 * ERROR_NONE or what they also say in `failure`.
 */
#ifndef TAGMILL_DOCUMENTS_ACQUIRE_SOURCES_H
#define TAGMILL_DOCUMENTS_ACQUIRE_SOURCES_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

#include "base/buffer.h"
#include "base/slice.h"
#include "documents/acquire/acquire.h"
#include "documents/acquire/network.h"
#include "documents/failure.h"

/* One fetch. */
typedef struct {
    slice_t path;
    const char *known_etag; /* "": none */
    bool is_check;
    size_t max_bytes;
    int64_t deadline_ms; /* clock_monotonic_ms */
    const atomic_bool *cancel;
} fetch_t;

/* The local document below the directory `root` ("": local documents are off). The kernel resolves
 * the path below the root and follows no symbolic link (openat2(2), RESOLVE_BENEATH,
 * RESOLVE_NO_SYMLINKS, RESOLVE_NO_MAGICLINKS); only a regular file with one link is read, because a
 * hard link may lead to a file that lies elsewhere. An absolute path is accepted where it begins
 * with the root. Any thread. */
error_type_t acquire_local(const char *root, const fetch_t *what, buffer_t *out,
                           acquire_facts_t *facts, failure_t *failure);

typedef struct url_fetcher url_fetcher_t;

/* Returns owned: a fetcher that connects to public addresses and those of `allowed` (borrowed for
 * its whole life). */
url_fetcher_t *url_fetcher_new(const network_set_t *allowed, uint32_t connect_ms);
void url_fetcher_destroy(url_fetcher_t **self_p);

/* The document at an http or https address; at most 5 redirects, each connection checked. A check
 * is a HEAD (RFC 9110); a server that refuses that is asked for the document itself. */
error_type_t url_fetcher_fetch(url_fetcher_t *self, const fetch_t *what, buffer_t *out,
                               acquire_facts_t *facts, failure_t *failure);

typedef struct s3_fetcher s3_fetcher_t;

/* Returns owned: a fetcher from the S3 that `options` and the environment name. */
s3_fetcher_t *s3_fetcher_new(const s3_options_t *options, uint32_t connect_ms);
void s3_fetcher_destroy(s3_fetcher_t **self_p);

/* The object at s3://BUCKET/KEY; the key as it is, not percent-encoded. A check is a HEAD. */
error_type_t s3_fetcher_fetch(s3_fetcher_t *self, const fetch_t *what, buffer_t *out,
                              acquire_facts_t *facts, failure_t *failure);

#endif
