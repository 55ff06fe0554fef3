/* SPDX-License-Identifier: EUPL-1.2 */
/* Rows, files, and the recomputation. */

#include "test_stage.h"

#include <ftw.h>
#include <openssl/sha.h>
#include <sys/stat.h>

stage stage_open(void **state)
{
    stage s = {.f = fixture_open(state), .key = fixture_log_key(), .origin = ORIGIN};
    s.directory = arena_printf(s.f.a, "%.*s/log", STR_FMT(s.f.folder));
    assert_int_equal(mkdir(s.directory.at, 0755), 0);
    log_state now;
    ASSERT_OK(log_state_now(&s.f.c, s.f.a, s.f.main->id, &now));
    s.frontier = now.frontier;
    return s;
}

void stage_close(stage *s)
{
    publisher_close(s->p);
    fixture_close(&s->f);
}

err begin(stage *s)
{
    publisher_close(s->p);
    s->p = NULL;
    const publisher_options options = {.directory = s->directory,
                                       .origin = s->origin,
                                       .declaration = s->f.main->id,
                                       .slug = S("main"),
                                       .manifest = s->f.main->manifest,
                                       .key = s->key,
                                       .policy = s->policy,
                                       .standbys = s->standbys};
    return publisher_open(&s->f.c, &options, &s->p);
}

void publish(stage *s)
{
    int64_t size;
    ASSERT_OK(publisher_publish(s->p, s->f.now_ms, &size));
    assert_int_equal(size, s->frontier.size);
}

/* --- rows --- */

str entry_of(arena *a, uint64_t i)
{
    hash32 commitment = hash_sha256((str){(const char *)&i, sizeof i});
    return arena_printf(a, "sig1 add p DK %.*s\n", STR_FMT(hex_make(a, hash_str(&commitment))));
}

static str frontier_bytes(arena *a, const merkle_frontier *frontier)
{
    buf b = buf_in(a);
    for (unsigned i = 0; i < 64; i++)
        if ((frontier->size >> i) & 1)
            buf_put(&b, hash_str(&frontier->peak[i]));
    return buf_str(&b);
}

typedef struct filling {
    stage *s;
    uint64_t size;
    merkle_frontier frontier; /* out */
} filling;

static err fill(db_tx *tx, arena *scratch, void *arg)
{
    filling *fill = arg;
    int64_t id = fill->s->f.main->id;
    fill->frontier = fill->s->frontier;
    while (fill->frontier.size < fill->size) {
        str entry = entry_of(scratch, fill->frontier.size);
        hash32 leaf = merkle_leaf(entry);
        TRY(q_probe_leaf_put(tx, id, (int64_t)fill->frontier.size, entry));
        merkle_append(&fill->frontier, &leaf);
    }
    return q_probe_head_put(tx, id, (int64_t)fill->frontier.size,
                            frontier_bytes(scratch, &fill->frontier));
}

void grow(stage *s, uint64_t size)
{
    filling made = {.s = s, .size = size};
    fixture_change(&s->f, fill, &made);
    s->frontier = made.frontier;
}

static err set_back(db_tx *tx, arena *scratch, void *arg)
{
    stage *s = arg;
    int64_t id = s->f.main->id;
    TRY(q_probe_leaves_cut(tx, id, (int64_t)s->frontier.size));
    TRY(q_probe_checkpoints_cut(tx, id, (int64_t)s->frontier.size));
    return q_probe_head_put(tx, id, (int64_t)s->frontier.size,
                            frontier_bytes(scratch, &s->frontier));
}

void roll_back(stage *s)
{
    fixture_change(&s->f, set_back, s);
}

/* --- files --- */

char *path_of(stage *s, const char *name)
{
    return arena_cstr(s->f.a, arena_printf(s->f.a, "%.*s/main/%s", STR_FMT(s->directory), name));
}

bool read_file(stage *s, const char *name, str *out)
{
    FILE *file = fopen(path_of(s, name), "rb");
    if (!file)
        return false;
    struct stat info;
    assert_int_equal(fstat(fileno(file), &info), 0);
    size_t n = (size_t)info.st_size;
    char *bytes = arena_alloc(s->f.a, n + 1);
    assert_int_equal(fread(bytes, 1, n, file), n);
    *out = (str){bytes, n};
    fclose(file);
    return true;
}

void write_file(stage *s, const char *name, str bytes)
{
    FILE *file = fopen(path_of(s, name), "wb");
    assert_non_null(file);
    assert_int_equal(fwrite(bytes.at, 1, bytes.n, file), bytes.n);
    fclose(file);
}

