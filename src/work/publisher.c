/* SPDX-License-Identifier: EUPL-1.2 */
/* From rows to files.
 *
 * In memory stands only the right edge of the tree: for each level the open tile (fewer than 256
 * hashes) and the entries of the last bundle. A full tile is written once and pushes one hash to
 * the level above. The root is computed from the edge alone and compared with the rows' own
 * frontier before anything is signed: two roads to one number.
 *
 * The order is tiles, checkpoint file, checkpoint row. A crash leaves the disk ahead of the row at
 * most; a disk that is behind has been moved or restored, and all rows are read again. After any
 * failure the edge in memory counts for nothing and is taken up from the files anew.
 *
 * Rows are signed only once every server that a commit waits for has them: a standby that takes
 * over must be able to continue what was signed.
 *
 * Witnesses see a checkpoint before the file of it stands, so that what contradicts them is never
 * public. They know a size that we have not published only after a crash, and the rows have it. */

#include "work/publisher.h"

#include "base/clock.h"
#include "base/file.h"
#include "base/log.h"
#include "core/audit.h"
#include "core/standby.h"
#include "work/cosigners.h"
#include "work/tiles.h"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

enum {
    TILE_WIDTH = MERKLE_TILE_WIDTH,
    LEVELS = 7, /* 256^7 leaves */
    READ_ENTRIES = 4 * TILE_WIDTH,
    WORK_BYTES_MOST = 64 << 20,
    WITNESSED_EVERY_MS = 1000,
    WITNESSES_WAIT_MS = 500,
    WITNESSES_FIRST_WAIT_MS = 2000, /* what they know, before anything is signed */
    TROUBLE_BYTES_MOST = 1000,
};

typedef struct edge {
    merkle_frontier frontier; /* of the leaves taken so far */
    hash32 open[LEVELS][TILE_WIDTH];
    unsigned width[LEVELS];
    bool is_dirty[LEVELS]; /* the open tile has hashes that no file has */
    char entries[TILE_WIDTH][LOG_ENTRY_BYTES_MOST];
    uint8_t entry_bytes[TILE_WIDTH];
} edge;

struct publisher {
    core *core;
    arena *home;
    arena *scratch;
    int64_t declaration;
    str origin;
    str slug;
    str manifest;
    str policy;
    str witness_ca_file;
    sign_key key;
    int directory_fd;
    standbys *standbys;
    cosigners *cosigners;          /* NULL: none */
    int64_t asked_ms;              /* steady; when they were last */
    char told[TROUBLE_BYTES_MOST]; /* the trouble that the database knows of */
    bool has_told;
    uint64_t size; /* of the last checkpoint, 0: none yet */
    hash32 root;
    bool must_publish; /* also without a new leaf: file or row of the checkpoint is missing */
    bool is_stale;     /* the edge must be taken up anew */
    bool is_checking;  /* full tiles that stand as they should are left alone */
    edge edge;
};

static err write_tile(publisher *p, int level, uint64_t index, unsigned width, str bytes)
{
    str path = merkle_tile_path(p->scratch, level, index, width), before;
    const char *name = arena_cstr(p->scratch, path);
    bool is_there = p->is_checking && width == TILE_WIDTH &&
                    file_read(p->scratch, p->directory_fd, name, bytes.n, &before) == OK &&
                    str_eq(before, bytes);
    if (!is_there)
        TRY(file_replace(p->directory_fd, name, bytes));
    if (width == TILE_WIDTH)
        file_drop_folder(p->directory_fd,
                         arena_cstr(p->scratch, arena_printf(p->scratch, "%.*s.p", STR_FMT(path))));
    return OK;
}

