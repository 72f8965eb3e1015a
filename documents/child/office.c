#include "documents/child/office.h"

#include <string.h>
#include <strings.h>

#include "documents/child/plain.h"

enum { NUMBER_MAX = 1000000 };

/* Pictures, fonts and programs stay packed. */
static bool
s_is_wanted(slice_t name)
{
    static const char *const endings[] = {".xml", ".rels",  ".opf", ".html",
                                          ".htm", ".xhtml", ".xht"};
    for (size_t i = 0; i < sizeof endings / sizeof endings[0]; i++) {
        size_t size = strlen(endings[i]);
        if (name.size >= size && strncasecmp(name.data + name.size - size, endings[i], size) == 0)
            return true;
    }
    return false;
}

void
office_open(office_t *self, const extract_request_t *request, bool has_pages, reading_t *reading)
{
    *self = (office_t){
        .package = package_open(request->bytes, s_is_wanted),
        .reading = reading,
        .page_limit = request->page_limit,
        .prose = {.text_limit = request->text_limit,
                  .page_limit = has_pages ? 0 : request->page_limit},
    };
}

bool
office_walk(office_t *self, slice_t name, const xml_handler_t *handler, void *handler_self)
{
    slice_t bytes;
    if (!package_find(self->package, name, &bytes))
        return false;
    if (!prose_is_full(&self->prose))
        self->is_damaged = !xml_walk(bytes, handler, handler_self) || self->is_damaged;
    package_release(self->package, name);
    return true;
}

/* One word and a number: "Tabelle 2". */
static bool
s_is_default_name(slice_t name)
{
    size_t size = name.size;
    while (size && name.data[size - 1] >= '0' && name.data[size - 1] <= '9')
        size--;
    slice_t word = slice_trim((slice_t){name.data, size});
    return size < name.size && (word.size == 0 || memchr(word.data, ' ', word.size) == NULL);
}

/* Programs fill in a title where the author gave none. */
static bool
s_is_title_of_program(slice_t title)
{
    static const char *const beginnings[] = {"Microsoft Word - ", "Microsoft PowerPoint - ",
                                             "Microsoft Excel - "};
    static const char *const titles[] = {
        "PowerPoint Presentation",
        "PowerPoint-Präsentation",
        "Présentation PowerPoint",
        "Presentación de PowerPoint",
        "Presentazione di PowerPoint",
        "Apresentação do PowerPoint",
        "Document",
        "Presentation",
        "Untitled",
        "Unbenannt",
        "Unknown",
    };
    for (size_t i = 0; i < sizeof beginnings / sizeof beginnings[0]; i++) {
        size_t size = strlen(beginnings[i]);
        if (title.size >= size && memcmp(title.data, beginnings[i], size) == 0)
            return true;
    }
    for (size_t i = 0; i < sizeof titles / sizeof titles[0]; i++)
        if (slice_is(title, titles[i]))
            return true;
    return s_is_default_name(title);
}

typedef struct {
    prose_t *prose;
    buffer_t value; /* of the property that is open */
    bool is_open;
} properties_t;

static xml_step_t
s_property_start(void *self_, const xml_element_t *element)
{
    properties_t *self = self_;
    if (strcmp(element->name, "manifest") == 0)
        return XML_STOP; /* in a book's package document, what follows is not about the book */
    static const char *const names[] = {"title", "subject", "keywords", "keyword"};
    self->is_open = false;
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++)
        self->is_open = self->is_open || strcmp(element->name, names[i]) == 0;
    buffer_clear(&self->value);
    return XML_ENTER;
}

static void
s_property_end(void *self_, const char *name)
{
    properties_t *self = self_;
    slice_t value = slice_trim(buffer_slice(&self->value));
    if (self->is_open && !(strcmp(name, "title") == 0 && s_is_title_of_program(value))) {
        prose_write(self->prose, value);
        prose_end_paragraph(self->prose);
    }
    self->is_open = false;
}

static void
s_property_text(void *self_, slice_t text)
{
    properties_t *self = self_;
    if (self->is_open)
        buffer_append_slice(&self->value, text);
}

void
office_write_properties(office_t *self, slice_t name)
{
    static const xml_handler_t handler = {s_property_start, s_property_end, s_property_text};
    properties_t properties = {.prose = &self->prose};
    slice_t bytes;
    if (package_find(self->package, name, &bytes))
        xml_walk(bytes, &handler, &properties);
    buffer_free(&properties.value);
    self->body_start = self->prose.main.text.size;
}

void
office_write_sheet_name(office_t *self, slice_t name)
{
    if (!s_is_default_name(name))
        prose_write(&self->prose, name);
    prose_end_paragraph(&self->prose);
}

uint32_t
office_number(slice_t text)
{
    uint32_t number = 0;
    text = slice_trim(text);
    for (size_t i = 0; i < text.size; i++) {
        if (text.data[i] < '0' || text.data[i] > '9' || number > NUMBER_MAX)
            return 0;
        number = 10 * number + (uint32_t) (text.data[i] - '0');
    }
    return number;
}

uint32_t
office_find_number(office_t *self, slice_t name, const char *element)
{
    slice_t bytes;
    buffer_t text = {0};
    if (package_find(self->package, name, &bytes))
        xml_find_text(bytes, element, &text);
    uint32_t number = office_number(buffer_slice(&text));
    buffer_free(&text);
    return number;
}

void
office_refuse(office_t *self)
{
    if (self->reading->error != ERROR_NONE)
        return;
    self->reading->error = ERROR_ENCRYPTED;
    buffer_append_text(&self->reading->detail, "the document needs a password");
}

/* Sets the reading's error where what was read is not to be had as a document's text. */
static void
s_judge(office_t *self)
{
    reading_t *reading = self->reading;
    slice_t text = buffer_slice(&self->prose.main.text);
    bool is_empty = text.size == self->body_start;
    bool is_short = is_empty || plain_count_characters(text) < TEXT_MIN_CHARACTERS;
    if (reading->error != ERROR_NONE)
        return;
    if (package_is_too_large(self->package)) {
        reading->error = ERROR_TOO_LARGE;
        buffer_append_text(&reading->detail, "the file unpacks to more than a document can be");
    } else if (is_empty && package_is_encrypted(self->package)) {
        office_refuse(self);
    } else if (is_short && (self->is_damaged || package_is_damaged(self->package))) {
        reading->error = ERROR_CORRUPT;
        buffer_append_text(&reading->detail, "the file is damaged: no text of it can be read");
    }
}

void
office_close(office_t *self)
{
    self->prose.aside_depth = 0;
    prose_end_paragraph(&self->prose); /* nothing waits */
    slice_t text = buffer_slice(&self->prose.main.text);
    reading_t *reading = self->reading;
    s_judge(self);
    if (reading->error == ERROR_NONE)
        plain_clean(text, self->prose.text_limit, &reading->text);
    prose_free(&self->prose);
    package_destroy(&self->package);
}
