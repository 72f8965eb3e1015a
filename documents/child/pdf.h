/* The text layer of a PDF, by poppler. */
#ifndef TAGMILL_DOCUMENTS_CHILD_PDF_H
#define TAGMILL_DOCUMENTS_CHILD_PDF_H

#include <stdint.h>

#include "base/slice.h"
#include "documents/child/reading.h"

/* Reads the text of the first `page_limit` pages of a PDF, at most `text_limit` bytes, in reading
 * order, into `reading`: page_count and text, or the error ENCRYPTED or CORRUPT. May run long, take
 * much memory or crash on what is hostile: the caller is a process that can be spared. */
void pdf_read(slice_t bytes, uint32_t page_limit, size_t text_limit, reading_t *reading);

/* Reads a small PDF of our own, so that poppler has loaded what it needs before the process is
 * sealed. */
void pdf_warm_up(void);

#endif
