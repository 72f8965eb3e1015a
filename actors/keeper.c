#include "actors/keeper.h"

#include <ctype.h>
#include <errno.h>
#include <limits.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <stdlib.h>
#include <string.h>
#include <sys/pidfd.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/buffer.h"
#include "base/clock.h"
#include "base/log.h"
#include "base/memory.h"

enum {
    BACKOFF_FIRST_MS = 100,
    BACKOFF_LAST_MS = 5000,
    HEALTHY_MS = 30000, /* a child that lived for this long failed for a reason of its own */
    FIRST_FD = 3,       /* children keep standard input, output and error */
    PATIENCE_MS = 1000,
    BLIND_PATIENCE_MS = 20
};

typedef struct {
    pid_t pid;          /* 0: it does not run */
    int64_t started_ms; /* while it runs */
    int64_t due_ms;     /* while it does not: when it is started */
    int64_t wait_ms;    /* the back-off that its next end is followed by */
} child_t;

struct keeper {
    char **command;     /* program and arguments, NULL-ended */
    char **environment; /* NAME=VALUE, NULL-ended */
    child_t *children;
    uint32_t count;
};

/* ---- decisions ---- */

static void
s_began(child_t *child, pid_t pid, int64_t now_ms)
{
    child->pid = pid;
    child->started_ms = now_ms;
}

static void
s_ended(child_t *child, int64_t now_ms)
{
    if (child->pid && now_ms - child->started_ms >= HEALTHY_MS)
        child->wait_ms = BACKOFF_FIRST_MS;
    child->pid = 0;
    child->due_ms = now_ms + child->wait_ms;
    child->wait_ms = child->wait_ms * 2 < BACKOFF_LAST_MS ? child->wait_ms * 2 : BACKOFF_LAST_MS;
}

/* ---- processes ---- */

/* Returns the process id, or 0 when the program cannot be started. */
static pid_t
s_spawn(char *const *command, char *const *environment)
{
    posix_spawn_file_actions_t actions;
    posix_spawnattr_t attributes;
    sigset_t none, all;
    sigemptyset(&none);
    sigfillset(&all);
    posix_spawn_file_actions_init(&actions);
    posix_spawn_file_actions_addclosefrom_np(&actions, FIRST_FD);
    posix_spawnattr_init(&attributes);
    posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETPGROUP | POSIX_SPAWN_SETSIGMASK |
                                              POSIX_SPAWN_SETSIGDEF);
    posix_spawnattr_setpgroup(&attributes, 0);
    posix_spawnattr_setsigmask(&attributes, &none);
    posix_spawnattr_setsigdefault(&attributes, &all);
    pid_t pid = 0;
    int error = posix_spawn(&pid, command[0], &actions, &attributes, command, environment);
    posix_spawnattr_destroy(&attributes);
    posix_spawn_file_actions_destroy(&actions);
    if (error == 0)
        return pid;
    log_error("keeper", "a worker cannot be started", LOG_S("program", command[0]),
              LOG_S("why", strerrordesc_np(error)));
    return 0;
}

static void
s_start_child(keeper_t *self, child_t *child, int64_t now_ms)
{
    pid_t pid = s_spawn(self->command, self->environment);
    if (pid == 0) {
        s_ended(child, now_ms);
        return;
    }
    s_began(child, pid, now_ms);
    log_info("keeper", "a worker was started", LOG_N("pid", pid));
}

/* Returns true when the child runs no longer. Only our own are waited for: the process may have
 * children that are not the keeper's. */
static bool
s_has_ended(const child_t *child, int *how)
{
    pid_t ended = waitpid(child->pid, how, WNOHANG);
    return ended == child->pid || (ended < 0 && errno == ECHILD);
}

static void
s_reap(child_t *child, int64_t now_ms)
{
    int how = 0;
    if (child->pid == 0 || !s_has_ended(child, &how))
        return;
    log_warning("keeper", "a worker ended", LOG_N("pid", child->pid),
                LOG_N("exit_code", WIFEXITED(how) ? WEXITSTATUS(how) : -1),
                LOG_N("signal", WIFSIGNALED(how) ? WTERMSIG(how) : 0),
                LOG_N("lived_ms", now_ms - child->started_ms));
    s_ended(child, now_ms);
}

/* ---- what a worker is told ---- */

