/* Which of the installed languages of tesseract can read a script.
 *
 * Pure functions; any thread.
 */
#ifndef TAGMILL_DOCUMENTS_CHILD_OCR_LANGUAGES_H
#define TAGMILL_DOCUMENTS_CHILD_OCR_LANGUAGES_H

#include <stdbool.h>
#include <stddef.h>

/* Languages by tesseract's names, the one to try first in front. A zeroed struct is empty. */
typedef struct {
    char **names;
    size_t count;
} ocr_languages_t;

/* Fills `self` (empty) with those of `installed` (NULL-terminated, borrowed) that `wanted` names,
 * split by commas, "+" or blanks, in its order; where `wanted` is "" with all, English first. What
 * is no language (the data that finds orientations, equations, vertical variants) is left out. */
void ocr_languages_choose(ocr_languages_t *self, char *const *installed, const char *wanted);

/* Frees what it holds and leaves it empty. */
void ocr_languages_free(ocr_languages_t *self);

/* True when `language` ("eng", "chi_sim") is written in `script`, as tesseract names it ("Latin").
 * Source: ICU's likely scripts (CLDR); what CLDR does not know is Latin. */
bool ocr_language_fits(const char *language, const char *script);

/* True when `language` is the one with the ISO 639 code `code` ("de", "fil"). */
bool ocr_language_is(const char *language, const char *code);

#endif
