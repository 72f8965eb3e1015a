#include <string.h>

#include "documents/child/ooxml.h"

typedef struct {
    ooxml_t *file;
    uint32_t slide_count;
} slides_t;

typedef struct {
    prose_t *prose;
    unsigned text_depth;
    bool is_margin; /* the shape that is open says the same on every slide */
} writer_t;

static bool
s_is_margin(slice_t placeholder)
{
    return slice_is(placeholder, "sldNum") || slice_is(placeholder, "dt") ||
           slice_is(placeholder, "ftr") || slice_is(placeholder, "hdr");
}

/* Numbers of slides and the day of today: fields that say nothing. */
static bool
s_is_empty_field(const xml_element_t *element)
{
    slice_t type = xml_attribute(element, NULL, "type");
    return slice_is(type, "slidenum") || (type.size > 8 && memcmp(type.data, "datetime", 8) == 0);
}

static xml_step_t
s_on_start(void *self_, const xml_element_t *element)
{
    writer_t *self = self_;
    const char *name = element->name;
    if (prose_is_full(self->prose))
        return XML_STOP;
    if (strcmp(name, "t") == 0)
        self->text_depth++;
    else if (strcmp(name, "br") == 0)
        prose_end_line(self->prose);
    else if (strcmp(name, "sp") == 0)
        self->is_margin = false;
    else if (strcmp(name, "ph") == 0)
        self->is_margin = s_is_margin(xml_attribute(element, NULL, "type"));
    else if ((strcmp(name, "txBody") == 0 && self->is_margin) ||
             (strcmp(name, "fld") == 0 && s_is_empty_field(element)) ||
             strcmp(name, "Fallback") == 0 || strcmp(name, "oMath") == 0)
        return XML_SKIP;
    return XML_ENTER;
}

static void
s_on_end(void *self_, const char *name)
{
    writer_t *self = self_;
    if (strcmp(name, "p") == 0)
        prose_end_paragraph(self->prose);
    else if (strcmp(name, "t") == 0)
        self->text_depth--;
    else if (strcmp(name, "sp") == 0)
        self->is_margin = false;
}

static void
s_on_text(void *self_, slice_t text)
{
    writer_t *self = self_;
    if (self->text_depth)
        prose_write(self->prose, text);
}

static void
s_write_part(ooxml_t *file, slice_t part)
{
    static const xml_handler_t handler = {s_on_start, s_on_end, s_on_text};
    writer_t writer = {.prose = &file->office.prose};
    office_walk(&file->office, part, &handler, &writer);
    prose_end_paragraph(writer.prose);
}

static void
s_write_slide(ooxml_t *file, slice_t part)
{
    static const char *const kinds[] = {"diagramData", "chart", "notesSlide"};
    relations_t relations = {0};
    s_write_part(file, part);
    relations_read(file->office.package, part, &relations);
    for (size_t kind = 0; kind < sizeof kinds / sizeof kinds[0]; kind++)
        for (size_t i = 0; i < relations.count; i++)
            if (strcmp(relations.items[i].type, kinds[kind]) == 0)
                s_write_part(file, slice_from(relations.items[i].target));
    relations_free(&relations);
}

static xml_step_t
s_on_slide(void *self_, const xml_element_t *element)
{
    slides_t *self = self_;
    if (strcmp(element->name, "sldId") != 0)
        return XML_ENTER;
    if (self->slide_count++ < self->file->office.page_limit) {
        slice_t id = xml_attribute(element, "/relationships", "id");
        s_write_slide(self->file, relations_by_id(&self->file->relations, id));
    }
    return XML_ENTER;
}

void
pptx_read(const extract_request_t *request, reading_t *reading)
{
    static const xml_handler_t handler = {.on_start = s_on_slide};
    ooxml_t file;
    ooxml_open(&file, request, true, reading);
    slides_t slides = {.file = &file};
    office_walk(&file.office, file.main, &handler, &slides);
    reading->page_count = slides.slide_count;
    ooxml_close(&file);
}
