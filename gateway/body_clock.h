/* Ends the reading of bodies that take too long.
 *
 * mg_read waits for as many bytes as it is asked for and starts its time-out anew with every one
 * that drips in, so that a thread in it cannot keep a deadline itself. One thread watches over all:
 * at a body's deadline it shuts the connection's reading side, and mg_read returns.
 */
#ifndef TAGMILL_GATEWAY_BODY_CLOCK_H
#define TAGMILL_GATEWAY_BODY_CLOCK_H

#include <stdbool.h>
#include <stdint.h>

typedef struct body_clock body_clock_t;

/* A body that is being read; lives in its reader, between arm and disarm. */
typedef struct body_alarm {
    struct body_alarm *next;
    struct body_alarm *previous;
    int descriptor;
    int64_t deadline_ms; /* clock_monotonic_ms */
    bool has_rung;
} body_alarm_t;

/* Returns owned: a clock, its thread started. */
body_clock_t *body_clock_new(void);

/* Stops the thread, frees the clock and nulls the caller's pointer. No alarm may be armed.
 * Null-safe. */
void body_clock_destroy(body_clock_t **self_p);

/* Watches over `descriptor` from now on. Any thread. */
void body_clock_arm(body_clock_t *self, body_alarm_t *alarm, int descriptor, int64_t deadline_ms);

/* Ends that; from then on the descriptor is left alone. Returns whether the alarm has rung. Any
 * thread. */
bool body_clock_disarm(body_clock_t *self, body_alarm_t *alarm);

#endif
