#include "programs/options.h"

#include <unistd.h>

#include "tests/support/cmocka_all.h"

enum { ARGUMENTS_MAX = 8 };

static const options_program_t s_daemon = {
    .name = "tagmilld", .summary = "Tags documents.", .has_roles = true};
static const options_program_t s_worker = {.name = "tagmill-worker", .summary = "Works."};

typedef struct {
    bool run;
    int exit_code;
    char *out, *err;
    options_t options;
} s_outcome_t;

/* Parses `arguments` (NULL-ended, without the program's name) with one more variable (may be NULL).
 */
static s_outcome_t
s_parse(const options_program_t *program, const char *variable, const char *const *arguments)
{
    s_outcome_t outcome = {.exit_code = -1};
    char *argv[ARGUMENTS_MAX + 2] = {strdup(program->name)};
    int argc = 1;
    for (; arguments[argc - 1]; argc++)
        argv[argc] = strdup(arguments[argc - 1]);
    char *held = variable ? strdup(variable) : NULL;
    char *environment[] = {held, NULL};
    size_t out_size = 0, err_size = 0;
    FILE *out = open_memstream(&outcome.out, &out_size);
    FILE *err = open_memstream(&outcome.err, &err_size);
    outcome.run = options_parse(&outcome.options, program, argc, argv, environment, out, err,
                                &outcome.exit_code);
    fclose(out);
    fclose(err);
    for (int i = 0; i < argc; i++)
        free(argv[i]);
    free(held);
    return outcome;
}

static void
s_free(s_outcome_t *outcome)
{
    options_free(&outcome->options);
    free(outcome->out);
    free(outcome->err);
}

#define PARSE(program, variable, ...)                                                              \
    s_parse(program, variable, (const char *const[]){__VA_ARGS__ __VA_OPT__(, ) NULL})

/* Sees an outcome that ends the program with `exit_code` and says `hint`. */
static void
s_ends(s_outcome_t outcome, int exit_code, const char *hint)
{
    assert_false(outcome.run);
    assert_int_equal(outcome.exit_code, exit_code);
    assert_null(outcome.options.config);
    const char *said = exit_code ? outcome.err : outcome.out;
    if (!strstr(said, hint))
        fail_msg("wanted \"%s\", got \"%s\"", hint, said);
    assert_int_equal(strlen(exit_code ? outcome.out : outcome.err), 0);
    s_free(&outcome);
}

static void
without_options_the_defaults_run(void **state)
{
    (void) state;
    s_outcome_t outcome = PARSE(&s_daemon, NULL);
    assert_true(outcome.run);
    assert_int_equal(outcome.options.role, ROLE_ALL);
    assert_string_equal(config_text(outcome.options.config, CONFIG_BUS_CONTROL),
                        "ipc:///var/lib/tagmill/control.ipc");
    s_free(&outcome);
}

static void
set_weighs_more_than_the_environment_and_that_more_than_the_file(void **state)
{
    (void) state;
    char path[] = "/tmp/tagmill-options-XXXXXX";
    int fd = mkstemp(path);
    assert_true(fd >= 0);
    static const char text[] = "http\n    threads = 200\n    max_watchers = 20\ndata_dir = /f\n";
    assert_int_equal(write(fd, text, sizeof text - 1), sizeof text - 1);
    close(fd);
    s_outcome_t outcome =
        PARSE(&s_daemon, "TAGMILL_HTTP_THREADS=300", "--config", path, "--set=data_dir=/s", "--set",
              "http/max_watchers=2", "--role", "gateway");
    unlink(path);
    assert_true(outcome.run);
    const config_t *config = outcome.options.config;
    assert_int_equal(config_number(config, CONFIG_HTTP_THREADS), 300);
    assert_int_equal(config_number(config, CONFIG_HTTP_MAX_WATCHERS), 2);
    assert_string_equal(config_text(config, CONFIG_STORE_URL), "sqlite:/s/tagmill.db");
    assert_string_equal(role_word(outcome.options.role), "gateway");
    s_free(&outcome);
}

