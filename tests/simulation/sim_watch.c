/* What may never be: seen from outside, at the moment when somebody would be told. */
#include <stdio.h>
#include <string.h>

#include "tests/simulation/sim.h"

/* ---- what comes ---- */

/* Remembers when a client's question, and when a resume, came to the control plane. */
void
sim_watch_came(sim_t *self, const sim_event_t *event)
{
    if (event->origin == ORIGIN_JOURNAL && self->control && event->stamp == self->run) {
        message_committed_t committed;
        if (message_committed_decode((slice_t){event->frame, event->size}, &committed) ==
            STATUS_OK) {
            self->committed = self->committing;
            self->committing = committed.through;
        }
    }
    if (event->origin == ORIGIN_PUBLISHER) {
        self->audience_entry = self->journal.last_entry;
        self->listening++;
    }
    if (event->origin != ORIGIN_CONTROL || event->who >= SIM_CLIENTS ||
        event->route.bytes[0] != 'c')
        return;
    sim_client_t *client = &self->clients[event->who];
    if (event->stamp == 0)
        return;
    sim_request_t *request = &client->requests[event->stamp - 1];
    request->came++;
    request->run = self->control ? self->run : 0;
    request->order = ++self->order;
    message_job_command_t command;
    if (self->control == NULL || request->command != JOB_COMMAND_RESUME ||
        message_job_command_decode((slice_t){event->frame, event->size}, &command) != STATUS_OK)
        return;
    sim_job_t *job = sim_store_find_id(self, command.owner, command.job_id);
    if (job) {
        job->pause_told = false;
        job->resumed_order = request->order;
    }
}

/* ---- what clients see ---- */

static void
s_check_counters(sim_t *self, const sim_job_t *job, uint32_t processed, uint32_t failed,
                 uint8_t state, uint64_t version)
{
    if (processed > job->processed_most || failed > job->failed_most)
        sim_fail(self, "job %lu is shown with %u and %u results; %u and %u were ever on disk",
                 job->job_no, processed, failed, job->processed_most, job->failed_most);
    if (!(job->states_kept & 1u << state))
        sim_fail(self, "job %lu is shown as %s, which was never on disk", job->job_no,
                 job_state_word((job_state_t) state));
    if (version < job->told_version)
        sim_fail(self, "job %lu is shown with version %lu after %lu", job->job_no, version,
                 job->told_version);
    bool same_life = job->told_version > job->revived_above || version <= job->revived_above;
    if (same_life && processed + failed < job->told_processed + job->told_failed)
        sim_fail(self, "the progress of job %lu goes back", job->job_no);
}

static void
s_tell(sim_job_t *job, uint32_t processed, uint32_t failed, uint8_t state, uint64_t version)
{
    job->told_version = version;
    job->told_processed = processed;
    job->told_failed = failed;
    job->told_state = state;
}

static void
s_watch_record(sim_t *self, sim_client_t *client, const record_job_t *view)
{
    sim_job_t *job = sim_store_find(self, view->job_no);
    if (job == NULL || job->phase != SIM_CREATED)
        sim_fail(self, "job %lu is shown and is not on disk", view->job_no);
    if (!slice_is(job->create.owner, client->owner))
        sim_fail(self, "%s is shown a job of another user", client->owner);
    s_check_counters(self, job, view->processed, view->failed, view->state, view->version);
    if (view->version == job->told_version && job->told_version &&
        (view->processed != job->told_processed || view->failed != job->told_failed ||
         view->state != job->told_state))
        sim_fail(self, "two views of job %lu have version %lu", job->job_no, view->version);
    if (view->in_flight + view->retrying + view->processed + view->failed > view->total)
        sim_fail(self, "job %lu is shown with more documents than it has", job->job_no);
    bool limited = !slice_is(job->create.model_name, "offline");
    if (view->throttled_until && (!limited || view->state != JOB_PROCESSING))
        sim_fail(self, "job %lu is shown as throttled", job->job_no);
    if (view->tokens_in > job->tokens_in || view->cost_nano != view->tokens_in * 7)
        sim_fail(self, "job %lu is shown with %lu tokens; %lu are on disk", job->job_no,
                 view->tokens_in, job->tokens_in);
    s_tell(job, view->processed, view->failed, view->state, view->version);
    client->known_version = view->version;
}

