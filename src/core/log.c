/* SPDX-License-Identifier: EUPL-1.2 */
/* Sequencing: queue rows to leaves, head and tallies, all in one transaction.
 *
 * The head moves only from the size that was read, so two sealers can never both append, whatever
 * their leases say. A crash before the commit leaves the queue as it was; after it, everything is
 * there but the files, which are a pure function of these rows. */

#include "core/log.h"

#include "base/log.h"
#include "base/number.h"
#include "core/listing.h"
#include "core/webhook.h"

#include "sql/q_log.h"
#include "sql/q_signature.h"
#include "sql/q_timestamp.h"

enum { MINUTE_MS = 60000 };
enum { FACET_LANGUAGE = 1, FACET_TYPE = 2 };

err log_open(db_tx *tx, arena *scratch, int64_t declaration_id, str manifest, int64_t now_ms)
{
    hash32 hash = hash_sha256(manifest);
    str entry = arena_printf(scratch, "sig1 open %.*s\n",
                             STR_FMT(hex_make(scratch, (str){(const char *)hash.at, 32})));
    merkle_frontier f = {.size = 0};
    hash32 leaf = merkle_leaf(entry);
    merkle_append(&f, &leaf);
    /* Leaf 0 needs no sealer: nobody can have queued anything yet. */
    TRY(q_log_leaf_open(tx, declaration_id, entry));
    return q_log_head_insert(tx, declaration_id, 1, (str){(const char *)f.peak[0].at, 32}, now_ms);
}

static str frontier_bytes(arena *a, const merkle_frontier *f)
{
    buf b = buf_in(a);
    for (unsigned i = 0; i < 64; i++)
        if ((f->size >> i) & 1)
            buf_put(&b, (str){(const char *)f->peak[i].at, 32});
    return buf_str(&b);
}

static err frontier_read(int64_t size, str bytes, merkle_frontier *out)
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

typedef struct sequencing {
    int64_t declaration;
    int64_t now_ms;
    int64_t appended; /* out */
    /* of one attempt */
    merkle_frontier frontier;
    int64_t tallied;
    int64_t tallied_at;
    int64_t closed; /* position of the close; 0: open */
} sequencing;

static err append(db_tx *tx, sequencing *seq, str entry)
{
    BUG_IF(entry.n > LOG_ENTRY_BYTES_MOST);
    hash32 leaf = merkle_leaf(entry);
    TRY(q_log_leaf_insert(tx, seq->declaration, (int64_t)seq->frontier.size, entry));
    merkle_append(&seq->frontier, &leaf);
    seq->appended++;
    return OK;
}

static int by_commitment(const void *left, const void *right)
{
    const q_log_queue_take_row *a = left, *b = right;
    bool a_adds = a->verb == LOG_ADD, b_adds = b->verb == LOG_ADD;
    if (a_adds != b_adds)
        return a_adds ? -1 : 1;
    if (a_adds)
        return str_cmp(a->commitment, b->commitment);
    return a->id < b->id ? -1 : a->id > b->id;
}

/* Everything that is counted is counted here. */
static err count(db_tx *tx, const sequencing *seq, const q_log_queue_take_row *row, int64_t n)
{
    TRY(q_version_tally_add(tx, seq->declaration, row->version, n));
    if (row->source.n)
        TRY(q_source_tally_add(tx, seq->declaration, row->source, n));
    if (row->nuts.n)
        TRY(q_region_tally_add(tx, seq->declaration, row->nuts_version, row->nuts, n));
    if (row->lang.n)
        TRY(q_facet_tally_add(tx, seq->declaration, FACET_LANGUAGE, row->lang, n));
    if (row->type.n)
        TRY(q_facet_tally_add(tx, seq->declaration, FACET_TYPE, row->type, n));
    return q_tally_add(tx, seq->declaration, row->kind, row->country, n);
}

