/* Which language a text is written in, by libcld2 (Compact Language Detector 2).
 *
 * The shim exists because that library speaks C++ only. Any thread.
 */
#ifndef TAGMILL_DOCUMENTS_LANGUAGE_H
#define TAGMILL_DOCUMENTS_LANGUAGE_H

#include <stdbool.h>

#include "base/slice.h"

#ifdef __cplusplus
extern "C" {
#endif

enum { LANGUAGE_CODE_SIZE = 4 }; /* bytes of a code of two or three letters and its NUL */

/* Finds the main language of `text` (UTF-8, borrowed; what follows malformed bytes is not looked
 * at) and writes its ISO 639 code, of two letters where there is one, into `code`
 * (LANGUAGE_CODE_SIZE bytes). Returns false and writes "" where the text is too short or too mixed
 * to tell. */
bool language_detect(slice_t text, char *code);

/* Reads a language tag as people write it ("EN", "pt-BR", "nb") into `code` (LANGUAGE_CODE_SIZE
 * bytes): the primary subtag in lower case, synonyms mapped to the code that language_detect gives.
 * Returns false and writes "" for anything that is no language tag. */
bool language_normalise(slice_t tag, char *code);

#ifdef __cplusplus
}
#endif

#endif
