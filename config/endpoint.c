#include "config/endpoint.h"

#include <arpa/inet.h>
#include <string.h>

#include "base/slice.h"

/* An address, not a name: a name may begin like a loopback address and stand for another host, and
 * libzmq binds none. */
static bool
s_is_loopback(slice_t host)
{
    char text[INET6_ADDRSTRLEN + 2] = "";
    struct in_addr four;
    struct in6_addr six;
    if (host.size >= sizeof text)
        return false;
    memcpy(text, host.data, host.size);
    if (inet_pton(AF_INET, text, &four) == 1)
        return ntohl(four.s_addr) >> 24 == IN_LOOPBACKNET;
    if (text[0] != '[' || text[host.size - 1] != ']')
        return false;
    text[host.size - 1] = '\0';
    return inet_pton(AF_INET6, text + 1, &six) == 1 && IN6_IS_ADDR_LOOPBACK(&six);
}

bool
endpoint_is_local(const char *endpoint)
{
    static const char tcp[] = "tcp://";
    if (strncmp(endpoint, "ipc://", 6) == 0 || strncmp(endpoint, "inproc://", 9) == 0)
        return true;
    if (strncmp(endpoint, tcp, sizeof tcp - 1) != 0)
        return false;
    const char *host = endpoint + sizeof tcp - 1;
    const char *port = strrchr(host, ':');
    return port > host && s_is_loopback((slice_t){host, (size_t) (port - host)});
}
