/* SPDX-License-Identifier: EUPL-1.2 */
/* Files are written before the transaction that refers to them, under the hash of their bytes: one
 * that fails leaves nothing but bytes that nobody points to, and a repetition finds them there. */

#include "cli/content_files.h"

#include "base/file.h"
#include "core/file_text.h"
#include "crypto/crypto.h"
#include "paper/paper.h"
#include "picture/picture.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

enum {
    SCRATCH_BYTES = 1 << 20,
    FORM_BYTES_MOST = 64 << 20,
    GIVEN_BYTES_MOST = 200 << 20,
    PAPER_BYTES_MOST = 4 << 20
};

typedef struct taking {
    command_context *c;
    content_report *report;
    const alliance *before; /* what the database knows of an earlier import */
    int media;              /* DATA/media */
    str media_path;
    const content_item *item;
    content_file *files; /* of the item, to be filled */
    size_t n;
    bool is_dry;
    bool (*goes_on)(void);
    bool has_no_reader; /* of papers: said once */
    err trouble;        /* of the machine, not of the content */
} taking;

static void problem(taking *t, const given_file *g, size_t line, const char *message)
{
    content_report_add(t->c->a, t->report, g->path, line, str_of(message));
}

static void warning(taking *t, const given_file *g, const char *message)
{
    content_report_warn(t->c->a, t->report, g->path, 0, str_of(message));
}

static bool is_there(const taking *t, const content_file *f)
{
    str path;
    const file_type *type;
    struct stat info;
    return file_path(t->c->a, f->hash, f->published, &path, &type) == OK &&
           fstatat(t->media, arena_cstr(t->c->a, path), &info, 0) == 0 && info.st_size == f->bytes;
}

/* What was made of the same bytes before. */
static bool take_again(taking *t, const given_file *g, hash32 source)
{
    const content_item *old = alliance_item(t->before, t->item->kind, t->item->slug);
    size_t n = t->n;
    for (size_t i = 0; old && i < old->files.n; i++) {
        const content_file *f = &old->files.at[i];
        if (!str_eq(f->name, g->name) || !str_eq(f->source, hash_str(&source)))
            continue;
        if (!is_there(t, f))
            return false;
        t->files[n++] = *f;
    }
    bool is_known = n > t->n;
    t->n = n;
    return is_known;
}

/* Writes the bytes, if they are not there, and notes the file. */
static void publish(taking *t, content_file f, str bytes)
{
    str path;
    const file_type *type;
    hash32 hash = hash_sha256(bytes);
    f.hash = hex_make(t->c->a, (str){(const char *)hash.at, 16});
    f.bytes = (int64_t)bytes.n;
    if (file_path(t->c->a, f.hash, f.published, &path, &type) != OK) {
        t->trouble = ERR_INVALID;
        return;
    }
    if (!is_there(t, &f))
        t->trouble = file_replace(t->media, arena_cstr(t->c->a, path), bytes);
    t->files[t->n++] = f;
}

static str source_of(taking *t, hash32 source)
{
    return arena_copy(t->c->a, hash_str(&source));
}

/* "front.jpg" as 800.webp: "front-800.webp". */
static str form_name(arena *a, str name, const picture_form *form)
{
    str ending;
    str stem = str_cut(name, '.', &ending);
    return arena_printf(a, "%.*s-%s", STR_FMT(stem), form->name);
}

static void publish_forms(taking *t, const given_file *g, hash32 source, str folder_name,
                          const picture_form *forms)
{
    for (size_t i = 0; i < PICTURE_FORMS && t->trouble == OK; i++) {
        str bytes;
        arena *a = arena_open(FORM_BYTES_MOST + SCRATCH_BYTES);
        str path = arena_printf(a, "%.*s/%s", STR_FMT(folder_name), forms[i].name);
        if (forms[i].is_there) {
            t->trouble = file_read(a, t->media, arena_cstr(a, path), FORM_BYTES_MOST, &bytes);
            if (t->trouble == OK)
                publish(t,
                        (content_file){.name = g->name,
                                       .form = forms[i].form,
                                       .published = form_name(t->c->a, g->name, &forms[i]),
                                       .source = source_of(t, source),
                                       .width = forms[i].size.width,
                                       .height = forms[i].size.height},
                        bytes);
        }
        arena_close(a);
    }
}

