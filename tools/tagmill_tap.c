/* tagmill-tap: prints what a tagmill server publishes over ZeroMQ.
 *
 * A subscriber that is slow or joins late loses messages; the sequence numbers show it. Where they
 * have a hole the tap asks over HTTP what it missed: the job's status, and the results whose
 * messages it did not see.
 */
#include <curl/curl.h>
#include <endian.h>
#include <errno.h>
#include <getopt.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/signalfd.h>
#include <unistd.h>
#include <zmq.h>

#include "base/text.h"
#include "tools/client_http.h"
#include "tools/client_output.h"
#include "tools/tap_print.h"
#include "tools/tap_track.h"

enum {
    EXIT_ENDED = 0,
    EXIT_USAGE = 2,
    QUEUE_MAX = 100000,        /* messages that wait while the tap asks over HTTP */
    MESSAGE_MAX = 1024 * 1024, /* bytes of a frame */
    MESSAGES_A_TURN = 1000     /* between two looks for a signal */
};

#define ENDPOINT_DEFAULT "tcp://127.0.0.1:5570"

typedef struct {
    const char *endpoint, *owner, *job, *url, *token, *token_file;
    bool json, help, version;
} s_options_t;

typedef struct {
    s_options_t options;
    void *context, *socket;
    client_http_t *http;
    track_t *track;
    tap_print_t print;
} s_tap_t;

/* A message's three frames. */
typedef struct {
    zmq_msg_t frames[3];
    int count; /* that came; more than 3 are counted, not kept */
} s_message_t;

/* A hole being filled: NDJSON arrives in pieces that end anywhere. */
typedef struct {
    s_tap_t *tap;
    track_job_t *job;
    slice_t topic;
    const char *job_id;
    buffer_t line;
    int64_t printed;
} s_filling_t;

/* ---- what was missed ---- */

static void
s_on_result(s_filling_t *self)
{
    slice_t text = slice_trim(buffer_slice(&self->line));
    cJSON *json = text.size ? cJSON_ParseWithLength(text.data, text.size) : NULL;
    if (json && track_row(self->job, output_number(json, "row_id", -1))) {
        tap_print_fetched(&self->tap->print, self->topic, self->job_id, "result", text, json);
        self->printed++;
    }
    cJSON_Delete(json);
    buffer_clear(&self->line);
}

static void
s_on_results(void *arg, slice_t bytes)
{
    s_filling_t *self = arg;
    while (bytes.size) {
        const char *end = memchr(bytes.data, '\n', bytes.size);
        size_t size = end ? (size_t) (end - bytes.data) + 1 : bytes.size;
        buffer_append(&self->line, bytes.data, size);
        bytes = (slice_t){.data = bytes.data + size, .size = bytes.size - size};
        if (end)
            s_on_result(self);
    }
}

/* GETs `tail` of the job; says so when that fails. */
static bool
s_ask(s_filling_t *self, const char *tail, client_body_fn on_body, client_answer_t *answer)
{
    buffer_t target = {0};
    fault_t fault = {0};
    buffer_append_text(&target, "/api/batch/jobs/");
    text_percent_encode(&target, slice_from(self->job_id));
    buffer_append_text(&target, tail);
    client_request_t request = {
        .method = "GET", .target = target.data, .on_body = on_body, .on_body_arg = self};
    status_t status = client_http_send(self->tap->http, &request, answer, &fault);
    buffer_free(&target);
    if (status == STATUS_OK && client_answer_is_ok(answer))
        return true;
    buffer_t detail = {0};
    if (status == STATUS_OK)
        client_answer_detail(answer, &detail);
    else
        buffer_append_text(&detail, fault.detail);
    tap_print_remark(&self->tap->print, self->topic, self->job_id, "not-fetched", "%s",
                     detail.data);
    buffer_free(&detail);
    return false;
}

