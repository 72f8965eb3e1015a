#include "programs/options.h"

#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <getopt.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/memory.h"
#include "documents/model/model_prompts.h"

typedef enum {
    OPTION_CONFIG = 1, /* getopt_long answers 0 and '?' itself */
    OPTION_SET,
    OPTION_ROLE,
    OPTION_CHECK_CONFIG,
    OPTION_EXAMPLE_CONFIG,
    OPTION_VERSION,
    OPTION_HELP
} s_option_t;

static const struct option s_options[] = {
    {"config", required_argument, NULL, OPTION_CONFIG},
    {"set", required_argument, NULL, OPTION_SET},
    {"role", required_argument, NULL, OPTION_ROLE},
    {"check-config", no_argument, NULL, OPTION_CHECK_CONFIG},
    {"example-config", no_argument, NULL, OPTION_EXAMPLE_CONFIG},
    {"version", no_argument, NULL, OPTION_VERSION},
    {"help", no_argument, NULL, OPTION_HELP},
    {0},
};

static const char *const s_roles[] = {
    [ROLE_ALL] = "all", [ROLE_GATEWAY] = "gateway", [ROLE_SUPERVISOR] = "supervisor"};

/* The command line as it was given, before any file is read. */
typedef struct {
    const options_program_t *program;
    const char *file;         /* borrowed from argv; NULL: none */
    const char **assignments; /* the list is owned, its texts are argv's */
    size_t assignment_count;
    role_t role;
    bool check, example, version, help;
    FILE *err;
} s_line_t;

const char *
role_word(role_t role)
{
    assert(role <= ROLE_SUPERVISOR);
    return s_roles[role];
}

static bool
s_wrong(const s_line_t *line, const char *what, const char *which)
{
    fprintf(line->err, "%s: %s%s; see %s --help\n", line->program->name, what, which,
            line->program->name);
    return false;
}

static bool
s_take_role(s_line_t *line, const char *word)
{
    if (!line->program->has_roles)
        return s_wrong(line, "this program has no --role", "");
    for (int role = ROLE_ALL; role <= ROLE_SUPERVISOR; role++) {
        if (strcmp(word, s_roles[role]) == 0) {
            line->role = (role_t) role;
            return true;
        }
    }
    return s_wrong(line, "--role takes all, gateway or supervisor, not ", word);
}

static bool
s_take_option(s_line_t *line, int option, char **argv)
{
    switch (option) {
    case OPTION_CONFIG:
        if (line->file)
            return s_wrong(line, "--config was given twice: ", optarg);
        line->file = optarg;
        return true;
    case OPTION_SET: line->assignments[line->assignment_count++] = optarg; return true;
    case OPTION_ROLE: return s_take_role(line, optarg);
    case OPTION_CHECK_CONFIG: line->check = true; return true;
    case OPTION_EXAMPLE_CONFIG: line->example = true; return true;
    case OPTION_VERSION: line->version = true; return true;
    case OPTION_HELP: line->help = true; return true;
    case ':': return s_wrong(line, "a value is missing after ", argv[optind - 1]);
    default: return s_wrong(line, "unknown option ", argv[optind - 1]);
    }
}

static bool
s_read_line(s_line_t *line, int argc, char **argv)
{
    optind = 0; /* glibc: begin anew, for a second call in one process */
    opterr = 0;
    int option = 0;
    /* NOLINTNEXTLINE(concurrency-mt-unsafe): no thread has started yet */
    while ((option = getopt_long(argc, argv, ":", s_options, NULL)) != -1)
        if (!s_take_option(line, option, argv))
            return false;
    if (optind < argc)
        return s_wrong(line, "nothing was expected here: ", argv[optind]);
    return true;
}

