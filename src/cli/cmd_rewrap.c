/* SPDX-License-Identifier: EUPL-1.2 */
/* `rewrap` and `headers`: other recipients for records that are sealed already. The organiser's
 * machine opens the header of each record and makes a new one for the same file key; the server
 * puts these in place of the old ones. Payloads stay what they are, and nobody reads them on the
 * way.
 *
 * The file between the two: `recipients`, one age1… a line, then headers/NUMBER, the old header
 * followed by the new one. */

#include "cli/commands.h"
#include "cli/organiser_keys.h"
#include "cli/sealed_bundle.h"

#include "base/clock.h"
#include "base/file.h"
#include "base/number.h"
#include "core/ceremony.h"
#include "core/rewrap.h"

#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

/* the first flag of each */
enum { FLAG_KEY = 0, FLAG_DECLARATION = 0 };
enum { PAGE_ARENA_BYTES = 64 << 20, LIST_BYTES_MOST = 512 << 20 };

typedef struct rewrapping {
    command_context *c;
    age_identity key;
    age_recipient to[RECIPIENTS_MOST];
    size_t n;
    arena *page;
    bundle_reader *in;
    bundle_writer *out;
    int64_t done;
} rewrapping;

static str header_name(arena *a, int64_t number)
{
    return arena_printf(a, "headers/%lld", (long long)number);
}

static err read_recipient(rewrapping *w, str text)
{
    if (w->n == RECIPIENTS_MOST || age_recipient_read(text, &w->to[w->n]) != OK) {
        command_say("\"%.*s\" is no key, or there are more than %d", STR_FMT(text),
                    RECIPIENTS_MOST);
        return ERR_INVALID;
    }
    w->n++;
    return OK;
}

static int open_to_read(str path)
{
    char name[1000];
    snprintf(name, sizeof name, "%.*s", STR_FMT(path));
    int fd = open(name, O_RDONLY | O_CLOEXEC);
    if (fd < 0)
        command_say("cannot read %s: %s", name, strerrordesc_np(errno));
    return fd;
}

/* --- on the organiser's machine --- */

static err rewrap_one(rewrapping *w, str name, str file)
{
    int64_t number;
    str header, payload;
    age_file_key file_key;
    if (str_eq(name, S("records.csv")))
        return OK;
    TRY(sealed_name_read(name, &number));
    TRY(age_split(file, &header, &payload));
    err e = age_header_open(header, &w->key, 1, &file_key);
    if (e != OK) {
        command_say("this key does not open record %lld", (long long)number);
        return e;
    }
    buf both = buf_in(w->page);
    buf_put(&both, header);
    buf_put(&both, age_header(w->page, &file_key, w->to, w->n));
    secret_wipe(&file_key, sizeof file_key);
    w->done++;
    return bundle_add(w->out, header_name(w->page, number), buf_str(&both));
}

static err rewrap_all(rewrapping *w)
{
    str name, file;
    buf list = buf_in(w->page);
    for (size_t i = 0; i < w->n; i++)
        buf_printf(&list, "%.*s\n", STR_FMT(age_recipient_text(w->page, &w->to[i])));
    TRY(bundle_add(w->out, S("recipients"), buf_str(&list)));
    err e;
    do {
        arena_reset(w->page);
        e = bundle_next(w->in, w->page, LIST_BYTES_MOST, &name, &file);
        if (e == OK)
            e = rewrap_one(w, name, file);
    } while (e == OK);
    return e == ERR_NOT_FOUND ? bundle_finish(w->out) : e;
}

static err make_headers(command_context *c, str key)
{
    rewrapping w = {.c = c};
    TRY(organiser_key_read(arena_cstr(c->a, key), &w.key));
    for (size_t i = 2; i < c->argument_count; i++)
        TRY(read_recipient(&w, c->arguments[i]));
    if (w.n < RECIPIENTS_LEAST) {
        command_say("name at least %d recipients: one lost key must not lose the records",
                    RECIPIENTS_LEAST);
        return ERR_INVALID;
    }
    int in = open_to_read(c->arguments[0]);
    if (in < 0)
        return ERR_NOT_FOUND;
    const char *path = arena_cstr(c->a, c->arguments[1]);
    int out = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    if (out < 0) {
        command_say("cannot make %s: %s", path, strerrordesc_np(errno));
        close(in);
        return errno == EEXIST ? ERR_CONFLICT : ERR_IO;
    }
    w.page = arena_open((size_t)LIST_BYTES_MOST * 2);
    w.in = bundle_open(c->a, in);
    w.out = bundle_create(c->a, out);
    err e = rewrap_all(&w);
    if (e == OK)
        e = fsync(out) == 0 ? file_keep_name(AT_FDCWD, path) : ERR_IO;
    close(in);
    close(out);
    arena_close(w.page);
    secret_wipe(&w.key, sizeof w.key);
    if (e != OK) {
        unlink(path);
        return e;
    }
    command_say("%lld header(s) for %zu recipients in %s. Bring it to the server: undersigned "
                "headers --declaration SLUG %s",
                (long long)w.done, w.n, path, path);
    return OK;
}

