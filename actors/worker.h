/* The worker: takes documents from a supervisor, has its slots work on them, says what became of
 * each.
 *
 * One reactor thread (a zactor) and one thread a slot. The reactor never blocks.
 *
 *   seeking   HELLO to the supervisor at `control`, again and again, until its WELCOME
 *   serving   lane: BRIEF, WORK, DROP, LANE_PING in; sink: DONE for every WORK, HEARTBEAT out
 *   retiring  after $TERM: HEARTBEAT with retiring set, what is in hand is finished, GOODBYE
 *
 * A supervisor that is silent for as long as its WELCOME said, or that pings as somebody else, is
 * gone: what is in hand is cancelled and forgotten (the supervisor sends it out again) and the
 * worker seeks. Documents "noop:" of the model "noop" have no step to run and are done by the
 * reactor.
 *
 * Order that the supervisor relies on: a HEARTBEAT comes after the DONE of every lease that it does
 * not list any more and that it has heard of.
 */
#ifndef TAGMILL_ACTORS_WORKER_H
#define TAGMILL_ACTORS_WORKER_H

#include <czmq.h>

#include "actors/slot.h"

typedef struct {
    const char *control;       /* endpoint of the supervisor's control socket */
    const char *name;          /* at most WORKER_NAME_MAX bytes, unique; NULL: made by the worker */
    uint16_t slots;            /* 1 to 1,000 */
    uint32_t drain_ms;         /* how long it may go on after $TERM */
    const slot_steps_t *steps; /* what a slot does; borrowed for the worker's life */
    void *context;             /* given to steps->open; borrowed for the worker's life */
} worker_options_t;

/* Starts a worker (options borrowed for the call, but for `steps` and `context`). Returns owned:
 * the actor; NULL with `fault` set when it cannot start (BAD_REQUEST: the endpoint; UNAVAILABLE:
 * no sockets or threads left). It needs slots + 8 sockets of the process
 * (zsys_set_max_sockets).
 * zactor_destroy stops it: it retires, and returns when the worker is gone, after drain_ms plus
 * the time that a slot needs to cancel at the latest. The last messages go out within a second
 * after that, should the process live that long (zsys_shutdown waits for them).
 * The pipe takes $TERM only. Any thread may start one; the one that started it stops it. */
zactor_t *worker_start(const worker_options_t *options, fault_t *fault);

#endif