static void assert_file(stage *s, const char *name, str expected)
{
    str bytes;
    if (!read_file(s, name, &bytes))
        fail_msg("no file %s", name);
    if (!str_eq(bytes, expected))
        fail_msg("file %s: %zu bytes, expected %zu", name, bytes.n, expected.n);
}

static int files_seen;

static int count_one(const char *path, const struct stat *info, int type, struct FTW *at)
{
    (void)path;
    (void)at;
    files_seen += type == FTW_F && S_ISREG(info->st_mode);
    return 0;
}

int count_files(stage *s)
{
    files_seen = 0;
    nftw(path_of(s, ""), count_one, 16, FTW_PHYS);
    return files_seen;
}

/* --- the recomputation --- */

typedef struct digest {
    unsigned char at[32];
} digest;

static digest node_of(const digest *left, const digest *right)
{
    unsigned char bytes[65] = {1};
    digest out;
    memcpy(bytes + 1, left->at, 32);
    memcpy(bytes + 33, right->at, 32);
    SHA256(bytes, sizeof bytes, out.at);
    return out;
}

/* MTH of RFC 6962 section 2.1. */
static digest tree_of(const digest *leaves, size_t n)
{
    if (n == 1)
        return leaves[0];
    size_t k = 1;
    while (2 * k < n)
        k *= 2;
    digest left = tree_of(leaves, k), right = tree_of(leaves + k, n - k);
    return node_of(&left, &right);
}

/* "x001/234" and, for less than 256 hashes, ".p/WIDTH". */
static char *tile_name(arena *a, const char *level, size_t index, size_t width)
{
    buf b = buf_in(a);
    buf_printf(&b, "tile/%s/", level);
    for (size_t scale = 1000000000; scale >= 1000; scale /= 1000)
        if (index >= scale)
            buf_printf(&b, "x%03zu/", index / scale % 1000);
    buf_printf(&b, "%03zu", index % 1000);
    if (width < 256)
        buf_printf(&b, ".p/%zu", width);
    return arena_cstr(a, buf_str(&b));
}

static void check_bundle(stage *s, const str_list *entries, size_t index, size_t width)
{
    buf b = buf_in(s->f.a);
    for (size_t i = 0; i < width; i++) {
        str entry = entries->at[index * 256 + i];
        buf_put_char(&b, (char)(entry.n >> 8));
        buf_put_char(&b, (char)(entry.n & 255));
        buf_put(&b, entry);
    }
    assert_file(s, tile_name(s->f.a, "entries", index, width), buf_str(&b));
}

/* Every tile of the tree, and the number of them; nodes becomes the level above. */
static int check_tiles(stage *s, const str_list *entries, digest *nodes, size_t n)
{
    int files = 0;
    for (int level = 0; n > 0; level++) {
        size_t full = n / 256;
        const char *name = arena_printf(s->f.a, "%d", level).at;
        for (size_t index = 0; index * 256 < n; index++) {
            size_t width = index < full ? 256 : n % 256;
            assert_file(s, tile_name(s->f.a, name, index, width),
                        (str){(const char *)nodes[index * 256].at, width * 32});
            if (level == 0)
                check_bundle(s, entries, index, width);
            files += 1 + (level == 0);
        }
        for (size_t index = 0; index < full; index++)
            nodes[index] = tree_of(nodes + index * 256, 256);
        n = full;
    }
    return files;
}

int check_all(stage *s)
{
    fixture *f = &s->f;
    str_list entries = fixture_leaves(f, f->main);
    digest *nodes = arena_array(f->a, digest, entries.n);
    for (size_t i = 0; i < entries.n; i++) {
        char bytes[1 + LOG_ENTRY_BYTES_MOST] = {0};
        memcpy(bytes + 1, entries.at[i].at, entries.at[i].n);
        SHA256((const unsigned char *)bytes, 1 + entries.at[i].n, nodes[i].at);
    }
    digest root = tree_of(nodes, entries.n);
    str note;
    checkpoint read;
    assert_true(read_file(s, "checkpoint", &note));
    ASSERT_OK(note_checkpoint_read(f->a, note, note_vkey(f->a, ORIGIN, s->key.public_key), &read));
    assert_int_equal(read.size, entries.n);
    assert_memory_equal(read.root.at, root.at, 32);
    published last;
    ASSERT_OK(log_published(&f->c, f->a, f->main->id, &last));
    assert_int_equal(last.size, entries.n);
    assert_memory_equal(last.root.at, root.at, 32);
    ASSERT_STR(last.note, note);
    assert_file(s, "manifest", f->main->manifest);
    int files = 2 + check_tiles(s, &entries, nodes, entries.n);
    return files;
}
