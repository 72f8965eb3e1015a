/* The inside of the extract process, in this one: so that leaks and overruns are seen. */
#include "documents/child/reading.h"

#include <stdio.h>

#include "base/text.h"
#include "documents/child/format.h"
#include "documents/child/markdown.h"
#include "documents/child/plain.h"
#include "tests/support/cmocka_all.h"
#include "tests/support/test_file.h"

#define FIFTY "0123456789 abcdefghi ABCDEFGHI 0123456789 abcdefghi"

static reading_t s_reading;

static int
teardown(void **state)
{
    (void) state;
    reading_free(&s_reading);
    return 0;
}

static void
s_read(slice_t bytes)
{
    reading_free(&s_reading);
    extract_request_t request = {3, EXTRACT_TEXT_MAX_BYTES, bytes};
    reading_make(&request, &s_reading);
    assert_true(text_is_utf8(buffer_slice(&s_reading.text)));
    assert_true((s_reading.error == ERROR_NONE) == (s_reading.detail.size == 0));
}

static void
s_read_file(const char *name)
{
    buffer_t bytes = {0};
    test_file_load(name, &bytes);
    s_read(buffer_slice(&bytes));
    buffer_free(&bytes);
}

static void
s_assert_refused(slice_t bytes, error_type_t type, const char *why)
{
    s_read(bytes);
    if (s_reading.error != type || strstr(s_reading.detail.data, why) == NULL)
        fail_msg("%s: %s", error_type_word(s_reading.error),
                 s_reading.detail.size ? s_reading.detail.data : "");
}

static void
every_sample_comes_to_its_end(void **state)
{
    (void) state;
    static const struct {
        const char *file;
        error_type_t error;
        uint32_t page_count;
        const char *says; /* in the text, or in the detail */
    } samples[] = {
        {"de-poems-beads.pdf", ERROR_NONE, 2, "Wer reitet so spät durch Nacht und Wind"},
        {"text-readme.md", ERROR_NONE, 0, "Portable Document Format"},
        {"text-multilanguage.txt", ERROR_NONE, 0, "adhoc internship"},
        {"ok-encrypted-owner-only.pdf", ERROR_NO_TEXT, 1, "only 38 characters"},
        {"ar-cid-truetype.pdf", ERROR_NONE, 1, "الخطوط العربية"},
        {"bad-encrypted.pdf", ERROR_ENCRYPTED, 0, "password"},
        {"bad-office-protected.docx", ERROR_ENCRYPTED, 0, "password"},
        {"bad-corrupted.pdf", ERROR_CORRUPT, 0, "damaged"},
        {"bad-no-trailer.pdf", ERROR_CORRUPT, 0, "damaged"},
        {"bad-pagecount-huge.pdf", ERROR_CORRUPT, 0, "damaged"},
        {"bad-pagecount-negative.pdf", ERROR_CORRUPT, 0, "damaged"},
        {"bad-pages-loop.pdf", ERROR_NO_TEXT, 2, "only 22 characters"},
        {"office.docx", ERROR_NONE, 2, "Keyword1"},
        {"office.docx", ERROR_NONE, 2, "Footnote appears here"},
        {"office.odt", ERROR_NONE, 2, "Apache Tika Test Document"},
        {"book.epub", ERROR_NONE, 0, "Plus a simple div"},
        {"bees.odp", ERROR_NONE, 3,
         "Foragers bring nectar, pollen and propolis\n\nTell how a swarm"},
        {"bees.pptx", ERROR_NONE, 3, "Varroa destructor\n\nOxalic acid"},
        {"bees.ods", ERROR_NONE, 1, "Winter oilseed rape\n\nApril\n\nvery high\n\nhigh\n\nLime"},
        {"bees.xlsx", ERROR_NONE, 1, "Winter oilseed rape\n\nApril\n\nvery high\n\nhigh\n\nLime"},
        {"bees.xls", ERROR_UNSUPPORTED_FORMAT, 0, "an older Excel workbook"},
        {"bad-office-truncated.docx", ERROR_CORRUPT, 0, "damaged"},
        {"zip-droste.zip", ERROR_UNSUPPORTED_FORMAT, 0, "a zip archive"},
        {"page-utf8.html", ERROR_NONE, 0, "Content with UTF-8 chars\n\nåäö"},
        {"page-arabic-misleading-charset.html", ERROR_NONE, 0, "اللغة العربية"},
        {"page-long.html", ERROR_NONE, 0, "Large Private Cottage facing Lamoka Lake"},
        {"page-hindi.html", ERROR_NONE, 0, "चतुर्भुज"},
        {"text.rtf", ERROR_NO_TEXT, 0, "only 45 characters"},
    };
    for (size_t i = 0; i < sizeof samples / sizeof samples[0]; i++) {
        s_read_file(samples[i].file);
        const char *said = s_reading.error ? s_reading.detail.data : s_reading.text.data;
        if (s_reading.error != samples[i].error || strstr(said, samples[i].says) == NULL ||
            s_reading.page_count != samples[i].page_count)
            fail_msg("%s: %s, %u pages: %.200s", samples[i].file, error_type_word(s_reading.error),
                     s_reading.page_count, said);
    }
}

