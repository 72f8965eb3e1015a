/* How much of a document a model is shown. Pure; any thread. */
#ifndef TAGMILL_DOCUMENTS_MODEL_TEXT_H
#define TAGMILL_DOCUMENTS_MODEL_TEXT_H

#include <stddef.h>

#include "base/buffer.h"
#include "base/slice.h"

/* Appends at most `limit` code points of `text` (UTF-8) to `out`, besides the mark of what was left
 * out: all of it where it fits; else five sixths from its beginning, where a document says what it
 * is about, and one sixth from its end, where it says what came of it, both cut between words where
 * one ends within 100 code points. */
void model_text_cut(slice_t text, size_t limit, buffer_t *out);

#endif
