/* The journal behind a real socket, over a real store; the test is the supervisor. */
#include "actors/journal.h"

#include <signal.h>
#include <sqlite3.h>
#include <sys/resource.h>

#include "base/clock.h"
#include "messages/endpoints.h"
#include "tests/actors/place.h"

typedef struct {
    place_t place;
    journal_args_t args;
    zactor_t *journal;
    uint64_t entry; /* the last that was sent */
} fixture_t;

static fixture_t s_fixture;

/* ---- setup ---- */

static void
s_start(fixture_t *self)
{
    self->args = (journal_args_t){.config = self->place.config};
    self->journal = journal_start(&self->args);
    if (self->journal == NULL)
        fail_msg("%s", self->args.start.fault.detail);
}

static int
setup(void **state)
{
    (void) state;
    s_fixture = (fixture_t){0};
    place_open(&s_fixture.place, "");
    place_bind(&s_fixture.place, ENDPOINT_JOURNAL);
    return 0;
}

static int
teardown(void **state)
{
    (void) state;
    zactor_destroy(&s_fixture.journal);
    place_close(&s_fixture.place);
    return 0;
}

/* Starts the journal on an empty store. */
static fixture_t *
s_started(void)
{
    fixture_t *self = &s_fixture;
    s_start(self);
    message_recovery_done_t done;
    PLACE_RECEIVE(&self->place, RECOVERY_DONE, recovery_done, &done);
    assert_int_equal(done.next_job_no, 1);
    return self;
}

/* ---- what is sent ---- */

static void
s_stage(fixture_t *self, uint64_t job_no, uint32_t count)
{
    buffer_t documents = {0};
    for (uint32_t row = 0; row < count; row++)
        record_document_append(
            &(record_document_t){.row = row, .path = SLICE("noop:"), .title = SLICE("t")},
            &documents);
    PLACE_SEND(&self->place, entry_stage, .entry = ++self->entry, .job_no = job_no, .count = count,
               .documents = buffer_slice(&documents));
    buffer_free(&documents);
}

static void
s_create(fixture_t *self, uint64_t job_no, uint32_t total, slice_t digest)
{
    PLACE_SEND(&self->place, entry_create, .entry = ++self->entry, .job_no = job_no,
               .owner = SLICE("ann"), .job_id = SLICE("j"), .total = total, .created_at = 1000,
               .digest = digest, .model_name = SLICE("noop"), .tag_limit = 8,
               .exclusions = SLICE("a\nb"));
}

static void
s_result(fixture_t *self, uint64_t job_no, uint32_t row, error_type_t error_type)
{
    PLACE_SEND(&self->place, entry_result, .entry = ++self->entry, .job_no = job_no, .row = row,
               .version = row + 2, .attempts = 1, .error_type = (uint8_t) error_type,
               .tags = SLICE("[]"));
}

static void
s_state(fixture_t *self, uint64_t job_no, job_state_t state)
{
    PLACE_SEND(&self->place, entry_state, .entry = ++self->entry, .job_no = job_no,
               .state = (uint8_t) state, .version = 50, .started_at = 7);
}

/* ---- what comes back ---- */

/* Waits until everything that was sent is on disk; nothing but COMMITTED may come. Returns how many
 * there were. */
static int
s_await_commits(fixture_t *self)
{
    message_committed_t committed = {0};
    uint64_t before = 0;
    int count = 0;
    while (committed.through < self->entry) {
        PLACE_RECEIVE(&self->place, COMMITTED, committed, &committed);
        assert_true(committed.through >= before);
        before = committed.through;
        count++;
    }
    assert_int_equal(committed.through, self->entry);
    return count;
}

/* Waits for the outcome of the last entry, passing over commits of what came before it, and for the
 * commit that covers it. */
