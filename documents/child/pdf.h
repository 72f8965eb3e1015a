/* The text of a PDF, by poppler. */
#ifndef TAGMILL_DOCUMENTS_CHILD_PDF_H
#define TAGMILL_DOCUMENTS_CHILD_PDF_H

#include "documents/child/reading.h"

/* Reads the text of the first pages of a PDF in reading order, without running heads and feet, into
 * `reading`; or the error ENCRYPTED or CORRUPT. A page whose text layer is missing or illegible is
 * read as a picture (ocr.h); where that is so of every page that has text, is_scanned and the
 * method say so. May run long, take much memory or crash on what is hostile: the caller is a
 * process that can be spared. */
void pdf_read(const extract_request_t *request, reading_t *reading);

/* Reads a small PDF of our own, so that poppler has loaded what it needs before the process is
 * sealed. */
void pdf_warm_up(void);

#endif
