#include "gateway/gateway.h"

#include <civetweb.h>
#include <czmq.h>
#include <sodium.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>

#include "base/log.h"
#include "base/memory.h"
#include "gateway/exchange.h"
#include "gateway/health.h"
#include "gateway/jobs.h"
#include "gateway/paths.h"
#include "gateway/results.h"
#include "gateway/routes.h"
#include "gateway/start.h"

enum {
    THREAD_OF_REQUESTS = 1, /* civetweb's kind of thread that serves connections */
    FILES_A_THREAD = 5,     /* a connection, a spool, two sockets and one to spare */
    SOCKETS_A_THREAD = 2,
    FILES_RESERVE = 128, /* for the rest of the process */
    SOCKETS_RESERVE = 64,
    ERROR_SIZE = 256
};

static const char s_keep_alive_ms[] = "1000";
static const char s_request_timeout_ms[] = "10000";

struct gateway {
    service_t service;
    struct mg_context *http;
};

static const route_t s_routes[] = {
    {"GET", "/", true, health_root},
    {"GET", "/api/health", true, health_alive},
    {"GET", "/api/status", true, health_alive},
    {"GET", "/api/ready", true, health_ready},
    {"GET", "/api/batch/jobs/{job_id}/status", false, jobs_status},
    {"GET", "/api/batch/jobs/{job_id}/results", false, results_read},
    {"GET", "/api/batch/active", false, jobs_active},
    {"POST", "/api/batch/start", false, start_job},
    {"POST", "/api/batch/jobs/{job_id}/pause", false, jobs_pause},
    {"POST", "/api/batch/jobs/{job_id}/resume", false, jobs_resume},
    {"POST", "/api/batch/jobs/{job_id}/cancel", false, jobs_cancel},
    {"POST", "/api/batch/jobs/{job_id}/retry", false, jobs_retry},
    {"POST", "/api/batch/validate-paths", false, paths_validate},
};

/* ---- a request ---- */

static status_t
s_handle(exchange_t *exchange, fault_t *fault)
{
    session_t *session = exchange->session;
    route_match_t match;
    buffer_t allow = {0};
    status_t status = routes_match(
        s_routes, sizeof s_routes / sizeof s_routes[0], slice_from(exchange->info->request_method),
        slice_from(exchange->info->local_uri_raw), &match, &allow, fault);
    if (status == STATUS_METHOD_NOT_ALLOWED)
        buffer_printf(&session->headers, "Allow: %s\r\n", allow.data);
    buffer_free(&allow);
    exchange->is_head = match.is_head;
    if (status == STATUS_OK && !match.route->is_open)
        status = exchange_authenticate(exchange, fault);
    if (status != STATUS_OK)
        return status;
    exchange->job_id = slice_from(match.job_id);
    return match.route->handler(exchange, fault);
}

/* Everything comes through here, before civetweb's own routes, files and preflight answers. */
static int
s_on_request(struct mg_connection *connection)
{
    gateway_t *self = mg_get_user_context_data(connection);
    exchange_t exchange;
    fault_t fault = {0};
    status_t status = exchange_begin(&exchange, &self->service, mg_get_thread_pointer(connection),
                                     connection, &fault);
    if (status == STATUS_OK)
        status = s_handle(&exchange, &fault);
    if (status != STATUS_OK)
        exchange_problem(&exchange, &fault);
    log_debug("gateway", "request", LOG_S("method", exchange.info->request_method),
              LOG_S("path", exchange.info->local_uri_raw), LOG_N("status", exchange.status),
              LOG_V("owner", exchange.owner), LOG_S("request_id", exchange.request_id));
    exchange_end(&exchange);
    return exchange.status;
}

/* What civetweb refuses before a request is whole. Its own answer may repeat bytes of the request
 * in the status line. */
static int
s_on_error(struct mg_connection *connection, int http, const char *message)
{
    (void) message;
    fault_t fault;
    buffer_t body = {0};
    fault_set(&fault, http >= 500 ? STATUS_UNAVAILABLE : STATUS_BAD_REQUEST,
              "the request is malformed, too large, or came too slowly");
    problem_write(&body, &fault, "-", NULL);
    mg_disable_connection_keep_alive(connection);
    mg_printf(connection,
              "HTTP/1.1 %s\r\nContent-Type: application/problem+json\r\nContent-Length: %zu\r\n"
              "Connection: close\r\n\r\n%s",
              http >= 500 ? "503 Service Unavailable" : "400 Bad Request", body.size, body.data);
    buffer_free(&body);
    return 0;
}

static int
s_on_message(const struct mg_connection *connection, const char *message)
{
    (void) connection;
    log_warning("gateway", "civetweb", LOG_S("message", message));
    return 1;
}

/* ---- threads ---- */

static void *
s_on_thread(const struct mg_context *http, int kind)
{
    gateway_t *self = mg_get_user_data(http);
    if (kind != THREAD_OF_REQUESTS)
        return NULL;
    session_t *session = memory_new(sizeof *session);
    session->bus = bus_new(self->service.context, self->service.endpoints, &self->service.stopping);
    session->tokens = token_cache_new();
    session->descriptor = -1;
    randombytes_buf(&session->random, sizeof session->random);
    return session;
}

