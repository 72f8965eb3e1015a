#include <cjson/cJSON.h>

#include "base/vocabulary.h"
#include "messages/progress_json.h"
#include "tests/support/cmocka_all.h"

static void
a_tagged_document_has_every_field(void **state)
{
    (void) state;
    message_progress_t event = {.kind = PROGRESS_SUCCESS,
                                .owner = SLICE("ann"),
                                .job_id = SLICE("j"),
                                .seq = 7,
                                .total = 4,
                                .processed = 1,
                                .row = 2,
                                .title = SLICE("A \"title\""),
                                .retry_count = 1,
                                .tags = SLICE("[\"a\",\"b\"]"),
                                .model_name = SLICE("offline"),
                                .metadata = SLICE("{\"page_count\":3}")};
    buffer_t out = {0};
    assert_int_equal(progress_json(&event, &out), STATUS_OK);
    assert_string_equal(out.data,
                        "{\"job_id\":\"j\",\"row_id\":2,\"row_number\":3,"
                        "\"title\":\"A \\\"title\\\"\",\"status\":\"success\",\"progress\":0.25,"
                        "\"tags\":[\"a\",\"b\"],\"error\":null,\"error_type\":null,"
                        "\"retry_after_ms\":null,\"retry_count\":1,\"model_name\":\"offline\","
                        "\"metadata\":{\"page_count\":3},\"seq\":7}");
    buffer_free(&out);
}

static void
a_failed_attempt_says_when_the_next_one_is(void **state)
{
    (void) state;
    message_progress_t event = {.kind = PROGRESS_RETRY,
                                .job_id = SLICE("j"),
                                .seq = 1,
                                .total = 1,
                                .error = SLICE("no answer"),
                                .error_type = ERROR_TIMEOUT,
                                .retry_after_ms = 1500};
    buffer_t out = {0};
    assert_int_equal(progress_json(&event, &out), STATUS_OK);
    assert_string_equal(out.data, "{\"job_id\":\"j\",\"row_id\":0,\"row_number\":1,\"title\":\"\","
                                  "\"status\":\"processing\",\"progress\":0.0,\"tags\":[],"
                                  "\"error\":\"no answer\",\"error_type\":\"timeout\","
                                  "\"retry_after_ms\":1500,\"retry_count\":0,\"model_name\":null,"
                                  "\"metadata\":{},\"seq\":1}");
    buffer_free(&out);
}

static void
an_end_has_counts_time_and_a_message(void **state)
{
    (void) state;
    message_progress_t event = {.kind = PROGRESS_COMPLETED,
                                .job_id = SLICE("j"),
                                .seq = 12,
                                .state = JOB_COMPLETED,
                                .total = 4,
                                .processed = 3,
                                .failed = 1,
                                .elapsed_ms = 12034};
    buffer_t out = {0};
    assert_int_equal(progress_json(&event, &out), STATUS_OK);
    assert_string_equal(out.data,
                        "{\"type\":\"completed\",\"job_id\":\"j\",\"total_documents\":4,"
                        "\"total\":4,\"processed_count\":3,\"failed_count\":1,\"progress\":1.0,"
                        "\"error\":null,\"processing_time\":12.034,"
                        "\"message\":\"The batch is complete.\",\"seq\":12}");
    buffer_free(&out);
}

static void
the_message_of_a_failed_job_says_why(void **state)
{
    (void) state;
    message_progress_t event = {
        .kind = PROGRESS_FAILED, .total = 1, .error = SLICE("the key was refused")};
    buffer_t out = {0};
    assert_int_equal(progress_json(&event, &out), STATUS_OK);
    cJSON *json = cJSON_Parse(out.data);
    assert_string_equal(cJSON_GetObjectItemCaseSensitive(json, "message")->valuestring,
                        "the key was refused");
    cJSON_Delete(json);
    buffer_free(&out);
}

static void
every_kind_is_json_and_no_other_is_written(void **state)
{
    (void) state;
    buffer_t out = {0};
    for (uint8_t kind = 0; kind <= PROGRESS_STARTED; kind++) {
        message_progress_t event = {.kind = kind, .total = 1, .job_id = SLICE("j"), .seq = 5};
        buffer_clear(&out);
        assert_int_equal(progress_json(&event, &out), STATUS_OK);
        cJSON *json = cJSON_Parse(out.data);
        assert_non_null(json);
        assert_int_equal(cJSON_GetObjectItemCaseSensitive(json, "seq")->valueint, 5);
        cJSON_Delete(json);
    }
    buffer_clear(&out);
    message_progress_t unknown = {.kind = PROGRESS_STARTED + 1};
    assert_int_equal(progress_json(&unknown, &out), STATUS_MALFORMED);
    unknown = (message_progress_t){.error_type = ERROR_TYPE_COUNT};
    assert_int_equal(progress_json(&unknown, &out), STATUS_MALFORMED);
    assert_int_equal(out.size, 0);
    buffer_free(&out);
}

static void
a_worker_that_is_lost_is_told(void **state)
{
    (void) state;
    message_system_t event = {
        .event = SLICE("worker-lost"), .worker = SLICE("w1"), .slots = 4, .in_hand = 3};
    buffer_t out = {0};
    system_json(&event, &out);
    assert_string_equal(out.data,
                        "{\"type\":\"worker-lost\",\"worker\":\"w1\",\"slots\":4,\"in_hand\":3}");
    buffer_free(&out);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_tagged_document_has_every_field),
        cmocka_unit_test(a_failed_attempt_says_when_the_next_one_is),
        cmocka_unit_test(an_end_has_counts_time_and_a_message),
        cmocka_unit_test(the_message_of_a_failed_job_says_why),
        cmocka_unit_test(every_kind_is_json_and_no_other_is_written),
        cmocka_unit_test(a_worker_that_is_lost_is_told),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
