/* SPDX-License-Identifier: EUPL-1.2 */
/* The rules of a declaration as its INI states them. They go into the manifest, whose hash is the
 * first leaf of a public log: a value that cannot be understood is refused, never guessed. */

#include "core/content_folder.h"

#include "base/clock.h"
#include "base/number.h"

typedef struct rules_reader {
    fact_list facts;
    str key;             /* that is wrong */
    const char *message; /* NULL: none is */
} rules_reader;

static void refuse(rules_reader *r, str key, const char *message)
{
    if (r->message)
        return;
    r->key = key;
    r->message = message;
}

/* An empty value is `otherwise`; 0 there means that a number must be given. */
static int64_t read_number(rules_reader *r, str key, int64_t most, int64_t otherwise)
{
    int64_t n = otherwise;
    str value = fact_value(r->facts, key);
    bool is_missing = value.n == 0 && otherwise == 0;
    if (is_missing || (value.n && number_parse(value, 1, most, &n) != OK))
        refuse(r, key, "is not a number in its bounds");
    return n;
}

enum { DAY_MS = 86400000 };

/* "2026-01-15": the start of that day in UTC. */
static int64_t read_date(rules_reader *r, str key)
{
    int64_t start_ms = 0;
    if (clock_read_day(fact_value(r->facts, key), &start_ms) != OK)
        refuse(r, key, "is not a date like 2026-01-15");
    return start_ms;
}

/* No declaration opens without a day on which what it has collected is erased. */
static int64_t read_retention(rules_reader *r, str key)
{
    if (fact_value(r->facts, key).n == 0)
        refuse(r, key, "must name the day on which all personal data are erased");
    return read_date(r, key);
}

static int64_t read_kinds(rules_reader *r, str key)
{
    static const str names[] = {STR_INIT("person"), STR_INIT("organisation"), STR_INIT("mandate")};
    int64_t kinds = 0;
    for (str rest = fact_value(r->facts, key); rest.n;) {
        str word = str_cut(rest, ' ', &rest);
        int64_t kind = 0;
        for (int i = 0; i < SIGNER_KINDS; i++)
            kind |= str_eq(word, names[i]) ? (int64_t)1 << i : 0;
        if (kind == 0)
            refuse(r, key, "is not a list of: person organisation mandate");
        kinds |= kind;
    }
    if (kinds == 0)
        refuse(r, key, "is not a list of: person organisation mandate");
    return kinds;
}

static bool read_flag(rules_reader *r, str key)
{
    str value = fact_value(r->facts, key);
    if (value.n && !str_eq(value, S("yes")) && !str_eq(value, S("no")))
        refuse(r, key, "is neither yes nor no");
    return str_eq(value, S("yes"));
}

static record_mode read_records(rules_reader *r, str key)
{
    record_mode mode = RECORDS_SEALED;
    str value = fact_value(r->facts, key);
    if (value.n && record_mode_read(value, &mode) != OK)
        refuse(r, key, "is neither sealed nor server nor browser");
    return mode;
}

/* The keys of the organiser. One alone would be lost with the person who holds it. */
static str read_recipients(rules_reader *r, str key)
{
    str value = fact_value(r->facts, key);
    arena *a = arena_open(1 << 16);
    recipient_list keys;
    if (recipients_read(a, value, &keys) != OK)
        refuse(r, key, "is not a list of different keys of the form age1…, one space between them");
    else if (value.n && keys.n < RECIPIENTS_LEAST)
        refuse(r, key, "names one key alone: whoever loses it loses every record, so name two");
    arena_close(a);
    return value;
}

err declaration_rules_read(fact_list facts, declaration_rules *out_rules, str *out_key,
                           const char **out_message)
{
    rules_reader r = {.facts = facts};
    declaration_rules rules = {
        .version = read_number(&r, S("version"), 1000, 0),
        .opens_ms = read_date(&r, S("opens")),
        .closes_ms = read_date(&r, S("closes")) + DAY_MS, /* the day named is the last one */
        .goal = read_number(&r, S("goal"), 1000000000, 1000),
        .per_mailbox = read_number(&r, S("per_mailbox"), 100, 1),
        .kinds = read_kinds(&r, S("kinds")),
        .is_light = read_flag(&r, S("light")),
        .records = read_records(&r, S("records")),
        .recipients = read_recipients(&r, S("recipients")),
        .original = fact_value(facts, S("original")),
    };
    if (rules.closes_ms <= rules.opens_ms)
        refuse(&r, S("closes"), "is before the day on which it opens");
    rules.retain_ms = read_retention(&r, S("retain_until"));
    if (rules.retain_ms < rules.closes_ms)
        refuse(&r, S("retain_until"), "is not after the last day of signing");
    if (rules.is_light && rules.kinds != 1)
        refuse(&r, S("kinds"), "can only be person when light is yes");
    if (r.message) {
        *out_key = r.key;
        *out_message = r.message;
        return ERR_INVALID;
    }
    *out_rules = rules;
    return OK;
}
