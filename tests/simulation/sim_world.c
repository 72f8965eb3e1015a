/* The world: time, events, the control plane's life and death. */
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "tests/simulation/sim.h"

enum { WALL_START_MS = 1700000000, RESTART_MOST_MS = 2000 };

/* ---- dice ---- */

uint32_t
sim_pick(sim_t *self, uint32_t count)
{
    return (uint32_t) (dice_roll(&self->dice) % count);
}

bool
sim_chance(sim_t *self, uint32_t thousandths)
{
    return sim_pick(self, 1000) < thousandths;
}

bool
sim_fault(sim_t *self, uint32_t thousandths)
{
    return !self->calm && thousandths && sim_chance(self, thousandths);
}

/* ---- events ---- */

sim_event_t *
sim_event_new(sim_event_kind_t kind, uint32_t who, uint64_t stamp, slice_t frame)
{
    sim_event_t *event = memory_new(sizeof *event + frame.size);
    event->kind = kind;
    event->who = who;
    event->stamp = stamp;
    event->size = frame.size;
    if (frame.size)
        memcpy(event->frame, frame.data, frame.size);
    return event;
}

void
sim_post(sim_t *self, sim_event_t *event, int64_t at_ms)
{
    event->node.owner = event;
    heap_set(&self->events, &event->node, at_ms > self->now_ms ? at_ms : self->now_ms,
             ++self->order);
}

int64_t
sim_arrival(sim_t *self, int64_t *link_ms)
{
    int64_t delay = sim_pick(self, 8);
    if (sim_fault(self, self->weather.slow))
        delay += sim_pick(self, 2000);
    int64_t at = self->now_ms + delay;
    if (at < *link_ms)
        at = *link_ms;
    *link_ms = at;
    return at;
}

/* ---- birth ---- */

static instant_t
s_now(const sim_t *self)
{
    return (instant_t){.monotonic_ms = self->now_ms, .wall_ms = WALL_START_MS + self->now_ms};
}

/* Each kind of fault is absent from some worlds, so that the others can go far. */
static uint32_t
s_some(sim_t *self, uint32_t most)
{
    return sim_chance(self, 400) ? 0 : 1 + sim_pick(self, most);
}

static void
s_make_weather(sim_t *self)
{
    sim_weather_t *weather = &self->weather;
    weather->crash = s_some(self, 15);
    weather->net_drop = s_some(self, 50);
    weather->net_repeat = s_some(self, 80);
    weather->slow = s_some(self, 100);
    weather->worker_death = s_some(self, 80);
    weather->worker_lie = s_some(self, 100);
    weather->lane_failure = s_some(self, 100);
    weather->store_down = s_some(self, 30);
    weather->load_failure = s_some(self, 200);
    weather->error_passing = s_some(self, 400);
    weather->error_permanent = s_some(self, 200);
    weather->error_auth = s_some(self, 40);
    weather->rate_limit = s_some(self, 300);
    weather->audience = s_some(self, 1000);
    weather->stuck = s_some(self, 100);
}

static void
s_control_start(sim_t *self)
{
    self->run++;
    self->epoch = dice_roll(&self->dice);
    control_options_t options = {.epoch = self->epoch,
                                 .seed = self->seed + self->run,
                                 .heartbeat_ms = SIM_HEARTBEAT_MS,
                                 .silence_ms = SIM_SILENCE_MS,
                                 .work_ms = SIM_WORK_MS,
                                 .active_jobs = 12};
    self->control = control_new(&options);
    sim_trace(self, "start", (uint32_t) self->run, (slice_t){0});
    sim_journal_recover(self);
}

sim_t *
sim_new(uint64_t seed, bool trace)
{
    sim_t *self = memory_new(sizeof *self);
    self->seed = seed;
    self->trace = trace;
    self->dice.state = seed;
    self->hash = 14695981039346656037u;
    self->store.next_job_no = 1;
    s_make_weather(self);
    sim_provider_open(self);
    for (uint32_t who = 0; who < SIM_WORKERS; who++)
        sim_post(self, sim_event_new(EVENT_WORKER_BORN, who, 0, (slice_t){0}),
                 sim_pick(self, 3000));
    sim_client_open(self);
    s_control_start(self);
    sim_post(self, sim_event_new(EVENT_AUDIENCE, 0, self->run, (slice_t){0}), sim_pick(self, 5000));
    sim_post(self, sim_event_new(EVENT_STORE, 0, 0, (slice_t){0}), sim_pick(self, 20000));
    return self;
}