static err append_add(db_tx *tx, arena *scratch, sequencing *seq, const q_log_queue_take_row *row)
{
    str entry =
        arena_printf(scratch, "sig1 add %c %.*s %.*s\n", signer_kind_letter((signer_kind)row->kind),
                     STR_FMT(row->country), STR_FMT(hex_make(scratch, row->commitment)));
    int64_t position = (int64_t)seq->frontier.size;
    TRY(append(tx, seq, entry));
    TRY(q_signature_set_leaf(tx, row->signature, position));
    return count(tx, seq, row, 1);
}

/* sub and undo name the position of the add they speak of. */
static err append_change(db_tx *tx, arena *scratch, sequencing *seq,
                         const q_log_queue_take_row *row)
{
    long long position = row->leaf;
    if (position < 0) {
        q_signature_get_row signature;
        TRY(q_signature_get(tx, scratch, row->signature, &signature));
        position = signature.leaf;
    }
    if (position < 0) { /* its add stands before it in the queue, or the rows are damaged */
        LOG(LOG_ERROR, "log.change_without_add", log_int("signature", row->signature));
        return ERR_IO;
    }
    static const char *const reasons[] = {
        [LOG_WITHDRAWN] = "withdrawn", [LOG_INVALID] = "invalid", [LOG_DUPLICATE] = "duplicate"};
    bool is_undo = row->verb == LOG_UNDO;
    str entry = is_undo ? arena_printf(scratch, "sig1 undo %lld\n", position)
                        : arena_printf(scratch, "sig1 sub %lld %s\n", position, reasons[row->verb]);
    TRY(append(tx, seq, entry));
    return count(tx, seq, row, is_undo ? 1 : -1);
}

