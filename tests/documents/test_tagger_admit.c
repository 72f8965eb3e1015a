/* The rules of every tag, as tagger_sift puts tags from elsewhere under them. */
#include "base/buffer.h"
#include "documents/tagger/tagger.h"
#include "tests/support/cmocka_all.h"

enum { CANDIDATES_MAX = 32 };

static int
s_setup(void **state)
{
    *state = tagger_new();
    return 0;
}

static int
s_teardown(void **state)
{
    tagger_t *tagger = *state;
    tagger_destroy(&tagger);
    return 0;
}

/* Sifts the parts of `candidates`, which '|' divides. */
static void
s_sift(tagger_t *tagger, const char *candidates, const char *exclusions, const char *language,
       uint32_t limit, tag_list_t *list)
{
    slice_t parts[CANDIDATES_MAX];
    size_t count = 0;
    tag_request_t request = {
        .exclusions = slice_from(exclusions), .language = slice_from(language), .tag_limit = limit};
    for (const char *at = candidates; at; count++) {
        const char *end = strchr(at, '|');
        assert_true(count < CANDIDATES_MAX);
        parts[count] = (slice_t){at, end ? (size_t) (end - at) : strlen(at)};
        at = end ? end + 1 : NULL;
    }
    tagger_sift(tagger, &request, parts, count, list);
}

/* `expected` is what is left, divided by '|'. */
static void
s_assert_sifts(tagger_t *tagger, const char *candidates, const char *exclusions,
               const char *language, const char *expected)
{
    tag_list_t list = {0};
    buffer_t got = {0};
    s_sift(tagger, candidates, exclusions, language, 15, &list);
    buffer_append_text(&got, "");
    for (size_t i = 0; i < list.count; i++)
        buffer_printf(&got, "%s%s", i ? "|" : "", list.items[i]);
    assert_string_equal(got.data ? got.data : "", expected);
    buffer_free(&got);
    tag_list_free(&list);
}

static void
tags_keep_their_order_and_their_case(void **state)
{
    static const char *const tags =
        "Zurich|apple trade|C++|AT&T|5G spectrum|3D printing|1984 riots|são paulo|ml";
    s_assert_sifts(*state, tags, "", "en", tags);
}

static void
white_space_is_trimmed_and_single(void **state)
{
    s_assert_sifts(*state, "  water \t\n quality\xc2\xa0|x\x01y", "", "en", "water quality|x y");
}

static void
tags_are_in_normal_form_c(void **state)
{
    s_assert_sifts(*state, "cafe\xcc\x81 trade", "", "en", "caf\xc3\xa9 trade");
}

static void
a_tag_has_two_to_sixty_code_points(void **state)
{
    s_assert_sifts(*state,
                   "a|ab|"
                   "123456789 123456789 123456789 123456789 123456789 123456789 |"
                   "123456789 123456789 123456789 123456789 123456789 1234567890|"
                   "123456789 123456789 123456789 123456789 123456789 12345678901",
                   "", "en",
                   "ab|123456789 123456789 123456789 123456789 123456789 123456789|"
                   "123456789 123456789 123456789 123456789 123456789 1234567890");
    s_assert_sifts(*state, "水|水質", "", "zh", "水質");
}

static void
a_tag_without_a_word_is_none(void **state)
{
    s_assert_sifts(*state, "|--|...|www.example.org|a.b@example.org|bad \xff one|good one", "",
                   "en", "good one");
}

static void
tags_of_the_same_text_or_stems_come_once(void **state)
{
    s_assert_sifts(*state, "Neural networks|neural network|NEURAL-NETWORKS|network|Networking", "",
                   "en", "Neural networks|network");
    s_assert_sifts(*state,
                   "Stra\xc3\x9f"
                   "e|STRASSE|stra\xc3\x9f"
                   "en",
                   "", "de",
                   "Stra\xc3\x9f"
                   "e");
    s_assert_sifts(*state,
                   "l'eau|eau|l\xe2\x80\x99"
                   "eau|eaux",
                   "", "fr", "l'eau");
}

