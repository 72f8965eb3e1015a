#include "tools/tap_track.h"

#include "tests/support/cmocka_all.h"

static int
setup(void **state)
{
    *state = track_new();
    return 0;
}

static int
teardown(void **state)
{
    track_t *self = *state;
    track_destroy(&self);
    track_destroy(&self);
    return 0;
}

static void
steps_tell_first_next_hole_and_repeat(void **state)
{
    track_job_t *job = track_job(*state, SLICE("progress/o/j/"));
    uint64_t last = 0;
    assert_int_equal(track_step(job, 7, &last), TRACK_FIRST);
    assert_int_equal(track_step(job, 8, &last), TRACK_NEXT);
    assert_int_equal(track_step(job, 10, &last), TRACK_HOLE);
    assert_int_equal(last, 8);
    assert_int_equal(track_step(job, 10, &last), TRACK_REPEAT);
    assert_int_equal(track_step(job, 2, &last), TRACK_REPEAT);
    assert_int_equal(last, 10);
    assert_int_equal(track_step(job, 3, &last), TRACK_NEXT);
}

static void
jobs_are_told_apart_by_their_topic(void **state)
{
    uint64_t last = 0;
    track_job_t *one = track_job(*state, SLICE("progress/o/j/"));
    track_step(one, 5, &last);
    track_job_t *other = track_job(*state, SLICE("progress/o/j2/"));
    assert_int_equal(track_step(other, 9, &last), TRACK_FIRST);
    assert_ptr_equal(track_job(*state, SLICE("progress/o/j/")), one);
    assert_ptr_equal(track_job(*state, SLICE("progress/o/j2/")), other);
    assert_int_equal(track_step(one, 6, &last), TRACK_NEXT);
}

static void
reading_on_begins_below_the_lowest_row_that_was_not_seen(void **state)
{
    track_job_t *job = track_job(*state, SLICE("progress/o/j/"));
    assert_int_equal(track_after(job), -1);
    assert_true(track_row(job, 1));
    assert_int_equal(track_after(job), -1);
    assert_true(track_row(job, 0));
    assert_int_equal(track_after(job), 1);
    assert_false(track_row(job, 1));
    assert_true(track_row(job, 5000));
    assert_false(track_row(job, 5000));
    for (int row = 2; row < 5000; row++)
        assert_true(track_row(job, row));
    assert_int_equal(track_after(job), 5000);
}

static void
a_row_that_is_worked_on_anew_counts_as_unseen(void **state)
{
    track_job_t *job = track_job(*state, SLICE("progress/o/j/"));
    track_forget_row(job, 0);
    for (int row = 0; row < 4; row++)
        assert_true(track_row(job, row));
    track_forget_row(job, 1);
    track_forget_row(job, -1);
    track_forget_row(job, 100000);
    assert_int_equal(track_after(job), 0);
    assert_true(track_row(job, 1));
    assert_int_equal(track_after(job), 3);
}

static void
rows_out_of_range_are_never_remembered(void **state)
{
    track_job_t *job = track_job(*state, SLICE("progress/o/j/"));
    assert_true(track_row(job, -1));
    assert_true(track_row(job, -1));
    assert_true(track_row(job, TRACK_ROW_MAX));
    assert_true(track_row(job, TRACK_ROW_MAX));
    assert_int_equal(track_after(job), -1);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int
main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(steps_tell_first_next_hole_and_repeat),
        TEST(jobs_are_told_apart_by_their_topic),
        TEST(reading_on_begins_below_the_lowest_row_that_was_not_seen),
        TEST(a_row_that_is_worked_on_anew_counts_as_unseen),
        TEST(rows_out_of_range_are_never_remembered),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
