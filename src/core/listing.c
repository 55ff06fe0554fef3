/* SPDX-License-Identifier: EUPL-1.2 */
/* Reading the register. One row more than the page is read, to know whether another follows. */

#include "core/listing.h"

#include "base/number.h"
#include "core/listing_row.h"
#include "text/text.h"

#include "sql/q_alliance.h"
#include "sql/q_listing.h"

typedef struct reading {
    arena *a;
    int64_t declaration;
    const listing_filter *filter;
    str pattern;
    size_t most;
    int64_t total;
    listing_page out;
} reading;

enum { WORDS_BYTES_MOST = 200 };

/* No longer than a name is, and whole characters. */
static str cut_words(str folded)
{
    size_t n = folded.n > WORDS_BYTES_MOST ? WORDS_BYTES_MOST : folded.n;
    while (n > 0 && n < folded.n && ((unsigned char)folded.at[n] & 0xC0) == 0x80)
        n--;
    return str_head(folded, n);
}

/* Folded text holds no wildcard. */
err listing_pattern(arena *a, str words, str *out_pattern)
{
    str folded;
    TRY(text_fold(a, words, &folded));
    folded = cut_words(folded);
    buf b = buf_in(a);
    for (size_t i = 0; i < folded.n; i++)
        buf_put_char(&b, folded.at[i] == ' ' ? '%' : folded.at[i]);
    *out_pattern = b.n ? arena_printf(a, "%%%.*s%%", STR_FMT(buf_str(&b))) : S("");
    return OK;
}

/* Where the page after one that is not full begins: behind what was looked at. */
static err read_reach(db_tx *tx, const reading *r, int64_t before, int64_t scanned,
                      int64_t *out_next)
{
    err e = q_listing_reach(tx, r->declaration, before, scanned - 1, out_next);
    if (e == ERR_NOT_FOUND)
        *out_next = 0;
    return e == ERR_NOT_FOUND ? OK : e;
}

static err read_page(db_tx *tx, arena *scratch, void *arg)
{
    (void)scratch;
    reading *r = arg;
    const listing_filter *f = r->filter;
    int64_t before = f->before > 0 ? f->before : INT64_MAX, reach = 0;
    q_listing_page_rows rows;
    /* Without a filter every one that is looked at is shown. */
    bool is_filtered = f->kind || f->country.n || r->pattern.n || f->nuts.n;
    int64_t scanned = is_filtered ? LISTING_SCANNED : (int64_t)r->most + 1;
    TRY(q_listing_page(tx, r->a,
                       &(q_listing_page_in){r->declaration, before, (int64_t)f->kind, f->country,
                                            r->pattern, (int64_t)r->most + 1, scanned,
                                            f->nuts.n ? f->nuts : S("")},
                       &rows));
    if (rows.n <= r->most)
        TRY(read_reach(tx, r, before, scanned, &reach));
    listed *all = arena_array(r->a, listed, rows.n);
    for (size_t i = 0; i < rows.n; i++)
        all[i] = LISTED_OF(&rows.at[i]);
    bool has_more = rows.n > r->most;
    size_t n = has_more ? r->most : rows.n;
    r->out = (listing_page){.at = all, .n = n, .next_before = has_more ? all[n - 1].number : reach};
    return OK;
}

err listing_read(core *c, arena *a, int64_t declaration_id, const listing_filter *filter,
                 size_t most, listing_page *out_page)
{
    reading r = {.a = a, .declaration = declaration_id, .filter = filter, .most = most};
    TRY(listing_pattern(a, filter->words, &r.pattern));
    TRY(db_read(c->db, read_page, &r));
    *out_page = r.out;
    return OK;
}

static err read_total(db_tx *tx, arena *scratch, void *arg)
{
    (void)scratch;
    reading *r = arg;
    err e = q_listing_count(tx, r->declaration, &r->total);
    return e == ERR_NOT_FOUND ? OK : e;
}

