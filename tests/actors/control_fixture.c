#include "tests/actors/control_fixture.h"

#include <endian.h>

control_t *the_control;
effects_t the_effects;
int64_t the_now_ms;
const route_t the_client = {.size = 2, .bytes = {'c', 1}},
              the_other = {.size = 2, .bytes = {'c', 2}};

static uint64_t s_entry; /* the last that was journalled */
static uint64_t s_request;

static instant_t
s_now(void)
{
    return (instant_t){.monotonic_ms = the_now_ms, .wall_ms = 1000000 + the_now_ms};
}

/* ---- life ---- */

void
control_fixture_restart(void)
{
    control_destroy(&the_control);
    effects_clear(&the_effects);
    s_entry = 0;
    the_control = control_new(&(control_options_t){.epoch = FIXTURE_EPOCH,
                                                   .seed = 1,
                                                   .heartbeat_ms = FIXTURE_HEARTBEAT_MS,
                                                   .silence_ms = FIXTURE_SILENCE_MS,
                                                   .work_ms = FIXTURE_WORK_MS,
                                                   .active_jobs = FIXTURE_JOBS_MOST});
}

int
control_fixture_setup(void **state)
{
    (void) state;
    the_now_ms = 0;
    control_fixture_restart();
    HAND(ORIGIN_JOURNAL, NULL, recovery_done, .next_job_no = 1);
    HAND(ORIGIN_PUBLISHER, NULL, audience, .listening = 1);
    return 0;
}

int
control_fixture_teardown(void **state)
{
    (void) state;
    control_destroy(&the_control);
    effects_free(&the_effects);
    return 0;
}

static void
s_note_entries(void)
{
    for (size_t i = 0; i < the_effects.count; i++) {
        uint64_t number = 0;
        if (the_effects.items[i].kind != EFFECT_JOURNAL)
            continue;
        slice_t frame = effects_frame(&the_effects, &the_effects.items[i]);
        memcpy(&number, frame.data + 4, sizeof number);
        s_entry = le64toh(number) > s_entry ? le64toh(number) : s_entry;
    }
}

status_t
control_fixture_hand(origin_t origin, const route_t *from, buffer_t *frame)
{
    status_t status =
        control_handle(the_control, origin, from, buffer_slice(frame), s_now(), &the_effects);
    buffer_free(frame);
    s_note_entries();
    control_check(the_control, s_now());
    return status;
}

void
control_fixture_wait(int64_t passed_ms)
{
    int64_t until = the_now_ms + passed_ms;
    while (control_deadline(the_control) <= until) {
        the_now_ms = control_deadline(the_control);
        control_tick(the_control, s_now(), &the_effects);
        s_note_entries();
        control_check(the_control, s_now());
    }
    the_now_ms = until;
}

void
control_fixture_clear(void)
{
    effects_clear(&the_effects);
}

size_t
control_fixture_count(message_number_t number)
{
    size_t count = 0;
    for (size_t i = 0; i < the_effects.count; i++)
        count += message_number(effects_frame(&the_effects, &the_effects.items[i])) == number;
    return count;
}

slice_t
control_fixture_last(message_number_t number)
{
    for (size_t i = the_effects.count; i > 0; i--) {
        slice_t frame = effects_frame(&the_effects, &the_effects.items[i - 1]);
        if (message_number(frame) == number)
            return frame;
    }
    return (slice_t){0};
}

/* ---- journal and loader ---- */

void
control_fixture_commit(void)
{
    HAND(ORIGIN_JOURNAL, NULL, committed, .through = s_entry);
}

void
control_fixture_outcome(outcome_kind_t kind, job_state_t state, uint64_t job_no, uint32_t total,
                        uint32_t processed)
{
    buffer_t record = {0};
    record_stored_job_append(&(record_stored_job_t){.job_no = job_no,
                                                    .owner = SLICE("ann"),
                                                    .job_id = SLICE("x"),
                                                    .state = (uint8_t) state,
                                                    .version = CONTROL_FIXTURE_VERSION,
                                                    .total = total,
                                                    .processed = processed,
                                                    .model_name = SLICE("offline"),
                                                    .max_attempts = 3},
                             &record);
    HAND(ORIGIN_JOURNAL, NULL, outcome, .entry = s_entry, .outcome = (uint8_t) kind,
         .retried = total - processed, .job = buffer_slice(&record));
    buffer_free(&record);
    control_fixture_commit();
}

void
control_fixture_load(uint32_t total)
{
    message_load_window_t load;
    LAST(load_window, LOAD_WINDOW, &load);
    buffer_t documents = {0};
    for (uint32_t row = load.from_row; row < total; row++)
        record_document_append(&(record_document_t){.row = row, .title = SLICE("t")}, &documents);
    HAND(ORIGIN_LOADER, NULL, window, .job_no = load.job_no, .load = load.load, .ok = 1,
         .next_row = total, .last = 1, .documents = buffer_slice(&documents));
    buffer_free(&documents);
}

/* ---- starts ---- */

