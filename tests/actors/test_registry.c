#include <stdio.h>

#include "actors/registry.h"
#include "tests/support/cmocka_all.h"

static registry_t *s_registry;
static heap_t s_timers;

static int
s_setup(void **state)
{
    (void) state;
    s_registry = registry_new();
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

static job_t *
s_add(const char *owner, const char *job_id, uint64_t job_no)
{
    record_stored_job_t stored = {
        .job_no = job_no, .owner = slice_from(owner), .job_id = slice_from(job_id), .total = 1};
    job_t *job = job_new(&stored, registry_user(s_registry, stored.owner), NULL);
    registry_add(s_registry, job);
    return job;
}

static void
a_job_is_found_by_number_and_by_owner_and_id(void **state)
{
    (void) state;
    job_t *ann = s_add("ann", "x", 1), *bob = s_add("bob", "x", 2);
    assert_ptr_equal(registry_find(s_registry, 1), ann);
    assert_ptr_equal(registry_find_id(s_registry, SLICE("ann"), SLICE("x")), ann);
    assert_ptr_equal(registry_find_id(s_registry, SLICE("bob"), SLICE("x")), bob);
    assert_null(registry_find(s_registry, 3));
    assert_null(registry_find_id(s_registry, SLICE("eve"), SLICE("x")));
    assert_null(registry_find_id(s_registry, SLICE("ann"), SLICE("y")));
}

static void
a_name_with_a_nul_or_of_any_length_finds_nobody(void **state)
{
    (void) state;
    s_add("ann", "x", 1);
    char longest[1000];
    memset(longest, 'a', sizeof longest);
    assert_null(registry_find_id(s_registry, SLICE("ann\0"), SLICE("x")));
    assert_null(registry_find_id(s_registry, SLICE("ann"), SLICE("x\0y")));
    assert_null(registry_find_id(s_registry, (slice_t){longest, sizeof longest}, SLICE("x")));
    assert_null(registry_find_id(s_registry, (slice_t){0}, (slice_t){0}));
}

static void
a_users_jobs_stand_by_age_however_they_came(void **state)
{
    (void) state;
    static const uint64_t numbers[] = {5, 1, 9, 3, 7, 2};
    for (size_t i = 0; i < 6; i++) {
        char job_id[8];
        snprintf(job_id, sizeof job_id, "%lu", numbers[i]);
        s_add("ann", job_id, numbers[i]);
    }
    size_t count = 0;
    job_t *const *jobs = registry_jobs_of(s_registry, SLICE("ann"), &count);
    assert_int_equal(count, 6);
    for (size_t i = 1; i < count; i++)
        assert_true(jobs[i - 1]->job_no < jobs[i]->job_no);
    assert_null(registry_jobs_of(s_registry, SLICE("bob"), &count));
    assert_int_equal(count, 0);
}

static void
a_user_goes_with_the_last_job(void **state)
{
    (void) state;
    job_t *first = s_add("ann", "x", 1), *second = s_add("ann", "y", 2);
    size_t count = 0;
    registry_remove(s_registry, first, &s_timers);
    assert_non_null(registry_jobs_of(s_registry, SLICE("ann"), &count));
    assert_null(registry_find_id(s_registry, SLICE("ann"), SLICE("x")));
    registry_remove(s_registry, second, &s_timers);
    assert_null(registry_jobs_of(s_registry, SLICE("ann"), &count));
    assert_int_equal(registry_size(s_registry), 0);
}

static void
a_registry_is_destroyed_with_jobs_that_are_runnable(void **state)
{
    (void) state;
    scheduler_t scheduler = {0};
    scheduler_offer(&scheduler, s_add("ann", "x", 1));
    scheduler_offer(&scheduler, s_add("ann", "y", 2));
} /* the address checker is the witness */

static void
stepping_meets_every_job_once(void **state)
{
    (void) state;
    uint64_t sum = 0;
    for (uint64_t job_no = 1; job_no <= 100; job_no++) {
        char job_id[8];
        snprintf(job_id, sizeof job_id, "%lu", job_no);
        s_add(job_no % 2 ? "ann" : "bob", job_id, job_no);
    }
    for (job_t *job = registry_first(s_registry); job; job = registry_next(s_registry))
        sum += job->job_no;
    assert_int_equal(sum, 5050);
}

int
main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, s_setup, s_teardown)
    const struct CMUnitTest tests[] = {
        TEST(a_job_is_found_by_number_and_by_owner_and_id),
        TEST(a_name_with_a_nul_or_of_any_length_finds_nobody),
        TEST(a_users_jobs_stand_by_age_however_they_came),
        TEST(a_user_goes_with_the_last_job),
        TEST(a_registry_is_destroyed_with_jobs_that_are_runnable),
        TEST(stepping_meets_every_job_once),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
