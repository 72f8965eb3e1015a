#include "documents/child/pdf.h"

#include <poppler.h>
#include <stdlib.h>
#include <string.h>
#include <unicode/uchar.h>
#include <unicode/utf8.h>

#include "base/memory.h"
#include "documents/child/legible.h"
#include "documents/child/ocr.h"
#include "documents/child/pdf_bidi.h"
#include "documents/child/pdf_fields.h"
#include "documents/child/pdf_picture.h"
#include "documents/child/plain.h"
#include "documents/child/running.h"

/* poppler mends the missing cross-reference table. */
static const char WARM_UP[] =
    "%PDF-1.4\n"
    "1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n"
    "2 0 obj<</Type/Pages/Kids[3 0 R]/Count 1>>endobj\n"
    "3 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 99 99]/Contents 4 0 R/Resources<</Font<<"
    "/A<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>"
    "/B<</Type/Font/Subtype/Type0/BaseFont/Ryumin-Light/Encoding/90ms-RKSJ-H/DescendantFonts["
    "<</Type/Font/Subtype/CIDFontType0/BaseFont/Ryumin-Light/CIDSystemInfo<</Registry(Adobe)"
    "/Ordering(Japan1)/Supplement 2>>>>]>>>>>>>>endobj\n"
    "4 0 obj<</Length 64>>stream\n"
    "BT /A 9 Tf 9 9 Td (warm) Tj /B 9 Tf 9 9 Td <82a082a2> Tj ET     \n"
    "endstream endobj\n"
    "trailer<</Root 1 0 R>>\n";

enum {
    SPARSE = 50, /* characters; a stamp or a page number over a scanned page has fewer */
};

static const double COVERED = 0.5; /* share of a page that a scan covers, or more */

/* The pages read. */
typedef struct {
    buffer_t *texts;
    size_t count;
    bool has_layer;    /* the text of a page came from its layer */
    bool has_pictures; /* the text of a page came from a picture of it */
    size_t size;       /* of all texts */
    ocr_session_t ocr;
} pages_t;

/* A page without text is a picture of it, an empty one, or text turned into outlines. */
static bool
s_needs_ocr(PopplerPage *page, slice_t text)
{
    size_t count = legible_count(text);
    if (count == 0 || !legible_is(text))
        return true;
    return count < SPARSE && pdf_picture_share(page) >= COVERED;
}

static bool
s_has_right_to_left(slice_t text)
{
    for (size_t at = 0; at < text.size;) {
        UChar32 point;
        U8_NEXT((const uint8_t *) text.data, at, text.size, point);
        UCharDirection direction = u_charDirection(point);
        if (direction == U_RIGHT_TO_LEFT || direction == U_RIGHT_TO_LEFT_ARABIC)
            return true;
    }
    return false;
}

/* Returns owned (g_free): the text of the page's layer. poppler selects it from the upper left to
 * the lower right, and of lines that run from the right loses some: they are selected from the
 * right. */
static char *
s_get_layer(PopplerPage *page)
{
    char *text = poppler_page_get_text(page);
    if (text == NULL || !s_has_right_to_left(slice_from(text)))
        return text;
    double width, height;
    poppler_page_get_size(page, &width, &height);
    PopplerRectangle from_right = {.x1 = width, .y1 = 0, .x2 = 0, .y2 = height};
    char *other = poppler_page_get_selected_text(page, POPPLER_SELECTION_GLYPH, &from_right);
    bool is_more = other && strlen(other) > strlen(text);
    g_free(is_more ? text : other);
    return is_more ? other : text;
}

/* Appends the text of the page's layer, and says in `*is_enough` whether that will do. */
static void
s_read_layer(PopplerPage *page, size_t limit, buffer_t *out, bool *is_enough)
{
    char *layer = s_get_layer(page);
    slice_t text = slice_from(layer);
    *is_enough = !s_needs_ocr(page, text);
    if (*is_enough || legible_is(text)) {
        buffer_t mended = {0};
        pdf_bidi_mend(text, &mended);
        plain_clean(buffer_slice(&mended), limit, out);
        buffer_free(&mended);
    }
    g_free(layer);
}

