#include "gateway/start_fields.h"

#include <stdio.h>

#include "gateway/start_head.h"
#include "tests/support/cmocka_all.h"

static const start_offer_t s_offer = {.default_model = "offline", .allow_noop = false};

static start_fields_t *
s_fields(const char *head)
{
    start_fields_t *fields = start_fields_new(&s_offer);
    assert_int_equal(start_head_text(fields, slice_from(head), false, NULL), STATUS_OK);
    return fields;
}

#define ASSERT_TEXT(slice, text)                                                                   \
    do {                                                                                           \
        char *copy_ = slice_copy(slice);                                                           \
        assert_string_equal(copy_, text);                                                          \
        free(copy_);                                                                               \
    } while (0)

static void
defaults_hold_where_nothing_or_null_is_said(void **state)
{
    (void) state;
    static const char *const heads[] = {
        "{}", "{\"config\":null,\"column_mapping\":null,\"job_id\":null}",
        "{\"config\":{\"api_key\":null,\"model_name\":null,\"num_pages\":null,\"num_tags\":null,"
        "\"exclusion_words\":null,\"language\":null,\"priority\":null,\"max_attempts\":null,"
        "\"callback_url\":null},\"column_mapping\":{\"x\":null}}"};
    for (size_t i = 0; i < 3; i++) {
        start_fields_t *fields = s_fields(heads[i]);
        assert_int_equal(fields->errors.count, 0);
        ASSERT_TEXT(buffer_slice(&fields->model_name), "offline");
        assert_int_equal(fields->page_limit, 3);
        assert_int_equal(fields->tag_limit, 8);
        assert_int_equal(fields->max_attempts, 4);
        assert_int_equal(fields->priority, 0);
        assert_int_equal(fields->language.size + fields->callback_url.size +
                             fields->exclusions.size + fields->job_id.size,
                         0);
        start_fields_destroy(&fields);
    }
}

