/* Clients: gateways that send what random people ask. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "tests/simulation/sim.h"

enum { JOB_IDS = 4, THINK_MOST_MS = 1500 };

uint32_t
sim_client_of(const sim_t *self, const route_t *route)
{
    for (uint32_t who = 0; who < SIM_CLIENTS; who++) {
        const sim_client_t *client = &self->clients[who];
        if (client->route.size == route->size &&
            memcmp(client->route.bytes, route->bytes, route->size) == 0)
            return who;
    }
    return SIM_CLIENTS;
}

void
sim_client_open(sim_t *self)
{
    static const char *const owners[SIM_CLIENTS] = {"ann", "bob", "ann"};
    for (uint32_t who = 0; who < SIM_CLIENTS; who++) {
        sim_client_t *client = &self->clients[who];
        client->owner = owners[who];
        client->route = (route_t){.size = 2, .bytes = {'c', (uint8_t) who}};
        sim_post(self, sim_event_new(EVENT_CLIENT, who, 0, (slice_t){0}), sim_pick(self, 1000));
    }
}

void
sim_client_free(sim_t *self)
{
    for (uint32_t who = 0; who < SIM_CLIENTS; who++) {
        free(self->clients[who].requests);
        free(self->clients[who].rows_stored);
    }
}

/* ---- asking ---- */

/* Numbers a question. */
static uint64_t
s_ask(sim_client_t *client, message_number_t number, uint8_t command)
{
    if (client->request_count == client->request_capacity) {
        client->request_capacity = client->request_capacity ? client->request_capacity * 2 : 32;
        client->requests =
            memory_resize(client->requests, client->request_capacity * sizeof *client->requests);
    }
    client->requests[client->request_count++] =
        (sim_request_t){.number = (uint16_t) number, .command = command};
    return client->request_count;
}

/* Sends the frame on, perhaps twice; the second copy may be late, as that of a gateway that lost
 * patience. */
static void
s_send(sim_t *self, uint32_t who, uint64_t request, buffer_t *frame)
{
    sim_client_t *client = &self->clients[who];
    int copies = sim_fault(self, self->weather.net_repeat) ? 2 : 1;
    for (int i = 0; i < copies; i++) {
        sim_event_t *event = sim_event_new(EVENT_FRAME, who, request, buffer_slice(frame));
        event->origin = ORIGIN_CONTROL;
        event->route = client->route;
        int64_t at = sim_arrival(self, &client->link_ms);
        sim_post(self, event, i && sim_chance(self, 500) ? at + sim_pick(self, 3000) : at);
        if (request)
            client->requests[request - 1].sent++;
    }
    buffer_free(frame);
}

static slice_t
s_draw_job_id(sim_t *self)
{
    static const char *const ids[JOB_IDS] = {"a", "b", "c", "d"};
    return slice_from(ids[sim_pick(self, JOB_IDS)]);
}

/* ---- starts ---- */

/* The same id and variant is the same request; so its size follows from them. */
static uint32_t
s_total(slice_t job_id, uint32_t variant)
{
    uint32_t total = 1 + (uint32_t) (job_id.data[0] * 7 + (int) variant * 5) % 9;
    return job_id.data[0] == 'd' ? total * 4 : total; /* more than a first window */
}

static void
s_send_chunk(sim_t *self, uint32_t who, uint32_t start_no, uint32_t first, uint32_t count)
{
    buffer_t documents = {0}, frame = {0};
    char path[32];
    snprintf(path, sizeof path, "%u/%u", who, start_no);
    for (uint32_t row = first; row < first + count; row++)
        record_document_append(
            &(record_document_t){.row = row, .path = slice_from(path), .title = SLICE("t")},
            &documents);
    uint64_t request = s_ask(&self->clients[who], MESSAGE_START_CHUNK, 0);
    message_start_chunk_encode(&(message_start_chunk_t){.request = request,
                                                        .intake = start_no,
                                                        .first_row = first,
                                                        .count = count,
                                                        .documents = buffer_slice(&documents)},
                               &frame);
    s_send(self, who, request, &frame);
    buffer_free(&documents);
}

static void
s_send_open(sim_t *self, uint32_t who, uint64_t intake, slice_t job_id, uint32_t variant)
{
    static const char *const models[] = {"offline", "m1", "m2"};
    sim_client_t *client = &self->clients[who];
    uint64_t request = s_ask(client, MESSAGE_START_OPEN, 0);
    buffer_t frame = {0};
    message_start_open_encode(
        &(message_start_open_t){
            .request = request,
            .intake = intake,
            .owner = slice_from(client->owner),
            .job_id = job_id,
            .model_name = slice_from(models[((unsigned) job_id.data[0] + variant) % 3]),
            .page_limit = 3,
            .tag_limit = 8,
            .priority = (int32_t) variant,
            .max_attempts = (uint8_t) (1 + ((unsigned) job_id.data[0] + variant) % 4)},
        &frame);
    s_send(self, who, request, &frame);
}

