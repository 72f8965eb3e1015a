#include "documents/child/reading.h"

#include "documents/child/format.h"
#include "documents/child/markdown.h"
#include "documents/child/pdf.h"
#include "documents/child/plain.h"

static void
s_read_plain(const extract_request_t *request, reading_t *reading)
{
    reading->method = EXTRACT_METHOD_PLAIN_TEXT;
    plain_decode(request->bytes, request->text_limit, &reading->text);
    if (!markdown_is_likely(buffer_slice(&reading->text)))
        return;
    buffer_t words = {0};
    markdown_strip(buffer_slice(&reading->text), &words);
    buffer_free(&reading->text);
    reading->text = words;
}

static void
s_read_pdf(const extract_request_t *request, reading_t *reading)
{
    reading->method = EXTRACT_METHOD_PDF_TEXT;
    pdf_read(request->bytes, request->page_limit, request->text_limit, reading);
    plain_join_words(&reading->text);
}

static void
s_check_text(reading_t *reading)
{
    size_t count = plain_count_characters(buffer_slice(&reading->text));
    if (count >= TEXT_MIN_CHARACTERS)
        return;
    reading->error = ERROR_NO_TEXT;
    reading->is_scanned = reading->page_count > 0;
    if (count == 0 && reading->page_count > 0)
        buffer_append_text(&reading->detail, "the pages hold no text; they may be scanned images");
    else if (count == 0)
        buffer_append_text(&reading->detail, "the file holds no text");
    else
        buffer_printf(&reading->detail, "only %zu characters of text were found; %d are needed",
                      count, TEXT_MIN_CHARACTERS);
}

static void
s_read(const extract_request_t *request, reading_t *reading)
{
    const char *name;
    switch (format_detect(request->bytes, &name)) {
    case FORMAT_PDF: s_read_pdf(request, reading); return;
    case FORMAT_TEXT: s_read_plain(request, reading); return;
    case FORMAT_EMPTY:
        reading->error = ERROR_CORRUPT;
        buffer_append_text(&reading->detail, "the file is empty");
        return;
    case FORMAT_ENCRYPTED:
        reading->error = ERROR_ENCRYPTED;
        buffer_printf(&reading->detail, "this is %s that needs a password", name);
        return;
    case FORMAT_OTHER:
    case FORMAT_BINARY: break;
    }
    reading->error = ERROR_UNSUPPORTED_FORMAT;
    buffer_printf(&reading->detail, "this is %s; PDF, plain text and Markdown are read", name);
}

void
reading_make(const extract_request_t *request, reading_t *reading)
{
    s_read(request, reading);
    if (reading->error == ERROR_NONE)
        s_check_text(reading);
    if (reading->error != ERROR_NONE) {
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
