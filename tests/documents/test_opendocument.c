#include "documents/child/opendocument.h"

#include "tests/documents/office_case.h"

static const zip_part_t ODT[] = {
    {"mimetype", ODF "text"},
    {"meta.xml", "<o:meta xmlns:o='o' xmlns:d='d' xmlns:m='m'><d:title>Microsoft Word - "
                 "x</d:title><m:keyword>honey</m:keyword><m:document-statistic "
                 "m:page-count='4'/></o:meta>"},
    {"styles.xml", "<o:styles xmlns:o='o' xmlns:t='t'><o:header><t:p>Head</t:p></o:header>"
                   "<o:footer><t:p>Page <t:page-number>1</t:page-number></t:p></o:footer>"
                   "</o:styles>"},
    {"content.xml",
     CONTENT("text",
             "<t:tracked-changes><t:p>deleted</t:p></t:tracked-changes><t:h>Heading</t:h><t:p>One"
             "<t:s/>two<t:note><t:note-citation>1</t:note-citation><t:note-body><t:p>A note</t:p>"
             "</t:note-body></t:note>,\n    <t:span>three</t:span><t:tab/><t:a>link</t:a>"
             "<o:annotation><t:p>remark</t:p></o:annotation><t:line-break/>four</t:p><t:list>"
             "<t:list-item><t:p>Item</t:p></t:list-item></t:list><t:p><d:frame><d:text-box><t:p>"
             "Box</t:p></d:text-box><d:desc>A picture</d:desc></d:frame>Around the box</t:p>"
             "<tb:table><tb:table-row><tb:table-cell o:value-type='string'><t:p>cell</t:p>"
             "</tb:table-cell><tb:table-cell o:value-type='float'><t:p>42</t:p></tb:table-cell>"
             "</tb:table-row></tb:table><t:soft-page-break/><t:p>Next page</t:p>")},
};

static void
an_odt_is_read_in_document_order(void **state)
{
    (void) state;
    office_read(ODT, COUNT(ODT), 10);
    office_assert_text(EXTRACT_METHOD_ODT,
                       "honey\n\nHeading\n\nOne two, three link\nfour\n\nA note\n\n"
                       "Item\n\nAround the box\n\nBox\n\ncell\n\nNext page\n\n"
                       "Head\n\nPage");
    assert_int_equal(office_reading.page_count, 4);
    office_read(ODT, COUNT(ODT), 1);
    office_assert_text(EXTRACT_METHOD_ODT,
                       "honey\n\nHeading\n\nOne two, three link\nfour\n\nA note\n\n"
                       "Item\n\nAround the box\n\nBox\n\ncell");
}

static void
titles_that_programs_give_are_left_out(void **state)
{
    (void) state;
    static const struct {
        const char *title;
        bool is_kept;
    } rows[] = {{"Document management", true},
                {"Microsoft Word - x.doc", false},
                {"PowerPoint-Präsentation", false},
                {"Document1", false},
                {"Slide 1", false},
                {"Microsoft in Europe", true}};
    for (size_t i = 0; i < COUNT(rows); i++) {
        buffer_t meta = {0};
        buffer_printf(&meta, "<m:meta xmlns:m='m'><m:title>%s</m:title></m:meta>", rows[i].title);
        zip_part_t parts[] = {{"mimetype", ODF "text"},
                              {"meta.xml", meta.data},
                              {"content.xml", CONTENT("text", "<t:p>" LONG "</t:p>")}};
        office_read(parts, COUNT(parts), 10);
        assert_int_equal(office_reading.error, ERROR_NONE);
        if (rows[i].is_kept != (strstr(office_reading.text.data, rows[i].title) != NULL))
            fail_msg("%s: %s", rows[i].title, office_reading.text.data);
        buffer_free(&meta);
    }
}

