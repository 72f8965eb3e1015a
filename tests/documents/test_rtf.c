#include "documents/child/rtf.h"

#include <stdio.h>

#include "base/clock.h"
#include "base/file.h"
#include "base/text.h"
#include "tests/support/cmocka_all.h"

enum { DEADLINE_MS = 20000 };

#define WORDS "The fox is here again, and it eats the berries of the garden."

static reading_t s_reading;
static buffer_t s_document;

static int
teardown(void **state)
{
    (void) state;
    reading_free(&s_reading);
    buffer_free(&s_document);
    return 0;
}

static void
s_read(slice_t bytes)
{
    reading_free(&s_reading);
    extract_request_t request = {3, EXTRACT_TEXT_MAX_BYTES, bytes};
    rtf_read(&request, &s_reading);
    assert_true(text_is_utf8(buffer_slice(&s_reading.text)));
}

static void
s_assert_text(const char *document, const char *text)
{
    s_read(slice_from(document));
    if (!slice_is(buffer_slice(&s_reading.text), text))
        fail_msg("%s\nbecame: %.*s", document, SLICE_ARG(buffer_slice(&s_reading.text)));
}

static void
paragraphs_cells_and_signs_are_read(void **state)
{
    (void) state;
    s_assert_text(
        "{\\rtf1\\ansi one\\b  two\\b0\\par three\r\n four\\line five\\tab six\\pard\\par}",
        "one two\n\nthree four\nfive\tsix");
    s_assert_text("{\\rtf1 \\trowd a\\cell b\\cell\\row c\\~d\\_e \\{\\}\\\\ f\\-g\\emdash h\\\ni}",
                  "a\n\nb\n\n\n\nc d-e {}\\ fg—h\n\ni");
}

static void
letters_are_decoded_by_the_code_page_of_their_font(void **state)
{
    (void) state;
    s_assert_text("{\\rtf1\\ansi\\ansicpg1250 \\'a3\\'f3d\\'9f}", "Łódź");
    s_assert_text(
        "{\\rtf1\\ansi\\deff0{\\fonttbl{\\f0\\fcharset0 Arial;}{\\f1\\fcharset204 Arial Cyr;}"
        "{\\f2\\fcharset128 Mincho;}{\\f3\\fcharset2 Symbol;}}caf\\'e9 {\\f1 \\'ec\\'e8\\'f0} "
        "{\\f2 \\'93\\'8c\\'8b\\'9e}{\\f3 \\'b7}\\f1 \\'ec\\plain \\'e9}",
        "café мир 東京мé");
    s_assert_text("{\\rtf1\\mac \\'8e}", "é");
    s_assert_text("{\\rtf1\\ansicpg437 \\'82}", "é");
}

static void
unicode_letters_stand_for_what_follows_them(void **state)
{
    (void) state;
    s_assert_text("{\\rtf1\\uc1 a\\u233?b\\u-10179?\\u-8704?c\\u26481\\'93\\'8cd}", "aéb😀c東Œd");
    s_assert_text("{\\rtf1{\\uc2\\u26481\\'93\\'8c}\\uc0\\u20140 x\\u56320 y}",
                  "東京x\xef\xbf\xbdy");
}

static void
what_is_not_text_is_left_out(void **state)
{
    (void) state;
    s_assert_text(
        "{\\rtf1{\\colortbl;\\red0;}{\\stylesheet{\\s1 nope1;}}{\\*\\generator nope2;}"
        "{\\info{\\author nope3}{\\title Of foxes}{\\keywords fox, berry}}{\\header nope4}"
        "{\\pict\\wmetafile8 0102}{\\field{\\*\\fldinst HYPERLINK nope5}{\\fldrslt link}}"
        "{\\v nope6}{\\deleted nope8}\\bin5 {{{{{ and{\\listtext nope7} end}",
        "Of foxes\n\nfox, berry\n\nlink and end");
}

static void
notes_and_boxes_come_behind_the_text(void **state)
{
    (void) state;
    s_assert_text("{\\rtf1 One{\\footnote first} two{\\super{\\*\\footnote\\plain second}}"
                  "{\\shp{\\*\\shpinst{\\sp{\\sv nope}}{\\shptxt a box\\par}}} three\\par}",
                  "One two three\n\n\n\nfirst\n\nsecond\n\na box");
}

static void
a_real_document_is_read(void **state)
{
    (void) state;
    buffer_t path = {0};
    buffer_printf(&path, "%s/tests/documents/files/text.rtf", getenv("TAGMILL_TEST_SOURCE"));
    fault_t fault;
    assert_int_equal(file_read(path.data, 100000, &s_document, &fault), STATUS_OK);
    buffer_free(&path);
    s_read(buffer_slice(&s_document));
    assert_string_equal(s_reading.text.data, "Test d’indexation Word\n\nTest d’indexation Word");
    reading_free(&s_reading);
    extract_request_t request = {3, EXTRACT_TEXT_MAX_BYTES, buffer_slice(&s_document)};
    reading_make(&request, &s_reading);
    assert_int_equal(s_reading.error, ERROR_NO_TEXT); /* it says no more than that */
}

static void
s_assert_quick(const char *part, int count)
{
    buffer_clear(&s_document);
    buffer_append_text(&s_document, "{\\rtf1 ");
    for (int i = 0; i < count; i++)
        buffer_append_text(&s_document, part);
    buffer_append_text(&s_document, WORDS);
    int64_t start_ms = clock_monotonic_ms();
    s_read(buffer_slice(&s_document));
    if (clock_monotonic_ms() - start_ms > DEADLINE_MS)
        fail_msg("%s...: too long", part);
    if (memmem(s_reading.text.data, s_reading.text.size, WORDS, strlen(WORDS)) == NULL)
        fail_msg("%s...: the words are lost", part);
}

static void
depth_and_length_are_bounded(void **state)
{
    (void) state;
    s_assert_quick("{", 1000000);
    s_assert_quick("}", 1000000);
    s_assert_quick("{\\b ", 100000);
    s_assert_quick("\\'e9\\f1 ", 50000);
    s_assert_quick("\\u233?", 100000);
    s_assert_quick("aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa", 1000);
    s_assert_quick(WORDS "\\par ", 9000000 / (int) strlen(WORDS));
}

static void
a_broken_document_harms_nobody(void **state)
{
    (void) state;
    static const char document[] =
        "{\\rtf1\\ansi\\ansicpg1252{\\fonttbl{\\f0\\fcharset204 A;}}{\\info{\\title x}}\\f0 \\'e9"
        "\\uc2\\u-10179 ab\\bin3 xyz{\\*\\x y}\\u8364?\\par\\v0 \\f99999999999 z}";
    for (size_t size = 0; size < sizeof document; size++)
        s_read((slice_t){document, size});
    for (size_t i = 0; i < (sizeof document - 1) * 8; i++) {
        buffer_clear(&s_document);
        buffer_append_text(&s_document, document);
        s_document.data[i / 8] ^= (char) (1 << i % 8);
        s_read(buffer_slice(&s_document));
    }
}

int
main(void)
{
#define TEST(name) cmocka_unit_test_teardown(name, teardown)
    const struct CMUnitTest tests[] = {
        TEST(paragraphs_cells_and_signs_are_read),
        TEST(letters_are_decoded_by_the_code_page_of_their_font),
        TEST(unicode_letters_stand_for_what_follows_them),
        TEST(what_is_not_text_is_left_out),
        TEST(notes_and_boxes_come_behind_the_text),
        TEST(a_real_document_is_read),
        TEST(depth_and_length_are_bounded),
        TEST(a_broken_document_harms_nobody),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
