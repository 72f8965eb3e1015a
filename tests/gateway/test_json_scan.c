#include "gateway/json_scan.h"

#include "tests/support/cmocka_all.h"

static const char *const s_good[] = {
    "{}",
    "[]",
    "null",
    "true",
    "false",
    "0",
    "-0",
    "10",
    "-1.5e+10",
    "1E5",
    "1e-5",
    "0.25",
    "\"\"",
    " { \"a\" : [ 1 , 2.5 , { \"b\" : null } ] , \"c\" : \"x\" } ",
    "\t[\n]\r",
    "{\"a\":{\"a\":{\"a\":1}},\"b\":[{\"a\":1},{\"a\":1}]}",
    "\"\\\" \\\\ \\/ \\b\\f\\n\\r\\t \\u00e9 \\uD83D\\uDE00\"",
    "\"\xc3\xa9 \xe2\x82\xac \xf0\x9f\x98\x80 \xed\x9f\xbf \xee\x80\x80 \xf4\x8f\xbf\xbf\"",
    "{\"\":1,\" \":2}",
    "\"\x7f\"",
    "12345678901234567890123",
};

static const char *const s_bad[] = {
    "",
    " ",
    "{",
    "[",
    "}",
    "]",
    "{]",
    "[}",
    "[1,]",
    "[,1]",
    "[1 2]",
    "{\"a\"}",
    "{\"a\":}",
    "{\"a\":1,}",
    "{,}",
    "{a:1}",
    "{'a':1}",
    "{\"a\":1 \"b\":2}",
    "{1:2}",
    "[1]]",
    "{} {}",
    "{}x",
    "nul",
    "nulll",
    "True",
    "tru e",
    "01",
    "-",
    "-01",
    "+1",
    ".5",
    "1.",
    "1.e5",
    "1e",
    "1e+",
    "0x10",
    "1-2",
    "NaN",
    "Infinity",
    "\"",
    "\"a",
    "\"\\\"",
    "\"\\x\"",
    "\"\\u12\"",
    "\"\\u12g4\"",
    "\"\\u0000\"",
    "\"\\ud800\"",
    "\"\\ud800x\"",
    "\"\\ud800\\n\"",
    "\"\\ud800\\u0041\"",
    "\"\\udc00\"",
    "\"\\ud800\\ud800\"",
    "\"\n\"",
    "\"\x01\"",
    "\"\x80\"",
    "\"\xc0\xaf\"",
    "\"\xc3\"",
    "\"\xe0\x80\x80\"",
    "\"\xed\xa0\x80\"",
    "\"\xf0\x80\x80\x80\"",
    "\"\xf4\x90\x80\x80\"",
    "\"\xff\"",
    "\xef\xbb\xbf{}",
    "{\"a\":1,\"a\":2}",
    "{\"a\":1,\"\\u0061\":2}",
    "{\"x\":{},\"y\":1,\"x\":{}}",
    "[{\"a\":1,\"b\":{\"a\":1},\"a\":3}]",
    "{\"\":1,\"\":2}",
    "\xa0 1",
    "/**/1",
};

/* Scans `text` in two parts, cut at `cut`. */
static status_t
s_scan_cut(slice_t text, size_t cut)
{
    json_scan_t scan = {0};
    json_scan_begin(&scan, NULL);
    status_t status = json_scan_feed(&scan, (slice_t){text.data, cut}, NULL);
    if (status == STATUS_OK)
        status = json_scan_feed(&scan, (slice_t){text.data + cut, text.size - cut}, NULL);
    if (status == STATUS_OK)
        status = json_scan_end(&scan, NULL);
    json_scan_free(&scan);
    return status;
}

static void
sound_text_passes_wherever_it_is_cut(void **state)
{
    (void) state;
    for (size_t i = 0; i < sizeof s_good / sizeof s_good[0]; i++) {
        slice_t text = slice_from(s_good[i]);
        for (size_t cut = 0; cut <= text.size; cut++)
            if (s_scan_cut(text, cut) != STATUS_OK)
                fail_msg("%s was refused, cut at %zu", s_good[i], cut);
    }
}

