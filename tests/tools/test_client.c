/* The tagmill client as its users meet it: the built program against a scripted server. */
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include "tests/support/cmocka_all.h"
#include "tests/tools/http_stub.h"
#include "tests/tools/program.h"

typedef struct {
    http_stub_t *server;
    program_outcome_t outcome;
    char directory[64];
} s_fixture_t;

static int
setup(void **state)
{
    s_fixture_t *self = calloc(1, sizeof *self);
    self->server = http_stub_new();
    strcpy(self->directory, "/tmp/tagmill-client-XXXXXX");
    *state = self;
    return mkdtemp(self->directory) ? 0 : -1;
}

static int
teardown(void **state)
{
    s_fixture_t *self = *state;
    char command[128];
    snprintf(command, sizeof command, "rm -rf %s", self->directory);
    program_outcome_free(&self->outcome);
    http_stub_destroy(&self->server);
    free(self);
    return system(command);
}

static void
s_run(s_fixture_t *self, const char *url, const char *const *arguments)
{
    program_outcome_free(&self->outcome);
    program_t *program = program_start("tagmill", url, false, arguments);
    self->outcome = program_finish(&program);
}

#define RUN(self, ...)                                                                             \
    s_run(self, http_stub_url((self)->server), (const char *const[]){__VA_ARGS__, NULL})

/* Sees the program ended with `code`, with `out` in its output and `err` in its complaints (NULL:
 * nothing there). */
static void
s_ended(const s_fixture_t *self, int code, const char *out, const char *err)
{
    const program_outcome_t *got = &self->outcome;
    bool right = got->exit_code == code && (out ? strstr(got->out, out) != NULL : !*got->out) &&
                 (err ? strstr(got->err, err) != NULL : !*got->err);
    if (!right)
        fail_msg("wanted %d, \"%s\", \"%s\"; got %d, \"%s\", \"%s\"", code, out ? out : "",
                 err ? err : "", got->exit_code, got->out, got->err);
}

/* Sees that request `index` began with `start` and that its head holds `hint` (may be NULL). */
static const char *
s_asked(const s_fixture_t *self, size_t index, const char *start, const char *hint)
{
    const char *body = NULL, *head = http_stub_request(self->server, index, &body);
    if (!head || strncmp(head, start, strlen(start)) != 0 || (hint && !strstr(head, hint)))
        fail_msg("wanted \"%s...%s\", got \"%s\"", start, hint ? hint : "", head ? head : "");
    return body;
}

static const char *
s_write_file(const s_fixture_t *self, const char *name, const char *text)
{
    static char path[128];
    snprintf(path, sizeof path, "%s/%s", self->directory, name);
    FILE *file = fopen(path, "w");
    assert_non_null(file);
    fputs(text, file);
    fclose(file);
    return path;
}

static void
a_wrong_command_line_ends_with_2(void **state)
{
    s_fixture_t *self = *state;
    RUN(self, "frobnicate");
    s_ended(self, 2, NULL, "no command \"frobnicate\"");
    RUN(self, "status");
    s_ended(self, 2, NULL, "status needs ID");
    RUN(self, "status", "a", "b");
    s_ended(self, 2, NULL, "nothing was expected at \"b\"");
    RUN(self, "status", "a", "--ttl", "3");
    s_ended(self, 2, NULL, "--ttl goes with \"token\"");
    RUN(self, "status", "a", "--nothing");
    s_ended(self, 2, NULL, "unknown option --nothing");
    RUN(self, "start", "x", "--num-tags", "many");
    s_ended(self, 2, NULL, "whole number");
    RUN(self, "results", "a", "--format", "xml");
    s_ended(self, 2, NULL, "json, ndjson or csv");
    RUN(self, "--url", "ftp://x", "active");
    s_ended(self, 2, NULL, "not a URL");
    RUN(self, "--token", "a b", "active");
    s_ended(self, 2, NULL, "the token holds");
    assert_int_equal(http_stub_count(self->server), 0);
}

static void
help_is_given_for_the_whole_and_for_a_command(void **state)
{
    s_fixture_t *self = *state;
    RUN(self, "--help");
    s_ended(self, 0, "3  the server cannot be reached", NULL);
    RUN(self, "start", "--help");
    s_ended(self, 0, "--map COLUMN=FIELD", NULL);
    RUN(self, "--version");
    s_ended(self, 0, "tagmill " TAGMILL_VERSION, NULL);
}

