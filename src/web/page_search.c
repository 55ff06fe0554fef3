/* SPDX-License-Identifier: EUPL-1.2 */
/* Search answers from memory. Its pages are not kept: there are as many as questions. */

#include "web/page_search.h"

#include "page_views.h"
#include "routes.h"

enum { EXCERPT_BYTES = 240 };

typedef str address(arena *a, str code, str slug);

static str home_address(arena *a, str code, str slug)
{
    (void)slug;
    return url_home(a, code);
}

/* Partners stand on one page. */
static str partner_address(arena *a, str code, str slug)
{
    return arena_printf(a, "%.*s#%.*s", STR_FMT(url_partners(a, code)), STR_FMT(slug));
}

static const struct {
    str code;
    msg name;
    address *url;
} kinds[ENTRY_KINDS] = {
    [ENTRY_DOCUMENT] = {STR_INIT("document"), MSG_FRAME_DOCUMENTS, url_document},
    [ENTRY_NEWS] = {STR_INIT("news"), MSG_NEWS_TITLE, url_news_piece},
    [ENTRY_STORY] = {STR_INIT("story"), MSG_FRAME_STORIES, url_story},
    [ENTRY_ACTION] = {STR_INIT("action"), MSG_FRAME_ACT, url_action},
    [ENTRY_PARTNER] = {STR_INIT("partner"), MSG_FRAME_PARTNERS, partner_address},
    [ENTRY_DECLARATION] = {STR_INIT("declaration"), MSG_FRAME_DECLARATION, url_declaration},
    [ENTRY_PAGE] = {STR_INIT("page"), MSG_FRAME_ABOUT, url_text},
    [ENTRY_HOME] = {STR_INIT("home"), MSG_FRAME_ALLIANCE, home_address},
};

typedef struct asking {
    page_context *pc;
    search_question question;
    search_hits hits;
    int kind; /* -1: every kind */
} asking;

static err read_kind(str code, int *out_kind)
{
    *out_kind = -1;
    for (int k = 0; k < ENTRY_KINDS; k++)
        if (code.n && str_eq(kinds[k].code, code))
            *out_kind = k;
    return code.n && *out_kind < 0 ? ERR_INVALID : OK;
}

static const entry *entry_of(const asking *k, size_t hit)
{
    return &k->pc->frame.ed->catalogue->entries[k->hits.at[hit].thing];
}

static bool is_wished(const asking *k, size_t hit)
{
    return k->kind < 0 || (int)entry_of(k, hit)->kind == k->kind;
}

static choice_list kinds_found(const asking *k)
{
    bool has[ENTRY_KINDS] = {false};
    choice *all = arena_array(k->pc->a, choice, ENTRY_KINDS);
    size_t n = 0;
    for (size_t i = 0; i < k->hits.n; i++)
        has[entry_of(k, i)->kind] = true;
    for (int kind = 0; kind < ENTRY_KINDS; kind++)
        if (has[kind] || kind == k->kind)
            all[n++] = (choice){kinds[kind].code,
                                lang_text(k->pc->a, k->pc->frame.l, kinds[kind].name, NULL, 0)};
    return (choice_list){all, n};
}

/* What an entry says in the language in which it was found. */
typedef struct words {
    str slug, title, summary, body, lang, state;
} words;

static words words_of(arena *a, const entry *e, str code)
{
    if (e->declaration) {
        const declaration *d = e->declaration;
        const declaration_text *t = declaration_text_in(d, d->version, code);
        return (words){d->slug, t->title, t->summary, t->body, t->lang, t->state};
    }
    const content_text *t = content_text_in(e->item, code);
    str summary = fact_value(t->header, S("summary"));
    if (summary.n == 0)
        summary = fact_value(t->header, S("short"));
    str title = fact_value(t->header, S("title")), acronym = fact_value(t->header, S("acronym"));
    if (acronym.n && !str_eq(acronym, title))
        title = arena_printf(a, "%.*s (%.*s)", STR_FMT(title), STR_FMT(acronym));
    return (words){e->item->slug, title, summary, t->body, t->lang, t->state};
}

