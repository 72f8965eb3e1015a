#include "base/slice.h"

#include "tests/support/cmocka_all.h"

static void
what_is_dropped_leaves_the_rest(void **state)
{
    (void) state;
    assert_true(slice_is(slice_drop(SLICE("lane"), 1), "ane"));
    assert_true(slice_is(slice_drop(SLICE("lane"), 4), ""));
    assert_int_equal(slice_drop((slice_t){0}, 0).size, 0);
}

static void
the_first_bytes_are_all_where_there_are_no_more(void **state)
{
    (void) state;
    assert_true(slice_is(slice_first(SLICE("lane"), 2), "la"));
    assert_true(slice_is(slice_first(SLICE("lane"), 9), "lane"));
    assert_int_equal(slice_first((slice_t){0}, 9).size, 0);
}

static void
every_slice_begins_with_the_empty_one_and_with_itself(void **state)
{
    (void) state;
    assert_true(slice_begins(SLICE("lane"), SLICE("")));
    assert_true(slice_begins((slice_t){0}, (slice_t){0}));
    assert_true(slice_begins(SLICE("lane"), SLICE("lane")));
    assert_false(slice_begins(SLICE("lane"), SLICE("lanes")));
    assert_false(slice_begins(SLICE("lane"), SLICE("a")));
    assert_false(slice_begins((slice_t){0}, SLICE("a")));
}

static void
a_part_is_found_wherever_it_stands(void **state)
{
    (void) state;
    assert_true(slice_holds(SLICE("lane"), SLICE("an")));
    assert_true(slice_holds(SLICE("lane"), SLICE("ne")));
    assert_true(slice_holds((slice_t){0}, (slice_t){0}));
    assert_false(slice_holds(SLICE("lane"), SLICE("nee")));
    assert_false(slice_holds((slice_t){0}, SLICE("a")));
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_is_dropped_leaves_the_rest),
        cmocka_unit_test(the_first_bytes_are_all_where_there_are_no_more),
        cmocka_unit_test(every_slice_begins_with_the_empty_one_and_with_itself),
        cmocka_unit_test(a_part_is_found_wherever_it_stands),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