static message_outcome_t
s_await_outcome(fixture_t *self, record_stored_job_t *job)
{
    static char kept[4096]; /* what `job` points into, after the frame is gone */
    message_outcome_t outcome;
    slice_t frame = place_receive_any(&self->place);
    while (message_number(frame) == MESSAGE_COMMITTED)
        frame = place_receive_any(&self->place);
    assert_int_equal(message_outcome_decode(frame, &outcome), STATUS_OK);
    assert_int_equal(outcome.entry, self->entry);
    assert_true(outcome.job.size <= sizeof kept);
    if (outcome.job.size)
        memcpy(kept, outcome.job.data, outcome.job.size);
    slice_t rest = {kept, outcome.job.size};
    *job = (record_stored_job_t){0};
    if (rest.size) {
        assert_int_equal(record_stored_job_take(&rest, job), STATUS_OK);
        assert_int_equal(rest.size, 0);
    }
    s_await_commits(self);
    return outcome;
}

static void
s_keep_counts(void *context, const store_job_t *job)
{
    *(store_job_t *) context = (store_job_t){.job_no = job->job_no,
                                             .state = job->state,
                                             .total = job->total,
                                             .processed = job->processed,
                                             .failed = job->failed,
                                             .version = job->version};
}

static store_job_t
s_look(fixture_t *self)
{
    store_reader_t *reader = NULL;
    store_job_t job = {0};
    fault_t fault = {0};
    if (store_reader_open(&reader, config_text(self->place.config, CONFIG_STORE_URL), &fault) !=
            STATUS_OK ||
        store_reader_job(reader, SLICE("ann"), SLICE("j"), s_keep_counts, &job, &fault) !=
            STATUS_OK)
        fail_msg("%s", fault.detail);
    store_reader_close(&reader);
    return job;
}

/* A job "j" of `total` documents, created and committed. */
static void
s_have_job_numbered(fixture_t *self, uint64_t job_no, uint32_t total)
{
    record_stored_job_t job;
    s_stage(self, job_no, total);
    s_create(self, job_no, total, SLICE("digest"));
    assert_int_equal(s_await_outcome(self, &job).outcome, OUTCOME_CREATED);
}

static void
s_have_job(fixture_t *self, uint32_t total)
{
    s_have_job_numbered(self, 1, total);
}

/* ---- keys ---- */

static void
s_create_keyed(fixture_t *self, const char *model, const char *key)
{
    record_stored_job_t job;
    s_stage(self, 1, 2);
    PLACE_SEND(&self->place, entry_create, .entry = ++self->entry, .job_no = 1,
               .owner = SLICE("ann"), .job_id = SLICE("j"), .total = 2, .created_at = 1000,
               .digest = SLICE("d"), .model_name = slice_from(model), .tag_limit = 8,
               .may_fall_back = 1, .api_key = slice_from(key));
    assert_int_equal(s_await_outcome(self, &job).outcome, OUTCOME_CREATED);
    assert_true(slice_is(job.api_key, key));
    assert_int_equal(job.may_fall_back, 1);
    assert_true(job.limit_name.size > 11 && memcmp(job.limit_name.data, "openrouter:", 11) == 0);
}

static void
s_send_revive(fixture_t *self, const char *key)
{
    PLACE_SEND(&self->place, entry_revive, .entry = ++self->entry, .owner = SLICE("ann"),
               .job_id = SLICE("j"), .api_key = slice_from(key));
}

/* Rows of the table of secrets; and whether the key stands anywhere in the store's files. */
static int
s_secrets(fixture_t *self, bool *plain)
{
    sqlite3 *database = NULL;
    sqlite3_stmt *statement = NULL;
    char command[160];
    const char *path = strchr(config_text(self->place.config, CONFIG_STORE_URL), ':') + 1;
    assert_int_equal(sqlite3_open_v2(path, &database, SQLITE_OPEN_READONLY, NULL), SQLITE_OK);
    assert_int_equal(
        sqlite3_prepare_v2(database, "SELECT count(*) FROM secrets", -1, &statement, NULL),
        SQLITE_OK);
    assert_int_equal(sqlite3_step(statement), SQLITE_ROW);
    int count = sqlite3_column_int(statement, 0);
    sqlite3_finalize(statement);
    sqlite3_close(database);
    snprintf(command, sizeof command, "grep -rqa sk-planted %s", self->place.directory);
    *plain = system(command) == 0;
    return count;
}

