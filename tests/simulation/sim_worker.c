/* Workers: they keep to messages/table.h, but they die, lie, answer late and come back. */
#include <endian.h>
#include <stdio.h>
#include <string.h>

#include "tests/simulation/sim.h"

enum { HELLO_AGAIN_MS = 1000, TASK_MOST_MS = 3000, REBIRTH_MOST_MS = 8000 };

uint32_t
sim_worker_of(const sim_t *self, const route_t *route)
{
    for (uint32_t who = 0; who < SIM_WORKERS; who++) {
        const sim_worker_t *worker = &self->workers[who];
        if (worker->route.size == route->size &&
            memcmp(worker->route.bytes, route->bytes, route->size) == 0)
            return who;
    }
    return SIM_WORKERS;
}

/* ---- sending ---- */

static void
s_send(sim_t *self, uint32_t who, origin_t origin, slice_t frame)
{
    sim_worker_t *worker = &self->workers[who];
    bool sink = origin == ORIGIN_SINK;
    if (sink && sim_fault(self, self->weather.net_drop))
        return;
    int copies = sink && sim_fault(self, self->weather.net_repeat) ? 2 : 1;
    while (copies--) {
        sim_event_t *event = sim_event_new(EVENT_FRAME, who, 0, frame);
        event->origin = origin;
        event->route = worker->route;
        sim_post(self, event,
                 sim_arrival(self, sink ? &worker->sink_link_ms : &worker->control_link_ms));
    }
}

static void
s_say_hello(sim_t *self, uint32_t who)
{
    sim_worker_t *worker = &self->workers[who];
    buffer_t frame = {0};
    message_hello_encode(&(message_hello_t){.worker = slice_from(worker->name),
                                            .slots = worker->slots,
                                            .version = SLICE("0")},
                         &frame);
    s_send(self, who, ORIGIN_CONTROL, buffer_slice(&frame));
    buffer_free(&frame);
}

static void
s_say_goodbye(sim_t *self, uint32_t who)
{
    sim_worker_t *worker = &self->workers[who];
    buffer_t frame = {0};
    message_goodbye_encode(
        &(message_goodbye_t){.worker_no = worker->worker_no, .epoch = worker->epoch}, &frame);
    s_send(self, who, ORIGIN_SINK, buffer_slice(&frame));
    buffer_free(&frame);
}

static void
s_send_heartbeat(sim_t *self, uint32_t who)
{
    sim_worker_t *worker = &self->workers[who];
    uint64_t leases[SIM_SLOTS_MOST];
    for (size_t i = 0; i < worker->task_count; i++)
        leases[i] = htole64(worker->tasks[i].lease);
    buffer_t frame = {0};
    message_heartbeat_encode(
        &(message_heartbeat_t){.worker_no = worker->worker_no,
                               .epoch = worker->epoch,
                               .heard = worker->heard,
                               .retiring = worker->retiring,
                               .leases = {(const char *) leases, 8 * worker->task_count}},
        &frame);
    s_send(self, who, ORIGIN_SINK, buffer_slice(&frame));
    buffer_free(&frame);
}

/* ---- birth, death, a new beginning ---- */

static void
s_name(sim_t *self, uint32_t who, bool keep_name)
{
    sim_worker_t *worker = &self->workers[who];
    uint64_t serial = ++self->last_serial;
    worker->generation = serial;
    if (!keep_name || worker->name[0] == '\0')
        snprintf(worker->name, sizeof worker->name, "w%lu", serial);
    worker->route.size = 5;
    worker->route.bytes[0] = 'w';
    uint32_t number = (uint32_t) serial;
    memcpy(worker->route.bytes + 1, &number, sizeof number);
}

static void
s_beat_after(sim_t *self, uint32_t who, int64_t delay_ms)
{
    sim_post(self,
             sim_event_new(EVENT_WORKER_BEAT, who, self->workers[who].generation, (slice_t){0}),
             self->now_ms + delay_ms);
}

