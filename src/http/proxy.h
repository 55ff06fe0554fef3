/* SPDX-License-Identifier: EUPL-1.2 */
#pragma once
/* Who is really asking when a reverse proxy stands in front. A forwarding header is believed only
 * when the peer itself is trusted, and only from its right end: each trusted hop vouches for the
 * one before it, and the first address that is not trusted is the client. */

#include "base/base.h"
#include "base/personal.h"

typedef struct net {
    unsigned char address[16]; /* IPv4 mapped into IPv6 */
    int bits;                  /* of 128 */
} net;

typedef struct net_list {
    net *at;
    size_t n;
} net_list;

/* "192.0.2.0/24", "2001:db8::/32", "192.0.2.7". ERR_INVALID: not an address, or bits set behind
 * the prefix. */
MUST_USE err net_read(str text, net *out_net);
bool net_list_has(net_list list, const unsigned char address[static 16]);

/* An IP address as text, with or without port and brackets. */
MUST_USE err ip_read(str text, client_ip *out_ip);

/* The client behind a trusted peer by X-Forwarded-For (is_forwarded false) or Forwarded (true).
 * What cannot be read ends the walk: the last believable hop counts. */
client_ip proxy_client(net_list trusted, client_ip peer, str header, bool is_forwarded);

/* "https" or "http" from the right-most element of X-Forwarded-Proto or Forwarded; else empty. */
str proxy_scheme(str header, bool is_forwarded);
