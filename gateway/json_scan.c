#include "gateway/json_scan.h"

#include <string.h>

#include "gateway/json_view.h"

typedef enum {
    IN_VALUE,          /* a value must follow */
    IN_VALUE_OR_CLOSE, /* behind [ */
    IN_KEY_OR_CLOSE,   /* behind { */
    IN_KEY,            /* behind a comma in an object */
    IN_COLON,
    IN_AFTER, /* behind a value in a container */
    IN_STRING,
    IN_ESCAPE,
    IN_HEX,
    IN_SURROGATE,        /* the \ of a low surrogate must follow */
    IN_SURROGATE_ESCAPE, /* its u must follow */
    IN_LITERAL,
    IN_MINUS,
    IN_ZERO,
    IN_INTEGER,
    IN_POINT,
    IN_FRACTION,
    IN_EXPONENT,
    IN_EXPONENT_SIGN,
    IN_EXPONENT_DIGITS,
    IN_DONE,
    IN_FAILED
} state_t;

void
json_scan_begin(json_scan_t *self, const json_watch_t *watch)
{
    json_scan_t old = *self;
    *self = (json_scan_t){.state = IN_VALUE, .key = old.key, .keys = old.keys};
    json_keys_begin(&self->keys);
    if (watch)
        self->watch = *watch;
}

void
json_scan_free(json_scan_t *self)
{
    buffer_free(&self->key);
    json_keys_free(&self->keys);
    *self = (json_scan_t){.state = IN_FAILED};
}

static status_t
s_refuse(json_scan_t *self, fault_t *fault, const char *what)
{
    self->state = IN_FAILED;
    return fault_set(fault, STATUS_BAD_REQUEST, "not valid JSON at byte %llu: %s",
                     (unsigned long long) self->offset + 1, what);
}

/* ---- values ---- */

static bool
s_in_object(const json_scan_t *self)
{
    return self->depth > 0 && (self->objects >> (self->depth - 1) & 1) != 0;
}

static status_t
s_tell_begin(json_scan_t *self, const char *at, fault_t *fault)
{
    if (self->watch.begin == NULL || self->depth > self->watch.depth_max)
        return STATUS_OK;
    slice_t key = s_in_object(self) ? buffer_slice(&self->key) : (slice_t){0};
    if (s_in_object(self) && key.data == NULL)
        key.data = "";
    status_t status = self->watch.begin(self->watch.self, self->depth, key, at, fault);
    if (status != STATUS_OK)
        self->state = IN_FAILED;
    return status;
}

/* A value has ended just before `at`. */
static status_t
s_tell_end(json_scan_t *self, const char *at, fault_t *fault)
{
    self->state = self->depth ? IN_AFTER : IN_DONE;
    if (self->watch.end == NULL || self->depth > self->watch.depth_max)
        return STATUS_OK;
    status_t status = self->watch.end(self->watch.self, self->depth, at, fault);
    if (status != STATUS_OK)
        self->state = IN_FAILED;
    return status;
}

static status_t
s_open(json_scan_t *self, bool is_object, fault_t *fault)
{
    if (self->depth == JSON_DEPTH_MAX)
        return s_refuse(self, fault, "nested more than 32 deep");
    uint32_t bit = UINT32_C(1) << self->depth;
    self->objects = is_object ? self->objects | bit : self->objects & ~bit;
    self->numbers[self->depth] = json_keys_open(&self->keys);
    self->bases[self->depth] = self->keys.count;
    self->depth++;
    self->state = is_object ? IN_KEY_OR_CLOSE : IN_VALUE_OR_CLOSE;
    return STATUS_OK;
}

static status_t
s_close(json_scan_t *self, const char *at, fault_t *fault)
{
    self->depth--;
    json_keys_close(&self->keys, self->bases[self->depth]);
    return s_tell_end(self, at + 1, fault);
}

static status_t
s_value(json_scan_t *self, const char *at, fault_t *fault)
{
    if (*at == '\0' || strchr("{[\"-0123456789tfn", *at) == NULL)
        return s_refuse(self, fault, "a value is expected");
    status_t status = s_tell_begin(self, at, fault);
    if (status != STATUS_OK)
        return status;
    switch (*at) {
    case '{':
    case '[': return s_open(self, *at == '{', fault);
    case '"':
        self->in_key = false;
        self->state = IN_STRING;
        break;
    case '-': self->state = IN_MINUS; break;
    case '0': self->state = IN_ZERO; break;
    case 't':
    case 'f':
    case 'n':
        self->literal = *at == 't' ? "rue" : *at == 'f' ? "alse" : "ull";
        self->state = IN_LITERAL;
        break;
    default: self->state = IN_INTEGER; break;
    }
    return STATUS_OK;
}