/* It has nothing in hand, knows no brief, and says HELLO. */
static void
s_begin(sim_t *self, uint32_t who)
{
    sim_worker_t *worker = &self->workers[who];
    worker->welcome = worker->retiring = false;
    worker->task_count = worker->brief_count = 0;
    worker->heard = 0;
    s_say_hello(self, who);
}

void
sim_worker_born(sim_t *self, uint32_t who)
{
    sim_worker_t *worker = &self->workers[who];
    s_name(self, who, sim_chance(self, 300));
    sim_trace(self, "born", who, (slice_t){0});
    worker->alive = true;
    worker->slots = (uint16_t) (1 + sim_pick(self, SIM_SLOTS_MOST));
    worker->sink_link_ms = worker->control_link_ms = self->now_ms;
    s_begin(self, who);
    s_beat_after(self, who, HELLO_AGAIN_MS);
}

static void
s_die(sim_t *self, uint32_t who)
{
    sim_worker_t *worker = &self->workers[who];
    sim_trace(self, "dies", who, (slice_t){0});
    worker->alive = false;
    worker->generation = 0;
    sim_post(self, sim_event_new(EVENT_WORKER_BORN, who, 0, (slice_t){0}),
             self->now_ms + 1 + sim_pick(self, REBIRTH_MOST_MS));
}

/* No word from the supervisor for too long: it drops what it has and asks anew. */
static void
s_begin_anew(sim_t *self, uint32_t who)
{
    sim_trace(self, "begins anew", who, (slice_t){0});
    if (sim_chance(self, 500))
        s_name(self, who, true); /* a new connection, and so a new route */
    else
        self->workers[who].generation = ++self->last_serial;
    s_begin(self, who);
}

void
sim_worker_beat(sim_t *self, const sim_event_t *event)
{
    uint32_t who = event->who;
    sim_worker_t *worker = &self->workers[who];
    if (!worker->alive || worker->generation != event->stamp)
        return;
    if (sim_fault(self, self->weather.worker_death)) {
        if (worker->welcome && sim_chance(self, 300))
            s_say_goodbye(self, who);
        s_die(self, who);
        return;
    }
    if (!worker->welcome) {
        s_say_hello(self, who);
        s_beat_after(self, who, HELLO_AGAIN_MS);
        return;
    }
    if (self->now_ms - worker->lane_heard_ms > SIM_SILENCE_MS)
        s_begin_anew(self, who);
    else if (worker->retiring && worker->task_count == 0) {
        s_say_goodbye(self, who);
        s_die(self, who);
        return;
    } else {
        if (sim_fault(self, self->weather.worker_death / 2))
            worker->retiring = true;
        s_send_heartbeat(self, who);
    }
    s_beat_after(self, who, worker->welcome ? SIM_HEARTBEAT_MS : HELLO_AGAIN_MS);
}

void
sim_worker_reply(sim_t *self, const sim_event_t *event)
{
    sim_worker_t *worker = &self->workers[event->who];
    message_welcome_t welcome;
    if (!worker->alive || worker->generation != event->stamp || worker->welcome)
        return;
    if (message_welcome_decode((slice_t){event->frame, event->size}, &welcome) != STATUS_OK)
        sim_fail(self, "WELCOME does not decode");
    sim_trace(self, "welcome", event->who, (slice_t){event->frame, event->size});
    worker->welcome = true;
    worker->worker_no = welcome.worker_no;
    worker->epoch = welcome.epoch;
    worker->lane_heard_ms = self->now_ms;
}

/* ---- work ---- */

void
sim_provider_open(sim_t *self)
{
    for (size_t i = 0; i < SIM_PROVIDERS; i++) {
        double rate = 0.5 + sim_pick(self, 40) / 4.0;
        double size = 1 + sim_pick(self, 8);
        self->providers[i] = (sim_provider_t){
            .rate = rate, .size = size, .tokens = size, .says_when = sim_chance(self, 700)};
    }
}

/* Asks the provider of the job's model, where it has one. Returns milliseconds until it would admit
 * the request; 0: it does. */
