#include <stdio.h>
#include <unistd.h>

#include "base/clock.h"
#include "documents/acquire/acquire.h"
#include "tests/documents/http_server.h"
#include "tests/documents/s3_server.h"
#include "tests/support/cmocka_all.h"

enum { LIMIT = 1000, PATH_SIZE = 256 };

#define TEN      "0123456789"
#define HUNDRED  TEN TEN TEN TEN TEN TEN TEN TEN TEN TEN
#define THOUSAND HUNDRED HUNDRED HUNDRED HUNDRED HUNDRED HUNDRED HUNDRED HUNDRED HUNDRED HUNDRED

/* Keys and contents. */
static const char *const OBJECTS[] = {"plain.txt",
                                      "a plain key",
                                      "annual report 2024.txt",
                                      "spaces",
                                      "a+b=c&d.txt",
                                      "signs of queries",
                                      "year=2024/month=01/part.txt",
                                      "partitions",
                                      "r\303\251sum\303\251/\346\226\207\346\233\270.txt",
                                      "not ASCII",
                                      "copy (1)!*'.txt",
                                      "brackets",
                                      "100%.txt",
                                      "a per cent sign",
                                      "a%20b.txt",
                                      "what looks encoded",
                                      "what?a#b;c,d@e:f$g~h",
                                      "other signs",
                                      "double//slash",
                                      "an empty segment",
                                      "dots/../and/./more",
                                      "dots",
                                      "fits",
                                      THOUSAND,
                                      "large",
                                      THOUSAND "1",
                                      NULL};

static s3_server_t *s_server;
static acquirer_t *s_acquirer;
static atomic_bool s_cancelled;
static buffer_t s_out;
static acquire_facts_t s_facts;
static failure_t s_failure;
static const char *s_known_etag;
static char s_endpoint[64];

/* ---- set up ---- */

static int
start_server(void **state)
{
    (void) state;
    s_server = s3_server_start(OBJECTS);
    return s_server ? 0 : -1;
}

static int
stop_server(void **state)
{
    (void) state;
    s3_server_stop(&s_server);
    return 0;
}

static s3_options_t
s_options(void)
{
    return (s3_options_t){.endpoint = s_endpoint,
                          .region = "eu-test-1",
                          .access_key = "tag:mill",
                          .secret_key = "sesame"};
}

static void
s_open(const s3_options_t *options)
{
    acquirer_destroy(&s_acquirer);
    s_acquirer = acquirer_new(&(acquire_options_t){
        .max_bytes = LIMIT, .fetch_ms = 20000, .connect_ms = 5000, .s3 = *options});
}

static int
setup(void **state)
{
    (void) state;
    atomic_store(&s_cancelled, false);
    s_known_etag = NULL;
    snprintf(s_endpoint, sizeof s_endpoint, "http://127.0.0.1:%u", s3_server_port(s_server));
    s3_options_t options = s_options();
    s_open(&options);
    return 0;
}

static int
teardown(void **state)
{
    (void) state;
    acquirer_destroy(&s_acquirer);
    buffer_free(&s_out);
    return 0;
}

/* ---- helpers ---- */

static acquire_request_t
s_request(const char *path)
{
    return (acquire_request_t){.source = SOURCE_S3,
                               .path = slice_from(path),
                               .known_etag = s_known_etag,
                               .deadline_ms = clock_monotonic_ms() + 20000,
                               .cancel = &s_cancelled};
}

static error_type_t
s_fetch(const char *path)
{
    acquire_request_t request = s_request(path);
    return acquirer_fetch(s_acquirer, &request, &s_out, &s_facts, &s_failure);
}

