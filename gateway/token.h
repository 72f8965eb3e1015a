/* Who asks: verifies a JSON Web Token (RFC 7519, RFC 7515) by the rules of this service.
 *
 * libjwt checks the signature and nothing else, with whatever algorithm the token names, and reads
 * claims loosely. So the token is read here first, strictly, before libjwt (whose parser recurses)
 * sees it, in this order: length, three segments, base64url, JSON with a depth limit and no name
 * twice, the one configured algorithm, no `crit`; then the signature; then the claims.
 */
#ifndef TAGMILL_GATEWAY_TOKEN_H
#define TAGMILL_GATEWAY_TOKEN_H

#include <stdint.h>

#include "base/fault.h"
#include "base/slice.h"
#include "config/config.h"
#include "messages/table.h"

enum {
    TOKEN_SIZE_MAX = 8192,
    TOKEN_SECRET_MIN = 32,     /* bytes of an HMAC key (RFC 7518, section 3.2) */
    TOKEN_LEEWAY_SECONDS = 30, /* for nbf and iat */
    TOKEN_CACHE_SIZE = 64
};

/* What every token is measured by; only read once made, from any thread. */
typedef struct token_rules token_rules_t;

/* Makes rules into `*out` (owned by the caller). `algorithm` is HS256, RS256 or ES256; `key` the
 * HMAC secret's bytes or the public key's PEM; `issuer` and `audience` may be empty. All borrowed.
 * BAD_REQUEST: another algorithm, a secret that is short or a PEM, a public key that is none. */
status_t token_rules_new(slice_t algorithm, slice_t key, slice_t issuer, slice_t audience,
                         token_rules_t **out, fault_t *fault);

/* The same from the settings auth/...; makes the secret file where it is missing. Errors as above
 * and those of file_secret and file_read. */
status_t token_rules_load(const config_t *config, token_rules_t **out, fault_t *fault);

/* Wipes the key, frees the rules and nulls the caller's pointer. Null-safe. */
void token_rules_destroy(token_rules_t **self_p);

typedef struct {
    char subject[OWNER_MAX + 1]; /* the user */
    size_t subject_size;
    int64_t expires_at; /* seconds since 1970 */
} token_claims_t;

/* Verifies `token` at `now` (seconds since 1970) and fills `claims`.
 * UNAUTHENTICATED: it does not hold; the detail says why, without a byte of the token. */
status_t token_verify(const token_rules_t *rules, slice_t token, int64_t now,
                      token_claims_t *claims, fault_t *fault);

/* Tokens that verified, remembered until they expire: checking a signature costs more than the rest
 * of a status request. For one thread. */
typedef struct token_cache token_cache_t;

/* Returns owned: an empty cache. */
token_cache_t *token_cache_new(void);

/* Wipes and frees the cache and nulls the caller's pointer. Null-safe. */
void token_cache_destroy(token_cache_t **self_p);

/* token_verify, asked once for each token. `*claims` is borrowed from the cache until the next
 * call. */
status_t token_cache_verify(token_cache_t *self, const token_rules_t *rules, slice_t token,
                            int64_t now, const token_claims_t **claims, fault_t *fault);

#endif
