/* The supervisor: the shell around the control plane, one reactor thread.
 *
 * accepts  on the control ROUTER (inproc and bus/control): what gateways ask, HELLO of workers
 *          on the sink PULL (bus/sink): DONE, HEARTBEAT, GOODBYE of workers
 *          from the journal, the loader and the publisher (PAIR): their answers
 * emits    answers, WELCOME; BRIEF, WORK, DROP, LANE_PING on each worker's lane; journal entries;
 *          LOAD_WINDOW; PROGRESS and SYSTEM
 * owns     the control plane, the lanes, and the journal, loader and publisher actors
 *
 * It decides nothing: frames go into the control plane, effects come out and are carried out in
 * order. It never waits for a send.
 */
#ifndef TAGMILL_ACTORS_SUPERVISOR_H
#define TAGMILL_ACTORS_SUPERVISOR_H

#include "base/fault.h"
#include "config/config.h"

typedef struct supervisor supervisor_t;

/* Opens the store, recovers its jobs, binds the bus and starts serving in a thread of its own.
 * `config` is borrowed until supervisor_stop. Returns owned in `*self_p`.
 * UNAVAILABLE: another process is the store's writer, or an endpoint is taken; others as the store
 * says. */
status_t supervisor_start(supervisor_t **self_p, const config_t *config, fault_t *fault);

/* Waits (5 s at most) for what was given to the journal to be on disk, stops, and nulls the
 * caller's pointer. Null-safe. */
void supervisor_stop(supervisor_t **self_p);

#endif
