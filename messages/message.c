#include "messages/message.h"

#include <assert.h>
#include <endian.h>
#include <string.h>

enum { FRAME_MAGIC = 'T', FRAME_VERSION = 2, FRAME_HEADER_SIZE = 4 };

/* ---- fields ---- */

static void
s_put_U8(buffer_t *out, uint8_t value, size_t most)
{
    (void) most;
    buffer_append(out, &value, sizeof value);
}

static void
s_put_U16(buffer_t *out, uint16_t value, size_t most)
{
    (void) most;
    value = htole16(value);
    buffer_append(out, &value, sizeof value);
}

static void
s_put_U32(buffer_t *out, uint32_t value, size_t most)
{
    (void) most;
    value = htole32(value);
    buffer_append(out, &value, sizeof value);
}

static void
s_put_U64(buffer_t *out, uint64_t value, size_t most)
{
    (void) most;
    value = htole64(value);
    buffer_append(out, &value, sizeof value);
}

static void
s_put_I32(buffer_t *out, int32_t value, size_t most)
{
    s_put_U32(out, (uint32_t) value, most);
}

static void
s_put_I64(buffer_t *out, int64_t value, size_t most)
{
    s_put_U64(out, (uint64_t) value, most);
}

static void
s_put_BYTES(buffer_t *out, slice_t value, size_t most)
{
    assert(value.size <= most);
    s_put_U32(out, (uint32_t) value.size, 0);
    buffer_append_slice(out, value);
}

static void
s_put_TEXT(buffer_t *out, slice_t value, size_t most)
{
    s_put_BYTES(out, value, most);
}

/* Takes `size` bytes off the front of `rest`; false when fewer remain. */
static bool
s_take(slice_t *rest, void *out, size_t size)
{
    if (rest->size < size)
        return false;
    memcpy(out, rest->data, size);
    rest->data += size;
    rest->size -= size;
    return true;
}

static bool
s_get_U8(slice_t *rest, uint8_t *out, size_t most)
{
    (void) most;
    return s_take(rest, out, sizeof *out);
}

static bool
s_get_U16(slice_t *rest, uint16_t *out, size_t most)
{
    (void) most;
    bool ok = s_take(rest, out, sizeof *out);
    *out = le16toh(*out);
    return ok;
}

static bool
s_get_U32(slice_t *rest, uint32_t *out, size_t most)
{
    (void) most;
    bool ok = s_take(rest, out, sizeof *out);
    *out = le32toh(*out);
    return ok;
}

static bool
s_get_U64(slice_t *rest, uint64_t *out, size_t most)
{
    (void) most;
    bool ok = s_take(rest, out, sizeof *out);
    *out = le64toh(*out);
    return ok;
}

static bool
s_get_I32(slice_t *rest, int32_t *out, size_t most)
{
    uint32_t value = 0;
    bool ok = s_get_U32(rest, &value, most);
    *out = (int32_t) value;
    return ok;
}

static bool
s_get_I64(slice_t *rest, int64_t *out, size_t most)
{
    uint64_t value = 0;
    bool ok = s_get_U64(rest, &value, most);
    *out = (int64_t) value;
    return ok;
}

static bool
s_get_BYTES(slice_t *rest, slice_t *out, size_t most)
{
    uint32_t size = 0;
    if (!s_get_U32(rest, &size, 0) || size > most || size > rest->size)
        return false;
    *out = (slice_t){.data = rest->data, .size = size};
    rest->data += size;
    rest->size -= size;
    return true;
}

static bool
s_get_TEXT(slice_t *rest, slice_t *out, size_t most)
{
    return s_get_BYTES(rest, out, most);
}

/* ---- frames ---- */

static void
s_put_header(buffer_t *out, uint16_t number)
{
    s_put_U8(out, FRAME_MAGIC, 0);
    s_put_U8(out, FRAME_VERSION, 0);
    s_put_U16(out, number, 0);
}

uint16_t
message_number(slice_t frame)
{
    uint8_t magic = 0, version = 0;
    uint16_t number = 0;
    if (frame.size < FRAME_HEADER_SIZE || !s_get_U8(&frame, &magic, 0) ||
        !s_get_U8(&frame, &version, 0) || !s_get_U16(&frame, &number, 0))
        return 0;
    return magic == FRAME_MAGIC && version == FRAME_VERSION ? number : 0;
}

