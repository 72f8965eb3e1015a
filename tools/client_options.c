#include "tools/client_options.h"

#include <assert.h>
#include <getopt.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"

typedef struct {
    const char *word, *arguments, *summary;
    int least, most; /* arguments; most -1: none, 0: no limit */
} s_command_t;

static const s_command_t s_commands[] = {
#define CLIENT_COMMAND(symbol, word_, arguments_, least_, most_, summary_)                         \
    [COMMAND_##symbol] = {(word_), (arguments_), (summary_), (least_), (most_)},
    CLIENT_COMMANDS(CLIENT_COMMAND)
#undef CLIENT_COMMAND
};

typedef enum { KIND_FLAG, KIND_TEXT, KIND_NUMBER, KIND_LIST, KIND_MAP } s_kind_t;

#define ONLY(symbol) (1u << COMMAND_##symbol)
#define EVERY        ((1u << COMMAND_COUNT) - 1)

typedef struct {
    const char *name;
    size_t offset; /* of the member in client_options_t */
    s_kind_t kind;
    unsigned commands; /* that it goes with, a bit each */
    const char *metavar;
    const char *help;
} s_option_t;

#define AT(member) offsetof(client_options_t, member)

static const s_option_t s_options[] = {
    {"url", AT(url), KIND_TEXT, EVERY, "URL", "the server (http://127.0.0.1:8000)"},
    {"token", AT(token), KIND_TEXT, EVERY, "T",
     "the token; others on this host may see it in the list of processes"},
    {"token-file", AT(token_file), KIND_TEXT, EVERY, "F", "a file that holds the token"},
    {"json", AT(json), KIND_FLAG, EVERY, NULL, "print the server's JSON as it came"},
    {"help", AT(help), KIND_FLAG, EVERY, NULL, "print help, on a command with its name"},
    {"version", AT(version), KIND_FLAG, EVERY, NULL, "print the version"},
    {"model", AT(model), KIND_TEXT, ONLY(START), "NAME", "the tagger or model"},
    {"fallback", AT(fallback), KIND_TEXT, ONLY(START), "offline|none",
     "what becomes of a document that the model cannot do: offline tags, or none"},
    {"api-key-file", AT(api_key_file), KIND_TEXT, ONLY(START) | ONLY(RETRY), "F",
     "a file that holds the key for the model, where the server has none"},
    {"num-tags", AT(num_tags), KIND_NUMBER, ONLY(START), "N", "tags a document, 3 to 15"},
    {"num-pages", AT(num_pages), KIND_NUMBER, ONLY(START), "N",
     "pages read of a document, 1 to 10"},
    {"language", AT(language), KIND_TEXT, ONLY(START), "XX",
     "language of the documents (ISO 639-1)"},
    {"priority", AT(priority), KIND_NUMBER, ONLY(START), "N", "-10 to 10; higher goes first"},
    {"max-attempts", AT(max_attempts), KIND_NUMBER, ONLY(START), "N",
     "attempts at a document, 1 to 10"},
    {"job-id", AT(job_id), KIND_TEXT, ONLY(START), "ID",
     "the job's name; starting the same again under it starts nothing twice"},
    {"exclude", AT(exclude), KIND_LIST, ONLY(START), "WORD",
     "a word that may not be a tag; may be repeated"},
    {"map", AT(map), KIND_MAP, ONLY(START) | ONLY(VALIDATE), "COLUMN=FIELD",
     "a CSV column that holds a field, such as Link=file_path; may be repeated"},
    {"watch", AT(watch), KIND_FLAG, ONLY(START), NULL, "follow the job until it ends"},
    {"format", AT(format), KIND_TEXT, ONLY(RESULTS), "FORMAT",
     "table (the default on a terminal), json (elsewhere), ndjson or csv"},
    {"status", AT(status), KIND_TEXT, ONLY(RESULTS), "STATUS",
     "only results that are success or failed"},
    {"secret-file", AT(secret_file), KIND_TEXT, ONLY(TOKEN), "F",
     "the server's secret (auth/secret_file)"},
    {"sub", AT(sub), KIND_TEXT, ONLY(TOKEN), "USER", "whom the token stands for"},
    {"ttl", AT(ttl), KIND_NUMBER, ONLY(TOKEN), "SECONDS", "how long it holds (3600)"},
};

enum {
    OPTION_COUNT = sizeof s_options / sizeof s_options[0],
    OPTION_FIRST = 256,
    OPTION_WIDTH = 23 /* of the longest, with what it takes */
};

const char *
client_command_word(client_command_t command)
{
    assert(command < COMMAND_COUNT);
    return s_commands[command].word;
}

static status_t
s_check_number(const s_option_t *option, const char *text, fault_t *fault)
{
    char *end = NULL;
    (void) strtol(text, &end, 10);
    if (end == text || *end)
        return fault_set(fault, STATUS_BAD_REQUEST, "--%s takes a whole number, not \"%.80s\"",
                         option->name, text);
    return STATUS_OK;
}

static status_t
s_take(client_options_t *self, const s_option_t *option, const char *value, fault_t *fault)
{
    char *member = (char *) self + option->offset;
    if (option->kind == KIND_FLAG) {
        *(bool *) (void *) member = true;
    } else if (option->kind == KIND_LIST || option->kind == KIND_MAP) {
        client_list_t *list = (client_list_t *) (void *) member;
        list->items = memory_resize(list->items, (list->count + 1) * sizeof *list->items);
        list->items[list->count++] = value;
    } else {
        *(const char **) (void *) member = value;
    }
    slice_t column, field;
    if (option->kind == KIND_MAP && !client_map_split(value, &column, &field))
        return fault_set(fault, STATUS_BAD_REQUEST, "--%s takes %s, not \"%.80s\"", option->name,
                         option->metavar, value);
    return option->kind == KIND_NUMBER ? s_check_number(option, value, fault) : STATUS_OK;
}

/* Reads the options and counts in `used` which were there. */
static status_t
s_read_options(client_options_t *self, int argc, char **argv, bool *used, fault_t *fault)
{
    struct option options[OPTION_COUNT + 1] = {0};
    for (int i = 0; i < OPTION_COUNT; i++)
        options[i] = (struct option){.name = s_options[i].name,
                                     .has_arg = s_options[i].kind == KIND_FLAG ? no_argument
                                                                               : required_argument,
                                     .val = OPTION_FIRST + i};
    opterr = 0;
    status_t first = STATUS_OK;
    /* NOLINTNEXTLINE(concurrency-mt-unsafe): no thread has started yet */
    for (int found = 0; (found = getopt_long(argc, argv, ":", options, NULL)) != -1;) {
        status_t status = STATUS_OK;
        fault_t *to = first == STATUS_OK ? fault : NULL;
        if (found >= OPTION_FIRST) {
            used[found - OPTION_FIRST] = true;
            status = s_take(self, &s_options[found - OPTION_FIRST], optarg, to);
        } else {
            status =
                fault_set(to, STATUS_BAD_REQUEST,
                          found == ':' ? "a value is missing after %.80s" : "unknown option %.80s",
                          argv[optind - 1]);
        }
        /* Read to the end all the same: a --help further on is to be heard. */
        first = first == STATUS_OK ? status : first;
    }
    return first;
}

static status_t
s_read_command(client_options_t *self, const char *word, fault_t *fault)
{
    for (int command = 0; command < COMMAND_COUNT; command++) {
        if (strcmp(word, s_commands[command].word) == 0) {
            self->has_command = true;
            self->command = (client_command_t) command;
            return STATUS_OK;
        }
    }
    return fault_set(fault, STATUS_BAD_REQUEST, "there is no command \"%.80s\"", word);
}

static status_t
s_check_fit(const client_options_t *self, const bool *used, fault_t *fault)
{
    const s_command_t *command = &s_commands[self->command];
    for (int i = 0; i < OPTION_COUNT; i++)
        if (used[i] && !(s_options[i].commands & (1u << self->command)))
            return fault_set(fault, STATUS_BAD_REQUEST, "--%s goes with \"%s\", not with \"%s\"",
                             s_options[i].name,
                             s_commands[__builtin_ctz(s_options[i].commands)].word, command->word);
    if (self->argument_count < (size_t) command->least)
        return fault_set(fault, STATUS_BAD_REQUEST, "%s needs %s", command->word,
                         command->arguments);
    size_t most = command->most < 0 ? 0 : command->most == 0 ? SIZE_MAX : (size_t) command->most;
    if (self->argument_count > most)
        return fault_set(fault, STATUS_BAD_REQUEST, "%s: nothing was expected at \"%.80s\"",
                         command->word, self->arguments[most]);
    return STATUS_OK;
}

status_t
client_options_parse(client_options_t *self, int argc, char **argv, fault_t *fault)
{
    *self = (client_options_t){0};
    bool used[OPTION_COUNT] = {false};
    status_t status = s_read_options(self, argc, argv, used, fault);
    self->arguments = argv + optind;
    self->argument_count = (size_t) (argc - optind);
    if (self->argument_count > 0) {
        status_t found = s_read_command(self, self->arguments[0], status ? NULL : fault);
        status = status == STATUS_OK ? found : status;
        self->arguments++;
        self->argument_count--;
    } else if (status == STATUS_OK) {
        status = fault_set(fault, STATUS_BAD_REQUEST, "a command is missing");
    }
    return status == STATUS_OK ? s_check_fit(self, used, fault) : status;
}

bool
client_map_split(const char *map, slice_t *column, slice_t *field)
{
    const char *equals = strrchr(map, '=');
    if (!equals || equals == map || equals[1] == '\0')
        return false;
    *column = (slice_t){.data = map, .size = (size_t) (equals - map)};
    *field = slice_from(equals + 1);
    return true;
}

void
client_options_free(client_options_t *self)
{
    free(self->exclude.items);
    free(self->map.items);
    self->exclude = self->map = (client_list_t){0};
}

/* The options of every command, or those of `command` alone. */
static void
s_write_options(FILE *out, bool of_every, client_command_t command)
{
    bool first = true;
    for (int i = 0; i < OPTION_COUNT; i++) {
        bool fits =
            of_every ? s_options[i].commands == EVERY
                     : s_options[i].commands != EVERY && (s_options[i].commands & (1u << command));
        if (!fits)
            continue;
        if (first)
            fprintf(out, "\nOptions%s:\n", of_every ? " of every command" : "");
        first = false;
        char left[OPTION_WIDTH + 1];
        snprintf(left, sizeof left, "--%s %s", s_options[i].name,
                 s_options[i].metavar ? s_options[i].metavar : "");
        fprintf(out, "  %-*s  %s\n", OPTION_WIDTH, left, s_options[i].help);
    }
}

static void
s_help_whole(FILE *out)
{
    fprintf(out, "Usage: tagmill [OPTION]... COMMAND [ARGUMENT]...\n"
                 "Tags documents in bulk: talks to a tagmill server.\n\nCommands:\n");
    for (int i = 0; i < COMMAND_COUNT; i++)
        fprintf(out, "  %-9s %-25s %.*s\n", s_commands[i].word, s_commands[i].arguments,
                (int) strcspn(s_commands[i].summary, "\n"), s_commands[i].summary);
    s_write_options(out, true, COMMAND_START);
    fprintf(out, "\nEnvironment: TAGMILL_URL, TAGMILL_TOKEN (the options weigh more).\n\n"
                 "Exit status:\n"
                 "  0  done\n"
                 "  1  the job or some of its documents failed\n"
                 "  2  the command line is wrong\n"
                 "  3  the server cannot be reached\n"
                 "  4  the server refused\n");
}

void
client_options_help(const client_options_t *self, FILE *out)
{
    if (!self->has_command) {
        s_help_whole(out);
        return;
    }
    const s_command_t *command = &s_commands[self->command];
    fprintf(out, "Usage: tagmill [OPTION]... %s %s\n%s\n", command->word, command->arguments,
            command->summary);
    s_write_options(out, false, self->command);
    s_write_options(out, true, self->command);
}
