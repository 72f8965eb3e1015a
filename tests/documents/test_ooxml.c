#include "documents/child/ooxml.h"

#include "base/text.h"
#include "tests/documents/office_case.h"

static void
a_docx_is_read_in_document_order(void **state)
{
    (void) state;
    static const zip_part_t parts[] = {
        {"_rels/.rels", OFFICE_ROOTS},
        {"docProps/core.xml", "<p:coreProperties xmlns:p='p' xmlns:d='d'><d:title>The &amp; "
                              "title</d:title><d:creator>Nobody</d:creator><p:keywords>bees, "
                              "hives</p:keywords></p:coreProperties>"},
        {"docProps/app.xml", "<Properties><Pages>7</Pages><Words>99</Words></Properties>"},
        {"word/_rels/document.xml.rels",
         RELATIONS(
             RELATION("r1", "footnotes", "footnotes.xml") RELATION("r2", "header", "header1.xml")
                 RELATION("r3", "header", "header2.xml") RELATION("r4", "comments", "comments.xml")
                     RELATION("r5", "footer", "/word/footer1.xml"))},
        {"word/header1.xml", "<w:hdr xmlns:w='w'><w:p><w:r><w:t>Head</w:t></w:r></w:p></w:hdr>"},
        {"word/header2.xml", "<w:hdr xmlns:w='w'><w:p><w:r><w:t>Head</w:t></w:r></w:p></w:hdr>"},
        {"word/footer1.xml", "<w:ftr xmlns:w='w'><w:p><w:r><w:t>Foot</w:t></w:r></w:p></w:ftr>"},
        {"word/comments.xml", "<w:comments xmlns:w='w'><w:p><w:r><w:t>Remark</w:t></w:r></w:p>"
                              "</w:comments>"},
        {"word/footnotes.xml",
         "<w:footnotes xmlns:w='w'><w:footnote w:id='0'><w:p><w:r><w:t>Line</w:t></w:r></w:p>"
         "</w:footnote><w:footnote w:id='3'><w:p><w:r><w:t>A note</w:t></w:r></w:p></w:footnote>"
         "</w:footnotes>"},
        {"word/document.xml",
         "<w:document xmlns:w='w' xmlns:m='m' xmlns:c='c'><w:body><w:p><w:pPr><w:tabs><w:tab/>"
         "</w:tabs><w:rPr><w:vanish/></w:rPr></w:pPr><w:r><w:t>One</w:t></w:r><w:r><w:tab/>"
         "<w:t>t</w:t></w:r><w:r><w:t>wo</w:t><w:footnoteReference w:id='3'/></w:r>"
         "<w:del><w:r><w:delText>gone</w:delText><w:t>gone</w:t></w:r></w:del>"
         "<w:ins><w:r><w:t xml:space='preserve"
         "'> three </w:t></w:r></w:ins><w:r><c:AlternateContent><c:Choice><w:txbxContent><w:p><w:r>"
         "<w:t>Box</w:t></w:r></w:p></w:txbxContent></c:Choice><c:Fallback><w:t>Box</w:t>"
         "</c:Fallback></c:AlternateContent></w:r><w:hyperlink><w:r><w:t>link</w:t></w:r>"
         "</w:hyperlink></w:p>"
         "<w:p><w:r><w:rPr><w:vanish/></w:rPr><w:t>hidden</w:t></w:r><w:r><w:rPr><w:vanish "
         "w:val='0'/></w:rPr><w:t>shown</w:t></w:r><w:r><w:br/><w:t>soft&#xAD;ly</w:t></w:r>"
         "<w:r><w:instrText>PAGE</w:instrText></w:r><m:oMath><m:r><m:t>x=2</m:t></m:r></m:oMath>"
         "</w:p><w:tbl><w:tr><w:tc><w:p><w:r><w:t>cell 1</w:t></w:r></w:p></w:tc><w:tc><w:p><w:r>"
         "<w:t>cell"
         "\xc2\xa0"
         "2 is the last of the "
         "table</w:t></w:r></w:p></w:tc></w:tr></w:tbl></w:body></w:document>"},
    };
    office_read(parts, COUNT(parts), 10);
    office_assert_text(EXTRACT_METHOD_DOCX,
                       "The & title\n\nbees, hives\n\nOne two three link\n\nBox\n\n"
                       "shown\nsoftly\n\ncell 1\n\ncell\xc2\xa0"
                       "2 is the last of the table\n\nA note\n\nHead\n\nFoot");
    assert_int_equal(office_reading.page_count, 7);
}

