#include "gateway/start_head.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "config/provider.h"
#include "gateway/json_scan.h"
#include "gateway/json_view.h"
#include "gateway/query.h"
#include "gateway/routes.h"

enum {
    PAGES_DEFAULT = 3,
    TAGS_DEFAULT = 8,
    ATTEMPTS_DEFAULT = 4,
    POINTER_SIZE = 64,
    HOST_AT_HTTP = 7,
    HOST_AT_HTTPS = 8
};

static bool
s_is_present(const cJSON *item)
{
    return item != NULL && !cJSON_IsNull(item);
}

static slice_t
s_text(const cJSON *item)
{
    return cJSON_IsString(item) ? slice_from(item->valuestring) : (slice_t){0};
}

/* ---- config, a key each ---- */

static int
s_number(start_fields_t *fields, const cJSON *item, int low, int high, int value)
{
    if (cJSON_IsNumber(item) && item->valuedouble >= low && item->valuedouble <= high &&
        floor(item->valuedouble) == item->valuedouble)
        return (int) item->valuedouble;
    char pointer[POINTER_SIZE];
    snprintf(pointer, sizeof pointer, "/config/%s", item->string);
    error_list_add(&fields->errors, pointer, "must be a whole number from %d to %d", low, high);
    return value;
}

static void
s_take_pages(start_fields_t *fields, const cJSON *item)
{
    fields->page_limit = (uint8_t) s_number(fields, item, 1, 10, PAGES_DEFAULT);
}

static void
s_take_tags(start_fields_t *fields, const cJSON *item)
{
    fields->tag_limit = (uint8_t) s_number(fields, item, 3, 15, TAGS_DEFAULT);
}

static void
s_take_attempts(start_fields_t *fields, const cJSON *item)
{
    fields->max_attempts = (uint8_t) s_number(fields, item, 1, 10, ATTEMPTS_DEFAULT);
}

static void
s_take_priority(start_fields_t *fields, const cJSON *item)
{
    fields->priority = s_number(fields, item, -10, 10, 0);
}

/* cJSON's copy of a key is wiped where it stands. */
static void
s_take_api_key(start_fields_t *fields, const cJSON *item)
{
    slice_t key = s_text(item);
    bool good = start_head_key(fields, key);
    if (key.size)
        explicit_bzero(item->valuestring, key.size);
    if (!good)
        error_list_add(&fields->errors, "/config/api_key",
                       "must be a text of 1 to %d visible ASCII characters", PROVIDER_KEY_MAX);
}

static void
s_take_fallback(start_fields_t *fields, const cJSON *item)
{
    slice_t word = s_text(item);
    fields->may_fall_back = slice_is(word, "offline");
    if (!fields->may_fall_back && !slice_is(word, "none"))
        error_list_add(&fields->errors, "/config/fallback", "must be offline or none");
}

static void
s_take_model(start_fields_t *fields, const cJSON *item)
{
    slice_t name = s_text(item);
    buffer_clear(&fields->model_name);
    buffer_append_slice(&fields->model_name, name);
    if (!cJSON_IsString(item) || name.size == 0)
        error_list_add(&fields->errors, "/config/model_name", "must be a text");
}

static void
s_take_language(start_fields_t *fields, const cJSON *item)
{
    slice_t code = s_text(item);
    bool good = code.size == 2 && code.data[0] >= 'a' && code.data[0] <= 'z' &&
                code.data[1] >= 'a' && code.data[1] <= 'z';
    buffer_append_slice(&fields->language, good ? code : (slice_t){0});
    if (!good)
        error_list_add(&fields->errors, "/config/language",
                       "must be two letters of ISO 639-1, such as en");
}

static bool
s_is_web_address(slice_t url)
{
    bool http = url.size > HOST_AT_HTTP && memcmp(url.data, "http://", HOST_AT_HTTP) == 0;
    bool https = url.size > HOST_AT_HTTPS && memcmp(url.data, "https://", HOST_AT_HTTPS) == 0;
    size_t host = https ? HOST_AT_HTTPS : HOST_AT_HTTP;
    if ((!http && !https) || url.size > URL_MAX || strchr("/?#:@", url.data[host]))
        return false;
    for (size_t i = 0; i < url.size; i++)
        if ((unsigned char) url.data[i] <= ' ' || url.data[i] == 0x7f)
            return false;
    return true;
}

