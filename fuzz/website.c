/* SPDX-License-Identifier: EUPL-1.2 */
/* Websites of organisations: whatever is written, what comes out is an address of http or https in
 * plain ASCII that leads to a named host, and normal already. */

#include "core/website.h"

enum { ARENA_BYTES = 1 << 20 };

int LLVMFuzzerTestOneInput(const unsigned char *bytes, size_t n);

static void check_form(arena *a, str website)
{
    str rest;
    BUG_IF(website.n > WEBSITE_BYTES_MOST);
    BUG_IF(!str_starts(website, S("http://")) && !str_starts(website, S("https://")));
    for (size_t i = 0; i < website.n; i++) {
        unsigned char c = (unsigned char)website.at[i];
        BUG_IF(c <= 0x20 || c >= 0x7f || strchr("\"'<>\\", c));
    }
    rest = str_skip(website, str_find_str(website, S("://")) + 3);
    rest = str_cut(rest, '/', &(str){0});
    rest = str_cut(rest, '?', &(str){0});
    rest = str_cut(rest, '#', &(str){0});
    BUG_IF(str_find(rest, '@') < rest.n || str_find(rest, '.') == rest.n);
    BUG_IF(website_host(a, website).n == 0);
}

int LLVMFuzzerTestOneInput(const unsigned char *bytes, size_t n)
{
    arena *a = arena_open(ARENA_BYTES);
    str normal, again;
    err e = website_normal(a, (str){(const char *)bytes, n}, &normal);
    BUG_IF(e != OK && e != ERR_INVALID);
    if (e == OK && normal.n) {
        check_form(a, normal);
        BUG_IF(website_normal(a, normal, &again) != OK || !str_eq(normal, again));
    }
    arena_close(a);
    return 0;
}