#define DOCX(body)                                                                                 \
    {                                                                                              \
        {"_rels/.rels", OFFICE_ROOTS},                                                             \
        {                                                                                          \
            "word/document.xml", "<w:document xmlns:w='w'>" body "</w:document>"                   \
        }                                                                                          \
    }
#define BREAK "<w:p><w:r><w:br w:type='page'/></w:r></w:p>"

static void
pages_of_a_docx_end_at_its_breaks(void **state)
{
    (void) state;
    static const zip_part_t parts[] =
        DOCX(P(LONG) BREAK "<w:p><w:r><w:lastRenderedPageBreak/></w:r></w:p>" P("Second page")
                 BREAK P("Third page"));
    office_read(parts, COUNT(parts), 1);
    office_assert_text(EXTRACT_METHOD_DOCX, LONG);
    office_read(parts, COUNT(parts), 2);
    office_assert_text(EXTRACT_METHOD_DOCX, LONG "\n\nSecond page");
    office_read(parts, COUNT(parts), 3);
    office_assert_text(EXTRACT_METHOD_DOCX, LONG "\n\nSecond page\n\nThird page");
}

static void
a_page_without_breaks_is_three_thousand_characters(void **state)
{
    (void) state;
    buffer_t xml = {0};
    buffer_append_text(&xml, "<w:document xmlns:w='w'>");
    for (int i = 0; i < 1000; i++)
        buffer_append_text(&xml, P("ten größer"));
    buffer_append_text(&xml, "</w:document>");
    zip_part_t parts[] = {{"_rels/.rels", OFFICE_ROOTS}, {"word/document.xml", xml.data}};
    office_read(parts, COUNT(parts), 2);
    assert_int_equal(office_reading.error, ERROR_NONE);
    size_t characters = 0;
    for (size_t i = 0; i < office_reading.text.size; i++)
        characters += ((unsigned char) office_reading.text.data[i] & 0xc0) != 0x80;
    assert_in_range(characters, 2 * 3000, 2 * 3000 + 12);
    buffer_free(&xml);
}

static void
controls_that_wait_to_be_filled_in_are_left_out(void **state)
{
    (void) state;
    static const zip_part_t parts[] =
        DOCX(P(LONG) "<w:sdt><w:sdtPr><w:rPr><w:vanish/></w:rPr><w:showingPlcHdr/></w:sdtPr>"
                     "<w:sdtContent>" P("Click here") "</w:sdtContent></w:sdt>"
                                                      "<w:sdt><w:sdtPr/><w:sdtContent>" P(
                                                          "Filled in") "</w:sdtContent></w:sdt>");
    office_read(parts, COUNT(parts), 10);
    office_assert_text(EXTRACT_METHOD_DOCX, LONG "\n\nFilled in");
}

static void
a_text_is_no_longer_than_was_asked_for(void **state)
{
    (void) state;
    static const zip_part_t parts[] = DOCX(P(LONG) P(LONG) P("größer größer größer größer"));
    zip_build(parts, COUNT(parts), &office_zip);
    for (uint32_t limit = 60; limit < 180; limit++) {
        reading_free(&office_reading);
        extract_request_t request = {10, limit, buffer_slice(&office_zip)};
        reading_make(&request, &office_reading);
        assert_int_equal(office_reading.error, ERROR_NONE);
        assert_true(office_reading.text.size <= limit && office_reading.text.size + 20 > limit);
        assert_true(text_is_utf8(buffer_slice(&office_reading.text)));
    }
}