static void
a_server_that_is_not_there_ends_with_3(void **state)
{
    s_fixture_t *self = *state;
    s_run(self, "http://127.0.0.1:1", (const char *const[]){"status", "j", NULL});
    s_ended(self, 3, NULL, "cannot be reached");
    s_run(self, "http://127.0.0.1:1", (const char *const[]){"watch", "j", NULL});
    s_ended(self, 3, NULL, "cannot be reached");
}

static void
a_refusal_ends_with_4_and_shows_its_detail(void **state)
{
    s_fixture_t *self = *state;
    http_stub_answer(
        self->server, 409, "Content-Type: application/problem+json\r\n",
        "{\"detail\":\"the job is completed\\u001b[2J\",\"errors\":[{\"pointer\":\"/a\","
        "\"detail\":\"is wrong\"}]}");
    RUN(self, "pause", "j");
    s_ended(self, 4, NULL, "refused (409): the job is completed?[2J\n  /a: is wrong");
    http_stub_answer(self->server, 503, "Retry-After: 7\r\n", "<html>");
    RUN(self, "active");
    s_ended(self, 4, NULL, "status 503 and no explanation (try again in 7 s)");
}

static void
the_token_is_sent_wherever_it_comes_from(void **state)
{
    s_fixture_t *self = *state;
    for (int i = 0; i < 3; i++)
        http_stub_answer(self->server, 200, "", "{\"jobs\":[]}");
    RUN(self, "--token", "abc", "active");
    s_ended(self, 0, NULL, NULL);
    s_asked(self, 0, "GET /api/batch/active HTTP", "Authorization: Bearer abc\r\n");
    RUN(self, "active", "--token-file", s_write_file(self, "token", "d.e.f\n"));
    s_asked(self, 1, "GET /api/batch/active HTTP", "Authorization: Bearer d.e.f\r\n");
    RUN(self, "active");
    assert_null(strstr(http_stub_request(self->server, 2, NULL), "Authorization"));
}

static void
status_is_shown_for_people_or_untouched(void **state)
{
    s_fixture_t *self = *state;
    static const char body[] =
        "{\"job_id\":\"a b\",  \"status\":\"processing\",\"total_documents\":8,"
        "\"processed_count\":2,\"failed_count\":1,\"progress\":0.375,\"error\":null}";
    http_stub_answer(self->server, 200, "", body);
    RUN(self, "status", "a b");
    s_ended(self, 0, "2 of 8 tagged, 1 failed", NULL);
    assert_non_null(strstr(self->outcome.out, "37.5%"));
    assert_null(strstr(self->outcome.out, "tokens"));
    s_asked(self, 0, "GET /api/batch/jobs/a%20b/status HTTP", NULL);
    http_stub_answer(self->server, 200, "", body);
    RUN(self, "--json", "status", "..");
    s_ended(self, 0, body, NULL);
    s_asked(self, 1, "GET /api/batch/jobs/../status HTTP", NULL);
    http_stub_answer(self->server, 200, "",
                     "{\"job_id\":\"m\",\"status\":\"completed\",\"tokens_used\":1200,"
                     "\"cost\":0.00042}");
    RUN(self, "status", "m");
    s_ended(self, 0, "tokens     1200\ncost       0.00042\n", NULL);
}

static void
control_commands_post_and_print_the_message(void **state)
{
    s_fixture_t *self = *state;
    static const char *const words[] = {"pause", "resume", "cancel", "retry"};
    for (size_t i = 0; i < 4; i++) {
        char start[80];
        http_stub_answer(self->server, 200, "", "{\"message\":\"so be it\",\"retried_count\":3}");
        RUN(self, words[i], "j");
        s_ended(self, 0, i == 3 ? "so be it (3 documents)\n" : "so be it\n", NULL);
        snprintf(start, sizeof start, "POST /api/batch/jobs/j/%s HTTP", words[i]);
        s_asked(self, i, start, "Content-Length: 0\r\n");
    }
}

