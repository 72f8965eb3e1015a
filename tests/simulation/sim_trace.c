/* What happened, as a hash and as lines to read. */
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/simulation/sim.h"

static void
s_hash(sim_t *self, const void *data, size_t size)
{
    const unsigned char *bytes = data;
    for (size_t i = 0; i < size; i++)
        self->hash = (self->hash ^ bytes[i]) * 1099511628211u;
}

/* The members that tell messages apart when one reads a trace. */
static void
s_print_members(slice_t frame)
{
#define SHOW(NAME, ...)                                                                            \
    {                                                                                              \
        message_##NAME##_t m;                                                                      \
        if (message_##NAME##_decode(frame, &m) == STATUS_OK)                                       \
            printf(__VA_ARGS__);                                                                   \
    }                                                                                              \
    break
    switch (message_number(frame)) {
    case MESSAGE_START_OPEN:
        SHOW(start_open, " intake %lu %.*s/%.*s", m.intake, SLICE_ARG(m.owner),
             SLICE_ARG(m.job_id));
    case MESSAGE_START_CHUNK:
        SHOW(start_chunk, " #%lu intake %lu rows %u+%u", m.request, m.intake, m.first_row, m.count);
    case MESSAGE_START_CLOSE:
        SHOW(start_close, " #%lu intake %lu total %u", m.request, m.intake, m.total);
    case MESSAGE_JOB_COMMAND:
        SHOW(job_command, " #%lu %s %.*s/%.*s", m.request,
             job_command_word((job_command_t) m.command), SLICE_ARG(m.owner), SLICE_ARG(m.job_id));
    case MESSAGE_JOB_STATUS:
        SHOW(job_status, " #%lu %.*s/%.*s wait %u above %lu", m.request, SLICE_ARG(m.owner),
             SLICE_ARG(m.job_id), m.wait_ms, m.above);
    case MESSAGE_CHUNK_STORED:
        SHOW(chunk_stored, " #%lu intake %lu rows %u", m.request, m.intake, m.rows);
    case MESSAGE_STARTED:
        SHOW(started, " #%lu %.*s total %u repeated %u", m.request, SLICE_ARG(m.job_id), m.total,
             m.repeated);
    case MESSAGE_REFUSED:
        SHOW(refused, " #%lu %s: %.*s", m.request, status_word((status_t) m.status),
             SLICE_ARG(m.detail));
    case MESSAGE_COMMAND_DONE:
        SHOW(command_done, " #%lu %s, %s", m.request, job_command_word((job_command_t) m.command),
             job_state_word((job_state_t) m.state));
    case MESSAGE_LOAD_WINDOW:
        SHOW(load_window, " job %lu load %u from %u limit %u", m.job_no, m.load, m.from_row,
             m.limit);
    case MESSAGE_WINDOW:
        SHOW(window, " job %lu load %u ok %u next %u last %u", m.job_no, m.load, m.ok, m.next_row,
             m.last);
    case MESSAGE_ENTRY_STAGE:
        SHOW(entry_stage, " %lu: job %lu rows %u+%u", m.entry, m.job_no, m.first_row, m.count);
    case MESSAGE_ENTRY_DISCARD: SHOW(entry_discard, " %lu: job %lu", m.entry, m.job_no);
    case MESSAGE_ENTRY_CREATE:
        SHOW(entry_create, " %lu: job %lu %.*s/%.*s %.*s", m.entry, m.job_no, SLICE_ARG(m.owner),
             SLICE_ARG(m.job_id), SLICE_ARG(m.model_name));
    case MESSAGE_ENTRY_RESULT:
        SHOW(entry_result, " %lu: job %lu row %u version %lu %s", m.entry, m.job_no, m.row,
             m.version, error_type_word((error_type_t) m.error_type));
    case MESSAGE_ENTRY_ATTEMPT:
        SHOW(entry_attempt, " %lu: job %lu row %u attempts %u losses %u", m.entry, m.job_no, m.row,
             m.attempts, m.losses);
    case MESSAGE_ENTRY_STATE:
        SHOW(entry_state, " %lu: job %lu %s version %lu", m.entry, m.job_no,
             job_state_word((job_state_t) m.state), m.version);
    case MESSAGE_ENTRY_REVIVE:
        SHOW(entry_revive, " %lu: %.*s/%.*s", m.entry, SLICE_ARG(m.owner), SLICE_ARG(m.job_id));
    case MESSAGE_COMMITTED: SHOW(committed, " through %lu", m.through);
    case MESSAGE_OUTCOME: SHOW(outcome, " %lu: %u", m.entry, m.outcome);
    case MESSAGE_STORE_STATE: SHOW(store_state, " %u", m.ok);
    case MESSAGE_HELLO: SHOW(hello, " %.*s slots %u", SLICE_ARG(m.worker), m.slots);
    case MESSAGE_WELCOME: SHOW(welcome, " %.*s is %u", SLICE_ARG(m.worker), m.worker_no);
    case MESSAGE_BRIEF: SHOW(brief, " job %lu", m.job_no);
    case MESSAGE_WORK:
        SHOW(work, " seq %lu lease %lu job %lu row %u attempt %u", m.lane_seq, m.lease, m.job_no,
             m.row, m.attempt);
    case MESSAGE_DROP: SHOW(drop, " job %lu", m.job_no);
    case MESSAGE_DONE:
        SHOW(done, " worker %u lease %lu job %lu row %u %s", m.worker_no, m.lease, m.job_no, m.row,
             error_type_word((error_type_t) m.error_type));
    case MESSAGE_HEARTBEAT:
        SHOW(heartbeat, " worker %u heard %lu in hand %zu retiring %u", m.worker_no, m.heard,
             m.leases.size / 8, m.retiring);
    case MESSAGE_GOODBYE: SHOW(goodbye, " worker %u", m.worker_no);
    case MESSAGE_PROGRESS:
        SHOW(progress, " %.*s seq %lu kind %u %u+%u/%u row %u", SLICE_ARG(m.job_id), m.seq, m.kind,
             m.processed, m.failed, m.total, m.row);
    case MESSAGE_AUDIENCE: SHOW(audience, " %u", m.listening);
    default: break;
    }
#undef SHOW
}

static void
s_print_view(slice_t frame)
{
    message_job_view_t view;
    record_job_t job;
    if (message_job_view_decode(frame, &view) == STATUS_OK &&
        record_job_take(&view.job, &job) == STATUS_OK)
        printf(" #%lu job %lu %s %u+%u/%u version %lu", view.request, job.job_no,
               job_state_word((job_state_t) job.state), job.processed, job.failed, job.total,
               job.version);
}

void
sim_trace(sim_t *self, const char *what, uint32_t who, slice_t frame)
{
    s_hash(self, &self->now_ms, sizeof self->now_ms);
    s_hash(self, what, strlen(what));
    s_hash(self, &who, sizeof who);
    if (frame.size)
        s_hash(self, frame.data, frame.size);
    if (!self->trace)
        return;
    printf("%8ld %s %u", (long) self->now_ms, what, who);
    if (frame.size) {
        printf(" %s", message_name(message_number(frame)));
        s_print_members(frame);
        s_print_view(frame);
    }
    printf("\n");
}

void
sim_fail(sim_t *self, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    fflush(stdout);
    fprintf(stderr, "seed %lu, step %lu, %ld ms: ", self->seed, self->steps, (long) self->now_ms);
    vfprintf(stderr, format, arguments);
    fprintf(stderr, "\n");
    va_end(arguments);
    exit(1);
}
