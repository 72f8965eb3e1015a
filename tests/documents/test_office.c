/* Zipped documents: what comes of each element, in which order, and what of broken ones. */
#include "documents/child/reading.h"

#include "base/file.h"
#include "base/text.h"
#include "tests/documents/zip_builder.h"
#include "tests/support/cmocka_all.h"

#define COUNT(array) (sizeof(array) / sizeof(array)[0])
#define LONG         "These are more than fifty characters, so that nobody calls it no text."

#define RELATION(id, type, target)                                                                 \
    "<Relationship Id='" id "' Type='http://schemas.openxmlformats.org/officeDocument/2006/"       \
    "relationships/" type "' Target='" target "'/>"
#define RELATIONS(items) "<Relationships xmlns='x'>" items "</Relationships>"
#define R                "xmlns:r='http://schemas.openxmlformats.org/officeDocument/2006/relationships'"

static buffer_t s_zip;
static reading_t s_reading;

static int
teardown(void **state)
{
    (void) state;
    reading_free(&s_reading);
    buffer_free(&s_zip);
    return 0;
}

static void
s_read_bytes(slice_t bytes, uint32_t page_limit)
{
    reading_free(&s_reading);
    extract_request_t request = {page_limit, EXTRACT_TEXT_MAX_BYTES, bytes};
    reading_make(&request, &s_reading);
    assert_true(text_is_utf8(buffer_slice(&s_reading.text)));
    assert_true((s_reading.error == ERROR_NONE) == (s_reading.detail.size == 0));
}

static void
s_read(const zip_part_t *parts, size_t count, uint32_t page_limit)
{
    buffer_clear(&s_zip);
    zip_build(parts, count, &s_zip);
    s_read_bytes(buffer_slice(&s_zip), page_limit);
}

static void
s_assert_text(extract_method_t method, const char *expected)
{
    if (s_reading.error != ERROR_NONE)
        fail_msg("%s: %s", error_type_word(s_reading.error), s_reading.detail.data);
    assert_string_equal(s_reading.text.data, expected);
    assert_int_equal(s_reading.method, method);
}

static void
s_assert_error(error_type_t error, const char *says)
{
    if (s_reading.error != error || strstr(s_reading.detail.data, says) == NULL)
        fail_msg("%s: %s", error_type_word(s_reading.error),
                 s_reading.detail.size ? s_reading.detail.data : s_reading.text.data);
}

/* --- Office Open XML --- */

static const char DOCX_ROOTS[] =
    RELATIONS(RELATION("r1", "officeDocument", "word/document.xml")
                  RELATION("r2", "metadata/core-properties", "docProps/core.xml")
                      RELATION("r3", "extended-properties", "docProps/app.xml"));

