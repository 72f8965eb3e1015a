#include "documents/child/rtf.h"

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <unicode/utf16.h>
#include <unicode/utf8.h>

#include "base/memory.h"
#include "documents/child/plain.h"
#include "documents/child/rtf_words.h"

enum {
    FONTS_MAX = 4096,
    WORD_MAX = 32,
    LABEL_SIZE = 24,
    FIRST_PAGE = 1252,
    MAC_PAGE = 10000,
    WINDOWS_FIRST = 874, /* below: those of DOS */
    NUMBER_MAX = 100000000,
    RUN_MAX_BYTES = 64 * 1024,
    SIGN_FIRST = 0xf000, /* to SIGN_LAST: signs of symbol fonts */
    SIGN_LAST = 0xf0ff,
    REPLACEMENT = 0xfffd,
};

typedef enum { INTO_TEXT, INTO_HEAD, INTO_ASIDE, INTO_FONTS, INTO_NOTHING } into_t;

/* What a group inherits and gives back at its end. */
typedef struct {
    uint8_t into;
    bool is_hidden;
    uint8_t unicode_skip;
    short page; /* 0: the document's; -1: signs */
} group_t;

typedef struct {
    slice_t rest;
    group_t group; /* the one being read */
    group_t *open; /* those around it */
    size_t depth, capacity;
    short fonts[FONTS_MAX]; /* the code page of each */
    long font;              /* that the table describes */
    long first_font;
    int page;         /* of the document */
    buffer_t run;     /* bytes of letters, not decoded yet */
    int run_page;     /* their code page */
    unsigned to_skip; /* letters that only repeat a code unit */
    uint32_t lead;    /* half of a pair of code units, or 0 */
    buffer_t head;    /* title, subject, keywords: decoded */
    buffer_t text;    /* decoded */
    buffer_t aside;   /* notes and text boxes, which stand within sentences: decoded */
} reader_t;

/* ---- what is written ---- */

static buffer_t *
s_out(reader_t *self)
{
    switch (self->group.into) {
    case INTO_HEAD: return &self->head;
    case INTO_ASIDE: return &self->aside;
    default: return &self->text;
    }
}

static bool
s_is_read(const reader_t *self)
{
    into_t into = self->group.into;
    return into == INTO_HEAD ||
           ((into == INTO_TEXT || into == INTO_ASIDE) && !self->group.is_hidden);
}

static void
s_flush(reader_t *self)
{
    if (self->run.size == 0)
        return;
    char label[LABEL_SIZE];
    if (self->run_page == MAC_PAGE)
        snprintf(label, sizeof label, "macintosh");
    else
        snprintf(label, sizeof label, self->run_page < WINDOWS_FIRST ? "cp%d" : "windows-%d",
                 self->run_page);
    plain_decode(buffer_slice(&self->run), label, EXTRACT_TEXT_MAX_BYTES, s_out(self));
    buffer_clear(&self->run);
}

static void
s_put_text(reader_t *self, const char *text)
{
    if (!s_is_read(self))
        return;
    s_flush(self);
    buffer_append_text(s_out(self), text);
}

static void
s_put_point(reader_t *self, uint32_t point)
{
    if (point >= SIGN_FIRST && point <= SIGN_LAST)
        return;
    uint8_t bytes[U8_MAX_LENGTH + 1] = {0};
    int32_t size = 0;
    U8_APPEND_UNSAFE(bytes, size, point);
    s_put_text(self, (const char *) bytes);
}

/* A byte of a letter, raw or in hexadecimal. */
static void
s_put_byte(reader_t *self, char byte)
{
    if (self->to_skip > 0) {
        self->to_skip--;
        return;
    }
    int page = self->group.page ? self->group.page : self->page;
    if (!s_is_read(self) || page < 0)
        return;
    if (page != self->run_page || self->run.size >= RUN_MAX_BYTES)
        s_flush(self);
    self->run_page = page;
    buffer_append_byte(&self->run, byte);
}

static void
s_put_unit(reader_t *self, long number)
{
    uint32_t unit = (uint32_t) number & 0xffff, lead = self->lead;
    self->lead = 0;
    self->to_skip = self->group.unicode_skip;
    if (U16_IS_LEAD(unit))
        self->lead = unit;
    else if (U16_IS_TRAIL(unit))
        s_put_point(self, lead ? 0x10000 + ((lead - 0xd800) << 10) + (unit - 0xdc00) : REPLACEMENT);
    else
        s_put_point(self, unit);
}

/* ---- groups ---- */

static void
s_open_group(reader_t *self)
{
    s_flush(self);
    if (self->depth == self->capacity) {
        self->capacity = self->capacity ? self->capacity * 2 : 64;
        self->open = memory_resize(self->open, self->capacity * sizeof *self->open);
    }
    self->open[self->depth++] = self->group;
    self->to_skip = 0;
}

static void
s_close_group(reader_t *self)
{
    s_flush(self);
    self->to_skip = 0;
    if (self->depth == 0)
        return;
    group_t inner = self->group;
    self->group = self->open[--self->depth];
    if (inner.into == INTO_HEAD && self->group.into != INTO_HEAD)
        buffer_append_text(&self->head, "\n\n");
    if (inner.into == INTO_ASIDE && self->group.into != INTO_ASIDE)
        buffer_append_text(&self->aside, "\n\n");
}

/* ---- control words ---- */

static void
s_set_font(reader_t *self, long number)
{
    if (self->group.into == INTO_FONTS)
        self->font = number;
    else
        self->group.page = number >= 0 && number < FONTS_MAX ? self->fonts[number] : 0;
}

