/* A gateway on a free port of the loopback, with fake peers behind it and a token for alice. */
#ifndef TAGMILL_TESTS_GATEWAY_SITE_H
#define TAGMILL_TESTS_GATEWAY_SITE_H

#include "config/config.h"
#include "gateway/gateway.h"
#include "tests/gateway/fake_peers.h"
#include "tests/gateway/http_client.h"

typedef struct {
    char directory[64];
    fake_peers_t peers;
    config_t *config;
    gateway_t *gateway;
    int port;
    char *token; /* of alice, valid for an hour; owned */
} site_t;

/* cmocka's setup and teardown: *state is a site_t. One site serves a whole group of tests. */
int site_setup(void **state);
int site_teardown(void **state);

/* Asks as alice. */
void site_get(site_t *self, const char *target, response_t *response);
void site_post(site_t *self, const char *target, const char *content_type, const char *body,
               response_t *response);

/* Sends `head` (request line and headers, without the last empty line) with alice's token, then
 * `body`. */
void site_send(site_t *self, const char *head, const char *body, response_t *response);

#endif
