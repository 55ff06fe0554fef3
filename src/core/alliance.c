/* SPDX-License-Identifier: EUPL-1.2 */
/* Loading the alliance. All rows come from one read transaction, so a page never mixes two
 * revisions. */

#include "core/alliance.h"

#include "base/log.h"
#include "base/number.h"
#include "crypto/policy.h"

#include "sql/q_alliance.h"
#include "sql/q_file.h"
#include "sql/q_retention.h"

str fact_value(fact_list facts, str key)
{
    for (size_t i = 0; i < facts.n; i++)
        if (str_eq(facts.at[i].key, key))
            return facts.at[i].value;
    return S("");
}

bool fact_is_given(fact_list facts, str key)
{
    for (size_t i = 0; i < facts.n; i++)
        if (str_eq(facts.at[i].key, key))
            return true;
    return false;
}

static fact_list read_facts(arena *a, str lines, char separator)
{
    size_t most = 1;
    for (size_t i = 0; i < lines.n; i++)
        most += lines.at[i] == '\n';
    fact_list facts = {arena_array(a, fact, most), 0};
    while (lines.n) {
        str value;
        str line = str_cut(lines, '\n', &lines);
        str key = str_trim(str_cut(line, separator, &value));
        if (key.n)
            facts.at[facts.n++] = (fact){key, str_trim(value)};
    }
    return facts;
}

static const str mode_names[] = {
    [RECORDS_SEALED] = STR_INIT("sealed"),
    [RECORDS_SERVER] = STR_INIT("server"),
    [RECORDS_BROWSER] = STR_INIT("browser"),
};

str record_mode_name(record_mode mode)
{
    return mode_names[mode];
}

err record_mode_read(str name, record_mode *out_mode)
{
    for (size_t i = 0; i < sizeof mode_names / sizeof *mode_names; i++) {
        if (str_eq(name, mode_names[i])) {
            *out_mode = (record_mode)i;
            return OK;
        }
    }
    return ERR_INVALID;
}

err recipients_read(arena *a, str text, recipient_list *out_recipients)
{
    age_recipient *all = arena_array(a, age_recipient, RECIPIENTS_MOST);
    size_t n = 0;
    while (text.n) {
        age_recipient one;
        if (n == RECIPIENTS_MOST)
            return ERR_INVALID;
        TRY(age_recipient_read(str_cut(text, ' ', &text), &one));
        for (size_t i = 0; i < n; i++)
            if (memcmp(&all[i], &one, sizeof one) == 0)
                return ERR_INVALID;
        all[n++] = one;
    }
    *out_recipients = (recipient_list){all, n};
    return OK;
}

str recipients_text(arena *a, recipient_list recipients)
{
    buf b = buf_in(a);
    for (size_t i = 0; i < recipients.n; i++) {
        if (i)
            buf_put_char(&b, ' ');
        buf_put(&b, age_recipient_text(a, &recipients.at[i]));
    }
    return buf_str(&b);
}

typedef struct loading {
    arena *a;
    const core_keys *keys;
    alliance *out;
} loading;

/* What was imported was good then; if rules have become stricter, the site stands without it. */
static err load_redirects(db_tx *tx, const loading *l)
{
    str text;
    redirect_fault fault;
    err e = q_setting_get(tx, l->a, S("redirects"), &text);
    if (e != OK)
        return e == ERR_NOT_FOUND ? OK : e;
    if (redirects_read(l->a, text, &l->out->redirects, &fault) != OK)
        LOG(LOG_WARN, "redirects.refused", log_int("line", (int64_t)fault.line),
            log_str("fault", str_of(fault.what)));
    return OK;
}