static void
every_setting_is_checked(void **state)
{
    (void) state;
    static const struct {
        const char *head, *pointer; /* NULL: it is good */
    } rows[] = {
        {"{\"config\":{\"num_pages\":1}}", NULL},
        {"{\"config\":{\"num_pages\":10}}", NULL},
        {"{\"config\":{\"num_pages\":0}}", "/config/num_pages"},
        {"{\"config\":{\"num_pages\":11}}", "/config/num_pages"},
        {"{\"config\":{\"num_pages\":2.5}}", "/config/num_pages"},
        {"{\"config\":{\"num_pages\":\"3\"}}", "/config/num_pages"},
        {"{\"config\":{\"num_pages\":true}}", "/config/num_pages"},
        {"{\"config\":{\"num_pages\":1e400}}", "/config/num_pages"},
        {"{\"config\":{\"num_tags\":3}}", NULL},
        {"{\"config\":{\"num_tags\":15}}", NULL},
        {"{\"config\":{\"num_tags\":2}}", "/config/num_tags"},
        {"{\"config\":{\"num_tags\":16}}", "/config/num_tags"},
        {"{\"config\":{\"priority\":-10}}", NULL},
        {"{\"config\":{\"priority\":-11}}", "/config/priority"},
        {"{\"config\":{\"priority\":11}}", "/config/priority"},
        {"{\"config\":{\"max_attempts\":10}}", NULL},
        {"{\"config\":{\"max_attempts\":0}}", "/config/max_attempts"},
        {"{\"config\":{\"language\":\"en\"}}", NULL},
        {"{\"config\":{\"language\":\"EN\"}}", "/config/language"},
        {"{\"config\":{\"language\":\"eng\"}}", "/config/language"},
        {"{\"config\":{\"language\":1}}", "/config/language"},
        {"{\"config\":{\"callback_url\":\"https://x.org/y?z\"}}", NULL},
        {"{\"config\":{\"callback_url\":\"http://h\"}}", NULL},
        {"{\"config\":{\"callback_url\":\"http://\"}}", "/config/callback_url"},
        {"{\"config\":{\"callback_url\":\"http:///x\"}}", "/config/callback_url"},
        {"{\"config\":{\"callback_url\":\"file:///x\"}}", "/config/callback_url"},
        {"{\"config\":{\"callback_url\":\"http://a b\"}}", "/config/callback_url"},
        {"{\"config\":{\"callback_url\":\"http://a\\r\\nb\"}}", "/config/callback_url"},
        {"{\"config\":{\"api_key\":\"secret\"}}", NULL},
        {"{\"config\":{\"api_key\":1}}", "/config/api_key"},
        {"{\"config\":{\"api_key\":\"\"}}", "/config/api_key"},
        {"{\"config\":{\"api_key\":\"a b\"}}", "/config/api_key"},
        {"{\"config\":{\"api_key\":\"a\\r\\nX: y\"}}", "/config/api_key"},
        {"{\"config\":{\"fallback\":\"offline\"}}", NULL},
        {"{\"config\":{\"fallback\":\"none\"}}", NULL},
        {"{\"config\":{\"fallback\":true}}", "/config/fallback"},
        {"{\"config\":{\"fallback\":\"noop\"}}", "/config/fallback"},
        {"{\"config\":{\"model_name\":\"offline\"}}", NULL},
        {"{\"config\":{\"model_name\":\"noop\"}}", "/config/model_name"},
        {"{\"config\":{\"model_name\":\"vendor/model\"}}", "/config/model_name"},
        {"{\"config\":{\"model_name\":\"\"}}", "/config/model_name"},
        {"{\"config\":{\"model_name\":5}}", "/config/model_name"},
        {"{\"config\":{\"exclusion_words\":[]}}", NULL},
        {"{\"config\":{\"exclusion_words\":\"a\"}}", "/config/exclusion_words"},
        {"{\"config\":{\"exclusion_words\":[\"a\",1]}}", "/config/exclusion_words/1"},
        {"{\"config\":{\"exclusion_words\":[\"a\\nb\"]}}", "/config/exclusion_words/0"},
        {"{\"config\":{\"Num_tags\":5}}", "/config/Num_tags"},
        {"{\"config\":{\"a/b~\":5}}", "/config/a~1b~0"},
        {"{\"config\":{\"unknown\":null}}", "/config/unknown"},
        {"{\"config\":[]}", "/config"},
        {"{\"job_id\":\"ok-1\"}", NULL},
        {"{\"job_id\":\"\"}", "/job_id"},
        {"{\"job_id\":\"a/b\"}", "/job_id"},
        {"{\"job_id\":7}", "/job_id"},
        {"{\"column_mapping\":{\"a\":\"title\",\"b\":\"file_path\"}}", NULL},
        {"{\"column_mapping\":{\"a\":\"title\",\"b\":\"title\"}}", "/column_mapping/b"},
        {"{\"column_mapping\":{\"a\":\"Title\"}}", "/column_mapping/a"},
        {"{\"column_mapping\":{\"a\":1}}", "/column_mapping/a"},
        {"{\"column_mapping\":[]}", "/column_mapping"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        char wanted[64];
        start_fields_t *fields = s_fields(rows[i].head);
        snprintf(wanted, sizeof wanted, "{\"pointer\":\"%s\",",
                 rows[i].pointer ? rows[i].pointer : "");
        if (fields->errors.count != (rows[i].pointer != NULL) ||
            (rows[i].pointer && strstr(fields->errors.items.data, wanted) == NULL))
            fail_msg("%s: %s", rows[i].head,
                     fields->errors.items.data ? fields->errors.items.data : "no fault");
        start_fields_destroy(&fields);
    }
}

/* ---- models ---- */

static config_t *
s_providers(void)
{
    static const char *const settings[] = {
        "providers/keyed/base_url=http://127.0.0.1:1/v1", "providers/keyed/models=big",
        "providers/free/base_url=http://127.0.0.1:2/v1",  "providers/free/needs_key=false",
        "providers/ours/base_url=http://127.0.0.1:3/v1",  "providers/ours/key=of-the-server"};
    config_t *config = config_new();
    for (size_t i = 0; i < sizeof settings / sizeof settings[0]; i++)
        assert_int_equal(config_set(config, settings[i], NULL), STATUS_OK);
    assert_int_equal(config_finish(config, NULL), STATUS_OK);
    return config;
}

static void
a_model_must_be_served_and_have_a_key_where_it_needs_one(void **state)
{
    static const struct {
        const char *config, *pointer, *hint;
    } rows[] = {
        {"{\"model_name\":\"free/any\"}", NULL, NULL},
        {"{\"model_name\":\"ours/any\"}", NULL, NULL},
        {"{\"model_name\":\"big\",\"api_key\":\"k\"}", NULL, NULL},
        {"{\"api_key\":\"k\",\"model_name\":\"vendor/model\"}", NULL, NULL},
        {"{\"model_name\":\"big\"}", "/config/api_key", "keyed needs a key"},
        {"{\"model_name\":\"vendor/model\"}", "/config/api_key", "openrouter needs a key"},
        {"{\"model_name\":\"keyed/small\"}", "/config/model_name", "keyed, free, ours"},
        {"{\"model_name\":\"gpt\"}", "/config/model_name", "nobody serves"},
    };
    (void) state;
    config_t *config = s_providers();
    start_offer_t offer = {.default_model = "offline", .config = config};
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        char head[160], wanted[64];
        snprintf(head, sizeof head, "{\"config\":%s}", rows[i].config);
        snprintf(wanted, sizeof wanted, "{\"pointer\":\"%s\",", rows[i].pointer);
        start_fields_t *fields = start_fields_new(&offer);
        assert_int_equal(start_head_text(fields, slice_from(head), false, NULL), STATUS_OK);
        const char *errors = fields->errors.count ? fields->errors.items.data : "";
        if (fields->errors.count != (rows[i].pointer != NULL) ||
            (rows[i].pointer && (!strstr(errors, wanted) || !strstr(errors, rows[i].hint))))
            fail_msg("%s: %s", head, errors);
        start_fields_destroy(&fields);
    }
    config_destroy(&config);
}

