/* The inside of the journal, shared by its files and nobody else. */
#ifndef TAGMILL_ACTORS_JOURNAL_SELF_H
#define TAGMILL_ACTORS_JOURNAL_SELF_H

#include "actors/journal_keys.h"
#include "base/buffer.h"
#include "store/store.h"

typedef struct {
    store_t *store;
    journal_keys_t keys;
    void *inbox;    /* PAIR to the supervisor */
    buffer_t batch; /* the frames of the transaction, each behind its size; kept until committed */
    size_t entries; /* in the batch */
    uint64_t through;  /* number of its last entry */
    buffer_t outcomes; /* OUTCOME frames of the transaction, each behind its size */
    buffer_t scratch;
    slice_t entry_key;     /* the key that the entry at hand brings */
    bool lacks_key;        /* of the job that it names: its model needs one, and there is none */
    uint64_t ended_job_no; /* that job */
    bool has_keys;         /* the batch may hold keys */
    bool failing;          /* the last transaction failed */
    bool garbage;          /* there may be something to purge */
} journal_t;

/* journal_entries.c: applies one entry within the transaction. MALFORMED: the frame does not
 * decode; others as the store's. */
status_t journal_apply(journal_t *self, slice_t frame, fault_t *fault);

/* Puts a job and its key into the scratch as a STORED_JOB. */
void journal_append_job(journal_t *self, const store_job_t *job, slice_t api_key);

/* Appends `frame` behind its size; takes it off the front of `rest` again. */
void journal_append_frame(buffer_t *out, slice_t frame);
bool journal_take_frame(slice_t *rest, slice_t *frame);

#endif
