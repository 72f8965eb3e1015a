/* What somebody filled into the fields of a PDF's form: no text layer holds it. */
#ifndef TAGMILL_DOCUMENTS_CHILD_PDF_FIELDS_H
#define TAGMILL_DOCUMENTS_CHILD_PDF_FIELDS_H

#include <poppler.h>

#include "base/buffer.h"

/* Appends the texts and choices in the fields of `page` to `out`, a line each, in the order of the
 * page; what is in fields for passwords stays there. */
void pdf_fields_read(PopplerPage *page, buffer_t *out);

/* Makes the C library load what poppler's values are converted with, for the life of the process.
 */
void pdf_fields_warm_up(void);

#endif
