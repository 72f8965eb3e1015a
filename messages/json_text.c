#include "messages/json_text.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/clock.h"
#include "base/text.h"

enum { NUMBER_TEXT_SIZE = 32, SEQUENCE_MAX = 4, NANO = 1000000000 };

/* True for a byte that stands in a JSON string as it is, given that the text is UTF-8. */
static bool
s_is_plain(unsigned char c)
{
    return c >= 0x20 && c != '"' && c != '\\';
}

static void
s_append_escape(buffer_t *out, unsigned char c)
{
    switch (c) {
    case '"': buffer_append_text(out, "\\\""); break;
    case '\\': buffer_append_text(out, "\\\\"); break;
    case '\n': buffer_append_text(out, "\\n"); break;
    case '\r': buffer_append_text(out, "\\r"); break;
    case '\t': buffer_append_text(out, "\\t"); break;
    default: buffer_printf(out, "\\u%04x", c); break;
    }
}

static void
s_append_utf8(buffer_t *out, slice_t text)
{
    size_t start = 0;
    for (size_t i = 0; i < text.size; i++) {
        unsigned char c = (unsigned char) text.data[i];
        if (s_is_plain(c))
            continue;
        buffer_append(out, text.data + start, i - start);
        s_append_escape(out, c);
        start = i + 1;
    }
    if (start < text.size)
        buffer_append(out, text.data + start, text.size - start);
}

/* Returns the length of the well-formed sequence that `text` begins with, or 0. */
static size_t
s_sequence(slice_t text)
{
    for (size_t length = 1; length <= SEQUENCE_MAX && length <= text.size; length++)
        if (text_is_utf8((slice_t){text.data, length}))
            return length;
    return 0;
}

/* For text that is not UTF-8, letter by letter. Rare: what comes in over HTTP was checked, so this
 * is a title out of a broken document at most. */
static void
s_append_repaired(buffer_t *out, slice_t text)
{
    while (text.size) {
        size_t length = s_sequence(text);
        if (length)
            s_append_utf8(out, (slice_t){text.data, length});
        else
            buffer_append_text(out, "\xef\xbf\xbd");
        text.data += length ? length : 1;
        text.size -= length ? length : 1;
    }
}

void
json_text_append(buffer_t *out, slice_t text)
{
    buffer_append_byte(out, '"');
    if (text_is_utf8(text))
        s_append_utf8(out, text);
    else
        s_append_repaired(out, text);
    buffer_append_byte(out, '"');
}

void
json_text_append_or_null(buffer_t *out, slice_t text)
{
    if (text.size)
        json_text_append(out, text);
    else
        buffer_append_text(out, "null");
}

void
json_text_append_json(buffer_t *out, slice_t json, const char *otherwise)
{
    if (json.size)
        buffer_append_slice(out, json);
    else
        buffer_append_text(out, otherwise);
}

void
json_text_append_time(buffer_t *out, int64_t wall_ms)
{
    if (wall_ms == 0) {
        buffer_append_text(out, "null");
        return;
    }
    char text[CLOCK_TEXT_SIZE];
    buffer_append_byte(out, '"');
    buffer_append_text(out, clock_format(wall_ms, text));
    buffer_append_byte(out, '"');
}

void
json_text_append_number(buffer_t *out, int64_t number)
{
    char digits[NUMBER_TEXT_SIZE];
    char *first = digits + sizeof digits;
    uint64_t left = number < 0 ? 0 - (uint64_t) number : (uint64_t) number;
    do {
        *--first = (char) ('0' + left % 10);
        left /= 10;
    } while (left);
    if (number < 0)
        *--first = '-';
    buffer_append(out, first, (size_t) (digits + sizeof digits - first));
}

void
json_text_append_nano(buffer_t *out, uint64_t nano)
{
    char digits[sizeof "000000000"];
    int size = snprintf(digits, sizeof digits, "%09u", (unsigned) (nano % NANO));
    while (size > 0 && digits[size - 1] == '0')
        size--;
    buffer_printf(out, "%llu%s%.*s", (unsigned long long) (nano / NANO), size ? "." : "", size,
                  digits);
}

void
json_text_append_ratio(buffer_t *out, uint64_t part, uint64_t whole)
{
    if (part == 0 || part == whole) { /* a job that waits or is done: most polls */
        buffer_append_text(out, part ? "1.0" : "0.0");
        return;
    }
    double ratio = (double) part / (double) whole;
    char digits[NUMBER_TEXT_SIZE];
    for (int precision = 15; precision <= 17; precision++) {
        snprintf(digits, sizeof digits, "%.*g", precision, ratio);
        if (strtod(digits, NULL) == ratio) /* 17 always do */
            break;
    }
    buffer_append_text(out, digits);
}
