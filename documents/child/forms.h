/* Letters that stand in a text as the shapes they were drawn with, and signs between them that are
 * not seen. */
#ifndef TAGMILL_DOCUMENTS_CHILD_FORMS_H
#define TAGMILL_DOCUMENTS_CHILD_FORMS_H

#include "base/buffer.h"
#include "base/slice.h"

/* Appends `text` (UTF-8, borrowed) to `out` with presentation forms, the shapes and ligatures of
 * Latin, Armenian, Hebrew and Arabic letters (U+FB00 to U+FDFF, U+FE70 to U+FEFC), replaced by
 * their letters in normal form KC, and without soft hyphens and joiners (U+00AD, U+2060, U+FEFF),
 * which are in the middle of words. The rest stays: NFKC would flatten m² and ½ too. Source:
 * Unicode Standard Annex 15. */
void forms_resolve(slice_t text, buffer_t *out);

#endif
