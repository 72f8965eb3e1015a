#include "gateway/gateway.h"

#include <sys/socket.h>
#include <unistd.h>

#include "base/clock.h"
#include "tests/gateway/site.h"
#include "tests/support/cmocka_all.h"

static void
health_needs_no_token(void **state)
{
    site_t *site = *state;
    static const char *const paths[] = {"/", "/api/health", "/api/status"};
    for (size_t i = 0; i < 3; i++) {
        response_t response;
        http_ask(site->port, "GET", paths[i], NULL, NULL, NULL, &response);
        assert_int_equal(response.status, 200);
        assert_true(response_has(&response, "\"version\":"));
        response_free(&response);
    }
}

static void
a_head_is_answered_without_a_body(void **state)
{
    site_t *site = *state;
    response_t response;
    http_ask(site->port, "HEAD", "/api/health", NULL, NULL, NULL, &response);
    assert_int_equal(response.status, 200);
    assert_int_equal(response.body.size, 0);
    assert_true(atoi(response_header(&response, "Content-Length")) > 0);
    response_free(&response);
}

static void
a_path_that_is_not_exactly_ours_is_not_found(void **state)
{
    site_t *site = *state;
    static const char *const paths[] = {"/api/healthx",
                                        "/api/health/",
                                        "/api/health%00evil",
                                        "/zz/..%2fapi/health",
                                        "/zz/../api/health",
                                        "//api/health",
                                        "/api//health",
                                        "/api/he%61lth",
                                        "/api/batch/jobs",
                                        "/etc/passwd",
                                        "/api/batch/jobs//status",
                                        "/api/batch/jobs/a/b/status",
                                        "/index.html",
                                        "/api/batch/active/"};
    for (size_t i = 0; i < sizeof paths / sizeof paths[0]; i++) {
        response_t response;
        site_get(site, paths[i], &response);
        assert_int_equal(response.status, 404);
        assert_string_equal(response_header(&response, "Content-Type"), "application/problem+json");
        response_free(&response);
    }
}

static void
another_method_is_told_which_there_are(void **state)
{
    site_t *site = *state;
    static const struct {
        const char *method, *path, *allow;
    } rows[] = {{"POST", "/api/health", "GET, HEAD"},
                {"GET", "/api/batch/start", "POST"},
                {"OPTIONS", "/api/batch/start", "POST"},
                {"DELETE", "/api/batch/jobs/a/status", "GET, HEAD"},
                {"PUT", "/api/batch/jobs/a/pause", "POST"}};
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        response_t response;
        http_ask(site->port, rows[i].method, rows[i].path, site->token, NULL, NULL, &response);
        assert_int_equal(response.status, 405);
        assert_string_equal(response_header(&response, "Allow"), rows[i].allow);
        assert_string_equal(response_header(&response, "Access-Control-Allow-Origin"), "");
        response_free(&response);
    }
}

static void
a_preflight_is_no_way_in(void **state)
{
    site_t *site = *state;
    response_t response;
    site_send(site,
              "OPTIONS /api/batch/start HTTP/1.1\r\nOrigin: https://evil.example\r\n"
              "Access-Control-Request-Method: POST\r\n",
              "", &response);
    assert_int_equal(response.status, 405);
    assert_string_equal(response_header(&response, "Access-Control-Allow-Origin"), "");
    response_free(&response);
}

static void
without_a_token_that_verifies_nothing_is_told(void **state)
{
    site_t *site = *state;
    static const char *const tokens[] = {"",        "x",   "a.b.c",
                                         "a.b.c.d", "...", "eyJhbGciOiJub25lIn0.e30."};
    response_t response;
    http_ask(site->port, "GET", "/api/batch/active", NULL, NULL, NULL, &response);
    assert_int_equal(response.status, 401);
    assert_string_equal(response_header(&response, "WWW-Authenticate"), "Bearer");
    response_free(&response);
    for (size_t i = 0; i < sizeof tokens / sizeof tokens[0]; i++) {
        http_ask(site->port, "GET", "/api/batch/active", tokens[i], NULL, NULL, &response);
        assert_int_equal(response.status, 401);
        assert_true(response_has(&response, "\"code\":\"unauthenticated\""));
        response_free(&response);
    }
}

