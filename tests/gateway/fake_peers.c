#include "tests/gateway/fake_peers.h"

#include <assert.h>
#include <czmq.h>
#include <stdio.h>
#include <string.h>
#include <zmq.h>

#include "base/vocabulary.h"
#include "tests/support/cmocka_all.h"

enum { TICK_MS = 50, WATCH_MS = 300 };

/* Who asked, and room for the answer. */
typedef struct {
    fake_peers_t *peers;
    void *socket;
    char route[16];
    size_t route_size;
    buffer_t answer;
} turn_t;

static void
s_reply(turn_t *turn)
{
    zmq_send(turn->socket, turn->route, turn->route_size, ZMQ_SNDMORE);
    zmq_send(turn->socket, turn->answer.data, turn->answer.size, 0);
    buffer_clear(&turn->answer);
}

static void
s_refuse(turn_t *turn, uint64_t request, status_t status, const char *detail)
{
    message_refused_t refused = {
        .request = request, .status = (uint16_t) status, .detail = slice_from(detail)};
    message_refused_encode(&refused, &turn->answer);
    s_reply(turn);
}

static void
s_append_job(buffer_t *out, slice_t job_id, job_state_t state, uint64_t version)
{
    record_job_t job = {.job_no = 3,
                        .job_id = job_id,
                        .state = (uint8_t) state,
                        .total = 4,
                        .processed = 1,
                        .failed = 1,
                        .created_at = 1700000000000,
                        .version = version,
                        .poll_after_ms = 500,
                        .eta_seconds = -1};
    record_job_append(&job, out);
}

static void
s_view(turn_t *turn, uint64_t request, slice_t job_id, job_state_t state, uint64_t version)
{
    buffer_t job = {0};
    s_append_job(&job, job_id, state, version);
    message_job_view_t view = {.request = request, .job = buffer_slice(&job)};
    message_job_view_encode(&view, &turn->answer);
    buffer_free(&job);
    s_reply(turn);
}

/* ---- starts ---- */

static void
s_on_open(turn_t *turn, slice_t frame)
{
    fake_peers_t *peers = turn->peers;
    buffer_clear(&peers->open);
    buffer_append_slice(&peers->open, frame);
    buffer_clear(&peers->documents);
    peers->document_count = 0;
    peers->chunk_count = 0;
}

static void
s_on_chunk(turn_t *turn, slice_t frame)
{
    message_start_chunk_t chunk;
    fake_peers_t *peers = turn->peers;
    status_t status = message_start_chunk_decode(frame, &chunk);
    assert(status == STATUS_OK && chunk.first_row == peers->document_count);
    (void) status;
    buffer_append_slice(&peers->documents, chunk.documents);
    peers->document_count += chunk.count;
    peers->chunk_count++;
    message_chunk_stored_t stored = {
        .request = chunk.request, .intake = chunk.intake, .rows = peers->document_count};
    message_chunk_stored_encode(&stored, &turn->answer);
    s_reply(turn);
}

static void
s_on_close(turn_t *turn, slice_t frame)
{
    message_start_open_t open;
    message_start_close_t close;
    fake_peers_t *peers = turn->peers;
    message_start_open_decode(buffer_slice(&peers->open), &open);
    message_start_close_decode(frame, &close);
    assert(close.total == peers->document_count);
    buffer_clear(&peers->close);
    buffer_append_slice(&peers->close, frame);
    if (slice_is(open.job_id, "taken")) {
        s_refuse(turn, close.request, STATUS_ID_TAKEN, "this job_id exists with another body");
        return;
    }
    message_started_t started = {
        .request = close.request, .job_id = open.job_id, .total = close.total};
    message_started_encode(&started, &turn->answer);
    s_reply(turn);
}

/* ---- questions to the supervisor ---- */

static void
s_on_status(turn_t *turn, slice_t frame)
{
    message_job_status_t ask;
    message_job_status_decode(frame, &ask);
    if (!slice_is(ask.job_id, "live")) {
        s_refuse(turn, ask.request, STATUS_NOT_FOUND, "no such job is active");
        return;
    }
    bool waits = ask.wait_ms && ask.above >= 7;
    if (waits)
        usleep(WATCH_MS * 1000);
    s_view(turn, ask.request, ask.job_id, JOB_PROCESSING, waits ? 8 : 7);
}

static void
s_on_command(turn_t *turn, slice_t frame)
{
    message_job_command_t ask;
    message_job_command_decode(frame, &ask);
    snprintf(turn->peers->command_key, sizeof turn->peers->command_key, "%.*s",
             SLICE_ARG(ask.api_key));
    if (slice_is(ask.job_id, "paused")) {
        s_refuse(turn, ask.request, STATUS_WRONG_STATE, "the job is paused");
    } else if (slice_is(ask.job_id, "live")) {
        message_command_done_t done = {
            .request = ask.request, .command = ask.command, .state = JOB_PAUSED, .retried = 2};
        message_command_done_encode(&done, &turn->answer);
        s_reply(turn);
    } else {
        s_refuse(turn, ask.request, STATUS_NOT_FOUND, "no such job is active");
    }
}