static void
a_key_is_kept_only_for_what_needs_one(void **state)
{
    (void) state;
    config_t *config = s_providers();
    start_offer_t offer = {
        .default_model = "big", .allow_noop = true, .may_fall_back = true, .config = config};
    start_fields_t *fields = start_fields_new(&offer);
    assert_true(start_head_key(fields, SLICE("of-the-header")));
    assert_false(start_head_key(fields, SLICE("of the header")));
    assert_true(start_head_key(fields, SLICE("of-the-header")));
    assert_int_equal(start_head_text(fields, SLICE("{}"), false, NULL), STATUS_OK);
    assert_int_equal(fields->errors.count, 0); /* the default model has its key */
    ASSERT_TEXT(buffer_slice(&fields->api_key), "of-the-header");
    assert_true(fields->may_fall_back);
    assert_int_equal(start_head_text(fields,
                                     SLICE("{\"config\":{\"api_key\":\"of-the-body\","
                                           "\"fallback\":\"none\"}}"),
                                     false, NULL),
                     STATUS_OK);
    ASSERT_TEXT(buffer_slice(&fields->api_key), "of-the-body");
    assert_false(fields->may_fall_back);
    assert_int_equal(
        start_head_text(fields, SLICE("{\"config\":{\"model_name\":\"offline\"}}"), false, NULL),
        STATUS_OK);
    assert_int_equal(fields->api_key.size, 0);
    start_fields_destroy(&fields);
    config_destroy(&config);
}

static void
a_strict_head_has_no_other_members(void **state)
{
    (void) state;
    start_fields_t *fields = start_fields_new(&s_offer);
    assert_int_equal(start_head_text(fields, SLICE("{\"file_path\":\"x\"}"), true, NULL),
                     STATUS_OK);
    assert_int_equal(fields->errors.count, 1);
    start_fields_destroy(&fields);
}

static void
an_explicit_mapping_beats_a_column_of_the_same_name(void **state)
{
    (void) state;
    record_document_t document;
    start_fields_t *fields = s_fields("{\"column_mapping\":{\"headline\":\"title\"}}");
    assert_true(start_fields_object(
        fields, 4, SLICE("{\"title\":\"theirs\",\"headline\":\"ours\",\"file_path\":\"x\"}"),
        &document));
    ASSERT_TEXT(document.title, "ours");
    ASSERT_TEXT(document.columns, "{\"title\":\"theirs\"}");
    assert_int_equal(document.row, 4);
    start_fields_destroy(&fields);
}

