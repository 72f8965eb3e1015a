/* A small HTTP server on the loopback for tests of fetching: one thread, one request a connection.
 */
#ifndef TAGMILL_TESTS_DOCUMENTS_HTTP_SERVER_H
#define TAGMILL_TESTS_DOCUMENTS_HTTP_SERVER_H

#include <stdatomic.h>

typedef struct http_server http_server_t;

/* Returns owned: a server that runs. What it answers to each path stands in the source. A request
 * for /cancel sets `*cancelled` (borrowed for its life). */
http_server_t *http_server_start(atomic_bool *cancelled);

/* The port that it listens on, on 127.0.0.1. */
unsigned http_server_port(const http_server_t *self);

/* How many requests it has had. */
unsigned http_server_requests(const http_server_t *self);

/* How many of them it answered with 304. */
unsigned http_server_unchanged(const http_server_t *self);

/* Ends the thread and frees the server. */
void http_server_stop(http_server_t **self_p);

#endif
