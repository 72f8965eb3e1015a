#include <stdio.h>

#include "base/buffer.h"
#include "base/clock.h"
#include "documents/tagger/tagger.h"
#include "documents/tagger/unicode.h"
#include "tests/support/cmocka_all.h"

static const char *const s_water =
    "Drinking water in mountain villages\n\n"
    "Drinking water in mountain villages comes from springs. The springs dry up in summer, and the "
    "quality of drinking water falls. We measured nitrate and bacteria in drinking water of forty "
    "mountain villages on 12 March 2012 (see page 14 and https://example.org/data/water.html, or "
    "write to water.team@example.org). Nitrate came from fields above the springs. Heavy rain "
    "washed bacteria into reservoirs. A small treatment plant, run by the United Nations, made the "
    "drinking water safe. In chapter IV and section xii the treatment plant is described; the "
    "United Nations paid for it in September. The nitrate stayed.";

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
    assert_null(tagger);
    tagger_destroy(&tagger);
    return 0;
}

static bool
s_has(const tag_list_t *list, const char *tag)
{
    for (size_t i = 0; i < list->count; i++) {
        if (strcmp(list->items[i], tag) == 0)
            return true;
    }
    return false;
}

static void
s_run(tagger_t *tagger, const char *text, const char *language, tag_list_t *list)
{
    tag_request_t request = {
        .text = slice_from(text), .language = slice_from(language), .tag_limit = 15};
    tagger_run(tagger, &request, list);
}

static void
s_assert_has(tagger_t *tagger, const char *text, const char *language, const char *tag)
{
    tag_list_t list = {0};
    s_run(tagger, text, language, &list);
    if (!s_has(&list, tag)) {
        for (size_t i = 0; i < list.count; i++)
            print_message("tag: %s\n", list.items[i]);
        fail_msg("no tag \"%s\"", tag);
    }
    tag_list_free(&list);
}

static void
the_subjects_of_a_text_are_found(void **state)
{
    tag_list_t list = {0};
    s_run(*state, s_water, "", &list);
    assert_string_equal(list.language, "en");
    assert_true(s_has(&list, "drinking water"));
    assert_true(s_has(&list, "mountain villages"));
    assert_true(s_has(&list, "treatment plant"));
    tag_list_free(&list);
    assert_int_equal(list.count, 0);
    assert_null(list.items);
}

static void
the_number_of_tags_is_a_limit(void **state)
{
    for (uint32_t limit = 3; limit <= 8; limit++) {
        tag_list_t list = {0};
        tag_request_t request = {.text = slice_from(s_water), .tag_limit = limit};
        tagger_run(*state, &request, &list);
        assert_int_equal(list.count, limit);
        tag_list_free(&list);
    }
}

static void
the_same_text_gives_the_same_tags_whatever_came_before(void **state)
{
    tag_list_t first = {0}, second = {0}, other = {0};
    s_run(*state, s_water, "", &first);
    s_run(*state, "Der Bericht über die Qualität des Trinkwassers in den Bergen.", "de", &other);
    s_run(*state, s_water, "", &second);
    assert_int_equal(first.count, second.count);
    for (size_t i = 0; i < first.count; i++)
        assert_string_equal(first.items[i], second.items[i]);
    tag_list_free(&first);
    tag_list_free(&second);
    tag_list_free(&other);
}

static void
dates_numbers_numerals_pages_and_addresses_are_no_tags(void **state)
{
    static const char *const banned[] = {"12",      "2012",  "March",      "September",
                                         "page",    "14",    "IV",         "xii",
                                         "example", "https", "water.team", "html"};
    tag_list_t list = {0};
    s_run(*state, s_water, "en", &list);
    for (size_t i = 0; i < list.count; i++) {
        for (size_t k = 0; k < sizeof banned / sizeof banned[0]; k++)
            assert_string_not_equal(list.items[i], banned[k]);
        assert_null(strchr(list.items[i], '@'));
        assert_null(strstr(list.items[i], "example"));
    }
    tag_list_free(&list);
}

static void
nothing_but_dates_and_addresses_gives_no_tags(void **state)
{
    static const char *const texts[] = {"",
                                        "   \n\t",
                                        "2012",
                                        "12 March 2012",
                                        "page 3, pages 4-5, p. 6",
                                        "www.example.org/a/b",
                                        "doi:10.1234/abc.def",
                                        "a.b@example.org",
                                        "II, iv; XII",
                                        "the of and",
                                        "1st 2nd 13h02 1980s",
                                        "\xff\xfe\xfd",
                                        "!!! --- ???",
                                        "Monday"};
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
        tag_list_t list = {0};
        s_run(*state, texts[i], "en", &list);
        if (list.count)
            fail_msg("\"%s\" gave \"%s\"", texts[i], list.items[0]);
        tag_list_free(&list);
    }
}