static void
a_key_is_sealed_comes_back_after_a_restart_and_goes_with_the_end(void **state)
{
    (void) state;
    fixture_t *self = s_started();
    bool plain = true;
    s_create_keyed(self, "vendor/model", "sk-planted");
    assert_int_equal(s_secrets(self, &plain), 1);
    assert_false(plain);
    zactor_destroy(&self->journal);
    place_bind(&self->place, ENDPOINT_JOURNAL);
    s_start(self);
    message_recovered_t recovered;
    record_stored_job_t job;
    PLACE_RECEIVE(&self->place, RECOVERED, recovered, &recovered);
    assert_int_equal(record_stored_job_take(&recovered.job, &job), STATUS_OK);
    assert_true(slice_is(job.api_key, "sk-planted"));
    message_recovery_done_t done;
    PLACE_RECEIVE(&self->place, RECOVERY_DONE, recovery_done, &done);
    s_state(self, 1, JOB_PROCESSING);
    s_await_commits(self);
    assert_int_equal(s_secrets(self, &plain), 1);
    s_state(self, 1, JOB_FAILED);
    s_await_commits(self);
    assert_int_equal(s_secrets(self, &plain), 0);
    assert_false(plain);
}

static void
a_job_whose_key_went_needs_one_to_be_revived(void **state)
{
    (void) state;
    fixture_t *self = s_started();
    bool plain = true;
    record_stored_job_t job;
    s_create_keyed(self, "vendor/model", "sk-planted");
    s_send_revive(self, "");
    assert_int_equal(s_await_outcome(self, &job).outcome, OUTCOME_WRONG_STATE);
    s_state(self, 1, JOB_FAILED);
    s_send_revive(self, "");
    assert_int_equal(s_await_outcome(self, &job).outcome, OUTCOME_KEY_NEEDED);
    assert_int_equal(job.state, JOB_FAILED);
    s_send_revive(self, "sk-planted-2");
    assert_int_equal(s_await_outcome(self, &job).outcome, OUTCOME_REVIVED);
    assert_true(slice_is(job.api_key, "sk-planted-2"));
    assert_int_equal(s_secrets(self, &plain), 1);
    assert_false(plain);
}

static void
jobs_of_one_key_share_a_limit_and_others_do_not(void **state)
{
    (void) state;
    fixture_t *self = s_started();
    static const struct {
        const char *model, *key;
    } jobs[] = {{"a/x", "k1"}, {"b/y", "k1"}, {"a/x", "k2"}, {"offline", ""}};
    char names[4][LIMIT_NAME_MAX + 1];
    for (uint64_t i = 0; i < 4; i++) {
        record_stored_job_t job;
        char id[8];
        snprintf(id, sizeof id, "j%d", (int) i);
        s_stage(self, i + 1, 1);
        PLACE_SEND(&self->place, entry_create, .entry = ++self->entry, .job_no = i + 1,
                   .owner = SLICE("ann"), .job_id = slice_from(id), .total = 1,
                   .digest = SLICE("d"), .model_name = slice_from(jobs[i].model),
                   .api_key = slice_from(jobs[i].key));
        s_await_outcome(self, &job);
        snprintf(names[i], sizeof names[i], "%.*s", SLICE_ARG(job.limit_name));
        assert_null(strstr(names[i], jobs[i].key[0] ? jobs[i].key : "\n"));
    }
    assert_string_equal(names[0], names[1]);
    assert_string_not_equal(names[0], names[2]);
    assert_string_equal(names[3], "");
}

static void
what_a_model_took_is_kept_with_its_job(void **state)
{
    (void) state;
    fixture_t *self = s_started();
    record_stored_job_t job;
    s_have_job(self, 2);
    PLACE_SEND(&self->place, entry_attempt, .entry = ++self->entry, .job_no = 1, .row = 0,
               .attempts = 1, .tokens_in = 100, .tokens_out = 10, .cost_nano = 7);
    PLACE_SEND(&self->place, entry_result, .entry = ++self->entry, .job_no = 1, .row = 0,
               .version = 2, .attempts = 2, .tags = SLICE("[]"), .tokens_in = 200, .tokens_out = 20,
               .cost_nano = 14);
    /* A second result of the row counts nowhere. */
    PLACE_SEND(&self->place, entry_result, .entry = ++self->entry, .job_no = 1, .row = 0,
               .version = 3, .attempts = 2, .tags = SLICE("[]"), .tokens_in = 5000);
    s_result(self, 1, 1, ERROR_CORRUPT);
    s_state(self, 1, JOB_COMPLETED);
    s_send_revive(self, "");
    assert_int_equal(s_await_outcome(self, &job).outcome, OUTCOME_REVIVED);
    assert_int_equal(job.tokens_in, 300);
    assert_int_equal(job.tokens_out, 30);
    assert_int_equal(job.cost_nano, 21);
}