static err load_settings(db_tx *tx, const loading *l)
{
    str revision;
    TRY(q_setting_get(tx, l->a, S("revision"), &revision));
    TRY(number_parse(revision, 0, INT64_MAX, &l->out->revision));
    TRY(q_setting_get(tx, l->a, S("origin"), &l->out->origin));
    TRY(load_redirects(tx, l));
    str samples;
    err e = q_setting_get(tx, l->a, S("samples"), &samples);
    l->out->has_samples = e == OK && str_eq(samples, S("1"));
    return e == ERR_NOT_FOUND ? OK : e;
}

static err load_retention(db_tx *tx, const loading *l, declaration *d)
{
    q_declaration_retention_row row;
    TRY(q_declaration_retention(tx, l->a, d->id, &row));
    d->retain_ms = row.retain_until;
    d->erased_ms = row.erased;
    if (row.erased == 0)
        d->tags = address_key_of(l->keys, d->id, row.secret.is_set ? row.secret.value : S(""));
    return OK;
}

static err load_declarations(db_tx *tx, arena *scratch, const loading *l)
{
    q_declaration_all_rows rows;
    q_declaration_text_all_rows texts;
    TRY(q_declaration_all(tx, l->a, &rows));
    TRY(q_declaration_text_all(tx, l->a, &texts));
    declaration *all = arena_array(l->a, declaration, rows.n);
    for (size_t i = 0; i < rows.n; i++) {
        declaration *d = &all[i];
        *d = (declaration){
            .id = rows.at[i].id,
            .slug = rows.at[i].slug,
            .is_light = rows.at[i].is_light,
            .opens_ms = rows.at[i].opens,
            .closes_ms = rows.at[i].closes,
            .goal = rows.at[i].goal,
            .per_mailbox = rows.at[i].per_mailbox,
            .kinds = (unsigned)rows.at[i].kinds,
            .original_lang = rows.at[i].original_lang,
            .version = rows.at[i].version,
            .manifest = rows.at[i].manifest,
            .texts = arena_array(l->a, declaration_text, texts.n),
        };
        TRY(load_retention(tx, l, d));
        TRY(record_mode_read(rows.at[i].records, &d->records));
        TRY(recipients_read(l->a, rows.at[i].recipients, &d->recipients));
        str name = arena_printf(scratch, "policy/%.*s", STR_FMT(d->slug));
        err e = q_setting_get(tx, l->a, name, &d->policy);
        if (e != OK && e != ERR_NOT_FOUND)
            return e;
        for (size_t t = 0; t < texts.n; t++) {
            if (texts.at[t].declaration != d->id)
                continue;
            declaration_text *text = &d->texts[d->text_count++];
            *text = (declaration_text){
                .version = texts.at[t].version,
                .lang = texts.at[t].lang,
                .state = texts.at[t].state,
                .title = texts.at[t].title,
                .summary = texts.at[t].summary,
                .body = texts.at[t].body,
            };
            BUG_IF(texts.at[t].hash.n != sizeof text->hash.at);
            memcpy(text->hash.at, texts.at[t].hash.at, sizeof text->hash.at);
        }
    }
    l->out->declarations = (declaration_list){all, rows.n};
    return OK;
}

