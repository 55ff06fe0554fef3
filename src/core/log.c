/* SPDX-License-Identifier: EUPL-1.2 */
/* What the rows of a log say: the tree and its counts now, its lines, and what was published. */

#include "core/log_row.h"

#include "base/number.h"
#include "core/listing.h"
#include "core/webhook.h"

#include "sql/q_log.h"
#include "sql/q_timestamp.h"

enum { MINUTE_MS = 60000 };

err log_frontier_read(int64_t size, str bytes, merkle_frontier *out)
{
    out->size = (uint64_t)size;
    for (unsigned i = 0; i < 64; i++) {
        if (!((out->size >> i) & 1))
            continue;
        if (bytes.n < 32)
            return ERR_IO;
        memcpy(out->peak[i].at, bytes.at, 32);
        bytes = str_skip(bytes, 32);
    }
    return bytes.n == 0 ? OK : ERR_IO;
}

err log_breakdown_read(db_tx *tx, arena *a, int64_t declaration_id, log_counts *out_counts,
                       str *out_breakdown)
{
    q_tally_all_rows rows;
    TRY(q_tally_all(tx, a, declaration_id, &rows));
    *out_counts = (log_counts){.of = {0}};
    /* The letters m, o, p sort against the numbers 3, 2, 1 of the kinds. */
    buf b = buf_in(a);
    for (signer_kind kind = SIGNER_MANDATE; kind >= SIGNER_PERSON; kind--) {
        for (size_t i = 0; i < rows.n; i++) {
            if (rows.at[i].kind != (int64_t)kind)
                continue;
            buf_printf(&b, "%c %.*s %lld\n", signer_kind_letter(kind), STR_FMT(rows.at[i].country),
                       (long long)rows.at[i].n);
            out_counts->of[kind - SIGNER_PERSON] += rows.at[i].n;
        }
    }
    *out_breakdown = buf_str(&b);
    return OK;
}

static err read_versions(db_tx *tx, arena *a, int64_t declaration_id, str *out_versions)
{
    q_version_tally_all_rows rows;
    TRY(q_version_tally_all(tx, a, declaration_id, &rows));
    buf b = buf_in(a);
    for (size_t i = 0; i < rows.n; i++)
        buf_printf(&b, "%lld %lld\n", (long long)rows.at[i].version, (long long)rows.at[i].n);
    *out_versions = buf_str(&b);
    return OK;
}

static err read_sources(db_tx *tx, arena *a, int64_t declaration_id, str *out_sources)
{
    q_source_tally_all_rows rows;
    TRY(q_source_tally_all(tx, a, declaration_id, &rows));
    buf b = buf_in(a);
    for (size_t i = 0; i < rows.n; i++)
        buf_printf(&b, "%.*s %lld\n", STR_FMT(rows.at[i].source), (long long)rows.at[i].n);
    *out_sources = buf_str(&b);
    return OK;
}

static err read_regions(db_tx *tx, arena *a, int64_t declaration_id, str *out_regions)
{
    q_region_tally_all_rows rows;
    TRY(q_region_tally_all(tx, a, declaration_id, &rows));
    buf b = buf_in(a);
    for (size_t i = 0; i < rows.n; i++)
        buf_printf(&b, "%lld %.*s %lld\n", (long long)rows.at[i].nuts_version,
                   STR_FMT(rows.at[i].nuts), (long long)rows.at[i].n);
    *out_regions = buf_str(&b);
    return OK;
}

static err read_facets(db_tx *tx, arena *a, int64_t declaration_id, str *out_languages,
                       str *out_types)
{
    q_facet_tally_all_rows rows;
    TRY(q_facet_tally_all(tx, a, declaration_id, &rows));
    buf languages = buf_in(a), types = buf_in(a);
    for (size_t i = 0; i < rows.n; i++)
        buf_printf(rows.at[i].facet == FACET_LANGUAGE ? &languages : &types, "%.*s %lld\n",
                   STR_FMT(rows.at[i].value), (long long)rows.at[i].n);
    *out_languages = buf_str(&languages);
    *out_types = buf_str(&types);
    return OK;
}

int64_t log_counts_total(const log_counts *counts)
{
    int64_t total = 0;
    for (size_t i = 0; i < SIGNER_KINDS; i++)
        total += counts->of[i];
    return total;
}

