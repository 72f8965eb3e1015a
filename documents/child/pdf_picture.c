#include "documents/child/pdf_picture.h"

#include <cairo.h>
#include <leptonica/allheaders.h>
#include <math.h>
#include <stdint.h>
#include <string.h>

#include "documents/child/ocr.h"

enum {
    POINTS_PER_INCH = 72,
    PIXELS_MIN = 2 * 1000 * 1000, /* A4 has 3.9 million at 200 dpi */
    SIDE_MAX = 30000,             /* cairo's images end at 32767 */
};

double
pdf_picture_share(PopplerPage *page)
{
    double width, height, covered = 0;
    poppler_page_get_size(page, &width, &height);
    GList *images = poppler_page_get_image_mapping(page);
    for (GList *item = images; item; item = item->next) {
        const PopplerRectangle *area = &((PopplerImageMapping *) item->data)->area;
        covered += fabs((area->x2 - area->x1) * (area->y2 - area->y1));
    }
    poppler_page_free_image_mapping(images);
    double share = covered / (width * height);
    return isfinite(share) ? fmin(share, 1) : 0;
}

double
pdf_picture_scale(double width, double height)
{
    double area = width * height, scale = (double) OCR_DPI / POINTS_PER_INCH;
    if (!isfinite(area) || width < 1 || height < 1)
        return 0;
    scale = fmax(scale, sqrt(PIXELS_MIN / area));
    scale = fmin(scale, sqrt(OCR_PIXELS_MAX / area));
    return fmin(scale, SIDE_MAX / fmax(width, height));
}

/* The weights of ITU-R BT.601, of 256. */
static uint8_t
s_shade(uint32_t pixel)
{
    enum { RED = 77, GREEN = 150, BLUE = 29 };
    return (uint8_t) ((RED * (pixel >> 16 & 0xff) + GREEN * (pixel >> 8 & 0xff) +
                       BLUE * (pixel & 0xff)) >>
                      8);
}

static PIX *
s_copy(cairo_surface_t *surface)
{
    int width = cairo_image_surface_get_width(surface);
    int height = cairo_image_surface_get_height(surface);
    int stride = cairo_image_surface_get_stride(surface);
    const unsigned char *rows = cairo_image_surface_get_data(surface);
    PIX *grey = rows ? pixCreate(width, height, 8) : NULL;
    if (grey == NULL)
        return NULL;
    for (int y = 0; y < height; y++) {
        l_uint32 *line = pixGetData(grey) + (size_t) y * (size_t) pixGetWpl(grey);
        for (int x = 0; x < width; x++) {
            uint32_t pixel;
            memcpy(&pixel, rows + (size_t) y * (size_t) stride + (size_t) x * sizeof pixel,
                   sizeof pixel);
            SET_DATA_BYTE(line, x, s_shade(pixel));
        }
    }
    return grey;
}

PIX *
pdf_picture_make(PopplerPage *page)
{
    double width, height;
    poppler_page_get_size(page, &width, &height);
    double scale = pdf_picture_scale(width, height);
    if (scale == 0)
        return NULL;
    int columns = (int) ceil(width * scale), rows = (int) ceil(height * scale);
    cairo_surface_t *surface = cairo_image_surface_create(CAIRO_FORMAT_RGB24, columns, rows);
    cairo_t *context = cairo_create(surface);
    cairo_set_source_rgb(context, 1, 1, 1);
    cairo_paint(context);
    cairo_scale(context, scale, scale);
    poppler_page_render(page, context);
    cairo_destroy(context);
    cairo_surface_flush(surface);
    PIX *grey = cairo_surface_status(surface) == CAIRO_STATUS_SUCCESS ? s_copy(surface) : NULL;
    cairo_surface_destroy(surface);
    if (grey)
        pixSetResolution(grey, OCR_DPI, OCR_DPI);
    return grey;
}
