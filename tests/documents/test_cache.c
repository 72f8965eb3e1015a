#include "documents/cache.h"

#include <pthread.h>
#include <stdio.h>

#include "base/clock.h"
#include "tests/support/cmocka_all.h"

enum { ROOM = 100000, ROUNDS = 200, THREADS = 8 };

static cache_t *s_cache;
static atomic_bool s_cancelled;

/* A maker that counts how often it ran. */
typedef struct {
    const char *text;
    const char *etag;
    error_type_t error;
    bool is_unchanged;
    atomic_uint made;
    bool had_old;
    atomic_bool *until; /* where set: goes on until this is true or the order is cancelled */
    const atomic_bool *cancel;
    atomic_bool begun;
} maker_t;

static error_type_t
s_make(void *context, const cache_value_t *old, cache_value_t *fresh, bool *is_unchanged,
       failure_t *failure)
{
    maker_t *maker = context;
    atomic_fetch_add(&maker->made, 1);
    atomic_store(&maker->begun, true);
    maker->had_old = old != NULL;
    while (maker->until && !atomic_load(maker->until)) {
        if (atomic_load(maker->cancel))
            return failure_set(failure, ERROR_INTERNAL, "cancelled");
        sched_yield();
    }
    if (maker->error != ERROR_NONE)
        return failure_set(failure, maker->error, "it cannot be made");
    *is_unchanged = old && maker->is_unchanged;
    if (*is_unchanged)
        return ERROR_NONE;
    buffer_append_text(&fresh->bytes, maker->text);
    snprintf(fresh->etag, sizeof fresh->etag, "%s", maker->etag ? maker->etag : "");
    return ERROR_NONE;
}

static int
setup(void **state)
{
    (void) state;
    atomic_store(&s_cancelled, false);
    s_cache = cache_new(ROOM, CACHE_OLD_MS);
    return 0;
}

/* One where all that can be asked about is old at once. */
static int
setup_old(void **state)
{
    (void) state;
    atomic_store(&s_cancelled, false);
    s_cache = cache_new(ROOM, 0);
    return 0;
}

static int
teardown(void **state)
{
    (void) state;
    cache_destroy(&s_cache);
    return 0;
}

static cache_order_t
s_order(uint64_t job_no, const char *name, maker_t *maker)
{
    return (cache_order_t){.job_no = job_no,
                           .name = slice_from(name),
                           .is_kept = true,
                           .deadline_ms = clock_monotonic_ms() + 20000,
                           .cancel = &s_cancelled,
                           .make = s_make,
                           .context = maker};
}

static void
s_assert_got(const cache_order_t *order, const char *text)
{
    const cache_value_t *value = NULL;
    failure_t failure;
    if (cache_get(s_cache, order, &value, &failure) != ERROR_NONE)
        fail_msg("%s", failure.detail);
    assert_string_equal(value->bytes.data, text);
    cache_return(s_cache, &value);
    assert_null(value);
}

static void
s_assert_get(uint64_t job_no, const char *name, maker_t *maker, const char *text)
{
    cache_order_t order = s_order(job_no, name, maker);
    s_assert_got(&order, text);
}

static void
s_assert_refused(const cache_order_t *order, error_type_t type)
{
    const cache_value_t *value = NULL;
    failure_t failure;
    assert_int_equal(cache_get(s_cache, order, &value, &failure), type);
    assert_int_equal(failure.type, type);
    assert_true(failure.detail[0]);
    assert_null(value);
}

/* ---- one who asks ---- */

static void
what_was_made_is_not_made_again(void **state)
{
    (void) state;
    maker_t maker = {.text = "hello"};
    for (int i = 0; i < 3; i++)
        s_assert_get(1, "a", &maker, "hello");
    assert_int_equal(maker.made, 1);
}

static void
names_and_jobs_are_told_apart(void **state)
{
    (void) state;
    maker_t first = {.text = "one"}, second = {.text = "two"}, third = {.text = "three"};
    s_assert_get(1, "a", &first, "one");
    s_assert_get(1, "b", &second, "two");
    s_assert_get(2, "a", &third, "three");
    s_assert_get(1, "a", &second, "one");
    assert_int_equal(second.made, 1);
}

