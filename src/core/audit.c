/* SPDX-License-Identifier: EUPL-1.2 */
/* One walk from leaf 0 to the end of the signed tree. Each bundle gives its leaves to the recount,
 * and each tile of every level must hold the hashes that follow from them. In memory stands the
 * open tile of each level and one bundle. */

#include "core/audit_parts.h"

enum {
    WIDTH = MERKLE_TILE_WIDTH,
    LEVELS = 8,
    MANIFEST_BYTES_MOST = 1 << 16,
    SCRATCH_BYTES = 4 << 20
};

typedef struct audit {
    audit_work w;
    recount *recount;
    checkpoint signed_tree;
    size_t stamps_passed;
    hash32 open[LEVELS][WIDTH];
    unsigned width[LEVELS];
} audit;

err audit_find(const audit_work *w, err e, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    w->report->finding = arena_vprintf(w->kept, format, args);
    va_end(args);
    return e;
}

err audit_file(const audit_work *w, arena *a, str path, size_t most_bytes, str *out_bytes)
{
    err e = w->plan->read(w->plan->from, a, path, most_bytes, out_bytes);
    if (e == ERR_LIMIT)
        return audit_find(w, ERR_DENIED, "%.*s is longer than it can be", STR_FMT(path));
    if (e == ERR_NOT_FOUND)
        return audit_find(w, e, "%.*s is missing", STR_FMT(path));
    TRY(e);
    w->report->files++;
    w->report->bytes += out_bytes->n;
    return OK;
}

#define DENY(u, ...) audit_find(&(u)->w, ERR_DENIED, __VA_ARGS__)

str audit_manifest_value(str manifest, str key)
{
    while (manifest.n) {
        str value;
        str line = str_cut(manifest, '\n', &manifest);
        if (str_eq(str_cut(line, ' ', &value), key))
            return value;
    }
    return S("");
}

/* --- what is signed --- */

/* Whether what was signed before can lie on the way to what is signed now. */
static err check_earlier(audit *u, const checkpoint *before)
{
    if (!str_eq(before->origin, u->signed_tree.origin))
        return DENY(u, "the earlier checkpoint is of another log, %.*s", STR_FMT(before->origin));
    if (before->size > u->signed_tree.size)
        return DENY(u, "rolled back: %llu leaves were signed before, now only %llu",
                    (unsigned long long)before->size, (unsigned long long)u->signed_tree.size);
    if (before->size == u->signed_tree.size && !hash_eq(&before->root, &u->signed_tree.root))
        return DENY(u, "forked: another tree of %llu leaves was signed before",
                    (unsigned long long)before->size);
    return OK;
}

static bool knows_key(const policy *p, const note_key *key)
{
    for (size_t i = 0; i < p->logs_n; i++)
        if (memcmp(p->logs[i].key.public_key, key->public_key, sizeof key->public_key) == 0 &&
            str_eq(p->logs[i].key.name, key->name))
            return true;
    return p->logs_n == 0;
}

static err check_policy(audit *u, str note, const note_key *key)
{
    policy_verdict verdict;
    if (!knows_key(u->w.plan->policy, key))
        return DENY(u, "the policy does not name this log's key");
    err e = policy_check(u->w.kept, u->w.plan->policy, key, note, &verdict);
    if (e != OK)
        return DENY(u, "the checkpoint is not signed as the policy asks, or a witness's "
                       "signature is wrong");
    u->w.report->witnesses = verdict.cosigned;
    u->w.report->witnesses_known = u->w.plan->policy->witnesses_n;
    if (!verdict.has_quorum)
        return DENY(u, "%zu of the policy's %zu witnesses cosigned: no quorum", verdict.cosigned,
                    u->w.plan->policy->witnesses_n);
    return OK;
}

static err check_checkpoint(audit *u, str note)
{
    err e = note_checkpoint_read(u->w.kept, note, u->w.report->vkey, &u->signed_tree);
    if (e != OK)
        return DENY(u, e == ERR_DENIED ? "the checkpoint is not signed by the log's key"
                                       : "the checkpoint is malformed, or the key of another log");
    u->w.report->origin = u->signed_tree.origin;
    note_key key;
    TRY(note_key_read(u->w.kept, u->w.report->vkey, &key));
    if (u->w.plan->policy)
        TRY(check_policy(u, note, &key));
    for (size_t i = 0; i < u->w.plan->earlier_n; i++)
        TRY(check_earlier(u, &u->w.plan->earlier[i]));
    const audit_report *r = u->w.report;
    uint64_t stamped = r->stamps_n ? r->stamps[r->stamps_n - 1].size : 0;
    return stamped <= u->signed_tree.size
               ? OK
               : DENY(u, "rolled back: %llu leaves were stamped before, now only %llu are signed",
                      (unsigned long long)stamped, (unsigned long long)u->signed_tree.size);
}

