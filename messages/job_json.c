#include "messages/job_json.h"

#include "base/vocabulary.h"
#include "messages/json_text.h"

/* Room that the fields below need at most but for job_id and error: one growth of the buffer. */
enum { FIXED_SIZE = 768 };

static void
s_number(buffer_t *out, const char *name, int64_t number)
{
    buffer_append_text(out, name);
    json_text_append_number(out, number);
}

static void
s_time(buffer_t *out, const char *name, int64_t wall_ms)
{
    buffer_append_text(out, name);
    json_text_append_time(out, wall_ms);
}

void
job_json(const record_job_t *job, buffer_t *out)
{
    int64_t done = (int64_t) job->processed + job->failed;
    buffer_reserve(out, FIXED_SIZE + job->job_id.size + job->error.size);
    buffer_append_text(out, "{\"job_id\":");
    json_text_append(out, job->job_id);
    buffer_append_text(out, ",\"status\":\"");
    buffer_append_text(out, job_state_word((job_state_t) job->state));
    s_number(out, "\",\"total_documents\":", job->total);
    s_number(out, ",\"total\":", job->total);
    s_number(out, ",\"processed_count\":", job->processed);
    s_number(out, ",\"failed_count\":", job->failed);
    buffer_append_text(out, ",\"progress\":");
    json_text_append_ratio(out, (uint64_t) done, job->total);
    s_number(out, ",\"results_count\":", done);
    s_number(out, ",\"in_flight_count\":", job->in_flight);
    s_number(out, ",\"retrying_count\":", job->retrying);
    s_time(out, ",\"created_at\":", job->created_at);
    s_time(out, ",\"started_at\":", job->started_at);
    s_time(out, ",\"finished_at\":", job->finished_at);
    buffer_append_text(out, ",\"error\":");
    json_text_append_or_null(out, job->error);
    s_number(out, ",\"version\":", (int64_t) job->version);
    s_number(out, ",\"poll_after_ms\":", job->poll_after_ms);
    buffer_append_text(out, ",\"eta_seconds\":");
    if (job->eta_seconds >= 0)
        json_text_append_number(out, job->eta_seconds);
    else
        buffer_append_text(out, "null");
    s_time(out, ",\"throttled_until\":", job->throttled_until);
    s_number(out, ",\"tokens_used\":", (int64_t) (job->tokens_in + job->tokens_out));
    buffer_append_text(out, ",\"cost\":");
    json_text_append_nano(out, job->cost_nano);
    buffer_append_byte(out, '}');
}
