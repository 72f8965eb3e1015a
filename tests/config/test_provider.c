#include "config/provider.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "config/models.h"
#include "tests/support/cmocka_all.h"

typedef struct {
    config_t *config;
    fault_t fault;
    char directory[32], path[64];
} fixture_t;

static int
s_setup(void **state)
{
    static fixture_t fixture;
    fixture = (fixture_t){.config = config_new(), .directory = "/tmp/tagmill-XXXXXX"};
    assert_non_null(mkdtemp(fixture.directory));
    snprintf(fixture.path, sizeof fixture.path, "%s/file", fixture.directory);
    *state = &fixture;
    return 0;
}

static int
s_teardown(void **state)
{
    fixture_t *self = *state;
    config_destroy(&self->config);
    unlink(self->path);
    return rmdir(self->directory);
}

static void
s_write(fixture_t *self, const char *text, mode_t mode)
{
    FILE *file = fopen(self->path, "w");
    assert_non_null(file);
    fputs(text, file);
    fclose(file);
    assert_int_equal(chmod(self->path, mode), 0);
}

static status_t
s_load(fixture_t *self, const char *text)
{
    s_write(self, text, 0600);
    return config_load_file(self->config, self->path, &self->fault);
}

static void
s_set(fixture_t *self, const char *assignment)
{
    if (config_set(self->config, assignment, &self->fault) != STATUS_OK)
        fail_msg("%s: %s", assignment, self->fault.detail);
}

static void
s_finish(fixture_t *self)
{
    if (config_finish(self->config, &self->fault) != STATUS_OK)
        fail_msg("%s", self->fault.detail);
}

static const provider_t *
s_provider(fixture_t *self, const char *name)
{
    for (size_t i = 0; i < config_provider_count(self->config); i++)
        if (strcmp(config_provider(self->config, i)->name, name) == 0)
            return config_provider(self->config, i);
    fail_msg("no provider %s", name);
    return NULL;
}

/* The detail of the last refusal begins with file and line (0: with no file) and holds `hint`. */
static void
s_said(fixture_t *self, size_t line, const char *hint)
{
    char start[96] = "";
    if (line)
        snprintf(start, sizeof start, "%s:%zu: ", self->path, line);
    if (strncmp(self->fault.detail, start, strlen(start)) != 0 || !strstr(self->fault.detail, hint))
        fail_msg("wanted \"%s...%s\", got \"%s\"", start, hint, self->fault.detail);
}

/* ---- settings ---- */

static void
openrouter_is_there_from_the_start(void **state)
{
    fixture_t *self = *state;
    s_finish(self);
    assert_int_equal(config_provider_count(self->config), 1);
    const provider_t *provider = config_provider(self->config, 0);
    assert_string_equal(provider->name, "openrouter");
    assert_string_equal(provider->base_url, "https://openrouter.ai/api/v1");
    assert_string_equal(provider->key, "");
    assert_true(provider->needs_key);
    assert_true(provider->has_system);
    assert_string_equal(provider->schema, "strict");
    assert_int_equal(provider->timeout_ms, 60000);
}

static void
a_file_names_providers_in_groups(void **state)
{
    fixture_t *self = *state;
    assert_int_equal(s_load(self, "providers\n"
                                  "    ollama\n"
                                  "        base_url = http://127.0.0.1:11434/v1/\n"
                                  "        needs_key = false\n"
                                  "        schema = object\n"
                                  "    two-b\n"
                                  "        base_url = https://b.example\n"
                                  "        models = \"x=1/2\"\n"
                                  "        has_system = false\n"
                                  "        timeout_ms = 250\n"
                                  "providers/openrouter/key = sk-or-1\n"),
                     STATUS_OK);
    s_finish(self);
    assert_int_equal(config_provider_count(self->config), 3);
    const provider_t *ollama = s_provider(self, "ollama");
    assert_string_equal(ollama->base_url, "http://127.0.0.1:11434/v1");
    assert_false(ollama->needs_key);
    assert_string_equal(ollama->schema, "object");
    const provider_t *other = s_provider(self, "two-b");
    assert_string_equal(other->models, "x=1/2");
    assert_false(other->has_system);
    assert_int_equal(other->timeout_ms, 250);
    assert_string_equal(s_provider(self, "openrouter")->key, "sk-or-1");
}

