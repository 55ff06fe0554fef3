/* SPDX-License-Identifier: EUPL-1.2 */
/* What holds between texts. Errors are what would mislead readers or lead nowhere; warnings, what a
 * careful author mends: a translation may lag behind, but nobody should learn it from a reader.
 *
 * An item is looked at with a scratch arena of its own: memory does not grow with the folder. */

#include "core/content_folder.h"

#include "core/website.h"
#include "prose/language.h"
#include "prose/outline.h"
#include "text/text.h"

#include <malloc.h>
#include <pthread.h>
#include <unistd.h>

enum {
    SCRATCH_BYTES_MOST = 512 << 20,
    THREADS_MOST = 8,
    ITEMS_FOR_THREADS = 50, /* fewer are not worth a thread */
    KEPT_BYTES = 16 << 20,
};

typedef struct checker {
    content_reader *r;
    arena *scratch;
    const content_item *item;
    const content_origin *origin;
    const content_text *original; /* NULL: none, or several */
    const content_source *original_source;
    const outline *original_outline;
} checker;

/* One text of the item. */
typedef struct looking {
    const content_text *text;
    const content_source *source;
    size_t lines_above; /* of the body */
    outline outline;
} looking;

/* --- facts that name items and files --- */

static bool is_item_named(checker *c, const content_field *field, str name)
{
    str others, kind = str_cut(str_of(field->words), ' ', &others);
    while (others.n)
        if (str_eq(str_cut(others, ' ', &others), name))
            return true;
    return content_find(c->r->folder, kind, name) != NULL;
}

static bool lies_beside(const content_item *item, str name)
{
    for (size_t i = 0; i < item->given_count; i++)
        if (str_eq(item->given[i].name, name))
            return true;
    return false;
}

/* Who cannot see a picture is told what it shows, in the language of the page. */
static void check_alternatives(checker *c, str key)
{
    str alt = arena_printf(c->scratch, "%.*s_alt", STR_FMT(key));
    for (size_t i = 0; i < c->item->text_count; i++) {
        bool is_missing = fact_value(c->item->texts[i].header, alt).n == 0;
        str path = c->origin->texts[i].path;
        if (is_missing && c->original == &c->item->texts[i])
            content_error_f(c->r, path, 0, "has no %.*s: what the picture shows, in words",
                            STR_FMT(alt));
        else if (is_missing)
            content_warn_f(c->r, path, 0, "has no %.*s: what the picture shows, in words",
                           STR_FMT(alt));
    }
}

static void check_references(checker *c)
{
    const content_source *source = &c->origin->facts;
    for (size_t i = 0; i < c->item->facts.n; i++) {
        const fact *f = &c->item->facts.at[i];
        const content_field *field = content_field_of(c->item->kind, IN_FACTS, f->key);
        if (!field || f->value.n == 0)
            continue;
        size_t line = content_line_of(source, f->key);
        bool is_file = field->type == TYPE_FILE || field->type == TYPE_PICTURE;
        if (field->type == TYPE_ITEM && !is_item_named(c, field, f->value))
            content_error_f(
                c->r, source->path, line, "%.*s names no %.*s that is there", STR_FMT(f->key),
                STR_FMT(str_head(str_of(field->words), str_find(str_of(field->words), ' '))));
        if (is_file && !lies_beside(c->item, f->value))
            content_error_f(c->r, source->path, line, "%.*s names no file that lies beside it",
                            STR_FMT(f->key));
        if (field->type == TYPE_PICTURE)
            check_alternatives(c, f->key);
    }
}

/* --- links --- */

static const char *foreign_fault(checker *c, str target)
{
    str clean;
    if (str_starts(target, S("https://")) || str_starts(target, S("http://")))
        return website_normal(c->scratch, target, &clean) == OK ? NULL : "is not a proper address";
    if (str_starts(target, S("mailto:"))) {
        str host, mail = str_skip(target, 7);
        str local = str_cut(str_head(mail, str_find(mail, '?')), '@', &host);
        return local.n && text_host_ascii(c->scratch, host, &clean) == OK
                   ? NULL
                   : "is not a proper e-mail address";
    }
    return "has a scheme other than https, http and mailto";
}

