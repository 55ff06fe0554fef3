/* SPDX-License-Identifier: EUPL-1.2 */
/* `open`: what was sealed to the organiser, opened with the organiser's key, on the organiser's own
 * machine. Needs no server, no database and no network.
 *
 * A long run may be broken off: FILE.progress says after how many records the first so many bytes
 * of the table were safely on the disk, and --resume goes on from there. */

#include "cli/commands.h"
#include "cli/organiser_keys.h"
#include "cli/sealed_bundle.h"
#include "sheet/sheet.h"

#include "base/clock.h"
#include "base/file.h"
#include "base/number.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

enum {
    FLAG_KEY,
    FLAG_RESUME,
    LIST_BYTES_MOST = 512 << 20,
    LIST_ARENA_BYTES = 1 << 30,
    RECORD_ARENA_BYTES = 4 << 20,
    SYNC_EVERY = 2000,
    COMPLAINTS_MOST = 20,
};

static const str columns[] = {
    {"number", 6},   {"leaf", 4},        {"state", 5},  {"kind", 4},   {"country", 7},
    {"language", 8}, {"version", 7},     {"day", 3},    {"name", 4},   {"organisation", 12},
    {"type", 4},     {"function", 8},    {"e-mail", 6}, {"region", 6}, {"authority", 9},
    {"reason", 6},   {"website", 7},     {"group", 5},  {"listed", 6}, {"news", 4},
    {"sample", 6},   {"commitment", 10},
};
enum { COLUMNS = sizeof columns / sizeof *columns };

typedef struct unsealing {
    command_context *c;
    age_identity key;
    const char *path; /* of the table */
    arena *list_home, *page;
    bundle_reader *in;
    str lines; /* of records.csv, still to come */
    sheet *out;
    int64_t seen; /* records of the bundle, opened or not */
    int64_t done; /* of a run before this one */
    int64_t opened, refused, erased;
} unsealing;

/* --- one record --- */

static err open_file(const age_identity *key, arena *a, str file, str *out_plain)
{
    str header, payload;
    age_file_key file_key;
    TRY(age_split(file, &header, &payload));
    TRY(age_header_open(header, key, 1, &file_key));
    err e = age_payload_open(a, &file_key, payload, out_plain);
    secret_wipe(&file_key, sizeof file_key);
    return e;
}

static err put_row(unsealing *o, const sealed_line *l, const record *r)
{
    arena *a = o->page;
    char day[32];
    clock_iso8601(r->day * (int64_t)86400000, day);
    const str values[COLUMNS] = {
        arena_printf(a, "%lld", (long long)l->number),
        l->leaf < 0 ? S("") : arena_printf(a, "%lld", (long long)l->leaf),
        l->is_withdrawn ? S("withdrawn") : S("confirmed"),
        arena_printf(a, "%c", signer_kind_letter(r->kind)),
        r->country,
        r->lang,
        arena_printf(a, "%lld", (long long)l->text_version),
        str_head(str_of(day), 10),
        personal_text(r->name),
        r->organisation,
        r->type,
        r->function,
        personal_text(r->mail),
        r->region,
        r->authority,
        r->reason,
        r->website,
        r->group,
        l->is_listed ? S("yes") : S("no"),
        l->wants_news ? S("yes") : S("no"),
        l->is_sample ? S("yes") : S("no"),
        hex_make(a, hash_str(&l->commitment)),
    };
    return sheet_row(o->out, values);
}

/* A record that does not open is said and passed over; the disk is what ends the run. */
static err take_record(unsealing *o, const sealed_line *l, str file)
{
    str plain;
    record r;
    hash32 commitment;
    err e = open_file(&o->key, o->page, file, &plain);
    if (e == OK)
        e = record_read(o->page, plain, l->has_mailbox ? &l->mailbox : NULL, &r, &commitment);
    if (e == OK && !hash_eq(&commitment, &l->commitment))
        e = ERR_INVALID;
    if (e == OK) {
        o->opened++;
        return put_row(o, l, &r);
    }
    if (o->opened == 0 && e == ERR_DENIED) {
        command_say("this key opens none of these records: it is of another organiser");
        return ERR_DENIED;
    }
    if (o->refused++ < COMPLAINTS_MOST)
        command_say("record %lld cannot be opened: %s", (long long)l->number,
                    e == ERR_DENIED ? "it is not sealed to this key, or damaged"
                                    : "it is not the record that the list speaks of");
    return OK;
}

