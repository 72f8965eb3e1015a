#include "documents/child/legible.h"

#include <stdint.h>
#include <string.h>
#include <unicode/uchar.h>
#include <unicode/uscript.h>
#include <unicode/utf8.h>

enum {
    REPLACEMENT = 0xfffd,
    WORD_MIN = 4,   /* letters, for a word to be judged by its vowels */
    WORDS_MIN = 10, /* for words to tell anything */
    BROKEN_IN = 10, /* one of so many characters may be broken */
    SIGNS_MIN = 4,
};

typedef struct {
    size_t characters; /* runs of one sign count once: dot leaders, rules of underscores */
    size_t broken;
    size_t letters; /* digits included */
    size_t words;
    size_t mixed; /* words of more than one script */
    size_t latin; /* longer words in Latin letters */
    size_t mute;  /* those without a vowel */
} look_t;

typedef struct {
    size_t letters;
    UScriptCode script;
    bool is_mixed;
    bool has_vowel;
} word_t;

static bool
s_is_broken(UChar32 point)
{
    switch (u_charType(point)) {
    case U_CONTROL_CHAR:
    case U_PRIVATE_USE_CHAR:
    case U_UNASSIGNED:
    case U_SURROGATE: return true;
    default: return point < 0 || point == REPLACEMENT;
    }
}

static bool
s_is_letter(UChar32 point)
{
    return u_isalnum(point) || (U_GET_GC_MASK(point) & U_GC_M_MASK);
}

/* Letters with marks count by their base, which the first step of decomposition need not be asked
 * for: beyond ASCII every Latin letter is let pass. */
static bool
s_is_vowel(UChar32 point)
{
    return point >= 0x80 || (point && strchr("aeiouyAEIOUY", (int) point) != NULL);
}

/* What is written with several scripts counts as one: Japanese, Korean, Chinese with Latin. */
static bool
s_mixes(UScriptCode a, UScriptCode b)
{
    static const UScriptCode strict[] = {USCRIPT_LATIN,    USCRIPT_GREEK,  USCRIPT_CYRILLIC,
                                         USCRIPT_ARMENIAN, USCRIPT_HEBREW, USCRIPT_ARABIC,
                                         USCRIPT_GEORGIAN};
    bool has_a = false, has_b = false;
    for (size_t i = 0; i < sizeof strict / sizeof strict[0]; i++) {
        has_a = has_a || strict[i] == a;
        has_b = has_b || strict[i] == b;
    }
    return a != b && has_a && has_b;
}

static void
s_end_word(look_t *look, word_t *word)
{
    if (word->letters) {
        look->words++;
        look->mixed += word->is_mixed;
    }
    if (word->letters >= WORD_MIN && word->script == USCRIPT_LATIN) {
        look->latin++;
        look->mute += !word->has_vowel;
    }
    *word = (word_t){.script = USCRIPT_COMMON};
}

static void
s_add_letter(word_t *word, UChar32 point)
{
    UErrorCode status = U_ZERO_ERROR;
    UScriptCode script = uscript_getScript(point, &status);
    if (script > USCRIPT_INHERITED) {
        word->is_mixed = word->is_mixed || s_mixes(word->script, script);
        word->script = script;
    }
    word->letters++;
    word->has_vowel = word->has_vowel || s_is_vowel(point);
}

static void
s_look(slice_t text, look_t *look)
{
    word_t word = {.script = USCRIPT_COMMON};
    UChar32 point = 0;
    for (size_t at = 0; at < text.size;) {
        UChar32 last = point;
        U8_NEXT((const uint8_t *) text.data, at, text.size, point);
        if (u_isalpha(point))
            s_add_letter(&word, point);
        else
            s_end_word(look, &word);
        if (u_isUWhiteSpace(point) || u_charType(point) == U_FORMAT_CHAR)
            continue;
        bool is_letter = s_is_letter(point);
        look->characters += is_letter || point != last;
        look->letters += is_letter;
        look->broken += s_is_broken(point);
    }
    s_end_word(look, &word);
}

bool
legible_is(slice_t text)
{
    look_t look = {0};
    s_look(text, &look);
    if (look.broken * BROKEN_IN > look.characters)
        return false;
    if (look.characters >= SIGNS_MIN && look.letters * 2 < look.characters)
        return false;
    if (look.words >= WORDS_MIN && look.mixed * 3 > look.words)
        return false;
    return look.latin < WORDS_MIN || look.mute * 2 < look.latin;
}

size_t
legible_count(slice_t text)
{
    size_t count = 0;
    for (size_t at = 0; at < text.size;) {
        UChar32 point;
        U8_NEXT((const uint8_t *) text.data, at, text.size, point);
        count += !u_isUWhiteSpace(point) && u_charType(point) != U_FORMAT_CHAR;
    }
    return count;
}
