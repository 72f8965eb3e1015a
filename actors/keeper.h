/* The keeper: starts worker processes and keeps them running.
 *
 * A child that ends is started again after a back-off (100 ms, doubled up to 5 s; from 100 ms again
 * when it had lived for 30 s). It has no thread: its owner calls keeper_tick when SIGCHLD came and
 * when keeper_deadline is reached. A child has a process group of its own (what a terminal sends to
 * tagmilld is for tagmilld to pass on), a clean signal mask, and none of our descriptors but the
 * standard three.
 *
 * All calls come from one thread, and that one lives as long as the children: they ask the kernel
 * to end them when the thread that started them ends.
 */
#ifndef TAGMILL_ACTORS_KEEPER_H
#define TAGMILL_ACTORS_KEEPER_H

#include <sys/types.h>

#include "base/fault.h"
#include "config/config.h"

typedef struct keeper keeper_t;

typedef struct {
    const char *program;      /* path */
    char *const *arguments;   /* after the program's name, NULL-ended */
    char *const *environment; /* NULL-ended list of NAME=VALUE; NULL: this process's own */
    uint32_t processes;       /* children to keep; 0: none */
} keeper_options_t;

/* Starts `workers/processes` copies of tagmill-worker, which stands beside the running program,
 * with the settings of `config` that concern a worker (borrowed for the call). Returns owned in
 * `*self_p`. NOT_FOUND: there is no such program. */
status_t keeper_start(keeper_t **self_p, const config_t *config, int64_t now_ms, fault_t *fault);

/* As keeper_start, for any program (options borrowed for the call). */
keeper_t *keeper_new(const keeper_options_t *options, int64_t now_ms);

/* Takes leave of children that ended and starts those that are due. */
void keeper_tick(keeper_t *self, int64_t now_ms);

/* When keeper_tick wants to be called next though no child ends, in monotonic ms; INT64_MAX: it
 * does not. */
int64_t keeper_deadline(const keeper_t *self);

/* Children that run, and the process id of one of them (0: it does not run). */
uint32_t keeper_running(const keeper_t *self);
pid_t keeper_pid(const keeper_t *self, uint32_t index);

/* Asks all children to end (SIGTERM), waits for them, kills after `grace_ms` those that are left,
 * frees the keeper and nulls the caller's pointer. Null-safe. */
void keeper_stop(keeper_t **self_p, uint32_t grace_ms);

/* Returns owned: what a worker is told on its command line, NULL-ended: --parent and a --set for
 * each setting that concerns it. None of these is a secret: any user of the host can read them.
 * Free with keeper_arguments_free. */
char **keeper_arguments(const config_t *config);

/* Returns owned: the environment of a worker, NULL-ended (never NULL itself as long as `inherited`
 * has something): what is inherited, with the keys of S3 and of providers, which only this user can
 * read there. Free with keeper_arguments_free. */
char **keeper_environment(const config_t *config, char *const *inherited);

/* Frees either list, wiped: one may hold keys. */
void keeper_arguments_free(char **arguments);

#endif