static void
at_most_as_many_as_asked_for_are_left(void **state)
{
    tag_list_t list = {0};
    s_sift(*state, "water|waters|air|fire|earth|ether", "fire", "en", 3, &list);
    assert_int_equal(list.count, 3);
    assert_string_equal(list.items[0], "water");
    assert_string_equal(list.items[1], "air");
    assert_string_equal(list.items[2], "earth");
    tag_list_free(&list);
}

static void
an_exclusion_forbids_the_whole_phrase_in_any_case_and_inflection(void **state)
{
    s_assert_sifts(*state, "Drinking water|drinks waters|drinking-water|mountains", //
                   "DRINKING WATER\nmountain", "en", "");
    s_assert_sifts(*state, "Wasserwerke|wasserwerken|Quelle", "WASSERWERK", "de", "Quelle");
    s_assert_sifts(*state,
                   "Stra\xc3\x9f"
                   "enbau",
                   "STRASSENBAU", "de", "");
    s_assert_sifts(*state, "les eaux|eau|rivi\xc3\xa8re", "l'eau\nLES EAUX", "fr",
                   "rivi\xc3\xa8re");
    s_assert_sifts(*state, "\xd0\xb2\xd0\xbe\xd0\xb4\xd1\x8b", "\xd0\x92\xd0\x9e\xd0\x94\xd0\x90",
                   "ru", "");
    s_assert_sifts(*state, "人工智能|机器学习", "人工智能", "zh", "机器学习");
    s_assert_sifts(*state, "น้ำดื่ม", "น้ำดื่ม", "th", "");
    s_assert_sifts(*state, "İstanbul|ISPARTA|Ankara", "istanbul\nısparta", "tr", "Ankara");
    s_assert_sifts(*state, "istanbul|ısparta|Ankara", "İSTANBUL\nISPARTA", "tr", "Ankara");
    s_assert_sifts(*state, "cafe\xcc\x81", "CAF\xc3\x89", "xx", "");
}

static void
an_exclusion_that_is_a_part_of_a_tag_does_not_forbid_it(void **state)
{
    s_assert_sifts(*state, "data mining|data|party|big data", "data\nart", "en",
                   "data mining|party|big data");
}

static void
signs_and_stop_words_can_be_excluded(void **state)
{
    s_assert_sifts(*state, "C++|C#|the who|AT&T", "c++\nthe who\nat&t", "en", "C#");
}

static void
a_line_with_a_word_that_is_not_kept_forbids_only_itself(void **state)
{
    s_assert_sifts(*state, "water", "www.example.org water", "en", "water");
}

static void
the_language_is_found_in_the_text(void **state)
{
    tag_list_t list = {0};
    slice_t tag = SLICE("Netze");
    tag_request_t request = {
        .text = SLICE("Der Bericht über die Qualität des Trinkwassers in den Bergen ist fertig."),
        .exclusions = SLICE("netz"),
        .tag_limit = 5};
    tagger_sift(*state, &request, &tag, 1, &list);
    assert_string_equal(list.language, "de");
    assert_int_equal(list.count, 0);
    tag_list_free(&list);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(tags_keep_their_order_and_their_case),
        cmocka_unit_test(white_space_is_trimmed_and_single),
        cmocka_unit_test(tags_are_in_normal_form_c),
        cmocka_unit_test(a_tag_has_two_to_sixty_code_points),
        cmocka_unit_test(a_tag_without_a_word_is_none),
        cmocka_unit_test(tags_of_the_same_text_or_stems_come_once),
        cmocka_unit_test(at_most_as_many_as_asked_for_are_left),
        cmocka_unit_test(an_exclusion_forbids_the_whole_phrase_in_any_case_and_inflection),
        cmocka_unit_test(an_exclusion_that_is_a_part_of_a_tag_does_not_forbid_it),
        cmocka_unit_test(signs_and_stop_words_can_be_excluded),
        cmocka_unit_test(a_line_with_a_word_that_is_not_kept_forbids_only_itself),
        cmocka_unit_test(the_language_is_found_in_the_text),
    };
    return cmocka_run_group_tests(tests, s_setup, s_teardown);
}