static void
a_failure_is_told_and_not_kept(void **state)
{
    (void) state;
    maker_t maker = {.error = ERROR_NOT_FOUND}, later = {.text = "there"};
    cache_order_t order = s_order(1, "a", &maker);
    s_assert_refused(&order, ERROR_NOT_FOUND);
    assert_int_equal(cache_size(s_cache), 0);
    s_assert_get(1, "a", &later, "there");
}

static void
what_is_not_to_be_kept_is_made_each_time(void **state)
{
    (void) state;
    maker_t maker = {.text = "hello"};
    cache_order_t order = s_order(1, "a", &maker);
    order.is_kept = false;
    s_assert_got(&order, "hello");
    s_assert_got(&order, "hello");
    assert_int_equal(maker.made, 2);
    assert_int_equal(cache_size(s_cache), 0);
}

/* ---- room ---- */

static void
s_fill(char *text, size_t size)
{
    memset(text, 'x', size);
    text[size] = '\0';
}

static void
the_longest_unused_is_dropped_when_it_is_too_much(void **state)
{
    (void) state;
    char text[ROOM / 4 + 1];
    s_fill(text, ROOM / 4);
    maker_t maker = {.text = text};
    s_assert_get(1, "a", &maker, text);
    s_assert_get(1, "b", &maker, text);
    s_assert_get(1, "c", &maker, text);
    s_assert_get(1, "a", &maker, text);
    s_assert_get(1, "d", &maker, text); /* b goes */
    assert_int_equal(maker.made, 4);
    assert_true(cache_size(s_cache) <= ROOM);
    s_assert_get(1, "a", &maker, text);
    s_assert_get(1, "c", &maker, text);
    assert_int_equal(maker.made, 4);
    s_assert_get(1, "b", &maker, text);
    assert_int_equal(maker.made, 5);
}

static void
what_is_larger_than_all_room_is_lent_and_not_kept(void **state)
{
    (void) state;
    static char text[ROOM + 1];
    s_fill(text, ROOM);
    maker_t maker = {.text = text}, small = {.text = "small"};
    s_assert_get(1, "small", &small, "small");
    s_assert_get(1, "a", &maker, text);
    s_assert_get(1, "a", &maker, text);
    assert_int_equal(maker.made, 2);
    s_assert_get(1, "small", &small, "small");
    assert_int_equal(small.made, 1);
}

static void
what_is_lent_outlives_its_place(void **state)
{
    (void) state;
    maker_t maker = {.text = "hello"};
    cache_order_t order = s_order(1, "a", &maker);
    const cache_value_t *value = NULL;
    failure_t failure;
    assert_int_equal(cache_get(s_cache, &order, &value, &failure), ERROR_NONE);
    cache_forget_job(s_cache, 1);
    assert_int_equal(cache_size(s_cache), 0);
    assert_string_equal(value->bytes.data, "hello");
    cache_return(s_cache, &value);
}

static void
the_end_of_a_job_drops_what_is_its_own(void **state)
{
    (void) state;
    maker_t maker = {.text = "hello"};
    s_assert_get(0, "a", &maker, "hello");
    size_t size = cache_size(s_cache);
    s_assert_get(1, "a", &maker, "hello");
    s_assert_get(1, "b", &maker, "hello");
    s_assert_get(2, "a", &maker, "hello");
    cache_forget_job(s_cache, 1);
    assert_int_equal(cache_size(s_cache), 2 * size);
    s_assert_get(0, "a", &maker, "hello");
    s_assert_get(2, "a", &maker, "hello");
    assert_int_equal(maker.made, 4);
    s_assert_get(1, "a", &maker, "hello");
    assert_int_equal(maker.made, 5);
}

/* ---- age ---- */

static void
what_is_not_old_is_not_asked_about(void **state)
{
    (void) state;
    maker_t maker = {.text = "hello", .etag = "\"1\""};
    s_assert_get(1, "a", &maker, "hello");
    s_assert_get(1, "a", &maker, "hello");
    assert_int_equal(maker.made, 1);
}