int cmd_rewrap(command_context *c)
{
    str key = command_flag_value(c, FLAG_KEY);
    if (key.n && c->argument_count >= 3)
        return command_exit(make_headers(c, key));
    command_say("rewrap takes a key, a file from export, a file to make, and the recipients: "
                "undersigned rewrap --key KEY records.tar headers.tar AGE1… AGE1…");
    return EXIT_USAGE;
}

/* --- on the server --- */

typedef struct applying {
    command_context *c;
    bundle_reader *in;
    arena *page; /* of the headers at hand */
    new_header at[NEW_HEADERS_MOST];
    size_t n;
    int64_t done, passed_over;
} applying;

static err put_headers(applying *p)
{
    size_t changed;
    TRY(rewrap_records(&p->c->core, p->at, p->n, &changed));
    p->done += (int64_t)changed;
    p->passed_over += (int64_t)(p->n - changed);
    p->n = 0;
    arena_reset(p->page);
    return OK;
}

static err take_header(applying *p, str name, str file)
{
    new_header *next = &p->at[p->n];
    if (!str_starts(name, S("headers/")))
        return ERR_INVALID;
    TRY(number_parse(str_skip(name, strlen("headers/")), 1, INT64_MAX, &next->signature));
    TRY(age_split(file, &next->before, &next->header));
    p->n++;
    return p->n == NEW_HEADERS_MOST ? put_headers(p) : OK;
}

/* First the declaration, so that whoever signs from now on is sealed to them, too. */
static err take_recipients(applying *p, const declaration *d)
{
    rewrapping w = {.c = p->c};
    str name, file;
    TRY(bundle_next(p->in, p->page, SEALED_FILE_BYTES_MOST, &name, &file));
    if (!str_eq(name, S("recipients")))
        return ERR_INVALID;
    while (file.n)
        TRY(read_recipient(&w, str_cut(file, '\n', &file)));
    err e = rewrap_declaration(&p->c->core, p->c->a, d->id, (recipient_list){w.to, w.n});
    if (e == ERR_DENIED)
        command_say(
            "not each of these keys was shown to work yet: `undersigned ceremony` says how");
    return e;
}

static err apply_all(applying *p, const declaration *d)
{
    str name, file;
    err e = take_recipients(p, d);
    while (e == OK) {
        e = bundle_next(p->in, p->page, SEALED_FILE_BYTES_MOST, &name, &file);
        if (e == OK)
            e = take_header(p, name, file);
    }
    return e == ERR_NOT_FOUND ? put_headers(p) : e;
}

static err apply(command_context *c, const declaration *d)
{
    applying p = {.c = c};
    int in = open_to_read(c->arguments[0]);
    if (in < 0)
        return ERR_NOT_FOUND;
    p.page = arena_open(PAGE_ARENA_BYTES);
    p.in = bundle_open(c->a, in);
    err e = apply_all(&p, d);
    close(in);
    arena_close(p.page);
    if (e == ERR_INVALID)
        command_say("this is no file that `undersigned rewrap` made, or it is damaged");
    if (e == OK || p.done)
        command_say("%lld record(s) have their new header, %lld were erased or sealed anew since",
                    (long long)p.done, (long long)p.passed_over);
    return e;
}

int cmd_headers(command_context *c)
{
    str slug = command_flag_value(c, FLAG_DECLARATION);
    if (slug.n == 0 || c->argument_count != 1) {
        command_say(
            "headers takes a declaration and the file that rewrap made: undersigned headers "
            "--declaration SLUG headers.tar");
        return EXIT_USAGE;
    }
    alliance *al = arena_alloc(c->a, sizeof *al);
    err e = alliance_load(&c->core, c->a, al);
    const declaration *d = e == OK ? alliance_declaration(al, slug) : NULL;
    if (e == OK && !d) {
        command_say("there is no declaration %.*s", STR_FMT(slug));
        e = ERR_NOT_FOUND;
    }
    return command_exit(e == OK ? apply(c, d) : e);
}
