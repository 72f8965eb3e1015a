#include "documents/child/plain.h"

#include <stdbool.h>
#include <stdint.h>
#include <string.h>

#include <unicode/uchar.h>
#include <unicode/ucnv.h>
#include <unicode/utf8.h>

#include "base/text.h"
#include "documents/child/encoding.h"

enum {
    REPLACEMENT = 0xfffd,
    DIRECTION_FIRST = 0x202a, /* to DIRECTION_LAST: embeddings and overrides, and their end */
    DIRECTION_END = 0x202c,
    DIRECTION_LAST = 0x202e,
    ISOLATE_FIRST = 0x2066,
    ISOLATE_LAST = 0x2069,
    UTF8_MAX_BYTES = 4,
};

/* Where a decoder writes to: `last` joins CR LF into one line feed. */
typedef struct {
    buffer_t *out;
    size_t end; /* the size that `out` may reach */
    uint32_t last;
} writer_t;

static size_t
s_encode(uint32_t point, char bytes[UTF8_MAX_BYTES])
{
    if (point < 0x80) {
        bytes[0] = (char) point;
        return 1;
    }
    size_t size = point < 0x800 ? 2 : point < 0x10000 ? 3 : 4;
    static const uint8_t lead[] = {0, 0, 0xc0, 0xe0, 0xf0};
    for (size_t i = size - 1; i > 0; i--) {
        bytes[i] = (char) (uint8_t) (0x80 | (point & 0x3f));
        point >>= 6;
    }
    bytes[0] = (char) (uint8_t) (lead[size] | point);
    return size;
}

static bool
s_is_direction(uint32_t point)
{
    return (point >= DIRECTION_FIRST && point <= DIRECTION_LAST) ||
           (point >= ISOLATE_FIRST && point <= ISOLATE_LAST);
}

/* Returns false when the text is full. */
static bool
s_write(writer_t *self, uint32_t point)
{
    uint32_t last = self->last;
    self->last = point;
    if (point == '\n' && last == '\r')
        return true;
    if (s_is_direction(point)) {
        if (point == DIRECTION_END || last != DIRECTION_END)
            return true;
        point = ' ';
    }
    if (point == '\r')
        point = '\n';
    else if ((point < 0x20 && point != '\t' && point != '\n') || (point >= 0x7f && point < 0xa0))
        point = ' ';
    char bytes[UTF8_MAX_BYTES];
    size_t size = s_encode(point, bytes);
    if (size > self->end - self->out->size)
        return false;
    buffer_append(self->out, bytes, size);
    return true;
}

/* Returns the bytes of the well-formed UTF-8 sequence that `text` begins with; 0: there is none. */
static size_t
s_sequence(slice_t text, uint32_t *point)
{
    uint8_t first = (uint8_t) text.data[0];
    *point = first;
    if (first < 0x80)
        return 1;
    size_t size = first >= 0xf0 ? 4 : first >= 0xe0 ? 3 : 2;
    if (first < 0xc2 || first > 0xf4 || size > text.size ||
        !text_is_utf8((slice_t){text.data, size}))
        return 0;
    *point = first & (0xffu >> (size + 1));
    for (size_t i = 1; i < size; i++)
        *point = *point << 6 | ((uint8_t) text.data[i] & 0x3f);
    return size;
}

static void
s_write_utf8(slice_t text, writer_t *writer)
{
    while (text.size) {
        uint32_t point;
        size_t size = s_sequence(text, &point);
        if (!s_write(writer, size ? point : REPLACEMENT))
            return;
        size = size ? size : 1;
        text = (slice_t){text.data + size, text.size - size};
    }
}

static void
s_write_by(slice_t text, const char *name, writer_t *writer)
{
    UErrorCode error = U_ZERO_ERROR;
    UConverter *converter = ucnv_open(name, &error);
    const char *at = text.data, *end = text.data + text.size;
    bool has_room = true;
    while (U_SUCCESS(error) && has_room && at < end) {
        UChar32 point = ucnv_getNextUChar(converter, &at, end, &error);
        has_room = U_FAILURE(error) || s_write(writer, (uint32_t) point);
    }
    ucnv_close(converter);
}

void
plain_decode(slice_t bytes, const char *declared, size_t limit, buffer_t *out)
{
    writer_t writer = {.out = out, .end = out->size + limit};
    const char *name = encoding_find(&bytes, declared);
    if (name)
        s_write_by(bytes, name, &writer);
    else
        s_write_utf8(bytes, &writer);
}

void
plain_clean(slice_t text, size_t limit, buffer_t *out)
{
    writer_t writer = {.out = out, .end = out->size + limit};
    s_write_utf8(text, &writer);
}

/* Returns the bytes of the hyphen (hyphen-minus, soft hyphen, U+2010) at the start of `text`, or 0.
 */
static size_t
s_hyphen(slice_t text)
{
    static const char *const hyphens[] = {"-", "\xc2\xad", "\xe2\x80\x90"};
    for (size_t i = 0; i < sizeof hyphens / sizeof hyphens[0]; i++) {
        size_t size = strlen(hyphens[i]);
        if (text.size >= size && memcmp(text.data, hyphens[i], size) == 0)
            return size;
    }
    return 0;
}

static bool
s_begins_small(slice_t text)
{
    UChar32 first = 0;
    size_t at = 0;
    if (text.size > 0)
        U8_NEXT((const uint8_t *) text.data, at, text.size, first);
    return u_islower(first);
}

static bool
s_is_letter_end(uint8_t byte)
{
    return byte >= 0x80 || (byte >= 'a' && byte <= 'z') || (byte >= 'A' && byte <= 'Z');
}

void
plain_join_words(buffer_t *text)
{
    size_t put = 0;
    for (size_t at = 0; at < text->size; at++) {
        slice_t rest = {text->data + at, text->size - at};
        size_t size = put && s_is_letter_end((uint8_t) text->data[put - 1]) ? s_hyphen(rest) : 0;
        if (size && size < rest.size && rest.data[size] == '\n' &&
            s_begins_small((slice_t){rest.data + size + 1, rest.size - size - 1}))
            at += size; /* and the line feed */
        else
            text->data[put++] = text->data[at];
    }
    text->size = put;
    if (text->data)
        text->data[put] = '\0';
}

size_t
plain_count_characters(slice_t text)
{
    text = slice_trim(text);
    size_t count = 0;
    bool is_space = false;
    for (size_t i = 0; i < text.size; i++) {
        uint8_t byte = (uint8_t) text.data[i];
        bool was_space = is_space;
        is_space = byte == ' ' || byte == '\n' || byte == '\t';
        count += (byte & 0xc0) != 0x80 && !(is_space && was_space);
    }
    return count;
}
