#include "gateway/bus.h"

#include <assert.h>
#include <endian.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <zmq.h>

#include "base/clock.h"
#include "base/log.h"
#include "base/memory.h"
#include "messages/message.h"

enum {
    REQUEST_AT = 4,        /* where the request's number stands in a frame */
    WAIT_SLICE_MS = 200,   /* how often a waiting thread looks whether all is to stop */
    CONNECT_WAIT_MS = 500, /* a connection just begun may take this long */
    QUEUE_MAX = 64,        /* messages; a start has at most six on the way */
    FRAME_MAX = 1024 * 1024,
    HEARTBEAT_MS = 2000,
    HEARTBEAT_TIMEOUT_MS = 6000
};

struct bus {
    void *context;
    const char *endpoints[BUS_SOCKETS];
    const atomic_bool *stopping;
    void *sockets[BUS_SOCKETS]; /* NULL: not made yet */
    uint64_t last_request;
};

bus_t *
bus_new(void *context, const char *const endpoints[BUS_SOCKETS], const atomic_bool *stopping)
{
    bus_t *self = memory_new(sizeof *self);
    self->context = context;
    self->stopping = stopping;
    for (int i = 0; i < BUS_SOCKETS; i++)
        self->endpoints[i] = endpoints[i];
    return self;
}

void
bus_destroy(bus_t **self_p)
{
    if (*self_p == NULL)
        return;
    for (int i = 0; i < BUS_SOCKETS; i++)
        if ((*self_p)->sockets[i])
            zmq_close((*self_p)->sockets[i]);
    free(*self_p);
    *self_p = NULL;
}

uint64_t
bus_request(bus_t *self)
{
    return ++self->last_request;
}

static void
s_set(void *socket, int option, int value)
{
    int failed = zmq_setsockopt(socket, option, &value, sizeof value);
    assert(failed == 0);
    (void) failed;
}

static bool
s_is_inproc(const char *endpoint)
{
    return strncmp(endpoint, "inproc:", 7) == 0;
}

static void *
s_connect(bus_t *self, bus_peer_t peer)
{
    void *socket = zmq_socket(self->context, ZMQ_DEALER);
    if (socket == NULL)
        return NULL;
    int64_t frame_max = FRAME_MAX;
    s_set(socket, ZMQ_LINGER, 0);
    s_set(socket, ZMQ_SNDHWM, QUEUE_MAX);
    s_set(socket, ZMQ_RCVHWM, QUEUE_MAX);
    s_set(socket, ZMQ_RCVTIMEO, WAIT_SLICE_MS);
    zmq_setsockopt(socket, ZMQ_MAXMSGSIZE, &frame_max, sizeof frame_max);
    if (!s_is_inproc(self->endpoints[peer])) {
        /* No queue for a peer that is not there: a command that was answered with 503 must not
         * reach it later. */
        s_set(socket, ZMQ_IMMEDIATE, 1);
        s_set(socket, ZMQ_HEARTBEAT_IVL, HEARTBEAT_MS);
        s_set(socket, ZMQ_HEARTBEAT_TIMEOUT, HEARTBEAT_TIMEOUT_MS);
    }
    if (zmq_connect(socket, self->endpoints[peer]) != 0) {
        zmq_close(socket);
        return NULL;
    }
    return socket;
}

static status_t
s_unavailable(fault_t *fault, bus_peer_t peer, const char *what)
{
    return fault_set(fault, STATUS_UNAVAILABLE, "%s %s",
                     peer == BUS_SUPERVISOR ? "the supervisor" : "the store's readers", what);
}

