/* SPDX-License-Identifier: EUPL-1.2 */
#include "fetch/address.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

static bool is_public(const char *text)
{
    struct sockaddr_in in = {.sin_family = AF_INET};
    struct sockaddr_in6 in6 = {.sin6_family = AF_INET6};
    if (inet_pton(AF_INET, text, &in.sin_addr) == 1)
        return address_is_public((const struct sockaddr *)&in);
    assert_int_equal(inet_pton(AF_INET6, text, &in6.sin6_addr), 1);
    return address_is_public((const struct sockaddr *)&in6);
}

static void only_the_world_is_public(void **state)
{
    static const char *const public[] = {
        "1.1.1.1",     "8.8.8.8",           "100.128.0.1",    "172.15.255.255", "172.32.0.0",
        "192.0.1.1",   "192.169.0.1",       "198.17.0.1",     "198.20.0.1",     "223.255.255.1",
        "2606:4700::", "2a00:1450:4001::1", "2001:4860::8888"};
    static const char *const others[] = {"0.0.0.0",
                                         "10.1.2.3",
                                         "100.64.0.1",
                                         "100.127.255.255",
                                         "127.0.0.1",
                                         "127.255.0.1",
                                         "169.254.169.254",
                                         "172.16.0.1",
                                         "172.31.255.255",
                                         "192.0.0.1",
                                         "192.0.2.1",
                                         "192.88.99.1",
                                         "192.168.1.1",
                                         "198.18.0.1",
                                         "198.19.255.255",
                                         "198.51.100.1",
                                         "203.0.113.9",
                                         "224.0.0.1",
                                         "239.1.1.1",
                                         "255.255.255.255",
                                         "::",
                                         "::1",
                                         "::127.0.0.1",
                                         "::ffff:127.0.0.1",
                                         "::ffff:8.8.8.8",
                                         "64:ff9b::1",
                                         "fc00::1",
                                         "fd12::1",
                                         "fe80::1",
                                         "fec0::1",
                                         "ff02::1",
                                         "2001:db8::1",
                                         "2001::1",
                                         "2001:1ff::1",
                                         "2002:7f00:1::",
                                         "3fff::1",
                                         "100::1"};
    (void)state;
    for (size_t i = 0; i < sizeof public / sizeof *public; i++)
        if (!is_public(public[i]))
            fail_msg("%s is public", public[i]);
    for (size_t i = 0; i < sizeof others / sizeof *others; i++)
        if (is_public(others[i]))
            fail_msg("%s is not public", others[i]);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(only_the_world_is_public)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