static void
further_columns_are_carried_as_they_were_written(void **state)
{
    (void) state;
    record_document_t document;
    buffer_t columns = {0};
    start_fields_t *fields = s_fields("{}");
    assert_true(start_fields_object(fields, 0,
                                    SLICE("{\"file_path\":\"x\",\"n\":9007199254740993,\"e\":1E2,"
                                          "\"t\":\"\\u00e9\",\"z\":null,\"o\":{\"a\":[ 1 ]}}"),
                                    &document));
    ASSERT_TEXT(document.columns, "{\"n\":9007199254740993,\"e\":1E2,\"t\":\"\\u00e9\","
                                  "\"z\":null,\"o\":{\"a\":[ 1 ]}}");
    assert_true(
        start_fields_object(fields, 1, SLICE("{\"q\":1,\"file_path\":\"y\",\"n\":2}"), &document));
    start_fields_columns(fields, &columns);
    assert_string_equal(columns.data, "[\"file_path\",\"n\",\"e\",\"t\",\"z\",\"o\",\"q\"]");
    buffer_free(&columns);
    start_fields_destroy(&fields);
}

static void
a_title_is_the_files_name_where_none_is_given(void **state)
{
    (void) state;
    static const struct {
        const char *json, *title;
    } rows[] = {
        {"{\"file_path\":\"https://e.org/d/a%20b.pdf?x=/y#z\"}", "a b.pdf"},
        {"{\"file_path\":\"https://e.org/d/\"}", "d"},
        {"{\"file_path\":\"https://e.org/%ff.pdf\"}", "%ff.pdf"},
        {"{\"file_path\":\"plain.txt\",\"title\":\"\"}", "plain.txt"},
        {"{\"file_path\":\"x/y#1.txt\",\"file_source_type\":\"local\",\"title\":\"  \"}",
         "y#1.txt"},
        {"{\"file_path\":\"s3://b/k/z%20.txt\",\"file_source_type\":\"s3\"}", "z%20.txt"},
        {"{\"file_path\":\"/\"}", "/"},
        {"{\"file_path\":\"x\",\"title\":\"given\"}", "given"},
        {"{\"file_path\":\"x\",\"title\":2024}", "2024"},
    };
    start_fields_t *fields = s_fields("{}");
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        record_document_t document;
        assert_true(start_fields_object(fields, 0, slice_from(rows[i].json), &document));
        ASSERT_TEXT(document.title, rows[i].title);
    }
    start_fields_destroy(&fields);
}

static void
documents_with_faults_are_pointed_at(void **state)
{
    (void) state;
    static const struct {
        const char *json, *pointer;
    } rows[] = {{"{}", "/documents/3/url"},
                {"{\"url\":\"\"}", "/documents/3/url"},
                {"{\"url\":\"  \"}", "/documents/3/url"},
                {"{\"url\":null}", "/documents/3/url"},
                {"{\"url\":7}", "/documents/3/url"},
                {"{\"url\":\"noop:\"}", "/documents/3/url"},
                {"{\"url\":\"x\",\"title\":[]}", "/documents/3/title"},
                {"{\"url\":\"x\",\"file_source_type\":\"URL\"}", "/documents/3/file_source_type"},
                {"{\"url\":\"x\",\"file_source_type\":1}", "/documents/3/file_source_type"},
                {"[]", "/documents/3"},
                {"null", "/documents/3"},
                {"\"x\"", "/documents/3"}};
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        char wanted[80];
        record_document_t document;
        start_fields_t *fields = s_fields("{\"column_mapping\":{\"url\":\"file_path\"}}");
        assert_false(start_fields_object(fields, 3, slice_from(rows[i].json), &document));
        snprintf(wanted, sizeof wanted, "{\"pointer\":\"%s\",", rows[i].pointer);
        if (fields->errors.count != 1 || strstr(fields->errors.items.data, wanted) == NULL)
            fail_msg("%s: %s", rows[i].json, fields->errors.items.data);
        start_fields_destroy(&fields);
    }
}

