#include "actors/limiter.h"

#include <assert.h>
#include <czmq.h>
#include <math.h>

#include "base/memory.h"

#define PACE_LEAST     (1.0 / 60)
#define PACE_MOST      1e6
#define RAMP           0.016 /* growth with each success until the first refusal */
#define SEEK           0.13  /* growth in a second while the ceiling is only hinted at, */
#define SEEK_FAST      0.28  /* and where too few were admitted for even a hint */
#define STEADY_PACE    0.6   /* of the pace: an average above it tells the ceiling, */
#define ABOVE_AVERAGE  1.05  /* which is at most so much of it */
#define BACK           0.955 /* of a ceiling that was met after long */
#define OVERSHOT       0.95  /* of a pace that had grown fast until it was refused */
#define BACK_AT_ONCE   0.86  /* of a pace that was refused at once */
#define BACK_LEAST     0.97  /* of any that was refused */
#define NEAR           0.90  /* of the ceiling */
#define BELOW_QUOTA    0.97  /* of what was admitted in a time */
#define PRESSING_MS    20.0  /* a request that is later than so was not waiting for the pace; */
#define SLACK_PART     0.3   /* of the distance: so late, it may be made up for, and so much */
#define SLACK_LEAST_MS 2.0   /* whatever the pace: the clock ticks in milliseconds */

enum {
    SECOND_MS = 1000,
    FEW = 5,      /* admitted requests that tell nothing of a rate, */
    SOME = 10,    /* and that tell little */
    ENOUGH = 8,   /* and that tell something where they came evenly */
    LONG = 3,     /* pauses: a pace that was kept up for so long was nearly right */
    ROUNDED = 40, /* so much more may a second of Retry-After be than what is meant */
    STEADY = 40,  /* successes that a concurrency is kept for before one more is tried */
    PATIENCE_MOST = 4,
    IDLE_MS = 3000 /* after such a silence the period begins anew */
};

struct limiter {
    zhashx_t *limits; /* key to limit_t, owned */
};

/* ---- limits ---- */

static void
s_limit_destroy(void **item)
{
    limit_t *limit = *item;
    zlistx_destroy(&limit->waiting);
    free(limit->key);
    free(limit);
    *item = NULL;
}

limiter_t *
limiter_new(void)
{
    limiter_t *self = memory_new(sizeof *self);
    self->limits = zhashx_new();
    zhashx_set_destructor(self->limits, s_limit_destroy);
    return self;
}

void
limiter_destroy(limiter_t **self_p)
{
    if (*self_p == NULL)
        return;
    zhashx_destroy(&(*self_p)->limits);
    free(*self_p);
    *self_p = NULL;
}

static limit_t *
s_limit_new(char *key)
{
    limit_t *limit = memory_new(sizeof *limit);
    limit->key = key;
    limit->waiting = zlistx_new();
    limit->concurrency = LIMIT_START;
    limit->pace = LIMIT_PACE_START;
    limit->patience = 1;
    limit->next_ms = -INFINITY;
    limit->begun_ms = limit->not_before_ms = limit->now.started_ms = INT64_MIN;
    return limit;
}

/* Keys come and go; what was learnt of those that nobody uses is not kept for ever. */
static void
s_forget_idle(limiter_t *self)
{
    if (zhashx_size(self->limits) < LIMITS_IDLE_MOST)
        return;
    zlistx_t *keys = zhashx_keys(self->limits);
    for (const char *key = zlistx_first(keys); key; key = zlistx_next(keys)) {
        const limit_t *limit = zhashx_lookup(self->limits, key);
        if (limit->jobs == 0 && limit->in_flight == 0)
            zhashx_delete(self->limits, key);
    }
    zlistx_destroy(&keys);
}

limit_t *
limiter_hold(limiter_t *self, slice_t key)
{
    char *name = slice_copy(key);
    limit_t *limit = zhashx_lookup(self->limits, name);
    if (limit == NULL) {
        s_forget_idle(self);
        limit = s_limit_new(name);
        zhashx_insert(self->limits, name, limit);
    } else {
        free(name);
    }
    limit->jobs++;
    return limit;
}

size_t
limiter_size(const limiter_t *self)
{
    return zhashx_size(self->limits);
}

void
limit_release(limit_t *self)
{
    assert(self->jobs > 0);
    self->jobs--;
}

/* ---- admission ---- */

static double
s_interval_ms(const limit_t *self)
{
    return SECOND_MS / self->pace;
}

