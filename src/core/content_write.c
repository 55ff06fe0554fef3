/* SPDX-License-Identifier: EUPL-1.2 */
/* Storing a content folder, and opening the declarations that are new.
 *
 * What people have signed cannot change: a text of an opened declaration is compared, and a
 * difference under the same version refuses the whole import. */

#include "base/clock.h"
#include "base/number.h"
#include "base/random.h"
#include "core/ceremony.h"
#include "core/content_folder.h"
#include "core/log.h"
#include "core/promise.h"
#include "core/signature.h"
#include "crypto/note.h"

#include "sql/q_alliance.h"
#include "sql/q_file.h"
#include "sql/q_retention.h"

typedef struct storing {
    const core_keys *keys;
    arena *a;
    const content_folder *folder;
    str origin;
    str log_host;
    const unsigned char *log_public_key;
    recipient_list organiser;
    int64_t now_ms;
    content_report *report;
    size_t opened;
    str refused; /* the file that contradicts what stands, and how */
    str message;
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

static void put_fact_line(buf *b, const char *key, str value)
{
    buf_put(b, str_of(key));
    buf_put_char(b, ' ');
    buf_put(b, value);
    buf_put_char(b, '\n');
}

/* The rules of a declaration, one `key value` line each: leaf 0 holds the hash of this text. */
static str manifest_of(const storing *s, const content_item *item, const declaration_rules *rules,
                       recipient_list recipients)
{
    buf b = buf_in(s->a);
    buf_put(&b, S("sig1 manifest\n"));
    put_fact_line(&b, "declaration", item->slug);
    buf_printf(&b, "version %lld\n", (long long)rules->version);
    char stamp[32];
    clock_iso8601(rules->opens_ms, stamp);
    put_fact_line(&b, "opens", str_of(stamp));
    clock_iso8601(rules->closes_ms, stamp);
    put_fact_line(&b, "closes", str_of(stamp));
    buf_put(&b, S("kinds"));
    for (signer_kind kind = SIGNER_PERSON; kind <= SIGNER_MANDATE; kind++)
        if ((rules->kinds >> (kind - SIGNER_PERSON)) & 1)
            buf_printf(&b, " %c", signer_kind_letter(kind));
    buf_printf(&b, "\nsigners-per-mailbox %lld\n", (long long)rules->per_mailbox);
    buf_printf(&b, "pending-days %d\nundo-hours %d\n", PENDING_DAYS, WITHDRAW_UNDO_HOURS);
    clock_iso8601(rules->retain_ms, stamp);
    put_fact_line(&b, "retain-until", str_of(stamp));
    put_fact_line(&b, "records", record_mode_name(rules->records));
    for (size_t i = 0; i < recipients.n; i++)
        put_fact_line(&b, "recipient", age_recipient_text(s->a, &recipients.at[i]));
    put_fact_line(&b, "erased", S("stops-counting"));
    put_fact_line(&b, "breakdown", S("kind country"));
    /* The name in a verifier key is the origin of the checkpoints that it checks. */
    str log = arena_printf(s->a, "%.*s/log/%.*s", STR_FMT(s->log_host), STR_FMT(item->slug));
    put_fact_line(&b, "log-key", note_vkey(s->a, log, s->log_public_key));
    sign_key promises = promise_key(s->keys);
    put_fact_line(&b, "promise-key", promise_vkey(s->a, log, promises.public_key));
    if (item->policy.n > 0) {
        hash32 policy = hash_sha256(item->policy);
        put_fact_line(&b, "policy", hex_make(s->a, hash_str(&policy)));
    }
    for (size_t i = 0; i < item->text_count; i++) {
        const content_text *t = &item->texts[i];
        hash32 hash = text_hash(fact_value(t->header, S("title")),
                                fact_value(t->header, S("summary")), t->body);
        buf_printf(&b, "text %.*s %.*s\n", STR_FMT(t->lang),
                   STR_FMT(hex_make(s->a, (str){(const char *)hash.at, 32})));
    }
    return buf_str(&b);
}

static err refuse(storing *s, const content_item *item, str file, const char *message)
{
    s->refused = arena_printf(s->a, "declaration/%.*s/%.*s", STR_FMT(item->slug), STR_FMT(file));
    s->message = str_of(message);
    return ERR_CONFLICT;
}

static err open_declaration(db_tx *tx, arena *scratch, storing *s, const content_item *item,
                            const declaration_rules *rules, int64_t *out_id)
{
    recipient_list recipients;
    TRY(recipients_read(s->a, rules->recipients, &recipients));
    if (recipients.n == 0 && rules->records == RECORDS_SEALED)
        recipients = s->organiser;
    if (recipients.n == 0 && rules->records == RECORDS_SEALED)
        return refuse(s, item, S("declaration.ini"),
                      "names no recipients: nobody could open the records. Name two or more keys "
                      "(age-keygen makes them), or say records=server");
    recipient_list unproven;
    TRY(ceremony_unproven(tx, s->a, recipients, &unproven));
    if (unproven.n > 0)
        return refuse(s, item, S("declaration.ini"),
                      arena_printf(s->a,
                                   "the key to %.*s was not shown to work yet, and a lost key is "
                                   "lost records: `undersigned ceremony` says how",
                                   STR_FMT(age_recipient_text(s->a, &unproven.at[0])))
                          .at);
    str manifest = manifest_of(s, item, rules, recipients);
    TRY(q_declaration_insert(tx,
                             &(q_declaration_insert_in){
                                 .slug = item->slug,
                                 .is_light = rules->is_light,
                                 .opens = rules->opens_ms,
                                 .closes = rules->closes_ms,
                                 .goal = rules->goal,
                                 .per_mailbox = rules->per_mailbox,
                                 .kinds = rules->kinds,
                                 .original_lang = rules->original,
                                 .version = rules->version,
                                 .manifest = manifest,
                                 .records = record_mode_name(rules->records),
                                 .recipients = recipients_text(scratch, recipients),
                             },
                             out_id));
    unsigned char secret[32];
    random_fill(secret, sizeof secret);
    TRY(q_declaration_key_insert(tx, *out_id, (str){(const char *)secret, sizeof secret}));
    TRY(log_open(tx, scratch, *out_id, manifest, s->now_ms));
    s->opened++;
    return OK;
}

/* The declaration as it stands, opened now if it is new. */
static err find_declaration(db_tx *tx, arena *scratch, storing *s, const content_item *item,
                            const declaration_rules *rules, int64_t *out_id)
{
    q_declaration_all_rows all;
    TRY(q_declaration_all(tx, scratch, &all));
    for (size_t i = 0; i < all.n; i++) {
        const q_declaration_all_row *row = &all.at[i];
        if (!str_eq(row->slug, item->slug))
            continue;
        if (row->kinds != rules->kinds || row->per_mailbox != rules->per_mailbox ||
            row->is_light != rules->is_light || !str_eq(row->original_lang, rules->original))
            return refuse(s, item, S("declaration.ini"),
                          "kinds, per_mailbox, light and original stay as they were when the "
                          "declaration opened");
        if (!str_eq(row->records, record_mode_name(rules->records)) ||
            (rules->recipients.n && !str_eq(row->recipients, rules->recipients)))
            return refuse(s, item, S("declaration.ini"),
                          "records and recipients stay as they were when the declaration opened");
        *out_id = row->id;
        return q_declaration_update(tx, row->id, rules->opens_ms, rules->closes_ms, rules->goal,
                                    rules->version);
    }
    return open_declaration(tx, scratch, s, item, rules, out_id);
}

/* The day was promised to those who signed: it may come nearer, not move away. */
static err set_retention(db_tx *tx, arena *scratch, storing *s, const content_item *item,
                         int64_t id, int64_t retain_ms)
{
    q_declaration_retention_row before;
    TRY(q_declaration_retention(tx, scratch, id, &before));
    if (before.retain_until && retain_ms > before.retain_until)
        return refuse(s, item, S("declaration.ini"),
                      "retain_until was promised to those who signed: it cannot be later");
    return q_declaration_set_retention(tx, id, retain_ms);
}

/* Stores the texts of the version; what stands under it already must be the same. */
static err store_declaration(db_tx *tx, arena *scratch, storing *s, const content_item *item)
{
    declaration_rules rules;
    q_declaration_text_hashes_rows before;
    int64_t id;
    str key;
    const char *message;
    TRY(declaration_rules_read(item->facts, &rules, &key, &message));
    TRY(find_declaration(tx, scratch, s, item, &rules, &id));
    TRY(set_retention(tx, scratch, s, item, id, rules.retain_ms));
    TRY(q_setting_put(tx, arena_printf(scratch, "policy/%.*s", STR_FMT(item->slug)), item->policy));
    TRY(q_declaration_text_hashes(tx, scratch, id, rules.version, &before));
    for (size_t t = 0; t < item->text_count; t++) {
        const content_text *text = &item->texts[t];
        str title = fact_value(text->header, S("title"));
        str summary = fact_value(text->header, S("summary"));
        hash32 hash = text_hash(title, summary, text->body);
        for (size_t b = 0; b < before.n; b++)
            if (str_eq(before.at[b].lang, text->lang) &&
                !str_eq(before.at[b].hash, hash_str(&hash)))
                return refuse(s, item, arena_printf(s->a, "%.*s.md", STR_FMT(text->lang)),
                              "people have signed another text under this version: raise version");
        TRY(q_declaration_text_put(tx, &(q_declaration_text_put_in){.declaration = id,
                                                                    .version = rules.version,
                                                                    .lang = text->lang,
                                                                    .state = text->state,
                                                                    .title = title,
                                                                    .summary = summary,
                                                                    .body = text->body,
                                                                    .hash = hash_str(&hash)}));
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

static err store_files(db_tx *tx, const content_item *item)
{
    for (size_t i = 0; i < item->files.n; i++) {
        const content_file *f = &item->files.at[i];
        unsigned char hash[16];
        TRY(number_parse_hex(f->hash, hash, sizeof hash));
        TRY(q_file_put(tx, &(q_file_put_in){.kind = item->kind,
                                            .slug = item->slug,
                                            .name = f->name,
                                            .form = f->form,
                                            .published = f->published,
                                            .hash = (str){(const char *)hash, sizeof hash},
                                            .source = f->source,
                                            .bytes = f->bytes,
                                            .width = f->width,
                                            .height = f->height}));
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
    TRY(q_file_delete_all(tx));
    for (size_t i = 0; i < s->folder->n; i++) {
        const content_item *item = &s->folder->items[i];
        TRY(str_eq(item->kind, S("declaration")) ? store_declaration(tx, scratch, s, item)
                                                 : store_item(tx, scratch, item));
        TRY(store_files(tx, item));
    }
    TRY(q_setting_put(tx, S("origin"), s->origin));
    TRY(q_setting_put(tx, S("redirects"), s->folder->redirects));
    return alliance_revise(tx, scratch);
}

bool content_lacks_recipients(const content_folder *folder)
{
    for (size_t i = 0; i < folder->n; i++) {
        const content_item *item = &folder->items[i];
        declaration_rules rules;
        str key;
        const char *message;
        if (str_eq(item->kind, S("declaration")) &&
            declaration_rules_read(item->facts, &rules, &key, &message) == OK &&
            rules.records == RECORDS_SEALED && rules.recipients.n == 0)
            return true;
    }
    return false;
}

err content_write(core *c, arena *a, const content_folder *folder, str origin,
                  const unsigned char log_public_key[static 32], recipient_list organiser,
                  int64_t now_ms, content_report *report)
{
    size_t scheme = str_find_str(origin, S("://"));
    storing s = {.keys = &c->keys,
                 .a = a,
                 .folder = folder,
                 .origin = origin,
                 .log_host = scheme < origin.n ? str_skip(origin, scheme + 3) : origin,
                 .log_public_key = log_public_key,
                 .organiser = organiser,
                 .now_ms = now_ms,
                 .report = report};
    err e = db_write(c->db, write_folder, &s);
    report->declarations_opened = s.opened;
    if (e == ERR_CONFLICT && s.refused.n) {
        report->problems.at[0] = (content_problem){s.refused, 0, s.message};
        report->problems.n = 1;
    }
    return e;
}
