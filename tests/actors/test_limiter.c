#include "actors/limiter.h"
#include "tests/support/cmocka_all.h"

static limiter_t *s_limiter;
static limit_t *s_limit;

static int
s_setup(void **state)
{
    (void) state;
    s_limiter = limiter_new();
    s_limit = limiter_require(s_limiter, SLICE("openrouter/key"));
    return 0;
}

static int
s_teardown(void **state)
{
    (void) state;
    limiter_destroy(&s_limiter);
    return 0;
}

static void
one_key_has_one_limit_and_another_has_its_own(void **state)
{
    (void) state;
    assert_ptr_equal(limiter_require(s_limiter, SLICE("openrouter/key")), s_limit);
    assert_ptr_not_equal(limiter_require(s_limiter, SLICE("openrouter/other")), s_limit);
}

static void
a_limit_admits_as_many_as_its_concurrency(void **state)
{
    (void) state;
    for (int i = 0; i < LIMIT_START; i++) {
        assert_true(limit_admits(s_limit, 0));
        limit_begin(s_limit);
    }
    assert_false(limit_admits(s_limit, 0));
    limit_forget(s_limit);
    assert_true(limit_admits(s_limit, 0));
}

static void
a_round_of_successes_adds_about_one(void **state)
{
    (void) state;
    for (int i = 0; i < LIMIT_START + 1; i++) {
        limit_begin(s_limit);
        limit_succeed(s_limit);
    }
    assert_true(s_limit->concurrency >= LIMIT_START + 1);
    assert_true(s_limit->concurrency < LIMIT_START + 2);
}

static void
concurrency_stays_below_its_most(void **state)
{
    (void) state;
    s_limit->concurrency = LIMIT_MOST;
    limit_begin(s_limit);
    limit_succeed(s_limit);
    assert_true(s_limit->concurrency <= LIMIT_MOST);
}

static void
a_refusal_halves_it_and_waits_as_the_server_asked(void **state)
{
    (void) state;
    limit_begin(s_limit);
    limit_throttle(s_limit, 100, 700, 1000);
    assert_true(s_limit->concurrency < LIMIT_START / 2 + 0.01);
    assert_false(limit_admits(s_limit, 1699));
    assert_true(limit_admits(s_limit, 1700));
}

static void
a_refusal_that_asks_nothing_waits_a_second(void **state)
{
    (void) state;
    limit_begin(s_limit);
    limit_throttle(s_limit, 100, 0, 1000);
    assert_int_equal(s_limit->not_before_ms, 1000 + LIMIT_PAUSE_MS);
}

static void
a_burst_of_refusals_halves_it_once(void **state)
{
    (void) state;
    s_limit->concurrency = 16;
    for (int i = 0; i < 4; i++)
        limit_begin(s_limit);
    for (int i = 0; i < 4; i++)
        limit_throttle(s_limit, 100, 0, 1000 + i);
    assert_true(s_limit->concurrency > 7.9 && s_limit->concurrency < 8.1);
    limit_begin(s_limit);
    limit_throttle(s_limit, 1500, 0, 2000);
    assert_true(s_limit->concurrency > 3.9 && s_limit->concurrency < 4.1);
}

static void
a_later_refusal_never_shortens_the_wait(void **state)
{
    (void) state;
    limit_begin(s_limit);
    limit_begin(s_limit);
    limit_throttle(s_limit, 100, 5000, 1000);
    limit_throttle(s_limit, 100, 10, 1001);
    assert_int_equal(s_limit->not_before_ms, 6000);
}

static void
one_at_a_time_is_always_admitted_in_the_end(void **state)
{
    (void) state;
    int64_t now_ms = 0;
    for (int i = 0; i < 50; i++) {
        assert_true(limit_admits(s_limit, now_ms));
        limit_begin(s_limit);
        limit_throttle(s_limit, now_ms, 1, now_ms + 1);
        now_ms += 2;
    }
}

int
main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, s_setup, s_teardown)
    const struct CMUnitTest tests[] = {
        TEST(one_key_has_one_limit_and_another_has_its_own),
        TEST(a_limit_admits_as_many_as_its_concurrency),
        TEST(a_round_of_successes_adds_about_one),
        TEST(concurrency_stays_below_its_most),
        TEST(a_refusal_halves_it_and_waits_as_the_server_asked),
        TEST(a_refusal_that_asks_nothing_waits_a_second),
        TEST(a_burst_of_refusals_halves_it_once),
        TEST(a_later_refusal_never_shortens_the_wait),
        TEST(one_at_a_time_is_always_admitted_in_the_end),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
