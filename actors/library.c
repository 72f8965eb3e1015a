#include "actors/library.h"

#include <czmq.h>

#include "actors/handshake.h"
#include "actors/inspector.h"
#include "actors/librarian.h"
#include "base/memory.h"
#include "messages/endpoints.h"
#include "messages/message.h"

enum { DESK_HWM = 20000, QUESTION_SIZE_MAX = 1048576, TCP_HEARTBEAT_MS = 2000 };

/* ---- self ---- */

struct library {
    const config_t *config;
    handshake_t start; /* of the desk */
    zactor_t *desk;
    zactor_t *inspector;
    zactor_t **librarians;
    librarian_args_t *args;
    size_t librarian_count;
};

/* ---- the desk ---- */

/* Passes one message on, all its frames. */
static void
s_send(zmsg_t *message, zsock_t *to)
{
    /* A gateway that has gone loses its answer; nobody waits for it. */
    if (zmsg_send(&message, to) != 0)
        zmsg_destroy(&message);
}

/* Questions about paths take their time: they go to the inspector, the others to a librarian. */
static void
s_pass_question(zsock_t *front, zsock_t *back, zsock_t *inspector)
{
    zmsg_t *message = zmsg_recv(front);
    if (message == NULL)
        return;
    zframe_t *last = zmsg_last(message);
    slice_t frame = {(const char *) zframe_data(last), zframe_size(last)};
    s_send(message, message_number(frame) == MESSAGE_CHECK_PATHS ? inspector : back);
}

static void
s_pass_answer(zsock_t *from, zsock_t *front)
{
    zmsg_t *message = zmsg_recv(from);
    if (message)
        s_send(message, front);
}

static zsock_t *
s_bind(library_t *self, int type, const char *inner, const char *outer)
{
    zsock_t *sock = zsock_new(type);
    zsock_set_sndhwm(sock, DESK_HWM);
    zsock_set_rcvhwm(sock, DESK_HWM);
    zsock_set_linger(sock, 0);
    zsock_set_maxmsgsize(sock, QUESTION_SIZE_MAX);
    zsock_set_heartbeat_ivl(sock, TCP_HEARTBEAT_MS);
    const char *endpoints[] = {inner, outer};
    for (size_t i = 0; i < 2 && endpoints[i]; i++)
        if (zmq_bind(zsock_resolve(sock), endpoints[i]) != 0)
            fault_set(&self->start.fault, STATUS_UNAVAILABLE, "cannot bind %s: %s", endpoints[i],
                      zmq_strerror(zmq_errno()));
    return sock;
}

static void
s_desk_actor(zsock_t *pipe, void *args)
{
    library_t *self = args;
    zsock_t *front =
        s_bind(self, ZMQ_ROUTER, ENDPOINT_LIBRARY, config_text(self->config, CONFIG_BUS_LIBRARY));
    zsock_t *back = s_bind(self, ZMQ_DEALER, ENDPOINT_LIBRARIANS, NULL);
    zsock_t *inspector = s_bind(self, ZMQ_DEALER, ENDPOINT_INSPECTOR, NULL);
    bool opened = self->start.fault.status == STATUS_OK;
    zpoller_t *poller = zpoller_new(pipe, front, back, inspector, NULL);
    handshake_say(&self->start, pipe);
    while (opened) {
        zsock_t *ready = zpoller_wait(poller, -1);
        if (ready == front)
            s_pass_question(front, back, inspector);
        else if (ready == back || ready == inspector)
            s_pass_answer(ready, front);
        else
            break;
    }
    zpoller_destroy(&poller);
    /* libzmq closes in the background; the names are to be free when this returns. */
    zmq_unbind(zsock_resolve(front), ENDPOINT_LIBRARY);
    zmq_unbind(zsock_resolve(back), ENDPOINT_LIBRARIANS);
    zmq_unbind(zsock_resolve(inspector), ENDPOINT_INSPECTOR);
    zsock_destroy(&front);
    zsock_destroy(&back);
    zsock_destroy(&inspector);
}

/* ---- start and stop ---- */

static status_t
s_start(library_t *self, fault_t *fault)
{
    self->desk = handshake_start(&self->start, s_desk_actor, self);
    if (self->desk == NULL) {
        *fault = self->start.fault;
        return fault->status;
    }
    self->inspector = inspector_start(self->config);
    size_t count = (size_t) config_number(self->config, CONFIG_STORE_READERS);
    self->librarians = memory_new(count * sizeof *self->librarians);
    self->args = memory_new(count * sizeof *self->args);
    for (size_t i = 0; i < count; i++) {
        self->args[i].config = self->config;
        self->librarians[i] = librarian_start(&self->args[i]);
        if (self->librarians[i] == NULL) {
            *fault = self->args[i].start.fault;
            return fault->status;
        }
        self->librarian_count++;
    }
    return STATUS_OK;
}

status_t
library_start(library_t **self_p, const config_t *config, fault_t *fault)
{
    library_t *self = memory_new(sizeof *self);
    self->config = config;
    fault_t why = {0};
    status_t status = s_start(self, &why);
    if (status != STATUS_OK) {
        if (fault)
            *fault = why;
        library_stop(&self);
    }
    *self_p = self;
    return status;
}

void
library_stop(library_t **self_p)
{
    library_t *self = *self_p;
    if (self == NULL)
        return;
    zactor_destroy(&self->desk);
    zactor_destroy(&self->inspector);
    for (size_t i = 0; i < self->librarian_count; i++)
        zactor_destroy(&self->librarians[i]);
    free(self->librarians);
    free(self->args);
    free(self);
    *self_p = NULL;
}
