#include "gateway/start.h"

#include <unistd.h>

#include "tests/gateway/site.h"
#include "tests/support/cmocka_all.h"

/* What the fake supervisor had of the last start. */
typedef struct {
    buffer_t open_frame, close_frame, documents;
    message_start_open_t open;
    message_start_close_t close;
    slice_t rest; /* of the documents */
} last_start_t;

static void
s_last(site_t *site, last_start_t *self)
{
    *self = (last_start_t){0};
    fake_peers_last_start(&site->peers, &self->open_frame, &self->close_frame, &self->documents);
    assert_int_equal(message_start_open_decode(buffer_slice(&self->open_frame), &self->open),
                     STATUS_OK);
    assert_int_equal(message_start_close_decode(buffer_slice(&self->close_frame), &self->close),
                     STATUS_OK);
    self->rest = buffer_slice(&self->documents);
}

static void
s_forget(last_start_t *self)
{
    buffer_free(&self->open_frame);
    buffer_free(&self->close_frame);
    buffer_free(&self->documents);
}

static void
s_next(last_start_t *self, record_document_t *document)
{
    assert_int_equal(record_document_take(&self->rest, document), STATUS_OK);
}

#define ASSERT_TEXT(slice, text)                                                                   \
    do {                                                                                           \
        char *copy_ = slice_copy(slice);                                                           \
        assert_string_equal(copy_, text);                                                          \
        free(copy_);                                                                               \
    } while (0)

static void
a_json_start_is_handed_on_whole(void **state)
{
    site_t *site = *state;
    response_t response;
    last_start_t last;
    record_document_t document;
    site_post(
        site, "/api/batch/start", "application/json; charset=utf-8",
        "{\"documents\":[{\"link\":\"https://e.org/a%20b.pdf?x=1\",\"id\":12345678901234567890,"
        "\"deep\":{\"a\":[1,null]}},{\"link\":\"s3://b/k.txt\",\"file_source_type\":\"s3\","
        "\"title\":\"T \\u00e9 \\ud83d\\ude00\",\"file_size\":77}],"
        "\"column_mapping\":{\"link\":\"file_path\"},\"job_id\":\"my:job-1\","
        "\"config\":{\"num_pages\":5,\"num_tags\":null,\"exclusion_words\":[\"a b\",\"c\"],"
        "\"language\":\"de\",\"priority\":-10,\"api_key\":\"k\"},\"extra\":[1,2]}",
        &response);
    assert_int_equal(response.status, 200);
    assert_true(response_has(&response, "\"job_id\":\"my:job-1\",\"total_documents\":2,"));
    assert_string_equal(response_header(&response, "Location"), "/api/batch/jobs/my:job-1/status");
    response_free(&response);
    s_last(site, &last);
    ASSERT_TEXT(last.open.owner, "alice");
    ASSERT_TEXT(last.open.model_name, "offline");
    ASSERT_TEXT(last.open.exclusions, "a b\nc");
    ASSERT_TEXT(last.open.language, "de");
    assert_int_equal(last.open.page_limit, 5);
    assert_int_equal(last.open.tag_limit, 8);
    assert_int_equal(last.open.max_attempts, 4);
    assert_int_equal(last.open.priority, -10);
    assert_int_equal(last.close.digest.size, 32);
    ASSERT_TEXT(last.close.columns,
                "[\"link\",\"id\",\"deep\",\"file_source_type\",\"title\",\"file_size\"]");
    ASSERT_TEXT(last.close.mapping, "{\"link\":\"file_path\"}");
    s_next(&last, &document);
    ASSERT_TEXT(document.path, "https://e.org/a%20b.pdf?x=1");
    ASSERT_TEXT(document.title, "a b.pdf");
    ASSERT_TEXT(document.columns, "{\"id\":12345678901234567890,\"deep\":{\"a\":[1,null]}}");
    assert_int_equal(document.row, 0);
    s_next(&last, &document);
    ASSERT_TEXT(document.title, "T \xc3\xa9 \xf0\x9f\x98\x80");
    ASSERT_TEXT(document.file_size, "77");
    assert_int_equal(document.source, 1);
    assert_int_equal(document.row, 1);
    assert_int_equal(last.rest.size, 0);
    s_forget(&last);
}