static void
s_fill_hole(s_tap_t *tap, track_job_t *job, slice_t topic, const char *job_id)
{
    s_filling_t filling = {.tap = tap, .job = job, .topic = topic, .job_id = job_id};
    client_answer_t answer = {0};
    buffer_t tail = {0};
    if (s_ask(&filling, "/status", NULL, &answer)) {
        cJSON *json = output_parse(&answer.body);
        tap_print_fetched(&tap->print, topic, job_id, "status",
                          slice_trim(buffer_slice(&answer.body)), json);
        cJSON_Delete(json);
        buffer_append_text(&tail, "/results?format=ndjson");
        if (track_after(job) >= 0)
            buffer_printf(&tail, "&after=%lld", (long long) track_after(job));
        bool complete = s_ask(&filling, tail.data, s_on_results, &answer);
        if (complete && filling.line.size)
            s_on_result(&filling);
        tap_print_remark(&tap->print, topic, job_id, complete ? "filled" : "not-filled",
                         "%lld results fetched", (long long) filling.printed);
    }
    buffer_free(&filling.line);
    buffer_free(&tail);
    client_answer_free(&answer);
}

/* ---- messages ---- */

/* Splits "progress/OWNER/JOB/" and appends the job's id, decoded. False for any other topic. */
static bool
s_read_topic(slice_t topic, buffer_t *job_id)
{
    static const char start[] = "progress/";
    size_t size = sizeof start - 1;
    if (topic.size <= size || memcmp(topic.data, start, size) != 0)
        return false;
    const char *owner_end = memchr(topic.data + size, '/', topic.size - size);
    if (!owner_end)
        return false;
    slice_t rest = {.data = owner_end + 1,
                    .size = topic.size - (size_t) (owner_end + 1 - topic.data)};
    const char *end = rest.size ? memchr(rest.data, '/', rest.size) : NULL;
    if (!end || end + 1 != rest.data + rest.size)
        return false;
    return text_percent_decode(job_id, (slice_t){.data = rest.data, .size = rest.size - 1});
}

/* Holes are looked for before the message is printed, so that what was lost stands before it. */
static void
s_on_progress(s_tap_t *self, slice_t topic, const char *job_id, uint64_t seq, slice_t text,
              const cJSON *json)
{
    track_job_t *job = track_job(self->track, topic);
    uint64_t last = 0;
    track_step_t step = track_step(job, seq, &last);
    if (step == TRACK_REPEAT)
        tap_print_remark(&self->print, topic, job_id, "repeat", "%llu comes after %llu",
                         (unsigned long long) seq, (unsigned long long) last);
    const char *status = output_text(json, "status", "");
    if (strcmp(status, "success") == 0 || strcmp(status, "failed") == 0)
        track_row(job, output_number(json, "row_id", -1));
    else if (strcmp(status, "processing") == 0)
        track_forget_row(job, output_number(json, "row_id", -1));
    if (step == TRACK_HOLE) {
        tap_print_remark(&self->print, topic, job_id, "hole", "%llu to %llu were lost; asking %s",
                         (unsigned long long) last + 1, (unsigned long long) seq - 1,
                         client_http_url(self->http));
        s_fill_hole(self, job, topic, job_id);
    }
    tap_print_message(&self->print, topic, job_id, seq, text, json);
}

static slice_t
s_frame(s_message_t *message, int index)
{
    return (slice_t){.data = zmq_msg_data(&message->frames[index]),
                     .size = zmq_msg_size(&message->frames[index])};
}

