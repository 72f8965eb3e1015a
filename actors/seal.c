#include "actors/seal.h"

#include <sodium.h>
#include <stdlib.h>

#include "base/file.h"
#include "base/memory.h"

enum { HEX_SIZE = 2 * crypto_secretbox_KEYBYTES, NAME_BYTES = (SEAL_NAME_SIZE - 1) / 2 };

struct seal {
    unsigned char key[crypto_secretbox_KEYBYTES];
    unsigned char naming[crypto_generichash_KEYBYTES];
};

status_t
seal_open(seal_t **self_p, const char *path, fault_t *fault)
{
    buffer_t text = {0};
    *self_p = NULL;
    if (sodium_init() < 0)
        return fault_set(fault, STATUS_INTERNAL, "libsodium cannot start");
    status_t status = file_secret(path, HEX_SIZE, crypto_secretbox_KEYBYTES, &text, fault);
    seal_t *self = memory_new(sizeof *self);
    size_t size = 0;
    if (status == STATUS_OK &&
        (text.size != HEX_SIZE ||
         sodium_hex2bin(self->key, sizeof self->key, text.data, text.size, NULL, &size, NULL) != 0))
        status = fault_set(fault, STATUS_BAD_REQUEST,
                           "%s is no seal: right are %d hexadecimal digits", path, HEX_SIZE);
    buffer_wipe(&text);
    buffer_free(&text);
    if (status != STATUS_OK) {
        seal_close(&self);
        return status;
    }
    crypto_generichash_keygen(self->naming);
    *self_p = self;
    return STATUS_OK;
}

void
seal_close(seal_t **self_p)
{
    if (*self_p == NULL)
        return;
    sodium_memzero(*self_p, sizeof **self_p);
    free(*self_p);
    *self_p = NULL;
}

void
seal_text(const seal_t *self, slice_t text, buffer_t *out)
{
    size_t size = crypto_secretbox_NONCEBYTES + crypto_secretbox_MACBYTES + text.size;
    unsigned char *nonce = (unsigned char *) buffer_reserve(out, size);
    randombytes_buf(nonce, crypto_secretbox_NONCEBYTES);
    crypto_secretbox_easy(nonce + crypto_secretbox_NONCEBYTES, (const unsigned char *) text.data,
                          text.size, nonce, self->key);
    out->size += size;
    out->data[out->size] = '\0';
}

status_t
seal_break(const seal_t *self, slice_t sealed, buffer_t *out)
{
    const unsigned char *nonce = (const unsigned char *) sealed.data;
    if (sealed.size < crypto_secretbox_NONCEBYTES + crypto_secretbox_MACBYTES)
        return STATUS_MALFORMED;
    size_t size = sealed.size - crypto_secretbox_NONCEBYTES;
    unsigned char *text = (unsigned char *) buffer_reserve(out, size);
    if (crypto_secretbox_open_easy(text, nonce + crypto_secretbox_NONCEBYTES, size, nonce,
                                   self->key) != 0)
        return STATUS_MALFORMED;
    out->size += size - crypto_secretbox_MACBYTES;
    out->data[out->size] = '\0';
    return STATUS_OK;
}

void
seal_name(const seal_t *self, slice_t text, char *name)
{
    unsigned char hash[NAME_BYTES];
    crypto_generichash(hash, sizeof hash, (const unsigned char *) text.data, text.size,
                       self->naming, sizeof self->naming);
    sodium_bin2hex(name, SEAL_NAME_SIZE, hash, sizeof hash);
}