static void
s_on_thread_end(const struct mg_context *http, int kind, void *pointer)
{
    session_t *session = pointer;
    (void) http;
    (void) kind;
    if (session == NULL)
        return;
    bus_destroy(&session->bus);
    token_cache_destroy(&session->tokens);
    buffer_free(&session->question);
    buffer_free(&session->reply);
    buffer_free(&session->headers);
    buffer_free(&session->body);
    buffer_free(&session->head);
    free(session);
}

/* ---- start and stop ---- */

/* Without descriptors civetweb's accept loop spins, and without sockets no question can be asked:
 * better to say so at the start. */
static status_t
s_check_limits(const gateway_t *self, fault_t *fault)
{
    int64_t threads = config_number(self->service.config, CONFIG_HTTP_THREADS);
    int64_t files = threads * FILES_A_THREAD + FILES_RESERVE;
    int64_t sockets = threads * SOCKETS_A_THREAD + SOCKETS_RESERVE;
    struct rlimit limit;
    if (getrlimit(RLIMIT_NOFILE, &limit) == 0 && limit.rlim_cur < (rlim_t) files)
        return fault_set(fault, STATUS_BAD_REQUEST,
                         "http/threads %lld needs %lld open files and %llu are allowed: raise the "
                         "limit (ulimit -n, LimitNOFILE) or lower http/threads",
                         (long long) threads, (long long) files,
                         (unsigned long long) limit.rlim_cur);
    int most = zmq_ctx_get(self->service.context, ZMQ_MAX_SOCKETS);
    if (most < sockets)
        return fault_set(fault, STATUS_BAD_REQUEST,
                         "http/threads %lld needs %lld ZeroMQ sockets and there are %d",
                         (long long) threads, (long long) sockets, most);
    return STATUS_OK;
}

static status_t
s_check_address(const char *address, fault_t *fault)
{
    size_t size = strlen(address);
    if (size && strchr("sr+", address[size - 1]))
        return fault_set(fault, STATUS_BAD_REQUEST,
                         "http/listen %s: plain HTTP only; put a proxy with TLS in front", address);
    return STATUS_OK;
}

static status_t
s_listen(gateway_t *self, fault_t *fault)
{
    const config_t *config = self->service.config;
    const char *threads = config_text(config, CONFIG_HTTP_THREADS);
    const char *address = config_text(config, CONFIG_HTTP_LISTEN);
    const char *options[] = {"listening_ports",
                             address,
                             "num_threads",
                             threads,
                             "enable_keep_alive",
                             "yes",
                             "keep_alive_timeout_ms",
                             s_keep_alive_ms,
                             "request_timeout_ms",
                             s_request_timeout_ms,
                             "tcp_nodelay",
                             "1",
                             "decode_url",
                             "no", /* paths are matched as they were sent */
                             "enable_auth_domain_check",
                             "no",
                             "access_control_allow_origin",
                             "",
                             NULL};
    struct mg_callbacks callbacks = {.begin_request = s_on_request,
                                     .http_error = s_on_error,
                                     .log_message = s_on_message,
                                     .init_thread = s_on_thread,
                                     .exit_thread = s_on_thread_end};
    char text[ERROR_SIZE] = "";
    unsigned code = 0;
    struct mg_init_data init = {
        .callbacks = &callbacks, .user_data = self, .configuration_options = options};
    struct mg_error_data error = {.code = &code, .text = text, .text_buffer_size = sizeof text};
    self->http = mg_start2(&init, &error);
    if (self->http == NULL)
        return fault_set(fault, STATUS_IO_ERROR, "cannot listen on %s: %s", address,
                         *text ? text : "the address is taken or not ours");
    return STATUS_OK;
}

static void
s_free(gateway_t *self)
{
    body_clock_destroy(&self->service.body_clock);
    token_rules_destroy(&self->service.rules);
    free(self);
}

status_t
gateway_start(gateway_t **self_p, const config_t *config, const char *control_endpoint,
              const char *library_endpoint, fault_t *fault)
{
    if (sodium_init() < 0)
        return fault_set(fault, STATUS_INTERNAL, "libsodium cannot be used");
    gateway_t *self = memory_new(sizeof *self);
    self->service.config = config;
    self->service.context = zsys_init();
    self->service.endpoints[BUS_SUPERVISOR] = control_endpoint;
    self->service.endpoints[BUS_LIBRARIAN] = library_endpoint;
    status_t status = s_check_address(config_text(config, CONFIG_HTTP_LISTEN), fault);
    if (status == STATUS_OK)
        status = s_check_limits(self, fault);
    if (status == STATUS_OK)
        status = token_rules_load(config, &self->service.rules, fault);
    if (status == STATUS_OK) {
        self->service.body_clock = body_clock_new();
        mg_init_library(MG_FEATURES_DEFAULT);
        status = s_listen(self, fault);
    }
    if (status != STATUS_OK) {
        s_free(self);
        return status;
    }
    log_info("gateway", "listening", LOG_S("address", config_text(config, CONFIG_HTTP_LISTEN)),
             LOG_N("port", gateway_port(self)));
    *self_p = self;
    return STATUS_OK;
}

void
gateway_stop(gateway_t **self_p)
{
    gateway_t *self = *self_p;
    if (self == NULL)
        return;
    atomic_store(&self->service.stopping, true);
    mg_stop(self->http);
    mg_exit_library();
    s_free(self);
    *self_p = NULL;
}

int
gateway_port(const gateway_t *self)
{
    struct mg_server_port port = {0};
    return mg_get_server_ports(self->http, 1, &port) == 1 ? port.port : 0;
}
