/* Jobs on one key against a server that throttles, through a crash, and where the key shows. */
#include <czmq.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <time.h>
#include <unistd.h>

#include "base/clock.h"
#include "tests/documents/model_server.h"
#include "tests/end_to_end/house.h"
#include "tests/support/cmocka_all.h"

enum { RATE = 20, JOBS = 3, FILES = 10 };

static const char KEY[] = "sk-planted-0123456789abcdef";

static house_t s_house;
static model_server_t *s_server;
static pid_t s_service;

static int
setup(void **state)
{
    (void) state;
    house_open(&s_house);
    house_write_documents(&s_house, FILES);
    house_set(&s_house, "workers/slots=4");
    return 0;
}

static void
s_start_all(const model_server_options_t *options)
{
    s_server = model_server_start(options);
    house_set(&s_house, "providers/test/base_url=http://127.0.0.1:%u/v1",
              model_server_port(s_server));
    s_service = house_start_all(&s_house);
}

static int
teardown(void **state)
{
    (void) state;
    if (s_service)
        house_stop(s_service, SIGTERM);
    s_service = 0;
    model_server_stop(&s_server);
    house_close(&s_house);
    return 0;
}

/* Starts a job of `count` documents under the planted key. */
static void
s_start_job(const char *job_id, const char *model, size_t count)
{
    buffer_t body = {0};
    answer_t answer;
    buffer_printf(&body,
                  "{\"job_id\":\"%s\",\"config\":{\"model_name\":\"%s\",\"api_key\":\"%s\"}}\n",
                  job_id, model, KEY);
    for (size_t i = 0; i < count; i++)
        buffer_printf(&body, "{\"file_path\":\"doc-%zu.txt\",\"file_source_type\":\"local\"}\n",
                      i % FILES);
    house_http(&s_house, &answer, "POST", "/api/batch/start", s_house.token, "application/x-ndjson",
               buffer_slice(&body));
    if (answer.status != 200)
        fail_msg("start answered %ld: %s", answer.status, answer.body.data);
    assert_null(strstr(answer.body.data, "planted"));
    answer_free(&answer);
    buffer_free(&body);
}

/* Every document of the job was tagged by its first attempt. */
static void
s_check_first_attempts(const char *job_id, size_t count)
{
    char path[128];
    snprintf(path, sizeof path, "/api/batch/jobs/%s/results?limit=1000", job_id);
    cJSON *page = house_get(&s_house, path, 200);
    const cJSON *results = cJSON_GetObjectItemCaseSensitive(page, "results"), *result;
    assert_int_equal(cJSON_GetArraySize(results), count);
    cJSON_ArrayForEach(result, results)
    {
        assert_string_equal(json_text(result, "status"), "success");
        assert_int_equal(json_number(result, "attempts"), 1);
    }
    cJSON_Delete(page);
}

static void
s_check_use(const model_server_options_t *options)
{
    static const char *const ids[JOBS] = {"one", "two", "three"};
    size_t total = house_scale(120, 500), each = total / JOBS, counts[JOBS];
    s_start_all(options);
    int64_t begun_ms = clock_monotonic_ms();
    for (int i = 0; i < JOBS; i++) {
        counts[i] = i ? each : total - (JOBS - 1) * each;
        s_start_job(ids[i], "test/ok", counts[i]);
    }
    for (int i = 0; i < JOBS; i++)
        cJSON_Delete(house_await(&s_house, ids[i], "completed", 120));
    double seconds = (double) (clock_monotonic_ms() - begun_ms) / 1000;
    for (int i = 0; i < JOBS; i++)
        s_check_first_attempts(ids[i], counts[i]);
    model_server_stats_t stats = model_server_stats(s_server);
    double used = (double) total / seconds / RATE;
    double refused = (double) stats.throttled / stats.requests;
    print_message("%zu documents in %.1f s: %.0f%% of the rate; %u of %u requests refused\n", total,
                  seconds, 100 * used, stats.throttled, stats.requests);
    if (getenv("TAGMILL_TEST_FULL")) /* the clock of a busy machine is not the limiter's */
        assert_true(used >= 0.85);
    assert_true(refused < 0.05);
}

static void
jobs_on_one_key_use_what_a_server_allows_and_are_seldom_refused(void **state)
{
    (void) state;
    s_check_use(&(model_server_options_t){.rate = RATE, .latency_ms = 10});
}

static void
they_do_so_where_the_last_second_counts(void **state)
{
    (void) state;
    s_check_use(
        &(model_server_options_t){.rate = RATE, .count = MODEL_SERVER_SLIDING, .latency_ms = 10});
}

/* A job that is throttled for long shows until when; a job without a model does not wait for it. */
static void
a_throttled_job_shows_until_when_and_others_do_not_wait(void **state)
{
    (void) state;
    s_start_all(&(model_server_options_t){0});
    s_start_job("slow", "test/throttle", 5);
    bool shown = false;
    for (int64_t until = clock_monotonic_ms() + 20000; !shown && clock_monotonic_ms() < until;) {
        cJSON *job = house_get(&s_house, "/api/batch/jobs/slow/status?wait=1", 200);
        shown = cJSON_IsString(cJSON_GetObjectItemCaseSensitive(job, "throttled_until"));
        assert_int_equal(json_number(job, "failed_count"), 0);
        cJSON_Delete(job);
    }
    assert_true(shown);
    buffer_t body = {0};
    answer_t answer;
    house_ndjson(&body, "offline", 20, FILES);
    house_http(&s_house, &answer, "POST", "/api/batch/start", s_house.token, "application/x-ndjson",
               buffer_slice(&body));
    assert_int_equal(answer.status, 200);
    answer_free(&answer);
    buffer_free(&body);
    cJSON_Delete(house_await(&s_house, "offline", "completed", 30));
    cJSON_Delete(house_post(&s_house, "/api/batch/jobs/slow/cancel", NULL, 200));
}

