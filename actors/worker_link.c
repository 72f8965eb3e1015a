#include "actors/worker_link.h"

#include <assert.h>

enum {
    FRAME_BYTES_MAX = 1024 * 1024,
    HIGH_WATER_MARK = 1000,
    RECONNECT_MS = 100,
    RECONNECT_MAX_MS = 1000,
    PERIOD_MIN_MS = 10,
    PERIOD_MAX_MS = 600000
};

/* libzmq's own heartbeat, so that a peer that vanished without a FIN is noticed. */
enum { KEEPALIVE_MS = 2000, KEEPALIVE_TIMEOUT_MS = 6000 };

static zsock_t *
s_open(int type, fault_t *fault)
{
    zsock_t *socket = zsock_new(type);
    if (socket == NULL) {
        fault_set(fault, STATUS_UNAVAILABLE, "no socket is left for the bus");
        return NULL;
    }
    zsock_set_linger(socket, 0);
    zsock_set_maxmsgsize(socket, FRAME_BYTES_MAX);
    zsock_set_sndhwm(socket, HIGH_WATER_MARK);
    zsock_set_rcvhwm(socket, HIGH_WATER_MARK);
    zsock_set_heartbeat_ivl(socket, KEEPALIVE_MS);
    zsock_set_heartbeat_timeout(socket, KEEPALIVE_TIMEOUT_MS);
    zsock_set_reconnect_ivl(socket, RECONNECT_MS);
    zsock_set_reconnect_ivl_max(socket, RECONNECT_MAX_MS);
    return socket;
}

/* Connects `socket` (taken on an error, and then NULL). */
static status_t
s_connect(zsock_t **socket_p, const char *endpoint, fault_t *fault)
{
    if (zsock_connect(*socket_p, "%s", endpoint) == 0)
        return STATUS_OK;
    zsock_destroy(socket_p);
    return fault_set(fault, STATUS_BAD_REQUEST, "%s is no endpoint that can be connected to",
                     endpoint);
}

status_t
worker_link_seek(worker_link_t *self, const char *endpoint, fault_t *fault)
{
    self->control = s_open(ZMQ_DEALER, fault);
    if (self->control == NULL)
        return STATUS_UNAVAILABLE;
    /* Without this every HELLO said while no supervisor is there would be queued for it. */
    zsock_set_immediate(self->control, 1);
    return s_connect(&self->control, endpoint, fault);
}

void
worker_link_say_hello(worker_link_t *self, slice_t name, uint16_t slots)
{
    message_hello_encode(
        &(message_hello_t){.worker = name, .slots = slots, .version = SLICE(TAGMILL_VERSION)},
        &self->frame);
    zmq_send(zsock_resolve(self->control), self->frame.data, self->frame.size, ZMQ_DONTWAIT);
    buffer_clear(&self->frame);
}

static bool
s_is_period(uint32_t ms)
{
    return ms >= PERIOD_MIN_MS && ms <= PERIOD_MAX_MS;
}

static status_t
s_connect_lane(worker_link_t *self, slice_t endpoint, fault_t *fault)
{
    self->lane = s_open(ZMQ_PULL, fault);
    if (self->lane == NULL)
        return STATUS_UNAVAILABLE;
    zsock_set_reconnect_ivl(self->lane, -1);
    char text[ENDPOINT_MAX + 1];
    snprintf(text, sizeof text, "%.*s", SLICE_ARG(endpoint));
    return s_connect(&self->lane, text, fault);
}

static status_t
s_connect_sink(worker_link_t *self, slice_t endpoint, fault_t *fault)
{
    self->sink = s_open(ZMQ_PUSH, fault);
    if (self->sink == NULL)
        return STATUS_UNAVAILABLE;
    /* Not ZMQ_IMMEDIATE: with it a reconnection drops what the socket has taken. */
    char text[ENDPOINT_MAX + 1];
    snprintf(text, sizeof text, "%.*s", SLICE_ARG(endpoint));
    return s_connect(&self->sink, text, fault);
}

status_t
worker_link_join(worker_link_t *self, const message_welcome_t *welcome, size_t room, fault_t *fault)
{
    if (!s_is_period(welcome->heartbeat_ms) || !s_is_period(welcome->silence_ms))
        return fault_set(fault, STATUS_MALFORMED, "WELCOME names periods that cannot be");
    status_t status = s_connect_lane(self, welcome->lane, fault);
    if (status == STATUS_OK)
        status = s_connect_sink(self, welcome->sink, fault);
    if (status != STATUS_OK) {
        zsock_destroy(&self->lane);
        zsock_destroy(&self->sink);
        return status;
    }
    outbox_open(&self->outbox, zsock_resolve(self->sink), room);
    zsock_destroy(&self->control);
    self->worker_no = welcome->worker_no;
    self->epoch = welcome->epoch;
    self->heartbeat_ms = welcome->heartbeat_ms;
    self->silence_ms = welcome->silence_ms;
    return STATUS_OK;
}

bool
worker_link_is_joined(const worker_link_t *self)
{
    return self->sink != NULL;
}

static void
s_post(worker_link_t *self)
{
    bool kept = outbox_send(&self->outbox, buffer_slice(&self->frame));
    assert(kept);
    (void) kept;
    buffer_clear(&self->frame);
}

void
worker_link_post_done(worker_link_t *self, message_done_t *done)
{
    done->worker_no = self->worker_no;
    done->epoch = self->epoch;
    message_done_encode(done, &self->frame);
    s_post(self);
}

void
worker_link_post_heartbeat(worker_link_t *self, uint64_t heard, bool retiring, slice_t leases)
{
    message_heartbeat_encode(&(message_heartbeat_t){.worker_no = self->worker_no,
                                                    .epoch = self->epoch,
                                                    .heard = heard,
                                                    .retiring = retiring,
                                                    .leases = leases},
                             &self->frame);
    s_post(self);
}

void
worker_link_post_goodbye(worker_link_t *self)
{
    message_goodbye_encode(&(message_goodbye_t){.worker_no = self->worker_no, .epoch = self->epoch},
                           &self->frame);
    s_post(self);
}

void
worker_link_close(worker_link_t *self, int linger_ms)
{
    outbox_close(&self->outbox);
    if (self->sink)
        zsock_set_linger(self->sink, linger_ms);
    zsock_destroy(&self->control);
    zsock_destroy(&self->lane);
    zsock_destroy(&self->sink);
}

void
worker_link_free(worker_link_t *self, int linger_ms)
{
    worker_link_close(self, linger_ms);
    buffer_free(&self->frame);
}
