#include "documents/child/table.h"

#include <stdio.h>

#include "base/clock.h"
#include "base/text.h"
#include "documents/child/format.h"
#include "tests/support/cmocka_all.h"

static reading_t s_reading;

static int
teardown(void **state)
{
    (void) state;
    reading_free(&s_reading);
    return 0;
}

static void
s_read(slice_t bytes)
{
    reading_free(&s_reading);
    extract_request_t request = {3, EXTRACT_TEXT_MAX_BYTES, bytes};
    reading_make(&request, &s_reading);
    assert_true(text_is_utf8(buffer_slice(&s_reading.text)));
}

static void
s_assert_table(slice_t bytes, const char *text)
{
    s_read(bytes);
    if (s_reading.method != EXTRACT_METHOD_CSV || !slice_is(buffer_slice(&s_reading.text), text))
        fail_msg("%s: %.*s", extract_method_word(s_reading.method),
                 SLICE_ARG(buffer_slice(&s_reading.text)));
}

static void
cells_are_read_and_figures_are_left_out(void **state)
{
    (void) state;
    s_assert_table(SLICE("title,amount,date,remark\r\n"
                         "\"Fox, red\",1200.50,2024-01-02,a \"\"good\"\" one\r\n"
                         "Dog,,2024-01-02T10:11:12Z,\"two\nlines\"\r\n"
                         "Owl,-3,12:00,R2D2\r\n"),
                   "title; amount; date; remark\n\nFox, red; a \"\"good\"\" one\n\n"
                   "Dog; two\nlines\n\nOwl; R2D2\n\n");
}

static void
semicolons_and_tabs_separate_too(void **state)
{
    (void) state;
    s_assert_table(
        SLICE("Name;Ort\nMüller, Anna;Zürich an der Limmat\nMeier, Jo;Bern an der Aare\n"),
        "Name; Ort\n\nMüller, Anna; Zürich an der Limmat\n\nMeier, Jo; Bern an der Aare\n\n");
    s_assert_table(
        SLICE("Name\tPlace\nSmith, Ann\tZurich on the lake\nJones, Jo\tBern in the hills\n"),
        "Name; Place\n\nSmith, Ann; Zurich on the lake\n\nJones, Jo; Bern in the hills\n\n");
}

static void
a_few_rows_of_another_length_do_no_harm(void **state)
{
    (void) state;
    buffer_t table = {0};
    buffer_append_text(&table, "name,place,remark\n");
    for (int i = 0; i < 40; i++)
        buffer_append_text(&table, i == 20 ? "Owl\n" : "Fox,garden,here\n");
    const char *name;
    assert_int_equal(format_detect(buffer_slice(&table), &name), FORMAT_CSV);
    buffer_free(&table);
}

static void
a_table_in_another_encoding_is_read(void **state)
{
    (void) state;
    s_assert_table(
        SLICE("Name;Ort\nM\xfcller;Z\xfcrich an der Limmat\nMeier;K\xf6ln am sch\xf6nen Rhein\n"),
        "Name; Ort\n\nMüller; Zürich an der Limmat\n\nMeier; Köln am schönen Rhein\n\n");
    const char *name;
    assert_int_equal(format_detect(SLICE("\xff\xfe"
                                         "N\0;\0O\0\n\0\x14\x04;\0p\0\n\0q\0;\0\x17\x04\n\0"),
                                   &name),
                     FORMAT_CSV);
}

static void
prose_is_not_taken_for_a_table(void **state)
{
    (void) state;
    static const char *const texts[] = {
        "Dear all, this is a letter of a few lines that has\ncommas, one on each of its lines, "
        "say,\n"
        "as many, or nearly so, as letters, when they are long, do have.\n",
        "First, a line of a poem\nThen, another one like it\nAnd, at last, no more of the like\n",
        "One, and more of the first\nTwo, and more of the other\nSix, and more of them all\n",
        "name,place\nonly,two rows of cells, or so it seems to be\n",
        "A list:\n\titem of the list\n\titem of the list\n\titem of the list\n\titem of it\n"};
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
        const char *name;
        if (format_detect(slice_from(texts[i]), &name) != FORMAT_TEXT)
            fail_msg("%s: %s", name, texts[i]);
    }
}

static void
a_broken_table_harms_nobody(void **state)
{
    (void) state;
    static const char table[] = "a;\"b;\"\"c\"\n\"d\";e\nf;g\n\"h;i\n;\n";
    char bytes[sizeof table];
    for (size_t size = 0; size < sizeof table; size++)
        s_read((slice_t){table, size});
    for (size_t i = 0; i < (sizeof table - 1) * 8; i++) {
        memcpy(bytes, table, sizeof table);
        bytes[i / 8] ^= (char) (1 << i % 8);
        s_read((slice_t){bytes, sizeof table - 1});
    }
    assert_int_not_equal(s_reading.method, EXTRACT_METHOD_CSV);
}

static void
a_large_table_is_read_in_time(void **state)
{
    (void) state;
    buffer_t table = {0};
    while (table.size < 10000000)
        buffer_append_text(&table, "some words,\"and some, more\",12,2024-05-06\n");
    int64_t start_ms = clock_monotonic_ms();
    s_read(buffer_slice(&table));
    buffer_free(&table);
    assert_int_equal(s_reading.method, EXTRACT_METHOD_CSV);
    assert_true(s_reading.text.size > 5000000);
    assert_true(clock_monotonic_ms() - start_ms < 20000);
}

int
main(void)
{
#define TEST(name) cmocka_unit_test_teardown(name, teardown)
    const struct CMUnitTest tests[] = {
        TEST(cells_are_read_and_figures_are_left_out), TEST(semicolons_and_tabs_separate_too),
        TEST(a_few_rows_of_another_length_do_no_harm), TEST(a_table_in_another_encoding_is_read),
        TEST(prose_is_not_taken_for_a_table),          TEST(a_broken_table_harms_nobody),
        TEST(a_large_table_is_read_in_time),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
