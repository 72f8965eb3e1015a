/* The fields that a document's columns can fill, and which column fills which.
 *
 * A start request and the CSV of its results must agree on that, so the rule stands here once: a
 * column goes to the field that column_mapping gives it; a column that bears a field's name goes to
 * that field unless another column is mapped onto it; any other is carried along as it is.
 */
#ifndef TAGMILL_GATEWAY_FIELDS_H
#define TAGMILL_GATEWAY_FIELDS_H

#include <stdbool.h>
#include <stddef.h>

#include "base/fault.h"
#include "base/slice.h"
#include "messages/table.h"

/* DOCUMENT_FIELD(symbol, word, most bytes) */
#define DOCUMENT_FIELD_TABLE(DOCUMENT_FIELD)                                                       \
    DOCUMENT_FIELD(PATH, "file_path", URL_MAX)                                                     \
    DOCUMENT_FIELD(TITLE, "title", TITLE_MAX)                                                      \
    DOCUMENT_FIELD(SOURCE, "file_source_type", 16)                                                 \
    DOCUMENT_FIELD(DESCRIPTION, "description", DESCRIPTION_MAX)                                    \
    DOCUMENT_FIELD(PUBLISHING_DATE, "publishing_date", 256)                                        \
    DOCUMENT_FIELD(FILE_SIZE, "file_size", 64)

typedef enum {
#define DOCUMENT_FIELD(symbol, word, most) FIELD_##symbol,
    DOCUMENT_FIELD_TABLE(DOCUMENT_FIELD)
#undef DOCUMENT_FIELD
        FIELD_COUNT,
    FIELD_NONE = FIELD_COUNT /* carried along */
} document_field_t;

/* Words and bounds; the field must not be FIELD_NONE. */
const char *document_field_word(document_field_t field);
size_t document_field_most(document_field_t field);

/* The field of that name; FIELD_NONE where there is none. */
document_field_t document_field_parse(slice_t word);

/* Which column fills a field: the explicit part, column_mapping. A zeroed struct maps nothing. */
typedef struct {
    char *columns[FIELD_COUNT]; /* owned; NULL: nothing is mapped onto the field */
} column_mapping_t;

/* Maps `column` onto `field`. BAD_REQUEST: another column is, or this one is mapped already. */
status_t column_mapping_add(column_mapping_t *self, slice_t column, document_field_t field,
                            fault_t *fault);

/* The field that `column` fills, or FIELD_NONE. */
document_field_t column_mapping_field(const column_mapping_t *self, slice_t column);

/* Frees what the mapping holds and leaves it empty. */
void column_mapping_free(column_mapping_t *self);

#endif
