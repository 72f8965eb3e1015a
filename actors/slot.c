#include "actors/slot.h"

#include <czmq.h>
#include <errno.h>
#include <pthread.h>

#include "base/log.h"
#include "base/memory.h"
#include "base/text.h"
#include "messages/json_text.h"
#include "messages/message.h"

/* Deep enough for curl, ICU and a sanitizer's frames; with a thousand slots only what is touched
 * becomes memory. */
enum { STACK_SIZE = 2 * 1024 * 1024 };

struct slot {
    pthread_t thread;
    zsock_t *socket; /* made by slot_new, the thread's from its start to its end */
    const slot_steps_t *steps;
    void *context;
    atomic_bool cancel;
};

/* What the thread keeps between documents. */
typedef struct {
    slot_t *slot;
    void *socket;
    void *pipeline;
    outcome_t outcome;
    zmq_msg_t brief_frame; /* `brief` points into it */
    brief_t brief;
    uint64_t brief_job_no; /* 0: no brief came yet */
    uint8_t max_attempts;  /* at one document of that job */
    buffer_t metadata;
    buffer_t frame;
    bool ended;
} bench_t;

/* ---- routes ---- */

slot_route_t
slot_route(uint32_t number)
{
    /* libzmq keeps ids that begin with 0 to itself. */
    slot_route_t route = {.bytes = {'S'}};
    memcpy(route.bytes + 1, &number, sizeof number);
    return route;
}

uint32_t
slot_route_number(const void *bytes, size_t size)
{
    uint32_t number = UINT32_MAX;
    if (size == SLOT_ROUTE_SIZE && *(const char *) bytes == 'S')
        memcpy(&number, (const char *) bytes + 1, sizeof number);
    return number;
}

/* ---- an outcome as a DONE ---- */

static slice_t
s_cut(const buffer_t *text, size_t limit)
{
    slice_t slice = buffer_slice(text);
    slice.size = text_cut(slice, limit);
    return slice;
}

/* Methods and languages are words of ours: anything else would have to be escaped. */
static void
s_append_word(buffer_t *out, slice_t word)
{
    bool is_plain = word.size > 0 && word.size <= 32;
    for (size_t i = 0; i < word.size && is_plain; i++)
        is_plain = word.data[i] > ' ' && word.data[i] < 0x7f && !strchr("\"\\", word.data[i]);
    if (is_plain)
        buffer_printf(out, "\"%.*s\"", SLICE_ARG(word));
    else
        buffer_append_text(out, "null");
}

static void
s_describe(const outcome_t *outcome, buffer_t *out)
{
    buffer_clear(out);
    buffer_printf(
        out, "{\"is_scanned\":%s,\"extraction_method\":", outcome->is_scanned ? "true" : "false");
    s_append_word(out, outcome->method.size ? buffer_slice(&outcome->method) : SLICE("none"));
    if (outcome->ocr_confidence < 0)
        buffer_append_text(out, ",\"ocr_confidence\":null");
    else
        buffer_printf(out, ",\"ocr_confidence\":%d.%03d", outcome->ocr_confidence / 1000,
                      outcome->ocr_confidence % 1000);
    buffer_printf(out, ",\"page_count\":%u,\"text_length\":%llu,", outcome->page_count,
                  (unsigned long long) outcome->text_length);
    buffer_append_text(out, "\"language\":");
    s_append_word(out, buffer_slice(&outcome->language));
    buffer_printf(out, ",\"tokens_used\":%llu,\"cost\":",
                  (unsigned long long) outcome->tokens_in + outcome->tokens_out);
    json_text_append_nano(out, outcome->cost_nano);
    buffer_printf(out, ",\"processing_ms\":%u}", outcome->processing_ms);
}

static void
s_answer_failure(message_done_t *done, error_type_t error, slice_t sentence)
{
    done->error_type = (uint8_t) error;
    done->error = sentence;
    done->tags = SLICE("[]");
}

