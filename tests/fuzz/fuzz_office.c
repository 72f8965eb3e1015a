/* Readers of zipped documents. The first byte of an input says which part of which document the
 * rest is, so that a fuzzer gets through to the readers of XML; 'z': it is the whole archive. */
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "documents/child/reading.h"
#include "tests/documents/zip_builder.h"
#include "tests/fuzz/target.h"

#define ODF "application/vnd.oasis.opendocument."
#define TYPES(type)                                                                                \
    "<Types><Default ContentType='vnd.openxmlformats-officedocument." type "'/></Types>"
#define ROOTS "<r><Relationship Type='/officeDocument' Target='a.xml'/></r>"
#define SHEET                                                                                      \
    "<r><Relationship Id='r' Type='/"                                                              \
    "worksheet' Target='s.xml'/><Relationship Type='/sharedStrings' Target='t.xml'/></r>"
#define BOOK      "<b xmlns:r='/relationships'><sheet r:id='r'/><sldId r:id='r'/></b>"
#define CELL      "<s><c t='s'><v>0</v></c></s>"
#define DOCX      TYPES("wordprocessingml.document.main+xml")
#define PPTX      TYPES("presentationml.presentation.main+xml")
#define XLSX      TYPES("spreadsheetml.sheet.main+xml")
#define CONTAINER "<c><rootfile full-path='a.opf'/></c>"

enum { PARTS_MAX = 6 };

/* The part without a text is the input. */
static const struct {
    char kind;
    zip_part_t parts[PARTS_MAX];
} DOCUMENTS[] = {
    {'d', {{"[Content_Types].xml", DOCX}, {"_rels/.rels", ROOTS}, {"a.xml", NULL}}},
    {'p',
     {{"[Content_Types].xml", PPTX},
      {"_rels/.rels", ROOTS},
      {"a.xml", BOOK},
      {"_rels/a.xml.rels", SHEET},
      {"s.xml", NULL}}},
    {'x',
     {{"[Content_Types].xml", XLSX},
      {"_rels/.rels", ROOTS},
      {"a.xml", BOOK},
      {"_rels/a.xml.rels", SHEET},
      {"s.xml", NULL}}},
    {'s',
     {{"[Content_Types].xml", XLSX},
      {"_rels/.rels", ROOTS},
      {"a.xml", BOOK},
      {"_rels/a.xml.rels", SHEET},
      {"s.xml", CELL},
      {"t.xml", NULL}}},
    {'r', {{"[Content_Types].xml", DOCX}, {"_rels/.rels", NULL}, {"a.xml", "<p><t>x</t></p>"}}},
    {'c', {{"[Content_Types].xml", NULL}, {"_rels/.rels", ROOTS}, {"a.xml", BOOK}}},
    {'t', {{"mimetype", ODF "text"}, {"content.xml", NULL}}},
    {'o', {{"mimetype", ODF "presentation"}, {"content.xml", NULL}}},
    {'m', {{"mimetype", ODF "text"}, {"meta.xml", NULL}, {"content.xml", "<p>x</p>"}}},
    {'e',
     {{"META-INF/container.xml", CONTAINER},
      {"a.opf", NULL},
      {"b.html", "<p>A chapter"},
      {"a.xml", "<p>A chapter</p>"}}},
};

static void
s_build(char kind, slice_t input, buffer_t *out)
{
    for (size_t i = 0; i < sizeof DOCUMENTS / sizeof DOCUMENTS[0]; i++) {
        if (DOCUMENTS[i].kind != kind)
            continue;
        zip_builder_t *builder = zip_begin(out, NULL);
        for (const zip_part_t *part = DOCUMENTS[i].parts;
             part < DOCUMENTS[i].parts + PARTS_MAX && part->name; part++)
            zip_add(builder, part->name, part->text ? slice_from(part->text) : input);
        zip_end(&builder);
    }
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (size == 0)
        return 0;
    slice_t input = {(const char *) data + 1, size - 1};
    buffer_t zip = {0};
    if (data[0] == 'z')
        buffer_append_slice(&zip, input);
    else
        s_build((char) data[0], input, &zip);
    reading_t reading = {0};
    /* What is no archive is others' to read. */
    if (zip.size > 4 && memcmp(zip.data, "PK", 2) == 0) {
        extract_request_t request = {3, 1 << 16, buffer_slice(&zip)};
        reading_make(&request, &reading);
        if (!text_is_utf8(buffer_slice(&reading.text)) || reading.text.size > request.text_limit ||
            (reading.error == ERROR_NONE) != (reading.detail.size == 0))
            abort();
    }
    reading_free(&reading);
    buffer_free(&zip);
    return 0;
}
