/* SPDX-License-Identifier: EUPL-1.2 */
/* `report`: the record of processing activities and the impact assessment as far as the program
 * knows them. Every value is read from the options and the database of this installation, so that
 * the paper cannot say something else than what runs; what only people know is left to fill in. */

#include "app/app.h"
#include "app/version.h"

#include "base/clock.h"
#include "core/interest.h"
#include "core/joining.h"
#include "core/letter.h"
#include "core/log.h"
#include "core/retention.h"
#include "core/signature.h"
#include "core/watch.h"

typedef struct report {
    command_context *c;
    const options *o;
    const alliance *al;
    buf out;
} report;

#define FILL_IN "**[to be filled in by the controller]**"

static str day(report *r, int64_t at_ms)
{
    char stamp[32];
    clock_iso8601(at_ms, stamp);
    return arena_printf(r->c->a, "%.10s", stamp);
}

/* A value of the manifest, which is what was promised in public; n-th of its key. */
static str promised(const declaration *d, const char *key, size_t nth)
{
    for (str rest = d->manifest; rest.n;) {
        str value;
        str line = str_cut(rest, '\n', &rest);
        if (str_eq(str_cut(line, ' ', &value), str_of(key)) && nth-- == 0)
            return value;
    }
    return S("");
}

static str title_of(const declaration *d)
{
    const declaration_text *text = declaration_text_in(d, d->version, S("en"));
    return text ? text->title : d->slug;
}

/* Nobody on the way: TLS, or a relay on the same machine. */
static bool is_private(const report *r)
{
    str host = r->o->text[OPTION_MAIL_HOST];
    return !str_eq(r->o->text[OPTION_MAIL_SECURITY], S("plain")) || str_eq(host, S("localhost")) ||
           str_eq(host, S("127.0.0.1")) || str_eq(host, S("::1"));
}

static bool is_postgres(const report *r)
{
    return !str_starts(r->c->database, S("sqlite:"));
}

/* "host:5432" of postgres://user@host:5432/name; no name and no password. */
static str database_host(const report *r)
{
    str rest = str_skip(r->c->database, str_find_str(r->c->database, S("://")) + 3), path;
    str authority = str_cut(rest, '/', &path), host;
    str user = str_cut(authority, '@', &host);
    return host.n ? host : user;
}

/* --- Parts that both papers share --- */

static void put_head(report *r, const char *title)
{
    buf_printf(&r->out, "# %s\n\nOf `%.*s`, generated on %.*s by undersigned %s from its ", title,
               STR_FMT(r->c->origin), STR_FMT(day(r, clock_now_ms())), VERSION);
    buf_put(&r->out, S("configuration and database. Generate it anew after every change.\n\n"));
}

static void put_controller(report *r)
{
    content_list alliances = alliance_items(r->al, S("alliance"));
    buf_put(&r->out, S("## Controller\n\n"));
    if (alliances.n) {
        const content_text *text = content_text_in(&alliances.at[0], S("en"));
        fact_list facts = alliances.at[0].facts;
        if (text)
            buf_printf(&r->out, "- Name: %.*s\n", STR_FMT(fact_value(text->header, S("title"))));
        buf_printf(&r->out, "- Contact: %.*s\n", STR_FMT(fact_value(facts, S("contact"))));
        buf_printf(&r->out, "- Website: %.*s\n", STR_FMT(fact_value(facts, S("website"))));
    }
    buf_put(&r->out, S("- Postal address, joint controllers: " FILL_IN "\n"
                       "- Data protection officer: " FILL_IN "\n\n"));
}

static void put_declarations(report *r)
{
    buf_put(&r->out, S("## Declarations\n\n| declaration | signed by | opens | last day | records "
                       "are | everything personal is erased on |\n|---|---|---|---|---|---|\n"));
    for (size_t i = 0; i < r->al->declarations.n; i++) {
        const declaration *d = &r->al->declarations.at[i];
        str records = promised(d, "records", 0);
        buf_printf(&r->out, "| %.*s (`%.*s`) |", STR_FMT(title_of(d)), STR_FMT(d->slug));
        static const char *const kinds[] = {" persons", " organisations", " mandate holders"};
        const char *comma = "";
        for (int k = 0; k < SIGNER_KINDS; k++) {
            if (!declaration_takes(d, (signer_kind)(k + 1)))
                continue;
            buf_printf(&r->out, "%s%s", comma, kinds[k]);
            comma = ",";
        }
        buf_printf(&r->out, " | %.*s | %.*s | `%.*s` | %s%.*s |\n", STR_FMT(day(r, d->opens_ms)),
                   STR_FMT(day(r, declaration_last_day_ms(d))), STR_FMT(records),
                   d->erased_ms ? "done on " : "",
                   STR_FMT(d->retain_ms == 0 ? S("NO DAY NAMED")
                                             : day(r, d->erased_ms ? d->erased_ms : d->retain_ms)));
    }
    buf_put(&r->out,
            S("\n`server`: the server can open them. `sealed`: only the organiser can, with "
              "a key that is not on the server. `browser`: the same, and names of those who are "
              "not listed do not reach the server unsealed.\n\n"));
    for (size_t i = 0; i < r->al->declarations.n; i++) {
        const declaration *d = &r->al->declarations.at[i];
        for (size_t n = 0; promised(d, "recipient", n).n; n++)
            buf_printf(&r->out, "- `%.*s` is sealed to `%.*s`\n", STR_FMT(d->slug),
                       STR_FMT(promised(d, "recipient", n)));
    }
}