static void
texts_over_their_bounds_are_refused(void **state)
{
    (void) state;
    static const struct {
        const char *name;
        int most;
    } rows[] = {{"file_path", URL_MAX},
                {"title", TITLE_MAX},
                {"description", DESCRIPTION_MAX},
                {"publishing_date", 256},
                {"file_size", 64}};
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        for (int more = 0; more < 2; more++) {
            buffer_t json = {0};
            record_document_t document;
            start_fields_t *fields = s_fields("{}");
            buffer_printf(&json, "{\"%s\":\"%0*d\"%s}", rows[i].name, rows[i].most + more, 0,
                          i ? ",\"file_path\":\"x\"" : "");
            assert_int_equal(start_fields_object(fields, 0, buffer_slice(&json), &document), !more);
            buffer_free(&json);
            start_fields_destroy(&fields);
        }
    }
}

static void
columns_are_bounded_in_number_and_size(void **state)
{
    (void) state;
    record_document_t document;
    buffer_t json = {0};
    start_fields_t *fields = s_fields("{}");
    buffer_printf(&json, "{\"file_path\":\"x\",\"big\":\"%066000d\"}", 0);
    assert_false(start_fields_object(fields, 0, buffer_slice(&json), &document));
    buffer_clear(&json);
    buffer_append_text(&json, "{\"file_path\":\"x\"");
    for (int i = 0; i < START_COLUMNS_MAX; i++)
        buffer_printf(&json, ",\"c%d\":1", i);
    buffer_append_byte(&json, '}');
    assert_false(start_fields_object(fields, 1, buffer_slice(&json), &document));
    bool good = true;
    for (uint32_t row = 2; row < 300 && good; row++) {
        buffer_clear(&json);
        buffer_printf(&json, "{\"file_path\":\"x\",\"d%u\":1}", row);
        good = start_fields_object(fields, row, buffer_slice(&json), &document);
    }
    assert_false(good);
    buffer_free(&json);
    start_fields_destroy(&fields);
}

static void
a_query_is_a_head(void **state)
{
    (void) state;
    start_fields_t *fields = start_fields_new(&s_offer);
    assert_int_equal(start_head_query(fields,
                                      SLICE("num_pages=2&language=fr&exclusion_words=x+y&"
                                            "exclusion_words=z&map=a:b:title&job_id=q&priority=-3"),
                                      NULL),
                     STATUS_OK);
    assert_int_equal(fields->errors.count, 0);
    assert_int_equal(fields->page_limit, 2);
    assert_int_equal(fields->priority, -3);
    ASSERT_TEXT(buffer_slice(&fields->exclusions), "x y\nz");
    assert_string_equal(fields->mapping.columns[FIELD_TITLE], "a:b");
    start_fields_destroy(&fields);
    static const char *const bad[] = {
        "num_pages=x",   "num_pages=1.0",           "num_pages=", "nonsense=1",  "map=title",
        "map=a:nofield", "map=a:title&map=b:title", "job_id=a+b", "language=xxx"};
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        fields = start_fields_new(&s_offer);
        assert_int_equal(start_head_query(fields, slice_from(bad[i]), NULL), STATUS_OK);
        if (fields->errors.count != 1)
            fail_msg("%s has %zu faults", bad[i], fields->errors.count);
        start_fields_destroy(&fields);
    }
    static const char *const refused[] = {"api_key=x", "num_tags=5&num_tags=5", "a=%zz"};
    for (size_t i = 0; i < sizeof refused / sizeof refused[0]; i++) {
        fields = start_fields_new(&s_offer);
        assert_int_equal(start_head_query(fields, slice_from(refused[i]), NULL),
                         STATUS_BAD_REQUEST);
        start_fields_destroy(&fields);
    }
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(defaults_hold_where_nothing_or_null_is_said),
        cmocka_unit_test(every_setting_is_checked),
        cmocka_unit_test(a_model_must_be_served_and_have_a_key_where_it_needs_one),
        cmocka_unit_test(a_key_is_kept_only_for_what_needs_one),
        cmocka_unit_test(a_strict_head_has_no_other_members),
        cmocka_unit_test(an_explicit_mapping_beats_a_column_of_the_same_name),
        cmocka_unit_test(further_columns_are_carried_as_they_were_written),
        cmocka_unit_test(a_title_is_the_files_name_where_none_is_given),
        cmocka_unit_test(documents_with_faults_are_pointed_at),
        cmocka_unit_test(texts_over_their_bounds_are_refused),
        cmocka_unit_test(columns_are_bounded_in_number_and_size),
        cmocka_unit_test(a_query_is_a_head),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
