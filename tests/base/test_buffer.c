#include "base/buffer.h"
#include "base/clock.h"
#include "tests/support/cmocka_all.h"

static void
a_buffer_keeps_what_is_appended_and_ends_in_nul(void **state)
{
    (void) state;
    buffer_t buffer = {0};
    for (int i = 0; i < 1000; i++)
        buffer_printf(&buffer, "%d,", i);
    assert_int_equal(buffer.size, 10 * 2 + 90 * 3 + 900 * 4);
    assert_int_equal(buffer.data[buffer.size], '\0');
    assert_memory_equal(buffer.data + buffer.size - 4, "999,", 4);
    buffer_clear(&buffer);
    assert_int_equal(buffer.size, 0);
    assert_string_equal(buffer.data, "");
    buffer_free(&buffer);
}

static void
a_long_formatted_text_is_not_cut(void **state)
{
    (void) state;
    char text[5000];
    memset(text, 'x', sizeof text - 1);
    text[sizeof text - 1] = '\0';
    buffer_t buffer = {0};
    buffer_printf(&buffer, "<%s>", text);
    assert_int_equal(buffer.size, sizeof text + 1);
    assert_int_equal(buffer.data[buffer.size - 1], '>');
    buffer_free(&buffer);
}

static void
slices_compare_and_trim(void **state)
{
    (void) state;
    assert_true(slice_is(slice_trim(SLICE(" \t tag mill\r\n")), "tag mill"));
    assert_true(slice_is(slice_trim(SLICE("   ")), ""));
    assert_true(slice_compare(SLICE("a"), SLICE("ab")) < 0);
    assert_true(slice_compare(SLICE("b"), SLICE("ab")) > 0);
    assert_int_equal(slice_compare((slice_t){0}, SLICE("")), 0);
    assert_false(slice_is((slice_t){0}, "x"));
}

static void
a_time_is_written_in_utc_with_milliseconds(void **state)
{
    (void) state;
    char text[CLOCK_TEXT_SIZE];
    assert_string_equal(clock_format(0, text), "1970-01-01T00:00:00.000Z");
    assert_string_equal(clock_format(1709210096007, text), "2024-02-29T12:34:56.007Z");
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_buffer_keeps_what_is_appended_and_ends_in_nul),
        cmocka_unit_test(a_long_formatted_text_is_not_cut),
        cmocka_unit_test(slices_compare_and_trim),
        cmocka_unit_test(a_time_is_written_in_utc_with_milliseconds),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
