#include "gateway/result_text.h"

#include "base/vocabulary.h"
#include "tests/support/cmocka_all.h"

static void
a_cell_that_would_run_is_disarmed_and_quoted_as_needed(void **state)
{
    (void) state;
    static const struct {
        const char *title, *cell;
    } rows[] = {{"plain", "plain"},
                {"=1+1", "'=1+1"},
                {"+1", "'+1"},
                {"-1", "'-1"},
                {"@x", "'@x"},
                {"\tx", "'\tx"},
                {"\rx", "\"'\rx\""},
                {"a=1", "a=1"},
                {"=HYPERLINK(\"x\",\"y\")", "\"'=HYPERLINK(\"\"x\"\",\"\"y\"\")\""},
                {"two\nlines", "\"two\nlines\""},
                {"\"", "\"\"\"\""},
                {"", ""}};
    result_columns_t columns = {0};
    result_columns_take(&columns, SLICE("[\"title\"]"), SLICE("{}"));
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        buffer_t out = {0}, wanted = {0};
        record_result_t result = {.title = slice_from(rows[i].title)};
        result_csv_row(&columns, &result, &out);
        buffer_printf(&wanted, "%s,,success,\r\n", rows[i].cell);
        assert_string_equal(out.data, wanted.data);
        buffer_free(&out);
        buffer_free(&wanted);
    }
    result_columns_free(&columns);
}

static void
columns_are_filled_as_the_start_took_them(void **state)
{
    (void) state;
    buffer_t out = {0};
    result_columns_t columns = {0};
    record_result_t result = {.path = SLICE("p"),
                              .title = SLICE("t"),
                              .source = SOURCE_S3,
                              .error_type = ERROR_TIMEOUT,
                              .error = SLICE("slow"),
                              .columns = SLICE("{\"title\":\"theirs\",\"a,b\":true,\"n\":null,"
                                               "\"o\":{\"x\":1},\"generated_tags\":\"old\"}")};
    result_columns_take(&columns,
                        SLICE("[\"headline\",\"title\",\"file_path\",\"file_source_type\",\"a,b\","
                              "\"n\",\"o\",\"missing\",\"generated_tags\"]"),
                        SLICE("{\"headline\":\"title\"}"));
    result_csv_header(&columns, &out);
    result_csv_row(&columns, &result, &out);
    assert_string_equal(out.data,
                        "headline,title,file_path,file_source_type,\"a,b\",n,o,missing,"
                        "input_generated_tags,generated_tags,tagging_status,tagging_error\r\n"
                        "t,theirs,p,s3,true,,\"{\"\"x\"\":1}\",,old,,failed,slow\r\n");
    result_columns_free(&columns);
    buffer_free(&out);
}

static void
columns_that_are_malformed_are_left_out(void **state)
{
    (void) state;
    static const char *const bad[] = {"", "{}", "[1,2]", "[\"a", "null"};
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        result_columns_t columns = {0};
        result_columns_take(&columns, slice_from(bad[i]), slice_from(bad[i]));
        assert_int_equal(columns.count, 0);
        result_columns_free(&columns);
    }
}

static void
a_column_never_hides_a_member_of_ours(void **state)
{
    (void) state;
    buffer_t out = {0};
    record_result_t result = {
        .row = UINT32_MAX,
        .path = SLICE("p"),
        .title = SLICE("t"),
        .description = SLICE("d"),
        .columns = SLICE("{\"tags\":[1],\"ta\\u0067s2\":2,\"t\\u0061gs\":3,\"own\":\"x\"}")};
    result_json(&result, &out);
    assert_string_equal(
        out.data, "{\"row_id\":4294967295,\"row_number\":4294967296,\"title\":\"t\",\"file_path\":"
                  "\"p\",\"status\":\"success\",\"success\":true,\"tags\":[],\"error\":null,"
                  "\"error_type\":null,\"attempts\":0,\"model_name\":null,\"metadata\":{},"
                  "\"file_source_type\":\"url\",\"description\":\"d\",\"input_tags\":[1],"
                  "\"ta\\u0067s2\":2,\"input_t\\u0061gs\":3,\"own\":\"x\"}");
    buffer_free(&out);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_cell_that_would_run_is_disarmed_and_quoted_as_needed),
        cmocka_unit_test(columns_are_filled_as_the_start_took_them),
        cmocka_unit_test(columns_that_are_malformed_are_left_out),
        cmocka_unit_test(a_column_never_hides_a_member_of_ours),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
