/* SPDX-License-Identifier: EUPL-1.2 */
/* Header values that strangers write: cookies, Accept-Encoding, forwarding headers, dates, ranges,
 * form tokens, networks. */

#include "http/cookie.h"
#include "http/date.h"
#include "http/encoding.h"
#include "http/head.h"
#include "http/proxy.h"
#include "http/range.h"
#include "http/token.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check_proxy(str line, bool is_forwarded)
{
    net trusted[2];
    BUG_IF(net_read(S("10.0.0.0/8"), &trusted[0]) != OK);
    BUG_IF(net_read(S("fd00::/8"), &trusted[1]) != OK);
    net_list list = {trusted, 2};
    client_ip peer = {{0}};
    peer.private_bytes[0] = 0xfd;
    client_ip first = proxy_client(list, peer, line, is_forwarded);
    /* What a client writes in front cannot change what the proxy behind it says. */
    arena *a = arena_open(4 << 20);
    str longer = arena_printf(a, "for=203.0.113.9, %.*s, %s", STR_FMT(line),
                              is_forwarded ? "for=198.51.100.1" : "198.51.100.1");
    client_ip behind = proxy_client(list, peer, longer, is_forwarded);
    BUG_IF(behind.private_bytes[12] != 198);
    BUG_IF(net_list_has(list, first.private_bytes) && line.n == 0 &&
           memcmp(&first, &peer, sizeof peer) != 0);
    str scheme = proxy_scheme(line, is_forwarded);
    BUG_IF(scheme.n > 5);
    arena_close(a);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (size > 4096)
        return 0;
    static bool is_ready;
    if (!is_ready)
        crypto_init();
    is_ready = true;
    str line = {(const char *)data, size};
    str value = {0};
    if (cookie_read(line, S("s"), &value) == OK)
        BUG_IF(value.n > size || str_find(value, ';') < value.n);
    unsigned accepted = encoding_accepted(line);
    BUG_IF(!(accepted & 1u) || accepted >> ENCODING_COUNT);
    check_proxy(line, false);
    check_proxy(line, true);
    int64_t unix_s = 0;
    if (date_read(line, &unix_s) == OK)
        BUG_IF(unix_s < 0 || unix_s > 253402300800 + 31 * 86400);
    net parsed;
    if (net_read(line, &parsed) == OK)
        BUG_IF(parsed.bits < 0 || parsed.bits > 128);
    head_list_has(line, S("close"));
    int64_t from, n, bytes = 1000;
    if (range_choose(line, bytes, &from, &n) == RANGE_PART)
        BUG_IF(from < 0 || n <= 0 || from >= bytes || n > bytes - from);

    arena *a = arena_open(4 << 20);
    static const key32 key = {{1, 2, 3}};
    str made = form_token_make(a, &key, S("sign_post"), 1795366683000);
    int64_t age_ms;
    token_state state = form_token_check(a, &key, S("sign_post"), line, 1795366683000, 0, &age_ms);
    BUG_IF(state != TOKEN_FORGED && !str_eq(line, made));
    arena_close(a);
    return 0;
}