static void
formats_are_told_by_their_bytes(void **state)
{
    (void) state;
    static const struct {
        slice_t bytes;
        const char *name;
    } rows[] = {
        {{"GIF89a......", 12}, "a GIF image"},
        {{"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1....", 12}, "an older Office document"},
        {{"<?xml version='1.0'?><a/>", 25}, "an XML document"},
        {{"\x7f"
          "ELF\2\1\1\0",
          8},
         "a program"},
        {{"\x1f\x8b\x08\0", 4}, "a gzip archive"},
        {{"MZ\x78\0\1\0", 6}, "a program"},
        {{"\xff\xfb\x90\x64\0\0", 6}, "an MP3 recording"},
        {{"BM\x36\0\0\0", 6}, "a BMP image"},
        {{"some\0thing", 10}, "a file of unknown kind"},
        {{"some\x01thing", 10}, "a file of unknown kind"},
        {{"\xff\xfe\0\0h\0\0\0", 8}, "a file of unknown kind"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++)
        s_assert_refused(rows[i].bytes, ERROR_UNSUPPORTED_FORMAT, rows[i].name);
}

static void
a_pdf_may_stand_behind_other_text(void **state)
{
    (void) state;
    const char *name;
    slice_t mailed = SLICE("forwarded\n%PDF-1.4\n1 0 obj<<>>endobj\nstartxref\n9\n%%EOF\n");
    assert_int_equal(format_detect(mailed, &name), FORMAT_PDF);
    slice_t about = SLICE("A file of this kind begins with %PDF-1.4 and goes on with objects.");
    assert_int_equal(format_detect(about, &name), FORMAT_TEXT);
}

static void
texts_are_told_apart(void **state)
{
    (void) state;
    static const struct {
        const char *text;
        format_t format;
    } rows[] = {
        {"\n <!DOCTYPE HTML><p>", FORMAT_HTML},
        {"\xef\xbb\xbf<html lang=en>", FORMAT_HTML},
        {"<?xml version='1.0'?>\n<!-- x --><html xmlns='y'>", FORMAT_HTML},
        {"<!-- <p>--><title>x</title>", FORMAT_HTML},
        {"<P>A paragraph", FORMAT_HTML},
        {"<p align=center><img src=a></p>\n\n# Title\n\nSee [this](that).\n", FORMAT_TEXT},
        {"<?xml version='1.0'?><a/>", FORMAT_OTHER},
        {"<svg>", FORMAT_OTHER},
        {"From: a@example.org\nTo: b@example.org\n\nText", FORMAT_EMAIL},
        {"From b@example.org Mon May 6 10:00:00 2024\nReceived: by x\n for y\nSubject: z\n\n",
         FORMAT_EMAIL},
        {"Return-Path: <a>\r\nMIME-Version: 1.0\r\nX: y\r\n", FORMAT_EMAIL},
        {"Subject: minutes\nDate: today\n\nA note.", FORMAT_TEXT},
        {"From: the start\nthere was: nothing\nTo: speak of", FORMAT_TEXT},
        {"a,b\n1,2\n3,4\n", FORMAT_CSV},
        {"a < b", FORMAT_TEXT},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        const char *name;
        if (format_detect(slice_from(rows[i].text), &name) != rows[i].format)
            fail_msg("%s: %s", name, rows[i].text);
    }
    const char *name;
    assert_int_equal(format_detect(SLICE("\xff\xfe<\0h\0t\0m\0l\0>\0"), &name), FORMAT_HTML);
}

static void
an_empty_file_is_corrupt(void **state)
{
    (void) state;
    s_assert_refused(SLICE(""), ERROR_CORRUPT, "the file is empty");
    s_assert_refused(SLICE("%PDF-1.4\n%%EOF\n"), ERROR_CORRUPT, "damaged");
    s_assert_refused(SLICE("PK\3\4.........."), ERROR_CORRUPT, "damaged");
}

static void
fewer_than_fifty_characters_are_no_text(void **state)
{
    (void) state;
    s_read(SLICE(FIFTY "x"));
    assert_int_equal(s_reading.error, ERROR_NONE);
    s_read(SLICE(FIFTY));
    assert_int_equal(s_reading.error, ERROR_NONE);
    assert_int_equal(s_reading.method, EXTRACT_METHOD_PLAIN_TEXT);
    s_assert_refused(SLICE("a few   words \n\n"), ERROR_NO_TEXT, "only 11 characters");
    assert_int_equal(s_reading.method, EXTRACT_METHOD_PLAIN_TEXT);
    assert_non_null(strstr(s_reading.text.data, "a few"));
    s_assert_refused(SLICE("  \n\n"), ERROR_NO_TEXT, "the file holds no text");
    assert_int_equal(s_reading.method, EXTRACT_METHOD_NONE);
}

static void
s_assert_decoded(slice_t bytes, const char *text)
{
    buffer_t out = {0};
    plain_decode(bytes, NULL, 1000, &out);
    if (!slice_is(buffer_slice(&out), text))
        fail_msg("\"%s\" became \"%s\"", text, out.data);
    buffer_free(&out);
}

static void
text_of_each_encoding_becomes_utf8(void **state)
{
    (void) state;
    s_assert_decoded(SLICE("gr\xc3\xbc\xc3\x9f"), "grüß");
    s_assert_decoded(SLICE("\xef\xbb\xbfgr\xc3\xbc"), "grü");
    s_assert_decoded(SLICE("gr\xfc\xdf \x80 \x93x\x94 \x81"), "grüß € “x”  ");
    s_assert_decoded(SLICE("\xff\xfeg\0\xfc\0=\xd8\x00\xde"), "gü😀");
    s_assert_decoded(SLICE("\xfe\xff\0g\0\xfc\xd8=\xde\x00"), "gü😀");
    s_assert_decoded(SLICE("\xff\xfe=\xd8x\0y"), "\xef\xbf\xbdx\xef\xbf\xbd");
    s_assert_decoded(SLICE("a\r\nb\rc\vd\x1a"), "a\nb\nc d ");
    s_assert_decoded(SLICE("éééééééééééééééééééé\xff"), "éééééééééééééééééééé\xef\xbf\xbd");
}

static void
marks_of_direction_go_and_words_stay_apart(void **state)
{
    (void) state;
    s_assert_decoded(SLICE("\xe2\x80\xab"
                           "ab"
                           "\xe2\x80\xac\xe2\x80\xab"
                           "cd"
                           "\xe2\x80\xac ef"),
                     "ab cd ef");
}

static void
words_broken_over_two_lines_are_joined(void **state)
{
    (void) state;
    buffer_t text = {0};
    plain_join_words(&text);
    assert_int_equal(text.size, 0);
    buffer_append_text(
        &text,
        "элек-\nтричество accum-\nsan fa\xc2\xad\nçade gr\xc3\xbc-\nßen A-\nB 3-\n4 x -\ny z-");
    plain_join_words(&text);
    assert_string_equal(text.data, "электричество accumsan façade grüßen A-\nB 3-\n4 x -\ny z-");
    buffer_free(&text);
}

static void
a_text_is_cut_at_its_limit_between_letters(void **state)
{
    (void) state;
    buffer_t out = {0};
    plain_decode(SLICE("aé€"), NULL, 5, &out);
    assert_true(slice_is(buffer_slice(&out), "aé"));
    buffer_free(&out);
}

static void
markdown_loses_its_marks_and_keeps_its_words(void **state)
{
    (void) state;
    static const char text[] =
        "# Tagmill [![CI](https://ci/badge.svg)](https://ci/) \n"
        "<!-- hidden\ncomment -->\n"
        "A **bold** and *slanted* `code` word, see [the page](https://example.org/a_(b)).\n"
        "> quoted snake_case text at https://example.org/x?y=z.\n"
        "| one | two |\n|---|:-:|\n- item\n```c\nint x;\n```\n[ref]: https://example.org\n"
        "<b>strong</b> 1 < 2 ![image][ref] [open ![half\n";
    assert_true(markdown_is_likely(slice_from(text)));
    buffer_t out = {0};
    markdown_strip(slice_from(text), &out);
    static const char *const kept[] = {"Tagmill",
                                       "A bold and slanted code word, see the page.",
                                       "quoted snake_case text at",
                                       " one   two ",
                                       "item",
                                       "int x;",
                                       "strong",
                                       "1 < 2"};
    static const char *const gone[] = {"CI", "http", "example", "badge", "hidden", "comment", "**",
                                       "#",  "```",  "---",     "|",     "<b>",    "image"};
    for (size_t i = 0; i < sizeof kept / sizeof kept[0]; i++)
        if (strstr(out.data, kept[i]) == NULL)
            fail_msg("\"%s\" is missing in: %s", kept[i], out.data);
    for (size_t i = 0; i < sizeof gone / sizeof gone[0]; i++)
        if (strstr(out.data, gone[i]))
            fail_msg("\"%s\" is left in: %s", gone[i], out.data);
    buffer_free(&out);
}

static void
plain_prose_is_not_taken_for_markdown(void **state)
{
    (void) state;
    assert_false(markdown_is_likely(SLICE("#1 of the list\n* starred\nsee [3] (there)\n")));
    assert_false(markdown_is_likely(SLICE("# one comment in a script\nx = 1\n")));
}

static void
marks_without_end_are_left_as_they_are(void **state)
{
    (void) state;
    buffer_t text = {0}, out = {0};
    for (int i = 0; i < 20000; i++)
        buffer_append_text(&text, i % 2 ? "](![" : "<!--\n");
    markdown_strip(buffer_slice(&text), &out);
    assert_true(out.size <= text.size);
    buffer_free(&text);
    buffer_free(&out);
}

int
main(void)
{
#define TEST(name) cmocka_unit_test_teardown(name, teardown)
    const struct CMUnitTest tests[] = {
        TEST(every_sample_comes_to_its_end),
        TEST(formats_are_told_by_their_bytes),
        TEST(a_pdf_may_stand_behind_other_text),
        TEST(texts_are_told_apart),
        TEST(an_empty_file_is_corrupt),
        TEST(fewer_than_fifty_characters_are_no_text),
        TEST(text_of_each_encoding_becomes_utf8),
        TEST(marks_of_direction_go_and_words_stay_apart),
        TEST(words_broken_over_two_lines_are_joined),
        TEST(a_text_is_cut_at_its_limit_between_letters),
        TEST(markdown_loses_its_marks_and_keeps_its_words),
        TEST(plain_prose_is_not_taken_for_markdown),
        TEST(marks_without_end_are_left_as_they_are),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
