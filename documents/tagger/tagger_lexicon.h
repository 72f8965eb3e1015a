/* The forms that one text uses: each distinct spelling once, with its stem and its kind.
 *
 * Stemming and stop lists cost per form, not per occurrence; that is most of the tagger's speed.
 * Not shared between threads.
 */
#ifndef TAGMILL_DOCUMENTS_TAGGER_LEXICON_H
#define TAGMILL_DOCUMENTS_TAGGER_LEXICON_H

#include <stdbool.h>
#include <stdint.h>

#include "documents/tagger/language_rules.h"
#include "documents/tagger/tagger_words.h"

enum {
    LEXICON_FORM_LIMIT = 400000, /* forms beyond are not told apart: they end a phrase */
    LEXICON_LETTER_LIMIT = 40    /* code points; longer words are keys, hashes, base64 */
};

typedef enum {
    KIND_STOP,    /* grammar: ends a phrase */
    KIND_WORD,    /* a subject */
    KIND_NUMBER,  /* digits, ordinals, times: only inside a phrase, and only when short */
    KIND_NUMERAL, /* Roman: only behind another word (World War II) */
    KIND_LETTER,  /* one capital: only beside another word (vitamin C) */
    KIND_DATE     /* a month or a weekday: never alone */
} word_kind_t;

typedef enum {
    CASE_OTHER, /* lower case, or a script without case */
    CASE_TITLE, /* starts with a capital */
    CASE_UPPER  /* two or more letters, all capitals */
} word_case_t;

typedef struct {
    words_t forms; /* spellings as they stand in the text, normal form C */
    words_t stems; /* case-folded and stemmed */
    struct lexicon_entry {
        uint32_t stem;
        word_kind_t kind;
        word_case_t letters;
        uint8_t size; /* code points */
        bool is_common;
        bool is_modifier;
        bool is_code;
        bool starts_boilerplate;
    } * entries; /* by form */
    uint32_t capacity;
    uint32_t own_count;      /* forms of the text; later ones are the exclusions' and the tags' */
    language_rules_t *rules; /* borrowed */
    const language_rules_t *others[LANGUAGE_PARTS_MAX]; /* borrowed: of parts of the text */
    size_t other_count;
    buffer_t folded; /* scratch */
} lexicon_t;

/* Empties the lexicon for a text in the language of `rules` (borrowed until the next call). */
void lexicon_start(lexicon_t *self, language_rules_t *rules);

/* Says that parts of the text are in the language of `rules` (borrowed as above), at most
 * LANGUAGE_PARTS_MAX times: its stop words are some here too. Before the first form. */
void lexicon_add_part(lexicon_t *self, const language_rules_t *rules);

/* Says that the text is at its end: what is required from here on is not a form of it. */
void lexicon_end_text(lexicon_t *self);

/* Frees everything and leaves the lexicon empty. */
void lexicon_free(lexicon_t *self);

/* Returns the number of a form (not empty, normal form C), or WORDS_NONE where it cannot be kept:
 * the lexicon is full, or the form is too long. */
uint32_t lexicon_require(lexicon_t *self, slice_t form);

/* The stem's number, the kind, the case and the spelling of a form. */
uint32_t lexicon_stem(const lexicon_t *self, uint32_t form);
word_kind_t lexicon_kind(const lexicon_t *self, uint32_t form);
word_case_t lexicon_case(const lexicon_t *self, uint32_t form);
slice_t lexicon_text(const lexicon_t *self, uint32_t form);

/* How many code points it has, and what language_rules.h says of such words. */
uint32_t lexicon_size(const lexicon_t *self, uint32_t form);
bool lexicon_is_common(const lexicon_t *self, uint32_t form);
bool lexicon_is_modifier(const lexicon_t *self, uint32_t form);

/* True when boilerplate starts with the form. */
bool lexicon_starts_boilerplate(const lexicon_t *self, uint32_t form);

/* True for one letter with digits: a sheet, a part, a cell (or a vitamin). */
bool lexicon_is_code(const lexicon_t *self, uint32_t form);

/* True when the text has this form. */
bool lexicon_knows(const lexicon_t *self, slice_t form);

#endif
