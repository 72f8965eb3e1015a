#include <netinet/in.h>
#include <stdio.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/clock.h"
#include "documents/acquire/acquire.h"
#include "tests/documents/http_server.h"
#include "tests/support/cmocka_all.h"

enum { LIMIT = 1000, URL_SIZE = 256 };

static http_server_t *s_server;
static acquirer_t *s_acquirer;
static atomic_bool s_cancelled;
static buffer_t s_out;
static const char *s_known_etag;
static acquire_facts_t s_facts;
static failure_t s_failure;

static acquirer_t *
s_acquirer_with(const char *networks, uint32_t fetch_ms)
{
    acquire_options_t options = {
        .allow_networks = networks, .max_bytes = LIMIT, .fetch_ms = fetch_ms, .connect_ms = 5000};
    return acquirer_new(&options);
}

static int
setup(void **state)
{
    (void) state;
    atomic_store(&s_cancelled, false);
    s_known_etag = NULL;
    s_server = http_server_start(&s_cancelled);
    s_acquirer = s_acquirer_with("127.0.0.0/8", 10000);
    return 0;
}

static int
teardown(void **state)
{
    (void) state;
    acquirer_destroy(&s_acquirer); /* before the server, which waits for its client to leave */
    http_server_stop(&s_server);
    buffer_free(&s_out);
    return 0;
}

static error_type_t
s_fetch_url(const char *url)
{
    acquire_request_t request = {.source = SOURCE_URL,
                                 .path = slice_from(url),
                                 .known_etag = s_known_etag,
                                 .deadline_ms = clock_monotonic_ms() + 20000,
                                 .cancel = &s_cancelled};
    return acquirer_fetch(s_acquirer, &request, &s_out, &s_facts, &s_failure);
}

static error_type_t
s_fetch(const char *path)
{
    char url[URL_SIZE];
    snprintf(url, sizeof url, "http://127.0.0.1:%u%s", http_server_port(s_server), path);
    return s_fetch_url(url);
}

static void
s_assert_failure(const char *path, error_type_t type, const char *why)
{
    error_type_t got = s_fetch(path);
    if (got != type || strstr(s_failure.detail, why) == NULL)
        fail_msg("%s: %s: %s", path, error_type_word(got), s_failure.detail);
    assert_int_equal(s_out.size, 0);
}

static void
a_document_is_fetched(void **state)
{
    (void) state;
    for (int i = 0; i < 3; i++) {
        assert_int_equal(s_fetch("/ok"), ERROR_NONE);
        assert_true(slice_is(buffer_slice(&s_out), "hello"));
    }
}

static void
each_refusal_of_a_server_has_its_type(void **state)
{
    (void) state;
    s_assert_failure("/404", ERROR_NOT_FOUND, "404");
    s_assert_failure("/410", ERROR_NOT_FOUND, "410");
    s_assert_failure("/418", ERROR_NOT_FOUND, "418");
    s_assert_failure("/304", ERROR_NOT_FOUND, "304");
    s_assert_failure("/401", ERROR_FORBIDDEN, "401");
    s_assert_failure("/403", ERROR_FORBIDDEN, "403");
    s_assert_failure("/500", ERROR_NETWORK, "500");
    s_assert_failure("/short", ERROR_NETWORK, "");
    s_assert_failure("/nonsense", ERROR_NETWORK, "");
    assert_int_equal(s_failure.retry_after_ms, 0);
}

static void
a_server_that_asks_for_patience_is_heard(void **state)
{
    (void) state;
    s_assert_failure("/429", ERROR_NETWORK, "429");
    assert_int_equal(s_failure.retry_after_ms, 7000);
    s_assert_failure("/503", ERROR_NETWORK, "503");
    assert_int_equal(s_failure.retry_after_ms, 120000);
    s_assert_failure("/later", ERROR_NETWORK, "429");
    assert_in_range(s_failure.retry_after_ms, 25000, 30000);
}

static void
what_is_known_is_not_sent_again(void **state)
{
    (void) state;
    assert_int_equal(s_fetch("/tagged"), ERROR_NONE);
    assert_string_equal(s_facts.etag, "\"v 1\"");
    assert_false(s_facts.is_unchanged);
    s_known_etag = "\"v 1\"";
    assert_int_equal(s_fetch("/tagged"), ERROR_NONE);
    assert_true(s_facts.is_unchanged);
    assert_int_equal(s_out.size, 0);
    s_known_etag = "\"v 0\"";
    assert_int_equal(s_fetch("/tagged"), ERROR_NONE);
    assert_false(s_facts.is_unchanged);
    assert_string_equal(s_out.data, "hello");
    assert_int_equal(s_fetch("/ok"), ERROR_NONE);
    assert_string_equal(s_facts.etag, "");
}

