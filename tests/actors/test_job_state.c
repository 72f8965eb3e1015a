#include <stdio.h>

#include "actors/job_state.h"
#include "tests/support/cmocka_all.h"

enum { REFUSED = JOB_STATE_COUNT };

/* Where each event takes each state, written out. */
static const int s_expected[JOB_STATE_COUNT][JOB_EVENT_COUNT] = {
    /*                  begin           pause       resume          cancel         finish
                        fail            retry */
    [JOB_PENDING] = {JOB_PROCESSING, JOB_PAUSED, REFUSED, JOB_CANCELLED, REFUSED, REFUSED, REFUSED},
    [JOB_PROCESSING] = {REFUSED, JOB_PAUSED, REFUSED, JOB_CANCELLED, JOB_COMPLETED, JOB_FAILED,
                        REFUSED},
    [JOB_PAUSED] = {REFUSED, REFUSED, JOB_PROCESSING, JOB_CANCELLED, REFUSED, JOB_FAILED, REFUSED},
    [JOB_COMPLETED] = {REFUSED, REFUSED, REFUSED, REFUSED, REFUSED, REFUSED, JOB_PROCESSING},
    [JOB_FAILED] = {REFUSED, REFUSED, REFUSED, REFUSED, REFUSED, REFUSED, JOB_PROCESSING},
    [JOB_CANCELLED] = {REFUSED, REFUSED, REFUSED, REFUSED, REFUSED, REFUSED, REFUSED},
};

static void
every_state_with_every_event_goes_where_the_table_says(void **state)
{
    (void) state;
    for (int from = 0; from < JOB_STATE_COUNT; from++) {
        for (int event = 0; event < JOB_EVENT_COUNT; event++) {
            job_state_t next = (job_state_t) REFUSED;
            bool moved = job_state_next((job_state_t) from, (job_event_t) event, &next);
            assert_int_equal(next, s_expected[from][event]);
            assert_int_equal(moved, s_expected[from][event] != REFUSED);
        }
    }
}

static void
the_diagram_names_every_state_and_marks_the_final_ones(void **state)
{
    (void) state;
    buffer_t out = {0};
    job_state_describe(&out);
    for (int each = 0; each < JOB_STATE_COUNT; each++) {
        char end[64];
        snprintf(end, sizeof end, "    %s --> [*]\n", job_state_word((job_state_t) each));
        assert_non_null(strstr(out.data, job_state_word((job_state_t) each)));
        assert_int_equal(strstr(out.data, end) != NULL, job_state_is_final((job_state_t) each));
    }
    assert_non_null(strstr(out.data, "    pending --> processing: begin\n"));
    buffer_free(&out);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_state_with_every_event_goes_where_the_table_says),
        cmocka_unit_test(the_diagram_names_every_state_and_marks_the_final_ones),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
