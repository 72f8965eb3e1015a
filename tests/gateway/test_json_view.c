#include "gateway/json_view.h"

#include "tests/support/cmocka_all.h"

static void
members_come_in_order_with_their_raw_values(void **state)
{
    (void) state;
    slice_t inside, key, value;
    buffer_t seen = {0};
    assert_true(json_view_open(
        SLICE(" { \"a\" : 1.50 , \"b,\\\"}\" : [ {} , \"]\" ] ,\"c\":null} "), &inside));
    while (json_view_member(&inside, &key, &value))
        buffer_printf(&seen, "%.*s=%.*s;", SLICE_ARG(key), SLICE_ARG(value));
    assert_string_equal(seen.data, "\"a\"=1.50;\"b,\\\"}\"=[ {} , \"]\" ];\"c\"=null;");
    buffer_free(&seen);
}

static void
elements_come_in_order(void **state)
{
    (void) state;
    slice_t inside, value;
    buffer_t seen = {0};
    assert_true(json_view_open(SLICE("[1,\"two\",[3],{\"four\":4},true]"), &inside));
    while (json_view_element(&inside, &value))
        buffer_printf(&seen, "%d:%.*s ", (int) json_view_kind(value), SLICE_ARG(value));
    assert_string_equal(seen.data, "4:1 5:\"two\" 6:[3] 7:{\"four\":4} 3:true ");
    assert_true(json_view_open(SLICE("[]"), &inside));
    assert_false(json_view_element(&inside, &value));
    buffer_free(&seen);
}

static void
a_member_is_found_by_its_decoded_name(void **state)
{
    (void) state;
    slice_t value;
    slice_t object = SLICE("{\"x\":{\"exp\":1},\"\\u0065xp\":2}");
    assert_true(json_view_find(object, "exp", &value));
    assert_true(slice_is(value, "2"));
    assert_false(json_view_find(object, "Exp", &value));
    assert_false(json_view_find(SLICE("[\"exp\"]"), "exp", &value));
}

static void
strings_are_unescaped(void **state)
{
    (void) state;
    buffer_t out = {0};
    assert_true(json_view_string(SLICE("\"a\\n\\u20ac\\ud83d\\ude00\\/\\\"\""), &out));
    assert_string_equal(out.data, "a\n\xe2\x82\xac\xf0\x9f\x98\x80/\"");
    static const char *const bad[] = {"1",       "\"",        "\"a",         "\"\\\"",
                                      "\"\\q\"", "\"\\u12\"", "\"\\ud800\"", ""};
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++)
        assert_false(json_view_string(slice_from(bad[i]), &out));
    assert_int_equal(out.size, 11);
    buffer_free(&out);
}

static void
whole_numbers_fit_into_64_bits_or_are_refused(void **state)
{
    (void) state;
    static const struct {
        const char *text;
        bool good;
        int64_t number;
    } rows[] = {{"0", true, 0},
                {"-1", true, -1},
                {"9223372036854775807", true, INT64_MAX},
                {"-9223372036854775808", true, INT64_MIN},
                {"9223372036854775808", false, 0},
                {"-9223372036854775809", false, 0},
                {"1.0", false, 0},
                {"1e3", false, 0},
                {"", false, 0},
                {"-", false, 0},
                {"+1", false, 0},
                {" 1", false, 0},
                {"\"1\"", false, 0}};
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        int64_t number = 0;
        assert_int_equal(json_view_integer(slice_from(rows[i].text), &number), rows[i].good);
        assert_int_equal(number, rows[i].number);
    }
}

static void
broken_text_is_never_left(void **state)
{
    (void) state;
    static const char text[] = "{\"a\":[1,{\"b\":\"c\\u00e9\\\"\"}],\"d\":tru}";
    for (size_t size = 0; size < sizeof text; size++) {
        char *cut = malloc(size + 1);
        memcpy(cut, text, size);
        slice_t inside = {cut, size}, key, value;
        buffer_t out = {0};
        for (int i = 0; i < 20 && json_view_member(&inside, &key, &value); i++)
            json_view_string(value, &out);
        inside = (slice_t){cut, size};
        for (int i = 0; i < 20 && json_view_element(&inside, &value); i++)
            json_view_string(value, &out);
        json_view_find((slice_t){cut, size}, "d", &value);
        buffer_free(&out);
        free(cut);
    }
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(members_come_in_order_with_their_raw_values),
        cmocka_unit_test(elements_come_in_order),
        cmocka_unit_test(a_member_is_found_by_its_decoded_name),
        cmocka_unit_test(strings_are_unescaped),
        cmocka_unit_test(whole_numbers_fit_into_64_bits_or_are_refused),
        cmocka_unit_test(broken_text_is_never_left),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
