/* SPDX-License-Identifier: EUPL-1.2 */
/* Declarations of a content folder: opening the new ones, and holding the others to what people
 * have signed. A text of an opened declaration is compared, and a difference under the same version
 * refuses the whole import. */

#include "base/clock.h"
#include "base/random.h"
#include "core/ceremony.h"
#include "core/content_store.h"
#include "core/log.h"
#include "core/promise.h"
#include "core/signature.h"
#include "crypto/note.h"

#include "sql/q_alliance.h"
#include "sql/q_retention.h"

static hash32 text_hash(str title, str summary, str body)
{
    const str parts[] = {title, S("\n"), summary, S("\n"), body};
    return hash_sha256_parts(parts, sizeof parts / sizeof *parts);
}

static void put_fact_line(buf *b, const char *key, str value)
{
    buf_put(b, str_of(key));
    buf_put_char(b, ' ');
    buf_put(b, value);
    buf_put_char(b, '\n');
}

/* The rules of a declaration, one `key value` line each: leaf 0 holds the hash of this text. */
static str manifest_of(const content_storing *s, const content_item *item,
                       const declaration_rules *rules, recipient_list recipients)
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
    put_fact_line(&b, "log-key", note_vkey(s->a, log, s->options->log_public_key));
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

static err refuse(content_storing *s, const content_item *item, str file, const char *message)
{
    s->refused = arena_printf(s->a, "declaration/%.*s/%.*s", STR_FMT(item->slug), STR_FMT(file));
    s->message = str_of(message);
    return ERR_CONFLICT;
}

/* Who can open the records of a new declaration: never nobody. */
static err find_recipients(db_tx *tx, content_storing *s, const content_item *item,
                           const declaration_rules *rules, recipient_list *out_recipients)
{
    recipient_list unproven;
    TRY(recipients_read(s->a, rules->recipients, out_recipients));
    if (out_recipients->n == 0 && rules->records != RECORDS_SERVER)
        *out_recipients = s->options->organiser;
    if (out_recipients->n == 0 && rules->records != RECORDS_SERVER)
        return refuse(s, item, S("declaration.ini"),
                      "names no recipients: nobody could open the records. Name two or more keys "
                      "(`undersigned ceremony` says how; for a first look `undersigned init "
                      "--content` makes them), or say records=server");
    TRY(ceremony_unproven(tx, s->a, *out_recipients, &unproven));
    if (unproven.n == 0)
        return OK;
    return refuse(s, item, S("declaration.ini"),
                  arena_printf(s->a,
                               "the key to %.*s was not shown to work yet, and a lost key is "
                               "lost records: `undersigned ceremony` says how",
                               STR_FMT(age_recipient_text(s->a, &unproven.at[0])))
                      .at);
}

static err open_declaration(db_tx *tx, arena *scratch, content_storing *s, const content_item *item,
                            const declaration_rules *rules, int64_t *out_id)
{
    recipient_list recipients;
    *out_id = 0;
    if (s->options->opens_nothing)
        return refuse(s, item, S("declaration.ini"),
                      "is a new declaration: `undersigned import` opens it, once and for all");
    TRY(find_recipients(tx, s, item, rules, &recipients));
    s->opened++;
    if (s->is_dry)
        return OK;
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
    return log_open(tx, scratch, *out_id, manifest, s->options->now_ms);
}

/* What was promised when it opened stays. The day of erasure may come nearer, not move away. */
static err hold_rules(content_storing *s, const content_item *item, const declaration_rules *rules,
                      const q_declaration_all_row *row,
                      const q_declaration_retention_row *retention)
{
    const str ini = S("declaration.ini");
    if (row->kinds != rules->kinds || row->per_mailbox != rules->per_mailbox ||
        row->is_light != rules->is_light || !str_eq(row->original_lang, rules->original))
        return refuse(s, item, ini,
                      "kinds, per_mailbox, light and original stay as they were when the "
                      "declaration opened");
    if (!str_eq(row->records, record_mode_name(rules->records)) ||
        (rules->recipients.n && !str_eq(row->recipients, rules->recipients)))
        return refuse(s, item, ini,
                      "records and recipients stay as they were when the declaration opened");
    if (retention->retain_until && rules->retain_ms > retention->retain_until)
        return refuse(s, item, ini,
                      "retain_until was promised to those who signed: it cannot be later");
    return OK;
}

/* Nothing can be signed under a closed log any more. */
static err hold_closing(db_tx *tx, arena *scratch, content_storing *s, const content_item *item,
                        const declaration_rules *rules, const q_declaration_all_row *row)
{
    bool is_closed;
    TRY(log_is_closed(tx, scratch, row->id, &is_closed));
    return is_closed && row->closes != rules->closes_ms
               ? refuse(s, item, S("declaration.ini"),
                        "closes stays as it is: the log of this declaration is closed")
               : OK;
}

