/* SPDX-License-Identifier: EUPL-1.2 */
/* Names and lines of an export. */

#include "cli/sealed_bundle.h"

#include "base/number.h"

static const char heading[] =
    "number,leaf,state,listed,news,sample,version,kind,country,lang,commitment,uniq";

void sealed_line_heading(buf *b)
{
    buf_printf(b, "%s\n", heading);
}

void sealed_line_put(buf *b, const exported_record *r)
{
    buf_printf(b, "%lld,%lld,%s,%d,%d,%d,%lld,%c,%.*s,%.*s,", (long long)r->number,
               (long long)r->leaf, r->state == SIGNATURE_WITHDRAWN ? "withdrawn" : "confirmed",
               r->is_listed, r->wants_news, r->is_sample, (long long)r->text_version,
               signer_kind_letter(r->kind), STR_FMT(r->country), STR_FMT(r->lang));
    buf_put_hex(b, r->commitment.at, r->commitment.n);
    buf_put_char(b, ',');
    buf_put_hex(b, r->mailbox.at, r->mailbox.n);
    buf_put_char(b, '\n');
}

static err take_number(str *rest, int64_t least, int64_t *out)
{
    return number_parse(str_cut(*rest, ',', rest), least, INT64_MAX, out);
}

static err take_flag(str *rest, bool *out)
{
    str word = str_cut(*rest, ',', rest);
    *out = str_eq(word, S("1"));
    return *out || str_eq(word, S("0")) ? OK : ERR_INVALID;
}

err sealed_line_read(str line, sealed_line *out_line)
{
    sealed_line l;
    TRY(take_number(&line, 1, &l.number));
    TRY(take_number(&line, -1, &l.leaf));
    str state = str_cut(line, ',', &line);
    l.is_withdrawn = str_eq(state, S("withdrawn"));
    if (!l.is_withdrawn && !str_eq(state, S("confirmed")))
        return ERR_INVALID;
    TRY(take_flag(&line, &l.is_listed));
    TRY(take_flag(&line, &l.wants_news));
    TRY(take_flag(&line, &l.is_sample));
    TRY(take_number(&line, 1, &l.text_version));
    /* kind, country and lang stand in the record as well, sealed with the commitment */
    for (int i = 0; i < 3; i++)
        str_cut(line, ',', &line);
    str commitment = str_cut(line, ',', &line);
    TRY(number_parse_hex(commitment, l.commitment.at, sizeof l.commitment.at));
    l.has_mailbox = line.n > 0;
    if (l.has_mailbox)
        TRY(number_parse_hex(line, l.mailbox.at, sizeof l.mailbox.at));
    *out_line = l;
    return OK;
}

str sealed_name(arena *a, int64_t number)
{
    return arena_printf(a, "records/%lld.age", (long long)number);
}

err sealed_name_read(str name, int64_t *out_number)
{
    if (!str_starts(name, S("records/")) || !str_ends(name, S(".age")))
        return ERR_INVALID;
    str digits = str_skip(str_head(name, name.n - 4), strlen("records/"));
    return number_parse(digits, 1, INT64_MAX, out_number);
}