static void put_data(report *r)
{
    buf_put(
        &r->out,
        S("## Data subjects and categories of data\n\n"
          "| who | what | where it stands |\n|---|---|---|\n"
          "| signers | name, e-mail address, country; if given: region or town, organisation, "
          "role, "
          "type, website, political group, authority, reason | sealed record |\n"
          "| signers who came through a partner's link | which partner | beside the signature, "
          "in clear; published as a sum |\n"
          "| who asks to join as a partner | organisation, country, website, name, role, e-mail "
          "address, message | sealed under a key of the server |\n"
          "| signers who chose to be listed | name or organisation, role, type, country, region, "
          "reason after it was read | public list, in clear |\n"
          "| all signers | kind, country, language, text version, times, consents, keyed tags of "
          "address and domain; region of who named one (NUTS, level 2 unless listed) | "
          "database, in clear; published as sums |\n"
          "| organisations | what sort of organisation (one of twelve words) | database, in clear; "
          "with records=browser only if listed; published as sums, none below five |\n"
          "| all signers | kind, country, a commitment that nobody can open without the record | "
          "public log |\n"
          "| who waits for a mail | e-mail address | mail queue, sealed |\n"
          "| who waits for an action | e-mail address, name if given, language | list, sealed "
          "under "
          "a key of the server |\n"
          "| visitors | nothing; keyed hashes of shortened addresses against abuse | memory, and "
          "traces beside new signatures |\n\n"
          "Signing a declaration can reveal a political opinion: all of it is treated as a special "
          "category (GDPR Article 9, EUDPR Article 10).\n\n"));
}

static void put_recipients(report *r)
{
    const options *o = r->o;
    bool has_relay = o->text[OPTION_MAIL_HOST].n > 0;
    buf_put(&r->out, S("## Processors and recipients\n\n"));
    if (has_relay)
        buf_printf(&r->out, "- Mail relay: `%.*s`, port %lld, %s. It sees address and mail.\n",
                   STR_FMT(o->text[OPTION_MAIL_HOST]), (long long)o->number[OPTION_MAIL_PORT],
                   is_private(r) ? "over TLS or on this machine"
                                 : "WITHOUT ENCRYPTION on the way there");
    else
        buf_put(&r->out, S("- Mail relay: none is configured.\n"));
    buf_printf(&r->out, "- Sender of mails: `%.*s`\n", STR_FMT(o->text[OPTION_MAIL_FROM]));
    if (is_postgres(r))
        buf_printf(&r->out, "- Database server: PostgreSQL at `%.*s`\n", STR_FMT(database_host(r)));
    else
        buf_put(&r->out, S("- Database: SQLite, a file on the same machine\n"));
    if (o->text[OPTION_TRUSTED_PROXIES].n)
        buf_printf(&r->out, "- Reverse proxies in front: `%.*s`. They see addresses of visitors.\n",
                   STR_FMT(o->text[OPTION_TRUSTED_PROXIES]));
    buf_put(&r->out, S("- Hosting of the machine, contracts under Article 28: " FILL_IN "\n"
                       "- Pages load nothing from anybody else.\n\n"
                       "Transfers to third countries: none by the program; of the processors "
                       "above: " FILL_IN "\n\n"));
}

