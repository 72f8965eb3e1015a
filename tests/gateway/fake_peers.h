/* A supervisor and a librarian for tests of the gateway: two ROUTERs and scripted answers.
 *
 * What they answer depends on the job_id that is asked for:
 *   live     active, version 7; a status that waits is answered after 300 ms with version 8;
 *            commands succeed
 *   paused   active; a pause is refused with WRONG_STATE
 *   done     known to the librarian only: completed, with RESULTS_TOTAL results
 *   taken    a start with this id is refused with ID_TAKEN
 *   any other is not found.
 */
#ifndef TAGMILL_TESTS_GATEWAY_FAKE_PEERS_H
#define TAGMILL_TESTS_GATEWAY_FAKE_PEERS_H

#include <pthread.h>
#include <stdatomic.h>

#include "messages/message.h"

enum { FAKE_RESULTS_TOTAL = 25, FAKE_PAGE = 10, FAKE_ENDPOINT_SIZE = 64 };

typedef struct {
    char control[FAKE_ENDPOINT_SIZE]; /* where they are bound */
    char library[FAKE_ENDPOINT_SIZE];
    atomic_bool is_silent; /* nothing is answered */
    atomic_bool is_store_broken;
    atomic_uint workers;
    atomic_bool is_stopping;
    pthread_t thread;
    pthread_mutex_t mutex; /* guards what was received */
    buffer_t open;         /* the last START_OPEN, START_CLOSE, frames */
    buffer_t close;
    buffer_t documents;                /* the DOCUMENT records of the last start */
    char command_key[API_KEY_MAX + 1]; /* that the last JOB_COMMAND brought */
    unsigned document_count;
    unsigned chunk_count;
    unsigned aborts;
    unsigned questions;
} fake_peers_t;

/* Binds both and starts their thread. */
void fake_peers_start(fake_peers_t *self);

/* Stops it and frees what was received. */
void fake_peers_stop(fake_peers_t *self);

/* Frames received so far; aborts among them. */
unsigned fake_peers_questions(fake_peers_t *self);
unsigned fake_peers_aborts(fake_peers_t *self);

/* Returns owned: copies of the last start, decoded by the caller. */
void fake_peers_last_start(fake_peers_t *self, buffer_t *open, buffer_t *close,
                           buffer_t *documents);

#endif
