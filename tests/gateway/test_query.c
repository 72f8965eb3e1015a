#include "gateway/query.h"

#include "gateway/media.h"
#include "gateway/problem.h"
#include "tests/support/cmocka_all.h"

static void
pairs_come_decoded_and_in_order(void **state)
{
    (void) state;
    slice_t rest = SLICE("a=1&&b=x+y%26z&c&d==&%65=%C3%A9");
    buffer_t name = {0}, value = {0}, seen = {0};
    bool bad = false;
    while (query_next(&rest, &name, &value, &bad))
        buffer_printf(&seen, "%s=%s;", name.data, value.data ? value.data : "");
    assert_false(bad);
    assert_string_equal(seen.data, "a=1;b=x y&z;c=;d==;e=\xc3\xa9;");
    buffer_free(&name);
    buffer_free(&value);
    buffer_free(&seen);
}

static void
a_malformed_query_is_refused(void **state)
{
    (void) state;
    static const char *const bad[] = {"a=%", "a=%4", "a=%zz", "a=%00", "a=%ff", "%c3=1"};
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        buffer_t value = {0};
        bool found = false;
        assert_int_equal(query_find(slice_from(bad[i]), "a", &value, &found, NULL),
                         STATUS_BAD_REQUEST);
        buffer_free(&value);
    }
}

static void
a_number_is_whole_and_within_its_range(void **state)
{
    (void) state;
    static const struct {
        const char *query;
        status_t status;
        int64_t number;
    } rows[] = {{"", STATUS_OK, 7},
                {"m=1", STATUS_OK, 7},
                {"n=1", STATUS_OK, 1},
                {"n=10", STATUS_OK, 10},
                {"n=11", STATUS_BAD_REQUEST, 7},
                {"n=0", STATUS_BAD_REQUEST, 7},
                {"n=", STATUS_BAD_REQUEST, 7},
                {"n=1.0", STATUS_BAD_REQUEST, 7},
                {"n=+1", STATUS_BAD_REQUEST, 7},
                {"n=1&n=1", STATUS_BAD_REQUEST, 7},
                {"n=99999999999999999999", STATUS_BAD_REQUEST, 7}};
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        int64_t number = 7;
        assert_int_equal(query_number(slice_from(rows[i].query), "n", 1, 10, &number, NULL),
                         rows[i].status);
        assert_int_equal(number, rows[i].number);
    }
}

static void
media_types_are_known_by_their_names(void **state)
{
    (void) state;
    static const struct {
        const char *text;
        media_t media;
    } rows[] = {{"application/json", MEDIA_JSON},
                {"Application/JSON; charset=UTF-8", MEDIA_JSON},
                {"application/json;charset=\"utf-8\"", MEDIA_JSON},
                {"application/json; charset=latin1", MEDIA_OTHER},
                {"text/csv; header=present", MEDIA_CSV},
                {"application/x-ndjson", MEDIA_NDJSON},
                {"application/json, text/csv", MEDIA_OTHER},
                {"", MEDIA_OTHER},
                {NULL, MEDIA_OTHER}};
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++)
        assert_int_equal(media_type(rows[i].text), rows[i].media);
    assert_int_equal(media_accepted(NULL), MEDIA_JSON);
    assert_int_equal(media_accepted("*/*"), MEDIA_JSON);
    assert_int_equal(media_accepted("text/html, text/csv;q=0.5"), MEDIA_CSV);
}

static void
a_problem_is_json_and_escapes_what_it_quotes(void **state)
{
    (void) state;
    buffer_t out = {0}, pointer = {0};
    error_list_t errors = {0};
    fault_t fault;
    pointer_append(&pointer, SLICE("documents"));
    pointer_append(&pointer, SLICE("a/b~c"));
    assert_string_equal(pointer.data, "/documents/a~1b~0c");
    error_list_add(&errors, pointer.data, "say %s", "\"no\"");
    fault_set(&fault, STATUS_BAD_REQUEST, "not \"this\"");
    problem_write(&out, &fault, "0123", &errors);
    assert_string_equal(out.data,
                        "{\"type\":\"urn:tagmill:problem:bad-request\",\"title\":\"The request is "
                        "not valid\",\"status\":400,\"detail\":\"not \\\"this\\\"\",\"code\":"
                        "\"bad-request\",\"request_id\":\"0123\",\"errors\":[{\"pointer\":"
                        "\"/documents/a~1b~0c\",\"detail\":\"say \\\"no\\\"\"}]}");
    for (int i = 0; i < 50; i++)
        error_list_add(&errors, "/x", "y");
    assert_int_equal(errors.count, PROBLEM_ERRORS_MAX);
    assert_true(error_list_is_full(&errors));
    error_list_free(&errors);
    buffer_free(&pointer);
    buffer_free(&out);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(pairs_come_decoded_and_in_order),
        cmocka_unit_test(a_malformed_query_is_refused),
        cmocka_unit_test(a_number_is_whole_and_within_its_range),
        cmocka_unit_test(media_types_are_known_by_their_names),
        cmocka_unit_test(a_problem_is_json_and_escapes_what_it_quotes),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