static err read_breakdown(db_tx *tx, arena *a, int64_t declaration_id, log_counts *out_counts,
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

/* A claim about all leaves before it, so that a recount can stop there and compare. */
static err append_tally(db_tx *tx, arena *scratch, sequencing *seq)
{
    bool is_due = seq->now_ms - seq->tallied_at >= LOG_TALLY_EVERY_MS;
    /* Leaf 0 alone is no news: an open log counts nothing. */
    bool has_news = seq->frontier.size > 1 && (int64_t)seq->frontier.size > seq->tallied;
    if (!is_due || !has_news)
        return OK;
    log_counts counts;
    str breakdown;
    TRY(read_breakdown(tx, scratch, seq->declaration, &counts, &breakdown));
    hash32 hash = hash_sha256(breakdown);
    str entry =
        arena_printf(scratch, "sig1 tally %llu %lld %.*s\n", (unsigned long long)seq->frontier.size,
                     (long long)log_counts_total(&counts),
                     STR_FMT(hex_make(scratch, (str){(const char *)hash.at, 32})));
    TRY(append(tx, seq, entry));
    seq->tallied = (int64_t)seq->frontier.size;
    seq->tallied_at = seq->now_ms;
    return OK;
}

/* The end, once: every add that was confirmed in time stands before it. */
static err append_close(db_tx *tx, arena *scratch, sequencing *seq)
{
    q_log_may_close_row may;
    TRY(q_log_may_close(tx, seq->declaration, &may));
    if (seq->now_ms < may.closes + LOG_CLOSE_AFTER_MS || may.held > 0)
        return OK;
    log_counts counts;
    str breakdown;
    TRY(read_breakdown(tx, scratch, seq->declaration, &counts, &breakdown));
    hash32 hash = hash_sha256(breakdown);
    seq->closed = (int64_t)seq->frontier.size;
    TRY(append(tx, seq,
               arena_printf(scratch, "sig1 close %lld %.*s\n", (long long)log_counts_total(&counts),
                            STR_FMT(hex_make(scratch, (str){(const char *)hash.at, 32})))));
    seq->tallied = (int64_t)seq->frontier.size; /* it claims what a tally would */
    seq->tallied_at = seq->now_ms;
    return OK;
}

static err append_row(db_tx *tx, arena *scratch, sequencing *seq, const q_log_queue_take_row *row)
{
    if (row->verb == LOG_ADD)
        return append_add(tx, scratch, seq, row);
    if (row->verb == LOG_KEY)
        return append(tx, seq,
                      arena_printf(scratch, "sig1 key organiser %.*s\n", STR_FMT(row->commitment)));
    return append_change(tx, scratch, seq, row);
}

static err write_sequence(db_tx *tx, arena *scratch, void *arg)
{
    sequencing *seq = arg;
    q_log_head_get_row head;
    q_log_queue_take_rows queue;
    int64_t moved;
    seq->appended = 0;
    TRY(q_log_head_get(tx, scratch, seq->declaration, &head));
    TRY(frontier_read(head.size, head.frontier, &seq->frontier));
    seq->tallied = head.tallied;
    seq->tallied_at = head.tallied_at;
    seq->closed = head.closed;
    TRY(q_log_queue_take(tx, scratch, seq->declaration, LOG_BATCH_MOST - 1, &queue));
    if (queue.n)
        qsort(queue.at, queue.n, sizeof *queue.at, by_commitment);
    for (size_t i = 0; i < queue.n; i++) {
        const q_log_queue_take_row *row = &queue.at[i];
        if (row->verb == LOG_ADD && seq->closed) {
            LOG(LOG_ERROR, "log.add_after_close", log_int("signature", row->signature));
            continue;
        }
        TRY(append_row(tx, scratch, seq, row));
        TRY(q_log_queue_delete(tx, row->id));
    }
    TRY(append_tally(tx, scratch, seq));
    if (queue.n == 0 && !seq->closed)
        TRY(append_close(tx, scratch, seq));
    if (seq->appended == 0)
        return OK;
    TRY(q_log_head_move(tx,
                        &(q_log_head_move_in){.declaration = seq->declaration,
                                              .before = head.size,
                                              .size = (int64_t)seq->frontier.size,
                                              .frontier = frontier_bytes(scratch, &seq->frontier),
                                              .tallied = seq->tallied,
                                              .tallied_at = seq->tallied_at,
                                              .closed = seq->closed},
                        &moved));
    return moved == 1 ? OK : ERR_CONFLICT;
}

err log_sequence(core *c, int64_t declaration_id, int64_t now_ms, int64_t *out_appended)
{
    sequencing seq = {.declaration = declaration_id, .now_ms = now_ms};
    TRY(db_write(c->db, write_sequence, &seq));
    *out_appended = seq.appended;
    return OK;
}

err log_is_closed(db_tx *tx, arena *scratch, int64_t declaration_id, bool *out_is_closed)
{
    q_log_head_get_row head;
    TRY(q_log_head_get(tx, scratch, declaration_id, &head));
    *out_is_closed = head.closed > 0;
    return OK;
}

err log_queue_recipients(db_tx *tx, arena *scratch, int64_t declaration_id, recipient_list to)
{
    for (size_t i = 0; i < to.n; i++)
        TRY(q_log_queue_insert(
            tx, &(q_log_queue_insert_in){.declaration = declaration_id,
                                         .verb = LOG_KEY,
                                         .signature = 0,
                                         .kind = 0,
                                         .country = S(""),
                                         .commitment = age_recipient_text(scratch, &to.at[i]),
                                         .leaf = 0}));
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
    TRY(frontier_read(head.size, head.frontier, &r->out.frontier));
    r->out.is_closed = head.closed > 0;
    TRY(read_versions(tx, r->a, r->declaration, &r->out.versions));
    TRY(read_sources(tx, r->a, r->declaration, &r->out.sources));
    TRY(read_regions(tx, r->a, r->declaration, &r->out.regions));
    TRY(read_facets(tx, r->a, r->declaration, &r->out.languages, &r->out.types));
    return read_breakdown(tx, r->a, r->declaration, &r->out.counts, &r->out.breakdown);
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
