/* A civetweb thread's way to the supervisor and to the librarians' desk.
 *
 * A bus belongs to one thread. It has a DEALER to each of the two ROUTERs, connected when the first
 * question goes there. A question and an answer are one frame each, messages of the table whose
 * first field is `request`: the answer carries its question's number. Numbers grow, so an answer to
 * a question that was given up is known by its lower number and dropped. Plain libzmq calls: a
 * status request is little else than this round trip.
 */
#ifndef TAGMILL_GATEWAY_BUS_H
#define TAGMILL_GATEWAY_BUS_H

#include <stdatomic.h>
#include <stdint.h>

#include "base/buffer.h"
#include "base/fault.h"

enum { BUS_TIMEOUT_MS = 5000, BUS_SOCKETS = 2 };

typedef enum { BUS_SUPERVISOR, BUS_LIBRARIAN } bus_peer_t;

typedef struct bus bus_t;

/* Returns owned: a bus. `context` is the process's libzmq context, `endpoints` those of the two
 * peers by bus_peer_t; waiting ends early once `*stopping` is true. All borrowed for its life. */
bus_t *bus_new(void *context, const char *const endpoints[BUS_SOCKETS],
               const atomic_bool *stopping);

/* Closes the sockets, frees the bus and nulls the caller's pointer. Null-safe. */
void bus_destroy(bus_t **self_p);

/* Returns a number for the next question: greater than all before. */
uint64_t bus_request(bus_t *self);

/* Sends one frame (borrowed). Never waits for a peer that does not read.
 * UNAVAILABLE: the peer is not there or its queue is full. */
status_t bus_send(bus_t *self, bus_peer_t peer, slice_t frame, fault_t *fault);

/* Waits at most `timeout_ms` for an answer whose number is `request` or greater and puts its frame
 * into `reply` (emptied first). UNAVAILABLE: none came; MALFORMED: what came is no message. */
status_t bus_receive(bus_t *self, bus_peer_t peer, uint64_t request, int64_t timeout_ms,
                     buffer_t *reply, fault_t *fault);

/* Sends a question and waits for its answer: bus_send and bus_receive. A REFUSED that comes becomes
 * its status and detail; any other message than number `wanted` is MALFORMED. */
status_t bus_ask(bus_t *self, bus_peer_t peer, slice_t frame, uint16_t wanted, int64_t timeout_ms,
                 buffer_t *reply, fault_t *fault);

/* Turns a REFUSED frame into its status; the service's own failures lose their detail, which is not
 * the client's business. */
status_t bus_refusal(slice_t frame, fault_t *fault);

#endif
