#include "config/value.h"

#include <arpa/inet.h>
#include <assert.h>
#include <ctype.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "config/models.h"
#include "config/nearest.h"
#include "config/provider.h"

enum { VALUE_SIZE_MAX = 4096, PORT_MAX = 65535 };

/* True when the whole slice is a decimal port from `low`; sets `*port`. */
static bool
s_port(slice_t text, long low, long *port)
{
    if (text.size == 0 || text.size > 5)
        return false;
    *port = 0;
    for (size_t i = 0; i < text.size; i++) {
        if (!isdigit((unsigned char) text.data[i]))
            return false;
        *port = *port * 10 + (text.data[i] - '0');
    }
    return *port >= low && *port <= PORT_MAX;
}

/* Splits "host:port" at the last colon; an IPv6 host stands in brackets. */
static bool
s_split_host(slice_t text, slice_t *host, slice_t *port)
{
    size_t colon = text.size;
    while (colon > 0 && text.data[colon - 1] != ':')
        colon--;
    if (colon < 2)
        return false;
    *host = (slice_t){.data = text.data, .size = colon - 1};
    *port = (slice_t){.data = text.data + colon, .size = text.size - colon};
    bool bracketed = host->data[0] == '[' && host->data[host->size - 1] == ']' && host->size > 2;
    for (size_t i = 0; i < host->size; i++) {
        unsigned char c = (unsigned char) host->data[i];
        if (isspace(c) || c == '/' || c == ',' || (!bracketed && strchr(":[]", c)))
            return false;
    }
    return true;
}

static status_t
s_check_number(const config_row_t *row, const char *value, int64_t *number, fault_t *fault)
{
    char *end = NULL;
    errno = 0;
    long long parsed = strtoll(value, &end, 10);
    bool digits =
        isdigit((unsigned char) value[0]) || (value[0] == '-' && isdigit((unsigned char) value[1]));
    if (!digits || *end || errno || parsed < row->low || parsed > row->high)
        return fault_set(fault, STATUS_BAD_REQUEST,
                         "\"%.80s\" is not a whole number from %lld to %lld", value,
                         (long long) row->low, (long long) row->high);
    *number = parsed;
    return STATUS_OK;
}

static status_t
s_check_flag(const char *value, int64_t *number, fault_t *fault)
{
    if (strcmp(value, "true") != 0 && strcmp(value, "false") != 0)
        return fault_set(fault, STATUS_BAD_REQUEST, "\"%.80s\" is neither true nor false", value);
    *number = value[0] == 't';
    return STATUS_OK;
}

static status_t
s_check_choice(const config_row_t *row, const char *value, fault_t *fault)
{
    slice_t best = {0};
    size_t best_distance = SIZE_MAX;
    for (const char *word = row->choices;; word++) {
        slice_t choice = {.data = word, .size = strcspn(word, "|")};
        if (slice_is(choice, value))
            return STATUS_OK;
        size_t distance = nearest_distance(slice_from(value), choice);
        if (distance < best_distance) {
            best_distance = distance;
            best = choice;
        }
        word += choice.size;
        if (*word == '\0')
            break;
    }
    if (nearest_is_close(best_distance, best.size))
        return fault_set(fault, STATUS_BAD_REQUEST, "\"%.80s\" is none of %s; did you mean %.*s?",
                         value, row->choices, SLICE_ARG(best));
    return fault_set(fault, STATUS_BAD_REQUEST, "\"%.80s\" is none of %s", value, row->choices);
}

static status_t
s_check_address(const char *value, fault_t *fault)
{
    slice_t host, port;
    long number = 0;
    bool split = s_split_host(slice_from(value), &host, &port);
    if (split && s_port(port, 0, &number))
        return STATUS_OK;
    /* The HTTP library takes a letter after the port, and then crashes on its first TLS client. */
    if (split && port.size > 1 && strchr("sr", port.data[port.size - 1]))
        return fault_set(fault, STATUS_BAD_REQUEST,
                         "\"%.80s\": the gateway speaks plain HTTP, TLS belongs to a proxy in "
                         "front of it; write the port without \"%c\"",
                         value, port.data[port.size - 1]);
    return fault_set(fault, STATUS_BAD_REQUEST,
                     "\"%.80s\" is not HOST:PORT, as in 127.0.0.1:8000 (port 0 to %d)", value,
                     PORT_MAX);
}

static bool
s_starts_with(const char *value, const char *scheme, slice_t *rest)
{
    size_t size = strlen(scheme);
    if (strncmp(value, scheme, size) != 0)
        return false;
    *rest = slice_from(value + size);
    return rest->size > 0;
}

static status_t
s_check_endpoint(const char *value, fault_t *fault)
{
    slice_t rest, host, port;
    long number = 0;
    if (s_starts_with(value, "ipc://", &rest) || s_starts_with(value, "inproc://", &rest))
        return STATUS_OK;
    if (s_starts_with(value, "tcp://", &rest) && s_split_host(rest, &host, &port) &&
        s_port(port, 1, &number))
        return STATUS_OK;
    return fault_set(fault, STATUS_BAD_REQUEST,
                     "\"%.80s\" is none of ipc://PATH, tcp://HOST:PORT (port 1 to %d) and "
                     "inproc://NAME",
                     value, PORT_MAX);
}

