/* A supervisor of a test's own: real sockets, and nothing happens but what the test says.
 *
 * Whatever it waits for has a deadline of DEADLINE_MS, and the test fails when that passes.
 */
#ifndef TAGMILL_TESTS_ACTORS_FAKE_SUPERVISOR_H
#define TAGMILL_TESTS_ACTORS_FAKE_SUPERVISOR_H

#include <czmq.h>

#include "messages/message.h"

enum { DEADLINE_MS = 20000, ROUTE_MAX = 32, ENDPOINT_ROOM = 128 };

typedef enum { BUS_IPC, BUS_TCP } bus_t;

typedef struct {
    char directory[64]; /* of the ipc sockets; made by fake_open */
    /* Empty until it is bound, where the bus is tcp. */
    char control_endpoint[ENDPOINT_ROOM], sink_endpoint[ENDPOINT_ROOM];
    char lane_endpoint[ENDPOINT_ROOM];
    bus_t bus;
    uint64_t epoch;
    zsock_t *control, *sink, *lane;
    char route[ROUTE_MAX]; /* where the last HELLO came from */
    size_t route_size;
    char worker[WORKER_NAME_MAX + 1]; /* who said it */
    uint16_t slots;
    uint32_t worker_no; /* of the last WELCOME */
    uint64_t lane_seq;
    zmq_msg_t frame; /* the last that was received; what was decoded points into it */
} fake_supervisor_t;

/* Picks endpoints (a fresh directory, or free ports) and binds control and sink. */
void fake_open(fake_supervisor_t *self, bus_t bus);

/* Picks the endpoints only (of ipc): nobody is there yet. */
void fake_prepare(fake_supervisor_t *self, bus_t bus);

/* Dies: closes all sockets at once. */
void fake_die(fake_supervisor_t *self);

/* Comes up on the endpoints that it had, as another run. */
void fake_rise(fake_supervisor_t *self);

/* Dies and removes its directory. */
void fake_close(fake_supervisor_t *self);

/* Waits for a HELLO. */
void fake_hear_hello(fake_supervisor_t *self);

/* Answers the last HELLO: binds a lane, sends WELCOME. */
void fake_welcome(fake_supervisor_t *self, uint32_t heartbeat_ms, uint32_t silence_ms);

/* Sends on the lane. A WORK is numbered; its lease is 1000 + row. */
void fake_ping(fake_supervisor_t *self, uint64_t epoch);
void fake_brief(fake_supervisor_t *self, uint64_t job_no, const char *model_name);
void fake_drop(fake_supervisor_t *self, uint64_t job_no);
void fake_work(fake_supervisor_t *self, uint64_t job_no, uint32_t row, const char *path);

/* As fake_work, but returns false when the lane does not take it. */
bool fake_try_work(fake_supervisor_t *self, uint64_t job_no, uint32_t row, const char *path);

/* Sends bytes on the lane as they are. */
void fake_send_raw(fake_supervisor_t *self, slice_t frame);

/* Waits for the next DONE, HEARTBEAT or GOODBYE of the sink and passes over the others. Checks that
 * it is of this worker and epoch. */
void fake_hear_done(fake_supervisor_t *self, message_done_t *done);
void fake_hear_heartbeat(fake_supervisor_t *self, message_heartbeat_t *beat);
void fake_hear_goodbye(fake_supervisor_t *self);

/* True when a HEARTBEAT lists the lease. */
bool fake_beat_lists(const message_heartbeat_t *beat, uint64_t lease);

#endif
