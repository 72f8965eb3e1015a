/* Jobs tagged by a model through real processes: tags, costs, keys, refusals, offline instead. */
#include <signal.h>
#include <stdio.h>

#include "tests/documents/model_server.h"
#include "tests/end_to_end/house.h"
#include "tests/support/cmocka_all.h"

static const char DOCUMENTS[] =
    "\"documents\":[{\"file_path\":\"doc-0.txt\",\"file_source_type\":\"local\"},"
    "{\"file_path\":\"doc-1.txt\",\"file_source_type\":\"local\"}]";

static house_t s_house;
static model_server_t *s_server;
static pid_t s_service;

static int
setup(void **state)
{
    (void) state;
    house_open(&s_house);
    house_write_documents(&s_house, 2);
    s_server = model_server_start(&(model_server_options_t){0});
    house_set(&s_house, "providers/test/base_url=http://127.0.0.1:%u/v1",
              model_server_port(s_server));
    house_set(&s_house, "providers/test/needs_key=false");
    house_set(&s_house, "providers/test/models=ok=0.5/2, *");
    s_service = house_start_all(&s_house);
    return 0;
}

static int
teardown(void **state)
{
    (void) state;
    assert_int_equal(house_stop(s_service, SIGTERM), 0);
    model_server_stop(&s_server);
    house_close(&s_house);
    return 0;
}

/* Starts a job of the two documents and waits until its status is `status`. Returns owned: that. */
static cJSON *
s_run(const char *job_id, const char *config, const char *status)
{
    buffer_t body = {0};
    buffer_printf(&body, "{\"job_id\":\"%s\",%s,\"config\":%s}", job_id, DOCUMENTS, config);
    cJSON_Delete(house_post(&s_house, "/api/batch/start", body.data, 200));
    buffer_free(&body);
    return house_await(&s_house, job_id, status, 60);
}

/* Returns the first result of `*page`, which becomes owned. */
static const cJSON *
s_first_result(const char *job_id, cJSON **page)
{
    char path[128];
    snprintf(path, sizeof path, "/api/batch/jobs/%s/results", job_id);
    *page = house_get(&s_house, path, 200);
    const cJSON *results = cJSON_GetObjectItemCaseSensitive(*page, "results");
    assert_int_equal(cJSON_GetArraySize(results), 2);
    return cJSON_GetArrayItem(results, 0);
}

static const char *
s_first_tag(const cJSON *result)
{
    const cJSON *tags = cJSON_GetObjectItemCaseSensitive(result, "tags");
    assert_true(cJSON_GetArraySize(tags) > 0);
    return cJSON_GetArrayItem(tags, 0)->valuestring;
}

static void
a_model_tags_a_job_and_its_costs_are_shown(void **state)
{
    (void) state;
    cJSON *job = s_run("costs", "{\"model_name\":\"ok\",\"num_tags\":5}", "completed");
    assert_int_equal(json_number(job, "processed_count"), 2);
    assert_int_equal(json_number(job, "tokens_used"), 240);
    assert_true(json_number(job, "cost") > 0.000179 && json_number(job, "cost") < 0.000181);
    cJSON_Delete(job);
    cJSON *page;
    const cJSON *result = s_first_result("costs", &page);
    assert_string_equal(s_first_tag(result), "harbour cranes");
    assert_int_equal(cJSON_GetArraySize(cJSON_GetObjectItemCaseSensitive(result, "tags")), 5);
    assert_string_equal(json_text(result, "model_name"), "ok");
    const cJSON *metadata = cJSON_GetObjectItemCaseSensitive(result, "metadata");
    assert_int_equal(json_number(metadata, "tokens_used"), 120);
    assert_true(json_number(metadata, "cost") > 0.000089 &&
                json_number(metadata, "cost") < 0.000091);
    cJSON_Delete(page);
}

static void
the_key_of_a_job_reaches_the_model_and_nobody_else(void **state)
{
    (void) state;
    cJSON_Delete(s_run("keyed", "{\"model_name\":\"test/ok\",\"api_key\":\"sk-the-job-s-own-key\"}",
                       "completed"));
    buffer_t head = {0}, body = {0};
    model_server_last(s_server, &head, &body);
    assert_non_null(strstr(head.data, "Authorization: Bearer sk-the-job-s-own-key\r\n"));
    assert_null(strstr(body.data, "sk-the-job"));
    buffer_free(&head);
    buffer_free(&body);
    /* Not in the store, its log of changes, or anything else that was left. */
    char command[256];
    snprintf(command, sizeof command, "grep -rq the-job-s-own-key %s", s_house.directory);
    assert_int_not_equal(system(command), 0);
}

static void
a_refused_key_fails_the_job_with_its_sentence(void **state)
{
    (void) state;
    uint32_t before = model_server_stats(s_server).requests;
    cJSON *job = s_run("refused", "{\"model_name\":\"test/refused-key\",\"fallback\":\"offline\"}",
                       "failed");
    assert_non_null(strstr(json_text(job, "error"), "refuses the key"));
    assert_null(strstr(json_text(job, "error"), "sk-secret"));
    cJSON_Delete(job);
    uint32_t requests = model_server_stats(s_server).requests - before;
    assert_in_range(requests, 1, 2); /* those in flight, no more */
}

static void
an_unknown_model_fails_the_job_at_once(void **state)
{
    (void) state;
    cJSON *job = s_run("unknown", "{\"model_name\":\"test/unknown\"}", "failed");
    assert_non_null(strstr(json_text(job, "error"), "does not have this model"));
    cJSON_Delete(job);
}

static void
what_a_model_cannot_do_gets_offline_tags_at_its_last_attempt(void **state)
{
    (void) state;
    uint32_t before = model_server_stats(s_server).requests;
    cJSON *job = s_run(
        "broken", "{\"model_name\":\"test/broken\",\"fallback\":\"offline\",\"max_attempts\":2}",
        "completed");
    assert_int_equal(json_number(job, "processed_count"), 2);
    cJSON_Delete(job);
    cJSON *page;
    const cJSON *result = s_first_result("broken", &page);
    assert_string_equal(json_text(result, "model_name"), "offline");
    assert_int_equal(json_number(result, "attempts"), 2);
    assert_string_not_equal(s_first_tag(result), "harbour cranes");
    cJSON_Delete(page);
    assert_int_equal(model_server_stats(s_server).requests - before, 4);
}

static void
without_a_fallback_the_document_fails_and_the_job_goes_on(void **state)
{
    (void) state;
    cJSON *job =
        s_run("nonsense", "{\"model_name\":\"test/nonsense\",\"max_attempts\":1}", "completed");
    assert_int_equal(json_number(job, "failed_count"), 2);
    assert_int_equal(json_number(job, "tokens_used"), 480); /* two tries a document */
    cJSON_Delete(job);
    cJSON *page;
    const cJSON *result = s_first_result("nonsense", &page);
    assert_string_equal(json_text(result, "error_type"), "model-error");
    cJSON_Delete(page);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_model_tags_a_job_and_its_costs_are_shown),
        cmocka_unit_test(the_key_of_a_job_reaches_the_model_and_nobody_else),
        cmocka_unit_test(a_refused_key_fails_the_job_with_its_sentence),
        cmocka_unit_test(an_unknown_model_fails_the_job_at_once),
        cmocka_unit_test(what_a_model_cannot_do_gets_offline_tags_at_its_last_attempt),
        cmocka_unit_test(without_a_fallback_the_document_fails_and_the_job_goes_on),
    };
    return cmocka_run_group_tests(tests, setup, teardown);
}