/* The manifest first, because it names the key; that it is the log's own, leaf 0 says later. Stamps
 * before the checkpoint: of a log that grows meanwhile none is newer. */
static err read_head(audit *u, str *out_manifest)
{
    str note;
    TRY(audit_file(&u->w, u->w.kept, S("manifest"), MANIFEST_BYTES_MOST, out_manifest));
    u->w.report->manifest = *out_manifest;
    u->w.report->vkey =
        u->w.plan->vkey.n ? u->w.plan->vkey : audit_manifest_value(*out_manifest, S("log-key"));
    if (u->w.report->vkey.n == 0)
        return DENY(u, "the manifest names no log key");
    TRY(audit_stamps_read(&u->w));
    TRY(audit_file(&u->w, u->w.kept, S("checkpoint"), NOTE_MAX_BYTES, &note));
    u->w.report->checkpoint = note;
    return check_checkpoint(u, note);
}

static err check_manifest(audit *u, str manifest)
{
    hash32 hash = hash_sha256(manifest);
    recounted now = recount_state(u->recount);
    if (!hash_eq(&hash, &now.manifest))
        return DENY(u, "the manifest is not the one that leaf 0 names");
    str own = audit_manifest_value(manifest, S("log-key"));
    if (now.keys == 0 && !str_eq(own, u->w.report->vkey))
        return DENY(u, "the key given is not the one that the manifest names");
    return OK;
}

/* --- tiles --- */

/* The file of a tile or bundle, for which a fuller one may stand that came later. */
static err read_tile(audit *u, int level, uint64_t index, unsigned width, size_t most_bytes,
                     str *out_bytes)
{
    str path = merkle_tile_path(u->w.scratch, level, index, width);
    if (width < WIDTH) {
        err e = audit_file(&u->w, u->w.scratch, path, most_bytes, out_bytes);
        if (e != ERR_NOT_FOUND)
            return e;
        u->w.report->finding = S(""); /* the full one may have taken its place */
        path = merkle_tile_path(u->w.scratch, level, index, WIDTH);
    }
    return audit_file(&u->w, u->w.scratch, path, most_bytes, out_bytes);
}

static err check_open_tile(audit *u, unsigned level, uint64_t nodes)
{
    unsigned width = u->width[level];
    uint64_t index = (nodes - 1) / WIDTH;
    str bytes;
    TRY(read_tile(u, (int)level, index, width, WIDTH * sizeof(hash32), &bytes));
    bool has_more = bytes.n == WIDTH * sizeof(hash32);
    if ((bytes.n != width * sizeof(hash32) && !has_more) ||
        memcmp(bytes.at, u->open[level], width * sizeof(hash32)) != 0) {
        str path = merkle_tile_path(u->w.scratch, (int)level, index, width);
        return DENY(u, "%.*s does not hold the hashes of its leaves", STR_FMT(path));
    }
    return OK;
}

static err add_hash(audit *u, hash32 hash, uint64_t leaves)
{
    for (unsigned level = 0; level < LEVELS; level++) {
        u->open[level][u->width[level]++] = hash;
        if (u->width[level] < WIDTH)
            return OK;
        TRY(check_open_tile(u, level, leaves >> (8 * level)));
        hash = merkle_fold(u->open[level], WIDTH);
        u->width[level] = 0;
    }
    return OK;
}

static err check_edge(audit *u)
{
    for (unsigned level = 0; level < LEVELS; level++)
        if (u->width[level])
            TRY(check_open_tile(u, level, u->signed_tree.size >> (8 * level)));
    return OK;
}

static err check_prefix(audit *u, const checkpoint *before)
{
    if (before->size != recount_size(u->recount))
        return OK;
    hash32 root = recount_state(u->recount).root;
    return hash_eq(&root, &before->root)
               ? OK
               : DENY(u, "rewritten: the first %llu leaves are not those of the earlier checkpoint",
                      (unsigned long long)before->size);
}

