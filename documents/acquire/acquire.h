/* Fetches the bytes of a document from where a user said that it lies.
 *
 * An acquirer belongs to one thread; it keeps its connections between documents.
 */
#ifndef TAGMILL_DOCUMENTS_ACQUIRE_H
#define TAGMILL_DOCUMENTS_ACQUIRE_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

#include "base/buffer.h"
#include "base/slice.h"
#include "base/vocabulary.h"
#include "config/config.h"
#include "documents/failure.h"

typedef struct acquirer acquirer_t;

/* Where S3 is and who asks. What is "" or NULL is looked for in the variables of the environment
 * that AWS's own tools read: AWS_ENDPOINT_URL_S3, AWS_ENDPOINT_URL; AWS_REGION, AWS_DEFAULT_REGION;
 * AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, with AWS_SESSION_TOKEN. */
typedef struct {
    const char *endpoint; /* http://HOST:PORT or https://...; "" everywhere: AWS's in the region */
    const char *region;   /* "" everywhere: us-east-1 */
    bool is_host_style;   /* the bucket stands in the host's name, not in the path */
    const char *access_key, *secret_key;
    const char *access_key_file, *secret_key_file; /* read where the key itself is "" */
} s3_options_t;

typedef struct {
    const char *root;           /* local documents lie below this directory; "": there are none */
    const char *allow_networks; /* besides public addresses: CIDRs split by commas */
    size_t max_bytes;           /* the largest document, after decoding */
    uint32_t fetch_ms;          /* how long a fetch over the network may take */
    uint32_t connect_ms;        /* how long connecting may take, as a part of that */
    s3_options_t s3;
} acquire_options_t;

/* What `config` says (borrowed for as long as the options are used). */
acquire_options_t acquire_options(const config_t *config);

/* Returns owned: an acquirer (options and what they point to are copied). The networks must be well
 * formed (the configuration has checked them). */
acquirer_t *acquirer_new(const acquire_options_t *options);

/* Closes the connections, frees the acquirer and nulls the caller's pointer. Null-safe. */
void acquirer_destroy(acquirer_t **self_p);

/* What is asked for. Borrowed for the call. */
typedef struct {
    source_type_t source;
    slice_t path;
    const char *known_etag; /* only where it differs from this one (RFC 9110); NULL: in any case */
    int64_t deadline_ms;    /* clock_monotonic_ms */
    const atomic_bool *cancel;
} acquire_request_t;

enum { ACQUIRE_ETAG_SIZE = 256 };

/* What is known of a document beside its bytes. */
typedef struct {
    char content_type[128];       /* as the server says; "": not known */
    char etag[ACQUIRE_ETAG_SIZE]; /* as the server says; "": not known */
    int64_t size;                 /* bytes, before decoding; -1: not known */
    bool is_unchanged;            /* it is what known_etag names, and there are no bytes */
} acquire_facts_t;

/* Puts the bytes of a document into `out` (emptied first) and fills `facts`. Returns by the
 * request's deadline and within 200 ms once `*cancel` becomes true. Returns ERROR_NONE, or what it
 * also says in `failure`:
 *   NOT_FOUND  nothing is there, or the address is malformed
 *   FORBIDDEN  local files are off, the path leads out of the root or to no plain file; the address
 *              is not public, not http(s), or the server refuses; S3 is not configured
 *   NETWORK    the server cannot be reached or asks to come again later (retry_after_ms)
 *   TIMEOUT    fetch_ms, connect_ms or the deadline passed
 *   TOO_LARGE  more than max_bytes
 *   INTERNAL   the documents root or a key of S3 cannot be read, or cancelled */
error_type_t acquirer_fetch(acquirer_t *self, const acquire_request_t *request, buffer_t *out,
                            acquire_facts_t *facts, failure_t *failure);

/* Checks that a document can be fetched, under the rules of acquirer_fetch but without reading it
 * where its source can tell. Fills `facts`. Returns and fills `failure` as acquirer_fetch. */
error_type_t acquirer_check(acquirer_t *self, const acquire_request_t *request,
                            acquire_facts_t *facts, failure_t *failure);

#endif
