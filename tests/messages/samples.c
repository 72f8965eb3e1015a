#include "tests/messages/samples.h"

#include <assert.h>

#include "messages/message.h"

#define FILL_U8(name, most)              self.name = (uint8_t) 7
#define FILL_U16(name, most)             self.name = (uint16_t) 0x1234
#define FILL_U32(name, most)             self.name = 0x12345678u
#define FILL_U64(name, most)             self.name = 0x123456789abcdef0u
#define FILL_I32(name, most)             self.name = -5
#define FILL_I64(name, most)             self.name = -6
#define FILL_TEXT(name, most)            self.name = s_short(SLICE(#name), most)
#define FILL_BYTES(name, most)           self.name = s_short(SLICE(#name), most)
#define FILL(type, name, most, sentence) FILL_##type(name, most);

static slice_t
s_short(slice_t text, size_t most)
{
    return (slice_t){text.data, text.size < most ? text.size : most};
}

#define MESSAGE(symbol, name, number, direction, sentence)                                         \
    static void s_append_##name(buffer_t *out)                                                     \
    {                                                                                              \
        message_##name##_t self = {0};                                                             \
        symbol##_FIELDS(FILL) message_##name##_encode(&self, out);                                 \
    }
MESSAGE_TABLE(MESSAGE)
#undef MESSAGE

static const struct {
    const char *name;
    void (*append)(buffer_t *out);
} s_samples[] = {
#define MESSAGE(symbol, name, number, direction, sentence) {#name, s_append_##name},
    MESSAGE_TABLE(MESSAGE)
#undef MESSAGE
};

size_t
sample_count(void)
{
    return sizeof s_samples / sizeof s_samples[0];
}

void
sample_append(size_t place, buffer_t *out)
{
    assert(place < sample_count());
    s_samples[place].append(out);
}

const char *
sample_name(size_t place)
{
    assert(place < sample_count());
    return s_samples[place].name;
}
