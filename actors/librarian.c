#include "actors/librarian.h"

#include "base/log.h"
#include "base/memory.h"
#include "messages/endpoints.h"
#include "messages/message.h"
#include "store/store.h"

enum { RESULTS_LIMIT_MOST = 1000, RECORD_SPARE = 128 };

/* ---- self ---- */

typedef struct {
    store_reader_t *reader;
    zsock_t *sock;
    buffer_t records; /* of the answer that is being made */
    buffer_t answer;
} librarian_t;

/* A handler appends its answer to self->answer, or leaves it empty: then none is sent. */
typedef void(librarian_handler_fn)(librarian_t *self, slice_t frame);

/* ---- answers ---- */

static void
s_refuse(librarian_t *self, uint64_t request, status_t status, const fault_t *fault)
{
    message_refused_t refused = {.request = request, .status = (uint16_t) status};
    if (status == STATUS_NOT_FOUND) {
        refused.detail = SLICE("no job of this id");
    } else {
        log_error("librarian", "the store cannot be read", LOG_S("error", fault->detail));
        refused.status = STATUS_UNAVAILABLE;
        refused.detail = SLICE("the store cannot be read now");
    }
    message_refused_encode(&refused, &self->answer);
}

/* ---- jobs ---- */

static void
s_on_job(void *context, const store_job_t *job)
{
    record_job_append(&(record_job_t){.job_no = job->job_no,
                                      .job_id = job->job_id,
                                      .state = (uint8_t) job->state,
                                      .total = job->total,
                                      .processed = job->processed,
                                      .failed = job->failed,
                                      .created_at = job->created_at,
                                      .started_at = job->started_at,
                                      .finished_at = job->finished_at,
                                      .error = job->error,
                                      .version = job->version,
                                      .eta_seconds = -1,
                                      .tokens_in = job->spent.tokens_in,
                                      .tokens_out = job->spent.tokens_out,
                                      .cost_nano = job->spent.cost_nano},
                      context);
}

static void
on_find_job(librarian_t *self, slice_t frame)
{
    message_find_job_t find;
    if (message_find_job_decode(frame, &find) != STATUS_OK)
        return;
    fault_t fault = {0};
    status_t status =
        store_reader_job(self->reader, find.owner, find.job_id, s_on_job, &self->records, &fault);
    if (status == STATUS_OK)
        message_job_view_encode(
            &(message_job_view_t){.request = find.request, .job = buffer_slice(&self->records)},
            &self->answer);
    else
        s_refuse(self, find.request, status, &fault);
}

typedef struct {
    librarian_t *librarian;
    uint64_t request;
} columns_context_t;

static void
s_on_columns(void *context, slice_t columns, slice_t mapping)
{
    const columns_context_t *self = context;
    message_columns_encode(
        &(message_columns_t){.request = self->request, .columns = columns, .mapping = mapping},
        &self->librarian->answer);
}

static void
on_read_columns(librarian_t *self, slice_t frame)
{
    message_read_columns_t read;
    if (message_read_columns_decode(frame, &read) != STATUS_OK)
        return;
    fault_t fault = {0};
    columns_context_t context = {.librarian = self, .request = read.request};
    status_t status =
        store_reader_columns(self->reader, read.owner, read.job_id, s_on_columns, &context, &fault);
    if (status != STATUS_OK)
        s_refuse(self, read.request, status, &fault);
}

/* ---- rows ---- */

typedef struct {
    buffer_t *records;
    uint16_t count;
} page_t;

/* A page takes another record while any record would fit; the sizes of fields are bounded. */
static bool
s_has_room(const buffer_t *records, const store_document_t *document, size_t more)
{
    size_t wanted = document->path.size + document->title.size + document->description.size +
                    document->publishing_date.size + document->file_size.size +
                    document->columns.size + more + RECORD_SPARE;
    return records->size == 0 || records->size + wanted <= BATCH_BYTES_MAX;
}

static bool
s_on_result(void *context, const store_document_t *document, const store_result_t *result)
{
    page_t *page = context;
    size_t own =
        result->error.size + result->tags.size + result->model_name.size + result->metadata.size;
    if (!s_has_room(page->records, document, own))
        return false;
    record_result_append(&(record_result_t){.row = document->row,
                                            .attempts = result->attempts,
                                            .error_type = (uint8_t) result->error_type,
                                            .error = result->error,
                                            .tags = result->tags,
                                            .model_name = result->model_name,
                                            .metadata = result->metadata,
                                            .source = (uint8_t) document->source,
                                            .path = document->path,
                                            .title = document->title,
                                            .description = document->description,
                                            .publishing_date = document->publishing_date,
                                            .file_size = document->file_size,
                                            .columns = document->columns},
                         page->records);
    page->count++;
    return true;
}

