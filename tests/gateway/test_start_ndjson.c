#include "gateway/start_ndjson.h"

#include "tests/gateway/fake_sink.h"
#include "tests/support/cmocka_all.h"

static const start_offer_t s_offer = {.default_model = "offline", .allow_noop = true};

/* Reads `text` in slices of `step` bytes; what the sink saw goes to `seen`. */
static status_t
s_read(slice_t text, size_t step, buffer_t *seen, size_t *faults, fault_t *fault)
{
    start_fields_t *fields = start_fields_new(&s_offer);
    fake_sink_t sink = {0};
    start_ndjson_t *reader = start_ndjson_new(fields, fake_sink(&sink), 3);
    status_t status = STATUS_OK;
    for (size_t at = 0; at < text.size && status == STATUS_OK; at += step) {
        size_t size = text.size - at < step ? text.size - at : step;
        status = start_ndjson_feed(reader, (slice_t){text.data + at, size}, fault);
    }
    if (status == STATUS_OK)
        status = start_ndjson_finish(reader, fault);
    *faults = fields->errors.count;
    *seen = sink.seen;
    start_ndjson_destroy(&reader);
    start_fields_destroy(&fields);
    return status;
}

static void
lines_are_read_wherever_the_slices_end(void **state)
{
    (void) state;
    static const char *const bodies[] = {
        "{\"column_mapping\":{\"u\":\"file_path\"}}\n{\"u\":\"a\"}\n{\"u\":\"b\",\"n\":1}\n",
        "{\"column_mapping\":{\"u\":\"file_path\"}}\r\n{\"u\":\"a\"}\r\n\r\n{\"u\":\"b\",\"n\":1}"};
    for (size_t i = 0; i < 2; i++) {
        slice_t body = slice_from(bodies[i]);
        for (size_t step = 1; step <= body.size; step++) {
            buffer_t seen;
            size_t faults = 0;
            assert_int_equal(s_read(body, step, &seen, &faults, NULL), STATUS_OK);
            assert_string_equal(seen.data, "0|a|a|\n1|b|b|{\"n\":1}\n");
            buffer_free(&seen);
        }
    }
}

static void
what_is_not_sound_is_refused(void **state)
{
    (void) state;
    static const struct {
        const char *body, *detail;
        size_t faults;
    } rows[] = {{"", "first line", 0},
                {"{}\n", "no documents", 0},
                {"{\"file_path\":\"x\"}\n", "see errors", 1},
                {"{\"config\":{\"num_tags\":99}}\n{\"file_path\":\"x\"}", "see errors", 1},
                {"{}\n{\"file_path\":\"x\"}\n{\"file_path\"", "line 3", 0},
                {"{}\n{\"file_path\":\"x\"} {}\n", "line 2", 0},
                {"{}\n{\"file_path\":\"x\",\"file_path\":\"y\"}\n", "line 2", 0},
                {"{}\n[]\n", "see errors", 1},
                {"{}\n{}\n{\"file_path\":\"x\"}\n{}\n", "see errors", 2},
                {"[]\n{\"file_path\":\"x\"}", "object", 0},
                {"{}\n{\"file_path\":\"1\"}\n{\"file_path\":\"2\"}\n{\"file_path\":\"3\"}\n"
                 "{\"file_path\":\"4\"}\n",
                 "more than 3", 0}};
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        buffer_t seen;
        size_t faults = 0;
        fault_t fault = {0};
        assert_int_equal(s_read(slice_from(rows[i].body), 5, &seen, &faults, &fault),
                         STATUS_BAD_REQUEST);
        if (strstr(fault.detail, rows[i].detail) == NULL || faults != rows[i].faults)
            fail_msg("%s: %s (%zu faults)", rows[i].body, fault.detail, faults);
        buffer_free(&seen);
    }
}

static void
a_line_without_an_end_is_not_kept(void **state)
{
    (void) state;
    buffer_t body = {0}, seen;
    size_t faults = 0;
    fault_t fault = {0};
    buffer_append_text(&body, "{}\n{\"file_path\":\"");
    memset(buffer_reserve(&body, 2000000), 'x', 2000000);
    body.size += 2000000;
    assert_int_equal(s_read(buffer_slice(&body), 4096, &seen, &faults, &fault), STATUS_BAD_REQUEST);
    assert_non_null(strstr(fault.detail, "line 2 is longer"));
    buffer_free(&body);
    buffer_free(&seen);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(lines_are_read_wherever_the_slices_end),
        cmocka_unit_test(what_is_not_sound_is_refused),
        cmocka_unit_test(a_line_without_an_end_is_not_kept),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