/* The bundle of C2SP tlog-tiles: each entry behind its length as 16 bits, big end first. */
static str bundle_bytes(const publisher *p)
{
    buf b = buf_in(p->scratch);
    buf_reserve(&b, (size_t)p->edge.width[0] * (2 + LOG_ENTRY_BYTES_MOST));
    for (unsigned i = 0; i < p->edge.width[0]; i++) {
        buf_put_char(&b, 0);
        buf_put_char(&b, (char)p->edge.entry_bytes[i]);
        buf_put(&b, (str){p->edge.entries[i], p->edge.entry_bytes[i]});
    }
    return buf_str(&b);
}

/* Writes the open tile of a level, full or partial. */
static err write_open_tile(publisher *p, unsigned level)
{
    edge *e = &p->edge;
    unsigned width = e->width[level];
    /* The open tile counts as the one that its last hash fell into. */
    uint64_t nodes = e->frontier.size >> (8 * level);
    uint64_t index = (nodes - 1) / TILE_WIDTH;
    if (level == 0)
        TRY(write_tile(p, -1, index, width, bundle_bytes(p)));
    TRY(write_tile(p, (int)level, index, width,
                   (str){(const char *)e->open[level], width * sizeof(hash32)}));
    e->is_dirty[level] = false;
    return OK;
}

static err add_hash(publisher *p, hash32 hash)
{
    edge *e = &p->edge;
    for (unsigned level = 0; level < LEVELS; level++) {
        e->open[level][e->width[level]++] = hash;
        e->is_dirty[level] = true;
        if (e->width[level] < TILE_WIDTH)
            return OK;
        TRY(write_open_tile(p, level));
        hash = merkle_fold(e->open[level], TILE_WIDTH);
        e->width[level] = 0;
    }
    return ERR_LIMIT;
}

static err add_entry(publisher *p, str entry)
{
    edge *e = &p->edge;
    if (entry.n == 0 || entry.n > LOG_ENTRY_BYTES_MOST)
        return ERR_IO;
    unsigned place = e->width[0];
    memcpy(e->entries[place], entry.at, entry.n);
    e->entry_bytes[place] = (uint8_t)entry.n;
    hash32 leaf = merkle_leaf(entry);
    merkle_append(&e->frontier, &leaf);
    return add_hash(p, leaf);
}

/* Takes the rows up to size. */
static err take_rows(publisher *p, uint64_t size)
{
    while (p->edge.frontier.size < size) {
        str_list entries;
        int64_t start = (int64_t)p->edge.frontier.size;
        int64_t stop = start + READ_ENTRIES;
        if ((uint64_t)stop > size)
            stop = (int64_t)size;
        arena_reset(p->scratch);
        TRY(log_entries(p->core, p->scratch, p->declaration, start, stop, &entries));
        for (size_t i = 0; i < entries.n; i++)
            TRY(add_entry(p, entries.at[i]));
    }
    return OK;
}

static bool roots_agree(const merkle_frontier *f, const hash32 *root)
{
    hash32 mine = merkle_root(f);
    return hash_eq(&mine, root);
}

/* So that doctor and the signers' pages can say it; each change once. */
static void tell(publisher *p, bool is_refused, str text)
{
    log_trouble trouble = {is_refused, text, clock_now_ms()};
    if (p->has_told && str_eq(str_of(p->told), text))
        return;
    p->has_told = log_trouble_set(p->core, p->slug, &trouble) == OK;
    snprintf(p->told, sizeof p->told, "%.*s", STR_FMT(text));
}

static err refuse_for(publisher *p, str reason)
{
    LOG(LOG_ERROR, "log.refused", log_str("log", p->origin), log_str("reason", reason));
    tell(p, true, reason);
    return ERR_DENIED;
}

static err refuse(publisher *p, const char *reason)
{
    return refuse_for(p, str_of(reason));
}

