#include "documents/tagger/tagger_abbreviation.h"

#include <unicode/uchar.h>

enum {
    LETTERS_MAX = 7,      /* of an abbreviation */
    NUMBERED_LETTERS = 4, /* of one before a number (vol. 2) */
    LABEL_UNITS = 20      /* of a line that is a label, not the last line of a paragraph */
};

static bool
s_is_line_end(const UChar *units, size_t count, size_t at)
{
    return at >= count || units[at] == '\n' || units[at] == '\r';
}

/* A label on a form: a line of its own that is short, the last word cut behind a consonant. */
static bool
s_is_label(const UChar *units, size_t count, size_t end)
{
    static const UChar vowels[] = {'a',   'e',   'i',   'o',   'u',   'y',   0x430, 0x435, 0x438,
                                   0x43e, 0x443, 0x44b, 0x44d, 0x44e, 0x44f, 0x439, 0};
    size_t at = end;
    UChar last = (UChar) u_tolower(units[end - 1]);
    for (const UChar *vowel = vowels; *vowel; vowel++) {
        if (last == *vowel)
            return false;
    }
    while (at > 0 && end - at < LABEL_UNITS && units[at - 1] != '\n')
        at--;
    return at > 0 ? units[at - 1] == '\n' : end + 1 < count;
}

bool
abbreviation_is(const UChar *units, size_t count, size_t start, size_t end)
{
    size_t letters = end - start, next = end + 1;
    if (end >= count || units[end] != '.' || letters > LETTERS_MAX || !u_isalpha(units[end - 1]))
        return false;
    if (next < count && u_isalnum(units[next]))
        return false;
    while (next < count && units[next] == ' ')
        next++;
    if (s_is_line_end(units, count, next))
        return s_is_label(units, count, end);
    if (letters == 1 && u_isupper(units[start]))
        return true;
    if (u_isdigit(units[next]))
        return letters <= NUMBERED_LETTERS;
    return u_islower(units[next]) || units[next] == ',' || units[next] == ';' ||
           units[next] == ':' || units[next] == 0x2116;
}
