/* SPDX-License-Identifier: EUPL-1.2 */
/* A request head: however it arrives in pieces the end is found at the same place; and what is
 * accepted, written again in the plainest way, reads as the same request. */

#include "http/head.h"
#include "http/urlencode.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check_view(str s)
{
    for (size_t i = 0; i < s.n; i++)
        BUG_IF(s.at[i] == '\r' || s.at[i] == '\n' || s.at[i] == 0);
}

static void check_again(arena *a, const head *h, str method)
{
    static head second;
    buf b = buf_in(a);
    buf_printf(&b, "%.*s %.*s HTTP/1.%d\r\n", STR_FMT(method), STR_FMT(h->target), h->minor);
    for (size_t i = 0; i < h->n; i++) {
        check_view(h->lines[i].name);
        check_view(h->lines[i].value);
        buf_put(&b, h->lines[i].name);
        buf_put(&b, S(": "));
        buf_put(&b, h->lines[i].value);
        buf_put(&b, S("\r\n"));
    }
    buf_put(&b, S("\r\n"));
    BUG_IF(head_read(buf_str(&b), &second) != 0);
    BUG_IF(second.length != h->length || second.is_chunked != h->is_chunked);
    BUG_IF(second.keeps_alive != h->keeps_alive || second.n != h->n);
    BUG_IF(!str_eq(second.path, h->path) || !str_eq(second.query, h->query));
    BUG_IF(!str_eq(second.host, h->host));
}

static void check_target(arena *a, const head *h)
{
    str path = {0};
    url_pairs pairs = {0};
    if (!h->is_asterisk && urlencode_read_path(a, h->path, &path) == OK) {
        BUG_IF(path.at[0] != '/' || path.n > h->path.n);
        BUG_IF(str_find_str(path, S("/../")) < path.n || str_ends(path, S("/..")));
        check_view(path);
    }
    if (urlencode_read_pairs(a, h->query, 64, &pairs) == OK)
        BUG_IF(pairs.n > 64);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static head h;
    str bytes = {(const char *)data, size};
    head_scan scan = {0};
    size_t n = 0;
    int whole = head_find(bytes, 16384, &scan, &n);

    head_scan slow = {0};
    size_t slow_n = 0;
    int pieces = HEAD_MORE;
    for (size_t i = 0; i <= size && pieces == HEAD_MORE; i++)
        pieces = head_find(str_head(bytes, i), 16384, &slow, &slow_n);
    /* Of several reasons to refuse, a slow arrival may meet another one first. */
    BUG_IF((whole == HEAD_FOUND) != (pieces == HEAD_FOUND) || slow_n != n);
    BUG_IF((whole == HEAD_MORE) != (pieces == HEAD_MORE));

    if (whole != HEAD_FOUND || head_read(str_head(bytes, n), &h) != 0)
        return 0;
    BUG_IF(h.is_chunked && h.has_length);
    BUG_IF(h.length < 0 || h.n > HEAD_LINES_MOST);
    arena *a = arena_open(4 << 20);
    check_again(a, &h, str_head(bytes, str_find(bytes, ' ')));
    check_target(a, &h);
    arena_close(a);
    return 0;
}
