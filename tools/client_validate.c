/* tagmill validate: checks a list's shape here and its documents at the server. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/stat.h>

#include "base/memory.h"
#include "base/vocabulary.h"
#include "tools/client.h"
#include "tools/client_csv.h"
#include "tools/client_output.h"

enum { PATHS_MAX = 100, NOT_FOUND_CODE = 404 }; /* paths in one request */

typedef struct {
    const client_t *client;
    cJSON *paths; /* gathered for the next request; NULL: none */
    int64_t valid, invalid;
    client_exit_t code; /* what ended the asking, EXIT_DONE while it goes on */
} s_asking_t;

static void
s_write_results(s_asking_t *self, const cJSON *body)
{
    const cJSON *result = NULL;
    cJSON_ArrayForEach(result, cJSON_GetObjectItemCaseSensitive(body, "results"))
    {
        bool valid = cJSON_IsTrue(cJSON_GetObjectItemCaseSensitive(result, "valid"));
        *(valid ? &self->valid : &self->invalid) += 1;
        if (valid || self->client->options->json)
            continue;
        printf("invalid  ");
        output_write(stdout, output_text(result, "path", "?"));
        printf(": ");
        output_write(stdout, output_text(result, "error", "no reason given"));
        putchar('\n');
    }
}

static void
s_ask(s_asking_t *self)
{
    if (!self->paths || self->code != EXIT_DONE)
        return;
    cJSON *body = cJSON_CreateObject();
    cJSON_AddItemToObject(body, "paths", self->paths);
    self->paths = NULL;
    char *text = cJSON_PrintUnformatted(body);
    cJSON_Delete(body);
    client_request_t request = {.method = "POST",
                                .target = "/api/batch/validate-paths",
                                .content_type = "application/json",
                                .body = slice_from(text)};
    client_answer_t answer = {0};
    fault_t fault = {0};
    status_t status = client_http_send(self->client->http, &request, &answer, &fault);
    if (status == STATUS_OK && answer.code == NOT_FOUND_CODE)
        self->code = client_complain(EXIT_REFUSED, "this server does not check paths (404)");
    else
        self->code = client_judge(status, &answer, &fault);
    if (self->code == EXIT_DONE) {
        cJSON *results = output_parse(&answer.body);
        s_write_results(self, results);
        cJSON_Delete(results);
        if (self->client->options->json)
            output_body(stdout, &answer.body);
    }
    client_answer_free(&answer);
    cJSON_free(text);
}

static void
s_gather(s_asking_t *self, const char *path, const char *type)
{
    if (self->code != EXIT_DONE)
        return;
    if (!self->paths)
        self->paths = cJSON_CreateArray();
    cJSON *item = cJSON_CreateObject();
    cJSON_AddStringToObject(item, "path", path);
    cJSON_AddStringToObject(item, "type", type);
    cJSON_AddItemToArray(self->paths, item);
    if (cJSON_GetArraySize(self->paths) >= PATHS_MAX)
        s_ask(self);
}

static void
s_on_document(void *arg, int64_t record, slice_t file_path, slice_t source_type)
{
    (void) record;
    char *path = slice_copy(file_path);
    char *type = source_type.size ? slice_copy(source_type) : slice_copy(slice_from("url"));
    s_gather(arg, path, type);
    free(type);
    free(path);
}

/* Returns owned: the column that --map gives to `field`, or the field's own name. */
static char *
s_column_of(const client_options_t *options, const char *field)
{
    for (size_t i = 0; i < options->map.count; i++) {
        slice_t column, mapped;
        if (client_map_split(options->map.items[i], &column, &mapped) && slice_is(mapped, field))
            return slice_copy(column);
    }
    return slice_copy(slice_from(field));
}

static client_exit_t
s_validate_csv(s_asking_t *self, const char *path)
{
    FILE *file = fopen(path, "re");
    if (!file)
        return client_complain(EXIT_USAGE, "%s: %s", path, strerrordesc_np(errno));
    char *path_column = s_column_of(self->client->options, "file_path");
    char *type_column = s_column_of(self->client->options, "file_source_type");
    int64_t faults = csv_check(file, path, path_column, type_column, s_on_document, self, stderr);
    free(type_column);
    free(path_column);
    fclose(file);
    if (self->code == EXIT_DONE)
        s_ask(self);
    if (self->code != EXIT_DONE)
        return self->code;
    return faults ? EXIT_JOB_FAILED : EXIT_DONE;
}

/* The type that a path is meant as: local unless its scheme says otherwise. */
static void
s_gather_argument(s_asking_t *self, const char *argument)
{
    struct stat info;
    if (stat(argument, &info) == 0 && S_ISDIR(info.st_mode))
        self->code = client_complain(EXIT_USAGE, "%s is a directory: give its files, as in %s/*",
                                     argument, argument);
    else if (strncmp(argument, "s3://", 5) == 0) {
        s_gather(self, argument, source_type_word(SOURCE_S3));
    } else if (strstr(argument, "://") || strncmp(argument, "noop:", 5) == 0) {
        s_gather(self, argument, source_type_word(SOURCE_URL));
    } else {
        /* What is not there is for the server to say: it may see another disk. */
        char *real = realpath(argument, NULL);
        s_gather(self, real ? real : argument, source_type_word(SOURCE_LOCAL));
        free(real);
    }
}

client_exit_t
client_run_validate(const client_t *self)
{
    const client_options_t *options = self->options;
    s_asking_t asking = {.client = self};
    client_exit_t code = EXIT_DONE;
    const char *first = options->arguments[0];
    size_t size = strlen(first);
    bool is_list = options->argument_count == 1 && size > 4 &&
                   strcasecmp(first + size - 4, ".csv") == 0 && !strstr(first, "://");
    if (is_list) {
        code = s_validate_csv(&asking, first);
    } else {
        for (size_t i = 0; i < options->argument_count; i++)
            s_gather_argument(&asking, options->arguments[i]);
        s_ask(&asking);
        code = asking.code;
    }
    cJSON_Delete(asking.paths);
    if (!options->json && (code == EXIT_DONE || code == EXIT_JOB_FAILED))
        printf("%lld valid, %lld invalid\n", (long long) asking.valid, (long long) asking.invalid);
    return code == EXIT_DONE && asking.invalid ? EXIT_JOB_FAILED : code;
}