/* "page/privacy": an item, in the reader's language. */
static const char *own_fault(checker *c, str target)
{
    str slug, kind = str_cut(target, '/', &slug);
    if (!content_kind_of(kind) || !content_name_is_good(slug))
        return "leads nowhere: links are https://…, mailto:… or KIND/ITEM, as page/privacy";
    return content_find(c->r->folder, kind, slug) ? NULL : "leads to an item that is not there";
}

static void check_link(checker *c, const looking *l, const outline_link *link)
{
    size_t line = l->lines_above + link->line;
    str target = link->target;
    size_t scheme = 0;
    while (scheme < target.n && !memchr(":/?#", target.at[scheme], 4))
        scheme++;
    bool has_scheme = scheme < target.n && target.at[scheme] == ':';
    if (link->is_picture) {
        content_error(c->r, l->source->path, line,
                      "has a picture in its text, which no page shows");
        return;
    }
    const char *fault = has_scheme ? foreign_fault(c, target) : own_fault(c, target);
    if (fault)
        content_error_f(c->r, l->source->path, line, "link \"%.*s\" %s",
                        STR_FMT(str_head(target, 200)), fault);
    else if (str_starts(target, S("http://")))
        content_warn_f(c->r, l->source->path, line, "link \"%.*s\" is not https",
                       STR_FMT(str_head(target, 200)));
    if (link->words.n == 0)
        content_error_f(c->r, l->source->path, line, "link \"%.*s\" has no words to press",
                        STR_FMT(str_head(target, 200)));
}

static void check_body(checker *c, const looking *l)
{
    const outline *o = &l->outline;
    str path = l->source->path;
    if (o->markup_line)
        content_error(c->r, path, l->lines_above + o->markup_line, "holds raw HTML");
    if (o->title_line)
        content_error(c->r, path, l->lines_above + o->title_line,
                      "has a heading with one #, which is the page's own: use ##");
    if (o->deep_line)
        content_error(c->r, path, l->lines_above + o->deep_line, "nests its parts too deeply");
    for (size_t i = 0; i < o->link_count; i++)
        check_link(c, l, &o->links[i]);
}

/* --- a translation against its original --- */

/* "**[To be filled in …": marks stay until the organiser replaces them. */
static size_t count_marks(str body)
{
    size_t n = 0;
    for (size_t at; (at = str_find_str(body, S("**["))) < body.n; body = str_skip(body, at + 3))
        n++;
    return n;
}

static void compare_number(checker *c, const looking *l, const char *what, size_t n, size_t wanted)
{
    if (n != wanted)
        content_warn_f(c->r, l->source->path, 0, "has %zu %s, its original %zu", n, what, wanted);
}

static void compare_links(checker *c, const looking *l)
{
    const outline *o = &l->outline, *first = c->original_outline;
    for (size_t i = 0; i < first->link_count; i++) {
        bool is_kept = false;
        for (size_t k = 0; k < o->link_count && !is_kept; k++)
            is_kept = str_eq(o->links[k].target, first->links[i].target);
        if (!is_kept)
            content_warn_f(c->r, l->source->path, 0, "lacks the link to %.*s of its original",
                           STR_FMT(str_head(first->links[i].target, 200)));
    }
    for (size_t k = 0; k < o->link_count; k++) {
        bool is_known = false;
        for (size_t i = 0; i < first->link_count && !is_known; i++)
            is_known = str_eq(o->links[k].target, first->links[i].target);
        if (!is_known)
            content_warn_f(c->r, l->source->path, l->lines_above + o->links[k].line,
                           "links to %.*s, which its original does not",
                           STR_FMT(str_head(o->links[k].target, 200)));
    }
}

/* Short words that were forgotten; longer ones are found by their language. */
static void compare_header(checker *c, const looking *l)
{
    const fact_list header = c->original->header;
    for (size_t i = 0; i < header.n; i++) {
        const fact *f = &header.at[i];
        const content_field *field = content_field_of(c->item->kind, IN_HEADER, f->key);
        str own = fact_value(l->text->header, f->key);
        if (!fact_is_given(l->text->header, f->key) || (f->value.n && !own.n))
            content_warn_f(c->r, l->source->path, 0, "has no %.*s, which its original has",
                           STR_FMT(f->key));
        else if (field && (field->flags & FLAG_PROSE) && !str_eq(f->key, S("title")) && own.n &&
                 str_eq(own, f->value))
            content_warn_f(c->r, l->source->path, content_line_of(l->source, own),
                           "%.*s is word for word that of its original", STR_FMT(f->key));
    }
}