void
sim_destroy(sim_t **self_p)
{
    sim_t *self = *self_p;
    if (self == NULL)
        return;
    control_destroy(&self->control);
    effects_free(&self->effects);
    for (heap_node_t *node = heap_top(&self->events); node; node = heap_top(&self->events)) {
        heap_remove(&self->events, node);
        free(node->owner);
    }
    heap_free(&self->events);
    sim_journal_lose(self);
    free(self->journal.pending);
    sim_store_free(self);
    sim_lane_free(self);
    sim_client_free(self);
    free(self);
    *self_p = NULL;
}

/* ---- effects ---- */

static void
s_reply(sim_t *self, const route_t *route, slice_t frame)
{
    uint32_t worker = sim_worker_of(self, route);
    if (worker == SIM_WORKERS)
        sim_watch_reply(self, route, frame);
}

static void
s_carry_out_one(sim_t *self, const effect_t *effect)
{
    slice_t frame = effects_frame(&self->effects, effect);
    static const char *const names[] = {
        [EFFECT_REPLY] = "  > reply",         [EFFECT_JOURNAL] = "  > journal",
        [EFFECT_LOAD] = "  > loader",         [EFFECT_LANE] = "  > lane",
        [EFFECT_LANE_OPEN] = "  > lane open", [EFFECT_LANE_CLOSE] = "  > lane close",
        [EFFECT_PUBLISH] = "  > publisher"};
    sim_trace(self, names[effect->kind], effect->worker_no, frame);
    switch (effect->kind) {
    case EFFECT_REPLY: s_reply(self, &effect->route, frame); break;
    case EFFECT_JOURNAL:
        sim_watch_entry(self, frame);
        sim_journal_take(self, frame);
        break;
    case EFFECT_LOAD: sim_loader_take(self, frame); break;
    case EFFECT_LANE: sim_lane_send(self, effect->worker_no, frame); break;
    case EFFECT_LANE_OPEN: sim_lane_open(self, effect->worker_no, &effect->route, frame); break;
    case EFFECT_LANE_CLOSE: sim_lane_close(self, effect->worker_no); break;
    case EFFECT_PUBLISH: sim_watch_publish(self, frame); break;
    }
}

static void
s_kill(sim_t *self)
{
    sim_trace(self, "killed", (uint32_t) self->run, (slice_t){0});
    self->crashes++;
    control_destroy(&self->control);
    sim_journal_lose(self);
    sim_watch_crash(self);
    sim_lane_free(self);
    sim_post(self, sim_event_new(EVENT_START, 0, 0, (slice_t){0}),
             self->now_ms + 1 + sim_pick(self, RESTART_MOST_MS));
}

/* Carries the effects out in order; the process may be killed between any two of them. */
static void
s_carry_out(sim_t *self)
{
    self->handled++;
    bool killed = sim_fault(self, self->weather.crash);
    size_t count = self->effects.count;
    size_t until = killed ? sim_pick(self, (uint32_t) count + 1) : count;
    for (size_t i = 0; i < until; i++)
        s_carry_out_one(self, &self->effects.items[i]);
    effects_clear(&self->effects);
    if (killed)
        s_kill(self);
    else
        control_check(self->control, s_now(self));
}

/* ---- one step ---- */

static void
s_frame(sim_t *self, const sim_event_t *event)
{
    bool inside = event->origin == ORIGIN_JOURNAL || event->origin == ORIGIN_LOADER ||
                  event->origin == ORIGIN_PUBLISHER;
    sim_watch_came(self, event);
    if (self->control == NULL || (inside && event->stamp != self->run))
        return;
    static const char *const names[ORIGIN_COUNT] = {
        [ORIGIN_CONTROL] = "control",     [ORIGIN_SINK] = "sink",
        [ORIGIN_JOURNAL] = "journal",     [ORIGIN_LOADER] = "loader",
        [ORIGIN_PUBLISHER] = "publisher",
    };
    slice_t frame = {event->frame, event->size};
    sim_trace(self, names[event->origin], event->who, frame);
    const route_t *from = event->origin == ORIGIN_CONTROL ? &event->route : NULL;
    status_t status =
        control_handle(self->control, event->origin, from, frame, s_now(self), &self->effects);
    if (status != STATUS_OK)
        sim_fail(self, "%s was refused as malformed", message_name(message_number(frame)));
    s_carry_out(self);
}

