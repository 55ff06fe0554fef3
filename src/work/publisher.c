/* SPDX-License-Identifier: EUPL-1.2 */
/* From rows to files.
 *
 * In memory stands only the right edge of the tree: for each level the open tile (fewer than 256
 * hashes) and the entries of the last bundle. A full tile is written once and pushes one hash to
 * the level above. The root is computed from the edge alone and compared with the rows' own
 * frontier before anything is signed: two roads to one number. */

#include "work/publisher.h"

#include "base/log.h"
#include "work/file.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

enum {
    TILE_WIDTH = MERKLE_TILE_WIDTH,
    LEVELS = 7, /* 256^7 leaves */
    READ_ENTRIES = 4 * TILE_WIDTH,
    WORK_BYTES_MOST = 64 << 20,
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
    sign_key key;
    int directory_fd;
    published last; /* size 0: nothing yet */
    edge edge;
};

static err write_tile(publisher *p, int level, uint64_t index, unsigned width, str bytes)
{
    str path = merkle_tile_path(p->scratch, level, index, width);
    TRY(file_replace(p->directory_fd, arena_cstr(p->scratch, path), bytes));
    if (width == TILE_WIDTH)
        file_drop_folder(p->directory_fd,
                         arena_cstr(p->scratch, arena_printf(p->scratch, "%.*s.p", STR_FMT(path))));
    return OK;
}

/* The bundle of C2SP tlog-tiles: each entry behind its length as 16 bits, big end first. */
static str bundle_bytes(publisher *p)
{
    buf b = buf_in(p->scratch);
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
    return memcmp(mine.at, root->at, sizeof mine.at) == 0;
}

static err refuse(const publisher *p, const char *reason)
{
    LOG(LOG_ERROR, "log.refused", log_str("log", p->origin), log_str("reason", str_of(reason)));
    return ERR_DENIED;
}

