/* tagmill start: a CSV list is streamed as it is; files become a list of NDJSON, written to a file
 * first, so that neither has to fit in memory. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/stat.h>

#include "base/text.h"
#include "tools/client.h"
#include "tools/client_output.h"
#include "tools/client_walk.h"

/* The options that are one config key each. */
typedef struct {
    const char *key;
    const char *value; /* NULL: not given */
    bool is_number;
} s_setting_t;

enum { SETTING_COUNT = 7 };

static void
s_settings(const client_options_t *options, s_setting_t *out)
{
    const s_setting_t settings[SETTING_COUNT] = {
        {"model_name", options->model, false},  {"num_pages", options->num_pages, true},
        {"num_tags", options->num_tags, true},  {"language", options->language, false},
        {"priority", options->priority, true},  {"max_attempts", options->max_attempts, true},
        {"fallback", options->fallback, false},
    };
    memcpy(out, settings, sizeof settings);
}

static void
s_append_parameter(buffer_t *target, const char *name, slice_t value)
{
    buffer_append_byte(target, strchr(target->data, '?') ? '&' : '?');
    buffer_printf(target, "%s=", name);
    text_percent_encode(target, value);
}

/* Appends the query of a CSV start. */
static void
s_append_query(buffer_t *target, const client_options_t *options)
{
    s_setting_t settings[SETTING_COUNT];
    s_settings(options, settings);
    for (int i = 0; i < SETTING_COUNT; i++)
        if (settings[i].value)
            s_append_parameter(target, settings[i].key, slice_from(settings[i].value));
    if (options->job_id)
        s_append_parameter(target, "job_id", slice_from(options->job_id));
    for (size_t i = 0; i < options->exclude.count; i++)
        s_append_parameter(target, "exclusion_words", slice_from(options->exclude.items[i]));
    for (size_t i = 0; i < options->map.count; i++) {
        slice_t column, field;
        if (!client_map_split(options->map.items[i], &column, &field))
            continue;
        buffer_t pair = {0};
        buffer_printf(&pair, "%.*s:%.*s", SLICE_ARG(column), SLICE_ARG(field));
        s_append_parameter(target, "map", buffer_slice(&pair));
        buffer_free(&pair);
    }
}

/* Writes the first line of an NDJSON start. */
static void
s_write_head(const client_options_t *options, FILE *out)
{
    s_setting_t settings[SETTING_COUNT];
    s_settings(options, settings);
    cJSON *head = cJSON_CreateObject();
    cJSON *config = cJSON_AddObjectToObject(head, "config");
    for (int i = 0; i < SETTING_COUNT; i++) {
        if (settings[i].value && settings[i].is_number)
            cJSON_AddNumberToObject(config, settings[i].key,
                                    (double) strtol(settings[i].value, NULL, 10));
        else if (settings[i].value)
            cJSON_AddStringToObject(config, settings[i].key, settings[i].value);
    }
    if (options->exclude.count) {
        cJSON *words = cJSON_AddArrayToObject(config, "exclusion_words");
        for (size_t i = 0; i < options->exclude.count; i++)
            cJSON_AddItemToArray(words, cJSON_CreateString(options->exclude.items[i]));
    }
    if (options->job_id)
        cJSON_AddStringToObject(head, "job_id", options->job_id);
    char *text = cJSON_PrintUnformatted(head);
    fprintf(out, "%s\n", text ? text : "{}");
    cJSON_free(text);
    cJSON_Delete(head);
}

/* Sends a start whose body is `file` from its beginning. */
static client_exit_t
s_send(const client_t *self, const char *target, const char *content_type, FILE *file,
       client_answer_t *answer)
{
    if (fseeko(file, 0, SEEK_END) != 0)
        return client_complain(EXIT_USAGE, "the list cannot be read: %s", strerrordesc_np(errno));
    client_request_t request = {.method = "POST",
                                .target = target,
                                .content_type = content_type,
                                .api_key = self->api_key,
                                .file = file,
                                .file_size = (int64_t) ftello(file)};
    rewind(file);
    fault_t fault = {0};
    status_t status = client_http_send(self->http, &request, answer, &fault);
    return client_judge(status, answer, &fault);
}

static client_exit_t
s_start_csv(const client_t *self, client_answer_t *answer)
{
    const char *path = self->options->arguments[0];
    FILE *file = fopen(path, "re");
    if (!file)
        return client_complain(EXIT_USAGE, "%s: %s", path, strerrordesc_np(errno));
    buffer_t target = {0};
    buffer_append_text(&target, "/api/batch/start");
    s_append_query(&target, self->options);
    client_exit_t code = s_send(self, target.data, "text/csv", file, answer);
    buffer_free(&target);
    fclose(file);
    return code;
}

static client_exit_t
s_start_files(const client_t *self, client_answer_t *answer)
{
    const client_options_t *options = self->options;
    if (options->map.count)
        return client_complain(EXIT_USAGE, "--map goes with a list, FILE.csv");
    FILE *list = tmpfile();
    if (!list)
        return client_complain(EXIT_USAGE, "no temporary file can be made: %s",
                               strerrordesc_np(errno));
    fault_t fault = {0};
    int64_t count = 0;
    status_t status = STATUS_OK;
    s_write_head(options, list);
    for (size_t i = 0; i < options->argument_count && status == STATUS_OK; i++)
        status = walk_write(options->arguments[i], list, &count, &fault);
    if (status == STATUS_OK && fflush(list) != 0)
        status = fault_set(&fault, STATUS_IO_ERROR, "the list cannot be written");
    client_exit_t code = EXIT_DONE;
    if (status != STATUS_OK)
        code = client_complain(EXIT_USAGE, "%s", fault.detail);
    else if (count == 0)
        code = client_complain(EXIT_USAGE, "there is no document there");
    else
        code = s_send(self, "/api/batch/start", "application/x-ndjson", list, answer);
    fclose(list);
    return code;
}

static bool
s_is_csv(const char *path)
{
    struct stat info;
    size_t size = strlen(path);
    return size > 4 && strcasecmp(path + size - 4, ".csv") == 0 &&
           !(stat(path, &info) == 0 && S_ISDIR(info.st_mode));
}

static client_exit_t
s_check(const client_options_t *options)
{
    if (options->argument_count > 1)
        for (size_t i = 0; i < options->argument_count; i++)
            if (s_is_csv(options->arguments[i]))
                return client_complain(EXIT_USAGE, "%s is a list, and a list goes alone",
                                       options->arguments[i]);
    return EXIT_DONE;
}

client_exit_t
client_run_start(const client_t *self)
{
    const client_options_t *options = self->options;
    client_exit_t code = s_check(options);
    if (code != EXIT_DONE)
        return code;
    client_answer_t answer = {0};
    code =
        s_is_csv(options->arguments[0]) ? s_start_csv(self, &answer) : s_start_files(self, &answer);
    if (code == EXIT_DONE) {
        cJSON *body = output_parse(&answer.body);
        const char *job_id = output_text(body, "job_id", "");
        if (options->json) {
            output_body(stdout, &answer.body);
        } else {
            output_write(stdout, job_id);
            long long total = (long long) output_number(body, "total_documents", 0);
            printf("\n%lld document%s. Watch it with: tagmill watch ", total,
                   total == 1 ? "" : "s");
            output_write(stdout, job_id);
            putchar('\n');
        }
        fflush(stdout);
        if (options->watch)
            code = client_watch(self, job_id);
        cJSON_Delete(body);
    }
    client_answer_free(&answer);
    return code;
}