/* The edge as the files of the last checkpoint have it; ERR_NOT_FOUND when they do not. */
static err read_edge(publisher *p)
{
    edge *e = &p->edge;
    *e = (edge){.frontier.size = p->size};
    for (unsigned level = 0; level < LEVELS; level++) {
        uint64_t nodes = p->size >> (8 * level);
        unsigned width = (unsigned)(nodes % TILE_WIDTH);
        str bytes;
        if (width == 0)
            continue;
        str path = merkle_tile_path(p->scratch, (int)level, nodes / TILE_WIDTH, width);
        TRY(file_read(p->scratch, p->directory_fd, arena_cstr(p->scratch, path),
                      sizeof e->open[level], &bytes));
        if (bytes.n != width * sizeof(hash32))
            return ERR_NOT_FOUND;
        memcpy(e->open[level], bytes.at, bytes.n);
        e->width[level] = width;
        /* Its hashes, cut into powers of two from the left, are peaks of the frontier. */
        unsigned done = 0;
        for (unsigned bit = 8; bit-- > 0;) {
            if (!((width >> bit) & 1))
                continue;
            e->frontier.peak[8 * level + bit] = merkle_fold(&e->open[level][done], 1u << bit);
            done += 1u << bit;
        }
    }
    return roots_agree(&e->frontier, &p->root) ? OK : ERR_NOT_FOUND;
}

/* The entries of the open bundle come from the rows; they must hash to what the tile says and be
 * what the file of the bundle says. */
static err read_open_entries(publisher *p)
{
    edge *e = &p->edge;
    str_list entries;
    str bytes;
    unsigned width = e->width[0];
    if (width == 0)
        return OK;
    TRY(log_entries(p->core, p->scratch, p->declaration, (int64_t)(p->size - width),
                    (int64_t)p->size, &entries));
    for (size_t i = 0; i < entries.n; i++) {
        hash32 leaf = merkle_leaf(entries.at[i]);
        if (entries.at[i].n > LOG_ENTRY_BYTES_MOST || !hash_eq(&leaf, &e->open[0][i]))
            return ERR_NOT_FOUND;
        memcpy(e->entries[i], entries.at[i].at, entries.at[i].n);
        e->entry_bytes[i] = (uint8_t)entries.at[i].n;
    }
    str expected = bundle_bytes(p);
    str path = merkle_tile_path(p->scratch, -1, p->size / TILE_WIDTH, width);
    TRY(file_read(p->scratch, p->directory_fd, arena_cstr(p->scratch, path), expected.n, &bytes));
    return str_eq(bytes, expected) ? OK : ERR_NOT_FOUND;
}

/* Reads all rows up to the last checkpoint again. A checkpoint that was published before it, if
 * on_disk has one, must lie on the way. */
static err rebuild_edge(publisher *p, const checkpoint *on_disk)
{
    p->edge = (edge){.frontier.size = 0};
    p->must_publish = true;
    log_state state;
    arena_reset(p->scratch);
    TRY(log_state_now(p->core, p->scratch, p->declaration, &state));
    if (state.frontier.size < p->size)
        return refuse(p, "the rows are older than the last checkpoint");
    p->is_checking = true;
    err e = on_disk->size <= p->size ? take_rows(p, on_disk->size) : OK;
    if (e == OK && on_disk->size > 0 && !roots_agree(&p->edge.frontier, &on_disk->root))
        e = refuse(p, "the rows do not lead to the checkpoint on disk");
    if (e == OK)
        e = take_rows(p, p->size);
    p->is_checking = false;
    TRY(e);
    if (p->size > 0 && !roots_agree(&p->edge.frontier, &p->root))
        return refuse(p, "the rows do not lead to the last checkpoint");
    return OK;
}

/* Another key, or another origin, is another log. It must be refused before its first checkpoint:
 * the right one could not go on behind that. */
static err check_manifest(publisher *p)
{
    str named = audit_manifest_value(p->manifest, S("log-key"));
    if (named.n == 0 || str_eq(named, note_vkey(p->scratch, p->origin, p->key.public_key)))
        return OK;
    return refuse(p, "the log key or the origin is not the one that the manifest names");
}

/* What the disk has published, size 0 when it has nothing. A restored database must not sign below
 * it. */
