/* tagmilld: the service. Gateway and supervisor in one process, or one of them alone. */
#include <czmq.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/resource.h>

#include "actors/keeper.h"
#include "actors/library.h"
#include "actors/supervisor.h"
#include "base/clock.h"
#include "base/file.h"
#include "base/log.h"
#include "base/memory.h"
#include "gateway/gateway.h"
#include "messages/endpoints.h"
#include "programs/options.h"

enum { EXIT_REFUSED = 1, SOCKETS_MAX = 16384, KEEPER_STOP_MS = 15000, TICK_MS = 1000 };

typedef struct {
    const config_t *config;
    supervisor_t *supervisor;
    library_t *library;
    keeper_t *keeper;
    gateway_t *gateway;
} service_t;

/* ---- start ---- */

static status_t
s_start_supervisor(service_t *self, fault_t *fault)
{
    status_t status = supervisor_start(&self->supervisor, self->config, fault);
    if (status == STATUS_OK)
        status = library_start(&self->library, self->config, fault);
    if (status == STATUS_OK)
        status = keeper_start(&self->keeper, self->config, clock_monotonic_ms(), fault);
    return status;
}

static status_t
s_start(service_t *self, role_t role, fault_t *fault)
{
    status_t status = file_make_directory(config_text(self->config, CONFIG_DATA_DIR), fault);
    if (status == STATUS_OK && role != ROLE_GATEWAY)
        status = s_start_supervisor(self, fault);
    if (status != STATUS_OK || role == ROLE_SUPERVISOR)
        return status;
    bool alone = role == ROLE_GATEWAY;
    const char *control = alone ? config_text(self->config, CONFIG_BUS_CONTROL) : ENDPOINT_CONTROL;
    const char *library = alone ? config_text(self->config, CONFIG_BUS_LIBRARY) : ENDPOINT_LIBRARY;
    return gateway_start(&self->gateway, self->config, control, library, fault);
}

/* From the outside in: no new requests, then no new work, then the disk. */
static void
s_stop(service_t *self)
{
    gateway_stop(&self->gateway);
    keeper_stop(&self->keeper, KEEPER_STOP_MS);
    library_stop(&self->library);
    supervisor_stop(&self->supervisor);
}

/* ---- signals ---- */

/* Blocked in every thread, and taken by the main thread alone. */
static void
s_block_signals(sigset_t *set)
{
    sigemptyset(set);
    sigaddset(set, SIGTERM);
    sigaddset(set, SIGINT);
    sigaddset(set, SIGCHLD);
    sigaddset(set, SIGHUP);
    pthread_sigmask(SIG_BLOCK, set, NULL);
    signal(SIGPIPE, SIG_IGN);
}

static void
s_serve(service_t *self, const sigset_t *set)
{
    for (;;) {
        struct timespec patience = {.tv_sec = TICK_MS / 1000};
        int64_t now_ms = clock_monotonic_ms();
        int64_t due_ms = self->keeper ? keeper_deadline(self->keeper) : INT64_MAX;
        if (due_ms < now_ms + TICK_MS) {
            int64_t left_ms = due_ms > now_ms ? due_ms - now_ms : 0;
            patience =
                (struct timespec){.tv_sec = left_ms / 1000, .tv_nsec = (left_ms % 1000) * 1000000};
        }
        int number = sigtimedwait(set, NULL, &patience);
        if (number == SIGTERM || number == SIGINT)
            return;
        if (self->keeper)
            keeper_tick(self->keeper, clock_monotonic_ms());
    }
}

/* A second request to stop is obeyed at once: what is on disk stays, the rest is done again. */
static void
s_die(int number)
{
    (void) number;
    _exit(EXIT_REFUSED);
}

static void
s_obey_second_signal(void)
{
    sigset_t set;
    signal(SIGTERM, s_die);
    signal(SIGINT, s_die);
    sigemptyset(&set);
    sigaddset(&set, SIGTERM);
    sigaddset(&set, SIGINT);
    pthread_sigmask(SIG_UNBLOCK, &set, NULL);
}

static void
s_raise_file_limit(void)
{
    struct rlimit limit;
    if (getrlimit(RLIMIT_NOFILE, &limit) != 0 || limit.rlim_cur == limit.rlim_max)
        return;
    limit.rlim_cur = limit.rlim_max;
    setrlimit(RLIMIT_NOFILE, &limit);
}

int
main(int argc, char **argv)
{
    static const options_program_t program = {
        .name = "tagmilld",
        .summary = "The service that tags documents in bulk.",
        .has_roles = true,
    };
    options_t options;
    int code = 0;
    if (!options_parse(&options, &program, argc, argv, environ, stdout, stderr, &code))
        return code;
    sigset_t set;
    s_block_signals(&set);
    s_raise_file_limit();
    zsys_init();
    zsys_handler_set(NULL);
    zsys_set_max_sockets(SOCKETS_MAX);
    log_level_t level = LOG_LEVEL_INFO;
    log_level_parse(slice_from(config_text(options.config, CONFIG_LOG_LEVEL)), &level);
    log_open(level, strcmp(config_text(options.config, CONFIG_LOG_FORMAT), "json") == 0);

    service_t service = {.config = options.config};
    fault_t fault = {0};
    if (s_start(&service, options.role, &fault) == STATUS_OK) {
        puts("ready");
        fflush(stdout);
        s_serve(&service, &set);
        log_info("tagmilld", "stopping");
        s_obey_second_signal();
    } else {
        fprintf(stderr, "tagmilld: %s\n", fault.detail);
        code = EXIT_REFUSED;
    }
    s_stop(&service);
    options_free(&options);
    zsys_shutdown();
    return code;
}
