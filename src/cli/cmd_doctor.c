/* SPDX-License-Identifier: EUPL-1.2 */
/* `doctor`: one line a matter, the worst of them as exit code. */

#include "cli/commands.h"
#include "cli/examination.h"
#include "cli/keys.h"

#include "base/clock.h"
#include "confine/confine.h"
#include "core/audit.h"
#include "core/health.h"
#include "core/hold.h"
#include "core/joining.h"
#include "core/log.h"
#include "core/retention.h"
#include "crypto/note.h"
#include "dns/dns.h"

#include <unistd.h>

enum { NOTE_BYTES_MOST = 4096, PUBLISH_MS = 2000, MAIL_LATE_MIN = 10 };
enum { RETENTION_LATE_MS = 86400000, CLOSE_LATE_MS = 86400000 };

void examination_say(examination *x, bool is_well, const char *matter, str finding)
{
    x->is_ill = x->is_ill || !is_well;
    if (x->c->is_json) {
        buf b = buf_in(x->c->a);
        buf_put(&b, S("{\"matter\":"));
        buf_put_json(&b, str_of(matter));
        buf_printf(&b, ",\"well\":%s,\"finding\":", is_well ? "true" : "false");
        buf_put_json(&b, finding);
        printf("%.*s}\n", STR_FMT(buf_str(&b)));
    } else {
        printf("%-9s %-12s %.*s\n", is_well ? "well" : "ATTENTION", matter, STR_FMT(finding));
    }
}

static str read_note(arena *a, str data, str slug)
{
    FILE *file = fopen(
        arena_cstr(a, arena_printf(a, "%.*s/log/%.*s/checkpoint", STR_FMT(data), STR_FMT(slug))),
        "rb");
    char *text = arena_alloc(a, NOTE_BYTES_MOST);
    size_t n = file ? fread(text, 1, NOTE_BYTES_MOST, file) : 0;
    if (file)
        fclose(file);
    return (str){text, n};
}

/* What is wrong between the rows, the last checkpoint and its file; empty: nothing. */
static str compare_log(examination *x, const declaration *d, const published *row, int64_t size)
{
    arena *a = x->c->a;
    str host = str_skip(x->c->origin, str_find_str(x->c->origin, S("://")) + 3);
    str vkey = note_vkey(a, arena_printf(a, "%.*s/log/%.*s", STR_FMT(host), STR_FMT(d->slug)),
                         x->log_key.public_key);
    str named = arena_printf(a, "\nlog-key %.*s\n", STR_FMT(vkey));
    str note = read_note(a, x->c->data, d->slug);
    checkpoint file = {.size = 0};
    if (x->has_log_key && str_find_str(d->manifest, named) == d->manifest.n)
        return arena_printf(
            a, "the log key or the origin is not the one that the manifest names: %.*s",
            STR_FMT(audit_manifest_value(d->manifest, S("log-key"))));
    if (note.n == 0)
        return row->size ? S("the published files are gone: run `undersigned log rebuild`") : S("");
    if (x->has_log_key && note_checkpoint_read(a, note, vkey, &file) != OK)
        return S("the checkpoint file is not signed by this key");
    if (file.size > (uint64_t)size)
        return arena_printf(a,
                            "the database is older than the published log (%lld lines, published "
                            "%llu): nothing is signed until the newer one is put back",
                            (long long)size, (unsigned long long)file.size);
    if (file.size == (uint64_t)row->size && memcmp(file.root.at, row->root.at, 32) != 0)
        return S("rows and published log contradict each other: nothing is signed");
    return S("");
}

static err read_log(core *c, arena *a, int64_t declaration_id, int64_t *out_size,
                    bool *out_is_closed, published *out_published)
{
    log_state state;
    *out_published = (published){.size = 0};
    TRY(log_state_now(c, a, declaration_id, &state));
    *out_size = (int64_t)state.frontier.size;
    *out_is_closed = state.is_closed;
    err e = log_published(c, a, declaration_id, out_published);
    return e == ERR_NOT_FOUND ? OK : e;
}

static err examine_log(examination *x, const declaration *d)
{
    arena *a = x->c->a;
    published first, row;
    int64_t size, waited_for;
    bool is_closed;
    TRY(read_log(&x->c->core, a, d->id, &waited_for, &is_closed, &first));
    row = first;
    size = waited_for;
    if (row.size < waited_for) { /* a sealer at work has published these lines in a moment */
        struct timespec rest = {PUBLISH_MS / 1000, 0};
        nanosleep(&rest, NULL);
        TRY(read_log(&x->c->core, a, d->id, &size, &is_closed, &row));
    }
    str wrong = compare_log(x, d, &row, size);
    if (wrong.n == 0 && row.size < waited_for)
        wrong = S("lines wait to be published");
    if (wrong.n == 0 && !is_closed && clock_now_ms() > d->closes_ms + CLOSE_LATE_MS)
        wrong = S("collecting has ended, but the log cannot be closed while signatures are held: "
                  "`undersigned held`");
    examination_say(x, wrong.n == 0, arena_cstr(a, arena_printf(a, "log %.*s", STR_FMT(d->slug))),
                    arena_printf(a, "%lld lines, %lld published%s%.*s", (long long)size,
                                 (long long)row.size, wrong.n ? "; " : "", STR_FMT(wrong)));
    return OK;
}

