#include "gateway/routes.h"

#include "tests/support/cmocka_all.h"

static const route_t s_table[] = {
    {"GET", "/", true, NULL},
    {"GET", "/api/health", true, NULL},
    {"GET", "/api/jobs/{job_id}/status", false, NULL},
    {"POST", "/api/jobs/{job_id}/pause", false, NULL},
    {"GET", "/api/jobs/{job_id}", false, NULL},
    {"POST", "/api/jobs/{job_id}", false, NULL},
};

static status_t
s_match(const char *method, slice_t path, route_match_t *match, buffer_t *allow)
{
    fault_t fault;
    return routes_match(s_table, sizeof s_table / sizeof s_table[0], slice_from(method), path,
                        match, allow, &fault);
}

static void
a_path_matches_exactly_or_not_at_all(void **state)
{
    (void) state;
    static const struct {
        slice_t path;
        status_t status;
    } rows[] = {
        {{"/", 1}, STATUS_OK},
        {{"", 0}, STATUS_NOT_FOUND},
        {{"/api/health", 11}, STATUS_OK},
        {{"/api/healthx", 12}, STATUS_NOT_FOUND},
        {{"/api/health/", 12}, STATUS_NOT_FOUND},
        {{"/api/health\0x", 13}, STATUS_NOT_FOUND},
        {{"/API/health", 11}, STATUS_NOT_FOUND},
        {{"/api//health", 12}, STATUS_NOT_FOUND},
        {{"/api/jobs/a/status", 18}, STATUS_OK},
        {{"/api/jobs//status", 17}, STATUS_NOT_FOUND},
        {{"/api/jobs/a/b/status", 20}, STATUS_NOT_FOUND},
        {{"/api/jobs/a%2fb/status", 22}, STATUS_NOT_FOUND},
        {{"/api/jobs/a%00/status", 21}, STATUS_NOT_FOUND},
        {{"/api/jobs/a%zz/status", 21}, STATUS_NOT_FOUND},
        {{"/api/jobs/a%20b/status", 22}, STATUS_BAD_REQUEST},
        {{"/api/jobs/a+b/status", 20}, STATUS_BAD_REQUEST},
        {{"/api/jobs/%C3%A9/status", 23}, STATUS_BAD_REQUEST},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        route_match_t match;
        buffer_t allow = {0};
        status_t status = s_match("GET", rows[i].path, &match, &allow);
        if (status != rows[i].status)
            fail_msg("%.*s: %s", SLICE_ARG(rows[i].path), status_word(status));
        buffer_free(&allow);
    }
}

static void
a_job_id_is_decoded(void **state)
{
    (void) state;
    route_match_t match;
    buffer_t allow = {0};
    assert_int_equal(s_match("GET", SLICE("/api/jobs/a%3Ab.c_-Z9/status"), &match, &allow),
                     STATUS_OK);
    assert_string_equal(match.job_id, "a:b.c_-Z9");
    assert_ptr_equal(match.route, &s_table[2]);
    buffer_free(&allow);
}

static void
other_methods_are_told_what_the_path_takes(void **state)
{
    (void) state;
    route_match_t match;
    buffer_t allow = {0};
    assert_int_equal(s_match("DELETE", SLICE("/api/jobs/a"), &match, &allow),
                     STATUS_METHOD_NOT_ALLOWED);
    assert_string_equal(allow.data, "GET, HEAD, POST");
    assert_int_equal(s_match("get", SLICE("/api/health"), &match, &allow),
                     STATUS_METHOD_NOT_ALLOWED);
    assert_string_equal(allow.data, "GET, HEAD");
    assert_int_equal(s_match("HEAD", SLICE("/api/jobs/a/pause"), &match, &allow),
                     STATUS_METHOD_NOT_ALLOWED);
    assert_string_equal(allow.data, "POST");
    buffer_free(&allow);
}

static void
a_head_is_a_get(void **state)
{
    (void) state;
    route_match_t match;
    buffer_t allow = {0};
    assert_int_equal(s_match("HEAD", SLICE("/api/health"), &match, &allow), STATUS_OK);
    assert_true(match.is_head);
    buffer_free(&allow);
}

static void
an_id_has_1_to_128_plain_letters(void **state)
{
    (void) state;
    char text[130];
    memset(text, 'x', sizeof text);
    assert_true(job_id_is_valid((slice_t){text, 128}));
    assert_false(job_id_is_valid((slice_t){text, 129}));
    assert_false(job_id_is_valid((slice_t){text, 0}));
    for (int c = 0; c < 256; c++) {
        char one = (char) c;
        bool good =
            c &&
            strchr("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._:-", c) != NULL;
        assert_int_equal(job_id_is_valid((slice_t){&one, 1}), good);
    }
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_path_matches_exactly_or_not_at_all),
        cmocka_unit_test(a_job_id_is_decoded),
        cmocka_unit_test(other_methods_are_told_what_the_path_takes),
        cmocka_unit_test(a_head_is_a_get),
        cmocka_unit_test(an_id_has_1_to_128_plain_letters),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
