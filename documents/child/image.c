#include "documents/child/image.h"

#include <leptonica/allheaders.h>

#include "documents/child/ocr.h"
#include "documents/child/plain.h"

enum {
    PAGES_MAX = 1000, /* of a TIFF that are counted: each is looked for from the first */
    BYTES_MIN = 32,   /* leptonica looks at so many without asking */
};

typedef struct {
    const l_uint8 *data;
    size_t size;
    l_int32 format; /* leptonica's */
} file_t;

static bool
s_read_header(const file_t *file, l_int32 page, l_int32 *width, l_int32 *height)
{
    l_int32 ignored;
    if (file->format == IFF_UNKNOWN)
        return false;
    if (L_FORMAT_IS_TIFF(file->format))
        return readHeaderMemTiff(file->data, file->size, page, width, height, &ignored, &ignored,
                                 NULL, NULL, NULL) == 0;
    return page == 0 && pixReadHeaderMem(file->data, file->size, NULL, width, height, &ignored,
                                         &ignored, NULL) == 0;
}

/* The decoder of JPEG can leave out every other row and column: photographs have more pixels than
 * text needs. Returns the divisor. */
static l_int32
s_divisor(const file_t *file, int64_t pixels)
{
    return file->format == IFF_JFIF_JPEG && pixels > OCR_PIXELS_MAX ? 2 : 1;
}

static PIX *
s_decode(const file_t *file, l_int32 page, l_int32 divisor)
{
    if (L_FORMAT_IS_TIFF(file->format))
        return pixReadMemTiff(file->data, file->size, page);
    if (file->format == IFF_JFIF_JPEG)
        return pixReadMemJpeg(file->data, file->size, 0, divisor, NULL, 0);
    return pixReadMem(file->data, file->size);
}

/* Returns owned: a page; NULL, with a sentence in `detail`, where it cannot be had. */
static PIX *
s_open(const file_t *file, uint32_t page, error_type_t *error, buffer_t *detail)
{
    l_int32 width = 0, height = 0;
    bool has_header = s_read_header(file, (l_int32) page, &width, &height);
    int64_t pixels = (int64_t) width * height;
    l_int32 divisor = s_divisor(file, pixels);
    if (has_header && pixels / divisor / divisor > OCR_PIXELS_MAX) {
        *error = ERROR_TOO_LARGE;
        buffer_printf(detail, "the image has %d x %d pixels; %d million are the limit", width,
                      height, OCR_PIXELS_MAX / 1000000);
        return NULL;
    }
    PIX *image = has_header ? s_decode(file, (l_int32) page, divisor) : NULL;
    if (image == NULL) {
        *error = ERROR_CORRUPT;
        buffer_append_text(detail, "the image is damaged");
    }
    return image;
}

static uint32_t
s_count_pages(const file_t *file)
{
    l_int32 ignored;
    uint32_t count = 0;
    while (count < PAGES_MAX && s_read_header(file, (l_int32) count, &ignored, &ignored))
        count++;
    return count;
}

void
image_read(const extract_request_t *request, reading_t *reading)
{
    file_t file = {.data = (const l_uint8 *) request->bytes.data, .size = request->bytes.size};
    if (file.size >= BYTES_MIN)
        findFileFormatBuffer(file.data, &file.format);
    uint32_t count = s_count_pages(&file);
    ocr_session_t session = {0};
    buffer_t text = {0};
    PIX *image = s_open(&file, 0, &reading->error, &reading->detail);
    for (uint32_t i = 1; image; i++) {
        ocr_read(&session, image, &text);
        image = NULL;
        if (i < count && i < request->page_limit) {
            error_type_t error; /* what could be read so far is worth having */
            buffer_t detail = {0};
            image = s_open(&file, i, &error, &detail);
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
