/* Tokens for tests, good ones and every kind of bad one. */
#ifndef TAGMILL_TESTS_GATEWAY_MAKE_TOKEN_H
#define TAGMILL_TESTS_GATEWAY_MAKE_TOKEN_H

#include "base/slice.h"

/* Returns owned: a token of this header and these claims (any text), signed by HMAC-SHA256 with
 * `key`. */
char *make_token_hs256(const char *header, const char *claims, slice_t key);

/* Returns owned: a token made by libjwt, signed with `key` (a PEM private key, or a secret) as
 * `algorithm` says; claims is a JSON object. */
char *make_token(const char *algorithm, const char *claims, slice_t key);

/* A key pair of a test's own, as PEM; made at each start of the program. */
typedef struct {
    char *private_key; /* owned */
    char *public_key;  /* owned */
} key_pair_t;

/* Makes a pair for "RS256" or "ES256". */
void key_pair_make(key_pair_t *self, const char *algorithm);
void key_pair_free(key_pair_t *self);

#endif
