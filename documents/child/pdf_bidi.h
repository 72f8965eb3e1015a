/* What poppler gets wrong in lines that run from right to left. */
#ifndef TAGMILL_DOCUMENTS_CHILD_PDF_BIDI_H
#define TAGMILL_DOCUMENTS_CHILD_PDF_BIDI_H

#include "base/buffer.h"
#include "base/slice.h"

/* Appends `text` (borrowed, as poppler gives it: each word of such a line between the marks of its
 * direction) to `out`, mended:
 * - words that run from left to right come in their own order; poppler has them as they stand from
 *   the right;
 * - behind an alef, an alef with a sign and a lam change places: the two were one ligature, which
 *   poppler took apart from the wrong end; so written, no word of Arabic has them. */
void pdf_bidi_mend(slice_t text, buffer_t *out);

#endif
