#include "base/path_title.h"
#include "tests/support/cmocka_all.h"

static void
a_title_is_the_name_of_the_file(void **state)
{
    (void) state;
    static const struct {
        source_type_t source;
        const char *path, *title;
    } cases[] = {
        {SOURCE_LOCAL, "shelf/a b.pdf", "a b.pdf"},
        {SOURCE_LOCAL, "50%20?.txt", "50%20?.txt"},
        {SOURCE_S3, "s3://bucket/k%C3%A9y?", "k%C3%A9y?"},
        {SOURCE_URL, "https://e.org/d/My%20Report.pdf?dl=a/b#p", "My Report.pdf"},
        {SOURCE_URL, "https://e.org/papers/", "papers"},
        {SOURCE_URL, "https://e.org/%ff.pdf", "%ff.pdf"},
        {SOURCE_URL, "https://e.org/a%00b", "a%00b"},
        {SOURCE_URL, "https://e.org/100%", "100%"},
        {SOURCE_URL, "///", "///"},
        {SOURCE_URL, "?", ""},
    };
    buffer_t title = {0};
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        path_title(cases[i].source, slice_from(cases[i].path), &title);
        if (!slice_is(buffer_slice(&title), cases[i].title))
            fail_msg("%s has the title \"%.*s\"", cases[i].path, SLICE_ARG(buffer_slice(&title)));
    }
    buffer_free(&title);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_title_is_the_name_of_the_file),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
