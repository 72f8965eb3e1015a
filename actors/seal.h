/* Seals the keys that jobs bring for models, so that on disk they are nothing without the seal's
 * file, and names keys without telling them.
 *
 * A sealed text is a random nonce and what libsodium's crypto_secretbox (XSalsa20-Poly1305) makes
 * of the text. Belongs to one thread.
 */
#ifndef TAGMILL_ACTORS_SEAL_H
#define TAGMILL_ACTORS_SEAL_H

#include "base/buffer.h"
#include "base/fault.h"

typedef struct seal seal_t;

enum { SEAL_NAME_SIZE = 33 }; /* of a name with its NUL: 16 bytes as hexadecimal */

/* Reads the seal at `path`, which is made (mode 0600) when it is not there. Returns owned in
 * `*self_p`.
 * BAD_REQUEST: it is no seal, or others can read it; IO_ERROR: it cannot be read or made. */
status_t seal_open(seal_t **self_p, const char *path, fault_t *fault);

/* Wipes and frees the seal and nulls the caller's pointer. Null-safe. */
void seal_close(seal_t **self_p);

/* Appends the sealed form of `text` to `out`. */
void seal_text(const seal_t *self, slice_t text, buffer_t *out);

/* Appends the text that `sealed` holds to `out`. MALFORMED: it was not made by this seal, or was
 * changed; `out` is as it was. */
status_t seal_break(const seal_t *self, slice_t sealed, buffer_t *out);

/* Writes a name for `text`: the same for the same text as long as this process lives, and of no use
 * to anybody else (BLAKE2b under a key that is drawn anew). `name` holds SEAL_NAME_SIZE bytes. */
void seal_name(const seal_t *self, slice_t text, char *name);

#endif