static error_type_t
s_check(const char *path)
{
    char url[URL_SIZE];
    snprintf(url, sizeof url, "http://127.0.0.1:%u%s", http_server_port(s_server), path);
    acquire_request_t request = {.source = SOURCE_URL,
                                 .path = slice_from(url),
                                 .deadline_ms = clock_monotonic_ms() + 20000,
                                 .cancel = &s_cancelled};
    return acquirer_check(s_acquirer, &request, &s_facts, &s_failure);
}

static void
a_check_asks_for_the_headers_alone(void **state)
{
    (void) state;
    assert_int_equal(s_check("/typed"), ERROR_NONE);
    assert_string_equal(s_facts.content_type, "application/pdf");
    assert_int_equal(s_facts.size, 5);
    assert_int_equal(http_server_requests(s_server), 1);
    assert_int_equal(s_check("/r5"), ERROR_NONE);
    assert_int_equal(s_check("/404"), ERROR_NOT_FOUND);
    assert_int_equal(s_check("/403"), ERROR_FORBIDDEN);
    assert_int_equal(s_check("/large"), ERROR_TOO_LARGE);
    assert_int_equal(s_check("/private"), ERROR_FORBIDDEN);
    assert_int_equal(s_fetch("/typed"), ERROR_NONE); /* the next request is a GET again */
    assert_string_equal(s_out.data, "hello");
}

static void
a_server_without_head_is_asked_for_the_document(void **state)
{
    (void) state;
    assert_int_equal(s_check("/no-head"), ERROR_NONE);
    assert_string_equal(s_facts.content_type, "text/plain");
    assert_int_equal(s_facts.size, 7);
    assert_int_equal(http_server_requests(s_server), 2);
}

static void
five_redirects_are_followed_and_no_more(void **state)
{
    (void) state;
    assert_int_equal(s_fetch("/r5"), ERROR_NONE);
    assert_int_equal(http_server_requests(s_server), 6);
    s_assert_failure("/r6", ERROR_FORBIDDEN, "more than 5 times");
    s_assert_failure("/loop", ERROR_FORBIDDEN, "more than 5 times");
}

static void
a_redirect_is_checked_anew(void **state)
{
    (void) state;
    s_assert_failure("/private", ERROR_FORBIDDEN, "not a public one");
    s_assert_failure("/metadata", ERROR_FORBIDDEN, "not a public one");
    s_assert_failure("/file", ERROR_FORBIDDEN, "only http and https");
}

static void
no_spelling_of_a_private_address_is_connected_to(void **state)
{
    (void) state;
    static const char *const hosts[] = {"127.0.0.1",
                                        "localhost",
                                        "127.1",
                                        "2130706433",
                                        "0x7f000001",
                                        "0177.0.0.1",
                                        "0x7f.0.0.1",
                                        "0.0.0.0",
                                        "0",
                                        "[::1]",
                                        "[::]",
                                        "127.0.0.1.",
                                        "[::ffff:127.0.0.1]",
                                        "[::ffff:7f00:1]",
                                        "user:word@127.0.0.1",
                                        "LOCALHOST",
                                        "[64:ff9b::7f00:1]"};
    acquirer_destroy(&s_acquirer);
    s_acquirer = s_acquirer_with("", 5000);
    for (size_t i = 0; i < sizeof hosts / sizeof hosts[0]; i++) {
        char url[URL_SIZE];
        snprintf(url, sizeof url, "http://%s:%u/ok", hosts[i], http_server_port(s_server));
        error_type_t type = s_fetch_url(url);
        if (type != ERROR_FORBIDDEN && type != ERROR_NETWORK)
            fail_msg("%s: %s: %s", url, error_type_word(type), s_failure.detail);
    }
    s_assert_failure("/ok", ERROR_FORBIDDEN, "not a public one");
    assert_int_equal(http_server_requests(s_server), 0);
}

static void
a_proxy_of_the_environment_is_not_used(void **state)
{
    (void) state;
    acquirer_destroy(&s_acquirer);
    char proxy[URL_SIZE];
    snprintf(proxy, sizeof proxy, "http://127.0.0.1:%u", http_server_port(s_server));
    assert_int_equal(setenv("http_proxy", proxy, 1), 0);
    s_acquirer = s_acquirer_with("127.0.0.0/8", 5000);
    assert_int_equal(s_fetch_url("http://10.255.255.1/ok"), ERROR_FORBIDDEN);
    assert_int_equal(http_server_requests(s_server), 0);
    assert_int_equal(unsetenv("http_proxy"), 0);
}