static void
s_send_end(sim_t *self, uint32_t who, uint64_t intake, uint32_t total, uint32_t variant)
{
    buffer_t frame = {0};
    if (sim_fault(self, 50)) {
        message_start_abort_encode(&(message_start_abort_t){.intake = intake}, &frame);
        s_send(self, who, 0, &frame);
        return;
    }
    uint64_t request = s_ask(&self->clients[who], MESSAGE_START_CLOSE, 0);
    char digest[16];
    snprintf(digest, sizeof digest, "%u", variant);
    message_start_close_encode(
        &(message_start_close_t){
            .request = request, .intake = intake, .total = total, .digest = slice_from(digest)},
        &frame);
    s_send(self, who, request, &frame);
}

static void
s_start(sim_t *self, uint32_t who)
{
    sim_client_t *client = &self->clients[who];
    slice_t job_id = s_draw_job_id(self);
    uint32_t variant = sim_chance(self, 200);
    uint32_t total = s_total(job_id, variant), chunks = 1 + sim_pick(self, 3), first = 0;
    uint32_t start_no = ++client->start_count; /* names its intake, too */
    client->rows_stored =
        memory_resize(client->rows_stored, (start_no + 1) * sizeof *client->rows_stored);
    client->rows_stored[start_no] = 0;
    s_send_open(self, who, start_no, job_id, variant);
    for (uint32_t chunk = 0; chunk < chunks && first < total; chunk++) {
        uint32_t count = chunk + 1 == chunks ? total - first : 1 + sim_pick(self, total - first);
        if (!sim_fault(self, 30)) /* else a part is lost on the way */
            s_send_chunk(self, who, start_no, first, count);
        first += count;
        client->link_ms += sim_pick(self, 100);
    }
    s_send_end(self, who, start_no, total, variant);
}

/* ---- the rest ---- */

static void
s_command(sim_t *self, uint32_t who, job_command_t command)
{
    sim_client_t *client = &self->clients[who];
    slice_t job_id = s_draw_job_id(self);
    uint64_t request = s_ask(client, MESSAGE_JOB_COMMAND, (uint8_t) command);
    client->requests[request - 1].job_id = job_id.data;
    buffer_t frame = {0};
    message_job_command_encode(&(message_job_command_t){.request = request,
                                                        .owner = slice_from(client->owner),
                                                        .job_id = job_id,
                                                        .command = (uint8_t) command},
                               &frame);
    s_send(self, who, request, &frame);
}

static void
s_status(sim_t *self, uint32_t who, uint32_t wait_ms)
{
    sim_client_t *client = &self->clients[who];
    uint64_t request = s_ask(client, MESSAGE_JOB_STATUS, 0);
    buffer_t frame = {0};
    message_job_status_encode(&(message_job_status_t){.request = request,
                                                      .owner = slice_from(client->owner),
                                                      .job_id = s_draw_job_id(self),
                                                      .wait_ms = wait_ms,
                                                      .above = client->known_version},
                              &frame);
    s_send(self, who, request, &frame);
}

static void
s_list(sim_t *self, uint32_t who)
{
    sim_client_t *client = &self->clients[who];
    uint64_t request = s_ask(client, MESSAGE_ACTIVE_LIST, 0);
    buffer_t frame = {0};
    message_active_list_encode(&(message_active_list_t){.request = request,
                                                        .owner = slice_from(client->owner),
                                                        .limit = (uint16_t) sim_pick(self, 3)},
                               &frame);
    s_send(self, who, request, &frame);
}

static void
s_ping(sim_t *self, uint32_t who)
{
    uint64_t request = s_ask(&self->clients[who], MESSAGE_PING, 0);
    buffer_t frame = {0};
    message_ping_encode(&(message_ping_t){.request = request}, &frame);
    s_send(self, who, request, &frame);
}

void
sim_client_act(sim_t *self, uint32_t who)
{
    if (self->calm)
        return;
    uint32_t draw = sim_pick(self, 100);
    if (draw < 30)
        s_start(self, who);
    else if (draw < 45)
        s_status(self, who, 0);
    else if (draw < 55)
        s_status(self, who, 1 + sim_pick(self, 20000));
    else if (draw < 67)
        s_command(self, who, JOB_COMMAND_PAUSE);
    else if (draw < 81)
        s_command(self, who, JOB_COMMAND_RESUME);
    else if (draw < 84)
        s_command(self, who, JOB_COMMAND_CANCEL);
    else if (draw < 93)
        s_command(self, who, JOB_COMMAND_RETRY);
    else if (draw < 97)
        s_list(self, who);
    else
        s_ping(self, who);
    sim_post(self, sim_event_new(EVENT_CLIENT, who, 0, (slice_t){0}),
             self->now_ms + 1 + sim_pick(self, THINK_MOST_MS));
}
