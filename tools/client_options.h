/* The command line of the tagmill client: one table of options, one of commands. */
#ifndef TAGMILL_TOOLS_CLIENT_OPTIONS_H
#define TAGMILL_TOOLS_CLIENT_OPTIONS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

#include "base/fault.h"
#include "base/slice.h"

/* CLIENT_COMMAND(symbol, word, arguments, least, most, summary); most 0: no limit. */
#define CLIENT_COMMANDS(CLIENT_COMMAND)                                                            \
    CLIENT_COMMAND(START, "start", "FILE.csv | DIR | FILE...", 1, 0,                               \
                   "Start a job over the list in FILE.csv, over the files below DIR, or over "     \
                   "these files.\nFiles and directories are read by the server, below its "        \
                   "documents root.")                                                              \
    CLIENT_COMMAND(STATUS, "status", "ID", 1, 1, "Show how far a job is.")                         \
    CLIENT_COMMAND(WATCH, "watch", "ID", 1, 1, "Follow a job until it ends.")                      \
    CLIENT_COMMAND(PAUSE, "pause", "ID", 1, 1,                                                     \
                   "Begin no further document of a job; those in flight finish.")                  \
    CLIENT_COMMAND(RESUME, "resume", "ID", 1, 1, "Go on with a paused job.")                       \
    CLIENT_COMMAND(CANCEL, "cancel", "ID", 1, 1, "End a job for good; its results so far stay.")   \
    CLIENT_COMMAND(RETRY, "retry", "ID", 1, 1,                                                     \
                   "Put a finished job's failed documents back to work.")                          \
    CLIENT_COMMAND(ACTIVE, "active", "", 0, -1, "List your jobs that have not ended.")             \
    CLIENT_COMMAND(RESULTS, "results", "ID", 1, 1, "Print a job's results, all pages of them.")    \
    CLIENT_COMMAND(TOKEN, "token", "", 0, -1,                                                      \
                   "Make a token for USER, signed (HS256) with the secret in a file.")             \
    CLIENT_COMMAND(VALIDATE, "validate", "FILE.csv | PATH...", 1, 0,                               \
                   "Check a list's shape, and ask the server whether it can reach the "            \
                   "documents.")

typedef enum {
#define CLIENT_COMMAND(symbol, word, arguments, least, most, summary) COMMAND_##symbol,
    CLIENT_COMMANDS(CLIENT_COMMAND)
#undef CLIENT_COMMAND
        COMMAND_COUNT
} client_command_t;

typedef struct {
    const char **items; /* the list is owned, its texts are argv's */
    size_t count;
} client_list_t;

/* What the command line said; texts are borrowed from argv and the environment, NULL where nothing
 * was said. */
typedef struct {
    bool help, version, json, watch;
    const char *url, *token, *token_file;
    const char *model, *num_tags, *num_pages, *language, *priority, *max_attempts, *job_id,
        *fallback, *api_key_file;
    client_list_t exclude, map;
    const char *format, *status;
    const char *secret_file, *sub, *ttl;
    bool has_command;
    client_command_t command;
    char **arguments; /* after the command */
    size_t argument_count;
} client_options_t;

/* Reads the command line (argv's order is changed, as getopt does). With help or version asked for,
 * what else stands there may be wrong. Free with client_options_free whatever it returns.
 * BAD_REQUEST: an unknown option or command, one that does not go with the command, a missing or
 * superfluous argument, something other than a whole number where one belongs. */
status_t client_options_parse(client_options_t *self, int argc, char **argv, fault_t *fault);

/* Splits COLUMN=FIELD at the last '=' (a column's name may hold one, a field's never does); the
 * slices point into `map`. False where a side is missing, which no --map of a parsed line has. */
bool client_map_split(const char *map, slice_t *column, slice_t *field);

/* Frees the lists. */
void client_options_free(client_options_t *self);

/* Writes the help of the command line as a whole or of the command on it. */
void client_options_help(const client_options_t *self, FILE *out);

/* The word of a command. */
const char *client_command_word(client_command_t command);

#endif