/* A table's settings stand in the URL, where a key has no place. */
static void
a_csv_start_brings_its_key_in_a_header(void **state)
{
    static const char csv[] = "file_path\nhttps://e.org/a.pdf\n";
    static const char target[] = "POST /api/batch/start?model_name=vendor/model%s HTTP/1.1\r\n"
                                 "Content-Type: text/csv\r\nContent-Length: %zu\r\n%s";
    static const struct {
        const char *query, *header;
        int status;
        const char *hint;
    } rows[] = {{"&fallback=offline", "X-Api-Key: sk-1\r\n", 200, ""},
                {"", "", 400, "openrouter needs a key"},
                {"", "X-Api-Key: a b\r\n", 400, "X-Api-Key must be"},
                {"&api_key=sk-1", "", 400, "in the header X-Api-Key"}};
    site_t *site = *state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        char head[256];
        response_t response;
        snprintf(head, sizeof head, target, rows[i].query, sizeof csv - 1, rows[i].header);
        site_send(site, head, csv, &response);
        if (response.status != rows[i].status || !response_has(&response, rows[i].hint))
            fail_msg("%s: %d %s", head, response.status, response.body.data);
        response_free(&response);
    }
    last_start_t last;
    s_last(site, &last);
    ASSERT_TEXT(last.open.model_name, "vendor/model");
    ASSERT_TEXT(last.open.api_key, "sk-1");
    assert_int_equal(last.open.may_fall_back, 1);
    s_forget(&last);
}

static void
an_id_is_made_where_none_is_given(void **state)
{
    response_t response;
    site_post(*state, "/api/batch/start", "application/json",
              "{\"documents\":[{\"file_path\":\"https://e.org/\"}]}", &response);
    assert_int_equal(response.status, 200);
    assert_true(response_has(&response, "{\"job_id\":\"batch-1"));
    response_free(&response);
}

static void
the_same_request_has_the_same_digest_and_another_has_not(void **state)
{
    site_t *site = *state;
    static const char *const bodies[] = {
        "{\"job_id\":\"d\",\"documents\":[{\"file_path\":\"https://e.org/\"}]}",
        "{\"job_id\":\"d\",\"documents\":[{\"file_path\":\"https://e.org/\"}]}",
        "{\"job_id\":\"d\",\"documents\":[{\"file_path\":\"https://e.org/2\"}]}"};
    char digests[3][32];
    for (size_t i = 0; i < 3; i++) {
        response_t response;
        last_start_t last;
        site_post(site, "/api/batch/start", "application/json", bodies[i], &response);
        response_free(&response);
        s_last(site, &last);
        memcpy(digests[i], last.close.digest.data, 32);
        s_forget(&last);
    }
    assert_memory_equal(digests[0], digests[1], 32);
    assert_memory_not_equal(digests[0], digests[2], 32);
}

static void
an_id_that_is_taken_is_a_conflict(void **state)
{
    response_t response;
    site_post(*state, "/api/batch/start", "application/json",
              "{\"job_id\":\"taken\",\"documents\":[{\"file_path\":\"https://e.org/\"}]}",
              &response);
    assert_int_equal(response.status, 409);
    assert_true(response_has(&response, "\"code\":\"id-taken\""));
    response_free(&response);
}

static void
all_faults_are_pointed_at_and_nothing_is_sent(void **state)
{
    site_t *site = *state;
    unsigned before = fake_peers_questions(&site->peers);
    response_t response;
    site_post(site, "/api/batch/start", "application/json",
              "{\"config\":{\"num_pages\":11,\"num_tags\":2,\"colour\":1,\"model_name\":\"gpt\"},"
              "\"column_mapping\":{\"a\":\"title\",\"b\":\"title\",\"c\":\"nofield\"},"
              "\"job_id\":\"a b\",\"documents\":[{\"file_path\":\"https://e.org/\"},{\"a/b\":1},"
              "{\"file_path\":7},\"text\",{\"file_path\":\"x\",\"file_source_type\":\"ftp\"},"
              "{\"file_path\":\"noop:\"}]}",
              &response);
    static const char *const pointers[] = {"/config/num_pages",
                                           "/config/num_tags",
                                           "/config/colour",
                                           "/config/model_name",
                                           "/column_mapping/b",
                                           "/column_mapping/c",
                                           "/job_id",
                                           "/documents/1/file_path",
                                           "/documents/2/file_path",
                                           "/documents/3",
                                           "/documents/4/file_source_type",
                                           "/documents/5/file_path"};
    assert_int_equal(response.status, 400);
    for (size_t i = 0; i < sizeof pointers / sizeof pointers[0]; i++) {
        char wanted[64];
        snprintf(wanted, sizeof wanted, "{\"pointer\":\"%s\",", pointers[i]);
        if (!response_has(&response, wanted))
            fail_msg("%s is missing in %s", wanted, response.body.data);
    }
    assert_true(response_has(&response, "nobody serves the model"));
    response_free(&response);
    assert_int_equal(fake_peers_questions(&site->peers), before);
}

