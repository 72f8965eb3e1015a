/* The documents that tests read: tests/documents/files. */
#ifndef TAGMILL_TESTS_TEST_FILE_H
#define TAGMILL_TESTS_TEST_FILE_H

#include <stdlib.h>

#include "base/file.h"
#include "tests/support/cmocka_all.h"

enum { TEST_FILE_MAX_BYTES = 10000000 };

/* Replaces what `out` holds with the document of that name; without it the test fails. */
static inline void
test_file_load(const char *name, buffer_t *out)
{
    buffer_t path = {0};
    fault_t fault = {0};
    buffer_printf(&path, "%s/tests/documents/files/%s", getenv("TAGMILL_TEST_SOURCE"), name);
    buffer_free(out); /* of exactly its size, so that a sanitizer sees a read beyond the end */
    if (file_read(path.data, TEST_FILE_MAX_BYTES, out, &fault) != STATUS_OK)
        fail_msg("%s", fault.detail);
    buffer_free(&path);
}

#endif
