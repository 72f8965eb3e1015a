#include "documents/extract_frame.h"

#include <assert.h>
#include <string.h>

#include "base/text.h"

enum { MAGIC_BYTES = 4, FLAG_SCANNED = 1 };

static const char REQUEST_MAGIC[MAGIC_BYTES] = {'T', 'M', 'X', '1'};
static const char ANSWER_MAGIC[MAGIC_BYTES] = {'T', 'M', 'A', '1'};

const char *
extract_method_word(extract_method_t method)
{
    static const char *const words[] = {
#define EXTRACT_METHOD(symbol, number, word) [(number)] = (word),
        EXTRACT_METHOD_TABLE(EXTRACT_METHOD)
#undef EXTRACT_METHOD
    };
    assert(method < EXTRACT_METHOD_COUNT);
    return words[method];
}

/* What reading a document can come to. Others mean more than one document (a refused key fails its
 * job), so an extract process must not be able to say them. */
static bool
s_may_answer(uint32_t error)
{
    switch (error) {
    case ERROR_NONE:
    case ERROR_TOO_LARGE:
    case ERROR_UNSUPPORTED_FORMAT:
    case ERROR_ENCRYPTED:
    case ERROR_CORRUPT:
    case ERROR_NO_TEXT: return true;
    default: return false;
    }
}

static bool
s_is_confidence(uint32_t confidence)
{
    return confidence <= EXTRACT_CONFIDENCE_MAX || confidence == EXTRACT_CONFIDENCE_NONE;
}

static void
s_put(buffer_t *out, uint32_t value, unsigned bytes)
{
    for (unsigned i = 0; i < bytes; i++)
        buffer_append_byte(out, (char) (uint8_t) (value >> (8 * i)));
}

static uint32_t
s_get(slice_t input, size_t offset, unsigned bytes)
{
    uint32_t value = 0;
    for (unsigned i = 0; i < bytes; i++)
        value |= (uint32_t) (uint8_t) input.data[offset + i] << (8 * i);
    return value;
}

/* A frame is known for a stranger by its first wrong byte, before the head is whole. */
static bool
s_magic_fits(slice_t input, const char *magic)
{
    size_t size = input.size < MAGIC_BYTES ? input.size : MAGIC_BYTES;
    return size == 0 || memcmp(input.data, magic, size) == 0;
}

static frame_state_t
s_compare_size(slice_t input, size_t total, size_t *needed)
{
    if (input.size > total)
        return FRAME_MALFORMED;
    *needed = total;
    return input.size < total ? FRAME_PARTIAL : FRAME_COMPLETE;
}

void
extract_request_encode_head(const extract_request_t *request, buffer_t *out)
{
    assert(request->bytes.size <= EXTRACT_DOCUMENT_MAX_BYTES);
    buffer_append(out, REQUEST_MAGIC, MAGIC_BYTES);
    s_put(out, request->page_limit, 4);
    s_put(out, request->text_limit, 4);
    s_put(out, (uint32_t) request->bytes.size, 4);
}

frame_state_t
extract_request_decode(slice_t input, extract_request_t *out, size_t *needed)
{
    if (!s_magic_fits(input, REQUEST_MAGIC))
        return FRAME_MALFORMED;
    if (input.size < EXTRACT_REQUEST_HEAD_BYTES) {
        *needed = EXTRACT_REQUEST_HEAD_BYTES;
        return FRAME_PARTIAL;
    }
    uint32_t page_limit = s_get(input, 4, 4), text_limit = s_get(input, 8, 4);
    uint32_t size = s_get(input, 12, 4);
    if (page_limit < 1 || page_limit > EXTRACT_PAGES_MAX || text_limit > EXTRACT_TEXT_MAX_BYTES ||
        size > EXTRACT_DOCUMENT_MAX_BYTES)
        return FRAME_MALFORMED;
    frame_state_t state = s_compare_size(input, EXTRACT_REQUEST_HEAD_BYTES + (size_t) size, needed);
    if (state == FRAME_COMPLETE)
        *out = (extract_request_t){
            .page_limit = page_limit,
            .text_limit = text_limit,
            .bytes = {input.data + EXTRACT_REQUEST_HEAD_BYTES, size},
        };
    return state;
}

void
extract_answer_encode(const extract_answer_t *answer, buffer_t *out)
{
    assert(s_may_answer(answer->error));
    assert(answer->detail.size <= EXTRACT_DETAIL_MAX_BYTES);
    assert(answer->text.size <= EXTRACT_TEXT_MAX_BYTES);
    assert(s_is_confidence(answer->confidence));
    buffer_append(out, ANSWER_MAGIC, MAGIC_BYTES);
    s_put(out, (uint32_t) answer->error, 1);
    s_put(out, (uint32_t) answer->method, 1);
    s_put(out, answer->is_scanned ? FLAG_SCANNED : 0, 2);
    s_put(out, answer->page_count, 4);
    s_put(out, answer->confidence, 2);
    s_put(out, (uint32_t) answer->detail.size, 4);
    s_put(out, (uint32_t) answer->text.size, 4);
    buffer_append_slice(out, answer->detail);
    buffer_append_slice(out, answer->text);
}

frame_state_t
extract_answer_decode(slice_t input, extract_answer_t *out, size_t *needed)
{
    if (!s_magic_fits(input, ANSWER_MAGIC))
        return FRAME_MALFORMED;
    if (input.size < EXTRACT_ANSWER_HEAD_BYTES) {
        *needed = EXTRACT_ANSWER_HEAD_BYTES;
        return FRAME_PARTIAL;
    }
    uint32_t error = s_get(input, 4, 1), method = s_get(input, 5, 1), flags = s_get(input, 6, 2);
    uint32_t confidence = s_get(input, 12, 2);
    uint32_t detail_size = s_get(input, 14, 4), text_size = s_get(input, 18, 4);
    if (!s_may_answer(error) || method >= EXTRACT_METHOD_COUNT || flags > FLAG_SCANNED ||
        !s_is_confidence(confidence) || detail_size > EXTRACT_DETAIL_MAX_BYTES ||
        text_size > EXTRACT_TEXT_MAX_BYTES)
        return FRAME_MALFORMED;
    frame_state_t state =
        s_compare_size(input, EXTRACT_ANSWER_HEAD_BYTES + (size_t) detail_size + text_size, needed);
    if (state != FRAME_COMPLETE)
        return state;
    slice_t detail = {input.data + EXTRACT_ANSWER_HEAD_BYTES, detail_size};
    slice_t text = {detail.data + detail_size, text_size};
    if (!text_is_utf8(detail) || !text_is_utf8(text))
        return FRAME_MALFORMED;
    *out = (extract_answer_t){
        .error = (error_type_t) error,
        .method = (extract_method_t) method,
        .is_scanned = flags & FLAG_SCANNED,
        .page_count = s_get(input, 8, 4),
        .confidence = (uint16_t) confidence,
        .detail = detail,
        .text = text,
    };
    return FRAME_COMPLETE;
}