static void
at_most_twenty_faults_are_listed(void **state)
{
    buffer_t body = {0};
    buffer_append_text(&body, "{\"documents\":[{}");
    for (int i = 0; i < 50; i++)
        buffer_append_text(&body, ",{}");
    buffer_append_text(&body, "]}");
    response_t response;
    site_post(*state, "/api/batch/start", "application/json", body.data, &response);
    assert_int_equal(response.status, 400);
    assert_true(response_has(&response, "/documents/19/file_path"));
    assert_false(response_has(&response, "/documents/20/file_path"));
    response_free(&response);
    buffer_free(&body);
}

static void
hostile_json_is_refused(void **state)
{
    static const char *const bodies[] = {
        "",
        "{",
        "[]",
        "null",
        "{\"documents\":[]}",
        "{\"documents\":{}}",
        "{\"documents\":null}",
        "{}",
        "{\"documents\":[{\"file_path\":\"x\"}]} x",
        "{\"documents\":[{\"file_path\":\"x\",\"file_path\":\"y\"}]}",
        "{\"documents\":[{\"file_path\":\"x\"}],\"documents\":[{\"file_path\":\"y\"}]}",
        "{\"documents\":[{\"file_path\":\"x\\u0000\"}]}",
        "{\"documents\":[{\"file_path\":\"\xff\"}]}",
        "{\"documents\":[{\"file_path\":\"x\",\"n\":01}]}",
        "{\"documents\":[{\"file_path\":\"x\"}],\"config\":[]}",
        "{\"documents\":[{\"file_path\":\"x\"}],\"config\":{\"num_tags\":\"8\"}}",
        "{\"documents\":[{\"file_path\":\"x\"}],\"config\":{\"callback_url\":\"ftp://x/\"}}"};
    for (size_t i = 0; i < sizeof bodies / sizeof bodies[0]; i++) {
        response_t response;
        site_post(*state, "/api/batch/start", "application/json", bodies[i], &response);
        if (response.status != 400)
            fail_msg("%s was answered with %d", bodies[i], response.status);
        response_free(&response);
    }
}

static void
nested_arrays_harm_nobody(void **state)
{
    static const int depths[] = {33, 650, 100000};
    for (size_t i = 0; i < 3; i++) {
        buffer_t body = {0};
        response_t response;
        buffer_append_text(&body, "{\"documents\":");
        for (int d = 0; d < depths[i]; d++)
            buffer_append_byte(&body, '[');
        site_post(*state, "/api/batch/start", "application/json", body.data, &response);
        assert_int_equal(response.status, 400);
        assert_true(response_has(&response, "nested more than 32 deep"));
        response_free(&response);
        buffer_free(&body);
    }
}

static void
other_media_types_are_not_taken(void **state)
{
    static const char *const types[] = {NULL, "text/plain", "application/jsonx",
                                        "application/json; charset=utf-16", "multipart/form-data"};
    for (size_t i = 0; i < sizeof types / sizeof types[0]; i++) {
        response_t response;
        site_post(*state, "/api/batch/start", types[i], "{}", &response);
        assert_int_equal(response.status, 415);
        response_free(&response);
    }
}

static void
a_body_over_the_limit_is_refused_before_it_is_read(void **state)
{
    response_t response;
    site_send(*state,
              "POST /api/batch/start HTTP/1.1\r\nContent-Type: application/json\r\n"
              "Content-Length: 5000000\r\n",
              "{", &response);
    assert_int_equal(response.status, 413);
    assert_true(response.was_closed);
    response_free(&response);
}

