#include "store/connection.h"

#include <stdlib.h>
#include <string.h>

#include "base/memory.h"

enum { BUSY_TIMEOUT_MS = 5000 };

static const char s_scheme[] = "sqlite:";

status_t
connection_path(const char *url, const char **path, fault_t *fault)
{
    size_t size = sizeof s_scheme - 1;
    if (strncmp(url, s_scheme, size) != 0 || url[size] == '\0')
        return fault_set(fault, STATUS_BAD_REQUEST,
                         "store/url \"%s\" is not a store that is known; write sqlite:PATH", url);
    *path = url + size;
    return STATUS_OK;
}

status_t
connection_open(connection_t *self, const char *path, int flags, const char *const *texts,
                size_t count, fault_t *fault)
{
    *self = (connection_t){.texts = texts, .count = count};
    self->statements = memory_new(count * sizeof *self->statements);
    /* A connection stays with its thread, so SQLite's own locking of it would be for nothing. */
    int result = sqlite3_open_v2(path, &self->handle, flags | SQLITE_OPEN_NOMUTEX, NULL);
    if (result != SQLITE_OK)
        return fault_set(fault, STATUS_IO_ERROR, "the store %s cannot be opened: %s", path,
                         self->handle ? sqlite3_errmsg(self->handle) : sqlite3_errstr(result));
    sqlite3_extended_result_codes(self->handle, 1);
    sqlite3_busy_timeout(self->handle, BUSY_TIMEOUT_MS);
    return STATUS_OK;
}

void
connection_close(connection_t *self)
{
    for (size_t i = 0; self->statements && i < self->count; i++)
        sqlite3_finalize(self->statements[i]);
    free(self->statements);
    sqlite3_close(self->handle);
    *self = (connection_t){0};
}

status_t
connection_fail(const connection_t *self, fault_t *fault)
{
    return fault_set(fault, STATUS_IO_ERROR, "the store failed: %s (SQLite %d)",
                     sqlite3_errmsg(self->handle), sqlite3_extended_errcode(self->handle));
}

status_t
connection_execute(connection_t *self, const char *sql, fault_t *fault)
{
    if (sqlite3_exec(self->handle, sql, NULL, NULL, NULL) != SQLITE_OK)
        return connection_fail(self, fault);
    return STATUS_OK;
}

status_t
connection_ask(connection_t *self, const char *sql, int64_t *number, fault_t *fault)
{
    sqlite3_stmt *statement = NULL;
    status_t status = STATUS_OK;
    if (sqlite3_prepare_v2(self->handle, sql, -1, &statement, NULL) != SQLITE_OK ||
        sqlite3_step(statement) != SQLITE_ROW)
        status = connection_fail(self, fault);
    else
        *number = sqlite3_column_int64(statement, 0);
    sqlite3_finalize(statement);
    return status;
}

sqlite3_stmt *
connection_statement(connection_t *self, size_t number, fault_t *fault)
{
    sqlite3_stmt **statement = &self->statements[number];
    if (*statement) {
        sqlite3_reset(*statement);
        return *statement;
    }
    if (sqlite3_prepare_v3(self->handle, self->texts[number], -1, SQLITE_PREPARE_PERSISTENT,
                           statement, NULL) != SQLITE_OK)
        connection_fail(self, fault);
    return *statement;
}

status_t
connection_run(connection_t *self, sqlite3_stmt *statement, fault_t *fault)
{
    int result = sqlite3_step(statement);
    status_t status = result == SQLITE_DONE ? STATUS_OK : connection_fail(self, fault);
    sqlite3_reset(statement);
    return status;
}

status_t
connection_step(connection_t *self, sqlite3_stmt *statement, bool *row, fault_t *fault)
{
    int result = sqlite3_step(statement);
    *row = result == SQLITE_ROW;
    if (*row)
        return STATUS_OK;
    status_t status = result == SQLITE_DONE ? STATUS_OK : connection_fail(self, fault);
    sqlite3_reset(statement);
    return status;
}

void
statement_bind_text(sqlite3_stmt *statement, int place, slice_t text)
{
    if (text.size)
        sqlite3_bind_text(statement, place, text.data, (int) text.size, SQLITE_STATIC);
    else
        sqlite3_bind_null(statement, place);
}

slice_t
statement_slice(sqlite3_stmt *statement, int column)
{
    const char *data = (const char *) sqlite3_column_text(statement, column);
    return (slice_t){.data = data, .size = (size_t) sqlite3_column_bytes(statement, column)};
}