static void
an_odp_is_read_slide_by_slide(void **state)
{
    (void) state;
    static const zip_part_t parts[] = {
        {"content.xml",
         CONTENT("presentation",
                 "<d:page><d:frame><d:text-box><t:p>" LONG "</t:p></d:text-box></d:frame>"
                 "<p:notes><d:frame><d:text-box><t:p>Say hello</t:p></d:text-box></d:frame>"
                 "</p:notes></d:page><d:page><d:custom-shape><t:p>Second</t:p></d:custom-shape>"
                 "</d:page><d:page><d:g><t:p>Third</t:p></d:g></d:page>")},
        {"mimetype", ODF "presentation-template\n"},
    };
    office_read(parts, COUNT(parts), 2);
    office_assert_text(EXTRACT_METHOD_ODP, LONG "\n\nSay hello\n\nSecond");
    assert_int_equal(office_reading.page_count, 3);
}

static void
a_presentation_of_pictures_has_no_text_and_is_no_scan(void **state)
{
    (void) state;
    static const zip_part_t parts[] = {
        {"mimetype", ODF "presentation"},
        {"content.xml", CONTENT("presentation", "<d:page><d:frame/></d:page>")},
    };
    office_read(parts, COUNT(parts), 10);
    office_assert_error(ERROR_NO_TEXT, "the file holds no text");
    assert_false(office_reading.is_scanned);
    assert_int_equal(office_reading.page_count, 1);
}

static void
an_ods_gives_the_texts_of_its_cells(void **state)
{
    (void) state;
    static const zip_part_t parts[] = {
        {"mimetype", ODF "spreadsheet"},
        {"content.xml",
         CONTENT("spreadsheet",
                 "<tb:table tb:name='Bees'><tb:table-row><tb:table-cell o:value-type='string'>"
                 "<t:p>" LONG "</t:p></tb:table-cell><tb:table-cell o:value-type='date'>"
                 "<t:p>1.1.2001</t:p></tb:table-cell><tb:table-cell><t:p>untyped</t:p>"
                 "</tb:table-cell></tb:table-row></tb:table><tb:table tb:name='Sheet 2'>"
                 "<t:p>other</t:p></tb:table>")},
    };
    office_read(parts, COUNT(parts), 1);
    office_assert_text(EXTRACT_METHOD_ODS, "Bees\n\n" LONG "\n\nuntyped");
    assert_int_equal(office_reading.page_count, 2);
}

static void
an_opendocument_file_with_a_password_is_encrypted(void **state)
{
    (void) state;
    zip_part_t parts[] = {
        {"mimetype", ODF "text"},
        {"content.xml", "\x01\x02\x03 scrambled"},
        {"META-INF/manifest.xml",
         "<m:manifest xmlns:m='m'><m:file-entry m:full-path='content.xml'><m:encryption-data/>"
         "</m:file-entry></m:manifest>"},
    };
    office_read(parts, COUNT(parts), 10);
    office_assert_error(ERROR_ENCRYPTED, "password");
    parts[1] = ODT[3];
    parts[2].text = "<m:manifest xmlns:m='m'><m:file-entry m:full-path='Basic/x.xml'>"
                    "<m:encryption-data/></m:file-entry></m:manifest>";
    office_read(parts, COUNT(parts), 10);
    assert_int_equal(office_reading.error, ERROR_NONE);
}

static void
a_damaged_text_does_no_harm(void **state)
{
    (void) state;
    office_damage_parts(ODT, COUNT(ODT));
}

int
main(void)
{
#define TEST(name) cmocka_unit_test_teardown(name, office_teardown)
    const struct CMUnitTest tests[] = {
        TEST(an_odt_is_read_in_document_order),
        TEST(titles_that_programs_give_are_left_out),
        TEST(an_odp_is_read_slide_by_slide),
        TEST(a_presentation_of_pictures_has_no_text_and_is_no_scan),
        TEST(an_ods_gives_the_texts_of_its_cells),
        TEST(an_opendocument_file_with_a_password_is_encrypted),
        TEST(a_damaged_text_does_no_harm),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