static void
a_docx_is_read_in_document_order(void **state)
{
    (void) state;
    static const zip_part_t parts[] = {
        {"_rels/.rels", DOCX_ROOTS},
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
    s_read(parts, COUNT(parts), 10);
    s_assert_text(EXTRACT_METHOD_DOCX, "The & title\n\nbees, hives\n\nOne two three link\n\nBox\n\n"
                                       "shown\nsoftly\n\ncell 1\n\ncell\xc2\xa0"
                                       "2 is the last of the table\n\nA note\n\nHead\n\nFoot");
    assert_int_equal(s_reading.page_count, 7);
}

#define DOCX(body)                                                                                 \
    {                                                                                              \
        {"_rels/.rels", DOCX_ROOTS},                                                               \
        {                                                                                          \
            "word/document.xml", "<w:document xmlns:w='w'>" body "</w:document>"                   \
        }                                                                                          \
    }
#define P(text) "<w:p><w:r><w:t>" text "</w:t></w:r></w:p>"
#define BREAK   "<w:p><w:r><w:br w:type='page'/></w:r></w:p>"

static void
pages_of_a_docx_end_at_its_breaks(void **state)
{
    (void) state;
    static const zip_part_t parts[] =
        DOCX(P(LONG) BREAK "<w:p><w:r><w:lastRenderedPageBreak/></w:r></w:p>" P("Second page")
                 BREAK P("Third page"));
    s_read(parts, COUNT(parts), 1);
    s_assert_text(EXTRACT_METHOD_DOCX, LONG);
    s_read(parts, COUNT(parts), 2);
    s_assert_text(EXTRACT_METHOD_DOCX, LONG "\n\nSecond page");
    s_read(parts, COUNT(parts), 3);
    s_assert_text(EXTRACT_METHOD_DOCX, LONG "\n\nSecond page\n\nThird page");
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
    zip_part_t parts[] = {{"_rels/.rels", DOCX_ROOTS}, {"word/document.xml", xml.data}};
    s_read(parts, COUNT(parts), 2);
    assert_int_equal(s_reading.error, ERROR_NONE);
    size_t size = s_reading.text.size;
    assert_in_range(size, 2 * 3000, 2 * 3000 * 14 / 9 + 20); /* 9 letters are 14 bytes */
    buffer_free(&xml);
}

static void
a_text_is_no_longer_than_was_asked_for(void **state)
{
    (void) state;
    static const zip_part_t parts[] = DOCX(P(LONG) P(LONG) P("größer größer größer größer"));
    zip_build(parts, COUNT(parts), &s_zip);
    for (uint32_t limit = 60; limit < 180; limit++) {
        reading_free(&s_reading);
        extract_request_t request = {10, limit, buffer_slice(&s_zip)};
        reading_make(&request, &s_reading);
        assert_int_equal(s_reading.error, ERROR_NONE);
        assert_true(s_reading.text.size <= limit && s_reading.text.size + 20 > limit);
        assert_true(text_is_utf8(buffer_slice(&s_reading.text)));
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
    s_read(PPTX, COUNT(PPTX), 10);
    s_assert_text(EXTRACT_METHOD_PPTX,
                  "Shown first\n\n" LONG "\n\nIn a diagram\n\nSay hello\n\nShown second\n\n"
                  "Line\nbroken\n\nShown last");
    assert_int_equal(s_reading.page_count, 3);
    s_read(PPTX, COUNT(PPTX), 1);
    s_assert_text(EXTRACT_METHOD_PPTX, "Shown first\n\n" LONG "\n\nIn a diagram\n\nSay hello");
    assert_int_equal(s_reading.page_count, 3);
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
    s_read(XLSX, COUNT(XLSX), 10);
    s_assert_text(EXTRACT_METHOD_XLSX, LONG "\n\nRich text\n\nMade\n\nBees & hives\n\nInline");
    assert_int_equal(s_reading.page_count, 2);
    s_read(XLSX, COUNT(XLSX), 1);
    s_assert_text(EXTRACT_METHOD_XLSX, LONG "\n\nRich text\n\nMade");
}

/* --- OpenDocument --- */

#define ODF "application/vnd.oasis.opendocument."
#define CONTENT(kind, inside)                                                                      \
    "<o:document-content xmlns:o='o' xmlns:t='t' xmlns:d='d' xmlns:tb='tb' "                       \
    "xmlns:p='p'><o:automatic-styles><t:p>style</t:p></o:automatic-styles><o:body><o:" kind        \
    ">" inside "</o:" kind "></o:body></o:document-content>"

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
    s_read(ODT, COUNT(ODT), 10);
    s_assert_text(EXTRACT_METHOD_ODT, "honey\n\nHeading\n\nOne two, three link\nfour\n\nA note\n\n"
                                      "Item\n\nAround the box\n\nBox\n\ncell\n\nNext page\n\n"
                                      "Head\n\nPage");
    assert_int_equal(s_reading.page_count, 4);
    s_read(ODT, COUNT(ODT), 1);
    s_assert_text(EXTRACT_METHOD_ODT, "honey\n\nHeading\n\nOne two, three link\nfour\n\nA note\n\n"
                                      "Item\n\nAround the box\n\nBox\n\ncell");
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
    s_read(parts, COUNT(parts), 2);
    s_assert_text(EXTRACT_METHOD_ODP, LONG "\n\nSay hello\n\nSecond");
    assert_int_equal(s_reading.page_count, 3);
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
    s_read(parts, COUNT(parts), 1);
    s_assert_text(EXTRACT_METHOD_ODS, "Bees\n\n" LONG "\n\nuntyped");
    assert_int_equal(s_reading.page_count, 2);
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
    s_read(parts, COUNT(parts), 10);
    s_assert_error(ERROR_ENCRYPTED, "password");
    parts[1] = ODT[3];
    parts[2].text = "<m:manifest xmlns:m='m'><m:file-entry m:full-path='Basic/x.xml'>"
                    "<m:encryption-data/></m:file-entry></m:manifest>";
    s_read(parts, COUNT(parts), 10);
    assert_int_equal(s_reading.error, ERROR_NONE);
}

/* --- EPUB --- */

#define PAGE(text) "<html xmlns='http://www.w3.org/1999/xhtml'><body><p>" text "</p></body></html>"

static const zip_part_t EPUB[] = {
    {"META-INF/container.xml", "<container><rootfiles><rootfile full-path='OPS/book.opf'/>"
                               "</rootfiles></container>"},
    {"mimetype", "application/epub+zip"},
    {"OPS/book.opf",
     "<package xmlns:dc='dc'><metadata><dc:title>A book</dc:title><dc:subject>bees</dc:subject>"
     "</metadata><manifest>"
     "<item id='a' href='text/a%20b.xhtml' media-type='application/xhtml+xml'/>"
     "<item id='b' href='b.html#x' media-type='application/xhtml+xml'/>"
     "<item id='c' href='cover.xhtml' media-type='application/xhtml+xml'/>"
     "<item id='n' href='nav.xhtml' media-type='application/xhtml+xml' properties='nav'/>"
     "<item id='i' href='i.svg' media-type='image/svg+xml'/></manifest><spine><itemref idref='n'/>"
     "<itemref idref='c' linear='no'/><itemref idref='b'/><itemref idref='i'/><itemref idref='a'/>"
     "<itemref idref='zz'/></spine></package>"},
    {"OPS/text/a b.xhtml", PAGE("Second chapter</p><p>and more of it")},
    {"OPS/b.html", PAGE(LONG)},
    {"OPS/cover.xhtml", PAGE("The cover")},
    {"OPS/nav.xhtml", PAGE("Contents")},
};

static void
an_epub_is_read_in_the_order_of_its_spine(void **state)
{
    (void) state;
    s_read(EPUB, COUNT(EPUB), 10);
    s_assert_text(EXTRACT_METHOD_EPUB,
                  "A book\n\nbees\n\n" LONG "\n\nSecond chapter\n\nand more of it");
}

static void
a_chapter_under_rights_management_is_encrypted(void **state)
{
    (void) state;
    zip_part_t parts[COUNT(EPUB) + 1];
    memcpy(parts, EPUB, sizeof EPUB);
    parts[COUNT(EPUB)] = (zip_part_t){
        "META-INF/encryption.xml",
        "<encryption><CipherReference URI='OPS/font.otf'/></encryption>",
    };
    s_read(parts, COUNT(parts), 10);
    assert_int_equal(s_reading.error, ERROR_NONE);
    parts[COUNT(EPUB)].text = "<encryption><CipherReference URI='OPS/b.html'/></encryption>";
    s_read(parts, COUNT(parts), 10);
    s_assert_error(ERROR_ENCRYPTED, "password");
}

/* --- telling them, and hostile ones --- */

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
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        s_read(&rows[i].part, 1, 10);
        s_assert_error(ERROR_UNSUPPORTED_FORMAT, rows[i].says);
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
        s_read(&parts[i], 1, 10);
        s_assert_error(ERROR_CORRUPT, "damaged");
    }
    static const zip_part_t title_only[] = {
        {"mimetype", ODF "text"},
        {"meta.xml", "<o:meta xmlns:o='o'><o:title>" LONG "</o:title></o:meta>"},
    };
    s_read(title_only, COUNT(title_only), 10);
    s_assert_error(ERROR_CORRUPT, "damaged");
}

