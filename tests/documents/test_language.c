#include "base/buffer.h"
#include "documents/tagger/language.h"
#include "tests/support/cmocka_all.h"

static void
common_languages_are_told_by_a_sentence(void **state)
{
    (void) state;
    static const struct {
        const char *code, *text;
    } cases[] = {
        {"en",
         "The committee will publish its report on the quality of drinking water next month."},
        {"de", "Der Ausschuss wird seinen Bericht über die Qualität des Trinkwassers vorlegen."},
        {"fr",
         "La commission publiera le mois prochain son rapport sur la qualité de l'eau potable."},
        {"es",
         "La comisión publicará el próximo mes su informe sobre la calidad del agua potable."},
        {"ru", "Комиссия опубликует доклад о качестве питьевой воды в следующем месяце."},
        {"ja", "委員会は来月、飲料水の品質に関する報告書を公表する予定です。"},
        {"zh", "委员会将于下个月公布关于饮用水质量的报告。"},
        {"th", "คณะกรรมการจะเผยแพร่รายงานเกี่ยวกับคุณภาพน้ำดื่มในเดือนหน้า"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        char code[LANGUAGE_CODE_SIZE];
        assert_true(language_detect(slice_from(cases[i].text), code));
        assert_string_equal(code, cases[i].code);
    }
}

static void
what_cannot_be_told_is_said_so(void **state)
{
    (void) state;
    static const char *const texts[] = {"", "42", "\xff\xfe", "x"};
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
        char code[LANGUAGE_CODE_SIZE] = "zz";
        assert_false(language_detect(slice_from(texts[i]), code));
        assert_string_equal(code, "");
    }
}

static void
a_malformed_end_does_not_hide_the_language(void **state)
{
    (void) state;
    char code[LANGUAGE_CODE_SIZE];
    assert_true(language_detect(
        SLICE("The committee will publish its report on the quality of drinking water.\xff"),
        code));
    assert_string_equal(code, "en");
}

static bool
s_has_part(const language_mix_t *mix, const char *code)
{
    for (size_t i = 0; i < mix->part_count; i++)
        if (strcmp(mix->parts[i], code) == 0)
            return true;
    return false;
}

static const char s_english[] = "All human beings are born free and equal in dignity and rights. "
                                "They are endowed with reason and conscience.\n";
static const char s_german[] =
    "Alle Menschen sind frei und gleich an Würde und Rechten geboren. Sie sind mit Vernunft und "
    "Gewissen begabt und sollen einander im Geiste der Brüderlichkeit begegnen.\n";
static const char s_italian[] =
    "Tutti gli esseri umani nascono liberi ed eguali in dignità e diritti. Essi sono dotati di "
    "ragione e di coscienza e devono agire gli uni verso gli altri.\n";

static void
the_languages_of_a_text_in_several_are_all_told(void **state)
{
    (void) state;
    language_mix_t mix;
    buffer_t text = {0};
    buffer_printf(&text, "%s%s%s", s_english, s_german, s_italian);
    language_detect_mix(buffer_slice(&text), &mix);
    assert_true(s_has_part(&mix, "en"));
    assert_true(s_has_part(&mix, "de"));
    assert_true(s_has_part(&mix, "it"));
    buffer_append_text(&text, "\xff");
    language_detect_mix(buffer_slice(&text), &mix);
    assert_int_equal(mix.part_count, 3);
    buffer_free(&text);
}

static void
a_text_in_one_language_has_no_parts(void **state)
{
    (void) state;
    language_mix_t mix;
    language_detect_mix(SLICE(s_german), &mix);
    assert_string_equal(mix.main, "de");
    assert_int_equal(mix.part_count, 0);
    language_detect_mix(SLICE(""), &mix);
    assert_string_equal(mix.main, "");
    assert_int_equal(mix.part_count, 0);
}

static void
language_tags_are_read_as_people_write_them(void **state)
{
    (void) state;
    static const struct {
        const char *tag, *code;
    } cases[] = {
        {"en", "en"},    {"EN", "en"}, {"pt-BR", "pt"}, {"zh_Hant", "zh"}, {"nb", "no"},
        {"nn-NO", "no"}, {"iw", "he"}, {"fil", "fil"},  {"", ""},          {"e", ""},
        {"english", ""}, {"12", ""},   {"en!", ""},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        char code[LANGUAGE_CODE_SIZE] = "zz";
        assert_int_equal(language_normalise(slice_from(cases[i].tag), code),
                         cases[i].code[0] != '\0');
        assert_string_equal(code, cases[i].code);
    }
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(common_languages_are_told_by_a_sentence),
        cmocka_unit_test(what_cannot_be_told_is_said_so),
        cmocka_unit_test(a_malformed_end_does_not_hide_the_language),
        cmocka_unit_test(the_languages_of_a_text_in_several_are_all_told),
        cmocka_unit_test(a_text_in_one_language_has_no_parts),
        cmocka_unit_test(language_tags_are_read_as_people_write_them),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
