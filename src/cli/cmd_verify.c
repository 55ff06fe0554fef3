/* SPDX-License-Identifier: EUPL-1.2 */
/* `verify LOG`: counts a published log again and says whether everything in it agrees. Trusts
 * nothing but the log's key, which --key or a policy names; else the manifest's is taken on first
 * use and held from then on by --remember. */

#include "cli/commands.h"
#include "cli/log_source.h"
#include "cli/verify_file.h"
#include "cli/verify_papers.h"

#include "base/clock.h"
#include "crypto/timestamp.h"

#include <unistd.h>

enum {
    FLAG_KEY,
    FLAG_POLICY,
    FLAG_REMEMBER,
    FLAG_TIMESTAMP_CA,
    FLAG_RECEIPT,
    FLAG_OPENING,
    FLAG_PROMISE
};

typedef struct verifying {
    command_context *c;
    audit_plan plan;
    policy policy;
    audit_report report;
    papers papers;
    str where; /* empty: no log at hand */
} verifying;

static const char *verdict_of(int code)
{
    return code == EXIT_AGREES      ? "agrees"
           : code == EXIT_DISAGREES ? "disagrees"
           : code == EXIT_LATER     ? "open"
                                    : "unreadable";
}

static void show_progress(uint64_t done, uint64_t size)
{
    fprintf(stderr, "\r%llu of %llu leaves%s", (unsigned long long)done, (unsigned long long)size,
            done == size ? "\r\033[K" : "");
}

/* --- output --- */

static str stamp_time(arena *a, const audit_stamp *s)
{
    char time[32];
    clock_iso8601(s->time_s * 1000, time);
    return arena_printf(a, "%.19sZ", time);
}

static void print_stamps(const verifying *v)
{
    const audit_report *r = &v->report;
    for (size_t i = 0; i < r->stamps_n; i++) {
        const audit_stamp *s = &r->stamps[i];
        printf("time stamp %llu%s, %.*s by %.*s\n", (unsigned long long)s->size,
               s->is_closed ? " closed" : "", STR_FMT(stamp_time(v->c->a, s)),
               STR_FMT(s->authority.n ? s->authority : S("an authority that it does not name")));
    }
    if (r->stamps_n)
        printf("signatures of time stamps %s\n",
               v->plan.timestamp_cas.n ? "checked" : "not checked: --timestamp-ca");
}

static void print_text(const verifying *v)
{
    const audit_report *r = &v->report;
    const recounted *n = &r->counted;
    if (v->where.n == 0) {
        printf("log %.*s\n", STR_FMT(r->origin));
        return;
    }
    printf("log %.*s\nsize %llu\n", STR_FMT(r->origin), (unsigned long long)n->leaves);
    printf("root %.*s\n", STR_FMT(base64_make(v->c->a, hash_str(&n->root))));
    printf("key %.*s\n", STR_FMT(r->vkey));
    if (v->plan.policy)
        printf("witnesses %zu of %zu\n", r->witnesses, r->witnesses_known);
    printf("leaves add %llu, sub %llu, undo %llu, tally %llu\n", (unsigned long long)n->adds,
           (unsigned long long)n->subs, (unsigned long long)n->undos,
           (unsigned long long)n->tallies);
    if (n->mode)
        printf("mode %s since leaf %llu\n", n->mode, (unsigned long long)n->mode_at);
    printf("%.*s", STR_FMT(r->breakdown));
    printf("persons %lld\norganisations %lld\nmandate holders %lld\ntotal %lld%s\n",
           (long long)n->of[0], (long long)n->of[1], (long long)n->of[2], (long long)n->total,
           n->is_closed ? ", closed" : "");
    print_stamps(v);
}

static void print_verdict(const verifying *v)
{
    bool is_own_key = v->where.n && v->plan.vkey.n == 0 && !v->plan.policy;
    printf("agrees%s\n",
           is_own_key ? " with the key of its own manifest; --key holds it against one you know"
                      : "");
}

static void put_stamps(buf *b, const verifying *v)
{
    const audit_report *r = &v->report;
    buf_put(b, S(",\"timestamps\":["));
    for (size_t i = 0; i < r->stamps_n; i++) {
        const audit_stamp *s = &r->stamps[i];
        buf_printf(b, "%s{\"size\":%llu,\"time\":\"%.*s\",\"authority\":", i ? "," : "",
                   (unsigned long long)s->size, STR_FMT(stamp_time(v->c->a, s)));
        buf_put_json(b, s->authority);
        buf_printf(b, ",\"closed\":%s}", s->is_closed ? "true" : "false");
    }
    buf_printf(b, "],\"timestamps_checked\":%s", v->plan.timestamp_cas.n ? "true" : "false");
}

