#include "gateway/json_view.h"

#include <string.h>

static bool
s_is_space(char c)
{
    return c == ' ' || c == '\n' || c == '\r' || c == '\t';
}

static void
s_skip_space(slice_t *text)
{
    while (text->size && s_is_space(text->data[0])) {
        text->data++;
        text->size--;
    }
}

/* The length of the string that begins at the first byte, with its quotes; 0: it does not end. */
static size_t
s_string_length(slice_t text)
{
    for (size_t i = 1; i < text.size; i++) {
        if (text.data[i] == '\\')
            i++;
        else if (text.data[i] == '"')
            return i + 1;
    }
    return 0;
}

static size_t
s_container_length(slice_t text)
{
    size_t depth = 0;
    for (size_t i = 0; i < text.size; i++) {
        char c = text.data[i];
        if (c == '"') {
            size_t length = s_string_length((slice_t){text.data + i, text.size - i});
            if (length == 0)
                return 0;
            i += length - 1;
        } else if (c == '{' || c == '[') {
            depth++;
        } else if ((c == '}' || c == ']') && --depth == 0) {
            return i + 1;
        }
    }
    return 0;
}

static size_t
s_value_length(slice_t text)
{
    json_kind_t kind = json_view_kind(text);
    if (kind == JSON_STRING)
        return s_string_length(text);
    if (kind == JSON_OBJECT || kind == JSON_ARRAY)
        return s_container_length(text);
    size_t length = 0;
    while (kind != JSON_NONE && length < text.size && !s_is_space(text.data[length]) &&
           strchr(",]}", text.data[length]) == NULL)
        length++;
    return length;
}

json_kind_t
json_view_kind(slice_t value)
{
    if (value.size == 0)
        return JSON_NONE;
    switch (value.data[0]) {
    case '{': return JSON_OBJECT;
    case '[': return JSON_ARRAY;
    case '"': return JSON_STRING;
    case 't': return JSON_TRUE;
    case 'f': return JSON_FALSE;
    case 'n': return JSON_NULL;
    default:
        return value.data[0] == '-' || (value.data[0] >= '0' && value.data[0] <= '9') ? JSON_NUMBER
                                                                                      : JSON_NONE;
    }
}

bool
json_view_open(slice_t value, slice_t *inside)
{
    value = slice_trim(value);
    json_kind_t kind = json_view_kind(value);
    if ((kind != JSON_OBJECT && kind != JSON_ARRAY) || s_container_length(value) != value.size)
        return false;
    *inside = (slice_t){value.data + 1, value.size - 2};
    return true;
}

/* Takes the value at the front of `inside`. */
static bool
s_take(slice_t *inside, slice_t *value)
{
    s_skip_space(inside);
    size_t length = s_value_length(*inside);
    *value = (slice_t){inside->data, length};
    inside->data += length;
    inside->size -= length;
    return length > 0;
}

static bool
s_take_byte(slice_t *inside, char byte)
{
    s_skip_space(inside);
    if (inside->size == 0 || inside->data[0] != byte)
        return false;
    inside->data++;
    inside->size--;
    return true;
}

bool
json_view_element(slice_t *inside, slice_t *value)
{
    s_take_byte(inside, ',');
    return s_take(inside, value);
}

bool
json_view_member(slice_t *inside, slice_t *key, slice_t *value)
{
    s_take_byte(inside, ',');
    return s_take(inside, key) && json_view_kind(*key) == JSON_STRING && s_take_byte(inside, ':') &&
           s_take(inside, value);
}

bool
json_view_find(slice_t object, const char *name, slice_t *value)
{
    slice_t inside, key;
    if (json_view_kind(slice_trim(object)) != JSON_OBJECT || !json_view_open(object, &inside))
        return false;
    while (json_view_member(&inside, &key, value))
        if (json_view_is(key, name))
            return true;
    return false;
}

