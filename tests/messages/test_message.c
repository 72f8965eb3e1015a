/* Every message and record of the table: there and back, and every way of being malformed. The
 * checks are written once and the table makes one of each for every message. */
#include "messages/message.h"

#include <endian.h>

#include "tests/messages/samples.h"
#include "tests/support/cmocka_all.h"

enum { HEADER_SIZE = 4, LENGTH_SIZE = 4 };

enum { SHIFT_MOST = 64 }; /* fields begin at different bytes of `s_bytes` */

static char s_bytes[BATCH_BYTES_MAX + SHIFT_MOST]; /* what fields are filled with */

/* ---- filling and comparing, by type ---- */

static uint64_t s_next; /* so that no two fields hold the same */

static uint64_t
s_number(void)
{
    s_next = s_next * 6364136223846793005u + 1442695040888963407u;
    return s_next;
}

/* Fields are filled to their bound, or with a few bytes. */
static bool s_to_the_bound;

static slice_t
s_text(size_t most)
{
    return (slice_t){s_bytes + s_number() % SHIFT_MOST, s_to_the_bound ? most : s_number() % 8};
}

#define SET_U8(name, most)              a.name = (uint8_t) s_number()
#define SET_U16(name, most)             a.name = (uint16_t) s_number()
#define SET_U32(name, most)             a.name = (uint32_t) s_number()
#define SET_U64(name, most)             a.name = s_number()
#define SET_I32(name, most)             a.name = (int32_t) (uint32_t) s_number()
#define SET_I64(name, most)             a.name = (int64_t) s_number()
#define SET_TEXT(name, most)            a.name = s_text(most)
#define SET_BYTES(name, most)           a.name = s_text(most)
#define SET(type, name, most, sentence) SET_##type(name, most);

#define SAME_NUMBER(name)                assert_true(a.name == b.name)
#define SAME_SLICE(name)                 assert_true(slice_equal(a.name, b.name))
#define SAME_U8                          SAME_NUMBER
#define SAME_U16                         SAME_NUMBER
#define SAME_U32                         SAME_NUMBER
#define SAME_U64                         SAME_NUMBER
#define SAME_I32                         SAME_NUMBER
#define SAME_I64                         SAME_NUMBER
#define SAME_TEXT                        SAME_SLICE
#define SAME_BYTES                       SAME_SLICE
#define SAME(type, name, most, sentence) SAME_##type(name);

/* ---- there and back ---- */