static void compare(checker *c, const looking *l)
{
    const outline *o = &l->outline, *first = c->original_outline;
    compare_number(c, l, "paragraphs", o->paragraphs, first->paragraphs);
    compare_number(c, l, "list items", o->items, first->items);
    compare_number(c, l, "headings", o->headings, first->headings);
    compare_number(c, l, "emphasised parts", o->emphases, first->emphases);
    compare_number(c, l, "marks **[…]** to be filled in", count_marks(l->text->body),
                   count_marks(c->original->body));
    compare_links(c, l);
    compare_header(c, l);
}

/* --- language --- */

/* A part of a text that is words of its language. */
typedef struct part {
    str words;
    size_t line;
} part;

typedef struct part_list {
    part *at;
    size_t n;
    str all; /* one a line */
} part_list;

static part_list parts_of(checker *c, const looking *l)
{
    fact_list header = l->text->header;
    part_list parts = {arena_array(c->scratch, part, header.n + l->outline.block_count), 0, S("")};
    buf all = buf_in(c->scratch);
    for (size_t i = 0; i < header.n; i++) {
        const content_field *field = content_field_of(c->item->kind, IN_HEADER, header.at[i].key);
        str value = header.at[i].value;
        if (field && (field->flags & FLAG_PROSE))
            parts.at[parts.n++] = (part){value, content_line_of(l->source, value)};
    }
    for (size_t i = 0; i < l->outline.block_count; i++) {
        const outline_block *b = &l->outline.blocks[i];
        parts.at[parts.n++] = (part){b->words, l->lines_above + b->line};
    }
    for (size_t i = 0; i < parts.n; i++) {
        buf_put(&all, parts.at[i].words);
        buf_put_char(&all, '\n');
    }
    parts.all = buf_str(&all);
    return parts;
}

/* False: something was said. */
static bool judge(checker *c, const looking *l, str words, size_t line)
{
    str other, lang = l->text->lang;
    language_verdict verdict = language_judge(words, lang, &other);
    if (verdict == LANGUAGE_WRONG)
        content_warn_f(c->r, l->source->path, line, "is in another language than %.*s: %.*s",
                       STR_FMT(lang), STR_FMT(other));
    else if (verdict == LANGUAGE_MIXED)
        content_warn_f(c->r, l->source->path, line, "mixes %.*s with another language: %.*s",
                       STR_FMT(lang), STR_FMT(other));
    return verdict == LANGUAGE_FITS;
}

static void check_letters(checker *c, const looking *l, const part *p)
{
    const content_source *origin = c->original ? c->original_source : l->source;
    str stray;
    if (language_stray_word(p->words, l->text->lang, origin->text, &stray))
        content_warn_f(c->r, l->source->path, p->line,
                       "\"%.*s\" has letters that %.*s does not use", STR_FMT(stray),
                       STR_FMT(l->text->lang));
}

/* The whole at once, which is cheap; part by part only when it is not plainly fine. */
static void check_language(checker *c, const looking *l)
{
    part_list parts = parts_of(c, l);
    bool is_fine = true, is_judged = false;
    bool is_pure = language_is_pure(parts.all, l->text->lang);
    for (size_t i = 0; i < parts.n; i++) {
        const part *p = &parts.at[i];
        bool fits = is_pure || judge(c, l, p->words, p->line);
        if (fits)
            check_letters(c, l, p);
        is_fine = is_fine && fits;
        is_judged = is_judged || p->words.n >= LANGUAGE_BYTES_LEAST;
    }
    /* Many short pieces make one long text. */
    if (is_fine && !is_pure && !is_judged)
        judge(c, l, parts.all, 0);
}

/* --- the item --- */

/* The languages in which the item has a state. */
static str languages_in(checker *c, content_state state, size_t *out_n)
{
    buf b = buf_in(c->scratch);
    *out_n = 0;
    for (size_t i = 0; i < CONTENT_LANGUAGES; i++) {
        str lang = str_of(content_languages[i]);
        if (content_state_in(c->item, lang) == state) {
            buf_put_char(&b, ' ');
            buf_put(&b, lang);
            (*out_n)++;
        }
    }
    return buf_str(&b);
}