static void put_field(buf *b, const char *name, int64_t number)
{
    buf_printf(b, ",\"%s\":%lld", name, (long long)number);
}

static void put_text(buf *b, const char *name, str text)
{
    buf_printf(b, ",\"%s\":", name);
    buf_put_json(b, text);
}

static void put_breakdown(buf *b, str breakdown)
{
    buf_put(b, S(",\"breakdown\":{"));
    for (bool is_first = true; breakdown.n; is_first = false) {
        str line = str_cut(breakdown, '\n', &breakdown);
        buf_printf(b, "%s\"%.*s\":%.*s", is_first ? "" : ",", 4, line.at,
                   STR_FMT(str_skip(line, 5)));
    }
    buf_put_char(b, '}');
}

static void print_json(const verifying *v, int code)
{
    const audit_report *r = &v->report;
    const recounted *n = &r->counted;
    buf b = buf_in(v->c->a);
    buf_printf(&b, "{\"verdict\":\"%s\"", verdict_of(code));
    put_text(&b, "finding", r->finding);
    put_text(&b, "log", r->origin);
    put_text(&b, "key", r->vkey);
    put_field(&b, "size", (int64_t)n->leaves);
    put_text(&b, "root", base64_make(v->c->a, hash_str(&n->root)));
    put_field(&b, "add", (int64_t)n->adds);
    put_field(&b, "sub", (int64_t)n->subs);
    put_field(&b, "undo", (int64_t)n->undos);
    put_field(&b, "tally", (int64_t)n->tallies);
    if (n->mode) {
        put_text(&b, "mode", str_of(n->mode));
        put_field(&b, "mode_since", (int64_t)n->mode_at);
    }
    buf_printf(&b, ",\"closed\":%s", n->is_closed ? "true" : "false");
    put_field(&b, "persons", n->of[0]);
    put_field(&b, "organisations", n->of[1]);
    put_field(&b, "mandates", n->of[2]);
    put_field(&b, "total", n->total);
    put_breakdown(&b, r->breakdown);
    put_stamps(&b, v);
    if (v->plan.policy) {
        put_field(&b, "witnesses", (int64_t)r->witnesses);
        put_field(&b, "witnesses_known", (int64_t)r->witnesses_known);
    }
    papers_put_json(&b, &v->papers, r);
    buf_put(&b, S("}\n"));
    fwrite(b.at, 1, b.n, stdout);
}

/* --- what to hold against the log --- */

static int read_policy(verifying *v)
{
    str text;
    policy_fault fault;
    if (!command_flag_given(v->c, FLAG_POLICY))
        return EXIT_OK;
    str path = command_flag_value(v->c, FLAG_POLICY);
    if (verify_file_read(v->c->a, path, POLICY_BYTES_MOST, &text) != OK)
        return EXIT_UNREADABLE;
    if (policy_read(v->c->a, text, &v->policy, &fault) != OK) {
        command_say("%.*s:%d: %s", STR_FMT(path), fault.line, fault.what);
        return EXIT_UNREADABLE;
    }
    v->plan.policy = &v->policy;
    return EXIT_OK;
}

/* What an earlier run left, if there was one. */
static int read_remembered(verifying *v)
{
    str note, text;
    note_lines lines;
    str path = command_flag_value(v->c, FLAG_REMEMBER);
    if (path.n == 0 || access(arena_cstr(v->c->a, path), F_OK) != 0)
        return EXIT_OK;
    if (verify_file_read(v->c->a, path, NOTE_MAX_BYTES, &note) != OK)
        return EXIT_UNREADABLE;
    checkpoint *earlier = &v->plan.earlier[v->plan.earlier_n];
    if (note_split(v->c->a, note, &text, &lines) != OK ||
        note_checkpoint_text(v->c->a, text, earlier) != OK) {
        command_say("%.*s holds no checkpoint", STR_FMT(path));
        return EXIT_UNREADABLE;
    }
    v->plan.earlier_n++;
    return EXIT_OK;
}

static int read_key(verifying *v)
{
    note_key key;
    v->plan.vkey = command_flag_value(v->c, FLAG_KEY);
    if (v->plan.vkey.n == 0 ||
        (note_key_read(v->c->a, v->plan.vkey, &key) == OK && key.kind == NOTE_ED25519))
        return EXIT_OK;
    command_say("--key takes a log's key as its manifest has it: NAME+ID+KEY");
    return EXIT_USAGE;
}

