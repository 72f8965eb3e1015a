#include "documents/child/html.h"

#include <stdbool.h>
#include <string.h>
#include <strings.h>

#include <libxml/parser.h>

#include "base/text.h"
#include "documents/child/html_blocks.h"
#include "documents/child/html_bound.h"
#include "documents/child/plain.h"

enum {
    DECLARED_WITHIN = 4096, /* browsers look for the encoding's name in 1024 */
    LABEL_SIZE = 64,
    SOURCE_MAX_BYTES = 64 * 1024 * 1024, /* of markup: the parser holds it twice */
};

static const char *
s_find(slice_t text, const char *word)
{
    size_t size = strlen(word);
    for (size_t at = 0; at + size <= text.size; at++)
        if (strncasecmp(text.data + at, word, size) == 0)
            return text.data + at + size;
    return NULL;
}

/* Copies the label that stands behind `word` and an equals sign, quoted or not. */
static bool
s_label(slice_t text, const char *word, char label[LABEL_SIZE])
{
    const char *at = s_find(text, word), *end = text.data + text.size;
    while (at && at < end && *at && strchr(" \t\r\n=\"'", *at))
        at++;
    size_t size = 0;
    while (at && at + size < end && size < LABEL_SIZE - 1 && at[size] &&
           strchr(" \t\r\n\"'/>;?", at[size]) == NULL)
        size++;
    if (size == 0)
        return false;
    memcpy(label, at, size);
    label[size] = '\0';
    return true;
}

/* What the page says of its own encoding: in a declaration of XML, or in a meta element. */
static const char *
s_declared(slice_t bytes, char label[LABEL_SIZE])
{
    slice_t start = {bytes.data, bytes.size < DECLARED_WITHIN ? bytes.size : DECLARED_WITHIN};
    const char *xml = s_find(start, "<?xml");
    const char *end = xml ? memchr(xml, '>', start.size - (size_t) (xml - start.data)) : NULL;
    if (end && s_label((slice_t){xml, (size_t) (end - xml)}, "encoding", label))
        return label;
    for (const char *meta; (meta = s_find(start, "<meta")) != NULL;) {
        start = (slice_t){meta, start.size - (size_t) (meta - start.data)};
        end = memchr(meta, '>', start.size);
        if (end && s_label((slice_t){meta, (size_t) (end - meta)}, "charset", label))
            return label;
    }
    return NULL;
}

static void
s_parse(slice_t bytes, const char *declared, html_page_t *page)
{
    char label[LABEL_SIZE];
    buffer_t source = {0};
    plain_decode(bytes, declared ? declared : s_declared(bytes, label), SOURCE_MAX_BYTES, &source);
    html_bound_attributes(&source);
    html_page_parse(buffer_slice(&source), page);
    buffer_free(&source);
    html_blocks_choose(page);
}

/* Entities may stand for anything, so the words are cleaned once more. */
static void
s_append_paragraph(slice_t words, size_t end, buffer_t *out)
{
    words = slice_trim(words);
    if (words.size == 0 || out->size >= end)
        return;
    plain_clean(words, end - out->size, out);
    for (int i = 0; i < 2 && out->size < end; i++)
        buffer_append_byte(out, '\n');
}

static void
s_append_blocks(const html_page_t *page, size_t end, buffer_t *out)
{
    for (size_t i = 0; i < page->count; i++)
        if (page->blocks[i].is_kept)
            s_append_paragraph(
                (slice_t){page->text.data + page->blocks[i].offset, page->blocks[i].size}, end,
                out);
}

void
html_append_text(slice_t bytes, const char *declared, size_t limit, buffer_t *out)
{
    html_page_t page = {0};
    s_parse(bytes, declared, &page);
    s_append_blocks(&page, out->size + limit, out);
    html_page_free(&page);
}

void
html_read(const extract_request_t *request, reading_t *reading)
{
    html_page_t page = {0};
    s_parse(request->bytes, NULL, &page);
    size_t end = request->text_limit;
    slice_t title = slice_trim(buffer_slice(&page.title)); /* some pages repeat it */
    s_append_paragraph(title, end, &reading->text);
    if (!slice_equal(slice_trim(buffer_slice(&page.description)), title))
        s_append_paragraph(buffer_slice(&page.description), end, &reading->text);
    if (!slice_equal(slice_trim(buffer_slice(&page.keywords)), title))
        s_append_paragraph(buffer_slice(&page.keywords), end, &reading->text);
    s_append_blocks(&page, end, &reading->text);
    html_page_free(&page);
}

void
html_warm_up(void)
{
    xmlInitParser();
    buffer_t words = {0};
    html_append_text(SLICE("<meta charset=koi8-r><p>\xcd\xc9\xd2 &eacute;"), NULL, 100, &words);
    buffer_free(&words);
}