typedef struct state_reading {
    arena *a;
    int64_t declaration;
    log_state out;
} state_reading;

static err read_state(db_tx *tx, arena *scratch, void *arg)
{
    state_reading *r = arg;
    q_log_head_get_row head;
    TRY(q_log_head_get(tx, scratch, r->declaration, &head));
    TRY(log_frontier_read(head.size, head.frontier, &r->out.frontier));
    r->out.is_closed = head.closed > 0;
    TRY(read_versions(tx, r->a, r->declaration, &r->out.versions));
    TRY(read_sources(tx, r->a, r->declaration, &r->out.sources));
    TRY(read_regions(tx, r->a, r->declaration, &r->out.regions));
    TRY(read_facets(tx, r->a, r->declaration, &r->out.languages, &r->out.types));
    return log_breakdown_read(tx, r->a, r->declaration, &r->out.counts, &r->out.breakdown);
}

err log_state_now(core *c, arena *a, int64_t declaration_id, log_state *out_state)
{
    state_reading r = {.a = a, .declaration = declaration_id};
    TRY(db_read(c->db, read_state, &r));
    *out_state = r.out;
    return OK;
}

typedef struct entry_reading {
    arena *a;
    int64_t declaration, start, stop;
    str_list out;
} entry_reading;

static err read_entries(db_tx *tx, arena *scratch, void *arg)
{
    (void)scratch;
    entry_reading *r = arg;
    q_log_leaves_rows rows;
    TRY(q_log_leaves(tx, r->a, r->declaration, r->start, r->stop, &rows));
    r->out = (str_list){arena_array(r->a, str, rows.n), rows.n};
    for (size_t i = 0; i < rows.n; i++) {
        if (rows.at[i].position != r->start + (int64_t)i)
            return ERR_IO;
        r->out.at[i] = rows.at[i].entry;
    }
    return (int64_t)rows.n == r->stop - r->start ? OK : ERR_NOT_FOUND;
}

err log_entries(core *c, arena *a, int64_t declaration_id, int64_t start, int64_t stop,
                str_list *out_entries)
{
    entry_reading r = {.a = a, .declaration = declaration_id, .start = start, .stop = stop};
    TRY(db_read(c->db, read_entries, &r));
    *out_entries = r.out;
    return OK;
}

typedef struct publishing {
    int64_t declaration;
    const published *p;
} publishing;

static str text_or_none(str text)
{
    return text.n ? text : S("");
}

static err write_publication(db_tx *tx, arena *scratch, void *arg)
{
    const publishing *pub = arg;
    const published *p = pub->p;
    q_checkpoint_latest_row before = {.size = 0};
    err e = q_checkpoint_latest(tx, scratch, pub->declaration, &before);
    if (e != ERR_NOT_FOUND)
        TRY(e);
    TRY(webhook_note(tx, scratch, pub->declaration,
                     before.persons + before.organisations + before.mandates, p));
    TRY(q_checkpoint_supersede(tx, pub->declaration, p->size, p->at_ms - p->at_ms % MINUTE_MS));
    TRY(q_checkpoint_lighten(tx, pub->declaration, p->size));
    return q_checkpoint_insert(
        tx, &(q_checkpoint_insert_in){.declaration = pub->declaration,
                                      .size = p->size,
                                      .root = {(const char *)p->root.at, sizeof p->root.at},
                                      .note = p->note,
                                      .persons = p->counts.of[0],
                                      .organisations = p->counts.of[1],
                                      .mandates = p->counts.of[2],
                                      .breakdown = p->breakdown,
                                      .at = p->at_ms,
                                      .versions = text_or_none(p->versions),
                                      .sources = text_or_none(p->sources),
                                      .regions = text_or_none(p->regions),
                                      .languages = text_or_none(p->languages),
                                      .types = text_or_none(p->types)});
}

err log_publish(core *c, int64_t declaration_id, const published *p)
{
    publishing pub = {declaration_id, p};
    return db_write(c->db, write_publication, &pub);
}

typedef struct cosigning {
    int64_t declaration, size;
    str note;
} cosigning;

