#include "base/text.h"
#include "tests/support/cmocka_all.h"

static void
well_formed_utf8_is_told_from_malformed(void **state)
{
    (void) state;
    static const char *const good[] = {"",
                                       "plain",
                                       "é",
                                       "€",
                                       "\xf0\x9f\x98\x80",
                                       "\xed\x9f\xbf",
                                       "\xee\x80\x80",
                                       "\xf4\x8f\xbf\xbf"};
    static const char *const bad[] = {"\x80",         "\xc0\xaf",         "\xc3",
                                      "\xe0\x80\x80", "\xed\xa0\x80",     "\xf0\x80\x80\x80",
                                      "\xe2\x82",     "\xf4\x90\x80\x80", "\xff",
                                      "a\xc3z",       "\xf5\x80\x80\x80"};
    for (size_t i = 0; i < sizeof good / sizeof good[0]; i++)
        assert_true(text_is_utf8(slice_from(good[i])));
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++)
        assert_false(text_is_utf8(slice_from(bad[i])));
}

static void
a_cut_never_splits_a_letter(void **state)
{
    (void) state;
    slice_t text = SLICE("a€b");
    assert_int_equal(text_cut(text, 0), 0);
    assert_int_equal(text_cut(text, 1), 1);
    assert_int_equal(text_cut(text, 2), 1);
    assert_int_equal(text_cut(text, 3), 1);
    assert_int_equal(text_cut(text, 4), 4);
    assert_int_equal(text_cut(text, 99), 5);
}

static void
percent_encoding_round_trips_every_byte(void **state)
{
    (void) state;
    char all[256];
    for (int i = 0; i < 256; i++)
        all[i] = (char) i;
    buffer_t encoded = {0}, decoded = {0};
    text_percent_encode(&encoded, (slice_t){all, sizeof all});
    for (size_t i = 0; i < encoded.size; i++)
        assert_non_null(
            strchr("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~%",
                   encoded.data[i]));
    assert_true(text_percent_decode(&decoded, buffer_slice(&encoded)));
    assert_int_equal(decoded.size, sizeof all);
    assert_memory_equal(decoded.data, all, sizeof all);
    buffer_free(&encoded);
    buffer_free(&decoded);
}

static void
a_bad_escape_is_refused_and_leaves_the_output_alone(void **state)
{
    (void) state;
    static const char *const bad[] = {"%", "ok%4", "%zz", "x%G0", "%0"};
    buffer_t out = {0};
    buffer_append_text(&out, "kept");
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        assert_false(text_percent_decode(&out, slice_from(bad[i])));
        assert_true(slice_is(buffer_slice(&out), "kept"));
    }
    assert_true(text_percent_decode(&out, SLICE("%41+%2f")));
    assert_true(slice_is(buffer_slice(&out), "keptA+/"));
    buffer_free(&out);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(well_formed_utf8_is_told_from_malformed),
        cmocka_unit_test(a_cut_never_splits_a_letter),
        cmocka_unit_test(percent_encoding_round_trips_every_byte),
        cmocka_unit_test(a_bad_escape_is_refused_and_leaves_the_output_alone),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
