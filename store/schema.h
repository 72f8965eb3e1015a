/* The tables, and how a store of an older program becomes one of this program.
 *
 * PRAGMA user_version holds how many of the migrations a store has been through. A migration that
 * has been released is never changed: the next one is appended.
 * Private to this folder.
 */
#ifndef TAGMILL_STORE_SCHEMA_H
#define TAGMILL_STORE_SCHEMA_H

#include "store/connection.h"

/* jobs.phase. The partial indexes spell these numbers out. */
enum { PHASE_STAGED = 0, PHASE_JOB = 1, PHASE_GARBAGE = 2 };

/* Brings the store up to date, each migration in a transaction of its own.
 * BAD_REQUEST: it was written by a newer program, or it is another program's; IO_ERROR. */
status_t schema_migrate(connection_t *connection, fault_t *fault);

/* OK when the store is as this program wants it; for those who may not migrate. IO_ERROR. */
status_t schema_check(connection_t *connection, fault_t *fault);

/* Documents, results and attempts have one number for a key: the job's, then the row. Such a key is
 * SQLite's own row number, so a row is found and appended without comparing a composed key (half
 * again as fast as PRIMARY KEY (job, row) WITHOUT ROWID, measured). */
int64_t schema_key(uint64_t job_no, uint32_t row);
uint32_t schema_row(int64_t key);

/* The highest job number that has keys. */
#define SCHEMA_JOB_NO_MAX ((uint64_t) INT32_MAX)

#endif
