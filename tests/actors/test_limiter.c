#include "actors/limiter.h"

#include "tests/support/cmocka_all.h"

static limiter_t *s_limiter;
static limit_t *s_limit;
static int64_t s_now_ms;

static int
s_setup(void **state)
{
    (void) state;
    s_limiter = limiter_new();
    s_limit = limiter_hold(s_limiter, SLICE("openrouter:key"));
    s_now_ms = 100000;
    return 0;
}

static int
s_teardown(void **state)
{
    (void) state;
    limiter_destroy(&s_limiter);
    return 0;
}

/* Begins a request as soon as the limit lets one. Returns when. */
static int64_t
s_begin(void)
{
    if (limit_ready_ms(s_limit) > s_now_ms)
        s_now_ms = limit_ready_ms(s_limit);
    assert_true(limit_room(s_limit, s_now_ms) > 0);
    limit_begin(s_limit, s_now_ms);
    return s_now_ms;
}

/* So many requests, one after the other, each admitted within a millisecond. */
static void
s_succeed(int count)
{
    while (count--) {
        int64_t begun_ms = s_begin();
        s_now_ms++;
        limit_succeed(s_limit, begun_ms, s_now_ms);
    }
}

static void
s_refuse(uint32_t retry_after_ms)
{
    int64_t begun_ms = s_begin();
    s_now_ms++;
    limit_throttle(s_limit, begun_ms, retry_after_ms, s_now_ms);
}

static void
one_key_has_one_limit_and_another_has_its_own(void **state)
{
    (void) state;
    assert_ptr_equal(limiter_hold(s_limiter, SLICE("openrouter:key")), s_limit);
    assert_ptr_not_equal(limiter_hold(s_limiter, SLICE("openrouter:other")), s_limit);
}

static void
what_was_learnt_of_a_key_is_kept_for_its_next_job(void **state)
{
    (void) state;
    s_refuse(2000);
    double pace = s_limit->pace;
    limit_release(s_limit);
    assert_ptr_equal(limiter_hold(s_limiter, SLICE("openrouter:key")), s_limit);
    assert_true(s_limit->pace >= pace && s_limit->pace <= pace);
}

static void
keys_that_nobody_uses_are_forgotten_when_there_are_many(void **state)
{
    (void) state;
    char key[32];
    s_begin(); /* in use */
    for (int i = 0; i < 3 * LIMITS_IDLE_MOST; i++) {
        snprintf(key, sizeof key, "p:%d", i);
        limit_release(limiter_hold(s_limiter, slice_from(key)));
    }
    assert_true(limiter_size(s_limiter) <= LIMITS_IDLE_MOST);
    assert_ptr_equal(limiter_hold(s_limiter, SLICE("openrouter:key")), s_limit);
}

static void
requests_are_spaced_by_the_pace(void **state)
{
    (void) state;
    int64_t first_ms = s_begin();
    assert_int_equal(limit_room(s_limit, first_ms), 0);
    for (int i = 1; i < 10; i++) /* rounded up */
        assert_int_equal(s_begin() - first_ms,
                         (i * 1000 + LIMIT_PACE_START - 1) / LIMIT_PACE_START);
}

static void
a_little_lateness_does_not_move_the_requests_after_it(void **state)
{
    (void) state;
    int64_t first_ms = s_begin();
    for (int i = 1; i < 10; i++) {
        s_now_ms = limit_ready_ms(s_limit) + 15;
        s_begin();
    }
    assert_int_equal(s_now_ms - first_ms - 15,
                     (9 * 1000 + LIMIT_PACE_START - 1) / LIMIT_PACE_START);
}

static void
a_long_wait_does_not_allow_a_burst(void **state)
{
    (void) state;
    s_succeed(3);
    s_now_ms += 60000;
    assert_int_equal(limit_room(s_limit, s_now_ms), 1);
    limit_begin(s_limit, s_now_ms);
    assert_int_equal(limit_room(s_limit, s_now_ms), 0);
}

