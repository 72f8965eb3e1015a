#include "tests/documents/s3_server.h"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/memory.h"

enum { OBJECTS_MAX = 64, START_MS = 60000 };

struct s3_server {
    char directory[64];
    pid_t pid;
    int input;  /* open: it lives */
    int output; /* its port */
    unsigned port;
};

static bool
s_spawn(s3_server_t *self, const char *const *objects)
{
    char program[512];
    snprintf(program, sizeof program, "%s/tests/documents/s3_swift", getenv("TAGMILL_TEST_SOURCE"));
    char *command[2 * OBJECTS_MAX + 3] = {program, self->directory};
    for (size_t i = 0; objects[i] && i < (size_t) 2 * OBJECTS_MAX; i++)
        command[2 + i] = (char *) (uintptr_t) objects[i]; /* which posix_spawn does not change */
    int in[2], out[2];
    if (pipe2(in, O_CLOEXEC) != 0 || pipe2(out, O_CLOEXEC) != 0)
        return false;
    posix_spawn_file_actions_t actions;
    posix_spawn_file_actions_init(&actions);
    posix_spawn_file_actions_adddup2(&actions, in[0], STDIN_FILENO);
    posix_spawn_file_actions_adddup2(&actions, out[1], STDOUT_FILENO);
    int error = posix_spawn(&self->pid, program, &actions, NULL, command, environ);
    posix_spawn_file_actions_destroy(&actions);
    close(in[0]);
    close(out[1]);
    self->input = in[1];
    self->output = out[0];
    return error == 0;
}

static bool
s_read_port(s3_server_t *self)
{
    char line[16] = "";
    size_t size = 0;
    while (size < sizeof line - 1 && strchr(line, '\n') == NULL) {
        struct pollfd item = {.fd = self->output, .events = POLLIN};
        if (poll(&item, 1, START_MS) != 1)
            return false;
        ssize_t got = read(self->output, line + size, sizeof line - 1 - size);
        if (got <= 0)
            return false;
        size += (size_t) got;
    }
    self->port = (unsigned) strtoul(line, NULL, 10);
    return self->port > 0;
}

s3_server_t *
s3_server_start(const char *const *objects)
{
    s3_server_t *self = memory_new(sizeof *self);
    strcpy(self->directory, "/tmp/tagmill-s3-XXXXXX");
    self->input = self->output = -1;
    if (mkdtemp(self->directory) == NULL)
        abort();
    if (!s_spawn(self, objects) || !s_read_port(self))
        s3_server_stop(&self);
    return self;
}

unsigned
s3_server_port(const s3_server_t *self)
{
    return self->port;
}

void
s3_server_stop(s3_server_t **self_p)
{
    s3_server_t *self = *self_p;
    if (self == NULL)
        return;
    close(self->input);
    close(self->output);
    if (self->pid > 0) {
        kill(self->pid, SIGKILL);
        waitpid(self->pid, NULL, 0);
    }
    char command[128];
    snprintf(command, sizeof command, "rm -rf %s", self->directory);
    if (system(command) != 0)
        abort();
    free(self);
    *self_p = NULL;
}