#define SLIDE(inside) "<p:sld xmlns:p='p' xmlns:a='a' " R ">" inside "</p:sld>"
#define SHAPE(kind, text)                                                                          \
    "<p:sp><p:nvSpPr><p:nvPr><p:ph type='" kind                                                    \
    "'/></p:nvPr></p:nvSpPr><p:txBody><a:p><a:r><a:t>" text "</a:t></a:r></a:p></p:txBody></p:sp>"

static const zip_part_t PPTX[] = {
    {"_rels/.rels", RELATIONS(RELATION("r1", "officeDocument", "ppt/presentation.xml"))},
    {"[Content_Types].xml",
     "<Types><Override PartName='/ppt/presentation.xml' ContentType='application/vnd."
     "openxmlformats-officedocument.presentationml.presentation.main+xml'/></Types>"},
    {"ppt/presentation.xml",
     "<p:presentation xmlns:p='p' " R "><p:sldMasterIdLst><p:sldMasterId id='1' r:id='m1'/>"
     "</p:sldMasterIdLst><p:sldIdLst><p:sldId id='256' r:id='s2'/><p:sldId id='257' r:id='s1'/>"
     "<p:sldId id='258' r:id='s3'/></p:sldIdLst></p:presentation>"},
    {"ppt/_rels/presentation.xml.rels",
     RELATIONS(RELATION("s1", "slide", "slides/slide1.xml") RELATION(
         "s2", "slide", "slides/slide2.xml") RELATION("s3", "slide", "slides/slide3.xml")
                   RELATION("m1", "slideMaster", "master.xml"))},
    {"ppt/master.xml", SLIDE(SHAPE("title", "Click to edit"))},
    {"ppt/slides/slide1.xml",
     SLIDE("<p:sp><p:txBody><a:p><a:r><a:t>Shown </a:t></a:r><a:r><a:t>second</a:t></a:r><a:fld "
           "type='slidenum'><a:t>17</a:t></a:fld></a:p><a:p><a:r><a:t>Line</a:t></a:r><a:br/><a:r>"
           "<a:t>broken</a:t></a:r></a:p></p:txBody></p:sp>" SHAPE("ftr", "Our company"))},
    {"ppt/slides/slide2.xml",
     SLIDE(SHAPE("title", "Shown first") "<a:tbl><a:tr><a:tc><a:txBody><a:p><a:r><a:t>" LONG
                                         "</a:t></a:r></a:p></a:txBody></a:tc></a:tr></a:tbl>")},
    {"ppt/slides/slide3.xml", SLIDE(SHAPE("title", "Shown last"))},
    {"ppt/slides/_rels/slide2.xml.rels",
     RELATIONS(RELATION("r1", "notesSlide", "../notesSlides/notesSlide1.xml")
                   RELATION("r2", "diagramData", "../diagrams/data1.xml"))},
    {"ppt/notesSlides/notesSlide1.xml", SLIDE(SHAPE("body", "Say hello") SHAPE("sldNum", "1"))},
    {"ppt/diagrams/data1.xml",
     "<d:dataModel xmlns:d='d' xmlns:a='a'><d:pt><d:t><a:p><a:r><a:t>In a diagram</a:t></a:r></a:p>"
     "</d:t></d:pt></d:dataModel>"},
};

static void
a_pptx_is_read_in_the_order_of_its_slides(void **state)
{
    (void) state;
    office_read(PPTX, COUNT(PPTX), 10);
    office_assert_text(EXTRACT_METHOD_PPTX,
                       "Shown first\n\n" LONG "\n\nIn a diagram\n\nSay hello\n\nShown second\n\n"
                       "Line\nbroken\n\nShown last");
    assert_int_equal(office_reading.page_count, 3);
    office_read(PPTX, COUNT(PPTX), 1);
    office_assert_text(EXTRACT_METHOD_PPTX, "Shown first\n\n" LONG "\n\nIn a diagram\n\nSay hello");
    assert_int_equal(office_reading.page_count, 3);
}

