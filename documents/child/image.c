#include "documents/child/image.h"

#include <leptonica/allheaders.h>

#include "documents/child/ocr.h"
#include "documents/child/plain.h"

enum { PAGES_MAX = 1000 }; /* of a TIFF that are counted: each is looked for from the first */

typedef struct {
    l_int32 width;
    l_int32 height;
} size_pixels_t;

static bool
s_is_tiff(slice_t bytes)
{
    l_int32 format = IFF_UNKNOWN;
    findFileFormatBuffer((const l_uint8 *) bytes.data, &format);
    return L_FORMAT_IS_TIFF(format);
}

static bool
s_read_header(slice_t bytes, bool is_tiff, l_int32 page, size_pixels_t *size)
{
    const l_uint8 *data = (const l_uint8 *) bytes.data;
    l_int32 ignored;
    if (is_tiff)
        return readHeaderMemTiff(data, bytes.size, page, &size->width, &size->height, &ignored,
                                 &ignored, NULL, NULL, NULL) == 0;
    return page == 0 && pixReadHeaderMem(data, bytes.size, NULL, &size->width, &size->height,
                                         &ignored, &ignored, NULL) == 0;
}

static PIX *
s_decode(slice_t bytes, bool is_tiff, l_int32 page)
{
    const l_uint8 *data = (const l_uint8 *) bytes.data;
    return is_tiff ? pixReadMemTiff(data, bytes.size, page) : pixReadMem(data, bytes.size);
}

/* Returns owned: a page; NULL, with a sentence in `detail`, where it cannot be had. */
static PIX *
s_open(slice_t bytes, bool is_tiff, uint32_t page, error_type_t *error, buffer_t *detail)
{
    size_pixels_t size = {0};
    bool has_header = s_read_header(bytes, is_tiff, (l_int32) page, &size);
    if (has_header && (int64_t) size.width * size.height > OCR_PIXELS_MAX) {
        *error = ERROR_TOO_LARGE;
        buffer_printf(detail, "the image has %d x %d pixels; %d million are the limit", size.width,
                      size.height, OCR_PIXELS_MAX / 1000000);
        return NULL;
    }
    PIX *image = has_header ? s_decode(bytes, is_tiff, (l_int32) page) : NULL;
    if (image == NULL) {
        *error = ERROR_CORRUPT;
        buffer_append_text(detail, "the image is damaged");
    }
    return image;
}

static uint32_t
s_count_pages(slice_t bytes, bool is_tiff)
{
    size_pixels_t size;
    uint32_t count = 0;
    while (count < PAGES_MAX && s_read_header(bytes, is_tiff, (l_int32) count, &size))
        count++;
    return count;
}

void
image_read(const extract_request_t *request, reading_t *reading)
{
    bool is_tiff = s_is_tiff(request->bytes);
    uint32_t count = s_count_pages(request->bytes, is_tiff);
    ocr_session_t session = {0};
    buffer_t text = {0};
    PIX *image = s_open(request->bytes, is_tiff, 0, &reading->error, &reading->detail);
    for (uint32_t i = 1; image; i++) {
        ocr_read(&session, image, &text);
        image = NULL;
        if (i < count && i < request->page_limit) {
            error_type_t error; /* what could be read so far is worth having */
            buffer_t detail = {0};
            image = s_open(request->bytes, is_tiff, i, &error, &detail);
            buffer_free(&detail);
        }
    }
    reading->page_count = count;
    reading->is_scanned = true;
    reading->confidence = ocr_confidence(&session);
    if (reading->error == ERROR_NONE) {
        plain_clean(buffer_slice(&text), request->text_limit, &reading->text);
        plain_join_words(&reading->text);
    }
    buffer_free(&text);
}
