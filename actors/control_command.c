/* What clients ask of jobs: commands, status, lists. */
#include "actors/control_self.h"

enum { PAGE_BYTES_ENOUGH = 524288 };

void
control_refuse(turn_t *turn, const route_t *route, uint64_t request, status_t status,
               const char *detail)
{
    EFFECT_SEND(turn->effects, EFFECT_REPLY, 0, route, refused, .request = request,
                .status = (uint16_t) status, .detail = slice_from(detail));
}

bool
control_refuses(const control_t *self, turn_t *turn, const route_t *route, uint64_t request)
{
    if (!self->recovered)
        control_refuse(turn, route, request, STATUS_UNAVAILABLE,
                       "the service is starting; ask again in a moment");
    return !self->recovered;
}

bool
control_refuses_writing(const control_t *self, turn_t *turn, const route_t *route, uint64_t request)
{
    if (control_refuses(self, turn, route, request))
        return true;
    if (!self->store_ok)
        control_refuse(turn, route, request, STATUS_UNAVAILABLE,
                       "the store cannot be written now; nothing was changed");
    return !self->store_ok;
}

/* A retry is the store's to decide, since the job is most often not in memory any more: the journal
 * removes the failed results and its outcome brings the job back. */
static void
s_retry(control_t *self, turn_t *turn, const route_t *from, const message_job_command_t *command)
{
    job_t *job = registry_find_id(self->registry, command->owner, command->job_id);
    if (job && !job_state_is_final(job->state)) {
        fault_t fault = {0};
        fault_set(&fault, STATUS_WRONG_STATE,
                  "the job is %s; only a completed or failed job can be retried",
                  job_state_word(job->state));
        control_refuse(turn, from, command->request, fault.status, fault.detail);
        return;
    }
    uint64_t entry = ledger_note(
        turn->ledger, &(note_t){.kind = NOTE_REVIVE, .route = *from, .request = command->request});
    EFFECT_SEND(turn->effects, EFFECT_JOURNAL, 0, NULL, entry_revive, .entry = entry,
                .owner = command->owner, .job_id = command->job_id, .api_key = command->api_key);
    turn->effects->has_secret |= command->api_key.size > 0;
}

status_t
on_job_command(control_t *self, turn_t *turn, const route_t *from, slice_t frame)
{
    message_job_command_t command;
    if (message_job_command_decode(frame, &command) != STATUS_OK ||
        command.command >= JOB_COMMAND_COUNT)
        return STATUS_MALFORMED;
    if (control_refuses_writing(self, turn, from, command.request))
        return STATUS_OK;
    if (command.command == JOB_COMMAND_RETRY) {
        s_retry(self, turn, from, &command);
        return STATUS_OK;
    }
    job_t *job = registry_find_id(self->registry, command.owner, command.job_id);
    if (job == NULL) {
        control_refuse(turn, from, command.request, STATUS_NOT_FOUND, "no active job of this id");
        return STATUS_OK;
    }
    fault_t fault = {0};
    status_t status =
        job_command(job, turn, (job_command_t) command.command, from, command.request, &fault);
    if (status != STATUS_OK)
        control_refuse(turn, from, command.request, status, fault.detail);
    else if (command.command == JOB_COMMAND_CANCEL)
        control_revoke_job(self, turn, job);
    control_job_changed(self, turn, job);
    return STATUS_OK;
}

status_t
on_job_status(control_t *self, turn_t *turn, const route_t *from, slice_t frame)
{
    message_job_status_t question;
    if (message_job_status_decode(frame, &question) != STATUS_OK)
        return STATUS_MALFORMED;
    if (control_refuses(self, turn, from, question.request))
        return STATUS_OK;
    job_t *job = registry_find_id(self->registry, question.owner, question.job_id);
    if (job)
        job_answer_status(job, turn, from, &question);
    else
        control_refuse(turn, from, question.request, STATUS_NOT_FOUND, "no active job of this id");
    return STATUS_OK;
}

status_t
on_active_list(control_t *self, turn_t *turn, const route_t *from, slice_t frame)
{
    message_active_list_t question;
    if (message_active_list_decode(frame, &question) != STATUS_OK)
        return STATUS_MALFORMED;
    if (control_refuses(self, turn, from, question.request))
        return STATUS_OK;
    size_t count = 0;
    job_t *const *jobs = registry_jobs_of(self->registry, question.owner, &count);
    buffer_t page = {0};
    uint64_t next = 0;
    uint16_t taken = 0, limit = question.limit ? question.limit : 1;
    for (size_t i = count; i > 0; i--) {
        const job_t *job = jobs[i - 1];
        if ((question.before && job->job_no >= question.before) ||
            job_state_is_final(job->shown_state))
            continue;
        if (taken == limit || page.size > PAGE_BYTES_ENOUGH) {
            next = jobs[i]->job_no;
            break;
        }
        record_job_t view;
        job_view(job, turn->now, &view);
        record_job_append(&view, &page);
        taken++;
    }
    EFFECT_SEND(turn->effects, EFFECT_REPLY, 0, from, active_page, .request = question.request,
                .next = next, .jobs = buffer_slice(&page));
    buffer_free(&page);
    return STATUS_OK;
}

status_t
on_ping(control_t *self, turn_t *turn, const route_t *from, slice_t frame)
{
    message_ping_t ping;
    if (message_ping_decode(frame, &ping) != STATUS_OK)
        return STATUS_MALFORMED;
    EFFECT_SEND(turn->effects, EFFECT_REPLY, 0, from, pong, .request = ping.request,
                .store_ok = self->recovered && self->store_ok, .workers = self->pool.worker_count,
                .slots = self->pool.slot_count,
                .active_jobs = (uint32_t) registry_size(self->registry));
    return STATUS_OK;
}
