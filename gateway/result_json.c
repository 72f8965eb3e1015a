#include "base/vocabulary.h"
#include "gateway/json_view.h"
#include "gateway/result_text.h"
#include "messages/json_text.h"

/* The members that a result has of itself. */
static bool
s_is_ours(slice_t key)
{
    static const char *const ours[] = {
        "row_id",      "row_number",      "title",      "file_path",       "status",   "success",
        "tags",        "error",           "error_type", "attempts",        "metadata", "model_name",
        "description", "publishing_date", "file_size",  "file_source_type"};
    for (size_t i = 0; i < sizeof ours / sizeof ours[0]; i++)
        if (json_view_is(key, ours[i]))
            return true;
    return false;
}

static void
s_append_columns(slice_t columns, buffer_t *out)
{
    slice_t inside, key, value;
    if (columns.size == 0 || !json_view_open(columns, &inside))
        return;
    while (json_view_member(&inside, &key, &value)) {
        buffer_append_byte(out, ',');
        if (s_is_ours(key)) {
            buffer_append_text(out, "\"input_");
            buffer_append(out, key.data + 1, key.size - 1);
        } else {
            buffer_append_slice(out, key);
        }
        buffer_append_byte(out, ':');
        buffer_append_slice(out, value);
    }
}

static void
s_append_given(buffer_t *out, const char *name, slice_t text)
{
    if (text.size == 0)
        return;
    buffer_append_text(out, name);
    json_text_append(out, text);
}

void
result_json(const record_result_t *result, buffer_t *out)
{
    bool success = result->error_type == ERROR_NONE;
    buffer_printf(out, "{\"row_id\":%u,\"row_number\":%llu,\"title\":", result->row,
                  (unsigned long long) result->row + 1);
    json_text_append(out, result->title);
    buffer_append_text(out, ",\"file_path\":");
    json_text_append(out, result->path);
    buffer_append_text(out, success ? ",\"status\":\"success\",\"success\":true,\"tags\":"
                                    : ",\"status\":\"failed\",\"success\":false,\"tags\":");
    json_text_append_json(out, result->tags, "[]");
    buffer_append_text(out, ",\"error\":");
    json_text_append_or_null(out, result->error);
    buffer_append_text(out, ",\"error_type\":");
    json_text_append_or_null(out, slice_from(error_type_word((error_type_t) result->error_type)));
    buffer_printf(out, ",\"attempts\":%u,\"model_name\":", result->attempts);
    json_text_append_or_null(out, result->model_name);
    buffer_append_text(out, ",\"metadata\":");
    json_text_append_json(out, result->metadata, "{}");
    if (result->source < SOURCE_TYPE_COUNT)
        s_append_given(out, ",\"file_source_type\":",
                       slice_from(source_type_word((source_type_t) result->source)));
    s_append_given(out, ",\"description\":", result->description);
    s_append_given(out, ",\"publishing_date\":", result->publishing_date);
    s_append_given(out, ",\"file_size\":", result->file_size);
    s_append_columns(result->columns, out);
    buffer_append_byte(out, '}');
}