/* The first text that is not before the item's, in texts sorted by kind and slug. */
static size_t find_texts(const q_content_text_all_rows *texts, str kind, str slug)
{
    size_t low = 0, high = texts->n;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        int order = str_cmp(texts->at[middle].kind, kind);
        if (order == 0)
            order = str_cmp(texts->at[middle].slug, slug);
        if (order < 0)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

/* Files come in the order of the items: kind, slug. Items stand by kind and position. */
static err load_files(db_tx *tx, const loading *l, content_item *items, size_t n)
{
    q_file_all_rows rows;
    TRY(q_file_all(tx, l->a, &rows));
    content_file *all = arena_array(l->a, content_file, rows.n);
    for (size_t f = 0; f < rows.n; f++) {
        const q_file_all_row *row = &rows.at[f];
        all[f] = (content_file){row->name,   row->form,  row->published, hex_make(l->a, row->hash),
                                row->source, row->bytes, row->width,     row->height};
    }
    for (size_t i = 0; i < n; i++) {
        size_t low = 0, high = rows.n;
        while (low < high) {
            size_t middle = low + (high - low) / 2;
            int order = str_cmp(rows.at[middle].kind, items[i].kind);
            if (order == 0)
                order = str_cmp(rows.at[middle].slug, items[i].slug);
            if (order < 0)
                low = middle + 1;
            else
                high = middle;
        }
        for (high = low; high < rows.n && str_eq(rows.at[high].kind, items[i].kind) &&
                         str_eq(rows.at[high].slug, items[i].slug);)
            high++;
        items[i].files = (content_file_list){all + low, high - low};
    }
    return OK;
}

static err load_content(db_tx *tx, const loading *l)
{
    q_content_all_rows rows;
    q_content_text_all_rows texts;
    TRY(q_content_all(tx, l->a, &rows));
    TRY(q_content_text_all(tx, l->a, &texts));
    content_item *items = arena_array(l->a, content_item, rows.n);
    content_text *all = arena_array(l->a, content_text, texts.n);
    for (size_t t = 0; t < texts.n; t++)
        all[t] = (content_text){
            .lang = texts.at[t].lang,
            .state = texts.at[t].state,
            .header = read_facts(l->a, texts.at[t].header, ':'),
            .body = texts.at[t].body,
        };
    for (size_t i = 0; i < rows.n; i++) {
        items[i] = (content_item){
            .kind = rows.at[i].kind,
            .slug = rows.at[i].slug,
            .position = rows.at[i].position,
            .since_ms = rows.at[i].since,
            .facts = read_facts(l->a, rows.at[i].facts, '='),
        };
        size_t first = find_texts(&texts, items[i].kind, items[i].slug);
        items[i].texts = all + first;
        while (first + items[i].text_count < texts.n &&
               str_eq(texts.at[first + items[i].text_count].kind, items[i].kind) &&
               str_eq(texts.at[first + items[i].text_count].slug, items[i].slug))
            items[i].text_count++;
    }
    l->out->items = (content_list){items, rows.n};
    return load_files(tx, l, items, rows.n);
}

static err load(db_tx *tx, arena *scratch, void *arg)
{
    (void)scratch;
    const loading *l = arg;
    TRY(load_settings(tx, l));
    TRY(load_declarations(tx, scratch, l));
    return load_content(tx, l);
}

err alliance_load(core *c, arena *a, alliance *out_alliance)
{
    alliance loaded = {.revision = 0};
    loading l = {a, &c->keys, &loaded};
    TRY(db_read(c->db, load, &l));
    *out_alliance = loaded;
    return OK;
}

static err read_revision(db_tx *tx, arena *scratch, void *arg)
{
    str revision;
    TRY(q_setting_get(tx, scratch, S("revision"), &revision));
    return number_parse(revision, 0, INT64_MAX, arg);
}

err alliance_revision(core *c, int64_t *out_revision)
{
    return db_read(c->db, read_revision, out_revision);
}

err alliance_revise(db_tx *tx, arena *scratch)
{
    str before;
    int64_t revision = 0;
    err e = q_setting_get(tx, scratch, S("revision"), &before);
    if (e == OK)
        TRY(number_parse(before, 0, INT64_MAX - 1, &revision));
    else if (e != ERR_NOT_FOUND)
        return e;
    return q_setting_put(tx, S("revision"), arena_printf(scratch, "%lld", (long long)revision + 1));
}

static err write_samples(db_tx *tx, arena *scratch, void *arg)
{
    (void)arg;
    TRY(q_setting_put(tx, S("samples"), S("1")));
    return alliance_revise(tx, scratch);
}

err alliance_note_samples(core *c)
{
    return db_write(c->db, write_samples, NULL);
}

const declaration *alliance_declaration(const alliance *al, str slug)
{
    for (size_t i = 0; i < al->declarations.n; i++)
        if (str_eq(al->declarations.at[i].slug, slug))
            return &al->declarations.at[i];
    return NULL;
}

const declaration *alliance_declaration_by_id(const alliance *al, int64_t id)
{
    for (size_t i = 0; i < al->declarations.n; i++)
        if (al->declarations.at[i].id == id)
            return &al->declarations.at[i];
    return NULL;
}

/* The first item whose kind is not before, or is behind, a kind: items are sorted by it. */
static size_t find_kind(const alliance *al, str kind, bool is_behind)
{
    size_t low = 0, high = al->items.n;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        int order = str_cmp(al->items.at[middle].kind, kind);
        if (order < 0 || (is_behind && order == 0))
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

content_list alliance_items(const alliance *al, str kind)
{
    size_t first = find_kind(al, kind, false);
    return (content_list){al->items.at + first, find_kind(al, kind, true) - first};
}

const content_item *alliance_item(const alliance *al, str kind, str slug)
{
    content_list items = alliance_items(al, kind);
    for (size_t i = 0; i < items.n; i++)
        if (str_eq(items.at[i].slug, slug))
            return &items.at[i];
    return NULL;
}

const content_file *content_file_named(const content_item *item, str name, int64_t form)
{
    const content_file *found = NULL;
    for (size_t i = 0; i < item->files.n; i++) {
        const content_file *f = &item->files.at[i];
        if (!str_eq(f->name, name))
            continue;
        if (f->form == form)
            return f;
        bool may_stand_in =
            form != 0 && form != FILE_FORM_ELSEWHERE && f->form != FILE_FORM_ELSEWHERE;
        if (may_stand_in && (!found || (f->form <= form && f->form > found->form)))
            found = f;
    }
    return found;
}

const content_text *content_text_in(const content_item *item, str lang)
{
    const content_text *original = NULL;
    for (size_t i = 0; i < item->text_count; i++) {
        if (str_eq(item->texts[i].lang, lang))
            return &item->texts[i];
        if (str_eq(item->texts[i].state, S("original")))
            original = &item->texts[i];
    }
    if (!original && item->text_count)
        original = &item->texts[0];
    return original;
}

const declaration_text *declaration_text_in(const declaration *d, int64_t version, str lang)
{
    const declaration_text *original = NULL;
    for (size_t i = 0; i < d->text_count; i++) {
        const declaration_text *text = &d->texts[i];
        if (text->version != version)
            continue;
        if (str_eq(text->lang, lang))
            return text;
        if (!original || str_eq(text->lang, d->original_lang))
            original = text;
    }
    return original;
}

size_t declaration_witnesses(arena *a, const declaration *d)
{
    policy p;
    policy_fault fault;
    return d->policy.n && policy_read(a, d->policy, &p, &fault) == OK ? p.witnesses_n : 0;
}

bool declaration_is_open(const declaration *d, int64_t now_ms)
{
    return now_ms >= d->opens_ms && now_ms < d->closes_ms;
}

int64_t declaration_last_day_ms(const declaration *d)
{
    return d->closes_ms - 43200000;
}

int64_t declaration_retain_day_ms(const declaration *d)
{
    return d->retain_ms + 43200000;
}

bool declaration_takes(const declaration *d, signer_kind kind)
{
    return kind >= SIGNER_PERSON && kind <= SIGNER_MANDATE &&
           ((d->kinds >> (kind - SIGNER_PERSON)) & 1);
}

int64_t declaration_next_goal(const declaration *d, int64_t n)
{
    int64_t step = d->goal > 0 ? d->goal : 100;
    static const int64_t steps[] = {1, 2, 5};
    if (step > n)
        return step;
    for (int64_t scale = 100;; scale *= 10)
        for (size_t i = 0; i < 3; i++)
            if (steps[i] * scale > n)
                return steps[i] * scale;
}
