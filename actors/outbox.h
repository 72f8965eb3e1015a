/* Frames on their way out of a reactor that must neither block nor lose one.
 *
 * A frame goes to the socket at once while that takes it, and into a bounded list behind it while
 * it does not; order is kept. Not shared between threads.
 */
#ifndef TAGMILL_ACTORS_OUTBOX_H
#define TAGMILL_ACTORS_OUTBOX_H

#include <stdbool.h>
#include <zmq.h>

#include "base/slice.h"

typedef struct {
    void *socket; /* borrowed; a libzmq socket */
    zmq_msg_t *pending;
    size_t first, count, capacity;
} outbox_t;

/* Makes the outbox of `socket` (borrowed until outbox_close) with room for `capacity` frames that
 * the socket does not take. */
void outbox_open(outbox_t *self, void *socket, size_t capacity);

/* Drops what is pending and frees the outbox. Safe on a zeroed struct and a second time. */
void outbox_close(outbox_t *self);

/* Sends a copy of `frame` (borrowed), or keeps it for outbox_flush. Returns false when there is no
 * room to keep it: the frame is lost, so callers stop making frames before (outbox_is_crowded). */
bool outbox_send(outbox_t *self, slice_t frame);

/* Sends what the socket takes of what is pending. */
void outbox_flush(outbox_t *self);

/* True when nothing is pending. */
bool outbox_is_empty(const outbox_t *self);

/* True when `room` more frames may not fit. */
bool outbox_is_crowded(const outbox_t *self, size_t room);

#endif