static void
active_lists_a_job_a_line(void **state)
{
    s_fixture_t *self = *state;
    http_stub_answer(self->server, 200, "",
                     "{\"jobs\":[{\"job_id\":\"one\",\"status\":\"paused\",\"total_documents\":5,"
                     "\"processed_count\":4},{\"job_id\":\"two\",\"status\":\"pending\"}]}");
    RUN(self, "active");
    s_ended(self, 0, "paused\t4 of 5, 0 failed\t-\tone\npending\t", NULL);
}

static void
a_csv_list_is_streamed_with_its_settings_in_the_query(void **state)
{
    s_fixture_t *self = *state;
    http_stub_answer(self->server, 200, "", "{\"job_id\":\"j1\",\"total_documents\":1}");
    const char *path = s_write_file(self, "list.CSV", "Link\nhttp://x/y\n");
    RUN(self, "start", path, "--model", "a/b", "--num-tags", "5", "--priority", "-2", "--job-id",
        "j1", "--exclude", "a&b", "--exclude", "c", "--map", "My Link=file_path", "--num-pages",
        "2", "--language", "de", "--max-attempts", "3", "--fallback", "offline");
    s_ended(self, 0, "j1\n1 document. Watch it with: tagmill watch j1\n", NULL);
    const char *body = s_asked(
        self, 0,
        "POST /api/batch/start?model_name=a%2Fb&num_pages=2&num_tags=5&language=de&priority=-2"
        "&max_attempts=3&fallback=offline&job_id=j1&exclusion_words=a%26b&exclusion_words=c"
        "&map=My%20Link%3Afile_path HTTP",
        "Content-Type: text/csv\r\n");
    assert_string_equal(body, "Link\nhttp://x/y\n");
    assert_non_null(strstr(http_stub_request(self->server, 0, NULL), "Content-Length: 16\r\n"));
}

static void
the_key_of_a_model_comes_from_a_file_and_goes_in_no_url(void **state)
{
    s_fixture_t *self = *state;
    char list[128], key[128];
    snprintf(list, sizeof list, "%s", s_write_file(self, "list.csv", "file_path\nhttp://x/y\n"));
    snprintf(key, sizeof key, "%s", s_write_file(self, "key", " sk-of-mine\n"));
    http_stub_answer(self->server, 200, "", "{\"job_id\":\"j1\",\"total_documents\":1}");
    RUN(self, "start", list, "--api-key-file", key);
    s_ended(self, 0, "j1", NULL);
    s_asked(self, 0, "POST /api/batch/start HTTP", "X-Api-Key: sk-of-mine\r\n");
    http_stub_answer(self->server, 200, "", "{\"message\":\"done\",\"retried_count\":1}");
    RUN(self, "retry", "j1", "--api-key-file", key);
    s_ended(self, 0, "done (1 documents)", NULL);
    assert_string_equal(
        s_asked(self, 1, "POST /api/batch/jobs/j1/retry HTTP", "application/json\r\n"),
        "{\"api_key\":\"sk-of-mine\"}");
    RUN(self, "start", list, "--api-key-file", "/nowhere/key");
    s_ended(self, 2, NULL, "/nowhere/key");
}

static void
a_directory_is_walked_in_order_and_sent_as_ndjson(void **state)
{
    s_fixture_t *self = *state;
    char path[128], wanted[1024];
    snprintf(path, sizeof path, "%s/sub", self->directory);
    mkdir(path, 0700);
    s_write_file(self, "sub/z.txt", "");
    s_write_file(self, "b \"q\".pdf", "");
    s_write_file(self, "a.pdf", "");
    s_write_file(self, ".hidden", "");
    s_write_file(self, "bad\xff", "");
    snprintf(path, sizeof path, "%s/sub/up", self->directory);
    assert_int_equal(symlink("..", path), 0);
    http_stub_answer(self->server, 200, "", "{\"job_id\":\"j\",\"total_documents\":3}");
    RUN(self, "--json", "start", self->directory, "--num-tags", "5", "--exclude", "w", "--job-id",
        "j");
    s_ended(self, 0, "{\"job_id\":\"j\",\"total_documents\":3}\n", "not UTF-8");
    const char *body =
        s_asked(self, 0, "POST /api/batch/start HTTP", "Content-Type: application/x-ndjson\r\n");
    const char *d = self->directory;
    snprintf(wanted, sizeof wanted,
             "{\"config\":{\"num_tags\":5,\"exclusion_words\":[\"w\"]},\"job_id\":\"j\"}\n"
             "{\"file_path\":\"%s/a.pdf\",\"file_source_type\":\"local\"}\n"
             "{\"file_path\":\"%s/b \\\"q\\\".pdf\",\"file_source_type\":\"local\"}\n"
             "{\"file_path\":\"%s/sub/z.txt\",\"file_source_type\":\"local\"}\n",
             d, d, d);
    assert_string_equal(body, wanted);
}