#define MESSAGE(symbol, name, number, direction, sentence)                                         \
    static void s_round_trip_##name(buffer_t *frame)                                               \
    {                                                                                              \
        message_##name##_t a = {0}, b;                                                             \
        symbol##_FIELDS(SET) buffer_clear(frame);                                                  \
        message_##name##_encode(&a, frame);                                                        \
        assert_int_equal(message_number(buffer_slice(frame)), number);                             \
        assert_string_equal(message_name(number), #symbol);                                        \
        assert_int_equal(message_##name##_decode(buffer_slice(frame), &b), STATUS_OK);             \
        symbol##_FIELDS(SAME)                                                                      \
    }
MESSAGE_TABLE(MESSAGE)
#undef MESSAGE

static void
every_message_comes_back_as_it_was_sent(void **state)
{
    (void) state;
    buffer_t frame = {0};
    for (int round = 0; round < 20; round++) {
        s_to_the_bound = round == 0;
#define MESSAGE(symbol, name, number, direction, sentence) s_round_trip_##name(&frame);
        MESSAGE_TABLE(MESSAGE)
#undef MESSAGE
    }
    buffer_free(&frame);
}

/* ---- malformed ---- */

typedef status_t(decode_fn)(slice_t frame);

#define MESSAGE(symbol, name, number, direction, sentence)                                         \
    static status_t s_decode_##name(slice_t frame)                                                 \
    {                                                                                              \
        message_##name##_t out;                                                                    \
        return message_##name##_decode(frame, &out);                                               \
    }
MESSAGE_TABLE(MESSAGE)
#undef MESSAGE

static decode_fn *const s_decoders[] = {
#define MESSAGE(symbol, name, number, direction, sentence) s_decode_##name,
    MESSAGE_TABLE(MESSAGE)
#undef MESSAGE
};

/* Decodes a copy of exactly that size, so that a sanitizer sees a read beyond the end. */
static status_t
s_decode_copy(size_t place, const char *data, size_t size)
{
    char *copy = malloc(size + 1); /* a byte before it, for malloc(0) may be NULL */
    memcpy(copy + 1, data, size);
    status_t status = s_decoders[place]((slice_t){copy + 1, size});
    free(copy);
    return status;
}

static void
every_truncation_is_malformed(void **state)
{
    (void) state;
    buffer_t frame = {0};
    for (size_t place = 0; place < sample_count(); place++) {
        buffer_clear(&frame);
        sample_append(place, &frame);
        for (size_t size = 0; size < frame.size; size++)
            assert_int_equal(s_decode_copy(place, frame.data, size), STATUS_MALFORMED);
        assert_int_equal(s_decode_copy(place, frame.data, frame.size), STATUS_OK);
    }
    buffer_free(&frame);
}

static void
a_byte_too_many_is_malformed(void **state)
{
    (void) state;
    buffer_t frame = {0};
    for (size_t place = 0; place < sample_count(); place++) {
        buffer_clear(&frame);
        sample_append(place, &frame);
        buffer_append_byte(&frame, '\0');
        assert_int_equal(s_decode_copy(place, frame.data, frame.size), STATUS_MALFORMED);
    }
    buffer_free(&frame);
}

static void
another_number_magic_or_version_is_malformed(void **state)
{
    (void) state;
    buffer_t frame = {0};
    for (size_t place = 0; place < sample_count(); place++) {
        buffer_clear(&frame);
        sample_append(place, &frame);
        for (size_t byte = 0; byte < HEADER_SIZE; byte++) {
            frame.data[byte] = (char) (frame.data[byte] ^ 0x40);
            assert_int_equal(s_decode_copy(place, frame.data, frame.size), STATUS_MALFORMED);
            frame.data[byte] = (char) (frame.data[byte] ^ 0x40);
        }
    }
    assert_int_equal(message_number((slice_t){0}), 0);
    assert_int_equal(message_number(SLICE("T\1\1")), 0);
    assert_string_equal(message_name(0), "?");
    buffer_free(&frame);
}

/* ---- lengths ---- */

/* Puts `length` in at `offset` of a frame that has room for any field behind it. */
static void
s_check_length(size_t place, const buffer_t *frame, size_t offset, uint32_t length)
{
    buffer_t longer = {0};
    buffer_append_slice(&longer, buffer_slice(frame));
    buffer_append(&longer, s_bytes, sizeof s_bytes);
    uint32_t wire = htole32(length);
    memcpy(longer.data + offset, &wire, sizeof wire);
    assert_int_equal(s_decoders[place](buffer_slice(&longer)), STATUS_MALFORMED);
    buffer_free(&longer);
}

#define WIDTH_U8(name)    sizeof(uint8_t)
#define WIDTH_U16(name)   sizeof(uint16_t)
#define WIDTH_U32(name)   sizeof(uint32_t)
#define WIDTH_U64(name)   sizeof(uint64_t)
#define WIDTH_I32(name)   sizeof(int32_t)
#define WIDTH_I64(name)   sizeof(int64_t)
#define WIDTH_TEXT(name)  (LENGTH_SIZE + self.name.size)
#define WIDTH_BYTES(name) (LENGTH_SIZE + self.name.size)

/* For a field of a length: one above its bound, and the most that 32 bits hold. */
#define LENGTHS(type, name, most, sentence)                                                        \
    if ((most) != 0) {                                                                             \
        s_check_length(place, frame, offset, (uint32_t) (most) + 1);                               \
        s_check_length(place, frame, offset, UINT32_MAX);                                          \
    }                                                                                              \
    offset += WIDTH_##type(name);

#define MESSAGE(symbol, name, number, direction, sentence)                                         \
    static void s_check_lengths_##name(size_t place, const buffer_t *frame)                        \
    {                                                                                              \
        message_##name##_t self;                                                                   \
        size_t offset = HEADER_SIZE;                                                               \
        assert_int_equal(message_##name##_decode(buffer_slice(frame), &self), STATUS_OK);          \
        symbol##_FIELDS(LENGTHS) assert_int_equal(offset, frame->size);                            \
    }
MESSAGE_TABLE(MESSAGE)
#undef MESSAGE

static void
a_length_above_its_bound_is_malformed_whatever_follows(void **state)
{
    (void) state;
    static void (*const checks[])(size_t place, const buffer_t *frame) = {
#define MESSAGE(symbol, name, number, direction, sentence) s_check_lengths_##name,
        MESSAGE_TABLE(MESSAGE)
#undef MESSAGE
    };
    buffer_t frame = {0};
    for (size_t place = 0; place < sample_count(); place++) {
        buffer_clear(&frame);
        sample_append(place, &frame);
        checks[place](place, &frame);
    }
    buffer_free(&frame);
}

/* ---- records ---- */

#define RECORD(symbol, name, sentence)                                                             \
    static void s_check_record_##name(void)                                                        \
    {                                                                                              \
        record_##name##_t a = {0}, b;                                                              \
        buffer_t bytes = {0};                                                                      \
        symbol##_FIELDS(SET) record_##name##_append(&a, &bytes);                                   \
        size_t one = bytes.size;                                                                   \
        record_##name##_append(&a, &bytes);                                                        \
        slice_t rest = buffer_slice(&bytes);                                                       \
        for (int i = 0; i < 2; i++) {                                                              \
            assert_int_equal(record_##name##_take(&rest, &b), STATUS_OK);                          \
            symbol##_FIELDS(SAME)                                                                  \
        }                                                                                          \
        assert_int_equal(rest.size, 0);                                                            \
        for (size_t size = 0; size < one; size++) {                                                \
            rest = (slice_t){bytes.data, size};                                                    \
            assert_int_equal(record_##name##_take(&rest, &b), STATUS_MALFORMED);                   \
            assert_ptr_equal(rest.data, bytes.data);                                               \
            assert_int_equal(rest.size, size);                                                     \
        }                                                                                          \
        buffer_free(&bytes);                                                                       \
    }
MESSAGE_RECORDS(RECORD)
#undef RECORD

static void
records_follow_one_another_and_a_cut_one_is_left_alone(void **state)
{
    (void) state;
    s_to_the_bound = false;
#define RECORD(symbol, name, sentence) s_check_record_##name();
    MESSAGE_RECORDS(RECORD)
#undef RECORD
}

static int
s_fill(void **state)
{
    (void) state;
    for (size_t i = 0; i < sizeof s_bytes; i++)
        s_bytes[i] = (char) s_number();
    return 0;
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_message_comes_back_as_it_was_sent),
        cmocka_unit_test(every_truncation_is_malformed),
        cmocka_unit_test(a_byte_too_many_is_malformed),
        cmocka_unit_test(another_number_magic_or_version_is_malformed),
        cmocka_unit_test(a_length_above_its_bound_is_malformed_whatever_follows),
        cmocka_unit_test(records_follow_one_another_and_a_cut_one_is_left_alone),
    };
    return cmocka_run_group_tests(tests, s_fill, NULL);
}
