/* What stands in documents and says nothing of their subject: none of it becomes a tag. */
#include "documents/tagger/language_rules.h"
#include "documents/tagger/tagger.h"
#include "tests/support/cmocka_all.h"

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

/* True when one of the tags of the text is `part` or has it in it. */
static bool
s_gives(tagger_t *tagger, const char *text, const char *language, const char *part)
{
    tag_list_t list = {0};
    bool found = false;
    tag_request_t request = {
        .text = slice_from(text), .language = slice_from(language), .tag_limit = 15};
    tagger_run(tagger, &request, &list);
    for (size_t i = 0; i < list.count; i++)
        found = found || strstr(list.items[i], part);
    tag_list_free(&list);
    return found;
}

static void
boilerplate_is_no_tag(void **state)
{
    const char *text =
        "Nitrate in springs. This is an open access article distributed under the Creative Commons "
        "Attribution License, which permits unrestricted use. All rights reserved. Supplementary "
        "Material: the online version has Supplementary Material. Conflict of interest: the "
        "corresponding author has no competing interests. Nitrate in springs rose.";
    static const char *const banned[] = {"pen access", "ommons",          "License", "ights",
                                         "aterial",    "nrestricted use", "author",  "nterest"};
    assert_true(s_gives(*state, text, "en", "springs"));
    for (size_t i = 0; i < sizeof banned / sizeof banned[0]; i++) {
        if (s_gives(*state, text, "en", banned[i]))
            fail_msg("a tag has \"%s\" in it", banned[i]);
    }
    assert_false(s_gives(*state, "Tous droits réservés. Les droits réservés. Mentions légales.",
                         "fr", "droits"));
    assert_true(s_gives(*state, "The creative industries. The creative industries grow.", "en",
                        "creative industries"));
}

static void
measures_are_no_tags_and_names_that_look_like_them_are(void **state)
{
    const char *text = "Take 250g of flour and 100ml of milk, 5kg in all. The 5G spectrum. The 5G "
                       "spectrum and the 3D printing of the 3M company.";
    assert_false(s_gives(*state, text, "en", "250g"));
    assert_false(s_gives(*state, text, "en", "100ml"));
    assert_false(s_gives(*state, text, "en", "5kg"));
    assert_false(s_gives(*state, "Releases in kg, in kg a year, and in km.", "en", "kg"));
    assert_true(s_gives(*state, text, "en", "5G spectrum"));
    assert_true(s_gives(*state, text, "en", "3D printing"));
    assert_true(s_gives(*state, text, "en", "3M company"));
}

static void
grammar_of_any_of_a_texts_languages_is_no_tag(void **state)
{
    const char *text =
        "The harbour crane was repaired in spring. The crane operators met the port authority "
        "about container handling and dock safety rules.\n"
        "Der Hafenkran wurde im Frühjahr repariert und die Kranführer trafen sich mit der "
        "Hafenbehörde wegen der Sicherheit im Containerhafen. Und die Regeln für den Umschlag "
        "sind neu und streng.\n"
        "Container handling is the business of the port. The port authority pays.";
    static const char *const grammar[] = {"the", "The", "und", "was ", "wurde", "wegen", " is "};
    for (size_t i = 0; i < sizeof grammar / sizeof grammar[0]; i++) {
        if (s_gives(*state, text, "", grammar[i]))
            fail_msg("a tag has \"%s\" in it", grammar[i]);
    }
    assert_true(s_gives(*state, text, "", "container handling"));
    assert_true(s_gives(*state, text, "", "Hafenkran"));
}

static void
no_tag_is_a_sentence_where_the_language_has_no_stop_list(void **state)
{
    const char *text =
        "세종대왕은 조선의 국왕이다. 세종대왕은 조선의 한글을 백성을 위해 창제하였다. 집현전 "
        "학자들은 훈민정음 해례본을 편찬하였다.";
    assert_true(s_gives(*state, text, "ko", "세종대왕은"));
    assert_true(s_gives(*state, text, "ko", "학자들은"));
    assert_false(s_gives(*state, text, "ko", "창제하였다"));
    assert_false(s_gives(*state, text, "ko", "집현전 학자들은 훈민정음"));
}

