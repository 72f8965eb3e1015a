#include "base/file.h"
#include "messages/message.h"
#include "tests/support/cmocka_all.h"

static void
the_documentation_of_the_messages_is_current(void **state)
{
    (void) state;
    enum { SIZE_MOST = 1 << 20 };
    const char *source = getenv("TAGMILL_TEST_SOURCE");
    if (source == NULL)
        skip(); /* run by hand, not by ctest */
    buffer_t path = {0}, stands = {0}, made = {0};
    fault_t fault = {0};
    buffer_printf(&path, "%s/MESSAGES.md", source);
    if (file_read(path.data, SIZE_MOST, &stands, &fault) != STATUS_OK)
        fail_msg("%s", fault.detail);
    message_describe(&made);
    if (!slice_equal(buffer_slice(&stands), buffer_slice(&made)))
        fail_msg("MESSAGES.md is not current: run tools/update-docs");
    buffer_free(&path);
    buffer_free(&stands);
    buffer_free(&made);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_documentation_of_the_messages_is_current),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
