#include "documents/acquire/network.h"

#include <arpa/inet.h>
#include <netinet/in.h>

#include "tests/support/cmocka_all.h"

#define COUNT(array) (sizeof(array) / sizeof(array)[0])

static bool
s_admits(const network_set_t *allowed, const char *text)
{
    struct sockaddr_in v4 = {.sin_family = AF_INET};
    struct sockaddr_in6 v6 = {.sin6_family = AF_INET6};
    if (inet_pton(AF_INET, text, &v4.sin_addr) == 1)
        return network_admits(allowed, (struct sockaddr *) &v4, sizeof v4);
    assert_int_equal(inet_pton(AF_INET6, text, &v6.sin6_addr), 1);
    return network_admits(allowed, (struct sockaddr *) &v6, sizeof v6);
}

static void
public_addresses_are_admitted(void **state)
{
    (void) state;
    static const char *const addresses[] = {
        "1.1.1.1",         "8.8.8.8",        "9.255.255.255",        "11.0.0.0",
        "100.63.255.255",  "100.128.0.0",    "126.255.255.255",      "128.0.0.1",
        "168.63.129.15",   "169.253.1.1",    "172.15.255.255",       "172.32.0.0",
        "192.0.1.0",       "192.167.1.1",    "198.17.255.255",       "198.20.0.0",
        "223.255.255.255", "2606:4700::11",  "2a00:1450:4001::200e", "2001:4860:4860::8888",
        "2003::1",         "::ffff:8.8.8.8", "64:ff9b::8.8.8.8",     "3ffe::1",
    };
    network_set_t none = {0};
    for (size_t i = 0; i < COUNT(addresses); i++)
        if (!s_admits(&none, addresses[i]))
            fail_msg("%s is public", addresses[i]);
}

static void
every_other_address_is_refused(void **state)
{
    (void) state;
    static const char *const addresses[] = {
        "0.0.0.0",
        "0.1.2.3",
        "10.0.0.1",
        "10.255.255.255",
        "100.64.0.1",
        "100.100.100.200",
        "100.127.255.255",
        "127.0.0.1",
        "127.255.255.254",
        "168.63.129.16",
        "169.254.0.1",
        "169.254.169.254",
        "172.16.0.1",
        "172.31.255.255",
        "192.0.0.192",
        "192.0.2.1",
        "192.88.99.1",
        "192.168.0.1",
        "198.18.0.1",
        "198.19.255.255",
        "198.51.100.7",
        "203.0.113.9",
        "224.0.0.1",
        "239.255.255.255",
        "240.0.0.1",
        "255.255.255.255",
        "::",
        "::1",
        /* IPv4 in IPv6, every way of carrying it */
        "::ffff:127.0.0.1",
        "::ffff:10.0.0.1",
        "::ffff:169.254.169.254",
        "::ffff:7f00:1",
        "64:ff9b::127.0.0.1",
        "64:ff9b::10.0.0.1",
        "64:ff9b::a9fe:a9fe",
        "64:ff9b:1::8.8.8.8",
        "::127.0.0.1",
        "::8.8.8.8",
        "::ffff:0:8.8.8.8",
        "2002:7f00:1::1",
        "2002:808:808::1",
        "2001::1",
        "2001:0:4136:e378:8000:63bf:3fff:fdd2",
        /* not global unicast */
        "fe80::1",
        "fec0::1",
        "fc00::1",
        "fd00:ec2::254",
        "ff02::1",
        "100::1",
        "2001:db8::1",
        "2001:10::1",
        "2001:1ff::1",
        "3fff::1",
        "4000::1",
        "5f00::1",
        "e000::1",
    };
    network_set_t none = {0};
    for (size_t i = 0; i < COUNT(addresses); i++)
        if (s_admits(&none, addresses[i]))
            fail_msg("%s is not public", addresses[i]);
}

static void
allowed_networks_are_admitted_and_only_they(void **state)
{
    (void) state;
    network_set_t set = {0};
    assert_true(network_set_parse(&set, SLICE("127.0.0.0/8, 10.1.2.128/25,192.168.7.9 ,fd00::/9")));
    assert_int_equal(set.count, 4);
    static const char *const in[] = {
        "127.0.0.1", "127.9.9.9",  "10.1.2.128",       "10.1.2.255",         "192.168.7.9",
        "fd7f::1",   "fd00::ff:1", "::ffff:127.0.0.1", "::ffff:192.168.7.9", "8.8.8.8"};
    static const char *const out[] = {"10.1.2.127", "10.1.3.0", "192.168.7.8", "192.168.7.10",
                                      "fd80::1",    "fc00::1",  "::1",         "64:ff9b::127.0.0.1",
                                      "::127.0.0.1"};
    for (size_t i = 0; i < COUNT(in); i++)
        assert_true(s_admits(&set, in[i]));
    for (size_t i = 0; i < COUNT(out); i++)
        assert_false(s_admits(&set, out[i]));
    network_set_free(&set);
    assert_int_equal(set.count, 0);
}

static void
a_length_of_zero_holds_everything_of_its_family(void **state)
{
    (void) state;
    network_set_t set = {0};
    assert_true(network_set_parse(&set, SLICE("0.0.0.0/0")));
    assert_true(s_admits(&set, "127.0.0.1"));
    assert_false(s_admits(&set, "::1"));
    network_set_free(&set);
}

static void
malformed_networks_are_refused_and_leave_the_set_alone(void **state)
{
    (void) state;
    static const char *const bad[] = {"10.0.0.0/33", "fd00::/129",  "10.0.0/8",   "10.0.0.0/",
                                      "10.0.0.0/-1", "10.0.0.0/8x", "localhost",  "10.0.0.0/8,,",
                                      ",",           "10.0.0.0/ 8", "0x7f.0.0.1", "/8"};
    network_set_t set = {0};
    assert_true(network_set_parse(&set, SLICE("10.0.0.0/8")));
    for (size_t i = 0; i < COUNT(bad); i++) {
        if (network_set_parse(&set, slice_from(bad[i])))
            fail_msg("\"%s\" is malformed", bad[i]);
        assert_int_equal(set.count, 1);
    }
    assert_true(network_set_parse(&set, SLICE("  ")));
    network_set_free(&set);
}

static void
other_families_and_cut_addresses_are_refused(void **state)
{
    (void) state;
    network_set_t all = {0};
    assert_true(network_set_parse(&all, SLICE("::/0")));
    struct sockaddr_storage address = {.ss_family = AF_UNIX};
    assert_false(network_admits(&all, (struct sockaddr *) &address, sizeof address));
    address.ss_family = AF_INET6;
    assert_false(network_admits(&all, (struct sockaddr *) &address, sizeof(struct sockaddr_in)));
    network_set_free(&all);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(public_addresses_are_admitted),
        cmocka_unit_test(every_other_address_is_refused),
        cmocka_unit_test(allowed_networks_are_admitted_and_only_they),
        cmocka_unit_test(a_length_of_zero_holds_everything_of_its_family),
        cmocka_unit_test(malformed_networks_are_refused_and_leave_the_set_alone),
        cmocka_unit_test(other_families_and_cut_addresses_are_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
