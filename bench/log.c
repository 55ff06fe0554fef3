/* SPDX-License-Identifier: EUPL-1.2 */
/* Makes a published log of N leaves in a folder, without a database, for bench/verify.sh: adds of
 * three kinds from 27 countries, and now and then a sub.
 *
 *     log FOLDER N */

#include "base/file.h"
#include "base/number.h"
#include "crypto/merkle.h"
#include "crypto/note.h"

#include <fcntl.h>
#include <sys/stat.h>

#define NAME S("bench.example/log/bench")

enum { WIDTH = MERKLE_TILE_WIDTH, LEVELS = 4 };

static int folder;
static arena *scratch;
static hash32 open_tile[LEVELS][WIDTH];
static unsigned widths[LEVELS];
static buf bundle;

static void put(int level, uint64_t index, unsigned width, str bytes)
{
    str path = merkle_tile_path(scratch, level, index, width);
    const char *name = arena_cstr(scratch, path);
    char *parent = arena_cstr(scratch, path);
    for (char *at = strchr(parent, '/'); at; at = strchr(at + 1, '/')) {
        *at = '\0';
        mkdirat(folder, parent, 0755);
        *at = '/';
    }
    FILE *file = NULL;
    int fd = openat(folder, name, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);
    BUG_IF(fd < 0 || !(file = fdopen(fd, "w")));
    BUG_IF(fwrite(bytes.at, 1, bytes.n, file) != bytes.n || fclose(file) != 0);
}

static void put_open(unsigned level, uint64_t nodes)
{
    uint64_t index = (nodes - 1) / WIDTH;
    if (level == 0)
        put(-1, index, widths[0], buf_str(&bundle));
    put((int)level, index, widths[level],
        (str){(const char *)open_tile[level], widths[level] * sizeof(hash32)});
}

static void add(str leaf, uint64_t size)
{
    hash32 hash = merkle_leaf(leaf);
    buf_put_char(&bundle, 0);
    buf_put_char(&bundle, (char)leaf.n);
    buf_put(&bundle, leaf);
    for (unsigned level = 0; level < LEVELS; level++) {
        open_tile[level][widths[level]++] = hash;
        if (widths[level] < WIDTH)
            return;
        put_open(level, size >> (8 * level));
        hash = merkle_fold(open_tile[level], WIDTH);
        widths[level] = 0;
        if (level == 0) {
            arena_reset(scratch);
            bundle = buf_in(scratch);
        }
    }
}

static str leaf_of(uint64_t i, str manifest_hash, char room[static 100])
{
    static const char countries[] = "ATBEBGHRCYCZDKEEFIFRDEGRHUIEITLVLTLUMTNLPLPTROSKSIESSE";
    hash32 hash = hash_sha256((str){(const char *)&i, sizeof i});
    int n;
    if (i == 0) {
        n = snprintf(room, 100, "sig1 open %.*s\n", STR_FMT(manifest_hash));
    } else if (i % 100 == 99) {
        n = snprintf(room, 100, "sig1 sub %llu withdrawn\n", (unsigned long long)i - 1);
    } else {
        n = snprintf(room, 100, "sig1 add %c %.2s ", "pom"[i % 10 < 8 ? 0 : i % 10 - 7],
                     countries + 2 * (i % 27));
        for (int at = 0; at < 32; at++)
            n += snprintf(room + n, 3, "%02x", hash.at[at]);
        n += snprintf(room + n, 2, "\n");
    }
    return (str){room, (size_t)n};
}

int main(int n, char **args)
{
    int64_t leaves;
    static const unsigned char seed[32] = {1};
    char room[100];
    if (n != 3 || number_parse(str_of(args[2]), 1, 1 << 30, &leaves) != OK)
        return 2;
    crypto_init();
    folder = open(args[1], O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    arena *a = arena_open(1 << 20);
    scratch = arena_open(1 << 24);
    bundle = buf_in(scratch);
    sign_key key = sign_key_from_seed(seed);
    str manifest = arena_printf(a, "sig1 manifest\nlog-key %.*s\n",
                                STR_FMT(note_vkey(a, NAME, key.public_key)));
    hash32 manifest_hash = hash_sha256(manifest);
    str hex = hex_make(a, hash_str(&manifest_hash));
    merkle_frontier tree = {.size = 0};
    for (uint64_t i = 0; i < (uint64_t)leaves; i++) {
        str leaf = leaf_of(i, hex, room);
        hash32 hash = merkle_leaf(leaf);
        merkle_append(&tree, &hash);
        add(leaf, i + 1);
    }
    for (unsigned level = 0; level < LEVELS; level++)
        if (widths[level])
            put_open(level, (uint64_t)leaves >> (8 * level));
    hash32 root = merkle_root(&tree);
    BUG_IF(file_replace(folder, "manifest", manifest) != OK);
    BUG_IF(file_replace(folder, "checkpoint", note_checkpoint(a, NAME, tree.size, &root, &key)) !=
           OK);
    arena_close(scratch);
    arena_close(a);
    return 0;
}