static void put_limits(report *r)
{
    buf_put(&r->out, S("## Time limits for erasure\n\n| what | erased |\n|---|---|\n"));
    buf_printf(&r->out, "| signatures that were never confirmed | after %d days |\n", PENDING_DAYS);
    buf_printf(&r->out, "| withdrawn signatures | after %d hours, in which it can be undone |\n",
               WITHDRAW_UNDO_HOURS);
    buf_put(&r->out, S("| signatures that their signer erases | at once |\n"));
    buf_printf(&r->out, "| links in mails | after %d days |\n", LINK_DAYS);
    buf_printf(&r->out, "| mail log, without addresses | after %d days |\n", MAIL_LOG_DAYS);
    buf_printf(&r->out, "| traces of networks and domains, keyed hashes | after %d hours |\n",
               TRACE_HOURS);
    buf_put(&r->out, S("| mails of a day to one address, keyed hash | after two days |\n"));
    buf_printf(&r->out, "| who waits for an action | after %d days, or when they leave |\n",
               INTEREST_DAYS);
    buf_printf(&r->out,
               "| requests to join as a partner | never confirmed: after %d days; never decided: "
               "after %d; decided: after %d; at once when the sender erases them |\n",
               JOINING_SENT_DAYS, JOINING_WAITS_DAYS, JOINING_DECIDED_DAYS);
    for (size_t i = 0; i < r->al->declarations.n; i++) {
        const declaration *d = &r->al->declarations.at[i];
        buf_printf(&r->out,
                   "| everything personal of `%.*s`, and the key of its tags | on %.*s |\n",
                   STR_FMT(d->slug), STR_FMT(d->retain_ms ? day(r, d->retain_ms) : S("NO DAY")));
    }
    buf_printf(&r->out,
               "\nBackups end after at most 30 days: " FILL_IN "; the erasure journal "
               "`%.*s` is kept apart from them and erases again after a restore.\n\n",
               STR_FMT(r->c->core.erasures));
}

static void put_measures(report *r)
{
    const options *o = r->o;
    buf_put(&r->out,
            S("## Technical and organisational measures\n\n"
              "- Records sealed; addresses compared as keyed hashes, one key for each declaration, "
              "destroyed with it\n"
              "- Double opt-in; looking at a link changes nothing; links hold 128 random bits and "
              "are stored hashed\n"
              "- Public append-only log: every change of the count can be checked by anyone\n"
              "- Erased data are overwritten in the database file and its log\n"));
    buf_printf(&r->out, "- At most %d mails a day to one address\n", LETTERS_A_DAY);
    buf_printf(&r->out,
               "- At most %lld signings an hour from one /32 or /64, %lld from one /24 or /48\n",
               (long long)o->number[OPTION_RATE_NARROW], (long long)o->number[OPTION_RATE_WIDE]);
    buf_printf(&r->out, "- Public address `%.*s`%s\n", STR_FMT(r->c->origin),
               str_starts(r->c->origin, S("https://")) ? "" : ", WITHOUT TLS");
    buf_printf(&r->out, "- The program listens on `%.*s`\n", STR_FMT(o->text[OPTION_LISTEN]));
    buf_put(&r->out,
            S("- Access of staff to the machine, training, incident procedure: " FILL_IN "\n\n"));
}

/* --- The record of processing --- */

static void put_processing(report *r)
{
    put_head(r, "Record of processing activities");
    buf_put(&r->out, S("GDPR Article 30; for EU bodies, EUDPR Article 31.\n\n"));
    put_controller(r);
    buf_put(
        &r->out,
        S("## Purposes and legal bases\n\n"
          "| purpose | basis |\n|---|---|\n"
          "| recording and counting signatures | explicit consent, GDPR Articles 6(1)(a) and "
          "9(2)(a) |\n"
          "| showing signers in the public list | a second consent, apart |\n"
          "| news by mail | a third consent, apart |\n"
          "| writing to who waits for an action | consent, Article 6(1)(a), confirmed by mail |\n"
          "| deciding on requests to join as a partner | consent, Article 6(1)(a) |\n"
          "| counting signatures by the partner through whose link they came | part of the "
          "signature; told on the form, which can do without |\n"
          "| keeping forged signatures out | legitimate interest, Article 6(1)(f), over keyed "
          "hashes |\n\n"));
    put_declarations(r);
    put_data(r);
    put_recipients(r);
    put_limits(r);
    put_measures(r);
}

/* --- The impact assessment --- */

static void put_numbers(report *r)
{
    buf_put(&r->out, S("## Scale now\n\n| declaration | counted |\n|---|---|\n"));
    for (size_t i = 0; i < r->al->declarations.n; i++) {
        const declaration *d = &r->al->declarations.at[i];
        published p = {.size = 0};
        err e = log_published(&r->c->core, r->c->a, d->id, &p);
        int64_t n = e == OK ? log_counts_total(&p.counts) : 0;
        buf_printf(&r->out, "| `%.*s` | %lld |\n", STR_FMT(d->slug), (long long)n);
    }
    buf_put(&r->out, S("\nExpected at the end: " FILL_IN "\n\n"));
}

