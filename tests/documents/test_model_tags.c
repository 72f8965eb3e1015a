#include "documents/model/model_tags.h"

#include <stdio.h>

#include "base/buffer.h"
#include "tests/support/cmocka_all.h"

static model_tags_t s_tags;

static int
teardown(void **state)
{
    (void) state;
    model_tags_free(&s_tags);
    return 0;
}

/* Finds the tags of `content` and compares them, joined by "|". */
static void
s_assert_tags(const char *content, const char *joined)
{
    model_tags_free(&s_tags);
    model_tags_find(slice_from(content), &s_tags);
    buffer_t got = {0};
    buffer_append_text(&got, "");
    for (size_t i = 0; i < s_tags.count; i++)
        buffer_printf(&got, "%s%s", i ? "|" : "", s_tags.items[i]);
    if (!slice_is(buffer_slice(&got), joined))
        fail_msg("%s\ngave  %s\nnot   %s", content, got.data ? got.data : "", joined);
    buffer_free(&got);
}

static void
the_json_that_was_asked_for_is_read(void **state)
{
    (void) state;
    s_assert_tags("{\"tags\":[\"tidal gauge\",\"dredging\"]}", "tidal gauge|dredging");
    s_assert_tags(" \n{ \"tags\" : [ \"a \\\"b\\\" c\", \"S\\u00e3o Paulo\" ] }\n",
                  "a \"b\" c|S\u00e3o Paulo");
}

static void
other_shapes_of_json_are_read(void **state)
{
    (void) state;
    s_assert_tags("[\"tidal gauge\", \"dredging\"]", "tidal gauge|dredging");
    s_assert_tags("{\"keywords\":[\"tidal gauge\"]}", "tidal gauge");
    s_assert_tags("{\"result\":{\"labels\":[\"tidal gauge\"]}}", "tidal gauge");
    s_assert_tags("{\"tags\":\"tidal gauge, dredging\"}", "tidal gauge|dredging");
    s_assert_tags("{\"tags\":[{\"tag\":\"tidal gauge\",\"score\":1},{\"name\":\"dredging\"}]}",
                  "tidal gauge|dredging");
    s_assert_tags("[{\"tags\":[\"tidal gauge\"]}]", "tidal gauge");
}

static void
the_member_called_tags_goes_before_others(void **state)
{
    (void) state;
    s_assert_tags("{\"reasons\":[\"because\"],\"tags\":[\"dredging\"]}", "dredging");
    s_assert_tags("{\"language\":\"en\",\"list\":[\"dredging\"]}", "dredging");
}

static void
json_in_fences_and_in_prose_is_found(void **state)
{
    (void) state;
    s_assert_tags("```json\n{\"tags\":[\"dredging\"]}\n```", "dredging");
    s_assert_tags("```\n[\"dredging\"]\n```\nThese are all.", "dredging");
    s_assert_tags("Here are [the] tags {for you}: {\"tags\":[\"dredging\"]} Enjoy [them]!",
                  "dredging");
}

static void
thinking_aloud_is_left_out(void **state)
{
    (void) state;
    s_assert_tags("<think>Maybe [\"wrong\"]?</think>{\"tags\":[\"dredging\"]}", "dredging");
    s_assert_tags("Maybe [\"wrong\"]?</think>\n\n[\"dredging\"]", "dredging");
    s_assert_tags("<thinking>- wrong one\n- wrong two</thinking>\n- dredging\n- pilots",
                  "dredging|pilots");
    s_assert_tags("<think>it never ends [\"wrong\"]", "");
}

static void
whole_tags_are_salvaged_from_what_was_cut(void **state)
{
    (void) state;
    s_assert_tags("{\"tags\":[\"tidal gauge\",\"dredging\",\"pilot bo", "tidal gauge|dredging");
    s_assert_tags("{\"tags\":[\"tidal gauge\",", "tidal gauge");
    s_assert_tags("{\"tags\":[\"tidal gauge\",]}", "tidal gauge");
    s_assert_tags("{\"tags\":[\"tidal ga", "");
    s_assert_tags("{\"tags\":[\"ends in a backslash\\", "");
    s_assert_tags("{\"tags\":[", "");
}

static void
arrays_that_are_not_quite_json_are_read(void **state)
{
    (void) state;
    s_assert_tags("{'tags': ['tidal gauge', 'O'Neill's law', 'dredging']}",
                  "tidal gauge|O'Neill's law|dredging");
    s_assert_tags("tags: [tidal gauge, dredging, pilot boats]", "tidal gauge|dredging|pilot boats");
    s_assert_tags("As said before [1], there is nothing to say.", "");
    s_assert_tags("See [the first, the second] and no more.", "");
}

static void
numbered_and_bulleted_lists_are_read(void **state)
{
    (void) state;
    s_assert_tags("Tags:\n1. tidal gauge\n2) dredging\n(3) \"pilot boats\"\n",
                  "tidal gauge|dredging|pilot boats");
    s_assert_tags("**Tags**\n\n- **tidal gauge**\n* dredging\n\u2022 `pilot boats`\n",
                  "tidal gauge|dredging|pilot boats");
    s_assert_tags("1. tidal gauge - measures the sea\n2. dredging: digging\n",
                  "tidal gauge|dredging");
    s_assert_tags("Sure, here they are.\n\n1. 3D printing\n2. 1984 riots\n3. C++",
                  "3D printing|1984 riots|C++");
}