static void
odd_names_survive(void **state)
{
    static const struct {
        const char *text, *language, *tag;
    } cases[] = {
        {"Programs in C++ are fast. C++ is used by banks.", "en", "C++"},
        {"They went to New York. The mayor of New York is new.", "en", "New York"},
        {"The report of the WHO is out; it was read at the WHO.", "en", "WHO"},
        {"Programs in C# are fast. C# is used by banks.", "en", "C#"},
        {"The merger of AT&T was large. It made AT&T larger.", "en", "AT&T"},
        {"The state sold 5G spectrum. 5G spectrum is dear.", "en", "5G spectrum"},
        {"They tried 3D printing. With 3D printing costs fell.", "en", "3D printing"},
        {"O metrô de São Paulo. A cidade de São Paulo é grande.", "pt", "São Paulo"},
        {"O metrô de são paulo. São grandes as linhas de são paulo.", "pt", "são paulo"},
        {"Le départ des Sables d'Olonne. Aux Sables d\xe2\x80\x99Olonne il fait beau.", "fr",
         "Sables d'Olonne"},
        {"Selon Marine Le Pen il faut voter. Hier Marine Le Pen a voté.", "fr", "Marine Le Pen"},
        {"The book of the 1984 riots. In the 1984 riots many died.", "en", "1984 riots"},
        {"the rise of ml in banks and of ml in shops", "en", "ml"},
        {"They found vitamin C in it. The vitamin C was lost.", "en", "vitamin C"},
        {"After World War II they met. World War II was over.", "en", "World War II"},
        {"The COVID-19 wave came. In the COVID-19 wave they met.", "en", "COVID-19 wave"},
        {"A theory of Newton's is this. It is Newton's.", "en", "Newton"},
        {"They had Parkinson's disease. In Parkinson\xe2\x80\x99s disease it is so.", "en",
         "Parkinson's disease"},
        {"La qualité de l'eau. On boit de l'eau, et l'eau est bonne.", "fr", "eau"},
        {"L\xe2\x80\x99\xc3\xa9nergie solaire et l\xe2\x80\x99\xc3\xa9nergie solaire.", "fr",
         "énergie solaire"},
        {"The e\xef\xac\x83"
         "cient-market theory. An e\xef\xac\x83"
         "cient-market theory.",
         "en", "efficient-market theory"},
        {"It is a state-of-the-art telescope; the state-of-the-art telescope sees.", "en",
         "state-of-the-art telescope"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++)
        s_assert_has(*state, cases[i].text, cases[i].language, cases[i].tag);
}

static void
scripts_without_spaces_are_cut_by_dictionary(void **state)
{
    s_assert_has(*state, "人工智能的发展很快。我们研究人工智能和机器学习。人工智能已经改变了社会。",
                 "zh", "人工智能");
    s_assert_has(*state,
                 "再生可能エネルギーの利用が進む。日本は太陽光発電を増やす。太陽光発電は安い。",
                 "ja", "太陽光発電");
    s_assert_has(*state, "คุณภาพน้ำดื่มในหมู่บ้าน และ น้ำดื่ม", "th", "น้ำดื่ม");
}

static void
an_exclusion_forbids_the_phrase_in_any_case_and_its_stems(void **state)
{
    static const char *const lists[] = {"drinking water\nmountain villages",
                                        "DRINKING  WATER\r\nMountain Village\r\n",
                                        "\n drinks waters \n\nmountain-villages"};
    for (size_t k = 0; k < sizeof lists / sizeof lists[0]; k++) {
        tag_list_t list = {0};
        tag_request_t request = {.text = slice_from(s_water),
                                 .language = SLICE("en"),
                                 .exclusions = slice_from(lists[k]),
                                 .tag_limit = 15};
        tagger_run(*state, &request, &list);
        assert_false(s_has(&list, "drinking water"));
        assert_false(s_has(&list, "mountain villages"));
        assert_true(s_has(&list, "treatment plant"));
        tag_list_free(&list);
    }
}

static void
an_exclusion_does_not_outlive_its_request(void **state)
{
    tag_list_t list = {0};
    tag_request_t request = {
        .text = slice_from(s_water), .exclusions = SLICE("drinking water"), .tag_limit = 15};
    tagger_run(*state, &request, &list);
    assert_false(s_has(&list, "drinking water"));
    request.exclusions = (slice_t){0};
    tagger_run(*state, &request, &list);
    assert_true(s_has(&list, "drinking water"));
    tag_list_free(&list);
}

/* Returns the place of a tag, or SIZE_MAX. */
static size_t
s_place(const tag_list_t *list, const char *tag)
{
    for (size_t i = 0; i < list->count; i++) {
        if (strcmp(list->items[i], tag) == 0)
            return i;
    }
    return SIZE_MAX;
}

static void
title_and_description_weigh_in(void **state)
{
    tag_list_t plain = {0}, titled = {0};
    tag_request_t request = {.text = slice_from(s_water), .language = SLICE("en"), .tag_limit = 5};
    tagger_run(*state, &request, &plain);
    request.title = SLICE("Heavy rain");
    request.description = SLICE("How reservoirs are spoilt");
    tagger_run(*state, &request, &titled);
    assert_int_equal(s_place(&plain, "Heavy rain"), SIZE_MAX);
    assert_int_equal(s_place(&plain, "reservoirs"), SIZE_MAX);
    assert_true(s_place(&titled, "Heavy rain") < 5);
    assert_true(s_place(&titled, "reservoirs") < 5);
    tag_list_free(&plain);
    request.text = (slice_t){0};
    tagger_run(*state, &request, &titled);
    assert_true(s_has(&titled, "Heavy rain"));
    assert_true(s_has(&titled, "reservoirs"));
    tag_list_free(&titled);
}

static void
names_keep_their_case_and_headings_do_not(void **state)
{
    tag_list_t list = {0};
    s_run(*state, s_water, "en", &list);
    assert_true(s_has(&list, "United Nations"));
    assert_false(s_has(&list, "Drinking water"));
    tag_list_free(&list);
    s_assert_has(*state, "Nitrate Loads\n\nThe nitrate loads rose. Later the nitrate loads fell.",
                 "en", "nitrate loads");
}

static void
phrases_of_the_same_stems_come_once(void **state)
{
    tag_list_t list = {0};
    s_run(
        *state,
        "Neural networks learn. A neural network is deep. The neural-network is deep. The network "
        "of networks, networking and Neural Networks.",
        "en", &list);
    int phrases = s_has(&list, "neural network") + s_has(&list, "neural networks") +
                  s_has(&list, "Neural Networks") + s_has(&list, "neural-network");
    int words = s_has(&list, "network") + s_has(&list, "networks") + s_has(&list, "networking");
    assert_int_equal(phrases, 1);
    assert_true(words <= 1);
    tag_list_free(&list);
}

static void
tags_that_repeat_the_words_of_better_ones_give_way(void **state)
{
    tag_list_t list = {0};
    tag_request_t request = {
        .text = SLICE("The solar cell panels are sold. The solar cell panels are cheap. The solar "
                      "cell prices "
                      "fell. The solar cell makers went. The wind turbine towers grew."),
        .language = SLICE("en"),
        .tag_limit = 15};
    tagger_run(*state, &request, &list);
    assert_string_equal(list.items[0], "solar cell panels");
    assert_true(s_place(&list, "wind turbine towers") < s_place(&list, "solar cell prices"));
    assert_true(s_place(&list, "wind turbine towers") < s_place(&list, "solar cell makers"));
    tag_list_free(&list);
}

static void
a_common_word_alone_is_worth_less_than_a_rare_one(void **state)
{
    tag_list_t list = {0};
    s_run(*state, "The house of the physicist. The physicist and the house.", "en", &list);
    assert_string_equal(list.items[0], "physicist");
    tag_list_free(&list);
}

static void
a_row_inside_longer_ones_is_a_tag_where_it_comes_again(void **state)
{
    tag_list_t list = {0};
    s_run(*state, "Банк повысил ключевую ставку. Рынок ожидал ключевую ставку. Погода хорошая.",
          "ru", &list);
    assert_true(s_has(&list, "ключевую ставку"));
    assert_false(s_has(&list, "ключевую"));
    tag_list_free(&list);
}

static void
latin_words_in_another_script_come_under_english_rules(void **state)
{
    tag_list_t list = {0};
    s_run(*state, "Мы изучаем the machine learning. Нам нужны machine learning и Machine Learning.",
          "ru", &list);
    assert_true(s_has(&list, "machine learning"));
    assert_false(s_has(&list, "the machine learning"));
    tag_list_free(&list);
}

/* Every promise about the form of a tag, whatever the text. */
static void
s_assert_well_formed(const tag_list_t *list)
{
    for (size_t i = 0; i < list->count; i++) {
        slice_t tag = slice_from(list->items[i]);
        buffer_t folded = {0};
        assert_true(unicode_count(tag) >= 2 && unicode_count(tag) <= 60);
        assert_true(slice_equal(slice_trim(tag), tag));
        unicode_fold(&folded, tag);
        for (size_t k = 0; k < i; k++) {
            buffer_t other = {0};
            unicode_fold(&other, slice_from(list->items[k]));
            assert_false(slice_equal(buffer_slice(&other), buffer_slice(&folded)));
            buffer_free(&other);
        }
        buffer_free(&folded);
    }
}

static void
tags_are_in_normal_form_c(void **state)
{
    s_assert_has(*state, "The cafe\xcc\x81 trade grew. The cafe\xcc\x81 trade fell.", "en",
                 "caf\xc3\xa9 trade");
}

static void
noise_of_any_kind_gives_well_formed_tags(void **state)
{
    static const char letters[] = "ab-'.& \n+#5IX\xc3\xa9";
    uint32_t seed = 1;
    for (int round = 0; round < 50; round++) {
        char bytes[2000];
        tag_list_t list = {0};
        for (size_t i = 0; i < sizeof bytes; i++) {
            seed = seed * 1664525u + 1013904223u;
            bytes[i] = round % 2 ? (char) (seed >> 24) : letters[(seed >> 24) % 15];
        }
        tag_request_t request = {.text = {bytes, sizeof bytes},
                                 .title = {bytes, 50},
                                 .exclusions = {bytes, 500},
                                 .tag_limit = 15};
        tagger_run(*state, &request, &list);
        s_assert_well_formed(&list);
        tag_list_free(&list);
    }
}

static void
a_huge_text_of_distinct_words_is_tagged_within_its_bounds(void **state)
{
    enum { SIZE = 10 * 1024 * 1024, SECONDS = 60 };
    buffer_t text = {0};
    tag_list_t list = {0};
    for (uint32_t i = 0; text.size < SIZE; i++)
        buffer_printf(&text, "w%xq the ", i * 2654435761u);
    int64_t start_ms = clock_monotonic_ms();
    tag_request_t request = {.text = buffer_slice(&text), .language = SLICE("en"), .tag_limit = 15};
    tagger_run(*state, &request, &list);
    assert_true(clock_monotonic_ms() - start_ms < SECONDS * 1000);
    assert_int_equal(list.count, 15);
    s_assert_well_formed(&list);
    tag_list_free(&list);
    buffer_free(&text);
}

static void
a_word_without_end_is_no_tag(void **state)
{
    enum { SIZE = 1024 * 1024 };
    char *text = malloc(SIZE);
    assert_non_null(text);
    memset(text, 'x', SIZE);
    tag_list_t list = {0};
    tag_request_t request = {.text = {text, SIZE}, .tag_limit = 5};
    tagger_run(*state, &request, &list);
    assert_int_equal(list.count, 0);
    tag_list_free(&list);
    free(text);
}

static void
the_language_of_the_request_is_used(void **state)
{
    tag_list_t list = {0};
    s_run(*state, s_water, "nb-NO", &list);
    assert_string_equal(list.language, "no");
    tag_list_free(&list);
    s_run(*state, "xyzzy", "", &list);
    assert_string_equal(list.language, "");
    tag_list_free(&list);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_subjects_of_a_text_are_found),
        cmocka_unit_test(the_number_of_tags_is_a_limit),
        cmocka_unit_test(the_same_text_gives_the_same_tags_whatever_came_before),
        cmocka_unit_test(dates_numbers_numerals_pages_and_addresses_are_no_tags),
        cmocka_unit_test(nothing_but_dates_and_addresses_gives_no_tags),
        cmocka_unit_test(odd_names_survive),
        cmocka_unit_test(scripts_without_spaces_are_cut_by_dictionary),
        cmocka_unit_test(an_exclusion_forbids_the_phrase_in_any_case_and_its_stems),
        cmocka_unit_test(an_exclusion_does_not_outlive_its_request),
        cmocka_unit_test(title_and_description_weigh_in),
        cmocka_unit_test(names_keep_their_case_and_headings_do_not),
        cmocka_unit_test(phrases_of_the_same_stems_come_once),
        cmocka_unit_test(tags_that_repeat_the_words_of_better_ones_give_way),
        cmocka_unit_test(a_common_word_alone_is_worth_less_than_a_rare_one),
        cmocka_unit_test(a_row_inside_longer_ones_is_a_tag_where_it_comes_again),
        cmocka_unit_test(latin_words_in_another_script_come_under_english_rules),
        cmocka_unit_test(tags_are_in_normal_form_c),
        cmocka_unit_test(noise_of_any_kind_gives_well_formed_tags),
        cmocka_unit_test(a_huge_text_of_distinct_words_is_tagged_within_its_bounds),
        cmocka_unit_test(a_word_without_end_is_no_tag),
        cmocka_unit_test(the_language_of_the_request_is_used),
    };
    return cmocka_run_group_tests(tests, s_setup, s_teardown);
}
