/* Zipped documents of every kind: how they are told, and what comes of broken and hostile ones. */
#include "documents/child/office.h"

#include "tests/documents/office_case.h"
#include "tests/support/test_file.h"

#define TYPES(type) "<Types><Override ContentType='application/" type "'/></Types>"

static void
formats_are_told_by_the_list_of_parts(void **state)
{
    (void) state;
    static const struct {
        zip_part_t part;
        const char *says;
    } rows[] = {
        {{"[Content_Types].xml", TYPES("vnd.ms-excel.sheet.binary.macroEnabled.main")},
         "this is a binary Excel workbook"},
        {{"[Content_Types].xml", TYPES("vnd.ms-visio.drawing.main+xml")}, "this is a Visio"},
        {{"mimetype", ODF "graphics"}, "this is an OpenDocument file"},
        {{"mimetype", "image/openraster"}, "this is a zip archive"},
        {{"notes.txt", "word/document.xml application/epub+zip ppt/presentation.xml"},
         "this is a zip archive"},
        {{"my-word/document.xml", LONG}, "this is a zip archive"},
        {{"Index/Document.iwa", LONG}, "this is an Apple iWork document"},
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        office_read(&rows[i].part, 1, 10);
        office_assert_error(ERROR_UNSUPPORTED_FORMAT, rows[i].says);
    }
}

static void
a_package_without_its_main_part_is_corrupt(void **state)
{
    (void) state;
    static const zip_part_t parts[] = {
        {"[Content_Types].xml", TYPES("vnd.ms-word.document.macroEnabled.main+xml")},
        {"xl/workbook.xml", "<workbook/>"},
        {"mimetype", ODF "text"},
        {"META-INF/container.xml", "<container/>"},
    };
    for (size_t i = 0; i < COUNT(parts); i++) {
        office_read(&parts[i], 1, 10);
        office_assert_error(ERROR_CORRUPT, "damaged");
    }
    static const zip_part_t title_only[] = {
        {"mimetype", ODF "text"},
        {"meta.xml", "<o:meta xmlns:o='o'><o:title>" LONG "</o:title></o:meta>"},
    };
    office_read(title_only, COUNT(title_only), 10);
    office_assert_error(ERROR_CORRUPT, "damaged");
}

static void
broken_xml_is_read_as_far_as_it_goes(void **state)
{
    (void) state;
    static const zip_part_t cut[] = {
        {"_rels/.rels", OFFICE_ROOTS},
        {"word/document.xml", "<w:document xmlns:w='w'><w:p><w:r><w:t>" LONG "</w:t></w:r></w:p>"
                              "<w:p><w:r><w:t>and &nothing; at <all"},
    };
    office_read(cut, COUNT(cut), 10);
    assert_int_equal(office_reading.error, ERROR_NONE);
    assert_memory_equal(office_reading.text.data, LONG, sizeof LONG - 1);
    static const zip_part_t none[] = {{"_rels/.rels", OFFICE_ROOTS},
                                      {"word/document.xml", "\x01\x02 no XML at all, but " LONG}};
    office_read(none, COUNT(none), 10);
    office_assert_error(ERROR_CORRUPT, "damaged");
}

static void
entities_are_never_expanded(void **state)
{
    (void) state;
#define BODY                                                                                       \
    "<w:document xmlns:w='w'><w:p><w:r><w:t>" LONG " &lt;&d;&f;&#65;</w:t></w:r></w:p></"          \
    "w:document>"
    zip_part_t parts[] = {{"_rels/.rels", OFFICE_ROOTS}, {"word/document.xml", BODY}};
    office_read(parts, COUNT(parts), 10);
    office_assert_text(EXTRACT_METHOD_DOCX, LONG " <A");
    parts[1].text = "<!DOCTYPE d SYSTEM 'file:///etc/hostname'>" BODY;
    office_read(parts, COUNT(parts), 10);
    office_assert_text(EXTRACT_METHOD_DOCX, LONG " <A");
    parts[1].text = "<!DOCTYPE d [<!ENTITY c 'lol'><!ENTITY d '&c;&c;&c;&c;&c;&c;&c;&c;&c;'>"
                    "<!ENTITY f SYSTEM 'file:///etc/hostname'>]>" BODY;
    office_read(parts, COUNT(parts), 10);
    office_assert_error(ERROR_CORRUPT, "damaged");
}