/* How late a request may be and still not move those after it: less than half, since some servers
 * want the distance kept, but as much as a busy process is late. */
static double
s_slack_ms(const limit_t *self)
{
    return fmax(fmin(s_interval_ms(self) * SLACK_PART, PRESSING_MS), SLACK_LEAST_MS);
}

static bool
s_was_awaited(const limit_t *self, int64_t now_ms)
{
    double tolerance_ms = fmax(fmin(s_interval_ms(self) / 2, PRESSING_MS), SLACK_LEAST_MS);
    return self->next_ms >= (double) now_ms - tolerance_ms;
}

int64_t
limit_ready_ms(const limit_t *self)
{
    int64_t paced_ms =
        self->next_ms > (double) INT64_MIN ? (int64_t) ceil(self->next_ms) : INT64_MIN;
    return paced_ms > self->not_before_ms ? paced_ms : self->not_before_ms;
}

uint32_t
limit_room(const limit_t *self, int64_t now_ms)
{
    uint32_t most = (uint32_t) self->concurrency;
    if (now_ms < limit_ready_ms(self) || self->in_flight >= most)
        return 0;
    double late_ms = (double) now_ms - self->next_ms, slack_ms = s_slack_ms(self);
    uint32_t due = 1 + (uint32_t) ((late_ms < slack_ms ? late_ms : slack_ms) / s_interval_ms(self));
    return due < most - self->in_flight ? due : most - self->in_flight;
}

void
limit_begin(limit_t *self, int64_t now_ms)
{
    if (now_ms - IDLE_MS > self->begun_ms && now_ms - IDLE_MS > self->now.started_ms)
        self->now = (limit_period_t){.started_ms = now_ms};
    self->is_pressing = s_was_awaited(self, now_ms);
    double due_ms = fmax(self->next_ms, (double) now_ms - s_slack_ms(self));
    self->next_ms = (self->is_pressing ? due_ms : (double) now_ms) + s_interval_ms(self);
    self->begun_ms = now_ms;
    self->in_flight++;
    self->now.begun++;
}

/* ---- growth ---- */

static uint32_t
s_admitted(const limit_period_t *period)
{
    return period->begun > period->refused ? period->begun - period->refused : 1;
}

static int64_t
s_lasted_ms(const limit_period_t *period)
{
    return period->ended_ms - period->started_ms;
}

/* Requests that were admitted in a second of the period and `wait_ms` after it. */
static double
s_average(const limit_period_t *period, int64_t wait_ms)
{
    return (double) s_admitted(period) * SECOND_MS / (double) (s_lasted_ms(period) + wait_ms + 1);
}

/* By which part of itself the pace may grow in so many seconds, with one success. */
static double
s_growth(const limit_t *self, double seconds)
{
    static const struct {
        double below; /* pace over ceiling */
        double a_second, at_once;
    } rows[] = {
        {NEAR, 0.25, 0.05}, {0.95, 0.008, 0.005}, {1.03, 0.001, 0.0005}, {INFINITY, 0.05, 0.01}};
    if (self->refusals == 0)
        return RAMP;
    if (!self->is_known)
        return fmin(s_admitted(&self->before) < FEW ? SEEK_FAST * seconds : SEEK * seconds, SEEK);
    size_t row = 0;
    while (self->pace >= rows[row].below * self->ceiling)
        row++;
    double growth = fmin(rows[row].a_second * seconds, rows[row].at_once);
    return row == 0 ? growth : growth / self->patience;
}

static void
s_grow_pace(limit_t *self, int64_t now_ms)
{
    double seconds = (double) (now_ms - self->grown_ms) / SECOND_MS;
    self->grown_ms = now_ms;
    if (!self->is_pressing)
        return;
    self->pace *= 1 + s_growth(self, fmin(seconds, 1));
    if (self->pace > PACE_MOST)
        self->pace = PACE_MOST;
}

static void
s_grow_concurrency(limit_t *self)
{
    if (self->steady > 1) {
        self->steady--;
        return;
    }
    self->concurrency += 1;
    if (self->steady)
        self->steady = STEADY;
    if (self->concurrency > LIMIT_MOST)
        self->concurrency = LIMIT_MOST;
}

static void
s_end(limit_t *self)
{
    assert(self->in_flight > 0);
    self->in_flight--;
}

void
limit_succeed(limit_t *self, int64_t begun_ms, int64_t now_ms)
{
    if (self->in_flight > self->proven)
        self->proven = self->in_flight;
    s_end(self);
    /* What was begun before a refusal says nothing of the pace since. */
    if (begun_ms >= self->now.started_ms)
        s_grow_pace(self, now_ms);
    s_grow_concurrency(self);
}