static uint32_t
s_ask_provider(sim_t *self, uint64_t job_no, bool *says_when)
{
    const sim_job_t *job = sim_store_find(self, job_no);
    if (job == NULL || job->phase != SIM_CREATED || slice_is(job->create.model_name, "offline"))
        return 0;
    sim_provider_t *provider = &self->providers[slice_is(job->create.model_name, "m2")];
    *says_when = provider->says_when;
    provider->tokens += provider->rate * (double) (self->now_ms - provider->filled_ms) / 1000;
    if (provider->tokens > provider->size)
        provider->tokens = provider->size;
    provider->filled_ms = self->now_ms;
    if (provider->tokens < 1)
        return 1 + (uint32_t) ((1 - provider->tokens) * 1000 / provider->rate);
    provider->tokens -= 1;
    return 0;
}

static error_type_t
s_draw_error(sim_t *self, sim_task_t *task)
{
    static const error_type_t passing[] = {ERROR_NETWORK, ERROR_TIMEOUT, ERROR_MODEL_ERROR,
                                           ERROR_CRASHED, ERROR_INTERNAL};
    static const error_type_t permanent[] = {ERROR_NOT_FOUND, ERROR_FORBIDDEN, ERROR_TOO_LARGE,
                                             ERROR_ENCRYPTED, ERROR_CORRUPT,   ERROR_NO_TEXT};
    const sim_weather_t *weather = &self->weather;
    if (sim_fault(self, weather->error_auth))
        return ERROR_AUTH;
    bool says_when = true;
    uint32_t wait_ms = s_ask_provider(self, task->job_no, &says_when);
    if (wait_ms == 0 && sim_fault(self, weather->rate_limit))
        wait_ms = 1 + sim_pick(self, 4000); /* for a reason of its own */
    if (wait_ms) {
        task->retry_after_ms = says_when ? (wait_ms + 999) / 1000 * 1000 : 0;
        return ERROR_RATE_LIMIT;
    }
    if (sim_fault(self, weather->error_passing))
        return passing[sim_pick(self, 5)];
    if (sim_fault(self, weather->error_permanent))
        return permanent[sim_pick(self, 6)];
    return ERROR_NONE;
}

static void
s_send_done(sim_t *self, uint32_t who, const sim_task_t *task, error_type_t type, uint64_t epoch)
{
    char proof[64];
    snprintf(proof, sizeof proof, "%lu %lu", epoch, task->lease);
    message_done_t done = {.worker_no = self->workers[who].worker_no,
                           .epoch = epoch,
                           .lease = task->lease,
                           .job_no = task->job_no,
                           .row = task->row,
                           .error_type = (uint8_t) type,
                           .retry_after_ms = task->retry_after_ms,
                           .error = type ? SLICE("it failed") : SLICE(""),
                           .tags = SLICE("[]"),
                           .model_name = SLICE("m"),
                           .metadata = slice_from(proof),
                           .is_hopeless = type == ERROR_AUTH,
                           .tokens_in = sim_pick(self, 3)};
    done.cost_nano = done.tokens_in * 7;
    buffer_t frame = {0};
    message_done_encode(&done, &frame);
    s_send(self, who, ORIGIN_SINK, buffer_slice(&frame));
    buffer_free(&frame);
}

/* A DONE that names what this worker never had. */
static void
s_lie(sim_t *self, uint32_t who, sim_task_t task)
{
    uint64_t epoch = self->workers[who].epoch;
    switch (sim_pick(self, 4)) {
    case 0: task.lease += 1; break; /* perhaps another worker's */
    case 1: task.row += 1 + sim_pick(self, 2); break;
    case 2: task.job_no += 1; break;
    case 3: epoch += 1; break;
    }
    s_send_done(self, who, &task, ERROR_NONE, epoch);
}

