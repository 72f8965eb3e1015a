#include "gateway/jobs.h"

#include <stdio.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/clock.h"
#include "tests/gateway/site.h"
#include "tests/support/cmocka_all.h"

static void
a_status_has_the_fields_of_the_contract_and_an_etag(void **state)
{
    response_t response;
    site_get(*state, "/api/batch/jobs/live/status", &response);
    assert_int_equal(response.status, 200);
    assert_string_equal(response_header(&response, "ETag"), "\"7\"");
    assert_true(response_has(&response, "\"job_id\":\"live\",\"status\":\"processing\""));
    assert_true(response_has(&response, "\"progress\":0.5"));
    assert_true(response_has(&response, "\"version\":7"));
    response_free(&response);
}

static void
a_job_that_has_ended_is_found_in_the_store(void **state)
{
    response_t response;
    site_get(*state, "/api/batch/jobs/done/status", &response);
    assert_int_equal(response.status, 200);
    assert_true(response_has(&response, "\"status\":\"completed\""));
    response_free(&response);
}

static void
a_job_that_is_not_this_users_is_not_found(void **state)
{
    static const char *const paths[] = {"/api/batch/jobs/nobody/status",
                                        "/api/batch/jobs/nobody/results",
                                        "/api/batch/jobs/nobody/results?format=ndjson"};
    for (size_t i = 0; i < sizeof paths / sizeof paths[0]; i++) {
        response_t response;
        site_get(*state, paths[i], &response);
        assert_int_equal(response.status, 404);
        assert_true(response_has(&response, "\"code\":\"not-found\""));
        response_free(&response);
    }
}

static void
an_id_that_no_job_can_have_is_a_bad_request(void **state)
{
    response_t response;
    site_get(*state, "/api/batch/jobs/a%20b/status", &response);
    assert_int_equal(response.status, 400);
    response_free(&response);
    site_get(*state, "/api/batch/jobs/a%2fb/status", &response);
    assert_int_equal(response.status, 404);
    response_free(&response);
    site_get(*state, "/api/batch/jobs/li%76e/status", &response);
    assert_int_equal(response.status, 200);
    response_free(&response);
}

static void
a_retry_may_bring_a_key_and_nothing_else(void **state)
{
    static const struct {
        const char *type, *body;
        int status;
        const char *key;
    } rows[] = {
        {NULL, NULL, 200, ""},
        {"application/json", "{}", 200, ""},
        {"application/json", "{\"api_key\":null}", 200, ""},
        {"application/json", "{\"api_key\":\"sk-1\"}", 200, "sk-1"},
        {"application/json", "{\"api_key\":\"a b\"}", 400, NULL},
        {"application/json", "{\"api_key\":7}", 400, NULL},
        {"application/json", "{\"model_name\":\"x\"}", 400, NULL},
        {"application/json", "[]", 400, NULL},
        {"application/json", "{", 400, NULL},
        {"text/plain", "sk-1", 415, NULL},
    };
    site_t *site = *state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        response_t response;
        site_post(site, "/api/batch/jobs/live/retry", rows[i].type, rows[i].body, &response);
        if (response.status != rows[i].status)
            fail_msg("%s: %d", rows[i].body, response.status);
        if (rows[i].key)
            assert_string_equal(site->peers.command_key, rows[i].key);
        response_free(&response);
    }
}

static void
a_version_that_is_known_is_not_sent_again(void **state)
{
    static const char *const known[] = {"\"7\"", "W/\"7\"", "\"3\", \"7\"", "*"};
    for (size_t i = 0; i < sizeof known / sizeof known[0]; i++) {
        char head[128];
        response_t response;
        snprintf(head, sizeof head,
                 "GET /api/batch/jobs/live/status HTTP/1.1\r\nIf-None-Match: %s\r\n", known[i]);
        site_send(*state, head, "", &response);
        assert_int_equal(response.status, 304);
        assert_int_equal(response.body.size, 0);
        assert_string_equal(response_header(&response, "ETag"), "\"7\"");
        response_free(&response);
    }
    response_t response;
    site_send(*state, "GET /api/batch/jobs/live/status HTTP/1.1\r\nIf-None-Match: \"77\"\r\n", "",
              &response);
    assert_int_equal(response.status, 200);
    response_free(&response);
}

static void
a_long_poll_waits_for_a_newer_version(void **state)
{
    response_t response;
    int64_t began = clock_monotonic_ms();
    site_get(*state, "/api/batch/jobs/live/status?wait=10&version=7", &response);
    assert_int_equal(response.status, 200);
    assert_true(response_has(&response, "\"version\":8"));
    assert_true(clock_monotonic_ms() - began >= 300);
    response_free(&response);
    began = clock_monotonic_ms();
    site_get(*state, "/api/batch/jobs/live/status?wait=10&version=6", &response);
    assert_true(response_has(&response, "\"version\":7"));
    response_free(&response);
}

