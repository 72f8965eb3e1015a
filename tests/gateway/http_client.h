/* An HTTP client that sends exactly the bytes it is given: what a well-behaved library cannot. */
#ifndef TAGMILL_TESTS_GATEWAY_HTTP_CLIENT_H
#define TAGMILL_TESTS_GATEWAY_HTTP_CLIENT_H

#include <stdbool.h>

#include "base/buffer.h"

typedef struct {
    int status;      /* 0: no answer came */
    buffer_t head;   /* status line and headers */
    buffer_t body;   /* put together, where it came in chunks */
    bool was_closed; /* the server closed the connection behind it */
    bool was_cut;    /* it ended before it was whole */
} response_t;

/* Connects to 127.0.0.1. Returns the descriptor. */
int http_connect(int port);

/* Reads one answer (within 20 s). `no_body`: to a HEAD. */
void http_receive(int descriptor, bool no_body, response_t *response);

/* Connects, sends `request`, reads one answer and whether the connection is then closed. */
void http_send(int port, slice_t request, response_t *response);

/* A whole request with a bearer token (NULL: none) and a body (NULL: none) of `content_type`. */
void http_ask(int port, const char *method, const char *target, const char *token,
              const char *content_type, const char *body, response_t *response);

/* The value of a header, "" where it is absent; valid until the next call. */
const char *response_header(const response_t *response, const char *name);

/* True when the body holds `text`. */
bool response_has(const response_t *response, const char *text);

/* Frees what the response holds and leaves it empty. */
void response_free(response_t *response);

#endif