static void
a_number_that_belongs_to_a_tag_stays(void **state)
{
    (void) state;
    s_assert_tags("5G spectrum\n3.5 GHz band\n1984 riots\n802.11 networks",
                  "5G spectrum|3.5 GHz band|1984 riots|802.11 networks");
}

static void
plain_lines_and_commas_are_read(void **state)
{
    (void) state;
    s_assert_tags("tidal gauge\ndredging\npilot boats\n", "tidal gauge|dredging|pilot boats");
    s_assert_tags("Here are your tags:\n\ntidal gauge,\ndredging,\npilot boats",
                  "tidal gauge|dredging|pilot boats");
    s_assert_tags("tidal gauge, dredging, pilot boats", "tidal gauge|dredging|pilot boats");
    s_assert_tags("**Keywords:** tidal gauge; dredging; AT&T.", "tidal gauge|dredging|AT&T");
    s_assert_tags("\u6e2f\u53e3\u3001\u71c8\u5854\u3001\u6f6e\u6c50",
                  "\u6e2f\u53e3|\u71c8\u5854|\u6f6e\u6c50");
}

static void
quotes_and_emphasis_around_a_tag_go_and_within_it_stay(void **state)
{
    (void) state;
    s_assert_tags("\u201ctidal gauge\u201d\n'dredging'\n\u00abpilote de port\u00bb\nO'Neill's law",
                  "tidal gauge|dredging|pilote de port|O'Neill's law");
    s_assert_tags("[\" **tidal gauge** \", \"C*\", \"\", \"  \"]", "tidal gauge|C*");
}

static void
prose_questions_and_markup_hold_no_tags(void **state)
{
    (void) state;
    s_assert_tags("Certainly! Which document do you mean?", "");
    s_assert_tags("The document, in my view, is about harbours, and I would say so.", "");
    s_assert_tags("Please send it.", "");
    s_assert_tags("<p>tags</p>", "");
    s_assert_tags("", "");
    s_assert_tags("   \n ", "");
    s_assert_tags("{\"tags\":[]}", "");
    s_assert_tags("{\"tags\":[1,2,null]}", "");
    s_assert_tags("{\"error\":\"no\"}", "");
    s_assert_tags("First line is a sentence that goes on and on for ever.\nshort\nwords\nhere", "");
}

static void
refusals_hold_no_tags(void **state)
{
    (void) state;
    static const char *const refusals[] = {
        "I'm sorry, but I can't help with that.", "I\u2019m sorry, I cannot do it, ever, at all",
        "I cannot tag this, that, or the other", "As an AI, I do not, cannot, will not",
        "<think>no</think>I can't assist with that request."};
    for (size_t i = 0; i < sizeof refusals / sizeof refusals[0]; i++) {
        assert_true(model_tags_is_refusal(slice_from(refusals[i])));
        s_assert_tags(refusals[i], "");
    }
    assert_false(model_tags_is_refusal(SLICE("{\"tags\":[\"I'm sorry\"]}")));
}

static void
deep_and_huge_answers_are_bounded(void **state)
{
    (void) state;
    buffer_t text = {0};
    for (int i = 0; i < 100000; i++)
        buffer_append_byte(&text, '[');
    model_tags_find(buffer_slice(&text), &s_tags);
    assert_int_equal(s_tags.count, 0);
    buffer_clear(&text);
    buffer_append_text(&text, "{\"tags\":[\"x0\"");
    for (int i = 1; i < 1000; i++)
        buffer_printf(&text, ",\"x%d\"", i);
    buffer_append_text(&text, "]}");
    model_tags_find(buffer_slice(&text), &s_tags);
    assert_int_equal(s_tags.count, MODEL_TAGS_MAX);
    assert_string_equal(s_tags.items[MODEL_TAGS_MAX - 1], "x63");
    buffer_free(&text);
}

static void
every_truncation_of_an_answer_is_safe(void **state)
{
    (void) state;
    static const char whole[] =
        "<think>x</think>\n1. Tags: {\"tags\": [\"tidal \\u00e9 \\\"gauge\", {\"tag\": \"b\"}]}\n"
        "- \u201cdredging\u201d, \u3001 x\n```";
    for (size_t size = 0; size < sizeof whole; size++) {
        char *copy = slice_copy((slice_t){whole, size}); /* of its own, so that ASan sees its end */
        model_tags_free(&s_tags);
        model_tags_find((slice_t){copy, size}, &s_tags);
        assert_true(s_tags.count <= 4);
        free(copy);
    }
}

int
main(void)
{
#define TEST(name) cmocka_unit_test_teardown(name, teardown)
    const struct CMUnitTest tests[] = {
        TEST(the_json_that_was_asked_for_is_read),
        TEST(other_shapes_of_json_are_read),
        TEST(the_member_called_tags_goes_before_others),
        TEST(json_in_fences_and_in_prose_is_found),
        TEST(thinking_aloud_is_left_out),
        TEST(whole_tags_are_salvaged_from_what_was_cut),
        TEST(arrays_that_are_not_quite_json_are_read),
        TEST(numbered_and_bulleted_lists_are_read),
        TEST(a_number_that_belongs_to_a_tag_stays),
        TEST(plain_lines_and_commas_are_read),
        TEST(quotes_and_emphasis_around_a_tag_go_and_within_it_stay),
        TEST(prose_questions_and_markup_hold_no_tags),
        TEST(refusals_hold_no_tags),
        TEST(deep_and_huge_answers_are_bounded),
        TEST(every_truncation_of_an_answer_is_safe),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
