/* A model client, a scripted server and a document, for the tests of both sides of model.h. */
#ifndef TAGMILL_TESTS_DOCUMENTS_MODEL_FIXTURE_H
#define TAGMILL_TESTS_DOCUMENTS_MODEL_FIXTURE_H

#include "documents/model/model.h"
#include "tests/documents/model_server.h"

#define FIXTURE_KEY "secret-key-123456"

enum { FIXTURE_PRICE_IN = 150, FIXTURE_PRICE_OUT = 600 };

/* Made anew for each test. */
typedef struct {
    model_server_t *server;
    char url[64];
    model_prompts_t prompts;
    model_t *model;
    provider_t provider; /* may be changed before a document is tagged, as may request */
    tag_request_t request;
    atomic_bool cancelled;
    model_choice_t choice; /* of the last document */
    model_answer_t answer;
    failure_t failure;
    buffer_t head, body; /* for model_server_last */
} model_fixture_t;

extern model_fixture_t fixture;

int fixture_setup(void **state);
int fixture_teardown(void **state);

/* Starts the server and points the provider's address at it. */
void fixture_start_server(const model_server_options_t *options);

/* Has the document tagged by the model that the server's script knows as `name`; "" for the
 * provider's key. Checks what holds of every answer. */
error_type_t fixture_tag_as(const char *name, slice_t api_key);

/* Fails the test unless the document gets the script's tags. */
void fixture_assert_tagged(const char *name);

/* Fails the test unless that takes `count` requests. */
void fixture_assert_requests(const char *name, uint32_t count);

/* Fails the test unless the document fails with `type` and a sentence that holds `why`. */
void fixture_assert_failed(const char *name, error_type_t type, const char *why);

/* How many requests the server has had. */
uint32_t fixture_requests(void);

#endif
