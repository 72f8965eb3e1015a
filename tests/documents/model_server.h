/* A server of models on the loopback, for tests and for people: the OpenAI-compatible
 * POST .../chat/completions over real HTTP/1.1, any number of connections at once, kept alive.
 *
 * The model that a request names says what the server does with it (a "vendor/" before the name
 * does not count). model_script.c holds the table: "ok" answers as asked, "fenced", "prose",
 * "numbered" and others answer in other shapes, "stall", "cut", "flood", "drip", "lie" and others
 * misbehave, "throttle", "unknown" and others refuse. Besides, a rate can be set beyond which
 * any request is answered 429 with Retry-After, per key. How requests are counted can be chosen, as
 * servers differ in it. GET /stats tells the counts.
 */
#ifndef TAGMILL_TESTS_DOCUMENTS_MODEL_SERVER_H
#define TAGMILL_TESTS_DOCUMENTS_MODEL_SERVER_H

#include <stdint.h>

#include "base/buffer.h"

typedef struct model_server model_server_t;

typedef enum {
    MODEL_SERVER_BUCKET,  /* a bucket that fills at the rate */
    MODEL_SERVER_SLIDING, /* those of the last second */
    MODEL_SERVER_WINDOW   /* those since the clock's second began */
} model_server_count_t;

enum { MODEL_SERVER_SLIDING_MAX = 256 }; /* the highest rate for SLIDING */

typedef struct {
    uint16_t port;  /* on 127.0.0.1; 0: any that is free */
    uint32_t rate;  /* requests a second that each key is allowed; 0: any number */
    uint32_t burst; /* requests at once that a key which has rested is allowed; 0: as rate */
    model_server_count_t count;
    uint32_t latency_ms; /* before each answer */
    const char *key;     /* the only one that is let in (borrowed); NULL: any, or none */
} model_server_options_t;

typedef struct {
    uint32_t requests;    /* for completions */
    uint32_t answered;    /* with 200, or what the script has instead */
    uint32_t throttled;   /* with 429 for the rate */
    uint32_t connections; /* accepted */
} model_server_stats_t;

/* Returns owned: a server that runs. Aborts when the port is taken. */
model_server_t *model_server_start(const model_server_options_t *options);

/* Hangs up, ends the threads, frees the server and nulls the caller's pointer. */
void model_server_stop(model_server_t **self_p);

/* The port that it listens on. */
uint16_t model_server_port(const model_server_t *self);

/* What it has done so far. Any thread. */
model_server_stats_t model_server_stats(model_server_t *self);

/* Puts the head and the body of the last request for a completion into `head` and `body` (emptied
 * first). Any thread. */
void model_server_last(model_server_t *self, buffer_t *head, buffer_t *body);

#endif