static bool
s_concerns_workers(const char *path)
{
    static const char *const prefixes[] = {"data_dir", "documents/", "s3/",     "extract/",
                                           "workers/", "bus/",       "tagger/", "log/"};
    for (size_t i = 0; i < sizeof prefixes / sizeof prefixes[0]; i++)
        if (strncmp(path, prefixes[i], strlen(prefixes[i])) == 0)
            return true;
    return false;
}

static char *
s_join(const char *first, const char *second, const char *third)
{
    buffer_t text = {0};
    buffer_printf(&text, "%s%s%s", first, second, third);
    return text.data;
}

static void
s_append(char ***list, char *text)
{
    size_t count = 0;
    while (*list && (*list)[count])
        count++;
    *list = memory_resize(*list, (count + 2) * sizeof **list);
    (*list)[count] = text;
    (*list)[count + 1] = NULL;
}

static void
s_append_setting(void *list, const char *path, const char *value, bool is_secret)
{
    if (is_secret)
        return;
    s_append(list, s_join("--set", "", ""));
    s_append(list, s_join(path, "=", value));
}

static void
s_each_setting(const config_t *config, config_setting_fn *take, void *taker)
{
    for (int number = 0; number < CONFIG_KEY_COUNT; number++) {
        config_key_t key = (config_key_t) number;
        if (s_concerns_workers(config_key_path(key)))
            take(taker, config_key_path(key), config_text(config, key), config_key_is_secret(key));
    }
    config_each_provider_setting(config, take, taker);
}

char **
keeper_arguments(const config_t *config)
{
    char **arguments = NULL;
    char number[24];
    snprintf(number, sizeof number, "%d", (int) getpid());
    s_append(&arguments, s_join("--parent", "", ""));
    s_append(&arguments, s_join(number, "", ""));
    s_each_setting(config, s_append_setting, &arguments);
    return arguments;
}

/* Puts a secret into the environment, in the place of what was inherited: there only this
 * user can read it. */
static void
s_append_secret(void *list, const char *path, const char *value, bool is_secret)
{
    char ***environment = list;
    if (!is_secret)
        return;
    char *variable = s_join("TAGMILL_", path, "=");
    size_t size = strlen(variable), kept = 0;
    for (char *c = variable; *c; c++)
        *c = *c == '/' || *c == '-' ? '_' : (char) toupper((unsigned char) *c);
    for (size_t i = 0; *environment && (*environment)[i]; i++) {
        if (strncmp((*environment)[i], variable, size) == 0)
            free((*environment)[i]);
        else
            (*environment)[kept++] = (*environment)[i];
    }
    if (*environment)
        (*environment)[kept] = NULL;
    if (*value)
        s_append(environment, s_join(variable, value, ""));
    free(variable);
}

char **
keeper_environment(const config_t *config, char *const *inherited)
{
    char **environment = NULL;
    for (; *inherited; inherited++)
        s_append(&environment, s_join(*inherited, "", ""));
    s_each_setting(config, s_append_secret, &environment);
    return environment;
}

void
keeper_arguments_free(char **arguments)
{
    for (size_t i = 0; arguments && arguments[i]; i++) {
        explicit_bzero(arguments[i], strlen(arguments[i]));
        free(arguments[i]);
    }
    free(arguments);
}

/* ---- public ---- */

static char *
s_find_program(fault_t *fault)
{
    char path[PATH_MAX];
    ssize_t size = readlink("/proc/self/exe", path, sizeof path - 1);
    path[size > 0 ? size : 0] = '\0';
    char *slash = strrchr(path, '/');
    if (slash == NULL) {
        fault_set(fault, STATUS_NOT_FOUND, "where this program stands is not known");
        return NULL;
    }
    slash[1] = '\0';
    char *program = s_join(path, "tagmill-worker", "");
    if (access(program, X_OK) == 0)
        return program;
    fault_set(fault, STATUS_NOT_FOUND, "%s is missing or cannot be run", program);
    free(program);
    return NULL;
}

