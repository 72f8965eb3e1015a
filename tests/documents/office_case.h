/* What the tests of zipped documents share: one document at a time is made, read and judged. */
#ifndef TAGMILL_TESTS_DOCUMENTS_OFFICE_CASE_H
#define TAGMILL_TESTS_DOCUMENTS_OFFICE_CASE_H

#include "documents/child/reading.h"
#include "tests/documents/zip_builder.h"
#include "tests/support/cmocka_all.h"

#define COUNT(array) (sizeof(array) / sizeof(array)[0])
#define LONG         "These are more than fifty characters, so that nobody calls it no text."

/* Relationships of Office Open XML; R is the namespace of what refers to them. */
#define RELATION(id, type, target)                                                                 \
    "<Relationship Id='" id "' Type='http://schemas.openxmlformats.org/officeDocument/2006/"       \
    "relationships/" type "' Target='" target "'/>"
#define RELATIONS(items) "<Relationships xmlns='x'>" items "</Relationships>"
#define R                "xmlns:r='http://schemas.openxmlformats.org/officeDocument/2006/relationships'"

/* OpenDocument: the beginning of its media types, and a content.xml. */
#define ODF "application/vnd.oasis.opendocument."
#define CONTENT(kind, inside)                                                                      \
    "<o:document-content xmlns:o='o' xmlns:t='t' xmlns:d='d' xmlns:tb='tb' "                       \
    "xmlns:p='p'><o:automatic-styles><t:p>style</t:p></o:automatic-styles><o:body><o:" kind        \
    ">" inside "</o:" kind "></o:body></o:document-content>"

/* A paragraph of a Word document. */
#define P(text) "<w:p><w:r><w:t>" text "</w:t></w:r></w:p>"

/* The relationships of a document's package. */
#define OFFICE_ROOTS                                                                               \
    RELATIONS(RELATION("r1", "officeDocument", "word/document.xml")                                \
                  RELATION("r2", "metadata/core-properties", "docProps/core.xml")                  \
                      RELATION("r3", "extended-properties", "docProps/app.xml"))

/* The archive that is read, and what came of it. */
extern buffer_t office_zip;
extern reading_t office_reading;

/* Frees both; for cmocka. */
int office_teardown(void **state);

/* Reads `bytes`, or an archive of `parts`, into office_reading, which is checked to be sound. */
void office_read_bytes(slice_t bytes, uint32_t page_limit);
void office_read(const zip_part_t *parts, size_t count, uint32_t page_limit);

/* Fail where the reading did not come to the text `expected`, or to the error `error` with a
 * sentence that holds `says`. */
void office_assert_text(extract_method_t method, const char *expected);
void office_assert_error(error_type_t error, const char *says);

/* Reads what is left of a file when its end is cut off, or a bit of it turned, at many places. */
void office_damage(slice_t whole);
void office_damage_parts(const zip_part_t *parts, size_t count);

#endif