static void
s_watch_view(sim_t *self, sim_client_t *client, slice_t frame)
{
    message_job_view_t view;
    record_job_t record;
    if (message_job_view_decode(frame, &view) != STATUS_OK ||
        record_job_take(&view.job, &record) != STATUS_OK)
        sim_fail(self, "JOB_VIEW does not decode");
    s_watch_record(self, client, &record);
}

static void
s_watch_page(sim_t *self, sim_client_t *client, slice_t frame)
{
    message_active_page_t page;
    record_job_t record;
    uint64_t before = UINT64_MAX;
    if (message_active_page_decode(frame, &page) != STATUS_OK)
        sim_fail(self, "ACTIVE_PAGE does not decode");
    while (page.jobs.size) {
        if (record_job_take(&page.jobs, &record) != STATUS_OK || record.job_no >= before)
            sim_fail(self, "ACTIVE_PAGE is not in order");
        before = record.job_no;
        s_watch_record(self, client, &record);
    }
    if (page.next && page.next != before)
        sim_fail(self, "ACTIVE_PAGE goes on before %lu and not %lu", page.next, before);
}

static void
s_watch_started(sim_t *self, const sim_client_t *client, slice_t frame)
{
    message_started_t started;
    if (message_started_decode(frame, &started) != STATUS_OK)
        sim_fail(self, "STARTED does not decode");
    sim_job_t *job = sim_store_find_id(self, slice_from(client->owner), started.job_id);
    if (job == NULL)
        sim_fail(self, "STARTED, and no such job is on disk");
    if (started.total != job->create.total)
        sim_fail(self, "STARTED says %u documents of %u", started.total, job->create.total);
}

static void
s_watch_chunk(sim_t *self, const sim_client_t *client, slice_t frame)
{
    message_chunk_stored_t stored;
    if (message_chunk_stored_decode(frame, &stored) != STATUS_OK)
        sim_fail(self, "CHUNK_STORED does not decode");
    if (stored.intake > client->start_count || stored.rows > client->rows_stored[stored.intake])
        sim_fail(self, "CHUNK_STORED says %u rows; fewer are on disk", stored.rows);
}

static sim_job_t *
s_commanded(sim_t *self, const sim_client_t *client, const sim_request_t *request)
{
    return sim_store_find_id(self, slice_from(client->owner), slice_from(request->job_id));
}

static void
s_watch_command(sim_t *self, const sim_client_t *client, const sim_request_t *request,
                slice_t frame)
{
    message_command_done_t done;
    if (message_command_done_decode(frame, &done) != STATUS_OK)
        sim_fail(self, "COMMAND_DONE does not decode");
    sim_job_t *job = s_commanded(self, client, request);
    if (job == NULL || done.command != request->command)
        sim_fail(self, "COMMAND_DONE of what was not asked");
    if (++job->told[done.command] > job->kept[done.command])
        sim_fail(self, "%s of job %lu is told before it is on disk",
                 job_command_word((job_command_t) done.command), job->job_no);
    if (done.command == JOB_COMMAND_PAUSE && job->resumed_order < request->order)
        job->pause_told = true;
}