static err check_disk(publisher *p, checkpoint *out_on_disk)
{
    str note;
    *out_on_disk = (checkpoint){.size = 0};
    err e = file_read(p->scratch, p->directory_fd, "checkpoint", NOTE_MAX_BYTES, &note);
    if (e == ERR_NOT_FOUND) {
        p->must_publish = true;
        return OK;
    }
    TRY(e);
    str vkey = note_vkey(p->scratch, p->origin, p->key.public_key);
    checkpoint on_disk;
    if (note_checkpoint_read(p->scratch, note, vkey, &on_disk) != OK)
        return refuse(p, "the checkpoint on disk is not by this key");
    if (on_disk.size == p->size && !hash_eq(&on_disk.root, &p->root))
        return refuse(p, "the checkpoint on disk is another one than in the rows");
    if (on_disk.size > p->size) {
        /* Published, but the row was lost in a crash: it is the truth if the rows lead there. */
        log_state state;
        TRY(log_state_now(p->core, p->scratch, p->declaration, &state));
        if (state.frontier.size < on_disk.size)
            return refuse(p, "the rows are older than the checkpoint on disk");
        p->size = on_disk.size;
        p->root = on_disk.root;
        p->must_publish = true;
    }
    *out_on_disk = on_disk;
    return OK;
}

static err keep_policy(publisher *p)
{
    if (p->policy.n > 0)
        return file_replace(p->directory_fd, "policy", p->policy);
    unlinkat(p->directory_fd, "policy", 0);
    return OK;
}

static err write_open_tiles(publisher *p)
{
    for (unsigned level = 0; level < LEVELS; level++)
        if (p->edge.width[level] && p->edge.is_dirty[level])
            TRY(write_open_tile(p, level));
    return OK;
}

static err denied_by_witness(publisher *p)
{
    return refuse_for(p, cosigners_reason(p->cosigners, p->scratch));
}

/* Of the first so many rows, from the tiles as far as they reach. */
static err root_of_rows(void *from, uint64_t size, hash32 *out_root)
{
    publisher *p = from;
    tiles t = {p->scratch, p->directory_fd, p->size};
    merkle_frontier f = p->edge.frontier;
    err e = size > 0 && size <= p->size ? merkle_root_at(tiles_read, &t, size, out_root)
                                        : ERR_NOT_FOUND;
    if (e != ERR_NOT_FOUND)
        return e;
    if (f.size > size)
        f.size = 0;
    while (f.size < size) {
        uint64_t stop = f.size + READ_ENTRIES < size ? f.size + READ_ENTRIES : size;
        str_list entries;
        arena_reset(p->scratch);
        TRY(log_entries(p->core, p->scratch, p->declaration, (int64_t)f.size, (int64_t)stop,
                        &entries));
        for (size_t i = 0; i < entries.n; i++) {
            hash32 leaf = merkle_leaf(entries.at[i]);
            merkle_append(&f, &leaf);
        }
    }
    *out_root = merkle_root(&f);
    return OK;
}

static err hear_standbys(publisher *p)
{
    char reason[TROUBLE_BYTES_MOST];
    if (!p->standbys)
        return OK;
    arena *a = arena_open(WORK_BYTES_MOST);
    str said = S("");
    err e = standbys_check(p->standbys, a, p->declaration, root_of_rows, p, &said);
    int n = snprintf(reason, sizeof reason, "%.*s", STR_FMT(said));
    arena_close(a);
    BUG_IF(n < 0);
    return e == ERR_DENIED ? refuse(p, reason) : e;
}

/* What the witnesses know, from a checkpoint that is public already or of the empty tree: nothing
 * new is signed to find out. */
