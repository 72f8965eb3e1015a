#include "documents/pipeline.h"

#include <pthread.h>
#include <stdio.h>
#include <unistd.h>

#include "base/clock.h"
#include "tests/documents/http_server.h"
#include "tests/documents/model_server.h"
#include "tests/documents/slow_pdf.h"
#include "tests/support/cmocka_all.h"

static char s_directory[64];
static config_t *s_config;
static cache_t *s_cache;
static pipeline_t *s_pipeline;
static uint64_t s_job_no;
static uint32_t s_page_limit;
static atomic_bool s_cancelled;
static outcome_t s_outcome;

static void
s_set(const char *key, const char *value)
{
    buffer_t assignment = {0};
    fault_t fault;
    buffer_printf(&assignment, "%s=%s", key, value);
    if (config_set(s_config, assignment.data, &fault) != STATUS_OK)
        fail_msg("%s", fault.detail);
    buffer_free(&assignment);
}

static int
setup(void **state)
{
    (void) state;
    strcpy(s_directory, "/tmp/tagmill-pipeline-XXXXXX");
    if (mkdtemp(s_directory) == NULL)
        return -1;
    atomic_store(&s_cancelled, false);
    s_config = config_new();
    s_cache = cache_new(1000000, CACHE_OLD_MS);
    s_job_no = 1;
    s_page_limit = 3;
    buffer_t path = {0};
    buffer_printf(&path, "%s/tests/documents/files", getenv("TAGMILL_TEST_SOURCE"));
    s_set("documents/root", path.data);
    buffer_clear(&path);
    buffer_printf(&path, "%s/tagmill-extract", getenv("TAGMILL_TEST_BIN"));
    s_set("extract/program", path.data);
    buffer_free(&path);
    return 0;
}

static int
teardown(void **state)
{
    (void) state;
    pipeline_destroy(&s_pipeline);
    cache_destroy(&s_cache);
    outcome_free(&s_outcome);
    config_destroy(&s_config);
    char command[128];
    snprintf(command, sizeof command, "rm -rf %s", s_directory);
    return system(command);
}

static void
s_run_as(const char *model, source_type_t source, const char *path)
{
    if (s_pipeline == NULL)
        s_pipeline = pipeline_new(s_config, s_cache);
    brief_t brief = {
        .model_name = slice_from(model),
        .page_limit = s_page_limit,
        .tag_limit = 8,
        .job_no = s_job_no,
    };
    document_t document = {.source = source, .path = slice_from(path), .title = SLICE("A title")};
    pipeline_run(s_pipeline, &document, &brief, &s_cancelled, &s_outcome);
    assert_true(s_outcome.tags.size >= 2);
    assert_true((s_outcome.error == ERROR_NONE) == (s_outcome.detail.size == 0));
}

static void
s_assert_failed(error_type_t error, const char *why)
{
    if (s_outcome.error != error || strstr(s_outcome.detail.data, why) == NULL)
        fail_msg("%s: %s", error_type_word(s_outcome.error), s_outcome.detail.data);
    assert_string_equal(s_outcome.tags.data, "[]");
}

static void
a_pdf_gets_tags(void **state)
{
    (void) state;
    s_run_as("offline", SOURCE_LOCAL, "de-poems-beads.pdf");
    assert_int_equal(s_outcome.error, ERROR_NONE);
    assert_string_equal(s_outcome.method.data, "pdf-text");
    assert_string_equal(s_outcome.model_name.data, "offline");
    assert_int_equal(s_outcome.page_count, 2);
    assert_true(s_outcome.text_length > 5000);
    assert_false(s_outcome.is_scanned);
    assert_int_equal(s_outcome.tags.data[0], '[');
    assert_int_equal(s_outcome.tags.data[1], '"');
    assert_int_equal(s_outcome.tags.data[s_outcome.tags.size - 1], ']');
}

static void
an_outcome_is_emptied_before_it_is_filled(void **state)
{
    (void) state;
    s_run_as("offline", SOURCE_LOCAL, "text-readme.md");
    assert_int_equal(s_outcome.error, ERROR_NONE);
    assert_string_equal(s_outcome.method.data, "markdown");
    s_run_as("offline", SOURCE_LOCAL, "bad-encrypted.pdf");
    s_assert_failed(ERROR_ENCRYPTED, "password");
    assert_string_equal(s_outcome.method.data, "none");
    assert_int_equal(s_outcome.language.size, 0);
    assert_int_equal(s_outcome.text_length, 0);
    s_run_as("offline", SOURCE_LOCAL, "missing.pdf");
    s_assert_failed(ERROR_NOT_FOUND, "no such file");
    s_run_as("offline", SOURCE_LOCAL, "bad-pages-loop.pdf");
    s_assert_failed(ERROR_NO_TEXT, "characters of text");
    assert_int_equal(s_outcome.page_count, 2);
}