static void
a_chunked_body_is_read_and_counted(void **state)
{
    static const char head[] =
        "POST /api/batch/start HTTP/1.1\r\nContent-Type: application/json\r\n"
        "Transfer-Encoding: chunked\r\n";
    response_t response;
    site_send(
        *state, head,
        "b\r\n{\"documents\r\n1e\r\n\":[{\"file_path\":\"https://e/\"}]\r\n1\r\n}\r\n0\r\n\r\n",
        &response);
    assert_int_equal(response.status, 200);
    response_free(&response);
    site_send(*state, head, "b\r\n{\"documents\r\nzz\r\n", &response);
    assert_int_equal(response.status, 400);
    response_free(&response);
    buffer_t body = {0};
    for (int i = 0; i < 5; i++) {
        buffer_append_text(&body, "f4240\r\n");
        memset(buffer_reserve(&body, 1000000), ' ', 1000000);
        body.size += 1000000;
        buffer_append_text(&body, "\r\n");
    }
    buffer_append_text(&body, "0\r\n\r\n");
    site_send(*state, head, body.data, &response);
    assert_int_equal(response.status, 413);
    response_free(&response);
    buffer_free(&body);
}

static void
a_chunked_body_without_its_end_is_not_taken_for_whole(void **state)
{
    response_t response;
    site_send(*state,
              "POST /api/batch/start HTTP/1.1\r\nContent-Type: application/json\r\n"
              "Transfer-Encoding: chunked\r\n",
              "29\r\n{\"documents\":[{\"file_path\":\"https://e/\"}]}\r\n", &response);
    assert_int_equal(response.status, 400);
    response_free(&response);
}

static void
the_client_is_told_to_go_on_when_it_asks(void **state)
{
    response_t response;
    site_send(*state,
              "POST /api/batch/start HTTP/1.1\r\nContent-Type: application/json\r\n"
              "Expect: 100-continue\r\nContent-Length: 46\r\n",
              "{\"documents\":[{\"file_path\":\"https://e.org/\"}]}", &response);
    assert_int_equal(response.status, 200);
    response_free(&response);
}

static void
many_documents_go_in_several_chunks(void **state)
{
    site_t *site = *state;
    buffer_t body = {0};
    last_start_t last;
    response_t response;
    buffer_append_text(&body, "{\"documents\":[");
    for (int i = 0; i < 12000; i++)
        buffer_printf(&body, "%s{\"file_path\":\"https://e.org/%d.pdf\",\"note\":\"%060d\"}",
                      i ? "," : "", i, i);
    buffer_append_text(&body, "],\"config\":{\"num_tags\":4}}");
    site_post(site, "/api/batch/start", "application/json", body.data, &response);
    assert_int_equal(response.status, 200);
    assert_true(response_has(&response, "\"total_documents\":12000"));
    response_free(&response);
    s_last(site, &last);
    assert_int_equal(last.open.tag_limit, 4);
    for (uint32_t row = 0; row < 12000; row++) {
        record_document_t document;
        s_next(&last, &document);
        assert_int_equal(document.row, row);
    }
    s_forget(&last);
    buffer_free(&body);
}

static void
too_many_documents_are_refused(void **state)
{
    buffer_t body = {0};
    response_t response;
    buffer_append_text(&body, "{\"documents\":[{}");
    for (int i = 0; i < 20000; i++)
        buffer_append_text(&body, ",{}");
    buffer_append_text(&body, "]}");
    site_post(*state, "/api/batch/start", "application/json", body.data, &response);
    assert_int_equal(response.status, 400);
    assert_true(response_has(&response, "more than 20000"));
    response_free(&response);
    buffer_free(&body);
}

static void
lines_of_json_are_taken_as_they_come(void **state)
{
    site_t *site = *state;
    response_t response;
    last_start_t last;
    record_document_t document;
    site_post(site, "/api/batch/start", "application/x-ndjson",
              "{\"job_id\":\"lines\",\"config\":{\"model_name\":\"noop\"}}\n"
              "{\"file_path\":\"noop:\",\"title\":\"one\"}\r\n\n{\"file_path\":\"noop:2\"}",
              &response);
    assert_int_equal(response.status, 200);
    assert_true(response_has(&response, "\"job_id\":\"lines\",\"total_documents\":2"));
    response_free(&response);
    s_last(site, &last);
    ASSERT_TEXT(last.open.model_name, "noop");
    s_next(&last, &document);
    ASSERT_TEXT(document.title, "one");
    s_next(&last, &document);
    ASSERT_TEXT(document.path, "noop:2");
    s_forget(&last);
}

