#include "actors/publisher.h"

#include <endian.h>

#include "base/log.h"
#include "base/text.h"
#include "config/endpoint.h"
#include "messages/endpoints.h"
#include "messages/message.h"
#include "messages/progress_json.h"

enum { PUBLISH_HWM = 100000, FRAMES_A_TURN = 1000 };

/* ---- self ---- */

typedef struct {
    void *inbox;        /* PAIR to the supervisor */
    void *outlet;       /* XPUB */
    uint64_t listeners; /* topics that somebody subscribes to */
    uint64_t system_seq;
    buffer_t topic, json;
} publisher_t;

/* ---- out ---- */

/* Three frames or none: an XPUB takes what it is given and drops for those who are too slow. */
static void
s_publish(publisher_t *self, uint64_t seq)
{
    uint64_t wire_seq = htobe64(seq);
    zmq_send(self->outlet, self->topic.data, self->topic.size, ZMQ_SNDMORE | ZMQ_DONTWAIT);
    zmq_send(self->outlet, &wire_seq, sizeof wire_seq, ZMQ_SNDMORE | ZMQ_DONTWAIT);
    zmq_send(self->outlet, self->json.data, self->json.size, ZMQ_DONTWAIT);
}

static void
s_on_progress(publisher_t *self, slice_t frame)
{
    message_progress_t progress;
    if (message_progress_decode(frame, &progress) != STATUS_OK)
        return;
    buffer_append_text(&self->topic, "progress/");
    text_percent_encode(&self->topic, progress.owner);
    buffer_append_byte(&self->topic, '/');
    text_percent_encode(&self->topic, progress.job_id);
    buffer_append_byte(&self->topic, '/');
    if (progress_json(&progress, &self->json) != STATUS_OK) {
        log_error("publisher", "a progress that makes no sense was dropped",
                  LOG_N("kind", progress.kind), LOG_N("error_type", progress.error_type));
        return;
    }
    s_publish(self, progress.seq);
}

static void
s_on_system(publisher_t *self, slice_t frame)
{
    message_system_t system;
    if (message_system_decode(frame, &system) != STATUS_OK)
        return;
    buffer_append_text(&self->topic, "system/");
    system_json(&system, &self->json);
    s_publish(self, ++self->system_seq);
}

/* ---- in ---- */

static void
s_drain_inbox(publisher_t *self)
{
    zmq_msg_t message;
    zmq_msg_init(&message);
    for (int i = 0; i < FRAMES_A_TURN; i++) {
        if (zmq_msg_recv(&message, self->inbox, ZMQ_DONTWAIT) < 0)
            break;
        if (self->listeners == 0)
            continue;
        slice_t frame = {.data = zmq_msg_data(&message), .size = zmq_msg_size(&message)};
        buffer_clear(&self->topic);
        buffer_clear(&self->json);
        if (message_number(frame) == MESSAGE_PROGRESS)
            s_on_progress(self, frame);
        else if (message_number(frame) == MESSAGE_SYSTEM)
            s_on_system(self, frame);
    }
    zmq_msg_close(&message);
}

static void
s_tell_audience(publisher_t *self)
{
    buffer_t frame = {0};
    message_audience_encode(&(message_audience_t){.listening = self->listeners > 0}, &frame);
    zmq_send(self->inbox, frame.data, frame.size, ZMQ_DONTWAIT);
    buffer_free(&frame);
}

/* An XPUB hears of the first subscription to a topic and of the end of the last. */
static void
s_drain_subscriptions(publisher_t *self)
{
    zmq_msg_t message;
    zmq_msg_init(&message);
    while (zmq_msg_recv(&message, self->outlet, ZMQ_DONTWAIT) >= 0) {
        const char *data = zmq_msg_data(&message);
        uint64_t before = self->listeners;
        if (zmq_msg_size(&message) && data[0] == 1)
            self->listeners++;
        else if (zmq_msg_size(&message) && data[0] == 0 && self->listeners)
            self->listeners--;
        if ((before == 0) != (self->listeners == 0))
            s_tell_audience(self);
    }
    zmq_msg_close(&message);
}

/* ---- loop ---- */

static status_t
s_open(zsock_t *outlet, const char *endpoint, fault_t *fault)
{
    zsock_set_sndhwm(outlet, PUBLISH_HWM);
    zsock_set_linger(outlet, 0);
    if (*endpoint == '\0')
        return STATUS_OK;
    if (!endpoint_is_local(endpoint))
        return fault_set(fault, STATUS_BAD_REQUEST,
                         "progress/endpoint is %s; it must be ipc or a loopback address", endpoint);
    if (zmq_bind(zsock_resolve(outlet), endpoint) != 0)
        return fault_set(fault, STATUS_UNAVAILABLE, "cannot bind progress/endpoint %s: %s",
                         endpoint, zmq_strerror(zmq_errno()));
    return STATUS_OK;
}

static void
s_publisher_actor(zsock_t *pipe, void *arguments)
{
    publisher_args_t *args = arguments;
    zsock_t *outlet = zsock_new(ZMQ_XPUB);
    zsock_t *inbox = zsock_new(ZMQ_PAIR);
    publisher_t self = {.inbox = zsock_resolve(inbox), .outlet = zsock_resolve(outlet)};
    fault_t *fault = &args->start.fault;
    fault->status = s_open(outlet, config_text(args->config, CONFIG_PROGRESS_ENDPOINT), fault);
    bool opened = fault->status == STATUS_OK;
    if (opened)
        zsock_connect(inbox, "%s", ENDPOINT_PUBLISHER);
    handshake_say(&args->start, pipe);
    zmq_pollitem_t items[] = {{.socket = self.inbox, .events = ZMQ_POLLIN},
                              {.socket = self.outlet, .events = ZMQ_POLLIN},
                              {.socket = zsock_resolve(pipe), .events = ZMQ_POLLIN}};
    while (opened && zmq_poll(items, 3, -1) >= 0 && !(items[2].revents & ZMQ_POLLIN)) {
        if (items[1].revents & ZMQ_POLLIN)
            s_drain_subscriptions(&self);
        if (items[0].revents & ZMQ_POLLIN)
            s_drain_inbox(&self);
    }
    zsock_destroy(&outlet);
    zsock_destroy(&inbox);
    buffer_free(&self.topic);
    buffer_free(&self.json);
}

zactor_t *
publisher_start(publisher_args_t *args)
{
    return handshake_start(&args->start, s_publisher_actor, args);
}
