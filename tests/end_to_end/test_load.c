/* Many documents, many jobs, many users: fairness and memory. Memory is judged only in a full run
 * (a sanitizer multiplies it), the rest always. */
#include <signal.h>
#include <stdio.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "base/clock.h"
#include "tests/end_to_end/house.h"
#include "tests/support/cmocka_all.h"

enum { MB = 1000000 };

static house_t s_house;
static pid_t s_service;
static char *s_bob;

static int
setup(void **state)
{
    (void) state;
    house_open(&s_house);
    s_service = house_start_all(&s_house);
    s_bob = house_token(&s_house, "bob");
    return 0;
}

/* No worker runs: what is started stays as it is. */
static int
setup_idle(void **state)
{
    (void) state;
    house_open(&s_house);
    house_set(&s_house, "workers/processes=0");
    s_service = house_start(&s_house, "tagmilld", NULL, true);
    s_house.token = house_token(&s_house, "alice");
    s_bob = house_token(&s_house, "bob");
    return 0;
}

static int
teardown(void **state)
{
    (void) state;
    free(s_bob);
    assert_int_equal(house_stop(s_service, SIGTERM), 0);
    house_close(&s_house);
    return 0;
}

static void
s_start(const char *token, const char *content_type, const buffer_t *body)
{
    answer_t answer;
    house_http(&s_house, &answer, "POST", "/api/batch/start", token, content_type,
               buffer_slice(body));
    if (answer.status != 200)
        fail_msg("start answered %ld: %s", answer.status, answer.body.data);
    answer_free(&answer);
}

static void
s_start_ndjson(const char *token, const char *job_id, size_t count, size_t files)
{
    buffer_t body = {0};
    house_ndjson(&body, job_id, count, files);
    s_start(token, "application/x-ndjson", &body);
    buffer_free(&body);
}

static void
s_cancel(const char *job_id)
{
    char path[256];
    snprintf(path, sizeof path, "/api/batch/jobs/%s/cancel", job_id);
    cJSON_Delete(house_post(&s_house, path, NULL, 200));
}

/* Milliseconds from the start of a 3-document job of alice until it is done. */
static int64_t
s_time_small_job(const char *job_id)
{
    int64_t started = clock_monotonic_ms();
    s_start_ndjson(s_house.token, job_id, 3, 3);
    char path[128];
    double version = 0;
    for (;;) {
        snprintf(path, sizeof path, "/api/batch/jobs/%s/status?wait=5&version=%.0f", job_id,
                 version);
        cJSON *job = house_get(&s_house, path, 200);
        bool done = strcmp(json_text(job, "status"), "completed") == 0;
        version = json_number(job, "version");
        cJSON_Delete(job);
        if (done)
            return clock_monotonic_ms() - started;
        assert_true(clock_monotonic_ms() - started < 60000);
    }
}

static int64_t
s_least_of_small_jobs(const char *prefix, int times)
{
    int64_t least = INT64_MAX;
    for (int i = 0; i < times; i++) {
        char job_id[64];
        snprintf(job_id, sizeof job_id, "%s-%d", prefix, i);
        int64_t took = s_time_small_job(job_id);
        least = took < least ? took : least;
    }
    return least;
}

static void
a_small_job_does_not_wait_behind_another_users_large_one(void **state)
{
    (void) state;
    house_write_documents(&s_house, 10);
    int64_t alone = s_least_of_small_jobs("alone", 5);
    s_start_ndjson(s_bob, "large", house_scale(5000, 100000), 10);
    int64_t beside = s_least_of_small_jobs("beside", 5);
    print_message("3 documents: %lld ms alone, %lld ms beside a large job\n", (long long) alone,
                  (long long) beside);
    /* One document's time is a third of the job's, and a clock tick is not unfairness. */
    assert_true(beside <= 2 * alone + alone / 3 + 20);
    answer_t answer;
    house_http(&s_house, &answer, "POST", "/api/batch/jobs/large/cancel", s_bob, NULL,
               (slice_t){0});
    assert_int_equal(answer.status, 200);
    answer_free(&answer);
}

static int64_t
s_time_status(const char *job_id, int times)
{
    char path[256];
    snprintf(path, sizeof path, "/api/batch/jobs/%s/status", job_id);
    int64_t started = clock_monotonic_ms();
    for (int i = 0; i < times; i++)
        cJSON_Delete(house_get(&s_house, path, 200));
    return clock_monotonic_ms() - started;
}