/* ---- tests ---- */

static void
a_start_has_an_outcome_before_its_commit(void **state)
{
    (void) state;
    fixture_t *self = s_started();
    record_stored_job_t job;
    s_stage(self, 1, 3);
    s_create(self, 1, 3, SLICE("digest"));
    assert_int_equal(s_await_outcome(self, &job).outcome, OUTCOME_CREATED);
    assert_int_equal(job.job_no, 1);
    assert_int_equal(job.total, 3);
    assert_int_equal(job.state, JOB_PENDING);
    assert_int_equal(job.tag_limit, 8);
    assert_true(slice_is(job.owner, "ann"));
    assert_true(slice_is(job.exclusions, "a\nb"));
    assert_int_equal(s_look(self).total, 3);
}

static void
a_second_start_of_the_same_id_is_told_from_a_repeat(void **state)
{
    (void) state;
    fixture_t *self = s_started();
    record_stored_job_t job;
    s_have_job(self, 2);
    s_stage(self, 2, 2);
    s_create(self, 2, 2, SLICE("digest"));
    assert_int_equal(s_await_outcome(self, &job).outcome, OUTCOME_REPEATED);
    assert_int_equal(job.job_no, 1);
    s_stage(self, 3, 2);
    s_create(self, 3, 2, SLICE("another"));
    assert_int_equal(s_await_outcome(self, &job).outcome, OUTCOME_ID_TAKEN);
}

static message_outcome_t
s_revive(fixture_t *self, record_stored_job_t *job)
{
    PLACE_SEND(&self->place, entry_revive, .entry = ++self->entry, .owner = SLICE("ann"),
               .job_id = SLICE("j"));
    return s_await_outcome(self, job);
}

static void
a_revival_has_every_outcome(void **state)
{
    (void) state;
    fixture_t *self = s_started();
    record_stored_job_t job;
    assert_int_equal(s_revive(self, &job).outcome, OUTCOME_NOT_FOUND);
    s_have_job(self, 2);
    assert_int_equal(s_revive(self, &job).outcome, OUTCOME_WRONG_STATE);
    assert_int_equal(job.state, JOB_PENDING);
    s_result(self, 1, 0, ERROR_NONE);
    s_state(self, 1, JOB_COMPLETED);
    assert_int_equal(s_revive(self, &job).outcome, OUTCOME_NOTHING);
    s_result(self, 1, 1, ERROR_CORRUPT);
    message_outcome_t outcome = s_revive(self, &job);
    assert_int_equal(outcome.outcome, OUTCOME_REVIVED);
    assert_int_equal(outcome.retried, 1);
    assert_int_equal(job.state, JOB_PROCESSING);
    assert_int_equal(job.processed, 1);
    assert_int_equal(job.failed, 0);
}

static void
open_jobs_are_told_after_a_restart(void **state)
{
    (void) state;
    fixture_t *self = s_started();
    s_have_job(self, 3);
    s_state(self, 1, JOB_PAUSED);
    s_result(self, 1, 0, ERROR_NONE);
    s_stage(self, 2, 1); /* never created */
    s_await_commits(self);
    zactor_destroy(&self->journal);
    place_bind(&self->place, ENDPOINT_JOURNAL);
    s_start(self);
    message_recovered_t recovered;
    message_recovery_done_t done;
    record_stored_job_t job;
    PLACE_RECEIVE(&self->place, RECOVERED, recovered, &recovered);
    assert_int_equal(record_stored_job_take(&recovered.job, &job), STATUS_OK);
    assert_int_equal(job.job_no, 1);
    assert_int_equal(job.state, JOB_PAUSED);
    assert_int_equal(job.processed, 1);
    assert_int_equal(job.version, 50);
    assert_int_equal(job.started_at, 7);
    PLACE_RECEIVE(&self->place, RECOVERY_DONE, recovery_done, &done);
    assert_int_equal(done.next_job_no, 3);
}

