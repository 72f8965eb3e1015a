/* Lanes: one PUSH socket a worker, made when it is welcomed and closed when it is gone.
 *
 * A frame is never waited for: what a lane does not take at once (its worker has not connected yet)
 * is kept, in order, and offered again by lanes_flush. Credits bound what is kept. Belongs to the
 * supervisor's thread.
 */
#ifndef TAGMILL_ACTORS_LANE_H
#define TAGMILL_ACTORS_LANE_H

#include <stdbool.h>
#include <stdint.h>

#include "base/buffer.h"
#include "base/fault.h"

typedef struct lanes lanes_t;

/* Returns owned: no lanes yet. `pattern` is the value of bus/lanes: ipc://DIRECTORY (made when it
 * is missing; every lane is a socket in it) or tcp://HOST:LOW-HIGH (every lane takes a free port).
 * `epoch` keeps the names of one run apart from those of the last. */
status_t lanes_new(lanes_t **self_p, const char *pattern, uint64_t epoch, fault_t *fault);

/* Closes all lanes. Null-safe. */
void lanes_destroy(lanes_t **self_p);

/* Makes the lane of a worker and appends the endpoint that the worker connects to to `endpoint`.
 * IO_ERROR: no endpoint can be bound. */
status_t lanes_open(lanes_t *self, uint32_t worker_no, buffer_t *endpoint, fault_t *fault);

/* Closes a worker's lane; nothing happens when it has none. */
void lanes_close(lanes_t *self, uint32_t worker_no);

/* Sends a frame (borrowed) on a worker's lane, or keeps it. Returns false when it has no lane. */
bool lanes_send(lanes_t *self, uint32_t worker_no, slice_t frame);

/* Offers again what was kept. Returns true while something is still kept. */
bool lanes_flush(lanes_t *self);

#endif
