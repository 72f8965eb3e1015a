#include "tests/store/fixture.h"

#include <ftw.h>
#include <sqlite3.h>
#include <stdio.h>
#include <unistd.h>

#include "base/memory.h"

int
fixture_setup(void **state)
{
    fixture_t *self = memory_new(sizeof *self);
    snprintf(self->directory, sizeof self->directory, "/tmp/tagmill-store-XXXXXX");
    if (mkdtemp(self->directory) == NULL)
        return -1;
    snprintf(self->url, sizeof self->url, "sqlite:%s/tagmill.db", self->directory);
    fault_t fault = {0};
    if (store_open(&self->store, self->url, &fault) != STATUS_OK)
        return -1;
    *state = self;
    return 0;
}

static int
s_remove(const char *path, const struct stat *stat, int kind, struct FTW *place)
{
    (void) stat, (void) kind, (void) place;
    return remove(path);
}

int
fixture_teardown(void **state)
{
    fixture_t *self = *state;
    store_reader_close(&self->reader);
    store_close(&self->store);
    nftw(self->directory, s_remove, 8, FTW_DEPTH | FTW_PHYS);
    free(self);
    return 0;
}

store_reader_t *
fixture_reader(fixture_t *self)
{
    fault_t fault = {0};
    if (self->reader == NULL && store_reader_open(&self->reader, self->url, &fault) != STATUS_OK)
        fail_msg("%s", fault.detail);
    return self->reader;
}

static sqlite3 *
s_database(fixture_t *self)
{
    sqlite3 *database = NULL;
    assert_int_equal(sqlite3_open(strchr(self->url, ':') + 1, &database), SQLITE_OK);
    return database;
}

void
fixture_tamper(fixture_t *self, const char *sql)
{
    store_close(&self->store);
    sqlite3 *database = s_database(self);
    assert_int_equal(sqlite3_exec(database, sql, NULL, NULL, NULL), SQLITE_OK);
    sqlite3_close(database);
}

int64_t
fixture_ask(fixture_t *self, const char *sql)
{
    sqlite3 *database = s_database(self);
    sqlite3_stmt *statement = NULL;
    assert_int_equal(sqlite3_prepare_v2(database, sql, -1, &statement, NULL), SQLITE_OK);
    assert_int_equal(sqlite3_step(statement), SQLITE_ROW);
    int64_t answer = sqlite3_column_int64(statement, 0);
    sqlite3_finalize(statement);
    sqlite3_close(database);
    return answer;
}

static void
s_check(status_t status, const fault_t *fault)
{
    if (status != STATUS_OK)
        fail_msg("%s: %s", status_word(status), fault->detail);
}

void
fixture_begin(fixture_t *self)
{
    fault_t fault = {0};
    s_check(store_begin(self->store, &fault), &fault);
}

void
fixture_commit(fixture_t *self)
{
    fault_t fault = {0};
    s_check(store_commit(self->store, &fault), &fault);
}

void
fixture_stage(fixture_t *self, uint64_t job_no, uint32_t from, uint32_t count)
{
    for (uint32_t row = from; row < from + count; row++) {
        char path[64];
        int size = snprintf(path, sizeof path, "noop:%u", row);
        store_document_t document = {
            .row = row, .path = {path, (size_t) size}, .title = SLICE("A title")};
        fault_t fault = {0};
        s_check(store_stage(self->store, job_no, &document, &fault), &fault);
    }
}

store_created_t
fixture_create(fixture_t *self, uint64_t job_no, const char *owner, const char *job_id,
               uint32_t total, const char *digest)
{
    store_job_t job = {
        .job_no = job_no,
        .owner = slice_from(owner),
        .job_id = slice_from(job_id),
        .total = total,
        .version = 1,
        .created_at = 1000,
        .config = {.model_name = SLICE("offline"), .tag_limit = 8, .exclusions = SLICE("a\nb")}};
    store_request_t request = {.digest = slice_from(digest),
                               .columns = SLICE("[\"file_path\",\"title\"]"),
                               .mapping = SLICE("{\"url\":\"file_path\"}")};
    store_created_t created = STORE_CREATED;
    fault_t fault = {0};
    s_check(store_create(self->store, &job, &request, &created, NULL, NULL, &fault), &fault);
    return created;
}

void
fixture_job(fixture_t *self, uint64_t job_no, uint32_t total)
{
    fixture_job_named(self, job_no, "j", total);
}

void
fixture_job_named(fixture_t *self, uint64_t job_no, const char *job_id, uint32_t total)
{
    fixture_begin(self);
    fixture_stage(self, job_no, 0, total);
    assert_int_equal(fixture_create(self, job_no, "ann", job_id, total, "digest"), STORE_CREATED);
    fault_t fault = {0};
    s_check(store_set_state(self->store, job_no, JOB_PROCESSING, 2, 1001, 0, (slice_t){0}, &fault),
            &fault);
    fixture_commit(self);
}

bool
fixture_result(fixture_t *self, uint64_t job_no, uint32_t row, uint64_t version,
               error_type_t error_type)
{
    store_result_t result = {.row = row,
                             .attempts = 1,
                             .error_type = error_type,
                             .error = error_type ? SLICE("gone") : (slice_t){0},
                             .tags = SLICE("[\"a\",\"b\"]"),
                             .model_name = SLICE("offline"),
                             .metadata = SLICE("{\"page_count\":3}")};
    bool added = false;
    fault_t fault = {0};
    s_check(store_add_result(self->store, job_no, version, &result, &added, &fault), &fault);
    return added;
}

static void
s_see(void *context, const store_job_t *job)
{
    store_job_t *seen = context;
    *seen = *job;
    seen->owner = seen->job_id = seen->error = (slice_t){0};
    seen->config.model_name = seen->config.exclusions = (slice_t){0};
    seen->config.language = seen->config.callback_url = (slice_t){0};
}

store_job_t
fixture_see(fixture_t *self, const char *owner, const char *job_id)
{
    store_job_t seen = {0};
    fault_t fault = {0};
    s_check(store_reader_job(fixture_reader(self), slice_from(owner), slice_from(job_id), s_see,
                             &seen, &fault),
            &fault);
    return seen;
}

void
fixture_check_counters(fixture_t *self)
{
    assert_int_equal(fixture_ask(self,
                                 "SELECT count(*) FROM jobs j WHERE phase = 1 AND (processed <> "
                                 "(SELECT count(*) FROM results WHERE key >> 32 = j.job_no AND "
                                 "error_type = 0) OR failed <> (SELECT count(*) FROM results WHERE "
                                 "key >> 32 = j.job_no AND error_type <> 0))"),
                     0);
}
