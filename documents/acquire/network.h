/* Which network addresses documents may be fetched from.
 *
 * A document's address is given by a user, and the server stands inside networks that the user does
 * not: so only addresses of the public internet are connected to, unless the configuration names
 * more. The rules look at the binary address of a connection, never at a name or a spelling.
 * Sources: the IANA special-purpose address registries for IPv4 and IPv6 (RFC 6890 and updates).
 */
#ifndef TAGMILL_DOCUMENTS_NETWORK_H
#define TAGMILL_DOCUMENTS_NETWORK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/socket.h>

#include "base/slice.h"

/* A block of addresses. IPv4 is held as IPv4-mapped IPv6 (::ffff:0:0/96), so that one comparison
 * serves both. */
typedef struct {
    uint8_t prefix[16];
    unsigned bits; /* 0 to 128 */
} network_t;

/* A zeroed struct is the empty set. Read by any thread once it is filled. */
typedef struct {
    network_t *items; /* owned */
    size_t count;
} network_set_t;

/* Adds the networks of `text` (borrowed), CIDRs split by commas ("10.0.0.0/8, fd00::/8"; an address
 * without "/" is that one address; bits beyond the length are ignored). Returns false, with the set
 * as it was, when one is malformed. */
bool network_set_parse(network_set_t *self, slice_t text);

/* Frees what the set holds and leaves it empty. */
void network_set_free(network_set_t *self);

/* True when `address` (borrowed, `size` bytes) is IPv4 or IPv6, whole, and either public or in
 * `allowed`. An IPv4-mapped IPv6 address counts as the IPv4 address in it. A NAT64 address
 * (RFC 6052, 64:ff9b::/96) is public when the IPv4 address in it is; other ways of carrying IPv4 in
 * IPv6 (6to4, Teredo, IPv4-compatible) are never public. Any thread. */
bool network_admits(const network_set_t *allowed, const struct sockaddr *address, size_t size);

#endif
