#include "actors/keeper.h"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/file.h"
#include "tests/support/cmocka_all.h"

enum { DEADLINE_MS = 20000, GRACE_MS = 10000 };

static char *const s_long_sleep[] = {"600", NULL};
static char *const s_no_arguments[] = {NULL};

static keeper_t *
s_keep(const char *program, char *const *arguments, uint32_t processes, int64_t now_ms)
{
    return keeper_new(
        &(keeper_options_t){.program = program, .arguments = arguments, .processes = processes},
        now_ms);
}

/* Waits until the child has ended, without taking its status from the keeper. */
static void
s_await_end(pid_t pid)
{
    siginfo_t info = {0};
    alarm(DEADLINE_MS / 1000);
    assert_int_equal(waitid(P_PID, (id_t) pid, &info, WEXITED | WNOWAIT), 0);
    alarm(0);
}

static void
it_keeps_as_many_as_it_is_told(void **state)
{
    (void) state;
    keeper_t *keeper = s_keep("/bin/sleep", s_long_sleep, 3, 0);
    assert_int_equal(keeper_running(keeper), 3);
    assert_true(keeper_deadline(keeper) == INT64_MAX);
    keeper_tick(keeper, 1000000);
    assert_int_equal(keeper_running(keeper), 3);
    keeper_stop(&keeper, GRACE_MS);
    assert_null(keeper);
}

static void
none_is_fine(void **state)
{
    (void) state;
    keeper_t *keeper = s_keep("/nowhere/at/all", s_no_arguments, 0, 0);
    keeper_tick(keeper, 1);
    assert_true(keeper_deadline(keeper) == INT64_MAX);
    keeper_stop(&keeper, GRACE_MS);
    keeper_stop(&keeper, GRACE_MS);
}

static void
a_dead_one_is_started_again_when_its_back_off_is_over(void **state)
{
    (void) state;
    keeper_t *keeper = s_keep("/bin/sleep", s_long_sleep, 2, 0);
    pid_t first = keeper_pid(keeper, 0), other = keeper_pid(keeper, 1);
    assert_int_equal(kill(first, SIGKILL), 0);
    s_await_end(first);
    keeper_tick(keeper, 1000);
    assert_int_equal(keeper_running(keeper), 1);
    assert_int_equal(keeper_deadline(keeper), 1100);
    keeper_tick(keeper, 1099);
    assert_int_equal(keeper_running(keeper), 1);
    keeper_tick(keeper, 1100);
    assert_int_equal(keeper_running(keeper), 2);
    assert_int_not_equal(keeper_pid(keeper, 0), first);
    assert_int_equal(keeper_pid(keeper, 1), other);
    assert_true(keeper_deadline(keeper) == INT64_MAX);
    keeper_stop(&keeper, GRACE_MS);
}

/* Ends the only child at `now_ms`. Returns how long it is until the next start. */
static int64_t
s_back_off_after_end(keeper_t *keeper, int64_t now_ms)
{
    pid_t pid = keeper_pid(keeper, 0);
    kill(pid, SIGKILL);
    s_await_end(pid);
    keeper_tick(keeper, now_ms);
    return keeper_deadline(keeper) - now_ms;
}

static void
the_back_off_doubles_up_to_five_seconds_and_a_long_life_ends_it(void **state)
{
    (void) state;
    static const int64_t expected[] = {100, 200, 400, 800, 1600, 3200, 5000, 5000};
    int64_t now_ms = 0;
    keeper_t *keeper = s_keep("/bin/sleep", s_long_sleep, 1, now_ms);
    for (size_t i = 0; i < sizeof expected / sizeof expected[0]; i++) {
        now_ms += 10;
        assert_int_equal(s_back_off_after_end(keeper, now_ms), expected[i]);
        now_ms += expected[i];
        keeper_tick(keeper, now_ms);
        assert_int_equal(keeper_running(keeper), 1);
    }
    now_ms += 30000;
    assert_int_equal(s_back_off_after_end(keeper, now_ms), 100);
    keeper_stop(&keeper, GRACE_MS);
}

