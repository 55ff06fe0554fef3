/* SPDX-License-Identifier: EUPL-1.2 */
/* Storing a content folder, and opening the declarations that are new.
 *
 * What people have signed cannot change: a text of an opened declaration is compared, and a
 * difference under the same version refuses the whole import. */

#include "base/clock.h"
#include "base/number.h"
#include "core/content_folder.h"
#include "core/log.h"
#include "core/signature.h"

#include "sql/q_alliance.h"

typedef struct storing {
    arena *a;
    const content_folder *folder;
    str origin;
    str log_vkey;
    int64_t now_ms;
    content_report *report;
    size_t opened;
    str refused; /* slug/lang of a text that differs */
} storing;

static hash32 text_hash(str title, str summary, str body)
{
    const str parts[] = {title, S("\n"), summary, S("\n"), body};
    return hash_sha256_parts(parts, sizeof parts / sizeof *parts);
}

static int64_t number_of(fact_list facts, str key, int64_t most, int64_t otherwise)
{
    int64_t n;
    return number_parse(fact_value(facts, key), 0, most, &n) == OK ? n : otherwise;
}

/* "2026-01-15" to the start of that day in UTC; 0 when it is no date. */
static int64_t date_of(fact_list facts, str key)
{
    str rest;
    str text = fact_value(facts, key);
    int64_t year, month, day;
    if (number_parse(str_cut(text, '-', &rest), 1970, 9999, &year) != OK ||
        number_parse(str_cut(rest, '-', &rest), 1, 12, &month) != OK ||
        number_parse(rest, 1, 31, &day) != OK)
        return 0;
    struct tm date = {.tm_year = (int)year - 1900, .tm_mon = (int)month - 1, .tm_mday = (int)day};
    return (int64_t)timegm(&date) * 1000;
}

static int64_t kinds_of(fact_list facts)
{
    str rest = fact_value(facts, S("kinds"));
    int64_t kinds = 0;
    while (rest.n) {
        str word = str_cut(rest, ' ', &rest);
        kinds |= str_eq(word, S("person")) ? 1 : str_eq(word, S("organisation")) ? 2 : 0;
        kinds |= str_eq(word, S("mandate")) ? 4 : 0;
    }
    return kinds;
}

static void put_fact_line(buf *b, const char *key, str value)
{
    buf_put(b, str_of(key));
    buf_put_char(b, ' ');
    buf_put(b, value);
    buf_put_char(b, '\n');
}

/* The rules of a declaration, one `key value` line each: leaf 0 holds the hash of this text. */
static str manifest_of(const storing *s, const content_item *item, int64_t version)
{
    buf b = buf_in(s->a);
    buf_put(&b, S("sig1 manifest\n"));
    put_fact_line(&b, "declaration", item->slug);
    buf_printf(&b, "version %lld\n", (long long)version);
    static const char *const dates[] = {"opens", "closes"};
    for (size_t i = 0; i < 2; i++) {
        char stamp[32];
        clock_iso8601(date_of(item->facts, str_of(dates[i])), stamp);
        put_fact_line(&b, dates[i], str_of(stamp));
    }
    put_fact_line(&b, "kinds", fact_value(item->facts, S("kinds")));
    put_fact_line(&b, "signers-per-mailbox", fact_value(item->facts, S("per_mailbox")));
    buf_printf(&b, "pending-days %d\nundo-hours %d\n", PENDING_DAYS, WITHDRAW_UNDO_HOURS);
    put_fact_line(&b, "records", S("sealed-server"));
    put_fact_line(&b, "erased", S("stops-counting"));
    put_fact_line(&b, "breakdown", S("kind country"));
    put_fact_line(&b, "log-key", s->log_vkey);
    for (size_t i = 0; i < item->text_count; i++) {
        const content_text *t = &item->texts[i];
        hash32 hash = text_hash(fact_value(t->header, S("title")),
                                fact_value(t->header, S("summary")), t->body);
        buf_printf(&b, "text %.*s %.*s\n", STR_FMT(t->lang),
                   STR_FMT(hex_make(s->a, (str){(const char *)hash.at, 32})));
    }
    return buf_str(&b);
}

static err open_declaration(db_tx *tx, arena *scratch, storing *s, const content_item *item,
                            int64_t *out_id)
{
    q_declaration_insert_in in = {
        .slug = item->slug,
        .is_light = str_eq(fact_value(item->facts, S("light")), S("yes")),
        .opens = date_of(item->facts, S("opens")),
        .closes = date_of(item->facts, S("closes")),
        .goal = number_of(item->facts, S("goal"), 1000000000, 1000),
        .per_mailbox = number_of(item->facts, S("per_mailbox"), 100, 1),
        .kinds = kinds_of(item->facts),
        .original_lang = fact_value(item->facts, S("original")),
        .version = number_of(item->facts, S("version"), 1000, 1),
    };
    in.manifest = manifest_of(s, item, in.version);
    TRY(q_declaration_insert(tx, &in, out_id));
    TRY(log_open(tx, scratch, *out_id, in.manifest, s->now_ms));
    s->opened++;
    return OK;
}