static void
s_set_charset(reader_t *self, long charset)
{
    if (self->group.into == INTO_FONTS && self->font >= 0 && self->font < FONTS_MAX)
        self->fonts[self->font] = (short) rtf_charset_page(charset);
}

static void
s_skip_bytes(reader_t *self, long count)
{
    size_t size = count > 0 ? (size_t) count : 0;
    size = size < self->rest.size ? size : self->rest.size;
    self->rest = (slice_t){self->rest.data + size, self->rest.size - size};
}

static void
s_begin(reader_t *self, into_t into)
{
    s_flush(self);
    self->group.into = (uint8_t) into;
}

static void
s_obey(reader_t *self, const rtf_word_t *row, long number, bool has_number)
{
    switch (row->kind) {
    case RTF_NONE: break;
    case RTF_TEXT: s_put_text(self, row->text); break;
    case RTF_SKIP: s_begin(self, INTO_NOTHING); break;
    case RTF_FONTS: s_begin(self, INTO_FONTS); break;
    case RTF_HEAD: s_begin(self, INTO_HEAD); break;
    case RTF_ASIDE: s_begin(self, INTO_ASIDE); break;
    case RTF_ANSI_PAGE:
        self->page = number > 0 && number < 65536 ? (int) number : FIRST_PAGE;
        break;
    case RTF_MAC: self->page = MAC_PAGE; break;
    case RTF_FONT: s_set_font(self, number); break;
    case RTF_FONT_CHARSET: s_set_charset(self, number); break;
    case RTF_FIRST_FONT: self->first_font = number; break;
    case RTF_UNICODE: s_put_unit(self, number); break;
    case RTF_UNICODE_SKIP:
        self->group.unicode_skip = (uint8_t) (number >= 0 && number < 256 ? number : 1);
        break;
    case RTF_BINARY: s_skip_bytes(self, number); break;
    case RTF_PLAIN:
        s_set_font(self, self->first_font);
        self->group.is_hidden = false;
        break;
    case RTF_HIDDEN: self->group.is_hidden = !has_number || number != 0; break;
    }
}

static bool
s_is_letter(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

static bool
s_is_digit(char c)
{
    return c >= '0' && c <= '9';
}

/* Cuts a control word, its number and one blank behind it off what is left. */
static void
s_read_word(reader_t *self)
{
    slice_t *rest = &self->rest;
    slice_t word = {rest->data, 0};
    while (word.size < rest->size && word.size < WORD_MAX && s_is_letter(rest->data[word.size]))
        word.size++;
    size_t at = word.size;
    bool is_negative = at < rest->size && rest->data[at] == '-';
    at += is_negative;
    size_t digits = at;
    long number = 0;
    for (; at < rest->size && s_is_digit(rest->data[at]); at++)
        if (number < NUMBER_MAX)
            number = number * 10 + (rest->data[at] - '0');
    bool has_number = at > digits;
    at += at < rest->size && rest->data[at] == ' ';
    *rest = (slice_t){rest->data + at, rest->size - at};
    const rtf_word_t *row = rtf_word(word);
    if (row)
        s_obey(self, row, is_negative ? -number : number, has_number);
}

static int
s_hex(char c)
{
    if (s_is_digit(c))
        return c - '0';
    c = (char) (c | 0x20);
    return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

static void
s_read_hex(reader_t *self)
{
    slice_t rest = self->rest;
    int high = rest.size >= 2 ? s_hex(rest.data[0]) : -1;
    int low = high >= 0 ? s_hex(rest.data[1]) : -1;
    if (low < 0)
        return;
    s_skip_bytes(self, 2);
    s_put_byte(self, (char) (uint8_t) (high * 16 + low));
}

/* The backslash has been taken. */
static void
s_read_control(reader_t *self)
{
    if (self->rest.size == 0)
        return;
    char c = self->rest.data[0];
    if (s_is_letter(c)) {
        s_read_word(self);
        return;
    }
    s_skip_bytes(self, 1);
    switch (c) {
    case '\'': s_read_hex(self); break;
    case '*':
        s_begin(self, INTO_NOTHING);
        break; /* what a reader that does not know it leaves out */
    case '~': s_put_byte(self, ' '); break;
    case '_': s_put_byte(self, '-'); break;
    case '\r':
    case '\n': s_put_text(self, "\n\n"); break;
    case '\\':
    case '{':
    case '}': s_put_byte(self, c); break;
    default: break;
    }
}

static void
s_read_all(reader_t *self, size_t limit)
{
    while (self->rest.size && self->text.size < limit) {
        char c = self->rest.data[0];
        s_skip_bytes(self, 1);
        switch (c) {
        case '{': s_open_group(self); break;
        case '}': s_close_group(self); break;
        case '\\': s_read_control(self); break;
        case '\r':
        case '\n':
        case '\0': break;
        default: s_put_byte(self, c); break;
        }
    }
    s_flush(self);
}

void
rtf_read(const extract_request_t *request, reading_t *reading)
{
    reader_t *self = memory_new(sizeof *self);
    self->rest = request->bytes;
    self->page = FIRST_PAGE;
    self->group.unicode_skip = 1;
    s_read_all(self, request->text_limit);
    plain_clean(buffer_slice(&self->head), request->text_limit, &reading->text);
    if (self->aside.size) {
        buffer_append_text(&self->text, "\n\n");
        buffer_append_slice(&self->text, buffer_slice(&self->aside));
    }
    plain_clean(slice_trim(buffer_slice(&self->text)), request->text_limit - reading->text.size,
                &reading->text);
    buffer_free(&self->aside);
    buffer_free(&self->head);
    buffer_free(&self->text);
    buffer_free(&self->run);
    free(self->open);
    free(self);
}
