/* SPDX-License-Identifier: EUPL-1.2 */
/* Storing a content folder: only what differs is written, and what it replaces is kept. Folder and
 * rows are walked side by side, both in the order of kind and name. */

#include "base/number.h"
#include "core/content_store.h"
#include "core/partner.h"

#include "sql/q_alliance.h"
#include "sql/q_content.h"

enum { ROWS_BYTES_MOST = 1 << 30 };

void content_note(content_storing *s, const content_change *change)
{
    bool is_one = change->sort != CONTENT_CHANGED || change->has_facts || change->has_files ||
                  change->added.n || change->changed.n || change->removed.n;
    if (!is_one)
        return;
    if (s->n == s->room) {
        s->room = s->room ? 2 * s->room : 64;
        content_change *more = arena_array(s->a, content_change, s->room);
        if (s->n)
            memcpy(more, s->changes, s->n * sizeof *more);
        s->changes = more;
    }
    s->changes[s->n++] = *change;
}

void content_note_language(content_storing *s, str_list *list, str lang)
{
    if (!list->at)
        list->at = arena_array(s->a, str, CONTENT_LANGUAGES);
    if (list->n < CONTENT_LANGUAGES)
        list->at[list->n++] = arena_copy(s->a, lang);
}

static str facts_text(arena *a, fact_list facts, const char *separator)
{
    buf b = buf_in(a);
    for (size_t i = 0; i < facts.n; i++)
        buf_printf(&b, "%.*s%s%.*s\n", STR_FMT(facts.at[i].key), separator,
                   STR_FMT(facts.at[i].value));
    return buf_str(&b);
}

static int64_t position_of(const content_item *item)
{
    int64_t n;
    return number_parse(fact_value(item->facts, S("position")), 0, 1000000, &n) == OK ? n : 0;
}

/* --- keeping what goes --- */

static err keep_text(db_tx *tx, const content_storing *s, const q_content_text_all_row *old,
                     bool is_removed)
{
    return q_content_past_put(tx, &(q_content_past_put_in){.kind = old->kind,
                                                           .slug = old->slug,
                                                           .lang = old->lang,
                                                           .until = s->options->now_ms,
                                                           .is_removed = is_removed,
                                                           .state = old->state,
                                                           .header = old->header,
                                                           .body = old->body});
}

static err keep_facts(db_tx *tx, const content_storing *s, const q_content_all_row *old,
                      bool is_removed)
{
    return q_content_past_put(tx, &(q_content_past_put_in){.kind = old->kind,
                                                           .slug = old->slug,
                                                           .lang = S(""),
                                                           .until = s->options->now_ms,
                                                           .is_removed = is_removed,
                                                           .state = S(""),
                                                           .header = old->facts,
                                                           .body = S("")});
}

/* --- texts of one item --- */

typedef struct old_texts {
    const q_content_text_all_row *at;
    size_t n;
} old_texts;

static err remove_text(db_tx *tx, content_storing *s, const q_content_text_all_row *old,
                       content_change *change)
{
    content_note_language(s, &change->removed, old->lang);
    if (s->is_dry)
        return OK;
    TRY(keep_text(tx, s, old, true));
    return q_content_text_delete(tx, old->kind, old->slug, old->lang);
}

/* old NULL: there is none. */
static err store_text(db_tx *tx, arena *scratch, content_storing *s, const content_item *item,
                      const content_text *text, const q_content_text_all_row *old,
                      content_change *change)
{
    str header = facts_text(scratch, text->header, ": ");
    if (old && str_eq(old->state, text->state) && str_eq(old->header, header) &&
        str_eq(old->body, text->body))
        return OK;
    content_note_language(s, old ? &change->changed : &change->added, text->lang);
    if (s->is_dry)
        return OK;
    if (old)
        TRY(keep_text(tx, s, old, false));
    return q_content_text_put(tx, item->kind, item->slug, text->lang, text->state, header,
                              text->body);
}

