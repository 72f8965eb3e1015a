#include "documents/extractor.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/log.h"
#include "base/memory.h"

enum {
    WAIT_STEP_MS = 50, /* how often the cancel flag is looked at */
    PATH_SIZE = 4096,
    NUMBER_SIZE = 24,
    BESIDE_FD = 3,
};

static const char PROGRAM_NAME[] = "tagmill-extract";

struct extractor {
    char *program;
    uint32_t documents;
    char memory_bytes[NUMBER_SIZE]; /* as the process is told */
    char *ocr_languages;
    pid_t pid;       /* 0: there is no process */
    int fd;          /* our end of its socket */
    uint32_t served; /* documents that this process was given */
    buffer_t input;  /* the answer, as it arrives */
};

/* How a step of the exchange ended. */
typedef enum { STEP_DONE, STEP_TIMEOUT, STEP_CANCELLED, STEP_LOST, STEP_MALFORMED } step_t;

typedef struct {
    int64_t deadline_ms;
    const atomic_bool *cancel;
} patience_t;

static char *
s_default_program(void)
{
    char path[PATH_SIZE];
    ssize_t size = readlink("/proc/self/exe", path, sizeof path);
    if (size <= 0 || size == sizeof path)
        return slice_copy(slice_from(PROGRAM_NAME));
    const char *slash = memrchr(path, '/', (size_t) size);
    buffer_t program = {0};
    buffer_append(&program, path, slash ? (size_t) (slash - path) + 1 : 0);
    buffer_append_text(&program, PROGRAM_NAME);
    return program.data;
}

extractor_t *
extractor_new(const extractor_options_t *options)
{
    extractor_t *self = memory_new(sizeof *self);
    self->program =
        options->program[0] ? slice_copy(slice_from(options->program)) : s_default_program();
    self->documents = options->documents;
    self->ocr_languages = slice_copy(slice_from(options->ocr_languages));
    snprintf(self->memory_bytes, sizeof self->memory_bytes, "%llu",
             (unsigned long long) options->memory_bytes);
    return self;
}

/* Ends the process, if there is one. Returns the status that waitpid gave; -1: none. */
static int
s_end_process(extractor_t *self)
{
    if (self->pid == 0)
        return -1;
    int status = -1;
    close(self->fd);
    kill(self->pid, SIGKILL);
    pid_t got;
    do
        got = waitpid(self->pid, &status, 0);
    while (got < 0 && errno == EINTR);
    self->pid = 0;
    self->fd = -1;
    return got < 0 ? -1 : status;
}

void
extractor_destroy(extractor_t **self_p)
{
    extractor_t *self = *self_p;
    if (self == NULL)
        return;
    s_end_process(self);
    buffer_free(&self->input);
    free(self->ocr_languages);
    free(self->program);
    free(self);
    *self_p = NULL;
}

/* A group of its own, so that what a terminal sends to ours does not end it in the midst of a
 * document; signals as at birth; nothing of ours but standard error. */
static int
s_spawn(extractor_t *self, int fd)
{
    char *arguments[] = {self->program,     "--serve",           "--memory", self->memory_bytes,
                         "--ocr-languages", self->ocr_languages, NULL};
    char *environment[] = {NULL};
    posix_spawn_file_actions_t actions;
    posix_spawnattr_t attributes;
    sigset_t none, all;
    sigemptyset(&none);
    sigfillset(&all);
    posix_spawn_file_actions_init(&actions);
    posix_spawn_file_actions_adddup2(&actions, fd, STDIN_FILENO);
    posix_spawn_file_actions_adddup2(&actions, fd, STDOUT_FILENO);
    posix_spawn_file_actions_addclosefrom_np(&actions, BESIDE_FD);
    posix_spawnattr_init(&attributes);
    posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETPGROUP | POSIX_SPAWN_SETSIGMASK |
                                              POSIX_SPAWN_SETSIGDEF);
    posix_spawnattr_setpgroup(&attributes, 0);
    posix_spawnattr_setsigmask(&attributes, &none);
    posix_spawnattr_setsigdefault(&attributes, &all);
    int error =
        posix_spawn(&self->pid, self->program, &actions, &attributes, arguments, environment);
    posix_spawnattr_destroy(&attributes);
    posix_spawn_file_actions_destroy(&actions);
    if (error != 0)
        self->pid = 0;
    return error;
}

static error_type_t
s_start_process(extractor_t *self, failure_t *failure)
{
    int pair[2];
    int error = 0;
    if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair) != 0)
        error = errno;
    if (error == 0) {
        error = s_spawn(self, pair[1]);
        close(pair[1]);
        if (error != 0)
            close(pair[0]);
    }
    if (error != 0) {
        log_error("extractor", "the extract process cannot be started",
                  LOG_S("program", self->program), LOG_S("error", strerrordesc_np(error)));
        return failure_set(failure, ERROR_INTERNAL, "the extract process cannot be started: %s",
                           strerrordesc_np(error));
    }
    self->fd = pair[0];
    self->served = 0;
    return ERROR_NONE;
}

/* True when a process waits for work; one that died while idle is buried here, so that its death is
 * not taken for the next document's doing. */
static bool
s_is_ready(extractor_t *self)
{
    if (self->pid == 0)
        return false;
    char byte;
    ssize_t got = recv(self->fd, &byte, 1, MSG_PEEK | MSG_DONTWAIT);
    if (got < 0 && (errno == EAGAIN || errno == EINTR) && self->served < self->documents)
        return true;
    s_end_process(self);
    return false;
}

