/* A control plane that is spoken to in frames, as the supervisor does, with a journal, a loader and
 * workers that do what the test says and nothing by themselves. control_check runs after each
 * frame. */
#ifndef TAGMILL_TESTS_ACTORS_CONTROL_FIXTURE_H
#define TAGMILL_TESTS_ACTORS_CONTROL_FIXTURE_H

#include "actors/control.h"
#include "base/vocabulary.h"
#include "tests/support/cmocka_all.h"

enum { FIXTURE_HEARTBEAT_MS = 1000, FIXTURE_SILENCE_MS = 4000, FIXTURE_WORK_MS = 60000 };
enum { FIXTURE_EPOCH = 77, FIXTURE_JOBS_MOST = 5 };

extern control_t *the_control;
extern effects_t the_effects; /* of everything since the last control_fixture_clear */
extern int64_t the_now_ms;
extern const route_t the_client, the_other;

/* A control plane that has recovered, with an audience. */
int control_fixture_setup(void **state);
int control_fixture_teardown(void **state);

/* A new one whose recovery has not begun. */
void control_fixture_restart(void);

/* Hands it a frame (takes the buffer's bytes). */
status_t control_fixture_hand(origin_t origin, const route_t *from, buffer_t *frame);

/* Hands it the message NAME, its members given as designated initialisers. */
#define HAND(origin, from, NAME, ...)                                                              \
    do {                                                                                           \
        buffer_t handed = {0};                                                                     \
        message_##NAME##_encode(&(const message_##NAME##_t){__VA_ARGS__}, &handed);                \
        assert_int_equal(control_fixture_hand(origin, from, &handed), STATUS_OK);                  \
    } while (0)

/* Time goes on by this much; what is due is done. */
void control_fixture_wait(int64_t passed_ms);

/* Forgets the effects so far. */
void control_fixture_clear(void);

/* How many effects carry that message; the last of them as a frame. */
size_t control_fixture_count(message_number_t number);
slice_t control_fixture_last(message_number_t number);

/* Decodes the last effect that carries NAME into `out`; there must be one. */
#define LAST(NAME, symbol, out)                                                                    \
    assert_int_equal(message_##NAME##_decode(control_fixture_last(MESSAGE_##symbol), out),         \
                     STATUS_OK)

/* Everything that was journalled is on disk. */
void control_fixture_commit(void);

/* A start comes whole, is on disk and answered, its window is loaded. Returns its job_no. */
uint64_t control_fixture_start(const char *owner, const char *job_id, const char *model,
                               uint32_t total);

/* The parts of a start. */
void control_fixture_open(const route_t *from, uint64_t intake, const char *job_id);
void control_fixture_chunk(const route_t *from, uint64_t intake, uint32_t first, uint32_t count);
void control_fixture_close(const route_t *from, uint64_t intake, uint32_t total);

enum { CONTROL_FIXTURE_VERSION = 7 }; /* of the jobs that the store tells of */

/* What became of the last ENTRY_CREATE or ENTRY_REVIVE, then everything is committed. */
void control_fixture_outcome(outcome_kind_t kind, job_state_t state, uint64_t job_no,
                             uint32_t total, uint32_t processed);

/* The loader answers the last LOAD_WINDOW with all of the job's rows. */
void control_fixture_load(uint32_t total);

/* A worker says HELLO and is welcome. Returns its number. */
uint32_t control_fixture_worker(const char *name, uint16_t slots);

/* The last WORK that was sent. */
message_work_t control_fixture_work(void);

/* Its worker answers it. */
void control_fixture_done(uint32_t worker_no, const message_work_t *work, error_type_t type);

/* A worker's heartbeat: what it heard, and the one lease in hand (0: none). */
void control_fixture_beat(uint32_t worker_no, uint64_t heard, uint64_t lease);

/* A client's command or question; the answer's status, STATUS_COUNT: none came (yet). */
void control_fixture_command(const char *job_id, job_command_t command);
void control_fixture_ask(const char *job_id, uint32_t wait_ms, uint64_t above);
status_t control_fixture_refusal(void);

/* The last JOB_VIEW that was answered. */
record_job_t control_fixture_view(void);

#endif