static void
s_on_active(turn_t *turn, slice_t frame)
{
    message_active_list_t ask;
    message_active_list_decode(frame, &ask);
    buffer_t jobs = {0};
    s_append_job(&jobs, ask.before ? SLICE("older") : SLICE("newer"), JOB_PROCESSING, 2);
    message_active_page_t page = {
        .request = ask.request, .next = ask.before ? 0 : 3, .jobs = buffer_slice(&jobs)};
    message_active_page_encode(&page, &turn->answer);
    buffer_free(&jobs);
    s_reply(turn);
}

static void
s_on_ping(turn_t *turn, slice_t frame)
{
    message_ping_t ask;
    message_ping_decode(frame, &ask);
    message_pong_t pong = {.request = ask.request,
                           .store_ok = !atomic_load(&turn->peers->is_store_broken),
                           .workers = atomic_load(&turn->peers->workers),
                           .slots = 4};
    message_pong_encode(&pong, &turn->answer);
    s_reply(turn);
}

/* ---- questions to the librarian ---- */

static void
s_on_find(turn_t *turn, slice_t frame)
{
    message_find_job_t ask;
    message_find_job_decode(frame, &ask);
    if (slice_is(ask.job_id, "done"))
        s_view(turn, ask.request, ask.job_id, JOB_COMPLETED, 9);
    else
        s_refuse(turn, ask.request, STATUS_NOT_FOUND, "there is no such job");
}

static void
s_append_result(buffer_t *out, uint32_t row)
{
    record_result_t result = {.row = row,
                              .attempts = 1,
                              .tags = SLICE("[\"red\",\"gr\\\"een\"]"),
                              .model_name = SLICE("offline"),
                              .metadata = SLICE("{\"page_count\":1}"),
                              .path = SLICE("https://example.org/a.pdf"),
                              .title = SLICE("=A1, \"quoted\""),
                              .columns = SLICE("{\"shelf\":12345678901234567890,"
                                               "\"status\":\"theirs\",\"note\":\"-1\"}")};
    if (row % 2) {
        result.error_type = ERROR_NOT_FOUND;
        result.error = SLICE("there is no such document");
        result.tags = (slice_t){0};
    }
    record_result_append(&result, out);
}

static void
s_on_results(turn_t *turn, slice_t frame)
{
    message_read_results_t ask;
    buffer_t results = {0};
    uint16_t count = 0;
    message_read_results_decode(frame, &ask);
    if (!slice_is(ask.job_id, "done")) {
        s_refuse(turn, ask.request, STATUS_NOT_FOUND, "there is no such job");
        return;
    }
    int64_t row = ask.after + 1;
    for (; row < FAKE_RESULTS_TOTAL && count < ask.limit && count < FAKE_PAGE; row++) {
        bool failed = row % 2;
        if ((ask.filter == 1 && failed) || (ask.filter == 2 && !failed))
            continue;
        s_append_result(&results, (uint32_t) row);
        count++;
    }
    message_results_page_t page = {.request = ask.request,
                                   .count = count,
                                   .more = row < FAKE_RESULTS_TOTAL,
                                   .results = buffer_slice(&results)};
    message_results_page_encode(&page, &turn->answer);
    buffer_free(&results);
    s_reply(turn);
}

static void
s_on_columns(turn_t *turn, slice_t frame)
{
    message_read_columns_t ask;
    message_read_columns_decode(frame, &ask);
    message_columns_t columns = {.request = ask.request,
                                 .columns = SLICE("[\"link\",\"title\",\"shelf\",\"note\"]"),
                                 .mapping = SLICE("{\"link\":\"file_path\"}")};
    message_columns_encode(&columns, &turn->answer);
    s_reply(turn);
}

static void
s_on_paths(turn_t *turn, slice_t frame)
{
    message_check_paths_t ask;
    buffer_t checks = {0};
    message_check_paths_decode(frame, &ask);
    while (ask.paths.size) {
        record_path_t path;
        status_t status = record_path_take(&ask.paths, &path);
        assert(status == STATUS_OK);
        (void) status;
        record_path_check_t check = {
            .path = path.path, .content_type = SLICE("application/pdf"), .size = 10};
        if (path.source == SOURCE_LOCAL)
            check = (record_path_check_t){.path = path.path,
                                          .error_type = ERROR_FORBIDDEN,
                                          .error = SLICE("local files are off"),
                                          .size = -1};
        record_path_check_append(&check, &checks);
    }
    message_paths_checked_t answer = {.request = ask.request, .checks = buffer_slice(&checks)};
    message_paths_checked_encode(&answer, &turn->answer);
    buffer_free(&checks);
    s_reply(turn);
}

