/* Bytes from a socket, as any peer may send them: a decoder takes them or refuses them, and what it
 * takes encodes to the same bytes again. */
#include <stdlib.h>
#include <string.h>

#include "messages/message.h"
#include "tests/fuzz/target.h"

static void
s_require(bool holds)
{
    if (!holds)
        abort();
}

#define MESSAGE(symbol, name, number, direction, sentence)                                         \
    static void s_try_##name(slice_t frame, buffer_t *again)                                       \
    {                                                                                              \
        message_##name##_t out;                                                                    \
        if (message_##name##_decode(frame, &out) != STATUS_OK)                                     \
            return;                                                                                \
        buffer_clear(again);                                                                       \
        message_##name##_encode(&out, again);                                                      \
        s_require(slice_equal(frame, buffer_slice(again)));                                        \
    }
MESSAGE_TABLE(MESSAGE)
#undef MESSAGE

/* Takes records off the front until one is refused. */
#define RECORD(symbol, name, sentence)                                                             \
    static void s_take_##name(slice_t rest, buffer_t *again)                                       \
    {                                                                                              \
        record_##name##_t out;                                                                     \
        const char *start = rest.data;                                                             \
        buffer_clear(again);                                                                       \
        while (record_##name##_take(&rest, &out) == STATUS_OK)                                     \
            record_##name##_append(&out, again);                                                   \
        slice_t taken = {start, (size_t) (rest.data - start)};                                     \
        s_require(slice_equal(taken, buffer_slice(again)));                                        \
    }
MESSAGE_RECORDS(RECORD)
#undef RECORD

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static buffer_t again;
    slice_t frame = {(const char *) data, size};
    s_require(message_name(message_number(frame)) != NULL);
#define MESSAGE(symbol, name, number, direction, sentence) s_try_##name(frame, &again);
    MESSAGE_TABLE(MESSAGE)
#undef MESSAGE
#define RECORD(symbol, name, sentence) s_take_##name(frame, &again);
    MESSAGE_RECORDS(RECORD)
#undef RECORD
    return 0;
}