static status_t
s_begin_key(json_scan_t *self, const char *at, fault_t *fault)
{
    if (*at != '"')
        return s_refuse(self, fault, "a name in quotes is expected");
    buffer_clear(&self->key);
    self->in_key = true;
    self->state = IN_STRING;
    return STATUS_OK;
}

static status_t
s_after(json_scan_t *self, const char *at, fault_t *fault)
{
    bool object = s_in_object(self);
    if (*at == ',') {
        self->state = object ? IN_KEY : IN_VALUE;
        return STATUS_OK;
    }
    if (*at == (object ? '}' : ']'))
        return s_close(self, at, fault);
    return s_refuse(self, fault, object ? ", or } is expected" : ", or ] is expected");
}

/* ---- strings ---- */

static void
s_keep(json_scan_t *self, char byte)
{
    if (self->in_key)
        buffer_append_byte(&self->key, byte);
}

/* The first byte of a sequence of several bytes; ranges as in RFC 3629, section 4. */
static bool
s_utf8_first(json_scan_t *self, unsigned char c)
{
    self->utf8_low = 0x80;
    self->utf8_high = 0xbf;
    if (c >= 0xc2 && c <= 0xdf) {
        self->utf8_left = 1;
    } else if (c >= 0xe0 && c <= 0xef) {
        self->utf8_left = 2;
        if (c == 0xe0)
            self->utf8_low = 0xa0;
        if (c == 0xed)
            self->utf8_high = 0x9f;
    } else if (c >= 0xf0 && c <= 0xf4) {
        self->utf8_left = 3;
        if (c == 0xf0)
            self->utf8_low = 0x90;
        if (c == 0xf4)
            self->utf8_high = 0x8f;
    } else {
        return false;
    }
    return true;
}

static status_t
s_note_key(json_scan_t *self, fault_t *fault)
{
    switch (json_keys_note(&self->keys, self->numbers[self->depth - 1], buffer_slice(&self->key))) {
    case JSON_KEY_TWICE: return s_refuse(self, fault, "a name stands twice in one object");
    case JSON_KEY_TOO_MANY: return s_refuse(self, fault, "too many members in one object");
    default: return STATUS_OK;
    }
}

static status_t
s_string_end(json_scan_t *self, const char *at, fault_t *fault)
{
    if (!self->in_key)
        return s_tell_end(self, at + 1, fault);
    self->state = IN_COLON;
    return s_note_key(self, fault);
}

static status_t
s_string(json_scan_t *self, const char *at, fault_t *fault)
{
    unsigned char c = (unsigned char) *at;
    if (self->utf8_left) {
        if (c < self->utf8_low || c > self->utf8_high)
            return s_refuse(self, fault, "not well-formed UTF-8");
        self->utf8_left--;
        self->utf8_low = 0x80;
        self->utf8_high = 0xbf;
    } else if (c == '"') {
        return s_string_end(self, at, fault);
    } else if (c == '\\') {
        self->state = IN_ESCAPE;
        return STATUS_OK;
    } else if (c < 0x20) {
        return s_refuse(self, fault, "a control character in a string");
    } else if (c >= 0x80 && !s_utf8_first(self, c)) {
        return s_refuse(self, fault, "not well-formed UTF-8");
    }
    if (self->in_key && self->key.size >= JSON_KEY_MAX)
        return s_refuse(self, fault, "a name is longer than 4096 bytes");
    s_keep(self, *at);
    return STATUS_OK;
}

static status_t
s_escape(json_scan_t *self, const char *at, fault_t *fault)
{
    static const char from[] = "\"\\/bfnrt";
    static const char to[] = "\"\\/\b\f\n\r\t";
    if (*at == 'u') {
        self->state = IN_HEX;
        self->hex_left = 4;
        self->code = 0;
        return STATUS_OK;
    }
    const char *found = *at ? strchr(from, *at) : NULL;
    if (found == NULL)
        return s_refuse(self, fault, "an unknown escape");
    s_keep(self, to[found - from]);
    self->state = IN_STRING;
    return STATUS_OK;
}

