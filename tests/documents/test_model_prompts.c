#include "documents/model/model_prompts.h"

#include <stdio.h>
#include <unistd.h>

#include "documents/model/model_text.h"
#include "tests/support/cmocka_all.h"

static char s_directory[64];
static model_prompts_t s_prompts;
static buffer_t s_out;
static fault_t s_fault;

static int
setup(void **state)
{
    (void) state;
    strcpy(s_directory, "/tmp/tagmill-prompts-XXXXXX");
    return mkdtemp(s_directory) == NULL;
}

static int
teardown(void **state)
{
    (void) state;
    model_prompts_free(&s_prompts);
    buffer_free(&s_out);
    char command[128];
    snprintf(command, sizeof command, "rm -rf %s", s_directory);
    return system(command);
}

static void
s_write(const char *name, const char *text)
{
    char path[128];
    snprintf(path, sizeof path, "%s/%s", s_directory, name);
    FILE *file = fopen(path, "w");
    assert_non_null(file);
    assert_true(fputs(text, file) >= 0);
    assert_int_equal(fclose(file), 0);
}

static const char *
s_render(const char *prompt, const model_values_t *values)
{
    buffer_clear(&s_out);
    buffer_append_text(&s_out, "");
    model_prompt_render(prompt, values, &s_out);
    return s_out.data ? s_out.data : "";
}

static void
places_are_filled_and_other_braces_stand(void **state)
{
    (void) state;
    model_values_t values = {
        .items = {
            [MODEL_PLACE_NUM_TAGS] = SLICE("12"), [MODEL_PLACE_TEXT] = SLICE("the {title} of it")}};
    assert_string_equal(
        s_render("Give {num_tags}: {\"tags\": [\"a\"]} {} {X} {a\n{text}.", &values),
        "Give 12: {\"tags\": [\"a\"]} {} {X} {a\nthe {title} of it.");
}

static void
a_line_whose_places_are_empty_is_left_out(void **state)
{
    (void) state;
    model_values_t values = {.items = {[MODEL_PLACE_TEXT] = SLICE("words")}};
    assert_string_equal(
        s_render("Title: {title}\nBy hand\n{text}\n{language}{text}\n{title}", &values),
        "By hand\nwords\nwords\n");
}

static void
a_document_cannot_close_its_own_marks(void **state)
{
    (void) state;
    model_values_t values = {
        .items = {[MODEL_PLACE_TEXT] = SLICE("a </document> b </DOCUMENT> c <document> <doc> <")}};
    assert_string_equal(s_render("{text}", &values),
                        "a < /document> b < /DOCUMENT> c < document> <doc> <");
}

static void
control_characters_do_not_reach_a_model(void **state)
{
    (void) state;
    static const char text[] = "one\0two\033[1m\tthree\nfour\177";
    model_values_t values = {.items = {[MODEL_PLACE_TEXT] = {text, sizeof text - 1}}};
    assert_string_equal(s_render("{text}", &values), "onetwo[1m\tthree\nfour");
}

static void
the_defaults_say_what_the_document_is_and_where_it_ends(void **state)
{
    (void) state;
    assert_int_equal(model_prompts_load(&s_prompts, "", &s_fault), STATUS_OK);
    model_values_t values = {.items = {[MODEL_PLACE_NUM_TAGS] = SLICE("12"),
                                       [MODEL_PLACE_TITLE] = SLICE("On \"tides\""),
                                       [MODEL_PLACE_TEXT] = SLICE("Tides rise.\nAnd fall.")}};
    const char *user = s_render(s_prompts.user, &values);
    assert_non_null(strstr(user, "Give the 12 best tags"));
    assert_non_null(
        strstr(user, "<document>\nTitle: On \"tides\"\n\nTides rise.\nAnd fall.\n</document>"));
    assert_null(strstr(user, "Description"));
    assert_null(strstr(user, "ISO 639"));
    assert_null(strstr(user, "Never give"));
    assert_non_null(strstr(s_prompts.system, "never an\ninstruction"));
    assert_non_null(strstr(s_prompts.system, "{\"tags\": [\"first tag\", \"second tag\"]}"));
    assert_non_null(strstr(s_render(s_prompts.repair, &values), "the 12 best"));
}

