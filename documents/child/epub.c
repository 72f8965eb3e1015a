#include "documents/child/epub.h"

#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "documents/child/html.h"

enum { ITEMS_MAX = 20000 };

typedef struct {
    char *id;
    char *part;
    bool is_read; /* it is text, and no table of contents */
} item_t;

typedef struct {
    office_t *office;
    slice_t package_part;
    item_t *items;
    size_t count, capacity;
} book_t;

static xml_step_t
s_on_rootfile(void *self, const xml_element_t *element)
{
    if (strcmp(element->name, "rootfile") != 0)
        return XML_ENTER;
    package_resolve(SLICE(""), xml_attribute(element, NULL, "full-path"), self);
    return XML_STOP;
}

/* Appends the name of the package document, which any part may be; the empty name: there is none.
 */
static void
s_find_package_part(package_t *package, buffer_t *out)
{
    static const xml_handler_t handler = {.on_start = s_on_rootfile};
    slice_t bytes;
    if (package_find(package, SLICE("META-INF/container.xml"), &bytes))
        xml_walk(bytes, &handler, out);
    for (size_t i = 0; i < package_count(package) && out->size == 0; i++) {
        slice_t name = package_name(package, i);
        if (name.size > 4 && memcmp(name.data + name.size - 4, ".opf", 4) == 0)
            buffer_append_slice(out, name);
    }
}

static bool
s_is_text(slice_t media_type)
{
    return slice_is(media_type, "application/xhtml+xml") || slice_is(media_type, "text/html") ||
           slice_is(media_type, "text/x-oeb1-document") ||
           slice_is(media_type, "application/x-dtbook+xml");
}

static void
s_add_item(book_t *self, const xml_element_t *element)
{
    if (self->count == self->capacity) {
        self->capacity = self->capacity ? 2 * self->capacity : 64;
        self->items = memory_resize(self->items, self->capacity * sizeof *self->items);
    }
    slice_t properties = xml_attribute(element, NULL, "properties");
    buffer_t part = {0};
    package_resolve(self->package_part, xml_attribute(element, NULL, "href"), &part);
    self->items[self->count++] = (item_t){
        .id = slice_copy(xml_attribute(element, NULL, "id")),
        .part = slice_copy(buffer_slice(&part)),
        .is_read =
            s_is_text(xml_attribute(element, NULL, "media-type")) && !slice_is(properties, "nav"),
    };
    buffer_free(&part);
}

static void
s_write_chapter(office_t *office, slice_t part)
{
    slice_t bytes;
    buffer_t text = {0};
    if (package_find(office->package, part, &bytes))
        html_append_text(bytes, NULL, office->prose.text_limit, &text);
    else
        office->is_damaged = true;
    package_release(office->package, part);
    slice_t rest = buffer_slice(&text);
    while (rest.size) {
        const char *end = memmem(rest.data, rest.size, "\n\n", 2);
        size_t size = end ? (size_t) (end - rest.data) : rest.size;
        prose_write(&office->prose, (slice_t){rest.data, size});
        prose_end_paragraph(&office->prose);
        size += end ? 2 : 0;
        rest = (slice_t){rest.data + size, rest.size - size};
    }
    buffer_free(&text);
}

static const item_t *
s_find_item(const book_t *self, slice_t id)
{
    for (size_t i = 0; i < self->count; i++)
        if (slice_is(id, self->items[i].id))
            return &self->items[i];
    return NULL;
}

/* The manifest stands before the spine. */
static xml_step_t
s_on_package_element(void *self_, const xml_element_t *element)
{
    book_t *self = self_;
    if (prose_is_full(&self->office->prose))
        return XML_STOP;
    if (strcmp(element->name, "item") == 0 && self->count < ITEMS_MAX) {
        s_add_item(self, element);
    } else if (strcmp(element->name, "itemref") == 0 &&
               !slice_is(xml_attribute(element, NULL, "linear"), "no")) {
        const item_t *item = s_find_item(self, xml_attribute(element, NULL, "idref"));
        if (item && item->is_read)
            s_write_chapter(self->office, slice_from(item->part));
    }
    return XML_ENTER;
}

static xml_step_t
s_on_encrypted(void *self, const xml_element_t *element)
{
    static const char *const endings[] = {".xhtml", ".html", ".htm", ".xml"};
    slice_t uri = xml_attribute(element, NULL, "URI");
    if (strcmp(element->name, "CipherReference") != 0)
        return XML_ENTER;
    for (size_t i = 0; i < sizeof endings / sizeof endings[0]; i++) {
        size_t size = strlen(endings[i]);
        if (uri.size > size && memcmp(uri.data + uri.size - size, endings[i], size) == 0)
            *(bool *) self = true;
    }
    return XML_ENTER;
}

/* Fonts are often scrambled, which hides no text. */
static bool
s_is_encrypted(package_t *package)
{
    static const xml_handler_t handler = {.on_start = s_on_encrypted};
    bool is_encrypted = false;
    slice_t bytes;
    if (package_find(package, SLICE("META-INF/encryption.xml"), &bytes))
        xml_walk(bytes, &handler, &is_encrypted);
    return is_encrypted;
}

static void
s_write_book(office_t *office)
{
    static const xml_handler_t handler = {.on_start = s_on_package_element};
    buffer_t package_part = {0};
    s_find_package_part(office->package, &package_part);
    book_t book = {.office = office, .package_part = buffer_slice(&package_part)};
    office_write_properties(office, book.package_part);
    if (!office_walk(office, book.package_part, &handler, &book))
        office->is_damaged = true;
    for (size_t i = 0; i < book.count; i++) {
        free(book.items[i].id);
        free(book.items[i].part);
    }
    free(book.items);
    buffer_free(&package_part);
}

void
epub_read(const extract_request_t *request, reading_t *reading)
{
    office_t office;
    office_open(&office, request, false, reading);
    if (s_is_encrypted(office.package))
        office_refuse(&office);
    else
        s_write_book(&office);
    office_close(&office);
}
