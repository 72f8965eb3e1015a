/* The table of results, as a person reads it. */
#include "tools/client_table.h"

#include <stdlib.h>

#include "tests/support/cmocka_all.h"

static const char RESULT[] =
    "{\"title\":\"a.txt\",\"status\":\"success\",\"tags\":[\"solar panels\","
    "\"cold regions\",\"electricity\"]}\n";

/* Returns owned: the rows that `lines` come to. */
static char *
s_rows(const char *lines, int columns)
{
    char *text = NULL;
    size_t size = 0;
    FILE *out = open_memstream(&text, &size);
    table_t table = {.columns = columns};
    table_feed(&table, out, slice_from(lines));
    table_end(&table, out);
    fclose(out);
    return text;
}

static void
s_assert_rows(const char *lines, int columns, const char *wanted)
{
    char *rows = s_rows(lines, columns);
    assert_string_equal(rows, wanted);
    free(rows);
}

static void
tags_stand_in_one_line_where_lines_have_no_end(void **state)
{
    (void) state;
    s_assert_rows(RESULT, 0,
                  "a.txt                               success             solar panels, cold "
                  "regions, electricity\n");
}

static void
a_tag_that_does_not_fit_goes_on_below_the_first(void **state)
{
    (void) state;
    s_assert_rows(RESULT, 82,
                  "a.txt                               success             solar panels,\n"
                  "                                                        cold regions, "
                  "electricity\n");
    s_assert_rows(RESULT, 83,
                  "a.txt                               success             solar panels, cold "
                  "regions,\n"
                  "                                                        electricity\n");
}

static void
a_terminal_narrower_than_a_tag_gets_a_tag_a_line(void **state)
{
    (void) state;
    char *rows = s_rows(RESULT, 20);
    size_t lines = 0;
    for (const char *p = rows; *p; p++)
        lines += *p == '\n';
    assert_int_equal(lines, 3);
    free(rows);
}

static void
a_failed_document_shows_its_error_type_and_why(void **state)
{
    (void) state;
    s_assert_rows("{\"title\":\"a.pdf\",\"status\":\"failed\",\"error_type\":\"encrypted\","
                  "\"error\":\"the PDF needs a password\",\"tags\":[]}\n",
                  80,
                  "a.pdf                               encrypted           the PDF needs a "
                  "password\n");
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(tags_stand_in_one_line_where_lines_have_no_end),
        cmocka_unit_test(a_tag_that_does_not_fit_goes_on_below_the_first),
        cmocka_unit_test(a_terminal_narrower_than_a_tag_gets_a_tag_a_line),
        cmocka_unit_test(a_failed_document_shows_its_error_type_and_why),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