/* The day that each declaration named, and whether one has passed without its erasure. */
static void examine_retention(examination *x, const alliance *al, int64_t now_ms)
{
    bool is_well = true;
    buf b = buf_in(x->c->a);
    for (size_t i = 0; i < al->declarations.n; i++) {
        const declaration *d = &al->declarations.at[i];
        char day[32];
        clock_iso8601(d->erased_ms ? d->erased_ms : d->retain_ms, day);
        bool is_late = retention_is_due(d, now_ms - RETENTION_LATE_MS);
        is_well = is_well && d->retain_ms && !is_late;
        buf_printf(&b, "%s%.*s: ", i ? "; " : "", STR_FMT(d->slug));
        if (d->retain_ms == 0)
            buf_put(&b, S("no day named: set retain_until and import"));
        else
            buf_printf(&b, "%s %.10s",
                       d->erased_ms ? "was erased on"
                       : is_late    ? "nothing erased it when due, on"
                                    : "is erased on",
                       day);
    }
    examination_say(x, is_well, "retention", buf_str(&b));
}

/* What the publisher told last. */
static err examine_witnesses(examination *x, const declaration *d)
{
    arena *a = x->c->a;
    log_trouble t;
    TRY(log_trouble_get(&x->c->core, a, d->slug, &t));
    if (d->policy.n == 0 && t.text.n == 0)
        return OK;
    char since[32];
    clock_iso8601(t.since_ms, since);
    const char *matter =
        arena_cstr(a, arena_printf(a, t.is_refused ? "log %.*s halted" : "log %.*s witnesses",
                                   STR_FMT(d->slug)));
    examination_say(x, t.text.n == 0, matter,
                    t.text.n == 0 ? S("all that are asked answer")
                                  : arena_printf(a, "%s%.*s (since %s)",
                                                 t.is_refused ? "nothing is signed: " : "",
                                                 STR_FMT(t.text), since));
    return OK;
}

static err examine_logs(examination *x)
{
    alliance al;
    TRY(alliance_load(&x->c->core, x->c->a, &al));
    examine_retention(x, &al, clock_now_ms());
    for (size_t i = 0; i < al.declarations.n; i++) {
        TRY(examine_log(x, &al.declarations.at[i]));
        TRY(examine_witnesses(x, &al.declarations.at[i]));
    }
    examine_timestamps(x, &al.declarations);
    return OK;
}

static void examine_mail(examination *x, const health *h, int64_t now_ms)
{
    arena *a = x->c->a;
    int64_t oldest_min = h->mail_oldest_ms ? (now_ms - h->mail_oldest_ms) / 60000 : 0;
    bool is_away = h->relay_away_ms && h->mail_waiting > 0;
    bool is_late = h->mail_overdue > 0 && oldest_min >= MAIL_LATE_MIN;
    examination_say(
        x, !is_away && !is_late && h->mail_alarm == 0, "mail",
        arena_printf(a,
                     "%s%s%lld waiting, oldest %lld min; last day: %lld sent, %lld put off, %lld "
                     "refused, %lld over budget, %lld came back, %lld for now%s",
                     is_away ? "the relay does not answer; " : "",
                     h->mail_alarm ? "our domain is refused: see to SPF, DKIM, DMARC; " : "",
                     (long long)h->mail_waiting, (long long)oldest_min, (long long)h->mail_sent,
                     (long long)h->mail_later, (long long)h->mail_refused,
                     (long long)h->mail_budget, (long long)h->mail_returned,
                     (long long)h->mail_kept,
                     h->mail_eai ? arena_printf(a,
                                                "; %lld not sent, for the relay does not offer "
                                                "SMTPUTF8",
                                                (long long)h->mail_eai)
                                       .at
                                 : ""));
}

static void examine_held(examination *x)
{
    held_groups all = {.n = 0};
    int64_t n = 0, waiting = 0;
    err e = hold_groups(&x->c->core, x->c->a, &all);
    for (size_t i = 0; i < all.n; i++) {
        n += all.at[i].n;
        waiting += all.at[i].waiting;
    }
    examination_say(x, e == OK && waiting == 0, "held",
                    e != OK ? S("cannot be read")
                    : waiting > 0
                        ? arena_printf(x->c->a,
                                       "%lld held, %lld of them for a person: `undersigned held`",
                                       (long long)n, (long long)waiting)
                        : arena_printf(x->c->a, "%lld held", (long long)n));
}

/* No fault: the alliance takes the time that it needs. */
static void examine_requests(examination *x)
{
    int64_t waiting = 0;
    err e = joining_waiting(&x->c->core, &waiting);
    examination_say(x, e == OK, "requests",
                    e != OK ? S("cannot be read")
                            : arena_printf(x->c->a, "%lld to join wait: `undersigned requests`",
                                           (long long)waiting));
}

