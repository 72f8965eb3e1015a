#include "documents/child/xml.h"

#include <libxml/parser.h>
#include <libxml/parserInternals.h>
#include <limits.h>
#include <string.h>

/* The names of a document's elements and attributes come to a few thousand bytes; libxml2 would
 * take time in the square of ten millions. */
enum { NAMES_MAX_BYTES = 256 * 1024 };

/* libxml2 hands over attributes as runs of five: local name, prefix, namespace, value, value's end.
 */
enum { FIELDS = 5, FIELD_NAME = 0, FIELD_SPACE = 2, FIELD_VALUE = 3, FIELD_END = 4 };

typedef struct {
    const xml_handler_t *handler;
    void *self;
    xmlParserCtxtPtr parser;
    size_t skip_depth; /* elements that are open in one that is skipped, that one included */
    bool is_stopped;   /* by the handler */
    bool is_refused;
} walk_t;

static void
s_on_start(void *self_, const xmlChar *name, const xmlChar *prefix, const xmlChar *space,
           int space_count, const xmlChar **spaces, int attribute_count, int default_count,
           const xmlChar **attributes)
{
    (void) prefix, (void) space, (void) space_count, (void) spaces, (void) default_count;
    walk_t *self = self_;
    if (self->skip_depth) {
        self->skip_depth++;
        return;
    }
    if (self->is_stopped)
        return;
    xml_element_t element = {
        .name = (const char *) name,
        .attributes = (const unsigned char *const *) attributes,
        .attribute_count = attribute_count,
    };
    xml_step_t step = self->handler->on_start(self->self, &element);
    if (step == XML_SKIP) {
        self->skip_depth = 1;
    } else if (step == XML_STOP) {
        self->is_stopped = true;
        xmlStopParser(self->parser);
    }
}

static void
s_on_end(void *self_, const xmlChar *name, const xmlChar *prefix, const xmlChar *space)
{
    (void) prefix, (void) space;
    walk_t *self = self_;
    if (self->skip_depth)
        self->skip_depth--;
    else if (self->handler->on_end && !self->is_stopped)
        self->handler->on_end(self->self, (const char *) name);
}

static void
s_on_text(void *self_, const xmlChar *text, int size)
{
    walk_t *self = self_;
    if (self->handler->on_text && self->skip_depth == 0 && !self->is_stopped)
        self->handler->on_text(self->self, (slice_t){(const char *) text, (size_t) size});
}

/* What defines entities and attributes within itself is none of the formats that are read here, but
 * often an attack on who reads it. */
static void
s_on_doctype(void *self_, const xmlChar *name, const xmlChar *public_id, const xmlChar *system_id)
{
    (void) name, (void) public_id, (void) system_id;
    walk_t *self = self_;
    if (*self->parser->input->cur != '[')
        return;
    self->is_refused = true;
    xmlStopParser(self->parser);
}

static const xmlSAXHandler HANDLERS = {
    .initialized = XML_SAX2_MAGIC,
    .internalSubset = s_on_doctype,
    .startElementNs = s_on_start,
    .endElementNs = s_on_end,
    .characters = s_on_text,
    .ignorableWhitespace = s_on_text,
    .cdataBlock = s_on_text,
};

bool
xml_walk(slice_t bytes, const xml_handler_t *handler, void *self)
{
    if (bytes.size == 0 || bytes.size > INT_MAX)
        return false;
    xmlParserCtxtPtr parser = xmlCreateMemoryParserCtxt(bytes.data, (int) bytes.size);
    if (parser == NULL)
        return false;
    walk_t walk = {.handler = handler, .self = self, .parser = parser};
    *parser->sax = HANDLERS;
    xmlDictSetLimit(parser->dict, NAMES_MAX_BYTES);
    parser->userData = &walk;
    /* NOENT is about the five entities of XML itself: in attributes they come as characters. */
    xmlCtxtUseOptions(parser, XML_PARSE_RECOVER | XML_PARSE_NOENT | XML_PARSE_NONET |
                                  XML_PARSE_NOERROR | XML_PARSE_NOWARNING);
    xmlParseDocument(parser);
    bool is_whole = walk.is_stopped || (parser->wellFormed && !walk.is_refused);
    if (parser->myDoc)
        xmlFreeDoc(parser->myDoc);
    parser->myDoc = NULL;
    xmlFreeParserCtxt(parser);
    return is_whole;
}

static bool
s_ends(const unsigned char *text, const char *end)
{
    if (text == NULL)
        return false;
    size_t size = strlen((const char *) text), end_size = strlen(end);
    return size >= end_size && strcmp((const char *) text + size - end_size, end) == 0;
}

slice_t
xml_attribute(const xml_element_t *element, const char *space, const char *name)
{
    for (int i = 0; i < element->attribute_count; i++) {
        const unsigned char *const *fields = element->attributes + (ptrdiff_t) i * FIELDS;
        if (strcmp((const char *) fields[FIELD_NAME], name) == 0 &&
            (space == NULL || s_ends(fields[FIELD_SPACE], space)))
            return (slice_t){(const char *) fields[FIELD_VALUE],
                             (size_t) (fields[FIELD_END] - fields[FIELD_VALUE])};
    }
    return (slice_t){0};
}

typedef struct {
    const char *name;
    size_t depth; /* elements that are open in the one sought, that one included */
    bool is_found;
    buffer_t *out;
} search_t;

static xml_step_t
s_search_start(void *self_, const xml_element_t *element)
{
    search_t *self = self_;
    if (self->depth == 0 && self->is_found)
        return XML_STOP;
    if (self->depth || strcmp(element->name, self->name) == 0)
        self->depth++;
    self->is_found = self->is_found || self->depth;
    return XML_ENTER;
}

static void
s_search_end(void *self_, const char *name)
{
    (void) name;
    search_t *self = self_;
    if (self->depth)
        self->depth--;
}

static void
s_search_text(void *self_, slice_t text)
{
    search_t *self = self_;
    if (self->depth)
        buffer_append_slice(self->out, text);
}

bool
xml_find_text(slice_t bytes, const char *name, buffer_t *out)
{
    static const xml_handler_t handler = {s_search_start, s_search_end, s_search_text};
    search_t search = {.name = name, .out = out};
    xml_walk(bytes, &handler, &search);
    return search.is_found;
}
