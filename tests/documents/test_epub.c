#include "documents/child/epub.h"

#include "tests/documents/office_case.h"

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
    office_read(EPUB, COUNT(EPUB), 10);
    office_assert_text(EXTRACT_METHOD_EPUB,
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
    office_read(parts, COUNT(parts), 10);
    assert_int_equal(office_reading.error, ERROR_NONE);
    parts[COUNT(EPUB)].text = "<encryption><CipherReference URI='OPS/b.html'/></encryption>";
    office_read(parts, COUNT(parts), 10);
    office_assert_error(ERROR_ENCRYPTED, "password");
}

static void
a_damaged_book_does_no_harm(void **state)
{
    (void) state;
    office_damage_parts(EPUB, COUNT(EPUB));
}

int
main(void)
{
#define TEST(name) cmocka_unit_test_teardown(name, office_teardown)
    const struct CMUnitTest tests[] = {
        TEST(an_epub_is_read_in_the_order_of_its_spine),
        TEST(a_chapter_under_rights_management_is_encrypted),
        TEST(a_damaged_book_does_no_harm),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
