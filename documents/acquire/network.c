#include "documents/acquire/network.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"

enum { V4_OFFSET = 12, V4_BITS = 96, CIDR_SIZE_MAX = 64 };

static const uint8_t V4_MAPPED[V4_OFFSET] = {[10] = 0xff, [11] = 0xff};
static const uint8_t NAT64[V4_OFFSET] = {0x00, 0x64, 0xff, 0x9b};

/* What is not public in IPv4: the special-purpose registry's rows that are not globally reachable,
 * multicast, the reserved rest, and the one public address that is a cloud's own metadata service
 * on every host of that cloud. */
static const network_t SPECIAL_V4[] = {
#define V4(a, b, c, d, length)                                                                     \
    {                                                                                              \
        .prefix = {[10] = 0xff, [11] = 0xff, (a), (b), (c), (d)}, .bits = V4_BITS + (length)       \
    }
    V4(0, 0, 0, 0, 8),        /* this network */
    V4(10, 0, 0, 0, 8),       /* private */
    V4(100, 64, 0, 0, 10),    /* shared by carriers; one cloud's metadata */
    V4(127, 0, 0, 0, 8),      /* loopback */
    V4(168, 63, 129, 16, 32), /* one cloud's platform services */
    V4(169, 254, 0, 0, 16),   /* link-local; most clouds' metadata */
    V4(172, 16, 0, 0, 12),    /* private */
    V4(192, 0, 0, 0, 24),     /* protocol assignments */
    V4(192, 0, 2, 0, 24),     /* documentation */
    V4(192, 88, 99, 0, 24),   /* 6to4 relays, withdrawn */
    V4(192, 168, 0, 0, 16),   /* private */
    V4(198, 18, 0, 0, 15),    /* benchmarks */
    V4(198, 51, 100, 0, 24),  /* documentation */
    V4(203, 0, 113, 0, 24),   /* documentation */
    V4(224, 0, 0, 0, 4),      /* multicast */
    V4(240, 0, 0, 0, 4),      /* reserved, broadcast */
#undef V4
};

/* Only 2000::/3 is given out as global unicast; within it, these are not public. */
static const network_t GLOBAL_V6 = {.prefix = {0x20}, .bits = 3};
static const network_t SPECIAL_V6[] = {
    {.prefix = {0x20, 0x01}, .bits = 23},             /* protocol assignments, Teredo among them */
    {.prefix = {0x20, 0x01, 0x0d, 0xb8}, .bits = 32}, /* documentation */
    {.prefix = {0x20, 0x02}, .bits = 16},             /* 6to4: IPv4 inside */
    {.prefix = {0x3f, 0xff}, .bits = 20},             /* documentation */
};

static bool
s_holds(const network_t *network, const uint8_t address[16])
{
    unsigned whole = network->bits / 8, rest = network->bits % 8;
    if (memcmp(network->prefix, address, whole) != 0)
        return false;
    return rest == 0 || (network->prefix[whole] ^ address[whole]) >> (8 - rest) == 0;
}

static bool
s_any_holds(const network_t *networks, size_t count, const uint8_t address[16])
{
    for (size_t i = 0; i < count; i++)
        if (s_holds(&networks[i], address))
            return true;
    return false;
}

static bool
s_is_public(const uint8_t address[16])
{
    if (memcmp(address, V4_MAPPED, V4_OFFSET) == 0)
        return !s_any_holds(SPECIAL_V4, sizeof SPECIAL_V4 / sizeof SPECIAL_V4[0], address);
    if (memcmp(address, NAT64, V4_OFFSET) == 0) {
        uint8_t inner[16];
        memcpy(inner, V4_MAPPED, V4_OFFSET);
        memcpy(inner + V4_OFFSET, address + V4_OFFSET, 4);
        return s_is_public(inner);
    }
    return s_holds(&GLOBAL_V6, address) &&
           !s_any_holds(SPECIAL_V6, sizeof SPECIAL_V6 / sizeof SPECIAL_V6[0], address);
}

static bool
s_read_address(const struct sockaddr *address, size_t size, uint8_t out[16])
{
    if (size >= sizeof(struct sockaddr_in) && address->sa_family == AF_INET) {
        struct sockaddr_in v4;
        memcpy(&v4, address, sizeof v4);
        memcpy(out, V4_MAPPED, V4_OFFSET);
        memcpy(out + V4_OFFSET, &v4.sin_addr, 4);
        return true;
    }
    if (size >= sizeof(struct sockaddr_in6) && address->sa_family == AF_INET6) {
        struct sockaddr_in6 v6;
        memcpy(&v6, address, sizeof v6);
        memcpy(out, &v6.sin6_addr, 16);
        return true;
    }
    return false;
}

bool
network_admits(const network_set_t *allowed, const struct sockaddr *address, size_t size)
{
    uint8_t bytes[16];
    if (!s_read_address(address, size, bytes))
        return false;
    return s_any_holds(allowed->items, allowed->count, bytes) || s_is_public(bytes);
}

static bool
s_parse_bits(const char *text, unsigned limit, unsigned *out)
{
    if (*text < '0' || *text > '9' || strlen(text) > 3)
        return false;
    char *end;
    unsigned long bits = strtoul(text, &end, 10);
    if (*end != '\0' || bits > limit)
        return false;
    *out = (unsigned) bits;
    return true;
}

static bool
s_parse_cidr(slice_t text, network_t *out)
{
    char cidr[CIDR_SIZE_MAX];
    text = slice_trim(text);
    if (text.size == 0 || text.size >= sizeof cidr || memchr(text.data, '\0', text.size))
        return false;
    memcpy(cidr, text.data, text.size);
    cidr[text.size] = '\0';
    char *slash = strchr(cidr, '/');
    if (slash)
        *slash = '\0';
    *out = (network_t){.bits = 128};
    memcpy(out->prefix, V4_MAPPED, V4_OFFSET);
    unsigned base = V4_BITS;
    if (inet_pton(AF_INET, cidr, out->prefix + V4_OFFSET) != 1) {
        base = 0;
        if (inet_pton(AF_INET6, cidr, out->prefix) != 1)
            return false;
    }
    if (slash == NULL)
        return true;
    if (!s_parse_bits(slash + 1, 128 - base, &out->bits))
        return false;
    out->bits += base;
    return true;
}

bool
network_set_parse(network_set_t *self, slice_t text)
{
    size_t count = self->count;
    text = slice_trim(text);
    while (text.size) {
        const char *comma = memchr(text.data, ',', text.size);
        slice_t item = {text.data, comma ? (size_t) (comma - text.data) : text.size};
        network_t network;
        if (!s_parse_cidr(item, &network)) {
            self->count = count;
            return false;
        }
        self->items = memory_resize(self->items, (self->count + 1) * sizeof self->items[0]);
        self->items[self->count++] = network;
        size_t step = item.size + (comma ? 1 : 0);
        text = (slice_t){text.data + step, text.size - step};
    }
    return true;
}

void
network_set_free(network_set_t *self)
{
    free(self->items);
    *self = (network_set_t){0};
}