static void
the_formulas_of_letters_are_no_tags(void **state)
{
    const char *german =
        "Sehr geehrte Damen und Herren, hiermit kündige ich den Mietvertrag. Bitte "
        "bestätigen Sie die Kündigung. Mit freundlichen Grüßen";
    assert_true(s_gives(*state, german, "de", "Mietvertrag"));
    assert_false(s_gives(*state, german, "de", "Damen"));
    assert_false(s_gives(*state, german, "de", "Grüßen"));
    const char *english = "Dear Sir or Madam, the lease agreement ends. Yours faithfully";
    assert_true(s_gives(*state, english, "en", "lease agreement"));
    assert_false(s_gives(*state, english, "en", "Madam"));
    assert_false(s_gives(*state, english, "en", "faithfully"));
}

static void
an_article_behind_a_paragraphs_number_is_no_part_of_a_name(void **state)
{
    const char *text =
        "1.2 The Licensee may copy the software. 1.3 The Licensee shall not sell the "
        "software. 1.4 The Licensee pays.";
    assert_true(s_gives(*state, text, "en", "Licensee"));
    assert_false(s_gives(*state, text, "en", "The Licensee"));
    assert_true(s_gives(*state, "The court sits in The Hague.", "en", "The Hague"));
}

static void
a_number_that_belongs_to_a_name_stays_in_it(void **state)
{
    assert_true(s_gives(*state, "After the 1984 riots they left.", "en", "1984 riots"));
    assert_true(s_gives(*state, "1984 riots: a list. In all 1984 riots fell.", "en", "1984 riots"));
    assert_false(s_gives(*state, "In 1984 riots broke out, and later riots came.", "en", "1984"));
    assert_true(s_gives(*state, "In 1984 riots broke out, and later riots came.", "en", "riots"));
    assert_false(s_gives(*state, "The riots of 1984. The rise of 1984 was slow.", "en", "1984"));
    assert_true(s_gives(*state, "COVID-19 came. They had COVID-19.", "en", "COVID-19"));
}

static void
names_of_files_are_no_tags(void **state)
{
    tag_list_t list = {0};
    tag_request_t request = {.text = SLICE("The quality of drinking water."),
                             .title = SLICE("report_final-2.docx"),
                             .language = SLICE("en"),
                             .tag_limit = 5};
    tagger_run(*state, &request, &list);
    for (size_t i = 0; i < list.count; i++)
        assert_null(strstr(list.items[i], "report"));
    assert_string_equal(list.items[0], "drinking water");
    tag_list_free(&list);
}

static void
abbreviations_are_no_tags(void **state)
{
    const char *form = "Перв. примен.\nИнв. № подл.\n\nПодп. и дата\n\nВзам. инв. № Инв. № "
                       "дубл.\n\nСправ. №\n\nÇ56\n\nМасса Масштаб\n\nФормат\n\nКопировал\n";
    static const char *const banned[] = {"Перв", "примен", "Инв", "подл", "Подп",
                                         "Взам", "дубл",   "Ç56", "№"};
    for (size_t i = 0; i < sizeof banned / sizeof banned[0]; i++) {
        if (s_gives(*state, form, "ru", banned[i]))
            fail_msg("a tag has \"%s\" in it", banned[i]);
    }
    assert_true(s_gives(*state, form, "ru", "Формат"));
    assert_true(s_gives(*state, "It was by Donald E. Knuth. See Donald E. Knuth.", "en", "Knuth"));
    assert_false(s_gives(*state, "It was by Donald E. Knuth. See Donald E. Knuth.", "en", "E"));
    assert_true(
        s_gives(*state, "They found vitamin C in it. The vitamin C was lost.", "en", "vitamin C"));
    assert_true(s_gives(*state, "There is algae in water, and nitrate. So it is with nitrate.",
                        "en", "nitrate"));
}

