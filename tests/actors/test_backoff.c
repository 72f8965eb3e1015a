#include "actors/backoff.h"
#include "tests/support/cmocka_all.h"

enum { DRAWS = 4000 };

static void
the_same_seed_gives_the_same_numbers(void **state)
{
    (void) state;
    dice_t a = {.state = 42}, b = {.state = 42}, other = {.state = 43};
    for (int i = 0; i < 100; i++) {
        uint64_t number = dice_roll(&a);
        assert_true(number == dice_roll(&b));
        assert_true(number != dice_roll(&other));
    }
}

static void
delays_are_spread_from_nothing_to_a_ceiling_that_doubles(void **state)
{
    (void) state;
    dice_t dice = {.state = 1};
    int64_t ceiling = BACKOFF_BASE_MS;
    for (unsigned attempts = 1; attempts <= 6; attempts++, ceiling *= 2) {
        int64_t least = INT64_MAX, most = 0, sum = 0;
        for (int i = 0; i < DRAWS; i++) {
            int64_t delay = backoff_delay_ms(&dice, attempts, 0);
            least = delay < least ? delay : least;
            most = delay > most ? delay : most;
            sum += delay;
        }
        assert_true(least < ceiling / 20);
        assert_true(most <= ceiling && most > ceiling - ceiling / 20);
        assert_true(sum / DRAWS > ceiling * 45 / 100 && sum / DRAWS < ceiling * 55 / 100);
    }
}

static void
no_delay_is_above_the_cap_however_many_attempts(void **state)
{
    (void) state;
    dice_t dice = {.state = 1};
    for (unsigned attempts = 1; attempts < 300; attempts++)
        assert_true(backoff_delay_ms(&dice, attempts, 0) <= BACKOFF_CAP_MS);
}

static void
a_server_that_asks_for_time_gets_it(void **state)
{
    (void) state;
    dice_t dice = {.state = 1};
    for (int i = 0; i < DRAWS; i++)
        assert_true(backoff_delay_ms(&dice, 1, 90000) >= 90000);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_same_seed_gives_the_same_numbers),
        cmocka_unit_test(delays_are_spread_from_nothing_to_a_ceiling_that_doubles),
        cmocka_unit_test(no_delay_is_above_the_cap_however_many_attempts),
        cmocka_unit_test(a_server_that_asks_for_time_gets_it),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
