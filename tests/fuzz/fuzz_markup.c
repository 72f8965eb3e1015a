/* Readers of documents that are text: pages, RTF, messages, tables, Markdown, any encoding. */
#include <stdbool.h>
#include <stdlib.h>

#include "base/text.h"
#include "documents/child/email.h"
#include "documents/child/format.h"
#include "documents/child/reading.h"
#include "tests/fuzz/target.h"

/* What is not text is others' to read. */
static bool
s_is_ours(slice_t bytes)
{
    const char *name;
    switch (format_detect(bytes, &name)) {
    case FORMAT_TEXT:
    case FORMAT_RTF:
    case FORMAT_HTML:
    case FORMAT_EMAIL:
    case FORMAT_CSV: return true;
    default: return false;
    }
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static bool is_warm;
    if (!is_warm)
        email_warm_up();
    is_warm = true;
    extract_request_t request = {3, 1 << 16, {(const char *) data, size}};
    reading_t reading = {0};
    if (s_is_ours(request.bytes)) {
        reading_make(&request, &reading);
        if (!text_is_utf8(buffer_slice(&reading.text)) || reading.text.size > request.text_limit ||
            (reading.error == ERROR_NONE) != (reading.detail.size == 0))
            abort();
    }
    reading_free(&reading);
    return 0;
}
