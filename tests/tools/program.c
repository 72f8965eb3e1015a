#include "tests/tools/program.h"

#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "base/buffer.h"
#include "base/clock.h"
#include "base/memory.h"

enum { ARGUMENTS_MAX = 32, OUTPUT_MAX = 1 << 20, WAIT_MS = 10000, PAUSE_MS = 10 };

struct program {
    pid_t pid;
    int out, err; /* files in memory, or `out` the terminal's other end */
    bool is_terminal;
    buffer_t seen; /* read from the terminal so far */
};

/* Opens a terminal; returns its controlling end and sets `*slave`. */
static int
s_open_terminal(int *slave)
{
    int master = posix_openpt(O_RDWR | O_NOCTTY | O_CLOEXEC | O_NONBLOCK);
    if (master < 0 || grantpt(master) != 0 || unlockpt(master) != 0)
        abort();
    *slave = open(ptsname(master), O_RDWR | O_NOCTTY | O_CLOEXEC);
    if (*slave < 0)
        abort();
    return master;
}

static void
s_spawn(program_t *self, int out, const char *name, const char *url, const char *const *arguments)
{
    char path[512], variable[128];
    char *argv[ARGUMENTS_MAX + 2] = {path};
    char *environment[8] = {NULL};
    size_t set = 0;
    snprintf(path, sizeof path, "%s/%s", getenv("TAGMILL_TEST_BIN"), name);
    snprintf(variable, sizeof variable, "TAGMILL_URL=%s", url ? url : "");
    if (url)
        environment[set++] = variable;
    static const char *const kept[] = {
        "ASAN_OPTIONS=", "UBSAN_OPTIONS=", "LSAN_OPTIONS=", "TSAN_OPTIONS="};
    for (char **one = environ; *one; one++)
        for (size_t i = 0; i < sizeof kept / sizeof kept[0]; i++)
            if (strncmp(*one, kept[i], strlen(kept[i])) == 0)
                environment[set++] = *one;
    for (int i = 0; arguments[i]; i++)
        argv[i + 1] = memory_copy_string(arguments[i], strlen(arguments[i]));
    posix_spawn_file_actions_t actions;
    posix_spawn_file_actions_init(&actions);
    posix_spawn_file_actions_adddup2(&actions, out, STDOUT_FILENO);
    posix_spawn_file_actions_adddup2(&actions, self->err, STDERR_FILENO);
    if (posix_spawn(&self->pid, path, &actions, NULL, argv, environment) != 0)
        abort();
    posix_spawn_file_actions_destroy(&actions);
    for (int i = 1; argv[i]; i++)
        free(argv[i]);
}

program_t *
program_start(const char *name, const char *url, bool terminal, const char *const *arguments)
{
    program_t *self = memory_new(sizeof *self);
    int slave = -1;
    self->is_terminal = terminal;
    self->out = terminal ? s_open_terminal(&slave) : memfd_create("out", MFD_CLOEXEC);
    self->err = memfd_create("err", MFD_CLOEXEC);
    s_spawn(self, terminal ? slave : self->out, name, url, arguments);
    if (terminal)
        close(slave);
    return self;
}

/* Returns owned: all that stands in a file in memory. */
static char *
s_read_file(int fd)
{
    char *text = memory_new(OUTPUT_MAX + 1);
    ssize_t size = pread(fd, text, OUTPUT_MAX, 0);
    text[size > 0 ? size : 0] = '\0';
    return text;
}

/* Returns owned: what the program wrote so far. */
static char *
s_output(program_t *self)
{
    if (!self->is_terminal)
        return s_read_file(self->out);
    char chunk[1024];
    for (ssize_t got = 0; (got = read(self->out, chunk, sizeof chunk)) > 0;)
        buffer_append(&self->seen, chunk, (size_t) got);
    return slice_copy(buffer_slice(&self->seen));
}

bool
program_await_output(program_t *self, const char *text)
{
    int64_t deadline_ms = clock_monotonic_ms() + WAIT_MS;
    for (bool found = false; !found;) {
        char *output = s_output(self);
        found = strstr(output, text) != NULL;
        free(output);
        if (!found && clock_monotonic_ms() > deadline_ms)
            return false;
        nanosleep(&(struct timespec){.tv_nsec = PAUSE_MS * 1000000L}, NULL);
    }
    return true;
}

void
program_signal(program_t *self, int number)
{
    kill(self->pid, number);
}

program_outcome_t
program_finish(program_t **self_p)
{
    program_t *self = *self_p;
    program_outcome_t outcome = {.exit_code = -1};
    int64_t deadline_ms = clock_monotonic_ms() + 3 * WAIT_MS;
    int status = 0;
    while (waitpid(self->pid, &status, WNOHANG) == 0) {
        if (clock_monotonic_ms() > deadline_ms)
            kill(self->pid, SIGKILL);
        free(s_output(self)); /* a terminal that nobody reads would hold the program up */
        nanosleep(&(struct timespec){.tv_nsec = PAUSE_MS * 1000000L}, NULL);
    }
    if (WIFEXITED(status))
        outcome.exit_code = WEXITSTATUS(status);
    outcome.out = s_output(self);
    outcome.err = s_read_file(self->err);
    close(self->out);
    close(self->err);
    buffer_free(&self->seen);
    free(self);
    *self_p = NULL;
    return outcome;
}

void
program_outcome_free(program_outcome_t *outcome)
{
    free(outcome->out);
    free(outcome->err);
    *outcome = (program_outcome_t){0};
}
