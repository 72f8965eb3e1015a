/* Which language a text is written in, by libcld2 (Compact Language Detector 2).
 *
 * The shim exists because that library speaks C++ only. Any thread.
 */
#ifndef TAGMILL_DOCUMENTS_LANGUAGE_H
#define TAGMILL_DOCUMENTS_LANGUAGE_H

#include <stdbool.h>
#include <stddef.h>

#include "base/slice.h"

#ifdef __cplusplus
extern "C" {
#endif

enum {
    LANGUAGE_CODE_SIZE = 4, /* bytes of a code of two or three letters and its NUL */
    LANGUAGE_PARTS_MAX = 8
};

/* The languages of a text. */
typedef struct {
    char main[LANGUAGE_CODE_SIZE]; /* as language_detect */
    /* Where the text is in several: those with a share of it, the largest first. */
    char parts[LANGUAGE_PARTS_MAX][LANGUAGE_CODE_SIZE];
    size_t part_count; /* 0: it is in one language, or nobody can tell */
} language_mix_t;

/* Finds the main language of `text` (UTF-8, borrowed; what follows malformed bytes is not looked
 * at) and writes its ISO 639 code, of two letters where there is one, into `code`
 * (LANGUAGE_CODE_SIZE bytes). Returns false and writes "" where the text is too short or too mixed
 * to tell. */
bool language_detect(slice_t text, char *code);

/* Finds the main language of `text` and, where that is not nearly all of it, the languages of its
 * parts; fills `mix`. The text as for language_detect. */
void language_detect_mix(slice_t text, language_mix_t *mix);

/* Reads a language tag as people write it ("EN", "pt-BR", "nb") into `code` (LANGUAGE_CODE_SIZE
 * bytes): the primary subtag in lower case, synonyms mapped to the code that language_detect gives.
 * Returns false and writes "" for anything that is no language tag. */
bool language_normalise(slice_t tag, char *code);

#ifdef __cplusplus
}
#endif

#endif
