#include "documents/child/html.h"

#include <stdio.h>

#include "base/clock.h"
#include "base/text.h"
#include "tests/support/cmocka_all.h"
#include "tests/support/test_file.h"

enum { DEADLINE_MS = 20000, LIMIT = 20000000 };

#define PARAGRAPH                                                                                  \
    "<p>The quick brown fox jumps over the lazy dog while the rain in Spain stays mainly in the "  \
    "plain, and nobody had an umbrella with them on that day in May.</p>\n"

static buffer_t s_page, s_text;
static reading_t s_reading;

static int
teardown(void **state)
{
    (void) state;
    buffer_free(&s_page);
    buffer_free(&s_text);
    reading_free(&s_reading);
    return 0;
}

static void
s_take(slice_t bytes)
{
    buffer_free(&s_text);
    html_append_text(bytes, NULL, LIMIT, &s_text);
    assert_true(text_is_utf8(buffer_slice(&s_text)));
}

static void
s_assert_text(const char *page, const char *text)
{
    s_take(slice_from(page));
    if (!slice_is(buffer_slice(&s_text), text))
        fail_msg("%s\nbecame: %s", page, s_text.data);
}

static void
s_assert_has(const char *words, bool is_there)
{
    if ((memmem(s_text.data, s_text.size, words, strlen(words)) != NULL) != is_there)
        fail_msg("\"%s\" is %s:\n%.1000s", words, is_there ? "missing" : "left", s_text.data);
}

static void
s_read_file(const char *name)
{
    test_file_load(name, &s_page);
    reading_free(&s_reading);
    extract_request_t request = {3, EXTRACT_TEXT_MAX_BYTES, buffer_slice(&s_page)};
    reading_make(&request, &s_reading);
    assert_int_equal(s_reading.error, ERROR_NONE);
    assert_int_equal(s_reading.method, EXTRACT_METHOD_HTML);
    buffer_free(&s_text);
    buffer_append_slice(&s_text, buffer_slice(&s_reading.text));
}

static void
blocks_stand_apart_and_inline_elements_do_not(void **state)
{
    (void) state;
    s_assert_text("<h1>One</h1><p>two <b>thr</b>ee<i>\n four</i></p><ul><li>five<li>six</ul>seven",
                  "One\n\ntwo three four\n\nfive\n\nsix\n\nseven\n\n");
    s_assert_text("a<br>b<br/>c<table><tr><td>d</td><td>e</td></tr></table>",
                  "a\nb\nc\n\nd\n\ne\n\n");
}

static void
white_space_is_single_but_where_it_was_set(void **state)
{
    (void) state;
    s_assert_text("<p>  a \n\t b&nbsp;c </p><pre>  one\n    two\n</pre>",
                  "a b c\n\none\n    two\n\n");
}

static void
entities_become_letters(void **state)
{
    (void) state;
    s_assert_text(
        "<p>R&eacute;sum&#233; &#x20AC; &lt;b&gt; AT&amp;T R&D &hellip;&bogus; &#0; &#xd800;",
        "Résumé € <b> AT&T R&D …&bogus;\n\n");
}

static void
scripts_and_what_is_hidden_are_not_read(void **state)
{
    (void) state;
    s_take(SLICE("<script>var x = '<p>nope1</p>';</script><style>nope2{}</style>" PARAGRAPH
                 "<template><p>nope3</p></template><noscript>nope4</noscript>"
                 "<div hidden>nope5</div><p style='color:red; display: none'>nope6</p>"
                 "<svg><title>nope7</title><text>nope8</text></svg><select><option>nope9</select>"
                 "<textarea>nope10</textarea><button>nope11</button><!-- nope12 -->"
                 "<span aria-hidden=true>nope13</span><p>the end"));
    s_assert_has("quick brown fox", true);
    s_assert_has("the end", true);
    s_assert_has("nope", false);
}

static void
menus_and_footers_are_left_out(void **state)
{
    (void) state;
    s_take(SLICE(
        "<header><p>nope1 slogan</p></header><nav><a href=/>nope2</a> <a href=/a>nope3</a></nav>"
        "<div id='top-menu'>nope4</div><ul><li><a href=/b>nope5</a></li><li><a href=/c>nope6</a>"
        "</li></ul><h1>Foxes</h1>" PARAGRAPH "<p>See <a href=/d>dogs</a> as well.</p>" PARAGRAPH
        "<form>nope7<label>nope8</label></form><aside>nope9</aside><div role=navigation>nope10"
        "</div><footer>nope11</footer><div class='page footer'>nope12</div>"));
    s_assert_has("nope", false);
    s_assert_has("Foxes", true);
    s_assert_has("See dogs as well.", true);
}

