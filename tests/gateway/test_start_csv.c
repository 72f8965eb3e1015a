#include "gateway/start_csv.h"

#include "gateway/start_head.h"
#include "tests/gateway/fake_sink.h"
#include "tests/support/cmocka_all.h"

static const start_offer_t s_offer = {.default_model = "offline", .allow_noop = true};

/* Reads `text` in slices of `step` bytes; what the sink saw goes to `seen`. */
static status_t
s_read(slice_t text, size_t step, buffer_t *seen, size_t *faults, fault_t *fault)
{
    start_fields_t *fields = start_fields_new(&s_offer);
    fake_sink_t sink = {0};
    start_csv_t *reader = start_csv_new(fields, fake_sink(&sink), 3);
    status_t status = start_head_query(fields, SLICE("map=u:file_path"), fault);
    for (size_t at = 0; at < text.size && status == STATUS_OK; at += step) {
        size_t size = text.size - at < step ? text.size - at : step;
        status = start_csv_feed(reader, (slice_t){text.data + at, size}, fault);
    }
    if (status == STATUS_OK)
        status = start_csv_finish(reader, fault);
    *faults = fields->errors.count;
    *seen = sink.seen;
    start_csv_destroy(&reader);
    start_fields_destroy(&fields);
    return status;
}

static void
rows_are_read_wherever_the_slices_end(void **state)
{
    (void) state;
    static const struct {
        const char *body, *seen;
    } rows[] = {
        {"u\na\n", "0|a|a|\n"},
        {"u\r\na", "0|a|a|\n"},
        {"\xef\xbb\xbfu,n\r\na,1\r\n", "0|a|a|{\"n\":\"1\"}\n"},
        {"\"u\",\"n\"\n\"a\",\"x \"\"y\"\", z\"\n", "0|a|a|{\"n\":\"x \\\"y\\\", z\"}\n"},
        {"u,n\na,\"two\nlines\"\n", "0|a|a|{\"n\":\"two\\nlines\"}\n"},
        {"u,n\na,\" kept \"\n b , c\n", "0|a|a|{\"n\":\" kept \"}\n1|b|b|{\"n\":\" c\"}\n"},
        {"u,n\na\n", "0|a|a|\n"},
        {"u,n\n\n\na,\n", "0|a|a|{\"n\":\"\"}\n"},
        {"u,n\na,=1+1\n", "0|a|a|{\"n\":\"=1+1\"}\n"},
        {" u , n \na,\xc3\xa9\n", "0|a|a|{\"n\":\"\xc3\xa9\"}\n"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        slice_t body = slice_from(rows[i].body);
        for (size_t step = 1; step <= body.size; step++) {
            buffer_t seen;
            size_t faults = 0;
            fault_t fault = {0};
            if (s_read(body, step, &seen, &faults, &fault) != STATUS_OK)
                fail_msg("%s in steps of %zu: %s", rows[i].body, step, fault.detail);
            assert_string_equal(seen.data, rows[i].seen);
            buffer_free(&seen);
        }
    }
}

static void
what_is_not_sound_is_refused(void **state)
{
    (void) state;
    static const struct {
        slice_t body;
        const char *detail;
        size_t faults;
    } rows[] = {{{"", 0}, "no documents", 0},
                {{"u\n", 2}, "no documents", 0},
                {{"\xef\xbb\xbf", 3}, "no documents", 0},
                {{"title\nx\n", 8}, "see errors", 1},
                {{"u,,x\na,b,c\n", 11}, "see errors", 1},
                {{"u,n,n\na,b,c\n", 12}, "see errors", 1},
                {{"u\na,b\n", 6}, "see errors", 1},
                {{"u\n\"\"\n", 5}, "see errors", 1},
                {{"u\n\"a\n", 5}, "quote", 0},
                {{"u\na\"b\n", 6}, "quote", 0},
                {{"u\n\"a\"b\n", 7}, "quote", 0},
                {{"u\n\xff\n", 4}, "row 2", 0},
                {{"u\na\nb\0c\n", 8}, "row 3", 0},
                {{"u\n1\n2\n3\n4\n", 10}, "more than 3", 0}};
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        buffer_t seen;
        size_t faults = 0;
        fault_t fault = {0};
        status_t status = s_read(rows[i].body, 3, &seen, &faults, &fault);
        if (status != STATUS_BAD_REQUEST || strstr(fault.detail, rows[i].detail) == NULL ||
            faults != rows[i].faults)
            fail_msg("row %zu: %s (%zu faults)", i, fault.detail, faults);
        buffer_free(&seen);
    }
}

static void
a_cell_or_a_row_without_an_end_is_not_kept(void **state)
{
    (void) state;
    for (int wide = 0; wide < 2; wide++) {
        buffer_t body = {0}, seen;
        size_t faults = 0;
        buffer_append_text(&body, "u\n\"");
        for (int i = 0; i < 3000; i++) {
            memset(buffer_reserve(&body, 1000), 'x', 1000);
            body.size += 1000;
            buffer_append_text(&body, wide ? "\",\"" : "");
        }
        assert_int_equal(s_read(buffer_slice(&body), 4096, &seen, &faults, NULL),
                         STATUS_BAD_REQUEST);
        buffer_free(&body);
        buffer_free(&seen);
    }
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(rows_are_read_wherever_the_slices_end),
        cmocka_unit_test(what_is_not_sound_is_refused),
        cmocka_unit_test(a_cell_or_a_row_without_an_end_is_not_kept),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
