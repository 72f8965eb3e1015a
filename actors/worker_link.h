/* A worker's sockets to its supervisor: one DEALER while it looks for one, a lane and a sink while
 * it has one.
 *
 *   seeking: control (DEALER)            HELLO out, WELCOME in
 *   joined:  lane (PULL), sink (PUSH)    BRIEF, WORK, DROP, LANE_PING in; the rest out
 *
 * A lane belongs to one registration, so it is never reconnected: were it, a worker could take
 * documents from whoever is given the same address next. Belongs to one thread.
 */
#ifndef TAGMILL_ACTORS_WORKER_LINK_H
#define TAGMILL_ACTORS_WORKER_LINK_H

#include <czmq.h>

#include "actors/outbox.h"
#include "base/fault.h"
#include "messages/message.h"

typedef struct {
    zsock_t *control;   /* while seeking */
    zsock_t *lane;      /* while joined */
    zsock_t *sink;      /* while joined */
    outbox_t outbox;    /* of the sink */
    buffer_t frame;     /* what is being encoded */
    uint32_t worker_no; /* these four: as WELCOME said */
    uint64_t epoch;
    uint32_t heartbeat_ms;
    uint32_t silence_ms;
} worker_link_t;

/* Opens a fresh DEALER to the supervisor at `endpoint`. UNAVAILABLE: no socket is left;
 * BAD_REQUEST: libzmq does not take the endpoint. */
status_t worker_link_seek(worker_link_t *self, const char *endpoint, fault_t *fault);

/* While seeking: says HELLO. Nothing is sent while no supervisor is there. */
void worker_link_say_hello(worker_link_t *self, slice_t name, uint16_t slots);

/* Connects the lane and the sink that `welcome` names, with room for `room` frames that the sink
 * does not take, and closes the DEALER. On an error the link goes on seeking.
 * UNAVAILABLE, BAD_REQUEST: as above; MALFORMED: the periods that WELCOME names cannot be. */
status_t worker_link_join(worker_link_t *self, const message_welcome_t *welcome, size_t room,
                          fault_t *fault);

/* True while there is a lane and a sink. */
bool worker_link_is_joined(const worker_link_t *self);

/* While joined: posts a message to the sink, behind what waits in the outbox, with worker_no and
 * epoch filled in. The caller sees to it that there is room (outbox_is_crowded). */
void worker_link_post_done(worker_link_t *self, message_done_t *done);
void worker_link_post_heartbeat(worker_link_t *self, uint64_t heard, bool retiring, slice_t leases);
void worker_link_post_goodbye(worker_link_t *self);

/* Closes all sockets; the link can seek again. What the sink has taken still goes out for
 * `linger_ms`; what waits in the outbox is dropped. Safe when nothing is open. */
void worker_link_close(worker_link_t *self, int linger_ms);

/* Closes the link and frees what it holds. */
void worker_link_free(worker_link_t *self, int linger_ms);

#endif
