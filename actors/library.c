#include "actors/library.h"

#include <czmq.h>

#include "actors/librarian.h"
#include "base/memory.h"
#include "messages/endpoints.h"

enum { DESK_HWM = 20000, QUESTION_SIZE_MAX = 1048576, TCP_HEARTBEAT_MS = 2000 };

/* ---- self ---- */

struct library {
    const config_t *config;
    fault_t fault;
    zactor_t *desk;
    zactor_t **librarians;
    librarian_args_t *args;
    size_t librarian_count;
};

/* ---- the desk ---- */

/* Passes one message on, all its frames. */
static void
s_pass(void *from, void *to)
{
    zmq_msg_t frame;
    zmq_msg_init(&frame);
    bool more = true;
    while (more && zmq_msg_recv(&frame, from, ZMQ_DONTWAIT) >= 0) {
        more = zmq_msg_more(&frame);
        /* A frame that cannot go out (its gateway has gone) takes the rest of its message along. */
        if (zmq_msg_send(&frame, to, ZMQ_DONTWAIT | (more ? ZMQ_SNDMORE : 0)) < 0)
            while (more && zmq_msg_recv(&frame, from, ZMQ_DONTWAIT) >= 0)
                more = zmq_msg_more(&frame);
    }
    zmq_msg_close(&frame);
}

static zsock_t *
s_bind(library_t *self, int type, const char *const *endpoints)
{
    zsock_t *sock = zsock_new(type);
    zsock_set_sndhwm(sock, DESK_HWM);
    zsock_set_rcvhwm(sock, DESK_HWM);
    zsock_set_linger(sock, 0);
    zsock_set_maxmsgsize(sock, QUESTION_SIZE_MAX);
    zsock_set_heartbeat_ivl(sock, TCP_HEARTBEAT_MS);
    for (; *endpoints; endpoints++)
        if (zmq_bind(zsock_resolve(sock), *endpoints) != 0)
            fault_set(&self->fault, STATUS_UNAVAILABLE, "cannot bind %s: %s", *endpoints,
                      zmq_strerror(zmq_errno()));
    return sock;
}

static void
s_desk_actor(zsock_t *pipe, void *args)
{
    library_t *self = args;
    const char *front_at[] = {ENDPOINT_LIBRARY, config_text(self->config, CONFIG_BUS_LIBRARY),
                              NULL};
    const char *back_at[] = {ENDPOINT_LIBRARIANS, NULL};
    zsock_t *front = s_bind(self, ZMQ_ROUTER, front_at);
    zsock_t *back = s_bind(self, ZMQ_DEALER, back_at);
    bool opened = self->fault.status == STATUS_OK;
    zsock_signal(pipe, 0);
    zmq_pollitem_t items[] = {{.socket = zsock_resolve(front), .events = ZMQ_POLLIN},
                              {.socket = zsock_resolve(back), .events = ZMQ_POLLIN},
                              {.socket = zsock_resolve(pipe), .events = ZMQ_POLLIN}};
    while (opened && zmq_poll(items, 3, -1) >= 0 && !(items[2].revents & ZMQ_POLLIN)) {
        if (items[0].revents & ZMQ_POLLIN)
            s_pass(items[0].socket, items[1].socket);
        if (items[1].revents & ZMQ_POLLIN)
            s_pass(items[1].socket, items[0].socket);
    }
    zsock_destroy(&front);
    zsock_destroy(&back);
}

/* ---- start and stop ---- */

static status_t
s_start(library_t *self)
{
    self->desk = zactor_new(s_desk_actor, self);
    if (self->fault.status != STATUS_OK)
        return self->fault.status;
    size_t count = (size_t) config_number(self->config, CONFIG_STORE_READERS);
    self->librarians = memory_new(count * sizeof *self->librarians);
    self->args = memory_new(count * sizeof *self->args);
    for (size_t i = 0; i < count; i++) {
        self->args[i].config = self->config;
        self->librarians[i] = librarian_start(&self->args[i]);
        if (self->librarians[i] == NULL) {
            self->fault = self->args[i].fault;
            return self->fault.status;
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
    status_t status = s_start(self);
    if (status != STATUS_OK) {
        if (fault)
            *fault = self->fault;
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
    for (size_t i = 0; i < self->librarian_count; i++)
        zactor_destroy(&self->librarians[i]);
    free(self->librarians);
    free(self->args);
    free(self);
    *self_p = NULL;
}