static void
s_take_callback(start_fields_t *fields, const cJSON *item)
{
    slice_t url = s_text(item);
    if (s_is_web_address(url))
        buffer_append_slice(&fields->callback_url, url);
    else
        error_list_add(&fields->errors, "/config/callback_url",
                       "must be an http or https URL of at most %d bytes", URL_MAX);
}

static void
s_take_exclusion(start_fields_t *fields, const cJSON *item, int index)
{
    char pointer[POINTER_SIZE];
    slice_t word = slice_trim(s_text(item));
    snprintf(pointer, sizeof pointer, "/config/exclusion_words/%d", index);
    if (!cJSON_IsString(item) || (word.size && memchr(word.data, '\n', word.size))) {
        error_list_add(&fields->errors, pointer, "must be a text of one line");
        return;
    }
    if (word.size == 0)
        return;
    if (fields->exclusions.size + word.size + 1 > EXCLUSIONS_MAX) {
        error_list_add(&fields->errors, pointer, "the words are longer than %d bytes in all",
                       EXCLUSIONS_MAX);
        return;
    }
    if (fields->exclusions.size)
        buffer_append_byte(&fields->exclusions, '\n');
    buffer_append_slice(&fields->exclusions, word);
}

static void
s_take_exclusions(start_fields_t *fields, const cJSON *list)
{
    if (!cJSON_IsArray(list)) {
        error_list_add(&fields->errors, "/config/exclusion_words", "must be an array of texts");
        return;
    }
    const cJSON *item = NULL;
    int index = 0;
    cJSON_ArrayForEach(item, list) s_take_exclusion(fields, item, index++);
}

static const struct {
    const char *name;
    void (*take)(start_fields_t *fields, const cJSON *item);
    bool is_number; /* in a query, where all values are text */
} s_keys[] = {
    {"api_key", s_take_api_key, false},
    {"model_name", s_take_model, false},
    {"num_pages", s_take_pages, true},
    {"num_tags", s_take_tags, true},
    {"exclusion_words", s_take_exclusions, false},
    {"language", s_take_language, false},
    {"priority", s_take_priority, true},
    {"max_attempts", s_take_attempts, true},
    {"callback_url", s_take_callback, false},
    {"fallback", s_take_fallback, false},
};
enum { KEY_COUNT = sizeof s_keys / sizeof s_keys[0] };

static void
s_set_defaults(start_fields_t *fields)
{
    buffer_clear(&fields->model_name);
    buffer_append_text(&fields->model_name, fields->offer.default_model);
    fields->may_fall_back = fields->offer.may_fall_back;
    fields->page_limit = PAGES_DEFAULT;
    fields->tag_limit = TAGS_DEFAULT;
    fields->max_attempts = ATTEMPTS_DEFAULT;
}

/* A name that is no tagger's must be a model's, and there must be a key where one is needed. */
static void
s_check_served(start_fields_t *fields, slice_t name)
{
    model_choice_t choice = {0};
    fault_t fault = {0};
    status_t status = STATUS_OK;
    if (fields->offer.config == NULL || name.size > MODEL_NAME_MAX)
        status = fault_set(&fault, STATUS_BAD_REQUEST, "no tagger or model is called that");
    else
        status = config_find_model(fields->offer.config, name, &choice, &fault);
    if (status != STATUS_OK)
        error_list_add(&fields->errors, "/config/model_name", "%s", fault.detail);
    else if (choice.provider && choice.provider->needs_key && *choice.provider->key == '\0' &&
             fields->api_key.size == 0)
        error_list_add(&fields->errors, "/config/api_key",
                       "%s needs a key, and the server has none for it: give one here, or in the "
                       "header X-Api-Key",
                       choice.provider->name);
}