static void
a_table_is_taken_with_its_settings_from_the_query(void **state)
{
    site_t *site = *state;
    response_t response;
    last_start_t last;
    record_document_t document;
    site_post(
        site,
        "/api/batch/start?job_id=table&num_tags=5&exclusion_words=a+b&exclusion_words=c"
        "&map=URL%3Aof+it:file_path&priority=3",
        "text/csv",
        "\xef\xbb\xbfURL:of it,title,Shelf\r\nhttps://e.org/a.pdf,\"Say \"\"hi\"\", you\",A7\r\n"
        "https://e.org/b.pdf,,\n",
        &response);
    assert_int_equal(response.status, 200);
    response_free(&response);
    s_last(site, &last);
    ASSERT_TEXT(last.open.job_id, "table");
    ASSERT_TEXT(last.open.exclusions, "a b\nc");
    assert_int_equal(last.open.tag_limit, 5);
    assert_int_equal(last.open.priority, 3);
    ASSERT_TEXT(last.close.columns, "[\"URL:of it\",\"title\",\"Shelf\"]");
    s_next(&last, &document);
    ASSERT_TEXT(document.title, "Say \"hi\", you");
    ASSERT_TEXT(document.columns, "{\"Shelf\":\"A7\"}");
    s_next(&last, &document);
    ASSERT_TEXT(document.title, "b.pdf");
    ASSERT_TEXT(document.columns, "{\"Shelf\":\"\"}");
    s_forget(&last);
}

static void
a_start_that_fails_on_the_way_is_called_off(void **state)
{
    site_t *site = *state;
    unsigned before = fake_peers_aborts(&site->peers);
    buffer_t body = {0};
    response_t response;
    buffer_append_text(&body, "file_path\n");
    for (int i = 0; i < 5000; i++)
        buffer_printf(&body, "https://e.org/%d\n", i);
    buffer_append_text(&body, "\"\"\n");
    site_post(site, "/api/batch/start", "text/csv", body.data, &response);
    assert_int_equal(response.status, 400);
    assert_true(response_has(&response, "/documents/5000/file_path"));
    for (int i = 0; i < 100 && fake_peers_aborts(&site->peers) == before; i++)
        usleep(20000);
    assert_int_equal(fake_peers_aborts(&site->peers), before + 1);
    response_free(&response);
    buffer_free(&body);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_json_start_is_handed_on_whole),
        cmocka_unit_test(a_csv_start_brings_its_key_in_a_header),
        cmocka_unit_test(an_id_is_made_where_none_is_given),
        cmocka_unit_test(the_same_request_has_the_same_digest_and_another_has_not),
        cmocka_unit_test(an_id_that_is_taken_is_a_conflict),
        cmocka_unit_test(all_faults_are_pointed_at_and_nothing_is_sent),
        cmocka_unit_test(at_most_twenty_faults_are_listed),
        cmocka_unit_test(hostile_json_is_refused),
        cmocka_unit_test(nested_arrays_harm_nobody),
        cmocka_unit_test(other_media_types_are_not_taken),
        cmocka_unit_test(a_body_over_the_limit_is_refused_before_it_is_read),
        cmocka_unit_test(a_chunked_body_is_read_and_counted),
        cmocka_unit_test(a_chunked_body_without_its_end_is_not_taken_for_whole),
        cmocka_unit_test(the_client_is_told_to_go_on_when_it_asks),
        cmocka_unit_test(many_documents_go_in_several_chunks),
        cmocka_unit_test(too_many_documents_are_refused),
        cmocka_unit_test(lines_of_json_are_taken_as_they_come),
        cmocka_unit_test(a_table_is_taken_with_its_settings_from_the_query),
        cmocka_unit_test(a_start_that_fails_on_the_way_is_called_off),
    };
    return cmocka_run_group_tests(tests, site_setup, site_teardown);
}