/* Finds the declaration and checks what is signed already; opens it when it is new. */
static err store_declaration(db_tx *tx, arena *scratch, storing *s, const content_item *item)
{
    q_declaration_all_rows all;
    q_declaration_text_all_rows before;
    TRY(q_declaration_all(tx, scratch, &all));
    TRY(q_declaration_text_all(tx, scratch, &before));
    int64_t version = number_of(item->facts, S("version"), 1000, 1), id = 0;
    for (size_t i = 0; i < all.n; i++)
        if (str_eq(all.at[i].slug, item->slug))
            id = all.at[i].id;
    if (id == 0)
        TRY(open_declaration(tx, scratch, s, item, &id));
    else
        TRY(q_declaration_update(tx, id, date_of(item->facts, S("opens")),
                                 date_of(item->facts, S("closes")),
                                 number_of(item->facts, S("goal"), 1000000000, 1000), version));
    for (size_t t = 0; t < item->text_count; t++) {
        const content_text *text = &item->texts[t];
        str title = fact_value(text->header, S("title"));
        str summary = fact_value(text->header, S("summary"));
        hash32 hash = text_hash(title, summary, text->body);
        str hash_bytes = {(const char *)hash.at, sizeof hash.at};
        for (size_t b = 0; b < before.n; b++) {
            if (before.at[b].declaration != id || before.at[b].version != version ||
                !str_eq(before.at[b].lang, text->lang) || str_eq(before.at[b].hash, hash_bytes))
                continue;
            s->refused = arena_printf(s->a, "declaration/%.*s/%.*s.md", STR_FMT(item->slug),
                                      STR_FMT(text->lang));
            return ERR_CONFLICT;
        }
        TRY(q_declaration_text_put(tx, &(q_declaration_text_put_in){.declaration = id,
                                                                    .version = version,
                                                                    .lang = text->lang,
                                                                    .state = text->state,
                                                                    .title = title,
                                                                    .summary = summary,
                                                                    .body = text->body,
                                                                    .hash = hash_bytes}));
    }
    return OK;
}

static str facts_text(arena *a, fact_list facts, const char *separator)
{
    buf b = buf_in(a);
    for (size_t i = 0; i < facts.n; i++)
        buf_printf(&b, "%.*s%s%.*s\n", STR_FMT(facts.at[i].key), separator,
                   STR_FMT(facts.at[i].value));
    return buf_str(&b);
}

static err store_item(db_tx *tx, arena *scratch, const content_item *item)
{
    TRY(q_content_put(tx, item->kind, item->slug, number_of(item->facts, S("position"), 1000000, 0),
                      facts_text(scratch, item->facts, "=")));
    for (size_t t = 0; t < item->text_count; t++) {
        const content_text *text = &item->texts[t];
        TRY(q_content_text_put(tx, item->kind, item->slug, text->lang, text->state,
                               facts_text(scratch, text->header, ": "), text->body));
    }
    return OK;
}

static err write_folder(db_tx *tx, arena *scratch, void *arg)
{
    storing *s = arg;
    s->opened = 0;
    s->refused = S("");
    TRY(q_content_text_delete_all(tx));
    TRY(q_content_delete_all(tx));
    for (size_t i = 0; i < s->folder->n; i++) {
        const content_item *item = &s->folder->items[i];
        TRY(str_eq(item->kind, S("declaration")) ? store_declaration(tx, scratch, s, item)
                                                 : store_item(tx, scratch, item));
    }
    TRY(q_setting_put(tx, S("origin"), s->origin));
    return alliance_revise(tx, scratch);
}

err content_write(core *c, arena *a, const content_folder *folder, str origin, str log_vkey,
                  int64_t now_ms, content_report *report)
{
    storing s = {.a = a,
                 .folder = folder,
                 .origin = origin,
                 .log_vkey = log_vkey,
                 .now_ms = now_ms,
                 .report = report};
    err e = db_write(c->db, write_folder, &s);
    report->declarations_opened = s.opened;
    if (e == ERR_CONFLICT && s.refused.n) {
        report->problems.at[0] = (content_problem){
            s.refused, 0, S("people have signed another text under this version: raise version")};
        report->problems.n = 1;
    }
    return e;
}