static void
a_start_that_cannot_be_is_refused_before_the_server_is_asked(void **state)
{
    s_fixture_t *self = *state;
    RUN(self, "start", "/nowhere/at/all");
    s_ended(self, 2, NULL, "/nowhere/at/all");
    RUN(self, "start", "/nowhere/list.csv");
    s_ended(self, 2, NULL, "/nowhere/list.csv");
    RUN(self, "start", self->directory);
    s_ended(self, 2, NULL, "no document there");
    RUN(self, "start", "a.csv", "b.pdf");
    s_ended(self, 2, NULL, "goes alone");
    RUN(self, "start", self->directory, "--map", "a=b");
    s_ended(self, 2, NULL, "--map goes with a list");
    RUN(self, "start", "a.csv", "--map", "ab");
    s_ended(self, 2, NULL, "COLUMN=FIELD");
    assert_int_equal(http_stub_count(self->server), 0);
}

static const char s_halfway[] = "{\"status\":\"processing\",\"version\":4,\"total_documents\":4,"
                                "\"processed_count\":2,\"failed_count\":0}";
static const char s_complete[] = "{\"status\":\"completed\",\"version\":9,\"total_documents\":4,"
                                 "\"processed_count\":4,\"failed_count\":0}";

static void
watch_polls_until_the_job_ends_and_outlives_a_restart(void **state)
{
    s_fixture_t *self = *state;
    http_stub_answer(self->server, 200, "", s_halfway);
    http_stub_answer(self->server, 503, "Retry-After: 1\r\n", "");
    http_stub_answer(self->server, 200, "", s_complete);
    RUN(self, "watch", "j");
    s_ended(self, 0, "processing  2 of 4  50.0%  0 failed\ncompleted  4 of 4  100.0%  0 failed",
            NULL);
    s_asked(self, 0, "GET /api/batch/jobs/j/status HTTP", NULL);
    s_asked(self, 1, "GET /api/batch/jobs/j/status?wait=30&version=4 HTTP", NULL);
    s_asked(self, 2, "GET /api/batch/jobs/j/status?wait=30&version=4 HTTP", NULL);
}

static void
watch_draws_a_bar_on_a_terminal(void **state)
{
    s_fixture_t *self = *state;
    http_stub_answer(self->server, 200, "", s_halfway);
    http_stub_answer(self->server, 200, "", s_complete);
    program_t *program = program_start("tagmill", http_stub_url(self->server), true,
                                       (const char *const[]){"watch", "j", NULL});
    self->outcome = program_finish(&program);
    s_ended(self, 0, "\r\033[K[###############---------------] processing  2 of 4", NULL);
    assert_non_null(strstr(self->outcome.out, "[##############################] completed"));
}

static void
watch_ends_with_1_when_documents_or_the_job_failed(void **state)
{
    s_fixture_t *self = *state;
    http_stub_answer(self->server, 200, "",
                     "{\"status\":\"completed\",\"version\":9,\"total_documents\":4,"
                     "\"processed_count\":3,\"failed_count\":1}");
    RUN(self, "watch", "j");
    s_ended(self, 1, "1 failed", NULL);
    assert_non_null(strstr(self->outcome.out, "tagmill results j --status failed"));
    http_stub_answer(self->server, 200, "",
                     "{\"status\":\"failed\",\"error\":\"the model refused the key\"}");
    RUN(self, "watch", "j");
    s_ended(self, 1, "failed", "the model refused the key");
    http_stub_answer(self->server, 200, "", "{\"status\":\"cancelled\"}");
    RUN(self, "--json", "watch", "j");
    s_ended(self, 1, "{\"status\":\"cancelled\"}\n", NULL);
}

