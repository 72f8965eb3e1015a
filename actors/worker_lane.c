/* What comes over the lane: briefs, documents, drops, pings. */
#include "actors/worker_self.h"
#include "base/log.h"

#define NOOP_METADATA                                                                              \
    "{\"is_scanned\":false,\"extraction_method\":\"none\",\"ocr_confidence\":null,"                \
    "\"page_count\":0,\"text_length\":0,\"language\":null,\"tokens_used\":0,\"cost\":0,"           \
    "\"processing_ms\":0}"

/* ---- answers that no slot makes ---- */

static void
s_post_failure(worker_self_t *self, const ticket_t *ticket, slice_t sentence)
{
    worker_link_post_done(&self->link, &(message_done_t){.lease = ticket->lease,
                                                         .job_no = ticket->job_no,
                                                         .row = ticket->row,
                                                         .error_type = ERROR_INTERNAL,
                                                         .error = sentence,
                                                         .tags = SLICE("[]"),
                                                         .metadata = SLICE("{}")});
}

static void
s_post_noop(worker_self_t *self, const ticket_t *ticket)
{
    worker_link_post_done(&self->link, &(message_done_t){.lease = ticket->lease,
                                                         .job_no = ticket->job_no,
                                                         .row = ticket->row,
                                                         .tags = SLICE("[]"),
                                                         .model_name = SLICE("noop"),
                                                         .metadata = SLICE(NOOP_METADATA)});
}

/* ---- handlers: they take what they want of `frame` ---- */

static slice_t
s_bytes(zmq_msg_t *frame)
{
    return (slice_t){.data = zmq_msg_data(frame), .size = zmq_msg_size(frame)};
}

static status_t
on_brief(worker_self_t *self, zmq_msg_t *frame)
{
    uint64_t job_no = 0;
    status_t status = briefs_keep(self->briefs, s_bytes(frame), &job_no);
    if (status != STATUS_OK)
        return status;
    explicit_bzero(zmq_msg_data(frame), zmq_msg_size(frame)); /* it may hold a key */
    crew_unbrief(self->crew, job_no);
    return STATUS_OK;
}

static void
s_hear_work(worker_self_t *self, const message_work_t *work)
{
    if (work->lane_seq != self->lane_seq + 1)
        log_warning("worker", "documents were lost on the lane", LOG_N("after", self->lane_seq),
                    LOG_N("came", work->lane_seq));
    self->lane_seq = work->lane_seq;
    self->work_heard_ms = self->now_ms;
}

/* What the gateway lets through for measuring: there is nothing to fetch, read or tag. A job of
 * this model with documents of any other path has steps to run. */
static bool
s_is_noop(const job_brief_t *brief, slice_t path)
{
    static const char prefix[] = "noop:";
    return brief->is_noop && path.size >= sizeof prefix - 1 &&
           memcmp(path.data, prefix, sizeof prefix - 1) == 0;
}

static status_t
on_work(worker_self_t *self, zmq_msg_t *frame)
{
    message_work_t work;
    if (message_work_decode(s_bytes(frame), &work) != STATUS_OK)
        return STATUS_MALFORMED;
    s_hear_work(self, &work);
    ticket_t ticket = {.lease = work.lease, .job_no = work.job_no, .row = work.row};
    const job_brief_t *brief = briefs_find(self->briefs, work.job_no);
    if (brief == NULL) {
        s_post_failure(self, &ticket, SLICE("brief missing"));
    } else if (s_is_noop(brief, work.path)) {
        s_post_noop(self, &ticket);
    } else if (work.source >= SOURCE_TYPE_COUNT) {
        s_post_failure(self, &ticket, SLICE("source not known"));
    } else if (!crew_give(self->crew, &ticket, frame)) {
        log_warning("worker", "more documents came than there are slots",
                    LOG_N("in_hand", crew_in_hand(self->crew)));
        s_post_failure(self, &ticket, SLICE("the worker is full"));
    }
    return STATUS_OK;
}

static status_t
on_drop(worker_self_t *self, zmq_msg_t *frame)
{
    message_drop_t drop;
    if (message_drop_decode(s_bytes(frame), &drop) != STATUS_OK)
        return STATUS_MALFORMED;
    /* What a slot works on is answered when the slot is free: its credit is worth nothing before.
     */
    crew_cancel(self->crew, drop.job_no);
    ticket_t ticket;
    while (crew_withdraw(self->crew, drop.job_no, &ticket))
        s_post_failure(self, &ticket, SLICE("cancelled"));
    crew_unbrief(self->crew, drop.job_no);
    briefs_forget(self->briefs, drop.job_no);
    if (self->steps->end_job)
        self->steps->end_job(self->context, drop.job_no);
    return STATUS_OK;
}

static status_t
on_lane_ping(worker_self_t *self, zmq_msg_t *frame)
{
    message_lane_ping_t ping;
    if (message_lane_ping_decode(s_bytes(frame), &ping) != STATUS_OK)
        return STATUS_MALFORMED;
    if (ping.epoch != self->link.epoch || ping.worker_no != self->link.worker_no)
        worker_leave(self, "another one pings the lane");
    return STATUS_OK;
}

/* ---- dispatch ---- */

static const struct {
    uint16_t number;
    status_t (*handle)(worker_self_t *self, zmq_msg_t *frame);
} s_handlers[] = {
    {MESSAGE_WORK, on_work},
    {MESSAGE_BRIEF, on_brief},
    {MESSAGE_DROP, on_drop},
    {MESSAGE_LANE_PING, on_lane_ping},
};

void
worker_take(worker_self_t *self, zmq_msg_t *frame)
{
    uint16_t number = message_number(s_bytes(frame));
    status_t status = STATUS_MALFORMED;
    for (size_t i = 0; i < sizeof s_handlers / sizeof s_handlers[0]; i++) {
        if (s_handlers[i].number == number) {
            status = s_handlers[i].handle(self, frame);
            break;
        }
    }
    if (status != STATUS_OK)
        log_warning("worker", "a frame of the lane is malformed",
                    LOG_S("message", message_name(number)));
}