static void
a_vocabulary_without_end_is_not_learnt(void **state)
{
    (void) state;
    buffer_t xml = {0};
    buffer_append_text(&xml, "<w:document xmlns:w='w'>" P(LONG));
    for (int i = 0; i < 500000; i++)
        buffer_printf(&xml, "<w:p%d/>", i);
    buffer_append_text(&xml, P("too late") "</w:document>");
    zip_part_t parts[] = {{"_rels/.rels", OFFICE_ROOTS}, {"word/document.xml", xml.data}};
    office_read(parts, COUNT(parts), 10);
    office_assert_text(EXTRACT_METHOD_DOCX, LONG);
    buffer_free(&xml);
}

static void
elements_without_end_do_no_harm(void **state)
{
    (void) state;
    buffer_t xml = {0};
    buffer_append_text(&xml, "<w:document xmlns:w='w'>" P(LONG));
    for (int i = 0; i < 100000; i++)
        buffer_append_text(&xml, "<w:txbxContent><w:t>");
    zip_part_t parts[] = {{"_rels/.rels", OFFICE_ROOTS}, {"word/document.xml", xml.data}};
    office_read(parts, COUNT(parts), 10);
    office_assert_text(EXTRACT_METHOD_DOCX, LONG);
    buffer_free(&xml);
}

static void
a_document_that_is_a_bomb_is_too_large(void **state)
{
    (void) state;
    buffer_t xml = {0};
    memset(buffer_reserve(&xml, 20 << 20), 'a', 20 << 20);
    xml.size = 20 << 20;
    zip_builder_t *builder = zip_begin(&office_zip, NULL);
    zip_add(builder, "_rels/.rels", slice_from(OFFICE_ROOTS));
    zip_add(builder, "word/document.xml", buffer_slice(&xml));
    zip_end(&builder);
    buffer_free(&xml);
    office_read_bytes(buffer_slice(&office_zip), 10);
    office_assert_error(ERROR_TOO_LARGE, "unpacks to more");
}

static void
a_zip_with_a_password_is_encrypted(void **state)
{
    (void) state;
    zip_builder_t *builder = zip_begin(&office_zip, "secret");
    zip_add(builder, "_rels/.rels", slice_from(OFFICE_ROOTS));
    zip_add(builder, "word/document.xml", SLICE("<w:document/>"));
    zip_end(&builder);
    office_read_bytes(buffer_slice(&office_zip), 10);
    office_assert_error(ERROR_ENCRYPTED, "password");
}

static void
what_little_is_left_of_a_damaged_file_is_no_text(void **state)
{
    (void) state;
    const zip_part_t parts[] = {
        {"_rels/.rels", OFFICE_ROOTS},
        {"word/document.xml", "<w:document xmlns:w='w'><w:body>" P("Few words") "<w:p"},
    };
    office_read(parts, COUNT(parts), 3);
    office_assert_error(ERROR_CORRUPT, "damaged");
}

static void
a_damaged_file_never_does_harm(void **state)
{
    (void) state;
    static const char *const files[] = {"office.docx", "bad-office-protected.docx"};
    for (size_t i = 0; i < COUNT(files); i++) {
        buffer_t bytes = {0};
        test_file_load(files[i], &bytes);
        office_damage(buffer_slice(&bytes));
        buffer_free(&bytes);
    }
}

int
main(void)
{
#define TEST(name) cmocka_unit_test_teardown(name, office_teardown)
    const struct CMUnitTest tests[] = {
        TEST(formats_are_told_by_the_list_of_parts),
        TEST(a_package_without_its_main_part_is_corrupt),
        TEST(broken_xml_is_read_as_far_as_it_goes),
        TEST(entities_are_never_expanded),
        TEST(a_vocabulary_without_end_is_not_learnt),
        TEST(elements_without_end_do_no_harm),
        TEST(a_document_that_is_a_bomb_is_too_large),
        TEST(a_zip_with_a_password_is_encrypted),
        TEST(what_little_is_left_of_a_damaged_file_is_no_text),
        TEST(a_damaged_file_never_does_harm),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
