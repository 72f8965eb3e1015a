#include "actors/pool.h"
#include "tests/support/cmocka_all.h"

static pool_t s_pool;
static heap_t s_timers;
static job_t s_job = {.job_no = 7};
static const route_t s_route = {.size = 1, .bytes = {'w'}};

static int
s_setup(void **state)
{
    (void) state;
    pool_init(&s_pool);
    return 0;
}

static int
s_teardown(void **state)
{
    (void) state;
    pool_check(&s_pool);
    pool_free(&s_pool, &s_timers);
    assert_int_equal(s_timers.size, 0);
    heap_free(&s_timers);
    return 0;
}

static lease_t *
s_lease(worker_t *worker, uint32_t row)
{
    lease_t *lease = pool_lease(&s_pool, &s_timers, worker, &s_job,
                                doc_new(&(record_document_t){.row = row}), 0, 1000);
    pool_check(&s_pool);
    return lease;
}

static void
a_lease_takes_a_credit_and_its_end_gives_it_back(void **state)
{
    (void) state;
    worker_t *worker = pool_add(&s_pool, SLICE("w"), 2, &s_route);
    assert_int_equal(s_pool.credit_count, 2);
    lease_t *lease = s_lease(worker, 0);
    assert_int_equal(s_pool.credit_count, 1);
    doc_free(pool_end(&s_pool, &s_timers, lease));
    assert_int_equal(s_pool.credit_count, 2);
}

static void
a_revoked_lease_keeps_its_credit_until_it_ends(void **state)
{
    (void) state;
    worker_t *worker = pool_add(&s_pool, SLICE("w"), 1, &s_route);
    lease_t *lease = s_lease(worker, 0);
    doc_free(pool_revoke(&s_timers, lease));
    pool_check(&s_pool);
    assert_int_equal(s_pool.credit_count, 0);
    assert_null(pool_pick(&s_pool));
    assert_null(pool_end(&s_pool, &s_timers, lease));
    assert_int_equal(s_pool.credit_count, 1);
}

static void
only_what_names_worker_lease_job_and_row_is_current(void **state)
{
    (void) state;
    worker_t *worker = pool_add(&s_pool, SLICE("w"), 2, &s_route);
    uint32_t no = worker->worker_no;
    lease_t *lease = s_lease(worker, 3);
    uint64_t id = lease->id;
    assert_ptr_equal(pool_current(&s_pool, no, id, 7, 3), lease);
    assert_null(pool_current(&s_pool, no + 1, id, 7, 3));
    assert_null(pool_current(&s_pool, no, id + 1, 7, 3));
    assert_null(pool_current(&s_pool, no, id, 8, 3));
    assert_null(pool_current(&s_pool, no, id, 7, 4));
    doc_free(pool_end(&s_pool, &s_timers, lease));
    assert_null(pool_current(&s_pool, no, id, 7, 3));
}

static void
the_worker_with_the_most_free_slots_is_picked(void **state)
{
    (void) state;
    worker_t *small = pool_add(&s_pool, SLICE("a"), 1, &s_route);
    worker_t *large = pool_add(&s_pool, SLICE("b"), 3, &s_route);
    uint32_t sent_to_small = 0;
    for (uint32_t row = 0; row < 4; row++) {
        worker_t *worker = pool_pick(&s_pool);
        sent_to_small += worker == small;
        s_lease(worker, row);
    }
    assert_int_equal(sent_to_small, 1);
    assert_int_equal(large->lease_count, 3);
    assert_null(pool_pick(&s_pool));
}

static void
a_retiring_worker_is_sent_nothing_and_keeps_what_it_has(void **state)
{
    (void) state;
    worker_t *worker = pool_add(&s_pool, SLICE("w"), 3, &s_route);
    lease_t *lease = s_lease(worker, 0);
    pool_retire(&s_pool, worker);
    pool_check(&s_pool);
    assert_null(pool_pick(&s_pool));
    doc_free(pool_end(&s_pool, &s_timers, lease));
    assert_int_equal(s_pool.credit_count, 0);
}

static void
a_worker_is_found_by_number_and_name_until_it_is_removed(void **state)
{
    (void) state;
    worker_t *first = pool_add(&s_pool, SLICE("first"), 1, &s_route);
    worker_t *second = pool_add(&s_pool, SLICE("second"), 4, &s_route);
    uint32_t no = first->worker_no;
    assert_ptr_equal(pool_find(&s_pool, no), first);
    assert_ptr_equal(pool_find_name(&s_pool, SLICE("second")), second);
    pool_remove(&s_pool, first, &s_timers);
    assert_null(pool_find(&s_pool, no));
    assert_null(pool_find_name(&s_pool, SLICE("first")));
    assert_int_equal(s_pool.slot_count, 4);
    assert_true(pool_add(&s_pool, SLICE("first"), 1, &s_route)->worker_no > no + 1);
}

static void
work_on_a_lane_is_numbered_from_one_without_holes(void **state)
{
    (void) state;
    worker_t *worker = pool_add(&s_pool, SLICE("w"), 5, &s_route);
    for (uint32_t row = 0; row < 5; row++)
        assert_int_equal(s_lease(worker, row)->lane_seq, row + 1);
}

int
main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, s_setup, s_teardown)
    const struct CMUnitTest tests[] = {
        TEST(a_lease_takes_a_credit_and_its_end_gives_it_back),
        TEST(a_revoked_lease_keeps_its_credit_until_it_ends),
        TEST(only_what_names_worker_lease_job_and_row_is_current),
        TEST(the_worker_with_the_most_free_slots_is_picked),
        TEST(a_retiring_worker_is_sent_nothing_and_keeps_what_it_has),
        TEST(a_worker_is_found_by_number_and_name_until_it_is_removed),
        TEST(work_on_a_lane_is_numbered_from_one_without_holes),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