static void
what_is_wrong_is_said_with_file_and_line(void **state)
{
    static const struct {
        const char *text;
        size_t line;
        const char *hint;
    } rows[] = {
        {"providers\n    a\n        bas_url = http://x\n", 3, "did you mean providers/a/base_url?"},
        {"providers\n    Ollama\n        key = x\n", 3, "cannot name a provider"},
        {"providers\n    a\n        base_url = x.example\n", 3,
         "providers/a/base_url: \"x.example\""},
        {"providers\n    a\n        base_url = http://u@x/v1\n", 3, "without user"},
        {"providers\n    a\n        needs_key = maybe\n", 3, "neither true nor false"},
        {"providers\n    a\n        schema = json\n", 3, "strict|object|none"},
        {"providers\n    a\n        timeout_ms = 1\n", 3, "100 to 600000"},
        {"providers\n    a\n        models = \"x=1\"\n", 3, "x=0.15/0.60"},
        {"providers\n    a\n        base_url = http://x\nproviders/a/base_url = http://y\n", 4,
         "the first is line 3"},
        {"providers\n    a\n        base_url\n            b = 1\n", 3, "is a key"},
        {"providers = x\n", 1, "is a group"},
        {"providers\n    a = x\n", 2, "is a group"},
    };
    fixture_t *self = *state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        assert_int_equal(s_load(self, rows[i].text), STATUS_BAD_REQUEST);
        s_said(self, rows[i].line, rows[i].hint);
    }
}

static void
a_wrong_key_is_not_shown(void **state)
{
    fixture_t *self = *state;
    assert_int_equal(config_set(self->config, "providers/a/key=pl anted", &self->fault),
                     STATUS_BAD_REQUEST);
    s_said(self, 0, "visible ASCII");
    assert_null(strstr(self->fault.detail, "anted"));
}

static void
a_provider_without_an_address_is_refused_where_it_was_first_named(void **state)
{
    fixture_t *self = *state;
    assert_int_equal(s_load(self, "providers\n    a\n        needs_key = false\n"), STATUS_OK);
    assert_int_equal(config_finish(self->config, &self->fault), STATUS_BAD_REQUEST);
    s_said(self, 3, "set providers/a/base_url");
}

static void
the_environment_names_settings_with_the_longest_ending(void **state)
{
    fixture_t *self = *state;
    char *environment[] = {"TAGMILL_PROVIDERS_LLAMA_CPP_BASE_URL=http://127.0.0.1:8080/v1",
                           "TAGMILL_PROVIDERS_LLAMA_CPP_NEEDS_KEY=false",
                           "TAGMILL_PROVIDERS_OPENROUTER_KEY=sk-env", NULL};
    assert_int_equal(config_load_environment(self->config, environment, &self->fault), STATUS_OK);
    s_finish(self);
    assert_false(s_provider(self, "llama-cpp")->needs_key);
    assert_string_equal(s_provider(self, "llama-cpp")->base_url, "http://127.0.0.1:8080/v1");
    assert_string_equal(s_provider(self, "openrouter")->key, "sk-env");
    char *wrong[] = {"TAGMILL_PROVIDERS_A_FOO=1", NULL};
    assert_int_equal(config_load_environment(self->config, wrong, &self->fault),
                     STATUS_BAD_REQUEST);
    s_said(self, 0, "TAGMILL_PROVIDERS_NAME_SETTING");
}

/* ---- keys ---- */

static void
a_key_comes_from_a_variable_that_the_settings_name(void **state)
{
    fixture_t *self = *state;
    char *environment[] = {"OPENROUTER_API_KEY=sk-1", "MINE=sk-2", NULL};
    assert_int_equal(config_load_environment(self->config, environment, &self->fault), STATUS_OK);
    s_set(self, "providers/a/base_url=http://x");
    s_set(self, "providers/a/key_env=MINE");
    s_set(self, "providers/b/base_url=http://y");
    s_set(self, "providers/b/key_env=NOT_THERE");
    s_finish(self);
    assert_string_equal(s_provider(self, "openrouter")->key, "sk-1");
    assert_string_equal(s_provider(self, "a")->key, "sk-2");
    assert_string_equal(s_provider(self, "b")->key, "");
}

