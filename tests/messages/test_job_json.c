#include <cjson/cJSON.h>

#include "base/vocabulary.h"
#include "messages/job_json.h"
#include "messages/json_text.h"
#include "tests/support/cmocka_all.h"

static void
a_job_has_every_field_of_the_contract(void **state)
{
    (void) state;
    record_job_t job = {.job_id = SLICE("batch-1"),
                        .state = JOB_PROCESSING,
                        .total = 3,
                        .processed = 1,
                        .failed = 1,
                        .in_flight = 1,
                        .retrying = 2,
                        .created_at = 1709210096007,
                        .started_at = 1709210096008,
                        .version = 9,
                        .poll_after_ms = 250,
                        .eta_seconds = 4,
                        .throttled_until = 1709210097000,
                        .tokens_in = 1000,
                        .tokens_out = 50,
                        .cost_nano = 1000000150};
    buffer_t out = {0};
    job_json(&job, &out);
    assert_string_equal(out.data,
                        "{\"job_id\":\"batch-1\",\"status\":\"processing\",\"total_documents\":3,"
                        "\"total\":3,\"processed_count\":1,\"failed_count\":1,"
                        "\"progress\":0.6666666666666666,\"results_count\":2,\"in_flight_count\":1,"
                        "\"retrying_count\":2,\"created_at\":\"2024-02-29T12:34:56.007Z\","
                        "\"started_at\":\"2024-02-29T12:34:56.008Z\",\"finished_at\":null,"
                        "\"error\":null,\"version\":9,\"poll_after_ms\":250,\"eta_seconds\":4,"
                        "\"throttled_until\":\"2024-02-29T12:34:57.000Z\","
                        "\"tokens_used\":1050,\"cost\":1.00000015}");
    buffer_free(&out);
}

static void
billionths_are_written_with_as_few_digits_as_say_them(void **state)
{
    (void) state;
    static const struct {
        uint64_t nano;
        const char *text;
    } rows[] = {{0, "0"},
                {1, "0.000000001"},
                {150000, "0.00015"},
                {1000000000, "1"},
                {2500000000, "2.5"},
                {12000000010, "12.00000001"},
                {UINT64_MAX, "18446744073.709551615"}};
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        buffer_t out = {0};
        json_text_append_nano(&out, rows[i].nano);
        assert_string_equal(out.data, rows[i].text);
        buffer_free(&out);
    }
}

static void
what_is_not_known_is_null(void **state)
{
    (void) state;
    record_job_t job = {.state = JOB_FAILED,
                        .job_id = SLICE("x"),
                        .eta_seconds = -1,
                        .error = SLICE("the key was refused \"401\"")};
    buffer_t out = {0};
    job_json(&job, &out);
    cJSON *json = cJSON_Parse(out.data);
    assert_non_null(json);
    static const char *const nulls[] = {"created_at", "started_at", "finished_at", "eta_seconds",
                                        "throttled_until"};
    for (size_t i = 0; i < sizeof nulls / sizeof nulls[0]; i++)
        assert_true(cJSON_IsNull(cJSON_GetObjectItemCaseSensitive(json, nulls[i])));
    assert_string_equal(cJSON_GetObjectItemCaseSensitive(json, "error")->valuestring,
                        "the key was refused \"401\"");
    cJSON_Delete(json);
    buffer_free(&out);
}

static void
assert_json_text(slice_t text, const char *expected)
{
    buffer_t out = {0};
    json_text_append(&out, text);
    assert_string_equal(out.data, expected);
    buffer_free(&out);
}

static void
a_string_is_quoted_and_escaped(void **state)
{
    (void) state;
    assert_json_text((slice_t){0}, "\"\"");
    assert_json_text(SLICE("plain é €"), "\"plain é €\"");
    assert_json_text(SLICE("a\"b\\c\nd\re\tf\x01g\x1f/"),
                     "\"a\\\"b\\\\c\\nd\\re\\tf\\u0001g\\u001f/\"");
    assert_json_text(SLICE("nul\0inside"), "\"nul\\u0000inside\"");
}

static void
bytes_that_are_not_utf8_are_replaced(void **state)
{
    (void) state;
    assert_json_text(SLICE("\xff"), "\"\xef\xbf\xbd\"");
    assert_json_text(SLICE("é\xc3\"\n"), "\"é\xef\xbf\xbd\\\"\\n\"");
    assert_json_text(SLICE("\xed\xa0\x80"), "\"\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd\"");
}

static void
assert_number(int64_t number, const char *expected)
{
    buffer_t out = {0};
    json_text_append_number(&out, number);
    assert_string_equal(out.data, expected);
    buffer_free(&out);
}

static void
assert_ratio(uint64_t part, uint64_t whole, const char *expected)
{
    buffer_t out = {0};
    json_text_append_ratio(&out, part, whole);
    assert_string_equal(out.data, expected);
    buffer_free(&out);
}

static void
numbers_are_written_whole(void **state)
{
    (void) state;
    assert_number(0, "0");
    assert_number(-1, "-1");
    assert_number(INT64_MAX, "9223372036854775807");
    assert_number(INT64_MIN, "-9223372036854775808");
    assert_ratio(0, 0, "0.0");
    assert_ratio(0, 7, "0.0");
    assert_ratio(7, 7, "1.0");
    assert_ratio(1, 4, "0.25");
    assert_ratio(1, 10, "0.1");
    assert_ratio(1, 3, "0.3333333333333333");
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_job_has_every_field_of_the_contract),
        cmocka_unit_test(billionths_are_written_with_as_few_digits_as_say_them),
        cmocka_unit_test(what_is_not_known_is_null),
        cmocka_unit_test(a_string_is_quoted_and_escaped),
        cmocka_unit_test(bytes_that_are_not_utf8_are_replaced),
        cmocka_unit_test(numbers_are_written_whole),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
