/* Pictures of pages: PNG, JPEG and TIFF, by leptonica. */
#ifndef TAGMILL_DOCUMENTS_CHILD_IMAGE_H
#define TAGMILL_DOCUMENTS_CHILD_IMAGE_H

#include "documents/child/reading.h"

/* Reads the text in the first pages (a TIFF may hold many) of an image: text, page_count and
 * confidence; or the error CORRUPT, or TOO_LARGE for more than OCR_PIXELS_MAX pixels, which the
 * header tells before anything is decoded. May run long or crash on what is hostile. */
void image_read(const extract_request_t *request, reading_t *reading);

#endif