/* Both are in the order of languages. item NULL: it is not in the folder any more. */
static err store_texts(db_tx *tx, arena *scratch, content_storing *s, const content_item *item,
                       old_texts old, content_change *change)
{
    size_t n = item ? item->text_count : 0, i = 0, k = 0;
    while (i < n || k < old.n) {
        int order = i == n ? 1 : k == old.n ? -1 : str_cmp(item->texts[i].lang, old.at[k].lang);
        if (order > 0)
            TRY(remove_text(tx, s, &old.at[k], change));
        else
            TRY(store_text(tx, scratch, s, item, &item->texts[i], order == 0 ? &old.at[k] : NULL,
                           change));
        i += order <= 0;
        k += order >= 0;
    }
    return OK;
}

/* --- files --- */

static int compare_pairs(str kind, str slug, str other_kind, str other_slug)
{
    int order = str_cmp(kind, other_kind);
    return order ? order : str_cmp(slug, other_slug);
}

/* The rows of an item. */
static const q_file_all_row *old_files(const content_storing *s, str kind, str slug, size_t *out_n)
{
    size_t low = 0, high = s->files.n;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        const q_file_all_row *row = &s->files.at[middle];
        if (compare_pairs(row->kind, row->slug, kind, slug) < 0)
            low = middle + 1;
        else
            high = middle;
    }
    const q_file_all_row *first = s->files.at + low;
    while (high < s->files.n && str_eq(s->files.at[high].kind, kind) &&
           str_eq(s->files.at[high].slug, slug))
        high++;
    *out_n = high - low;
    return first;
}

static bool is_same_file(const q_file_all_row *row, const content_file *f)
{
    unsigned char hash[16];
    return str_eq(row->name, f->name) && row->form == f->form &&
           str_eq(row->published, f->published) && str_eq(row->source, f->source) &&
           number_parse_hex(f->hash, hash, sizeof hash) == OK &&
           str_eq(row->hash, (str){(const char *)hash, sizeof hash});
}

static bool are_same_files(const q_file_all_row *rows, size_t n, content_file_list files)
{
    size_t same = 0;
    for (size_t i = 0; i < n; i++)
        for (size_t k = 0; k < files.n; k++)
            same += is_same_file(&rows[i], &files.at[k]);
    return n == files.n && same == n;
}