static void examine_work(examination *x)
{
    arena *a = x->c->a;
    int64_t now_ms = clock_now_ms();
    health h;
    err e = health_read(&x->c->core, a, now_ms, &h);
    if (e == OK)
        e = examine_logs(x);
    if (e != OK) {
        examination_say(x, false, "content", S("nothing is loaded: run `undersigned import`"));
        return;
    }
    examination_say(x, true, "signatures",
                    arena_printf(a, "%lld counted, %lld pending, %lld withdrawn",
                                 (long long)h.counted, (long long)h.pending,
                                 (long long)h.withdrawn));
    examination_say(x, h.is_sealing || h.queue == 0, "sealer",
                    arena_printf(a, "%s; %lld waiting for the log",
                                 h.is_sealing ? "at work" : "not running", (long long)h.queue));
    examine_held(x);
    examine_requests(x);
    examine_mail(x, &h, now_ms);
}

static void examine_keys(examination *x)
{
    err e = keys_load_log(x->c->a, x->c->data, &x->log_key);
    x->has_log_key = e == OK;
    if (e == OK && x->c->core.db)
        e = keys_fit(&x->c->core);
    examination_say(x, e == OK, "keys",
                    e == OK           ? S("master and log key are there, and fit")
                    : !x->has_log_key ? S("the log key cannot be read")
                    : e == ERR_DENIED ? S("the database was made with another master key")
                                      : S("whether they fit cannot be read"));
}

static void examine_organiser(examination *x)
{
    const char *path = arena_printf(x->c->a, "%.*s/organiser-keys", STR_FMT(x->c->data)).at;
    bool lie_here = access(path, F_OK) == 0;
    examination_say(
        x, true, "organiser",
        lie_here ? S("its keys lie in the data folder: good for a first look, not for real records")
                 : S("its keys are elsewhere"));
}

/* What `serve` would get here and now; what its processes have got stands in their log. */
static void examine_sandbox(examination *x)
{
    confinement has = confine_offered();
    confine_level level = confine_level_of(x->c->sandbox);
    if (level == CONFINE_OFF)
        examination_say(x, true, "sandbox", S("turned off by the option"));
    else if (!has.has_files || !has.has_calls)
        examination_say(
            x, false, "sandbox",
            arena_printf(
                x->c->a, "this kernel holds no%s%s%s: %s", has.has_files ? "" : " files",
                has.has_files || has.has_calls ? "" : ", no", has.has_calls ? "" : " system calls",
                level == CONFINE_REQUIRE ? "serve does not start"
                                         : "a broken process could reach more than it needs"));
    else
        examination_say(x, true, "sandbox",
                        has.has_ports ? S("files, ports and system calls are held")
                                      : S("files and system calls are held; ports need Linux 6.7"));
}

static str domain_of(str address)
{
    return str_skip(address, str_find(address, '@') + 1);
}

/* What receivers find of a domain of ours. No answer is not an illness of this installation.
 * Of a domain that only takes back what could not be delivered, MX and SPF are all: it stands in no
 * From. */
static void examine_domain(examination *x, const char *matter, str domain, str selector,
                           bool is_sender)
{
    arena *a = x->c->a;
    dns_findings f;
    err e = dns_examine(a, domain, selector, &f);
    if (e != OK) {
        examination_say(x, true, matter,
                        arena_printf(a, "not examined: %s",
                                     e == ERR_INVALID
                                         ? "the domain is no public one in ASCII letters"
                                         : "no name server gave a whole answer"));
        return;
    }
    examination_say(x, f.mx.is_well, arena_printf(a, "%s mx", matter).at, f.mx.text);
    examination_say(x, f.spf.is_well, arena_printf(a, "%s spf", matter).at, f.spf.text);
    if (!is_sender)
        return;
    examination_say(x, f.dkim.is_well, arena_printf(a, "%s dkim", matter).at, f.dkim.text);
    examination_say(x, f.dmarc.is_well, arena_printf(a, "%s dmarc", matter).at, f.dmarc.text);
}

/* Each domain once. */
static void examine_domains(examination *x)
{
    str sender = domain_of(x->c->mail_from), mailings = domain_of(x->c->mailing_from),
        back = domain_of(x->c->mail_bounce);
    examine_domain(x, "dns", sender, x->c->mail_dkim_selector, true);
    if (!str_eq_nocase(mailings, sender))
        examine_domain(x, "dns mailing", mailings, x->c->mailing_dkim_selector, true);
    if (back.n && !str_eq_nocase(back, sender) && !str_eq_nocase(back, mailings))
        examine_domain(x, "dns bounce", back, S(""), false);
}

int cmd_doctor(command_context *c)
{
    examination x = {.c = c};
    examine_sandbox(&x);
    examine_database(&x);
    examine_keys(&x);
    examine_organiser(&x);
    examine_domains(&x);
    if (c->core.db) {
        examine_writing(&x);
        examine_durability(&x);
        examine_standbys(&x);
        examine_work(&x);
    }
    db_close(c->core.db);
    c->core.db = NULL;
    return x.is_ill ? EXIT_FAILED : EXIT_OK;
}
