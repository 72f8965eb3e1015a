#include "documents/tagger/tagger_lexicon.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include <unicode/uchar.h>
#include <unicode/utf8.h>

#include "base/memory.h"
#include "documents/tagger/unicode.h"

/* What a form is made of. */
typedef struct {
    uint32_t letters, capitals, digits, signs;
    UChar32 first;
} shape_t;

/* Nearly all signs of nearly all texts; ICU's tables are slow beside it. */
static void
s_add_ascii(shape_t *shape, UChar32 sign)
{
    if ((sign | 0x20) >= 'a' && (sign | 0x20) <= 'z') {
        shape->letters++;
        shape->capitals += sign <= 'Z';
    } else if (sign >= '0' && sign <= '9') {
        shape->digits++;
    } else {
        shape->signs++;
    }
}

static void
s_add_sign(shape_t *shape, UChar32 sign)
{
    if (u_isalpha(sign))
        shape->letters++;
    else if (u_isdigit(sign))
        shape->digits++;
    else if (u_charType(sign) != U_NON_SPACING_MARK)
        shape->signs++;
    if (u_isupper(sign))
        shape->capitals++;
}

static shape_t
s_shape(slice_t form)
{
    shape_t shape = {0};
    int32_t at = 0, size = (int32_t) form.size;
    while (at < size) {
        UChar32 sign;
        U8_NEXT((const uint8_t *) form.data, at, size, sign);
        if (shape.first == 0)
            shape.first = sign;
        if (sign >= 0 && sign < 0x80)
            s_add_ascii(&shape, sign);
        else
            s_add_sign(&shape, sign);
    }
    return shape;
}

/* Reads a Roman numeral strictly (largest first, at most three alike). Returns its value, or 0. */
static uint32_t
s_numeral(slice_t folded)
{
    static const struct {
        const char *text;
        uint32_t value;
    } parts[] = {{"m", 1000}, {"cm", 900}, {"d", 500}, {"cd", 400}, {"c", 100},
                 {"xc", 90},  {"l", 50},   {"xl", 40}, {"x", 10},   {"ix", 9},
                 {"v", 5},    {"iv", 4},   {"i", 1}};
    uint32_t value = 0;
    size_t at = 0;
    for (size_t i = 0; i < sizeof parts / sizeof parts[0]; i++) {
        size_t size = strlen(parts[i].text);
        int repeats = parts[i].value >= 1000 || size == 1 ? 3 : 1;
        while (repeats-- && at + size <= folded.size &&
               memcmp(folded.data + at, parts[i].text, size) == 0) {
            value += parts[i].value;
            at += size;
        }
    }
    return at == folded.size ? value : 0;
}

/* Small numerals count in any case; large ones only when long and in capitals, because CD, DVI, ML
 * and mix are words. */
static bool
s_is_numeral(slice_t folded, const shape_t *shape)
{
    uint32_t value = folded.size <= 12 ? s_numeral(folded) : 0;
    if (value == 0)
        return false;
    return value < 40 || (shape->capitals == folded.size && folded.size >= (value < 90 ? 3 : 4));
}

/* 1st, 20th, 1980s, 13h02, 12h, 3e, 2ème: digits with an ending that keeps them a number. */
static bool
s_is_inflected_number(slice_t folded)
{
    static const char *const endings[] = {"st",  "nd",       "rd",       "th", "s",
                                          "h",   "er",       "re",       "e",  "\xc3\xa8me",
                                          "eme", "\xc2\xba", "\xc2\xaa", NULL};
    size_t digits = 0, last = folded.size;
    while (digits < folded.size && folded.data[digits] >= '0' && folded.data[digits] <= '9')
        digits++;
    while (last > digits && folded.data[last - 1] >= '0' && folded.data[last - 1] <= '9')
        last--;
    slice_t ending = {folded.data + digits, last - digits};
    if (digits == 0)
        return false;
    if (last < folded.size)
        return slice_is(ending, "h");
    for (size_t i = 0; endings[i]; i++) {
        if (slice_is(ending, endings[i]))
            return true;
    }
    return false;
}

/* 250g, 100ml, kg: as it is written, because 5G is no weight. */
static bool
s_is_measure(slice_t form)
{
    static const char *const units[] = {"g",  "kg",  "mg",  "l",   "ml", "cl", "m",  "cm", "mm",
                                        "km", "nm",  "s",   "ms",  "V",  "W",  "kW", "MW", "kV",
                                        "Hz", "kHz", "MHz", "GHz", "KB", "MB", "GB", "TB", NULL};
    size_t digits = 0;
    while (digits < form.size && form.data[digits] >= '0' && form.data[digits] <= '9')
        digits++;
    slice_t unit = {form.data + digits, form.size - digits};
    if (digits == 0)
        return slice_is(form, "kg") || slice_is(form, "mg") || slice_is(form, "km") ||
               slice_is(form, "cm") || slice_is(form, "mm");
    for (size_t i = 0; units[i]; i++) {
        if (slice_is(unit, units[i]))
            return true;
    }
    return false;
}

