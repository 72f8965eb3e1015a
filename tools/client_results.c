/* tagmill results: all of a job's results.
 *
 * NDJSON and CSV come as one stream and are printed as they arrive. JSON comes in pages; where one
 * holds everything it is printed as it came, where it does not the stream of NDJSON is put into one
 * document, so that no more than a page is ever held.
 */
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "tools/client.h"
#include "tools/client_output.h"
#include "tools/client_table.h"

enum { PAGE_MAX = 1000 };

/* NDJSON on its way into an array. */
typedef struct {
    bool line_ended; /* a line break came; what follows is the next element */
} s_array_t;

static void
s_print(void *arg, slice_t bytes)
{
    (void) arg;
    fwrite(bytes.data, 1, bytes.size, stdout);
}

/* Prints the lines as they came, so that a number too long for a double keeps its digits. */
static void
s_print_elements(void *arg, slice_t bytes)
{
    s_array_t *array = arg;
    for (size_t i = 0; i < bytes.size; i++) {
        if (bytes.data[i] == '\n') {
            array->line_ended = true;
            continue;
        }
        if (array->line_ended)
            fputs(",\n", stdout);
        array->line_ended = false;
        putchar(bytes.data[i]);
    }
}

/* Asks for the results in `format`; without `on_body` the answer keeps them. */
static client_exit_t
s_get(const client_t *self, const char *format, client_body_fn on_body, void *arg,
      client_answer_t *answer)
{
    buffer_t target = {0};
    client_job_target(&target, self->options->arguments[0], "/results");
    buffer_printf(&target, "?format=%s", format);
    if (!on_body)
        buffer_printf(&target, "&limit=%d", PAGE_MAX);
    if (self->options->status)
        buffer_printf(&target, "&status=%s", self->options->status);
    client_request_t request = {
        .method = "GET", .target = target.data, .on_body = on_body, .on_body_arg = arg};
    fault_t fault = {0};
    status_t status = client_http_send(self->http, &request, answer, &fault);
    buffer_free(&target);
    /* A stream that breaks off is not an answer: what was printed is not all. */
    if (status != STATUS_OK && client_answer_is_ok(answer))
        return client_complain(EXIT_UNREACHABLE, "the results are not complete: %s", fault.detail);
    return client_judge(status, answer, &fault);
}

static client_exit_t
s_join(const client_t *self, client_answer_t *answer)
{
    char *job_id = cJSON_PrintUnformatted(
        &(cJSON){.type = cJSON_String, .valuestring = self->options->arguments[0]});
    printf("{\"job_id\":%s,\"results\":[\n", job_id ? job_id : "null");
    cJSON_free(job_id);
    s_array_t array = {0};
    client_exit_t code = s_get(self, "ndjson", s_print_elements, &array, answer);
    printf("\n]}\n");
    return code;
}

static client_exit_t
s_results_json(const client_t *self, client_answer_t *answer)
{
    client_exit_t code = s_get(self, "json", NULL, NULL, answer);
    if (code != EXIT_DONE)
        return code;
    cJSON *page = output_parse(&answer->body);
    bool is_all = !cJSON_IsNumber(cJSON_GetObjectItemCaseSensitive(page, "next_after"));
    cJSON_Delete(page);
    if (!is_all)
        return s_join(self, answer);
    output_body(stdout, &answer->body);
    return EXIT_DONE;
}

static void
s_print_rows(void *arg, slice_t bytes)
{
    table_feed(arg, stdout, bytes);
}

static client_exit_t
s_results_table(const client_t *self, client_answer_t *answer)
{
    struct winsize size = {0};
    if (isatty(STDOUT_FILENO))
        ioctl(STDOUT_FILENO, TIOCGWINSZ, &size);
    table_t table = {.columns = size.ws_col};
    table_head(stdout);
    client_exit_t code = s_get(self, "ndjson", s_print_rows, &table, answer);
    table_end(&table, stdout);
    return code;
}

static bool
s_is_one_of(const char *word, const char *const *words)
{
    for (; *words; words++)
        if (strcmp(word, *words) == 0)
            return true;
    return false;
}

client_exit_t
client_run_results(const client_t *self)
{
    static const char *const formats[] = {"table", "json", "ndjson", "csv", NULL};
    static const char *const states[] = {"success", "failed", NULL};
    const char *format = self->options->format;
    if (format == NULL)
        format = isatty(STDOUT_FILENO) && !self->options->json ? "table" : "json";
    if (!s_is_one_of(format, formats))
        return client_complain(EXIT_USAGE, "--format takes table, json, ndjson or csv, not \"%s\"",
                               format);
    if (self->options->status && !s_is_one_of(self->options->status, states))
        return client_complain(EXIT_USAGE, "--status takes success or failed, not \"%s\"",
                               self->options->status);
    client_answer_t answer = {0};
    client_exit_t code = format[0] == 'j'   ? s_results_json(self, &answer)
                         : format[0] == 't' ? s_results_table(self, &answer)
                                            : s_get(self, format, s_print, NULL, &answer);
    client_answer_free(&answer);
    return code;
}
