/* The text in images, by tesseract (Tesseract 5, its LSTM engine) and leptonica.
 *
 * A process has one engine. It loads its data when the first image comes and keeps it, so that a
 * process that reads no image pays nothing. One thread.
 */
#ifndef TAGMILL_DOCUMENTS_CHILD_OCR_H
#define TAGMILL_DOCUMENTS_CHILD_OCR_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buffer.h"

struct Pix; /* leptonica's image */

enum {
    OCR_PIXELS_MAX = 40 * 1000 * 1000, /* of an image; the caller checks before it makes one */
    OCR_DPI = 200,                     /* of pages that are rendered to be read */
    OCR_LANGUAGE_SIZE = 32,
};

/* What the images of one document share. A zeroed struct begins one. */
typedef struct {
    char language[OCR_LANGUAGE_SIZE]; /* of the last image that had words */
    uint64_t words;
    uint64_t sum; /* of the words' confidences, in per cent */
} ocr_session_t;

/* Says which languages the engine may use, by tesseract's names, split by commas or "+" (borrowed
 * for the life of the process): "" for all that are installed, "none" to read no image. Before the
 * first image. */
void ocr_configure(const char *languages);

/* True when images can be read: not switched off, and data for a language is installed. Loads the
 * engine. */
bool ocr_is_available(void);

/* Appends the text of `image` (taken; NULL: nothing) to `out`: turned upright, made level, read in
 * a language of its script. Appends nothing where there are no words, or none that are likely to be
 * words. */
void ocr_read(ocr_session_t *self, struct Pix *image, buffer_t *out);

/* The mean confidence of all words so far, per mille; EXTRACT_CONFIDENCE_NONE before the first. */
uint16_t ocr_confidence(const ocr_session_t *self);

/* Frees the engine; the next image loads it anew. */
void ocr_close(void);

#endif