static void
a_program_that_is_missing_is_tried_again(void **state)
{
    (void) state;
    keeper_t *keeper = s_keep("/nowhere/at/all", s_no_arguments, 1, 0);
    assert_int_equal(keeper_running(keeper), 0);
    assert_int_equal(keeper_deadline(keeper), 100);
    keeper_tick(keeper, 100);
    assert_int_equal(keeper_running(keeper), 0);
    assert_int_equal(keeper_deadline(keeper), 300);
    keeper_stop(&keeper, GRACE_MS);
}

static void
one_that_does_not_listen_is_killed(void **state)
{
    (void) state;
    static char *const stubborn[] = {"-c", "trap '' TERM; echo up >&0; read -r never", NULL};
    int ends[2];
    assert_int_equal(pipe2(ends, O_CLOEXEC), 0);
    int before = dup(STDIN_FILENO);
    assert_true(dup2(ends[1], STDIN_FILENO) >= 0); /* children write to it that they are up */
    keeper_t *keeper = s_keep("/bin/sh", stubborn, 1, 0);
    struct pollfd item = {.fd = ends[0], .events = POLLIN};
    assert_int_equal(poll(&item, 1, DEADLINE_MS), 1);
    pid_t pid = keeper_pid(keeper, 0);
    keeper_stop(&keeper, 100);
    assert_int_not_equal(kill(pid, 0), 0);
    dup2(before, STDIN_FILENO);
    close(before);
    close(ends[0]);
    close(ends[1]);
}

/* The mask of signals that /proc shows for a process under `name`, "SigBlk:\t". */
static uint64_t
s_signal_mask(pid_t pid, const char *name)
{
    char path[64];
    buffer_t text = {0};
    snprintf(path, sizeof path, "/proc/%d/status", (int) pid);
    assert_int_equal(file_read(path, 65536, &text, NULL), STATUS_OK);
    const char *line = strstr(text.data, name);
    assert_non_null(line);
    uint64_t mask = strtoull(line + strlen(name), NULL, 16);
    buffer_free(&text);
    return mask;
}

static void
children_start_with_a_clean_mask_in_a_group_of_their_own(void **state)
{
    (void) state;
    sigset_t blocked, before;
    sigemptyset(&blocked);
    sigaddset(&blocked, SIGTERM);
    sigaddset(&blocked, SIGUSR1);
    pthread_sigmask(SIG_BLOCK, &blocked, &before);
    signal(SIGUSR2, SIG_IGN);
    keeper_t *keeper = s_keep("/bin/sleep", s_long_sleep, 1, 0);
    pid_t pid = keeper_pid(keeper, 0);
    assert_int_equal(getpgid(pid), pid);
    uint64_t blocked_there = s_signal_mask(pid, "SigBlk:\t");
    uint64_t ignored_there = s_signal_mask(pid, "SigIgn:\t");
    assert_int_equal(blocked_there, 0);
    assert_int_equal(ignored_there & (UINT64_C(1) << (SIGUSR2 - 1)), 0);
    keeper_stop(&keeper, GRACE_MS);
    signal(SIGUSR2, SIG_DFL);
    pthread_sigmask(SIG_SETMASK, &before, NULL);
}

static void
children_do_not_have_our_descriptors(void **state)
{
    (void) state;
    int leak = open("/dev/null", O_RDONLY); /* not close-on-exec */
    assert_true(leak > STDERR_FILENO);
    keeper_t *keeper = s_keep("/bin/sleep", s_long_sleep, 1, 0);
    char path[64];
    snprintf(path, sizeof path, "/proc/%d/fd/%d", (int) keeper_pid(keeper, 0), leak);
    assert_int_not_equal(access(path, F_OK), 0);
    keeper_stop(&keeper, GRACE_MS);
    close(leak);
}

static bool
s_has(char *const *arguments, const char *wanted)
{
    for (; *arguments; arguments++)
        if (strcmp(*arguments, wanted) == 0)
            return true;
    return false;
}

