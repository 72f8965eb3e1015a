#include "documents/child/legible.h"
#include "tests/support/cmocka_all.h"

static void
text_of_any_script_is_legible(void **state)
{
    (void) state;
    static const char *const texts[] = {
        "",
        " \n",
        "The quick brown fox jumps over the lazy dog and is not seen again in this whole page.",
        "HPLC GC-MS 3.5 µm, 4.6 × 150 mm; α-pinene (12.1%), β-myrcene (3.4%), Δ3-carene 0.2%",
        "1 Introduction ........................ 3\n2 Methods ............................ 17",
        "Name: ______________________ Date: ________________",
        "12.5 13.7 (14.2) -3.0 19% | 22.1 / 7",
        "Широкая электрификация южных губерний даст мощный толчок подъёму сельского хозяйства",
        "これはテストです。漢字とカタカナとABCが混ざっています。",
        "हिंदी में लिखा हुआ एक छोटा सा वाक्य यहाँ है",
        "اﻧﻮاع اﳋﻄﻮط اﻟﻌﺮﺑﻴﺔ",
        "strč prst skrz krk a zmrzl, vlk zhltl hrst zrn, chrt pln skvrn",
    };
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++)
        if (!legible_is(slice_from(texts[i])))
            fail_msg("\"%s\" is legible", texts[i]);
}

static void
what_a_broken_font_leaves_is_not(void **state)
{
    (void) state;
    static const char *const texts[] = {
        "\"7+%-",
        "\x03\x17\x12 \x03\x10\x02\x11\x05 abcdef",
        "\xee\x80\x81\xee\x80\x82\xee\x80\x83 \xee\x80\x84\xee\x80\x85",
        "\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd and \xef\xbf\xbd",
        "\xc2\x87\xc2\x96\xc2\x91 \xc2\x90\xc2\x8b\xc2\x83 Origins",
        "!$%& ()*+ ,-./ :;<= >?@[ a",
        "aжbλ cдdσ eфfπ gиhω iлjξ kпlψ mыnφ oзpτ qцrρ sщtθ uэvχ",
        "bcdfg hjklm npqrs tvwxz bcdfg hjklm npqrs tvwxz bcdfg hjklm npqrs tvwxz",
    };
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++)
        if (legible_is(slice_from(texts[i])))
            fail_msg("row %zu is not legible", i);
}

static void
characters_are_counted_without_white_space(void **state)
{
    (void) state;
    assert_int_equal(legible_count(SLICE(" a é\n\t漢 \xe2\x80\xab \xc2\xa0")), 3);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(text_of_any_script_is_legible),
        cmocka_unit_test(what_a_broken_font_leaves_is_not),
        cmocka_unit_test(characters_are_counted_without_white_space),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
