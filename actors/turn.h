/* What a decision may use: the time, and where its consequences go. Made by the control plane for
 * each message that it handles. */
#ifndef TAGMILL_ACTORS_TURN_H
#define TAGMILL_ACTORS_TURN_H

#include "actors/backoff.h"
#include "actors/effects.h"
#include "actors/instant.h"
#include "actors/ledger.h"
#include "actors/timer.h"

typedef struct {
    instant_t now;
    effects_t *effects;
    ledger_t *ledger;
    heap_t *timers;
    dice_t *dice;
    bool audience; /* somebody subscribes to progress */
} turn_t;

#endif
