#include "gateway/token.h"

#include <jwt.h>
#include <sodium.h>
#include <stdlib.h>
#include <string.h>

#include "base/buffer.h"
#include "base/file.h"
#include "base/memory.h"
#include "gateway/json_scan.h"
#include "gateway/json_view.h"

enum { KEY_FILE_MAX = 65536, SECRET_NEW_SIZE = 32 };

struct token_rules {
    jwt_alg_t algorithm;
    char *algorithm_name;
    buffer_t key;
    char *issuer;
    char *audience;
};

/* ---- rules ---- */

static bool
s_is_pem(slice_t key)
{
    return key.size >= 10 && memmem(key.data, key.size, "-----BEGIN", 10) != NULL;
}

static status_t
s_check_key(slice_t algorithm, slice_t key, fault_t *fault)
{
    if (slice_is(algorithm, "HS256")) {
        if (s_is_pem(key))
            return fault_set(fault, STATUS_BAD_REQUEST,
                             "auth/secret_file holds a PEM key; HS256 takes a secret, and a public "
                             "key is none");
        if (key.size < TOKEN_SECRET_MIN)
            return fault_set(fault, STATUS_BAD_REQUEST, "an HS256 secret has at least %d bytes",
                             TOKEN_SECRET_MIN);
        return STATUS_OK;
    }
    if (!slice_is(algorithm, "RS256") && !slice_is(algorithm, "ES256"))
        return fault_set(fault, STATUS_BAD_REQUEST, "auth/algorithm is HS256, RS256 or ES256");
    if (!s_is_pem(key) || memmem(key.data, key.size, "PUBLIC KEY", 10) == NULL)
        return fault_set(fault, STATUS_BAD_REQUEST, "auth/public_key_file is not a public key");
    return STATUS_OK;
}

status_t
token_rules_new(slice_t algorithm, slice_t key, slice_t issuer, slice_t audience,
                token_rules_t **out, fault_t *fault)
{
    status_t status = s_check_key(algorithm, key, fault);
    if (status != STATUS_OK)
        return status;
    token_rules_t *self = memory_new(sizeof *self);
    self->algorithm_name = slice_copy(algorithm);
    self->algorithm = jwt_str_alg(self->algorithm_name);
    buffer_append_slice(&self->key, key);
    self->issuer = slice_copy(issuer);
    self->audience = slice_copy(audience);
    *out = self;
    return STATUS_OK;
}

status_t
token_rules_load(const config_t *config, token_rules_t **out, fault_t *fault)
{
    slice_t algorithm = slice_from(config_text(config, CONFIG_AUTH_ALGORITHM));
    buffer_t key = {0};
    status_t status = slice_is(algorithm, "HS256")
                          ? file_secret(config_text(config, CONFIG_AUTH_SECRET_FILE),
                                        TOKEN_SECRET_MIN, SECRET_NEW_SIZE, &key, fault)
                          : file_read(config_text(config, CONFIG_AUTH_PUBLIC_KEY_FILE),
                                      KEY_FILE_MAX, &key, fault);
    if (status == STATUS_OK)
        status = token_rules_new(algorithm, buffer_slice(&key),
                                 slice_from(config_text(config, CONFIG_AUTH_ISSUER)),
                                 slice_from(config_text(config, CONFIG_AUTH_AUDIENCE)), out, fault);
    if (key.data)
        sodium_memzero(key.data, key.capacity);
    buffer_free(&key);
    return status;
}

void
token_rules_destroy(token_rules_t **self_p)
{
    token_rules_t *self = *self_p;
    if (self == NULL)
        return;
    sodium_memzero(self->key.data, self->key.capacity);
    buffer_free(&self->key);
    free(self->algorithm_name);
    free(self->issuer);
    free(self->audience);
    free(self);
    *self_p = NULL;
}

/* ---- reading ---- */

static status_t
s_refuse(fault_t *fault, const char *why)
{
    return fault_set(fault, STATUS_UNAUTHENTICATED, "the token does not verify: %s", why);
}