static void check_states(checker *c)
{
    const content_item *item = c->item;
    size_t originals, missing, outdated, unstamped = 0;
    str path = c->origin->path, gaps = languages_in(c, CONTENT_MISSING, &missing);
    str old = languages_in(c, CONTENT_OUTDATED, &outdated);
    (void)languages_in(c, CONTENT_ORIGINAL, &originals);
    for (size_t i = 0; i < item->text_count; i++)
        unstamped += !str_eq(item->texts[i].state, S("original")) &&
                     !fact_is_given(item->texts[i].header, S("source"));
    if (missing && item->text_count)
        content_warn_f(c->r, path, 0, "lacks %zu of 24 languages:%.*s", missing, STR_FMT(gaps));
    if (outdated)
        content_warn_f(c->r, path, 0,
                       "is outdated in %zu languages, %.*s.md has changed since:%.*s", outdated,
                       STR_FMT(c->original->lang), STR_FMT(old));
    if (originals != 1 && item->text_count)
        content_warn_f(c->r, path, 0,
                       "has %zu originals: nobody can tell what is translated from what",
                       originals);
    else if (unstamped)
        content_warn_f(c->r, path, 0,
                       "%zu translations do not say from which original they were made: "
                       "`undersigned content stamp` notes it",
                       unstamped);
}

static looking look_at(checker *c, size_t i)
{
    looking l = {.text = &c->item->texts[i], .source = &c->origin->texts[i]};
    size_t line = content_line_of(l.source, l.text->body);
    l.lines_above = line ? line - 1 : 0;
    outline_read(c->scratch, l.text->body, &l.outline);
    return l;
}

static void check_item(checker *c)
{
    looking *all = arena_array(c->scratch, looking, c->item->text_count);
    check_references(c);
    check_states(c);
    for (size_t i = 0; i < c->item->text_count; i++) {
        all[i] = look_at(c, i);
        if (c->original == all[i].text) {
            c->original_outline = &all[i].outline;
            c->original_source = all[i].source;
        }
    }
    for (size_t i = 0; i < c->item->text_count; i++) {
        check_body(c, &all[i]);
        check_language(c, &all[i]);
        if (c->original && c->original != all[i].text)
            compare(c, &all[i]);
    }
}

/* A thread's share: every so many-th item, with a report of its own. */
typedef struct share {
    pthread_t thread;
    content_reader reader;
    content_report report;
    size_t first, step;
} share;

static void *check_share(void *arg)
{
    share *s = arg;
    arena *scratch = arena_open(SCRATCH_BYTES_MOST);
    for (size_t i = s->first; i < s->reader.folder->n; i += s->step) {
        checker c = {.r = &s->reader,
                     .scratch = scratch,
                     .item = &s->reader.folder->items[i],
                     .origin = &s->reader.folder->origins[i],
                     .original = content_original(&s->reader.folder->items[i])};
        check_item(&c);
        arena_reset(scratch);
    }
    arena_close(scratch);
    return NULL;
}

static void close_messages(void *messages)
{
    arena_close(messages);
}

static size_t count_threads(size_t items)
{
    long processors = sysconf(_SC_NPROCESSORS_ONLN);
    size_t n = processors < 1 ? 1 : processors > THREADS_MOST ? THREADS_MOST : (size_t)processors;
    return items < ITEMS_FOR_THREADS ? 1 : n;
}

/* Order does not matter here: content_read sorts all problems. */
void content_check(content_reader *r)
{
    share shares[THREADS_MOST];
    size_t n = count_threads(r->folder->n);
    /* CLD2 takes and frees large blocks for each text; giving them back to the system each time
     * costs as much as its work. */
    mallopt(M_TRIM_THRESHOLD, KEPT_BYTES);
    mallopt(M_TOP_PAD, KEPT_BYTES / 16);
    for (size_t i = 0; i < n; i++) {
        shares[i] = (share){.first = i, .step = n};
        arena *messages = arena_open(SCRATCH_BYTES_MOST);
        arena_defer(r->a, close_messages, messages);
        shares[i].reader = (content_reader){messages, r->folder, &shares[i].report};
        if (i > 0)
            BUG_IF(pthread_create(&shares[i].thread, NULL, check_share, &shares[i]) != 0);
    }
    check_share(&shares[0]);
    for (size_t i = 0; i < n; i++) {
        if (i > 0)
            pthread_join(shares[i].thread, NULL);
        content_take_report(r, &shares[i].report);
    }
}