static void
a_token_of_a_thousand_brackets_harms_nobody(void **state)
{
    site_t *site = *state;
    buffer_t token = {0};
    /* [[[ in base64url is W1tb. */
    for (int i = 0; i < 400; i++)
        buffer_append_text(&token, "W1tb");
    buffer_append_text(&token, ".e30.AAAA");
    response_t response;
    http_ask(site->port, "GET", "/api/batch/active", token.data, NULL, NULL, &response);
    assert_int_equal(response.status, 401);
    assert_string_equal(response_header(&response, "WWW-Authenticate"),
                        "Bearer error=\"invalid_token\"");
    response_free(&response);
    buffer_free(&token);
}

static void
framing_that_can_be_read_in_two_ways_is_refused_and_the_connection_closed(void **state)
{
    site_t *site = *state;
    static const char *const heads[] = {
        "POST /api/batch/start HTTP/1.1\r\nTransfer-Encoding: chunked\r\nContent-Length: 5\r\n",
        "POST /api/batch/start HTTP/1.1\r\nContent-Length: 5\r\nContent-Length: 5\r\n",
        "POST /api/batch/start HTTP/1.1\r\nContent-Length: 5\r\nContent-Length: 6\r\n",
        "POST /api/batch/start HTTP/1.1\r\nContent-Length: 5x\r\n",
        "POST /api/batch/start HTTP/1.1\r\nContent-Length: 5, 5\r\n",
        "POST /api/batch/start HTTP/1.1\r\nContent-Length: -5\r\n",
        "POST /api/batch/start HTTP/1.1\r\nContent-Length: +5\r\n",
        "POST /api/batch/start HTTP/1.1\r\nTransfer-Encoding: gzip, chunked\r\n",
        "POST /api/batch/start HTTP/1.1\r\nHost: other\r\nContent-Length: 5\r\n",
        "GET /api/health HTTP/1.1\r\nContent-Length: 5x\r\n"};
    for (size_t i = 0; i < sizeof heads / sizeof heads[0]; i++) {
        response_t response;
        site_send(site, heads[i], "0\r\n\r\n", &response);
        assert_int_equal(response.status, 400);
        assert_true(response.was_closed);
        response_free(&response);
    }
}

static void
a_request_line_that_is_none_gets_a_clean_answer(void **state)
{
    site_t *site = *state;
    static const char *const requests[] = {"garbage\r\n\r\n",
                                           "GET /sp ace HTTP/1.1\r\nX-Evil: y\r\n\r\n",
                                           "BREW / HTTP/1.1\r\nHost: x\r\n\r\n"};
    for (size_t i = 0; i < sizeof requests / sizeof requests[0]; i++) {
        response_t response;
        http_send(site->port, slice_from(requests[i]), &response);
        assert_int_equal(response.status, 400);
        assert_null(strstr(response.head.data, "X-Evil"));
        response_free(&response);
    }
}

static void
a_body_that_nobody_reads_ends_the_connection(void **state)
{
    site_t *site = *state;
    response_t response;
    site_send(site, "GET /api/health HTTP/1.1\r\nContent-Length: 100000000\r\n", "abc", &response);
    assert_int_equal(response.status, 200);
    assert_true(response.was_closed);
    assert_string_equal(response_header(&response, "Connection"), "close");
    response_free(&response);
}