static void
after_a_crash_a_job_goes_on_with_its_key(void **state)
{
    (void) state;
    s_start_all(&(model_server_options_t){.latency_ms = 50, .key = KEY});
    s_start_job("crash", "test/ok", 60);
    for (double done = 0; done < 5;) {
        cJSON *job = house_get(&s_house, "/api/batch/jobs/crash/status?wait=1", 200);
        done = json_number(job, "processed_count");
        cJSON_Delete(job);
    }
    assert_int_equal(house_stop(s_service, SIGKILL), 128 + SIGKILL);
    s_service = house_start_all(&s_house);
    cJSON *job = house_await(&s_house, "crash", "completed", 60);
    assert_int_equal(json_number(job, "processed_count"), 60);
    cJSON_Delete(job);
    assert_int_equal(house_count_results(&s_house, "crash", NULL), 60);
}

/* ---- where the key shows ---- */

static bool
s_is_found(const char *path)
{
    char command[256];
    snprintf(command, sizeof command, "grep -rqa planted-0123 %s", path);
    return system(command) == 0;
}

/* What processes that read this one's standard error say goes into a file from here on. Returns the
 * descriptor to go back to. */
static int
s_divert_log(const char *path)
{
    int before = dup(STDERR_FILENO);
    int file = open(path, O_WRONLY | O_CREAT | O_APPEND, 0600);
    assert_true(file >= 0);
    dup2(file, STDERR_FILENO);
    close(file);
    return before;
}

static size_t
s_read_progress(zsock_t *progress)
{
    size_t frames = 0;
    for (zmsg_t *message = zmsg_recv(progress); message; message = zmsg_recv(progress)) {
        for (zframe_t *frame = zmsg_first(message); frame; frame = zmsg_next(message)) {
            assert_null(memmem(zframe_data(frame), zframe_size(frame), "planted", 7));
            frames++;
        }
        zmsg_destroy(&message);
    }
    return frames;
}

static void
a_key_is_in_no_log_file_frame_argument_or_answer(void **state)
{
    (void) state;
    char log[128], endpoint[64];
    snprintf(log, sizeof log, "%s/log", s_house.directory);
    snprintf(endpoint, sizeof endpoint, "tcp://127.0.0.1:%d", s_house.progress_port);
    house_set(&s_house, "log/level=debug");
    int before = s_divert_log(log);
    s_start_all(&(model_server_options_t){.latency_ms = 300, .key = KEY});
    zsys_handler_set(NULL);
    zsock_t *progress = zsock_new_sub(endpoint, "progress/");
    zsock_set_rcvtimeo(progress, 500);
    nanosleep(&(struct timespec){.tv_nsec = 300000000}, NULL); /* until it is known there */
    s_start_job("secret", "test/ok", 20);
    /* While it works, the key is sealed in the store; and anybody may read command lines. */
    assert_false(s_is_found(s_house.directory));
    assert_int_not_equal(system("cat /proc/*/cmdline 2>/dev/null | tr '\\0' '\\n' | "
                                "grep -v grep | grep -qa 'planted-[0]123'"),
                         0);
    cJSON *job = house_await(&s_house, "secret", "completed", 60);
    char *text = cJSON_PrintUnformatted(job);
    assert_null(strstr(text, "planted"));
    free(text);
    cJSON_Delete(job);
    assert_true(s_read_progress(progress) > 60);
    zsock_destroy(&progress);
    assert_int_equal(house_stop(s_service, SIGTERM), 0);
    s_service = 0;
    assert_false(s_is_found(s_house.directory));
    dup2(before, STDERR_FILENO);
    close(before);
}

static void
a_job_that_ended_is_retried_with_its_key_only(void **state)
{
    (void) state;
    s_start_all(&(model_server_options_t){.key = "sk-another"});
    s_start_job("again", "test/ok", 3);
    cJSON_Delete(house_await(&s_house, "again", "failed", 30)); /* the key is refused */
    cJSON *refused = house_post(&s_house, "/api/batch/jobs/again/retry", NULL, 409);
    assert_non_null(strstr(json_text(refused, "detail"), "api_key"));
    cJSON_Delete(refused);
    cJSON_Delete(house_post(&s_house, "/api/batch/jobs/again/retry", "{\"api_key\":\"a b\"}", 400));
    cJSON_Delete(
        house_post(&s_house, "/api/batch/jobs/again/retry", "{\"api_key\":\"sk-another\"}", 200));
    cJSON *job = house_await(&s_house, "again", "completed", 30);
    assert_int_equal(json_number(job, "processed_count"), 3);
    cJSON_Delete(job);
}

int
main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
    const struct CMUnitTest tests[] = {
        TEST(jobs_on_one_key_use_what_a_server_allows_and_are_seldom_refused),
        TEST(they_do_so_where_the_last_second_counts),
        TEST(a_throttled_job_shows_until_when_and_others_do_not_wait),
        TEST(after_a_crash_a_job_goes_on_with_its_key),
        TEST(a_key_is_in_no_log_file_frame_argument_or_answer),
        TEST(a_job_that_ended_is_retried_with_its_key_only),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