/* With http/max_watchers at 2 the third poll gets what there is. */
static void
a_poll_beyond_the_watchers_is_answered_without_waiting(void **state)
{
    site_t *site = *state;
    int descriptors[3];
    static const char *const versions[] = {"\"version\":8", "\"version\":8", "\"version\":7"};
    buffer_t request = {0};
    buffer_printf(&request,
                  "GET /api/batch/jobs/live/status?wait=10&version=7 HTTP/1.1\r\nHost: test\r\n"
                  "Connection: close\r\nAuthorization: Bearer %s\r\n\r\n",
                  site->token);
    for (int i = 0; i < 3; i++) {
        descriptors[i] = http_connect(site->port);
        assert_int_equal(send(descriptors[i], request.data, request.size, MSG_NOSIGNAL),
                         request.size);
        usleep(60000);
    }
    for (int i = 0; i < 3; i++) {
        response_t response = {0};
        http_receive(descriptors[i], false, &response);
        assert_true(response_has(&response, versions[i]));
        response_free(&response);
        close(descriptors[i]);
    }
    buffer_free(&request);
}

static void
parameters_out_of_range_are_refused(void **state)
{
    static const char *const targets[] = {"/api/batch/jobs/live/status?wait=61",
                                          "/api/batch/jobs/live/status?wait=-1",
                                          "/api/batch/jobs/live/status?wait=1.5",
                                          "/api/batch/jobs/live/status?wait=",
                                          "/api/batch/jobs/live/status?wait=1&wait=2",
                                          "/api/batch/jobs/live/status?version=x",
                                          "/api/batch/jobs/done/results?limit=0",
                                          "/api/batch/jobs/done/results?limit=1001",
                                          "/api/batch/jobs/done/results?format=xml",
                                          "/api/batch/jobs/done/results?status=maybe",
                                          "/api/batch/jobs/done/results?after=99999999999",
                                          "/api/batch/jobs/done/results?limit=%zz"};
    for (size_t i = 0; i < sizeof targets / sizeof targets[0]; i++) {
        response_t response;
        site_get(*state, targets[i], &response);
        assert_int_equal(response.status, 400);
        response_free(&response);
    }
}

static void
active_jobs_are_read_page_by_page(void **state)
{
    response_t response;
    site_get(*state, "/api/batch/active", &response);
    assert_int_equal(response.status, 200);
    assert_memory_equal(response.body.data, "{\"jobs\":[{\"job_id\":\"newer\"", 26);
    assert_true(response_has(&response, "},{\"job_id\":\"older\""));
    assert_string_equal(response.body.data + response.body.size - 3, "}]}");
    response_free(&response);
}

static void
commands_are_answered_once_they_are_done(void **state)
{
    static const char *const commands[] = {"pause", "resume", "cancel", "retry"};
    for (size_t i = 0; i < 4; i++) {
        char target[64];
        response_t response;
        snprintf(target, sizeof target, "/api/batch/jobs/live/%s", commands[i]);
        site_post(*state, target, NULL, NULL, &response);
        assert_int_equal(response.status, 200);
        assert_true(response_has(&response, "\"job_id\":\"live\",\"status\":\"paused\""));
        assert_int_equal(response_has(&response, "\"retried_count\":2"), i == 3);
        response_free(&response);
    }
}

static void
a_command_that_the_state_does_not_allow_is_a_conflict(void **state)
{
    response_t response;
    site_post(*state, "/api/batch/jobs/paused/pause", NULL, NULL, &response);
    assert_int_equal(response.status, 409);
    assert_true(response_has(&response, "the job is paused"));
    response_free(&response);
    site_post(*state, "/api/batch/jobs/done/cancel", "application/json", "{}", &response);
    assert_int_equal(response.status, 409);
    assert_true(response_has(&response, "completed"));
    response_free(&response);
    site_post(*state, "/api/batch/jobs/nobody/cancel", NULL, NULL, &response);
    assert_int_equal(response.status, 404);
    response_free(&response);
    site_post(*state, "/api/batch/jobs/nobody/retry", NULL, NULL, &response);
    assert_int_equal(response.status, 404);
    response_free(&response);
}

static void
a_page_of_results_says_where_the_next_begins(void **state)
{
    response_t response;
    site_get(*state, "/api/batch/jobs/done/results?limit=2", &response);
    assert_int_equal(response.status, 200);
    assert_true(response_has(&response, "\"count\":2,\"next_after\":1}"));
    response_free(&response);
    site_get(*state, "/api/batch/jobs/done/results?limit=1000&after=19", &response);
    assert_true(response_has(&response, "\"count\":5,\"next_after\":null}"));
    response_free(&response);
    site_get(*state, "/api/batch/jobs/done/results?after=24", &response);
    assert_string_equal(response.body.data, "{\"results\":[],\"count\":0,\"next_after\":null}");
    response_free(&response);
}

