/* One conversation with a tagmill server over HTTP: what the client and the tap share.
 *
 * Requests go straight to the server, never through a proxy of the environment, which would see the
 * token; redirections are not followed for the same reason. Not shared between threads.
 */
#ifndef TAGMILL_TOOLS_CLIENT_HTTP_H
#define TAGMILL_TOOLS_CLIENT_HTTP_H

#include <stdint.h>
#include <stdio.h>

#include "base/buffer.h"
#include "base/fault.h"

#define CLIENT_URL_DEFAULT "http://127.0.0.1:8000"

typedef struct client_http client_http_t;

/* Takes the next bytes of a body. */
typedef void (*client_body_fn)(void *arg, slice_t bytes);

typedef struct {
    const char *method;       /* "GET" or "POST" */
    const char *target;       /* path and query, as it goes over the wire */
    const char *content_type; /* NULL: no body */
    const char *api_key;      /* goes along as X-Api-Key; NULL: none does */
    slice_t body;             /* the body, or */
    FILE *file;               /* a file to stream it from, from its current position */
    int64_t file_size;        /* bytes to send of `file` */
    long timeout_seconds;     /* for the whole exchange; 0: as long as bytes move */
    client_body_fn on_body;   /* takes the body of a 2xx as it arrives; NULL: `answer` keeps it */
    void *on_body_arg;
} client_request_t;

typedef struct {
    long code;                /* HTTP status */
    long retry_after_seconds; /* 0 where the server gave none */
    buffer_t body;
} client_answer_t;

/* Makes a conversation with the server at `url` ("http://HOST:PORT"; a path in front of /api is
 * kept) into `*out` (owned by the caller). `token` is NULL or a JWT. Both borrowed.
 * BAD_REQUEST: the URL is not http or https, or the token holds white space. */
status_t client_http_new(const char *url, const char *token, client_http_t **out, fault_t *fault);

/* client_http_new with what the command line said: a `url` or `token` that is NULL comes from
 * TAGMILL_URL (else CLIENT_URL_DEFAULT), from `token_file` or TAGMILL_TOKEN. All borrowed.
 * As client_http_new, and the errors of file_read. */
status_t client_http_connect(const char *url, const char *token, const char *token_file,
                             client_http_t **out, fault_t *fault);

/* Returns owned: the token or key that the file at `path` holds, without white space around it;
 * free with free(). NULL, with the errors of file_read in `fault`: it cannot be read. */
char *client_http_read_secret(const char *path, fault_t *fault);

/* Ends the conversation and nulls the caller's pointer. Null-safe. */
void client_http_destroy(client_http_t **self_p);

/* Sends `request` and fills `answer` (emptied first; its body is freed with client_answer_free).
 * OK: the server answered, with whatever status; UNAVAILABLE: it did not, the detail says why. */
status_t client_http_send(client_http_t *self, const client_request_t *request,
                          client_answer_t *answer, fault_t *fault);

/* client_http_send for a GET of a formatted target. */
status_t client_http_get(client_http_t *self, client_answer_t *answer, fault_t *fault,
                         const char *format, ...) __attribute__((format(printf, 4, 5)));

/* Where the conversation goes to, without a slash at the end; valid as long as it. */
const char *client_http_url(const client_http_t *self);

/* True for a status in the 2xx. */
bool client_answer_is_ok(const client_answer_t *answer);

/* Appends what a refusal says for a person: `detail` of problem+json with its list of errors, or
 * the status where the body is something else. */
void client_answer_detail(const client_answer_t *answer, buffer_t *out);

/* Frees the body. */
void client_answer_free(client_answer_t *answer);

#endif