/* Stamps lie by size, so one is looked for at a time. */
static err check_stamped(audit *u)
{
    audit_report *r = u->w.report;
    if (u->stamps_passed == r->stamps_n ||
        r->stamps[u->stamps_passed].size != recount_size(u->recount))
        return OK;
    audit_stamp *s = &r->stamps[u->stamps_passed++];
    recounted now = recount_state(u->recount);
    s->is_closed = now.is_closed;
    return hash_eq(&now.root, &s->root)
               ? OK
               : DENY(u, "rewritten: the first %llu leaves are not those that were stamped",
                      (unsigned long long)s->size);
}

static bool is_wanted(const audit_plan *plan, uint64_t i, str leaf)
{
    return (int64_t)i == plan->asked || (plan->sought.n && str_starts(leaf, S("sig1 add ")) &&
                                         str_ends(str_head(leaf, leaf.n - 1), plan->sought));
}

static err take_leaf(audit *u, str leaf)
{
    uint64_t i = recount_size(u->recount);
    if (!recount_take(u->recount, leaf))
        return DENY(u, "leaf %llu: %s", (unsigned long long)i, recount_fault(u->recount));
    if (is_wanted(u->w.plan, i, leaf)) {
        u->w.report->leaf_at = (int64_t)i;
        u->w.report->leaf = arena_copy(u->w.kept, leaf);
    }
    TRY(add_hash(u, recount_leaf(u->recount), i + 1));
    for (size_t n = 0; n < u->w.plan->earlier_n; n++)
        TRY(check_prefix(u, &u->w.plan->earlier[n]));
    return check_stamped(u);
}

/* Cuts the next entry off; false: the bundle ends inside it. */
static bool next_entry(str *bundle, str *out_entry)
{
    if (bundle->n < 2)
        return false;
    size_t n = (size_t)(unsigned char)bundle->at[0] << 8 | (unsigned char)bundle->at[1];
    if (bundle->n - 2 < n)
        return false;
    *out_entry = str_head(str_skip(*bundle, 2), n);
    *bundle = str_skip(*bundle, 2 + n);
    return true;
}

static err take_bundle(audit *u, uint64_t index, unsigned width)
{
    str bundle, entry;
    arena_reset(u->w.scratch);
    TRY(read_tile(u, -1, index, width, AUDIT_BUNDLE_BYTES_MOST, &bundle));
    bool is_whole = true;
    for (unsigned i = 0; i < width && is_whole; i++) {
        is_whole = next_entry(&bundle, &entry);
        if (is_whole)
            TRY(take_leaf(u, entry));
    }
    unsigned more = 0; /* leaves after the checkpoint, in the full bundle that came later */
    while (is_whole && bundle.n) {
        is_whole = width < WIDTH && next_entry(&bundle, &entry);
        more++;
    }
    if (is_whole && (more == 0 || width + more == WIDTH))
        return OK;
    str path = merkle_tile_path(u->w.scratch, -1, index, width);
    return DENY(u, "%.*s is cut off or holds another number of leaves", STR_FMT(path));
}

static err walk(audit *u)
{
    uint64_t size = u->signed_tree.size;
    if (size == 0)
        return DENY(u, "the log has no leaf 0");
    for (uint64_t at = 0; at < size; at += WIDTH) {
        unsigned width = size - at < WIDTH ? (unsigned)(size - at) : WIDTH;
        TRY(take_bundle(u, at / WIDTH, width));
        if (u->w.plan->progress)
            u->w.plan->progress(at + width, size);
    }
    TRY(check_edge(u));
    hash32 root = recount_state(u->recount).root;
    return hash_eq(&root, &u->signed_tree.root)
               ? OK
               : DENY(u, "the leaves have another root than the checkpoint");
}

err audit_run(arena *a, const audit_plan *plan, audit_report *out_report)
{
    arena *scratch = arena_open(SCRATCH_BYTES);
    audit *u = arena_new(a, audit);
    *out_report = (audit_report){.leaf_at = -1, .finding = S("")};
    *u = (audit){.w = {plan, out_report, a, scratch}, .recount = recount_open()};
    str manifest;
    err e = read_head(u, &manifest);
    if (e == OK)
        e = walk(u);
    if (e == OK)
        e = check_manifest(u, manifest);
    out_report->counted = recount_state(u->recount);
    out_report->breakdown = recount_breakdown(u->recount, a);
    if (out_report->leaf_at >= 0)
        out_report->leaf_counts = recount_counts(u->recount, (uint64_t)out_report->leaf_at);
    recount_close(u->recount);
    arena_close(scratch);
    return e;
}
