/* Unicode as the tagger needs it, over ICU: normal form C, case folding, clean words.
 *
 * Pure functions; any thread.
 */
#ifndef TAGMILL_DOCUMENTS_UNICODE_H
#define TAGMILL_DOCUMENTS_UNICODE_H

#include <stddef.h>
#include <stdint.h>

#include <unicode/umachine.h>

#include "base/buffer.h"
#include "base/slice.h"

/* A run of UTF-16 that is used again and again. A zeroed struct is empty. */
typedef struct {
    UChar *units;
    size_t count;
    size_t capacity;
} wide_t;

/* Frees what it holds and leaves it empty. */
void wide_free(wide_t *self);

/* Replaces what `out` holds with `text` (UTF-8, borrowed, below 512 MiB) in normal form C; what is
 * malformed becomes U+FFFD. `scratch` is memory to work in. */
void unicode_widen(slice_t text, wide_t *out, wide_t *scratch);

/* Appends UTF-16 to `out` as UTF-8 as a word should read: without soft hyphens and other invisible
 * marks, with a plain apostrophe, and with the letters that a typesetter's ligature stands for. */
void unicode_narrow(const UChar *units, size_t count, buffer_t *out);

/* Appends `text` (UTF-8) as a line should read: in normal form C, written as unicode_narrow does,
 * trimmed, with one space wherever there is white space or a control character. */
void unicode_squeeze(buffer_t *out, slice_t text);

/* Appends `text` (UTF-8 in normal form C) case-folded, in normal form C. */
void unicode_fold(buffer_t *out, slice_t text);

/* The same for languages that tell the dotted i from the dotless one (Turkish, Azerbaijani). */
void unicode_fold_turkic(buffer_t *out, slice_t text);

/* Returns how many code points well-formed UTF-8 has. */
size_t unicode_count(slice_t text);

#endif