static err ask_first(publisher *p)
{
    const cosigner_options options = {p->origin, p->policy, p->directory_fd, p->witness_ca_file};
    log_state state;
    if (p->policy.n > 0 && !p->cosigners && cosigners_open(&options, &p->cosigners) != OK)
        return refuse(p, "the policy is malformed");
    if (!p->cosigners || cosigners_count(p->cosigners) == 0)
        return OK;
    TRY(log_state_now(p->core, p->scratch, p->declaration, &state));
    hash32 root = p->size ? p->root : hash_sha256(S(""));
    str note = note_checkpoint(p->scratch, p->origin, p->size, &root, &p->key);
    err e = cosigners_ask(p->cosigners, note, state.frontier.size, WITNESSES_FIRST_WAIT_MS);
    return e == ERR_DENIED ? denied_by_witness(p) : e;
}

/* From the files where they agree with the last checkpoint, else from the rows. */
static err take_up(publisher *p)
{
    published last;
    checkpoint on_disk;
    arena_reset(p->scratch);
    err e = log_published(p->core, p->scratch, p->declaration, &last);
    if (e != OK && e != ERR_NOT_FOUND)
        return e;
    p->size = e == OK ? (uint64_t)last.size : 0;
    if (e == OK)
        p->root = last.root;
    p->must_publish = false;
    TRY(check_manifest(p));
    TRY(check_disk(p, &on_disk));
    e = on_disk.size == p->size && p->size > 0 ? read_edge(p) : ERR_NOT_FOUND;
    if (e == OK)
        e = read_open_entries(p);
    if (e == ERR_NOT_FOUND)
        e = rebuild_edge(p, &on_disk);
    TRY(e);
    TRY(write_open_tiles(p)); /* proofs are read from them */
    TRY(hear_standbys(p));
    TRY(ask_first(p));
    p->is_stale = false;
    TRY(keep_policy(p));
    return file_replace(p->directory_fd, "manifest", p->manifest);
}

