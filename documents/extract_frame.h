/* What a worker and its extract process say to each other: one request, one answer, in turn.
 *
 *   request  "TMX1"  page_limit u32  text_limit u32  size u32  bytes
 *   answer   "TMA1"  error u8  method u8  flags u16  page_count u32  confidence u16
 *            detail_size u32  text_size u32  detail  text
 *
 * Numbers are little-endian. The process that answers has parsed what strangers wrote and may be
 * theirs by now: the decoders trust no number, and both texts must be UTF-8.
 */
#ifndef TAGMILL_DOCUMENTS_EXTRACT_FRAME_H
#define TAGMILL_DOCUMENTS_EXTRACT_FRAME_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buffer.h"
#include "base/slice.h"
#include "base/vocabulary.h"

enum {
    EXTRACT_REQUEST_HEAD_BYTES = 16,
    EXTRACT_ANSWER_HEAD_BYTES = 22,
    EXTRACT_DOCUMENT_MAX_BYTES = 1000000000, /* the highest documents/max_bytes */
    EXTRACT_TEXT_MAX_BYTES = 10 * 1024 * 1024,
    EXTRACT_DETAIL_MAX_BYTES = 1024,
    EXTRACT_PAGES_MAX = 1000,
    EXTRACT_CONFIDENCE_MAX = 1000,
    EXTRACT_CONFIDENCE_NONE = 65535, /* nothing was read from images */
};

/* EXTRACT_METHOD(symbol, number, word): how a text was had. Append only. */
#define EXTRACT_METHOD_TABLE(EXTRACT_METHOD)                                                       \
    EXTRACT_METHOD(NONE, 0, "none")                                                                \
    EXTRACT_METHOD(PDF_TEXT, 1, "pdf-text")                                                        \
    EXTRACT_METHOD(PLAIN_TEXT, 2, "plain-text")                                                    \
    EXTRACT_METHOD(OCR, 3, "ocr")                                                                  \
    EXTRACT_METHOD(DOCX, 4, "docx")                                                                \
    EXTRACT_METHOD(PPTX, 5, "pptx")                                                                \
    EXTRACT_METHOD(XLSX, 6, "xlsx")                                                                \
    EXTRACT_METHOD(ODT, 7, "odt")                                                                  \
    EXTRACT_METHOD(ODP, 8, "odp")                                                                  \
    EXTRACT_METHOD(ODS, 9, "ods")                                                                  \
    EXTRACT_METHOD(EPUB, 10, "epub")                                                               \
    EXTRACT_METHOD(RTF, 11, "rtf")                                                                 \
    EXTRACT_METHOD(HTML, 12, "html")                                                               \
    EXTRACT_METHOD(EMAIL, 13, "email")                                                             \
    EXTRACT_METHOD(CSV, 14, "csv")                                                                 \
    EXTRACT_METHOD(MARKDOWN, 15, "markdown")

typedef enum {
#define EXTRACT_METHOD(symbol, number, word) EXTRACT_METHOD_##symbol = (number),
    EXTRACT_METHOD_TABLE(EXTRACT_METHOD)
#undef EXTRACT_METHOD
        EXTRACT_METHOD_COUNT
} extract_method_t;

/* The word for a method of the table. Any thread. */
const char *extract_method_word(extract_method_t method);

typedef struct {
    uint32_t page_limit; /* pages to read, 1 to EXTRACT_PAGES_MAX */
    uint32_t text_limit; /* bytes of text wanted at most, up to EXTRACT_TEXT_MAX_BYTES */
    slice_t bytes;       /* the document */
} extract_request_t;

typedef struct {
    error_type_t error;
    extract_method_t method;
    bool is_scanned;     /* the pages hold no text layer worth the name */
    uint32_t page_count; /* of the whole document; 0: it has no pages */
    uint16_t confidence; /* of what was read from images: per mille, or _NONE */
    slice_t detail;      /* UTF-8, where error is set: a sentence for the user */
    slice_t text;        /* UTF-8 */
} extract_answer_t;

typedef enum {
    FRAME_COMPLETE,  /* decoded */
    FRAME_PARTIAL,   /* valid so far; *needed says how long the input must be to go on */
    FRAME_MALFORMED, /* no further byte can make this a frame */
} frame_state_t;

/* Appends the head of a request, which the request's bytes must follow (they may be large, and so
 * are not copied), or a whole answer. The values must be within the limits above. Any thread. */
void extract_request_encode_head(const extract_request_t *request, buffer_t *out);
void extract_answer_encode(const extract_answer_t *answer, buffer_t *out);

/* Decode `input` (borrowed), all that has arrived of one frame. On COMPLETE `out` points into
 * `input`; on PARTIAL `*needed` is set, never beyond the frame's end, so that a reader who reads up
 * to it never takes a byte of what follows; input longer than its frame is MALFORMED. Any thread.
 */
frame_state_t extract_request_decode(slice_t input, extract_request_t *out, size_t *needed);
frame_state_t extract_answer_decode(slice_t input, extract_answer_t *out, size_t *needed);

#endif