static void
s_check_model(start_fields_t *fields)
{
    slice_t name = buffer_slice(&fields->model_name);
    fields->is_noop = slice_is(name, "noop") && fields->offer.allow_noop;
    if (fields->is_noop || slice_is(name, "offline"))
        buffer_wipe(&fields->api_key); /* nothing needs it, so nothing keeps it */
    else if (name.size)
        s_check_served(fields, name);
}

bool
start_head_key(start_fields_t *fields, slice_t key)
{
    buffer_wipe(&fields->api_key);
    if (!provider_key_is_valid(key))
        return false;
    buffer_append_slice(&fields->api_key, key);
    return true;
}

static void
s_take_key(start_fields_t *fields, const cJSON *item)
{
    for (size_t i = 0; i < KEY_COUNT; i++) {
        if (strcmp(item->string, s_keys[i].name) != 0)
            continue;
        if (s_is_present(item))
            s_keys[i].take(fields, item);
        return;
    }
    buffer_t pointer = {0};
    buffer_append_text(&pointer, "/config");
    pointer_append(&pointer, slice_from(item->string));
    error_list_add(&fields->errors, pointer.data, "unknown key %.100s", item->string);
    buffer_free(&pointer);
}

static void
s_take_config(start_fields_t *fields, const cJSON *config)
{
    s_set_defaults(fields);
    if (s_is_present(config) && !cJSON_IsObject(config))
        error_list_add(&fields->errors, "/config", "must be an object");
    if (cJSON_IsObject(config)) {
        const cJSON *item = NULL;
        cJSON_ArrayForEach(item, config) s_take_key(fields, item);
    }
    s_check_model(fields);
}

/* ---- column_mapping and job_id ---- */

static void
s_take_mapped(start_fields_t *fields, const cJSON *item)
{
    if (!s_is_present(item))
        return;
    fault_t fault = {0};
    slice_t column = slice_from(item->string);
    document_field_t field = document_field_parse(s_text(item));
    status_t status = STATUS_OK;
    if (field == FIELD_NONE)
        status = fault_set(&fault, STATUS_BAD_REQUEST,
                           "must be file_path, title, file_source_type, description, "
                           "publishing_date or file_size");
    else
        status = column_mapping_add(&fields->mapping, column, field, &fault);
    if (status == STATUS_OK)
        return;
    buffer_t pointer = {0};
    buffer_append_text(&pointer, "/column_mapping");
    pointer_append(&pointer, column);
    error_list_add(&fields->errors, pointer.data, "%s", fault.detail);
    buffer_free(&pointer);
}

static void
s_take_mapping(start_fields_t *fields, const cJSON *mapping)
{
    if (!s_is_present(mapping))
        return;
    if (!cJSON_IsObject(mapping)) {
        error_list_add(&fields->errors, "/column_mapping", "must be an object");
        return;
    }
    const cJSON *item = NULL;
    cJSON_ArrayForEach(item, mapping) s_take_mapped(fields, item);
}

static void
s_take_job_id(start_fields_t *fields, const cJSON *job_id)
{
    if (!s_is_present(job_id))
        return;
    if (job_id_is_valid(s_text(job_id)))
        buffer_append_slice(&fields->job_id, s_text(job_id));
    else
        error_list_add(&fields->errors, "/job_id", "must be 1 to 128 of A-Z a-z 0-9 . _ : -");
}

static void
s_refuse_others(start_fields_t *fields, const cJSON *head)
{
    const cJSON *item = NULL;
    cJSON_ArrayForEach(item, head)
    {
        if (strcmp(item->string, "config") == 0 || strcmp(item->string, "column_mapping") == 0 ||
            strcmp(item->string, "job_id") == 0)
            continue;
        buffer_t pointer = {0};
        pointer_append(&pointer, slice_from(item->string));
        error_list_add(&fields->errors, pointer.data,
                       "the first line holds config, column_mapping and job_id only");
        buffer_free(&pointer);
    }
}

void
start_head_take(start_fields_t *fields, const cJSON *head, bool strict)
{
    s_take_config(fields, cJSON_GetObjectItemCaseSensitive(head, "config"));
    s_take_mapping(fields, cJSON_GetObjectItemCaseSensitive(head, "column_mapping"));
    s_take_job_id(fields, cJSON_GetObjectItemCaseSensitive(head, "job_id"));
    if (strict)
        s_refuse_others(fields, head);
}

