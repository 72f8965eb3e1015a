#include "tests/actors/place.h"

#include <ftw.h>

void
place_open(place_t *self, const char *setting)
{
    *self = (place_t){0};
    strcpy(self->directory, "/tmp/tagmill-place-XXXXXX");
    assert_non_null(mkdtemp(self->directory));
    self->config = config_new();
    char directory[128];
    snprintf(directory, sizeof directory, "data_dir=%s", self->directory);
    fault_t fault = {0};
    if (config_set(self->config, directory, &fault) != STATUS_OK ||
        (*setting && config_set(self->config, setting, &fault) != STATUS_OK) ||
        config_finish(self->config, &fault) != STATUS_OK)
        fail_msg("%s", fault.detail);
}

static int
s_remove(const char *path, const struct stat *stat, int kind, struct FTW *place)
{
    (void) stat, (void) kind, (void) place;
    return remove(path);
}

/* Unbinds first: a socket that is closed gives its endpoint free some time later. */
static void
s_close_sock(place_t *self)
{
    if (self->bound)
        zmq_unbind(zsock_resolve(self->sock), self->bound);
    self->bound = NULL;
    zsock_destroy(&self->sock);
}

void
place_close(place_t *self)
{
    zframe_destroy(&self->last);
    s_close_sock(self);
    config_destroy(&self->config);
    nftw(self->directory, s_remove, 8, FTW_DEPTH | FTW_PHYS);
}

static void
s_make(place_t *self, int type)
{
    self->sock = zsock_new(type);
    zsock_set_sndhwm(self->sock, 0);
    zsock_set_rcvhwm(self->sock, 0);
    zsock_set_linger(self->sock, 0);
    zsock_set_rcvtimeo(self->sock, PLACE_WITHIN_MS);
}

void
place_bind(place_t *self, const char *endpoint)
{
    s_close_sock(self);
    s_make(self, ZMQ_PAIR);
    self->bound = endpoint;
    assert_int_equal(zmq_bind(zsock_resolve(self->sock), endpoint), 0);
}

void
place_connect(place_t *self, int type, const char *endpoint)
{
    s_make(self, type);
    assert_int_equal(zmq_connect(zsock_resolve(self->sock), endpoint), 0);
}

void
place_send(place_t *self, buffer_t *frame)
{
    assert_int_equal(zmq_send(zsock_resolve(self->sock), frame->data, frame->size, 0),
                     (int) frame->size);
    buffer_free(frame);
}

slice_t
place_receive_any(place_t *self)
{
    zframe_destroy(&self->last);
    self->last = zframe_recv(self->sock);
    assert_non_null(self->last);
    return (slice_t){(const char *) zframe_data(self->last), zframe_size(self->last)};
}

slice_t
place_receive(place_t *self, message_number_t number)
{
    slice_t frame = place_receive_any(self);
    if (message_number(frame) != number)
        fail_msg("%s came, not %s", message_name(message_number(frame)),
                 message_name((uint16_t) number));
    return frame;
}

static void
s_check(status_t status, const fault_t *fault)
{
    if (status != STATUS_OK)
        fail_msg("%s: %s", status_word(status), fault->detail);
}

void
place_store_job(place_t *self, const char *job_id, uint64_t job_no, uint32_t total, uint32_t done,
                uint32_t failed, size_t text_size)
{
    store_t *store = NULL;
    fault_t fault = {0};
    char *text = calloc(1, text_size + 1);
    assert_non_null(text);
    memset(text, 'x', text_size);
    s_check(store_open(&store, config_text(self->config, CONFIG_STORE_URL), &fault), &fault);
    s_check(store_begin(store, &fault), &fault);
    for (uint32_t row = 0; row < total; row++)
        s_check(store_stage(store, job_no,
                            &(store_document_t){.row = row,
                                                .path = SLICE("noop:"),
                                                .title = SLICE("A title"),
                                                .description = {text, text_size}},
                            &fault),
                &fault);
    store_job_t job = {.job_no = job_no,
                       .owner = SLICE("ann"),
                       .job_id = slice_from(job_id),
                       .total = total,
                       .version = 1,
                       .created_at = 1000,
                       .config = {.model_name = SLICE("noop"), .tag_limit = 8}};
    store_request_t request = {
        .digest = SLICE("d"), .columns = SLICE("[\"file_path\"]"), .mapping = SLICE("{}")};
    store_created_t created;
    s_check(store_create(store, &job, &request, &created, NULL, NULL, &fault), &fault);
    for (uint32_t row = 0; row < done + failed; row++) {
        bool added = false;
        store_result_t result = {.row = row,
                                 .attempts = 1,
                                 .error_type = row < done ? ERROR_NONE : ERROR_CORRUPT,
                                 .tags = SLICE("[\"a\"]"),
                                 .model_name = SLICE("noop"),
                                 .spent = {100, 20, 5000}};
        s_check(store_add_result(store, job_no, row + 2, &result, &added, &fault), &fault);
        assert_true(added);
    }
    s_check(store_commit(store, &fault), &fault);
    store_close(&store);
    free(text);
}