err listing_total(core *c, int64_t declaration_id, int64_t *out_total)
{
    reading r = {.declaration = declaration_id};
    TRY(db_read(c->db, read_total, &r));
    *out_total = r.total;
    return OK;
}

err listing_fold(arena *a, const record *r, str *out_folded)
{
    return text_fold(a,
                     arena_printf(a, "%.*s %.*s %.*s", STR_FMT(personal_text(r->name)),
                                  STR_FMT(r->organisation), STR_FMT(r->function)),
                     out_folded);
}

err listing_add(db_tx *tx, int64_t signature, int64_t declaration_id, const record *r, str folded,
                bool is_sample, int64_t confirmed_ms)
{
    return q_listing_insert(tx, &(q_listing_insert_in){.signature = signature,
                                                       .declaration = declaration_id,
                                                       .kind = (int64_t)r->kind,
                                                       .is_shown = confirmed_ms > 0,
                                                       .name = personal_text(r->name),
                                                       .organisation = r->organisation,
                                                       .function = r->function,
                                                       .type = r->type,
                                                       .reason = r->reason,
                                                       .country = r->country,
                                                       .region = r->region,
                                                       .website = r->website,
                                                       .political_group = r->group,
                                                       .folded = folded,
                                                       .confirmed = confirmed_ms,
                                                       .is_sample = is_sample});
}

err listing_hide(db_tx *tx, int64_t signature)
{
    TRY(listing_unsort(tx, signature));
    return q_listing_row_hide(tx, signature);
}

err listing_remove(db_tx *tx, int64_t signature)
{
    TRY(listing_unsort(tx, signature));
    return q_listing_row_delete(tx, signature);
}

err listing_revision(db_tx *tx, arena *scratch, int64_t *out_revision)
{
    str text;
    *out_revision = 0;
    err e = q_setting_get(tx, scratch, S("register"), &text);
    if (e != OK)
        return e == ERR_NOT_FOUND ? OK : e;
    return number_parse(text, 0, INT64_MAX - 1, out_revision);
}

err listing_raise(db_tx *tx, arena *scratch)
{
    int64_t revision;
    TRY(listing_revision(tx, scratch, &revision));
    return q_setting_put(tx, S("register"), arena_printf(scratch, "%lld", (long long)revision + 1));
}

typedef struct reason_work {
    arena *a;
    size_t most;
    int64_t number;
    bool is_shown;
    unread_reasons out;
} reason_work;

static err read_unread(db_tx *tx, arena *scratch, void *arg)
{
    (void)scratch;
    reason_work *w = arg;
    q_reason_unread_rows rows;
    TRY(q_reason_unread(tx, w->a, 0, (int64_t)w->most, &rows));
    unread_reason *all = arena_array(w->a, unread_reason, rows.n);
    for (size_t i = 0; i < rows.n; i++)
        all[i] = (unread_reason){.number = rows.at[i].signature,
                                 .kind = (signer_kind)rows.at[i].kind,
                                 .name = rows.at[i].name,
                                 .organisation = rows.at[i].organisation,
                                 .reason = rows.at[i].reason};
    w->out = (unread_reasons){all, rows.n};
    return OK;
}

err reason_unread(core *c, arena *a, size_t most, unread_reasons *out_reasons)
{
    reason_work w = {.a = a, .most = most};
    TRY(db_read(c->db, read_unread, &w));
    *out_reasons = w.out;
    return OK;
}

static err write_settled(db_tx *tx, arena *scratch, void *arg)
{
    const reason_work *w = arg;
    int64_t changed;
    TRY(q_reason_settle(tx, w->number, w->is_shown ? 1 : 2, &changed));
    return changed ? listing_raise(tx, scratch) : ERR_NOT_FOUND;
}

err reason_settle(core *c, int64_t number, bool is_shown)
{
    reason_work w = {.number = number, .is_shown = is_shown};
    return db_write(c->db, write_settled, &w);
}