static void
many_paused_jobs_cost_little_and_status_stays_as_fast(void **state)
{
    (void) state;
    size_t count = house_scale(300, 10000);
    char job_id[64], path[256];
    house_write_documents(&s_house, 1);
    int64_t with_one = 0;
    for (size_t i = 0; i < count; i++) {
        snprintf(job_id, sizeof job_id, "idle-%zu", i);
        s_start_ndjson(s_house.token, job_id, 10, 1);
        snprintf(path, sizeof path, "/api/batch/jobs/%s/pause", job_id);
        answer_t answer;
        house_http(&s_house, &answer, "POST", path, s_house.token, NULL, (slice_t){0});
        assert_int_equal(answer.status, 200);
        answer_free(&answer);
        if (i == 0)
            with_one = s_time_status("idle-0", 300);
    }
    int64_t with_all = s_time_status("idle-0", 300);
    size_t memory = house_memory(s_service);
    print_message("%zu paused jobs: %zu MB, 300 status calls %lld ms (with one: %lld ms)\n", count,
                  memory / MB, (long long) with_all, (long long) with_one);
    assert_true(with_all <= 2 * with_one + 100);
    if (getenv("TAGMILL_TEST_FULL"))
        assert_true(memory < 200 * (size_t) MB);
    cJSON *active = house_get(&s_house, "/api/batch/active", 200);
    assert_int_equal(cJSON_GetArraySize(cJSON_GetObjectItemCaseSensitive(active, "jobs")), count);
    cJSON_Delete(active);
}

/* The highest memory of the service while `body` is being sent and after, above `idle`. */
static size_t
s_peak_of_start(const char *content_type, const buffer_t *body, size_t idle)
{
    pid_t sender = fork();
    assert_true(sender >= 0);
    if (sender == 0) {
        answer_t answer;
        house_http(&s_house, &answer, "POST", "/api/batch/start", s_house.token, content_type,
                   buffer_slice(body));
        _exit(answer.status == 200 ? 0 : 1);
    }
    size_t peak = 0;
    int status = 0;
    while (waitpid(sender, &status, WNOHANG) == 0) {
        size_t now = house_memory(s_service);
        peak = now > peak ? now : peak;
        nanosleep(&(struct timespec){.tv_nsec = 10000000}, NULL);
    }
    assert_true(WIFEXITED(status) && WEXITSTATUS(status) == 0);
    size_t now = house_memory(s_service);
    peak = now > peak ? now : peak;
    return peak > idle ? peak - idle : 0;
}

static void
a_json_start_of_many_documents_needs_little_memory(void **state)
{
    (void) state;
    size_t count = house_scale(5000, 100000);
    house_write_documents(&s_house, 1);
    buffer_t body = {0};
    buffer_append_text(&body, "{\"job_id\":\"json\",\"documents\":[");
    for (size_t i = 0; i < count; i++)
        buffer_printf(&body,
                      "%s{\"Titel\":\"Document number %zu of a long list\",\"file_path\":"
                      "\"doc-0.txt\",\"file_source_type\":\"local\",\"shelf\":\"%zu\"}",
                      i ? "," : "", i, i % 100);
    buffer_append_text(&body, "],\"column_mapping\":{\"Titel\":\"title\"},\"config\":{}}");
    size_t idle = house_memory(s_service);
    size_t peak = s_peak_of_start("application/json", &body, idle);
    print_message("%zu documents by JSON: %zu MB above idle (%zu MB)\n", count, peak / MB,
                  idle / MB);
    if (getenv("TAGMILL_TEST_FULL"))
        assert_true(peak < 64 * (size_t) MB);
    s_cancel("json");
    buffer_free(&body);
}

static void
a_million_queued_documents_stay_on_disk(void **state)
{
    (void) state;
    size_t count = house_scale(20000, 1000000);
    house_write_documents(&s_house, 10);
    buffer_t body = {0};
    house_ndjson(&body, "million", count, 10);
    size_t idle = house_memory(s_service);
    size_t peak = s_peak_of_start("application/x-ndjson", &body, idle);
    cJSON *job = house_get(&s_house, "/api/batch/jobs/million/status", 200);
    assert_int_equal(json_number(job, "total"), count);
    cJSON_Delete(job);
    print_message("%zu documents by NDJSON: %zu MB above idle (%zu MB)\n", count, peak / MB,
                  idle / MB);
    if (getenv("TAGMILL_TEST_FULL"))
        assert_true(peak < 150 * (size_t) MB);
    s_cancel("million");
    buffer_free(&body);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int
main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(a_small_job_does_not_wait_behind_another_users_large_one),
        cmocka_unit_test_setup_teardown(many_paused_jobs_cost_little_and_status_stays_as_fast,
                                        setup_idle, teardown),
        TEST(a_json_start_of_many_documents_needs_little_memory),
        TEST(a_million_queued_documents_stay_on_disk),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
