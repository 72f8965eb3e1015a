#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "documents/child/ooxml.h"

/* Texts that cells refer to by number: one behind the other, with where each ends. */
typedef struct {
    buffer_t text;
    size_t *ends;
    size_t count, capacity;
    unsigned text_depth;
} strings_t;

typedef struct {
    ooxml_t *file;
    const strings_t *strings;
    uint32_t sheet_count;
} book_t;

typedef enum { CELL_NUMBER, CELL_SHARED, CELL_TEXT } cell_kind_t;

typedef struct {
    prose_t *prose;
    const strings_t *strings;
    cell_kind_t kind; /* of the cell that is open */
    buffer_t value;
    bool is_value; /* what is open is a cell's value or text */
} sheet_t;

static xml_step_t
s_on_string_start(void *self_, const xml_element_t *element)
{
    strings_t *self = self_;
    if (strcmp(element->name, "rPh") == 0) /* how it is read aloud */
        return XML_SKIP;
    if (strcmp(element->name, "t") == 0)
        self->text_depth++;
    return XML_ENTER;
}

static void
s_on_string_end(void *self_, const char *name)
{
    strings_t *self = self_;
    if (strcmp(name, "t") == 0)
        self->text_depth--;
    if (strcmp(name, "si") != 0)
        return;
    if (self->count == self->capacity) {
        self->capacity = self->capacity ? 2 * self->capacity : 256;
        self->ends = memory_resize(self->ends, self->capacity * sizeof *self->ends);
    }
    self->ends[self->count++] = self->text.size;
}

static void
s_on_string_text(void *self_, slice_t text)
{
    strings_t *self = self_;
    if (self->text_depth)
        buffer_append_slice(&self->text, text);
}

static slice_t
s_shared(const strings_t *self, slice_t number)
{
    char *end = NULL;
    unsigned long place = number.size ? strtoul(number.data, &end, 10) : 0;
    if (number.size == 0 || *end != '\0' || place >= self->count || self->text.size == 0)
        return (slice_t){0};
    size_t start = place ? self->ends[place - 1] : 0;
    return (slice_t){self->text.data + start, self->ends[place] - start};
}

static cell_kind_t
s_cell_kind(slice_t type)
{
    if (slice_is(type, "s"))
        return CELL_SHARED;
    return slice_is(type, "inlineStr") || slice_is(type, "str") ? CELL_TEXT : CELL_NUMBER;
}

static xml_step_t
s_on_cell_start(void *self_, const xml_element_t *element)
{
    sheet_t *self = self_;
    const char *name = element->name;
    if (prose_is_full(self->prose))
        return XML_STOP;
    if (strcmp(name, "f") == 0 || strcmp(name, "rPh") == 0)
        return XML_SKIP;
    if (strcmp(name, "c") == 0) {
        self->kind = s_cell_kind(xml_attribute(element, NULL, "t"));
        buffer_clear(&self->value);
        return self->kind == CELL_NUMBER ? XML_SKIP : XML_ENTER;
    }
    self->is_value = strcmp(name, "v") == 0 || strcmp(name, "t") == 0;
    return XML_ENTER;
}

static void
s_on_cell_end(void *self_, const char *name)
{
    sheet_t *self = self_;
    self->is_value = false;
    if (strcmp(name, "c") != 0)
        return;
    slice_t value = buffer_slice(&self->value);
    prose_write(self->prose, self->kind == CELL_SHARED ? s_shared(self->strings, value) : value);
    prose_end_paragraph(self->prose);
}

static void
s_on_cell_text(void *self_, slice_t text)
{
    sheet_t *self = self_;
    if (self->is_value)
        buffer_append_slice(&self->value, text);
}

static void
s_write_sheet(const book_t *self, slice_t name, slice_t part)
{
    static const xml_handler_t handler = {s_on_cell_start, s_on_cell_end, s_on_cell_text};
    sheet_t sheet = {.prose = &self->file->office.prose, .strings = self->strings};
    office_write_sheet_name(&self->file->office, name);
    office_walk(&self->file->office, part, &handler, &sheet);
    buffer_free(&sheet.value);
}

static xml_step_t
s_on_sheet(void *self_, const xml_element_t *element)
{
    book_t *self = self_;
    slice_t state = xml_attribute(element, NULL, "state");
    if (strcmp(element->name, "sheet") != 0 || slice_is(state, "hidden") ||
        slice_is(state, "veryHidden"))
        return XML_ENTER;
    if (self->sheet_count++ < self->file->office.page_limit) {
        slice_t id = xml_attribute(element, "/relationships", "id");
        s_write_sheet(self, xml_attribute(element, NULL, "name"),
                      relations_by_id(&self->file->relations, id));
    }
    return XML_ENTER;
}

void
xlsx_read(const extract_request_t *request, reading_t *reading)
{
    static const xml_handler_t string_handler = {s_on_string_start, s_on_string_end,
                                                 s_on_string_text};
    static const xml_handler_t book_handler = {.on_start = s_on_sheet};
    ooxml_t file;
    ooxml_open(&file, request, true, reading);
    strings_t strings = {0};
    office_walk(&file.office, relations_by_type(&file.relations, "sharedStrings"), &string_handler,
                &strings);
    book_t book = {.file = &file, .strings = &strings};
    office_walk(&file.office, file.main, &book_handler, &book);
    reading->page_count = book.sheet_count;
    buffer_free(&strings.text);
    free(strings.ends);
    ooxml_close(&file);
}
