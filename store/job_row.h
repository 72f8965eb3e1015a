/* A job as it is read from its two rows, by writer and readers alike. Private to this folder. */
#ifndef TAGMILL_STORE_JOB_ROW_H
#define TAGMILL_STORE_JOB_ROW_H

#include "store/connection.h"
#include "store/store.h"

/* What a statement has to select for job_row_read. */
#define JOB_ROW_SELECT                                                                             \
    "SELECT job_no, owner, job_id, state, total, processed, failed, version, created_at, "         \
    "started_at, finished_at, error, model_name, page_limit, tag_limit, language, priority, "      \
    "max_attempts, callback_url, exclusions, may_fall_back, tokens_in, tokens_out, cost_nano "     \
    "FROM jobs JOIN requests USING (job_no) "

/* Reads the job that `statement` stands on. Its slices live until the statement's next step. */
void job_row_read(sqlite3_stmt *statement, store_job_t *job);

#endif