static void
s_happen(sim_t *self, const sim_event_t *event)
{
    switch (event->kind) {
    case EVENT_FRAME: s_frame(self, event); break;
    case EVENT_LANE: sim_worker_lane(self, event); break;
    case EVENT_REPLY: sim_worker_reply(self, event); break;
    case EVENT_LANE_FAILED:
        if (self->control == NULL || event->stamp != self->run)
            break;
        sim_trace(self, "lane failed", event->worker_no, (slice_t){0});
        control_lane_failed(self->control, event->worker_no, s_now(self), &self->effects);
        s_carry_out(self);
        break;
    case EVENT_COMMIT:
        if (self->control && event->stamp == self->run)
            sim_journal_commit(self);
        break;
    case EVENT_LOAD:
        if (self->control && event->stamp == self->run)
            sim_loader_read(self, event);
        break;
    case EVENT_STORE: sim_journal_toggle(self); break;
    case EVENT_AUDIENCE: sim_audience_toggle(self); break;
    case EVENT_CLIENT: sim_client_act(self, event->who); break;
    case EVENT_WORKER_BEAT: sim_worker_beat(self, event); break;
    case EVENT_WORKER_DONE: sim_worker_finish(self, event); break;
    case EVENT_WORKER_BORN: sim_worker_born(self, event->who); break;
    case EVENT_START: s_control_start(self); break;
    }
}

/* The next thing that happens: an event, or a deadline of the control plane. */
static void
s_step(sim_t *self)
{
    self->steps++;
    heap_node_t *node = heap_top(&self->events);
    int64_t deadline = self->control ? control_deadline(self->control) : INSTANT_NEVER;
    if (node == NULL || deadline < node->key) {
        if (deadline == INSTANT_NEVER)
            sim_fail(self, "nothing will ever happen again");
        self->now_ms = deadline > self->now_ms ? deadline : self->now_ms;
        sim_trace(self, "tick", 0, (slice_t){0});
        control_tick(self->control, s_now(self), &self->effects);
        s_carry_out(self);
        if (self->control && control_deadline(self->control) <= self->now_ms)
            sim_fail(self, "a deadline that was due is still there");
        return;
    }
    heap_remove(&self->events, node);
    self->now_ms = node->key;
    s_happen(self, node->owner);
    free(node->owner);
}

/* What is not at its end yet, as words; NULL: nothing. */
static const char *
s_unfinished(const sim_t *self)
{
    if (self->control == NULL || self->journal.count || self->journal.down)
        return "the journal";
    control_figures_t figures;
    control_figures(self->control, &figures);
    if (!figures.recovered)
        return "the recovery";
    if (figures.uncommitted || figures.leases)
        return figures.leases ? "a lease" : "an entry";
    for (size_t i = 0; i < self->store.count; i++) {
        const sim_job_t *job = self->store.jobs[i];
        if (job->phase == SIM_CREATED && job->state != JOB_PAUSED &&
            !job_state_is_final(job->state))
            return "a job";
    }
    for (const sim_client_t *client = self->clients; client < self->clients + SIM_CLIENTS; client++)
        for (size_t i = 0; i < client->request_count; i++)
            if (client->requests[i].came < client->requests[i].sent)
                return "a question";
    return NULL;
}

void
sim_run(sim_t *self, uint64_t steps)
{
    while (self->steps < steps)
        s_step(self);
    self->calm = true;
    sim_trace(self, "calm", 0, (slice_t){0});
    if (self->journal.down)
        sim_journal_toggle(self);
    uint64_t calm_from = self->steps;
    const char *unfinished = NULL;
    int64_t quiet_from = INSTANT_NEVER; /* long polls end after this much more time */
    while (quiet_from == INSTANT_NEVER || self->now_ms < quiet_from + 3 * SIM_SILENCE_MS) {
        if (self->steps - calm_from > SIM_CALM_STEPS_MOST)
            sim_fail(self, "without faults %s did not come to its end", unfinished);
        s_step(self);
        unfinished = s_unfinished(self);
        if (unfinished)
            quiet_from = INSTANT_NEVER;
        else if (quiet_from == INSTANT_NEVER)
            quiet_from = self->now_ms;
    }
    sim_watch_end(self);
}
