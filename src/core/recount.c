/* SPDX-License-Identifier: EUPL-1.2 */
/* One line, one rule. The log is foreign input: nothing is assumed of a leaf before it is read.
 *
 * Memory grows by doubling and only with leaves that were taken, never with a size that somebody
 * claims. The table of commitments holds keyed hashes, because whoever writes a log could choose
 * commitments that all want the same place. */

#include "core/recount.h"

#include "base/number.h"
#include "base/random.h"
#include "crypto/note.h"

#include <stdlib.h>

enum {
    COUNTRIES = 26 * 26,
    CELLS = SIGNER_KINDS * COUNTRIES,
    CANCELLED = 0x8000, /* beside the cell of a leaf */
    LEAF_BYTES_MOST = 200,
    BREAKDOWN_BYTES_MOST = 1 << 20,
    FIRST_ROOM = 1024,
};

/* In the order of a breakdown: by the bytes of the letter. */
static const char kind_letters[] = "mop";

struct recount {
    merkle_frontier tree;
    hash32 last;
    uint16_t *leaves; /* 0: no add; else 1 + its cell, and CANCELLED */
    size_t leaves_room;
    uint64_t *seen; /* hashes of commitments by their low bits, linear; 0: free */
    size_t seen_room, seen_n;
    unsigned char seen_key[16];
    int64_t cells[CELLS];
    recounted sum;
    arena *scratch;
    hash32 breakdown; /* of cells, while it is fresh */
    bool is_fresh;
    const char *fault;
};

static void *memory(void *before, size_t n)
{
    void *at = realloc(before, n);
    if (!at) {
        fputs("out of memory\n", stderr);
        abort();
    }
    return at;
}

recount *recount_open(void)
{
    recount *r = memory(NULL, sizeof *r);
    *r = (recount){.scratch = arena_open(BREAKDOWN_BYTES_MOST)};
    random_fill(r->seen_key, sizeof r->seen_key);
    return r;
}

void recount_close(recount *r)
{
    if (!r)
        return;
    arena_close(r->scratch);
    free(r->leaves);
    free(r->seen);
    free(r);
}

static bool broken(recount *r, const char *fault)
{
    r->fault = fault;
    return false;
}

static bool is_hash(str text, unsigned char out[static 32])
{
    for (size_t i = 0; i < text.n; i++)
        if (text.at[i] >= 'A' && text.at[i] <= 'F')
            return false;
    return number_parse_hex(text, out, 32) == OK;
}

static bool is_number(str text, uint64_t *out)
{
    int64_t number;
    if (text.n == 0 || text.at[0] == '-' || (text.at[0] == '0' && text.n > 1) ||
        number_parse(text, 0, INT64_MAX, &number) != OK)
        return false;
    *out = (uint64_t)number;
    return true;
}

/* --- commitments --- */

static void seen_put(uint64_t *table, size_t room, uint64_t hash)
{
    size_t i = hash & (room - 1);
    while (table[i])
        i = (i + 1) & (room - 1);
    table[i] = hash;
}

static void seen_grow(recount *r)
{
    size_t room = r->seen_room ? 2 * r->seen_room : FIRST_ROOM;
    uint64_t *wider = calloc(room, sizeof *wider);
    if (!wider) {
        fputs("out of memory\n", stderr);
        abort();
    }
    for (size_t i = 0; i < r->seen_room; i++)
        if (r->seen[i])
            seen_put(wider, room, r->seen[i]);
    free(r->seen);
    r->seen = wider;
    r->seen_room = room;
}

/* False: it was there before. */
static bool see(recount *r, const unsigned char commitment[static 32])
{
    if (4 * (r->seen_n + 1) > 3 * r->seen_room)
        seen_grow(r);
    uint64_t hash = hash_keyed64(r->seen_key, (str){(const char *)commitment, 32});
    hash = hash ? hash : 1;
    size_t i = hash & (r->seen_room - 1);
    for (; r->seen[i]; i = (i + 1) & (r->seen_room - 1))
        if (r->seen[i] == hash)
            return false;
    r->seen[i] = hash;
    r->seen_n++;
    return true;
}

/* --- lines; each gets what follows its verb, without the LF --- */

