#include "documents/child/opendocument.h"

#include <string.h>

typedef struct {
    office_t *office;
    prose_t *prose;
    const char *page_name; /* the element that is a page; NULL: text flows */
    uint32_t page_count;
    unsigned paragraph_depth;
} writer_t;

/* What is in these is not the document's text, or is not text. */
static const char *const SKIPPED[] = {
    "tracked-changes",
    "annotation",
    "note-citation",
    "ruby-text",
    "title",
    "desc",
    "binary-data",
    "page-number",
    "page-count",
    "date",
    "time",
    "date-time",
    "hidden-text",
    "hidden-paragraph",
    "forms",
    "automatic-styles",
    "font-face-decls",
    "scripts",
    "placeholder",
    "object",
};

static bool
s_is_skipped(const xml_element_t *element)
{
    for (size_t i = 0; i < sizeof SKIPPED / sizeof SKIPPED[0]; i++)
        if (strcmp(element->name, SKIPPED[i]) == 0)
            return true;
    if (strcmp(element->name, "table-cell") != 0)
        return false;
    /* A number, a day or a truth value stands in its cell as text too; it is no text for that. */
    slice_t type = xml_attribute(element, NULL, "value-type");
    return type.size > 0 && !slice_is(type, "string");
}

static bool
s_is_paragraph(const char *name)
{
    return strcmp(name, "p") == 0 || strcmp(name, "h") == 0;
}

static bool
s_is_aside(const writer_t *self, const char *name)
{
    return self->paragraph_depth &&
           (strcmp(name, "note-body") == 0 || strcmp(name, "text-box") == 0);
}

static xml_step_t
s_on_page(writer_t *self, const xml_element_t *element)
{
    if (self->page_count++ >= self->office->page_limit)
        return XML_SKIP;
    prose_end_paragraph(self->prose);
    if (strcmp(self->page_name, "table") == 0)
        office_write_sheet_name(self->office, xml_attribute(element, NULL, "name"));
    return XML_ENTER;
}

static xml_step_t
s_on_start(void *self_, const xml_element_t *element)
{
    writer_t *self = self_;
    const char *name = element->name;
    if (self->page_name && strcmp(name, self->page_name) == 0)
        return s_on_page(self, element);
    if (s_is_skipped(element))
        return XML_SKIP;
    if (self->page_name == NULL && prose_is_full(self->prose))
        return XML_STOP;
    if (s_is_aside(self, name))
        prose_begin_aside(self->prose);
    else if (s_is_paragraph(name))
        self->paragraph_depth++;
    else if (strcmp(name, "s") == 0 || strcmp(name, "tab") == 0)
        prose_space(self->prose);
    else if (strcmp(name, "line-break") == 0)
        prose_end_line(self->prose);
    else if (strcmp(name, "soft-page-break") == 0)
        prose_end_page(self->prose);
    return XML_ENTER;
}

static void
s_on_end(void *self_, const char *name)
{
    writer_t *self = self_;
    if (s_is_aside(self, name)) {
        prose_end_aside(self->prose);
    } else if (s_is_paragraph(name)) {
        self->paragraph_depth--;
        prose_end_paragraph(self->prose);
    }
}

static void
s_on_text(void *self_, slice_t text)
{
    writer_t *self = self_;
    if (self->paragraph_depth)
        prose_write(self->prose, text);
}

typedef struct {
    bool is_content; /* the entry that is open is where the text is */
    bool is_encrypted;
} manifest_t;

static xml_step_t
s_on_manifest(void *self_, const xml_element_t *element)
{
    manifest_t *self = self_;
    slice_t path = xml_attribute(element, NULL, "full-path");
    if (strcmp(element->name, "file-entry") == 0)
        self->is_content = slice_is(path, "content.xml") || slice_is(path, "encrypted-package");
    else if (strcmp(element->name, "encryption-data") == 0 && self->is_content)
        self->is_encrypted = true;
    return XML_ENTER;
}

static bool
s_is_encrypted(const office_t *office)
{
    static const xml_handler_t handler = {.on_start = s_on_manifest};
    manifest_t manifest = {0};
    slice_t bytes;
    if (package_find(office->package, SLICE("META-INF/manifest.xml"), &bytes))
        xml_walk(bytes, &handler, &manifest);
    return manifest.is_encrypted;
}

static xml_step_t
s_on_statistic(void *self, const xml_element_t *element)
{
    if (strcmp(element->name, "document-statistic") != 0)
        return XML_ENTER;
    slice_t count = xml_attribute(element, NULL, "page-count");
    *(uint32_t *) self = office_number(count);
    return XML_STOP;
}

static void
s_write(writer_t *self)
{
    static const xml_handler_t handler = {s_on_start, s_on_end, s_on_text};
    office_t *office = self->office;
    office_write_properties(office, SLICE("meta.xml"));
    if (!office_walk(office, SLICE("content.xml"), &handler, self))
        office->is_damaged = true;
    office->prose.aside_depth = 0;
    prose_end_paragraph(&office->prose);
    self->paragraph_depth = 0;
    if (self->page_name == NULL) /* in the styles, paragraphs are headers and footers */
        office_walk(office, SLICE("styles.xml"), &handler, self);
}

static void
s_read(const extract_request_t *request, const char *page_name, reading_t *reading)
{
    static const xml_handler_t statistic_handler = {.on_start = s_on_statistic};
    office_t office;
    office_open(&office, request, page_name != NULL, reading);
    writer_t writer = {.office = &office, .prose = &office.prose, .page_name = page_name};
    slice_t bytes;
    if (s_is_encrypted(&office))
        office_refuse(&office);
    else
        s_write(&writer);
    if (page_name)
        reading->page_count = writer.page_count;
    else if (package_find(office.package, SLICE("meta.xml"), &bytes))
        xml_walk(bytes, &statistic_handler, &reading->page_count);
    office_close(&office);
}

void
odt_read(const extract_request_t *request, reading_t *reading)
{
    s_read(request, NULL, reading);
}

void
odp_read(const extract_request_t *request, reading_t *reading)
{
    s_read(request, "page", reading);
}

void
ods_read(const extract_request_t *request, reading_t *reading)
{
    s_read(request, "table", reading);
}
