/* The slots of a worker, as its reactor sees them: who is free, and the documents in hand.
 *
 * A document is given to a free slot, or waits: the supervisor sends no more than there are slots,
 * but a slot that was told to cancel may be busy for a moment after its document was given up.
 * A document is in hand from crew_give until crew_next answers it, crew_withdraw takes it back or
 * crew_abandon gives it up; in hand are at most crew_capacity documents. Belongs to one thread.
 */
#ifndef TAGMILL_ACTORS_CREW_H
#define TAGMILL_ACTORS_CREW_H

#include <stdbool.h>
#include <zmq.h>

#include "actors/briefs.h"
#include "actors/slot.h"
#include "base/buffer.h"
#include "messages/message.h"

typedef struct crew crew_t;

/* What names a dispatch. */
typedef struct {
    uint64_t lease;
    uint64_t job_no;
    uint32_t row;
} ticket_t;

/* Starts `slot_count` (1 to 1,000) slots. `name` (borrowed for the call) tells this crew from every
 * other of the process; `steps`, `context` and `briefs` are borrowed for the crew's life. Returns
 * owned; NULL with `fault` set (UNAVAILABLE) when a socket or thread is missing. */
crew_t *crew_new(const char *name, uint32_t slot_count, const slot_steps_t *steps, void *context,
                 briefs_t *briefs, fault_t *fault);

/* Cancels what runs, waits for the slots to end, frees the crew and nulls the caller's pointer.
 * Null-safe. Takes as long as a step takes to see its cancel flag (200 ms). */
void crew_destroy(crew_t **self_p);

/* The libzmq socket that is readable when crew_next has something to do. */
void *crew_handle(crew_t *self);

/* Documents in hand, and how many there can be. */
uint32_t crew_in_hand(const crew_t *self);
uint32_t crew_capacity(const crew_t *self);

/* Takes a document in hand; its WORK (`frame`, taken) was decoded into `ticket`. Its job's brief
 * must be known. Returns false, `frame` untouched, when the crew is full. */
bool crew_give(crew_t *self, const ticket_t *ticket, zmq_msg_t *frame);

/* Takes the next answer of a slot: a DONE whose worker_no and epoch are 0, decoded into `done`,
 * which points into `frame` (an initialised message). Returns false when there is none now. */
bool crew_next(crew_t *self, zmq_msg_t *frame, message_done_t *done);

/* The brief of this job changed: its next document goes to any slot with the brief anew. */
void crew_unbrief(crew_t *self, uint64_t job_no);

/* Tells the slots that work on this job to cancel; their answers come through crew_next. */
void crew_cancel(crew_t *self, uint64_t job_no);

/* Takes one waiting document of this job out of hand. Returns false when there is none. */
bool crew_withdraw(crew_t *self, uint64_t job_no, ticket_t *out);

/* Cancels all that is in hand; nothing of it will be answered. */
void crew_abandon(crew_t *self);

/* Appends the leases in hand, 8 bytes little-endian each. */
void crew_leases(const crew_t *self, buffer_t *out);

#endif