static void
unsound_text_is_refused_wherever_it_is_cut(void **state)
{
    (void) state;
    for (size_t i = 0; i < sizeof s_bad / sizeof s_bad[0]; i++) {
        slice_t text = slice_from(s_bad[i]);
        for (size_t cut = 0; cut <= text.size; cut++)
            if (s_scan_cut(text, cut) != STATUS_BAD_REQUEST)
                fail_msg("%s was taken, cut at %zu", s_bad[i], cut);
    }
}

static void
a_nul_is_no_white_space(void **state)
{
    (void) state;
    assert_int_equal(json_scan_text((slice_t){"[1\0]", 4}, NULL), STATUS_BAD_REQUEST);
    assert_int_equal(json_scan_text((slice_t){"\"a\0\"", 4}, NULL), STATUS_BAD_REQUEST);
    assert_int_equal(json_scan_text((slice_t){"{}\0", 3}, NULL), STATUS_BAD_REQUEST);
    assert_int_equal(json_scan_text((slice_t){"\"\\\0\"", 4}, NULL), STATUS_BAD_REQUEST);
}

static status_t
s_scan_depth(size_t depth)
{
    buffer_t text = {0};
    for (size_t i = 0; i < depth; i++)
        buffer_append_text(&text, i % 2 ? "{\"a\":" : "[");
    buffer_append_text(&text, "1");
    for (size_t i = depth; i > 0; i--)
        buffer_append_text(&text, (i - 1) % 2 ? "}" : "]");
    status_t status = json_scan_text(buffer_slice(&text), NULL);
    buffer_free(&text);
    return status;
}

static void
nesting_ends_at_thirty_two(void **state)
{
    (void) state;
    assert_int_equal(s_scan_depth(1), STATUS_OK);
    assert_int_equal(s_scan_depth(JSON_DEPTH_MAX), STATUS_OK);
    assert_int_equal(s_scan_depth(JSON_DEPTH_MAX + 1), STATUS_BAD_REQUEST);
    assert_int_equal(s_scan_depth(100000), STATUS_BAD_REQUEST);
}

/* Writes an object of `count` members; the last has the name of member `same`. */
static status_t
s_scan_members(unsigned count, unsigned same)
{
    buffer_t text = {0};
    for (unsigned i = 0; i < count; i++)
        buffer_printf(&text, "%c\"k%u\":{\"k%u\":0}", i ? ',' : '{', i + 1 == count ? same : i, i);
    buffer_append_byte(&text, '}');
    status_t status = json_scan_text(buffer_slice(&text), NULL);
    buffer_free(&text);
    return status;
}

static void
a_name_that_stands_twice_is_found_among_many(void **state)
{
    (void) state;
    for (unsigned same = 0; same < 2000; same += 97)
        assert_int_equal(s_scan_members(2000, same), STATUS_BAD_REQUEST);
    assert_int_equal(s_scan_members(2000, 1999), STATUS_OK);
    assert_int_equal(s_scan_members(JSON_OPEN_KEYS_MAX + 10, JSON_OPEN_KEYS_MAX + 9),
                     STATUS_BAD_REQUEST);
}

static void
many_objects_one_after_another_take_no_more_memory_than_one(void **state)
{
    (void) state;
    json_scan_t scan = {0};
    json_scan_begin(&scan, NULL);
    assert_int_equal(json_scan_feed(&scan, SLICE("["), NULL), STATUS_OK);
    for (int i = 0; i < 50000; i++)
        assert_int_equal(json_scan_feed(&scan, SLICE("{\"a\":1,\"b\":{\"a\":2}},"), NULL),
                         STATUS_OK);
    assert_int_equal(json_scan_feed(&scan, SLICE("1]"), NULL), STATUS_OK);
    assert_int_equal(json_scan_end(&scan, NULL), STATUS_OK);
    assert_true(scan.keys.table_size <= 64);
    assert_true(scan.keys.capacity <= 64);
    json_scan_free(&scan);
}

