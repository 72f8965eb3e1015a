#include "documents/child/forms.h"

#include <stdbool.h>
#include <unicode/unorm2.h>
#include <unicode/ustring.h>
#include <unicode/utf16.h>
#include <unicode/utf8.h>

enum {
    FIRST = 0xfb00,
    LAST = 0xfdff,
    ARABIC_B_FIRST = 0xfe70,
    ARABIC_B_LAST = 0xfefc,
    UNITS_MAX = 32, /* the longest, U+FDFA, stands for 18 letters */
    SOFT_HYPHEN = 0xad,
    WORD_JOINER = 0x2060,
    BYTE_ORDER_MARK = 0xfeff, /* within a text, a joiner of words */
};

static bool
s_is_form(UChar32 point)
{
    return (point >= FIRST && point <= LAST) || (point >= ARABIC_B_FIRST && point <= ARABIC_B_LAST);
}

static bool
s_is_unseen(UChar32 point)
{
    return point == SOFT_HYPHEN || point == WORD_JOINER || point == BYTE_ORDER_MARK;
}

static void
s_append_letters(UChar32 point, buffer_t *out)
{
    UErrorCode status = U_ZERO_ERROR;
    const UNormalizer2 *normaliser = unorm2_getNFKCInstance(&status);
    UChar form[2] = {(UChar) point, 0}, letters[UNITS_MAX];
    char bytes[UNITS_MAX * 3];
    int32_t count = unorm2_normalize(normaliser, form, 1, letters, UNITS_MAX, &status);
    int32_t size = 0;
    u_strToUTF8(bytes, (int32_t) sizeof bytes, &size, letters, count, &status);
    if (U_SUCCESS(status))
        buffer_append(out, bytes, (size_t) size);
}

void
forms_resolve(slice_t text, buffer_t *out)
{
    size_t kept = 0; /* what stands before this is in `out` */
    for (size_t at = 0; at < text.size;) {
        UChar32 point;
        size_t start = at;
        U8_NEXT((const uint8_t *) text.data, at, text.size, point);
        if (!s_is_form(point) && !s_is_unseen(point))
            continue;
        buffer_append(out, text.data + kept, start - kept);
        if (s_is_form(point))
            s_append_letters(point, out);
        kept = at;
    }
    buffer_append(out, text.data + kept, text.size - kept);
}
