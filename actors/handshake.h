/* How an actor that may fail to start tells its owner why.
 *
 * zactor_new waits for the actor's signal but drops its value, so the outcome stands in the actor's
 * arguments. The flag orders the two threads' accesses to it in C11's terms; the signal alone does
 * so only inside libzmq.
 */
#ifndef TAGMILL_ACTORS_HANDSHAKE_H
#define TAGMILL_ACTORS_HANDSHAKE_H

#include <czmq.h>
#include <stdatomic.h>

#include "base/fault.h"

typedef struct {
    fault_t fault; /* STATUS_OK: it started */
    atomic_bool said;
} handshake_t;

/* The actor: says what became of its start; nothing of `self` is touched by it afterwards. */
static inline void
handshake_say(handshake_t *self, zsock_t *pipe)
{
    atomic_store_explicit(&self->said, true, memory_order_release);
    zsock_signal(pipe, 0);
}

/* The owner: starts `actor` with `args`, which hold `self`. Returns owned: the actor; NULL with
 * self->fault set when it could not start. */
static inline zactor_t *
handshake_start(handshake_t *self, zactor_fn *actor, void *args)
{
    zactor_t *started = zactor_new(actor, args);
    if (!started)
        fault_set(&self->fault, STATUS_UNAVAILABLE, "no socket or thread is left for an actor");
    else if (!atomic_load_explicit(&self->said, memory_order_acquire) ||
             self->fault.status != STATUS_OK)
        zactor_destroy(&started);
    return started;
}

#endif