static void
the_path_noop_is_done_at_once(void **state)
{
    (void) state;
    s_set("extract/program", "/nowhere/tagmill-extract");
    s_run_as("noop", SOURCE_URL, "noop:");
    assert_int_equal(s_outcome.error, ERROR_NONE);
    assert_string_equal(s_outcome.tags.data, "[]");
    assert_string_equal(s_outcome.method.data, "none");
    assert_string_equal(s_outcome.model_name.data, "noop");
    s_run_as("offline", SOURCE_URL, "noop:");
    assert_int_not_equal(s_outcome.error, ERROR_NONE);
}

static void
the_model_noop_reads_and_does_not_tag(void **state)
{
    (void) state;
    s_run_as("noop", SOURCE_LOCAL, "text-readme.md");
    assert_int_equal(s_outcome.error, ERROR_NONE);
    assert_string_equal(s_outcome.tags.data, "[]");
    assert_true(s_outcome.text_length > 5000);
}

static void
a_document_is_tagged_by_a_model(void **state)
{
    (void) state;
    model_server_t *server = model_server_start(&(model_server_options_t){0});
    fault_t fault;
    char url[64];
    snprintf(url, sizeof url, "http://127.0.0.1:%u/v1", model_server_port(server));
    s_set("providers/test/base_url", url);
    s_set("providers/test/needs_key", "false");
    assert_int_equal(config_finish(s_config, &fault), STATUS_OK);
    s_run_as("test/ok", SOURCE_LOCAL, "de-poems-beads.pdf");
    assert_int_equal(s_outcome.error, ERROR_NONE);
    assert_string_equal(s_outcome.model_name.data, "test/ok");
    assert_string_equal(s_outcome.method.data, "pdf-text");
    assert_non_null(strstr(s_outcome.tags.data, "[\"harbour cranes\",\"tidal gauge\""));
    assert_int_equal(s_outcome.tokens_in, 100);
    s_run_as("test/unknown", SOURCE_LOCAL, "de-poems-beads.pdf");
    s_assert_failed(ERROR_MODEL_ERROR, "does not have this model");
    assert_true(s_outcome.is_hopeless);
    pipeline_destroy(&s_pipeline);
    model_server_stop(&server);
}

static void
a_document_from_the_web_is_fetched_and_its_server_heard(void **state)
{
    (void) state;
    http_server_t *server = http_server_start(&s_cancelled);
    s_set("documents/allow_networks", "127.0.0.0/8");
    char url[64];
    snprintf(url, sizeof url, "http://127.0.0.1:%u/ok", http_server_port(server));
    s_run_as("offline", SOURCE_URL, url);
    s_assert_failed(ERROR_NO_TEXT, "only 5 characters");
    snprintf(url, sizeof url, "http://127.0.0.1:%u/503", http_server_port(server));
    s_run_as("offline", SOURCE_URL, url);
    s_assert_failed(ERROR_NETWORK, "503");
    assert_int_equal(s_outcome.retry_after_ms, 120000);
    pipeline_destroy(&s_pipeline);
    http_server_stop(&server);
}

static void
the_same_document_of_a_job_is_fetched_once(void **state)
{
    (void) state;
    http_server_t *server = http_server_start(&s_cancelled);
    s_set("documents/allow_networks", "127.0.0.0/8");
    char url[64];
    snprintf(url, sizeof url, "http://127.0.0.1:%u/ok", http_server_port(server));
    for (int i = 0; i < 3; i++) {
        s_run_as("offline", SOURCE_URL, url);
        s_assert_failed(ERROR_NO_TEXT, "only 5 characters");
    }
    assert_int_equal(http_server_requests(server), 1);
    s_job_no = 2;
    s_run_as("offline", SOURCE_URL, url);
    assert_int_equal(http_server_requests(server), 2);
    pipeline_destroy(&s_pipeline);
    http_server_stop(&server);
}