static void
questions_are_answered_and_end_with_zero(void **state)
{
    (void) state;
    s_ends(PARSE(&s_daemon, NULL, "--help"), OPTIONS_EXIT_OK, "--role ROLE");
    s_ends(PARSE(&s_daemon, NULL, "--version"), OPTIONS_EXIT_OK, "tagmilld " TAGMILL_VERSION);
    s_ends(PARSE(&s_daemon, NULL, "--check-config"), OPTIONS_EXIT_OK, "settings are right");
    s_ends(PARSE(&s_worker, NULL, "--example-config"), OPTIONS_EXIT_OK, "#listen = ");
    s_ends(PARSE(&s_daemon, "TAGMILL_WRONG=1", "--help"), OPTIONS_EXIT_OK, "Usage: tagmilld");
}

static void
a_wrong_command_line_ends_with_two(void **state)
{
    (void) state;
    s_ends(PARSE(&s_daemon, NULL, "--confg", "x"), OPTIONS_EXIT_USAGE, "unknown option --confg");
    s_ends(PARSE(&s_daemon, NULL, "-x"), OPTIONS_EXIT_USAGE, "unknown option -x");
    s_ends(PARSE(&s_daemon, NULL, "--set"), OPTIONS_EXIT_USAGE, "missing after --set");
    s_ends(PARSE(&s_daemon, NULL, "start"), OPTIONS_EXIT_USAGE, "nothing was expected here: start");
    s_ends(PARSE(&s_daemon, NULL, "--role", "worker"), OPTIONS_EXIT_USAGE, "not worker");
    s_ends(PARSE(&s_worker, NULL, "--role", "all"), OPTIONS_EXIT_USAGE, "has no --role");
    s_ends(PARSE(&s_daemon, NULL, "--config", "a", "--config", "b"), OPTIONS_EXIT_USAGE, "twice");
}

static void
wrong_settings_end_with_two_and_say_where(void **state)
{
    (void) state;
    s_ends(PARSE(&s_daemon, NULL, "--set", "http/listn=1"), OPTIONS_EXIT_USAGE,
           "tagmilld: --set unknown key \"http/listn\"; did you mean http/listen?");
    s_ends(PARSE(&s_daemon, NULL, "--check-config", "--set", "http/threads=1"), OPTIONS_EXIT_USAGE,
           "--set http/threads: \"1\"");
    s_ends(PARSE(&s_daemon, NULL, "--config", "/nowhere/t.cfg"), OPTIONS_EXIT_USAGE,
           "/nowhere/t.cfg");
    s_ends(PARSE(&s_daemon, "TAGMILL_HTTP_LISTN=1"), OPTIONS_EXIT_USAGE, "TAGMILL_HTTP_LISTEN");
    s_ends(PARSE(&s_daemon, NULL, "--set", "http/threads=64"), OPTIONS_EXIT_USAGE,
           "http/max_watchers");
    s_ends(PARSE(&s_daemon, NULL, "--check-config", "--set", "tagger/prompts=/nowhere"),
           OPTIONS_EXIT_USAGE, "tagger/prompts: cannot open /nowhere/system.txt");
    s_ends(PARSE(&s_daemon, NULL, "--check-config", "--set", "documents/root=/nowhere"),
           OPTIONS_EXIT_USAGE, "documents/root: the directory /nowhere cannot be opened");
    s_ends(PARSE(&s_daemon, NULL, "--check-config", "--set", "documents/root=/etc/passwd"),
           OPTIONS_EXIT_USAGE, "documents/root: ");
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(without_options_the_defaults_run),
        cmocka_unit_test(set_weighs_more_than_the_environment_and_that_more_than_the_file),
        cmocka_unit_test(questions_are_answered_and_end_with_zero),
        cmocka_unit_test(a_wrong_command_line_ends_with_two),
        cmocka_unit_test(wrong_settings_end_with_two_and_say_where),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
