/* What the readers of zipped documents share: the package, the text, and how both end. */
#ifndef TAGMILL_DOCUMENTS_CHILD_OFFICE_H
#define TAGMILL_DOCUMENTS_CHILD_OFFICE_H

#include <stdbool.h>

#include "base/slice.h"
#include "documents/child/package.h"
#include "documents/child/prose.h"
#include "documents/child/reading.h"
#include "documents/child/xml.h"

typedef struct {
    package_t *package;
    prose_t prose;
    size_t body_start;   /* bytes of text that are about the document, not of it */
    bool is_damaged;     /* something that was asked for could not be read whole */
    reading_t *reading;  /* borrowed: gets the text, or the error */
    uint32_t page_limit; /* of the request */
} office_t;

/* Opens the package of `request` (borrowed until the close) for a reading, which must be empty.
 * With `has_pages` the reader counts pages, slides or sheets itself; else the prose does. */
void office_open(office_t *self, const extract_request_t *request, bool has_pages,
                 reading_t *reading);

/* Walks over the XML part `name`, unless the text is full, and releases it. Returns false where
 * there is none. */
bool office_walk(office_t *self, slice_t name, const xml_handler_t *handler, void *handler_self);

/* Writes title, subject and keywords of the document, where the part `name` has them, each a
 * paragraph of its own: Dublin Core's as Office, OpenDocument and EPUB use it. A title that only
 * says which program made the file is left out. */
void office_write_properties(office_t *self, slice_t name);

/* Writes the name of a sheet as a paragraph, unless it is one that the program gave: "Sheet1". */
void office_write_sheet_name(office_t *self, slice_t name);

/* Returns the number that `text` is; 0: it is none, or none that a count of pages could be. */
uint32_t office_number(slice_t text);

/* Returns the number that is the text of the first `element` of the part `name`; 0: none. */
uint32_t office_find_number(office_t *self, slice_t name, const char *element);

/* Ends the reading with the error ENCRYPTED: the document needs a password. */
void office_refuse(office_t *self);

/* Hands the text over to the reading, or an error: TOO_LARGE where the package broke its bounds;
 * without any text of the document itself, ENCRYPTED where a part is so; with less text than a
 * document needs, CORRUPT where a part is so. Frees what office_open made. */
void office_close(office_t *self);

#endif