static void
a_key_file_is_for_its_owner_only(void **state)
{
    fixture_t *self = *state;
    char assignment[128];
    snprintf(assignment, sizeof assignment, "providers/openrouter/key_file=%s", self->path);
    s_set(self, assignment);
    assert_int_equal(config_finish(self->config, &self->fault), STATUS_NOT_FOUND);
    s_write(self, "sk-file\n", 0640);
    assert_int_equal(config_finish(self->config, &self->fault), STATUS_BAD_REQUEST);
    s_said(self, 0, "others can read");
    s_write(self, "sk file\n", 0600);
    assert_int_equal(config_finish(self->config, &self->fault), STATUS_BAD_REQUEST);
    s_said(self, 0, "its key is not");
    s_write(self, "sk-file\n", 0600);
    s_finish(self);
    assert_string_equal(s_provider(self, "openrouter")->key, "sk-file");
}

static void
a_key_is_visible_ascii_of_bounded_length(void **state)
{
    (void) state;
    char longest[PROVIDER_KEY_MAX + 2];
    memset(longest, 'k', sizeof longest);
    assert_true(provider_key_is_valid((slice_t){longest, PROVIDER_KEY_MAX}));
    assert_false(provider_key_is_valid((slice_t){longest, PROVIDER_KEY_MAX + 1}));
    assert_false(provider_key_is_valid(slice_from("")));
    assert_false(provider_key_is_valid(slice_from("a b")));
    assert_false(provider_key_is_valid(slice_from("a\r\nX-Evil: 1")));
    assert_false(provider_key_is_valid(slice_from("gr\xc3\xbc\xc3\x9f")));
}

/* ---- models ---- */

static void
prices_are_billionths_a_token(void **state)
{
    static const struct {
        const char *list;
        uint64_t in_nano, out_nano;
    } rows[] = {{"m=0.15/0.60", 150, 600},
                {" m = 2.50 / 10 ", 2500, 10000},
                {"m", 0, 0},
                {"m=0/0", 0, 0},
                {"m=0.0375/0.0004", 38, 0},
                {"m=999999/0.000001", 999999000, 0},
                {"a/b:c=1/1,m=3/4", 3000, 4000},
                {"*=1/2, m", 0, 0}};
    (void) state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        model_price_t price;
        assert_true(models_find(slice_from(rows[i].list), SLICE("m"), true, &price));
        assert_true(price.in_nano == rows[i].in_nano && price.out_nano == rows[i].out_nano);
    }
}

static void
a_list_that_is_wrong_is_refused(void **state)
{
    static const char *const wrong[] = {"m=1",           "m=1/",   "m=/1",    "m=1.x/2",
                                        "m=1./2",        "m=-1/2", "m=1/2/3", "m=1000000/1",
                                        "m=1e3/1",       ",m",     "a b=1/2", "m=.1/2",
                                        "m=0.1234567/1", "=1/2",   "m=1/2=3"};
    fixture_t *self = *state;
    for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++) {
        char assignment[64];
        snprintf(assignment, sizeof assignment, "providers/a/models=%s", wrong[i]);
        if (config_set(self->config, assignment, &self->fault) != STATUS_BAD_REQUEST)
            fail_msg("%s was taken", wrong[i]);
    }
}