static void
a_slide_may_be_the_presentation_itself(void **state)
{
    (void) state;
    zip_part_t parts[COUNT(PPTX)];
    memcpy(parts, PPTX, sizeof PPTX);
    parts[3].text = RELATIONS(RELATION("s1", "slide", "presentation.xml") RELATION(
        "s2", "slide", "slides/slide2.xml") RELATION("s3", "slide", "presentation.xml"));
    office_read(parts, COUNT(parts), 10);
    assert_int_equal(office_reading.error, ERROR_NONE);
    assert_int_equal(office_reading.page_count, 3);
}

static const zip_part_t XLSX[] = {
    {"_rels/.rels", RELATIONS(RELATION("r1", "officeDocument", "xl/workbook.xml"))},
    {"xl/workbook.xml",
     "<workbook " R "><sheets><sheet name='Sheet1' sheetId='1' r:id='a'/><sheet name='Secret' "
     "state='hidden' r:id='c'/><sheet name='Bees &amp; hives' r:id='b'/></sheets></workbook>"},
    {"xl/_rels/workbook.xml.rels",
     RELATIONS(RELATION("a", "worksheet", "worksheets/sheet1.xml") RELATION(
         "b", "worksheet", "worksheets/sheet2.xml") RELATION("c", "worksheet", "worksheets/s3.xml")
                   RELATION("d", "sharedStrings", "sharedStrings.xml"))},
    {"xl/sharedStrings.xml",
     "<sst><si><t>" LONG "</t></si><si><r><t>Rich </t></r><r><t>text</t></r><rPh><t>read</t>"
     "</rPh></si><si/></sst>"},
    {"xl/worksheets/sheet1.xml",
     "<worksheet><sheetData><row><c t='s'><v>0</v></c><c><v>42</v></c><c t='s'><v>1</v></c></row>"
     "<row><c t='str'><f>A1</f><v>Made</v></c><c t='b'><v>1</v></c><c t='s'><v>2</v></c><c t='s'>"
     "<v>99</v></c><c t='s'><v>-1</v></c></row></sheetData></worksheet>"},
    {"xl/worksheets/sheet2.xml",
     "<worksheet><sheetData><row><c t='inlineStr'><is><t>Inline</t></is></c></row></sheetData>"
     "<headerFooter><oddHeader>Page</oddHeader></headerFooter></worksheet>"},
    {"xl/worksheets/s3.xml", "<worksheet><c t='str'><v>Never seen</v></c></worksheet>"},
};

static void
an_xlsx_gives_the_texts_of_its_cells(void **state)
{
    (void) state;
    office_read(XLSX, COUNT(XLSX), 10);
    office_assert_text(EXTRACT_METHOD_XLSX, LONG "\n\nRich text\n\nMade\n\nBees & hives\n\nInline");
    assert_int_equal(office_reading.page_count, 2);
    office_read(XLSX, COUNT(XLSX), 1);
    office_assert_text(EXTRACT_METHOD_XLSX, LONG "\n\nRich text\n\nMade");
}

static void
a_damaged_presentation_or_workbook_does_no_harm(void **state)
{
    (void) state;
    office_damage_parts(PPTX, COUNT(PPTX));
    office_damage_parts(XLSX, COUNT(XLSX));
}

int
main(void)
{
#define TEST(name) cmocka_unit_test_teardown(name, office_teardown)
    const struct CMUnitTest tests[] = {
        TEST(a_docx_is_read_in_document_order),
        TEST(pages_of_a_docx_end_at_its_breaks),
        TEST(a_page_without_breaks_is_three_thousand_characters),
        TEST(controls_that_wait_to_be_filled_in_are_left_out),
        TEST(a_text_is_no_longer_than_was_asked_for),
        TEST(a_pptx_is_read_in_the_order_of_its_slides),
        TEST(a_slide_may_be_the_presentation_itself),
        TEST(an_xlsx_gives_the_texts_of_its_cells),
        TEST(a_damaged_presentation_or_workbook_does_no_harm),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
