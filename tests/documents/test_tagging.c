#include "documents/tagging.h"

#include <pthread.h>
#include <sched.h>
#include <stdio.h>

#include "base/clock.h"
#include "tests/documents/model_server.h"
#include "tests/support/cmocka_all.h"

static model_server_t *s_server;
static config_t *s_config;
static tagging_t *s_tagging;
static atomic_bool s_cancelled;
static brief_t s_brief;
static tag_request_t s_request;
static bool s_is_last_attempt;
static outcome_t s_outcome;
static failure_t s_failure;

static void
s_set(const char *assignment)
{
    fault_t fault;
    if (config_set(s_config, assignment, &fault) != STATUS_OK)
        fail_msg("%s", fault.detail);
}

static int
setup(void **state)
{
    (void) state;
    atomic_store(&s_cancelled, false);
    s_server = model_server_start(&(model_server_options_t){0});
    s_config = config_new();
    s_tagging = NULL;
    char address[128];
    snprintf(address, sizeof address, "providers/test/base_url=http://127.0.0.1:%u/v1",
             model_server_port(s_server));
    s_set(address);
    s_set("providers/test/models=ok=0.5/2, *");
    s_set("providers/test/key=secret-key-123456");
    s_is_last_attempt = true;
    s_brief = (brief_t){.page_limit = 3, .tag_limit = 5};
    s_request = (tag_request_t){
        .text =
            SLICE("Lighthouses warn ships of rocks. The lighthouse keeper lights the lamp of the "
                  "lighthouse each evening, and ships that see its light keep off the rocks."),
        .language = SLICE("en"),
        .tag_limit = 5};
    return 0;
}

static int
teardown(void **state)
{
    (void) state;
    tagging_destroy(&s_tagging);
    outcome_free(&s_outcome);
    config_destroy(&s_config);
    model_server_stop(&s_server);
    return 0;
}

static error_type_t
s_tag_as(const char *model)
{
    fault_t fault;
    if (s_tagging == NULL) {
        if (config_finish(s_config, &fault) != STATUS_OK)
            fail_msg("%s", fault.detail);
        s_tagging = tagging_new(s_config);
    }
    outcome_free(&s_outcome);
    s_brief.model_name = slice_from(model);
    buffer_append_text(&s_outcome.model_name, model);
    tagging_request_t request = {.brief = &s_brief,
                                 .tags = &s_request,
                                 .is_last_attempt = s_is_last_attempt,
                                 .deadline_ms = clock_monotonic_ms() + 20000,
                                 .cancel = &s_cancelled};
    return tagging_run(s_tagging, &request, &s_outcome, &s_failure);
}

static void
s_assert_tags(const char *model, const char *by, const char *tags)
{
    if (s_tag_as(model) != ERROR_NONE)
        fail_msg("%s: %s: %s", model, error_type_word(s_failure.type), s_failure.detail);
    assert_string_equal(s_outcome.model_name.data, by);
    if (strstr(s_outcome.tags.data, tags) == NULL)
        fail_msg("%s", s_outcome.tags.data);
    assert_false(s_outcome.is_hopeless);
}

static void
s_assert_failed(const char *model, error_type_t type, bool is_hopeless)
{
    if (s_tag_as(model) != type)
        fail_msg("%s: %s: %s", model, error_type_word(s_failure.type), s_failure.detail);
    assert_int_equal(s_outcome.is_hopeless, is_hopeless);
    assert_int_equal(s_outcome.tags.size, 0);
    assert_string_equal(s_outcome.model_name.data, model);
}

static void
the_offline_tagger_asks_nobody(void **state)
{
    (void) state;
    s_assert_tags("offline", "offline", "ighthouse");
    assert_int_equal(model_server_stats(s_server).requests, 0);
    assert_int_equal(s_outcome.tokens_in + s_outcome.tokens_out, 0);
}

static void
a_model_gives_as_many_tags_as_are_wanted(void **state)
{
    (void) state;
    s_assert_tags("ok", "ok",
                  "[\"harbour cranes\",\"tidal gauge\",\"Container Terminal\",\"dredging\","
                  "\"pilot boats\"]");
    assert_string_equal(s_outcome.language.data, "en");
}

static void
tokens_and_cost_are_kept(void **state)
{
    (void) state;
    s_assert_tags("ok", "ok", "dredging");
    assert_int_equal(s_outcome.tokens_in, 100);
    assert_int_equal(s_outcome.tokens_out, 20);
    assert_int_equal(s_outcome.cost_nano, 100 * 500 + 20 * 2000); /* .5 and 2 a million tokens */
    s_assert_tags("test/array", "test/array", "dredging");
    assert_int_equal(s_outcome.tokens_in, 100);
    assert_int_equal(s_outcome.cost_nano, 0); /* a model without a price */
}

static void
exclusions_do_not_leave_too_few_tags(void **state)
{
    (void) state;
    s_request.exclusions = SLICE("harbour crane\ncontainer-terminals\nPILOT BOAT");
    s_assert_tags("ok", "ok",
                  "[\"tidal gauge\",\"dredging\",\"cargo insurance\",\"lighthouse keeper\","
                  "\"fishing quota\"]");
}

static void
a_model_whose_tags_are_all_excluded_has_failed(void **state)
{
    (void) state;
    s_request.exclusions = SLICE("the only one");
    s_assert_failed("test/one", ERROR_MODEL_ERROR, false);
    assert_non_null(strstr(s_failure.detail, "none of the 1 tags"));
    s_brief.may_fall_back = true;
    s_assert_tags("test/one", "offline", "ighthouse");
}