static void
a_model_is_found_by_list_then_by_provider_then_at_the_default(void **state)
{
    static const struct {
        const char *name, *provider, *model;
        uint64_t in_nano;
    } rows[] = {
        {"gpt-4o-mini", "openai", "gpt-4o-mini", 150},
        {"openai/gpt-4o-mini", "openai", "gpt-4o-mini", 150},
        {"ollama/llama3.2", "ollama", "llama3.2", 7},
        {"ollama/hf.co/x/y", "ollama", "hf.co/x/y", 7},
        {"mistralai/mistral-small", "openrouter", "mistralai/mistral-small", 0},
        {"openrouter/openai/gpt-5", "openrouter", "openai/gpt-5", 0},
        {"odd/name", "openai", "odd/name", 1000},
    };
    fixture_t *self = *state;
    s_set(self, "providers/openai/base_url=https://api.openai.com/v1");
    s_set(self, "providers/openai/models=gpt-4o-mini=0.15/0.60, odd/name=1/1");
    s_set(self, "providers/ollama/base_url=http://127.0.0.1:11434/v1");
    s_set(self, "providers/ollama/models=*=0.007/0");
    s_finish(self);
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        model_choice_t choice;
        if (config_find_model(self->config, slice_from(rows[i].name), &choice, &self->fault) !=
            STATUS_OK)
            fail_msg("%s: %s", rows[i].name, self->fault.detail);
        assert_string_equal(choice.provider->name, rows[i].provider);
        assert_string_equal(choice.model, rows[i].model);
        assert_true(choice.price_in_nano == rows[i].in_nano);
    }
}

static void
a_model_that_nobody_serves_is_answered_with_what_would_be_right(void **state)
{
    static const char *const wrong[] = {"gpt-9", "openai/gpt-9", "", "/", "a/", "/a", "llama3.2"};
    fixture_t *self = *state;
    model_choice_t choice;
    s_set(self, "providers/openai/base_url=https://api.openai.com/v1");
    s_set(self, "providers/openai/models=gpt-4o-mini");
    s_finish(self);
    for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++) {
        assert_int_equal(
            config_find_model(self->config, slice_from(wrong[i]), &choice, &self->fault),
            STATUS_BAD_REQUEST);
        s_said(self, 0, "openrouter, openai");
    }
    char longer[PROVIDER_MODEL_MAX + 4] = "a/";
    memset(longer + 2, 'x', sizeof longer - 3);
    assert_int_equal(config_find_model(self->config, slice_from(longer), &choice, &self->fault),
                     STATUS_BAD_REQUEST);
}

static void
without_a_default_provider_a_vendor_is_not_enough(void **state)
{
    fixture_t *self = *state;
    model_choice_t choice;
    s_set(self, "tagger/default_provider=");
    s_finish(self);
    assert_int_equal(config_find_model(self->config, SLICE("a/b"), &choice, &self->fault),
                     STATUS_BAD_REQUEST);
    assert_null(strstr(self->fault.detail, "VENDOR"));
}

static void
default_tagger_and_default_provider_must_be_there(void **state)
{
    fixture_t *self = *state;
    s_set(self, "tagger/default=gpt-4o-mini");
    assert_int_equal(config_finish(self->config, &self->fault), STATUS_BAD_REQUEST);
    s_said(self, 0, "tagger/default: nobody serves");
    s_set(self, "tagger/default=vendor/model");
    s_finish(self);
    s_set(self, "tagger/default_provider=opnrouter");
    assert_int_equal(config_finish(self->config, &self->fault), STATUS_BAD_REQUEST);
    s_said(self, 0, "no such provider");
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, s_setup, s_teardown)

int
main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(openrouter_is_there_from_the_start),
        TEST(a_file_names_providers_in_groups),
        TEST(what_is_wrong_is_said_with_file_and_line),
        TEST(a_wrong_key_is_not_shown),
        TEST(a_provider_without_an_address_is_refused_where_it_was_first_named),
        TEST(the_environment_names_settings_with_the_longest_ending),
        TEST(a_key_comes_from_a_variable_that_the_settings_name),
        TEST(a_key_file_is_for_its_owner_only),
        cmocka_unit_test(a_key_is_visible_ascii_of_bounded_length),
        cmocka_unit_test(prices_are_billionths_a_token),
        TEST(a_list_that_is_wrong_is_refused),
        TEST(a_model_is_found_by_list_then_by_provider_then_at_the_default),
        TEST(a_model_that_nobody_serves_is_answered_with_what_would_be_right),
        TEST(without_a_default_provider_a_vendor_is_not_enough),
        TEST(default_tagger_and_default_provider_must_be_there),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
