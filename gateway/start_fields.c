#include "gateway/start_fields.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "base/path_title.h"
#include "base/text.h"
#include "base/vocabulary.h"
#include "gateway/json_view.h"
#include "messages/json_text.h"

enum { POINTER_SIZE = 160 };

start_fields_t *
start_fields_new(const start_offer_t *offer)
{
    start_fields_t *self = memory_new(sizeof *self);
    self->offer = *offer;
    self->columns_size = 2;
    return self;
}

void
start_fields_destroy(start_fields_t **self_p)
{
    start_fields_t *self = *self_p;
    if (self == NULL)
        return;
    buffer_t *const buffers[] = {&self->model_name, &self->language, &self->callback_url,
                                 &self->exclusions, &self->job_id,   &self->texts,
                                 &self->title,      &self->carried};
    for (size_t i = 0; i < sizeof buffers / sizeof buffers[0]; i++)
        buffer_free(buffers[i]);
    for (size_t i = 0; i < self->column_count; i++)
        free(self->columns[i]);
    buffer_wipe(&self->api_key);
    buffer_free(&self->api_key);
    column_mapping_free(&self->mapping);
    error_list_free(&self->errors);
    free(self);
    *self_p = NULL;
}

/* ---- columns ---- */

/* The place of a column, made known where it is new; -1: there are too many. */
static int
s_column(start_fields_t *self, slice_t name, size_t hint)
{
    if (hint < self->column_count && slice_is(name, self->columns[hint]))
        return (int) hint;
    for (size_t i = 0; i < self->column_count; i++)
        if (slice_is(name, self->columns[i]))
            return (int) i;
    /* As JSON a byte takes six at most, and two quotes and a comma stand around the name. */
    size_t size = name.size * 6 + 3;
    if (self->column_count == START_COLUMNS_MAX || self->columns_size + size > COLUMNS_MAX)
        return -1;
    self->columns_size += size;
    self->columns[self->column_count] = slice_copy(name);
    self->column_fields[self->column_count] = column_mapping_field(&self->mapping, name);
    return (int) self->column_count++;
}

void
start_fields_columns(const start_fields_t *self, buffer_t *out)
{
    buffer_append_byte(out, '[');
    for (size_t i = 0; i < self->column_count; i++) {
        buffer_append_text(out, i ? "," : "");
        json_text_append(out, slice_from(self->columns[i]));
    }
    buffer_append_byte(out, ']');
}

void
start_fields_mapping(const start_fields_t *self, buffer_t *out)
{
    bool first = true;
    buffer_append_byte(out, '{');
    for (int i = 0; i < FIELD_COUNT; i++) {
        if (self->mapping.columns[i] == NULL)
            continue;
        buffer_append_text(out, first ? "" : ",");
        json_text_append(out, slice_from(self->mapping.columns[i]));
        buffer_append_byte(out, ':');
        json_text_append(out, slice_from(document_field_word((document_field_t) i)));
        first = false;
    }
    buffer_append_byte(out, '}');
}

/* ---- a document ---- */

static void
s_row_error(start_fields_t *self, uint32_t row, const char *name, const char *detail)
{
    buffer_t pointer = {0};
    buffer_printf(&pointer, "/documents/%u", row);
    if (name)
        pointer_append(&pointer, slice_from(name));
    error_list_add(&self->errors, pointer.data, "%s", detail);
    buffer_free(&pointer);
}

static bool
s_field_error(start_fields_t *self, uint32_t row, const char *column, document_field_t field)
{
    char detail[80];
    snprintf(detail, sizeof detail, "%s must be a text of at most %zu bytes",
             document_field_word(field), document_field_most(field));
    s_row_error(self, row, column, detail);
    return false;
}

static bool
s_take_source(start_fields_t *self, uint32_t row, const char *column, slice_t word,
              record_document_t *document)
{
    source_type_t source = SOURCE_URL;
    word = slice_trim(word);
    if (word.size && !source_type_parse(word, &source)) {
        s_row_error(self, row, column, "file_source_type must be url, s3 or local");
        return false;
    }
    document->source = (uint8_t) source;
    return true;
}

static bool
s_take_field(start_fields_t *self, uint32_t row, const char *column, document_field_t field,
             const start_cell_t *cell, record_document_t *document)
{
    slice_t *const places[FIELD_COUNT] = {[FIELD_PATH] = &document->path,
                                          [FIELD_TITLE] = &document->title,
                                          [FIELD_DESCRIPTION] = &document->description,
                                          [FIELD_PUBLISHING_DATE] = &document->publishing_date,
                                          [FIELD_FILE_SIZE] = &document->file_size};
    bool is_path = field == FIELD_PATH || field == FIELD_SOURCE;
    if (!cell->is_text && (!cell->is_number || is_path))
        return s_field_error(self, row, column, field);
    slice_t text = is_path ? slice_trim(cell->text) : cell->text;
    if (field == FIELD_SOURCE)
        return s_take_source(self, row, column, text, document);
    if (text.size > document_field_most(field))
        return s_field_error(self, row, column, field);
    *places[field] = text;
    return true;
}

static void
s_carry(start_fields_t *self, const start_cell_t *cell)
{
    buffer_append_byte(&self->carried, self->carried.size ? ',' : '{');
    json_text_append(&self->carried, cell->name);
    buffer_append_byte(&self->carried, ':');
    if (cell->raw.size)
        buffer_append_slice(&self->carried, cell->raw);
    else
        json_text_append(&self->carried, cell->text);
}

