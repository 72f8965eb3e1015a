/* Books (EPUB 2 and 3): the chapters in the order of the spine, each read as a page of HTML. */
#ifndef TAGMILL_DOCUMENTS_CHILD_EPUB_H
#define TAGMILL_DOCUMENTS_CHILD_EPUB_H

#include "documents/child/office.h"

/* Title and subjects come first. What is not linear and the table of contents are left out. Pages
 * are those of prose.h; a book has no page_count. Errors, beside those of office.h: ENCRYPTED where
 * a chapter is under digital rights management; CORRUPT where the package document is missing. */
void epub_read(const extract_request_t *request, reading_t *reading);

#endif
