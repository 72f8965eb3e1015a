/* The keys that jobs bring for their models, between the journal and its store.
 *
 * A key comes plain with an entry, is kept sealed, and goes plain to the control plane again when a
 * job is recovered. What the journal knows of providers is here too: which rate limit a job shares,
 * and whether its model can be asked without a key. Part of the journal actor.
 */
#ifndef TAGMILL_ACTORS_JOURNAL_KEYS_H
#define TAGMILL_ACTORS_JOURNAL_KEYS_H

#include "actors/seal.h"
#include "config/config.h"
#include "messages/message.h"
#include "store/store.h"

typedef struct {
    const config_t *config; /* borrowed */
    seal_t *seal;           /* owned */
    buffer_t key;           /* the last that was read, plain */
    char limit_name[LIMIT_NAME_MAX];
} journal_keys_t;

/* Opens the seal. Errors as seal_open. */
status_t journal_keys_open(journal_keys_t *self, const config_t *config, fault_t *fault);

/* Wipes and frees what it holds. */
void journal_keys_close(journal_keys_t *self);

/* Seals and keeps `api_key` of a job; nothing when it is empty. IO_ERROR as the store's. */
status_t journal_keys_keep(journal_keys_t *self, store_t *store, uint64_t job_no, slice_t api_key,
                           fault_t *fault);

/* Reads a job's key from the store; empty when it has none, or (which is logged) when the seal does
 * not fit. Valid until the next call. */
slice_t journal_keys_read(journal_keys_t *self, store_t *store, uint64_t job_no);

/* The name of the limit of a model and a key ("": the provider's own); empty for taggers that have
 * none. Valid until the next call. */
slice_t journal_keys_limit(journal_keys_t *self, slice_t model_name, slice_t api_key);

/* True when the model cannot be asked unless the job brings a key. */
bool journal_keys_are_needed(const journal_keys_t *self, slice_t model_name);

#endif