static void
start_with_watch_follows_what_it_started(void **state)
{
    s_fixture_t *self = *state;
    http_stub_answer(self->server, 200, "", "{\"job_id\":\"j9\",\"total_documents\":4}");
    http_stub_answer(self->server, 200, "", s_complete);
    RUN(self, "start", s_write_file(self, "a.pdf", ""), "--watch");
    s_ended(self, 0, "completed  4 of 4", NULL);
    s_asked(self, 1, "GET /api/batch/jobs/j9/status HTTP", NULL);
}

static void
results_of_one_page_are_the_servers_json_untouched(void **state)
{
    s_fixture_t *self = *state;
    static const char body[] =
        "{ \"results\": [{\"row_id\":0},{\"row_id\":3}],\"next_after\":null}";
    http_stub_answer(self->server, 200, "", body);
    RUN(self, "results", "j", "--status", "failed");
    s_ended(self, 0, body, NULL);
    s_asked(self, 0, "GET /api/batch/jobs/j/results?format=json&limit=1000&status=failed HTTP",
            NULL);
}

static void
results_of_several_pages_are_joined(void **state)
{
    s_fixture_t *self = *state;
    http_stub_answer(self->server, 200, "", "{\"results\":[{\"row_id\":0}],\"next_after\":0}");
    http_stub_answer(self->server, 200, "",
                     "{\"row_id\":0,\"n\":12345678901234567890}\n{\"row_id\":1}\n");
    RUN(self, "results", "j");
    s_ended(self, 0,
            "{\"job_id\":\"j\",\"results\":[\n{\"row_id\":0,\"n\":12345678901234567890},\n"
            "{\"row_id\":1}\n]}\n",
            NULL);
    s_asked(self, 1, "GET /api/batch/jobs/j/results?format=ndjson HTTP", NULL);
}

static void
results_as_ndjson_and_csv_are_passed_through(void **state)
{
    s_fixture_t *self = *state;
    static const char csv[] = "t,\"a\nb\"\r\n1,2\r\n3,4\r\n";
    http_stub_answer(self->server, 200, "", csv);
    RUN(self, "results", "j", "--format", "csv");
    s_ended(self, 0, "t", NULL);
    assert_string_equal(self->outcome.out, csv);
    s_asked(self, 0, "GET /api/batch/jobs/j/results?format=csv HTTP", NULL);
    http_stub_answer(self->server, 200, "", "{\"row_id\":0}\n");
    RUN(self, "results", "j", "--format", "ndjson", "--status", "success");
    s_ended(self, 0, "{\"row_id\":0}\n", NULL);
    s_asked(self, 1, "GET /api/batch/jobs/j/results?format=ndjson&status=success HTTP", NULL);
    http_stub_answer(self->server, 404, "", "{\"detail\":\"no such job\"}");
    RUN(self, "results", "j", "--format", "csv");
    s_ended(self, 4, NULL, "no such job");
}

static void
results_that_break_off_are_not_taken_for_all(void **state)
{
    s_fixture_t *self = *state;
    http_stub_answer(self->server, 200, "Transfer-Encoding: chunked\r\n",
                     "d\r\n{\"row_id\":0}\n\r\n");
    RUN(self, "results", "j", "--format", "ndjson");
    s_ended(self, 3, "{\"row_id\":0}\n", "the results are not complete");
}

static void
a_token_is_made_without_a_server(void **state)
{
    s_fixture_t *self = *state;
    const char *secret = s_write_file(self, "secret", "0123456789abcdef0123456789abcdef\n");
    RUN(self, "token", "--secret-file", secret, "--sub", "user", "--ttl", "60");
    /* {"alg":"HS256","typ":"JWT"} */
    s_ended(self, 0, "eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9.", NULL);
    RUN(self, "token", "--sub", "user");
    s_ended(self, 2, NULL, "--secret-file");
    RUN(self, "token", "--secret-file", secret, "--sub", "user", "--ttl", "0");
    s_ended(self, 2, NULL, "--ttl");
    RUN(self, "token", "--secret-file", s_write_file(self, "short", "abc"), "--sub", "user");
    s_ended(self, 2, NULL, "3 bytes");
    assert_int_equal(http_stub_count(self->server), 0);
}