static bool has_match(search_pieces pieces)
{
    for (size_t i = 0; i < pieces.n; i++)
        if (pieces.at[i].is_match)
            return true;
    return false;
}

/* The summary; where it does not hold the words and the body does, that. */
static search_pieces excerpt_of(const asking *k, const words *w)
{
    arena *a = k->pc->a;
    const search_index *index = k->pc->frame.ed->catalogue->index;
    search_pieces summary = search_mark(a, index, &k->question, w->summary, EXCERPT_BYTES);
    if (w->body.n == 0 || (summary.n && has_match(summary)))
        return summary;
    search_pieces body =
        search_mark(a, index, &k->question, html_markdown_text(a, w->body), EXCERPT_BYTES);
    return has_match(body) || summary.n == 0 ? body : summary;
}

static found found_of(const asking *k, size_t hit)
{
    page_context *pc = k->pc;
    const entry *e = entry_of(k, hit);
    words w = words_of(pc->a, e, lang_code((lang)k->hits.at[hit].tongue));
    frame_note_text(&pc->frame, w.lang, w.state);
    return (found){
        .url = kinds[e->kind].url(pc->a, pc->frame.code, w.slug),
        .kind = lang_text(pc->a, pc->frame.l, kinds[e->kind].name, NULL, 0),
        .title = search_mark(pc->a, pc->frame.ed->catalogue->index, &k->question, w.title, 0),
        .excerpt = excerpt_of(k, &w),
        .lang = str_eq(w.lang, pc->frame.code) ? (str){"", 0} : w.lang,
        .is_in_file = k->hits.at[hit].is_in_file,
    };
}

static filter_form form_of(const asking *k, str typed)
{
    arena *a = k->pc->a;
    lang l = k->pc->frame.l;
    filter_form fields = {.address = url_search(a, k->pc->frame.code),
                          .words_label = lang_text(a, l, MSG_SEARCH_WORDS, NULL, 0),
                          .words = typed};
    filter_add(&fields, (filter){.name = "kind",
                                 .label = lang_text(a, l, MSG_REGISTER_KIND, NULL, 0),
                                 .any = lang_text(a, l, MSG_SEARCH_EVERYTHING, NULL, 0),
                                 .chosen = k->kind < 0 ? (str){"", 0} : kinds[k->kind].code,
                                 .choices = kinds_found(k)});
    return fields;
}

static err set_results(asking *k, req *rq, search_page *p)
{
    page_context *pc = k->pc;
    for (size_t i = 0; i < k->hits.n; i++)
        p->n += is_wished(k, i);
    TRY(pager_of(pc->a, rq, p->n, filter_address(pc->a, &p->form), &p->pages));
    found *all = arena_array(pc->a, found, p->pages.n);
    size_t n = 0, passed = 0;
    for (size_t i = 0; i < k->hits.n && n < p->pages.n; i++)
        if (is_wished(k, i) && passed++ >= p->pages.first)
            all[n++] = found_of(k, i);
    p->results = (found_list){all, n};
    p->is_elsewhere = k->hits.is_elsewhere;
    return OK;
}

err page_search(struct app *ap, req *rq, reply *out)
{
    page_context pc;
    search_page p = {.n = 0};
    str typed = str_trim(req_query(rq, S("words")));
    asking k = {.pc = &pc};
    TRY(page_begin(ap, rq, &pc));
    frame *f = &pc.frame;
    TRY(read_kind(req_query(rq, S("kind")), &k.kind));
    TRY(search_ask(pc.a, typed, &k.question));
    k.hits = search_find(pc.a, f->ed->catalogue->index, &k.question, (int)f->l);
    p.form = form_of(&k, typed);
    TRY(set_results(&k, rq, &p));
    f->title = lang_text(pc.a, f->l, MSG_SEARCH_TITLE, NULL, 0);
    f->robots = S("noindex");
    f->current = "search";
    frame_keep_query(f, p.pages.url);
    html_out o = page_reply(&pc, out, 200);
    view_page_search(&pc.view, &o, &p);
    return OK;
}