static void
the_main_part_is_preferred_where_most_words_are_in_it(void **state)
{
    (void) state;
    s_take(
        SLICE("<p>An announcement of the house that has nothing to do with the page, however "
              "long it may get to be over time.</p><main><header><h1>Foxes</h1></header>" PARAGRAPH
                  PARAGRAPH "</main>"));
    s_assert_has("announcement", false);
    s_assert_has("Foxes", true);
    s_take(SLICE("<article><p>A teaser.</p></article>" PARAGRAPH));
    s_assert_has("quick brown fox", true);
}

static void
a_page_that_is_one_form_is_read(void **state)
{
    (void) state;
    s_take(SLICE("<p>Skip</p><form id=aspnetForm><h1>Foxes</h1>" PARAGRAPH PARAGRAPH "</form>"));
    s_assert_has("quick brown fox", true);
}

static void
a_page_of_links_alone_keeps_them(void **state)
{
    (void) state;
    s_take(
        SLICE("<ul><li><a href=1>Foxes of the world</a><li><a href=2>Dogs of the world</a></ul>"));
    s_assert_has("Foxes of the world", true);
}

static void
the_page_says_its_encoding(void **state)
{
    (void) state;
    s_assert_text("<meta charset='koi8-r'><p>\xcd\xc9\xd2", "мир\n\n");
    s_assert_text("<META http-equiv=Content-Type content=\"text/html; charset=Shift_JIS\"><p>"
                  "\x93\x8c\x8b\x9e",
                  "東京\n\n");
    s_assert_text("<?xml version='1.0' encoding='iso-8859-2'?><html><body><p>\xb3\xf3\xbfka",
                  "łóżka\n\n");
    s_assert_text("<meta charset=utf-16><p>gr\xc3\xbc", "grü\n\n");
    s_assert_text("<meta charset=no-such-thing><p>gr\xfc", "grü\n\n");
}

static void
an_encoding_named_outside_comes_first(void **state)
{
    (void) state;
    html_append_text(SLICE("<meta charset=iso-8859-1><p>\xcd\xc9\xd2"), "koi8-r", LIMIT, &s_text);
    assert_string_equal(s_text.data, "мир\n\n");
}

static void
the_title_and_the_description_come_first(void **state)
{
    (void) state;
    reading_free(&s_reading);
    extract_request_t request = {
        3, EXTRACT_TEXT_MAX_BYTES,
        SLICE("<html><head><title>Of\n foxes</title><meta name=Keywords content='fox, dog'>"
              "<meta property='og:description' content='What foxes do.'></head><body>" PARAGRAPH)};
    html_read(&request, &s_reading);
    static const char start[] = "Of foxes\n\nWhat foxes do.\n\nfox, dog\n\nThe quick";
    assert_memory_equal(s_reading.text.data, start, sizeof start - 1);
    reading_free(&s_reading);
    request.bytes = SLICE("<title>Foxes</title><meta name=description content='Foxes'>" PARAGRAPH);
    html_read(&request, &s_reading);
    assert_memory_equal(s_reading.text.data, "Foxes\n\nThe quick", 16);
}

static void
real_pages_keep_their_words_and_lose_their_menus(void **state)
{
    (void) state;
    s_read_file("page-utf8.html");
    s_assert_has("Title : Tilte with UTF-8 chars öäå", true);
    s_assert_has("åäö", true);
    s_assert_has("Licensed", false);
    s_read_file("page-arabic-misleading-charset.html");
    s_assert_has("اللغة العربية", true);
    s_read_file("page-long.html");
    s_assert_has("Breezy Cove Wonderful Finger Lakes Honey", true);
    s_assert_has("Love Sunsets? Best bass fishing spot on the lake!", true);
    s_assert_has("Sign in", false);
    s_assert_has("Add Listing", false);
    s_assert_has("addLoadEvent", false);
    s_assert_has("Children", false);
    s_read_file("page-hindi.html");
    s_assert_has("जब आप वर्तमान दस्तावेज़ में माउस संकेतक", true);
    s_assert_has("Rectangles", true);
    s_assert_has("Module", false);
    s_assert_has("LibreOffice 7.4 Help", false);
}

static void
the_text_is_cut_at_its_limit(void **state)
{
    (void) state;
    html_append_text(SLICE("<p>aé€<p>b"), NULL, 5, &s_text);
    assert_true(slice_is(buffer_slice(&s_text), "aé\n\n"));
}

