#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "documents/child/ooxml.h"

enum { NOTES_MAX = 65536 }; /* notes with a higher number are left out */

typedef struct {
    uint8_t bits[NOTES_MAX / 8];
} note_set_t;

typedef struct {
    prose_t *prose;
    unsigned text_depth; /* elements that are open and hold text */
    bool is_hidden;      /* the run that is open is */
    bool is_placeholder; /* the control that is open waits to be filled in */
    note_set_t *footnotes, *endnotes;
} writer_t;

/* Returns the place of the note that an element names; false: it names none. */
static bool
s_note_number(const xml_element_t *element, size_t *number)
{
    slice_t id = xml_attribute(element, NULL, "id");
    if (id.size == 0)
        return false;
    char *end;
    long value = strtol(id.data, &end, 10);
    *number = (size_t) value;
    return end == id.data + id.size && value >= 0 && value < NOTES_MAX;
}

static xml_step_t
s_on_skipped(writer_t *self, const xml_element_t *element)
{
    (void) self, (void) element;
    return XML_SKIP;
}

static xml_step_t
s_on_text_start(writer_t *self, const xml_element_t *element)
{
    (void) element;
    self->text_depth++;
    return XML_ENTER;
}

static xml_step_t
s_on_tab(writer_t *self, const xml_element_t *element)
{
    (void) element;
    prose_space(self->prose);
    return XML_ENTER;
}

static xml_step_t
s_on_page_break(writer_t *self, const xml_element_t *element)
{
    (void) element;
    prose_space(self->prose);
    prose_end_page(self->prose);
    return XML_ENTER;
}

static xml_step_t
s_on_break(writer_t *self, const xml_element_t *element)
{
    prose_end_line(self->prose);
    if (slice_is(xml_attribute(element, NULL, "type"), "page"))
        prose_end_page(self->prose);
    return XML_ENTER;
}

static xml_step_t
s_on_hyphen(writer_t *self, const xml_element_t *element)
{
    (void) element;
    prose_write(self->prose, SLICE("-"));
    return XML_ENTER;
}

static xml_step_t
s_on_hidden(writer_t *self, const xml_element_t *element)
{
    slice_t value = xml_attribute(element, NULL, "val");
    self->is_hidden = !slice_is(value, "0") && !slice_is(value, "false");
    return XML_ENTER;
}

static xml_step_t
s_on_control(writer_t *self, const xml_element_t *element)
{
    self->is_placeholder = strcmp(element->name, "showingPlcHdr") == 0;
    return XML_ENTER;
}

static xml_step_t
s_on_control_content(writer_t *self, const xml_element_t *element)
{
    (void) element;
    bool is_placeholder = self->is_placeholder;
    self->is_placeholder = false;
    return is_placeholder ? XML_SKIP : XML_ENTER;
}

static xml_step_t
s_on_text_box(writer_t *self, const xml_element_t *element)
{
    (void) element;
    prose_begin_aside(self->prose);
    return XML_ENTER;
}

static xml_step_t
s_on_reference(writer_t *self, const xml_element_t *element)
{
    note_set_t *notes = element->name[0] == 'f' ? self->footnotes : self->endnotes;
    size_t number;
    if (s_note_number(element, &number))
        notes->bits[number / 8] |= (uint8_t) (1u << number % 8);
    return XML_ENTER;
}

static xml_step_t
s_on_note(writer_t *self, const xml_element_t *element)
{
    const note_set_t *notes = element->name[0] == 'f' ? self->footnotes : self->endnotes;
    size_t number;
    return s_note_number(element, &number) && notes->bits[number / 8] & 1u << number % 8 ? XML_ENTER
                                                                                         : XML_SKIP;
}