status_t
start_head_text(start_fields_t *fields, slice_t text, bool strict, fault_t *fault)
{
    status_t status = json_scan_text(text, fault);
    if (status != STATUS_OK)
        return status;
    cJSON *head = cJSON_ParseWithLength(text.data, text.size);
    if (cJSON_IsObject(head))
        start_head_take(fields, head, strict);
    else
        status = fault_set(fault, STATUS_BAD_REQUEST, "the head of a start must be an object");
    cJSON_Delete(head);
    return status;
}

/* ---- a query as head ---- */

static void
s_add_text(cJSON *object, const char *name, slice_t value)
{
    char *text = slice_copy(value);
    cJSON_AddStringToObject(object, name, text);
    free(text);
}

static void
s_add_exclusion(cJSON *config, slice_t word)
{
    cJSON *list = cJSON_GetObjectItemCaseSensitive(config, "exclusion_words");
    if (list == NULL)
        list = cJSON_AddArrayToObject(config, "exclusion_words");
    char *text = slice_copy(word);
    cJSON_AddItemToArray(list, cJSON_CreateString(text));
    free(text);
}

/* map=COLUMN:FIELD; a column's name may hold colons, a field's does not. */
static void
s_add_mapped(cJSON *mapping, slice_t pair)
{
    size_t colon = pair.size;
    while (colon > 0 && pair.data[colon - 1] != ':')
        colon--;
    slice_t column = {pair.data, colon ? colon - 1 : pair.size};
    slice_t field = {pair.data + colon, colon ? pair.size - colon : 0};
    char *name = slice_copy(column);
    s_add_text(mapping, name, field);
    free(name);
}

static bool
s_is_number_key(slice_t name)
{
    for (size_t i = 0; i < KEY_COUNT; i++)
        if (slice_is(name, s_keys[i].name))
            return s_keys[i].is_number;
    return false;
}

static status_t
s_add_parameter(cJSON *head, slice_t name, slice_t value, fault_t *fault)
{
    cJSON *config = cJSON_GetObjectItemCaseSensitive(head, "config");
    cJSON *mapping = cJSON_GetObjectItemCaseSensitive(head, "column_mapping");
    int64_t number = 0;
    bool is_job_id = slice_is(name, "job_id");
    if (slice_is(name, "map")) {
        s_add_mapped(mapping, value);
        return STATUS_OK;
    }
    if (slice_is(name, "exclusion_words")) {
        s_add_exclusion(config, value);
        return STATUS_OK;
    }
    if (slice_is(name, "api_key"))
        return fault_set(fault, STATUS_BAD_REQUEST,
                         "api_key does not belong into a URL: send it in the header X-Api-Key");
    char *key = slice_copy(name);
    cJSON *parent = is_job_id ? head : config;
    bool twice = cJSON_HasObjectItem(parent, key);
    if (!twice && s_is_number_key(name) && json_view_integer(value, &number))
        cJSON_AddNumberToObject(parent, key, (double) number);
    else if (!twice)
        s_add_text(parent, key, value);
    free(key);
    return twice ? fault_set(fault, STATUS_BAD_REQUEST, "the query has %.*s twice", SLICE_ARG(name))
                 : STATUS_OK;
}

status_t
start_head_query(start_fields_t *fields, slice_t query, fault_t *fault)
{
    cJSON *head = cJSON_CreateObject();
    cJSON_AddObjectToObject(head, "config");
    cJSON_AddObjectToObject(head, "column_mapping");
    buffer_t name = {0}, value = {0};
    bool bad = false;
    status_t status = STATUS_OK;
    while (status == STATUS_OK && query_next(&query, &name, &value, &bad))
        status = s_add_parameter(head, buffer_slice(&name), buffer_slice(&value), fault);
    if (bad)
        status = fault_set(fault, STATUS_BAD_REQUEST, "the query is malformed");
    if (status == STATUS_OK)
        start_head_take(fields, head, false);
    cJSON_Delete(head);
    buffer_free(&name);
    buffer_free(&value);
    return status;
}
