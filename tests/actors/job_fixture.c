#include "tests/actors/job_fixture.h"

user_t the_user = {.name = (char *) "ann"};
heap_t the_timers;
effects_t the_effects;
static ledger_t *s_ledger;
static dice_t s_dice;
int64_t the_now_ms;
job_t *the_job;
doc_t *the_out; /* begun and not back */

turn_t *
job_fixture_turn(void)
{
    static turn_t turn;
    turn = (turn_t){.now = {.monotonic_ms = the_now_ms, .wall_ms = 1000000 + the_now_ms},
                    .effects = &the_effects,
                    .ledger = s_ledger,
                    .timers = &the_timers,
                    .dice = &s_dice};
    return &turn;
}

void
job_fixture_new_job(uint32_t total, job_state_t state)
{
    record_stored_job_t stored = {.job_no = 7,
                                  .job_id = SLICE("x"),
                                  .model_name = SLICE("offline"),
                                  .state = (uint8_t) state,
                                  .total = total,
                                  .max_attempts = FIXTURE_ATTEMPTS};
    the_job = job_new(&stored, &the_user, NULL);
    job_wake(the_job, job_fixture_turn());
}

int
job_fixture_setup(void **state)
{
    (void) state;
    s_ledger = ledger_new();
    s_dice.state = 1;
    the_now_ms = 0;
    return 0;
}

int
job_fixture_teardown(void **state)
{
    (void) state;
    doc_free(the_out);
    the_out = NULL;
    ledger_destroy(&s_ledger);
    job_destroy(&the_job, &the_timers);
    assert_int_equal(the_timers.size, 0);
    heap_free(&the_timers);
    effects_free(&the_effects);
    return 0;
}

/* ---- what can happen ---- */

void
job_fixture_give_window(uint32_t load, bool ok, uint32_t from, uint32_t until, bool last)
{
    buffer_t documents = {0};
    for (uint32_t row = from; row < until; row++)
        record_document_append(&(record_document_t){.row = row}, &documents);
    job_take_window(the_job, job_fixture_turn(),
                    &(message_window_t){.job_no = 7,
                                        .load = load,
                                        .ok = ok,
                                        .next_row = until,
                                        .last = last,
                                        .documents = buffer_slice(&documents)});
    buffer_free(&documents);
    job_check(the_job);
}

void
job_fixture_begin(void)
{
    doc_free(the_out);
    the_out = job_take_ready(the_job, job_fixture_turn());
    job_begin(the_job, job_fixture_turn(), the_out);
    job_check(the_job);
}

bool
job_fixture_finish(error_type_t type)
{
    verdict_t verdict = {.done = {.row = the_out->row,
                                  .error_type = (uint8_t) type,
                                  .error = type ? SLICE("why") : SLICE(""),
                                  .tags = SLICE("[]"),
                                  .is_hopeless = type == ERROR_AUTH}};
    doc_t *doc = the_out;
    the_out = NULL;
    bool failed = job_finish_document(the_job, job_fixture_turn(), doc, &verdict);
    job_check(the_job);
    return failed;
}

void
job_fixture_lose(void)
{
    doc_t *doc = the_out;
    the_out = NULL;
    job_lose_document(the_job, job_fixture_turn(), doc);
    job_check(the_job);
}

bool
job_fixture_command(job_command_t command)
{
    fault_t fault = {0};
    route_t route = {.size = 1};
    bool done = job_command(the_job, job_fixture_turn(), command, &route, 1, &fault) == STATUS_OK;
    job_check(the_job);
    return done;
}

/* Everything that was journalled is on disk. */
void
job_fixture_commit(void)
{
    note_t note;
    while (ledger_take(s_ledger, UINT64_MAX, &note)) {
        if (note.job)
            job_committed(note.job, job_fixture_turn(), &note);
        note_free(&note);
    }
    job_check(the_job);
}

/* The last frame of that message among the effects; empty: there is none. */
slice_t
job_fixture_last(message_number_t number)
{
    for (size_t i = the_effects.count; i > 0; i--) {
        slice_t frame = effects_frame(&the_effects, &the_effects.items[i - 1]);
        if (message_number(frame) == number)
            return frame;
    }
    return (slice_t){0};
}

/* Brings a new job of three documents there; a processing or paused one has row 0 out. */
void
job_fixture_bring(job_state_t state)
{
    job_fixture_new_job(FIXTURE_TOTAL, JOB_PENDING);
    job_fixture_give_window(1, true, 0, FIXTURE_TOTAL, true);
    if (state != JOB_PENDING)
        job_fixture_begin();
    if (state == JOB_PAUSED)
        job_fixture_command(JOB_COMMAND_PAUSE);
    if (state == JOB_FAILED)
        job_fixture_finish(ERROR_AUTH);
    if (state == JOB_CANCELLED) {
        job_fixture_command(JOB_COMMAND_CANCEL);
        job_drop_document(the_job, the_out);
        the_out = NULL;
    }
    for (int i = 0; state == JOB_COMPLETED && i < FIXTURE_TOTAL; i++) {
        job_fixture_finish(ERROR_NONE);
        if (i + 1 < FIXTURE_TOTAL)
            job_fixture_begin();
    }
    assert_int_equal(the_job->state, state);
}