/* The edge as the files of the last checkpoint have it; ERR_NOT_FOUND when they do not. */
static err read_edge(publisher *p)
{
    edge *e = &p->edge;
    uint64_t size = (uint64_t)p->last.size;
    *e = (edge){.frontier.size = size};
    for (unsigned level = 0; level < LEVELS; level++) {
        uint64_t nodes = size >> (8 * level);
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
    return roots_agree(&e->frontier, &p->last.root) ? OK : ERR_NOT_FOUND;
}

/* The entries of the open bundle come from the rows and must hash to what the tile says. */
static err read_open_entries(publisher *p)
{
    edge *e = &p->edge;
    str_list entries;
    TRY(log_entries(p->core, p->scratch, p->declaration, p->last.size - (int64_t)e->width[0],
                    p->last.size, &entries));
    for (size_t i = 0; i < entries.n; i++) {
        hash32 leaf = merkle_leaf(entries.at[i]);
        if (entries.at[i].n > LOG_ENTRY_BYTES_MOST ||
            memcmp(leaf.at, e->open[0][i].at, sizeof leaf.at) != 0)
            return ERR_NOT_FOUND;
        memcpy(e->entries[i], entries.at[i].at, entries.at[i].n);
        e->entry_bytes[i] = (uint8_t)entries.at[i].n;
    }
    return OK;
}

static err rebuild_edge(publisher *p)
{
    p->edge = (edge){.frontier.size = 0};
    if (p->last.size == 0)
        return OK;
    log_state state;
    arena_reset(p->scratch);
    TRY(log_state_now(p->core, p->scratch, p->declaration, &state));
    if (state.frontier.size < (uint64_t)p->last.size)
        return refuse(p, "the rows are older than the last checkpoint");
    TRY(take_rows(p, (uint64_t)p->last.size));
    return roots_agree(&p->edge.frontier, &p->last.root)
               ? OK
               : refuse(p, "the rows do not lead to the last checkpoint");
}

/* A restored database must not sign below what its own disk has published. */
static err check_disk(publisher *p)
{
    str note;
    checkpoint on_disk;
    err e = file_read(p->scratch, p->directory_fd, "checkpoint", 4096, &note);
    if (e == ERR_NOT_FOUND)
        return OK;
    TRY(e);
    str vkey = note_vkey(p->scratch, p->origin, p->key.public_key);
    if (note_checkpoint_read(p->scratch, note, vkey, &on_disk) != OK)
        return refuse(p, "the checkpoint on disk is not by this key");
    if (on_disk.size > (uint64_t)p->last.size) {
        /* Published, but the row was lost in a crash: it is the truth if the rows lead there. */
        log_state state;
        TRY(log_state_now(p->core, p->scratch, p->declaration, &state));
        if (state.frontier.size < on_disk.size)
            return refuse(p, "the rows are older than the checkpoint on disk");
        p->last.size = (int64_t)on_disk.size;
        p->last.root = on_disk.root;
        p->last.note = S("");
    }
    return OK;
}

static err prepare(publisher *p, const publisher_options *options)
{
    int parent =
        open(arena_cstr(p->scratch, options->directory), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (parent < 0)
        return ERR_IO;
    const char *slug = arena_cstr(p->scratch, options->slug);
    mkdirat(parent, slug, 0755);
    p->directory_fd = openat(parent, slug, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    close(parent);
    if (p->directory_fd < 0)
        return ERR_IO;
    TRY(file_replace(p->directory_fd, "manifest", options->manifest));
    err e = log_published(p->core, p->home, p->declaration, &p->last);
    if (e != OK && e != ERR_NOT_FOUND)
        return e;
    TRY(check_disk(p));
    e = p->last.size ? read_edge(p) : ERR_NOT_FOUND;
    if (e == OK)
        e = read_open_entries(p);
    return e == ERR_NOT_FOUND ? rebuild_edge(p) : e;
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
    p->key = options->key;
    p->directory_fd = -1;
    err e = prepare(p, options);
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
    if (p->directory_fd >= 0)
        close(p->directory_fd);
    arena_close(p->scratch);
    arena_close(p->home);
}

static err write_open_tiles(publisher *p)
{
    for (unsigned level = 0; level < LEVELS; level++)
        if (p->edge.width[level] && p->edge.is_dirty[level])
            TRY(write_open_tile(p, level));
    return OK;
}

err publisher_publish(publisher *p, int64_t now_ms, int64_t *out_size)
{
    log_state state;
    arena_reset(p->scratch);
    /* State outlives the resets below in an arena of its own. */
    arena *kept = arena_open(WORK_BYTES_MOST);
    err e = log_state_now(p->core, kept, p->declaration, &state);
    if (e == OK && (int64_t)state.frontier.size == p->last.size && p->last.note.n) {
        *out_size = p->last.size;
        arena_close(kept);
        return OK;
    }
    if (e == OK)
        e = take_rows(p, state.frontier.size);
    if (e == OK)
        e = write_open_tiles(p);
    hash32 root = merkle_root(&state.frontier);
    if (e == OK && !roots_agree(&p->edge.frontier, &root))
        e = refuse(p, "the rows and their frontier differ");
    if (e == OK) {
        published next = {
            .size = (int64_t)state.frontier.size,
            .root = root,
            .note = note_checkpoint(kept, p->origin, state.frontier.size, &root, &p->key),
            .counts = state.counts,
            .breakdown = state.breakdown,
            .at_ms = now_ms,
        };
        e = file_replace(p->directory_fd, "checkpoint", next.note);
        if (e == OK)
            e = log_publish(p->core, p->declaration, &next);
        if (e == OK || e == ERR_CONFLICT) {
            e = OK;
            p->last.size = next.size;
            p->last.root = root;
            p->last.note = S("published");
            *out_size = next.size;
        }
    }
    arena_close(kept);
    return e;
}

err publisher_rebuild(publisher *p, int64_t now_ms, int64_t *out_size)
{
    TRY(rebuild_edge(p));
    TRY(write_open_tiles(p));
    p->last.note = S("");
    return publisher_publish(p, now_ms, out_size);
}
