/* tagmill pause, resume, cancel, retry and active. */
#include <string.h>

#include "tools/client.h"
#include "tools/client_output.h"

static void
s_write_key(const char *api_key, buffer_t *out)
{
    cJSON *root = cJSON_CreateObject();
    cJSON_AddStringToObject(root, "api_key", api_key);
    char *text = cJSON_PrintUnformatted(root);
    buffer_append_text(out, text ? text : "{}");
    cJSON_free(text);
    cJSON_Delete(root);
}

client_exit_t
client_run_control(const client_t *self)
{
    const char *job_id = self->options->arguments[0];
    buffer_t target = {0}, tail = {0};
    buffer_printf(&tail, "/%s", client_command_word(self->options->command));
    client_job_target(&target, job_id, tail.data);
    buffer_t body = {0};
    client_request_t request = {.method = "POST", .target = target.data};
    if (self->api_key) { /* only retry can have one: the job's own was wiped when it ended */
        s_write_key(self->api_key, &body);
        request.content_type = "application/json";
        request.body = buffer_slice(&body);
    }
    client_answer_t answer = {0};
    fault_t fault = {0};
    status_t status = client_http_send(self->http, &request, &answer, &fault);
    client_exit_t code = client_judge(status, &answer, &fault);
    if (code == EXIT_DONE && self->options->json) {
        output_body(stdout, &answer.body);
    } else if (code == EXIT_DONE) {
        cJSON *said = output_parse(&answer.body);
        output_write(stdout, output_text(said, "message", "done"));
        if (self->options->command == COMMAND_RETRY)
            printf(" (%lld documents)", (long long) output_number(said, "retried_count", 0));
        putchar('\n');
        cJSON_Delete(said);
    }
    client_answer_free(&answer);
    buffer_free(&body);
    buffer_free(&target);
    buffer_free(&tail);
    return code;
}

static void
s_write_job(const cJSON *job)
{
    output_write(stdout, output_text(job, "status", "?"));
    printf("\t%lld of %lld, %lld failed\t", (long long) output_number(job, "processed_count", 0),
           (long long) output_number(job, "total_documents", 0),
           (long long) output_number(job, "failed_count", 0));
    output_write(stdout, output_text(job, "created_at", "-"));
    putchar('\t');
    output_write(stdout, output_text(job, "job_id", "?"));
    putchar('\n');
}

client_exit_t
client_run_active(const client_t *self)
{
    client_answer_t answer = {0};
    fault_t fault = {0};
    status_t status = client_http_get(self->http, &answer, &fault, "/api/batch/active");
    client_exit_t code = client_judge(status, &answer, &fault);
    if (code == EXIT_DONE && self->options->json) {
        output_body(stdout, &answer.body);
    } else if (code == EXIT_DONE) {
        cJSON *body = output_parse(&answer.body);
        const cJSON *job = NULL;
        cJSON_ArrayForEach(job, cJSON_GetObjectItemCaseSensitive(body, "jobs")) s_write_job(job);
        cJSON_Delete(body);
    }
    client_answer_free(&answer);
    return code;
}
