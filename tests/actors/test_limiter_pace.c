/* The limiter against servers of every kind that we know: how much of what is allowed is used, and
 * how much is refused. A small simulation: slots that each hold a request, a server that admits or
 * refuses it when it comes, answers after a latency. */
#include <math.h>

#include "actors/backoff.h"
#include "actors/limiter.h"
#include "tests/support/cmocka_all.h"

/* SLIDING counts the requests of the last milliseconds, WINDOW those since they began last. */
typedef enum { BUCKET, WINDOW, SLIDING, CONCURRENT } kind_t;

/* What Retry-After says: seconds rounded up, to the millisecond, a date (which has no fractions, so
 * that it is early), nothing. */
typedef enum { WHOLE, EXACT, DATE, NEVER } says_t;

typedef struct {
    const char *name;
    kind_t kind;
    double allowed; /* BUCKET: a second; WINDOW, SLIDING: in one; CONCURRENT: at once */
    double size;    /* BUCKET: requests that it holds; WINDOW, SLIDING: milliseconds */
    says_t says;
    double latency_ms, jitter_ms;
    uint32_t slots, documents;
    double used_least; /* of what is allowed */
    double refused_most;
    double way_ms; /* at most so long is a request under way to the server */
} server_t;

static const server_t s_servers[] = {
    {"20 a second, a bucket", BUCKET, 20, 20, WHOLE, 10, 0, 8, 500, 0.90, 0.03, 5},
    {"20 a second, two slots", BUCKET, 20, 20, WHOLE, 10, 0, 2, 500, 0.90, 0.03, 5},
    {"20 a second, many slots", BUCKET, 20, 20, WHOLE, 10, 5, 64, 500, 0.90, 0.03, 5},
    {"20 a second, answers after 200 ms", BUCKET, 20, 20, WHOLE, 200, 50, 16, 500, 0.88, 0.04, 5},
    {"20 a second, slow answers", BUCKET, 20, 20, WHOLE, 1000, 500, 100, 500, 0.85, 0.03, 5},
    {"20 a second, very slow answers", BUCKET, 20, 20, WHOLE, 10000, 1000, 400, 2000, 0.70, 0.03,
     5},
    {"20 a second, ten at once", BUCKET, 20, 10, WHOLE, 10, 5, 8, 500, 0.88, 0.04, 5},
    {"20 a second, five at once", BUCKET, 20, 5, WHOLE, 10, 5, 8, 500, 0.90, 0.04, 5},
    {"20 a second, five at once, 200 ms", BUCKET, 20, 5, WHOLE, 200, 50, 16, 500, 0.88, 0.04, 5},
    {"20 a second, two at once", BUCKET, 20, 2, WHOLE, 10, 5, 8, 500, 0.88, 0.04, 5},
    {"20 a second, evenly", BUCKET, 20, 1, WHOLE, 10, 0, 8, 500, 0.84, 0.03, 0},
    {"20 a second, evenly, on the way", BUCKET, 20, 1, WHOLE, 10, 0, 8, 500, 0.80, 0.04, 5},
    {"20 a second, evenly, 200 ms", BUCKET, 20, 1, WHOLE, 200, 50, 16, 500, 0.80, 0.04, 5},
    {"20 a second, evenly, says exactly", BUCKET, 20, 1, EXACT, 10, 0, 8, 500, 0.84, 0.05, 5},
    {"20 a second, evenly, a date", BUCKET, 20, 1, DATE, 10, 0, 8, 500, 0.84, 0.05, 5},
    {"20 a second, a large bucket", BUCKET, 20, 100, WHOLE, 10, 0, 8, 1000, 0.95, 0.03, 5},
    {"20 a second, when is not said", BUCKET, 20, 20, NEVER, 10, 0, 8, 500, 0.90, 0.03, 5},
    {"20 a second, a date", BUCKET, 20, 20, DATE, 10, 0, 8, 500, 0.90, 0.04, 5},
    {"20 a second, says exactly", BUCKET, 20, 20, EXACT, 10, 0, 8, 500, 0.90, 0.04, 5},
    {"20 in the last second", SLIDING, 20, 1000, WHOLE, 10, 5, 8, 500, 0.88, 0.04, 5},
    {"20 in the last second, two slots", SLIDING, 20, 1000, WHOLE, 10, 5, 2, 500, 0.88, 0.04, 5},
    {"20 in the last second, 200 ms", SLIDING, 20, 1000, WHOLE, 200, 50, 16, 500, 0.87, 0.04, 5},
    {"20 in the last second, long ways", SLIDING, 20, 1000, WHOLE, 50, 20, 16, 500, 0.85, 0.04, 50},
    {"20 in the last second, exactly", SLIDING, 20, 1000, EXACT, 10, 5, 8, 500, 0.92, 0.05, 5},
    {"20 in the last second, a date", SLIDING, 20, 1000, DATE, 10, 5, 8, 500, 0.92, 0.05, 5},
    {"20 in each second", WINDOW, 20, 1000, WHOLE, 10, 0, 8, 500, 0.86, 0.03, 5},
    {"20 in each second, uneven", WINDOW, 20, 1000, WHOLE, 100, 50, 32, 500, 0.86, 0.03, 5},
    {"20 in each second, 200 ms", WINDOW, 20, 1000, WHOLE, 200, 50, 16, 500, 0.86, 0.04, 5},
    {"20 in each second, exactly", WINDOW, 20, 1000, EXACT, 10, 5, 8, 500, 0.92, 0.05, 5},
    {"20 in each second, a date", WINDOW, 20, 1000, DATE, 10, 5, 8, 500, 0.92, 0.05, 5},
    {"20 in each second, when is not said", WINDOW, 20, 1000, NEVER, 200, 20, 32, 500, 0.86, 0.04,
     5},
    {"20 in the last second, not said", SLIDING, 20, 1000, NEVER, 200, 20, 32, 500, 0.87, 0.04, 5},
    {"20 a second, evenly, not said", BUCKET, 20, 1, NEVER, 200, 20, 32, 500, 0.75, 0.04, 5},
    {"60 in each minute", WINDOW, 60, 60000, WHOLE, 500, 100, 8, 500, 0.90, 0.04, 5},
    {"60 in the last minute", SLIDING, 60, 60000, WHOLE, 500, 100, 8, 500, 0.85, 0.04, 5},
    {"1200 in each minute", WINDOW, 1200, 60000, WHOLE, 10, 0, 8, 4000, 0.90, 0.03, 5},
    {"5 a second, evenly", BUCKET, 5, 1, WHOLE, 10, 0, 8, 500, 0.80, 0.03, 5},
    {"5 in the last second", SLIDING, 5, 1000, WHOLE, 10, 0, 8, 500, 0.85, 0.05, 5},
    {"1 a second", BUCKET, 1, 1, WHOLE, 10, 0, 8, 300, 0.85, 0.05, 5},
    {"1 in each second", WINDOW, 1, 1000, WHOLE, 10, 0, 8, 300, 0.85, 0.05, 5},
    {"100 a second, a bucket", BUCKET, 100, 100, WHOLE, 10, 0, 8, 3000, 0.80, 0.03, 5},
    {"100 in each second", WINDOW, 100, 1000, WHOLE, 10, 0, 8, 3000, 0.72, 0.03, 5},
    {"100 in the last second", SLIDING, 100, 1000, WHOLE, 10, 0, 8, 3000, 0.75, 0.03, 5},
    {"4 at once", CONCURRENT, 4, 0, NEVER, 1000, 300, 32, 500, 0.90, 0.05, 5},
    {"16 at once, slow", CONCURRENT, 16, 0, NEVER, 10000, 3000, 64, 500, 0.90, 0.05, 5},
    {"4 at once, and says when", CONCURRENT, 4, 0, WHOLE, 1000, 300, 32, 500, 0.65, 0.05, 5},
};