/* The child gets a copy under a name of ours in a folder of its own. */
static void take_photograph(taking *t, const given_file *g, hash32 source, str bytes)
{
    arena *a = t->c->a;
    picture_size size;
    picture_form forms[PICTURE_FORMS];
    if (photograph_size(bytes, &size) != OK) {
        problem(t, g, 0, "is no JPEG, PNG or WebP picture");
        return;
    }
    if (size.width > PICTURE_SIDE_MOST || size.height > PICTURE_SIDE_MOST ||
        size.width * size.height > PICTURE_AREA_MOST) {
        problem(t, g, 0, "has too many pixels: 100 million at most, 16384 a side");
        return;
    }
    char *folder = arena_cstr(a, arena_printf(a, "%.*s/made-XXXXXX", STR_FMT(t->media_path)));
    if (!mkdtemp(folder)) {
        t->trouble = ERR_IO;
        return;
    }
    str name = str_skip(str_of(folder), t->media_path.n + 1);
    str given = arena_printf(a, "%.*s/given", STR_FMT(name));
    t->trouble = file_replace(t->media, arena_cstr(a, given), bytes);
    err e = t->trouble;
    if (e == OK)
        e = photograph_render(a, arena_printf(a, "%s/given", folder), str_of(folder),
                              confine_level_of(t->c->sandbox), forms);
    if (e == OK)
        publish_forms(t, g, source, name, forms);
    else if (e == ERR_NOT_FOUND)
        problem(t, g, 0, "needs vipsthumbnail to be shown: install the package libvips-tools");
    else
        problem(t, g, 0, "cannot be decoded: damaged, or made to do harm");
    file_drop_folder(t->media, arena_cstr(a, name));
}

static void take_drawing(taking *t, const given_file *g, hash32 source, str bytes)
{
    size_t line = 0;
    const char *message = "is too large";
    if (drawing_check(bytes, &line, &message) != OK) {
        problem(t, g, line, message);
        return;
    }
    picture_size size = drawing_size(bytes);
    publish(t,
            (content_file){.name = g->name,
                           .published = g->name,
                           .source = source_of(t, source),
                           .width = size.width,
                           .height = size.height},
            bytes);
}

/* From the copy below DATA/media, which nobody changes meanwhile. */
static void read_paper(taking *t, const given_file *g, const content_file *f)
{
    str path, words;
    const file_type *type;
    bool is_read = false;
    arena *a = arena_open(PAPER_BYTES_MOST);
    t->trouble = file_text_is_there(&t->c->core, f->source, &is_read);
    if (t->trouble == OK && !is_read)
        t->trouble = file_path(a, f->hash, f->published, &path, &type);
    if (t->trouble == OK && !is_read) {
        path = arena_printf(a, "%.*s/%.*s", STR_FMT(t->media_path), STR_FMT(path));
        err e = paper_text(a, path, confine_level_of(t->c->sandbox), &words);
        if (e == OK && !t->is_dry)
            t->trouble = file_text_put(&t->c->core, f->source, words);
        else if (e == ERR_NOT_FOUND && !t->has_no_reader)
            warning(t, g, "search cannot read PDFs without pdftotext: install poppler-utils");
        else if (e != OK && e != ERR_NOT_FOUND)
            warning(t, g, "search cannot read it: locked, damaged, or made to do harm");
        t->has_no_reader = t->has_no_reader || e == ERR_NOT_FOUND;
    }
    arena_close(a);
}

static void read_papers(taking *t, const given_file *g)
{
    if (!str_eq(t->item->kind, S("document")))
        return;
    for (size_t i = 0; i < t->n && t->trouble == OK; i++)
        if (str_eq(t->files[i].name, g->name) && str_ends(g->name, S(".pdf")))
            read_paper(t, g, &t->files[i]);
}