static status_t
s_hex(json_scan_t *self, const char *at, fault_t *fault)
{
    static const char digits[] = "0123456789abcdef0123456789ABCDEF";
    const char *found = *at ? strchr(digits, *at) : NULL;
    if (found == NULL)
        return s_refuse(self, fault, "four hexadecimal digits are expected");
    self->code = self->code << 4 | (uint32_t) ((found - digits) & 15);
    if (--self->hex_left)
        return STATUS_OK;
    bool is_low = self->code >= 0xdc00 && self->code <= 0xdfff;
    if (is_low != (self->high_surrogate != 0))
        return s_refuse(self, fault, "half a surrogate pair");
    if (self->code == 0)
        return s_refuse(self, fault, "\\u0000 is not taken");
    if (self->code >= 0xd800 && self->code <= 0xdbff) {
        self->high_surrogate = self->code;
        self->state = IN_SURROGATE;
        return STATUS_OK;
    }
    if (is_low)
        self->code = 0x10000 + ((self->high_surrogate - 0xd800) << 10) + (self->code - 0xdc00);
    self->high_surrogate = 0;
    if (self->in_key)
        json_view_code(self->code, &self->key);
    self->state = IN_STRING;
    return STATUS_OK;
}

static status_t
s_surrogate(json_scan_t *self, const char *at, fault_t *fault)
{
    if (*at != (self->state == IN_SURROGATE ? '\\' : 'u'))
        return s_refuse(self, fault, "half a surrogate pair");
    self->state = self->state == IN_SURROGATE ? IN_SURROGATE_ESCAPE : IN_HEX;
    self->hex_left = 4;
    self->code = 0;
    return STATUS_OK;
}

/* ---- numbers and literals ---- */

typedef enum { OF_ZERO, OF_DIGIT, OF_POINT, OF_E, OF_SIGN, OF_OTHER, OF_COUNT } letter_t;

static letter_t
s_letter(char c)
{
    if (c >= '1' && c <= '9')
        return OF_DIGIT;
    switch (c) {
    case '0': return OF_ZERO;
    case '.': return OF_POINT;
    case 'e':
    case 'E': return OF_E;
    case '+':
    case '-': return OF_SIGN;
    default: return OF_OTHER;
    }
}

/* Where a number goes on with `letter`; IN_FAILED where it does not. What the table does not name
 * is 0, IN_VALUE, which no number goes on to. */
static state_t
s_number_next(state_t state, letter_t letter)
{
    static const uint8_t table[IN_EXPONENT_DIGITS + 1][OF_COUNT] = {
        [IN_MINUS] = {[OF_ZERO] = IN_ZERO, [OF_DIGIT] = IN_INTEGER},
        [IN_ZERO] = {[OF_POINT] = IN_POINT, [OF_E] = IN_EXPONENT},
        [IN_INTEGER] = {[OF_ZERO] = IN_INTEGER,
                        [OF_DIGIT] = IN_INTEGER,
                        [OF_POINT] = IN_POINT,
                        [OF_E] = IN_EXPONENT},
        [IN_POINT] = {[OF_ZERO] = IN_FRACTION, [OF_DIGIT] = IN_FRACTION},
        [IN_FRACTION] = {[OF_ZERO] = IN_FRACTION, [OF_DIGIT] = IN_FRACTION, [OF_E] = IN_EXPONENT},
        [IN_EXPONENT] = {[OF_ZERO] = IN_EXPONENT_DIGITS,
                         [OF_DIGIT] = IN_EXPONENT_DIGITS,
                         [OF_SIGN] = IN_EXPONENT_SIGN},
        [IN_EXPONENT_SIGN] = {[OF_ZERO] = IN_EXPONENT_DIGITS, [OF_DIGIT] = IN_EXPONENT_DIGITS},
        [IN_EXPONENT_DIGITS] = {[OF_ZERO] = IN_EXPONENT_DIGITS, [OF_DIGIT] = IN_EXPONENT_DIGITS},
    };
    state_t next = (state_t) table[state][letter];
    return next == IN_VALUE ? IN_FAILED : next;
}

static bool
s_number_may_end(state_t state)
{
    return state == IN_ZERO || state == IN_INTEGER || state == IN_FRACTION ||
           state == IN_EXPONENT_DIGITS;
}

