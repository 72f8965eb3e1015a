/* tagmill status and watch. */
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/vocabulary.h"
#include "tools/client.h"
#include "tools/client_output.h"

enum {
    POLL_SECONDS = 30, /* how long the server may hold a poll */
    LINE_MS = 1000,    /* the shortest time between two plain lines */
    BAR_MS = 200,      /* and between two pictures of the bar */
    BAR_WIDTH = 30,
    IDLE_MS = 1000, /* where a poll came back at once and nothing had changed */
    IDLE_MS_MAX = 60000,
    OUTAGES_MAX = 5 /* polls in a row that fail before the watch is given up */
};

/* How far a job is, as its status said last. */
typedef struct {
    char state[16];
    int64_t version, total, processed, failed, poll_after_ms, eta_seconds;
    bool is_final;
} s_status_t;

/* A watch over one job. */
typedef struct {
    const client_t *client;
    const char *job_id;
    bool is_terminal;
    bool has_status;
    s_status_t status;
    int64_t first_ms, first_done; /* where the rate is measured from */
    int outages;
} s_watch_t;

static bool
s_read_status(const buffer_t *body, s_status_t *out)
{
    cJSON *json = output_parse(body);
    const char *state = output_text(json, "status", "");
    *out = (s_status_t){
        .version = output_number(json, "version", 0),
        .total = output_number(json, "total_documents", 0),
        .processed = output_number(json, "processed_count", 0),
        .failed = output_number(json, "failed_count", 0),
        .poll_after_ms = output_number(json, "poll_after_ms", IDLE_MS),
        .eta_seconds = output_number(json, "eta_seconds", -1),
    };
    job_state_t known;
    bool right = job_state_parse(slice_from(state), &known);
    if (right) {
        snprintf(out->state, sizeof out->state, "%s", state);
        out->is_final = job_state_is_final(known);
    }
    cJSON_Delete(json);
    return right;
}

static void
s_write_member(const cJSON *json, const char *name)
{
    const char *text = output_text(json, name, NULL);
    if (!text)
        return;
    printf("%-10s ", name);
    output_write(stdout, text);
    putchar('\n');
}

/* What a model took; nothing for a job that none worked on. */
static void
s_write_spent(const cJSON *json)
{
    int64_t tokens = output_number(json, "tokens_used", 0);
    double cost = output_fraction(json, "cost", 0);
    if (tokens)
        printf("tokens     %lld\n", (long long) tokens);
    if (cost > 0)
        printf("cost       %.6g\n", cost);
}

static void
s_write_status(const cJSON *json)
{
    s_write_member(json, "job_id");
    s_write_member(json, "status");
    printf("documents  %lld of %lld tagged, %lld failed, %lld in flight, %lld to be tried again\n",
           (long long) output_number(json, "processed_count", 0),
           (long long) output_number(json, "total_documents", 0),
           (long long) output_number(json, "failed_count", 0),
           (long long) output_number(json, "in_flight_count", 0),
           (long long) output_number(json, "retrying_count", 0));
    printf("progress   %.1f%%\n", 100 * output_fraction(json, "progress", 0));
    s_write_spent(json);
    static const char *const members[] = {"created_at", "started_at", "finished_at",
                                          "throttled_until", "error"};
    for (size_t i = 0; i < sizeof members / sizeof members[0]; i++)
        s_write_member(json, members[i]);
}

client_exit_t
client_run_status(const client_t *self)
{
    client_answer_t answer = {0};
    client_exit_t code = client_get_job(self, self->options->arguments[0], "/status", &answer);
    if (code == EXIT_DONE && self->options->json) {
        output_body(stdout, &answer.body);
    } else if (code == EXIT_DONE) {
        cJSON *json = output_parse(&answer.body);
        s_write_status(json);
        cJSON_Delete(json);
    }
    client_answer_free(&answer);
    return code;
}

static void
s_sleep_ms(int64_t ms)
{
    struct timespec left = {.tv_sec = ms / 1000, .tv_nsec = ms % 1000 * 1000000};
    while (ms > 0 && nanosleep(&left, &left) != 0)
        ;
}

static void
s_write_seconds(int64_t seconds)
{
    if (seconds >= 3600)
        printf("%lld:%02d:%02d left", (long long) seconds / 3600, (int) (seconds / 60 % 60),
               (int) (seconds % 60));
    else
        printf("%d:%02d left", (int) (seconds / 60), (int) (seconds % 60));
}

/* The documents a second since the watch began, and the time left at that rate where the server
 * has no estimate of its own. */
static void
s_write_rate(const s_watch_t *self)
{
    const s_status_t *now = &self->status;
    int64_t elapsed_ms = clock_monotonic_ms() - self->first_ms;
    int64_t done = now->processed + now->failed;
    double rate =
        elapsed_ms > 0 ? 1000.0 * (double) (done - self->first_done) / (double) elapsed_ms : 0;
    if (rate > 0)
        printf("  %.1f/s", rate);
    int64_t eta = now->eta_seconds;
    if (eta < 0 && rate > 0)
        eta = (int64_t) ((double) (now->total - done) / rate);
    if (eta >= 0 && !now->is_final) {
        printf("  ");
        s_write_seconds(eta);
    }
}