static void
a_name_over_the_limit_is_refused(void **state)
{
    (void) state;
    buffer_t text = {0};
    buffer_printf(&text, "{\"%0*d\":1}", JSON_KEY_MAX, 0);
    assert_int_equal(json_scan_text(buffer_slice(&text), NULL), STATUS_OK);
    buffer_clear(&text);
    buffer_printf(&text, "{\"%0*d\":1}", JSON_KEY_MAX + 1, 0);
    assert_int_equal(json_scan_text(buffer_slice(&text), NULL), STATUS_BAD_REQUEST);
    buffer_free(&text);
}

static void
the_fault_names_the_byte(void **state)
{
    (void) state;
    fault_t fault = {0};
    json_scan_text(SLICE("[1,x]"), &fault);
    assert_non_null(strstr(fault.detail, "byte 4"));
}

static void
a_scan_can_be_used_again_after_a_fault(void **state)
{
    (void) state;
    json_scan_t scan = {0};
    for (int i = 0; i < 3; i++) {
        json_scan_begin(&scan, NULL);
        assert_int_equal(json_scan_feed(&scan, SLICE("{\"a\":1,\"b\":{\"c\":1,x"), NULL),
                         STATUS_BAD_REQUEST);
        assert_int_equal(json_scan_feed(&scan, SLICE("}"), NULL), STATUS_BAD_REQUEST);
        json_scan_begin(&scan, NULL);
        assert_int_equal(json_scan_feed(&scan, SLICE("{\"a\":1,\"b\":2}"), NULL), STATUS_OK);
        assert_int_equal(json_scan_end(&scan, NULL), STATUS_OK);
    }
    json_scan_free(&scan);
}

/* ---- the watcher ---- */

static status_t
s_note_begin(void *self, size_t depth, slice_t key, const char *at, fault_t *fault)
{
    (void) fault;
    buffer_printf(self, "%zu%s%.*s(%c", depth, key.data ? ":" : "", SLICE_ARG(key), *at);
    return STATUS_OK;
}

static status_t
s_note_end(void *self, size_t depth, const char *at, fault_t *fault)
{
    (void) depth;
    (void) at;
    (void) fault;
    buffer_append_byte(self, ')');
    return STATUS_OK;
}

static void
a_watcher_is_told_of_the_outer_values(void **state)
{
    (void) state;
    static const char text[] = "{\"a\":1,\"\\u0062\":[{\"deep\":{}},22],\"c\":\"x\",\"\":null}";
    for (size_t cut = 0; cut < sizeof text; cut++) {
        buffer_t seen = {0};
        json_scan_t scan = {0};
        json_scan_begin(
            &scan, &(json_watch_t){
                       .self = &seen, .depth_max = 2, .begin = s_note_begin, .end = s_note_end});
        json_scan_feed(&scan, (slice_t){text, cut}, NULL);
        json_scan_feed(&scan, (slice_t){text + cut, sizeof text - 1 - cut}, NULL);
        assert_int_equal(json_scan_end(&scan, NULL), STATUS_OK);
        assert_string_equal(seen.data, "0({1:a(1)1:b([2({)2(2))1:c(\")1:(n))");
        json_scan_free(&scan);
        buffer_free(&seen);
    }
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(sound_text_passes_wherever_it_is_cut),
        cmocka_unit_test(unsound_text_is_refused_wherever_it_is_cut),
        cmocka_unit_test(a_nul_is_no_white_space),
        cmocka_unit_test(nesting_ends_at_thirty_two),
        cmocka_unit_test(a_name_that_stands_twice_is_found_among_many),
        cmocka_unit_test(many_objects_one_after_another_take_no_more_memory_than_one),
        cmocka_unit_test(a_name_over_the_limit_is_refused),
        cmocka_unit_test(the_fault_names_the_byte),
        cmocka_unit_test(a_scan_can_be_used_again_after_a_fault),
        cmocka_unit_test(a_watcher_is_told_of_the_outer_values),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
