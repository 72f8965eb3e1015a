/* tagmill-worker: a process whose slots work on documents, wherever its supervisor is.
 *
 * Takes the options of programs/options.h. SIGTERM or SIGINT: it finishes what it has in hand and
 * ends with 0; a second one: it ends at once. Given `--parent PID` before everything else (as the
 * keeper does), it is asked to end when that parent is gone.
 */
#include <czmq.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/resource.h>

#include "actors/worker.h"
#include "base/log.h"
#include "documents/pipeline.h"
#include "programs/options.h"

enum { EXIT_REFUSED = 1, DRAIN_MS = 10000, SOCKETS_MAX = 4096 };

/* ---- the steps of a slot ---- */

/* What the slots share. */
typedef struct {
    const config_t *config;
    cache_t *cache;
} shop_t;

static void *
s_open(void *context)
{
    const shop_t *shop = context;
    return pipeline_new(shop->config, shop->cache);
}

static void
s_run(void *pipeline, const document_t *document, const brief_t *brief, const atomic_bool *cancel,
      outcome_t *outcome)
{
    pipeline_run(pipeline, document, brief, cancel, outcome);
}

static void
s_close(void **pipeline_p)
{
    pipeline_t *pipeline = *pipeline_p;
    pipeline_destroy(&pipeline);
    *pipeline_p = NULL;
}

static void
s_end_job(void *context, uint64_t job_no)
{
    const shop_t *shop = context;
    cache_forget_job(shop->cache, job_no);
}

static const slot_steps_t s_steps = {
    .open = s_open, .run = s_run, .forget = outcome_free, .close = s_close, .end_job = s_end_job};

/* ---- the process ---- */

/* Takes `--parent PID` off the front of the command line. Returns false when that parent is gone
 * already. */
static bool
s_follow_parent(int *argc, char **argv)
{
    if (*argc < 3 || strcmp(argv[1], "--parent") != 0)
        return true;
    pid_t parent = (pid_t) strtol(argv[2], NULL, 10);
    memmove(argv + 1, argv + 3, (size_t) (*argc - 2) * sizeof *argv); /* and the NULL */
    *argc -= 2;
    /* It may have died before the kernel was asked: then nobody sends the signal. */
    return prctl(PR_SET_PDEATHSIG, SIGTERM) == 0 && getppid() == parent;
}

/* Blocked in every thread, and taken by the main thread alone. */
static void
s_block_signals(sigset_t *set)
{
    sigemptyset(set);
    sigaddset(set, SIGTERM);
    sigaddset(set, SIGINT);
    pthread_sigmask(SIG_BLOCK, set, NULL);
    signal(SIGPIPE, SIG_IGN);
}

/* A second request to stop is obeyed at once: the supervisor sends out again what was in hand. */
static void
s_die(int number)
{
    (void) number;
    _exit(EXIT_REFUSED);
}

static void
s_obey_second_signal(const sigset_t *set)
{
    signal(SIGTERM, s_die);
    signal(SIGINT, s_die);
    pthread_sigmask(SIG_UNBLOCK, set, NULL);
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

static void
s_open_log(const config_t *config)
{
    log_level_t level = LOG_LEVEL_INFO;
    log_level_parse(slice_from(config_text(config, CONFIG_LOG_LEVEL)), &level);
    log_open(level, strcmp(config_text(config, CONFIG_LOG_FORMAT), "json") == 0);
}

/* Works until it is told to stop. Returns the exit code. */
static int
s_serve(const config_t *config, const sigset_t *set)
{
    size_t cache_bytes = (size_t) config_number(config, CONFIG_DOCUMENTS_CACHE_BYTES);
    shop_t shop = {config, cache_new(cache_bytes, CACHE_OLD_MS)};
    worker_options_t options = {
        .control = config_text(config, CONFIG_BUS_CONTROL),
        .slots = (uint16_t) config_number(config, CONFIG_WORKERS_SLOTS),
        .drain_ms = DRAIN_MS,
        .steps = &s_steps,
        .context = &shop,
    };
    fault_t fault = {0};
    zactor_t *worker = worker_start(&options, &fault);
    if (worker) {
        int number = 0;
        sigwait(set, &number);
        s_obey_second_signal(set);
        zactor_destroy(&worker);
        cache_destroy(&shop.cache);
        return 0;
    }
    fprintf(stderr, "tagmill-worker: %s\n", fault.detail);
    cache_destroy(&shop.cache);
    return EXIT_REFUSED;
}

int
main(int argc, char **argv)
{
    static const options_program_t program = {
        .name = "tagmill-worker",
        .summary = "Works on documents for the supervisor at bus/control.",
    };
    sigset_t set;
    s_block_signals(&set);
    if (!s_follow_parent(&argc, argv))
        return EXIT_REFUSED;
    options_t options;
    int code = 0;
    if (!options_parse(&options, &program, argc, argv, environ, stdout, stderr, &code))
        return code;
    s_raise_file_limit();
    zsys_init();
    zsys_handler_set(NULL);
    zsys_set_max_sockets(SOCKETS_MAX);
    s_open_log(options.config);
    code = s_serve(options.config, &set);
    zsys_shutdown();
    options_free(&options);
    return code;
}