/* --- progress --- */

static const char *progress_path(const unsealing *o)
{
    return arena_printf(o->c->a, "%s.progress", o->path).at;
}

static err save_progress(unsealing *o)
{
    int64_t bytes;
    TRY(sheet_sync(o->out, &bytes));
    if (bytes == 0) /* XLSX is written whole */
        return OK;
    const char *path = progress_path(o), *fresh = arena_printf(o->page, "%s.new", path).at;
    str text =
        arena_printf(o->page, "records %lld\nbytes %lld\n", (long long)o->seen, (long long)bytes);
    int fd = open(fresh, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    bool is_kept = fd >= 0 && write(fd, text.at, text.n) == (ssize_t)text.n && fsync(fd) == 0;
    if (fd >= 0)
        close(fd);
    return is_kept && rename(fresh, path) == 0 ? file_keep_name(AT_FDCWD, path) : ERR_IO;
}

static err load_progress(unsealing *o, int64_t *out_bytes)
{
    char text[200];
    int fd = open(progress_path(o), O_RDONLY | O_CLOEXEC);
    ssize_t n = fd < 0 ? -1 : read(fd, text, sizeof text);
    if (fd >= 0)
        close(fd);
    str rest = {text, n > 0 ? (size_t)n : 0}, number;
    if (str_eq(str_cut(str_cut(rest, '\n', &rest), ' ', &number), S("records")) &&
        number_parse(number, 0, INT64_MAX, &o->done) == OK &&
        str_eq(str_cut(str_cut(rest, '\n', &rest), ' ', &number), S("bytes")) &&
        number_parse(number, 0, INT64_MAX, out_bytes) == OK)
        return OK;
    command_say("there is nothing to resume: %s is missing or damaged", progress_path(o));
    return ERR_NOT_FOUND;
}

static void show_progress(const unsealing *o)
{
    if (isatty(STDERR_FILENO))
        fprintf(stderr, "\r%lld record(s) opened", (long long)(o->done + o->opened));
}

/* --- all records --- */

/* The line of that record; lines before it are of signatures erased since. */
static err find_line(unsealing *o, int64_t number, sealed_line *out_line)
{
    while (o->lines.n) {
        if (sealed_line_read(str_cut(o->lines, '\n', &o->lines), out_line) != OK)
            return ERR_INVALID;
        if (out_line->number == number)
            return OK;
        o->erased++;
    }
    return ERR_INVALID;
}

static err next_record(unsealing *o)
{
    str name, file;
    int64_t number;
    sealed_line line;
    arena_reset(o->page);
    TRY(bundle_next(o->in, o->page, SEALED_FILE_BYTES_MOST, &name, &file));
    TRY(sealed_name_read(name, &number));
    TRY(find_line(o, number, &line));
    o->seen++;
    if (o->seen <= o->done)
        return OK;
    TRY(take_record(o, &line, file));
    if (o->seen % SYNC_EVERY != 0)
        return OK;
    show_progress(o);
    return save_progress(o);
}

static err open_records(unsealing *o)
{
    str name, rest;
    err e = bundle_next(o->in, o->list_home, LIST_BYTES_MOST, &name, &o->lines);
    if (e != OK || !str_eq(name, S("records.csv"))) {
        command_say("this is no file that `undersigned export` made");
        return ERR_INVALID;
    }
    str_cut(o->lines, '\n', &rest);
    o->lines = rest;
    do
        e = next_record(o);
    while (e == OK);
    if (e == ERR_INVALID || e == ERR_LIMIT)
        command_say("the export is damaged behind record %lld", (long long)o->seen);
    return e == ERR_NOT_FOUND ? OK : e;
}

static err open_table(unsealing *o)
{
    sheet_format format;
    if (sheet_format_of(str_of(o->path), &format) != OK) {
        command_say("the table's name must end in .csv, .json or .xlsx, not be %s", o->path);
        return ERR_INVALID;
    }
    if (command_flag_given(o->c, FLAG_RESUME)) {
        int64_t bytes;
        TRY(load_progress(o, &bytes));
        err e = sheet_resume(o->c->a, o->path, format, columns, COLUMNS, bytes, &o->out);
        if (e != OK)
            command_say("%s cannot be continued", o->path);
        return e;
    }
    err e = sheet_create(o->c->a, o->path, format, columns, COLUMNS, &o->out);
    if (e != OK)
        command_say("cannot make %s: %s", o->path,
                    e == ERR_CONFLICT ? "it is there already (--resume goes on with it)"
                                      : strerrordesc_np(errno));
    return e;
}

static err report(unsealing *o, err e)
{
    if (isatty(STDERR_FILENO))
        fprintf(stderr, "\r\033[K");
    if (e != OK) {
        command_say("stopped after %lld record(s): %s", (long long)o->seen, err_name(e));
        if (o->done + o->opened == 0)
            unlink(o->path); /* nothing but a heading */
        return e;
    }
    unlink(progress_path(o));
    if (o->c->is_json)
        printf("{\"opened\":%lld,\"refused\":%lld,\"erased\":%lld}\n",
               (long long)(o->done + o->opened), (long long)o->refused, (long long)o->erased);
    command_say("%lld record(s) in %s; %lld could not be opened, %lld erased since the list was "
                "made. Names are in it: keep it where the key is kept",
                (long long)(o->done + o->opened), o->path, (long long)o->refused,
                (long long)o->erased);
    return o->refused ? ERR_IO : OK;
}

static err open_bundle(unsealing *o, int fd)
{
    o->list_home = arena_open(LIST_ARENA_BYTES);
    o->page = arena_open(RECORD_ARENA_BYTES);
    err e = open_table(o);
    if (e == OK) {
        o->in = bundle_open(o->list_home, fd);
        e = open_records(o);
        err finished = sheet_finish(o->out);
        e = report(o, e == OK ? finished : e);
    }
    arena_close(o->page);
    arena_close(o->list_home);
    return e;
}

/* One file of the age format: a record, or the test of the key ceremony. */
static err open_single(unsealing *o, int fd)
{
    char *bytes = arena_alloc(o->c->a, SEALED_FILE_BYTES_MOST);
    ssize_t n = read(fd, bytes, SEALED_FILE_BYTES_MOST);
    str plain;
    err e = n < 0 ? ERR_IO : open_file(&o->key, o->c->a, (str){bytes, (size_t)n}, &plain);
    if (e == ERR_DENIED)
        command_say("this key does not open it, or it was changed");
    else if (e != OK)
        command_say("this is no file of the age format");
    if (e == OK)
        fwrite(plain.at, 1, plain.n, stdout);
    return e;
}

int cmd_open(command_context *c)
{
    unsealing o = {.c = c};
    str key = command_flag_value(c, FLAG_KEY);
    if (c->argument_count < 1 || c->argument_count > 2 || key.n == 0) {
        command_say("open takes a key and a file, for example: undersigned open --key "
                    "organiser-1.txt records.tar names.csv");
        return EXIT_USAGE;
    }
    err e = organiser_key_read(arena_cstr(c->a, key), &o.key);
    if (e != OK)
        return command_exit(e);
    const char *path = arena_cstr(c->a, c->arguments[0]);
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0) {
        command_say("cannot read %s: %s", path, strerrordesc_np(errno));
        return EXIT_NOT_FOUND;
    }
    if (c->argument_count == 2) {
        o.path = arena_cstr(c->a, c->arguments[1]);
        e = open_bundle(&o, fd);
    } else {
        e = open_single(&o, fd);
    }
    close(fd);
    secret_wipe(&o.key, sizeof o.key);
    return command_exit(e);
}
