/* SPDX-License-Identifier: EUPL-1.2 */
/* Which messages nothing shows: names of C sources and the key lists that viewc writes. */

#include "set.h"
#include "source.h"

#include <dirent.h>
#include <sys/stat.h>

typedef struct usage {
    const po_catalogue *english;
    bool *is_used;
} usage;

enum { DEPTH_MOST = 12 };

static bool is_name_byte(char c)
{
    return (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
}

/* MSG_SIGN_TITLE, also at the front of MSG_SIGN_TITLE__ARGS, is the message sign.title. */
static bool is_name_of(str name, str key)
{
    size_t part = str_find_str(name, S("__"));
    name = str_skip(str_head(name, part), sizeof "MSG_" - 1);
    if (name.n != key.n)
        return false;
    for (size_t i = 0; i < key.n; i++) {
        char c = key.at[i];
        char wanted = c == '.' ? '_' : c >= 'a' && c <= 'z' ? (char)(c - 'a' + 'A') : c;
        if (name.at[i] != wanted)
            return false;
    }
    return true;
}

static void scan_c(usage *u, str text)
{
    for (size_t at; (at = str_find_str(text, S("MSG_"))) < text.n;) {
        text = str_skip(text, at);
        size_t n = 0;
        while (n < text.n && is_name_byte(text.at[n]))
            n++;
        for (size_t i = 0; i < u->english->n; i++) {
            if (!u->is_used[i] && is_name_of(str_head(text, n), u->english->at[i].key))
                u->is_used[i] = true;
        }
        text = str_skip(text, n);
    }
}

static void scan_keys(usage *u, str text)
{
    for (str line; source_line(&text, &line);) {
        const po_entry *e = po_find(u->english, str_trim(line));
        if (e)
            u->is_used[e - u->english->at] = true;
    }
}

static void scan_file(usage *u, const char *path)
{
    str name = str_of(path);
    bool is_keys = str_ends(name, S(".keys"));
    bool is_c = str_ends(name, S(".c")) || str_ends(name, S(".h"));
    if (str_ends(name, S("_test.c")) || str_ends(name, S("/messages.c")) ||
        str_ends(name, S("/messages.h")) || (!is_keys && !is_c))
        return;
    arena *a = arena_open(16 << 20);
    source s = source_read(a, path);
    if (is_keys)
        scan_keys(u, s.text);
    else
        scan_c(u, s.text);
    arena_close(a);
}

static void scan_folder(usage *u, arena *a, const char *folder, int depth)
{
    DIR *d = opendir(folder);
    if (!d) {
        fprintf(stderr, "%s: cannot be read\n", folder);
        exit(1);
    }
    for (struct dirent *e; (e = readdir(d));) {
        if (e->d_name[0] == '.')
            continue;
        char *path = arena_cstr(a, arena_printf(a, "%s/%s", folder, e->d_name));
        struct stat st;
        if (lstat(path, &st) != 0)
            continue;
        if (S_ISDIR(st.st_mode) && depth < DEPTH_MOST)
            scan_folder(u, a, path, depth + 1);
        else if (S_ISREG(st.st_mode) && st.st_size > 0)
            scan_file(u, path);
    }
    closedir(d);
}

bool usage_check(arena *a, const po_catalogue *english, char *const *folders, size_t n)
{
    usage u = {english, arena_array(a, bool, english->n + 1)};
    for (size_t i = 0; i < n; i++)
        scan_folder(&u, a, folders[i], 0);
    bool is_sound = true;
    for (size_t i = 0; i < english->n; i++) {
        if (u.is_used[i])
            continue;
        fprintf(stderr, "%s:%zu: nothing shows '%.*s'\n", english->path, english->at[i].line,
                STR_FMT(english->at[i].key));
        is_sound = false;
    }
    return is_sound;
}
