/* The ceiling for status polling: a bare civetweb handler.
 *
 * It verifies the same token by the same rules and writes the JSON of a job by the same code, with
 * the gateway's server options and as many threads, but asks nobody. /cached remembers tokens that
 * verified, as the gateway does; /verify checks the signature each time. tools/bench compares.
 *
 * usage: tagmill-bench-http PORT THREADS SECRET-FILE
 */
#include <civetweb.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "base/file.h"
#include "base/vocabulary.h"
#include "gateway/token.h"
#include "messages/job_json.h"

typedef struct {
    token_cache_t *tokens;
    buffer_t body, answer;
} session_t;

static token_rules_t *s_rules;

static void *
s_init_thread(const struct mg_context *context, int type)
{
    (void) context, (void) type;
    session_t *self = calloc(1, sizeof *self);
    self->tokens = token_cache_new();
    return self;
}

static void
s_exit_thread(const struct mg_context *context, int type, void *session)
{
    (void) context, (void) type;
    session_t *self = session;
    token_cache_destroy(&self->tokens);
    buffer_free(&self->body);
    buffer_free(&self->answer);
    free(self);
}

static bool
s_knows(session_t *self, struct mg_connection *connection, bool cached)
{
    const char *header = mg_get_header(connection, "Authorization");
    if (header == NULL || strncmp(header, "Bearer ", 7) != 0)
        return false;
    const token_claims_t *remembered = NULL;
    token_claims_t claims;
    slice_t token = slice_from(header + 7);
    int64_t now = (int64_t) time(NULL);
    return (cached ? token_cache_verify(self->tokens, s_rules, token, now, &remembered, NULL)
                   : token_verify(s_rules, token, now, &claims, NULL)) == STATUS_OK;
}

static int
s_on_request(struct mg_connection *connection, void *cached)
{
    static const record_job_t job = {.job_no = 1,
                                     .job_id = {"polled", 6},
                                     .state = JOB_PAUSED,
                                     .total = 1000,
                                     .created_at = 1700000000000,
                                     .version = 7,
                                     .eta_seconds = -1};
    session_t *self = mg_get_thread_pointer(connection);
    bool known = s_knows(self, connection, cached != NULL);
    buffer_clear(&self->body);
    buffer_clear(&self->answer);
    if (known)
        job_json(&job, &self->body);
    buffer_printf(&self->answer,
                  "HTTP/1.1 %s\r\nContent-Type: application/json\r\nContent-Length: %zu\r\n"
                  "Connection: keep-alive\r\n\r\n",
                  known ? "200 OK" : "401 Unauthorized", self->body.size);
    buffer_append_slice(&self->answer, buffer_slice(&self->body));
    mg_write(connection, self->answer.data, self->answer.size);
    return known ? 200 : 401;
}

int
main(int argc, char **argv)
{
    buffer_t secret = {0};
    fault_t fault = {0};
    if (argc != 4) {
        fprintf(stderr, "usage: tagmill-bench-http PORT THREADS SECRET-FILE\n");
        return 2;
    }
    if (file_secret(argv[3], TOKEN_SECRET_MIN, TOKEN_SECRET_MIN, &secret, &fault) != STATUS_OK ||
        token_rules_new(SLICE("HS256"), buffer_slice(&secret), SLICE(""), SLICE(""), &s_rules,
                        &fault) != STATUS_OK) {
        fprintf(stderr, "%s\n", fault.detail);
        return 1;
    }
    char listen[32];
    snprintf(listen, sizeof listen, "127.0.0.1:%s", argv[1]);
    const char *options[] = {"listening_ports",
                             listen,
                             "num_threads",
                             argv[2],
                             "enable_keep_alive",
                             "yes",
                             "tcp_nodelay",
                             "1",
                             "keep_alive_timeout_ms",
                             "1000",
                             "request_timeout_ms",
                             "10000",
                             NULL};
    const struct mg_callbacks callbacks = {.init_thread = s_init_thread,
                                           .exit_thread = s_exit_thread};
    struct mg_context *server = mg_start(&callbacks, NULL, options);
    if (server == NULL)
        return 1;
    mg_set_request_handler(server, "/verify", s_on_request, NULL);
    mg_set_request_handler(server, "/cached", s_on_request, &s_rules);
    pause();
    return 0;
}