enum { SLOTS_MOST = 512, SEEDS = 5, REFUSAL_MS = 2 };

typedef enum { ON_ITS_WAY, ADMITTED, REFUSED } call_state_t;

typedef struct {
    call_state_t state;
    double next_ms; /* when it arrives, or its answer */
    int64_t begun_ms;
    uint32_t retry_after_ms;
} call_t;

enum { WINDOW_MOST = 128 };

typedef struct {
    const server_t *server;
    dice_t dice;
    limit_t *limit;
    double now_ms, first_ms, last_ms;
    double tokens, filled_ms;        /* BUCKET */
    double window;                   /* WINDOW: its number */
    uint32_t admitted;               /* WINDOW: in it; SLIDING: ever */
    double admitted_ms[WINDOW_MOST]; /* SLIDING: the last of them, a ring */
    call_t calls[SLOTS_MOST];
    uint32_t busy, waiting, done, sent, refused;
} play_t;

/* From 0 to 1. */
static double
s_roll(play_t *self)
{
    return (double) (dice_roll(&self->dice) >> 11) / (double) (UINT64_C(1) << 53);
}

static double
s_ask_bucket(play_t *self)
{
    const server_t *server = self->server;
    self->tokens = fmin(server->size,
                        self->tokens + server->allowed * (self->now_ms - self->filled_ms) / 1000);
    self->filled_ms = self->now_ms;
    if (self->tokens < 1)
        return (1 - self->tokens) / server->allowed * 1000;
    self->tokens -= 1;
    return 0;
}

