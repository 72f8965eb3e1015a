/* The inside of the worker, shared by its files and nobody else. */
#ifndef TAGMILL_ACTORS_WORKER_SELF_H
#define TAGMILL_ACTORS_WORKER_SELF_H

#include "actors/briefs.h"
#include "actors/crew.h"
#include "actors/worker_link.h"

typedef struct {
    zsock_t *pipe;
    char *control;
    char name[WORKER_NAME_MAX + 1];
    uint16_t slots;
    uint32_t drain_ms;
    const slot_steps_t *steps;
    void *context; /* of the steps */
    briefs_t *briefs;
    crew_t *crew;
    worker_link_t link;
    buffer_t leases; /* of a HEARTBEAT */
    int64_t now_ms;
    int64_t hello_at_ms, hello_wait_ms; /* while seeking */
    int64_t beat_at_ms;                 /* while joined: when the next HEARTBEAT is due */
    int64_t lane_heard_ms;              /* while joined: when the lane last brought anything */
    int64_t work_heard_ms;              /* ... and when it last brought WORK */
    uint64_t lane_seq;                  /* of the last WORK */
    bool retiring;
    int64_t drain_until_ms; /* while retiring */
    bool ended;
} worker_self_t;

/* Handles one frame of the lane and takes what it wants of it (worker_lane.c). */
void worker_take(worker_self_t *self, zmq_msg_t *frame);

/* The supervisor is gone, and with it what it gave: seek another (worker.c). */
void worker_leave(worker_self_t *self, const char *why);

#endif
