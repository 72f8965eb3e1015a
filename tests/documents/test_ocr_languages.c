#include "documents/child/ocr_languages.h"
#include "tests/support/cmocka_all.h"

static char *const INSTALLED[] = {"ara", "chi_sim", "chi_sim_vert", "deu",          "eng",
                                  "equ", "hin",     "osd",          "script/Latin", NULL};

static void
s_assert_chosen(const char *wanted, const char *const *names, size_t count)
{
    ocr_languages_t languages = {0};
    ocr_languages_choose(&languages, INSTALLED, wanted);
    assert_int_equal(languages.count, count);
    for (size_t i = 0; i < count; i++)
        assert_string_equal(languages.names[i], names[i]);
    ocr_languages_free(&languages);
    assert_int_equal(languages.count, 0);
}

static void
all_installed_languages_are_taken_english_first(void **state)
{
    (void) state;
    const char *const all[] = {"eng", "ara", "chi_sim", "deu", "hin"};
    s_assert_chosen("", all, 5);
    s_assert_chosen(" , ", all, 5);
}

static void
a_list_is_taken_in_its_order_and_only_what_is_installed(void **state)
{
    (void) state;
    const char *const some[] = {"hin", "deu"};
    s_assert_chosen("hin, deu,fra,hin", some, 2);
    s_assert_chosen("hin+deu", some, 2);
    s_assert_chosen("osd,script/Latin", NULL, 0);
}

static void
languages_fit_the_scripts_they_are_written_in(void **state)
{
    (void) state;
    static const struct {
        const char *language;
        const char *script;
        bool fits;
    } rows[] = {
        {"eng", "Latin", true},       {"deu", "Latin", true},      {"deu", "Fraktur", true},
        {"eng", "Devanagari", false}, {"hin", "Devanagari", true}, {"hin", "Latin", false},
        {"rus", "Cyrillic", true},    {"srp", "Cyrillic", true},   {"srp_latn", "Latin", true},
        {"chi_sim", "Han", true},     {"chi_tra", "HanT", true},   {"jpn", "Japanese", true},
        {"jpn", "Han", true},         {"kor", "Korean", true},     {"kor", "Hangul", true},
        {"ara", "Arabic", true},      {"fas", "Arabic", true},     {"ara", "Hebrew", false},
        {"grc", "Greek", true},       {"frk", "Latin", true},      {"tha", "Thai", true},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++)
        if (ocr_language_fits(rows[i].language, rows[i].script) != rows[i].fits)
            fail_msg("%s, %s", rows[i].language, rows[i].script);
}

static void
languages_are_known_by_their_codes(void **state)
{
    (void) state;
    assert_true(ocr_language_is("deu", "de"));
    assert_true(ocr_language_is("srp_latn", "sr"));
    assert_true(ocr_language_is("fil", "fil"));
    assert_false(ocr_language_is("eng", "de"));
    assert_false(ocr_language_is("eng", ""));
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(all_installed_languages_are_taken_english_first),
        cmocka_unit_test(a_list_is_taken_in_its_order_and_only_what_is_installed),
        cmocka_unit_test(languages_fit_the_scripts_they_are_written_in),
        cmocka_unit_test(languages_are_known_by_their_codes),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
