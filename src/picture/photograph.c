/* SPDX-License-Identifier: EUPL-1.2 */
/* Photographs. Their headers are read here, their pixels by a child process that can reach nothing
 * but the file, the folder for what it writes, and the libraries it consists of. */

#include "picture/picture.h"

#include <fcntl.h>
#include <unistd.h>

static unsigned at(str b, size_t i)
{
    return i < b.n ? (unsigned char)b.at[i] : 0;
}

static int64_t big_endian(str b, size_t i, size_t n)
{
    int64_t value = 0;
    for (size_t k = 0; k < n; k++)
        value = value << 8 | at(b, i + k);
    return value;
}

static int64_t little_endian(str b, size_t i, size_t n)
{
    int64_t value = 0;
    for (size_t k = n; k > 0; k--)
        value = value << 8 | at(b, i + k - 1);
    return value;
}

/* ISO/IEC 10918-1: segments up to the frame header (SOF0 to SOF15 less DHT, JPG and DAC). */
static picture_size jpeg_size(str b)
{
    for (size_t i = 2; i + 9 < b.n && at(b, i) == 0xff;) {
        unsigned marker = at(b, i + 1);
        if (marker >= 0xc0 && marker <= 0xcf && marker != 0xc4 && marker != 0xc8 && marker != 0xcc)
            return (picture_size){big_endian(b, i + 7, 2), big_endian(b, i + 5, 2)};
        i += marker == 0xff ? 1 : 2 + (size_t)big_endian(b, i + 2, 2);
    }
    return (picture_size){0, 0};
}

/* RFC 9649: lossy, lossless or extended. */
static picture_size webp_size(str b)
{
    str kind = str_head(str_skip(b, 12), 4);
    if (str_eq(kind, S("VP8 ")))
        return (picture_size){little_endian(b, 26, 2) & 0x3fff, little_endian(b, 28, 2) & 0x3fff};
    if (str_eq(kind, S("VP8L"))) {
        int64_t bits = little_endian(b, 21, 4);
        return (picture_size){(bits & 0x3fff) + 1, (bits >> 14 & 0x3fff) + 1};
    }
    if (str_eq(kind, S("VP8X")))
        return (picture_size){little_endian(b, 24, 3) + 1, little_endian(b, 27, 3) + 1};
    return (picture_size){0, 0};
}

err photograph_size(str b, picture_size *out_size)
{
    *out_size = (picture_size){0, 0};
    if (b.n < 32)
        return ERR_INVALID;
    if (str_starts(b, S("\xff\xd8\xff")))
        *out_size = jpeg_size(b);
    else if (str_starts(b, S("\x89PNG\r\n\x1a\n\0\0\0\rIHDR")))
        *out_size = (picture_size){big_endian(b, 16, 4), big_endian(b, 20, 4)};
    else if (str_starts(b, S("RIFF")) && str_eq(str_head(str_skip(b, 8), 4), S("WEBP")))
        *out_size = webp_size(b);
    return out_size->width > 0 && out_size->height > 0 ? OK : ERR_INVALID;
}

/* --- the child --- */

static const char program[] = "/usr/bin/vipsthumbnail";

str photograph_program(void)
{
    return str_of(program);
}

static const confine_limits limits = {
    .cpu_seconds = 30, .memory_bytes = (int64_t)2 << 30, .file_bytes = 64 << 20};

typedef struct rendering {
    arena *a;
    str folder;
    confine_level level;
} rendering;

/* from: a path; to: a name in the folder, with the options of its format. */
static err render(const rendering *r, str from, int64_t width, const char *to)
{
    arena *a = r->a;
    pid_t child;
    /* Only the width decides. */
    str size = arena_printf(a, "%lldx%d>", (long long)width, PICTURE_SIDE_MOST);
    str out = arena_printf(a, "%.*s/%s", STR_FMT(r->folder), to);
    char *arguments[] = {arena_cstr(a, str_of(program)),
                         arena_cstr(a, from),
                         arena_cstr(a, S("--size")),
                         arena_cstr(a, size),
                         arena_cstr(a, S("--export-profile")),
                         arena_cstr(a, S("srgb")),
                         arena_cstr(a, S("-o")),
                         arena_cstr(a, out),
                         NULL};
    /* No code made at run time; one thread. */
    static char no_vectors[] = "VIPS_NOVECTOR=1", no_code[] = "ORC_CODE=backup",
                threads[] = "VIPS_CONCURRENCY=1", locale[] = "LC_ALL=C.UTF-8";
    char *environment[] = {no_vectors, no_code, threads, locale, NULL};
    confine_plan plan = {.kind = "picture", .acts = CONFINE_ARRANGES, .limits = limits};
    confine_add_path(&plan.reads, from);
    confine_add_path(&plan.arranged, r->folder);
    const confine_command command = {.arguments = arguments, .environment = environment};
    TRY(confine_start(a, &plan, r->level, &command, &child));
    return confine_wait(child);
}

/* The first bytes of what was written. */
static err read_size(const rendering *r, picture_form *form)
{
    char head[4096];
    int fd = open(arena_cstr(r->a, arena_printf(r->a, "%.*s/%s", STR_FMT(r->folder), form->name)),
                  O_RDONLY | O_CLOEXEC);
    ssize_t n = fd >= 0 ? read(fd, head, sizeof head) : -1;
    if (fd >= 0)
        close(fd);
    return n > 0 ? photograph_size((str){head, (size_t)n}, &form->size) : ERR_INVALID;
}

/* The largest form as bare pixels: its format drops what the camera noted, which WebP's writer
 * does not, and it is decoded once instead of for each form. */
static const char bare[] = "bare.png";

static err render_forms(const rendering *r, picture_form forms[static PICTURE_FORMS])
{
    int64_t width_before = 0;
    str from = arena_printf(r->a, "%.*s/%s", STR_FMT(r->folder), bare);
    for (size_t i = 0; i < PICTURE_FORMS; i++) {
        picture_form *form = &forms[i];
        bool is_webp = str_ends(str_of(form->name), S(".webp"));
        /* A form that came out smaller than asked for is the photograph's own size: no larger one
         * would show more. */
        if (is_webp && i > 0 && width_before < forms[i - 1].form)
            continue;
        TRY(render(r, from, form->form,
                   arena_printf(r->a, "%s[Q=%d,strip]", form->name, is_webp ? 80 : 85).at));
        TRY(read_size(r, form));
        form->is_there = true;
        if (is_webp)
            width_before = form->size.width;
    }
    return OK;
}

err photograph_render(arena *a, str path, str folder, confine_level level,
                      picture_form out_forms[static PICTURE_FORMS])
{
    static const picture_form forms[PICTURE_FORMS] = {{.form = 400, .name = "400.webp"},
                                                      {.form = 800, .name = "800.webp"},
                                                      {.form = 1600, .name = "1600.webp"},
                                                      {.form = 1200, .name = "1200.jpg"}};
    rendering r = {a, folder, level};
    memcpy(out_forms, forms, sizeof forms);
    if (access(program, X_OK) != 0)
        return ERR_NOT_FOUND;
    err e = render(&r, path, 1600, "bare.png[compression=1,strip]");
    if (e == OK)
        e = render_forms(&r, out_forms);
    unlink(arena_printf(a, "%.*s/%s", STR_FMT(folder), bare).at);
    return e;
}