void
sim_watch_reply(sim_t *self, const route_t *route, slice_t frame)
{
    uint32_t who = sim_client_of(self, route);
    if (who == SIM_CLIENTS)
        return; /* a worker that is gone */
    sim_client_t *client = &self->clients[who];
    uint64_t number = 0; /* the first member of every answer */
    memcpy(&number, frame.data + 4, sizeof number);
    if (number == 0 || number > client->request_count)
        sim_fail(self, "an answer to question %lu", number);
    sim_request_t *request = &client->requests[number - 1];
    if (++request->answered > request->came)
        sim_fail(self, "question %lu of client %u is answered twice", number, who);
    switch (message_number(frame)) {
    case MESSAGE_JOB_VIEW: s_watch_view(self, client, frame); break;
    case MESSAGE_ACTIVE_PAGE: s_watch_page(self, client, frame); break;
    case MESSAGE_STARTED: s_watch_started(self, client, frame); break;
    case MESSAGE_CHUNK_STORED: s_watch_chunk(self, client, frame); break;
    case MESSAGE_COMMAND_DONE: s_watch_command(self, client, request, frame); break;
    case MESSAGE_REFUSED:
    case MESSAGE_PONG: break;
    default: sim_fail(self, "a client is sent %s", message_name(message_number(frame)));
    }
}

/* ---- what subscribers see ---- */

static void
s_check_event(sim_t *self, const sim_job_t *job, const message_progress_t *progress)
{
    bool result = progress->kind == PROGRESS_SUCCESS || progress->kind == PROGRESS_FAILURE;
    if (result && !job->docs[progress->row].had_result)
        sim_fail(self, "the result of row %u of job %lu is published before it is on disk",
                 progress->row, job->job_no);
    static const job_state_t states[] = {
        [PROGRESS_PAUSED] = JOB_PAUSED,      [PROGRESS_COMPLETED] = JOB_COMPLETED,
        [PROGRESS_FAILED] = JOB_FAILED,      [PROGRESS_CANCELLED] = JOB_CANCELLED,
        [PROGRESS_STARTED] = JOB_PROCESSING,
    };
    uint8_t kind = progress->kind;
    if (kind < sizeof states / sizeof states[0] && states[kind] != JOB_PENDING &&
        !(job->states_kept & 1u << states[kind]))
        sim_fail(self, "job %lu is published as %s, which was never on disk", job->job_no,
                 job_state_word(states[kind]));
}

/* A result that was decided while nobody listened is not published: a hole, and the reason why a
 * subscriber that sees one reads the status. */
static bool
s_may_skip(const sim_t *self, const sim_job_t *job)
{
    return job->seq_listening != self->listening || self->committed <= self->audience_entry;
}

void
sim_watch_publish(sim_t *self, slice_t frame)
{
    message_progress_t progress;
    if (message_progress_decode(frame, &progress) != STATUS_OK)
        return; /* of the workers */
    sim_job_t *job = sim_store_find_id(self, progress.owner, progress.job_id);
    if (job == NULL)
        sim_fail(self, "progress of a job that is not on disk");
    if (job->seq_run == self->run && progress.seq != job->seq + 1 && !s_may_skip(self, job))
        sim_fail(self, "job %lu: seq %lu follows %lu", job->job_no, progress.seq, job->seq);
    if (progress.seq <= job->seq)
        sim_fail(self, "job %lu: seq %lu again, after %lu", job->job_no, progress.seq, job->seq);
    s_check_counters(self, job, progress.processed, progress.failed, progress.state, progress.seq);
    s_check_event(self, job, &progress);
    job->seq = progress.seq;
    job->seq_run = self->run;
    job->seq_listening = self->committed <= self->audience_entry ? 0 : self->listening;
    s_tell(job, progress.processed, progress.failed, progress.state, progress.seq);
}

/* ---- what goes to workers and to disk ---- */