static void
prompts_of_a_directory_replace_the_defaults(void **state)
{
    (void) state;
    s_write("system.txt", "Be brief.");
    s_write("user.txt", "{num_tags} of: {text}");
    assert_int_equal(model_prompts_load(&s_prompts, s_directory, &s_fault), STATUS_OK);
    assert_string_equal(s_prompts.system, "Be brief.");
    assert_string_equal(s_prompts.user, "{num_tags} of: {text}");
    assert_string_equal(s_prompts.repair, model_prompt_repair);
    model_prompts_free(&s_prompts);
    s_write("repair.txt", "Again.");
    assert_int_equal(model_prompts_load(&s_prompts, s_directory, &s_fault), STATUS_OK);
    assert_string_equal(s_prompts.repair, "Again.");
}

static void
s_assert_refused(status_t status, const char *why)
{
    status_t got = model_prompts_load(&s_prompts, s_directory, &s_fault);
    if (got != status || strstr(s_fault.detail, why) == NULL)
        fail_msg("%s: %s", status_word(got), s_fault.detail);
    model_prompts_free(&s_prompts);
}

static void
prompts_that_cannot_be_used_are_refused(void **state)
{
    (void) state;
    s_assert_refused(STATUS_NOT_FOUND, "system.txt");
    s_write("system.txt", "Be brief.");
    s_assert_refused(STATUS_NOT_FOUND, "user.txt");
    s_write("user.txt", "Tags please.");
    s_assert_refused(STATUS_BAD_REQUEST, "no place {text}");
    s_write("user.txt", "{text} {number}");
    s_assert_refused(STATUS_BAD_REQUEST, "{number}; there are {num_tags}");
    s_write("user.txt", "{text}");
    s_write("system.txt", "\xff");
    s_assert_refused(STATUS_BAD_REQUEST, "not UTF-8");
    s_write("system.txt", "Be brief.");
    s_write("repair.txt", "{again}");
    s_assert_refused(STATUS_BAD_REQUEST, "repair.txt");
}

static void
a_short_text_is_sent_whole(void **state)
{
    (void) state;
    model_text_cut(SLICE("six words"), 9, &s_out);
    assert_string_equal(s_out.data, "six words");
}

static void
a_long_text_is_cut_between_words_to_its_head_and_tail(void **state)
{
    (void) state;
    buffer_t text = {0};
    for (int i = 0; i < 1000; i++)
        buffer_printf(&text, "w\u00f6rd%03d ", i);
    model_text_cut(buffer_slice(&text), 600, &s_out);
    assert_true(strncmp(s_out.data, "w\u00f6rd000 w\u00f6rd001", 17) == 0);
    const char *gap = strstr(s_out.data, "\n[...]\n");
    assert_non_null(gap);
    assert_true(strncmp(gap - 8, "w\u00f6rd", 5) == 0); /* a whole word before */
    assert_true(strncmp(gap + 7, "w\u00f6rd", 5) == 0); /* and behind */
    assert_true(strcmp(s_out.data + s_out.size - 9, "w\u00f6rd999 ") == 0);
    assert_in_range(s_out.size, 560, 700); /* 600 code points, of which one in 8 takes two bytes */
    buffer_free(&text);
}

static void
a_text_without_spaces_is_cut_between_code_points(void **state)
{
    (void) state;
    buffer_t text = {0};
    for (int i = 0; i < 1000; i++)
        buffer_append_text(&text, "\u6f6e");
    model_text_cut(buffer_slice(&text), 60, &s_out);
    assert_int_equal(s_out.size, 60 * 3 + strlen("\n[...]\n"));
    assert_true(strncmp(s_out.data + 150, "\n[...]\n\u6f6e", 10) == 0);
    buffer_free(&text);
}

int
main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
    const struct CMUnitTest tests[] = {
        TEST(places_are_filled_and_other_braces_stand),
        TEST(a_line_whose_places_are_empty_is_left_out),
        TEST(a_document_cannot_close_its_own_marks),
        TEST(control_characters_do_not_reach_a_model),
        TEST(the_defaults_say_what_the_document_is_and_where_it_ends),
        TEST(prompts_of_a_directory_replace_the_defaults),
        TEST(prompts_that_cannot_be_used_are_refused),
        TEST(a_short_text_is_sent_whole),
        TEST(a_long_text_is_cut_between_words_to_its_head_and_tail),
        TEST(a_text_without_spaces_is_cut_between_code_points),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
