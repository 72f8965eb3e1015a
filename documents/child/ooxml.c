#include "documents/child/ooxml.h"

void
ooxml_open(ooxml_t *self, const extract_request_t *request, bool has_pages, reading_t *reading)
{
    *self = (ooxml_t){0};
    office_open(&self->office, request, has_pages, reading);
    relations_read(self->office.package, SLICE(""), &self->roots);
    office_write_properties(&self->office, relations_by_type(&self->roots, "core-properties"));
    self->main = relations_by_type(&self->roots, "officeDocument");
    relations_read(self->office.package, self->main, &self->relations);
    self->office.is_damaged = !package_has(self->office.package, self->main);
}

uint32_t
ooxml_saved_count(ooxml_t *self, const char *element)
{
    slice_t part = relations_by_type(&self->roots, "extended-properties");
    return office_find_number(&self->office, part, element);
}

void
ooxml_close(ooxml_t *self)
{
    office_close(&self->office);
    relations_free(&self->relations);
    relations_free(&self->roots);
}
