#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include <libxml/HTMLparser.h>
#include <libxml/parserInternals.h>

#include "base/memory.h"
#include "documents/child/html_blocks.h"
#include "documents/child/html_elements.h"

enum {
    HEAD_MAX_BYTES = 1000, /* of a title, a description, keywords: more is not meant for people */
    WORK_MAX = 500000000,  /* names that libxml2 compares in vain: a few seconds */
};

typedef struct {
    html_page_t *page;
    htmlParserCtxtPtr parser;
    uint16_t *open; /* the flags of the elements that are open */
    size_t depth, capacity;
    size_t within[HTML_FLAG_COUNT]; /* how many of them have each flag */
    html_block_t block;             /* the one being read */
    bool has_space;                 /* white space stands before the next word */
    size_t work;
} walker_t;

static bool
s_is_within(const walker_t *self, unsigned flag)
{
    return self->within[__builtin_ctz(flag)] > 0;
}

static void
s_count_flags(walker_t *self, unsigned flags, bool is_opened)
{
    for (size_t i = 0; i < HTML_FLAG_COUNT; i++)
        if (flags & 1u << i)
            self->within[i] = is_opened ? self->within[i] + 1 : self->within[i] - 1;
}

static void
s_begin_block(walker_t *self)
{
    bool is_main = s_is_within(self, IS_MAIN);
    self->block = (html_block_t){
        .offset = self->page->text.size,
        .is_main = is_main,
        .is_aside = s_is_within(self, IS_ASIDE) || (s_is_within(self, IS_HEADER) && !is_main),
        .is_heading = s_is_within(self, IS_HEADING),
    };
    self->has_space = false;
}

static void
s_end_block(walker_t *self)
{
    html_page_t *page = self->page;
    self->block.size = page->text.size - self->block.offset;
    if (self->block.size == 0)
        return;
    if (page->count == page->capacity) {
        page->capacity = page->capacity ? page->capacity * 2 : 64;
        page->blocks = memory_resize(page->blocks, page->capacity * sizeof *page->blocks);
    }
    page->blocks[page->count++] = self->block;
}

static void
s_push(walker_t *self, unsigned flags)
{
    if (self->depth == self->capacity) {
        self->capacity = self->capacity ? self->capacity * 2 : 64;
        self->open = memory_resize(self->open, self->capacity * sizeof *self->open);
    }
    self->open[self->depth++] = (uint16_t) flags;
    s_count_flags(self, flags, true);
}

/* ---- words ---- */

static bool
s_is_space(char c)
{
    return c == ' ' || (c >= '\t' && c <= '\r');
}

static void
s_put(walker_t *self, char byte)
{
    buffer_append_byte(&self->page->text, byte);
    self->block.link_bytes += s_is_within(self, IS_LINK);
}

static void
s_put_space(walker_t *self)
{
    if (self->has_space && self->page->text.size > self->block.offset)
        buffer_append_byte(&self->page->text, ' ');
    self->has_space = false;
}

/* A blank that may not be broken is a blank. */
static size_t
s_space_size(const char *text, size_t size)
{
    if (s_is_space(text[0]))
        return 1;
    return size >= 2 && text[0] == '\xc2' && text[1] == '\xa0' ? 2 : 0;
}

static void
s_read_words(walker_t *self, const char *text, size_t size)
{
    bool is_pre = s_is_within(self, IS_PRE);
    for (size_t at = 0; at < size;) {
        size_t space = s_space_size(text + at, size - at);
        if (space && is_pre && self->page->text.size > self->block.offset)
            s_put(self, text[at] == '\n' ? '\n' : ' ');
        else if (space)
            self->has_space = true;
        else {
            s_put_space(self);
            s_put(self, text[at]);
        }
        at += space ? space : 1;
    }
}