/* What holds for the document as a whole, once its cells are in place. */
static bool
s_finish(start_fields_t *self, uint32_t row, record_document_t *document)
{
    const char *path_column =
        self->mapping.columns[FIELD_PATH] ? self->mapping.columns[FIELD_PATH] : "file_path";
    if (document->path.size == 0) {
        s_row_error(self, row, path_column, "file_path is required and must not be empty");
        return false;
    }
    bool noop = document->path.size >= 5 && memcmp(document->path.data, "noop:", 5) == 0;
    if (noop && !self->is_noop) {
        s_row_error(self, row, path_column, "noop: is for jobs of the model noop");
        return false;
    }
    if (self->carried.size)
        buffer_append_byte(&self->carried, '}');
    if (self->carried.size > COLUMNS_MAX) {
        s_row_error(self, row, NULL, "the further columns hold more than 65536 bytes");
        return false;
    }
    document->columns = buffer_slice(&self->carried);
    if (slice_trim(document->title).size == 0) {
        path_title((source_type_t) document->source, document->path, &self->title);
        self->title.size = text_cut(buffer_slice(&self->title), TITLE_MAX);
        document->title = buffer_slice(&self->title);
    }
    return true;
}

static bool
s_take_cells(start_fields_t *self, uint32_t row, size_t count, record_document_t *document)
{
    bool good = true;
    *document = (record_document_t){.row = row, .source = SOURCE_URL};
    buffer_clear(&self->carried);
    for (size_t i = 0; i < count; i++) {
        const start_cell_t *cell = &self->cells[i];
        int place = s_column(self, cell->name, i);
        if (place < 0) {
            s_row_error(self, row, NULL, "the documents have more than 256 columns, or long names");
            return false;
        }
        document_field_t field = self->column_fields[place];
        if (field == FIELD_NONE)
            s_carry(self, cell);
        else if (!cell->is_absent)
            good &= s_take_field(self, row, self->columns[place], field, cell, document);
    }
    return good && s_finish(self, row, document);
}

/* Decodes every member's name and text into self->texts. The buffer moves while it grows, so the
 * cells hold offsets (in `data`'s place) until all are in. */
typedef struct {
    size_t name_at, name_size, text_at, text_size;
} extent_t;

static void
s_read_member(start_fields_t *self, slice_t key, slice_t value, start_cell_t *cell,
              extent_t *extent)
{
    json_kind_t kind = json_view_kind(value);
    *cell = (start_cell_t){.raw = value,
                           .is_text = kind == JSON_STRING,
                           .is_number = kind == JSON_NUMBER,
                           .is_absent = kind == JSON_NULL};
    extent->name_at = self->texts.size;
    json_view_string(key, &self->texts);
    extent->name_size = self->texts.size - extent->name_at;
    extent->text_at = self->texts.size;
    if (kind == JSON_STRING)
        json_view_string(value, &self->texts);
    else if (kind == JSON_NUMBER)
        buffer_append_slice(&self->texts, value);
    extent->text_size = self->texts.size - extent->text_at;
}

bool
start_fields_object(start_fields_t *self, uint32_t row, slice_t json, record_document_t *document)
{
    extent_t extents[START_COLUMNS_MAX];
    slice_t inside, key, value;
    size_t count = 0;
    buffer_clear(&self->texts);
    if (json_view_kind(slice_trim(json)) != JSON_OBJECT || !json_view_open(json, &inside)) {
        s_row_error(self, row, NULL, "a document must be an object");
        return false;
    }
    while (json_view_member(&inside, &key, &value)) {
        if (count == START_COLUMNS_MAX) {
            s_row_error(self, row, NULL, "a document has at most 256 columns");
            return false;
        }
        s_read_member(self, key, value, &self->cells[count], &extents[count]);
        count++;
    }
    for (size_t i = 0; i < count; i++) {
        self->cells[i].name =
            (slice_t){self->texts.data + extents[i].name_at, extents[i].name_size};
        self->cells[i].text =
            (slice_t){self->texts.data + extents[i].text_at, extents[i].text_size};
    }
    return s_take_cells(self, row, count, document);
}

/* ---- a table ---- */

bool
start_fields_header(start_fields_t *self, const slice_t *names, size_t count)
{
    char pointer[POINTER_SIZE];
    for (size_t i = 0; i < count; i++) {
        slice_t name = slice_trim(names[i]);
        size_t before = self->column_count;
        snprintf(pointer, sizeof pointer, "/header/%zu", i);
        if (name.size == 0)
            error_list_add(&self->errors, pointer, "a column has no name");
        else if (s_column(self, name, i) < 0)
            error_list_add(&self->errors, pointer, "at most 256 columns, of 64 KiB in all");
        else if (self->column_count == before)
            error_list_add(&self->errors, pointer, "two columns are called %.*s", SLICE_ARG(name));
    }
    bool has_path = false;
    for (size_t i = 0; i < self->column_count; i++)
        has_path |= self->column_fields[i] == FIELD_PATH;
    if (!has_path)
        error_list_add(&self->errors, "/header", "no column is file_path, nor mapped onto it");
    return self->errors.count == 0;
}

bool
start_fields_row(start_fields_t *self, uint32_t row, const slice_t *values, size_t count,
                 record_document_t *document)
{
    if (count > self->column_count) {
        s_row_error(self, row, NULL, "the row has more cells than the header");
        return false;
    }
    for (size_t i = 0; i < count; i++)
        self->cells[i] = (start_cell_t){
            .name = slice_from(self->columns[i]), .text = values[i], .is_text = true};
    return s_take_cells(self, row, count, document);
}
