/* A connection to SQLite: opening, statements that are prepared once, values, errors.
 *
 * What writer and readers share. A connection and all of its statements belong to one thread.
 * Private to this folder.
 */
#ifndef TAGMILL_STORE_CONNECTION_H
#define TAGMILL_STORE_CONNECTION_H

#include <sqlite3.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/fault.h"
#include "base/slice.h"

typedef struct {
    sqlite3 *handle;
    const char *const *texts;  /* SQL of the statements, by number (borrowed; lives for ever) */
    sqlite3_stmt **statements; /* by number; NULL until first used */
    size_t count;
} connection_t;

/* Sets `*path` to the PATH of "sqlite:PATH" (borrows from `url`).
 * BAD_REQUEST: not a URL of that kind. */
status_t connection_path(const char *url, const char **path, fault_t *fault);

/* Opens the file at `path` with SQLite's `flags`, and readies `count` statements whose SQL is in
 * `texts` (borrows, for the connection's life). Waits up to 5 s for a lock in everything it does.
 * IO_ERROR. Close it in any case. */
status_t connection_open(connection_t *self, const char *path, int flags, const char *const *texts,
                         size_t count, fault_t *fault);

/* Finalises the statements and closes. Safe on a zeroed struct, and twice. */
void connection_close(connection_t *self);

/* Runs SQL that gives no rows and is seldom run. IO_ERROR. */
status_t connection_execute(connection_t *self, const char *sql, fault_t *fault);

/* Runs SQL that gives one whole number. IO_ERROR: it failed or gave none. */
status_t connection_ask(connection_t *self, const char *sql, int64_t *number, fault_t *fault);

/* Returns (borrowed) the statement of this number, reset and ready for its values.
 * NULL: it cannot be prepared; `fault` is set. */
sqlite3_stmt *connection_statement(connection_t *self, size_t number, fault_t *fault);

/* Fills `fault` with what SQLite says went wrong. Returns IO_ERROR. */
status_t connection_fail(const connection_t *self, fault_t *fault);

/* Runs `statement`, which gives no rows, and resets it. IO_ERROR. */
status_t connection_run(connection_t *self, sqlite3_stmt *statement, fault_t *fault);

/* Steps to the next row: `*row` tells whether there is one. Without one the statement is reset.
 * IO_ERROR, and the statement is reset. */
status_t connection_step(connection_t *self, sqlite3_stmt *statement, bool *row, fault_t *fault);

/* Binds bytes as TEXT, the empty slice as NULL. The bytes must live until the statement is reset.
 */
void statement_bind_text(sqlite3_stmt *statement, int place, slice_t text);

/* Returns a column's bytes, valid until the next step; NULL is the empty slice. */
slice_t statement_slice(sqlite3_stmt *statement, int column);

#endif
