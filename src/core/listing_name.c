/* SPDX-License-Identifier: EUPL-1.2 */
/* The register by name.
 *
 * A reader's order is two streams merged: the names that the reader's collation gives a key of its
 * own, and all others by their key in the root order, which is then the same key (text/collation.h,
 * ADR 0018). Both run along one index from where the page before ended, so a page costs the same
 * wherever it lies. */

#include "core/listing.h"

#include "base/number.h"
#include "core/listing_row.h"
#include "core/partner.h"
#include "crypto/crypto.h"
#include "text/collation.h"

#include "sql/q_alliance.h"
#include "sql/q_listing.h"
#include "sql/q_partner.h"

/* An entry that is looked at by name costs twice what it costs newest first. */
enum { STREAMS = 2, STEP_ROWS = 200, SCANNED_MOST = LISTING_SCANNED / 2 };

/* A bit that no name has. */
#define NO_BIT (INT64_C(1) << COLLATIONS)

/* --- Reading --- */

typedef struct place {
    str key;
    int64_t signature;
} place;

static int place_cmp(place a, place b)
{
    int order = str_cmp(a.key, b.key);
    return order != 0 ? order : (a.signature > b.signature) - (a.signature < b.signature);
}

typedef struct stream {
    int collation;
    int64_t bit; /* names with another key in this collation stand in the other stream */
    q_listing_by_name_rows rows;
    size_t used;
} stream;

typedef struct reading {
    arena *a;
    int64_t declaration;
    const listing_filter *filter;
    str pattern;
    size_t most;
    place after;
    stream streams[STREAMS];
    size_t stream_count;
    bool has_horizon; /* behind it not everything has been looked at */
    place horizon;
} reading;

static bool is_filtered(const reading *r)
{
    const listing_filter *f = r->filter;
    return f->kind || f->country.n || r->pattern.n || f->nuts.n;
}

static err read_horizon(db_tx *tx, reading *r, const stream *s, int64_t scanned)
{
    q_listing_by_name_reach_row end;
    err e = q_listing_by_name_reach(tx, r->a, r->declaration, s->collation, s->bit, r->after.key,
                                    r->after.signature, scanned - 1, &end);
    if (e != OK)
        return e == ERR_NOT_FOUND ? OK : e;
    place found = {end.sort_key, end.signature};
    if (!r->has_horizon || place_cmp(found, r->horizon) < 0)
        r->horizon = found;
    r->has_horizon = true;
    return OK;
}

static err read_streams(db_tx *tx, arena *scratch, void *arg)
{
    (void)scratch;
    reading *r = arg;
    int64_t scanned = (int64_t)r->most + 1;
    if (is_filtered(r))
        scanned = SCANNED_MOST / (int64_t)r->stream_count;
    r->has_horizon = false;
    for (size_t i = 0; i < r->stream_count; i++) {
        stream *s = &r->streams[i];
        q_listing_by_name_in in = {.declaration = r->declaration,
                                   .sorted_as = s->collation,
                                   .bit = s->bit,
                                   .sort_key = r->after.key,
                                   .after = r->after.signature,
                                   .kind = (int64_t)r->filter->kind,
                                   .country = r->filter->country,
                                   .pattern = r->pattern,
                                   .most = (int64_t)r->most + 1,
                                   .scanned = scanned,
                                   .nuts = r->filter->nuts.n ? r->filter->nuts : S("")};
        TRY(q_listing_by_name(tx, r->a, &in, &s->rows));
        if (s->rows.n <= r->most)
            TRY(read_horizon(tx, r, s, scanned));
    }
    return OK;
}

static place head_of(const stream *s)
{
    return (place){s->rows.at[s->used].sort_key, s->rows.at[s->used].signature};
}

/* The stream that has the next row; NULL: none that may be shown yet. */
static stream *next_stream(reading *r)
{
    stream *next = NULL;
    for (size_t i = 0; i < r->stream_count; i++) {
        stream *s = &r->streams[i];
        if (s->used < s->rows.n && (!next || place_cmp(head_of(s), head_of(next)) < 0))
            next = s;
    }
    bool is_behind = next && r->has_horizon && place_cmp(head_of(next), r->horizon) > 0;
    return is_behind ? NULL : next;
}

static str cursor_make(arena *a, place at)
{
    return arena_printf(a, "%.*s.%lld", STR_FMT(base64url_make(a, at.key)),
                        (long long)at.signature);
}

static err cursor_read(arena *a, str cursor, place *out_at)
{
    str number;
    *out_at = (place){{"", 0}, 0};
    if (cursor.n == 0)
        return OK;
    str key = str_cut(cursor, '.', &number);
    bool is_ours = number_parse(number, 1, INT64_MAX, &out_at->signature) == OK &&
                   base64url_read(a, key, &out_at->key) == OK;
    return is_ours ? OK : ERR_INVALID;
}

