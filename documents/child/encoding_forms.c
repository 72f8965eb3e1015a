#include "documents/child/encoding_forms.h"

#include <stdbool.h>
#include <stdint.h>
#include <string.h>

enum {
    LETTERS_LEAST = 20,
    FAULTS_IN = 100, /* one of so many letters may be out of place */
    ODD_IN = 20,     /* one of so many may be a sign that is seldom written */
    VOWELS_IN = 40,  /* one of so many at least is a long a, and one a vowel that stands in front */
    CYRILLIC_IN = 50,  /* one of so many may be no letter of Russian */
    FIRST_HALF_IN = 4, /* small letters up to p: of 100 in Russian, 67 */
    SECOND_HALF_IN = 7,
};

/* How the bytes of Thai go together. */
typedef enum {
    THAI_NONE, /* no letter: ASCII, or no byte of the encoding */
    THAI_CONSONANT,
    THAI_BEHIND, /* a vowel that stands behind, above or below a consonant */
    THAI_TONE,   /* stands above a consonant or its vowel */
    THAI_FRONT,  /* a vowel that is written before its consonant */
    THAI_ODD,    /* digits and signs */
} thai_t;

typedef struct {
    size_t letters, faults, odd, long_a, front;
} thai_look_t;

static thai_t
s_thai(uint8_t byte)
{
    if (byte >= 0xa1 && byte <= 0xce)
        return THAI_CONSONANT;
    if (byte >= 0xd0 && byte <= 0xda)
        return THAI_BEHIND;
    if (byte >= 0xe7 && byte <= 0xee)
        return THAI_TONE;
    if (byte >= 0xe0 && byte <= 0xe4)
        return THAI_FRONT;
    bool is_odd = byte == 0xcf || byte == 0xdf || byte == 0xe5 || byte == 0xe6 ||
                  (byte >= 0xef && byte <= 0xfb);
    return is_odd ? THAI_ODD : THAI_NONE;
}

static bool
s_may_follow(thai_t before, thai_t letter)
{
    if (before == THAI_FRONT)
        return letter == THAI_CONSONANT;
    if (letter == THAI_BEHIND)
        return before == THAI_CONSONANT || before == THAI_BEHIND || before == THAI_TONE;
    return letter != THAI_TONE || before == THAI_CONSONANT || before == THAI_BEHIND;
}

static bool
s_is_thai(slice_t text)
{
    thai_look_t look = {0};
    thai_t before = THAI_NONE;
    for (size_t i = 0; i < text.size; i++) {
        uint8_t byte = (uint8_t) text.data[i];
        thai_t letter = s_thai(byte);
        bool is_letter = byte >= 0x80;
        look.letters += is_letter;
        look.faults += (is_letter && letter == THAI_NONE) || !s_may_follow(before, letter);
        look.odd += letter == THAI_ODD;
        look.front += letter == THAI_FRONT;
        look.long_a += byte == 0xd2;
        before = letter;
    }
    return look.letters >= LETTERS_LEAST && look.faults * FAULTS_IN <= look.letters &&
           look.odd * ODD_IN <= look.letters && look.long_a * VOWELS_IN >= look.letters &&
           look.front * VOWELS_IN >= look.letters;
}

/* The small letters of the code page are apart, where others have signs. */
static bool
s_is_dos_cyrillic(slice_t text)
{
    size_t letters = 0, others = 0, first_half = 0, second_half = 0;
    for (size_t i = 0; i < text.size; i++) {
        uint8_t byte = (uint8_t) text.data[i];
        letters += byte >= 0x80;
        others += (byte >= 0xb0 && byte < 0xe0) || byte > 0xf7;
        first_half += byte >= 0xa0 && byte < 0xb0;
        second_half += byte >= 0xe0 && byte < 0xf0;
    }
    return letters >= LETTERS_LEAST && others * CYRILLIC_IN <= letters &&
           first_half * FIRST_HALF_IN >= letters && second_half * SECOND_HALF_IN >= letters;
}

const char *
encoding_by_form(slice_t text)
{
    return s_is_thai(text) ? "windows-874" : s_is_dos_cyrillic(text) ? "cp866" : NULL;
}

const char *
encoding_by_escapes(slice_t text)
{
    if (!slice_holds(text, SLICE("\x1b$B")) && !slice_holds(text, SLICE("\x1b$@")))
        return NULL;
    for (size_t i = 0; i < text.size; i++)
        if ((uint8_t) text.data[i] >= 0x80)
            return NULL;
    return "ISO-2022-JP";
}