err content_store_files(db_tx *tx, content_storing *s, const content_item *item,
                        content_change *change)
{
    size_t n;
    const q_file_all_row *rows = old_files(s, item->kind, item->slug, &n);
    if (are_same_files(rows, n, item->files))
        return OK;
    change->has_files = true;
    if (s->is_dry)
        return OK;
    TRY(q_file_delete_of(tx, item->kind, item->slug));
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

/* --- items --- */

static err store_item(db_tx *tx, arena *scratch, content_storing *s, const content_item *item,
                      const q_content_all_row *old, old_texts texts)
{
    content_change change = {
        .kind = item->kind, .slug = item->slug, .sort = old ? CONTENT_CHANGED : CONTENT_ADDED};
    str facts = facts_text(scratch, item->facts, "=");
    if (!old || !str_eq(old->facts, facts)) {
        change.has_facts = old || facts.n > 0;
        if (!s->is_dry && old)
            TRY(keep_facts(tx, s, old, false));
        if (!s->is_dry)
            TRY(q_content_put(tx, item->kind, item->slug, position_of(item), facts,
                              s->options->now_ms));
    }
    TRY(store_texts(tx, scratch, s, item, texts, &change));
    TRY(content_store_files(tx, s, item, &change));
    content_note(s, &change);
    return s->is_dry ? OK : partner_members_put(tx, scratch, item->slug, item->members);
}

static err remove_item(db_tx *tx, arena *scratch, content_storing *s, const q_content_all_row *old,
                       old_texts texts)
{
    content_change change = {.kind = arena_copy(s->a, old->kind),
                             .slug = arena_copy(s->a, old->slug),
                             .sort = CONTENT_REMOVED,
                             .has_facts = true};
    TRY(store_texts(tx, scratch, s, NULL, texts, &change));
    content_note(s, &change);
    if (s->is_dry)
        return OK;
    TRY(keep_facts(tx, s, old, true));
    TRY(q_file_delete_of(tx, old->kind, old->slug));
    return q_content_delete(tx, old->kind, old->slug);
}

static int compare_rows(const void *a, const void *b)
{
    const q_content_all_row *p = a, *q = b;
    return compare_pairs(p->kind, p->slug, q->kind, q->slug);
}

static int compare_items(const void *a, const void *b)
{
    const content_item *p = *(const content_item *const *)a, *q = *(const content_item *const *)b;
    return compare_pairs(p->kind, p->slug, q->kind, q->slug);
}

/* The folder's items but declarations, in the order of the rows. */
static const content_item **sorted_items(arena *a, const content_folder *folder, size_t *out_n)
{
    const content_item **all = arena_array(a, const content_item *, folder->n);
    size_t n = 0;
    for (size_t i = 0; i < folder->n; i++)
        if (!str_eq(folder->items[i].kind, S("declaration")))
            all[n++] = &folder->items[i];
    if (n)
        qsort(all, n, sizeof *all, compare_items);
    *out_n = n;
    return all;
}

/* The texts at *at that belong to the row. */
static old_texts texts_of(const q_content_text_all_rows *texts, size_t *at,
                          const q_content_all_row *row)
{
    while (*at < texts->n &&
           compare_pairs(texts->at[*at].kind, texts->at[*at].slug, row->kind, row->slug) < 0)
        (*at)++;
    old_texts own = {texts->at + *at, 0};
    while (*at < texts->n && str_eq(texts->at[*at].kind, row->kind) &&
           str_eq(texts->at[*at].slug, row->slug)) {
        own.n++;
        (*at)++;
    }
    return own;
}

static err store_items(db_tx *tx, arena *scratch, arena *rows_home, content_storing *s)
{
    q_content_all_rows rows;
    q_content_text_all_rows texts;
    TRY(q_content_all(tx, rows_home, &rows));
    TRY(q_content_text_all(tx, rows_home, &texts));
    if (rows.n)
        qsort(rows.at, rows.n, sizeof *rows.at, compare_rows);
    size_t n, i = 0, k = 0, text_at = 0;
    const content_item **items = sorted_items(rows_home, s->folder, &n);
    while (i < n || k < rows.n) {
        int order = i == n        ? 1
                    : k == rows.n ? -1
                                  : compare_pairs(items[i]->kind, items[i]->slug, rows.at[k].kind,
                                                  rows.at[k].slug);
        old_texts own = {NULL, 0};
        if (order >= 0)
            own = texts_of(&texts, &text_at, &rows.at[k]);
        arena_reset(scratch);
        if (order > 0)
            TRY(remove_item(tx, scratch, s, &rows.at[k], own));
        else
            TRY(store_item(tx, scratch, s, items[i], order == 0 ? &rows.at[k] : NULL, own));
        i += order <= 0;
        k += order >= 0;
    }
    return OK;
}

/* True: it is another one than the database knows. */
static err store_origin(db_tx *tx, arena *scratch, content_storing *s, bool *out_is_new)
{
    str before = S("");
    err e = q_setting_get(tx, scratch, S("origin"), &before);
    if (e != OK && e != ERR_NOT_FOUND)
        return e;
    *out_is_new = e == ERR_NOT_FOUND || !str_eq(before, s->options->origin);
    return *out_is_new && !s->is_dry ? q_setting_put(tx, S("origin"), s->options->origin) : OK;
}

/* Likewise of the table of old addresses. */
static err store_redirects(db_tx *tx, arena *scratch, content_storing *s, bool *out_is_new)
{
    str before = S("");
    err e = q_setting_get(tx, scratch, S("redirects"), &before);
    if (e != OK && e != ERR_NOT_FOUND)
        return e;
    *out_is_new = !str_eq(before, s->folder->redirects);
    return *out_is_new && !s->is_dry ? q_setting_put(tx, S("redirects"), s->folder->redirects) : OK;
}

/* Out: how many items have their day only now. */
static err tidy(db_tx *tx, const content_storing *s, int64_t *out_dated)
{
    *out_dated = 0;
    if (s->is_dry)
        return OK;
    TRY(q_file_text_delete_unused(tx));
    return s->options->now_ms ? q_content_date(tx, s->options->now_ms, out_dated) : OK;
}

static err walk_folder(db_tx *tx, arena *scratch, void *arg)
{
    content_storing *s = arg;
    bool is_new_origin, has_new_redirects;
    int64_t dated;
    s->opened = 0;
    s->n = 0;
    s->refused = S("");
    arena *rows_home = arena_open(ROWS_BYTES_MOST), *item_home = arena_open(ROWS_BYTES_MOST);
    err e = q_file_all(tx, rows_home, &s->files);
    if (e == OK && !s->is_dry)
        e = partner_members_clear(tx);
    for (size_t i = 0; i < s->folder->n && e == OK; i++)
        if (str_eq(s->folder->items[i].kind, S("declaration")))
            e = content_store_declaration(tx, scratch, s, &s->folder->items[i]);
    if (e == OK)
        e = store_items(tx, item_home, rows_home, s);
    arena_close(item_home);
    arena_close(rows_home);
    TRY(e);
    TRY(store_origin(tx, scratch, s, &is_new_origin));
    TRY(store_redirects(tx, scratch, s, &has_new_redirects));
    TRY(tidy(tx, s, &dated));
    return s->is_dry || (s->n == 0 && !is_new_origin && !has_new_redirects && dated == 0)
               ? OK
               : alliance_revise(tx, scratch);
}

static err run(core *c, arena *a, const content_folder *folder,
               const content_write_options *options, bool is_dry, content_changes *out_changes,
               content_report *report)
{
    str origin = options->origin;
    size_t scheme = str_find_str(origin, S("://"));
    content_storing s = {.keys = &c->keys,
                         .a = a,
                         .folder = folder,
                         .options = options,
                         .log_host = scheme < origin.n ? str_skip(origin, scheme + 3) : origin,
                         .is_dry = is_dry};
    err e = is_dry ? db_read(c->db, walk_folder, &s) : db_write(c->db, walk_folder, &s);
    report->declarations_opened = s.opened;
    *out_changes = (content_changes){s.changes, s.n};
    if (e == ERR_CONFLICT && s.refused.n) {
        content_problem *only = arena_new(a, content_problem);
        *only = (content_problem){s.refused, 0, s.message, false};
        report->problems = (content_problems){only, 1, 1};
        report->errors = 1;
    }
    return e;
}

err content_compare(core *c, arena *a, const content_folder *folder,
                    const content_write_options *options, content_changes *out_changes,
                    content_report *report)
{
    return run(c, a, folder, options, true, out_changes, report);
}

err content_write(core *c, arena *a, const content_folder *folder,
                  const content_write_options *options, content_changes *out_changes,
                  content_report *report)
{
    return run(c, a, folder, options, false, out_changes, report);
}

/* --- what was --- */

typedef struct asking {
    arena *a;
    str kind, slug, lang;
    content_past_list out;
} asking;

static err read_past(db_tx *tx, arena *scratch, void *arg)
{
    (void)scratch;
    asking *q = arg;
    q_content_past_rows rows;
    TRY(q_content_past(tx, q->a, q->kind, q->slug, q->lang, CONTENT_PAST_MOST, &rows));
    content_past *all = arena_array(q->a, content_past, rows.n);
    for (size_t i = 0; i < rows.n; i++)
        all[i] = (content_past){.lang = rows.at[i].lang,
                                .until_ms = rows.at[i].until,
                                .is_removed = rows.at[i].is_removed,
                                .state = rows.at[i].state,
                                .header = rows.at[i].header,
                                .body = rows.at[i].body};
    q->out = (content_past_list){all, rows.n};
    return OK;
}

err content_history(core *c, arena *a, str kind, str slug, str lang, content_past_list *out_past)
{
    asking q = {a, kind, slug, lang, {NULL, 0}};
    TRY(db_read(c->db, read_past, &q));
    *out_past = q.out;
    return OK;
}