static void
a_body_that_drips_is_cut_off_at_its_deadline(void **state)
{
    site_t *site = *state;
    int descriptor = http_connect(site->port);
    buffer_t head = {0};
    buffer_printf(&head,
                  "POST /api/batch/start HTTP/1.1\r\nHost: test\r\nAuthorization: Bearer %s\r\n"
                  "Content-Type: application/json\r\nContent-Length: 100000\r\n\r\n{",
                  site->token);
    int64_t began = clock_monotonic_ms();
    assert_int_equal(send(descriptor, head.data, head.size, MSG_NOSIGNAL), head.size);
    for (int i = 0; i < 12; i++) {
        send(descriptor, " ", 1, MSG_NOSIGNAL);
        usleep(250000);
    }
    response_t response = {0};
    http_receive(descriptor, false, &response);
    assert_int_equal(response.status, 400);
    assert_true(clock_monotonic_ms() - began < 8000);
    assert_true(response_has(&response, "in time"));
    response_free(&response);
    buffer_free(&head);
    close(descriptor);
}

static void
readiness_names_what_is_missing(void **state)
{
    site_t *site = *state;
    response_t response;
    http_ask(site->port, "GET", "/api/ready", NULL, NULL, NULL, &response);
    assert_int_equal(response.status, 200);
    response_free(&response);
    atomic_store(&site->peers.workers, 0);
    http_ask(site->port, "GET", "/api/ready", NULL, NULL, NULL, &response);
    assert_int_equal(response.status, 503);
    assert_true(response_has(&response, "worker"));
    response_free(&response);
    atomic_store(&site->peers.workers, 1);
    atomic_store(&site->peers.is_store_broken, true);
    http_ask(site->port, "GET", "/api/ready", NULL, NULL, NULL, &response);
    assert_int_equal(response.status, 503);
    assert_true(response_has(&response, "store"));
    response_free(&response);
    atomic_store(&site->peers.is_store_broken, false);
}

static void
a_silent_supervisor_is_told_as_unavailable(void **state)
{
    site_t *site = *state;
    response_t response;
    atomic_store(&site->peers.is_silent, true);
    int64_t began = clock_monotonic_ms();
    site_get(site, "/api/batch/jobs/live/status", &response);
    atomic_store(&site->peers.is_silent, false);
    assert_int_equal(response.status, 503);
    assert_string_equal(response_header(&response, "Retry-After"), "1");
    assert_true(response_has(&response, "\"code\":\"unavailable\""));
    assert_true(clock_monotonic_ms() - began < 8000);
    response_free(&response);
    site_get(site, "/api/batch/jobs/live/status", &response);
    assert_int_equal(response.status, 200);
    response_free(&response);
}

static void
every_answer_has_a_request_id_of_its_own(void **state)
{
    site_t *site = *state;
    char first[64];
    response_t response;
    site_get(site, "/nowhere", &response);
    snprintf(first, sizeof first, "%s", response_header(&response, "X-Request-Id"));
    assert_int_equal(strlen(first), 16);
    assert_true(response_has(&response, first));
    response_free(&response);
    site_get(site, "/nowhere", &response);
    assert_string_not_equal(first, response_header(&response, "X-Request-Id"));
    response_free(&response);
}

static void
several_requests_go_over_one_connection(void **state)
{
    site_t *site = *state;
    int descriptor = http_connect(site->port);
    buffer_t request = {0};
    buffer_printf(&request,
                  "GET /api/batch/jobs/live/status HTTP/1.1\r\nHost: test\r\n"
                  "Authorization: Bearer %s\r\n\r\n",
                  site->token);
    for (int i = 0; i < 5; i++) {
        response_t response = {0};
        assert_int_equal(send(descriptor, request.data, request.size, MSG_NOSIGNAL), request.size);
        http_receive(descriptor, false, &response);
        assert_int_equal(response.status, 200);
        assert_false(response.was_closed);
        response_free(&response);
    }
    buffer_free(&request);
    close(descriptor);
}

static void
paths_are_checked_and_counted(void **state)
{
    site_t *site = *state;
    response_t response;
    site_post(site, "/api/batch/validate-paths", "application/json",
              "{\"paths\":[{\"path\":\"https://a.example/x.pdf\",\"type\":\"url\"},"
              "{\"path\":\"/etc/passwd\",\"type\":\"local\"},{\"path\":\"https://b.example/\"}]}",
              &response);
    assert_int_equal(response.status, 200);
    assert_true(response_has(&response, "\"total\":3,\"valid_count\":2,\"invalid_count\":1"));
    assert_true(response_has(&response, "\"valid\":false,\"error\":\"local files are off\","
                                        "\"content_type\":null,\"size\":null"));
    response_free(&response);
}

