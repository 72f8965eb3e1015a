/* Rich Text Format, as far as it is text. Source: Microsoft's specification of RTF 1.9.1. */
#ifndef TAGMILL_DOCUMENTS_CHILD_RTF_H
#define TAGMILL_DOCUMENTS_CHILD_RTF_H

#include "documents/child/reading.h"

/* Reads a document: its title, subject and keywords, then its text, a blank line between paragraphs
 * and cells. Tables of fonts and styles, pictures, headers, footers, fields' instructions and
 * hidden text are left out. Letters are decoded by the code page of their font. Depth costs a few
 * bytes a group; takes O(n). */
void rtf_read(const extract_request_t *request, reading_t *reading);

#endif