/* What a text box says is there twice: for programs of today, and in Fallback. */
static const struct {
    const char *name;
    xml_step_t (*on_start)(writer_t *self, const xml_element_t *element);
} ELEMENTS[] = {
    {"t", s_on_text_start},
    {"tab", s_on_tab},
    {"ptab", s_on_tab},
    {"br", s_on_break},
    {"cr", s_on_break},
    {"lastRenderedPageBreak", s_on_page_break},
    {"noBreakHyphen", s_on_hyphen},
    {"vanish", s_on_hidden},
    {"txbxContent", s_on_text_box},
    {"sdtPr", s_on_control},
    {"showingPlcHdr", s_on_control},
    {"sdtContent", s_on_control_content},
    {"footnoteReference", s_on_reference},
    {"endnoteReference", s_on_reference},
    {"footnote", s_on_note},
    {"endnote", s_on_note},
    {"pPr", s_on_skipped},
    {"tblPr", s_on_skipped},
    {"sectPr", s_on_skipped},
    {"del", s_on_skipped},
    {"moveFrom", s_on_skipped},
    {"Fallback", s_on_skipped},
    {"oMath", s_on_skipped},
    {"rt", s_on_skipped},
};

static xml_step_t
s_on_start(void *self_, const xml_element_t *element)
{
    writer_t *self = self_;
    if (prose_is_full(self->prose))
        return XML_STOP;
    for (size_t i = 0; i < sizeof ELEMENTS / sizeof ELEMENTS[0]; i++)
        if (strcmp(element->name, ELEMENTS[i].name) == 0)
            return ELEMENTS[i].on_start(self, element);
    return XML_ENTER;
}

static void
s_on_end(void *self_, const char *name)
{
    writer_t *self = self_;
    if (strcmp(name, "p") == 0)
        prose_end_paragraph(self->prose);
    else if (strcmp(name, "r") == 0 || strcmp(name, "sdtPr") == 0)
        self->is_hidden = false;
    else if (strcmp(name, "t") == 0)
        self->text_depth--;
    else if (strcmp(name, "txbxContent") == 0)
        prose_end_aside(self->prose);
}

static void
s_on_text(void *self_, slice_t text)
{
    writer_t *self = self_;
    if (self->text_depth && !self->is_hidden)
        prose_write(self->prose, text);
}

static const xml_handler_t HANDLER = {s_on_start, s_on_end, s_on_text};

static void
s_write_part(ooxml_t *file, slice_t part, writer_t *writer)
{
    writer->text_depth = 0;
    writer->is_hidden = false;
    office_walk(&file->office, part, &HANDLER, writer);
    file->office.prose.aside_depth = 0;
    prose_end_paragraph(&file->office.prose);
}

/* First pages, even and odd ones may have their own headers, most often of the same wording. */
static void
s_write_margins(ooxml_t *file, writer_t *writer)
{
    prose_t *prose = &file->office.prose;
    size_t start = prose->main.text.size;
    for (size_t i = 0; i < file->relations.count && !prose_is_full(prose); i++) {
        const relation_t *relation = &file->relations.items[i];
        if (strcmp(relation->type, "header") != 0 && strcmp(relation->type, "footer") != 0)
            continue;
        size_t before = prose->main.text.size;
        s_write_part(file, slice_from(relation->target), writer);
        size_t added = prose->main.text.size - before;
        if (added && memmem(prose->main.text.data + start, before - start,
                            prose->main.text.data + before, added)) {
            prose->main.text.size = before;
            prose->main.text.data[before] = '\0';
        }
    }
}

void
docx_read(const extract_request_t *request, reading_t *reading)
{
    ooxml_t file;
    ooxml_open(&file, request, false, reading);
    note_set_t *notes = memory_new(2 * sizeof *notes);
    writer_t writer = {.prose = &file.office.prose, .footnotes = notes, .endnotes = notes + 1};
    s_write_part(&file, file.main, &writer);
    s_write_part(&file, relations_by_type(&file.relations, "footnotes"), &writer);
    s_write_part(&file, relations_by_type(&file.relations, "endnotes"), &writer);
    s_write_margins(&file, &writer);
    reading->page_count = ooxml_saved_count(&file, "Pages");
    free(notes);
    ooxml_close(&file);
}
