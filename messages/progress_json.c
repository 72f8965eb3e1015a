#include "messages/progress_json.h"

#include "base/vocabulary.h"
#include "messages/json_text.h"

/* How each kind stands in JSON. A document's kind gives its "status"; an attempt that failed and
 * will be made again leaves its document processing. Of the others the word is the "type". */
static const struct {
    const char *word;
    enum { OF_DOCUMENT, OF_JOB, OF_END } about;
    const char *message; /* of an end */
} s_kinds[] = {
    [PROGRESS_PROCESSING] = {"processing", OF_DOCUMENT, NULL},
    [PROGRESS_SUCCESS] = {"success", OF_DOCUMENT, NULL},
    [PROGRESS_FAILURE] = {"failed", OF_DOCUMENT, NULL},
    [PROGRESS_RETRY] = {"processing", OF_DOCUMENT, NULL},
    [PROGRESS_PAUSED] = {"paused", OF_JOB, NULL},
    [PROGRESS_RESUMED] = {"resumed", OF_JOB, NULL},
    [PROGRESS_THROTTLED] = {"throttled", OF_JOB, NULL},
    [PROGRESS_COMPLETED] = {"completed", OF_END, "The batch is complete."},
    [PROGRESS_FAILED] = {"failed", OF_END, "The batch failed."},
    [PROGRESS_CANCELLED] = {"cancelled", OF_END, "The batch was cancelled."},
    [PROGRESS_STARTED] = {"started", OF_JOB, NULL},
};

static void
s_number(buffer_t *out, const char *name, uint64_t number)
{
    buffer_append_text(out, name);
    json_text_append_number(out, (int64_t) number);
}

static void
s_text(buffer_t *out, const char *name, slice_t text)
{
    buffer_append_text(out, name);
    json_text_append_or_null(out, text);
}

static void
s_ratio(buffer_t *out, const message_progress_t *event)
{
    buffer_append_text(out, ",\"progress\":");
    json_text_append_ratio(out, (uint64_t) event->processed + event->failed, event->total);
}

/* What clients call results never lack a field: what is not known is null, [] or {}. */
static void
s_document(const message_progress_t *event, buffer_t *out)
{
    s_number(out, ",\"row_id\":", event->row);
    s_number(out, ",\"row_number\":", (uint64_t) event->row + 1);
    buffer_append_text(out, ",\"title\":");
    json_text_append(out, event->title);
    buffer_append_text(out, ",\"status\":\"");
    buffer_append_text(out, s_kinds[event->kind].word);
    buffer_append_byte(out, '"');
    s_ratio(out, event);
    buffer_append_text(out, ",\"tags\":");
    json_text_append_json(out, event->tags, "[]");
    s_text(out, ",\"error\":", event->error);
    s_text(out, ",\"error_type\":", slice_from(error_type_word((error_type_t) event->error_type)));
    buffer_append_text(out, ",\"retry_after_ms\":");
    if (event->retry_after_ms)
        json_text_append_number(out, event->retry_after_ms);
    else
        buffer_append_text(out, "null");
    s_number(out, ",\"retry_count\":", event->retry_count);
    s_text(out, ",\"model_name\":", event->model_name);
    buffer_append_text(out, ",\"metadata\":");
    json_text_append_json(out, event->metadata, "{}");
}

/* Milliseconds as seconds with three decimals: "12.345". */
static void
s_seconds(buffer_t *out, uint64_t elapsed_ms)
{
    buffer_printf(out, "%llu.%03u", (unsigned long long) (elapsed_ms / 1000),
                  (unsigned) (elapsed_ms % 1000));
}

static void
s_job(const message_progress_t *event, buffer_t *out)
{
    s_number(out, ",\"total_documents\":", event->total);
    s_number(out, ",\"total\":", event->total);
    s_number(out, ",\"processed_count\":", event->processed);
    s_number(out, ",\"failed_count\":", event->failed);
    s_ratio(out, event);
    if (event->retry_after_ms)
        s_number(out, ",\"retry_after_ms\":", event->retry_after_ms);
    if (s_kinds[event->kind].about != OF_END)
        return;
    s_text(out, ",\"error\":", event->error);
    buffer_append_text(out, ",\"processing_time\":");
    s_seconds(out, event->elapsed_ms);
    buffer_append_text(out, ",\"message\":");
    json_text_append(out,
                     event->error.size ? event->error : slice_from(s_kinds[event->kind].message));
}

status_t
progress_json(const message_progress_t *event, buffer_t *out)
{
    if (event->kind >= sizeof s_kinds / sizeof s_kinds[0] || event->error_type >= ERROR_TYPE_COUNT)
        return STATUS_MALFORMED;
    buffer_append_byte(out, '{');
    if (s_kinds[event->kind].about != OF_DOCUMENT) {
        buffer_append_text(out, "\"type\":\"");
        buffer_append_text(out, s_kinds[event->kind].word);
        buffer_append_text(out, "\",");
    }
    buffer_append_text(out, "\"job_id\":");
    json_text_append(out, event->job_id);
    if (s_kinds[event->kind].about == OF_DOCUMENT)
        s_document(event, out);
    else
        s_job(event, out);
    s_number(out, ",\"seq\":", event->seq);
    buffer_append_byte(out, '}');
    return STATUS_OK;
}

void
system_json(const message_system_t *event, buffer_t *out)
{
    buffer_append_text(out, "{\"type\":");
    json_text_append(out, event->event);
    buffer_append_text(out, ",\"worker\":");
    json_text_append(out, event->worker);
    s_number(out, ",\"slots\":", event->slots);
    s_number(out, ",\"in_hand\":", event->in_hand);
    buffer_append_byte(out, '}');
}