static err write_cosigned(db_tx *tx, arena *scratch, void *arg)
{
    (void)scratch;
    const cosigning *w = arg;
    return q_checkpoint_cosigned(tx, w->declaration, w->size, w->note);
}

err log_cosigned(core *c, int64_t declaration_id, int64_t size, str note)
{
    cosigning w = {declaration_id, size, note};
    return db_write(c->db, write_cosigned, &w);
}

typedef struct published_reading {
    arena *a;
    int64_t declaration;
    published out;
} published_reading;

static err read_published(db_tx *tx, arena *scratch, void *arg)
{
    (void)scratch;
    published_reading *r = arg;
    q_checkpoint_latest_row row;
    TRY(q_checkpoint_latest(tx, r->a, r->declaration, &row));
    r->out = (published){
        .size = row.size,
        .note = row.note,
        .counts = {{row.persons, row.organisations, row.mandates}},
        .breakdown = row.breakdown,
        .versions = row.versions,
        .sources = row.sources,
        .regions = row.regions,
        .languages = row.languages,
        .types = row.types,
        .at_ms = row.at,
    };
    if (row.root.n != 32)
        return ERR_IO;
    memcpy(r->out.root.at, row.root.at, 32);
    return OK;
}

err log_published(core *c, arena *a, int64_t declaration_id, published *out_published)
{
    published_reading r = {.a = a, .declaration = declaration_id};
    TRY(db_read(c->db, read_published, &r));
    *out_published = r.out;
    return OK;
}

static err read_mark(db_tx *tx, arena *scratch, void *arg)
{
    int64_t *mark = arg;
    q_checkpoint_sizes_rows rows;
    TRY(q_checkpoint_sizes(tx, scratch, &rows));
    /* All of these only grow, so their sum changes with any of them. */
    int64_t stamps;
    TRY(listing_revision(tx, scratch, mark));
    TRY(q_time_stamp_mark(tx, &stamps));
    *mark += stamps;
    for (size_t i = 0; i < rows.n; i++)
        *mark += rows.at[i].size;
    return OK;
}

err log_published_mark(core *c, int64_t *out_mark)
{
    return db_read(c->db, read_mark, out_mark);
}

static err read_waiting(db_tx *tx, arena *scratch, void *arg)
{
    (void)scratch;
    return q_log_queue_length(tx, arg);
}

err log_waiting(core *c, int64_t *out_waiting)
{
    return db_read(c->db, read_waiting, out_waiting);
}

bool log_version_next(str *versions, int64_t *out_version, int64_t *out_n)
{
    str n;
    str version = str_cut(str_cut(*versions, '\n', versions), ' ', &n);
    return number_parse(version, 0, INT64_MAX, out_version) == OK &&
           number_parse(n, INT64_MIN, INT64_MAX, out_n) == OK;
}

bool log_share_next(str *lines, str *out_value, int64_t *out_n)
{
    str n;
    *out_value = str_cut(str_cut(*lines, '\n', lines), ' ', &n);
    return number_parse(n, INT64_MIN, INT64_MAX, out_n) == OK;
}

int64_t log_source_count(str sources, str partner)
{
    str source;
    int64_t n;
    while (log_share_next(&sources, &source, &n))
        if (str_eq(source, partner))
            return n;
    return 0;
}

bool log_region_next(str *regions, int64_t *out_version, str *out_code, int64_t *out_n)
{
    str rest;
    str version = str_cut(str_cut(*regions, '\n', regions), ' ', &rest);
    *out_code = str_cut(rest, ' ', &rest);
    return number_parse(version, 0, INT64_MAX, out_version) == OK &&
           number_parse(rest, INT64_MIN, INT64_MAX, out_n) == OK;
}

int64_t log_breakdown_count(str breakdown, signer_kind kind, str country)
{
    while (breakdown.n) {
        str rest;
        str line = str_cut(breakdown, '\n', &breakdown);
        str letter = str_cut(line, ' ', &rest);
        str code = str_cut(rest, ' ', &rest);
        int64_t n;
        if (letter.n == 1 && letter.at[0] == signer_kind_letter(kind) && str_eq(code, country) &&
            number_parse(rest, 0, INT64_MAX, &n) == OK)
            return n;
    }
    return 0;
}
