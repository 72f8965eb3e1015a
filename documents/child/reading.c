#include "documents/child/reading.h"

#include "base/text.h"
#include "documents/child/email.h"
#include "documents/child/epub.h"
#include "documents/child/format.h"
#include "documents/child/forms.h"
#include "documents/child/html.h"
#include "documents/child/image.h"
#include "documents/child/markdown.h"
#include "documents/child/ocr.h"
#include "documents/child/ooxml.h"
#include "documents/child/opendocument.h"
#include "documents/child/pdf.h"
#include "documents/child/plain.h"
#include "documents/child/rtf.h"
#include "documents/child/table.h"

static void
s_read_plain(const extract_request_t *request, reading_t *reading)
{
    plain_decode(request->bytes, NULL, request->text_limit, &reading->text);
    if (!markdown_is_likely(buffer_slice(&reading->text)))
        return;
    buffer_t words = {0};
    markdown_strip(buffer_slice(&reading->text), &words);
    buffer_free(&reading->text);
    reading->text = words;
    reading->method = EXTRACT_METHOD_MARKDOWN;
}

/* What every reader leaves to be done. Letters take more room than shapes. */
static void
s_settle(size_t limit, reading_t *reading)
{
    if (reading->text.size == 0)
        return;
    buffer_t letters = {0};
    forms_resolve(buffer_slice(&reading->text), &letters);
    letters.size = text_cut(buffer_slice(&letters), limit);
    letters.data[letters.size] = '\0';
    buffer_free(&reading->text);
    reading->text = letters;
}

static void
s_check_text(reading_t *reading)
{
    size_t count = plain_count_characters(buffer_slice(&reading->text));
    if (count >= TEXT_MIN_CHARACTERS)
        return;
    reading->error = ERROR_NO_TEXT;
    bool has_pages = reading->page_count > 0 && (reading->method == EXTRACT_METHOD_PDF_TEXT ||
                                                 reading->method == EXTRACT_METHOD_OCR);
    reading->is_scanned = reading->is_scanned || (has_pages && count == 0);
    if (reading->is_scanned && count == 0)
        buffer_append_text(&reading->detail,
                           ocr_is_available()
                               ? "no text can be read on the pages"
                               : "the pages are pictures, and reading them (OCR) is switched off "
                                 "here, or its languages are not installed");
    else if (count == 0)
        buffer_append_text(&reading->detail, "the file holds no text");
    else
        buffer_printf(&reading->detail, "only %zu characters of text were found; %d are needed",
                      count, TEXT_MIN_CHARACTERS);
}

/* Who reads which format. A format without a reader is not supported. */
static const struct {
    extract_method_t method;
    void (*read)(const extract_request_t *request, reading_t *reading);
} READERS[FORMAT_COUNT] = {
    [FORMAT_PDF] = {EXTRACT_METHOD_PDF_TEXT, pdf_read},
    [FORMAT_TEXT] = {EXTRACT_METHOD_PLAIN_TEXT, s_read_plain},
    [FORMAT_DOCX] = {EXTRACT_METHOD_DOCX, docx_read},
    [FORMAT_PPTX] = {EXTRACT_METHOD_PPTX, pptx_read},
    [FORMAT_XLSX] = {EXTRACT_METHOD_XLSX, xlsx_read},
    [FORMAT_ODT] = {EXTRACT_METHOD_ODT, odt_read},
    [FORMAT_ODP] = {EXTRACT_METHOD_ODP, odp_read},
    [FORMAT_ODS] = {EXTRACT_METHOD_ODS, ods_read},
    [FORMAT_EPUB] = {EXTRACT_METHOD_EPUB, epub_read},
    [FORMAT_IMAGE] = {EXTRACT_METHOD_OCR, image_read},
    [FORMAT_RTF] = {EXTRACT_METHOD_RTF, rtf_read},
    [FORMAT_HTML] = {EXTRACT_METHOD_HTML, html_read},
    [FORMAT_EMAIL] = {EXTRACT_METHOD_EMAIL, email_read},
    [FORMAT_CSV] = {EXTRACT_METHOD_CSV, table_read},
};

static void
s_refuse(format_t format, const char *name, reading_t *reading)
{
    if (format == FORMAT_EMPTY) {
        reading->error = ERROR_CORRUPT;
        buffer_append_text(&reading->detail, "the file is empty");
    } else if (format == FORMAT_ENCRYPTED) {
        reading->error = ERROR_ENCRYPTED;
        buffer_printf(&reading->detail, "this is %s that needs a password", name);
    } else if (format == FORMAT_DAMAGED) {
        reading->error = ERROR_CORRUPT;
        buffer_printf(&reading->detail, "this is %s, and damaged", name);
    } else {
        reading->error = ERROR_UNSUPPORTED_FORMAT;
        buffer_printf(&reading->detail,
                      "this is %s; PDF, PNG, JPEG, TIFF, Office and OpenDocument files, EPUB, "
                      "RTF, HTML, e-mail, CSV, plain text and "
                      "Markdown are read",
                      name);
    }
}

static void
s_read(const extract_request_t *request, reading_t *reading)
{
    const char *name;
    format_t format = format_detect(request->bytes, &name);
    if (READERS[format].read == NULL) {
        s_refuse(format, name, reading);
        return;
    }
    reading->method = READERS[format].method;
    READERS[format].read(request, reading);
}

void
reading_make(const extract_request_t *request, reading_t *reading)
{
    reading->confidence = EXTRACT_CONFIDENCE_NONE;
    s_read(request, reading);
    s_settle(request->text_limit, reading);
    if (reading->error == ERROR_NONE)
        s_check_text(reading);
    /* What little text there was tells a person more than that it was too little. */
    bool has_text = reading->error == ERROR_NONE || reading->error == ERROR_NO_TEXT;
    if (!has_text || plain_count_characters(buffer_slice(&reading->text)) == 0) {
        reading->method = EXTRACT_METHOD_NONE;
        buffer_free(&reading->text);
    }
}

void
reading_free(reading_t *self)
{
    buffer_free(&self->detail);
    buffer_free(&self->text);
    *self = (reading_t){0};
}
