#include <string.h>

#include "documents/child/format_containers.h"
#include "documents/child/package.h"
#include "documents/child/xml.h"

typedef struct {
    const char *mark;
    format_t format;
    const char *name;
} kind_t;

#define ODF "application/vnd.oasis.opendocument"

/* What "mimetype" may begin with, the longer first. */
static const kind_t MEDIA_TYPES[] = {
    {"application/epub+zip", FORMAT_EPUB, "an EPUB book"},
    {ODF ".text", FORMAT_ODT, "an OpenDocument text"},
    {ODF ".presentation", FORMAT_ODP, "an OpenDocument presentation"},
    {ODF ".spreadsheet", FORMAT_ODS, "an OpenDocument workbook"},
    {ODF, FORMAT_OTHER, "an OpenDocument file"},
};

/* What the content type of an Office file's main part may hold. */
static const kind_t CONTENT_TYPES[] = {
    {"wordprocessingml.", FORMAT_DOCX, "a Word document"},
    {".ms-word.", FORMAT_DOCX, "a Word document"},
    {"presentationml.", FORMAT_PPTX, "a PowerPoint presentation"},
    {".ms-powerpoint.", FORMAT_PPTX, "a PowerPoint presentation"},
    {"spreadsheetml.", FORMAT_XLSX, "an Excel workbook"},
    {".ms-excel.sheet.binary.", FORMAT_OTHER, "a binary Excel workbook"},
    {".ms-excel.", FORMAT_XLSX, "an Excel workbook"},
    {".ms-visio.", FORMAT_OTHER, "a Visio drawing"},
};

/* Parts by which an archive is told whose types are missing or unreadable. */
static const kind_t PARTS[] = {
    {"word/document.xml", FORMAT_DOCX, "a Word document"},
    {"ppt/presentation.xml", FORMAT_PPTX, "a PowerPoint presentation"},
    {"xl/workbook.xml", FORMAT_XLSX, "an Excel workbook"},
    {"META-INF/container.xml", FORMAT_EPUB, "an EPUB book"},
    {"Index/Document.iwa", FORMAT_OTHER, "an Apple iWork document"},
    {"META-INF/MANIFEST.MF", FORMAT_OTHER, "a Java archive"},
};

static bool
s_is_wanted(slice_t name)
{
    return slice_is(name, "mimetype") || slice_is(name, "[Content_Types].xml");
}

static const kind_t *
s_by_media_type(package_t *package)
{
    slice_t type;
    if (!package_find(package, SLICE("mimetype"), &type))
        return NULL;
    type = slice_trim(type);
    for (size_t i = 0; i < sizeof MEDIA_TYPES / sizeof MEDIA_TYPES[0]; i++) {
        size_t size = strlen(MEDIA_TYPES[i].mark);
        if (type.size >= size && memcmp(type.data, MEDIA_TYPES[i].mark, size) == 0)
            return &MEDIA_TYPES[i];
    }
    return NULL;
}

static xml_step_t
s_on_type(void *self, const xml_element_t *element)
{
    const kind_t **kind = self;
    slice_t type = xml_attribute(element, NULL, "ContentType");
    if (!slice_holds(type, SLICE(".main")))
        return XML_ENTER;
    for (size_t i = 0; i < sizeof CONTENT_TYPES / sizeof CONTENT_TYPES[0]; i++)
        if (slice_holds(type, slice_from(CONTENT_TYPES[i].mark))) {
            *kind = &CONTENT_TYPES[i];
            return XML_STOP;
        }
    return XML_ENTER;
}

static const kind_t *
s_by_content_type(package_t *package)
{
    static const xml_handler_t handler = {.on_start = s_on_type};
    const kind_t *kind = NULL;
    slice_t types;
    if (package_find(package, SLICE("[Content_Types].xml"), &types))
        xml_walk(types, &handler, &kind);
    return kind;
}

static const kind_t *
s_by_part(const package_t *package)
{
    for (size_t i = 0; i < sizeof PARTS / sizeof PARTS[0]; i++)
        if (package_has(package, slice_from(PARTS[i].mark)))
            return &PARTS[i];
    return NULL;
}

format_t
format_of_zip(slice_t bytes, const char **name)
{
    static const kind_t other = {"", FORMAT_OTHER, "a zip archive"};
    static const kind_t damaged = {"", FORMAT_DAMAGED, "a zip archive"};
    package_t *package = package_open(bytes, s_is_wanted);
    const kind_t *kind = s_by_media_type(package);
    if (kind == NULL)
        kind = s_by_content_type(package);
    if (kind == NULL)
        kind = s_by_part(package);
    if (kind == NULL)
        kind = package_is_damaged(package) ? &damaged : &other;
    package_destroy(&package);
    *name = kind->name;
    return kind->format;
}
