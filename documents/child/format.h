/* What a file is, told from its bytes alone: names and media types are only what somebody says. */
#ifndef TAGMILL_DOCUMENTS_CHILD_FORMAT_H
#define TAGMILL_DOCUMENTS_CHILD_FORMAT_H

#include "base/slice.h"

typedef enum {
    FORMAT_EMPTY,
    FORMAT_PDF,
    FORMAT_TEXT,      /* no known mark, and no byte that text does not hold */
    FORMAT_IMAGE,     /* PNG, JPEG, TIFF */
    FORMAT_DOCX,      /* Office Open XML: a word processor's */
    FORMAT_PPTX,      /* a presentation */
    FORMAT_XLSX,      /* a workbook */
    FORMAT_ODT,       /* OpenDocument: a word processor's */
    FORMAT_ODP,       /* a presentation */
    FORMAT_ODS,       /* a workbook */
    FORMAT_EPUB,      /* a book */
    FORMAT_RTF,       /* Rich Text Format */
    FORMAT_HTML,      /* a page, XHTML included */
    FORMAT_EMAIL,     /* a message (RFC 5322) */
    FORMAT_CSV,       /* a table as text */
    FORMAT_ENCRYPTED, /* an Office document behind a password */
    FORMAT_DAMAGED,   /* an archive of which nothing tells what it was */
    FORMAT_OTHER,     /* anything else that is recognised */
    FORMAT_BINARY,    /* anything else that is not */
    FORMAT_COUNT
} format_t;

/* Tells the format of `bytes` (borrowed) and, for a person, what it is: "a PNG image" (static).
 * Sources: PDF 32000-1 (7.5.2, header) and the published
 * marks of the other formats. */
format_t format_detect(slice_t bytes, const char **name);

#endif