static void
s_on_message(s_tap_t *self, s_message_t *message)
{
    uint64_t wire_seq = 0;
    if (message->count != 3 || zmq_msg_size(&message->frames[1]) != sizeof wire_seq) {
        fprintf(stderr, "tagmill-tap: passed over a message that has not the three frames\n");
        return;
    }
    memcpy(&wire_seq, zmq_msg_data(&message->frames[1]), sizeof wire_seq);
    slice_t topic = s_frame(message, 0), text = s_frame(message, 2);
    cJSON *json = text.size ? cJSON_ParseWithLength(text.data, text.size) : NULL;
    buffer_t job_id = {0};
    bool is_progress = s_read_topic(topic, &job_id);
    bool is_wanted =
        !is_progress || !self->options.job || slice_is(buffer_slice(&job_id), self->options.job);
    if (is_progress && is_wanted)
        s_on_progress(self, topic, job_id.data ? job_id.data : "", be64toh(wire_seq), text, json);
    else if (is_wanted)
        tap_print_message(&self->print, topic, NULL, be64toh(wire_seq), text, json);
    buffer_free(&job_id);
    cJSON_Delete(json);
}

/* Takes one message off the socket; false when none waits. */
static bool
s_receive(s_tap_t *self, s_message_t *message)
{
    message->count = 0;
    for (int more = 1; more;) {
        zmq_msg_t spare, *frame = message->count < 3 ? &message->frames[message->count] : &spare;
        zmq_msg_init(&spare);
        int size = zmq_msg_recv(frame, self->socket, message->count ? 0 : ZMQ_DONTWAIT);
        more = size >= 0 && zmq_msg_more(frame);
        zmq_msg_close(&spare);
        if (size < 0)
            return false;
        message->count++;
    }
    return true;
}

/* ---- life ---- */

static int
s_loop(s_tap_t *self, int signals)
{
    s_message_t message;
    for (int i = 0; i < 3; i++)
        zmq_msg_init(&message.frames[i]);
    for (;;) {
        zmq_pollitem_t items[] = {{.socket = self->socket, .events = ZMQ_POLLIN},
                                  {.fd = signals, .events = ZMQ_POLLIN}};
        if (zmq_poll(items, 2, -1) < 0 && errno != EINTR)
            break;
        if (items[1].revents)
            break;
        for (int i = 0; i < MESSAGES_A_TURN && s_receive(self, &message); i++)
            s_on_message(self, &message);
        if (fflush(stdout) != 0)
            break;
    }
    for (int i = 0; i < 3; i++)
        zmq_msg_close(&message.frames[i]);
    return EXIT_ENDED;
}

static bool
s_subscribe(s_tap_t *self)
{
    const s_options_t *options = &self->options;
    int queue = QUEUE_MAX, linger = 0;
    int64_t size_max = MESSAGE_MAX;
    buffer_t topic = {0};
    buffer_append_text(&topic, "progress/");
    if (options->owner) {
        text_percent_encode(&topic, slice_from(options->owner));
        buffer_append_byte(&topic, '/');
    }
    if (options->owner && options->job) {
        text_percent_encode(&topic, slice_from(options->job));
        buffer_append_byte(&topic, '/');
    }
    self->context = zmq_ctx_new();
    self->socket = zmq_socket(self->context, ZMQ_SUB);
    zmq_setsockopt(self->socket, ZMQ_RCVHWM, &queue, sizeof queue);
    zmq_setsockopt(self->socket, ZMQ_LINGER, &linger, sizeof linger);
    zmq_setsockopt(self->socket, ZMQ_MAXMSGSIZE, &size_max, sizeof size_max);
    zmq_setsockopt(self->socket, ZMQ_SUBSCRIBE, topic.data, topic.size);
    zmq_setsockopt(self->socket, ZMQ_SUBSCRIBE, "system/", strlen("system/"));
    buffer_free(&topic);
    return zmq_connect(self->socket, options->endpoint) == 0;
}

static int
s_complain(const char *what, const char *which)
{
    fprintf(stderr, "tagmill-tap: %s%s; see tagmill-tap --help\n", what, which);
    return EXIT_USAGE;
}