static int
s_hex4(slice_t text, size_t at)
{
    int code = 0;
    for (size_t i = at; i < at + 4; i++) {
        if (i >= text.size)
            return -1;
        char c = text.data[i];
        int digit = c >= '0' && c <= '9' ? c - '0' : (c | 0x20) - 'a' + 10;
        if (digit < 0 || digit > 15)
            return -1;
        code = code * 16 + digit;
    }
    return code;
}

void
json_view_code(uint32_t code, buffer_t *out)
{
    if (code < 0x80) {
        buffer_append_byte(out, (char) code);
        return;
    }
    if (code < 0x800) {
        buffer_append_byte(out, (char) (0xc0 | code >> 6));
    } else {
        if (code < 0x10000) {
            buffer_append_byte(out, (char) (0xe0 | code >> 12));
        } else {
            buffer_append_byte(out, (char) (0xf0 | code >> 18));
            buffer_append_byte(out, (char) (0x80 | (code >> 12 & 0x3f)));
        }
        buffer_append_byte(out, (char) (0x80 | (code >> 6 & 0x3f)));
    }
    buffer_append_byte(out, (char) (0x80 | (code & 0x3f)));
}

/* Appends what the escape at `at` (its backslash) stands for. Returns its length; 0: it is none. */
static size_t
s_unescape(slice_t text, size_t at, buffer_t *out)
{
    static const char from[] = "\"\\/bfnrt";
    static const char to[] = "\"\\/\b\f\n\r\t";
    if (at + 1 >= text.size || text.data[at + 1] == '\0')
        return 0;
    const char *found = strchr(from, text.data[at + 1]);
    if (found) {
        buffer_append_byte(out, to[found - from]);
        return 2;
    }
    int code = text.data[at + 1] == 'u' ? s_hex4(text, at + 2) : -1;
    if (code < 0)
        return 0;
    if (code < 0xd800 || code > 0xdbff) {
        json_view_code((uint32_t) code, out);
        return 6;
    }
    int low = s_hex4(text, at + 8);
    if (low < 0xdc00 || low > 0xdfff)
        return 0;
    json_view_code(0x10000 + ((uint32_t) (code - 0xd800) << 10) + (uint32_t) (low - 0xdc00), out);
    return 12;
}

bool
json_view_string(slice_t value, buffer_t *out)
{
    if (json_view_kind(value) != JSON_STRING || s_string_length(value) != value.size)
        return false;
    slice_t text = {value.data + 1, value.size - 2};
    size_t start = out->size;
    for (size_t i = 0; i < text.size;) {
        size_t plain = i;
        while (plain < text.size && text.data[plain] != '\\')
            plain++;
        buffer_append(out, text.data + i, plain - i);
        i = plain;
        if (i == text.size)
            break;
        size_t length = s_unescape(text, i, out);
        if (length == 0) {
            out->size = start;
            return false;
        }
        i += length;
    }
    return true;
}

bool
json_view_is(slice_t value, const char *text)
{
    if (json_view_kind(value) != JSON_STRING || value.size < 2)
        return false;
    if (memchr(value.data, '\\', value.size) == NULL)
        return slice_is((slice_t){value.data + 1, value.size - 2}, text);
    buffer_t decoded = {0};
    bool same = json_view_string(value, &decoded) && slice_is(buffer_slice(&decoded), text);
    buffer_free(&decoded);
    return same;
}

bool
json_view_integer(slice_t value, int64_t *out)
{
    bool negative = value.size && value.data[0] == '-';
    size_t i = negative ? 1 : 0;
    if (i == value.size)
        return false;
    int64_t number = 0;
    for (; i < value.size; i++) {
        int digit = value.data[i] - '0';
        if (digit < 0 || digit > 9 || __builtin_mul_overflow(number, 10, &number) ||
            __builtin_sub_overflow(number, digit, &number))
            return false;
    }
    if (!negative && number == INT64_MIN)
        return false;
    *out = negative ? number : -number;
    return true;
}