static void merge(reading *r, listing_page *out)
{
    listed *all = arena_array(r->a, listed, r->most);
    size_t n = 0;
    place last = r->after;
    stream *s;
    while (n < r->most && (s = next_stream(r))) {
        last = head_of(s);
        all[n++] = LISTED_OF(&s->rows.at[s->used]);
        s->used++;
    }
    *out = (listing_page){.at = all, .n = n};
    if (next_stream(r))
        out->next_after = cursor_make(r->a, last);
    else if (r->has_horizon)
        out->next_after = cursor_make(r->a, r->horizon);
}

err listing_read_by_name(core *c, arena *a, int64_t declaration_id, const listing_filter *filter,
                         str lang, str after, size_t most, listing_page *out_page)
{
    reading r = {.a = a, .declaration = declaration_id, .filter = filter, .most = most};
    int own = collation_of(lang);
    TRY(cursor_read(a, after, &r.after));
    TRY(listing_pattern(a, filter->words, &r.pattern));
    r.streams[r.stream_count++] = (stream){
        .collation = COLLATION_ROOT, .bit = own == COLLATION_ROOT ? NO_BIT : INT64_C(1) << own};
    if (own != COLLATION_ROOT)
        r.streams[r.stream_count++] = (stream){.collation = own, .bit = NO_BIT};
    TRY(db_read(c->db, read_streams, &r));
    merge(&r, out_page);
    return OK;
}

/* --- Keeping the order --- */

err listing_unsort(db_tx *tx, int64_t signature)
{
    int64_t changed;
    TRY(q_listing_set_sorted(tx, signature, false, &changed));
    if (changed == 0)
        return OK;
    TRY(q_listing_count_less(tx, signature));
    TRY(q_listing_mark_delete(tx, signature));
    return q_listing_name_delete(tx, signature);
}

static err enter(db_tx *tx, arena *scratch, const q_listing_unsorted_row *row)
{
    sort_keys keys;
    bool is_organisation = row->kind == SIGNER_ORGANISATION && row->organisation.n;
    TRY(collation_keys(scratch, is_organisation ? row->organisation : row->name, &keys));
    for (int i = 0; i < COLLATIONS; i++)
        if (i == COLLATION_ROOT || keys.of[i].n)
            TRY(q_listing_name_insert(tx, row->signature, i, row->declaration, keys.of[i],
                                      i == COLLATION_ROOT ? keys.others : 0));
    if (is_organisation)
        TRY(partner_marks_put(tx, scratch, row->signature, row->declaration, row->organisation,
                              row->website));
    return q_listing_count_add(tx, row->declaration, 1);
}

static err sort_some(db_tx *tx, arena *scratch, void *arg)
{
    int64_t *out_n = arg, changed;
    q_listing_unsorted_rows rows;
    TRY(q_listing_unsorted(tx, scratch, STEP_ROWS, &rows));
    *out_n = (int64_t)rows.n;
    for (size_t i = 0; i < rows.n; i++) {
        TRY(q_listing_set_sorted(tx, rows.at[i].signature, true, &changed));
        if (changed)
            TRY(enter(tx, scratch, &rows.at[i]));
    }
    return OK;
}

typedef struct renewal {
    int64_t after;
    int64_t n;
} renewal;

/* Keys of another version of ICU go, so that the next steps make them anew. */
static err unsort_some(db_tx *tx, arena *scratch, void *arg)
{
    renewal *r = arg;
    q_listing_sorted_rows rows;
    TRY(q_listing_sorted(tx, scratch, r->after, STEP_ROWS, &rows));
    for (size_t i = 0; i < rows.n; i++)
        TRY(listing_unsort(tx, rows.at[i].signature));
    r->n = (int64_t)rows.n;
    return OK;
}

static err is_current(db_tx *tx, arena *scratch, void *arg)
{
    bool *out_is = arg;
    str version;
    err e = q_setting_get(tx, scratch, S("collation"), &version);
    *out_is = e == OK && str_eq(version, collation_version());
    return e == ERR_NOT_FOUND ? OK : e;
}

static err note_version(db_tx *tx, arena *scratch, void *arg)
{
    (void)scratch, (void)arg;
    return q_setting_put(tx, S("collation"), collation_version());
}

err listing_sort(core *c, int64_t *out_sorted)
{
    bool is_right;
    TRY(db_read(c->db, is_current, &is_right));
    for (renewal r = {.n = STEP_ROWS}; !is_right && r.n == STEP_ROWS;)
        TRY(db_write(c->db, unsort_some, &r));
    if (!is_right)
        TRY(db_write(c->db, note_version, NULL));
    int64_t n = STEP_ROWS;
    for (*out_sorted = 0; n == STEP_ROWS; *out_sorted += n)
        TRY(db_write(c->db, sort_some, &n));
    return OK;
}
