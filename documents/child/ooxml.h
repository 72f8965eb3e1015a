/* Office Open XML: documents, presentations, workbooks (ISO/IEC 29500, also its strict form).
 *
 * Elements are told by their local names, so that both sets of namespaces are read. All readers
 * leave out comments and put title, subject and keywords of the properties in front. Errors, beside
 * those of office.h: CORRUPT where the main part is missing.
 */
#ifndef TAGMILL_DOCUMENTS_CHILD_OOXML_H
#define TAGMILL_DOCUMENTS_CHILD_OOXML_H

#include "documents/child/office.h"
#include "documents/child/relations.h"

/* Body in document order, tables by cell, text boxes behind their paragraph; then the notes that
 * the text refers to, then headers and footers, each wording once. Deleted revisions, moved-away
 * and hidden text, formulas, field codes and controls that wait to be filled in are left out. Pages
 * are those of prose.h; page_count is what the program that saved the file counted. */
void docx_read(const extract_request_t *request, reading_t *reading);

/* The first page_limit slides in their order, each with its notes, diagrams and charts' titles.
 * page_count is the number of slides. */
void pptx_read(const extract_request_t *request, reading_t *reading);

/* The first page_limit sheets that are not hidden, row by row; cells with text only: numbers and
 * dates are no tags. page_count is the number of such sheets. */
void xlsx_read(const extract_request_t *request, reading_t *reading);

/* Opens as office_open and reads what all three begin with: the package's own relationships into
 * `roots`, the properties, and the relationships of the main part. `main` is borrowed from `roots`;
 * both are freed by ooxml_close, which closes the office too. */
typedef struct {
    office_t office;
    relations_t roots, relations;
    slice_t main; /* the name of the main part */
} ooxml_t;

void ooxml_open(ooxml_t *self, const extract_request_t *request, bool has_pages,
                reading_t *reading);
void ooxml_close(ooxml_t *self);

/* Returns the number that the program which saved the file counted as `element` ("Pages"). */
uint32_t ooxml_saved_count(ooxml_t *self, const char *element);

#endif
