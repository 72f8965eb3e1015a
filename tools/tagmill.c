/* tagmill: the command-line client. */
#include <curl/curl.h>
#include <locale.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "tools/client.h"
#include "tools/client_output.h"

enum { NO_TOKEN_CODE = 401 };

static const client_run_t s_runs[] = {
    [COMMAND_START] = client_run_start,       [COMMAND_STATUS] = client_run_status,
    [COMMAND_WATCH] = client_run_watch,       [COMMAND_PAUSE] = client_run_control,
    [COMMAND_RESUME] = client_run_control,    [COMMAND_CANCEL] = client_run_control,
    [COMMAND_RETRY] = client_run_control,     [COMMAND_ACTIVE] = client_run_active,
    [COMMAND_RESULTS] = client_run_results,   [COMMAND_TOKEN] = client_run_token,
    [COMMAND_VALIDATE] = client_run_validate,
};

client_exit_t
client_complain(client_exit_t code, const char *format, ...)
{
    char *text = NULL;
    va_list arguments;
    va_start(arguments, format);
    int size = vasprintf(&text, format, arguments);
    va_end(arguments);
    if (size < 0)
        abort();
    fflush(stdout);
    fputs("tagmill: ", stderr);
    output_write(stderr, text);
    fputc('\n', stderr);
    free(text);
    return code;
}

client_exit_t
client_judge(status_t status, const client_answer_t *answer, const fault_t *fault)
{
    if (status != STATUS_OK)
        return client_complain(EXIT_UNREACHABLE, "the server cannot be reached: %s", fault->detail);
    if (client_answer_is_ok(answer))
        return EXIT_DONE;
    buffer_t detail = {0};
    client_answer_detail(answer, &detail);
    if (answer->retry_after_seconds > 0)
        buffer_printf(&detail, " (try again in %ld s)", answer->retry_after_seconds);
    if (answer->code == NO_TOKEN_CODE)
        buffer_append_text(&detail, "; tagmill token makes one, and TAGMILL_TOKEN or --token-file "
                                    "gives it");
    client_complain(EXIT_REFUSED, "refused (%ld): %s", answer->code, detail.data);
    buffer_free(&detail);
    return EXIT_REFUSED;
}

void
client_job_target(buffer_t *out, const char *job_id, const char *tail)
{
    buffer_append_text(out, "/api/batch/jobs/");
    text_percent_encode(out, slice_from(job_id));
    buffer_append_text(out, tail);
}

client_exit_t
client_get_job(const client_t *self, const char *job_id, const char *tail, client_answer_t *answer)
{
    fault_t fault = {0};
    buffer_t target = {0};
    client_job_target(&target, job_id, tail);
    status_t status = client_http_get(self->http, answer, &fault, "%s", target.data);
    buffer_free(&target);
    return client_judge(status, answer, &fault);
}

static client_exit_t
s_run(const client_options_t *options)
{
    client_t self = {.options = options};
    client_exit_t code = EXIT_DONE;
    fault_t fault = {0};
    if (options->command != COMMAND_TOKEN &&
        client_http_connect(options->url, options->token, options->token_file, &self.http,
                            &fault) != STATUS_OK)
        code = client_complain(EXIT_USAGE, "%s", fault.detail);
    if (code == EXIT_DONE && options->api_key_file) {
        self.api_key = client_http_read_secret(options->api_key_file, &fault);
        if (self.api_key == NULL)
            code = client_complain(EXIT_USAGE, "%s", fault.detail);
    }
    if (code == EXIT_DONE)
        code = s_runs[options->command](&self);
    client_http_destroy(&self.http);
    free(self.api_key);
    if (fflush(stdout) != 0 && code == EXIT_DONE)
        code = client_complain(EXIT_JOB_FAILED, "the output could not be written");
    return code;
}

int
main(int argc, char **argv)
{
    client_options_t options;
    fault_t fault = {0};
    client_exit_t code = EXIT_DONE;
    curl_global_init(CURL_GLOBAL_DEFAULT);
    /* NOLINTNEXTLINE(concurrency-mt-unsafe): no thread has started yet */
    setlocale(LC_CTYPE, "C.UTF-8"); /* what is printed is UTF-8 whatever the terminal says */
    status_t status = client_options_parse(&options, argc, argv, &fault);
    if (options.help)
        client_options_help(&options, stdout);
    else if (options.version)
        printf("tagmill %s\n", TAGMILL_VERSION);
    else if (status != STATUS_OK)
        code = client_complain(EXIT_USAGE, "%s; see tagmill %s%s--help", fault.detail,
                               options.has_command ? client_command_word(options.command) : "",
                               options.has_command ? " " : "");
    else
        code = s_run(&options);
    client_options_free(&options);
    curl_global_cleanup();
    return (int) code;
}