static int read_timestamp_cas(verifying *v)
{
    str path = command_flag_value(v->c, FLAG_TIMESTAMP_CA);
    if (path.n == 0)
        return EXIT_OK;
    str *pem = &v->plan.timestamp_cas;
    if (verify_file_read(v->c->a, path, TIMESTAMP_CAS_BYTES_MOST, pem) != OK)
        return EXIT_UNREADABLE;
    if (timestamp_cas_check(*pem) == OK)
        return EXIT_OK;
    command_say("%.*s holds no certificates", STR_FMT(path));
    return EXIT_UNREADABLE;
}

/* --- the log --- */

static int run_audit(verifying *v)
{
    log_source *source = log_source_open(v->c->a, v->where);
    v->plan.read = log_source_read;
    v->plan.from = source;
    if (!v->c->is_json && isatty(STDERR_FILENO))
        v->plan.progress = show_progress;
    err e = audit_run(v->c->a, &v->plan, &v->report);
    if (e != OK && v->report.finding.n == 0)
        v->report.finding = arena_copy(v->c->a, log_source_reason(source));
    log_source_close(source);
    if (e == OK)
        return EXIT_AGREES;
    return e == ERR_DENIED ? EXIT_DISAGREES : EXIT_UNREADABLE;
}

static int remember(const verifying *v)
{
    str path = command_flag_value(v->c, FLAG_REMEMBER);
    if (path.n == 0)
        return EXIT_AGREES;
    return verify_file_write(v->c->a, path, v->report.checkpoint) == OK ? EXIT_AGREES : EXIT_FAILED;
}

/* Audit, papers, memory, in this order. */
static int verify(verifying *v)
{
    command_context *c = v->c;
    if (v->where.n == 0)
        return papers_check_alone(c->a, &v->papers, &v->plan, &v->report);
    papers_ask(c->a, &v->papers, &v->plan);
    int code = run_audit(v);
    if (code == EXIT_AGREES)
        code = remember(v);
    return code == EXIT_AGREES ? papers_check(c->a, &v->papers, &v->report, clock_now_ms()) : code;
}

/* The log's place, unless there is a receipt and a key to hold it against. */
static int read_where(verifying *v)
{
    const command_context *c = v->c;
    bool has_log_key = v->plan.vkey.n > 0 || (v->plan.policy && v->policy.logs_n > 0);
    v->where = c->argument_count == 1 ? c->arguments[0] : S("");
    if (c->argument_count == 1)
        return EXIT_OK;
    if (c->argument_count > 1 || !command_flag_given(c, FLAG_RECEIPT) ||
        command_flag_given(c, FLAG_PROMISE) || command_flag_given(c, FLAG_REMEMBER)) {
        command_say("verify takes one LOG: a folder, or https://HOST/log/DECLARATION");
        return EXIT_USAGE;
    }
    if (has_log_key)
        return EXIT_OK;
    command_say(
        "without a LOG, --receipt needs the log's key: --key, or a --policy that names logs");
    return EXIT_USAGE;
}

int cmd_verify(command_context *c)
{
    verifying *v = arena_new(c->a, verifying);
    *v = (verifying){.c = c, .plan = {.asked = -1}, .report = {.leaf_at = -1}};
    int code = read_key(v);
    if (code == EXIT_OK)
        code = read_policy(v);
    if (code == EXIT_OK)
        code = read_remembered(v);
    if (code == EXIT_OK)
        code = read_timestamp_cas(v);
    if (code == EXIT_OK)
        code = read_where(v);
    if (code != EXIT_OK)
        return code;
    code =
        papers_read(c->a, command_flag_value(c, FLAG_RECEIPT), command_flag_value(c, FLAG_OPENING),
                    command_flag_value(c, FLAG_PROMISE), &v->papers);
    if (code == EXIT_AGREES)
        code = verify(v);
    if (v->report.finding.n == 0)
        v->report.finding = v->papers.finding;
    if (c->is_json) {
        print_json(v, code);
    } else if (code == EXIT_AGREES) {
        print_text(v);
        papers_print(&v->papers, &v->report);
        print_verdict(v);
    }
    if (v->report.finding.n)
        command_say("%s: %.*s", verdict_of(code), STR_FMT(v->report.finding));
    return code;
}