void
sim_watch_work(sim_t *self, slice_t frame)
{
    message_work_t work;
    if (message_work_decode(frame, &work) != STATUS_OK)
        sim_fail(self, "WORK does not decode");
    sim_job_t *job = sim_store_find(self, work.job_no);
    if (job == NULL || job->phase != SIM_CREATED || work.row >= job->doc_count)
        sim_fail(self, "WORK of row %u of job %lu, which is not there", work.row, work.job_no);
    sim_doc_t *doc = &job->docs[work.row];
    if (work.lease <= self->last_lease)
        sim_fail(self, "lease %lu after lease %lu", work.lease, self->last_lease);
    if (job->pause_told)
        sim_fail(self, "WORK of job %lu, which is paused", job->job_no);
    if (job->told[JOB_COMMAND_CANCEL])
        sim_fail(self, "WORK of job %lu, which is cancelled", job->job_no);
    if (doc->has_result || doc->result_run == self->run)
        sim_fail(self, "WORK of row %u of job %lu, which has a result", work.row, job->job_no);
    self->last_lease = work.lease;
    doc->lease = work.lease;
    doc->lease_run = self->run;
}

/* A result that a worker made carries the epoch and the lease under which it was made. */
static void
s_watch_result(sim_t *self, const message_entry_result_t *entry)
{
    sim_job_t *job = sim_store_find(self, entry->job_no);
    if (job == NULL || entry->row >= job->doc_count)
        sim_fail(self, "a result of what is not there");
    sim_doc_t *doc = &job->docs[entry->row];
    if (doc->result_run == self->run)
        sim_fail(self, "a second result of row %u of job %lu is decided", entry->row, job->job_no);
    doc->result_run = self->run;
    char proof[64];
    uint64_t epoch, lease;
    snprintf(proof, sizeof proof, "%.*s", SLICE_ARG(entry->metadata));
    if (sscanf(proof, "%lu %lu", &epoch, &lease) != 2)
        return; /* given up by the control plane itself */
    if (epoch != self->epoch || lease != doc->lease || doc->lease_run != self->run)
        sim_fail(self, "the result of row %u of job %lu was made under another lease", entry->row,
                 job->job_no);
}

void
sim_watch_entry(sim_t *self, slice_t frame)
{
    message_entry_result_t entry;
    if (message_entry_result_decode(frame, &entry) == STATUS_OK)
        s_watch_result(self, &entry);
}

void
sim_watch_crash(sim_t *self)
{
    self->last_lease = 0;
    self->committed = self->committing = self->audience_entry = 0;
    self->audience = false;
    for (size_t i = 0; i < self->store.count; i++) {
        sim_job_t *job = self->store.jobs[i];
        if (job->phase == SIM_CREATED && job->state == JOB_PAUSED)
            job->pause_told = true;
        job->resumed_order = 0;
        /* What was kept and not told will never be told. */
        memcpy(job->told, job->kept, sizeof job->told);
        for (uint32_t row = 0; row < job->doc_count; row++)
            if (!job->docs[row].has_result)
                job->docs[row].result_run = 0;
    }
}

/* ---- the end ---- */

static bool
s_wants_answer(const sim_t *self, const sim_request_t *request)
{
    return request->run == self->run && request->answered == 0 &&
           request->number != MESSAGE_START_OPEN; /* only a refusal answers that one */
}

/* Without faults everything has come to its end: who asked was answered, who can be done is. */
void
sim_watch_end(sim_t *self)
{
    for (size_t i = 0; i < self->store.count; i++) {
        const sim_job_t *job = self->store.jobs[i];
        if (job->phase == SIM_CREATED && job->state == JOB_COMPLETED)
            for (uint32_t row = 0; row < job->doc_count; row++)
                if (!job->docs[row].has_result)
                    sim_fail(self, "job %lu is completed without row %u", job->job_no, row);
    }
    for (uint32_t who = 0; who < SIM_CLIENTS; who++)
        for (size_t i = 0; i < self->clients[who].request_count; i++)
            if (s_wants_answer(self, &self->clients[who].requests[i]))
                sim_fail(self, "question %zu of client %u (%s) was never answered", i + 1, who,
                         message_name(self->clients[who].requests[i].number));
}
