#include "documents/child/pdf.h"

#include <poppler.h>
#include <string.h>

#include "documents/child/plain.h"

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

static void
s_append_page(PopplerDocument *document, int index, size_t text_limit, reading_t *reading,
              int *read_count)
{
    PopplerPage *page = poppler_document_get_page(document, index);
    if (page == NULL)
        return;
    (*read_count)++;
    char *text = poppler_page_get_text(page);
    if (text) {
        plain_clean((slice_t){text, strlen(text)}, text_limit - reading->text.size, &reading->text);
        if (reading->text.size < text_limit)
            buffer_append_byte(&reading->text, '\n');
    }
    g_free(text);
    g_object_unref(page);
}

static void
s_read_pages(PopplerDocument *document, uint32_t page_limit, size_t text_limit, reading_t *reading)
{
    int count = poppler_document_get_n_pages(document), read_count = 0;
    for (int i = 0; i < count && (uint32_t) i < page_limit && reading->text.size < text_limit; i++)
        s_append_page(document, i, text_limit, reading, &read_count);
    if (read_count > 0) {
        reading->page_count = (uint32_t) count;
        return;
    }
    reading->error = ERROR_CORRUPT;
    buffer_append_text(&reading->detail, "the PDF is damaged: no page can be read");
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
pdf_read(slice_t bytes, uint32_t page_limit, size_t text_limit, reading_t *reading)
{
    PopplerDocument *document = s_open(bytes, reading);
    if (document == NULL)
        return;
    s_read_pages(document, page_limit, text_limit, reading);
    g_object_unref(document);
}

void
pdf_warm_up(void)
{
    reading_t reading = {0};
    pdf_read((slice_t){WARM_UP, sizeof WARM_UP - 1}, 1, EXTRACT_TEXT_MAX_BYTES, &reading);
    reading_free(&reading);
}
