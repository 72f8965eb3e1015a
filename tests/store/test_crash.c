/* What was acknowledged survives a process that is killed at any moment. */
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include "tests/store/fixture.h"

enum { ROUNDS = 8, BATCH = 50, TOTAL = 200000, KILL_AFTER = 15 };

/* Commits batches of results and writes the number of rows that are on disk after each. */
static void
s_commit_until_killed(fixture_t *self, uint32_t first, int acknowledge)
{
    if (store_open(&self->store, self->url, NULL) != STATUS_OK)
        _exit(1);
    for (uint32_t row = first; row + BATCH <= TOTAL; row += BATCH) {
        fixture_begin(self);
        for (uint32_t i = 0; i < BATCH; i++)
            fixture_result(self, 1, row + i, row + i, i % 7 ? ERROR_NONE : ERROR_CORRUPT);
        fixture_commit(self);
        uint32_t done = row + BATCH;
        if (write(acknowledge, &done, sizeof done) != sizeof done)
            _exit(1);
    }
    _exit(0);
}

/* Lets a child commit until it has acknowledged some batches, and kills it. Returns the last number
 * that it acknowledged. */
static uint32_t
s_run_and_kill(fixture_t *self, uint32_t first)
{
    int pipe_ends[2];
    assert_int_equal(pipe(pipe_ends), 0);
    pid_t child = fork();
    if (child == 0)
        s_commit_until_killed(self, first, pipe_ends[1]);
    close(pipe_ends[1]);
    uint32_t done = first, acknowledged = first;
    for (int i = 0; read(pipe_ends[0], &done, sizeof done) == sizeof done; i++) {
        acknowledged = done;
        if (i == KILL_AFTER)
            kill(child, SIGKILL); /* and go on reading what it had said until then */
    }
    close(pipe_ends[0]);
    int status = 0;
    waitpid(child, &status, 0);
    assert_true(WIFSIGNALED(status));
    return acknowledged;
}

static void
a_killed_writer_loses_nothing_that_it_acknowledged(void **state)
{
    fixture_t *self = *state;
    fixture_job(self, 1, TOTAL);
    store_close(&self->store);
    uint32_t stored = 0;
    for (int round = 0; round < ROUNDS; round++) {
        uint32_t acknowledged = s_run_and_kill(self, stored);
        fault_t fault = {0};
        /* The lock went with the process that held it. */
        assert_int_equal(store_open(&self->store, self->url, &fault), STATUS_OK);
        stored = (uint32_t) fixture_ask(self, "SELECT count(*) FROM results");
        assert_true(stored >= acknowledged);
        assert_int_equal(stored % BATCH, 0); /* a transaction is there whole or not at all */
        fixture_check_counters(self);
        store_close(&self->store);
    }
    assert_true(stored > 0);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(a_killed_writer_loses_nothing_that_it_acknowledged,
                                        fixture_setup, fixture_teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
