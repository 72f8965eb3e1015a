#include "tools/tap_print.h"

#include <stdarg.h>
#include <stdlib.h>

#include "tools/client_output.h"

static void
s_write_string(FILE *out, slice_t text)
{
    char *copy = slice_copy(text);
    char *quoted = cJSON_PrintUnformatted(&(cJSON){.type = cJSON_String, .valuestring = copy});
    fputs(quoted ? quoted : "\"\"", out);
    cJSON_free(quoted);
    free(copy);
}

/* Writes a JSON text on one line. */
static void
s_write_json(FILE *out, slice_t text, const cJSON *json)
{
    if (!json) {
        s_write_string(out, text);
        return;
    }
    /* Minified, not printed anew: numbers keep their digits. */
    char *copy = slice_copy(text);
    cJSON_Minify(copy);
    fputs(copy, out);
    free(copy);
}

static void
s_write_tags(FILE *out, const cJSON *json)
{
    const cJSON *tag = NULL;
    bool first = true;
    cJSON_ArrayForEach(tag, cJSON_GetObjectItemCaseSensitive(json, "tags"))
    {
        fputs(first ? " tags: " : ", ", out);
        output_write(out, cJSON_IsString(tag) ? tag->valuestring : "?");
        first = false;
    }
}

/* A document's message or result: its state, title, row, tags or error. */
static void
s_write_document(FILE *out, const cJSON *json)
{
    output_write(out, output_text(json, "status", "?"));
    fputs(" \"", out);
    output_write(out, output_text(json, "title", ""));
    fprintf(out, "\" (row %lld)", (long long) output_number(json, "row_id", -1));
    s_write_tags(out, json);
    const char *error = output_text(json, "error", NULL);
    if (error) {
        fputs(" error: ", out);
        output_write(out, error);
    }
}

/* A turn of the job, or its status. */
static void
s_write_job(FILE *out, const cJSON *json)
{
    output_write(out, output_text(json, "type", output_text(json, "status", "message")));
    int64_t total = output_number(json, "total", output_number(json, "total_documents", -1));
    if (total >= 0)
        fprintf(out, " %lld tagged, %lld failed of %lld",
                (long long) output_number(json, "processed_count", 0),
                (long long) output_number(json, "failed_count", 0), (long long) total);
    const char *message = output_text(json, "message", output_text(json, "error", NULL));
    if (message) {
        fputs(": ", out);
        output_write(out, message);
    }
}

static void
s_write_readable(FILE *out, slice_t text, const cJSON *json)
{
    if (cJSON_GetObjectItemCaseSensitive(json, "row_id")) {
        s_write_document(out, json);
    } else if (cJSON_IsObject(json)) {
        s_write_job(out, json);
    } else {
        char *copy = slice_copy(text);
        output_write(out, copy);
        free(copy);
    }
}

void
tap_print_message(const tap_print_t *self, slice_t topic, const char *job_id, uint64_t seq,
                  slice_t message, const cJSON *json)
{
    if (self->json) {
        fputs("{\"topic\":", self->out);
        s_write_string(self->out, topic);
        fprintf(self->out, ",\"seq\":%llu,\"message\":", (unsigned long long) seq);
        s_write_json(self->out, message, json);
        fputc('}', self->out);
    } else if (job_id) {
        output_write(self->out, job_id);
        fprintf(self->out, " %llu ", (unsigned long long) seq);
        s_write_readable(self->out, message, json);
    } else {
        fputs("system ", self->out);
        char *copy = slice_copy(message);
        output_write(self->out, copy);
        free(copy);
    }
    fputc('\n', self->out);
}

void
tap_print_fetched(const tap_print_t *self, slice_t topic, const char *job_id, const char *what,
                  slice_t text, const cJSON *json)
{
    if (self->json) {
        fputs("{\"tap\":\"fetched\",\"topic\":", self->out);
        s_write_string(self->out, topic);
        fprintf(self->out, ",\"%s\":", what);
        s_write_json(self->out, text, json);
        fputc('}', self->out);
    } else {
        output_write(self->out, job_id);
        fprintf(self->out, " fetched %s: ", what);
        s_write_readable(self->out, text, json);
    }
    fputc('\n', self->out);
}

void
tap_print_remark(const tap_print_t *self, slice_t topic, const char *job_id, const char *word,
                 const char *format, ...)
{
    char *text = NULL;
    va_list arguments;
    va_start(arguments, format);
    if (vasprintf(&text, format, arguments) < 0)
        abort();
    va_end(arguments);
    if (self->json) {
        fprintf(self->out, "{\"tap\":\"%s\",\"topic\":", word);
        s_write_string(self->out, topic);
        fputs(",\"detail\":", self->out);
        s_write_string(self->out, slice_from(text));
        fputc('}', self->out);
    } else {
        output_write(self->out, job_id);
        fprintf(self->out, " %s: ", word);
        output_write(self->out, text);
    }
    fputc('\n', self->out);
    free(text);
}