status_t
keeper_start(keeper_t **self_p, const config_t *config, int64_t now_ms, fault_t *fault)
{
    *self_p = NULL;
    uint32_t processes = (uint32_t) config_number(config, CONFIG_WORKERS_PROCESSES);
    char *program = processes ? s_find_program(fault) : s_join("", "", "");
    if (program == NULL)
        return STATUS_NOT_FOUND;
    char **arguments = keeper_arguments(config);
    char **environment = keeper_environment(config, environ);
    *self_p = keeper_new(&(keeper_options_t){.program = program,
                                             .arguments = arguments,
                                             .environment = environment,
                                             .processes = processes},
                         now_ms);
    keeper_arguments_free(arguments);
    keeper_arguments_free(environment);
    free(program);
    return STATUS_OK;
}

/* Returns owned: a copy of a NULL-ended list, behind `first` where that is not NULL. */
static char **
s_copy_list(const char *first, char *const *rest)
{
    char **list = NULL;
    if (first)
        s_append(&list, s_join(first, "", ""));
    for (; *rest; rest++)
        s_append(&list, s_join(*rest, "", ""));
    return list;
}

keeper_t *
keeper_new(const keeper_options_t *options, int64_t now_ms)
{
    keeper_t *self = memory_new(sizeof *self);
    self->command = s_copy_list(options->program, options->arguments);
    self->environment = s_copy_list(NULL, options->environment ? options->environment : environ);
    self->count = options->processes;
    self->children = memory_new(self->count * sizeof *self->children);
    for (uint32_t i = 0; i < self->count; i++) {
        self->children[i].wait_ms = BACKOFF_FIRST_MS;
        s_start_child(self, &self->children[i], now_ms);
    }
    return self;
}

void
keeper_tick(keeper_t *self, int64_t now_ms)
{
    for (uint32_t i = 0; i < self->count; i++) {
        child_t *child = &self->children[i];
        s_reap(child, now_ms);
        if (child->pid == 0 && child->due_ms <= now_ms)
            s_start_child(self, child, now_ms);
    }
}

int64_t
keeper_deadline(const keeper_t *self)
{
    int64_t deadline = INT64_MAX;
    for (uint32_t i = 0; i < self->count; i++)
        if (self->children[i].pid == 0 && self->children[i].due_ms < deadline)
            deadline = self->children[i].due_ms;
    return deadline;
}

uint32_t
keeper_running(const keeper_t *self)
{
    uint32_t running = 0;
    for (uint32_t i = 0; i < self->count; i++)
        running += self->children[i].pid != 0;
    return running;
}

pid_t
keeper_pid(const keeper_t *self, uint32_t index)
{
    return self->children[index].pid;
}

static void
s_signal_all(keeper_t *self, int number)
{
    for (uint32_t i = 0; i < self->count; i++)
        if (self->children[i].pid)
            kill(self->children[i].pid, number);
}

/* Waits until the child has ended or `until_ms` is reached. */
static void
s_await(child_t *child, int64_t until_ms)
{
    int how = 0;
    int fd = pidfd_open(child->pid, 0);
    int64_t left_ms = until_ms - clock_monotonic_ms();
    bool ended = s_has_ended(child, &how);
    for (; !ended && left_ms > 0; left_ms = until_ms - clock_monotonic_ms()) {
        /* A kernel without pidfd is asked again every now and then. */
        int64_t patience_ms = fd >= 0 ? PATIENCE_MS : BLIND_PATIENCE_MS;
        struct pollfd item = {.fd = fd, .events = POLLIN};
        poll(&item, 1, (int) (left_ms < patience_ms ? left_ms : patience_ms));
        ended = s_has_ended(child, &how);
    }
    if (ended)
        child->pid = 0;
    if (fd >= 0)
        close(fd);
}

static void
s_await_all(keeper_t *self, int64_t until_ms)
{
    for (uint32_t i = 0; i < self->count; i++)
        if (self->children[i].pid)
            s_await(&self->children[i], until_ms);
}

void
keeper_stop(keeper_t **self_p, uint32_t grace_ms)
{
    keeper_t *self = *self_p;
    if (self == NULL)
        return;
    s_signal_all(self, SIGTERM);
    s_await_all(self, clock_monotonic_ms() + grace_ms);
    if (keeper_running(self)) {
        log_warning("keeper", "workers did not end in time", LOG_N("count", keeper_running(self)));
        s_signal_all(self, SIGKILL);
        s_await_all(self, INT64_MAX);
    }
    keeper_arguments_free(self->command);
    keeper_arguments_free(self->environment);
    free(self->children);
    free(self);
    *self_p = NULL;
}
