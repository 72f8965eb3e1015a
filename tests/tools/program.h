/* Runs a built program and keeps what it wrote. */
#ifndef TAGMILL_TESTS_TOOLS_PROGRAM_H
#define TAGMILL_TESTS_TOOLS_PROGRAM_H

#include <stdbool.h>
#include <sys/types.h>

typedef struct {
    int exit_code; /* -1: it did not end by itself */
    char *out, *err;
} program_outcome_t;

typedef struct program program_t;

/* Returns owned: the program `name` of TAGMILL_TEST_BIN, started with `arguments` (NULL-ended,
 * without its name) in an environment of its own that has TAGMILL_URL=`url` (NULL: none). With
 * `terminal` its output goes to a terminal. */
program_t *program_start(const char *name, const char *url, bool terminal,
                         const char *const *arguments);

/* Waits until the output so far holds `text`, for at most ten seconds; false when it never did. */
bool program_await_output(program_t *self, const char *text);

/* Sends a signal. */
void program_signal(program_t *self, int number);

/* Waits for the program's end and frees it. The texts are the caller's. */
program_outcome_t program_finish(program_t **self_p);

/* Frees the texts. */
void program_outcome_free(program_outcome_t *outcome);

#endif