static void
a_presentation_of_pictures_has_no_text_and_is_no_scan(void **state)
{
    (void) state;
    static const zip_part_t parts[] = {
        {"mimetype", ODF "presentation"},
        {"content.xml", CONTENT("presentation", "<d:page><d:frame/></d:page>")},
    };
    s_read(parts, COUNT(parts), 10);
    s_assert_error(ERROR_NO_TEXT, "the file holds no text");
    assert_false(s_reading.is_scanned);
    assert_int_equal(s_reading.page_count, 1);
}

static void
broken_xml_is_read_as_far_as_it_goes(void **state)
{
    (void) state;
    static const zip_part_t cut[] = {
        {"_rels/.rels", DOCX_ROOTS},
        {"word/document.xml", "<w:document xmlns:w='w'><w:p><w:r><w:t>" LONG "</w:t></w:r></w:p>"
                              "<w:p><w:r><w:t>and &nothing; at <all"},
    };
    s_read(cut, COUNT(cut), 10);
    assert_int_equal(s_reading.error, ERROR_NONE);
    assert_memory_equal(s_reading.text.data, LONG, sizeof LONG - 1);
    static const zip_part_t none[] = {{"_rels/.rels", DOCX_ROOTS},
                                      {"word/document.xml", "\x01\x02 no XML at all, but " LONG}};
    s_read(none, COUNT(none), 10);
    s_assert_error(ERROR_CORRUPT, "damaged");
}