static void
a_result_carries_the_documents_columns_untouched(void **state)
{
    response_t response;
    site_get(*state, "/api/batch/jobs/done/results?limit=1&after=1", &response);
    assert_true(response_has(&response, "\"row_id\":2,\"row_number\":3,\"title\":"));
    assert_true(response_has(&response, "\"status\":\"success\",\"success\":true,"
                                        "\"tags\":[\"red\",\"gr\\\"een\"],\"error\":null,"
                                        "\"error_type\":null,\"attempts\":1"));
    assert_true(response_has(&response, "\"shelf\":12345678901234567890"));
    assert_true(response_has(&response, "\"input_status\":\"theirs\""));
    response_free(&response);
    site_get(*state, "/api/batch/jobs/done/results?limit=1&status=failed", &response);
    assert_true(response_has(&response,
                             "\"success\":false,\"tags\":[],\"error\":\"there is no such "
                             "document\",\"error_type\":\"not-found\""));
    response_free(&response);
}

static size_t
s_lines(const response_t *response)
{
    size_t count = 0;
    for (size_t i = 0; i < response->body.size; i++)
        count += response->body.data[i] == '\n';
    return count;
}

static void
ndjson_streams_the_whole_job(void **state)
{
    response_t response;
    site_get(*state, "/api/batch/jobs/done/results?format=ndjson", &response);
    assert_int_equal(response.status, 200);
    assert_false(response.was_cut);
    assert_string_equal(response_header(&response, "Content-Type"), "application/x-ndjson");
    assert_int_equal(s_lines(&response), FAKE_RESULTS_TOTAL);
    response_free(&response);
    site_send(*state,
              "GET /api/batch/jobs/done/results?limit=3 HTTP/1.1\r\n"
              "Accept: application/x-ndjson;q=0.9, application/json\r\n",
              "", &response);
    assert_int_equal(s_lines(&response), 3);
    response_free(&response);
    site_send(*state, "GET /api/batch/jobs/done/results?format=ndjson HTTP/1.0\r\n", "", &response);
    assert_int_equal(s_lines(&response), FAKE_RESULTS_TOTAL);
    assert_string_equal(response_header(&response, "Transfer-Encoding"), "");
    response_free(&response);
}

static void
csv_keeps_the_inputs_columns_and_disarms_formulas(void **state)
{
    response_t response;
    static const char wanted[] =
        "link,title,shelf,note,generated_tags,tagging_status,tagging_error\r\n"
        "https://example.org/a.pdf,\"'=A1, \"\"quoted\"\"\",12345678901234567890,'-1,"
        "\"red; gr\"\"een\",success,\r\n"
        "https://example.org/a.pdf,\"'=A1, \"\"quoted\"\"\",12345678901234567890,'-1,"
        ",failed,there is no such document\r\n";
    site_get(*state, "/api/batch/jobs/done/results?format=csv", &response);
    assert_int_equal(response.status, 200);
    assert_true(response.body.size > sizeof wanted);
    assert_memory_equal(response.body.data, wanted, sizeof wanted - 1);
    assert_int_equal(s_lines(&response), FAKE_RESULTS_TOTAL + 1);
    response_free(&response);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_status_has_the_fields_of_the_contract_and_an_etag),
        cmocka_unit_test(a_job_that_has_ended_is_found_in_the_store),
        cmocka_unit_test(a_job_that_is_not_this_users_is_not_found),
        cmocka_unit_test(an_id_that_no_job_can_have_is_a_bad_request),
        cmocka_unit_test(a_retry_may_bring_a_key_and_nothing_else),
        cmocka_unit_test(a_version_that_is_known_is_not_sent_again),
        cmocka_unit_test(a_long_poll_waits_for_a_newer_version),
        cmocka_unit_test(a_poll_beyond_the_watchers_is_answered_without_waiting),
        cmocka_unit_test(parameters_out_of_range_are_refused),
        cmocka_unit_test(active_jobs_are_read_page_by_page),
        cmocka_unit_test(commands_are_answered_once_they_are_done),
        cmocka_unit_test(a_command_that_the_state_does_not_allow_is_a_conflict),
        cmocka_unit_test(a_page_of_results_says_where_the_next_begins),
        cmocka_unit_test(a_result_carries_the_documents_columns_untouched),
        cmocka_unit_test(ndjson_streams_the_whole_job),
        cmocka_unit_test(csv_keeps_the_inputs_columns_and_disarms_formulas),
    };
    return cmocka_run_group_tests(tests, site_setup, site_teardown);
}
