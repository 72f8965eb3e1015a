#include <pthread.h>
#include <sched.h>

#include "base/clock.h"
#include "documents/model/model_http.h"
#include "tests/documents/model_fixture.h"
#include "tests/support/cmocka_all.h"

/* ---- refusals ---- */

static void
a_throttle_says_how_long(void **state)
{
    (void) state;
    fixture_assert_failed("throttle", ERROR_RATE_LIMIT, "asks to wait");
    assert_int_equal(fixture.failure.retry_after_ms, 7000);
    fixture_assert_failed("throttle-date", ERROR_RATE_LIMIT, "429");
    assert_in_range(fixture.failure.retry_after_ms, 25000, 31000);
    fixture_assert_failed("throttle-reset", ERROR_RATE_LIMIT, "429");
    assert_int_equal(fixture.failure.retry_after_ms, 62500);
    fixture_assert_failed("throttle-ms", ERROR_RATE_LIMIT, "429");
    assert_int_equal(fixture.failure.retry_after_ms, 250);
    fixture_assert_failed("throttle-fraction", ERROR_RATE_LIMIT, "429");
    assert_int_equal(fixture.failure.retry_after_ms, 350);
    fixture_assert_failed("throttle-now", ERROR_RATE_LIMIT, "429");
    assert_int_equal(fixture.failure.retry_after_ms, 1); /* it did say */
    fixture_assert_failed("throttle-past", ERROR_RATE_LIMIT, "429");
    assert_int_equal(fixture.failure.retry_after_ms, 1);
    fixture_assert_failed("throttle-bare", ERROR_RATE_LIMIT, "429");
    assert_int_equal(fixture.failure.retry_after_ms, 0);
    fixture_assert_failed("throttle-in-200", ERROR_RATE_LIMIT, "upstream is busy");
    assert_int_equal(fixture_requests(), 9);
    assert_false(fixture.answer.is_hopeless);
}

static void
times_to_come_again_are_read_in_every_way_they_are_written(void **state)
{
    (void) state;
    const int64_t now_ms = 1800000000000;
    assert_int_equal(model_http_reset_ms("1s", now_ms), 1000);
    assert_int_equal(model_http_reset_ms("6m0s", now_ms), 360000);
    assert_int_equal(model_http_reset_ms("1h2m3.5s", now_ms), 3723500);
    assert_int_equal(model_http_reset_ms("250ms", now_ms), 250);
    assert_int_equal(model_http_reset_ms("12", now_ms), 12000);
    assert_int_equal(model_http_reset_ms("1800000009000", now_ms), 9000);
    assert_int_equal(model_http_reset_ms("1700000009000", now_ms), 0);
    assert_int_equal(model_http_reset_ms("9999h", now_ms), 24 * 3600 * 1000);
    static const char *const nonsense[] = {"", "soon", "-1", "1x", "1s2", "1e999", "s", "nan"};
    for (size_t i = 0; i < sizeof nonsense / sizeof nonsense[0]; i++)
        if (model_http_reset_ms(nonsense[i], now_ms) > 24 * 3600 * 1000 ||
            (i != 5 && model_http_reset_ms(nonsense[i], now_ms) != 0))
            fail_msg("%s", nonsense[i]);
}

static void
a_failing_server_may_recover(void **state)
{
    (void) state;
    fixture_assert_failed("broken", ERROR_MODEL_ERROR, "500): it broke");
    assert_int_equal(fixture.failure.retry_after_ms, 0);
    fixture_assert_failed("bad-gateway", ERROR_MODEL_ERROR, "502)");
    fixture_assert_failed("overloaded", ERROR_MODEL_ERROR, "503");
    assert_int_equal(fixture.failure.retry_after_ms, 3000);
    fixture_assert_failed("error-in-200", ERROR_MODEL_ERROR, "502): upstream broke");
    assert_int_equal(fixture_requests(), 4);
    assert_false(fixture.answer.is_hopeless);
}

static void
s_assert_hopeless(const char *name, error_type_t type, const char *why, bool is_key_refused)
{
    uint32_t before = fixture_requests();
    fixture_assert_failed(name, type, why);
    assert_int_equal(fixture_requests() - before, 1);
    assert_true(fixture.answer.is_hopeless);
    assert_int_equal(fixture.answer.is_key_refused, is_key_refused);
}

static void
what_every_document_would_meet_is_hopeless(void **state)
{
    (void) state;
    s_assert_hopeless("refused-key", ERROR_AUTH, "refuses the key", true);
    assert_null(strstr(fixture.failure.detail, "sk-secret"));
    s_assert_hopeless("forbidden", ERROR_AUTH, "your account may not", true);
    s_assert_hopeless("no-credit", ERROR_AUTH, "no credit", false);
    s_assert_hopeless("quota", ERROR_AUTH, "no credit", false);
    s_assert_hopeless("unknown", ERROR_MODEL_ERROR, "does not have this model (unknown, 404)",
                      false);
    s_assert_hopeless("unknown-400", ERROR_MODEL_ERROR, "does not have this model", false);
    s_assert_hopeless("elsewhere", ERROR_MODEL_ERROR, "base_url is not right", false);
}

