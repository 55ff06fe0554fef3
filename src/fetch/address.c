/* SPDX-License-Identifier: EUPL-1.2 */
/* IPv4 by what is reserved; IPv6 by what is given out at all (2000::/3), less what is reserved in
 * it or carries an IPv4 address. */

#include "fetch/address.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

static bool is_public_4(uint32_t ip)
{
    static const struct {
        uint32_t net;
        int bits;
    } reserved[] = {
        {0x00000000, 8},  {0x0a000000, 8},  {0x64400000, 10}, {0x7f000000, 8},  {0xa9fe0000, 16},
        {0xac100000, 12}, {0xc0000000, 24}, {0xc0000200, 24}, {0xc0586300, 24}, {0xc0a80000, 16},
        {0xc6120000, 15}, {0xc6336400, 24}, {0xcb007100, 24}, {0xe0000000, 3},
    };
    for (size_t i = 0; i < sizeof reserved / sizeof *reserved; i++)
        if ((ip ^ reserved[i].net) >> (32 - reserved[i].bits) == 0)
            return false;
    return true;
}

static bool is_public_6(const unsigned char *ip)
{
    static const unsigned char ietf[] = {0x20, 0x01}; /* 2001::/23, Teredo among them */
    static const unsigned char examples[] = {0x20, 0x01, 0x0d, 0xb8};
    static const unsigned char more_examples[] = {0x3f, 0xff};
    static const unsigned char six_to_four[] = {0x20, 0x02};
    bool is_ietf = memcmp(ip, ietf, sizeof ietf) == 0 && ip[2] < 2;
    return ip[0] >> 5 == 1 && !is_ietf && memcmp(ip, examples, sizeof examples) != 0 &&
           memcmp(ip, six_to_four, sizeof six_to_four) != 0 &&
           memcmp(ip, more_examples, sizeof more_examples) != 0;
}

bool address_is_public(const struct sockaddr *address)
{
    if (address->sa_family == AF_INET) {
        struct sockaddr_in in;
        memcpy(&in, address, sizeof in);
        return is_public_4(ntohl(in.sin_addr.s_addr));
    }
    if (address->sa_family == AF_INET6) {
        struct sockaddr_in6 in;
        memcpy(&in, address, sizeof in);
        return is_public_6(in.sin6_addr.s6_addr);
    }
    return false;
}
