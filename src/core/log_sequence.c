/* SPDX-License-Identifier: EUPL-1.2 */
/* Sequencing: queue rows to leaves, head and tallies, all in one transaction.
 *
 * The head moves only from the size that was read, so two sealers can never both append, whatever
 * their leases say. A crash before the commit leaves the queue as it was; after it, everything is
 * there but the files, which are a pure function of these rows. */

#include "core/log_row.h"

#include "base/log.h"
#include "place/place.h"

#include "sql/q_log.h"
#include "sql/q_server.h"
#include "sql/q_signature.h"

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

typedef struct sequencing {
    int64_t declaration;
    int64_t now_ms;
    int64_t appended; /* out */
    /* of one attempt */
    merkle_frontier frontier;
    int64_t tallied;
    int64_t tallied_at;
    int64_t closed; /* position of the close; 0: open */
    int64_t durability;
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
        TRY(q_region_tally_add(tx, seq->declaration, row->nuts_version,
                               place_cut(row->nuts, PLACE_REGION), n));
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

/* The log itself says what its lines rest on, when that changes. One that was always on one server
 * says nothing. */
static err append_mode(db_tx *tx, arena *scratch, sequencing *seq)
{
    bool is_followed;
    TRY(q_server_is_followed(tx, &is_followed));
    int64_t now = is_followed ? LOG_SYNC : LOG_ASYNC;
    bool was_followed = seq->durability == LOG_SYNC;
    if (is_followed == was_followed || seq->closed)
        return OK;
    hash32 note = hash_sha256(is_followed ? S("Each line is on a second server before it is "
                                              "signed.\n")
                                          : S("Each line is on one server when it is signed.\n"));
    TRY(append(tx, seq,
               arena_printf(scratch, "sig1 mode %s %.*s\n", is_followed ? "sync" : "async",
                            STR_FMT(hex_make(scratch, hash_str(&note))))));
    seq->durability = now;
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
    TRY(log_breakdown_read(tx, scratch, seq->declaration, &counts, &breakdown));
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
    int64_t held;
    err e = q_log_may_close(tx, seq->declaration, seq->now_ms - LOG_CLOSE_AFTER_MS, &held);
    if (e == ERR_NOT_FOUND || (e == OK && held > 0))
        return OK;
    TRY(e);
    log_counts counts;
    str breakdown;
    TRY(log_breakdown_read(tx, scratch, seq->declaration, &counts, &breakdown));
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
    TRY(log_frontier_read(head.size, head.frontier, &seq->frontier));
    seq->tallied = head.tallied;
    seq->tallied_at = head.tallied_at;
    seq->closed = head.closed;
    seq->durability = head.durability;
    TRY(append_mode(tx, scratch, seq));
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
                                              .closed = seq->closed,
                                              .durability = seq->durability},
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