static void
on_read_results(librarian_t *self, slice_t frame)
{
    message_read_results_t read;
    if (message_read_results_decode(frame, &read) != STATUS_OK || read.filter > 2)
        return;
    fault_t fault = {0};
    page_t page = {.records = &self->records};
    bool more = false;
    uint32_t limit = read.limit > RESULTS_LIMIT_MOST ? RESULTS_LIMIT_MOST : read.limit;
    status_t status = store_reader_results(self->reader, read.owner, read.job_id, read.after, limit,
                                           read.filter, s_on_result, &page, &more, &fault);
    if (status == STATUS_OK)
        message_results_page_encode(
            &(message_results_page_t){.request = read.request,
                                      .count = page.count,
                                      .more = more,
                                      .results = buffer_slice(&self->records)},
            &self->answer);
    else
        s_refuse(self, read.request, status, &fault);
}

/* A window carries what a worker needs of a document; the rest stays on disk. */
static bool
s_on_document(void *context, const store_document_t *document, const store_result_t *result)
{
    (void) result;
    page_t *page = context;
    if (!s_has_room(page->records, document, 0))
        return false;
    record_document_append(&(record_document_t){.row = document->row,
                                                .attempts = document->attempts,
                                                .losses = document->losses,
                                                .source = (uint8_t) document->source,
                                                .path = document->path,
                                                .title = document->title,
                                                .description = document->description},
                           page->records);
    page->count++;
    return true;
}

static void
on_load_window(librarian_t *self, slice_t frame)
{
    message_load_window_t load;
    if (message_load_window_decode(frame, &load) != STATUS_OK)
        return;
    fault_t fault = {0};
    page_t page = {.records = &self->records};
    uint32_t next_row = load.from_row;
    bool last = false;
    status_t status = store_reader_window(self->reader, load.job_no, load.from_row, load.limit,
                                          s_on_document, &page, &next_row, &last, &fault);
    if (status != STATUS_OK)
        log_error("loader", "the store cannot be read", LOG_S("error", fault.detail));
    message_window_encode(&(message_window_t){.job_no = load.job_no,
                                              .load = load.load,
                                              .ok = status == STATUS_OK,
                                              .next_row = next_row,
                                              .last = status == STATUS_OK && last,
                                              .documents = buffer_slice(&self->records)},
                          &self->answer);
}

/* ---- dispatch ---- */

static const struct {
    message_number_t number;
    librarian_handler_fn *handler;
} s_rows[] = {
    {MESSAGE_FIND_JOB, on_find_job},
    {MESSAGE_READ_RESULTS, on_read_results},
    {MESSAGE_READ_COLUMNS, on_read_columns},
    {MESSAGE_LOAD_WINDOW, on_load_window},
};

static void
s_handle(librarian_t *self, slice_t frame)
{
    buffer_clear(&self->records);
    buffer_clear(&self->answer);
    for (size_t i = 0; i < sizeof s_rows / sizeof s_rows[0]; i++) {
        if (s_rows[i].number == message_number(frame)) {
            s_rows[i].handler(self, frame);
            break;
        }
    }
    if (self->answer.size == 0)
        log_warning("librarian", "malformed frame dropped",
                    LOG_S("message", message_name(message_number(frame))));
}

/* ---- loop ---- */

/* Takes one question: its routing frames, if any, go back unchanged before the answer. */
static void
s_serve(librarian_t *self)
{
    zmsg_t *message = zmsg_recv(self->sock);
    if (message == NULL)
        return;
    zframe_t *question = zmsg_last(message);
    s_handle(self, (slice_t){(const char *) zframe_data(question), zframe_size(question)});
    zmsg_remove(message, question);
    zframe_destroy(&question);
    if (self->answer.size) {
        zmsg_addmem(message, self->answer.data, self->answer.size);
        zmsg_send(&message, self->sock);
    }
    zmsg_destroy(&message);
}

static void
s_run(zsock_t *pipe, librarian_args_t *args, int type, const char *endpoint)
{
    librarian_t self = {0};
    fault_t *fault = &args->start.fault;
    fault->status =
        store_reader_open(&self.reader, config_text(args->config, CONFIG_STORE_URL), fault);
    bool opened = fault->status == STATUS_OK;
    if (opened) {
        self.sock = zsock_new(type);
        zsock_set_sndhwm(self.sock, 0); /* answers are as many as questions */
        zsock_set_linger(self.sock, 0);
        zsock_connect(self.sock, "%s", endpoint);
    }
    handshake_say(&args->start, pipe);
    zpoller_t *poller = opened ? zpoller_new(pipe, self.sock, NULL) : NULL;
    while (opened) {
        void *ready = zpoller_wait(poller, -1);
        if (ready == pipe || zpoller_terminated(poller))
            break;
        if (ready == self.sock)
            s_serve(&self);
    }
    zpoller_destroy(&poller);
    zsock_destroy(&self.sock);
    store_reader_close(&self.reader);
    buffer_free(&self.records);
    buffer_free(&self.answer);
}

static void
s_librarian_actor(zsock_t *pipe, void *args)
{
    s_run(pipe, args, ZMQ_DEALER, ENDPOINT_LIBRARIANS);
}

static void
s_loader_actor(zsock_t *pipe, void *args)
{
    s_run(pipe, args, ZMQ_PAIR, ENDPOINT_LOADER);
}

zactor_t *
librarian_start(librarian_args_t *args)
{
    return handshake_start(&args->start, s_librarian_actor, args);
}

zactor_t *
loader_start(librarian_args_t *args)
{
    return handshake_start(&args->start, s_loader_actor, args);
}