/* A request that is no measure of the pace. */
static void
s_uncount(limit_t *self, int64_t begun_ms)
{
    limit_period_t *period = begun_ms >= self->now.started_ms ? &self->now : &self->before;
    if (period->begun)
        period->begun--;
}

void
limit_forget(limit_t *self, int64_t begun_ms)
{
    s_end(self);
    s_uncount(self, begun_ms);
}

/* ---- refusals ---- */

/* What was admitted until the first refusal is a hint at the ceiling; more than that where the pace
 * had not run away from its average. */
static void
s_learn_ceiling(limit_t *self)
{
    const limit_period_t *period = &self->before;
    double average = s_average(period, 0);
    bool is_steady = s_admitted(period) >= ENOUGH && average >= STEADY_PACE * period->pace;
    self->is_known = self->refusals > 1 || (is_steady && period->pause_ms <= SECOND_MS);
    self->ceiling = period->is_near ? period->pace : OVERSHOT * period->pace;
    if (self->refusals == 1 && self->is_known)
        self->ceiling = fmin(self->ceiling, ABOVE_AVERAGE * average);
}

/* Draws the pace from the period that a refusal ended. */
static void
s_learn(limit_t *self)
{
    const limit_period_t *period = &self->before;
    uint32_t admitted = s_admitted(period);
    s_learn_ceiling(self);
    /* A second is the least that Retry-After can say, and most often means less. */
    bool is_rounded = period->pause_ms <= SECOND_MS && admitted >= FEW;
    double pace = BELOW_QUOTA * s_average(period, period->pause_ms / (is_rounded ? ROUNDED : 1));
    if (self->refusals > 1 && admitted < SOME)
        pace = fmax(pace, BACK_AT_ONCE * period->pace);
    else if (self->refusals > 1 && s_lasted_ms(period) >= LONG * period->pause_ms)
        pace = fmax(pace, BACK * self->ceiling);
    pace = fmin(pace, BACK_LEAST * period->pace);
    self->pace = pace > PACE_LEAST ? pace : PACE_LEAST;
}

static void
s_refuse_pace(limit_t *self, int64_t begun_ms, uint32_t retry_after_ms, int64_t now_ms)
{
    int64_t pause_ms = retry_after_ms ? retry_after_ms : LIMIT_PAUSE_MS;
    int64_t until_ms = now_ms + (pause_ms < LIMIT_PAUSE_MOST_MS ? pause_ms : LIMIT_PAUSE_MOST_MS);
    bool is_news = begun_ms >= self->now.started_ms;
    double ceiling_before = self->ceiling;
    if (until_ms > self->not_before_ms)
        self->not_before_ms = until_ms;
    if (is_news) {
        self->before = self->now;
        self->before.ended_ms = self->begun_ms;
        self->before.pace = self->pace;
        self->before.is_near = self->refusals > 1 && self->pace > NEAR * self->ceiling;
        self->refusals++;
        bool is_same = fabs(self->pace - ceiling_before) < 0.05 * self->pace;
        self->patience = !is_same                         ? 1
                         : self->patience < PATIENCE_MOST ? self->patience * 2
                                                          : PATIENCE_MOST;
    }
    self->before.refused++;
    if (pause_ms > self->before.pause_ms)
        self->before.pause_ms = pause_ms;
    self->now = (limit_period_t){.started_ms = self->not_before_ms};
    self->grown_ms = self->not_before_ms;
    s_learn(self);
    self->next_ms = (double) self->not_before_ms;
    if (pause_ms < SECOND_MS) /* some servers say a time that is too early, or that has come */
        self->next_ms = fmax(self->next_ms, (double) now_ms + fmin(s_interval_ms(self), SECOND_MS));
}

void
limit_throttle(limit_t *self, int64_t begun_ms, uint32_t retry_after_ms, int64_t now_ms)
{
    s_end(self);
    /* Where more than these were under way before, it is not their number that was too high. */
    bool may_count = retry_after_ms == 0 && self->in_flight > 0 && self->in_flight >= self->proven;
    self->proven = self->proven < self->in_flight ? self->proven : self->in_flight;
    if (!may_count) {
        s_refuse_pace(self, begun_ms, retry_after_ms, now_ms);
        return;
    }
    s_uncount(self, begun_ms);
    self->concurrency = fmin(self->concurrency, self->in_flight);
    self->steady = STEADY;
}