static void
a_worker_is_told_the_settings_that_concern_it(void **state)
{
    (void) state;
    config_t *config = config_new();
    assert_int_equal(config_set(config, "data_dir=/tmp/somewhere", NULL), STATUS_OK);
    assert_int_equal(config_set(config, "workers/slots=7", NULL), STATUS_OK);
    assert_int_equal(config_finish(config, NULL), STATUS_OK);
    char **arguments = keeper_arguments(config);
    assert_string_equal(arguments[0], "--parent");
    assert_int_equal(atoi(arguments[1]), getpid());
    assert_true(s_has(arguments, "workers/slots=7"));
    assert_true(s_has(arguments, "bus/control=ipc:///tmp/somewhere/control.ipc"));
    /* Each of them is taken by another process's settings, the empty ones included. */
    config_t *copy = config_new();
    for (size_t i = 2; arguments[i]; i += 2) {
        fault_t fault = {0};
        assert_string_equal(arguments[i], "--set");
        assert_null(strstr(arguments[i + 1], "auth/"));
        if (config_set(copy, arguments[i + 1], &fault) != STATUS_OK)
            fail_msg("%s: %s", arguments[i + 1], fault.detail);
    }
    keeper_arguments_free(arguments);
    config_destroy(&copy);
    config_destroy(&config);
}

static void
keys_reach_a_worker_by_its_environment_alone(void **state)
{
    (void) state;
    config_t *config = config_new();
    assert_int_equal(config_set(config, "providers/my-host/base_url=http://10.0.0.1/v1", NULL),
                     STATUS_OK);
    assert_int_equal(config_set(config, "providers/my-host/key=planted-1", NULL), STATUS_OK);
    assert_int_equal(config_set(config, "s3/secret_key=planted-2", NULL), STATUS_OK);
    assert_int_equal(config_finish(config, NULL), STATUS_OK);
    char *inherited[] = {"HOME=/root", "TAGMILL_S3_SECRET_KEY=old",
                         "TAGMILL_PROVIDERS_OPENROUTER_KEY=old",
                         "TAGMILL_PROVIDERS_MY_HOST_KEY=old", NULL};
    char **arguments = keeper_arguments(config);
    char **environment = keeper_environment(config, inherited);
    assert_true(s_has(arguments, "providers/my-host/base_url=http://10.0.0.1/v1"));
    for (size_t i = 0; arguments[i]; i++)
        assert_null(strstr(arguments[i], "planted"));
    assert_true(s_has(environment, "HOME=/root"));
    assert_true(s_has(environment, "TAGMILL_PROVIDERS_MY_HOST_KEY=planted-1"));
    assert_true(s_has(environment, "TAGMILL_S3_SECRET_KEY=planted-2"));
    for (size_t i = 0; environment[i]; i++)
        assert_null(strstr(environment[i], "=old"));
    keeper_arguments_free(arguments);
    keeper_arguments_free(environment);
    config_destroy(&config);
}

static void
a_worker_program_that_is_not_there_is_a_fault(void **state)
{
    (void) state;
    config_t *config = config_new();
    assert_int_equal(config_finish(config, NULL), STATUS_OK);
    keeper_t *keeper = NULL;
    fault_t fault = {0};
    assert_int_equal(keeper_start(&keeper, config, 0, &fault), STATUS_NOT_FOUND);
    assert_null(keeper);
    assert_non_null(strstr(fault.detail, "tagmill-worker"));
    config_destroy(&config);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(it_keeps_as_many_as_it_is_told),
        cmocka_unit_test(none_is_fine),
        cmocka_unit_test(a_dead_one_is_started_again_when_its_back_off_is_over),
        cmocka_unit_test(the_back_off_doubles_up_to_five_seconds_and_a_long_life_ends_it),
        cmocka_unit_test(a_program_that_is_missing_is_tried_again),
        cmocka_unit_test(one_that_does_not_listen_is_killed),
        cmocka_unit_test(children_start_with_a_clean_mask_in_a_group_of_their_own),
        cmocka_unit_test(children_do_not_have_our_descriptors),
        cmocka_unit_test(a_worker_is_told_the_settings_that_concern_it),
        cmocka_unit_test(keys_reach_a_worker_by_its_environment_alone),
        cmocka_unit_test(a_worker_program_that_is_not_there_is_a_fault),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