static void
the_pace_grows_with_successes_while_it_is_what_limits(void **state)
{
    (void) state;
    s_succeed(50);
    assert_true(s_limit->pace > 2 * LIMIT_PACE_START);
    double pace = s_limit->pace;
    for (int i = 0; i < 50; i++) {
        s_now_ms += 2000; /* nobody has anything to send */
        s_succeed(1);
    }
    assert_true(s_limit->pace < pace * 1.05);
}

static void
no_more_are_under_way_than_the_concurrency(void **state)
{
    (void) state;
    for (int i = 0; i < LIMIT_START; i++)
        s_begin();
    s_now_ms += 10000;
    assert_int_equal(limit_room(s_limit, s_now_ms), 0);
    limit_forget(s_limit, s_now_ms - 10000);
    assert_int_equal(limit_room(s_limit, s_now_ms), 1);
}

static void
a_refusal_waits_as_the_server_asked(void **state)
{
    (void) state;
    s_succeed(20);
    s_refuse(700);
    assert_int_equal(limit_ready_ms(s_limit), s_now_ms + 700);
    assert_int_equal(limit_room(s_limit, s_now_ms + 699), 0);
    assert_int_equal(limit_room(s_limit, s_now_ms + 700), 1);
}

static void
a_refusal_that_asks_nothing_waits_a_second_and_one_that_asks_for_days_does_not_get_them(
    void **state)
{
    (void) state;
    s_refuse(0);
    assert_int_equal(limit_ready_ms(s_limit), s_now_ms + LIMIT_PAUSE_MS);
    s_refuse(UINT32_MAX);
    assert_int_equal(limit_ready_ms(s_limit), s_now_ms + LIMIT_PAUSE_MOST_MS);
}

/* A date has no fractions, so that it may have come when it is read. */
static void
after_a_refusal_that_asks_for_less_than_the_pace_the_pace_is_kept(void **state)
{
    (void) state;
    s_succeed(20);
    s_refuse(1);
    assert_true(limit_ready_ms(s_limit) - s_now_ms >= (int64_t) (1000 / s_limit->pace));
    assert_true(limit_ready_ms(s_limit) - s_now_ms <= 200);
}

/* Those that were under way at the first refusal come back later, and ask for a second each. */
static void
refusals_that_come_late_do_not_lower_the_pace_further(void **state)
{
    (void) state;
    s_succeed(20);
    int64_t first_ms = s_begin(), second_ms = s_begin();
    limit_throttle(s_limit, first_ms, 1000, s_now_ms);
    double pace = s_limit->pace;
    limit_throttle(s_limit, second_ms, 1000, s_now_ms + 300);
    assert_true(s_limit->pace > 0.9 * pace);
}

static void
a_quota_that_was_used_up_gives_the_pace(void **state)
{
    (void) state;
    int64_t start_ms = s_now_ms;
    s_succeed(60);
    s_refuse((uint32_t) (60000 - (s_now_ms - start_ms)));
    assert_true(s_limit->pace > 0.85 && s_limit->pace < 1.0); /* 60 in a minute */
}

static void
a_burst_of_refusals_is_one_piece_of_news(void **state)
{
    (void) state;
    s_succeed(40);
    int64_t begun_ms[4];
    for (int i = 0; i < 4; i++)
        begun_ms[i] = s_begin();
    for (int i = 0; i < 4; i++)
        limit_throttle(s_limit, begun_ms[i], 1000, s_now_ms + i);
    assert_int_equal(s_limit->refusals, 1);
    assert_int_equal(limit_ready_ms(s_limit), s_now_ms + 3 + 1000);
    assert_true(s_limit->pace > 8); /* a fourth of it four times would be less */
}