static bool
s_split(slice_t token, slice_t parts[3])
{
    for (int i = 0; i < 3; i++) {
        const char *dot = memchr(token.data, '.', token.size);
        if ((dot == NULL) != (i == 2))
            return false;
        size_t size = dot ? (size_t) (dot - token.data) : token.size;
        if (size == 0)
            return false;
        parts[i] = (slice_t){token.data, size};
        if (dot) {
            token.data += size + 1;
            token.size -= size + 1;
        }
    }
    return true;
}

/* Decodes a segment and makes sure that what it holds is one sound JSON object. */
static bool
s_decode_object(slice_t segment, buffer_t *out)
{
    unsigned char *room = (unsigned char *) buffer_reserve(out, segment.size);
    size_t size = 0;
    if (sodium_base642bin(room, segment.size, segment.data, segment.size, NULL, &size, NULL,
                          sodium_base64_VARIANT_URLSAFE_NO_PADDING) != 0)
        return false;
    out->size = size;
    out->data[size] = '\0';
    slice_t text = slice_trim(buffer_slice(out));
    return json_view_kind(text) == JSON_OBJECT && json_scan_text(text, NULL) == STATUS_OK;
}

static status_t
s_check_header(const token_rules_t *rules, slice_t header, fault_t *fault)
{
    slice_t value;
    if (!json_view_find(header, "alg", &value) || !json_view_is(value, rules->algorithm_name))
        return s_refuse(fault, "its algorithm is not the one that this service takes");
    if (json_view_find(header, "crit", &value))
        return s_refuse(fault, "it has a crit header");
    return STATUS_OK;
}

static status_t
s_check_signature(const token_rules_t *rules, slice_t token, fault_t *fault)
{
    char *text = slice_copy(token);
    jwt_t *jwt = NULL;
    int failed =
        jwt_decode(&jwt, text, (const unsigned char *) rules->key.data, (int) rules->key.size);
    bool holds = failed == 0 && jwt != NULL && jwt_get_alg(jwt) == rules->algorithm;
    jwt_free(jwt);
    free(text);
    return holds ? STATUS_OK : s_refuse(fault, "its signature is not ours");
}

/* ---- claims ---- */

static bool
s_audience_has(slice_t value, const char *wanted)
{
    slice_t inside, item;
    if (json_view_kind(value) != JSON_ARRAY)
        return json_view_is(value, wanted);
    if (!json_view_open(value, &inside))
        return false;
    while (json_view_element(&inside, &item))
        if (json_view_is(item, wanted))
            return true;
    return false;
}

static status_t
s_check_times(slice_t payload, int64_t now, token_claims_t *claims, fault_t *fault)
{
    slice_t value;
    int64_t when = 0;
    if (!json_view_find(payload, "exp", &value) || !json_view_integer(value, &claims->expires_at))
        return s_refuse(fault, "exp is missing or not a whole number");
    if (claims->expires_at <= now)
        return s_refuse(fault, "it has expired");
    static const char *const names[] = {"nbf", "iat"};
    for (size_t i = 0; i < 2; i++) {
        if (!json_view_find(payload, names[i], &value))
            continue;
        if (!json_view_integer(value, &when))
            return s_refuse(fault, "nbf or iat is not a whole number");
        if (when > now + TOKEN_LEEWAY_SECONDS)
            return s_refuse(fault, "it is not valid yet");
    }
    return STATUS_OK;
}

static status_t
s_check_names(const token_rules_t *rules, slice_t payload, fault_t *fault)
{
    slice_t value;
    if (*rules->issuer &&
        (!json_view_find(payload, "iss", &value) || !json_view_is(value, rules->issuer)))
        return s_refuse(fault, "iss is not the one that this service takes");
    if (*rules->audience &&
        (!json_view_find(payload, "aud", &value) || !s_audience_has(value, rules->audience)))
        return s_refuse(fault, "aud does not name this service");
    if (json_view_find(payload, "type", &value) && !json_view_is(value, "access"))
        return s_refuse(fault, "its type is not access");
    return STATUS_OK;
}