static void
what_is_old_is_asked_about(void **state)
{
    (void) state;
    maker_t maker = {.text = "first", .etag = "\"1\""}, same = {.is_unchanged = true};
    maker_t changed = {.text = "second", .etag = "\"2\""};
    s_assert_get(1, "a", &maker, "first");
    assert_false(maker.had_old);
    s_assert_get(1, "a", &same, "first");
    assert_true(same.had_old);
    s_assert_get(1, "a", &changed, "second");
    s_assert_get(1, "a", &same, "second");
}

static void
what_cannot_be_asked_about_does_not_grow_old(void **state)
{
    (void) state;
    maker_t maker = {.text = "hello"};
    s_assert_get(1, "a", &maker, "hello");
    s_assert_get(1, "a", &maker, "hello");
    assert_int_equal(maker.made, 1);
}

static void
what_is_old_serves_while_nobody_answers_and_goes_when_it_is_gone(void **state)
{
    (void) state;
    maker_t maker = {.text = "hello", .etag = "\"1\""}, silent = {.error = ERROR_NETWORK};
    maker_t gone = {.error = ERROR_NOT_FOUND};
    s_assert_get(1, "a", &maker, "hello");
    s_assert_get(1, "a", &silent, "hello");
    assert_int_equal(silent.made, 1);
    cache_order_t order = s_order(1, "a", &gone);
    s_assert_refused(&order, ERROR_NOT_FOUND);
    assert_int_equal(cache_size(s_cache), 0);
}

/* ---- several who ask ---- */

typedef struct {
    pthread_t thread;
    cache_order_t order;
    atomic_bool cancel;
    atomic_bool is_done;
    error_type_t type;
    char text[32];
} asker_t;

static void *
s_ask(void *context)
{
    asker_t *self = context;
    const cache_value_t *value = NULL;
    failure_t failure;
    self->type = cache_get(s_cache, &self->order, &value, &failure);
    if (value)
        snprintf(self->text, sizeof self->text, "%s", value->bytes.data);
    cache_return(s_cache, &value);
    atomic_store(&self->is_done, true);
    return NULL;
}

static void
s_start(asker_t *asker, maker_t *maker)
{
    asker->order = s_order(1, "a", maker);
    asker->order.cancel = &asker->cancel;
    assert_int_equal(pthread_create(&asker->thread, NULL, s_ask, asker), 0);
}

static void
those_who_ask_meanwhile_wait_for_the_first(void **state)
{
    (void) state;
    atomic_bool go = false;
    maker_t maker = {.text = "hello", .until = &go, .cancel = &s_cancelled};
    asker_t askers[THREADS] = {0};
    for (int i = 0; i < THREADS; i++)
        s_start(&askers[i], &maker);
    while (!atomic_load(&maker.begun))
        sched_yield();
    atomic_store(&go, true);
    for (int i = 0; i < THREADS; i++) {
        pthread_join(askers[i].thread, NULL);
        assert_int_equal(askers[i].type, ERROR_NONE);
        assert_string_equal(askers[i].text, "hello");
    }
    assert_int_equal(maker.made, 1);
}

static void
a_maker_that_is_cancelled_is_followed_by_one_who_waits(void **state)
{
    (void) state;
    atomic_bool go = false;
    asker_t first = {0}, second = {0};
    maker_t maker = {.text = "first", .until = &go, .cancel = &first.cancel};
    maker_t other = {.text = "second"};
    s_start(&first, &maker);
    while (!atomic_load(&maker.begun))
        sched_yield();
    s_start(&second, &other);
    atomic_store(&first.cancel, true);
    pthread_join(first.thread, NULL);
    pthread_join(second.thread, NULL);
    assert_int_equal(first.type, ERROR_INTERNAL);
    assert_int_equal(second.type, ERROR_NONE);
    assert_string_equal(second.text, "second");
}

