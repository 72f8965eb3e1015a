/* OpenDocument texts, presentations and workbooks (OASIS OpenDocument 1.3).
 *
 * All readers put title, subject and keywords in front and leave out tracked deletions,
 * annotations, alternative texts and fields that only number. Errors, beside those of office.h:
 * ENCRYPTED by the manifest; CORRUPT where there is no content.xml.
 */
#ifndef TAGMILL_DOCUMENTS_CHILD_OPENDOCUMENT_H
#define TAGMILL_DOCUMENTS_CHILD_OPENDOCUMENT_H

#include "documents/child/office.h"

/* Notes stand behind their paragraph, headers and footers at the end. Pages are those of prose.h;
 * page_count is what the program that saved the file counted. */
void odt_read(const extract_request_t *request, reading_t *reading);

/* The first page_limit slides with their notes. page_count is the number of slides. */
void odp_read(const extract_request_t *request, reading_t *reading);

/* The first page_limit sheets, row by row; cells with text only. page_count is the number of
 * sheets. */
void ods_read(const extract_request_t *request, reading_t *reading);

#endif
