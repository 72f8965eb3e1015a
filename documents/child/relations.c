#include "documents/child/relations.h"

#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "documents/child/xml.h"

enum { RELATIONS_MAX = 20000 };

typedef struct {
    relations_t *out;
    slice_t source;
} reader_t;

static slice_t
s_last_segment(slice_t path)
{
    const char *slash = path.size ? memrchr(path.data, '/', path.size) : NULL;
    if (slash == NULL)
        return path;
    size_t before = (size_t) (slash - path.data) + 1;
    return (slice_t){path.data + before, path.size - before};
}

static xml_step_t
s_on_start(void *self_, const xml_element_t *element)
{
    reader_t *self = self_;
    relations_t *out = self->out;
    if (strcmp(element->name, "Relationship") != 0 ||
        slice_is(xml_attribute(element, NULL, "TargetMode"), "External"))
        return XML_ENTER;
    if (out->count == RELATIONS_MAX)
        return XML_STOP;
    if (out->count == out->capacity) {
        out->capacity = out->capacity ? 2 * out->capacity : 16;
        out->items = memory_resize(out->items, out->capacity * sizeof *out->items);
    }
    buffer_t target = {0};
    package_resolve(self->source, xml_attribute(element, NULL, "Target"), &target);
    out->items[out->count++] = (relation_t){
        .id = slice_copy(xml_attribute(element, NULL, "Id")),
        .type = slice_copy(s_last_segment(xml_attribute(element, NULL, "Type"))),
        .target = slice_copy(buffer_slice(&target)),
    };
    buffer_free(&target);
    return XML_ENTER;
}

void
relations_read(package_t *package, slice_t source, relations_t *out)
{
    static const xml_handler_t handler = {.on_start = s_on_start};
    slice_t name = s_last_segment(source), bytes;
    buffer_t part = {0};
    buffer_append(&part, source.data, source.size - name.size);
    buffer_append_text(&part, "_rels/");
    buffer_append_slice(&part, name);
    buffer_append_text(&part, ".rels");
    reader_t reader = {.out = out, .source = source};
    if (package_find(package, buffer_slice(&part), &bytes))
        xml_walk(bytes, &handler, &reader);
    buffer_free(&part);
}

slice_t
relations_by_id(const relations_t *self, slice_t id)
{
    for (size_t i = 0; i < self->count; i++)
        if (slice_is(id, self->items[i].id))
            return slice_from(self->items[i].target);
    return (slice_t){0};
}

slice_t
relations_by_type(const relations_t *self, const char *type)
{
    for (size_t i = 0; i < self->count; i++)
        if (strcmp(self->items[i].type, type) == 0)
            return slice_from(self->items[i].target);
    return (slice_t){0};
}

void
relations_free(relations_t *self)
{
    for (size_t i = 0; i < self->count; i++) {
        free(self->items[i].id);
        free(self->items[i].type);
        free(self->items[i].target);
    }
    free(self->items);
    *self = (relations_t){0};
}
