#include "base/text.h"

/* Returns the length of the well-formed sequence at the start of `size` bytes, or 0. The ranges are
 * those of the table in RFC 3629, section 4. */
static size_t
s_sequence(const unsigned char *p, size_t size)
{
    if (p[0] < 0x80)
        return 1;
    size_t length = 0;
    unsigned char low = 0x80, high = 0xbf;
    if (p[0] >= 0xc2 && p[0] <= 0xdf) {
        length = 2;
    } else if (p[0] >= 0xe0 && p[0] <= 0xef) {
        length = 3;
        if (p[0] == 0xe0)
            low = 0xa0;
        if (p[0] == 0xed)
            high = 0x9f;
    } else if (p[0] >= 0xf0 && p[0] <= 0xf4) {
        length = 4;
        if (p[0] == 0xf0)
            low = 0x90;
        if (p[0] == 0xf4)
            high = 0x8f;
    }
    if (length == 0 || length > size || p[1] < low || p[1] > high)
        return 0;
    for (size_t i = 2; i < length; i++)
        if (p[i] < 0x80 || p[i] > 0xbf)
            return 0;
    return length;
}

bool
text_is_utf8(slice_t text)
{
    const unsigned char *p = (const unsigned char *) text.data;
    size_t left = text.size;
    while (left) {
        size_t length = s_sequence(p, left);
        if (length == 0)
            return false;
        p += length;
        left -= length;
    }
    return true;
}

size_t
text_cut(slice_t text, size_t limit)
{
    if (text.size <= limit)
        return text.size;
    size_t end = limit;
    while (end > 0 && ((unsigned char) text.data[end] & 0xc0) == 0x80)
        end--;
    return end;
}

static bool
s_is_unreserved(unsigned char c)
{
    return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' ||
           c == '.' || c == '_' || c == '~';
}

void
text_percent_encode(buffer_t *out, slice_t text)
{
    for (size_t i = 0; i < text.size; i++) {
        unsigned char c = (unsigned char) text.data[i];
        if (s_is_unreserved(c))
            buffer_append_byte(out, (char) c);
        else
            buffer_printf(out, "%%%02X", c);
    }
}

static int
s_hex_digit(char c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    if (c >= 'a' && c <= 'f')
        return c - 'a' + 10;
    if (c >= 'A' && c <= 'F')
        return c - 'A' + 10;
    return -1;
}

bool
text_percent_decode(buffer_t *out, slice_t text)
{
    size_t start = out->size;
    for (size_t i = 0; i < text.size; i++) {
        if (text.data[i] != '%') {
            buffer_append_byte(out, text.data[i]);
            continue;
        }
        int high = text.size - i > 2 ? s_hex_digit(text.data[i + 1]) : -1;
        int low = text.size - i > 2 ? s_hex_digit(text.data[i + 2]) : -1;
        if (high < 0 || low < 0) {
            out->size = start;
            return false;
        }
        buffer_append_byte(out, (char) (high * 16 + low));
        i += 2;
    }
    return true;
}

void
text_hex(buffer_t *out, const uint8_t *data, size_t size)
{
    for (size_t i = 0; i < size; i++)
        buffer_printf(out, "%02x", data[i]);
}
