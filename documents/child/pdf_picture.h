/* A page of a PDF as a picture, for what its text layer does not hold. */
#ifndef TAGMILL_DOCUMENTS_CHILD_PDF_PICTURE_H
#define TAGMILL_DOCUMENTS_CHILD_PDF_PICTURE_H

#include <poppler.h>

struct Pix; /* leptonica's image */

/* Returns which share of the page images cover, 0 to 1 (overlaps count twice, up to 1). */
double pdf_picture_share(PopplerPage *page);

/* Returns how many pixels a point gets on a page of `width` by `height` points: OCR_DPI; more on a
 * small page, so that there is something to read in it; fewer on a huge one, so that it has at most
 * OCR_PIXELS_MAX. 0 where the page has no size. */
double pdf_picture_scale(double width, double height);

/* Returns owned: the page in shades of grey, rendered at that scale; NULL where that
 * cannot be had. */
struct Pix *pdf_picture_make(PopplerPage *page);

#endif
