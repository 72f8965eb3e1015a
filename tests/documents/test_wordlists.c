#include "base/buffer.h"
#include "documents/tagger/unicode.h"
#include "documents/tagger/wordlists.h"
#include "tests/support/cmocka_all.h"

static void
s_assert_well_formed(const wordlists_t *lists)
{
    for (size_t i = 0; i < lists->count; i++) {
        const wordlist_t *list = &lists->lists[i];
        assert_true(list->count > 0);
        for (size_t k = 0; k < list->count; k++) {
            slice_t word = slice_from(list->words[k]);
            buffer_t folded = {0};
            unicode_fold(&folded, word);
            assert_true(slice_equal(buffer_slice(&folded), word));
            buffer_free(&folded);
            assert_true(k == 0 || slice_compare(slice_from(list->words[k - 1]), word) < 0);
        }
    }
}

static void
every_list_is_sorted_folded_and_without_doubles(void **state)
{
    (void) state;
    assert_true(wordlists_stopwords.count >= 12);
    assert_true(wordlists_common.count >= 1);
    s_assert_well_formed(&wordlists_stopwords);
    s_assert_well_formed(&wordlists_common);
    s_assert_well_formed(&wordlists_boilerplate);
}

static void
every_word_of_a_list_is_found_and_others_are_not(void **state)
{
    (void) state;
    const wordlist_t *list = wordlists_find(&wordlists_stopwords, "en");
    assert_non_null(list);
    for (size_t i = 0; i < list->count; i++)
        assert_true(wordlist_has(list, slice_from(list->words[i])));
    assert_false(wordlist_has(list, SLICE("water")));
    assert_false(wordlist_has(list, SLICE("")));
    assert_false(wordlist_has(list, SLICE("zzz")));
}

static void
common_words_are_told_from_rare_ones(void **state)
{
    (void) state;
    const wordlist_t *list = wordlists_find(&wordlists_common, "en");
    assert_true(wordlist_has(list, SLICE("water")));
    assert_false(wordlist_has(list, SLICE("nitrat")));
}

static void
the_start_of_a_line_is_found(void **state)
{
    (void) state;
    const wordlist_t *list = wordlists_find(&wordlists_boilerplate, "en");
    assert_true(wordlist_has_start(list, SLICE("creative")));
    assert_false(wordlist_has_start(list, SLICE("creat")));
    assert_false(wordlist_has_start(list, SLICE("creative commons")));
    assert_true(wordlist_has(list, SLICE("creative commons")));
    assert_false(wordlist_has_start(list, SLICE("zzz")));
    assert_false(wordlist_has_start(NULL, SLICE("creative")));
}

static void
the_languages_promised_have_lists(void **state)
{
    (void) state;
    static const char *const promised[] = {
        "en", "de", "fr", "es", "pt", "it", "nl", "sv", "da", "no", "fi", "hu", "ro", "ru", "tr",
        "el", "ar", "hi", "pl", "cs", "zh", "ja", "th", "uk", "et", "eu", "bn", "ne", "ckb"};
    for (size_t i = 0; i < sizeof promised / sizeof promised[0]; i++)
        assert_non_null(wordlists_find(&wordlists_stopwords, promised[i]));
    assert_null(wordlists_find(&wordlists_stopwords, "xx"));
    assert_false(wordlist_has(NULL, SLICE("the")));
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_list_is_sorted_folded_and_without_doubles),
        cmocka_unit_test(every_word_of_a_list_is_found_and_others_are_not),
        cmocka_unit_test(common_words_are_told_from_rare_ones),
        cmocka_unit_test(the_start_of_a_line_is_found),
        cmocka_unit_test(the_languages_promised_have_lists),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