/* `*again` is set where the byte ended a number and is still to be read for itself. */
static status_t
s_number(json_scan_t *self, const char *at, bool *again, fault_t *fault)
{
    letter_t letter = s_letter(*at);
    state_t next = s_number_next(self->state, letter);
    if (next != IN_FAILED) {
        self->state = (uint8_t) next;
        return STATUS_OK;
    }
    if ((letter != OF_OTHER && letter != OF_E) || !s_number_may_end(self->state))
        return s_refuse(self, fault, "not a number as JSON has them");
    *again = true;
    return s_tell_end(self, at, fault);
}

static status_t
s_literal(json_scan_t *self, const char *at, fault_t *fault)
{
    if (*at != *self->literal)
        return s_refuse(self, fault, "a value is expected");
    self->literal++;
    return *self->literal ? STATUS_OK : s_tell_end(self, at + 1, fault);
}

/* ---- the scan ---- */

static status_t
s_between(json_scan_t *self, const char *at, fault_t *fault)
{
    char c = *at;
    if (c == ' ' || c == '\n' || c == '\r' || c == '\t')
        return STATUS_OK;
    switch ((state_t) self->state) {
    case IN_VALUE_OR_CLOSE:
        if (c == ']')
            return s_close(self, at, fault);
        return s_value(self, at, fault);
    case IN_KEY_OR_CLOSE:
        if (c == '}')
            return s_close(self, at, fault);
        return s_begin_key(self, at, fault);
    case IN_KEY: return s_begin_key(self, at, fault);
    case IN_COLON:
        if (c != ':')
            return s_refuse(self, fault, ": is expected");
        self->state = IN_VALUE;
        return STATUS_OK;
    case IN_AFTER: return s_after(self, at, fault);
    case IN_DONE: return s_refuse(self, fault, "more text behind the end");
    default: return s_value(self, at, fault);
    }
}

static status_t
s_step(json_scan_t *self, const char *at, bool *again, fault_t *fault)
{
    *again = false;
    switch ((state_t) self->state) {
    case IN_STRING: return s_string(self, at, fault);
    case IN_ESCAPE: return s_escape(self, at, fault);
    case IN_HEX: return s_hex(self, at, fault);
    case IN_SURROGATE:
    case IN_SURROGATE_ESCAPE: return s_surrogate(self, at, fault);
    case IN_LITERAL: return s_literal(self, at, fault);
    case IN_MINUS:
    case IN_ZERO:
    case IN_INTEGER:
    case IN_POINT:
    case IN_FRACTION:
    case IN_EXPONENT:
    case IN_EXPONENT_SIGN:
    case IN_EXPONENT_DIGITS: return s_number(self, at, again, fault);
    default: return s_between(self, at, fault);
    }
}

/* How many of the bytes at `at` are plain letters of a string that nobody wants to keep: most of a
 * body is such text. */
static size_t
s_plain(const json_scan_t *self, const char *at, size_t size)
{
    if (self->state != IN_STRING || self->in_key || self->utf8_left)
        return 0;
    size_t count = 0;
    while (count < size && (unsigned char) at[count] >= 0x20 && (unsigned char) at[count] < 0x80 &&
           at[count] != '"' && at[count] != '\\')
        count++;
    return count;
}

status_t
json_scan_feed(json_scan_t *self, slice_t bytes, fault_t *fault)
{
    if (self->state == IN_FAILED)
        return fault_set(fault, STATUS_BAD_REQUEST, "not valid JSON");
    for (size_t i = 0; i < bytes.size;) {
        size_t plain = s_plain(self, bytes.data + i, bytes.size - i);
        i += plain;
        self->offset += plain;
        if (i == bytes.size)
            break;
        bool again = false;
        status_t status = s_step(self, bytes.data + i, &again, fault);
        if (status != STATUS_OK)
            return status;
        if (!again) {
            i++;
            self->offset++;
        }
    }
    return STATUS_OK;
}

status_t
json_scan_end(json_scan_t *self, fault_t *fault)
{
    if (self->state != IN_FAILED && self->depth == 0 && s_number_may_end(self->state)) {
        status_t status = s_tell_end(self, "", fault);
        if (status != STATUS_OK)
            return status;
    }
    if (self->state == IN_DONE)
        return STATUS_OK;
    return s_refuse(self, fault, self->offset ? "the text ends too early" : "there is no text");
}

status_t
json_scan_text(slice_t text, fault_t *fault)
{
    json_scan_t scan = {0};
    json_scan_begin(&scan, NULL);
    status_t status = json_scan_feed(&scan, text, fault);
    if (status == STATUS_OK)
        status = json_scan_end(&scan, fault);
    json_scan_free(&scan);
    return status;
}