static void
s_read_head(buffer_t *out, const char *text, size_t size)
{
    for (size_t at = 0; at < size && out->size < HEAD_MAX_BYTES; at++) {
        bool is_space = s_is_space(text[at]);
        if (!is_space || (out->size && out->data[out->size - 1] != ' '))
            buffer_append_byte(out, is_space ? ' ' : text[at]);
    }
}

static void
s_read_meta(walker_t *self, const unsigned char **attributes)
{
    const char *name = html_attribute(attributes, "name");
    const char *property = html_attribute(attributes, "property");
    const char *content = html_attribute(attributes, "content");
    buffer_t *out = NULL;
    if (strcasecmp(name, "description") == 0 || strcasecmp(property, "og:description") == 0)
        out = &self->page->description;
    else if (strcasecmp(name, "keywords") == 0)
        out = &self->page->keywords;
    if (out && out->size == 0)
        s_read_head(out, content, strlen(content));
}

/* ---- libxml2's events ---- */

static void
s_on_start(void *context, const xmlChar *name, const xmlChar **attributes)
{
    walker_t *self = context;
    unsigned flags = html_element_flags((const char *) name, attributes);
    if (flags & IS_META)
        s_read_meta(self, attributes);
    if (flags & IS_BLOCK)
        s_end_block(self);
    s_push(self, flags);
    if (flags & IS_BLOCK)
        s_begin_block(self);
    else if (flags & IS_LINE && self->page->text.size > self->block.offset) {
        buffer_append_byte(&self->page->text, '\n');
        self->has_space = false;
    } else if (flags & IS_APART)
        self->has_space = true;
}

static void
s_on_end(void *context, const xmlChar *name)
{
    walker_t *self = context;
    (void) name;
    if (self->depth == 0)
        return;
    unsigned flags = self->open[--self->depth];
    if (flags & IS_BLOCK)
        s_end_block(self);
    s_count_flags(self, flags, false);
    if (flags & IS_BLOCK)
        s_begin_block(self);
}

static void
s_on_text(void *context, const xmlChar *text, int size)
{
    walker_t *self = context;
    if (s_is_within(self, IS_SKIPPED))
        return;
    if (s_is_within(self, IS_TITLE))
        s_read_head(&self->page->title, (const char *) text, (size_t) size);
    else
        s_read_words(self, (const char *) text, (size_t) size);
}

/* For an end without a start the parser looks through all that is open, so that a page could cost
 * the square of its size. It says so each time, as an error. */
static void
s_on_error(void *context, const char *message, ...)
{
    walker_t *self = context;
    (void) message;
    self->work += self->depth;
    if (self->work > WORK_MAX)
        xmlStopParser(self->parser);
}

static void
s_ignore_warning(void *context, const char *message, ...)
{
    (void) context;
    (void) message;
}

void
html_page_parse(slice_t text, html_page_t *page)
{
    if (text.size == 0)
        return;
    walker_t self = {.page = page};
    self.parser = htmlCreateMemoryParserCtxt(text.data, (int) text.size);
    if (self.parser == NULL)
        return;
    /* RECOVER: a script may hold the ends of other elements */
    htmlCtxtUseOptions(self.parser, HTML_PARSE_RECOVER | HTML_PARSE_IGNORE_ENC | HTML_PARSE_NONET);
    xmlSwitchEncoding(self.parser, XML_CHAR_ENCODING_UTF8);
    *self.parser->sax = (htmlSAXHandler){
        .startElement = s_on_start,
        .endElement = s_on_end,
        .characters = s_on_text,
        .ignorableWhitespace = s_on_text,
        .error = s_on_error,
        .warning = s_ignore_warning,
    };
    self.parser->userData = &self;
    s_begin_block(&self);
    htmlParseDocument(self.parser);
    s_end_block(&self);
    htmlFreeParserCtxt(self.parser);
    free(self.open);
}

void
html_page_free(html_page_t *self)
{
    buffer_free(&self->title);
    buffer_free(&self->description);
    buffer_free(&self->keywords);
    buffer_free(&self->text);
    free(self->blocks);
    *self = (html_page_t){0};
}
