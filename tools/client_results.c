/* tagmill results: all pages of a job's results.
 *
 * The server gives at most 1,000 results a page, and fewer where they are large; a page is asked
 * for by the last row of the one before it. NDJSON says in every line which row it is, so NDJSON
 * leads: a page without a line is the end. CSV does not tell the last row, so each of its pages is
 * asked for once as NDJSON before.
 */
#include <string.h>
#include <unistd.h>

#include "tools/client.h"
#include "tools/client_output.h"
#include "tools/client_table.h"

enum { PAGE_MAX = 1000 };

typedef struct {
    const client_t *client;
    int64_t after;         /* the last row that was printed; -1: none */
    client_answer_t lines; /* the page at hand as NDJSON */
    int64_t count, last;   /* its lines, and the row of its last one */
    bool has_printed;      /* something of an earlier page */
} s_pages_t;

static client_exit_t
s_get(const s_pages_t *self, const char *format, int64_t limit, client_answer_t *answer)
{
    const client_options_t *options = self->client->options;
    buffer_t tail = {0};
    buffer_printf(&tail, "/results?format=%s&limit=%lld", format, (long long) limit);
    if (self->after >= 0)
        buffer_printf(&tail, "&after=%lld", (long long) self->after);
    if (options->status)
        buffer_printf(&tail, "&status=%s", options->status);
    client_exit_t code = client_get_job(self->client, options->arguments[0], tail.data, answer);
    buffer_free(&tail);
    return code;
}

/* Fetches the page after `after` as NDJSON and counts its lines. */
static client_exit_t
s_get_lines(s_pages_t *self)
{
    client_exit_t code = s_get(self, "ndjson", PAGE_MAX, &self->lines);
    if (code != EXIT_DONE)
        return code;
    self->count = 0;
    slice_t rest = slice_trim(buffer_slice(&self->lines.body)), last = rest;
    for (size_t i = 0; i < rest.size; i++) {
        if (rest.data[i] != '\n')
            continue;
        self->count++;
        last = (slice_t){.data = rest.data + i + 1, .size = rest.size - i - 1};
    }
    if (rest.size == 0)
        return EXIT_DONE;
    self->count++;
    cJSON *json = cJSON_ParseWithLength(last.data, last.size);
    self->last = output_number(json, "row_id", -1);
    cJSON_Delete(json);
    if (self->last <= self->after)
        return client_complain(EXIT_REFUSED, "the server's page of results does not go on");
    return EXIT_DONE;
}

static client_exit_t
s_print_ndjson(s_pages_t *self)
{
    output_body(stdout, &self->lines.body);
    return EXIT_DONE;
}

/* The size of a CSV's first record with its line break; a quoted field may hold line breaks. */
static size_t
s_first_record(slice_t csv)
{
    bool quoted = false;
    for (size_t i = 0; i < csv.size; i++) {
        if (csv.data[i] == '"')
            quoted = !quoted;
        if (csv.data[i] == '\n' && !quoted)
            return i + 1;
    }
    return csv.size;
}

static client_exit_t
s_print_csv(s_pages_t *self)
{
    client_answer_t answer = {0};
    client_exit_t code = s_get(self, "csv", self->count, &answer);
    if (code == EXIT_DONE) {
        slice_t body = buffer_slice(&answer.body);
        size_t header = self->has_printed ? s_first_record(body) : 0;
        if (body.size > header)
            fwrite(body.data + header, 1, body.size - header, stdout);
    }
    client_answer_free(&answer);
    return code;
}

/* Puts the lines into one array, as they came: a number too long for a double keeps its digits. */
static client_exit_t
s_print_json(s_pages_t *self)
{
    slice_t rest = slice_trim(buffer_slice(&self->lines.body));
    for (size_t i = 0; i < rest.size; i++) {
        if (i == 0 && self->has_printed)
            fputs(",\n", stdout);
        if (rest.data[i] == '\n')
            putchar(',');
        putchar(rest.data[i]);
    }
    return EXIT_DONE;
}

static client_exit_t
s_print_pages(s_pages_t *self, client_exit_t (*print)(s_pages_t *))
{
    client_exit_t code = EXIT_DONE;
    while (code == EXIT_DONE && self->count > 0) {
        code = print(self);
        self->has_printed = true;
        self->after = self->last;
        if (code == EXIT_DONE)
            code = s_get_lines(self);
    }
    return code;
}

/* The row of the last result in a page of JSON; -1 where there is none. */
static int64_t
s_last_row(const client_answer_t *page)
{
    cJSON *body = output_parse(&page->body);
    const cJSON *results = cJSON_GetObjectItemCaseSensitive(body, "results"), *result = NULL;
    int64_t last = -1;
    cJSON_ArrayForEach(result, results) last = output_number(result, "row_id", -1);
    cJSON_Delete(body);
    return last;
}

/* A document of our own around the results, from the first. */
static client_exit_t
s_join_pages(s_pages_t *self)
{
    self->after = -1;
    client_exit_t code = s_get_lines(self);
    if (code != EXIT_DONE)
        return code;
    char *job_id = cJSON_PrintUnformatted(
        &(cJSON){.type = cJSON_String, .valuestring = self->client->options->arguments[0]});
    printf("{\"job_id\":%s,\"results\":[\n", job_id ? job_id : "null");
    cJSON_free(job_id);
    code = s_print_pages(self, s_print_json);
    printf("\n]}\n");
    return code;
}

/* The answer as it came where one page holds everything. */
static client_exit_t
s_results_json(s_pages_t *self)
{
    client_answer_t page = {0};
    client_exit_t code = s_get(self, "json", PAGE_MAX, &page);
    if (code == EXIT_DONE) {
        self->after = s_last_row(&page);
        code = s_get_lines(self);
    }
    if (code == EXIT_DONE && self->count == 0)
        output_body(stdout, &page.body);
    else if (code == EXIT_DONE)
        code = s_join_pages(self);
    client_answer_free(&page);
    return code;
}

static client_exit_t
s_results_ndjson(s_pages_t *self)
{
    client_exit_t code = s_get_lines(self);
    return code == EXIT_DONE ? s_print_pages(self, s_print_ndjson) : code;
}

/* A CSV has its header even when nothing else is in it. */
static client_exit_t
s_results_csv(s_pages_t *self)
{
    client_exit_t code = s_get_lines(self);
    if (code != EXIT_DONE)
        return code;
    if (self->count > 0)
        return s_print_pages(self, s_print_csv);
    self->count = PAGE_MAX;
    return s_print_csv(self);
}

static client_exit_t
s_print_table(s_pages_t *self)
{
    table_rows(stdout, buffer_slice(&self->lines.body));
    return EXIT_DONE;
}

static client_exit_t
s_results_table(s_pages_t *self)
{
    client_exit_t code = s_get_lines(self);
    if (code != EXIT_DONE)
        return code;
    table_head(stdout);
    return s_print_pages(self, s_print_table);
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
    s_pages_t pages = {.client = self, .after = -1};
    client_exit_t code = format[0] == 'j'   ? s_results_json(&pages)
                         : format[0] == 't' ? s_results_table(&pages)
                         : format[0] == 'c' ? s_results_csv(&pages)
                                            : s_results_ndjson(&pages);
    client_answer_free(&pages.lines);
    return code;
}
