/* SPDX-License-Identifier: EUPL-1.2 */
/* A stranger's log, a line each: what the recount takes is counted once more, the slow way. A line
 * "tally" or "close" stands for a true one, which no fuzzer could guess. */

#include "core/recount.h"

enum { LEAVES_MOST = 200 };

typedef struct slow_count {
    char kind[LEAVES_MOST]; /* of an add; 0: no add */
    bool is_out[LEAVES_MOST];
    size_t n;
} slow_count;

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static str true_claim(arena *a, const recount *r, str line)
{
    recounted now = recount_state(r);
    bool is_close = str_eq(line, S("close"));
    hash32 breakdown = hash_sha256(recount_breakdown(r, a));
    str hash = hex_make(a, hash_str(&breakdown));
    if (is_close)
        return arena_printf(a, "sig1 close %lld %.*s\n", (long long)now.total, STR_FMT(hash));
    return arena_printf(a, "sig1 tally %llu %lld %.*s\n", (unsigned long long)now.leaves,
                        (long long)now.total, STR_FMT(hash));
}

/* The leaf was taken, so its form is right. */
static void count_slowly(slow_count *s, str leaf)
{
    str rest = leaf, number;
    (void)str_cut(rest, ' ', &rest);
    str verb = str_cut(rest, ' ', &rest);
    s->kind[s->n] = str_eq(verb, S("add")) ? rest.at[0] : 0;
    s->is_out[s->n] = false;
    if (str_eq(verb, S("sub")) || str_eq(verb, S("undo"))) {
        size_t i = 0;
        number = str_head(rest, str_find(rest, ' '));
        for (size_t k = 0; k < number.n && number.at[k] != '\n'; k++)
            i = i * 10 + (size_t)(number.at[k] - '0');
        BUG_IF(i >= s->n || !s->kind[i]);
        s->is_out[i] = str_eq(verb, S("sub"));
    }
    s->n++;
}

static void compare(const recount *r, const slow_count *s)
{
    static const char kinds[] = {'p', 'o', 'm'};
    recounted got = recount_state(r);
    int64_t of[3] = {0};
    for (size_t i = 0; i < s->n; i++) {
        BUG_IF(recount_counts(r, i) != (s->kind[i] && !s->is_out[i]));
        for (int k = 0; k < 3; k++)
            of[k] += s->kind[i] == kinds[k] && !s->is_out[i];
    }
    BUG_IF(got.leaves != s->n || got.total != of[0] + of[1] + of[2]);
    for (int k = 0; k < 3; k++)
        BUG_IF(got.of[k] != of[k]);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static slow_count slow;
    crypto_init();
    str text = {(const char *)data, size < 40000 ? size : 40000};
    arena *a = arena_open(8 << 20);
    recount *r = recount_open();
    slow = (slow_count){.n = 0};
    while (text.n && slow.n < LEAVES_MOST) {
        str line = str_cut(text, '\n', &text);
        bool is_claim = str_eq(line, S("tally")) || str_eq(line, S("close"));
        str leaf = is_claim ? true_claim(a, r, line) : arena_printf(a, "%.*s\n", STR_FMT(line));
        recounted before = recount_state(r);
        if (recount_take(r, leaf)) {
            count_slowly(&slow, leaf);
        } else {
            recounted after = recount_state(r);
            BUG_IF(!recount_fault(r)[0] || before.leaves != after.leaves ||
                   before.total != after.total || !hash_eq(&before.root, &after.root));
            BUG_IF(is_claim && slow.n > 0 && !before.is_closed);
        }
    }
    compare(r, &slow);
    recount_close(r);
    arena_close(a);
    return 0;
}
