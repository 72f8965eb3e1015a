#include <string.h>

#include "config/provider_set.h"
#include "config/table.h"

enum { COMMENT_WIDTH = 96 };

/* Writes `text` as comment lines, each indented and no wider than COMMENT_WIDTH where it can be. */
static void
s_write_comment(FILE *out, const char *indent, const char *text)
{
    size_t width = 0;
    while (*text) {
        size_t size = strcspn(text, " ");
        if (width && width + 1 + size > COMMENT_WIDTH) {
            fputc('\n', out);
            width = 0;
        }
        if (width == 0)
            width = (size_t) fprintf(out, "%s#", indent);
        width += (size_t) fprintf(out, " %.*s", (int) size, text);
        text += size;
        text += strspn(text, " ");
    }
    fputc('\n', out);
}

/* What may be written there, where the type does not say it all. */
static void
s_write_range(FILE *out, const char *indent, const config_row_t *row)
{
    if (row->type == CONFIG_TYPE_NUMBER)
        fprintf(out, "%s# %lld to %lld.\n", indent, (long long) row->low, (long long) row->high);
    if (row->type == CONFIG_TYPE_FLAG)
        fprintf(out, "%s# true or false.\n", indent);
    if (row->type != CONFIG_TYPE_CHOICE)
        return;
    fprintf(out, "%s# One of:", indent);
    for (const char *word = row->choices; *word;) {
        size_t size = strcspn(word, "|");
        fprintf(out, " %.*s%s", (int) size, word, word[size] ? "," : ".\n");
        word += size + (word[size] == '|');
    }
}

/* The name begins right after the #, so that taking the # out leaves the right indentation. */
static void
s_write_setting(FILE *out, const char *indent, const char *name, const char *value)
{
    fprintf(out, "%s#%s = %s\n", indent, name, *value ? value : "\"\"");
}

static void
s_write_key(FILE *out, const config_row_t *row, slice_t group)
{
    const char *indent = group.size ? "    " : "";
    const char *name = row->path + (group.size ? group.size + 1 : 0);
    fputc('\n', out);
    s_write_comment(out, indent, row->help);
    s_write_range(out, indent, row);
    s_write_setting(out, indent, name, row->default_);
}

/* ---- providers ---- */

#define GROUP_INDENT "    "
#define KEY_INDENT   "        "

/* Providers that there are not from the start, as they would be written. */
static const struct {
    const char *name, *help;
    struct {
        const char *name, *value;
    } settings[4];
} s_samples[] = {
    {"openai",
     "OpenAI itself, with the prices of a million tokens.",
     {{"base_url", "https://api.openai.com/v1"},
      {"key_env", "OPENAI_API_KEY"},
      {"models", "\"gpt-4o-mini=0.15/0.60, gpt-4o=2.50/10.00\""}}},
    {"ollama",
     "Ollama on this machine: models as ollama/llama3.2. It takes a JSON schema and no key.",
     {{"base_url", "http://127.0.0.1:11434/v1"}, {"needs_key", "false"}, {"timeout_ms", "300000"}}},
    {"vllm",
     "vLLM on a machine nearby, started with --served-model-name tagger: models as tagger.",
     {{"base_url", "http://10.0.0.5:8000/v1"}, {"needs_key", "false"}, {"models", "tagger"}}},
    {"llama-cpp",
     "llama.cpp's llama-server, which serves the one model it was started with: llama-cpp/it.",
     {{"base_url", "http://127.0.0.1:8080/v1"},
      {"needs_key", "false"},
      {"schema", "object"},
      {"timeout_ms", "300000"}}},
};

/* The one that there is from the start, with every setting that a provider has. */
static void
s_write_first_provider(FILE *out)
{
    provider_set_t set;
    provider_set_init(&set);
    const provider_entry_t *first = set.entries[0];
    fprintf(out, "\n" GROUP_INDENT "%s\n", first->name);
    for (int key = 0; key < PROVIDER_KEY_COUNT; key++) {
        const config_row_t *row = provider_row((provider_key_t) key);
        fputc('\n', out);
        s_write_comment(out, KEY_INDENT, row->help);
        s_write_range(out, KEY_INDENT, row);
        s_write_setting(out, KEY_INDENT, row->path, first->texts[key]);
    }
    provider_set_free(&set);
}

static void
s_write_providers(FILE *out)
{
    fputc('\n', out);
    s_write_comment(out, "",
                    "Providers of models: whatever speaks the OpenAI-compatible chat/completions. "
                    "A job names its model as the provider lists it, or as PROVIDER/MODEL. A name "
                    "is a to z, 0 to 9 and -; the environment has it in capitals with _ for - "
                    "(TAGMILL_PROVIDERS_LLAMA_CPP_BASE_URL). openrouter is there from the start.");
    fprintf(out, "providers\n");
    s_write_first_provider(out);
    for (size_t i = 0; i < sizeof s_samples / sizeof s_samples[0]; i++) {
        fputc('\n', out);
        s_write_comment(out, GROUP_INDENT, s_samples[i].help);
        fprintf(out, GROUP_INDENT "#%s\n", s_samples[i].name);
        for (size_t j = 0; j < 4 && s_samples[i].settings[j].name; j++)
            s_write_setting(out, KEY_INDENT, s_samples[i].settings[j].name,
                            s_samples[i].settings[j].value);
    }
}

void
config_write_example(FILE *out)
{
    s_write_comment(out, "",
                    "Settings of tagmill. Every key is shown with its default; take the # before "
                    "a name away to set it. The format is ZPL: a group's keys stand below it, "
                    "indented by 4 spaces; a value that holds a # stands in quotes.");
    s_write_comment(out, "",
                    "The environment (TAGMILL_HTTP_LISTEN for http/listen) overrides this file, "
                    "and --set http/listen=VALUE overrides both. DATA_DIR stands for the value of "
                    "data_dir.");
    slice_t group = {0};
    for (int key = 0; key < CONFIG_KEY_COUNT; key++) {
        const config_row_t *row = config_row((config_key_t) key);
        const char *slash = strchr(row->path, '/');
        slice_t here = {.data = row->path, .size = slash ? (size_t) (slash - row->path) : 0};
        if (here.size && !slice_equal(here, group))
            fprintf(out, "\n%.*s\n", SLICE_ARG(here));
        group = here;
        s_write_key(out, row, here);
    }
    s_write_providers(out);
}
