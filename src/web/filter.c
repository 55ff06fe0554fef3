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

void filter_add(filter_form *fields, filter one)
{
    if (one.choices.n + one.is_partial < 2 && one.chosen.n == 0)
        return;
    BUG_IF(fields->n == FILTERS_MOST);
    fields->at[fields->n++] = one;
}

str filter_address(arena *a, const filter_form *fields)
{
    buf url = buf_in(a);
    buf_put(&url, fields->address);
    query_put(&url, "words", fields->words);
    for (size_t i = 0; i < fields->n; i++)
        query_put(&url, fields->at[i].name, fields->at[i].chosen);
    return buf_str(&url);
}

bool filter_finds(shown_list items, str key, str value)
{
    for (size_t i = 0; i < items.n; i++)
        if (str_eq(shown_fact(&items.at[i], key), value))
            return true;
    return false;
}

choice_list filter_countries(const page_context *pc, shown_list items)
{
    country_list countries = lang_countries(pc->frame.l);
    choice *all = arena_array(pc->a, choice, countries.n);
    size_t n = 0;
    for (size_t i = 0; i < countries.n; i++)
        if (filter_finds(items, S("country"), countries.at[i].code))
            all[n++] = (choice){countries.at[i].code, countries.at[i].name};
    return (choice_list){all, n};
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
