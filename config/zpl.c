#include "config/zpl.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "base/text.h"

enum { ZPL_LINE_MAX = 1024, ZPL_INDENT = 4 };

typedef struct {
    zpl_t *zpl;
    const char *path;
    size_t line;
    size_t depth; /* how deep the next name may stand: one below the last name */
    fault_t *fault;
} s_scan_t;

static status_t
s_refuse(const s_scan_t *self, const char *why)
{
    return fault_set(self->fault, STATUS_BAD_REQUEST, "%s:%zu: %s", self->path, self->line, why);
}

static bool
s_is_name_char(char c)
{
    return isalnum((unsigned char) c) || (c && strchr("$-_@.&+/", c));
}

static bool
s_is_blank_or_comment(slice_t rest)
{
    slice_t trimmed = slice_trim(rest);
    return trimmed.size == 0 || trimmed.data[0] == '#';
}

/* What follows '='. */
static status_t
s_scan_value(const s_scan_t *self, slice_t rest)
{
    slice_t value = slice_trim(rest);
    if (value.size == 0)
        return STATUS_OK;
    /* zconfig would take the comment for the value. */
    if (value.data[0] == '#')
        return s_refuse(self, "no value before the comment; an empty value is written \"\"");
    if (value.data[0] != '"' && value.data[0] != '\'')
        return STATUS_OK;
    const char *end = memchr(value.data + 1, value.data[0], value.size - 1);
    if (!end)
        return s_refuse(self, "the quote that begins the value is not closed on this line");
    if (!s_is_blank_or_comment(slice_drop(value, (size_t) (end - value.data) + 1)))
        return s_refuse(self, "something other than a comment follows the closing quote");
    return STATUS_OK;
}

static status_t
s_scan_name(s_scan_t *self, slice_t rest, size_t depth)
{
    size_t size = 0;
    while (size < rest.size && s_is_name_char(rest.data[size]))
        size++;
    if (size == 0)
        return s_refuse(self, rest.data[0] == '='
                                  ? "a name is missing before \"=\""
                                  : "a name was expected here: NAME or NAME = VALUE");
    if (rest.data[0] == '/' || rest.data[size - 1] == '/')
        return s_refuse(self, "a name may not begin or end with \"/\"");
    if (depth > self->depth)
        return s_refuse(self, "indented deeper than one step of 4 spaces below the line above");
    slice_t after = slice_trim(slice_drop(rest, size));
    bool has_value = after.size && after.data[0] == '=';
    if (!has_value && !s_is_blank_or_comment(after))
        return s_refuse(self, "\"=\" or the end of the line was expected after the name");

    zpl_t *zpl = self->zpl;
    zpl->items = memory_resize(zpl->items, (zpl->count + 1) * sizeof *zpl->items);
    zpl->items[zpl->count++] = (zpl_item_t){.line = self->line, .has_value = has_value};
    self->depth = depth + 1;
    return has_value ? s_scan_value(self, slice_drop(after, 1)) : STATUS_OK;
}

static status_t
s_scan_line(s_scan_t *self, slice_t line)
{
    if (memchr(line.data, '\0', line.size) || !text_is_utf8(line))
        return s_refuse(self, "the line is not UTF-8 text");
    if (line.size > ZPL_LINE_MAX)
        return s_refuse(self, "the line is longer than 1024 bytes");
    if (slice_trim(line).size == 0)
        return STATUS_OK;
    size_t indent = 0;
    while (indent < line.size && line.data[indent] == ' ')
        indent++;
    if (line.data[indent] == '\t')
        return s_refuse(self, "indented with a tab; right are 4 spaces a level");
    if (indent % ZPL_INDENT)
        return s_refuse(self, "indented by a number of spaces that 4 does not divide");
    slice_t rest = slice_drop(line, indent);
    return rest.data[0] == '#' ? STATUS_OK : s_scan_name(self, rest, indent / ZPL_INDENT);
}

status_t
zpl_scan(zpl_t *self, slice_t text, const char *path, fault_t *fault)
{
    s_scan_t scan = {.zpl = self, .path = path, .fault = fault};
    status_t status = STATUS_OK;
    while (text.size && status == STATUS_OK) {
        const char *end = memchr(text.data, '\n', text.size);
        size_t size = end ? (size_t) (end - text.data) : text.size;
        scan.line++;
        status = s_scan_line(&scan, (slice_t){.data = text.data, .size = size});
        text = slice_drop(text, end ? size + 1 : size);
    }
    return status;
}

void
zpl_free(zpl_t *self)
{
    free(self->items);
    *self = (zpl_t){0};
}
