#include "documents/tagger/unicode.h"

#include <assert.h>
#include <stdbool.h>
#include <stdlib.h>

#include <unicode/uchar.h>
#include <unicode/unorm2.h>
#include <unicode/ustring.h>
#include <unicode/utf8.h>

#include "base/memory.h"

void
wide_free(wide_t *self)
{
    free(self->units);
    *self = (wide_t){0};
}

static void
s_make_room(wide_t *self, size_t count)
{
    if (self->capacity < count) {
        self->capacity = count + count / 2;
        self->units = memory_resize(self->units, self->capacity * sizeof *self->units);
    }
}

/* Puts what `self` holds into normal form C; nearly all text is already. */
static void
s_normalise(wide_t *self, wide_t *scratch)
{
    UErrorCode status = U_ZERO_ERROR;
    const UNormalizer2 *nfc = unorm2_getNFCInstance(&status);
    int32_t size = (int32_t) self->count;
    int32_t good =
        U_SUCCESS(status) ? unorm2_spanQuickCheckYes(nfc, self->units, size, &status) : size;
    if (U_FAILURE(status) || good == size)
        return;
    s_make_room(scratch, self->count * 3); /* no text grows more than that in form C */
    int32_t made = unorm2_normalize(nfc, self->units, size, scratch->units,
                                    (int32_t) scratch->capacity, &status);
    if (U_FAILURE(status))
        return;
    wide_t normal = {scratch->units, (size_t) made, scratch->capacity};
    *scratch = *self;
    *self = normal;
}

void
unicode_widen(slice_t text, wide_t *out, wide_t *scratch)
{
    UErrorCode status = U_ZERO_ERROR;
    int32_t made = 0;
    s_make_room(out, text.size + 1); /* a byte never gives more than one unit */
    u_strFromUTF8WithSub(out->units, (int32_t) out->capacity, &made, text.data, (int32_t) text.size,
                         0xfffd, NULL, &status);
    out->count = U_SUCCESS(status) ? (size_t) made : 0;
    s_normalise(out, scratch);
}

/* Letters that PDF files carry as one sign: U+FB00 to U+FB06. */
static const char *
s_ligature(uint32_t sign)
{
    static const char *const letters[] = {"ff", "fi", "fl", "ffi", "ffl", "st", "st"};
    return sign >= 0xfb00 && sign <= 0xfb06 ? letters[sign - 0xfb00] : NULL;
}

/* Joiners belong to the spelling of Persian and Indic words; other format characters do not. */
static bool
s_is_invisible(uint32_t sign)
{
    return sign != 0x200c && sign != 0x200d && u_charType((UChar32) sign) == U_FORMAT_CHAR;
}

/* Reads one code point; a surrogate without its other half gives U+FFFD. (ICU's macros for this do
 * not compile under our warnings.) */
static uint32_t
s_next(const UChar *units, int32_t size, int32_t *at)
{
    uint32_t sign = units[(*at)++];
    if (sign < 0xd800 || sign > 0xdfff)
        return sign;
    if (sign > 0xdbff || *at == size || units[*at] < 0xdc00 || units[*at] > 0xdfff)
        return 0xfffd;
    return 0x10000 + ((sign - 0xd800) << 10) + (units[(*at)++] - 0xdc00u);
}

/* Writes one sign of a word to `to`, which has room. Returns how many bytes it took. */
static int32_t
s_write_sign(uint8_t *to, uint32_t sign)
{
    int32_t made = 0;
    const char *ligature = s_ligature(sign);
    if (ligature) {
        for (; ligature[made]; made++)
            to[made] = (uint8_t) ligature[made];
    } else if (sign == 0x2019 || sign == 0x02bc) {
        to[made++] = '\'';
    } else if (!s_is_invisible(sign)) {
        U8_APPEND_UNSAFE(to, made, sign);
    }
    return made;
}

void
unicode_narrow(const UChar *units, size_t count, buffer_t *out)
{
    assert(units || count == 0);
    uint8_t *to = (uint8_t *) buffer_reserve(out, count * 3);
    int32_t made = 0, at = 0, size = (int32_t) count;
    while (at < size) {
        if (units[at] < 0x80)
            to[made++] = (uint8_t) units[at++];
        else
            made += s_write_sign(to + made, s_next(units, size, &at));
    }
    out->size += (size_t) made;
    out->data[out->size] = '\0';
}

void
unicode_squeeze(buffer_t *out, slice_t text)
{
    wide_t wide = {0}, scratch = {0};
    size_t kept = 0;
    unicode_widen(text, &wide, &scratch);
    assert(wide.units || wide.count == 0);
    for (size_t i = 0; i < wide.count; i++) {
        UChar unit = wide.units[i];
        if (!u_isUWhiteSpace(unit) && !u_iscntrl(unit))
            wide.units[kept++] = unit;
        else if (kept && wide.units[kept - 1] != ' ')
            wide.units[kept++] = ' ';
    }
    if (kept && wide.units[kept - 1] == ' ')
        kept--;
    if (kept)
        unicode_narrow(wide.units, kept, out);
    wide_free(&wide);
    wide_free(&scratch);
}

static bool
s_is_ascii(slice_t text)
{
    for (size_t i = 0; i < text.size; i++) {
        if ((uint8_t) text.data[i] >= 0x80)
            return false;
    }
    return true;
}

/* By way of UTF-16; text that is not in form C after folding is rare enough to pay for. */
static void
s_fold_wide(buffer_t *out, slice_t text, uint32_t options)
{
    UErrorCode status = U_ZERO_ERROR;
    wide_t plain = {0}, folded = {0};
    unicode_widen(text, &plain, &folded);
    s_make_room(&folded, plain.count * 3); /* no letter folds to more than three */
    int32_t made = u_strFoldCase(folded.units, (int32_t) folded.capacity, plain.units,
                                 (int32_t) plain.count, options, &status);
    folded.count = U_SUCCESS(status) ? (size_t) made : 0;
    s_normalise(&folded, &plain);
    unicode_narrow(folded.units, folded.count, out);
    wide_free(&plain);
    wide_free(&folded);
}

void
unicode_fold(buffer_t *out, slice_t text)
{
    if (!s_is_ascii(text)) {
        s_fold_wide(out, text, U_FOLD_CASE_DEFAULT);
        return;
    }
    char *to = buffer_reserve(out, text.size);
    for (size_t i = 0; i < text.size; i++) {
        char byte = text.data[i];
        to[i] = (char) (byte >= 'A' && byte <= 'Z' ? byte | 0x20 : byte);
    }
    out->size += text.size;
    out->data[out->size] = '\0';
}

void
unicode_fold_turkic(buffer_t *out, slice_t text)
{
    s_fold_wide(out, text, U_FOLD_CASE_EXCLUDE_SPECIAL_I);
}

size_t
unicode_count(slice_t text)
{
    size_t count = 0;
    for (size_t i = 0; i < text.size; i++)
        count += ((uint8_t) text.data[i] & 0xc0) != 0x80;
    return count;
}
