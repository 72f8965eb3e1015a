/* The main job through real processes: start, watch, pause, resume, cancel, retry, results. */
#include <signal.h>
#include <stdio.h>
#include <time.h>

#include "base/clock.h"
#include "base/file.h"
#include "tests/end_to_end/house.h"
#include "tests/support/cmocka_all.h"

static house_t s_house;
static pid_t s_service;

static int
setup(void **state)
{
    (void) state;
    house_open(&s_house);
    s_service = house_start_all(&s_house);
    return 0;
}

static int
teardown(void **state)
{
    (void) state;
    assert_int_equal(house_stop(s_service, SIGTERM), 0);
    house_close(&s_house);
    return 0;
}

static void
s_start_ndjson(const char *job_id, size_t count, size_t files)
{
    buffer_t body = {0};
    house_ndjson(&body, job_id, count, files);
    answer_t answer;
    house_http(&s_house, &answer, "POST", "/api/batch/start", s_house.token, "application/x-ndjson",
               buffer_slice(&body));
    if (answer.status != 200)
        fail_msg("start answered %ld: %s", answer.status, answer.body.data);
    answer_free(&answer);
    buffer_free(&body);
}

static void
s_command(const char *job_id, const char *command, long status)
{
    char path[256];
    snprintf(path, sizeof path, "/api/batch/jobs/%s/%s", job_id, command);
    cJSON_Delete(house_post(&s_house, path, NULL, status));
}

static cJSON *
s_status(const char *job_id, long status)
{
    char path[256];
    snprintf(path, sizeof path, "/api/batch/jobs/%s/status", job_id);
    return house_get(&s_house, path, status);
}

static void
a_batch_of_texts_is_tagged_and_every_result_is_there(void **state)
{
    (void) state;
    house_write_documents(&s_house, 20);
    s_start_ndjson("texts", 50, 20);
    cJSON *job = house_await(&s_house, "texts", "completed", 120);
    assert_int_equal(json_number(job, "total_documents"), 50);
    assert_int_equal(json_number(job, "total"), 50);
    assert_int_equal(json_number(job, "processed_count"), 50);
    assert_int_equal(json_number(job, "failed_count"), 0);
    assert_int_equal(json_number(job, "results_count"), 50);
    cJSON_Delete(job);
    size_t failed = 1;
    assert_int_equal(house_count_results(&s_house, "texts", &failed), 50);
    assert_int_equal(failed, 0);
    cJSON *page = house_get(&s_house, "/api/batch/jobs/texts/results?limit=1", 200);
    const cJSON *result = cJSON_GetArrayItem(cJSON_GetObjectItemCaseSensitive(page, "results"), 0);
    assert_string_equal(json_text(result, "title"), "Document 0");
    assert_string_equal(json_text(result, "file_path"), "doc-0.txt");
    assert_int_equal(json_number(result, "row_number"), 1);
    const cJSON *tags = cJSON_GetObjectItemCaseSensitive(result, "tags"), *tag;
    bool solar = false;
    cJSON_ArrayForEach(tag, tags) solar = solar || strstr(tag->valuestring, "panel");
    assert_true(solar);
    cJSON_Delete(page);
}

static void
a_missing_file_fails_alone_with_its_error_type(void **state)
{
    (void) state;
    house_write_documents(&s_house, 2);
    cJSON_Delete(
        house_post(&s_house, "/api/batch/start",
                   "{\"job_id\":\"one-bad\",\"documents\":["
                   "{\"file_path\":\"doc-0.txt\",\"file_source_type\":\"local\"},"
                   "{\"file_path\":\"none.txt\",\"file_source_type\":\"local\",\"shelf\":\"B 7\"},"
                   "{\"file_path\":\"doc-1.txt\",\"file_source_type\":\"local\"}],\"config\":{}}",
                   200));
    cJSON *job = house_await(&s_house, "one-bad", "completed", 60);
    assert_int_equal(json_number(job, "processed_count"), 2);
    assert_int_equal(json_number(job, "failed_count"), 1);
    cJSON_Delete(job);
    cJSON *page = house_get(&s_house, "/api/batch/jobs/one-bad/results?status=failed", 200);
    const cJSON *results = cJSON_GetObjectItemCaseSensitive(page, "results");
    assert_int_equal(cJSON_GetArraySize(results), 1);
    const cJSON *bad = cJSON_GetArrayItem(results, 0);
    assert_string_equal(json_text(bad, "error_type"), "not-found");
    assert_int_equal(json_number(bad, "row_id"), 1);
    assert_string_equal(json_text(bad, "shelf"), "B 7"); /* carried through */
    cJSON_Delete(page);
}