static void
a_later_refusal_never_shortens_the_wait(void **state)
{
    (void) state;
    int64_t first_ms = s_begin(), second_ms = s_begin();
    limit_throttle(s_limit, first_ms, 5000, s_now_ms);
    limit_throttle(s_limit, second_ms, 10, s_now_ms + 1);
    assert_int_equal(limit_ready_ms(s_limit), s_now_ms + 5000);
}

static void
a_refusal_without_retry_after_while_others_are_under_way_tells_the_concurrency(void **state)
{
    (void) state;
    double pace = s_limit->pace;
    for (int i = 0; i < 4; i++)
        s_begin();
    s_refuse(0);
    assert_int_equal((int) s_limit->concurrency, 4);
    assert_true(s_limit->pace >= pace);
    assert_int_equal(limit_room(s_limit, s_now_ms + 10000), 0);
}

static void
a_refusal_while_fewer_are_under_way_than_were_before_tells_of_the_pace(void **state)
{
    (void) state;
    int64_t begun_ms[6];
    for (int i = 0; i < 6; i++)
        begun_ms[i] = s_begin();
    for (int i = 0; i < 4; i++)
        limit_succeed(s_limit, begun_ms[i], s_now_ms);
    double pace = s_limit->pace;
    s_refuse(0);
    assert_true(s_limit->concurrency >= LIMIT_START);
    assert_true(s_limit->pace < pace);
    assert_int_equal(limit_ready_ms(s_limit), s_now_ms + LIMIT_PAUSE_MS);
}

static void
the_pace_comes_back_fast_when_it_is_far_below_what_was_refused_and_slowly_near_it(void **state)
{
    (void) state;
    s_succeed(60);
    s_refuse(1000);
    s_succeed(300);
    s_refuse(1000);
    s_limit->pace = s_limit->ceiling / 2;
    int64_t from_ms = s_now_ms;
    while (s_limit->pace < 0.9 * s_limit->ceiling)
        s_succeed(1);
    assert_true(s_now_ms - from_ms < 6000);
    from_ms = s_now_ms;
    while (s_limit->pace < 1.0 * s_limit->ceiling)
        s_succeed(1);
    assert_true(s_now_ms - from_ms > 10000);
}

static void
one_at_a_time_is_always_admitted_in_the_end(void **state)
{
    (void) state;
    for (int i = 0; i < 200; i++)
        s_refuse(1);
    assert_true(limit_ready_ms(s_limit) <= s_now_ms + 60000);
}

int
main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, s_setup, s_teardown)
    const struct CMUnitTest tests[] = {
        TEST(one_key_has_one_limit_and_another_has_its_own),
        TEST(what_was_learnt_of_a_key_is_kept_for_its_next_job),
        TEST(keys_that_nobody_uses_are_forgotten_when_there_are_many),
        TEST(requests_are_spaced_by_the_pace),
        TEST(a_little_lateness_does_not_move_the_requests_after_it),
        TEST(a_long_wait_does_not_allow_a_burst),
        TEST(the_pace_grows_with_successes_while_it_is_what_limits),
        TEST(no_more_are_under_way_than_the_concurrency),
        TEST(a_refusal_waits_as_the_server_asked),
        TEST(
            a_refusal_that_asks_nothing_waits_a_second_and_one_that_asks_for_days_does_not_get_them),
        TEST(after_a_refusal_that_asks_for_less_than_the_pace_the_pace_is_kept),
        TEST(refusals_that_come_late_do_not_lower_the_pace_further),
        TEST(a_quota_that_was_used_up_gives_the_pace),
        TEST(a_burst_of_refusals_is_one_piece_of_news),
        TEST(a_later_refusal_never_shortens_the_wait),
        TEST(a_refusal_without_retry_after_while_others_are_under_way_tells_the_concurrency),
        TEST(a_refusal_while_fewer_are_under_way_than_were_before_tells_of_the_pace),
        TEST(the_pace_comes_back_fast_when_it_is_far_below_what_was_refused_and_slowly_near_it),
        TEST(one_at_a_time_is_always_admitted_in_the_end),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