static void
s_answer_outcome(bench_t *self, message_done_t *done)
{
    const outcome_t *outcome = &self->outcome;
    s_describe(outcome, &self->metadata);
    done->metadata = buffer_slice(&self->metadata);
    done->model_name = s_cut(&outcome->model_name, MODEL_NAME_MAX);
    done->retry_after_ms = outcome->retry_after_ms;
    done->is_hopeless = outcome->is_hopeless;
    done->tokens_in = outcome->tokens_in;
    done->tokens_out = outcome->tokens_out;
    done->cost_nano = outcome->cost_nano;
    if (outcome->error != ERROR_NONE)
        s_answer_failure(done, outcome->error, s_cut(&outcome->detail, DETAIL_MAX));
    else if (outcome->tags.size > TAGS_MAX)
        s_answer_failure(done, ERROR_INTERNAL, SLICE("the tags are too long"));
    else
        done->tags = outcome->tags.size ? buffer_slice(&outcome->tags) : SLICE("[]");
}

static void
s_send(bench_t *self)
{
    /* One answer is under way per slot, so the pipe never fills and this never blocks. */
    if (zmq_send(self->socket, self->frame.data, self->frame.size, 0) < 0)
        self->ended = true; /* the process is closing its sockets */
    buffer_clear(&self->frame);
}

/* ---- handlers ---- */

/* A brief may hold a key. Its frame is this slot's alone: the worker sends each a copy. */
static void
s_wipe_brief(bench_t *self)
{
    explicit_bzero(zmq_msg_data(&self->brief_frame), zmq_msg_size(&self->brief_frame));
}

static void
on_brief(bench_t *self, zmq_msg_t *frame)
{
    s_wipe_brief(self);
    zmq_msg_move(&self->brief_frame, frame);
    slice_t bytes = {zmq_msg_data(&self->brief_frame), zmq_msg_size(&self->brief_frame)};
    message_brief_t brief;
    self->brief_job_no = 0;
    if (message_brief_decode(bytes, &brief) != STATUS_OK)
        return;
    self->brief_job_no = brief.job_no;
    self->max_attempts = brief.max_attempts;
    self->brief = (brief_t){.model_name = brief.model_name,
                            .page_limit = brief.page_limit,
                            .tag_limit = brief.tag_limit,
                            .language = brief.language,
                            .exclusions = brief.exclusions,
                            .api_key = brief.api_key,
                            .may_fall_back = brief.may_fall_back != 0,
                            .job_no = brief.job_no};
}

static void
s_run(bench_t *self, const message_work_t *work, message_done_t *done)
{
    document_t document = {.source = (source_type_t) work->source,
                           .path = work->path,
                           .title = work->title,
                           .description = work->description,
                           .is_last_attempt = work->attempt >= self->max_attempts};
    const atomic_bool *cancel = &self->slot->cancel;
    if (!atomic_load(cancel)) {
        self->slot->steps->run(self->pipeline, &document, &self->brief, cancel, &self->outcome);
        s_answer_outcome(self, done);
    }
    if (atomic_load(cancel))
        s_answer_failure(done, ERROR_INTERNAL, SLICE("cancelled"));
}

static void
on_work(bench_t *self, zmq_msg_t *frame)
{
    message_work_t work;
    if (message_work_decode((slice_t){zmq_msg_data(frame), zmq_msg_size(frame)}, &work) !=
        STATUS_OK)
        return; /* the worker has decoded it before */
    message_done_t done = {.lease = work.lease,
                           .job_no = work.job_no,
                           .row = work.row,
                           .model_name = self->brief.model_name,
                           .metadata = SLICE("{}")};
    if (self->brief_job_no != work.job_no)
        s_answer_failure(&done, ERROR_INTERNAL, SLICE("brief missing"));
    else
        s_run(self, &work, &done);
    message_done_encode(&done, &self->frame);
    s_send(self);
}

static void
on_goodbye(bench_t *self, zmq_msg_t *frame)
{
    (void) frame;
    self->ended = true;
}

