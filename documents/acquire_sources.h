/* The two sources behind acquire.h; for acquire.c only. */
#ifndef TAGMILL_DOCUMENTS_ACQUIRE_SOURCES_H
#define TAGMILL_DOCUMENTS_ACQUIRE_SOURCES_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

#include "base/buffer.h"
#include "base/slice.h"
#include "documents/acquire.h"
#include "documents/failure.h"
#include "documents/network.h"

/* What holds for one fetch. Borrowed for the call. */
typedef struct {
    size_t max_bytes;
    int64_t deadline_ms; /* clock_monotonic_ms */
    const atomic_bool *cancel;
} fetch_limits_t;

/* Reads the local document `path` below the directory `root` ("": local documents are off) into
 * `out`. The kernel resolves the path below the root and follows no symbolic link (openat2(2),
 * RESOLVE_BENEATH, RESOLVE_NO_SYMLINKS, RESOLVE_NO_MAGICLINKS); only a regular file with one link
 * is read, because a hard link may lead to a file that lies elsewhere. An absolute path is accepted
 * where it begins with the root. Errors as acquirer_fetch. Any thread. */
error_type_t acquire_local(const char *root, slice_t path, const fetch_limits_t *limits,
                           buffer_t *out, failure_t *failure);

/* Checks that acquire_local would read it; errors as there. */
error_type_t acquire_local_check(const char *root, slice_t path, const fetch_limits_t *limits,
                                 acquire_facts_t *facts, failure_t *failure);

typedef struct url_fetcher url_fetcher_t;

/* Returns owned: a fetcher that connects to public addresses and those of `allowed` (borrowed for
 * its whole life). */
url_fetcher_t *url_fetcher_new(const network_set_t *allowed);
void url_fetcher_destroy(url_fetcher_t **self_p);

/* Fetches `url` (http or https, at most 5 redirects, each connection checked) into `out`. Errors as
 * acquirer_fetch. */
error_type_t url_fetcher_fetch(url_fetcher_t *self, slice_t url, const fetch_limits_t *limits,
                               buffer_t *out, failure_t *failure);

/* Asks for the headers of `url` alone (RFC 9110, HEAD); the same rules and errors. */
error_type_t url_fetcher_check(url_fetcher_t *self, slice_t url, const fetch_limits_t *limits,
                               acquire_facts_t *facts, failure_t *failure);

#endif