static void
who_waits_can_be_cancelled_and_runs_out_of_time(void **state)
{
    (void) state;
    atomic_bool go = false;
    asker_t first = {0}, second = {0};
    maker_t maker = {.text = "hello", .until = &go, .cancel = &first.cancel};
    s_start(&first, &maker);
    while (!atomic_load(&maker.begun))
        sched_yield();
    s_start(&second, &maker);
    atomic_store(&second.cancel, true);
    pthread_join(second.thread, NULL);
    assert_int_equal(second.type, ERROR_INTERNAL);
    cache_order_t order = s_order(1, "a", &maker);
    order.deadline_ms = clock_monotonic_ms();
    s_assert_refused(&order, ERROR_TIMEOUT);
    assert_false(atomic_load(&first.is_done));
    atomic_store(&go, true);
    pthread_join(first.thread, NULL);
    assert_string_equal(first.text, "hello");
    assert_int_equal(maker.made, 1);
}

static void
what_is_forgotten_while_it_is_made_is_not_kept(void **state)
{
    (void) state;
    atomic_bool go = false;
    asker_t first = {0};
    maker_t maker = {.text = "hello", .until = &go, .cancel = &first.cancel};
    s_start(&first, &maker);
    while (!atomic_load(&maker.begun))
        sched_yield();
    cache_forget_job(s_cache, 1);
    atomic_store(&go, true);
    pthread_join(first.thread, NULL);
    assert_string_equal(first.text, "hello");
    assert_int_equal(cache_size(s_cache), 0);
}

/* Eight threads ask for a few names at random while jobs end and room is scarce. */
static void *
s_bustle(void *context)
{
    unsigned seed = (unsigned) (uintptr_t) context;
    char text[ROOM / 3];
    for (int i = 0; i < ROUNDS; i++) {
        seed = seed * 1103515245 + 12345;
        char name[2] = {(char) ('a' + (seed >> 16) % 5), '\0'};
        s_fill(text, sizeof text - 1);
        text[0] = name[0];
        maker_t maker = {.text = text, .etag = (seed >> 20) % 2 ? "\"1\"" : NULL};
        cache_order_t order = s_order((seed >> 24) % 3, name, &maker);
        const cache_value_t *value = NULL;
        failure_t failure;
        if (cache_get(s_cache, &order, &value, &failure) != ERROR_NONE ||
            value->bytes.data[0] != name[0])
            return context;
        cache_return(s_cache, &value);
        if (i % 16 == 0)
            cache_forget_job(s_cache, (seed >> 24) % 3);
    }
    return NULL;
}

static void
a_bustle_of_threads_gets_what_it_asks_for(void **state)
{
    (void) state;
    pthread_t threads[THREADS];
    for (uintptr_t i = 0; i < THREADS; i++)
        assert_int_equal(pthread_create(&threads[i], NULL, s_bustle, (void *) (i + 1)), 0);
    for (int i = 0; i < THREADS; i++) {
        void *wrong = NULL;
        pthread_join(threads[i], &wrong);
        assert_null(wrong);
    }
    assert_true(cache_size(s_cache) <= ROOM);
}

int
main(void)
{
#define TEST(name)     cmocka_unit_test_setup_teardown(name, setup, teardown)
#define TEST_OLD(name) cmocka_unit_test_setup_teardown(name, setup_old, teardown)
    const struct CMUnitTest tests[] = {
        TEST(what_was_made_is_not_made_again),
        TEST(names_and_jobs_are_told_apart),
        TEST(a_failure_is_told_and_not_kept),
        TEST(what_is_not_to_be_kept_is_made_each_time),
        TEST(the_longest_unused_is_dropped_when_it_is_too_much),
        TEST(what_is_larger_than_all_room_is_lent_and_not_kept),
        TEST(what_is_lent_outlives_its_place),
        TEST(the_end_of_a_job_drops_what_is_its_own),
        TEST(what_is_not_old_is_not_asked_about),
        TEST_OLD(what_is_old_is_asked_about),
        TEST_OLD(what_cannot_be_asked_about_does_not_grow_old),
        TEST_OLD(what_is_old_serves_while_nobody_answers_and_goes_when_it_is_gone),
        TEST(those_who_ask_meanwhile_wait_for_the_first),
        TEST(a_maker_that_is_cancelled_is_followed_by_one_who_waits),
        TEST(who_waits_can_be_cancelled_and_runs_out_of_time),
        TEST(what_is_forgotten_while_it_is_made_is_not_kept),
        TEST_OLD(a_bustle_of_threads_gets_what_it_asks_for),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
