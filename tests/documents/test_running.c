#include "documents/child/running.h"
#include "tests/support/cmocka_all.h"

enum { PAGES_MAX = 4 };

/* `wanted` is what becomes of `pages`. */
static void
s_assert_dropped(const char *const *pages, const char *const *wanted, size_t count)
{
    buffer_t texts[PAGES_MAX] = {0};
    for (size_t i = 0; i < count; i++)
        buffer_append_text(&texts[i], pages[i]);
    running_drop(texts, count);
    for (size_t i = 0; i < count; i++) {
        if (!slice_is(buffer_slice(&texts[i]), wanted[i]))
            fail_msg("page %zu became \"%s\"", i, texts[i].data);
        buffer_free(&texts[i]);
    }
}

static void
lines_that_recur_at_the_edges_of_pages_go(void **state)
{
    (void) state;
    const char *const pages[] = {
        "Journal of Tags 12 (2020)\nA title\nWords of the first page.\nAnd more.\nOnce\nPage 1 of "
        "3",
        "journal of Tags  12 (2020)\nOther words.\nJournal of Tags\nStill others.\nEnd\n\nPage 2 "
        "of 3",
        "\nJOURNAL OF TAGS 12 (2020)\nThe last words.\nAnd then\nno more\nof them\nPage 3 of 3\n",
    };
    const char *const wanted[] = {
        "A title\nWords of the first page.\nAnd more.\nOnce\n",
        "Other words.\nJournal of Tags\nStill others.\nEnd\n\n",
        "\nThe last words.\nAnd then\nno more\nof them\n",
    };
    s_assert_dropped(pages, wanted, 3);
}

static void
the_same_page_again_stays_whole(void **state)
{
    (void) state;
    static const char page[] = "Head\none\ntwo\nthree\nfour\nfive\nsix\nseven\nFoot";
    static const char other[] = "Head\none\ntwo\nthree\nfour\nfive\nsix\nother\nFoot";
    const char *const pages[] = {page, other, page, page};
    s_assert_dropped(pages, pages, 4);
}

static void
a_page_of_nothing_else_stays(void **state)
{
    (void) state;
    const char *const pages[] = {"Head\nFoot 1", "Head\nwords that tell\nFoot 2", ""};
    const char *const wanted[] = {"Head\nFoot 1", "words that tell\n", ""};
    s_assert_dropped(pages, wanted, 3);
}

static void
one_page_alone_loses_nothing(void **state)
{
    (void) state;
    const char *const pages[] = {"12\n12\n12\nwords\n12"};
    s_assert_dropped(pages, pages, 1);
    running_drop(NULL, 0);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(lines_that_recur_at_the_edges_of_pages_go),
        cmocka_unit_test(the_same_page_again_stays_whole),
        cmocka_unit_test(a_page_of_nothing_else_stays),
        cmocka_unit_test(one_page_alone_loses_nothing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
