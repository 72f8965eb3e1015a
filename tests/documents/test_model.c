#include "documents/model/model.h"

#include <cjson/cJSON.h>
#include <stdio.h>

#include "tests/documents/model_fixture.h"
#include "tests/support/cmocka_all.h"

/* ---- what is sent ---- */

static void
a_request_says_who_what_and_how(void **state)
{
    (void) state;
    fixture.request.description = SLICE("On the sea");
    fixture.request.language = SLICE("en");
    fixture.request.exclusions = SLICE("moon\n\n the sea \n");
    fixture_assert_tagged("vendor/ok");
    model_server_last(fixture.server, &fixture.head, &fixture.body);
    assert_non_null(strstr(fixture.head.data, "POST /v1/chat/completions HTTP/1.1\r\n"));
    assert_non_null(strstr(fixture.head.data, "Authorization: Bearer secret-key-123456\r\n"));
    assert_non_null(strstr(fixture.head.data, "Content-Type: application/json\r\n"));
    cJSON *root = cJSON_Parse(fixture.body.data);
    assert_string_equal(cJSON_GetStringValue(cJSON_GetObjectItem(root, "model")), "vendor/ok");
    assert_true(cJSON_GetNumberValue(cJSON_GetObjectItem(root, "temperature")) == 0);
    assert_true(cJSON_GetNumberValue(cJSON_GetObjectItem(root, "max_tokens")) == 1024);
    const cJSON *format = cJSON_GetObjectItem(root, "response_format");
    assert_string_equal(cJSON_GetStringValue(cJSON_GetObjectItem(format, "type")), "json_schema");
    const cJSON *schema = cJSON_GetObjectItem(format, "json_schema");
    assert_true(cJSON_IsTrue(cJSON_GetObjectItem(schema, "strict")));
    const cJSON *messages = cJSON_GetObjectItem(root, "messages");
    assert_int_equal(cJSON_GetArraySize(messages), 2);
    const cJSON *user = cJSON_GetArrayItem(messages, 1);
    assert_string_equal(cJSON_GetStringValue(cJSON_GetObjectItem(user, "role")), "user");
    const char *said = cJSON_GetStringValue(cJSON_GetObjectItem(user, "content"));
    assert_non_null(strstr(said, "Give the 14 best tags")); /* 8, half of it more, 2 exclusions */
    assert_non_null(strstr(said, "code is en."));
    assert_non_null(strstr(said, "in whatever form: moon; the sea."));
    assert_non_null(strstr(said, "Title: Tides\nDescription: On the sea\n"));
    assert_non_null(strstr(said, "The tide rises, the tide falls."));
    cJSON_Delete(root);
}

static void
a_provider_says_what_it_takes(void **state)
{
    (void) state;
    fixture.provider.schema = "object";
    fixture_assert_requests("ok", 1);
    model_server_last(fixture.server, &fixture.head, &fixture.body);
    assert_non_null(strstr(fixture.body.data, "\"response_format\":{\"type\":\"json_object\"}"));
    fixture.provider.schema = "none";
    fixture.provider.has_system = false;
    fixture_assert_requests("bare", 1);
    model_server_last(fixture.server, &fixture.head, &fixture.body);
    assert_null(strstr(fixture.body.data, "response_format"));
    assert_non_null(strstr(fixture.body.data, "You are a librarian"));
    assert_non_null(strstr(fixture.body.data, "The tide rises"));
}

static void
the_key_of_a_job_goes_before_the_providers(void **state)
{
    (void) state;
    assert_int_equal(fixture_tag_as("ok", SLICE("the-job's-own")), ERROR_NONE);
    model_server_last(fixture.server, &fixture.head, &fixture.body);
    assert_non_null(strstr(fixture.head.data, "Bearer the-job's-own\r\n"));
    assert_null(strstr(fixture.head.data, FIXTURE_KEY));
    fixture.provider.key = "";
    fixture.provider.needs_key = false;
    fixture_assert_tagged("ok");
    model_server_last(fixture.server, &fixture.head, &fixture.body);
    assert_null(strstr(fixture.head.data, "Authorization"));
}

static void
a_key_that_is_none_is_not_sent(void **state)
{
    (void) state;
    fixture.provider.key = "";
    fixture_assert_failed("ok", ERROR_AUTH, "the provider test needs an api_key");
    assert_true(fixture.answer.is_hopeless && fixture.answer.is_key_refused);
    assert_int_equal(fixture_tag_as("ok", SLICE("a\r\nX-Evil: 1")), ERROR_AUTH);
    assert_true(fixture.answer.is_hopeless && fixture.answer.is_key_refused);
    assert_int_equal(fixture_requests(), 0);
}

