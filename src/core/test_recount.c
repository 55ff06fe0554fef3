/* SPDX-License-Identifier: EUPL-1.2 */
/* The recount: one line, one rule. */

#include "test_recount.h"

#include <openssl/sha.h>

recount recount_in(arena *a, size_t room)
{
    return (recount){.a = a, .at = arena_array(a, counted_leaf, room), .room = room};
}

static bool broken(recount *r, const char *fault)
{
    r->fault = fault;
    return false;
}

static bool is_hex(const char *at, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if (!((at[i] >= '0' && at[i] <= '9') || (at[i] >= 'a' && at[i] <= 'f')))
            return false;
    return true;
}

/* A number without leading zeros, followed by `end`. */
static bool take_number(const char **at, char end, uint64_t *out)
{
    const char *start = *at;
    *out = 0;
    while (**at >= '0' && **at <= '9')
        *out = *out * 10 + (uint64_t)(*(*at)++ - '0');
    size_t digits = (size_t)(*at - start);
    bool is_good = digits > 0 && digits < 19 && (digits == 1 || *start != '0') && **at == end;
    (*at)++;
    return is_good;
}

static void hex_of_sha256(str bytes, char out[static 65])
{
    unsigned char hash[32];
    SHA256((const unsigned char *)bytes.at, bytes.n, hash);
    for (int i = 0; i < 32; i++)
        snprintf(out + 2 * i, 3, "%02x", hash[i]);
}

static bool take_add(recount *r, const char *at, size_t n, counted_leaf *leaf)
{
    if (n != 1 + 1 + 2 + 1 + 64 + 1 || !strchr("pom", at[0]) || at[1] != ' ' || at[4] != ' ' ||
        at[2] < 'A' || at[2] > 'Z' || at[3] < 'A' || at[3] > 'Z' || !is_hex(at + 5, 64))
        return broken(r, "malformed add");
    *leaf = (counted_leaf){.kind = at[0], .country = {at[2], at[3]}};
    return true;
}

static bool take_change(recount *r, const char *at, bool is_undo)
{
    uint64_t index;
    if (!take_number(&at, is_undo ? '\n' : ' ', &index))
        return broken(r, "malformed position");
    if (!is_undo && strcmp(at, "withdrawn\n") != 0 && strcmp(at, "invalid\n") != 0 &&
        strcmp(at, "duplicate\n") != 0)
        return broken(r, "unknown reason");
    if (index >= r->n || r->at[index].kind == 0)
        return broken(r, "sub or undo of something else than an earlier add");
    if (r->at[index].is_cancelled != is_undo)
        return broken(r, is_undo ? "undo without a sub" : "second sub");
    r->at[index].is_cancelled = !is_undo;
    return true;
}

static bool take_tally(recount *r, const char *at)
{
    uint64_t size, count;
    char hex[65];
    if (!take_number(&at, ' ', &size) || !take_number(&at, ' ', &count))
        return broken(r, "malformed tally");
    hex_of_sha256(recount_breakdown(r), hex);
    if (size != r->n || (int64_t)count != recount_total(r))
        return broken(r, "tally with another size or count");
    if (strncmp(at, hex, 64) != 0 || at[64] != '\n' || at[65] != '\0')
        return broken(r, "tally with another breakdown");
    r->tallies++;
    return true;
}

bool recount_take(recount *r, str leaf)
{
    const char *at = arena_cstr(r->a, leaf);
    counted_leaf taken = {.kind = 0};
    bool is_good;
    if (leaf.n > 200 || leaf.n != strlen(at) || leaf.n == 0 || at[leaf.n - 1] != '\n' ||
        strchr(at, '\n') != at + leaf.n - 1 || r->n == r->room)
        return broken(r, "no line");
    if (r->n == 0)
        is_good = strncmp(at, "sig1 open ", 10) == 0 && leaf.n == 75 && is_hex(at + 10, 64);
    else if (strncmp(at, "sig1 add ", 9) == 0)
        is_good = take_add(r, at + 9, leaf.n - 9, &taken);
    else if (strncmp(at, "sig1 sub ", 9) == 0)
        is_good = take_change(r, at + 9, false);
    else if (strncmp(at, "sig1 undo ", 10) == 0)
        is_good = take_change(r, at + 10, true);
    else if (strncmp(at, "sig1 tally ", 11) == 0)
        is_good = take_tally(r, at + 11);
    else
        is_good = false;
    if (!is_good)
        return broken(r, r->fault ? r->fault : "unknown verb");
    r->at[r->n++] = taken;
    return true;
}

int64_t recount_total(const recount *r)
{
    int64_t total = 0;
    for (size_t i = 0; i < r->n; i++)
        total += r->at[i].kind != 0 && !r->at[i].is_cancelled;
    return total;
}

str recount_breakdown(const recount *r)
{
    static const char kinds[] = "mop";
    int64_t counts[3][26 * 26] = {{0}};
    for (size_t i = 0; i < r->n; i++) {
        const counted_leaf *leaf = &r->at[i];
        if (leaf->kind && !leaf->is_cancelled)
            counts[strchr(kinds, leaf->kind) - kinds]
                  [(leaf->country[0] - 'A') * 26 + leaf->country[1] - 'A']++;
    }
    buf b = buf_in(r->a);
    for (int kind = 0; kind < 3; kind++)
        for (int code = 0; code < 26 * 26; code++)
            if (counts[kind][code])
                buf_printf(&b, "%c %c%c %lld\n", kinds[kind], 'A' + code / 26, 'A' + code % 26,
                           (long long)counts[kind][code]);
    return buf_str(&b);
}
