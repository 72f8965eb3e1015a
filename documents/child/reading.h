/* What reading a document came to, inside the extract process. */
#ifndef TAGMILL_DOCUMENTS_CHILD_READING_H
#define TAGMILL_DOCUMENTS_CHILD_READING_H

#include <stdbool.h>
#include <stdint.h>

#include "base/buffer.h"
#include "base/vocabulary.h"
#include "documents/extract_frame.h"

enum { TEXT_MIN_CHARACTERS = 50 }; /* with less, tags would be guesses */

/* A zeroed struct is empty. */
typedef struct {
    error_type_t error;
    extract_method_t method;
    bool is_scanned;
    uint32_t page_count;
    uint16_t confidence; /* of what was read from images: per mille; or EXTRACT_CONFIDENCE_NONE */
    buffer_t detail;     /* where error is set: a sentence for the user */
    buffer_t text;       /* UTF-8 */
} reading_t;

/* Reads a document of any kind (borrowed) into `reading`, which must be empty: tells the format
 * from the bytes, decodes, and checks that there is text. Errors: UNSUPPORTED_FORMAT, ENCRYPTED,
 * CORRUPT (method and text are empty then), NO_TEXT (with what little text there is). */
void reading_make(const extract_request_t *request, reading_t *reading);

/* Frees what the reading holds and leaves it empty. */
void reading_free(reading_t *self);

#endif