static double
s_ask_window(play_t *self)
{
    const server_t *server = self->server;
    if (floor(self->now_ms / server->size) > self->window)
        self->admitted = 0;
    self->window = floor(self->now_ms / server->size);
    if (self->admitted >= server->allowed)
        return (self->window + 1) * server->size - self->now_ms;
    self->admitted++;
    return 0;
}

static double
s_ask_sliding(play_t *self)
{
    const server_t *server = self->server;
    double *oldest_ms = &self->admitted_ms[self->admitted % (uint32_t) server->allowed];
    if (self->admitted >= server->allowed && *oldest_ms + server->size > self->now_ms)
        return *oldest_ms + server->size - self->now_ms;
    *oldest_ms = self->now_ms;
    self->admitted++;
    return 0;
}

static double
s_ask_concurrent(const play_t *self)
{
    uint32_t served = 0;
    for (uint32_t i = 0; i < self->busy; i++)
        served += self->calls[i].state == ADMITTED;
    return served < self->server->allowed ? 0 : 1;
}

/* When a request that comes now would be admitted: 0, or milliseconds. */
static double
s_ask_server(play_t *self)
{
    switch (self->server->kind) {
    case BUCKET: return s_ask_bucket(self);
    case WINDOW: return s_ask_window(self);
    case SLIDING: return s_ask_sliding(self);
    case CONCURRENT: return s_ask_concurrent(self);
    }
    return 0;
}

static uint32_t
s_retry_after_ms(const play_t *self, double wait_ms)
{
    switch (self->server->says) {
    case WHOLE: return (uint32_t) ceil(wait_ms / 1000) * 1000;
    case EXACT: return (uint32_t) ceil(wait_ms);
    case DATE:
        return (uint32_t) fmax(floor((self->now_ms + wait_ms) / 1000) * 1000 - self->now_ms, 1);
    case NEVER: return 0;
    }
    return 0;
}

static void
s_call(play_t *self)
{
    int64_t begun_ms = (int64_t) self->now_ms;
    limit_begin(self->limit, begun_ms);
    self->calls[self->busy++] = (call_t){
        .begun_ms = begun_ms, .next_ms = self->now_ms + self->server->way_ms * s_roll(self)};
    self->waiting--;
    self->sent++;
}

static void
s_arrive(play_t *self, call_t *call)
{
    const server_t *server = self->server;
    double wait_ms = s_ask_server(self);
    double took_ms = server->latency_ms + (2 * s_roll(self) - 1) * server->jitter_ms;
    call->state = wait_ms > 0 ? REFUSED : ADMITTED;
    call->next_ms = self->now_ms + (wait_ms > 0 ? REFUSAL_MS : took_ms);
    call->retry_after_ms = wait_ms > 0 ? s_retry_after_ms(self, wait_ms) : 0;
    self->refused += wait_ms > 0;
}