void
sim_worker_finish(sim_t *self, const sim_event_t *event)
{
    sim_worker_t *worker = &self->workers[event->who];
    if (!worker->alive)
        return;
    for (size_t i = 0; i < worker->task_count; i++) {
        sim_task_t task = worker->tasks[i];
        if (task.serial != event->stamp)
            continue;
        if (sim_fault(self, self->weather.worker_lie))
            s_lie(self, event->who, task);
        worker->tasks[i] = worker->tasks[--worker->task_count];
        error_type_t type = s_draw_error(self, &task);
        s_send_done(self, event->who, &task, type, worker->epoch);
        return;
    }
}

static void
s_on_work(sim_t *self, uint32_t who, const message_work_t *work)
{
    sim_worker_t *worker = &self->workers[who];
    if (work->lane_seq <= worker->heard)
        return; /* said twice */
    worker->heard = work->lane_seq;
    bool briefed = false;
    for (size_t i = 0; i < worker->brief_count; i++)
        briefed = briefed || worker->briefs[i] == work->job_no;
    if (!briefed)
        return; /* its BRIEF was lost on the way: a heartbeat will tell */
    if (worker->task_count == worker->slots)
        sim_fail(self, "worker %u was sent more than its %u slots hold", worker->worker_no,
                 worker->slots);
    sim_task_t *task = &worker->tasks[worker->task_count++];
    *task = (sim_task_t){.lease = work->lease,
                         .job_no = work->job_no,
                         .row = work->row,
                         .serial = ++self->last_serial};
    int64_t takes = 1 + sim_pick(self, TASK_MOST_MS);
    if (sim_fault(self, self->weather.stuck))
        takes = sim_pick(self, 2 * SIM_WORK_MS);
    sim_post(self, sim_event_new(EVENT_WORKER_DONE, who, task->serial, (slice_t){0}),
             self->now_ms + takes);
}

static void
s_on_drop(sim_t *self, uint32_t who, uint64_t job_no)
{
    sim_worker_t *worker = &self->workers[who];
    for (size_t i = 0; i < worker->brief_count; i++)
        if (worker->briefs[i] == job_no)
            worker->briefs[i--] = worker->briefs[--worker->brief_count];
    for (size_t i = 0; i < worker->task_count; i++) {
        sim_task_t task = worker->tasks[i];
        if (task.job_no != job_no || sim_chance(self, 300))
            continue; /* some cannot be stopped and come to their end */
        worker->tasks[i--] = worker->tasks[--worker->task_count];
        if (sim_chance(self, 700)) /* else a heartbeat tells */
            s_send_done(self, who, &task, ERROR_INTERNAL, worker->epoch);
    }
}

static void
s_on_brief(sim_t *self, uint32_t who, uint64_t job_no)
{
    sim_worker_t *worker = &self->workers[who];
    for (size_t i = 0; i < worker->brief_count; i++)
        if (worker->briefs[i] == job_no)
            return;
    if (worker->brief_count == sizeof worker->briefs / sizeof worker->briefs[0])
        sim_fail(self, "a worker keeps %zu briefs", worker->brief_count);
    worker->briefs[worker->brief_count++] = job_no;
}

void
sim_worker_lane(sim_t *self, const sim_event_t *event)
{
    uint32_t who = event->who;
    sim_worker_t *worker = &self->workers[who];
    if (!worker->alive || !worker->welcome || worker->generation != event->stamp ||
        worker->worker_no != event->worker_no || worker->epoch != event->epoch)
        return; /* a lane that it does not hear any more */
    slice_t frame = {event->frame, event->size};
    sim_trace(self, "lane", who, frame);
    worker->lane_heard_ms = self->now_ms;
    message_brief_t brief;
    message_work_t work;
    message_drop_t drop;
    if (message_brief_decode(frame, &brief) == STATUS_OK)
        s_on_brief(self, who, brief.job_no);
    else if (message_work_decode(frame, &work) == STATUS_OK)
        s_on_work(self, who, &work);
    else if (message_drop_decode(frame, &drop) == STATUS_OK)
        s_on_drop(self, who, drop.job_no);
}
