/* SPDX-License-Identifier: EUPL-1.2 */
/* viewc: compiles the views of a folder to C.
 *
 *   viewc [--mail] [--skip FOLDER] [--depfile FILE] --out BASE ROOT [FILE…]
 *
 * Compiles ROOT/…/x.html (and with --mail also x.txt), sorted by path, or only the named files
 * below ROOT. Writes BASE.c, BASE.h and BASE.keys: the functions, their prototypes, and the keys
 * of the messages they show. The dependency file names the folders too, so that a new file is
 * noticed without configuring again. --skip leaves out a folder directly below ROOT. */

#include "view.h"

#include <dirent.h>
#include <errno.h>
#include <sys/stat.h>

enum { VIEWS_MOST = 1000, FOLDERS_MOST = 200, ARENA_BYTES = 1 << 30 };

typedef struct viewc {
    arena *a;
    const char *root, *skip, *out, *depfile;
    bool is_mail;
    str paths[VIEWS_MOST]; /* below root */
    size_t path_count;
    str folders[FOLDERS_MOST]; /* below root; "" is root itself */
    size_t folder_count;
    view *views;
} viewc;

static _Noreturn void stop(const char *message, str what)
{
    fprintf(stderr, "viewc: %s %.*s\n", message, STR_FMT(what));
    exit(1);
}

static str path_in(viewc *v, str below)
{
    return below.n ? arena_printf(v->a, "%s/%.*s", v->root, STR_FMT(below)) : str_of(v->root);
}

/* --- Which files --- */

static void add_path(viewc *v, str below)
{
    if (v->path_count == VIEWS_MOST)
        stop("too many views in", str_of(v->root));
    v->paths[v->path_count++] = below;
}

/* One entry of a folder: a view is noted, a folder is put behind the folders still to be read. */
static void take_entry(viewc *v, str folder, str name)
{
    str below = folder.n ? arena_printf(v->a, "%.*s/%.*s", STR_FMT(folder), STR_FMT(name)) : name;
    struct stat about;
    if (name.at[0] == '.' || (v->skip && str_eq(below, str_of(v->skip))))
        return;
    if (stat(arena_cstr(v->a, path_in(v, below)), &about) != 0)
        stop("cannot look at", below);
    if (S_ISDIR(about.st_mode)) {
        if (v->folder_count == FOLDERS_MOST)
            stop("too many folders in", str_of(v->root));
        v->folders[v->folder_count++] = below;
    } else if (str_ends(name, S(".html")) || (v->is_mail && str_ends(name, S(".txt")))) {
        add_path(v, below);
    } else if (!str_eq(name, S("meson.build"))) {
        stop("not a view:", path_in(v, below));
    }
}

static int order(const void *a, const void *b)
{
    const str *left = a, *right = b;
    return str_cmp(*left, *right);
}

static void find_paths(viewc *v)
{
    v->folders[v->folder_count++] = S("");
    for (size_t i = 0; i < v->folder_count; i++) {
        DIR *folder = opendir(arena_cstr(v->a, path_in(v, v->folders[i])));
        if (!folder && i == 0 && errno == ENOENT)
            return; /* no views yet: still a library */
        if (!folder)
            stop("cannot open the folder", path_in(v, v->folders[i]));
        for (struct dirent *entry; (entry = readdir(folder)) != NULL;)
            take_entry(v, v->folders[i], arena_copy(v->a, str_of(entry->d_name)));
        closedir(folder);
    }
    qsort(v->paths, v->path_count, sizeof v->paths[0], order);
}

/* --- The views --- */

/* "sign_form" of sign/form.html, "mail_confirm_text" of mail/confirm.txt. */
static str expected_name(viewc *v, str below)
{
    bool is_text = str_ends(below, S(".txt"));
    str stem = str_head(below, below.n - (is_text ? 4 : 5));
    str name = v->is_mail ? arena_printf(v->a, "mail_%.*s%s", STR_FMT(stem), is_text ? "_text" : "")
                          : arena_copy(v->a, stem);
    char *c = arena_cstr(v->a, name);
    for (size_t i = 0; i < name.n; i++)
        if (c[i] == '/' || c[i] == '-')
            c[i] = '_';
    if (source_identifier(str_of(c)) != name.n)
        stop("a view is named by small letters, digits, - and _:", below);
    return str_of(c);
}

static const view *find_view(const viewc *v, str name)
{
    for (size_t i = 0; i < v->path_count; i++)
        if (str_eq(v->views[i].name, name))
            return &v->views[i];
    return NULL;
}

static void check_uses(const viewc *v, const view *caller)
{
    for (size_t i = 0; i < caller->use_count; i++) {
        const view_use *use = &caller->uses[i];
        const view *called = find_view(v, use->name);
        if (!called)
            source_refuse(&caller->src, use->line, "no view is named %.*s", STR_FMT(use->name));
        if (called->is_text != caller->is_text)
            source_refuse(&caller->src, use->line, "%.*s is of the other kind, text or HTML",
                          STR_FMT(use->name));
        if (called->has_slot != use->is_wrap)
            source_refuse(&caller->src, use->line, "%.*s has %s {slot}: call it by {%s}",
                          STR_FMT(use->name), called->has_slot ? "a" : "no",
                          called->has_slot ? "wrap" : "part");
    }
}