static void
entities_are_never_expanded(void **state)
{
    (void) state;
#define BODY                                                                                       \
    "<w:document xmlns:w='w'><w:p><w:r><w:t>" LONG " &lt;&d;&f;&#65;</w:t></w:r></w:p></"          \
    "w:document>"
    zip_part_t parts[] = {{"_rels/.rels", DOCX_ROOTS}, {"word/document.xml", BODY}};
    s_read(parts, COUNT(parts), 10);
    s_assert_text(EXTRACT_METHOD_DOCX, LONG " <A");
    parts[1].text = "<!DOCTYPE d SYSTEM 'file:///etc/hostname'>" BODY;
    s_read(parts, COUNT(parts), 10);
    s_assert_text(EXTRACT_METHOD_DOCX, LONG " <A");
    parts[1].text = "<!DOCTYPE d [<!ENTITY c 'lol'><!ENTITY d '&c;&c;&c;&c;&c;&c;&c;&c;&c;'>"
                    "<!ENTITY f SYSTEM 'file:///etc/hostname'>]>" BODY;
    s_read(parts, COUNT(parts), 10);
    s_assert_error(ERROR_CORRUPT, "damaged");
}

static void
a_slide_may_be_the_presentation_itself(void **state)
{
    (void) state;
    zip_part_t parts[COUNT(PPTX)];
    memcpy(parts, PPTX, sizeof PPTX);
    parts[3].text = RELATIONS(RELATION("s1", "slide", "presentation.xml") RELATION(
        "s2", "slide", "slides/slide2.xml") RELATION("s3", "slide", "presentation.xml"));
    s_read(parts, COUNT(parts), 10);
    assert_int_equal(s_reading.error, ERROR_NONE);
    assert_int_equal(s_reading.page_count, 3);
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
    zip_part_t parts[] = {{"_rels/.rels", DOCX_ROOTS}, {"word/document.xml", xml.data}};
    s_read(parts, COUNT(parts), 10);
    s_assert_text(EXTRACT_METHOD_DOCX, LONG);
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
    zip_part_t parts[] = {{"_rels/.rels", DOCX_ROOTS}, {"word/document.xml", xml.data}};
    s_read(parts, COUNT(parts), 10);
    s_assert_text(EXTRACT_METHOD_DOCX, LONG);
    buffer_free(&xml);
}

static void
a_document_that_is_a_bomb_is_too_large(void **state)
{
    (void) state;
    buffer_t xml = {0};
    memset(buffer_reserve(&xml, 20 << 20), 'a', 20 << 20);
    xml.size = 20 << 20;
    zip_builder_t *builder = zip_begin(&s_zip, NULL);
    zip_add(builder, "_rels/.rels", slice_from(DOCX_ROOTS));
    zip_add(builder, "word/document.xml", buffer_slice(&xml));
    zip_end(&builder);
    buffer_free(&xml);
    s_read_bytes(buffer_slice(&s_zip), 10);
    s_assert_error(ERROR_TOO_LARGE, "unpacks to more");
}

