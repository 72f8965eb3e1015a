/* What was given to the journal and is not on disk yet, in order, with what follows once it is.
 *
 * Commit before you tell: a decision appends an entry and notes here what may be told when that
 * entry is on disk. The ledger numbers the entries and gives the notes back in the same order.
 * Pure; not shared between threads.
 */
#ifndef TAGMILL_ACTORS_LEDGER_H
#define TAGMILL_ACTORS_LEDGER_H

#include <stdint.h>

#include "actors/effects.h"
#include "actors/spent.h"
#include "base/vocabulary.h"

/* Dispatch stops while more entries than this wait for the disk: work goes on as it drains. */
enum { LEDGER_FULL = 8192 };

typedef enum {
    NOTE_QUIET,   /* nothing is told */
    NOTE_CHUNK,   /* documents of a start: answer CHUNK_STORED */
    NOTE_CREATE,  /* a start: its outcome makes the job and the answer */
    NOTE_RESULT,  /* a result: raise the counters, publish */
    NOTE_ATTEMPT, /* a failed attempt: publish */
    NOTE_STATE,   /* a job's state: show it, answer, publish */
    NOTE_REVIVE   /* a retry: its outcome makes the job again */
} note_kind_t;

typedef struct {
    note_kind_t kind;
    struct job *job;  /* RESULT, ATTEMPT, STATE: not freed while a note names it */
    route_t route;    /* who waits for an answer; size 0: nobody */
    uint64_t request; /* its question */
    uint64_t number;  /* CHUNK: the intake; CREATE: the job_no */
    uint32_t count;   /* CHUNK: rows stored so far; ATTEMPT: milliseconds until the next */
    uint64_t version; /* STATE: the version that was journalled with it */
    int64_t at;       /* STATE: started_at or finished_at that was journalled with it */
    uint8_t state;    /* STATE: job_state_t */
    uint8_t event;    /* STATE: job_event_t */
    uint8_t command;  /* STATE with an answer: job_command_t */
    uint8_t failed;   /* RESULT: 1 when the document was given up */
    spent_t spent;    /* RESULT, ATTEMPT: what the model took for it */
    struct doc *doc;  /* RESULT, ATTEMPT with an audience: owned until told */
    buffer_t frame;   /* the DONE (RESULT, ATTEMPT), the OUTCOME (CREATE, REVIVE); owned */
} note_t;

typedef struct ledger ledger_t;

/* Returns owned: an empty ledger; the first entry will be number 1. */
ledger_t *ledger_new(void);

/* Frees the ledger with the notes that are still in it. Null-safe. */
void ledger_destroy(ledger_t **self_p);

/* Numbers the next entry and notes what follows it (takes note->doc and note->frame). Returns the
 * number, to be put into the entry's frame. */
uint64_t ledger_note(ledger_t *self, const note_t *note);

/* Returns the note of an entry that is not on disk yet (borrowed, until the next call), or NULL. */
note_t *ledger_find(ledger_t *self, uint64_t entry);

/* Takes the oldest note off when its entry is `through` or before. Returns false when there is
 * none. The caller owns what is in `*note` (note_free). */
bool ledger_take(ledger_t *self, uint64_t through, note_t *note);

/* Entries that wait for the disk. */
size_t ledger_size(const ledger_t *self);

/* Frees the doc and the frame of a note. */
void note_free(note_t *note);

#endif