static void put_risk(report *r, const char *risk, const char *measure, bool is_open,
                     const char *left)
{
    buf_printf(&r->out, "| %s | %s | %s%s |\n", risk, measure, is_open ? "**OPEN:** " : "", left);
}

static bool server_reads(const report *r)
{
    for (size_t i = 0; i < r->al->declarations.n; i++)
        if (r->al->declarations.at[i].records == RECORDS_SERVER)
            return true;
    return false;
}

static void put_risks(report *r)
{
    bool is_readable = server_reads(r), is_open = !str_starts(r->c->origin, S("https://"));
    bool is_endless = false;
    for (size_t i = 0; i < r->al->declarations.n; i++)
        is_endless |= r->al->declarations.at[i].retain_ms == 0;
    buf_put(&r->out, S("## Risks and measures\n\n| risk to signers | measure | what is left |\n"
                       "|---|---|---|\n"));
    put_risk(r, "the disk or a backup is stolen: it becomes known who signed",
             "records sealed, keys apart from backups", is_readable,
             is_readable ? "whoever also has the master key can open the records"
                         : "only what signers chose to show");
    put_risk(r, "the running server is taken over", "two processes, confined", true,
             "new signatures from then on, and whether a guessed address signed");
    put_risk(r, "somebody reads along on the way to the site", "TLS in front", is_open,
             is_open ? "the public address is not https" : "the reverse proxy sees everything");
    put_risk(r, "somebody reads along on the way to the relay", "TLS to the relay", !is_private(r),
             is_private(r) ? "the relay sees addresses" : "mail-security is plain");
    put_risk(r, "somebody signs in another's name",
             "confirmation by mail, holding of doubtful ones", false,
             "who controls the mailbox can sign");
    put_risk(r, "data are kept for ever", "a day of erasure for each declaration", is_endless,
             is_endless ? "a declaration names no day" : "backups until they end");
    put_risk(r, "erased persons come back with a backup", "erasure journal, replayed", false,
             "the journal must be kept apart from the backups");
    put_risk(r, "the count is doubted, or changed unseen", "public log with signed checkpoints",
             false, "one key signs it: see witnesses in the manual");
    buf_put(&r->out, S("\nFurther risks of this campaign: " FILL_IN "\n\n"));
}

static void put_dpia(report *r)
{
    put_head(r, "Data protection impact assessment");
    buf_put(
        &r->out,
        S("GDPR Article 35; for EU bodies, EUDPR Article 39. Needed, because special categories "
          "are processed on a large scale.\n\n"));
    put_controller(r);
    put_numbers(r);
    put_declarations(r);
    put_data(r);
    buf_put(
        &r->out,
        S("## Necessity and proportion\n\n"
          "- Asked for: name, address, country; all else is optional. No birth date, no number, "
          "no telephone.\n"
          "- Each purpose has a consent of its own, unticked, with text version, language and "
          "day.\n"
          "- Withdrawing takes one link and one button; so do hiding, correcting, erasing and "
          "a copy of everything held.\n"
          "- No cookie, no tracking, no third party, no IP address with a signature.\n"
          "- Why the campaign needs names at all: " FILL_IN "\n\n"));
    put_recipients(r);
    put_limits(r);
    put_risks(r);
    put_measures(r);
    buf_put(&r->out, S("## Views and decision\n\n"
                       "- Views of data subjects or their representatives: " FILL_IN "\n"
                       "- Advice of the data protection officer: " FILL_IN "\n"
                       "- Prior consultation needed (Article 36): " FILL_IN "\n"
                       "- Decision, date, signature: " FILL_IN "\n"));
}

int app_report(command_context *c)
{
    bool is_dpia = c->argument_count == 1 && str_eq(c->arguments[0], S("dpia"));
    bool is_processing = c->argument_count == 1 && str_eq(c->arguments[0], S("processing"));
    alliance al;
    if (!is_dpia && !is_processing) {
        command_say("report takes dpia or processing");
        return EXIT_USAGE;
    }
    err e = alliance_load(&c->core, c->a, &al);
    if (e != OK) {
        command_say("nothing is loaded: run `undersigned import` first");
        return command_exit(e);
    }
    report r = {.c = c, .o = c->options, .al = &al, .out = buf_in(c->a)};
    if (is_dpia)
        put_dpia(&r);
    else
        put_processing(&r);
    return fwrite(r.out.at, 1, r.out.n, stdout) == r.out.n ? EXIT_OK : EXIT_FAILED;
}