static void
an_entry_that_makes_no_sense_is_skipped_and_covered(void **state)
{
    (void) state;
    fixture_t *self = s_started();
    s_have_job(self, 3);
    s_result(self, 1, 0, ERROR_NONE);
    buffer_t cut = {0}, stub = {0};
    message_entry_state_encode(&(message_entry_state_t){.entry = ++self->entry, .job_no = 1}, &cut);
    cut.size -= 1;
    place_send(&self->place, &cut);
    message_entry_discard_encode(&(message_entry_discard_t){.entry = ++self->entry}, &stub);
    stub.size = 5;
    place_send(&self->place, &stub);
    s_result(self, 1, 1, ERROR_TYPE_COUNT);
    s_stage(self, 1, 1);                    /* of a job that is made already */
    s_create(self, 9, 1, SLICE("of none")); /* of nothing that is staged; "j" is taken */
    record_stored_job_t job;
    assert_int_equal(s_await_outcome(self, &job).outcome, OUTCOME_ID_TAKEN);
    PLACE_SEND(&self->place, entry_create, .entry = ++self->entry, .job_no = 9,
               .owner = SLICE("bob"), .job_id = SLICE("j"), .total = 1);
    s_result(self, 1, 2, ERROR_NONE);
    s_await_commits(self);
    assert_int_equal(s_look(self).processed, 2);
}

static void
many_entries_share_a_commit(void **state)
{
    enum { TOTAL = 10000 };
    (void) state;
    fixture_t *self = s_started();
    s_have_job(self, TOTAL);
    for (uint32_t row = 0; row < TOTAL; row++)
        s_result(self, 1, row, row % 10 ? ERROR_NONE : ERROR_CORRUPT);
    assert_true(s_await_commits(self) < TOTAL / 2);
    store_job_t job = s_look(self);
    assert_int_equal(job.processed, TOTAL - TOTAL / 10);
    assert_int_equal(job.failed, TOTAL / 10);
    assert_int_equal(job.version, TOTAL + 1);
}

static void
what_waits_when_it_is_told_to_end_is_committed_first(void **state)
{
    enum { TOTAL = 9000 };
    (void) state;
    fixture_t *self = s_started();
    s_have_job(self, TOTAL);
    for (uint32_t row = 0; row < TOTAL; row++)
        s_result(self, 1, row, ERROR_NONE);
    zactor_destroy(&self->journal);
    s_await_commits(self);
    assert_int_equal(s_look(self).processed, TOTAL);
}

static int64_t
s_count_documents(fixture_t *self)
{
    sqlite3 *database = NULL;
    sqlite3_stmt *statement = NULL;
    const char *path = strchr(config_text(self->place.config, CONFIG_STORE_URL), ':') + 1;
    assert_int_equal(sqlite3_open_v2(path, &database, SQLITE_OPEN_READWRITE, NULL), SQLITE_OK);
    sqlite3_busy_timeout(database, PLACE_WITHIN_MS);
    assert_int_equal(
        sqlite3_prepare_v2(database, "SELECT count(*) FROM documents", -1, &statement, NULL),
        SQLITE_OK);
    assert_int_equal(sqlite3_step(statement), SQLITE_ROW);
    int64_t count = sqlite3_column_int64(statement, 0);
    sqlite3_finalize(statement);
    sqlite3_close(database);
    return count;
}