static int
s_run(s_tap_t *self)
{
    fault_t fault = {0};
    const s_options_t *options = &self->options;
    if (client_http_connect(options->url, options->token, options->token_file, &self->http,
                            &fault) != STATUS_OK)
        return s_complain(fault.detail, "");
    /* Blocked before libzmq starts its threads, which inherit it: signals come by the descriptor.
     */
    sigset_t mask;
    sigemptyset(&mask);
    sigaddset(&mask, SIGINT);
    sigaddset(&mask, SIGTERM);
    pthread_sigmask(SIG_BLOCK, &mask, NULL);
    int signals = signalfd(-1, &mask, SFD_CLOEXEC);
    self->track = track_new();
    self->print = (tap_print_t){.out = stdout, .json = options->json};
    int code = EXIT_USAGE;
    if (s_subscribe(self))
        code = s_loop(self, signals);
    else
        s_complain("cannot connect to ", options->endpoint);
    zmq_close(self->socket);
    zmq_ctx_term(self->context);
    track_destroy(&self->track);
    client_http_destroy(&self->http);
    close(signals);
    return code;
}

static void
s_help(void)
{
    printf(
        "Usage: tagmill-tap [OPTION]...\n"
        "Prints what a tagmill server publishes, a line a message, until it is stopped. Where\n"
        "messages were lost it asks over HTTP for the job's status and the results it missed.\n\n"
        "  --endpoint E    where progress is published (" ENDPOINT_DEFAULT ")\n"
        "  --owner OWNER   only this user's jobs\n"
        "  --job ID        only this job\n"
        "  --url URL       the server (" CLIENT_URL_DEFAULT ")\n"
        "  --token T       the token; others on this host may see it in the list of processes\n"
        "  --token-file F  a file that holds the token\n"
        "  --json          a JSON document a line\n"
        "  --version       print the version\n"
        "  --help          print this\n\n"
        "Environment: TAGMILL_URL, TAGMILL_TOKEN (the options weigh more).\n"
        "Exit status: 0 when stopped, 2 for a wrong command line.\n");
}

/* Returns whether to go on; otherwise `*code` is the exit status. */
static bool
s_parse(s_options_t *out, int argc, char **argv, int *code)
{
    static const struct option options[] = {
        {"endpoint", required_argument, NULL, 'e'}, {"owner", required_argument, NULL, 'o'},
        {"job", required_argument, NULL, 'j'},      {"url", required_argument, NULL, 'u'},
        {"token", required_argument, NULL, 't'},    {"token-file", required_argument, NULL, 'f'},
        {"json", no_argument, NULL, 'J'},           {"help", no_argument, NULL, 'h'},
        {"version", no_argument, NULL, 'v'},        {0}};
    *out = (s_options_t){.endpoint = ENDPOINT_DEFAULT};
    opterr = 0;
    /* NOLINTNEXTLINE(concurrency-mt-unsafe): no thread has started yet */
    for (int found = 0; (found = getopt_long(argc, argv, ":", options, NULL)) != -1;) {
        switch (found) {
        case 'e': out->endpoint = optarg; break;
        case 'o': out->owner = optarg; break;
        case 'j': out->job = optarg; break;
        case 'u': out->url = optarg; break;
        case 't': out->token = optarg; break;
        case 'f': out->token_file = optarg; break;
        case 'J': out->json = true; break;
        case 'h': out->help = true; break;
        case 'v': out->version = true; break;
        case ':': *code = s_complain("a value is missing after ", argv[optind - 1]); return false;
        default: *code = s_complain("unknown option ", argv[optind - 1]); return false;
        }
    }
    if (optind < argc)
        *code = s_complain("nothing was expected at ", argv[optind]);
    return optind >= argc;
}

int
main(int argc, char **argv)
{
    s_tap_t tap = {0};
    int code = EXIT_ENDED;
    if (!s_parse(&tap.options, argc, argv, &code))
        return code;
    if (tap.options.help) {
        s_help();
    } else if (tap.options.version) {
        printf("tagmill-tap %s\n", TAGMILL_VERSION);
    } else {
        curl_global_init(CURL_GLOBAL_DEFAULT);
        code = s_run(&tap);
        curl_global_cleanup();
    }
    return code;
}
