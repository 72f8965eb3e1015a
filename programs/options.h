/* The command line that tagmilld and tagmill-worker share, and the settings that come of it.
 *
 *   --config FILE     read this file (none is read otherwise)
 *   --set KEY=VALUE   set one key, over file and environment; may be given again
 *   --role ROLE       all, gateway or supervisor (only where the program has roles)
 *   --check-config    check the settings and end
 *   --example-config  print a file that shows every setting and end
 *   --version, --help
 */
#ifndef TAGMILL_PROGRAMS_OPTIONS_H
#define TAGMILL_PROGRAMS_OPTIONS_H

#include <stdbool.h>
#include <stdio.h>

#include "config/config.h"

enum { OPTIONS_EXIT_OK = 0, OPTIONS_EXIT_USAGE = 2 };

typedef enum { ROLE_ALL, ROLE_GATEWAY, ROLE_SUPERVISOR } role_t;

/* The program that parses. */
typedef struct {
    const char *name;    /* "tagmilld" */
    const char *summary; /* what it does: a sentence, shown by --help */
    bool has_roles;
} options_program_t;

typedef struct {
    config_t *config; /* finished; NULL unless options_parse returned true */
    role_t role;
} options_t;

/* Reads the command line, then the file, the environment and --set, in that order of weight.
 * Borrows all; `environment` as environ; what was asked for is written to `out`, complaints to
 * `err`. Returns true when the program is to run: `self` holds the settings (free with
 * options_free). Returns false when it is to end with `*exit_code`: OPTIONS_EXIT_OK after --help,
 * --version, --example-config and a --check-config that found nothing wrong; OPTIONS_EXIT_USAGE for
 * a wrong command line or wrong settings. Not reentrant (getopt): call before threads start. */
bool options_parse(options_t *self, const options_program_t *program, int argc, char **argv,
                   char *const *environment, FILE *out, FILE *err, int *exit_code);

/* Frees what options_parse filled in. */
void options_free(options_t *self);

/* "all", "gateway", "supervisor". */
const char *role_word(role_t role);

#endif
