#include "documents/child/format_text.h"

#include <string.h>
#include <strings.h>

#include "documents/child/encoding.h"
#include "documents/child/markdown.h"
#include "documents/child/table.h"

enum {
    START_BYTES = 16 * 1024, /* of a text are looked at */
    MARKUP_WITHIN = 1024,
    CONTROL_WITHIN = 64 * 1024,
    FIELDS_LEAST = 2,
    FIELDS_SURE = 3,
    FIELD_NAME_MAX = 76,
};

static bool
s_has_wide_mark(slice_t bytes)
{
    return slice_begins(bytes, SLICE("\xff\xfe")) || slice_begins(bytes, SLICE("\xfe\xff"));
}

bool
format_is_text(slice_t bytes)
{
    if (slice_begins(bytes, SLICE("\xff\xfe\0\0")))
        return false; /* UTF-32 */
    if (s_has_wide_mark(bytes) || encoding_find_utf16(bytes))
        return true;
    slice_t start = slice_first(bytes, CONTROL_WITHIN);
    for (size_t i = 0; i < start.size; i++) {
        unsigned char byte = (unsigned char) start.data[i];
        if ((byte < 0x20 && strchr("\t\n\v\f\r\b\x1a\x1b", byte) == NULL) || byte == 0)
            return false;
    }
    return true;
}

/* What is ASCII of a text's start, without its mark; other letters of UTF-16 become a sign that is
 * not in ASCII. */
static slice_t
s_narrow(slice_t bytes, char memory[START_BYTES])
{
    const char *wide = encoding_find_utf16(bytes);
    bool is_wide = wide || s_has_wide_mark(bytes);
    if (!is_wide)
        return slice_first(
            slice_begins(bytes, SLICE("\xef\xbb\xbf")) ? slice_drop(bytes, 3) : bytes, START_BYTES);
    size_t high = wide ? strcmp(wide, "UTF-16LE") == 0 : bytes.data[0] == '\xff';
    size_t from = wide ? 0 : 2, count = 0;
    for (size_t at = from; at + 1 < bytes.size && count < START_BYTES; at += 2)
        memory[count++] = bytes.data[at + high] ? '\xff' : bytes.data[at + 1 - high];
    return (slice_t){memory, count};
}

/* ---- pages ---- */

static bool
s_begins_tag(slice_t bytes, const char *tag)
{
    size_t size = strlen(tag);
    return bytes.size > size && strncasecmp(bytes.data, tag, size) == 0 &&
           strchr(" \t\r\n>/", bytes.data[size]) != NULL;
}

/* Comments, a declaration and a stylesheet may stand before what tells. */
static slice_t
s_drop_prologue(slice_t text)
{
    for (;;) {
        text = slice_trim(text);
        const char *mark = slice_begins(text, SLICE("<!--"))    ? "-->"
                           : slice_begins(text, SLICE("<?xml")) ? "?>"
                                                                : NULL;
        const char *end = mark ? memmem(text.data, text.size, mark, strlen(mark)) : NULL;
        if (end == NULL)
            return text;
        text = slice_drop(text, (size_t) (end - text.data) + strlen(mark));
    }
}

static bool
s_begins_any(slice_t text, const char *const *tags, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (s_begins_tag(text, tags[i]))
            return true;
    return false;
}

/* Markdown often begins with a picture in tags. */
static bool
s_is_html(slice_t start)
{
    static const char *const heads[] = {"<!doctype html", "<html",  "<head",   "<body",
                                        "<title",         "<meta",  "<script", "<style",
                                        "<frameset",      "<center"};
    static const char *const parts[] = {"<div", "<table", "<p",    "<h1", "<h2",  "<font",
                                        "<ul",  "<ol",    "<span", "<b",  "<pre", "<br"};
    slice_t text = s_drop_prologue(start);
    if (s_begins_any(text, heads, sizeof heads / sizeof heads[0]))
        return true;
    if (s_begins_any(text, parts, sizeof parts / sizeof parts[0]))
        return !markdown_is_likely(start);
    slice_t first = slice_first(start, MARKUP_WITHIN);
    return text.size && text.data[0] == '<' &&
           (slice_holds(first, SLICE("<html")) || slice_holds(first, SLICE("<HTML")));
}

static bool
s_is_xml(slice_t start)
{
    start = slice_trim(start);
    return s_begins_tag(start, "<?xml") || s_begins_tag(start, "<svg");
}

/* ---- messages ---- */

/* Returns the size of the field's name at the start of `line`; 0: there is none. */
static size_t
s_field_name(slice_t line)
{
    size_t size = 0;
    while (size < line.size && size <= FIELD_NAME_MAX && line.data[size] > ' ' &&
           line.data[size] < 0x7f && line.data[size] != ':')
        size++;
    return size < line.size && line.data[size] == ':' ? size : 0;
}

static bool
s_is_field(slice_t name, const char *const *list, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (strlen(list[i]) == name.size && strncasecmp(name.data, list[i], name.size) == 0)
            return true;
    return false;
}

/* A message begins with fields, and with nothing else up to the first empty line. */
static bool
s_is_email(slice_t start)
{
    static const char *const sure[] = {"From", "Received", "Message-ID", "MIME-Version"};
    static const char *const known[] = {
        "To",       "Subject",  "Date",         "Cc",  "Return-Path", "Content-Type", "Sender",
        "Reply-To", "X-Mailer", "Delivered-To", "Bcc", "References",  "In-Reply-To"};
    size_t sure_count = 0, known_count = 0;
    bool is_first = true;
    while (start.size) {
        const char *end = memchr(start.data, '\n', start.size);
        slice_t line = {start.data, end ? (size_t) (end - start.data) : start.size};
        start = slice_drop(start, end ? line.size + 1 : line.size);
        bool is_more = line.size && (line.data[0] == ' ' || line.data[0] == '\t') && !is_first;
        bool is_mailbox = is_first && slice_begins(line, SLICE("From "));
        is_first = false;
        if (slice_trim(line).size == 0)
            break;
        size_t size = s_field_name(line);
        if (size == 0 && !is_more && !is_mailbox)
            return end == NULL && sure_count + known_count >= FIELDS_SURE;
        slice_t name = {line.data, size};
        sure_count += s_is_field(name, sure, sizeof sure / sizeof sure[0]);
        known_count += s_is_field(name, known, sizeof known / sizeof known[0]);
    }
    return sure_count + known_count >= (sure_count ? FIELDS_LEAST : FIELDS_SURE);
}

format_t
format_text_detect(slice_t bytes, const char **name)
{
    char memory[START_BYTES];
    slice_t start = s_narrow(bytes, memory);
    *name = "an HTML page";
    if (s_is_html(start))
        return FORMAT_HTML;
    *name = "an XML document";
    if (s_is_xml(start))
        return FORMAT_OTHER;
    *name = "an e-mail message";
    if (s_is_email(start))
        return FORMAT_EMAIL;
    *name = "a table as text";
    if (table_separator(start, start.size < START_BYTES) != 0)
        return FORMAT_CSV;
    *name = "a text file";
    return FORMAT_TEXT;
}