static void count(recount *r, unsigned cell, int by)
{
    static const signer_kind kinds[] = {SIGNER_MANDATE, SIGNER_ORGANISATION, SIGNER_PERSON};
    r->cells[cell] += by;
    r->sum.of[kinds[cell / COUNTRIES] - SIGNER_PERSON] += by;
    r->sum.total += by;
    r->is_fresh = false;
}

static bool take_open(recount *r, str rest)
{
    return is_hash(rest, r->sum.manifest.at) || broken(r, "malformed open");
}

static bool is_capital(char c)
{
    return c >= 'A' && c <= 'Z';
}

static bool take_add(recount *r, str rest, uint16_t *out_leaf)
{
    unsigned char commitment[32];
    if (rest.n != 1 + 1 + 2 + 1 + 64 || rest.at[1] != ' ' || rest.at[4] != ' ' ||
        !is_capital(rest.at[2]) || !is_capital(rest.at[3]) ||
        !is_hash(str_skip(rest, 5), commitment))
        return broken(r, "malformed add");
    const char *kind = memchr(kind_letters, rest.at[0], SIGNER_KINDS);
    if (!kind)
        return broken(r, "malformed add");
    if (r->sum.is_closed)
        return broken(r, "an add after the close");
    if (!see(r, commitment))
        return broken(r, "the same commitment is added twice");
    unsigned cell = (unsigned)(kind - kind_letters) * COUNTRIES +
                    (unsigned)(rest.at[2] - 'A') * 26 + (unsigned)(rest.at[3] - 'A');
    *out_leaf = (uint16_t)(1 + cell);
    r->sum.adds++;
    count(r, cell, 1);
    return true;
}

/* The add that a sub or undo names. */
static uint16_t *named_add(recount *r, str position)
{
    uint64_t i;
    if (!is_number(position, &i)) {
        r->fault = "malformed position";
        return NULL;
    }
    if (i >= r->tree.size || r->leaves[i] == 0) {
        r->fault = "a sub or undo of something else than an earlier add";
        return NULL;
    }
    return &r->leaves[i];
}

static bool take_sub(recount *r, str rest)
{
    str reason;
    uint16_t *add = named_add(r, str_cut(rest, ' ', &reason));
    if (!add)
        return false;
    if (!str_eq(reason, S("withdrawn")) && !str_eq(reason, S("invalid")) &&
        !str_eq(reason, S("duplicate")))
        return broken(r, "unknown reason");
    if (*add & CANCELLED)
        return broken(r, "a second sub of the same add");
    *add |= CANCELLED;
    r->sum.subs++;
    count(r, (*add & (CANCELLED - 1u)) - 1u, -1);
    return true;
}

static bool take_undo(recount *r, str rest)
{
    uint16_t *add = named_add(r, rest);
    if (!add)
        return false;
    if (!(*add & CANCELLED))
        return broken(r, "an undo without a sub");
    *add &= CANCELLED - 1u;
    r->sum.undos++;
    count(r, *add - 1u, 1);
    return true;
}

/* "COUNT BREAKDOWN" against our own. */
static bool claim_agrees(recount *r, str rest)
{
    uint64_t n;
    unsigned char hash[32];
    str hash_text;
    if (!is_number(str_cut(rest, ' ', &hash_text), &n) || !is_hash(hash_text, hash))
        return broken(r, "malformed tally or close");
    if (n != (uint64_t)r->sum.total)
        return broken(r, "a tally or close with another count");
    if (!r->is_fresh) {
        arena_reset(r->scratch);
        r->breakdown = hash_sha256(recount_breakdown(r, r->scratch));
        r->is_fresh = true;
    }
    if (memcmp(hash, r->breakdown.at, sizeof hash) != 0)
        return broken(r, "a tally or close with another breakdown");
    return true;
}

static bool take_tally(recount *r, str rest)
{
    uint64_t size;
    str claim;
    if (!is_number(str_cut(rest, ' ', &claim), &size) || size != r->tree.size)
        return broken(r, "a tally of another size");
    if (!claim_agrees(r, claim))
        return false;
    r->sum.tallies++;
    return true;
}

static bool take_close(recount *r, str rest)
{
    if (r->sum.is_closed)
        return broken(r, "a second close");
    r->sum.is_closed = claim_agrees(r, rest);
    return r->sum.is_closed;
}