/* ---- the thread ---- */

static void
s_dispatch(turn_t *turn, slice_t frame)
{
    switch (message_number(frame)) {
    case MESSAGE_START_OPEN: s_on_open(turn, frame); break;
    case MESSAGE_START_CHUNK: s_on_chunk(turn, frame); break;
    case MESSAGE_START_CLOSE: s_on_close(turn, frame); break;
    case MESSAGE_START_ABORT: turn->peers->aborts++; break;
    case MESSAGE_JOB_STATUS: s_on_status(turn, frame); break;
    case MESSAGE_JOB_COMMAND: s_on_command(turn, frame); break;
    case MESSAGE_ACTIVE_LIST: s_on_active(turn, frame); break;
    case MESSAGE_PING: s_on_ping(turn, frame); break;
    case MESSAGE_FIND_JOB: s_on_find(turn, frame); break;
    case MESSAGE_READ_RESULTS: s_on_results(turn, frame); break;
    case MESSAGE_READ_COLUMNS: s_on_columns(turn, frame); break;
    case MESSAGE_CHECK_PATHS: s_on_paths(turn, frame); break;
    default: fail_msg("%s is no message that a gateway sends", message_name(message_number(frame)));
    }
}

static void
s_serve(fake_peers_t *self, void *socket)
{
    turn_t turn = {.peers = self, .socket = socket};
    zmq_msg_t frame;
    int size = zmq_recv(socket, turn.route, sizeof turn.route, 0);
    zmq_msg_init(&frame);
    if (size > 0 && zmq_msg_recv(&frame, socket, 0) >= 0 && !atomic_load(&self->is_silent)) {
        turn.route_size = (size_t) size;
        assert(!zmq_msg_more(&frame));
        pthread_mutex_lock(&self->mutex);
        self->questions++;
        s_dispatch(&turn, (slice_t){zmq_msg_data(&frame), zmq_msg_size(&frame)});
        pthread_mutex_unlock(&self->mutex);
    }
    zmq_msg_close(&frame);
    buffer_free(&turn.answer);
}

static void *
s_run(void *argument)
{
    fake_peers_t *self = argument;
    void *control = zmq_socket(zsys_init(), ZMQ_ROUTER);
    void *library = zmq_socket(zsys_init(), ZMQ_ROUTER);
    int linger = 0;
    zmq_setsockopt(control, ZMQ_LINGER, &linger, sizeof linger);
    zmq_setsockopt(library, ZMQ_LINGER, &linger, sizeof linger);
    zmq_bind(control, self->control);
    zmq_bind(library, self->library);
    while (!atomic_load(&self->is_stopping)) {
        zmq_pollitem_t items[] = {{.socket = control, .events = ZMQ_POLLIN},
                                  {.socket = library, .events = ZMQ_POLLIN}};
        zmq_poll(items, 2, TICK_MS);
        if (items[0].revents)
            s_serve(self, control);
        if (items[1].revents)
            s_serve(self, library);
    }
    zmq_close(control);
    zmq_close(library);
    return NULL;
}

void
fake_peers_start(fake_peers_t *self)
{
    static atomic_uint count;
    unsigned number = atomic_fetch_add(&count, 1);
    memset(self, 0, sizeof *self);
    snprintf(self->control, sizeof self->control, "inproc://fake-control-%u", number);
    snprintf(self->library, sizeof self->library, "inproc://fake-library-%u", number);
    atomic_store(&self->workers, 1);
    pthread_mutex_init(&self->mutex, NULL);
    pthread_create(&self->thread, NULL, s_run, self);
}

void
fake_peers_stop(fake_peers_t *self)
{
    atomic_store(&self->is_stopping, true);
    pthread_join(self->thread, NULL);
    pthread_mutex_destroy(&self->mutex);
    buffer_free(&self->open);
    buffer_free(&self->close);
    buffer_free(&self->documents);
}

unsigned
fake_peers_questions(fake_peers_t *self)
{
    pthread_mutex_lock(&self->mutex);
    unsigned count = self->questions;
    pthread_mutex_unlock(&self->mutex);
    return count;
}

unsigned
fake_peers_aborts(fake_peers_t *self)
{
    pthread_mutex_lock(&self->mutex);
    unsigned count = self->aborts;
    pthread_mutex_unlock(&self->mutex);
    return count;
}

void
fake_peers_last_start(fake_peers_t *self, buffer_t *open, buffer_t *close, buffer_t *documents)
{
    pthread_mutex_lock(&self->mutex);
    buffer_append_slice(open, buffer_slice(&self->open));
    buffer_append_slice(close, buffer_slice(&self->close));
    buffer_append_slice(documents, buffer_slice(&self->documents));
    pthread_mutex_unlock(&self->mutex);
}