static status_t
s_check_subject(slice_t payload, token_claims_t *claims, fault_t *fault)
{
    slice_t value;
    buffer_t subject = {0};
    bool good = json_view_find(payload, "sub", &value) && json_view_string(value, &subject) &&
                subject.size >= 1 && subject.size <= OWNER_MAX;
    if (good) {
        memcpy(claims->subject, subject.data, subject.size + 1);
        claims->subject_size = subject.size;
    }
    buffer_free(&subject);
    return good ? STATUS_OK : s_refuse(fault, "sub is missing or not a text of 1 to 255 bytes");
}

static status_t
s_check_claims(const token_rules_t *rules, slice_t payload, int64_t now, token_claims_t *claims,
               fault_t *fault)
{
    status_t status = s_check_times(payload, now, claims, fault);
    if (status == STATUS_OK)
        status = s_check_names(rules, payload, fault);
    if (status == STATUS_OK)
        status = s_check_subject(payload, claims, fault);
    return status;
}

status_t
token_verify(const token_rules_t *rules, slice_t token, int64_t now, token_claims_t *claims,
             fault_t *fault)
{
    slice_t parts[3];
    *claims = (token_claims_t){0};
    if (token.size == 0 || token.size > TOKEN_SIZE_MAX)
        return s_refuse(fault, "its length is not that of a token");
    if (memchr(token.data, '\0', token.size) || !s_split(token, parts))
        return s_refuse(fault, "it does not have three segments");
    buffer_t header = {0}, payload = {0};
    status_t status = STATUS_OK;
    if (!s_decode_object(parts[0], &header) || !s_decode_object(parts[1], &payload))
        status = s_refuse(fault, "header or claims are not sound JSON");
    if (status == STATUS_OK)
        status = s_check_header(rules, buffer_slice(&header), fault);
    if (status == STATUS_OK)
        status = s_check_signature(rules, token, fault);
    if (status == STATUS_OK)
        status = s_check_claims(rules, slice_trim(buffer_slice(&payload)), now, claims, fault);
    buffer_free(&header);
    buffer_free(&payload);
    return status;
}

/* ---- cache ---- */

typedef struct {
    char *token; /* NULL: the place is free */
    size_t size;
    token_claims_t claims;
} entry_t;

struct token_cache {
    unsigned char hash_key[crypto_shorthash_KEYBYTES];
    entry_t entries[TOKEN_CACHE_SIZE]; /* each token has one place: its hash's */
};

token_cache_t *
token_cache_new(void)
{
    token_cache_t *self = memory_new(sizeof *self);
    crypto_shorthash_keygen(self->hash_key);
    return self;
}

static void
s_forget(entry_t *entry)
{
    if (entry->token)
        sodium_memzero(entry->token, entry->size);
    free(entry->token);
    *entry = (entry_t){0};
}

void
token_cache_destroy(token_cache_t **self_p)
{
    if (*self_p == NULL)
        return;
    for (size_t i = 0; i < TOKEN_CACHE_SIZE; i++)
        s_forget(&(*self_p)->entries[i]);
    free(*self_p);
    *self_p = NULL;
}

status_t
token_cache_verify(token_cache_t *self, const token_rules_t *rules, slice_t token, int64_t now,
                   const token_claims_t **claims, fault_t *fault)
{
    uint64_t hash = 0;
    crypto_shorthash((unsigned char *) &hash, (const unsigned char *) token.data, token.size,
                     self->hash_key);
    entry_t *entry = &self->entries[hash % TOKEN_CACHE_SIZE];
    *claims = &entry->claims;
    /* sodium_memcmp takes the same time however many bytes agree: no oracle for a signature. */
    if (entry->token && entry->size == token.size && entry->claims.expires_at > now &&
        sodium_memcmp(entry->token, token.data, token.size) == 0)
        return STATUS_OK;
    token_claims_t fresh;
    status_t status = token_verify(rules, token, now, &fresh, fault);
    if (status != STATUS_OK)
        return status;
    s_forget(entry);
    *entry = (entry_t){.token = slice_copy(token), .size = token.size, .claims = fresh};
    return STATUS_OK;
}