static void
what_a_model_cannot_do_is_tagged_offline_where_it_may(void **state)
{
    (void) state;
    static const struct {
        const char *model;
        error_type_t type;
        bool is_hopeless;
    } rows[] = {
        {"test/broken", ERROR_MODEL_ERROR, false},  {"test/hang-up", ERROR_NETWORK, false},
        {"test/stall", ERROR_TIMEOUT, false},       {"test/nonsense", ERROR_MODEL_ERROR, false},
        {"test/refusal", ERROR_MODEL_ERROR, false}, {"test/no-credit", ERROR_AUTH, true},
        {"test/unknown", ERROR_MODEL_ERROR, true},  {"nobody-has-this", ERROR_MODEL_ERROR, true},
    };
    s_set("providers/test/timeout_ms=200");
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        s_brief.may_fall_back = false;
        s_assert_failed(rows[i].model, rows[i].type, rows[i].is_hopeless);
        s_brief.may_fall_back = true;
        s_assert_tags(rows[i].model, "offline", "ighthouse");
    }
}

static void
a_server_in_trouble_is_tried_again_before_a_fallback(void **state)
{
    (void) state;
    static const struct {
        const char *model;
        error_type_t type;
    } rows[] = {{"test/broken", ERROR_MODEL_ERROR},
                {"test/overloaded", ERROR_MODEL_ERROR},
                {"test/hang-up", ERROR_NETWORK},
                {"test/stall", ERROR_TIMEOUT}};
    s_set("providers/test/timeout_ms=200");
    s_brief.may_fall_back = true;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        s_is_last_attempt = false;
        s_assert_failed(rows[i].model, rows[i].type, false);
        s_is_last_attempt = true;
        s_assert_tags(rows[i].model, "offline", "ighthouse");
    }
}

static void
what_another_try_cannot_mend_falls_back_at_once(void **state)
{
    (void) state;
    static const char *const models[] = {"test/nonsense",  "test/refusal", "test/cut",
                                         "test/no-credit", "test/unknown", "nobody-has-this"};
    s_is_last_attempt = false;
    s_brief.may_fall_back = true;
    for (size_t i = 0; i < sizeof models / sizeof models[0]; i++)
        s_assert_tags(models[i], "offline", "ighthouse");
}

static void
tokens_of_a_failed_model_count_after_a_fallback(void **state)
{
    (void) state;
    s_brief.may_fall_back = true;
    s_assert_tags("test/nonsense", "offline", "ighthouse");
    assert_int_equal(s_outcome.tokens_in, 200);
    assert_int_equal(s_outcome.tokens_out, 40);
}

static void
a_rate_limit_waits_instead_of_falling_back(void **state)
{
    (void) state;
    s_brief.may_fall_back = true;
    s_assert_failed("test/throttle", ERROR_RATE_LIMIT, false);
    assert_int_equal(s_failure.retry_after_ms, 7000);
}

static void
a_refused_key_is_never_hidden_by_a_fallback(void **state)
{
    (void) state;
    s_brief.may_fall_back = true;
    s_assert_failed("test/refused-key", ERROR_AUTH, true);
    s_assert_failed("test/forbidden", ERROR_AUTH, true);
}

static void
the_key_of_the_job_is_sent(void **state)
{
    (void) state;
    buffer_t head = {0}, body = {0};
    s_brief.api_key = SLICE("the-job's-own");
    s_assert_tags("test/ok", "test/ok", "dredging");
    model_server_last(s_server, &head, &body);
    assert_non_null(strstr(head.data, "Authorization: Bearer the-job's-own\r\n"));
    buffer_free(&head);
    buffer_free(&body);
}

static void
prompts_that_cannot_be_read_fail_models_alone(void **state)
{
    (void) state;
    s_set("tagger/prompts=/nowhere/prompts");
    s_assert_failed("ok", ERROR_MODEL_ERROR, true);
    assert_non_null(strstr(s_failure.detail, "/nowhere/prompts/system.txt"));
    s_assert_tags("offline", "offline", "ighthouse");
}

static void *
s_cancel_soon(void *context)
{
    (void) context;
    while (model_server_stats(s_server).requests == 0)
        sched_yield();
    atomic_store(&s_cancelled, true);
    return NULL;
}

static void
a_cancelled_document_does_not_fall_back(void **state)
{
    (void) state;
    pthread_t thread;
    s_brief.may_fall_back = true;
    assert_int_equal(pthread_create(&thread, NULL, s_cancel_soon, NULL), 0);
    s_assert_failed("test/stall", ERROR_INTERNAL, false);
    pthread_join(thread, NULL);
}

int
main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
    const struct CMUnitTest tests[] = {
        TEST(the_offline_tagger_asks_nobody),
        TEST(a_model_gives_as_many_tags_as_are_wanted),
        TEST(tokens_and_cost_are_kept),
        TEST(exclusions_do_not_leave_too_few_tags),
        TEST(a_model_whose_tags_are_all_excluded_has_failed),
        TEST(what_a_model_cannot_do_is_tagged_offline_where_it_may),
        TEST(a_server_in_trouble_is_tried_again_before_a_fallback),
        TEST(what_another_try_cannot_mend_falls_back_at_once),
        TEST(tokens_of_a_failed_model_count_after_a_fallback),
        TEST(a_rate_limit_waits_instead_of_falling_back),
        TEST(a_refused_key_is_never_hidden_by_a_fallback),
        TEST(the_key_of_the_job_is_sent),
        TEST(prompts_that_cannot_be_read_fail_models_alone),
        TEST(a_cancelled_document_does_not_fall_back),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
