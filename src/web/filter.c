/* SPDX-License-Identifier: EUPL-1.2 */
#include "web/filter.h"

#include "base/number.h"

void query_put(buf *url, const char *name, str value)
{
    if (value.n == 0)
        return;
    buf_put_char(url, url->n && memchr(url->at, '?', url->n) ? '&' : '?');
    buf_put(url, str_of(name));
    buf_put_char(url, '=');
    url_put_segment(url, value);
}

static str page_url(arena *a, str address, int64_t number)
{
    buf url = buf_in(a);
    buf_put(&url, address);
    if (number > 1)
        query_put(&url, "page", arena_printf(a, "%lld", (long long)number));
    return buf_str(&url);
}

err pager_of(arena *a, req *rq, size_t n, str address, pager *out_pager)
{
    int64_t number = 1, pages = (int64_t)((n + PAGE_ITEMS - 1) / PAGE_ITEMS);
    str asked = req_query(rq, S("page"));
    if (asked.n && number_parse(asked, 1, INT32_MAX, &number) != OK)
        return ERR_INVALID;
    if (number > 1 && number > pages)
        return ERR_NOT_FOUND;
    size_t first = (size_t)(number - 1) * PAGE_ITEMS;
    *out_pager = (pager){
        .page = number,
        .pages = pages,
        .first = first,
        .n = n - first < PAGE_ITEMS ? n - first : PAGE_ITEMS,
        .url = page_url(a, address, number),
        .previous_url = number > 1 ? page_url(a, address, number - 1) : (str){"", 0},
        .next_url = number < pages ? page_url(a, address, number + 1) : (str){"", 0},
    };
    return OK;
}