static void
s_write_help(FILE *out, const options_program_t *program)
{
    fprintf(out,
            "Usage: %s [--config FILE] [--set KEY=VALUE]...%s\n"
            "%s\n\n"
            "  --config FILE     read settings from this file (without it: from no file)\n"
            "  --set KEY=VALUE   set one key, as in --set http/listen=0.0.0.0:8000; may be "
            "repeated\n",
            program->name, program->has_roles ? " [--role ROLE]" : "", program->summary);
    if (program->has_roles)
        fprintf(out, "  --role ROLE       all (the default), gateway or supervisor\n");
    fprintf(out, "  --check-config    check the settings and end\n"
                 "  --example-config  print a file that shows every setting, and end\n"
                 "  --version         print the version and end\n"
                 "  --help            print this and end\n\n"
                 "The environment (TAGMILL_HTTP_LISTEN for http/listen) overrides the file, --set "
                 "overrides both.\n"
                 "Exit status: 0 for an orderly end, 2 for a wrong command line or wrong "
                 "settings.\n");
}

/* Prompts are settings too: what is wrong in them is said before anything starts. */
static status_t
s_check_prompts(const config_t *config, fault_t *fault)
{
    model_prompts_t prompts;
    fault_t why = {0};
    status_t status =
        model_prompts_load(&prompts, config_text(config, CONFIG_TAGGER_PROMPTS), &why);
    model_prompts_free(&prompts);
    return status == STATUS_OK ? status
                               : fault_set(fault, status, "tagger/prompts: %s", why.detail);
}

/* Without it every local document would fail, one by one. */
static status_t
s_check_root(const config_t *config, fault_t *fault)
{
    const char *root = config_text(config, CONFIG_DOCUMENTS_ROOT);
    int directory = *root ? open(root, O_PATH | O_DIRECTORY | O_CLOEXEC) : -1;
    if (*root && directory < 0)
        return fault_set(fault, STATUS_BAD_REQUEST,
                         "documents/root: the directory %s cannot be opened: %s", root,
                         strerrordesc_np(errno));
    if (directory >= 0)
        close(directory);
    return STATUS_OK;
}

static status_t
s_fill(config_t *config, const s_line_t *line, char *const *environment, fault_t *fault)
{
    status_t status = STATUS_OK;
    if (line->file)
        status = config_load_file(config, line->file, fault);
    if (status == STATUS_OK)
        status = config_load_environment(config, environment, fault);
    for (size_t i = 0; i < line->assignment_count && status == STATUS_OK; i++) {
        fault_t why = {0};
        status = config_set(config, line->assignments[i], &why);
        if (status != STATUS_OK)
            fault_set(fault, status, "--set %s", why.detail);
    }
    if (status == STATUS_OK)
        status = config_finish(config, fault);
    if (status == STATUS_OK)
        status = s_check_prompts(config, fault);
    return status == STATUS_OK ? s_check_root(config, fault) : status;
}

/* Does what the command line asks for besides running. Returns true when the program is to run. */
static bool
s_answer(options_t *self, const s_line_t *line, char *const *environment, FILE *out, int *exit_code)
{
    *exit_code = OPTIONS_EXIT_OK;
    if (line->help)
        s_write_help(out, line->program);
    else if (line->version)
        fprintf(out, "%s %s\n", line->program->name, TAGMILL_VERSION);
    else if (line->example)
        config_write_example(out);
    if (line->help || line->version || line->example)
        return false;

    fault_t fault = {0};
    self->role = line->role;
    self->config = config_new();
    if (s_fill(self->config, line, environment, &fault) == STATUS_OK) {
        if (!line->check)
            return true;
        fprintf(out, "%s: the settings are right\n", line->program->name);
    } else {
        fprintf(line->err, "%s: %s\n", line->program->name, fault.detail);
        *exit_code = OPTIONS_EXIT_USAGE;
    }
    options_free(self);
    return false;
}

bool
options_parse(options_t *self, const options_program_t *program, int argc, char **argv,
              char *const *environment, FILE *out, FILE *err, int *exit_code)
{
    *self = (options_t){0};
    s_line_t line = {.program = program, .err = err};
    line.assignments = memory_new((size_t) argc * sizeof *line.assignments);
    bool run = false;
    if (s_read_line(&line, argc, argv))
        run = s_answer(self, &line, environment, out, exit_code);
    else
        *exit_code = OPTIONS_EXIT_USAGE;
    free(line.assignments);
    return run;
}

void
options_free(options_t *self)
{
    config_destroy(&self->config);
}