static void
a_zip_with_a_password_is_encrypted(void **state)
{
    (void) state;
    zip_builder_t *builder = zip_begin(&s_zip, "secret");
    zip_add(builder, "_rels/.rels", slice_from(DOCX_ROOTS));
    zip_add(builder, "word/document.xml", SLICE("<w:document/>"));
    zip_end(&builder);
    s_read_bytes(buffer_slice(&s_zip), 10);
    s_assert_error(ERROR_ENCRYPTED, "password");
}

/* Reads what is left of a file when its end is cut off, or a bit of it turned, at many places. */
static void
s_damage(slice_t whole)
{
    buffer_t bytes = {0};
    for (size_t step = 0; step < 150; step++) {
        size_t at = step * whole.size / 150;
        s_read_bytes((slice_t){whole.data, at}, 10);
        buffer_clear(&bytes);
        buffer_append_slice(&bytes, whole);
        bytes.data[at] = (char) (bytes.data[at] ^ (1 << step % 8));
        s_read_bytes(buffer_slice(&bytes), 10);
    }
    buffer_free(&bytes);
}

static void
a_damaged_file_never_does_harm(void **state)
{
    (void) state;
    static const struct {
        const zip_part_t *parts;
        size_t count;
    } made[] = {{PPTX, COUNT(PPTX)}, {XLSX, COUNT(XLSX)}, {ODT, COUNT(ODT)}, {EPUB, COUNT(EPUB)}};
    for (size_t i = 0; i < COUNT(made); i++) {
        buffer_t zip = {0};
        zip_build(made[i].parts, made[i].count, &zip);
        s_damage(buffer_slice(&zip));
        buffer_free(&zip);
    }
    static const char *const files[] = {"office.docx", "bad-office-protected.docx"};
    for (size_t i = 0; i < COUNT(files); i++) {
        buffer_t path = {0}, bytes = {0};
        buffer_printf(&path, "%s/tests/documents/files/%s", getenv("TAGMILL_TEST_SOURCE"),
                      files[i]);
        fault_t fault;
        assert_int_equal(file_read(path.data, 10000000, &bytes, &fault), STATUS_OK);
        s_damage(buffer_slice(&bytes));
        buffer_free(&path);
        buffer_free(&bytes);
    }
}

int
main(void)
{
#define TEST(name) cmocka_unit_test_teardown(name, teardown)
    const struct CMUnitTest tests[] = {
        TEST(a_docx_is_read_in_document_order),
        TEST(pages_of_a_docx_end_at_its_breaks),
        TEST(a_page_without_breaks_is_three_thousand_characters),
        TEST(a_text_is_no_longer_than_was_asked_for),
        TEST(a_pptx_is_read_in_the_order_of_its_slides),
        TEST(an_xlsx_gives_the_texts_of_its_cells),
        TEST(an_odt_is_read_in_document_order),
        TEST(an_odp_is_read_slide_by_slide),
        TEST(an_ods_gives_the_texts_of_its_cells),
        TEST(an_opendocument_file_with_a_password_is_encrypted),
        TEST(an_epub_is_read_in_the_order_of_its_spine),
        TEST(a_chapter_under_rights_management_is_encrypted),
        TEST(formats_are_told_by_the_list_of_parts),
        TEST(a_package_without_its_main_part_is_corrupt),
        TEST(a_presentation_of_pictures_has_no_text_and_is_no_scan),
        TEST(broken_xml_is_read_as_far_as_it_goes),
        TEST(entities_are_never_expanded),
        TEST(a_slide_may_be_the_presentation_itself),
        TEST(a_vocabulary_without_end_is_not_learnt),
        TEST(elements_without_end_do_no_harm),
        TEST(a_document_that_is_a_bomb_is_too_large),
        TEST(a_zip_with_a_password_is_encrypted),
        TEST(a_damaged_file_never_does_harm),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