static void
the_same_start_again_starts_nothing_and_another_body_is_refused(void **state)
{
    (void) state;
    static const char body[] = "{\"job_id\":\"same\",\"documents\":[{\"file_path\":\"noop:\"}],"
                               "\"config\":{\"model_name\":\"noop\"}}";
    cJSON *first = house_post(&s_house, "/api/batch/start", body, 200);
    cJSON_Delete(house_await(&s_house, "same", "completed", 30));
    cJSON *second = house_post(&s_house, "/api/batch/start", body, 200);
    assert_true(cJSON_Compare(first, second, true));
    cJSON_Delete(first);
    cJSON_Delete(second);
    cJSON *refusal = house_post(&s_house, "/api/batch/start",
                                "{\"job_id\":\"same\",\"documents\":[{\"file_path\":\"noop:\"},"
                                "{\"file_path\":\"noop:\"}],\"config\":{\"model_name\":\"noop\"}}",
                                409);
    assert_string_equal(json_text(refusal, "code"), "id-taken");
    cJSON_Delete(refusal);
    assert_int_equal(house_count_results(&s_house, "same", NULL), 1);
}

static void
a_paused_job_begins_nothing_and_a_resumed_one_finishes(void **state)
{
    (void) state;
    house_write_documents(&s_house, 10);
    s_start_ndjson("long", 400, 10);
    s_command("long", "pause", 200);
    s_command("long", "pause", 409);
    cJSON *before = NULL;
    int64_t until = clock_monotonic_ms() + 10000;
    do { /* what was in flight finishes and counts */
        cJSON_Delete(before);
        before = s_status("long", 200);
    } while (json_number(before, "in_flight_count") > 0 && clock_monotonic_ms() < until);
    double done = json_number(before, "processed_count");
    assert_string_equal(json_text(before, "status"), "paused");
    assert_true(done < 400);
    cJSON_Delete(before);
    size_t watch_ms = house_scale(1500, 10000);
    until = clock_monotonic_ms() + (int64_t) watch_ms;
    while (clock_monotonic_ms() < until) {
        cJSON *now = s_status("long", 200);
        assert_int_equal(json_number(now, "in_flight_count"), 0);
        assert_int_equal(json_number(now, "processed_count"), done);
        cJSON_Delete(now);
        nanosleep(&(struct timespec){.tv_nsec = 50000000}, NULL);
    }
    s_command("long", "resume", 200);
    cJSON_Delete(house_await(&s_house, "long", "completed", 180));
    assert_int_equal(house_count_results(&s_house, "long", NULL), 400);
}

static void
a_paused_job_stays_paused_over_a_restart(void **state)
{
    (void) state;
    house_write_documents(&s_house, 10);
    s_start_ndjson("sleeper", 300, 10);
    s_command("sleeper", "pause", 200);
    house_stop(s_service, SIGKILL);
    s_service = house_start_all(&s_house);
    cJSON *job = s_status("sleeper", 200);
    assert_string_equal(json_text(job, "status"), "paused");
    cJSON_Delete(job);
    s_command("sleeper", "resume", 200);
    cJSON_Delete(house_await(&s_house, "sleeper", "completed", 180));
    assert_int_equal(house_count_results(&s_house, "sleeper", NULL), 300);
}

static void
a_cancelled_job_is_final_and_keeps_its_results(void **state)
{
    (void) state;
    house_write_documents(&s_house, 10);
    s_start_ndjson("doomed", 2000, 10);
    int64_t asked = clock_monotonic_ms();
    s_command("doomed", "cancel", 200);
    assert_true(clock_monotonic_ms() - asked < 1000);
    cJSON *job = s_status("doomed", 200);
    assert_string_equal(json_text(job, "status"), "cancelled");
    double done = json_number(job, "results_count");
    cJSON_Delete(job);
    assert_int_equal(house_count_results(&s_house, "doomed", NULL), done);
    s_command("doomed", "resume", 409);
    s_command("doomed", "retry", 409);
    nanosleep(&(struct timespec){.tv_nsec = 300000000}, NULL);
    assert_int_equal(house_count_results(&s_house, "doomed", NULL), done);
}

static void
a_retry_puts_failed_documents_back_to_work(void **state)
{
    (void) state;
    house_write_documents(&s_house, 1);
    s_start_ndjson("again", 3, 3); /* two of the three files are not there */
    cJSON *job = house_await(&s_house, "again", "completed", 60);
    assert_int_equal(json_number(job, "failed_count"), 2);
    cJSON_Delete(job);
    house_write_documents(&s_house, 3);
    cJSON *retry = house_post(&s_house, "/api/batch/jobs/again/retry", NULL, 200);
    assert_int_equal(json_number(retry, "retried_count"), 2);
    cJSON_Delete(retry);
    job = house_await(&s_house, "again", "completed", 60);
    assert_int_equal(json_number(job, "processed_count"), 3);
    assert_int_equal(json_number(job, "failed_count"), 0);
    cJSON_Delete(job);
    s_command("again", "retry", 409); /* nothing failed any more */
}

