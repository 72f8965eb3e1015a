/* What the supervisor does with lanes, and what the network does to them. */
#include <stdlib.h>

#include "base/memory.h"
#include "tests/simulation/sim.h"

static sim_lane_t *
s_find(sim_t *self, uint32_t worker_no)
{
    for (size_t i = 0; i < self->lane_count; i++)
        if (self->lanes[i].worker_no == worker_no)
            return &self->lanes[i];
    return NULL;
}

static bool
s_has_brief(const sim_lane_t *lane, uint64_t job_no)
{
    for (size_t i = 0; i < lane->brief_count; i++)
        if (lane->briefs[i] == job_no)
            return true;
    return false;
}

static void
s_forget_brief(sim_lane_t *lane, uint64_t job_no)
{
    for (size_t i = 0; i < lane->brief_count; i++)
        if (lane->briefs[i] == job_no)
            lane->briefs[i--] = lane->briefs[--lane->brief_count];
}

void
sim_lane_open(sim_t *self, uint32_t worker_no, const route_t *route, slice_t welcome)
{
    if (s_find(self, worker_no))
        sim_fail(self, "the lane of worker %u is made twice", worker_no);
    if (self->lane_count == self->lane_capacity) {
        self->lane_capacity = self->lane_capacity ? self->lane_capacity * 2 : 8;
        self->lanes = memory_resize(self->lanes, self->lane_capacity * sizeof *self->lanes);
    }
    uint32_t who = sim_worker_of(self, route);
    uint64_t generation = who < SIM_WORKERS ? self->workers[who].generation : 0;
    sim_lane_t *lane = &self->lanes[self->lane_count++];
    *lane =
        (sim_lane_t){.worker_no = worker_no, .who = who, .generation = generation, .open = true};
    if (who == SIM_WORKERS)
        return; /* that process is gone */
    /* What is sent on the lane waits until the worker has connected. */
    int64_t at = sim_arrival(self, &lane->link_ms);
    sim_post(self, sim_event_new(EVENT_REPLY, who, generation, welcome), at);
    if (sim_fault(self, self->weather.lane_failure)) {
        sim_event_t *event = sim_event_new(EVENT_LANE_FAILED, 0, self->run, (slice_t){0});
        event->worker_no = worker_no;
        sim_post(self, event, self->now_ms + sim_pick(self, 3000));
    }
}

void
sim_lane_close(sim_t *self, uint32_t worker_no)
{
    sim_lane_t *lane = s_find(self, worker_no);
    if (lane == NULL || !lane->open)
        sim_fail(self, "the lane of worker %u is closed twice", worker_no);
    lane->open = false;
}

static void
s_check(sim_t *self, sim_lane_t *lane, slice_t frame)
{
    message_work_t work;
    message_brief_t brief;
    message_drop_t drop;
    if (message_brief_decode(frame, &brief) == STATUS_OK) {
        s_forget_brief(lane, brief.job_no);
        lane->briefs = memory_resize(lane->briefs, (lane->brief_count + 1) * sizeof *lane->briefs);
        lane->briefs[lane->brief_count++] = brief.job_no;
    } else if (message_drop_decode(frame, &drop) == STATUS_OK) {
        s_forget_brief(lane, drop.job_no);
    } else if (message_work_decode(frame, &work) == STATUS_OK) {
        if (work.lane_seq != ++lane->seq)
            sim_fail(self, "WORK %lu follows WORK %lu", work.lane_seq, lane->seq - 1);
        if (!s_has_brief(lane, work.job_no))
            sim_fail(self, "WORK of job %lu without its BRIEF", work.job_no);
        sim_watch_work(self, frame);
    }
}

void
sim_lane_send(sim_t *self, uint32_t worker_no, slice_t frame)
{
    sim_lane_t *lane = s_find(self, worker_no);
    if (lane == NULL || !lane->open)
        sim_fail(self, "%s to worker %u, which has no lane", message_name(message_number(frame)),
                 worker_no);
    s_check(self, lane, frame);
    if (lane->who == SIM_WORKERS || sim_fault(self, self->weather.net_drop))
        return;
    int copies = sim_fault(self, self->weather.net_repeat) ? 2 : 1;
    while (copies--) {
        sim_event_t *event = sim_event_new(EVENT_LANE, lane->who, lane->generation, frame);
        event->worker_no = worker_no;
        event->epoch = self->epoch;
        sim_post(self, event, sim_arrival(self, &lane->link_ms));
    }
}

void
sim_lane_free(sim_t *self)
{
    for (size_t i = 0; i < self->lane_count; i++)
        free(self->lanes[i].briefs);
    free(self->lanes);
    self->lanes = NULL;
    self->lane_count = self->lane_capacity = 0;
}