static void
validate_asks_the_server_about_paths(void **state)
{
    s_fixture_t *self = *state;
    http_stub_answer(self->server, 200, "",
                     "{\"results\":[{\"path\":\"s3://b/k\",\"valid\":true},"
                     "{\"path\":\"http://x\",\"valid\":false,\"error\":\"not found\"}]}");
    RUN(self, "validate", "s3://b/k", "http://x", "/nowhere/f");
    s_ended(self, 1, "invalid  http://x: not found\n1 valid, 1 invalid\n", NULL);
    assert_string_equal(s_asked(self, 0, "POST /api/batch/validate-paths HTTP", "application/json"),
                        "{\"paths\":[{\"path\":\"s3://b/k\",\"type\":\"s3\"},{\"path\":\"http://"
                        "x\",\"type\":\"url\"},{\"path\":\"/nowhere/f\",\"type\":\"local\"}]}");
    http_stub_answer(self->server, 404, "", "{\"detail\":\"no such path\"}");
    RUN(self, "validate", "http://x");
    s_ended(self, 4, NULL, "does not check paths (404)");
}

static void
validate_of_a_directory_says_what_to_give(void **state)
{
    s_fixture_t *self = *state;
    RUN(self, "validate", self->directory);
    assert_int_equal(self->outcome.exit_code, 2);
    assert_non_null(strstr(self->outcome.err, "is a directory: give its files"));
}

static void
validate_checks_the_shape_of_a_list(void **state)
{
    s_fixture_t *self = *state;
    http_stub_answer(self->server, 200, "", "{\"results\":[{\"valid\":true},{\"valid\":true}]}");
    RUN(self, "validate",
        s_write_file(self, "l.csv",
                     "\xef\xbb\xbf"
                     "file_path,t\nhttp://x,\"a\nb\"\n"
                     "s3://b/k,c\n"));
    s_ended(self, 0, "2 valid, 0 invalid", NULL);
    http_stub_answer(self->server, 200, "", "{\"results\":[{\"valid\":true}]}");
    RUN(self, "validate", "--map", "u=file_path", "--map", "y=file_source_type",
        s_write_file(self, "l.csv", "u,y\nhttp://x,s3\nhttp://y\n,url\n"));
    s_ended(self, 1, "1 valid", "l.csv: record 2: 1 fields where the header has 2\n");
    assert_non_null(strstr(self->outcome.err, "record 3: no path in column u"));
    assert_string_equal(s_asked(self, 1, "POST", NULL),
                        "{\"paths\":[{\"path\":\"http://x\",\"type\":\"s3\"}]}");
    RUN(self, "validate", s_write_file(self, "l.csv", "a,b\n1,2\n"));
    s_ended(self, 1, "0 valid", "there is no column file_path");
    RUN(self, "validate", s_write_file(self, "l.csv", "file_path\n"));
    s_ended(self, 1, "0 valid", "no document in it");
    RUN(self, "validate", s_write_file(self, "l.csv", "file_path\n\"http://x\n"));
    s_ended(self, 1, "0 valid", "a quote is not closed");
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int
main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(a_wrong_command_line_ends_with_2),
        TEST(help_is_given_for_the_whole_and_for_a_command),
        TEST(a_server_that_is_not_there_ends_with_3),
        TEST(a_refusal_ends_with_4_and_shows_its_detail),
        TEST(the_token_is_sent_wherever_it_comes_from),
        TEST(status_is_shown_for_people_or_untouched),
        TEST(control_commands_post_and_print_the_message),
        TEST(active_lists_a_job_a_line),
        TEST(a_csv_list_is_streamed_with_its_settings_in_the_query),
        TEST(the_key_of_a_model_comes_from_a_file_and_goes_in_no_url),
        TEST(a_directory_is_walked_in_order_and_sent_as_ndjson),
        TEST(a_start_that_cannot_be_is_refused_before_the_server_is_asked),
        TEST(watch_polls_until_the_job_ends_and_outlives_a_restart),
        TEST(watch_draws_a_bar_on_a_terminal),
        TEST(watch_ends_with_1_when_documents_or_the_job_failed),
        TEST(start_with_watch_follows_what_it_started),
        TEST(results_of_one_page_are_the_servers_json_untouched),
        TEST(results_of_several_pages_are_joined),
        TEST(results_as_ndjson_and_csv_are_passed_through),
        TEST(results_that_break_off_are_not_taken_for_all),
        TEST(a_token_is_made_without_a_server),
        TEST(validate_asks_the_server_about_paths),
        TEST(validate_of_a_directory_says_what_to_give),
        TEST(validate_checks_the_shape_of_a_list),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