static void take_bytes(taking *t, const given_file *g, str bytes)
{
    const file_type *type = file_type_of(g->name);
    hash32 source = hash_sha256(bytes);
    if (take_again(t, g, source))
        return;
    switch (type->nature) {
    case FILE_PHOTOGRAPH:
        take_photograph(t, g, source, bytes);
        return;
    case FILE_DRAWING:
        take_drawing(t, g, source, bytes);
        return;
    case FILE_PLAIN:
        break;
    }
    if (!file_is_what_it_says(type, bytes))
        problem(t, g, 0, "does not hold what its name says");
    else
        publish(
            t,
            (content_file){.name = g->name, .published = g->name, .source = source_of(t, source)},
            bytes);
}

/* Mapped, as films are large. No link is followed: it could lead out of the folder. */
static void take(taking *t, const given_file *g)
{
    struct stat info;
    int fd = open(arena_cstr(t->c->a, g->path), O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);
    bool is_good = fd >= 0 && fstat(fd, &info) == 0 && S_ISREG(info.st_mode) && info.st_size > 0 &&
                   info.st_size <= GIVEN_BYTES_MOST;
    void *at =
        is_good ? mmap(NULL, (size_t)info.st_size, PROT_READ, MAP_PRIVATE, fd, 0) : MAP_FAILED;
    if (at == MAP_FAILED) {
        problem(t, g, 0, "cannot be read");
    } else {
        take_bytes(t, g, (str){at, (size_t)info.st_size});
        munmap(at, (size_t)info.st_size);
    }
    if (fd >= 0)
        close(fd);
}

static err take_all(taking *t, content_folder *folder)
{
    for (size_t i = 0; i < folder->n && t->trouble == OK; i++) {
        content_item *item = &folder->items[i];
        t->item = item;
        t->files = arena_array(t->c->a, content_file, item->given_count * PICTURE_FORMS);
        t->n = 0;
        for (size_t g = 0; g < item->given_count && t->trouble == OK; g++) {
            take(t, &item->given[g]);
            if (t->trouble == OK)
                read_papers(t, &item->given[g]);
            if (t->goes_on && !t->goes_on())
                return ERR_BUSY;
        }
        item->files = (content_file_list){t->files, t->n};
    }
    if (t->trouble != OK)
        command_say("cannot write below %.*s: %s", STR_FMT(t->media_path), err_name(t->trouble));
    return t->trouble;
}

static bool has_files(const content_folder *folder)
{
    for (size_t i = 0; i < folder->n; i++)
        if (folder->items[i].given_count)
            return true;
    return false;
}

err content_files_take(command_context *c, content_folder *folder, bool is_dry,
                       bool (*goes_on)(void), content_report *report)
{
    alliance before = {.revision = 0};
    size_t errors_before = report->errors;
    if (!has_files(folder))
        return OK;
    err e = alliance_load(&c->core, c->a, &before);
    if (e != OK && e != ERR_NOT_FOUND) /* nothing was ever imported */
        return e;
    str path = arena_printf(c->a, "%.*s/media", STR_FMT(c->data));
    char *real = file_make_folder(AT_FDCWD, arena_cstr(c->a, path), 0750) == OK
                     ? realpath(arena_cstr(c->a, path), NULL)
                     : NULL;
    taking t = {.c = c,
                .report = report,
                .before = &before,
                .media = -1,
                .is_dry = is_dry,
                .goes_on = goes_on};
    t.media_path = real ? arena_copy(c->a, str_of(real)) : path;
    free(real);
    t.media = open(arena_cstr(c->a, t.media_path), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (t.media < 0)
        t.trouble = ERR_IO;
    e = take_all(&t, folder);
    if (t.media >= 0)
        close(t.media);
    return e != OK ? e : report->errors > errors_before ? ERR_INVALID : OK;
}
