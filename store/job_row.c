#include "store/job_row.h"

void
job_row_read(sqlite3_stmt *statement, store_job_t *job)
{
    int column = 0;
    job->job_no = (uint64_t) sqlite3_column_int64(statement, column++);
    job->owner = statement_slice(statement, column++);
    job->job_id = statement_slice(statement, column++);
    job->state = (job_state_t) sqlite3_column_int(statement, column++);
    job->total = (uint32_t) sqlite3_column_int64(statement, column++);
    job->processed = (uint32_t) sqlite3_column_int64(statement, column++);
    job->failed = (uint32_t) sqlite3_column_int64(statement, column++);
    job->version = (uint64_t) sqlite3_column_int64(statement, column++);
    job->created_at = sqlite3_column_int64(statement, column++);
    job->started_at = sqlite3_column_int64(statement, column++);
    job->finished_at = sqlite3_column_int64(statement, column++);
    job->error = statement_slice(statement, column++);
    job->config.model_name = statement_slice(statement, column++);
    job->config.page_limit = (uint8_t) sqlite3_column_int(statement, column++);
    job->config.tag_limit = (uint8_t) sqlite3_column_int(statement, column++);
    job->config.language = statement_slice(statement, column++);
    job->config.priority = sqlite3_column_int(statement, column++);
    job->config.max_attempts = (uint8_t) sqlite3_column_int(statement, column++);
    job->config.callback_url = statement_slice(statement, column++);
    job->config.exclusions = statement_slice(statement, column++);
    job->config.may_fall_back = sqlite3_column_int(statement, column++) != 0;
    job->spent.tokens_in = (uint64_t) sqlite3_column_int64(statement, column++);
    job->spent.tokens_out = (uint64_t) sqlite3_column_int64(statement, column++);
    job->spent.cost_nano = (uint64_t) sqlite3_column_int64(statement, column);
}
