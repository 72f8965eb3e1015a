#include "documents/child/ooxml.h"

bool
ooxml_open(ooxml_t *self, const extract_request_t *request, bool has_pages, reading_t *reading)
{
    *self = (ooxml_t){0};
    if (!office_open(&self->office, request, has_pages, reading))
        return false;
    relations_read(self->office.package, SLICE(""), &self->roots);
    office_write_properties(&self->office, relations_by_type(&self->roots, "core-properties"));
    self->main = relations_by_type(&self->roots, "officeDocument");
    relations_read(self->office.package, self->main, &self->relations);
    slice_t bytes;
    if (!package_find(self->office.package, self->main, &bytes))
        self->office.is_damaged = true;
    return true;
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