static void compile_all(viewc *v)
{
    v->views = arena_array(v->a, view, v->path_count);
    for (size_t i = 0; i < v->path_count; i++) {
        view *one = &v->views[i];
        char *path = arena_cstr(v->a, path_in(v, v->paths[i]));
        one->is_mail = v->is_mail;
        one->is_text = str_ends(v->paths[i], S(".txt"));
        one->expected_name = expected_name(v, v->paths[i]);
        one->src = source_read(v->a, path);
        view_compile(v->a, one);
        for (size_t n = 0; n < i; n++)
            if (str_eq(v->views[n].name, one->name))
                source_refuse(&one->src, one->line, "%s has the same name", v->views[n].src.path);
    }
    for (size_t i = 0; i < v->path_count; i++)
        check_uses(v, &v->views[i]);
}

/* --- What is written --- */

static void put_prototype(buf *b, const view *one, const char *suffix)
{
    buf_printf(b, "void view_%.*s%s(const view_context *vc, html_out *o%s%.*s);\n",
               STR_FMT(one->name), suffix, one->parameters.n ? ", " : "", STR_FMT(one->parameters));
}

static bool is_included_before(const viewc *v, size_t view_index, size_t include_index)
{
    str wanted = v->views[view_index].includes.at[include_index];
    for (size_t i = 0; i <= view_index; i++)
        for (size_t n = 0; n < (i < view_index ? v->views[i].includes.n : include_index); n++)
            if (str_eq(v->views[i].includes.at[n], wanted))
                return true;
    return false;
}

static str header_text(viewc *v)
{
    buf b = buf_in(v->a);
    buf_put(&b, S("/* Made by viewc from the views; not kept. */\n#pragma once\n\n"
                  "#include \"lang/view.h\"\n\n"));
    for (size_t i = 0; i < v->path_count; i++)
        for (size_t n = 0; n < v->views[i].includes.n; n++)
            if (!is_included_before(v, i, n))
                buf_printf(&b, "#include %.*s\n", STR_FMT(v->views[i].includes.at[n]));
    buf_put_char(&b, '\n');
    for (size_t i = 0; i < v->path_count; i++) {
        put_prototype(&b, &v->views[i], "");
        if (v->views[i].has_slot)
            put_prototype(&b, &v->views[i], "__after");
    }
    return buf_str(&b);
}

static str code_text(viewc *v)
{
    const char *slash = strrchr(v->out, '/');
    buf b = buf_in(v->a);
    buf_printf(&b, "/* Made by viewc from the views; not kept. */\n#include \"%s.h\"\n",
               slash ? slash + 1 : v->out);
    for (size_t i = 0; i < v->path_count; i++) {
        buf_put_char(&b, '\n');
        buf_put(&b, v->views[i].code);
    }
    return buf_str(&b);
}

/* Each key once, sorted. */
static str keys_text(viewc *v)
{
    buf all = buf_in(v->a), b = buf_in(v->a);
    for (size_t i = 0; i < v->path_count; i++)
        buf_put(&all, v->views[i].keys);
    str *keys = arena_array(v->a, str, all.n + 1);
    size_t n = 0;
    for (str rest = buf_str(&all); source_line(&rest, &keys[n]);)
        n++;
    qsort(keys, n, sizeof keys[0], order);
    for (size_t i = 0; i < n; i++)
        if (i == 0 || !str_eq(keys[i], keys[i - 1]))
            buf_printf(&b, "%.*s\n", STR_FMT(keys[i]));
    return buf_str(&b);
}

/* A make rule: the outputs depend on every view and on every folder that was read. */
static str depfile_text(viewc *v)
{
    buf b = buf_in(v->a);
    buf_printf(&b, "%s.c %s.h %s.keys:", v->out, v->out, v->out);
    for (size_t i = 0; i < v->path_count; i++)
        buf_printf(&b, " \\\n  %s", v->views[i].src.path);
    for (size_t i = 0; i < v->folder_count; i++)
        buf_printf(&b, " \\\n  %.*s", STR_FMT(path_in(v, v->folders[i])));
    buf_put_char(&b, '\n');
    return buf_str(&b);
}

static void write_with(viewc *v, const char *ending, str text)
{
    source_write(arena_cstr(v->a, arena_printf(v->a, "%s%s", v->out, ending)), text);
}

/* --- Arguments --- */

static void read_arguments(viewc *v, int n, char **argument)
{
    for (int i = 1; i < n; i++) {
        str word = str_of(argument[i]);
        const char **value = str_eq(word, S("--out"))       ? &v->out
                             : str_eq(word, S("--skip"))    ? &v->skip
                             : str_eq(word, S("--depfile")) ? &v->depfile
                                                            : NULL;
        if (str_eq(word, S("--mail")))
            v->is_mail = true;
        else if (value && i + 1 < n)
            *value = argument[++i];
        else if (str_starts(word, S("--")))
            stop("unknown or incomplete option", word);
        else if (!v->root)
            v->root = argument[i];
        else
            add_path(v, word);
    }
    if (!v->root || !v->out)
        stop("usage: viewc [--mail] [--skip FOLDER] [--depfile FILE] --out BASE ROOT [FILE…]",
             S(""));
}

int main(int argument_count, char **arguments)
{
    arena *a = arena_open(ARENA_BYTES);
    viewc *v = arena_new(a, viewc);
    v->a = a;
    read_arguments(v, argument_count, arguments);
    if (v->path_count == 0)
        find_paths(v);
    compile_all(v);
    write_with(v, ".c", code_text(v));
    write_with(v, ".h", header_text(v));
    write_with(v, ".keys", keys_text(v));
    if (v->depfile)
        source_write(v->depfile, depfile_text(v));
    arena_close(a);
    return 0;
}