/* The folder of the log, held against any other publisher on this disk. */
static err open_folder(publisher *p, const publisher_options *options)
{
    int parent =
        open(arena_cstr(p->scratch, options->directory), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (parent < 0)
        return ERR_IO;
    const char *slug = arena_cstr(p->scratch, options->slug);
    err e = file_make_folder(parent, slug, 0755);
    p->directory_fd = openat(parent, slug, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    close(parent);
    if (e != OK || p->directory_fd < 0)
        return ERR_IO;
    return flock(p->directory_fd, LOCK_EX | LOCK_NB) == 0 ? OK : ERR_BUSY;
}

err publisher_open(core *c, const publisher_options *options, publisher **out_publisher)
{
    arena *home = arena_open(WORK_BYTES_MOST);
    publisher *p = arena_new(home, publisher);
    p->core = c;
    p->home = home;
    p->scratch = arena_open(WORK_BYTES_MOST);
    p->declaration = options->declaration;
    p->origin = arena_copy(home, options->origin);
    p->slug = arena_copy(home, options->slug);
    p->manifest = arena_copy(home, options->manifest);
    p->policy = arena_copy(home, options->policy);
    p->witness_ca_file = arena_copy(home, options->witness_ca_file);
    p->standbys = options->standbys;
    p->key = options->key;
    p->directory_fd = -1;
    err e = open_folder(p, options);
    if (e == OK)
        e = take_up(p);
    if (e != OK) {
        publisher_close(p);
        return e;
    }
    *out_publisher = p;
    return OK;
}

void publisher_close(publisher *p)
{
    if (!p)
        return;
    cosigners_close(p->cosigners);
    if (p->directory_fd >= 0)
        close(p->directory_fd);
    secret_wipe(&p->key, sizeof p->key);
    arena_close(p->scratch);
    arena_close(p->home);
}

static bool is_witnessed(const publisher *p)
{
    return p->cosigners && cosigners_count(p->cosigners) > 0;
}

/* The note with what witnesses have said of it so far. */
static str with_cosignatures(publisher *p, arena *a, str note)
{
    if (!is_witnessed(p))
        return note;
    return arena_printf(a, "%.*s%.*s", STR_FMT(note), STR_FMT(cosigners_lines(p->cosigners, a)));
}

/* The checkpoint stands: cosignatures that came late, or newer ones. */
static err publish_news(publisher *p, arena *kept)
{
    if (!is_witnessed(p))
        return OK;
    if (cosigners_is_denied(p->cosigners))
        return denied_by_witness(p);
    if (!cosigners_has_news(p->cosigners))
        return OK;
    str note = note_checkpoint(kept, p->origin, p->size, &p->root, &p->key);
    note = with_cosignatures(p, kept, note);
    TRY(file_replace(p->directory_fd, "checkpoint", note));
    return log_cosigned(p->core, p->declaration, (int64_t)p->size, note);
}

/* Signs, and hears the witnesses; nothing is public yet. */
static err sign(publisher *p, arena *kept, const log_state *state, published *out_next)
{
    hash32 root = merkle_root(&state->frontier);
    if (!roots_agree(&p->edge.frontier, &root))
        return refuse(p, "the rows and their frontier differ");
    published next = {
        .size = (int64_t)state->frontier.size,
        .root = root,
        .note = note_checkpoint(kept, p->origin, state->frontier.size, &root, &p->key),
        .counts = state->counts,
        .breakdown = state->breakdown,
        .versions = state->versions,
        .sources = state->sources,
        .regions = state->regions,
        .languages = state->languages,
        .types = state->types,
    };
    if (is_witnessed(p)) {
        err e = cosigners_ask(p->cosigners, next.note, state->frontier.size, WITNESSES_WAIT_MS);
        if (e == ERR_DENIED)
            return denied_by_witness(p);
        TRY(e);
    }
    next.note = with_cosignatures(p, kept, next.note);
    *out_next = next;
    return OK;
}

/* state outlives the resets of the scratch arena in an arena of its own. */
static err publish(publisher *p, arena *kept, int64_t now_ms, int64_t *out_size)
{
    log_state state;
    published next;
    int64_t steady_ms = clock_steady_ms();
    TRY(hear_standbys(p));
    TRY(log_state_now(p->core, kept, p->declaration, &state));
    if (state.frontier.size < p->size)
        return refuse(p, "the rows are older than the last checkpoint");
    *out_size = (int64_t)p->size;
    if (state.frontier.size == p->size && !p->must_publish)
        return publish_news(p, kept);
    if (is_witnessed(p) && steady_ms - p->asked_ms < WITNESSED_EVERY_MS)
        return OK;
    p->asked_ms = steady_ms;
    TRY(take_rows(p, state.frontier.size));
    TRY(write_open_tiles(p));
    TRY(standby_settle(p->core));
    TRY(sign(p, kept, &state, &next));
    next.at_ms = now_ms;
    TRY(file_replace(p->directory_fd, "checkpoint", next.note));
    err e = log_publish(p->core, p->declaration, &next);
    if (e == ERR_CONFLICT) /* the row stands already */
        e = log_cosigned(p->core, p->declaration, next.size, next.note);
    TRY(e);
    p->size = state.frontier.size;
    p->root = next.root;
    p->must_publish = false;
    *out_size = next.size;
    return OK;
}

err publisher_check(publisher *p)
{
    return p->is_stale ? OK : hear_standbys(p);
}

err publisher_publish(publisher *p, int64_t now_ms, int64_t *out_size)
{
    arena *kept = arena_open(WORK_BYTES_MOST);
    err e = p->is_stale ? take_up(p) : OK;
    arena_reset(p->scratch);
    if (e == OK)
        e = publish(p, kept, now_ms, out_size);
    if (e == OK)
        tell(p, false, p->cosigners ? cosigners_reason(p->cosigners, kept) : S(""));
    p->is_stale = e != OK;
    arena_close(kept);
    return e;
}

err publisher_rebuild(publisher *p, int64_t now_ms, int64_t *out_size)
{
    const checkpoint none = {.size = 0};
    p->is_stale = true;
    p->asked_ms = 0;
    TRY(rebuild_edge(p, &none));
    p->is_stale = false;
    return publisher_publish(p, now_ms, out_size);
}
