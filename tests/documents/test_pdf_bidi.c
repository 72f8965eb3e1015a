#include "documents/child/pdf_bidi.h"

#include "tests/support/cmocka_all.h"

#define R "\xe2\x80\xab" /* U+202B */
#define L "\xe2\x80\xaa" /* U+202A */
#define E "\xe2\x80\xac" /* U+202C */

static void
s_assert_mended(const char *text, const char *mended)
{
    buffer_t out = {0};
    pdf_bidi_mend(slice_from(text), &out);
    assert_string_equal(out.data, mended);
    buffer_free(&out);
}

static void
foreign_words_come_in_their_own_order(void **state)
{
    (void) state;
    s_assert_mended(
        R "שלום" E " " R L "report" E E " " R L "the" E E R L "of" E E " " R "עולם" E "\n",
        R "שלום" E " " R L "of" E E " " R L "the" E E " " R L "report" E E " " R "עולם" E "\n");
    s_assert_mended(R L "two" E E "\n" R L "lines" E E, R L "two" E E "\n" R L "lines" E E);
}

static void
a_ligature_taken_apart_from_the_wrong_end_is_mended(void **state)
{
    (void) state;
    s_assert_mended(R "األهرامات" E, R "الأهرامات" E);
    s_assert_mended("باإلضافة واآلن", "بالإضافة والآن");
    s_assert_mended("أهل المدينة إلى", "أهل المدينة إلى");
}

static void
marks_without_an_end_and_other_text_stay(void **state)
{
    (void) state;
    s_assert_mended("from left to right", "from left to right");
    s_assert_mended(R L "open", R L "open");
    s_assert_mended(R L "open" E, R L "open" E);
    s_assert_mended(R, R);
    s_assert_mended("ا", "ا");
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(foreign_words_come_in_their_own_order),
        cmocka_unit_test(a_ligature_taken_apart_from_the_wrong_end_is_mended),
        cmocka_unit_test(marks_without_an_end_and_other_text_stay),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