static void
another_users_job_is_not_there(void **state)
{
    (void) state;
    s_start_ndjson("private", 1, 1);
    char *mallory = house_token(&s_house, "mallory");
    static const struct {
        const char *method, *path;
    } calls[] = {
        {"GET", "/api/batch/jobs/private/status"},  {"GET", "/api/batch/jobs/private/results"},
        {"POST", "/api/batch/jobs/private/pause"},  {"POST", "/api/batch/jobs/private/resume"},
        {"POST", "/api/batch/jobs/private/cancel"}, {"POST", "/api/batch/jobs/private/retry"},
    };
    for (size_t i = 0; i < sizeof calls / sizeof calls[0]; i++) {
        answer_t answer;
        house_http(&s_house, &answer, calls[i].method, calls[i].path, mallory, NULL, (slice_t){0});
        assert_int_equal(answer.status, 404);
        answer_free(&answer);
    }
    answer_t answer;
    house_http(&s_house, &answer, "GET", "/api/batch/active", mallory, NULL, (slice_t){0});
    assert_int_equal(answer.status, 200);
    assert_null(strstr(answer.body.data, "private"));
    answer_free(&answer);
    free(mallory);
}

static void
status_has_an_etag_and_a_long_poll_waits_for_a_change(void **state)
{
    (void) state;
    house_write_documents(&s_house, 1);
    s_start_ndjson("polled", 1, 1);
    cJSON *job = house_await(&s_house, "polled", "completed", 60);
    double version = json_number(job, "version");
    cJSON_Delete(job);
    answer_t answer;
    house_http(&s_house, &answer, "GET", "/api/batch/jobs/polled/status", s_house.token, NULL,
               (slice_t){0});
    char etag[64];
    snprintf(etag, sizeof etag, "\"%.0f\"", version);
    assert_string_equal(answer.etag, etag);
    answer_free(&answer);

    s_start_ndjson("waited", 500, 1);
    s_command("waited", "pause", 200);
    cJSON *paused = house_await(&s_house, "waited", "paused", 10);
    while (json_number(paused, "in_flight_count") > 0) {
        cJSON_Delete(paused);
        paused = s_status("waited", 200);
    }
    char path[128];
    snprintf(path, sizeof path, "/api/batch/jobs/waited/status?wait=1&version=%.0f",
             json_number(paused, "version"));
    cJSON_Delete(paused);
    int64_t asked = clock_monotonic_ms();
    cJSON_Delete(house_get(&s_house, path, 200));
    assert_true(clock_monotonic_ms() - asked >= 900);
    s_command("waited", "cancel", 200);
}

static void
bad_requests_are_told_what_is_wrong_and_the_service_lives(void **state)
{
    (void) state;
    cJSON *problem = house_post(&s_house, "/api/batch/start",
                                "{\"documents\":[{\"file_path\":\"\"}],\"config\":{\"num_tags\":99,"
                                "\"colour\":1}}",
                                400);
    assert_true(cJSON_GetArraySize(cJSON_GetObjectItemCaseSensitive(problem, "errors")) >= 3);
    assert_non_null(json_text(problem, "detail"));
    assert_non_null(json_text(problem, "request_id"));
    cJSON_Delete(problem);

    buffer_t nested = {0};
    for (int i = 0; i < 650; i++)
        buffer_append_byte(&nested, '[');
    cJSON_Delete(house_post(&s_house, "/api/batch/start", nested.data, 400));
    buffer_free(&nested);

    answer_t answer;
    house_http(&s_house, &answer, "GET", "/api/batch/active", NULL, NULL, (slice_t){0});
    assert_int_equal(answer.status, 401);
    answer_free(&answer);
    house_http(&s_house, &answer, "GET", "/api/health", NULL, NULL, (slice_t){0});
    assert_int_equal(answer.status, 200);
    answer_free(&answer);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int
main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(a_batch_of_texts_is_tagged_and_every_result_is_there),
        TEST(a_missing_file_fails_alone_with_its_error_type),
        TEST(the_same_start_again_starts_nothing_and_another_body_is_refused),
        TEST(a_paused_job_begins_nothing_and_a_resumed_one_finishes),
        TEST(a_paused_job_stays_paused_over_a_restart),
        TEST(a_cancelled_job_is_final_and_keeps_its_results),
        TEST(a_retry_puts_failed_documents_back_to_work),
        TEST(another_users_job_is_not_there),
        TEST(status_has_an_etag_and_a_long_poll_waits_for_a_change),
        TEST(bad_requests_are_told_what_is_wrong_and_the_service_lives),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
