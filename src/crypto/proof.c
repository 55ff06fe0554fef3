/* SPDX-License-Identifier: EUPL-1.2 */
/* Line by line; what a writer following C2SP would not have written is refused. */

#include "crypto/proof.h"

#include "base/number.h"

#define FIRST_LINE "c2sp.org/tlog-proof@v1"

enum { PATH_MOST = 63 };

str tlog_proof_make(arena *a, const tlog_proof *p)
{
    BUG_IF(p->index > INT64_MAX || p->path.n > PATH_MOST || p->extra.n > PROOF_MAX_EXTRA_BYTES);
    buf b = buf_in(a);
    buf_put(&b, S(FIRST_LINE "\n"));
    if (p->extra.n) {
        buf_put(&b, S("extra "));
        buf_put(&b, base64_make(a, p->extra));
        buf_put_char(&b, '\n');
    }
    buf_put(&b, S("index "));
    buf_put_int(&b, (int64_t)p->index);
    buf_put_char(&b, '\n');
    for (size_t i = 0; i < p->path.n; i++) {
        buf_put(&b, base64_make(a, hash_str(&p->path.at[i])));
        buf_put_char(&b, '\n');
    }
    buf_put_char(&b, '\n');
    buf_put(&b, p->note);
    return buf_str(&b);
}

/* Takes one line off the front; false when no LF ends it. */
static bool take_line(str *text, str *out_line)
{
    size_t end = str_find(*text, '\n');
    if (end == text->n)
        return false;
    *out_line = str_head(*text, end);
    *text = str_skip(*text, end + 1);
    return true;
}

static err index_read(str line, uint64_t *out_index)
{
    int64_t index;
    if (!str_starts(line, S("index ")))
        return ERR_INVALID;
    str number = str_skip(line, 6);
    if (number.n == 0 || number.at[0] == '-' || (number.at[0] == '0' && number.n > 1) ||
        number_parse(number, 0, INT64_MAX, &index) != OK)
        return ERR_INVALID;
    *out_index = (uint64_t)index;
    return OK;
}

err tlog_proof_read(arena *a, str text, tlog_proof *out_proof)
{
    tlog_proof p = {.extra = S(""), .path = {arena_array(a, hash32, PATH_MOST), 0}};
    str line;
    if (text.n > PROOF_MAX_BYTES || !take_line(&text, &line) || !str_eq(line, S(FIRST_LINE)) ||
        !take_line(&text, &line))
        return ERR_INVALID;
    if (str_starts(line, S("extra "))) {
        TRY(base64_read(a, str_skip(line, 6), &p.extra));
        if (p.extra.n == 0 || p.extra.n > PROOF_MAX_EXTRA_BYTES || !take_line(&text, &line))
            return ERR_INVALID;
    }
    TRY(index_read(line, &p.index));
    while (take_line(&text, &line) && line.n > 0) {
        str hash;
        TRY(base64_read(a, line, &hash));
        if (hash.n != sizeof p.path.at->at || p.path.n == PATH_MOST)
            return ERR_INVALID;
        memcpy(p.path.at[p.path.n++].at, hash.at, hash.n);
    }
    if (line.n > 0 || text.n == 0 || text.n > NOTE_MAX_BYTES)
        return ERR_INVALID;
    p.note = text;
    *out_proof = p;
    return OK;
}

bool tlog_proof_holds(const tlog_proof *p, const checkpoint *tree, const hash32 *leaf)
{
    return merkle_inclusion_ok(p->index, tree->size, leaf, p->path, &tree->root);
}
