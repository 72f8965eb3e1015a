/* One HTTP request by libcurl: what the sources that speak HTTP share; for them only.
 *
 * A transfer belongs to one thread, does one request at a time and keeps its connections. It has
 * its own pool of them: what one transfer may connect to, another need not be allowed to use.
 */
#ifndef TAGMILL_DOCUMENTS_ACQUIRE_TRANSFER_H
#define TAGMILL_DOCUMENTS_ACQUIRE_TRANSFER_H

#include "documents/acquire/acquire_sources.h"

typedef struct transfer transfer_t;

typedef struct {
    const network_set_t *allowed; /* connected to besides public addresses; NULL: any address is */
    uint32_t connect_ms;          /* to look up the name, connect and agree on keys */
    unsigned redirects;           /* followed at most, each checked as the first address */
} transfer_options_t;

/* Returns owned: a transfer (options are copied, `allowed` is borrowed for its whole life). */
transfer_t *transfer_new(const transfer_options_t *options);
void transfer_destroy(transfer_t **self_p);

/* Who asks, for AWS Signature Version 4. */
typedef struct {
    const char *region;
    const char *access_key;
    const char *secret_key;
    const char *session_token; /* "": none */
} transfer_signer_t;

typedef struct {
    const char *url;                 /* http or https */
    bool is_head;                    /* asks for the headers alone */
    bool is_path_exact;              /* dots in the path are a name, not a way */
    const transfer_signer_t *signer; /* NULL: unsigned; else it is signed as S3 wants it */
} transfer_request_t;

enum { TRANSFER_ERROR_BYTES = 16 * 1024 };

/* What a server said. A zeroed struct is empty. */
typedef struct {
    long code; /* of HTTP; 0: there was no answer */
    uint32_t retry_after_ms;
    acquire_facts_t facts;
    buffer_t
        error; /* of another answer than 2xx to a signed request: the first bytes of its body */
} transfer_answer_t;

/* Does `request` with the condition and limits of `what` (both borrowed for the call) and puts the
 * decoded body of a 2xx into `out` (appends). Fills `answer`, which is emptied first. Returns
 * ERROR_NONE when there was an answer, whatever its code; or, with `failure` set: NOT_FOUND  the
 * address is malformed FORBIDDEN  too many redirects, another scheme, an address that is not
 * admitted NETWORK    no server, no HTTP, no trust TIMEOUT, TOO_LARGE, INTERNAL (cancelled)  by
 * `what` */
error_type_t transfer_run(transfer_t *self, const transfer_request_t *request, const fetch_t *what,
                          buffer_t *out, transfer_answer_t *answer, failure_t *failure);

/* What an answer's code means for a document: ERROR_NONE for 2xx and for 304 where it was asked
 * for, or what it also says in `failure` (NOT_FOUND, FORBIDDEN, NETWORK). */
error_type_t transfer_judge(const transfer_answer_t *answer, failure_t *failure);

/* Frees what the answer holds and leaves it empty. */
void transfer_answer_free(transfer_answer_t *self);

#endif