static void
bad_paths_are_pointed_at(void **state)
{
    site_t *site = *state;
    static const struct {
        const char *body, *pointer;
    } rows[] = {
        {"{\"paths\":[]}", "/paths"},
        {"{}", "/paths"},
        {"[]", "/paths"},
        {"{\"paths\":[{\"path\":\"\"}]}", "/paths/0/path"},
        {"{\"paths\":[{\"path\":\"a\"},{\"path\":\"a\",\"type\":\"ftp\"}]}", "/paths/1/type"},
        {"{\"paths\":[7]}", "/paths/0/path"}};
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        response_t response;
        char wanted[64];
        site_post(site, "/api/batch/validate-paths", "application/json", rows[i].body, &response);
        assert_int_equal(response.status, 400);
        snprintf(wanted, sizeof wanted, "\"pointer\":\"%s\"", rows[i].pointer);
        assert_true(response_has(&response, wanted));
        response_free(&response);
    }
}

static void
tls_is_refused_at_the_start(void **state)
{
    (void) state;
    config_t *config = config_new();
    fault_t fault = {0};
    assert_int_not_equal(config_set(config, "http/listen=127.0.0.1:8443s", &fault), STATUS_OK);
    config_destroy(&config);
}

static void
more_threads_than_sockets_are_refused_at_the_start(void **state)
{
    site_t *site = *state;
    config_t *config = config_new();
    gateway_t *gateway = NULL;
    fault_t fault = {0};
    char assignment[128];
    snprintf(assignment, sizeof assignment, "data_dir=%s", site->directory);
    assert_int_equal(config_set(config, assignment, &fault), STATUS_OK);
    assert_int_equal(config_set(config, "http/threads=5000", &fault), STATUS_OK);
    assert_int_equal(config_set(config, "http/listen=127.0.0.1:0", &fault), STATUS_OK);
    assert_int_equal(config_finish(config, &fault), STATUS_OK);
    assert_int_equal(gateway_start(&gateway, config, "inproc://x", "inproc://y", &fault),
                     STATUS_BAD_REQUEST);
    assert_non_null(strstr(fault.detail, "http/threads"));
    config_destroy(&config);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(health_needs_no_token),
        cmocka_unit_test(a_head_is_answered_without_a_body),
        cmocka_unit_test(a_path_that_is_not_exactly_ours_is_not_found),
        cmocka_unit_test(another_method_is_told_which_there_are),
        cmocka_unit_test(a_preflight_is_no_way_in),
        cmocka_unit_test(without_a_token_that_verifies_nothing_is_told),
        cmocka_unit_test(a_token_of_a_thousand_brackets_harms_nobody),
        cmocka_unit_test(framing_that_can_be_read_in_two_ways_is_refused_and_the_connection_closed),
        cmocka_unit_test(a_request_line_that_is_none_gets_a_clean_answer),
        cmocka_unit_test(a_body_that_nobody_reads_ends_the_connection),
        cmocka_unit_test(a_body_that_drips_is_cut_off_at_its_deadline),
        cmocka_unit_test(readiness_names_what_is_missing),
        cmocka_unit_test(a_silent_supervisor_is_told_as_unavailable),
        cmocka_unit_test(every_answer_has_a_request_id_of_its_own),
        cmocka_unit_test(several_requests_go_over_one_connection),
        cmocka_unit_test(paths_are_checked_and_counted),
        cmocka_unit_test(bad_paths_are_pointed_at),
        cmocka_unit_test(tls_is_refused_at_the_start),
        cmocka_unit_test(more_threads_than_sockets_are_refused_at_the_start),
    };
    return cmocka_run_group_tests(tests, site_setup, site_teardown);
}
