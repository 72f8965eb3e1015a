#include "gateway/start_json.h"

#include <stdio.h>

#include "tests/gateway/fake_sink.h"
#include "tests/support/cmocka_all.h"

static const start_offer_t s_offer = {.default_model = "offline", .allow_noop = true};

typedef struct {
    start_fields_t *fields;
    fake_sink_t sink;
    start_json_t *reader;
} reading_t;

static void
s_open(reading_t *self, uint32_t limit)
{
    *self = (reading_t){.fields = start_fields_new(&s_offer)};
    self->reader = start_json_new(self->fields, fake_sink(&self->sink), limit, "/tmp");
}

static void
s_close(reading_t *self)
{
    start_json_destroy(&self->reader);
    start_fields_destroy(&self->fields);
    buffer_free(&self->sink.seen);
}

/* Feeds `text` in slices of `step` bytes, each in memory of its own, and finishes. */
static status_t
s_feed(reading_t *self, slice_t text, size_t step, fault_t *fault)
{
    status_t status = STATUS_OK;
    for (size_t at = 0; at < text.size && status == STATUS_OK; at += step) {
        size_t size = text.size - at < step ? text.size - at : step;
        char *part = malloc(size);
        memcpy(part, text.data + at, size);
        status = start_json_feed(self->reader, (slice_t){part, size}, fault);
        free(part);
    }
    return status == STATUS_OK ? start_json_finish(self->reader, fault) : status;
}

static void
a_body_is_cut_apart_wherever_its_slices_end(void **state)
{
    (void) state;
    slice_t body =
        SLICE("{\"x\":{\"documents\":[1]},\"documents\" : [ {\"url\":\"u/1\",\"n\":[1,{}]} ,"
              "{\"url\":\"u/2\"}],\"column_mapping\":{\"url\":\"file_path\"},"
              "\"job_id\":\"j\",\"config\":{\"num_tags\":5}}");
    for (size_t step = 1; step <= body.size; step++) {
        reading_t reading;
        fault_t fault = {0};
        s_open(&reading, 10);
        if (s_feed(&reading, body, step, &fault) != STATUS_OK)
            fail_msg("in steps of %zu: %s", step, fault.detail);
        assert_string_equal(reading.sink.seen.data, "0|u/1|1|{\"n\":[1,{}]}\n1|u/2|2|\n");
        assert_int_equal(reading.fields->tag_limit, 5);
        assert_string_equal(reading.fields->job_id.data, "j");
        s_close(&reading);
    }
}

static void
only_the_top_members_count(void **state)
{
    (void) state;
    reading_t reading;
    s_open(&reading, 10);
    assert_int_equal(s_feed(&reading,
                            SLICE("{\"a\":{\"documents\":[{\"file_path\":\"x\"}]},\"config\":"
                                  "{\"exclusion_words\":[\"documents\"]},\"documents\":"
                                  "[{\"file_path\":\"y\",\"documents\":[{\"file_path\":\"z\"}],"
                                  "\"config\":1}]}"),
                            7, NULL),
                     STATUS_OK);
    assert_string_equal(reading.sink.seen.data,
                        "0|y|y|{\"documents\":[{\"file_path\":\"z\"}],\"config\":1}\n");
    s_close(&reading);
}

static void
too_many_documents_are_refused_before_they_are_all_here(void **state)
{
    (void) state;
    reading_t reading;
    fault_t fault = {0};
    s_open(&reading, 2);
    assert_int_equal(start_json_feed(reading.reader, SLICE("{\"documents\":[{},{},"), &fault),
                     STATUS_OK);
    assert_int_equal(start_json_feed(reading.reader, SLICE("{"), &fault), STATUS_BAD_REQUEST);
    assert_non_null(strstr(fault.detail, "more than 2"));
    s_close(&reading);
}

static void
nothing_behind_a_faulty_document_is_handed_on(void **state)
{
    (void) state;
    reading_t reading;
    s_open(&reading, 10);
    assert_int_equal(s_feed(&reading,
                            SLICE("{\"documents\":[{\"file_path\":\"a\"},{},{\"file_path\":\"b\"},"
                                  "{}]}"),
                            100, NULL),
                     STATUS_BAD_REQUEST);
    assert_int_equal(reading.sink.count, 1);
    assert_int_equal(reading.fields->errors.count, 2);
    s_close(&reading);
}

static void
what_the_sink_refuses_ends_the_start(void **state)
{
    (void) state;
    reading_t reading;
    s_open(&reading, 10);
    reading.sink.refuse_at = 2;
    assert_int_equal(s_feed(&reading,
                            SLICE("{\"documents\":[{\"file_path\":\"a\"},{\"file_path\":\"b\"},"
                                  "{\"file_path\":\"c\"}]}"),
                            100, NULL),
                     STATUS_UNAVAILABLE);
    assert_int_equal(reading.sink.count, 2);
    s_close(&reading);
}

static void
a_head_or_a_document_that_is_too_large_is_refused(void **state)
{
    (void) state;
    static const char *const begins[] = {"{\"config\":{\"api_key\":\"",
                                         "{\"documents\":[{\"file_path\":\""};
    for (size_t i = 0; i < 2; i++) {
        reading_t reading;
        buffer_t body = {0};
        s_open(&reading, 10);
        buffer_append_text(&body, begins[i]);
        memset(buffer_reserve(&body, 1100000), 'x', 1100000);
        body.size += 1100000;
        buffer_append_text(&body, i ? "\"}]}" : "\"}}");
        assert_int_equal(s_feed(&reading, buffer_slice(&body), 65536, NULL), STATUS_BAD_REQUEST);
        buffer_free(&body);
        s_close(&reading);
    }
}

static void
a_hundred_thousand_documents_go_through_a_file(void **state)
{
    (void) state;
    enum { COUNT = 100000 };
    reading_t reading;
    buffer_t part = {0};
    s_open(&reading, COUNT);
    assert_int_equal(start_json_feed(reading.reader, SLICE("{\"documents\":["), NULL), STATUS_OK);
    for (int i = 0; i < COUNT; i++) {
        buffer_clear(&part);
        buffer_printf(&part, "%s{\"file_path\":\"https://e.org/%d\",\"note\":\"%080d\"}",
                      i ? "," : "", i, i);
        assert_int_equal(start_json_feed(reading.reader, buffer_slice(&part), NULL), STATUS_OK);
    }
    assert_int_equal(start_json_feed(reading.reader, SLICE("]}"), NULL), STATUS_OK);
    assert_int_equal(start_json_finish(reading.reader, NULL), STATUS_OK);
    assert_int_equal(reading.sink.count, COUNT);
    char last[128];
    snprintf(last, sizeof last, "99999|https://e.org/99999|99999|{\"note\":\"%080d\"}\n", 99999);
    assert_string_equal(reading.sink.seen.data + reading.sink.seen.size - strlen(last), last);
    buffer_free(&part);
    s_close(&reading);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_body_is_cut_apart_wherever_its_slices_end),
        cmocka_unit_test(only_the_top_members_count),
        cmocka_unit_test(too_many_documents_are_refused_before_they_are_all_here),
        cmocka_unit_test(nothing_behind_a_faulty_document_is_handed_on),
        cmocka_unit_test(what_the_sink_refuses_ends_the_start),
        cmocka_unit_test(a_head_or_a_document_that_is_too_large_is_refused),
        cmocka_unit_test(a_hundred_thousand_documents_go_through_a_file),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