/* Replaces `text` by what is seen on the page, where that is more. */
static bool
s_read_picture(PopplerPage *page, size_t limit, ocr_session_t *ocr, buffer_t *text)
{
    buffer_t seen = {0};
    if (ocr_is_available())
        ocr_read(ocr, pdf_picture_make(page), &seen);
    bool is_more = seen.size > text->size;
    if (is_more) {
        buffer_clear(text);
        plain_clean(buffer_slice(&seen), limit, text);
    }
    buffer_free(&seen);
    return is_more;
}

static void
s_read_fields(PopplerPage *page, size_t limit, buffer_t *text)
{
    buffer_t fields = {0};
    pdf_fields_read(page, &fields);
    if (fields.size && text->size && text->size < limit && text->data[text->size - 1] != '\n')
        buffer_append_byte(text, '\n');
    plain_clean(buffer_slice(&fields), limit - text->size, text);
    buffer_free(&fields);
}

static void
s_read_page(PopplerPage *page, size_t limit, pages_t *pages)
{
    buffer_t *text = &pages->texts[pages->count++];
    bool is_enough;
    s_read_layer(page, limit - pages->size, text, &is_enough);
    if (!is_enough && s_read_picture(page, limit - pages->size, &pages->ocr, text))
        pages->has_pictures = true;
    else
        pages->has_layer = pages->has_layer || text->size > 0;
    s_read_fields(page, limit - pages->size, text);
    pages->size += text->size;
}

static void
s_join(pages_t *pages, size_t limit, buffer_t *out)
{
    running_drop(pages->texts, pages->count);
    for (size_t i = 0; i < pages->count; i++) {
        buffer_append_slice(out, buffer_slice(&pages->texts[i]));
        if (out->size < limit)
            buffer_append_byte(out, '\n');
        buffer_free(&pages->texts[i]);
    }
    plain_join_words(out);
}

static void
s_read_pages(PopplerDocument *document, const extract_request_t *request, reading_t *reading)
{
    int count = poppler_document_get_n_pages(document);
    size_t wanted = count < 0 ? 0 : (size_t) count;
    wanted = wanted < request->page_limit ? wanted : request->page_limit;
    pages_t pages = {.texts = memory_new((wanted + 1) * sizeof(buffer_t))};
    for (size_t i = 0; i < wanted && pages.size < request->text_limit; i++) {
        PopplerPage *page = poppler_document_get_page(document, (int) i);
        if (page == NULL)
            continue;
        s_read_page(page, request->text_limit, &pages);
        g_object_unref(page);
    }
    if (pages.count > 0) {
        reading->page_count = (uint32_t) count;
        reading->is_scanned = pages.has_pictures && !pages.has_layer;
        reading->confidence = ocr_confidence(&pages.ocr);
        s_join(&pages, request->text_limit, &reading->text);
    } else {
        reading->error = ERROR_CORRUPT;
        buffer_append_text(&reading->detail, "the PDF is damaged: no page can be read");
    }
    if (reading->is_scanned)
        reading->method = EXTRACT_METHOD_OCR;
    free(pages.texts);
}

static PopplerDocument *
s_open(slice_t bytes, reading_t *reading)
{
    GBytes *held = g_bytes_new_static(bytes.data, bytes.size);
    GError *error = NULL;
    PopplerDocument *document = poppler_document_new_from_bytes(held, NULL, &error);
    g_bytes_unref(held);
    if (document)
        return document;
    if (g_error_matches(error, POPPLER_ERROR, POPPLER_ERROR_ENCRYPTED)) {
        reading->error = ERROR_ENCRYPTED;
        buffer_append_text(&reading->detail, "the PDF needs a password");
    } else {
        reading->error = ERROR_CORRUPT;
        buffer_append_text(&reading->detail, "the PDF is damaged and cannot be opened");
    }
    g_clear_error(&error);
    return NULL;
}

void
pdf_read(const extract_request_t *request, reading_t *reading)
{
    PopplerDocument *document = s_open(request->bytes, reading);
    if (document == NULL)
        return;
    s_read_pages(document, request, reading);
    g_object_unref(document);
}

void
pdf_warm_up(void)
{
    extract_request_t request = {1, EXTRACT_TEXT_MAX_BYTES, {WARM_UP, sizeof WARM_UP - 1}};
    reading_t reading = {0};
    pdf_read(&request, &reading);
    reading_free(&reading);
    pdf_fields_warm_up();
}