/* A text in several languages has the grammar of them all. */
static bool
s_is_stop(const lexicon_t *self, slice_t folded)
{
    if (language_rules_is_stop(self->rules, folded))
        return true;
    for (size_t i = 0; i < self->other_count; i++)
        if (language_rules_lists_stop(self->others[i], folded))
            return true;
    return false;
}

static word_kind_t
s_kind(const lexicon_t *self, slice_t form, slice_t folded, slice_t base, const shape_t *shape)
{
    bool is_alone = shape->letters == 1 && shape->digits + shape->signs == 0;
    if (shape->letters == 0 || s_is_inflected_number(folded) || s_is_measure(form))
        return KIND_NUMBER;
    if (is_alone && shape->capitals == 1)
        return KIND_LETTER;
    if (s_is_stop(self, folded) || s_is_stop(self, base))
        return KIND_STOP;
    if (is_alone && shape->first < 0x250)
        return KIND_STOP; /* a lower-case Latin letter */
    if (s_is_numeral(base, shape))
        return KIND_NUMERAL;
    return language_rules_is_date(self->rules, base) ? KIND_DATE : KIND_WORD;
}

static word_case_t
s_case(const shape_t *shape)
{
    if (shape->letters > 1 && shape->capitals == shape->letters)
        return CASE_UPPER;
    return u_isupper(shape->first) ? CASE_TITLE : CASE_OTHER;
}

void
lexicon_start(lexicon_t *self, language_rules_t *rules)
{
    words_clear(&self->forms);
    words_clear(&self->stems);
    self->own_count = LEXICON_FORM_LIMIT;
    self->rules = rules;
    self->other_count = 0;
}

void
lexicon_add_part(lexicon_t *self, const language_rules_t *rules)
{
    assert(self->other_count < LANGUAGE_PARTS_MAX);
    self->others[self->other_count++] = rules;
}

void
lexicon_end_text(lexicon_t *self)
{
    self->own_count = self->forms.count;
}

void
lexicon_free(lexicon_t *self)
{
    words_free(&self->forms);
    words_free(&self->stems);
    buffer_free(&self->folded);
    free(self->entries);
    *self = (lexicon_t){0};
}

static struct lexicon_entry
s_describe(lexicon_t *self, slice_t form)
{
    shape_t shape = s_shape(form);
    buffer_clear(&self->folded);
    language_rules_fold(self->rules, &self->folded, form);
    slice_t folded = buffer_slice(&self->folded);
    slice_t base = language_rules_base(self->rules, folded);
    slice_t stem = language_rules_stem(self->rules, base);
    if (stem.size == 0)
        stem = base;
    return (struct lexicon_entry){
        .is_common = language_rules_is_common(self->rules, stem),
        .stem = words_require(&self->stems, stem, LEXICON_FORM_LIMIT),
        .kind = s_kind(self, form, folded, base, &shape),
        .letters = s_case(&shape),
        .size = (uint8_t) unicode_count(form),
        .is_code = shape.letters == 1 && shape.digits > 0,
        .starts_boilerplate = language_rules_is_boilerplate_word(self->rules, folded),
        .is_modifier = language_rules_is_modifier(self->rules, folded),
    };
}

uint32_t
lexicon_require(lexicon_t *self, slice_t form)
{
    uint32_t known = self->forms.count;
    if (form.size > LEXICON_LETTER_LIMIT && unicode_count(form) > LEXICON_LETTER_LIMIT)
        return WORDS_NONE;
    uint32_t number = words_require(&self->forms, form, LEXICON_FORM_LIMIT);
    if (number == WORDS_NONE || number < known)
        return number;
    if (number >= self->capacity) {
        self->capacity = self->capacity ? self->capacity * 2 : 1024;
        self->entries = memory_resize(self->entries, self->capacity * sizeof *self->entries);
    }
    self->entries[number] = s_describe(self, form);
    return number;
}

uint32_t
lexicon_stem(const lexicon_t *self, uint32_t form)
{
    return self->entries[form].stem;
}

word_kind_t
lexicon_kind(const lexicon_t *self, uint32_t form)
{
    return self->entries[form].kind;
}

word_case_t
lexicon_case(const lexicon_t *self, uint32_t form)
{
    return self->entries[form].letters;
}

slice_t
lexicon_text(const lexicon_t *self, uint32_t form)
{
    return words_text(&self->forms, form);
}

uint32_t
lexicon_size(const lexicon_t *self, uint32_t form)
{
    return self->entries[form].size;
}

bool
lexicon_is_common(const lexicon_t *self, uint32_t form)
{
    return self->entries[form].is_common;
}

bool
lexicon_is_modifier(const lexicon_t *self, uint32_t form)
{
    return self->entries[form].is_modifier;
}

bool
lexicon_starts_boilerplate(const lexicon_t *self, uint32_t form)
{
    return self->entries[form].starts_boilerplate;
}

bool
lexicon_is_code(const lexicon_t *self, uint32_t form)
{
    return self->entries[form].is_code;
}

bool
lexicon_knows(const lexicon_t *self, slice_t form)
{
    return words_find(&self->forms, form) < self->own_count;
}
