#include <signal.h>
#include <spawn.h>
#include <sys/wait.h>

#include "actors/keeper.h"
#include "base/clock.h"
#include "base/vocabulary.h"
#include "tests/actors/fake_supervisor.h"
#include "tests/support/cmocka_all.h"

enum { ARGUMENTS_MAX = 128, BEAT_MS = 50, SILENCE_MS = 600000 };

/* A supervisor, and the settings that lead a worker to it. */
typedef struct {
    fake_supervisor_t boss;
    config_t *config;
    char program[512];
} scene_t;

static void
s_set(config_t *config, const char *key, const char *value)
{
    char assignment[256];
    fault_t fault = {0};
    snprintf(assignment, sizeof assignment, "%s=%s", key, value);
    if (config_set(config, assignment, &fault) != STATUS_OK)
        fail_msg("%s", fault.detail);
}

static int
s_set_up(void **state)
{
    scene_t *scene = calloc(1, sizeof *scene);
    assert_non_null(scene);
    fake_open(&scene->boss, BUS_IPC);
    scene->config = config_new();
    s_set(scene->config, "data_dir", scene->boss.directory);
    s_set(scene->config, "workers/slots", "2");
    assert_int_equal(config_finish(scene->config, NULL), STATUS_OK);
    snprintf(scene->program, sizeof scene->program, "%s/tagmill-worker",
             getenv("TAGMILL_TEST_BIN"));
    *state = scene;
    return 0;
}

static int
s_tear_down(void **state)
{
    scene_t *scene = *state;
    fake_close(&scene->boss);
    config_destroy(&scene->config);
    free(scene);
    return 0;
}

static keeper_t *
s_keep(scene_t *scene)
{
    char **arguments = keeper_arguments(scene->config);
    keeper_t *keeper = keeper_new(
        &(keeper_options_t){.program = scene->program, .arguments = arguments, .processes = 1},
        clock_monotonic_ms());
    keeper_arguments_free(arguments);
    return keeper;
}

static void
s_work_on_noop(fake_supervisor_t *boss)
{
    fake_hear_hello(boss);
    assert_int_equal(boss->slots, 2);
    fake_welcome(boss, BEAT_MS, SILENCE_MS);
    fake_brief(boss, 1, "noop");
    fake_work(boss, 1, 1, "noop:");
    message_done_t done;
    fake_hear_done(boss, &done);
    assert_int_equal(done.error_type, ERROR_NONE);
    assert_true(slice_is(done.model_name, "noop"));
}

/* Waits for the end of the keeper's only child, whose status stays the keeper's to take. */
static void
s_await_end(pid_t pid, siginfo_t *how)
{
    alarm(DEADLINE_MS / 1000);
    assert_int_equal(waitid(P_PID, (id_t) pid, how, WEXITED | WNOWAIT), 0);
    alarm(0);
}

static void
at_sigterm_it_says_goodbye_and_ends_with_zero(void **state)
{
    scene_t *scene = *state;
    keeper_t *keeper = s_keep(scene);
    s_work_on_noop(&scene->boss);
    pid_t pid = keeper_pid(keeper, 0);
    kill(pid, SIGTERM);
    fake_hear_goodbye(&scene->boss);
    siginfo_t how = {0};
    s_await_end(pid, &how);
    assert_int_equal(how.si_code, CLD_EXITED);
    assert_int_equal(how.si_status, 0);
    keeper_stop(&keeper, DEADLINE_MS);
}

static void
a_worker_that_was_killed_is_replaced(void **state)
{
    scene_t *scene = *state;
    keeper_t *keeper = s_keep(scene);
    s_work_on_noop(&scene->boss);
    pid_t pid = keeper_pid(keeper, 0);
    kill(pid, SIGKILL);
    siginfo_t how = {0};
    s_await_end(pid, &how);
    int64_t now_ms = clock_monotonic_ms();
    keeper_tick(keeper, now_ms);
    assert_int_equal(keeper_running(keeper), 0);
    keeper_tick(keeper, keeper_deadline(keeper));
    s_work_on_noop(&scene->boss);
    keeper_stop(&keeper, DEADLINE_MS);
}

/* Runs the program to its end. Returns its exit code. */
static int
s_run(const scene_t *scene, const char *const *arguments)
{
    char *argv[ARGUMENTS_MAX] = {strdup(scene->program)};
    size_t count = 1;
    for (; arguments[count - 1]; count++)
        argv[count] = strdup(arguments[count - 1]);
    pid_t pid = 0;
    int status = 0;
    assert_int_equal(posix_spawn(&pid, scene->program, NULL, NULL, argv, environ), 0);
    alarm(DEADLINE_MS / 1000);
    assert_int_equal(waitpid(pid, &status, 0), pid);
    alarm(0);
    for (size_t i = 0; i < count; i++)
        free(argv[i]);
    return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

static void
it_does_not_start_for_a_parent_that_is_gone(void **state)
{
    assert_int_equal(s_run(*state, (const char *[]){"--parent", "1", "--version", NULL}), 1);
}

static void
it_answers_like_the_other_programs(void **state)
{
    assert_int_equal(s_run(*state, (const char *[]){"--version", NULL}), 0);
    assert_int_equal(s_run(*state, (const char *[]){"--check-config", NULL}), 0);
    assert_int_equal(s_run(*state, (const char *[]){"--set", "no/such=1", NULL}), 2);
    assert_int_equal(s_run(*state, (const char *[]){"--role", "all", NULL}), 2);
}

static int
s_begin(void **state)
{
    (void) state;
    zsys_init();
    zsys_handler_set(NULL);
    return 0;
}

static int
s_end(void **state)
{
    (void) state;
    zsys_shutdown();
    return 0;
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, s_set_up, s_tear_down)

int
main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(at_sigterm_it_says_goodbye_and_ends_with_zero),
        TEST(a_worker_that_was_killed_is_replaced),
        TEST(it_does_not_start_for_a_parent_that_is_gone),
        TEST(it_answers_like_the_other_programs),
    };
    return cmocka_run_group_tests(tests, s_begin, s_end);
}
