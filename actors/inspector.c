#include "actors/inspector.h"

#include <stdatomic.h>

#include "base/clock.h"
#include "base/memory.h"
#include "documents/acquire/acquire.h"
#include "messages/message.h"

enum { THREADS_MOST = 16, PATHS_MOST = 1000 };

/* ---- self ---- */

typedef struct {
    const record_path_t *path;
    error_type_t type;
    acquire_facts_t facts;
    failure_t failure;
} check_t;

/* One question: its threads take the next path until none is left. */
typedef struct {
    const config_t *config;
    int64_t deadline_ms;
    check_t *checks;
    size_t count;
    atomic_size_t next;
    atomic_bool cancel;
} inspection_t;

/* ---- checking ---- */

static void *
s_check(void *context)
{
    inspection_t *self = context;
    acquire_options_t options = acquire_options(self->config);
    options.fetch_ms = INSPECTION_MS;
    acquirer_t *acquirer = acquirer_new(&options);
    for (size_t i = atomic_fetch_add(&self->next, 1); i < self->count;
         i = atomic_fetch_add(&self->next, 1)) {
        check_t *check = &self->checks[i];
        acquire_request_t request = {.source = (source_type_t) check->path->source,
                                     .path = check->path->path,
                                     .deadline_ms = self->deadline_ms,
                                     .cancel = &self->cancel};
        check->type = acquirer_check(acquirer, &request, &check->facts, &check->failure);
    }
    acquirer_destroy(&acquirer);
    return NULL;
}

static void
s_check_all(inspection_t *self)
{
    pthread_t threads[THREADS_MOST];
    size_t started = 0;
    for (size_t wanted = self->count < THREADS_MOST ? self->count : THREADS_MOST;
         started < wanted && pthread_create(&threads[started], NULL, s_check, self) == 0;)
        started++;
    if (started == 0)
        s_check(self);
    while (started)
        pthread_join(threads[--started], NULL);
}

/* ---- question and answer ---- */

static size_t
s_take_paths(slice_t rest, record_path_t *paths)
{
    size_t count = 0;
    while (rest.size && count < PATHS_MOST && record_path_take(&rest, &paths[count]) == STATUS_OK &&
           paths[count].source < SOURCE_TYPE_COUNT)
        count++;
    return rest.size ? 0 : count;
}

static void
s_answer(const inspection_t *self, uint64_t request, buffer_t *out)
{
    buffer_t records = {0};
    for (size_t i = 0; i < self->count; i++) {
        const check_t *check = &self->checks[i];
        record_path_check_append(
            &(record_path_check_t){.path = check->path->path,
                                   .error_type = (uint8_t) check->type,
                                   .error = slice_from(check->failure.detail),
                                   .content_type = slice_from(check->facts.content_type),
                                   .size = check->facts.size},
            &records);
    }
    if (records.size <= BATCH_BYTES_MAX)
        message_paths_checked_encode(
            &(message_paths_checked_t){.request = request, .checks = buffer_slice(&records)}, out);
    else
        message_refused_encode(
            &(message_refused_t){.request = request,
                                 .status = STATUS_TOO_LARGE,
                                 .detail = SLICE("the paths are too long together; ask in parts")},
            out);
    buffer_free(&records);
}

static void
s_inspect(const config_t *config, slice_t frame, buffer_t *out)
{
    message_check_paths_t question;
    if (message_check_paths_decode(frame, &question) != STATUS_OK)
        return;
    record_path_t *paths = memory_new(PATHS_MOST * sizeof *paths);
    inspection_t inspection = {.config = config,
                               .deadline_ms = clock_monotonic_ms() + INSPECTION_MS,
                               .count = s_take_paths(question.paths, paths)};
    inspection.checks = memory_new(inspection.count * sizeof *inspection.checks);
    for (size_t i = 0; i < inspection.count; i++)
        inspection.checks[i].path = &paths[i];
    s_check_all(&inspection);
    s_answer(&inspection, question.request, out);
    free(inspection.checks);
    free(paths);
}

/* ---- loop ---- */

static void
s_inspector_actor(zsock_t *pipe, void *args)
{
    zsock_t *sock = zsock_new(ZMQ_DEALER);
    zsock_set_linger(sock, 0);
    zsock_connect(sock, "%s", ENDPOINT_INSPECTOR);
    zpoller_t *poller = zpoller_new(pipe, sock, NULL);
    zsock_signal(pipe, 0);
    while (zpoller_wait(poller, -1) == sock) {
        zmsg_t *message = zmsg_recv(sock);
        zframe_t *question = zmsg_last(message);
        buffer_t out = {0};
        s_inspect(args, (slice_t){(const char *) zframe_data(question), zframe_size(question)},
                  &out);
        zmsg_remove(message, question);
        zframe_destroy(&question);
        if (out.size) {
            zmsg_addmem(message, out.data, out.size);
            zmsg_send(&message, sock);
        }
        zmsg_destroy(&message);
        buffer_free(&out);
    }
    zpoller_destroy(&poller);
    zsock_destroy(&sock);
}

zactor_t *
inspector_start(const config_t *config)
{
    /* zactor hands a mutable pointer through; the actor only reads. */
    return zactor_new(s_inspector_actor, (void *) (uintptr_t) config);
}
