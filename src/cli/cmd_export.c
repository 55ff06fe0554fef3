/* SPDX-License-Identifier: EUPL-1.2 */
/* `export`: the sealed records of a declaration in one file, for its organiser to open elsewhere.
 * Two rounds over the same pages: the first writes the list aside, the second the records. Who is
 * erased between the two is in the list and has no record, which is what `open` expects. */

#include "cli/commands.h"
#include "cli/sealed_bundle.h"

#include "base/file.h"
#include "core/alliance.h"

#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

enum { FLAG_DECLARATION, FLAG_RECIPIENT, PAGE = 500, PAGE_ARENA_BYTES = 128 << 20 };

typedef struct exporting {
    command_context *c;
    const declaration *d;
    age_recipient recipient; /* stands in where the declaration names none */
    bool has_recipient;
    arena *page;
    int list;
    bundle_writer *out;
    int64_t records;
} exporting;

typedef err take_record(exporting *x, const exported_record *r);

/* Runs over all records up to number `last`; *last is set to the last one when it is 0. */
static err each_record(exporting *x, int64_t *last, take_record *take)
{
    exported_records rows = {NULL, 0};
    int64_t after = 0;
    do {
        arena_reset(x->page);
        TRY(export_page(&x->c->core, x->page, x->d->id, after, PAGE, &rows));
        for (size_t i = 0; i < rows.n; i++) {
            after = rows.at[i].number;
            if (*last && after > *last)
                return OK;
            TRY(take(x, &rows.at[i]));
        }
    } while (rows.n == PAGE);
    if (!*last)
        *last = after;
    return OK;
}

static err write_line(exporting *x, const exported_record *r)
{
    buf line = buf_in(x->page);
    sealed_line_put(&line, r);
    return write(x->list, line.at, line.n) == (ssize_t)line.n ? OK : ERR_IO;
}

/* The declaration's recipients, or who was named for one that the server itself can read. */
static err header_of(exporting *x, const exported_record *r, str *out_header)
{
    age_file_key file_key;
    *out_header = r->header;
    if (r->header.n)
        return OK;
    TRY(record_server_key(x->page, &x->c->core.keys, r->server, r->commitment, &file_key));
    *out_header = age_header(x->page, &file_key, &x->recipient, 1);
    secret_wipe(&file_key, sizeof file_key);
    return OK;
}

static err write_record(exporting *x, const exported_record *r)
{
    str header;
    TRY(header_of(x, r, &header));
    buf file = buf_in(x->page);
    buf_put(&file, header);
    buf_put(&file, r->payload);
    x->records++;
    return bundle_add(x->out, sealed_name(x->page, r->number), buf_str(&file));
}

static err write_bundle(exporting *x, int fd)
{
    int64_t last = 0;
    buf heading = buf_in(x->c->a);
    sealed_line_heading(&heading);
    if (write(x->list, heading.at, heading.n) != (ssize_t)heading.n)
        return ERR_IO;
    TRY(each_record(x, &last, write_line));
    x->out = bundle_create(x->c->a, fd);
    TRY(bundle_add_file(x->out, S("records.csv"), x->list));
    if (last)
        TRY(each_record(x, &last, write_record));
    TRY(bundle_finish(x->out));
    return fsync(fd) == 0 ? OK : ERR_IO;
}

static err find_declaration(exporting *x)
{
    alliance *al = arena_alloc(x->c->a, sizeof *al);
    TRY(alliance_load(&x->c->core, x->c->a, al));
    str slug = command_flag_value(x->c, FLAG_DECLARATION);
    if (slug.n)
        x->d = alliance_declaration(al, slug);
    else if (al->declarations.n == 1)
        x->d = &al->declarations.at[0];
    if (x->d)
        return OK;
    command_say(slug.n
                    ? "there is no declaration %.*s"
                    : "say which one with --declaration SLUG%.*s (`undersigned tally` names them)",
                STR_FMT(slug));
    return ERR_NOT_FOUND;
}

static err find_recipient(exporting *x)
{
    str named = command_flag_value(x->c, FLAG_RECIPIENT);
    if (x->d->recipients.n > 0 && named.n) {
        command_say("the records of %.*s are sealed to its organiser: nobody can be added here. "
                    "`undersigned rewrap` does, with a key that opens them",
                    STR_FMT(x->d->slug));
        return ERR_DENIED;
    }
    if (x->d->recipients.n > 0)
        return OK;
    x->has_recipient = named.n && age_recipient_read(named, &x->recipient) == OK;
    if (x->has_recipient)
        return OK;
    command_say("the server reads the records of %.*s itself; name with --recipient age1… the key "
                "to which the file shall be sealed (age-keygen makes one)",
                STR_FMT(x->d->slug));
    return ERR_INVALID;
}

static err export_to(exporting *x, const char *path)
{
    char list_path[] = "/tmp/undersigned-list-XXXXXX";
    int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    if (fd < 0) {
        command_say("cannot make %s: %s", path, strerrordesc_np(errno));
        return errno == EEXIST ? ERR_CONFLICT : ERR_IO;
    }
    x->list = mkostemp(list_path, O_CLOEXEC);
    err e = x->list < 0 ? ERR_IO : OK;
    if (e == OK) {
        unlink(list_path);
        e = write_bundle(x, fd);
        close(x->list);
    }
    if (close(fd) != 0 && e == OK)
        e = ERR_IO;
    if (e == OK)
        e = file_keep_name(AT_FDCWD, path);
    if (e != OK) {
        unlink(path);
        command_say("the export failed (%s); nothing is left of it", err_name(e));
    }
    return e;
}

int cmd_export(command_context *c)
{
    exporting x = {.c = c};
    if (c->argument_count != 1) {
        command_say("export takes one file that is not there yet, for example records.tar");
        return EXIT_USAGE;
    }
    err e = find_declaration(&x);
    if (e == OK)
        e = find_recipient(&x);
    if (e != OK)
        return command_exit(e);
    x.page = arena_open(PAGE_ARENA_BYTES);
    e = export_to(&x, arena_cstr(c->a, c->arguments[0]));
    arena_close(x.page);
    if (e != OK)
        return command_exit(e);
    if (c->is_json)
        printf("{\"declaration\":\"%.*s\",\"records\":%lld}\n", STR_FMT(x.d->slug),
               (long long)x.records);
    command_say("%lld record(s) of %.*s, still sealed. Carry the file to where the key is, and "
                "open it there: undersigned open --key KEY %.*s NAMES.csv",
                (long long)x.records, STR_FMT(x.d->slug), STR_FMT(c->arguments[0]));
    return EXIT_OK;
}
