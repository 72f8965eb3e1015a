#include <stdio.h>

#include "actors/job.h"
#include "actors/registry.h"
#include "tests/support/cmocka_all.h"

enum { JOBS = 6 };

static registry_t *s_registry;
static heap_t s_timers;
static scheduler_t s_scheduler;
static uint64_t s_last_job_no;

static int
s_setup(void **state)
{
    (void) state;
    s_registry = registry_new();
    s_scheduler = (scheduler_t){0};
    s_last_job_no = 0;
    return 0;
}

static int
s_teardown(void **state)
{
    (void) state;
    registry_destroy(&s_registry, &s_timers);
    heap_free(&s_timers);
    return 0;
}

/* A runnable job; job numbers grow with age. */
static job_t *
s_job(const char *owner, int32_t priority)
{
    char job_id[16];
    snprintf(job_id, sizeof job_id, "%lu", ++s_last_job_no);
    record_stored_job_t stored = {.job_no = s_last_job_no,
                                  .owner = slice_from(owner),
                                  .job_id = slice_from(job_id),
                                  .total = 10,
                                  .priority = priority};
    job_t *job = job_new(&stored, registry_user(s_registry, stored.owner), NULL);
    registry_add(s_registry, job);
    scheduler_offer(&s_scheduler, job);
    return job;
}

static void
nobody_is_next_when_nothing_is_runnable(void **state)
{
    (void) state;
    assert_null(scheduler_next(&s_scheduler));
    job_t *job = s_job("ann", 0);
    scheduler_withdraw(&s_scheduler, job);
    scheduler_withdraw(&s_scheduler, job); /* a second time changes nothing */
    assert_null(scheduler_next(&s_scheduler));
    assert_int_equal(s_scheduler.runnable_count, 0);
}

static void
slots_go_round_users_one_document_each(void **state)
{
    (void) state;
    for (int i = 0; i < JOBS; i++)
        s_job("ann", 0);
    job_t *bob = s_job("bob", 0), *eve = s_job("eve", 0);
    for (int round = 0; round < 5; round++) {
        assert_string_equal(scheduler_next(&s_scheduler)->user->name, "ann");
        assert_ptr_equal(scheduler_next(&s_scheduler), bob);
        assert_ptr_equal(scheduler_next(&s_scheduler), eve);
    }
}

static void
a_users_jobs_go_by_priority_and_then_by_age(void **state)
{
    (void) state;
    job_t *low = s_job("ann", -1), *old = s_job("ann", 0), *high = s_job("ann", 5);
    job_t *young = s_job("ann", 0);
    job_t *const expected[] = {high, old, young, low};
    for (size_t i = 0; i < 4; i++) {
        assert_ptr_equal(scheduler_next(&s_scheduler), expected[i]);
        assert_ptr_equal(scheduler_next(&s_scheduler), expected[i]); /* until it is withdrawn */
        scheduler_withdraw(&s_scheduler, expected[i]);
    }
}

static void
a_new_user_waits_for_everybody_once(void **state)
{
    (void) state;
    s_job("ann", 0);
    s_job("bob", 0);
    scheduler_next(&s_scheduler); /* ann had hers */
    job_t *eve = s_job("eve", 10);
    assert_string_equal(scheduler_next(&s_scheduler)->user->name, "bob");
    assert_string_equal(scheduler_next(&s_scheduler)->user->name, "ann");
    assert_ptr_equal(scheduler_next(&s_scheduler), eve);
}

static void
whose_turn_it_is_may_leave(void **state)
{
    (void) state;
    job_t *ann = s_job("ann", 0), *bob = s_job("bob", 0);
    scheduler_withdraw(&s_scheduler, ann);
    assert_ptr_equal(scheduler_next(&s_scheduler), bob);
    scheduler_offer(&s_scheduler, ann);
    scheduler_offer(&s_scheduler, ann); /* a second time changes nothing */
    assert_int_equal(s_scheduler.runnable_count, 2);
    assert_ptr_equal(scheduler_next(&s_scheduler), bob);
    assert_ptr_equal(scheduler_next(&s_scheduler), ann);
}

int
main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, s_setup, s_teardown)
    const struct CMUnitTest tests[] = {
        TEST(nobody_is_next_when_nothing_is_runnable),
        TEST(slots_go_round_users_one_document_each),
        TEST(a_users_jobs_go_by_priority_and_then_by_age),
        TEST(a_new_user_waits_for_everybody_once),
        TEST(whose_turn_it_is_may_leave),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