static void
a_line_that_no_margin_cuts_ends_a_phrase(void **state)
{
    const char *cells = "Country\nIndonesia\nContinent\nEurope\nCity\nBerlin\n";
    assert_false(s_gives(*state, cells, "en", "Europe City"));
    assert_true(s_gives(*state, cells, "en", "Indonesia"));
    assert_true(s_gives(*state,
                        "In this long line of a paragraph we speak of drinking\nwater. Then there "
                        "is nothing.",
                        "en", "drinking water"));
}

static void
scripts_without_spaces_are_divided_by_spaces_and_keep_to_nouns(void **state)
{
    const char *table = "商品编码 商品名称 数量 联杯100g 熟食原料 商品名称 数量 熟食原料 250g";
    assert_true(s_gives(*state, table, "zh", "熟食原料"));
    assert_false(s_gives(*state, table, "zh", " "));
    assert_false(s_gives(*state, table, "zh", "0g"));
    const char *verbs = "リスクを考える。モデルを考える。モデルに関する価格と、安い価格。";
    assert_true(s_gives(*state, verbs, "ja", "モデル"));
    assert_false(s_gives(*state, verbs, "ja", "る"));
    assert_false(s_gives(*state, verbs, "ja", "い"));
}

static void
a_text_of_few_words_gives_few_tags(void **state)
{
    tag_list_t list = {0};
    tag_request_t request = {.text = SLICE("Apples, pears, plums, grapes, figs, dates and limes."),
                             .language = SLICE("en"),
                             .tag_limit = 15};
    tagger_run(*state, &request, &list);
    assert_int_equal(list.count, 3);
    tag_list_free(&list);
}

static void
adverbs_and_participles_are_told_from_nouns(void **state)
{
    (void) state;
    static const char *const modifiers[] = {"quickly", "normally", "controlled", "based"};
    static const char *const nouns[] = {"family", "assembly", "speed", "seed",
                                        "supply", "anomaly",  "rally", "water"};
    language_rules_t *english = language_rules_new("en"), *german = language_rules_new("de");
    for (size_t i = 0; i < sizeof modifiers / sizeof modifiers[0]; i++)
        assert_true(language_rules_is_modifier(english, slice_from(modifiers[i])));
    for (size_t i = 0; i < sizeof nouns / sizeof nouns[0]; i++)
        assert_false(language_rules_is_modifier(english, slice_from(nouns[i])));
    assert_false(language_rules_is_modifier(german, SLICE("controlled")));
    language_rules_destroy(&english);
    language_rules_destroy(&german);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(boilerplate_is_no_tag),
        cmocka_unit_test(measures_are_no_tags_and_names_that_look_like_them_are),
        cmocka_unit_test(grammar_of_any_of_a_texts_languages_is_no_tag),
        cmocka_unit_test(no_tag_is_a_sentence_where_the_language_has_no_stop_list),
        cmocka_unit_test(the_formulas_of_letters_are_no_tags),
        cmocka_unit_test(an_article_behind_a_paragraphs_number_is_no_part_of_a_name),
        cmocka_unit_test(a_number_that_belongs_to_a_name_stays_in_it),
        cmocka_unit_test(names_of_files_are_no_tags),
        cmocka_unit_test(abbreviations_are_no_tags),
        cmocka_unit_test(a_line_that_no_margin_cuts_ends_a_phrase),
        cmocka_unit_test(scripts_without_spaces_are_divided_by_spaces_and_keep_to_nouns),
        cmocka_unit_test(a_text_of_few_words_gives_few_tags),
        cmocka_unit_test(adverbs_and_participles_are_told_from_nouns),
    };
    return cmocka_run_group_tests(tests, s_setup, s_teardown);
}