static err update_rules(db_tx *tx, arena *scratch, content_storing *s, const content_item *item,
                        const declaration_rules *rules, const q_declaration_all_row *row,
                        content_change *change)
{
    q_declaration_retention_row retention;
    TRY(q_declaration_retention(tx, scratch, row->id, &retention));
    TRY(hold_rules(s, item, rules, row, &retention));
    TRY(hold_closing(tx, scratch, s, item, rules, row));
    if (row->opens == rules->opens_ms && row->closes == rules->closes_ms &&
        row->goal == rules->goal && row->version == rules->version &&
        retention.retain_until == rules->retain_ms)
        return OK;
    change->has_facts = true;
    if (s->is_dry)
        return OK;
    TRY(q_declaration_update(tx, row->id, rules->opens_ms, rules->closes_ms, rules->goal,
                             rules->version));
    return q_declaration_set_retention(tx, row->id, rules->retain_ms);
}

static err store_policy(db_tx *tx, arena *scratch, content_storing *s, const content_item *item,
                        content_change *change)
{
    str before = S(""), name = arena_printf(scratch, "policy/%.*s", STR_FMT(item->slug));
    err e = q_setting_get(tx, scratch, name, &before);
    if (e != OK && e != ERR_NOT_FOUND)
        return e;
    if (str_eq(before, item->policy))
        return OK;
    change->has_facts = true;
    return s->is_dry ? OK : q_setting_put(tx, name, item->policy);
}

/* What stands under the version already must be the same words; a state may change. */
static err store_text(db_tx *tx, content_storing *s, const content_item *item,
                      const content_text *text, int64_t id, int64_t version,
                      const q_declaration_text_hashes_rows *before, content_change *change)
{
    str title = fact_value(text->header, S("title"));
    str summary = fact_value(text->header, S("summary"));
    hash32 hash = text_hash(title, summary, text->body);
    const q_declaration_text_hashes_row *old = NULL;
    for (size_t b = 0; b < before->n; b++)
        if (str_eq(before->at[b].lang, text->lang))
            old = &before->at[b];
    if (old && !str_eq(old->hash, hash_str(&hash)))
        return refuse(s, item, arena_printf(s->a, "%.*s.md", STR_FMT(text->lang)),
                      "people have signed another text under this version: raise version");
    if (old && str_eq(old->state, text->state))
        return OK;
    content_note_language(s, old ? &change->changed : &change->added, text->lang);
    if (s->is_dry)
        return OK;
    return q_declaration_text_put(tx, &(q_declaration_text_put_in){.declaration = id,
                                                                   .version = version,
                                                                   .lang = text->lang,
                                                                   .state = text->state,
                                                                   .title = title,
                                                                   .summary = summary,
                                                                   .body = text->body,
                                                                   .hash = hash_str(&hash)});
}

static err find_row(db_tx *tx, arena *scratch, str slug, const q_declaration_all_row **out_row)
{
    q_declaration_all_rows all;
    TRY(q_declaration_all(tx, scratch, &all));
    *out_row = NULL;
    for (size_t i = 0; i < all.n; i++)
        if (str_eq(all.at[i].slug, slug))
            *out_row = &all.at[i];
    return OK;
}

err content_store_declaration(db_tx *tx, arena *scratch, content_storing *s,
                              const content_item *item)
{
    declaration_rules rules;
    const q_declaration_all_row *row;
    q_declaration_text_hashes_rows before = {NULL, 0};
    content_change change = {.kind = item->kind, .slug = item->slug, .sort = CONTENT_CHANGED};
    int64_t id;
    str key;
    const char *message;
    TRY(declaration_rules_read(item->facts, &rules, &key, &message));
    TRY(find_row(tx, scratch, item->slug, &row));
    if (row) {
        id = row->id;
        TRY(update_rules(tx, scratch, s, item, &rules, row, &change));
        TRY(q_declaration_text_hashes(tx, scratch, id, rules.version, &before));
    } else {
        change.sort = CONTENT_ADDED;
        change.has_facts = true;
        TRY(open_declaration(tx, scratch, s, item, &rules, &id));
        if (!s->is_dry)
            TRY(q_declaration_set_retention(tx, id, rules.retain_ms));
    }
    TRY(store_policy(tx, scratch, s, item, &change));
    for (size_t t = 0; t < item->text_count; t++)
        TRY(store_text(tx, s, item, &item->texts[t], id, rules.version, &before, &change));
    TRY(content_store_files(tx, s, item, &change));
    content_note(s, &change);
    return OK;
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
            rules.records != RECORDS_SERVER && rules.recipients.n == 0)
            return true;
    }
    return false;
}