static void
a_long_document_is_sent_in_part(void **state)
{
    (void) state;
    buffer_t text = {0};
    buffer_append_text(&text, "At the head. ");
    while (text.size < 200000)
        buffer_append_text(&text, "in between ");
    buffer_append_text(&text, "At the tail.");
    fixture.request.text = buffer_slice(&text);
    fixture_assert_tagged("ok");
    model_server_last(fixture.server, &fixture.head, &fixture.body);
    assert_non_null(strstr(fixture.body.data, "At the head."));
    assert_non_null(strstr(fixture.body.data, "[...]"));
    assert_non_null(strstr(fixture.body.data, "At the tail."));
    assert_in_range(fixture.body.size, MODEL_TEXT_MAX, MODEL_TEXT_MAX + 4000);
    buffer_free(&text);
}

static void
connections_are_kept(void **state)
{
    (void) state;
    for (int i = 0; i < 5; i++)
        fixture_assert_tagged("ok");
    assert_int_equal(model_server_stats(fixture.server).connections, 1);
}

/* ---- what comes back ---- */

static void
tags_are_found_in_whatever_shape_they_come(void **state)
{
    (void) state;
    static const char *const models[] = {"ok",     "array", "keywords", "objects",  "fenced",
                                         "prose",  "think", "numbered", "bullets",  "lines",
                                         "commas", "parts", "no-end",   "cut-late", "no-usage"};
    for (size_t i = 0; i < sizeof models / sizeof models[0]; i++)
        fixture_assert_requests(models[i], 1);
}

static void
tokens_and_cost_are_as_the_server_counts_them(void **state)
{
    (void) state;
    fixture_assert_tagged("ok");
    assert_int_equal(fixture.answer.tokens_in, 100);
    assert_int_equal(fixture.answer.tokens_out, 20);
    assert_int_equal(fixture.answer.cost_nano, 100 * FIXTURE_PRICE_IN + 20 * FIXTURE_PRICE_OUT);
    fixture_assert_tagged("no-usage");
    assert_int_equal(fixture.answer.tokens_in + fixture.answer.tokens_out, 0);
    assert_int_equal(fixture.answer.cost_nano, 0);
}

static void
an_answer_without_tags_is_mended_once(void **state)
{
    (void) state;
    fixture_assert_requests("mended", 2);
    assert_int_equal(fixture.answer.tokens_in, 200); /* of both */
    assert_int_equal(fixture.answer.cost_nano,
                     2 * (100 * FIXTURE_PRICE_IN + 20 * FIXTURE_PRICE_OUT));
    model_server_last(fixture.server, &fixture.head, &fixture.body);
    assert_non_null(
        strstr(fixture.body.data, "\"role\":\"assistant\",\"content\":\"Certainly! Which"));
    assert_non_null(strstr(fixture.body.data, "That is not the answer that was asked for."));
    uint32_t before = fixture_requests();
    fixture_assert_failed("nonsense", ERROR_MODEL_ERROR, "held no tags, twice");
    assert_int_equal(fixture_requests() - before, 2);
    assert_int_equal(fixture.answer.tokens_in, 200); /* what failed was paid as well */
    assert_false(fixture.answer.is_hopeless);
}

static void
empty_and_broken_answers_are_asked_for_once_more(void **state)
{
    (void) state;
    static const char *const models[] = {"empty",    "null",      "none",      "numbers",  "html",
                                         "lie-json", "lie-shape", "lie-empty", "lie-html", "nest"};
    for (size_t i = 0; i < sizeof models / sizeof models[0]; i++) {
        uint32_t before = fixture_requests();
        fixture_assert_failed(models[i], ERROR_MODEL_ERROR, "held no tags, twice");
        assert_int_equal(fixture_requests() - before, 2);
    }
}

static void
a_cut_answer_is_asked_for_with_less_text_and_more_room(void **state)
{
    (void) state;
    buffer_t text = {0};
    while (text.size < 30000)
        buffer_append_text(&text, "many words ");
    fixture.request.text = buffer_slice(&text);
    fixture_assert_requests("cut-long", 2);
    model_server_last(fixture.server, &fixture.head, &fixture.body);
    assert_non_null(strstr(fixture.body.data, "\"max_tokens\":4096"));
    fixture.request.text = SLICE("A few words.");
    fixture_assert_requests("cut-long", 1); /* the room is kept, the text is not cut */
    model_server_last(fixture.server, &fixture.head, &fixture.body);
    assert_non_null(strstr(fixture.body.data, "\"max_tokens\":4096"));
    fixture_assert_failed("cut", ERROR_MODEL_ERROR, "was cut before its first tag");
    fixture_assert_failed("cut-thinking", ERROR_MODEL_ERROR, "was cut before its first tag");
    buffer_free(&text);
}

