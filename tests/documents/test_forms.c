#include "documents/child/forms.h"
#include "tests/support/cmocka_all.h"

static void
s_assert_resolved(const char *text, const char *letters)
{
    buffer_t out = {0};
    forms_resolve(slice_from(text), &out);
    assert_string_equal(out.data, letters);
    buffer_free(&out);
}

static void
shapes_become_letters(void **state)
{
    (void) state;
    s_assert_resolved("ﬁnd oﬃce ﬂow", "find office flow");
    s_assert_resolved("اﻟﻌﺮﺑﻴﺔ", "العربية");
    s_assert_resolved("ﻻ", "لا");
    s_assert_resolved("ﷺ!", "صلى الله عليه وسلم!");
}

static void
what_is_not_seen_within_words_goes(void **state)
{
    (void) state;
    s_assert_resolved("Donau\u00addampf\u00adschiff", "Donaudampfschiff");
    s_assert_resolved("\ufeffa\u2060b", "ab");
}

static void
other_letters_stay_as_they_are(void **state)
{
    (void) state;
    s_assert_resolved("m² ½ Å ① ﾊﾝ é", "m² ½ Å ① ﾊﾝ é");
    buffer_t out = {0};
    forms_resolve(SLICE(""), &out);
    assert_int_equal(out.size, 0);
    buffer_free(&out);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(shapes_become_letters),
        cmocka_unit_test(what_is_not_seen_within_words_goes),
        cmocka_unit_test(other_letters_stay_as_they_are),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
