/* What the commands of the tagmill client share. */
#ifndef TAGMILL_TOOLS_CLIENT_H
#define TAGMILL_TOOLS_CLIENT_H

#include "tools/client_http.h"
#include "tools/client_options.h"

/* Documented in --help: scripts rely on them. */
typedef enum {
    EXIT_DONE = 0,
    EXIT_JOB_FAILED = 1,
    EXIT_USAGE = 2,
    EXIT_UNREACHABLE = 3,
    EXIT_REFUSED = 4
} client_exit_t;

typedef struct {
    const client_options_t *options;
    client_http_t *http; /* NULL for a command that needs no server */
    char *api_key;       /* of --api-key-file, owned; NULL: it was not given */
} client_t;

/* A command: does it, prints to standard output, complains on standard error. */
typedef client_exit_t (*client_run_t)(const client_t *self);

client_exit_t client_run_start(const client_t *self);
client_exit_t client_run_status(const client_t *self);
client_exit_t client_run_watch(const client_t *self);
client_exit_t client_run_control(const client_t *self); /* pause, resume, cancel, retry */
client_exit_t client_run_active(const client_t *self);
client_exit_t client_run_results(const client_t *self);
client_exit_t client_run_token(const client_t *self);
client_exit_t client_run_validate(const client_t *self);

/* Follows the job `job_id` until it ends, as watch does. */
client_exit_t client_watch(const client_t *self, const char *job_id);

/* Complains: "tagmill: " and a sentence. Returns `code`. */
client_exit_t client_complain(client_exit_t code, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

/* Turns what came of a request into an exit status; complains unless the server said 2xx. `status`
 * and `fault` are those of client_http_send. */
client_exit_t client_judge(status_t status, const client_answer_t *answer, const fault_t *fault);

/* Appends "/api/batch/jobs/ID" and `tail` with the job's id percent-encoded. */
void client_job_target(buffer_t *out, const char *job_id, const char *tail);

/* GETs `tail` of the job's target and judges the answer. */
client_exit_t client_get_job(const client_t *self, const char *job_id, const char *tail,
                             client_answer_t *answer);

#endif
