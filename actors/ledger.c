#include "actors/ledger.h"

#include <stdlib.h>

#include "actors/doc.h"
#include "base/memory.h"

/* A ring: entry n stands at n % capacity, so that an outcome finds its note at once. */
struct ledger {
    note_t *notes;
    size_t capacity; /* a power of two */
    uint64_t oldest; /* entry number of the oldest note */
    uint64_t next;   /* entry number of the next note */
};

ledger_t *
ledger_new(void)
{
    ledger_t *self = memory_new(sizeof *self);
    self->capacity = 256;
    self->notes = memory_new(self->capacity * sizeof(note_t));
    self->oldest = self->next = 1;
    return self;
}

void
ledger_destroy(ledger_t **self_p)
{
    ledger_t *self = *self_p;
    if (self == NULL)
        return;
    note_t note;
    while (ledger_take(self, UINT64_MAX, &note))
        note_free(&note);
    free(self->notes);
    free(self);
    *self_p = NULL;
}

static note_t *
s_at(const ledger_t *self, uint64_t entry)
{
    return &self->notes[entry & (self->capacity - 1)];
}

static void
s_grow(ledger_t *self)
{
    ledger_t larger = *self;
    larger.capacity = self->capacity * 2;
    larger.notes = memory_new(larger.capacity * sizeof(note_t));
    for (uint64_t entry = self->oldest; entry < self->next; entry++)
        *s_at(&larger, entry) = *s_at(self, entry);
    free(self->notes);
    *self = larger;
}

uint64_t
ledger_note(ledger_t *self, const note_t *note)
{
    if (self->next - self->oldest == self->capacity)
        s_grow(self);
    *s_at(self, self->next) = *note;
    return self->next++;
}

note_t *
ledger_find(ledger_t *self, uint64_t entry)
{
    return entry >= self->oldest && entry < self->next ? s_at(self, entry) : NULL;
}

bool
ledger_take(ledger_t *self, uint64_t through, note_t *note)
{
    if (self->oldest == self->next || self->oldest > through)
        return false;
    *note = *s_at(self, self->oldest++);
    return true;
}

size_t
ledger_size(const ledger_t *self)
{
    return (size_t) (self->next - self->oldest);
}

void
note_free(note_t *note)
{
    doc_free(note->doc);
    if (note->kind == NOTE_CREATE || note->kind == NOTE_REVIVE)
        buffer_wipe(&note->frame); /* the job's key may be in its outcome */
    buffer_free(&note->frame);
    note->doc = NULL;
}
