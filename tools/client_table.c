#include "tools/client_table.h"

#include <stdlib.h>
#include <string.h>
#include <wchar.h>

#include "base/text.h"
#include "tools/client_output.h"

enum { TITLE_COLUMNS = 34, STATUS_COLUMNS = 18, TAGS_AT = TITLE_COLUMNS + STATUS_COLUMNS + 4 };

/* The code point at the start of `text`, which is UTF-8, and its length in bytes. */
static wchar_t
s_code_point(const char *text, size_t *length)
{
    const unsigned char *p = (const unsigned char *) text;
    *length = p[0] < 0x80 ? 1 : p[0] < 0xe0 ? 2 : p[0] < 0xf0 ? 3 : 4;
    unsigned point = *length == 1 ? p[0] : p[0] & (0x7fu >> *length);
    for (size_t i = 1; i < *length; i++)
        point = point << 6 | (p[i] & 0x3fu);
    return (wchar_t) point;
}

/* The terminal columns that the code point at the start of `text` takes, and its length in bytes.
 * Letters of Chinese, Japanese and Korean take two columns each (wcwidth(3) knows in a UTF-8
 * locale; elsewhere every letter counts as one). */
static int
s_code_point_columns(const char *text, size_t *length)
{
    int columns = wcwidth(s_code_point(text, length));
    return columns < 1 ? 1 : columns;
}

static int
s_text_columns(const char *text)
{
    int columns = 0;
    for (size_t length = 0; *text && text_is_utf8(slice_from(text)); text += length)
        columns += s_code_point_columns(text, &length);
    return columns;
}

/* Writes `text` in exactly `columns` terminal columns: cut with an ellipsis, or filled with blanks.
 */
static void
s_cell(FILE *out, const char *text, int columns)
{
    buffer_t cell = {0};
    int used = 0;
    for (size_t length = 0; *text && text_is_utf8(slice_from(text)); text += length) {
        int width = s_code_point_columns(text, &length);
        if (used + width > columns - 1 && text[length] != '\0')
            break;
        buffer_append(&cell, text, length);
        used += width;
    }
    if (*text) {
        buffer_append_text(&cell, "…");
        used++;
    }
    for (; used < columns; used++)
        buffer_append_byte(&cell, ' ');
    output_write(out, cell.data);
    buffer_free(&cell);
}

void
table_head(FILE *out)
{
    s_cell(out, "TITLE", TITLE_COLUMNS);
    fputs("  ", out);
    s_cell(out, "STATUS", STATUS_COLUMNS);
    fputs("  TAGS\n", out);
}

/* Tags that do not fit go on below the first, each whole. */
static void
s_tags(const table_t *self, FILE *out, const cJSON *tags)
{
    const cJSON *tag = NULL;
    int used = TAGS_AT;
    cJSON_ArrayForEach(tag, tags)
    {
        const char *text = cJSON_IsString(tag) ? tag->valuestring : "";
        int wanted = s_text_columns(text) + (tag->next ? 1 : 0); /* and its comma */
        bool fits = self->columns == 0 || used + 1 + wanted <= self->columns;
        if (tag != tags->child && fits) {
            fputc(' ', out);
            used++;
        } else if (tag != tags->child) {
            fprintf(out, "\n%*s", TAGS_AT, "");
            used = TAGS_AT;
        }
        output_write(out, text);
        fputs(tag->next ? "," : "", out);
        used += wanted;
    }
}

static void
s_row(const table_t *self, FILE *out, const cJSON *result)
{
    const char *error_type = output_text(result, "error_type", NULL);
    s_cell(out, output_text(result, "title", ""), TITLE_COLUMNS);
    fputs("  ", out);
    s_cell(out, error_type ? error_type : output_text(result, "status", ""), STATUS_COLUMNS);
    fputs("  ", out);
    if (error_type)
        output_write(out, output_text(result, "error", ""));
    else
        s_tags(self, out, cJSON_GetObjectItemCaseSensitive(result, "tags"));
    fputc('\n', out);
}

static void
s_end_line(table_t *self, FILE *out)
{
    cJSON *result = output_parse(&self->line);
    if (result)
        s_row(self, out, result);
    cJSON_Delete(result);
    buffer_clear(&self->line);
}

void
table_feed(table_t *self, FILE *out, slice_t bytes)
{
    while (bytes.size) {
        const char *end = memchr(bytes.data, '\n', bytes.size);
        size_t size = end ? (size_t) (end - bytes.data) : bytes.size;
        buffer_append(&self->line, bytes.data, size);
        if (end)
            s_end_line(self, out);
        size += end != NULL;
        bytes.data += size;
        bytes.size -= size;
    }
}

void
table_end(table_t *self, FILE *out)
{
    if (self->line.size)
        s_end_line(self, out);
    buffer_free(&self->line);
}
