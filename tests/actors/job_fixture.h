/* One job actor with all that it needs, for tests of its verbs. Each call but `last` ends with
 * job_check. */
#ifndef TAGMILL_TESTS_ACTORS_JOB_FIXTURE_H
#define TAGMILL_TESTS_ACTORS_JOB_FIXTURE_H

#include "actors/job.h"
#include "tests/support/cmocka_all.h"

enum { FIXTURE_TOTAL = 3, FIXTURE_ATTEMPTS = 3 };

extern user_t the_user;
extern job_t *the_job;
extern doc_t *the_out; /* begun and not back; NULL: none */
extern heap_t the_timers;
extern effects_t the_effects;
extern int64_t the_now_ms; /* monotonic */

int job_fixture_setup(void **state);
int job_fixture_teardown(void **state);
turn_t *job_fixture_turn(void);

/* Makes the job and wakes it. */
void job_fixture_new_job(uint32_t total, job_state_t state);

/* Brings a new job of three documents into a state; a processing or paused one has row 0 out. */
void job_fixture_bring(job_state_t state);

/* The loader answers with rows `from` to `until` - 1. */
void job_fixture_give_window(uint32_t load, bool ok, uint32_t from, uint32_t until, bool last);

/* The next document is begun; the_out is lost, or comes back. */
void job_fixture_begin(void);
bool job_fixture_finish(error_type_t type);
void job_fixture_lose(void);

/* Returns false when it was refused. */
bool job_fixture_command(job_command_t command);

/* Everything that was journalled is on disk. */
void job_fixture_commit(void);

/* The last frame of that message among the effects; empty: there is none. */
slice_t job_fixture_last(message_number_t number);

#endif
