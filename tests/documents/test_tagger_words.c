#include <stdio.h>

#include "documents/tagger/tagger_words.h"
#include "tests/support/cmocka_all.h"

static void
the_same_text_has_the_same_number(void **state)
{
    (void) state;
    words_t words = {0};
    assert_int_equal(words_find(&words, SLICE("a")), WORDS_NONE);
    assert_int_equal(words_require(&words, SLICE("a"), 10), 0);
    assert_int_equal(words_require(&words, SLICE("b"), 10), 1);
    assert_int_equal(words_require(&words, SLICE("a"), 10), 0);
    assert_int_equal(words_find(&words, SLICE("b")), 1);
    assert_true(slice_is(words_text(&words, 1), "b"));
    words_clear(&words);
    assert_int_equal(words_find(&words, SLICE("b")), WORDS_NONE);
    words_free(&words);
}

static void
numbers_survive_growth(void **state)
{
    (void) state;
    enum { COUNT = 5000 };
    words_t words = {0};
    char text[16];
    for (uint32_t i = 0; i < COUNT; i++) {
        snprintf(text, sizeof text, "word%u", i);
        assert_int_equal(words_require(&words, slice_from(text), COUNT), i);
    }
    for (uint32_t i = 0; i < COUNT; i++) {
        snprintf(text, sizeof text, "word%u", i);
        assert_int_equal(words_find(&words, slice_from(text)), i);
        assert_true(slice_is(words_text(&words, i), text));
    }
    words_free(&words);
}

static void
a_full_table_still_knows_what_it_holds(void **state)
{
    (void) state;
    words_t words = {0};
    assert_int_equal(words_require(&words, SLICE("a"), 1), 0);
    assert_int_equal(words_require(&words, SLICE("b"), 1), WORDS_NONE);
    assert_int_equal(words_require(&words, SLICE("a"), 1), 0);
    words_free(&words);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_same_text_has_the_same_number),
        cmocka_unit_test(numbers_survive_growth),
        cmocka_unit_test(a_full_table_still_knows_what_it_holds),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