static void
other_schemes_and_malformed_addresses_are_refused(void **state)
{
    (void) state;
    static const char *const schemes[] = {"file:///etc/passwd", "ftp://127.0.0.1/x", "noop:x",
                                          "gopher://127.0.0.1/x", "dict://127.0.0.1/x"};
    static const char *const malformed[] = {
        "", "report.pdf", "http://", "http:// x/", "http://127.0.0.1:99999/", "http://[::1/"};
    for (size_t i = 0; i < sizeof schemes / sizeof schemes[0]; i++)
        if (s_fetch_url(schemes[i]) != ERROR_FORBIDDEN && s_failure.type != ERROR_NOT_FOUND)
            fail_msg("%s: %s", schemes[i], s_failure.detail);
    for (size_t i = 0; i < sizeof malformed / sizeof malformed[0]; i++)
        if (s_fetch_url(malformed[i]) != ERROR_NOT_FOUND)
            fail_msg("%s: %s", malformed[i], s_failure.detail);
}

static void
a_document_over_the_limit_is_too_large_however_it_comes(void **state)
{
    (void) state;
    s_assert_failure("/large", ERROR_TOO_LARGE, "1000 bytes");
    s_assert_failure("/endless", ERROR_TOO_LARGE, "1000 bytes");
    s_assert_failure("/bomb", ERROR_TOO_LARGE, "1000 bytes");
}

static void
a_slow_server_meets_the_deadline(void **state)
{
    (void) state;
    acquirer_destroy(&s_acquirer);
    s_acquirer = s_acquirer_with("127.0.0.0/8", 300);
    int64_t start_ms = clock_monotonic_ms();
    s_assert_failure("/slow", ERROR_TIMEOUT, "too long");
    s_assert_failure("/silent", ERROR_TIMEOUT, "too long");
    assert_true(clock_monotonic_ms() - start_ms < 3000);
}

static void
a_cancelled_fetch_ends_at_once(void **state)
{
    (void) state;
    int64_t start_ms = clock_monotonic_ms();
    s_assert_failure("/cancel", ERROR_INTERNAL, "cancelled");
    assert_true(clock_monotonic_ms() - start_ms < 2000);
}

/* The kernel drops who knocks while the queue of those who wait to be accepted is full. */
static void
a_server_that_does_not_accept_is_left_alone_early(void **state)
{
    (void) state;
    int listener = socket(AF_INET, SOCK_STREAM, 0), waiting[4];
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t size = sizeof address;
    assert_int_equal(bind(listener, (struct sockaddr *) &address, size), 0);
    assert_int_equal(listen(listener, 0), 0);
    assert_int_equal(getsockname(listener, (struct sockaddr *) &address, &size), 0);
    for (int i = 0; i < 4; i++) {
        waiting[i] = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0);
        connect(waiting[i], (struct sockaddr *) &address, size);
    }
    acquirer_destroy(&s_acquirer);
    s_acquirer = acquirer_new(&(acquire_options_t){
        .allow_networks = "127.0.0.0/8", .max_bytes = LIMIT, .fetch_ms = 20000, .connect_ms = 200});
    char url[URL_SIZE];
    snprintf(url, sizeof url, "http://127.0.0.1:%u/ok", ntohs(address.sin_port));
    int64_t start_ms = clock_monotonic_ms();
    assert_int_equal(s_fetch_url(url), ERROR_TIMEOUT);
    assert_true(clock_monotonic_ms() - start_ms < 5000);
    for (int i = 0; i < 4; i++)
        close(waiting[i]);
    close(listener);
}

static void
a_name_that_nobody_has_is_a_network_failure(void **state)
{
    (void) state;
    /* Too long for a label, so that no name server is asked. */
    assert_int_equal(
        s_fetch_url("http://aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
                    "aaaaaaaa.example/"),
        ERROR_NETWORK);
    assert_string_equal(s_failure.detail, "the name of the server was not found");
}

static void
nobody_listening_is_a_network_failure(void **state)
{
    (void) state;
    http_server_t *other = http_server_start(&s_cancelled);
    char url[URL_SIZE];
    snprintf(url, sizeof url, "http://127.0.0.1:%u/ok", http_server_port(other));
    http_server_stop(&other);
    assert_int_equal(s_fetch_url(url), ERROR_NETWORK);
}

int
main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
    const struct CMUnitTest tests[] = {
        TEST(a_document_is_fetched),
        TEST(each_refusal_of_a_server_has_its_type),
        TEST(a_server_that_asks_for_patience_is_heard),
        TEST(what_is_known_is_not_sent_again),
        TEST(a_check_asks_for_the_headers_alone),
        TEST(a_server_without_head_is_asked_for_the_document),
        TEST(five_redirects_are_followed_and_no_more),
        TEST(a_redirect_is_checked_anew),
        TEST(no_spelling_of_a_private_address_is_connected_to),
        TEST(a_proxy_of_the_environment_is_not_used),
        TEST(other_schemes_and_malformed_addresses_are_refused),
        TEST(a_document_over_the_limit_is_too_large_however_it_comes),
        TEST(a_slow_server_meets_the_deadline),
        TEST(a_cancelled_fetch_ends_at_once),
        TEST(a_server_that_does_not_accept_is_left_alone_early),
        TEST(a_name_that_nobody_has_is_a_network_failure),
        TEST(nobody_listening_is_a_network_failure),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
