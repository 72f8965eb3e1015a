#include "actors/lane.h"

#include <czmq.h>
#include <dirent.h>

#include "base/file.h"
#include "base/memory.h"

enum { LANE_HWM = 1000, LANE_LINGER_MS = 100 };

typedef struct lane {
    struct lane *next;
    uint32_t worker_no;
    zsock_t *push;
    void *handle;   /* of `push`, for libzmq */
    zlistx_t *kept; /* zframe_t, owned, oldest first */
} lane_t;

struct lanes {
    lane_t *lanes;
    char *directory; /* ipc: where the sockets stand; NULL: tcp */
    char *host;      /* tcp */
    unsigned long port_low, port_high, port_next;
    uint64_t epoch;
    size_t kept_count;
};

/* ---- life ---- */

/* Sockets of an earlier run that was killed: nobody listens on them. */
static void
s_sweep(const char *directory)
{
    DIR *listing = opendir(directory);
    if (listing == NULL)
        return;
    /* NOLINTNEXTLINE(concurrency-mt-unsafe): a stream of this thread alone */
    for (struct dirent *entry = readdir(listing); entry; entry = readdir(listing))
        if (strncmp(entry->d_name, "lane-", 5) == 0)
            unlinkat(dirfd(listing), entry->d_name, 0);
    closedir(listing);
}

/* Reads "LOW-HIGH". */
static bool
s_parse_ports(lanes_t *self, const char *text)
{
    char *dash = NULL, *end = NULL;
    self->port_low = strtoul(text, &dash, 10);
    if (*dash != '-')
        return false;
    self->port_high = strtoul(dash + 1, &end, 10);
    return *end == '\0' && self->port_low > 0 && self->port_low <= self->port_high &&
           self->port_high <= 65535;
}

static status_t
s_parse(lanes_t *self, const char *pattern, fault_t *fault)
{
    if (strncmp(pattern, "ipc://", 6) == 0) {
        self->directory = slice_copy(slice_from(pattern + 6));
        status_t status = file_make_directory(self->directory, fault);
        if (status == STATUS_OK)
            s_sweep(self->directory);
        return status;
    }
    const char *host = strncmp(pattern, "tcp://", 6) == 0 ? pattern + 6 : "";
    const char *colon = strrchr(host, ':');
    if (colon == NULL || !s_parse_ports(self, colon + 1))
        return fault_set(fault, STATUS_BAD_REQUEST,
                         "bus/lanes is %s; it must be ipc://DIRECTORY or tcp://HOST:LOW-HIGH",
                         pattern);
    self->host = memory_copy_string(host, (size_t) (colon - host));
    /* A run starts elsewhere in the range than the last one, so that a worker that still connects
     * to an old lane does not end up on another's. */
    self->port_next = self->epoch % (self->port_high - self->port_low + 1);
    return STATUS_OK;
}

status_t
lanes_new(lanes_t **self_p, const char *pattern, uint64_t epoch, fault_t *fault)
{
    lanes_t *self = memory_new(sizeof *self);
    self->epoch = epoch;
    status_t status = s_parse(self, pattern, fault);
    if (status != STATUS_OK)
        lanes_destroy(&self);
    *self_p = self;
    return status;
}

static void
s_lane_destroy(lanes_t *self, lane_t *lane)
{
    self->kept_count -= zlistx_size(lane->kept);
    zlistx_destroy(&lane->kept);
    zsock_destroy(&lane->push);
    free(lane);
}

void
lanes_destroy(lanes_t **self_p)
{
    lanes_t *self = *self_p;
    if (self == NULL)
        return;
    while (self->lanes) {
        lane_t *lane = self->lanes;
        self->lanes = lane->next;
        s_lane_destroy(self, lane);
    }
    free(self->directory);
    free(self->host);
    free(self);
    *self_p = NULL;
}

/* ---- open and close ---- */

static bool
s_bind(lanes_t *self, lane_t *lane, buffer_t *endpoint)
{
    size_t start = endpoint->size;
    if (self->directory) {
        buffer_printf(endpoint, "ipc://%s/lane-%08x-%u", self->directory,
                      (unsigned) (self->epoch & 0xffffffffu), lane->worker_no);
        return zmq_bind(lane->handle, endpoint->data + start) == 0;
    }
    unsigned long ports = self->port_high - self->port_low + 1;
    for (unsigned long i = 0; i < ports; i++) {
        endpoint->size = start;
        buffer_printf(endpoint, "tcp://%s:%lu", self->host,
                      self->port_low + (self->port_next++ % ports));
        if (zmq_bind(lane->handle, endpoint->data + start) == 0)
            return true;
    }
    return false;
}

static void
s_free_frame(void **item)
{
    zframe_destroy((zframe_t **) item);
}

status_t
lanes_open(lanes_t *self, uint32_t worker_no, buffer_t *endpoint, fault_t *fault)
{
    lane_t *lane = memory_new(sizeof *lane);
    lane->worker_no = worker_no;
    lane->kept = zlistx_new();
    zlistx_set_destructor(lane->kept, s_free_frame);
    lane->push = zsock_new(ZMQ_PUSH);
    zsock_set_sndhwm(lane->push, LANE_HWM);
    zsock_set_linger(lane->push, LANE_LINGER_MS);
    lane->handle = zsock_resolve(lane->push);
    size_t start = endpoint->size;
    if (!s_bind(self, lane, endpoint)) {
        int error = zmq_errno();
        s_lane_destroy(self, lane);
        return fault_set(fault, STATUS_IO_ERROR, "no lane can be bound (tried %s): %s",
                         endpoint->data + start, zmq_strerror(error));
    }
    lane->next = self->lanes;
    self->lanes = lane;
    return STATUS_OK;
}

static lane_t *
s_find(const lanes_t *self, uint32_t worker_no)
{
    lane_t *lane = self->lanes;
    while (lane && lane->worker_no != worker_no)
        lane = lane->next;
    return lane;
}

void
lanes_close(lanes_t *self, uint32_t worker_no)
{
    for (lane_t **link = &self->lanes; *link; link = &(*link)->next) {
        lane_t *lane = *link;
        if (lane->worker_no != worker_no)
            continue;
        *link = lane->next;
        s_lane_destroy(self, lane);
        return;
    }
}

/* ---- frames ---- */

bool
lanes_send(lanes_t *self, uint32_t worker_no, slice_t frame)
{
    lane_t *lane = s_find(self, worker_no);
    if (lane == NULL)
        return false;
    if (zlistx_size(lane->kept) == 0 &&
        zmq_send(lane->handle, frame.data, frame.size, ZMQ_DONTWAIT) >= 0)
        return true;
    zlistx_add_end(lane->kept, zframe_new(frame.data, frame.size));
    self->kept_count++;
    return true;
}

static void
s_flush(lanes_t *self, lane_t *lane)
{
    for (zframe_t *frame = zlistx_first(lane->kept); frame; frame = zlistx_first(lane->kept)) {
        if (zmq_send(lane->handle, zframe_data(frame), zframe_size(frame), ZMQ_DONTWAIT) < 0)
            return;
        zlistx_delete(lane->kept, zlistx_cursor(lane->kept));
        self->kept_count--;
    }
}

bool
lanes_flush(lanes_t *self)
{
    for (lane_t *lane = self->kept_count ? self->lanes : NULL; lane; lane = lane->next)
        s_flush(self, lane);
    return self->kept_count > 0;
}