static void
a_refusal_is_not_argued_with(void **state)
{
    (void) state;
    static const char *const models[] = {"refusal", "filtered"};
    for (size_t i = 0; i < 2; i++) {
        uint32_t before = fixture_requests();
        fixture_assert_failed(models[i], ERROR_MODEL_ERROR, "will not tag");
        assert_int_equal(fixture_requests() - before, 1);
        assert_false(fixture.answer.is_hopeless);
    }
}

/* ---- what a server does not take ---- */

static void
a_model_without_system_messages_is_learnt(void **state)
{
    (void) state;
    fixture_assert_requests("no-system", 2);
    fixture_assert_requests("no-system", 1);
    model_server_last(fixture.server, &fixture.head, &fixture.body);
    assert_null(strstr(fixture.body.data, "\"role\":\"system\""));
    assert_non_null(strstr(fixture.body.data, "You are a librarian"));
    assert_non_null(strstr(fixture.body.data, "response_format"));
}

static void
a_model_without_response_format_is_learnt(void **state)
{
    (void) state;
    fixture_assert_requests("no-format", 2);
    fixture_assert_requests("no-format", 1);
    fixture_assert_requests("ok", 1); /* it was learnt of that model alone */
    model_server_last(fixture.server, &fixture.head, &fixture.body);
    assert_non_null(strstr(fixture.body.data, "response_format"));
}

static void
a_model_that_takes_neither_is_learnt(void **state)
{
    (void) state;
    fixture_assert_requests("bare", 3);
    fixture_assert_requests("bare", 1);
    for (int i = 0; i < 20; i++) { /* more models than are remembered */
        char name[16];
        snprintf(name, sizeof name, "v%d/ok", i);
        fixture_assert_requests(name, 1);
    }
    fixture_assert_requests("bare", 3);
}

static void
a_model_with_newer_names_is_learnt(void **state)
{
    (void) state;
    fixture_assert_requests("newer", 3);
    fixture_assert_requests("newer", 1);
    model_server_last(fixture.server, &fixture.head, &fixture.body);
    assert_non_null(strstr(fixture.body.data, "\"max_completion_tokens\":1024"));
    assert_null(strstr(fixture.body.data, "\"temperature\""));
}

static void
a_request_that_is_refused_however_it_is_put_fails(void **state)
{
    (void) state;
    fixture_assert_failed("bad-request", ERROR_MODEL_ERROR, "temperature is out");
    assert_int_equal(fixture_requests(), 3); /* as it is, without temperature, without a format */
    assert_false(fixture.answer.is_hopeless);
}

static void
a_document_too_long_for_the_model_is_shortened(void **state)
{
    (void) state;
    fixture_assert_failed("too-long", ERROR_MODEL_ERROR, "too long for the model");
    assert_int_equal(fixture_requests(), 3); /* 24,000, 6,000 and 1,500 code points */
}

int
main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, fixture_setup, fixture_teardown)
    const struct CMUnitTest tests[] = {
        TEST(a_request_says_who_what_and_how),
        TEST(a_provider_says_what_it_takes),
        TEST(the_key_of_a_job_goes_before_the_providers),
        TEST(a_key_that_is_none_is_not_sent),
        TEST(a_long_document_is_sent_in_part),
        TEST(connections_are_kept),
        TEST(tags_are_found_in_whatever_shape_they_come),
        TEST(tokens_and_cost_are_as_the_server_counts_them),
        TEST(an_answer_without_tags_is_mended_once),
        TEST(empty_and_broken_answers_are_asked_for_once_more),
        TEST(a_cut_answer_is_asked_for_with_less_text_and_more_room),
        TEST(a_refusal_is_not_argued_with),
        TEST(a_model_without_system_messages_is_learnt),
        TEST(a_model_without_response_format_is_learnt),
        TEST(a_model_that_takes_neither_is_learnt),
        TEST(a_model_with_newer_names_is_learnt),
        TEST(a_request_that_is_refused_however_it_is_put_fails),
        TEST(a_document_too_long_for_the_model_is_shortened),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
