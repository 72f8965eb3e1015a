#include "gateway/paths.h"

#include <cjson/cJSON.h>
#include <stdio.h>

#include "base/vocabulary.h"
#include "gateway/body.h"
#include "gateway/json_scan.h"
#include "gateway/media.h"
#include "messages/json_text.h"
#include "messages/message.h"

enum { PATHS_MAX = 1000, PATHS_BODY_MAX = 4 * 1024 * 1024, PATHS_TIMEOUT_MS = 65000 };

/* ---- question ---- */

static bool
s_take_type(const cJSON *type, source_type_t *out)
{
    *out = SOURCE_URL;
    if (type == NULL || cJSON_IsNull(type))
        return true;
    return cJSON_IsString(type) && source_type_parse(slice_from(type->valuestring), out);
}

static void
s_take_path(exchange_t *exchange, const cJSON *item, int index, buffer_t *paths)
{
    char pointer[64];
    const cJSON *path = cJSON_GetObjectItemCaseSensitive(item, "path");
    source_type_t source = SOURCE_URL;
    if (!cJSON_IsString(path) || path->valuestring[0] == '\0' ||
        slice_from(path->valuestring).size > URL_MAX) {
        snprintf(pointer, sizeof pointer, "/paths/%d/path", index);
        error_list_add(&exchange->errors, pointer, "must be a text of 1 to %d bytes", URL_MAX);
        return;
    }
    if (!s_take_type(cJSON_GetObjectItemCaseSensitive(item, "type"), &source)) {
        snprintf(pointer, sizeof pointer, "/paths/%d/type", index);
        error_list_add(&exchange->errors, pointer, "must be url, s3 or local");
        return;
    }
    record_path_t record = {.source = (uint8_t) source, .path = slice_from(path->valuestring)};
    record_path_append(&record, paths);
}

static status_t
s_take_paths(exchange_t *exchange, const cJSON *root, buffer_t *paths, fault_t *fault)
{
    const cJSON *list = cJSON_GetObjectItemCaseSensitive(root, "paths");
    int count = cJSON_IsArray(list) ? cJSON_GetArraySize(list) : 0;
    if (count < 1 || count > PATHS_MAX) {
        error_list_add(&exchange->errors, "/paths", "must be an array of 1 to %d", PATHS_MAX);
        return fault_set(fault, STATUS_BAD_REQUEST, "paths must be an array of 1 to %d objects",
                         PATHS_MAX);
    }
    const cJSON *item = NULL;
    int index = 0;
    cJSON_ArrayForEach(item, list) s_take_path(exchange, item, index++, paths);
    if (exchange->errors.count)
        return fault_set(fault, STATUS_BAD_REQUEST, "the body has faults: see errors");
    if (paths->size > BATCH_BYTES_MAX)
        return fault_set(fault, STATUS_TOO_LARGE, "the paths are too long together; ask in parts");
    return STATUS_OK;
}

static status_t
s_parse(exchange_t *exchange, slice_t body, buffer_t *paths, fault_t *fault)
{
    status_t status = json_scan_text(body, fault);
    if (status != STATUS_OK)
        return status;
    cJSON *root = cJSON_ParseWithLength(body.data, body.size);
    status = s_take_paths(exchange, root, paths, fault);
    cJSON_Delete(root);
    return status;
}

/* ---- answer ---- */

static void
s_text_or_null(buffer_t *out, slice_t text)
{
    if (text.size)
        json_text_append(out, text);
    else
        buffer_append_text(out, "null");
}

static void
s_append_check(buffer_t *out, const record_path_check_t *check)
{
    buffer_append_text(out, "{\"path\":");
    json_text_append(out, check->path);
    buffer_append_text(out, check->error_type == ERROR_NONE ? ",\"valid\":true,\"error\":"
                                                            : ",\"valid\":false,\"error\":");
    s_text_or_null(out, check->error);
    buffer_append_text(out, ",\"content_type\":");
    s_text_or_null(out, check->content_type);
    if (check->size >= 0)
        buffer_printf(out, ",\"size\":%lld}", (long long) check->size);
    else
        buffer_append_text(out, ",\"size\":null}");
}

static status_t
s_answer(exchange_t *exchange, fault_t *fault)
{
    message_paths_checked_t checked;
    buffer_t *body = &exchange->session->body;
    int total = 0, valid = 0;
    if (message_paths_checked_decode(buffer_slice(&exchange->session->reply), &checked) !=
        STATUS_OK)
        return fault_set(fault, STATUS_MALFORMED, "the answer to paths is malformed");
    buffer_append_text(body, "{\"results\":[");
    for (; checked.checks.size; total++) {
        record_path_check_t check;
        if (record_path_check_take(&checked.checks, &check) != STATUS_OK)
            return fault_set(fault, STATUS_MALFORMED, "the answer to paths is malformed");
        buffer_append_text(body, total ? "," : "");
        s_append_check(body, &check);
        valid += check.error_type == ERROR_NONE;
    }
    buffer_printf(body, "],\"total\":%d,\"valid_count\":%d,\"invalid_count\":%d}", total, valid,
                  total - valid);
    exchange_answer(exchange, 200, "application/json");
    return STATUS_OK;
}

status_t
paths_validate(exchange_t *exchange, fault_t *fault)
{
    if (media_type(exchange_header(exchange, "Content-Type")) != MEDIA_JSON)
        return fault_set(fault, STATUS_UNSUPPORTED_MEDIA_TYPE, "the body must be application/json");
    buffer_t body = {0}, paths = {0};
    status_t status = body_read_all(exchange, PATHS_BODY_MAX, &body, fault);
    if (status == STATUS_OK)
        status = s_parse(exchange, buffer_slice(&body), &paths, fault);
    if (status == STATUS_OK) {
        message_check_paths_t ask = {.request = exchange_question(exchange),
                                     .paths = buffer_slice(&paths)};
        message_check_paths_encode(&ask, &exchange->session->question);
        status =
            exchange_ask(exchange, BUS_LIBRARIAN, MESSAGE_PATHS_CHECKED, PATHS_TIMEOUT_MS, fault);
    }
    buffer_free(&body);
    buffer_free(&paths);
    return status == STATUS_OK ? s_answer(exchange, fault) : status;
}
