#include "documents/extract_frame.h"
#include "tests/support/cmocka_all.h"

static void
s_encode_request(slice_t bytes, buffer_t *out)
{
    extract_request_t request = {.page_limit = 3, .text_limit = 1000, .bytes = bytes};
    extract_request_encode_head(&request, out);
    buffer_append_slice(out, bytes);
}

static void
s_encode_answer(buffer_t *out)
{
    extract_answer_t answer = {
        .error = ERROR_NO_TEXT,
        .method = EXTRACT_METHOD_PDF_TEXT,
        .is_scanned = true,
        .page_count = 70000,
        .confidence = 943,
        .detail = SLICE("no text"),
        .text = SLICE("gr\xc3\xbc\xc3\x9f"),
    };
    extract_answer_encode(&answer, out);
}

static void
a_request_comes_back_as_it_was(void **state)
{
    (void) state;
    buffer_t frame = {0};
    s_encode_request(SLICE("%PDF-\0x"), &frame);
    extract_request_t got;
    size_t needed;
    assert_int_equal(extract_request_decode(buffer_slice(&frame), &got, &needed), FRAME_COMPLETE);
    assert_int_equal(got.page_limit, 3);
    assert_int_equal(got.text_limit, 1000);
    assert_true(slice_equal(got.bytes, SLICE("%PDF-\0x")));
    buffer_free(&frame);
}

static void
an_answer_comes_back_as_it_was(void **state)
{
    (void) state;
    buffer_t frame = {0};
    s_encode_answer(&frame);
    extract_answer_t got;
    size_t needed;
    assert_int_equal(extract_answer_decode(buffer_slice(&frame), &got, &needed), FRAME_COMPLETE);
    assert_int_equal(got.error, ERROR_NO_TEXT);
    assert_int_equal(got.method, EXTRACT_METHOD_PDF_TEXT);
    assert_true(got.is_scanned);
    assert_int_equal(got.page_count, 70000);
    assert_int_equal(got.confidence, 943);
    assert_true(slice_is(got.detail, "no text"));
    assert_true(slice_is(got.text, "gr\xc3\xbc\xc3\x9f"));
    buffer_free(&frame);
}

static void
every_truncation_asks_for_more_and_never_beyond_the_frame(void **state)
{
    (void) state;
    buffer_t request = {0}, answer = {0};
    s_encode_request(SLICE("some bytes"), &request);
    s_encode_answer(&answer);
    extract_request_t got_request;
    extract_answer_t got_answer;
    for (size_t size = 0; size < request.size; size++) {
        size_t needed = 0;
        slice_t cut = {request.data, size};
        assert_int_equal(extract_request_decode(cut, &got_request, &needed), FRAME_PARTIAL);
        assert_true(needed > size && needed <= request.size);
    }
    for (size_t size = 0; size < answer.size; size++) {
        size_t needed = 0;
        slice_t cut = {answer.data, size};
        assert_int_equal(extract_answer_decode(cut, &got_answer, &needed), FRAME_PARTIAL);
        assert_true(needed > size && needed <= answer.size);
    }
    buffer_free(&request);
    buffer_free(&answer);
}

static void
input_beyond_the_frame_is_malformed(void **state)
{
    (void) state;
    buffer_t request = {0}, answer = {0};
    s_encode_request(SLICE("x"), &request);
    s_encode_answer(&answer);
    buffer_append_byte(&request, 'y');
    buffer_append_byte(&answer, 'y');
    extract_request_t got_request;
    extract_answer_t got_answer;
    size_t needed;
    assert_int_equal(extract_request_decode(buffer_slice(&request), &got_request, &needed),
                     FRAME_MALFORMED);
    assert_int_equal(extract_answer_decode(buffer_slice(&answer), &got_answer, &needed),
                     FRAME_MALFORMED);
    buffer_free(&request);
    buffer_free(&answer);
}

static frame_state_t
s_decode_with(bool is_answer, size_t offset, const char *bytes, size_t size)
{
    buffer_t frame = {0};
    extract_request_t request;
    extract_answer_t answer;
    size_t needed;
    if (is_answer)
        s_encode_answer(&frame);
    else
        s_encode_request(SLICE("x"), &frame);
    memcpy(frame.data + offset, bytes, size);
    frame_state_t state = is_answer
                              ? extract_answer_decode(buffer_slice(&frame), &answer, &needed)
                              : extract_request_decode(buffer_slice(&frame), &request, &needed);
    buffer_free(&frame);
    return state;
}

static void
numbers_beyond_their_limits_are_malformed(void **state)
{
    (void) state;
    static const struct {
        bool is_answer;
        size_t offset;
        char bytes[5];
        size_t size;
    } bad[] = {
        {false, 0, "X", 1},                /* magic */
        {false, 4, "\0\0\0\0", 4},         /* no pages */
        {false, 4, "\xe9\x03\0\0", 4},     /* 1001 pages */
        {false, 8, "\xff\xff\xff\xff", 4}, /* text limit */
        {false, 12, "\xff\xff\xff\xff", 4},
        {true, 3, "2", 1},         /* magic */
        {true, 4, "\x0b", 1},      /* an error that an extract process has no say in: auth */
        {true, 4, "\xff", 1},      /* no error at all */
        {true, 5, "\xff", 1},      /* method */
        {true, 6, "\x02", 1},      /* flag */
        {true, 12, "\xe9\x03", 2}, /* confidence 1001 */
        {true, 15, "\xff", 1},     /* detail */
        {true, 18, "\xff\xff\xff\xff", 4},
        {true, 22, "\xff", 1}, /* detail is not UTF-8 */
        {true, 34, "\xc3", 1}, /* nor is the text */
    };
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++)
        if (s_decode_with(bad[i].is_answer, bad[i].offset, bad[i].bytes, bad[i].size) !=
            FRAME_MALFORMED)
            fail_msg("row %zu is malformed", i);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_request_comes_back_as_it_was),
        cmocka_unit_test(an_answer_comes_back_as_it_was),
        cmocka_unit_test(every_truncation_asks_for_more_and_never_beyond_the_frame),
        cmocka_unit_test(input_beyond_the_frame_is_malformed),
        cmocka_unit_test(numbers_beyond_their_limits_are_malformed),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
