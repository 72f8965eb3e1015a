#include <string.h>

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

static void
s_write_key(FILE *out, const config_row_t *row, slice_t group)
{
    const char *indent = group.size ? "    " : "";
    const char *name = row->path + (group.size ? group.size + 1 : 0);
    fputc('\n', out);
    s_write_comment(out, indent, row->help);
    s_write_range(out, indent, row);
    /* The name begins right after the #, so that taking the # out leaves the right indentation. */
    fprintf(out, "%s#%s = %s\n", indent, name, *row->default_ ? row->default_ : "\"\"");
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
}