static void
what_has_grown_old_is_asked_about(void **state)
{
    (void) state;
    cache_destroy(&s_cache);
    s_cache = cache_new(1000000, 0);
    http_server_t *server = http_server_start(&s_cancelled);
    s_set("documents/allow_networks", "127.0.0.0/8");
    char url[64];
    snprintf(url, sizeof url, "http://127.0.0.1:%u/tagged", http_server_port(server));
    for (unsigned i = 0; i < 3; i++) {
        s_run_as("offline", SOURCE_URL, url);
        s_assert_failed(ERROR_NO_TEXT, "only 5 characters");
        assert_int_equal(http_server_requests(server), i + 1);
        assert_int_equal(http_server_unchanged(server), i);
    }
    pipeline_destroy(&s_pipeline);
    http_server_stop(&server);
}

static void
s_copy_file(const char *from, const char *name)
{
    char command[512];
    snprintf(command, sizeof command, "cp %s/tests/documents/files/%s %s/%s",
             getenv("TAGMILL_TEST_SOURCE"), from, s_directory, name);
    assert_int_equal(system(command), 0);
}

static void
equal_bytes_under_another_name_are_read_once(void **state)
{
    (void) state;
    s_copy_file("de-poems-beads.pdf", "one.pdf");
    s_copy_file("de-poems-beads.pdf", "two.pdf");
    s_copy_file("bad-encrypted.pdf", "bad-one.pdf");
    s_copy_file("bad-encrypted.pdf", "bad-two.pdf");
    s_set("documents/root", s_directory);
    s_run_as("offline", SOURCE_LOCAL, "one.pdf");
    assert_int_equal(s_outcome.error, ERROR_NONE);
    uint64_t length = s_outcome.text_length;
    char *tags = slice_copy(buffer_slice(&s_outcome.tags));
    s_run_as("offline", SOURCE_LOCAL, "bad-one.pdf");
    s_assert_failed(ERROR_ENCRYPTED, "password");
    /* From here nothing can be read any more. */
    pipeline_destroy(&s_pipeline);
    s_set("extract/program", "/nowhere/tagmill-extract");
    s_job_no = 2;
    s_run_as("offline", SOURCE_LOCAL, "two.pdf");
    assert_int_equal(s_outcome.error, ERROR_NONE);
    assert_string_equal(s_outcome.method.data, "pdf-text");
    assert_int_equal(s_outcome.page_count, 2);
    assert_int_equal(s_outcome.text_length, length);
    assert_string_equal(s_outcome.tags.data, tags);
    free(tags);
    s_run_as("offline", SOURCE_LOCAL, "bad-two.pdf");
    s_assert_failed(ERROR_ENCRYPTED, "password");
    s_page_limit = 1;
    s_run_as("offline", SOURCE_LOCAL, "two.pdf");
    s_assert_failed(ERROR_INTERNAL, "");
}

static void
all_work_ends_within_its_seconds(void **state)
{
    (void) state;
    buffer_t slow = {0}, path = {0};
    slow_pdf_write(&slow);
    buffer_printf(&path, "%s/slow.pdf", s_directory);
    FILE *file = fopen(path.data, "w");
    assert_non_null(file);
    assert_int_equal(fwrite(slow.data, slow.size, 1, file), 1);
    assert_int_equal(fclose(file), 0);
    s_set("documents/root", s_directory);
    s_set("documents/work_seconds", "1");
    s_run_as("offline", SOURCE_LOCAL, "slow.pdf");
    s_assert_failed(ERROR_TIMEOUT, "too long");
    assert_in_range(s_outcome.processing_ms, 900, 4000);
    buffer_free(&slow);
    buffer_free(&path);
}

static void
a_cancelled_document_says_so(void **state)
{
    (void) state;
    atomic_store(&s_cancelled, true);
    s_run_as("offline", SOURCE_LOCAL, "de-poems-beads.pdf");
    s_assert_failed(ERROR_INTERNAL, "cancelled");
}

int
main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
    const struct CMUnitTest tests[] = {
        TEST(a_pdf_gets_tags),
        TEST(an_outcome_is_emptied_before_it_is_filled),
        TEST(the_path_noop_is_done_at_once),
        TEST(the_model_noop_reads_and_does_not_tag),
        TEST(a_document_is_tagged_by_a_model),
        TEST(a_document_from_the_web_is_fetched_and_its_server_heard),
        TEST(the_same_document_of_a_job_is_fetched_once),
        TEST(what_has_grown_old_is_asked_about),
        TEST(equal_bytes_under_another_name_are_read_once),
        TEST(all_work_ends_within_its_seconds),
        TEST(a_cancelled_document_says_so),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
