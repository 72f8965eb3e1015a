#include "actors/scheduler.h"

#include "actors/job.h"

static void
s_enter_ring(scheduler_t *self, user_t *user)
{
    if (self->next == NULL) {
        user->before = user->after = user;
        self->next = user;
        return;
    }
    /* Just before whose turn it is: it has to wait for everybody once. */
    user->after = self->next;
    user->before = self->next->before;
    user->before->after = user;
    user->after->before = user;
}

static void
s_leave_ring(scheduler_t *self, user_t *user)
{
    if (self->next == user)
        self->next = user->after == user ? NULL : user->after;
    user->before->after = user->after;
    user->after->before = user->before;
    user->before = user->after = NULL;
}

void
scheduler_offer(scheduler_t *self, job_t *job)
{
    if (heap_has(&job->run))
        return;
    user_t *user = job->user;
    job->run.owner = job;
    heap_set(&user->run, &job->run, -(int64_t) job->priority, job->job_no);
    self->runnable_count++;
    if (user->after == NULL)
        s_enter_ring(self, user);
}

void
scheduler_withdraw(scheduler_t *self, job_t *job)
{
    if (!heap_has(&job->run))
        return;
    user_t *user = job->user;
    heap_remove(&user->run, &job->run);
    self->runnable_count--;
    if (heap_top(&user->run) == NULL)
        s_leave_ring(self, user);
}

job_t *
scheduler_next(scheduler_t *self)
{
    user_t *user = self->next;
    if (user == NULL)
        return NULL;
    self->next = user->after;
    return heap_top(&user->run)->owner;
}