static void
s_draw(const s_watch_t *self)
{
    const s_status_t *now = &self->status;
    long long done = now->processed + now->failed;
    double progress = now->total > 0 ? (double) done / (double) now->total : 0;
    progress = progress > 1 ? 1 : progress;
    if (self->is_terminal) {
        int filled = (int) (progress * BAR_WIDTH);
        printf("\r\033[K[");
        for (int i = 0; i < BAR_WIDTH; i++)
            putchar(i < filled ? '#' : '-');
        printf("] ");
    }
    printf("%s  %lld of %lld  %.1f%%  %lld failed", now->state, done, (long long) now->total,
           100 * progress, (long long) now->failed);
    s_write_rate(self);
    if (!self->is_terminal || now->is_final)
        putchar('\n');
    fflush(stdout);
}

static void
s_show(s_watch_t *self, const client_answer_t *answer, const s_status_t *status)
{
    if (!self->has_status) {
        self->first_ms = clock_monotonic_ms();
        self->first_done = status->processed + status->failed;
    }
    self->has_status = true;
    self->status = *status;
    if (self->client->options->json) {
        output_body(stdout, &answer->body);
        fflush(stdout);
    } else {
        s_draw(self);
    }
}

/* True when a poll that failed may be tried again: a watch outlives a restart of the server. */
static bool
s_may_try_again(s_watch_t *self, status_t status, const client_answer_t *answer)
{
    bool passing = status != STATUS_OK || answer->code == 503 || answer->code == 429;
    if (!passing || !self->has_status || ++self->outages > OUTAGES_MAX)
        return false;
    int64_t seconds = status == STATUS_OK ? answer->retry_after_seconds : 0;
    s_sleep_ms(seconds > 0 && seconds < POLL_SECONDS ? seconds * 1000 : IDLE_MS);
    return true;
}

/* Asks once, shows what changed and waits for as long as asking again makes no sense. Returns
 * whether to go on; `*code` is the outcome when not. */
static bool
s_poll(s_watch_t *self, client_answer_t *answer, client_exit_t *code)
{
    int64_t begun_ms = clock_monotonic_ms();
    fault_t fault = {0};
    buffer_t target = {0};
    client_job_target(&target, self->job_id, "/status");
    if (self->has_status)
        buffer_printf(&target, "?wait=%d&version=%lld", POLL_SECONDS,
                      (long long) self->status.version);
    status_t status = client_http_get(self->client->http, answer, &fault, "%s", target.data);
    buffer_free(&target);
    if ((status != STATUS_OK || !client_answer_is_ok(answer)) &&
        s_may_try_again(self, status, answer))
        return true;
    *code = client_judge(status, answer, &fault);
    if (*code != EXIT_DONE)
        return false;
    self->outages = 0;

    s_status_t now;
    if (!s_read_status(&answer->body, &now)) {
        *code = client_complain(EXIT_REFUSED, "the server's answer is not a job's status");
        return false;
    }
    bool changed = !self->has_status || now.version != self->status.version;
    if (changed || now.is_final)
        s_show(self, answer, &now);
    int64_t idle_ms = now.poll_after_ms > IDLE_MS_MAX ? IDLE_MS_MAX : now.poll_after_ms;
    int64_t pause_ms = !changed ? idle_ms : self->is_terminal ? BAR_MS : LINE_MS;
    if (!now.is_final)
        s_sleep_ms(pause_ms - (clock_monotonic_ms() - begun_ms));
    return !now.is_final;
}

client_exit_t
client_watch(const client_t *self, const char *job_id)
{
    s_watch_t watch = {.client = self,
                       .job_id = job_id,
                       .is_terminal = isatty(STDOUT_FILENO) && !self->options->json};
    client_answer_t answer = {0};
    client_exit_t code = EXIT_DONE;
    while (s_poll(&watch, &answer, &code))
        ;
    if (code == EXIT_DONE &&
        (strcmp(watch.status.state, "completed") != 0 || watch.status.failed > 0))
        code = EXIT_JOB_FAILED;
    else if (code != EXIT_DONE && watch.is_terminal)
        putchar('\n');
    if (code == EXIT_JOB_FAILED && !self->options->json) {
        cJSON *json = output_parse(&answer.body);
        const char *error = output_text(json, "error", NULL);
        if (error)
            client_complain(code, "%s", error);
        if (watch.status.failed > 0) {
            printf("Why they failed: tagmill results ");
            output_write(stdout, job_id);
            printf(" --status failed\n");
        }
        cJSON_Delete(json);
    }
    client_answer_free(&answer);
    return code;
}

client_exit_t
client_run_watch(const client_t *self)
{
    return client_watch(self, self->options->arguments[0]);
}