/* Waits until the socket is ready for `events`. */
static step_t
s_wait(const extractor_t *self, short events, const patience_t *patience)
{
    for (;;) {
        if (atomic_load(patience->cancel))
            return STEP_CANCELLED;
        int64_t left_ms = patience->deadline_ms - clock_monotonic_ms();
        if (left_ms <= 0)
            return STEP_TIMEOUT;
        struct pollfd item = {.fd = self->fd, .events = events};
        int ready = poll(&item, 1, left_ms < WAIT_STEP_MS ? (int) left_ms : WAIT_STEP_MS);
        if (ready > 0)
            return STEP_DONE;
        if (ready < 0 && errno != EINTR)
            return STEP_LOST;
    }
}

/* MSG_NOSIGNAL: the process may be gone, and that must not end us. */
static step_t
s_send(extractor_t *self, slice_t bytes, const patience_t *patience)
{
    while (bytes.size) {
        ssize_t sent = send(self->fd, bytes.data, bytes.size, MSG_NOSIGNAL | MSG_DONTWAIT);
        if (sent < 0 && errno != EAGAIN && errno != EINTR)
            return STEP_LOST;
        if (sent > 0)
            bytes = (slice_t){bytes.data + sent, bytes.size - (size_t) sent};
        step_t step = bytes.size ? s_wait(self, POLLOUT, patience) : STEP_DONE;
        if (step != STEP_DONE)
            return step;
    }
    return STEP_DONE;
}

static step_t
s_receive(extractor_t *self, const patience_t *patience, extract_answer_t *answer)
{
    buffer_clear(&self->input);
    for (;;) {
        size_t needed = 0;
        switch (extract_answer_decode(buffer_slice(&self->input), answer, &needed)) {
        case FRAME_COMPLETE: return STEP_DONE;
        case FRAME_MALFORMED: return STEP_MALFORMED;
        case FRAME_PARTIAL: break;
        }
        step_t step = s_wait(self, POLLIN, patience);
        if (step != STEP_DONE)
            return step;
        size_t wanted = needed - self->input.size;
        char *end = buffer_reserve(&self->input, wanted);
        ssize_t got = recv(self->fd, end, wanted, MSG_DONTWAIT);
        if (got == 0 || (got < 0 && errno != EAGAIN && errno != EINTR))
            return STEP_LOST;
        if (got > 0)
            self->input.size += (size_t) got;
    }
}

static step_t
s_exchange(extractor_t *self, const extract_request_t *request, const patience_t *patience,
           extract_answer_t *answer)
{
    buffer_t head = {0};
    extract_request_encode_head(request, &head);
    step_t step = s_send(self, buffer_slice(&head), patience);
    if (step == STEP_DONE)
        step = s_send(self, request->bytes, patience);
    buffer_free(&head);
    if (step == STEP_DONE)
        step = s_receive(self, patience, answer);
    return step;
}

/* The socket closed: the kernel closes it when the process ends, but a process that has been taken
 * over may close it and live, so it is killed after a moment. */
static error_type_t
s_say_crash(extractor_t *self, failure_t *failure)
{
    siginfo_t info = {0};
    for (int tries = 0; tries < 20 && info.si_pid == 0; tries++) {
        if (waitid(P_PID, (id_t) self->pid, &info, WEXITED | WNOHANG | WNOWAIT) != 0)
            break;
        if (info.si_pid == 0)
            poll(NULL, 0, 5);
    }
    int status = s_end_process(self);
    const char *name = WIFSIGNALED(status) ? sigabbrev_np(WTERMSIG(status)) : NULL;
    log_warning("extractor", "the extract process ended on a document",
                LOG_S("signal", name ? name : "none"), LOG_N("status", status));
    if (name)
        return failure_set(failure, ERROR_CRASHED,
                           "reading the document crashed its process (SIG%s)", name);
    return failure_set(failure, ERROR_CRASHED, "reading the document ended its process (exit %d)",
                       WIFEXITED(status) ? WEXITSTATUS(status) : -1);
}

static error_type_t
s_say(extractor_t *self, step_t step, const extract_answer_t *answer, failure_t *failure)
{
    switch (step) {
    case STEP_DONE:
        if (answer->error == ERROR_NONE)
            return ERROR_NONE;
        return failure_set(failure, answer->error, "%.*s", SLICE_ARG(answer->detail));
    case STEP_LOST: return s_say_crash(self, failure);
    case STEP_TIMEOUT:
        s_end_process(self);
        return failure_set(failure, ERROR_TIMEOUT, "reading the document took too long");
    case STEP_CANCELLED:
        s_end_process(self);
        return failure_set(failure, ERROR_INTERNAL, "cancelled");
    case STEP_MALFORMED: break;
    }
    log_error("extractor", "the extract process gave a malformed answer");
    s_end_process(self);
    return failure_set(failure, ERROR_CRASHED, "reading the document gave a malformed answer");
}

error_type_t
extractor_run(extractor_t *self, const extract_request_t *request, int64_t deadline_ms,
              const atomic_bool *cancel, extract_answer_t *answer, failure_t *failure)
{
    *failure = (failure_t){0};
    *answer = (extract_answer_t){.confidence = EXTRACT_CONFIDENCE_NONE};
    if (!s_is_ready(self) && s_start_process(self, failure) != ERROR_NONE)
        return failure->type;
    self->served++;
    patience_t patience = {deadline_ms, cancel};
    step_t step = s_exchange(self, request, &patience, answer);
    return s_say(self, step, answer, failure);
}
