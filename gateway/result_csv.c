#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "base/vocabulary.h"
#include "gateway/json_view.h"
#include "gateway/result_text.h"

static const char *const s_ours[] = {"generated_tags", "tagging_status", "tagging_error"};

/* ---- columns ---- */

static void
s_take_mapping(column_mapping_t *mapping, slice_t json)
{
    slice_t inside, key, value;
    buffer_t column = {0}, word = {0};
    bool is_object = json_view_kind(json) == JSON_OBJECT && json_view_open(json, &inside);
    while (is_object && json_view_member(&inside, &key, &value)) {
        buffer_clear(&column);
        buffer_clear(&word);
        if (!json_view_string(key, &column) || !json_view_string(value, &word))
            continue;
        document_field_t field = document_field_parse(buffer_slice(&word));
        if (field != FIELD_NONE)
            column_mapping_add(mapping, buffer_slice(&column), field, NULL);
    }
    buffer_free(&column);
    buffer_free(&word);
}

void
result_columns_take(result_columns_t *self, slice_t columns, slice_t mapping_json)
{
    column_mapping_t mapping = {0};
    slice_t inside, item;
    buffer_t name = {0};
    s_take_mapping(&mapping, mapping_json);
    bool is_array = json_view_kind(columns) == JSON_ARRAY && json_view_open(columns, &inside);
    while (is_array && json_view_element(&inside, &item)) {
        buffer_clear(&name);
        if (!json_view_string(item, &name))
            continue;
        size_t count = self->count + 1;
        self->names = memory_resize(self->names, count * sizeof *self->names);
        self->fields = memory_resize(self->fields, count * sizeof *self->fields);
        self->names[self->count] = slice_copy(buffer_slice(&name));
        self->fields[self->count] = column_mapping_field(&mapping, buffer_slice(&name));
        self->count = count;
    }
    buffer_free(&name);
    column_mapping_free(&mapping);
}

void
result_columns_free(result_columns_t *self)
{
    for (size_t i = 0; i < self->count; i++)
        free(self->names[i]);
    free(self->names);
    free(self->fields);
    *self = (result_columns_t){0};
}

/* ---- cells ---- */

static void
s_append_cell(buffer_t *out, slice_t text)
{
    bool is_formula = text.size && strchr("=+-@\t\r", text.data[0]) && text.data[0] != '\0';
    bool is_quoted = false;
    for (size_t i = 0; i < text.size && !is_quoted; i++)
        is_quoted = text.data[i] != '\0' && strchr(",\"\r\n", text.data[i]);
    if (is_quoted)
        buffer_append_byte(out, '"');
    if (is_formula)
        buffer_append_byte(out, '\'');
    for (size_t i = 0; i < text.size; i++) {
        if (text.data[i] == '"')
            buffer_append_byte(out, '"');
        buffer_append_byte(out, text.data[i]);
    }
    if (is_quoted)
        buffer_append_byte(out, '"');
}

static slice_t
s_field(const record_result_t *result, document_field_t field)
{
    switch (field) {
    case FIELD_PATH: return result->path;
    case FIELD_TITLE: return result->title;
    case FIELD_SOURCE:
        return result->source < SOURCE_TYPE_COUNT
                   ? slice_from(source_type_word((source_type_t) result->source))
                   : (slice_t){0};
    case FIELD_DESCRIPTION: return result->description;
    case FIELD_PUBLISHING_DATE: return result->publishing_date;
    case FIELD_FILE_SIZE: return result->file_size;
    default: return (slice_t){0};
    }
}

/* The value of a column that was carried along: a text without its quotes, null as an empty cell,
 * anything else as its JSON. */
static void
s_append_carried(buffer_t *out, slice_t columns, const char *name, buffer_t *text)
{
    slice_t value;
    buffer_clear(text);
    if (columns.size == 0 || !json_view_find(columns, name, &value) ||
        json_view_kind(value) == JSON_NULL)
        return;
    if (!json_view_string(value, text))
        buffer_append_slice(text, value);
    s_append_cell(out, buffer_slice(text));
}

static void
s_append_tags(buffer_t *out, slice_t tags, buffer_t *text)
{
    slice_t inside, tag;
    buffer_clear(text);
    bool is_array = tags.size && json_view_open(tags, &inside);
    while (is_array && json_view_element(&inside, &tag)) {
        if (text->size)
            buffer_append_text(text, "; ");
        json_view_string(tag, text);
    }
    s_append_cell(out, buffer_slice(text));
}

/* ---- rows ---- */

void
result_csv_header(const result_columns_t *columns, buffer_t *out)
{
    for (size_t i = 0; i < columns->count; i++) {
        bool is_ours = false;
        for (size_t k = 0; k < sizeof s_ours / sizeof s_ours[0]; k++)
            is_ours |= strcmp(columns->names[i], s_ours[k]) == 0;
        buffer_t name = {0};
        buffer_append_text(&name, is_ours ? "input_" : "");
        buffer_append_text(&name, columns->names[i]);
        s_append_cell(out, buffer_slice(&name));
        buffer_append_byte(out, ',');
        buffer_free(&name);
    }
    buffer_append_text(out, "generated_tags,tagging_status,tagging_error\r\n");
}

void
result_csv_row(const result_columns_t *columns, const record_result_t *result, buffer_t *out)
{
    buffer_t text = {0};
    for (size_t i = 0; i < columns->count; i++) {
        if (columns->fields[i] == FIELD_NONE)
            s_append_carried(out, result->columns, columns->names[i], &text);
        else
            s_append_cell(out, s_field(result, columns->fields[i]));
        buffer_append_byte(out, ',');
    }
    s_append_tags(out, result->tags, &text);
    buffer_append_text(out, result->error_type == ERROR_NONE ? ",success," : ",failed,");
    s_append_cell(out, result->error);
    buffer_append_text(out, "\r\n");
    buffer_free(&text);
}