/* ---- dispatch ---- */

static const struct {
    uint16_t number;
    void (*handle)(bench_t *self, zmq_msg_t *frame);
} s_handlers[] = {
    {MESSAGE_BRIEF, on_brief},
    {MESSAGE_WORK, on_work},
    {MESSAGE_GOODBYE, on_goodbye},
};

static void
s_dispatch(bench_t *self, zmq_msg_t *frame)
{
    uint16_t number = message_number((slice_t){zmq_msg_data(frame), zmq_msg_size(frame)});
    for (size_t i = 0; i < sizeof s_handlers / sizeof s_handlers[0]; i++)
        if (s_handlers[i].number == number)
            s_handlers[i].handle(self, frame);
}

/* ---- the thread ---- */

static void
s_say_hello(bench_t *self)
{
    message_hello_encode(&(message_hello_t){.slots = 1}, &self->frame);
    s_send(self);
}

static void
s_loop(bench_t *self)
{
    zmq_msg_t frame;
    zmq_msg_init(&frame);
    while (!self->ended) {
        if (zmq_msg_recv(&frame, self->socket, 0) >= 0)
            s_dispatch(self, &frame);
        else if (errno != EINTR)
            self->ended = true;
    }
    zmq_msg_close(&frame);
}

static void *
s_thread(void *argument)
{
    slot_t *slot = argument;
    bench_t self = {.slot = slot, .socket = zsock_resolve(slot->socket)};
    zmq_msg_init(&self.brief_frame);
    self.pipeline = slot->steps->open(slot->context);
    s_say_hello(&self);
    s_loop(&self);
    slot->steps->close(&self.pipeline);
    slot->steps->forget(&self.outcome);
    s_wipe_brief(&self);
    zmq_msg_close(&self.brief_frame);
    buffer_free(&self.metadata);
    buffer_free(&self.frame);
    zsock_destroy(&slot->socket);
    return NULL;
}

/* ---- public ---- */

static bool
s_connect(slot_t *self, const char *endpoint, uint32_t number)
{
    self->socket = zsock_new(ZMQ_DEALER);
    if (self->socket == NULL)
        return false;
    zsock_set_linger(self->socket, 0);
    slot_route_t route = slot_route(number);
    void *handle = zsock_resolve(self->socket);
    return zmq_setsockopt(handle, ZMQ_ROUTING_ID, route.bytes, sizeof route.bytes) == 0 &&
           zsock_connect(self->socket, "%s", endpoint) == 0;
}

static bool
s_start(slot_t *self)
{
    pthread_attr_t attributes;
    pthread_attr_init(&attributes);
    pthread_attr_setstacksize(&attributes, STACK_SIZE);
    /* Signals are for the program's main thread; a slot inherits a full mask. */
    sigset_t all, before;
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &before);
    int failed = pthread_create(&self->thread, &attributes, s_thread, self);
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    pthread_attr_destroy(&attributes);
    return failed == 0;
}

slot_t *
slot_new(const char *endpoint, uint32_t number, const slot_steps_t *steps, void *context,
         fault_t *fault)
{
    slot_t *self = memory_new(sizeof *self);
    self->steps = steps;
    self->context = context;
    atomic_init(&self->cancel, false);
    if (s_connect(self, endpoint, number) && s_start(self))
        return self;
    fault_set(fault, STATUS_UNAVAILABLE, "slot %u cannot start: no socket or thread is left",
              number);
    zsock_destroy(&self->socket);
    free(self);
    return NULL;
}

void
slot_destroy(slot_t **self_p)
{
    slot_t *self = *self_p;
    if (self == NULL)
        return;
    pthread_join(self->thread, NULL);
    free(self);
    *self_p = NULL;
}

void
slot_arm(slot_t *self)
{
    atomic_store(&self->cancel, false);
}

void
slot_cancel(slot_t *self)
{
    atomic_store(&self->cancel, true);
}