#define PUT_FIELD(type, name, most, sentence) s_put_##type(out, self->name, most);
#define GET_FIELD(type, name, most, sentence) ok = ok && s_get_##type(&left, &out->name, most);

#define MESSAGE(symbol, name, number, direction, sentence)                                         \
    void message_##name##_encode(const message_##name##_t *self, buffer_t *out)                    \
    {                                                                                              \
        s_put_header(out, number);                                                                 \
        symbol##_FIELDS(PUT_FIELD)                                                                 \
    }                                                                                              \
    status_t message_##name##_decode(slice_t frame, message_##name##_t *out)                       \
    {                                                                                              \
        if (message_number(frame) != (number))                                                     \
            return STATUS_MALFORMED;                                                               \
        slice_t left = {frame.data + FRAME_HEADER_SIZE, frame.size - FRAME_HEADER_SIZE};           \
        *out = (message_##name##_t){0};                                                            \
        bool ok = true;                                                                            \
        symbol##_FIELDS(GET_FIELD) return ok && left.size == 0 ? STATUS_OK : STATUS_MALFORMED;     \
    }
MESSAGE_TABLE(MESSAGE)
#undef MESSAGE

#define RECORD(symbol, name, sentence)                                                             \
    void record_##name##_append(const record_##name##_t *self, buffer_t *out){symbol##_FIELDS(     \
        PUT_FIELD)} status_t record_##name##_take(slice_t *rest, record_##name##_t *out)           \
    {                                                                                              \
        slice_t left = *rest;                                                                      \
        *out = (record_##name##_t){0};                                                             \
        bool ok = true;                                                                            \
        symbol##_FIELDS(GET_FIELD) if (!ok) return STATUS_MALFORMED;                               \
        *rest = left;                                                                              \
        return STATUS_OK;                                                                          \
    }
MESSAGE_RECORDS(RECORD)
#undef RECORD

/* ---- names and documentation ---- */

const char *
message_name(uint16_t number)
{
    switch (number) {
#define MESSAGE(symbol, name, number_, direction, sentence)                                        \
    case number_: return #symbol;
        MESSAGE_TABLE(MESSAGE)
#undef MESSAGE
    default: return "?";
    }
}

static void
s_describe_field(buffer_t *out, const char *type, const char *name, size_t most,
                 const char *sentence)
{
    buffer_printf(out, "| `%s` | %s", name, type);
    if (most)
        buffer_printf(out, ", at most %zu bytes", most);
    buffer_printf(out, " | %s |\n", sentence);
}

#define DESCRIBE_FIELD(type, name, most, sentence)                                                 \
    s_describe_field(out, #type, #name, most, sentence);
#define FIELDS_HEAD "\n| field | type | meaning |\n|---|---|---|\n"

/* NOLINTBEGIN(readability-function-size): the table expands in it, once */
void
message_describe(buffer_t *out)
{
    buffer_append_text(out, "# Messages\n\nGenerated from `messages/table.h`; "
                            "the suite checks that it is current.\n\n"
                            "A frame is `T`, version 2, the number in 16 bits, then the fields in "
                            "order. Integers are little-endian; TEXT and BYTES are a 32-bit length "
                            "and that many bytes. Times are milliseconds since 1970 UTC.\n");
#define MESSAGE(symbol, name, number, direction, sentence)                                         \
    buffer_printf(out, "\n## %d %s\n\n%s. %s\n" FIELDS_HEAD, number, #symbol, direction,           \
                  sentence);                                                                       \
    symbol##_FIELDS(DESCRIBE_FIELD)
    MESSAGE_TABLE(MESSAGE)
#undef MESSAGE
    buffer_append_text(out, "\n# Records inside BYTES fields\n");
#define RECORD(symbol, name, sentence)                                                             \
    buffer_printf(out, "\n## %s\n\n%s\n" FIELDS_HEAD, #symbol, sentence);                          \
    symbol##_FIELDS(DESCRIBE_FIELD)
    MESSAGE_RECORDS(RECORD)
#undef RECORD
}
/* NOLINTEND(readability-function-size) */