static void
s_open(const route_t *from, uint64_t intake, const char *owner, const char *job_id,
       const char *model)
{
    HAND(ORIGIN_CONTROL, from, start_open, .request = ++s_request, .intake = intake,
         .owner = slice_from(owner), .job_id = slice_from(job_id), .model_name = slice_from(model),
         .page_limit = 3, .tag_limit = 8, .max_attempts = 3);
}

void
control_fixture_open(const route_t *from, uint64_t intake, const char *job_id)
{
    s_open(from, intake, "ann", job_id, "offline");
}

void
control_fixture_chunk(const route_t *from, uint64_t intake, uint32_t first, uint32_t count)
{
    HAND(ORIGIN_CONTROL, from, start_chunk, .request = ++s_request, .intake = intake,
         .first_row = first, .count = count, .documents = SLICE("of no concern here"));
}

void
control_fixture_close(const route_t *from, uint64_t intake, uint32_t total)
{
    HAND(ORIGIN_CONTROL, from, start_close, .request = ++s_request, .intake = intake,
         .total = total, .digest = SLICE("digest"));
}

uint64_t
control_fixture_start(const char *owner, const char *job_id, const char *model, uint32_t total)
{
    static uint64_t intake = 1000;
    s_open(&the_client, ++intake, owner, job_id, model);
    control_fixture_chunk(&the_client, intake, 0, total);
    control_fixture_close(&the_client, intake, total);
    message_entry_create_t create;
    LAST(entry_create, ENTRY_CREATE, &create);
    buffer_t record = {0};
    const char *limit = strcmp(model, "offline") == 0 ? "" : model;
    record_stored_job_append(&(record_stored_job_t){.job_no = create.job_no,
                                                    .owner = slice_from(owner),
                                                    .job_id = slice_from(job_id),
                                                    .state = JOB_PENDING,
                                                    .total = total,
                                                    .model_name = slice_from(model),
                                                    .limit_name = slice_from(limit),
                                                    .max_attempts = 3},
                             &record);
    uint64_t job_no = create.job_no, entry = create.entry;
    HAND(ORIGIN_JOURNAL, NULL, outcome, .entry = entry, .outcome = OUTCOME_CREATED,
         .job = buffer_slice(&record));
    buffer_free(&record);
    control_fixture_commit();
    control_fixture_load(total);
    return job_no;
}

/* ---- workers ---- */

uint32_t
control_fixture_worker(const char *name, uint16_t slots)
{
    static uint8_t serial;
    route_t route = {.size = 2, .bytes = {'w', ++serial}};
    HAND(ORIGIN_CONTROL, &route, hello, .worker = slice_from(name), .slots = slots);
    message_welcome_t welcome;
    LAST(welcome, WELCOME, &welcome);
    return welcome.worker_no;
}

message_work_t
control_fixture_work(void)
{
    message_work_t work;
    LAST(work, WORK, &work);
    return work;
}

void
control_fixture_done(uint32_t worker_no, const message_work_t *work, error_type_t type)
{
    HAND(ORIGIN_SINK, NULL, done, .worker_no = worker_no, .epoch = FIXTURE_EPOCH,
         .lease = work->lease, .job_no = work->job_no, .row = work->row,
         .error_type = (uint8_t) type, .error = type ? SLICE("why") : SLICE(""),
         .retry_after_ms = type == ERROR_RATE_LIMIT ? 2000 : 0, .tags = SLICE("[]"),
         .model_name = SLICE("m"), .metadata = SLICE("{}"), .is_hopeless = type == ERROR_AUTH);
}

void
control_fixture_beat(uint32_t worker_no, uint64_t heard, uint64_t lease)
{
    uint64_t held = htole64(lease);
    HAND(ORIGIN_SINK, NULL, heartbeat, .worker_no = worker_no, .epoch = FIXTURE_EPOCH,
         .heard = heard, .leases = {(const char *) &held, lease ? 8 : 0});
}

/* ---- clients ---- */

void
control_fixture_command(const char *job_id, job_command_t command)
{
    HAND(ORIGIN_CONTROL, &the_client, job_command, .request = ++s_request, .owner = SLICE("ann"),
         .job_id = slice_from(job_id), .command = (uint8_t) command);
}

void
control_fixture_ask(const char *job_id, uint32_t wait_ms, uint64_t above)
{
    HAND(ORIGIN_CONTROL, &the_client, job_status, .request = ++s_request, .owner = SLICE("ann"),
         .job_id = slice_from(job_id), .wait_ms = wait_ms, .above = above);
}

status_t
control_fixture_refusal(void)
{
    message_refused_t refused;
    slice_t frame = control_fixture_last(MESSAGE_REFUSED);
    return message_refused_decode(frame, &refused) == STATUS_OK ? (status_t) refused.status
                                                                : STATUS_COUNT;
}

record_job_t
control_fixture_view(void)
{
    message_job_view_t view;
    record_job_t job;
    LAST(job_view, JOB_VIEW, &view);
    assert_int_equal(record_job_take(&view.job, &job), STATUS_OK);
    return job;
}
