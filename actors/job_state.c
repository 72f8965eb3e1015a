#include "actors/job_state.h"

#include <assert.h>
#include <stddef.h>

typedef struct {
    job_state_t state;
    job_event_t event;
    job_state_t next;
} job_move_t;

static const job_move_t s_moves[] = {
    {JOB_PENDING, JOB_EVENT_BEGIN, JOB_PROCESSING},
    {JOB_PENDING, JOB_EVENT_PAUSE, JOB_PAUSED},
    {JOB_PENDING, JOB_EVENT_CANCEL, JOB_CANCELLED},
    {JOB_PROCESSING, JOB_EVENT_PAUSE, JOB_PAUSED},
    {JOB_PROCESSING, JOB_EVENT_CANCEL, JOB_CANCELLED},
    {JOB_PROCESSING, JOB_EVENT_FINISH, JOB_COMPLETED},
    {JOB_PROCESSING, JOB_EVENT_FAIL, JOB_FAILED},
    {JOB_PAUSED, JOB_EVENT_RESUME, JOB_PROCESSING},
    {JOB_PAUSED, JOB_EVENT_CANCEL, JOB_CANCELLED},
    {JOB_PAUSED, JOB_EVENT_FAIL, JOB_FAILED}, /* by a document that was in flight */
    {JOB_COMPLETED, JOB_EVENT_RETRY, JOB_PROCESSING},
    {JOB_FAILED, JOB_EVENT_RETRY, JOB_PROCESSING},
};

static const char *const s_event_words[JOB_EVENT_COUNT] = {
    [JOB_EVENT_BEGIN] = "begin",   [JOB_EVENT_PAUSE] = "pause",   [JOB_EVENT_RESUME] = "resume",
    [JOB_EVENT_CANCEL] = "cancel", [JOB_EVENT_FINISH] = "finish", [JOB_EVENT_FAIL] = "fail",
    [JOB_EVENT_RETRY] = "retry",
};

bool
job_state_next(job_state_t state, job_event_t event, job_state_t *next)
{
    for (size_t i = 0; i < sizeof s_moves / sizeof s_moves[0]; i++) {
        if (s_moves[i].state == state && s_moves[i].event == event) {
            *next = s_moves[i].next;
            return true;
        }
    }
    return false;
}

const char *
job_event_word(job_event_t event)
{
    assert(event < JOB_EVENT_COUNT);
    return s_event_words[event];
}

void
job_state_describe(buffer_t *out)
{
    buffer_append_text(out, "```mermaid\nstateDiagram-v2\n    [*] --> pending\n");
    for (size_t i = 0; i < sizeof s_moves / sizeof s_moves[0]; i++)
        buffer_printf(out, "    %s --> %s: %s\n", job_state_word(s_moves[i].state),
                      job_state_word(s_moves[i].next), job_event_word(s_moves[i].event));
    for (int state = 0; state < JOB_STATE_COUNT; state++)
        if (job_state_is_final((job_state_t) state))
            buffer_printf(out, "    %s --> [*]\n", job_state_word((job_state_t) state));
    buffer_append_text(out, "```\n");
}
