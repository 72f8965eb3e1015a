/* One HTTP request and its answer, and what handlers share.
 *
 * A handler gets an exchange, asks over the bus and answers once, or returns why it cannot. All of
 * an exchange is valid until the handler returns, on the thread that runs it.
 */
#ifndef TAGMILL_GATEWAY_EXCHANGE_H
#define TAGMILL_GATEWAY_EXCHANGE_H

#include <civetweb.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>
#include <time.h>

#include "base/buffer.h"
#include "base/fault.h"
#include "base/slice.h"
#include "config/config.h"
#include "gateway/body_clock.h"
#include "gateway/bus.h"
#include "gateway/problem.h"
#include "gateway/token.h"

enum { REQUEST_ID_SIZE = 17, DATE_SIZE = 32 };

/* What all threads of a gateway share: only read once it has started, the atomics apart. */
typedef struct {
    const config_t *config;
    token_rules_t *rules;
    void *context; /* of libzmq */
    const char *endpoints[BUS_SOCKETS];
    body_clock_t *body_clock;
    atomic_bool stopping;
    atomic_int watchers; /* long polls that wait now */
} service_t;

/* What a civetweb thread keeps from request to request. The buffers keep their memory. */
typedef struct {
    bus_t *bus;
    token_cache_t *tokens;
    buffer_t question; /* the frame that is sent */
    buffer_t reply;    /* the frame that came */
    buffer_t headers;  /* further header lines of the answer, each ended by CR LF */
    buffer_t body;     /* the answer's */
    buffer_t head;     /* the answer as it is written */
    uint64_t random;   /* state of the request ids */
    int descriptor;    /* of the last connection that a body was read from */
    time_t date_second;
    char date[DATE_SIZE];
} session_t;

typedef struct exchange {
    service_t *service;
    session_t *session;
    struct mg_connection *connection;
    const struct mg_request_info *info;
    slice_t query;
    slice_t owner;          /* the user; empty where the route needs no token */
    slice_t job_id;         /* of the path; empty where it has none */
    int64_t content_length; /* -1: none was given */
    bool is_chunked;
    bool is_head;      /* the answer has no body */
    bool is_body_read; /* the whole body was taken */
    bool must_close;   /* no further request on this connection */
    int status;        /* of the answer; 0: none yet */
    error_list_t errors;
    char request_id[REQUEST_ID_SIZE];
} exchange_t;

/* Begins an exchange on `connection`: draws its request id, reads and checks what frames the body.
 * BAD_REQUEST: framing that two servers could understand differently, or too many headers. */
status_t exchange_begin(exchange_t *self, service_t *service, session_t *session,
                        struct mg_connection *connection, fault_t *fault);

/* Finds out who asks. UNAUTHENTICATED: nobody that we know; the WWW-Authenticate header is set. */
status_t exchange_authenticate(exchange_t *self, fault_t *fault);

/* A header's value, NULL where it is absent. */
const char *exchange_header(const exchange_t *self, const char *name);

/* Answers with `http` and what session->headers and session->body hold. */
void exchange_answer(exchange_t *self, int http, const char *content_type);

/* Answers with the problem that `fault` and self->errors tell of. */
void exchange_problem(exchange_t *self, const fault_t *fault);

/* Begins an answer (200) whose length is not known. */
void exchange_stream_begin(exchange_t *self, const char *content_type);

/* Writes the next part. False: the client is gone or slower than the time-out, or the service is
 * stopping. */
bool exchange_stream_write(exchange_t *self, slice_t part);

/* Ends it; `whole` false breaks the connection off, so that no client takes a part for all. */
void exchange_stream_end(exchange_t *self, bool whole);

/* Asks the peer what session->question holds and waits for message number `wanted` in
 * session->reply. Errors as bus_ask. */
status_t exchange_ask(exchange_t *self, bus_peer_t peer, uint16_t wanted, int64_t timeout_ms,
                      fault_t *fault);

/* Empties session->question and returns the number for the question that it will hold. */
uint64_t exchange_question(exchange_t *self);

/* Ends the exchange: closes the connection where that is needed and frees what it holds. */
void exchange_end(exchange_t *self);

#endif