static error_type_t
s_check(const char *path)
{
    acquire_request_t request = s_request(path);
    return acquirer_check(s_acquirer, &request, &s_facts, &s_failure);
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
s_assert_every_key_is_fetched(void)
{
    for (size_t i = 0; OBJECTS[i]; i += 2) {
        char path[PATH_SIZE];
        snprintf(path, sizeof path, "s3://papers/%s", OBJECTS[i]);
        if (strlen(OBJECTS[i + 1]) > LIMIT) {
            s_assert_failure(path, ERROR_TOO_LARGE, "1000 bytes");
            continue;
        }
        if (s_fetch(path) != ERROR_NONE)
            fail_msg("%s: %s", path, s_failure.detail);
        assert_string_equal(s_out.data, OBJECTS[i + 1]);
    }
}

/* ---- against a real server ---- */

static void
keys_with_any_character_are_fetched(void **state)
{
    (void) state;
    s_assert_every_key_is_fetched();
}

static void
the_bucket_may_stand_in_the_hosts_name(void **state)
{
    (void) state;
    snprintf(s_endpoint, sizeof s_endpoint, "http://localhost:%u/", s3_server_port(s_server));
    s3_options_t options = s_options();
    options.is_host_style = true;
    s_open(&options);
    s_assert_every_key_is_fetched();
}

static void
what_is_not_there_is_not_found(void **state)
{
    (void) state;
    s_assert_failure("s3://papers/none.txt", ERROR_NOT_FOUND, "NoSuchKey");
    s_assert_failure("s3://papers/a b.txt", ERROR_NOT_FOUND, "NoSuchKey");
    s_assert_failure("s3://nowhere/none.txt", ERROR_NOT_FOUND, "NoSuchBucket");
}

static void
wrong_credentials_are_refused(void **state)
{
    (void) state;
    s3_options_t options = s_options();
    options.secret_key = "simsim";
    s_open(&options);
    s_assert_failure("s3://papers/plain.txt", ERROR_FORBIDDEN, "SignatureDoesNotMatch");
    options = s_options();
    options.access_key = "guest:mill";
    s_open(&options);
    s_assert_failure("s3://papers/plain.txt", ERROR_FORBIDDEN, "AccessDenied");
    options = s_options();
    options.access_key = "nobody:mill";
    s_open(&options);
    s_assert_failure("s3://papers/plain.txt", ERROR_FORBIDDEN, "S3");
    options = s_options();
    options.region = "us-east-1";
    s_open(&options);
    s_assert_failure("s3://papers/plain.txt", ERROR_FORBIDDEN, "another region");
    assert_null(strstr(s_failure.detail, "sesame"));
}

static void
a_check_tells_the_size_without_reading(void **state)
{
    (void) state;
    assert_int_equal(s_check("s3://papers/a+b=c&d.txt"), ERROR_NONE);
    assert_int_equal(s_facts.size, strlen("signs of queries"));
    assert_true(s_facts.content_type[0]);
    assert_int_equal(s_check("s3://papers/none.txt"), ERROR_NOT_FOUND);
    assert_int_equal(s_check("s3://papers/large"), ERROR_TOO_LARGE);
    s3_options_t options = s_options();
    options.access_key = "guest:mill";
    s_open(&options);
    assert_int_equal(s_check("s3://papers/plain.txt"), ERROR_FORBIDDEN);
}

static void
what_is_known_is_not_sent_again(void **state)
{
    (void) state;
    assert_int_equal(s_fetch("s3://papers/plain.txt"), ERROR_NONE);
    assert_false(s_facts.is_unchanged);
    char etag[ACQUIRE_ETAG_SIZE];
    strcpy(etag, s_facts.etag);
    assert_true(etag[0]);
    s_known_etag = etag;
    assert_int_equal(s_fetch("s3://papers/plain.txt"), ERROR_NONE);
    assert_true(s_facts.is_unchanged);
    assert_int_equal(s_out.size, 0);
    assert_int_equal(s_fetch("s3://papers/100%.txt"), ERROR_NONE);
    assert_false(s_facts.is_unchanged);
    assert_string_equal(s_out.data, "a per cent sign");
}

static void
credentials_may_stand_in_files(void **state)
{
    (void) state;
    char names[2][32] = {"/tmp/tagmill-access-XXXXXX", "/tmp/tagmill-secret-XXXXXX"};
    static const char *const contents[2] = {"tag:mill\n", "sesame\n"};
    for (int i = 0; i < 2; i++) {
        int fd = mkstemp(names[i]);
        assert_int_equal(write(fd, contents[i], strlen(contents[i])), strlen(contents[i]));
        close(fd);
    }
    s3_options_t options = s_options();
    options.access_key = options.secret_key = "";
    options.access_key_file = names[0];
    options.secret_key_file = names[1];
    s_open(&options);
    assert_int_equal(s_fetch("s3://papers/plain.txt"), ERROR_NONE);
    unlink(names[1]);
    s_open(&options);
    s_assert_failure("s3://papers/plain.txt", ERROR_INTERNAL, "cannot be read");
    unlink(names[0]);
}

static void
s_set_variables(const char *const *pairs, bool set)
{
    for (; *pairs; pairs += 2)
        assert_int_equal(set ? setenv(pairs[0], pairs[1], 1) : unsetenv(pairs[0]), 0);
}

static void
the_variables_of_aws_are_read_where_nothing_is_configured(void **state)
{
    (void) state;
    const char *const pairs[] = {"AWS_ACCESS_KEY_ID",
                                 "tag:mill",
                                 "AWS_SECRET_ACCESS_KEY",
                                 "sesame",
                                 "AWS_REGION",
                                 "eu-test-1",
                                 "AWS_ENDPOINT_URL",
                                 "http://[::1]:9",
                                 "AWS_ENDPOINT_URL_S3",
                                 s_endpoint,
                                 NULL};
    s_set_variables(pairs, true);
    s_open(&(s3_options_t){0});
    assert_int_equal(s_fetch("s3://papers/plain.txt"), ERROR_NONE);
    s_open(&(s3_options_t){.access_key = "tag:mill", .secret_key = "simsim"});
    s_assert_failure("s3://papers/plain.txt", ERROR_FORBIDDEN, "SignatureDoesNotMatch");
    s_open(&(s3_options_t){.access_key = "tag:mill"});
    s_assert_failure("s3://papers/plain.txt", ERROR_FORBIDDEN, "not configured");
    s_set_variables(pairs, false);
}

static void
without_credentials_s3_is_off(void **state)
{
    (void) state;
    s_open(&(s3_options_t){.endpoint = s_endpoint});
    s_assert_failure("s3://papers/plain.txt", ERROR_FORBIDDEN, "not configured");
}

static void
malformed_addresses_are_not_found(void **state)
{
    (void) state;
    static const char *const malformed[] = {"",
                                            "s3:/",
                                            "s3://",
                                            "s3://papers",
                                            "s3://papers/",
                                            "s3:///key",
                                            "s3://../key",
                                            "s3://pa pers/key",
                                            "s3://papers@evil.example/key",
                                            "s3://papers:80/key",
                                            "s3://papers?x/key",
                                            "papers/key",
                                            "http://papers/key",
                                            "s3://papers/\377"};
    for (size_t i = 0; i < sizeof malformed / sizeof malformed[0]; i++)
        s_assert_failure(malformed[i], ERROR_NOT_FOUND, "not a valid s3://");
}

/* ---- against a server that misbehaves ---- */

static void
s_open_at(unsigned port)
{
    snprintf(s_endpoint, sizeof s_endpoint, "http://127.0.0.1:%u", port);
    s3_options_t options = s_options();
    s_open(&options);
}

static void
a_server_that_asks_for_patience_is_heard(void **state)
{
    (void) state;
    http_server_t *server = http_server_start(&s_cancelled);
    s_open_at(http_server_port(server));
    s_assert_failure("s3://s3/slow-down", ERROR_NETWORK, "SlowDown");
    assert_int_equal(s_failure.retry_after_ms, 3000);
    s_assert_failure("s3://s3/broken", ERROR_NETWORK, "InternalError");
    s_assert_failure("s3://s3/late", ERROR_NETWORK, "RequestTimeout");
    s_assert_failure("s3://s3/nameless", ERROR_NETWORK, "502");
    acquirer_destroy(&s_acquirer);
    http_server_stop(&server);
}

static void
a_redirect_is_not_followed_with_credentials(void **state)
{
    (void) state;
    http_server_t *server = http_server_start(&s_cancelled);
    s_open_at(http_server_port(server));
    s_assert_failure("s3://s3/moved", ERROR_FORBIDDEN, "another endpoint");
    s_assert_failure("s3://s3/elsewhere", ERROR_FORBIDDEN, "another endpoint");
    assert_int_equal(http_server_requests(server), 2);
    acquirer_destroy(&s_acquirer);
    http_server_stop(&server);
}

static void
nobody_listening_is_a_network_failure(void **state)
{
    (void) state;
    http_server_t *server = http_server_start(&s_cancelled);
    unsigned port = http_server_port(server);
    http_server_stop(&server);
    s_open_at(port);
    s_assert_failure("s3://papers/plain.txt", ERROR_NETWORK, "cannot be reached");
}

int
main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
    const struct CMUnitTest tests[] = {
        TEST(keys_with_any_character_are_fetched),
        TEST(the_bucket_may_stand_in_the_hosts_name),
        TEST(what_is_not_there_is_not_found),
        TEST(wrong_credentials_are_refused),
        TEST(a_check_tells_the_size_without_reading),
        TEST(what_is_known_is_not_sent_again),
        TEST(credentials_may_stand_in_files),
        TEST(the_variables_of_aws_are_read_where_nothing_is_configured),
        TEST(without_credentials_s3_is_off),
        TEST(malformed_addresses_are_not_found),
        TEST(a_server_that_asks_for_patience_is_heard),
        TEST(a_redirect_is_not_followed_with_credentials),
        TEST(nobody_listening_is_a_network_failure),
    };
    return cmocka_run_group_tests(tests, start_server, stop_server);
}
