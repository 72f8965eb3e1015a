/* Documents from the web and from S3, through real processes and real servers. */
#include <signal.h>
#include <stdio.h>

#include "tests/documents/http_server.h"
#include "tests/documents/s3_server.h"
#include "tests/end_to_end/house.h"
#include "tests/support/cmocka_all.h"

#define TELESCOPES                                                                                 \
    "The observatory moved its radio telescope. Radio telescopes hear galaxies, and this "         \
    "radio telescope hears the farthest galaxies of all."

static const char *const OBJECTS[] = {"reports/r\303\251sum\303\251 + notes (1).txt", TELESCOPES,
                                      NULL};

static house_t s_house;
static pid_t s_service;
static s3_server_t *s_s3;
static http_server_t *s_web;
static atomic_bool s_unused;

static int
setup(void **state)
{
    (void) state;
    house_open(&s_house);
    s_s3 = s3_server_start(OBJECTS);
    s_web = http_server_start(&s_unused);
    if (s_s3 == NULL)
        return -1;
    house_set(&s_house, "s3/endpoint=http://127.0.0.1:%u", s3_server_port(s_s3));
    house_set(&s_house, "s3/region=eu-test-1");
    house_set(&s_house, "s3/access_key=tag:mill");
    house_set(&s_house, "s3/secret_key=sesame");
    house_set(&s_house, "documents/allow_networks=127.0.0.0/8");
    s_service = house_start_all(&s_house);
    return 0;
}

static int
teardown(void **state)
{
    (void) state;
    assert_int_equal(house_stop(s_service, SIGTERM), 0);
    http_server_stop(&s_web);
    s3_server_stop(&s_s3);
    house_close(&s_house);
    return 0;
}

/* The result of a row of a job; `*page` is the caller's to delete. */
static const cJSON *
s_result(const char *job_id, int row, cJSON **page)
{
    char path[128];
    snprintf(path, sizeof path, "/api/batch/jobs/%s/results", job_id);
    *page = house_get(&s_house, path, 200);
    const cJSON *results = cJSON_GetObjectItemCaseSensitive(*page, "results");
    return cJSON_GetArrayItem(results, row);
}

static void
documents_in_s3_are_tagged(void **state)
{
    (void) state;
    cJSON_Delete(
        house_post(&s_house, "/api/batch/start",
                   "{\"job_id\":\"s3\",\"documents\":["
                   "{\"file_source_type\":\"s3\","
                   "\"file_path\":\"s3://papers/reports/r\303\251sum\303\251 + notes (1).txt\"},"
                   "{\"file_source_type\":\"s3\",\"file_path\":\"s3://papers/reports/none.txt\"}]}",
                   200));
    cJSON *job = house_await(&s_house, "s3", "completed", 60), *page = NULL;
    assert_int_equal(json_number(job, "processed_count"), 1);
    assert_int_equal(json_number(job, "failed_count"), 1);
    cJSON_Delete(job);
    const cJSON *tags = cJSON_GetObjectItemCaseSensitive(s_result("s3", 0, &page), "tags");
    assert_true(cJSON_GetArraySize(tags) > 0);
    cJSON_Delete(page);
    assert_string_equal(json_text(s_result("s3", 1, &page), "error_type"), "not-found");
    cJSON_Delete(page);
}

static void
paths_in_s3_are_validated(void **state)
{
    (void) state;
    cJSON *answer =
        house_post(&s_house, "/api/batch/validate-paths",
                   "{\"paths\":[{\"type\":\"s3\","
                   "\"path\":\"s3://papers/reports/r\303\251sum\303\251 + notes (1).txt\"},"
                   "{\"type\":\"s3\",\"path\":\"s3://papers/none\"}]}",
                   200);
    assert_int_equal(json_number(answer, "valid_count"), 1);
    const cJSON *results = cJSON_GetObjectItemCaseSensitive(answer, "results");
    assert_int_equal(json_number(cJSON_GetArrayItem(results, 0), "size"), sizeof TELESCOPES - 1);
    cJSON_Delete(answer);
}

static void
the_same_document_of_a_job_is_fetched_once(void **state)
{
    (void) state;
    buffer_t body = {0};
    buffer_append_text(&body, "{\"job_id\":\"twins\",\"documents\":[");
    for (int i = 0; i < 20; i++)
        buffer_printf(&body, "%s{\"file_path\":\"http://127.0.0.1:%u/text\"}", i ? "," : "",
                      http_server_port(s_web));
    buffer_append_text(&body, "]}");
    cJSON_Delete(house_post(&s_house, "/api/batch/start", body.data, 200));
    buffer_free(&body);
    cJSON *job = house_await(&s_house, "twins", "completed", 60);
    assert_int_equal(json_number(job, "processed_count"), 20);
    cJSON_Delete(job);
    assert_int_equal(http_server_requests(s_web), 1);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(documents_in_s3_are_tagged),
        cmocka_unit_test(paths_in_s3_are_validated),
        cmocka_unit_test(the_same_document_of_a_job_is_fetched_once),
    };
    return cmocka_run_group_tests(tests, setup, teardown);
}
