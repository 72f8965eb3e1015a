#include "gateway/body_clock.h"

#include <assert.h>
#include <pthread.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <time.h>

#include "base/clock.h"
#include "base/memory.h"

enum { TICK_MS = 250 };

struct body_clock {
    pthread_t thread;
    pthread_mutex_t mutex; /* guards all below and the alarms in the ring */
    pthread_cond_t changed;
    bool stopping;
    body_alarm_t ring; /* its head; never rings */
};

static void
s_ring_due(body_clock_t *self, int64_t now_ms)
{
    for (body_alarm_t *alarm = self->ring.next; alarm != &self->ring; alarm = alarm->next) {
        if (alarm->has_rung || alarm->deadline_ms > now_ms)
            continue;
        alarm->has_rung = true;
        shutdown(alarm->descriptor, SHUT_RD);
    }
}

static void *
s_run(void *argument)
{
    body_clock_t *self = argument;
    pthread_mutex_lock(&self->mutex);
    while (!self->stopping) {
        if (self->ring.next == &self->ring) {
            pthread_cond_wait(&self->changed, &self->mutex);
            continue;
        }
        struct timespec until;
        clock_gettime(CLOCK_MONOTONIC, &until);
        until.tv_nsec += TICK_MS * 1000000L;
        until.tv_sec += until.tv_nsec / 1000000000L;
        until.tv_nsec %= 1000000000L;
        pthread_cond_timedwait(&self->changed, &self->mutex, &until);
        s_ring_due(self, clock_monotonic_ms());
    }
    pthread_mutex_unlock(&self->mutex);
    return NULL;
}

body_clock_t *
body_clock_new(void)
{
    body_clock_t *self = memory_new(sizeof *self);
    pthread_condattr_t attributes;
    self->ring.next = self->ring.previous = &self->ring;
    pthread_mutex_init(&self->mutex, NULL);
    pthread_condattr_init(&attributes);
    pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC);
    pthread_cond_init(&self->changed, &attributes);
    pthread_condattr_destroy(&attributes);
    int failed = pthread_create(&self->thread, NULL, s_run, self);
    assert(failed == 0);
    (void) failed;
    return self;
}

void
body_clock_destroy(body_clock_t **self_p)
{
    body_clock_t *self = *self_p;
    if (self == NULL)
        return;
    pthread_mutex_lock(&self->mutex);
    assert(self->ring.next == &self->ring);
    self->stopping = true;
    pthread_cond_signal(&self->changed);
    pthread_mutex_unlock(&self->mutex);
    pthread_join(self->thread, NULL);
    pthread_cond_destroy(&self->changed);
    pthread_mutex_destroy(&self->mutex);
    free(self);
    *self_p = NULL;
}

void
body_clock_arm(body_clock_t *self, body_alarm_t *alarm, int descriptor, int64_t deadline_ms)
{
    pthread_mutex_lock(&self->mutex);
    bool was_empty = self->ring.next == &self->ring;
    *alarm = (body_alarm_t){.next = &self->ring,
                            .previous = self->ring.previous,
                            .descriptor = descriptor,
                            .deadline_ms = deadline_ms};
    alarm->previous->next = alarm;
    self->ring.previous = alarm;
    if (was_empty)
        pthread_cond_signal(&self->changed);
    pthread_mutex_unlock(&self->mutex);
}

bool
body_clock_disarm(body_clock_t *self, body_alarm_t *alarm)
{
    pthread_mutex_lock(&self->mutex);
    alarm->previous->next = alarm->next;
    alarm->next->previous = alarm->previous;
    bool has_rung = alarm->has_rung;
    pthread_mutex_unlock(&self->mutex);
    return has_rung;
}