static bool take_mode(recount *r, str rest)
{
    static const char *const words[] = {"sync", "async", "paper"};
    unsigned char note[32];
    str hash;
    str word = str_cut(rest, ' ', &hash);
    for (size_t i = 0; i < sizeof words / sizeof *words; i++) {
        if (!str_eq(word, str_of(words[i])) || !is_hash(hash, note))
            continue;
        r->sum.mode = words[i];
        r->sum.mode_at = r->tree.size;
        return true;
    }
    return broken(r, "malformed mode");
}

static bool take_key(recount *r, str rest)
{
    str vkey;
    str role = str_cut(rest, ' ', &vkey);
    bool is_known = str_eq(role, S("log")) || str_eq(role, S("organiser"));
    if (!is_known || vkey.n == 0 || str_find(vkey, ' ') < vkey.n)
        return broken(r, "malformed key");
    r->sum.keys++;
    return true;
}

static bool is_line(str leaf)
{
    if (leaf.n < 2 || leaf.n > LEAF_BYTES_MOST || leaf.at[leaf.n - 1] != '\n')
        return false;
    for (size_t i = 0; i + 1 < leaf.n; i++)
        if (leaf.at[i] < 0x20 || leaf.at[i] > 0x7E)
            return false;
    return true;
}

static bool take_line(recount *r, str line, uint16_t *out_leaf)
{
    str rest;
    if (!str_eq(str_cut(line, ' ', &rest), S("sig1")))
        return broken(r, "not a line of this format");
    str verb = str_cut(rest, ' ', &rest);
    if (str_eq(verb, S("open")) != (r->tree.size == 0))
        return broken(r, "open is leaf 0, and only there");
    if (str_eq(verb, S("open")))
        return take_open(r, rest);
    if (str_eq(verb, S("add")))
        return take_add(r, rest, out_leaf);
    if (str_eq(verb, S("sub")))
        return take_sub(r, rest);
    if (str_eq(verb, S("undo")))
        return take_undo(r, rest);
    if (str_eq(verb, S("tally")))
        return take_tally(r, rest);
    if (str_eq(verb, S("close")))
        return take_close(r, rest);
    if (str_eq(verb, S("mode")))
        return take_mode(r, rest);
    return str_eq(verb, S("key")) ? take_key(r, rest) : broken(r, "unknown verb");
}

bool recount_take(recount *r, str leaf)
{
    uint16_t taken = 0;
    r->fault = NULL;
    if (!is_line(leaf))
        return broken(r, "not one line of at most 200 ASCII characters");
    if (!take_line(r, str_head(leaf, leaf.n - 1), &taken))
        return false;
    if (r->tree.size == r->leaves_room) {
        r->leaves_room = r->leaves_room ? 2 * r->leaves_room : FIRST_ROOM;
        r->leaves = memory(r->leaves, r->leaves_room * sizeof *r->leaves);
    }
    r->leaves[r->tree.size] = taken;
    r->last = merkle_leaf(leaf);
    merkle_append(&r->tree, &r->last);
    return true;
}

const char *recount_fault(const recount *r)
{
    return r->fault ? r->fault : "";
}

uint64_t recount_size(const recount *r)
{
    return r->tree.size;
}

recounted recount_state(const recount *r)
{
    recounted state = r->sum;
    state.leaves = r->tree.size;
    state.root = merkle_root(&r->tree);
    return state;
}

hash32 recount_leaf(const recount *r)
{
    BUG_IF(r->tree.size == 0);
    return r->last;
}

str recount_breakdown(const recount *r, arena *a)
{
    buf b = buf_in(a);
    for (unsigned cell = 0; cell < CELLS; cell++)
        if (r->cells[cell])
            buf_printf(&b, "%c %c%c %lld\n", kind_letters[cell / COUNTRIES],
                       'A' + cell % COUNTRIES / 26, 'A' + cell % 26, (long long)r->cells[cell]);
    return buf_str(&b);
}

bool recount_counts(const recount *r, uint64_t i)
{
    return i < r->tree.size && r->leaves[i] != 0 && !(r->leaves[i] & CANCELLED);
}