/* Repeats `part` and closes with a paragraph, which must come through within the deadline. */
static void
s_assert_quick(const char *start, const char *part, size_t count)
{
    buffer_clear(&s_page);
    buffer_append_text(&s_page, start);
    for (size_t i = 0; i < count; i++)
        buffer_append_text(&s_page, part);
    buffer_append_text(&s_page, PARAGRAPH);
    int64_t start_ms = clock_monotonic_ms();
    s_take(buffer_slice(&s_page));
    int64_t took_ms = clock_monotonic_ms() - start_ms;
    if (took_ms > DEADLINE_MS)
        fail_msg("%s...: %lld ms", part, (long long) took_ms);
    if (s_text.size == 0)
        fail_msg("%s...: nothing is left", part);
    s_assert_has("quick brown fox", true);
}

static void
depth_and_broken_markup_cost_no_more_than_length(void **state)
{
    (void) state;
    s_assert_quick("", "<div>", 100000);
    s_assert_quick("", "<b>", 100000);
    s_assert_quick("", "<table><tr><td>", 100000);
    s_assert_quick("", "<ul><li>", 100000);
    s_assert_quick("", "<", 300000);
    s_assert_quick("", "&", 300000);
    s_assert_quick("", "<b></i>", 10000);
    s_assert_quick("", "<i></body>", 10000);
    s_assert_quick("", "<p id='x' class=\"y\">", 100000);
}

static void
a_page_made_to_cost_the_square_of_its_length_is_cut(void **state)
{
    (void) state;
    buffer_append_text(&s_page, PARAGRAPH);
    for (int i = 0; i < 200000; i++)
        buffer_append_text(&s_page, "<i></body>");
    int64_t start_ms = clock_monotonic_ms();
    s_take(buffer_slice(&s_page));
    assert_true(clock_monotonic_ms() - start_ms < DEADLINE_MS);
    s_assert_has("quick brown fox", true);
}

static void
a_tag_of_very_many_attributes_is_bounded(void **state)
{
    (void) state;
    buffer_append_text(&s_page, "<p");
    for (int i = 0; i < 100000; i++)
        buffer_printf(&s_page, " a%d='%d>'", i, i);
    buffer_append_text(&s_page, " hidden>shown<script>if (a <b c = '</p>') {}</script>");
    int64_t start_ms = clock_monotonic_ms();
    s_take(buffer_slice(&s_page));
    assert_true(clock_monotonic_ms() - start_ms < DEADLINE_MS);
    assert_string_equal(s_text.data, "shown\n\n");
}

static void
a_page_of_ten_megabytes_is_read(void **state)
{
    (void) state;
    s_assert_quick("<html><body>", PARAGRAPH, 10000000 / (sizeof PARAGRAPH - 1));
    assert_true(s_text.size > 9000000);
}

/* Every beginning of a page, and the page with each byte broken in turn. */
static void
a_broken_page_harms_nobody(void **state)
{
    (void) state;
    s_read_file("page-utf8.html");
    for (size_t size = 0; size < s_page.size; size++)
        s_take((slice_t){s_page.data, size});
    for (size_t i = 0; i < s_page.size; i++) {
        s_page.data[i] ^= (char) (1 << i % 8);
        s_take(buffer_slice(&s_page));
        s_page.data[i] ^= (char) (1 << i % 8);
    }
    static const char open[] = "<p a='b' c><!--x--><![CDATA[y]]><?z?>&#x41;&amp;</p><a href=q>";
    for (size_t size = 0; size < sizeof open; size++)
        s_take((slice_t){open, size});
}

int
main(void)
{
#define TEST(name) cmocka_unit_test_teardown(name, teardown)
    const struct CMUnitTest tests[] = {
        TEST(blocks_stand_apart_and_inline_elements_do_not),
        TEST(white_space_is_single_but_where_it_was_set),
        TEST(entities_become_letters),
        TEST(scripts_and_what_is_hidden_are_not_read),
        TEST(menus_and_footers_are_left_out),
        TEST(the_main_part_is_preferred_where_most_words_are_in_it),
        TEST(a_page_that_is_one_form_is_read),
        TEST(a_page_of_links_alone_keeps_them),
        TEST(the_page_says_its_encoding),
        TEST(an_encoding_named_outside_comes_first),
        TEST(the_title_and_the_description_come_first),
        TEST(real_pages_keep_their_words_and_lose_their_menus),
        TEST(the_text_is_cut_at_its_limit),
        TEST(depth_and_broken_markup_cost_no_more_than_length),
        TEST(a_page_made_to_cost_the_square_of_its_length_is_cut),
        TEST(a_tag_of_very_many_attributes_is_bounded),
        TEST(a_page_of_ten_megabytes_is_read),
        TEST(a_broken_page_harms_nobody),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