static void
s_go_on(play_t *self, uint32_t which)
{
    call_t call = self->calls[which];
    self->now_ms = call.next_ms;
    if (call.state == ON_ITS_WAY) {
        s_arrive(self, &self->calls[which]);
        return;
    }
    self->calls[which] = self->calls[--self->busy];
    if (call.state == REFUSED) {
        limit_throttle(self->limit, call.begun_ms, call.retry_after_ms, (int64_t) self->now_ms);
        self->waiting++;
        return;
    }
    limit_succeed(self->limit, call.begun_ms, (int64_t) self->now_ms);
    self->last_ms = self->now_ms;
    self->done++;
}

/* Time goes on to the next thing that happens. */
static void
s_step(play_t *self)
{
    while (self->waiting && self->busy < self->server->slots &&
           limit_room(self->limit, (int64_t) self->now_ms))
        s_call(self);
    uint32_t first = 0;
    for (uint32_t i = 1; i < self->busy; i++)
        if (self->calls[i].next_ms < self->calls[first].next_ms)
            first = i;
    double ready_ms = (double) limit_ready_ms(self->limit);
    bool may_send = self->waiting && self->busy < self->server->slots && ready_ms > self->now_ms &&
                    self->limit->in_flight < (uint32_t) self->limit->concurrency;
    if (may_send && (self->busy == 0 || ready_ms < self->calls[first].next_ms))
        self->now_ms = ready_ms + 1.5 * s_roll(self); /* timers are late */
    else if (self->busy)
        s_go_on(self, first);
    else
        fail_msg("%s: nothing will ever happen", self->server->name);
}

static double
s_allowed_a_second(const server_t *server)
{
    return server->kind == BUCKET ? server->allowed
           : server->kind == WINDOW || server->kind == SLIDING
               ? server->allowed * 1000 / server->size
               : server->allowed * 1000 / server->latency_ms;
}

static void
s_play(const server_t *server, uint64_t seed)
{
    limiter_t *limiter = limiter_new();
    play_t self = {.server = server,
                   .dice = {.state = seed},
                   .limit = limiter_hold(limiter, SLICE("k")),
                   .tokens = server->size,
                   .waiting = server->documents};
    self.now_ms = self.first_ms = self.filled_ms = 100000 + 1000 * s_roll(&self);
    self.window = -1;
    while (self.done < server->documents)
        s_step(&self);
    double seconds = (self.last_ms - self.first_ms) / 1000;
    double used = server->documents / seconds / s_allowed_a_second(server);
    double refused = (double) self.refused / self.sent;
    if (seed == 1)
        print_message("%s: %.0f%% used, %.1f%% refused\n", server->name, 100 * used, 100 * refused);
    if (used < server->used_least || refused > server->refused_most)
        fail_msg("%s, seed %d: %.3f used of at least %.3f, %.3f refused of at most %.3f",
                 server->name, (int) seed, used, server->used_least, refused, server->refused_most);
    limiter_destroy(&limiter);
}

static void
what_servers_allow_is_used_and_little_is_refused(void **state)
{
    (void) state;
    for (size_t i = 0; i < sizeof s_servers / sizeof s_servers[0]; i++)
        for (uint64_t seed = 1; seed <= SEEDS; seed++)
            s_play(&s_servers[i], seed);
}

static void
a_server_without_a_limit_is_not_held_back_for_long(void **state)
{
    (void) state;
    static const server_t server = {"any number", BUCKET, 100000, 100000, WHOLE, 10, 0,
                                    64,           20000,  0,      0,      0};
    limiter_t *limiter = limiter_new();
    play_t self = {.server = &server,
                   .limit = limiter_hold(limiter, SLICE("k")),
                   .tokens = server.size,
                   .waiting = server.documents};
    self.now_ms = self.first_ms = self.filled_ms = 100000;
    while (self.done < server.documents)
        s_step(&self);
    assert_int_equal(self.refused, 0);
    assert_true(self.last_ms - self.first_ms < 12000);
    limiter_destroy(&limiter);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_servers_allow_is_used_and_little_is_refused),
        cmocka_unit_test(a_server_without_a_limit_is_not_held_back_for_long),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