static void
a_discarded_job_is_swept_away_while_it_is_idle(void **state)
{
    enum { LOOK_EVERY_MS = 10 };
    (void) state;
    fixture_t *self = s_started();
    s_stage(self, 1, 5000);
    s_have_job_numbered(self, 2, 3);
    PLACE_SEND(&self->place, entry_discard, .entry = ++self->entry, .job_no = 1);
    s_await_commits(self);
    int64_t deadline = clock_monotonic_ms() + PLACE_WITHIN_MS;
    zsock_set_rcvtimeo(self->place.sock, LOOK_EVERY_MS);
    while (s_count_documents(self) != 3) {
        assert_true(clock_monotonic_ms() < deadline);
        assert_null(zframe_recv(self->place.sock)); /* sweeping is told to nobody */
    }
}

static void
a_second_journal_is_refused(void **state)
{
    (void) state;
    fixture_t *self = s_started();
    journal_args_t args = {.config = self->place.config};
    assert_null(journal_start(&args));
    assert_int_equal(args.start.fault.status, STATUS_UNAVAILABLE);
}

/* ---- a disk that fails ---- */

/* Lets no file of this process grow: every write of the store fails as on a full disk. */
static void
s_set_disk_full(bool full)
{
    struct rlimit limit;
    assert_int_equal(getrlimit(RLIMIT_FSIZE, &limit), 0);
    limit.rlim_cur = full ? 1 : limit.rlim_max;
    assert_int_equal(setrlimit(RLIMIT_FSIZE, &limit), 0);
}

static void
a_full_disk_is_waited_out_and_nothing_is_lost_or_told_too_soon(void **state)
{
    (void) state;
    fixture_t *self = s_started();
    s_have_job(self, 10);
    signal(SIGXFSZ, SIG_IGN);
    s_set_disk_full(true);
    s_result(self, 1, 0, ERROR_NONE);
    message_store_state_t store_state;
    PLACE_RECEIVE(&self->place, STORE_STATE, store_state, &store_state);
    assert_int_equal(store_state.ok, 0);
    assert_true(store_state.detail.size > 0);
    for (uint32_t row = 1; row < 10; row++)
        s_result(self, 1, row, ERROR_NONE);
    s_set_disk_full(false);
    /* The very next message: nothing was acknowledged while it failed. */
    PLACE_RECEIVE(&self->place, STORE_STATE, store_state, &store_state);
    assert_int_equal(store_state.ok, 1);
    s_await_commits(self);
    store_job_t job = s_look(self);
    assert_int_equal(job.processed, 10);
    assert_int_equal(job.failed, 0);
}

static void
a_journal_that_ends_with_a_full_disk_acknowledges_nothing(void **state)
{
    (void) state;
    fixture_t *self = s_started();
    s_have_job(self, 1);
    signal(SIGXFSZ, SIG_IGN);
    s_set_disk_full(true);
    s_result(self, 1, 0, ERROR_NONE);
    message_store_state_t store_state;
    PLACE_RECEIVE(&self->place, STORE_STATE, store_state, &store_state);
    zactor_destroy(&self->journal);
    s_set_disk_full(false);
    zsock_set_rcvtimeo(self->place.sock, 0);
    assert_null(zframe_recv(self->place.sock));
    assert_int_equal(s_look(self).processed, 0);
}

int
main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
    const struct CMUnitTest tests[] = {
        TEST(a_start_has_an_outcome_before_its_commit),
        TEST(a_key_is_sealed_comes_back_after_a_restart_and_goes_with_the_end),
        TEST(a_job_whose_key_went_needs_one_to_be_revived),
        TEST(jobs_of_one_key_share_a_limit_and_others_do_not),
        TEST(what_a_model_took_is_kept_with_its_job),
        TEST(a_second_start_of_the_same_id_is_told_from_a_repeat),
        TEST(a_revival_has_every_outcome),
        TEST(open_jobs_are_told_after_a_restart),
        TEST(an_entry_that_makes_no_sense_is_skipped_and_covered),
        TEST(many_entries_share_a_commit),
        TEST(what_waits_when_it_is_told_to_end_is_committed_first),
        TEST(a_discarded_job_is_swept_away_while_it_is_idle),
        TEST(a_second_journal_is_refused),
        TEST(a_full_disk_is_waited_out_and_nothing_is_lost_or_told_too_soon),
        TEST(a_journal_that_ends_with_a_full_disk_acknowledges_nothing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
