/* The limiter against servers of every kind that we know: how much of what is allowed is used, and
 * how much is refused. A small simulation: slots that each hold a request, a server that admits or
 * refuses it when it comes, answers after a latency. */
#include <math.h>

#include "actors/backoff.h"
#include "actors/limiter.h"
#include "tests/support/cmocka_all.h"

typedef enum { BUCKET, WINDOW, CONCURRENT } kind_t;

typedef struct {
    const char *name;
    kind_t kind;
    double allowed; /* BUCKET: a second; WINDOW: in one; CONCURRENT: at once */
    double size;    /* BUCKET: requests that it holds; WINDOW: milliseconds */
    bool says_when; /* Retry-After, in whole seconds */
    double latency_ms, jitter_ms;
    uint32_t slots, documents;
    double used_least; /* of what is allowed */
    double refused_most;
} server_t;

static const server_t s_servers[] = {
    {"20 a second, a bucket", BUCKET, 20, 20, true, 10, 0, 8, 500, 0.90, 0.03},
    {"20 a second, two slots", BUCKET, 20, 20, true, 10, 0, 2, 500, 0.90, 0.03},
    {"20 a second, many slots", BUCKET, 20, 20, true, 10, 5, 64, 500, 0.90, 0.03},
    {"20 a second, slow answers", BUCKET, 20, 20, true, 1000, 500, 100, 500, 0.85, 0.03},
    {"20 a second, very slow answers", BUCKET, 20, 20, true, 10000, 1000, 400, 2000, 0.70, 0.03},
    {"20 a second, evenly", BUCKET, 20, 1, true, 10, 0, 8, 500, 0.70, 0.03},
    {"20 a second, a large bucket", BUCKET, 20, 100, true, 10, 0, 8, 1000, 0.95, 0.03},
    {"20 a second, when is not said", BUCKET, 20, 20, false, 10, 0, 8, 500, 0.90, 0.03},
    {"20 in each second", WINDOW, 20, 1000, true, 10, 0, 8, 500, 0.86, 0.03},
    {"20 in each second, uneven", WINDOW, 20, 1000, true, 100, 50, 32, 500, 0.85, 0.03},
    {"60 in each minute", WINDOW, 60, 60000, true, 500, 100, 8, 500, 0.90, 0.04},
    {"1200 in each minute", WINDOW, 1200, 60000, true, 10, 0, 8, 4000, 0.90, 0.03},
    {"5 a second, evenly", BUCKET, 5, 1, true, 10, 0, 8, 500, 0.75, 0.03},
    {"1 a second", BUCKET, 1, 1, true, 10, 0, 8, 300, 0.85, 0.05},
    {"1 in each second", WINDOW, 1, 1000, true, 10, 0, 8, 300, 0.85, 0.05},
    {"100 a second, a bucket", BUCKET, 100, 100, true, 10, 0, 8, 3000, 0.80, 0.03},
    {"100 in each second", WINDOW, 100, 1000, true, 10, 0, 8, 3000, 0.65, 0.03},
    {"4 at once", CONCURRENT, 4, 0, false, 1000, 300, 32, 500, 0.90, 0.05},
    {"16 at once, slow", CONCURRENT, 16, 0, false, 10000, 3000, 64, 500, 0.90, 0.05},
    {"4 at once, and says when", CONCURRENT, 4, 0, true, 1000, 300, 32, 500, 0.65, 0.05},
};

enum { SLOTS_MOST = 512, SEEDS = 5, REFUSAL_MS = 2 };

typedef struct {
    double ends_ms;
    int64_t begun_ms;
    bool refused;
    uint32_t retry_after_ms;
} call_t;

typedef struct {
    const server_t *server;
    dice_t dice;
    limit_t *limit;
    double now_ms, first_ms, last_ms;
    double tokens, filled_ms; /* BUCKET */
    double window;            /* WINDOW: its number */
    uint32_t admitted;        /* in the window */
    call_t calls[SLOTS_MOST];
    uint32_t busy, waiting, done, sent, refused;
} play_t;

/* From 0 to 1. */
static double
s_roll(play_t *self)
{
    return (double) (dice_roll(&self->dice) >> 11) / (double) (UINT64_C(1) << 53);
}

/* When a request that comes now would be admitted: 0, or milliseconds. */
static double
s_ask_server(play_t *self)
{
    const server_t *server = self->server;
    uint32_t served = 0;
    switch (server->kind) {
    case BUCKET:
        self->tokens = fmin(
            server->size, self->tokens + server->allowed * (self->now_ms - self->filled_ms) / 1000);
        self->filled_ms = self->now_ms;
        if (self->tokens < 1)
            return (1 - self->tokens) / server->allowed * 1000;
        self->tokens -= 1;
        return 0;
    case WINDOW:
        if (floor(self->now_ms / server->size) > self->window)
            self->admitted = 0;
        self->window = floor(self->now_ms / server->size);
        if (self->admitted >= server->allowed)
            return (self->window + 1) * server->size - self->now_ms;
        self->admitted++;
        return 0;
    case CONCURRENT:
        for (uint32_t i = 0; i < self->busy; i++)
            served += !self->calls[i].refused;
        return served < server->allowed ? 0 : 1;
    }
    return 0;
}

static void
s_call(play_t *self)
{
    const server_t *server = self->server;
    int64_t begun_ms = (int64_t) self->now_ms;
    limit_begin(self->limit, begun_ms);
    double wait_ms = s_ask_server(self);
    double took_ms = server->latency_ms + (2 * s_roll(self) - 1) * server->jitter_ms;
    self->calls[self->busy++] = (call_t){
        .ends_ms = self->now_ms + (wait_ms > 0 ? REFUSAL_MS : took_ms),
        .begun_ms = begun_ms,
        .refused = wait_ms > 0,
        .retry_after_ms = server->says_when ? (uint32_t) ceil(wait_ms / 1000) * 1000 : 0,
    };
    self->waiting--;
    self->sent++;
    self->refused += wait_ms > 0;
}

static void
s_end_call(play_t *self, uint32_t which)
{
    call_t call = self->calls[which];
    self->calls[which] = self->calls[--self->busy];
    self->now_ms = call.ends_ms;
    if (call.refused) {
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
        if (self->calls[i].ends_ms < self->calls[first].ends_ms)
            first = i;
    double ready_ms = (double) limit_ready_ms(self->limit);
    bool may_send = self->waiting && self->busy < self->server->slots && ready_ms > self->now_ms &&
                    self->limit->in_flight < (uint32_t) self->limit->concurrency;
    if (may_send && (self->busy == 0 || ready_ms < self->calls[first].ends_ms))
        self->now_ms = ready_ms + 1.5 * s_roll(self); /* timers are late */
    else if (self->busy)
        s_end_call(self, first);
    else
        fail_msg("%s: nothing will ever happen", self->server->name);
}

static double
s_allowed_a_second(const server_t *server)
{
    return server->kind == BUCKET   ? server->allowed
           : server->kind == WINDOW ? server->allowed * 1000 / server->size
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
    static const server_t server = {"any number", BUCKET, 100000, 100000, true, 10, 0,
                                    64,           20000,  0,      0};
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