static void
a_server_with_a_key_of_its_own_lets_no_other_in(void **state)
{
    (void) state;
    model_server_stop(&fixture.server);
    fixture_start_server(&(model_server_options_t){.key = FIXTURE_KEY});
    fixture_assert_tagged("ok");
    assert_int_equal(fixture_tag_as("ok", SLICE("another-key-of-mine")), ERROR_AUTH);
    assert_true(fixture.answer.is_key_refused);
    assert_null(strstr(fixture.failure.detail, "another-key-of-mine"));
}

static void
a_moderated_document_harms_no_other(void **state)
{
    (void) state;
    fixture_assert_failed("flagged", ERROR_MODEL_ERROR, "refuses this document");
    assert_false(fixture.answer.is_hopeless);
}

static void
a_rate_beyond_the_keys_is_throttled(void **state)
{
    (void) state;
    model_server_stop(&fixture.server);
    fixture_start_server(&(model_server_options_t){.rate = 1, .burst = 3});
    for (int i = 0; i < 3; i++)
        fixture_assert_tagged("ok");
    fixture_assert_failed("ok", ERROR_RATE_LIMIT, "429");
    assert_int_equal(fixture.failure.retry_after_ms, 1000);
    assert_int_equal(model_server_stats(fixture.server).throttled, 1);
}

/* ---- misbehaviour ---- */

static void
a_server_that_takes_too_long_meets_the_time_out(void **state)
{
    (void) state;
    static const char *const models[] = {"stall", "stall-halfway", "drip"};
    fixture.provider.timeout_ms = 300;
    for (size_t i = 0; i < 3; i++) {
        int64_t start_ms = clock_monotonic_ms();
        fixture_assert_failed(models[i], ERROR_TIMEOUT, "took too long");
        assert_in_range(clock_monotonic_ms() - start_ms, 290, 3000);
    }
    assert_false(fixture.answer.is_hopeless);
}

static void
connections_that_break_are_network_failures(void **state)
{
    (void) state;
    fixture_assert_failed("hang-up", ERROR_NETWORK, "broke off");
    fixture_assert_failed("lie-length", ERROR_NETWORK, "broke off");
    fixture_assert_failed("lie-http", ERROR_MODEL_ERROR, "does not speak HTTP");
    model_server_stop(&fixture.server);
    fixture_assert_failed("ok", ERROR_NETWORK, "cannot be reached");
    fixture.provider.base_url = "http://no-such-host.invalid/v1";
    fixture_assert_failed("ok", ERROR_NETWORK, "was not found");
    fixture_start_server(&(model_server_options_t){0});
}

static void
a_flood_is_stopped_at_its_bound(void **state)
{
    (void) state;
    fixture_assert_failed("flood", ERROR_MODEL_ERROR, "more than 1048576 bytes");
    fixture_assert_failed("flood-headers", ERROR_NETWORK, "broke off");
}

static void *
s_cancel_soon(void *context)
{
    (void) context;
    while (fixture_requests() == 0) {
        sched_yield();
    }
    atomic_store(&fixture.cancelled, true);
    return NULL;
}

static void
a_cancelled_request_ends_at_once(void **state)
{
    (void) state;
    pthread_t thread;
    assert_int_equal(pthread_create(&thread, NULL, s_cancel_soon, NULL), 0);
    int64_t start_ms = clock_monotonic_ms();
    fixture_assert_failed("stall", ERROR_INTERNAL, "cancelled");
    assert_true(clock_monotonic_ms() - start_ms < 3000);
    pthread_join(thread, NULL);
}

static void
after_any_misbehaviour_the_next_document_is_tagged(void **state)
{
    (void) state;
    static const char *const models[] = {"flood", "hang-up",  "lie-length", "lie-http",
                                         "nest",  "lie-json", "throttle",   "broken"};
    for (size_t i = 0; i < sizeof models / sizeof models[0]; i++) {
        assert_int_not_equal(fixture_tag_as(models[i], SLICE("")), ERROR_NONE);
        fixture_assert_tagged("ok");
    }
}

int
main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, fixture_setup, fixture_teardown)
    const struct CMUnitTest tests[] = {
        TEST(a_throttle_says_how_long),
        TEST(times_to_come_again_are_read_in_every_way_they_are_written),
        TEST(a_failing_server_may_recover),
        TEST(what_every_document_would_meet_is_hopeless),
        TEST(a_server_with_a_key_of_its_own_lets_no_other_in),
        TEST(a_moderated_document_harms_no_other),
        TEST(a_rate_beyond_the_keys_is_throttled),
        TEST(a_server_that_takes_too_long_meets_the_time_out),
        TEST(connections_that_break_are_network_failures),
        TEST(a_flood_is_stopped_at_its_bound),
        TEST(a_cancelled_request_ends_at_once),
        TEST(after_any_misbehaviour_the_next_document_is_tagged),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