static status_t
s_check_lanes(const char *value, fault_t *fault)
{
    slice_t rest, host, ports;
    if (s_starts_with(value, "ipc://", &rest))
        return STATUS_OK;
    if (s_starts_with(value, "tcp://", &rest) && s_split_host(rest, &host, &ports)) {
        const char *dash = memchr(ports.data, '-', ports.size);
        size_t before = dash ? (size_t) (dash - ports.data) : 0;
        long low = 0, high = 0;
        if (dash && s_port((slice_t){.data = ports.data, .size = before}, 1, &low) &&
            s_port((slice_t){.data = dash + 1, .size = ports.size - before - 1}, low, &high))
            return STATUS_OK;
    }
    return fault_set(fault, STATUS_BAD_REQUEST,
                     "\"%.80s\" is neither ipc://DIRECTORY nor tcp://HOST:LOW-HIGH with a range "
                     "of ports, as in tcp://10.0.0.1:5600-5699",
                     value);
}

/* True for ADDRESS/LENGTH, IPv4 or IPv6. */
static bool
s_is_network(slice_t text)
{
    char address[INET6_ADDRSTRLEN];
    const char *slash = memchr(text.data, '/', text.size);
    size_t size = slash ? (size_t) (slash - text.data) : text.size;
    if (!slash || size == 0 || size >= sizeof address)
        return false;
    memcpy(address, text.data, size);
    address[size] = '\0';
    unsigned char bytes[sizeof(struct in6_addr)];
    long length_max = inet_pton(AF_INET, address, bytes) == 1    ? 32
                      : inet_pton(AF_INET6, address, bytes) == 1 ? 128
                                                                 : -1;
    long length = 0;
    return length_max > 0 &&
           s_port((slice_t){.data = slash + 1, .size = text.size - size - 1}, 0, &length) &&
           length <= length_max;
}

static status_t
s_check_networks(const char *value, fault_t *fault)
{
    for (const char *from = value;; from++) {
        size_t size = strcspn(from, ",");
        slice_t network = slice_trim((slice_t){.data = from, .size = size});
        if (!s_is_network(network))
            return fault_set(fault, STATUS_BAD_REQUEST,
                             "\"%.*s\" is not a network as ADDRESS/LENGTH; right is a list such as "
                             "10.0.0.0/8,fd00::/8",
                             network.size < 80 ? (int) network.size : 80, network.data);
        from += size;
        if (*from == '\0')
            return STATUS_OK;
    }
}

/* An address below which requests go: no user (a key has a place of its own), query or fragment. */
static status_t
s_check_url(const char *value, fault_t *fault)
{
    slice_t rest;
    if (s_starts_with(value, "https://", &rest) || s_starts_with(value, "http://", &rest)) {
        size_t host = strcspn(rest.data, "/");
        bool good = host > 0 && rest.data[0] != ':' && strpbrk(rest.data, "?#@ \\") == NULL;
        if (good)
            return STATUS_OK;
    }
    return fault_set(fault, STATUS_BAD_REQUEST,
                     "\"%.80s\" is not http://HOST/PATH or https://HOST/PATH without user, query "
                     "and fragment, as in https://example.org/v1",
                     value);
}

static status_t
s_check_models(const char *value, fault_t *fault)
{
    slice_t list = slice_from(value);
    model_price_t price;
    status_t status = STATUS_OK;
    while (models_next(&list, &price, &status, fault))
        continue;
    return status;
}

/* Says nothing of the value. */
static status_t
s_check_secret(const char *value, fault_t *fault)
{
    if (provider_key_is_valid(slice_from(value)))
        return STATUS_OK;
    return fault_set(fault, STATUS_BAD_REQUEST, "a key is 1 to %d visible ASCII characters",
                     PROVIDER_KEY_MAX);
}

/* What holds for every type. */
static status_t
s_check_text(const config_row_t *row, const char *value, fault_t *fault)
{
    size_t size = strlen(value);
    if (size == 0 && !row->may_be_empty)
        return fault_set(fault, STATUS_BAD_REQUEST, "it may not be empty; the default is %s",
                         row->default_);
    if (size > VALUE_SIZE_MAX)
        return fault_set(fault, STATUS_BAD_REQUEST, "%zu bytes are too many; right are up to %d",
                         size, VALUE_SIZE_MAX);
    if (!text_is_utf8(slice_from(value)))
        return fault_set(fault, STATUS_BAD_REQUEST, "it is not UTF-8");
    for (size_t i = 0; i < size; i++)
        if (iscntrl((unsigned char) value[i]))
            return fault_set(fault, STATUS_BAD_REQUEST, "it holds a control character (byte %zu)",
                             i + 1);
    return STATUS_OK;
}

status_t
value_check(const config_row_t *row, const char *value, int64_t *number, fault_t *fault)
{
    status_t status = s_check_text(row, value, fault);
    if (status != STATUS_OK || *value == '\0')
        return status;
    switch (row->type) {
    case CONFIG_TYPE_NUMBER: return s_check_number(row, value, number, fault);
    case CONFIG_TYPE_FLAG: return s_check_flag(value, number, fault);
    case CONFIG_TYPE_CHOICE: return s_check_choice(row, value, fault);
    case CONFIG_TYPE_ADDRESS: return s_check_address(value, fault);
    case CONFIG_TYPE_ENDPOINT: return s_check_endpoint(value, fault);
    case CONFIG_TYPE_LANES: return s_check_lanes(value, fault);
    case CONFIG_TYPE_NETWORKS: return s_check_networks(value, fault);
    case CONFIG_TYPE_URL: return s_check_url(value, fault);
    case CONFIG_TYPE_MODELS: return s_check_models(value, fault);
    case CONFIG_TYPE_SECRET: return s_check_secret(value, fault);
    case CONFIG_TYPE_TEXT:
    case CONFIG_TYPE_PATH: break;
    }
    return STATUS_OK;
}
