/* A running tagmill for tests: real processes in a directory of their own, spoken to over HTTP.
 *
 * The programs are those in TAGMILL_TEST_BIN. Every wait has a deadline; a test that fails leaves
 * no process behind (children die with the test). One thread.
 */
#ifndef TAGMILL_TESTS_HOUSE_H
#define TAGMILL_TESTS_HOUSE_H

#include <cjson/cJSON.h>
#include <stdbool.h>
#include <sys/types.h>

#include "base/buffer.h"

enum { HOUSE_SETTINGS_MAX = 24 };

typedef struct {
    char
        directory[64]; /* DATA_DIR is directory/var, local documents stand in directory/documents */
    int port;          /* of the gateway that house_http speaks to */
    int progress_port;
    char *settings[HOUSE_SETTINGS_MAX]; /* KEY=VALUE for every process; owned */
    size_t setting_count;
    char *token; /* of user "alice"; owned */
} house_t;

typedef struct {
    long status; /* 0: no answer */
    buffer_t body;
    char etag[64];
    char location[256];
} answer_t;

/* Makes an empty house: directory, free ports, documents root, small timings. */
void house_open(house_t *self);

/* Removes its directory. */
void house_close(house_t *self);

/* Adds a setting for processes started from now on. */
void house_set(house_t *self, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* Returns a TCP port of 127.0.0.1 that was free a moment ago. */
int house_free_port(void);

/* Starts a program with the house's settings and further arguments (NULL-ended list; NULL: none),
 * and waits until it prints "ready" when `wait`. Returns its pid. */
pid_t house_start(house_t *self, const char *program, const char *const *arguments, bool wait);

/* Starts tagmilld in one process and waits until /api/ready answers 200. */
pid_t house_start_all(house_t *self);

/* Waits until /api/ready of the house's port answers 200; fails the test after 30 s. */
void house_await_ready(house_t *self);

/* Sends a signal and waits for the end. Returns the exit status, or 128 + signal. */
int house_stop(pid_t pid, int signal);

/* Returns owned: a token for `user`, valid for an hour. */
char *house_token(const house_t *self, const char *user);

/* A request to the house's port. `token` NULL: none. `body` NULL: none. */
void house_http(house_t *self, answer_t *answer, const char *method, const char *path,
                const char *token, const char *content_type, slice_t body);

/* GET as alice; the answer's status must be `status`. Returns owned JSON. */
cJSON *house_get(house_t *self, const char *path, long status);

/* POST of JSON as alice; the answer's status must be `status`. Returns owned JSON. */
cJSON *house_post(house_t *self, const char *path, const char *body, long status);

/* A number or text at the top of a JSON object; fails the test when it is missing. */
double json_number(const cJSON *object, const char *name);
const char *json_text(const cJSON *object, const char *name);

/* Polls a job of alice until its status is `status`; fails after `seconds`, and when progress or
 * version ever goes back. Returns owned: the last status. */
cJSON *house_await(house_t *self, const char *job_id, const char *status, int seconds);

/* Reads all results of a job of alice; fails when a row comes twice or out of order. Returns how
 * many, and in `*failed` (may be NULL) how many of them failed. */
size_t house_count_results(house_t *self, const char *job_id, size_t *failed);

/* Writes `count` short text documents doc-0.txt ... into the documents root. */
void house_write_documents(house_t *self, size_t count);

/* Appends an NDJSON start of `count` documents over `files` files of the root. */
void house_ndjson(buffer_t *out, const char *job_id, size_t count, size_t files);

/* 1 in the suite; with TAGMILL_TEST_FULL set the size that the figures are promised for. */
size_t house_scale(size_t suite, size_t full);

/* Resident memory of a process and of its children, in bytes. */
size_t house_memory(pid_t pid);

void answer_free(answer_t *answer);

#endif