status_t
bus_send(bus_t *self, bus_peer_t peer, slice_t frame, fault_t *fault)
{
    bool is_new = self->sockets[peer] == NULL;
    if (is_new)
        self->sockets[peer] = s_connect(self, peer);
    void *socket = self->sockets[peer];
    if (socket == NULL) {
        log_error("gateway", "cannot make a socket", LOG_S("endpoint", self->endpoints[peer]),
                  LOG_S("why", zmq_strerror(zmq_errno())));
        return s_unavailable(fault, peer, "cannot be reached");
    }
    if (zmq_send(socket, frame.data, frame.size, ZMQ_DONTWAIT) >= 0)
        return STATUS_OK;
    zmq_pollitem_t item = {.socket = socket, .events = ZMQ_POLLOUT};
    if (is_new && zmq_poll(&item, 1, CONNECT_WAIT_MS) > 0 &&
        zmq_send(socket, frame.data, frame.size, ZMQ_DONTWAIT) >= 0)
        return STATUS_OK;
    return s_unavailable(fault, peer, "cannot be reached");
}

/* The number of the question that a frame answers; 0 for what is no answer. */
static uint64_t
s_answered(const void *data, size_t size)
{
    uint64_t request = 0;
    if (size < REQUEST_AT + sizeof request)
        return 0;
    memcpy(&request, (const char *) data + REQUEST_AT, sizeof request);
    return le64toh(request);
}

/* Waits for one frame. False when none came within one slice. Further frames of the same message
 * are none of ours and go unread. */
static bool
s_receive_frame(void *socket, uint64_t request, buffer_t *reply)
{
    zmq_msg_t frame;
    zmq_msg_init(&frame);
    int size = zmq_msg_recv(&frame, socket, 0);
    bool whole = size >= 0 && !zmq_msg_more(&frame);
    bool wanted = whole && s_answered(zmq_msg_data(&frame), (size_t) size) >= request;
    if (wanted)
        buffer_append(reply, zmq_msg_data(&frame), (size_t) size);
    while (size >= 0 && zmq_msg_more(&frame))
        size = zmq_msg_recv(&frame, socket, ZMQ_DONTWAIT);
    zmq_msg_close(&frame);
    return wanted;
}

status_t
bus_receive(bus_t *self, bus_peer_t peer, uint64_t request, int64_t timeout_ms, buffer_t *reply,
            fault_t *fault)
{
    buffer_clear(reply);
    void *socket = self->sockets[peer];
    if (socket == NULL)
        return s_unavailable(fault, peer, "cannot be reached");
    int64_t deadline = clock_monotonic_ms() + timeout_ms;
    while (!s_receive_frame(socket, request, reply)) {
        if (atomic_load_explicit(self->stopping, memory_order_relaxed))
            return fault_set(fault, STATUS_UNAVAILABLE, "the service is stopping");
        if (clock_monotonic_ms() >= deadline)
            return s_unavailable(fault, peer, "did not answer in time");
    }
    if (message_number(buffer_slice(reply)) == 0)
        return fault_set(fault, STATUS_MALFORMED, "an answer is no message");
    return STATUS_OK;
}

status_t
bus_refusal(slice_t frame, fault_t *fault)
{
    message_refused_t refused;
    if (message_refused_decode(frame, &refused) != STATUS_OK || refused.status == STATUS_OK ||
        refused.status >= STATUS_COUNT)
        return fault_set(fault, STATUS_MALFORMED, "an answer is malformed");
    status_t status = (status_t) refused.status;
    if (status_http(status) == 500) {
        log_error("gateway", "a request failed inside", LOG_S("status", status_word(status)),
                  LOG_V("detail", refused.detail));
        return fault_set(fault, status, "something failed inside; the log says what");
    }
    return fault_set(fault, status, "%.*s", SLICE_ARG(refused.detail));
}

status_t
bus_ask(bus_t *self, bus_peer_t peer, slice_t frame, uint16_t wanted, int64_t timeout_ms,
        buffer_t *reply, fault_t *fault)
{
    status_t status = bus_send(self, peer, frame, fault);
    if (status == STATUS_OK)
        status =
            bus_receive(self, peer, s_answered(frame.data, frame.size), timeout_ms, reply, fault);
    if (status != STATUS_OK)
        return status;
    uint16_t number = message_number(buffer_slice(reply));
    if (number == MESSAGE_REFUSED)
        return bus_refusal(buffer_slice(reply), fault);
    if (number != wanted)
        return fault_set(fault, STATUS_MALFORMED, "an answer is another than was asked for");
    return STATUS_OK;
}
