#include "tests/gateway/make_token.h"

#include <assert.h>
#include <jwt.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <openssl/pem.h>
#include <sodium.h>
#include <stdlib.h>
#include <string.h>

#include "base/buffer.h"
#include "base/memory.h"

static void
s_append_base64(buffer_t *out, const void *data, size_t size)
{
    size_t room = sodium_base64_encoded_len(size, sodium_base64_VARIANT_URLSAFE_NO_PADDING);
    char *text = buffer_reserve(out, room);
    sodium_bin2base64(text, room, data, size, sodium_base64_VARIANT_URLSAFE_NO_PADDING);
    out->size += room - 1;
}

char *
make_token_hs256(const char *header, const char *claims, slice_t key)
{
    buffer_t token = {0};
    unsigned char mac[EVP_MAX_MD_SIZE];
    unsigned size = 0;
    s_append_base64(&token, header, strlen(header));
    buffer_append_byte(&token, '.');
    s_append_base64(&token, claims, strlen(claims));
    HMAC(EVP_sha256(), key.data, (int) key.size, (const unsigned char *) token.data, token.size,
         mac, &size);
    buffer_append_byte(&token, '.');
    s_append_base64(&token, mac, size);
    return token.data;
}

char *
make_token(const char *algorithm, const char *claims, slice_t key)
{
    jwt_t *jwt = NULL;
    int failed = jwt_new(&jwt);
    failed |= jwt_add_grants_json(jwt, claims);
    failed |=
        jwt_set_alg(jwt, jwt_str_alg(algorithm), (const unsigned char *) key.data, (int) key.size);
    assert(failed == 0);
    char *encoded = jwt_encode_str(jwt);
    assert(encoded != NULL);
    char *token = memory_copy_string(encoded, strlen(encoded));
    free(encoded);
    jwt_free(jwt);
    return token;
}

static char *
s_drain(BIO *bio)
{
    char *data = NULL;
    long size = BIO_get_mem_data(bio, &data);
    char *text = memory_copy_string(data, (size_t) size);
    BIO_free(bio);
    return text;
}

void
key_pair_make(key_pair_t *self, const char *algorithm)
{
    EVP_PKEY *key = strcmp(algorithm, "RS256") == 0 ? EVP_RSA_gen(2048) : EVP_EC_gen("P-256");
    assert(key != NULL);
    BIO *private_key = BIO_new(BIO_s_mem());
    BIO *public_key = BIO_new(BIO_s_mem());
    PEM_write_bio_PrivateKey(private_key, key, NULL, NULL, 0, NULL, NULL);
    PEM_write_bio_PUBKEY(public_key, key);
    self->private_key = s_drain(private_key);
    self->public_key = s_drain(public_key);
    EVP_PKEY_free(key);
}

void
key_pair_free(key_pair_t *self)
{
    free(self->private_key);
    free(self->public_key);
}
