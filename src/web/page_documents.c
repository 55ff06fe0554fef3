/* SPDX-License-Identifier: EUPL-1.2 */
/* All documents are in memory, so a list costs one look at each, whatever page of it is shown. */

#include "web/page_documents.h"

#include "base/number.h"
#include "page_views.h"
#include "routes.h"

#include <stdlib.h>

/* What a reader asks to see. */
typedef struct wish {
    str words, kind, publisher, topic, language;
    int64_t year;    /* 0: any */
    uint32_t spoken; /* bit of the language; 0: any */
    bool is_filtered;
} wish;

/* ERR_INVALID: a filter that the form cannot have sent. */
static err read_wish(const page_context *pc, req *rq, wish *out_wish)
{
    wish w = {
        .words = str_trim(req_query(rq, S("words"))),
        .kind = req_query(rq, S("kind")),
        .publisher = req_query(rq, S("publisher")),
        .topic = req_query(rq, S("topic")),
        .language = req_query(rq, S("language")),
    };
    str year = req_query(rq, S("year")), name;
    lang l;
    if (w.kind.n && !document_kind_name(pc, w.kind, &name))
        return ERR_INVALID;
    if (year.n && number_parse(year, 1000, 9999, &w.year) != OK)
        return ERR_INVALID;
    if (w.language.n) {
        if (lang_by_code(w.language, &l) != OK || l >= LANG_COUNT)
            return ERR_INVALID;
        w.spoken = UINT32_C(1) << l;
    }
    w.is_filtered = w.words.n || w.kind.n || w.publisher.n || w.topic.n || w.language.n || w.year;
    *out_wish = w;
    return OK;
}

static bool has_topic(const document_facts *d, str topic)
{
    for (str rest = d->topics; rest.n;)
        if (str_eq(str_cut(rest, ' ', &rest), topic))
            return true;
    return false;
}

static bool is_wished(const document_facts *d, const wish *w)
{
    return (w->kind.n == 0 || str_eq(d->kind, w->kind)) &&
           (w->publisher.n == 0 || str_eq(d->publisher, w->publisher)) &&
           (w->year == 0 || (d->year <= w->year && w->year <= d->end)) &&
           (w->spoken == 0 || (d->languages & w->spoken)) &&
           (w->topic.n == 0 || has_topic(d, w->topic));
}

typedef struct matches {
    const document_facts **at;
    bool *is_in_file; /* beside at */
    size_t n;
    bool is_elsewhere;
} matches;

static err find(const page_context *pc, const wish *w, search_question *question, matches *out)
{
    const catalogue *c = pc->frame.ed->catalogue;
    matches m = {arena_array(pc->a, const document_facts *, c->document_n),
                 arena_array(pc->a, bool, c->document_n), 0, false};
    TRY(search_ask(pc->a, w->words, question));
    if (w->words.n) {
        search_hits hits = search_find(pc->a, c->index, question, (int)pc->frame.l);
        m.is_elsewhere = hits.is_elsewhere;
        for (size_t i = 0; i < hits.n; i++) { /* documents are the first things of the index */
            const search_hit *hit = &hits.at[i];
            if (hit->thing >= c->document_n || !is_wished(&c->documents[hit->thing], w))
                continue;
            m.is_in_file[m.n] = hit->is_in_file;
            m.at[m.n++] = &c->documents[hit->thing];
        }
    } else {
        for (size_t i = 0; i < c->document_n; i++)
            if (is_wished(&c->documents[i], w))
                m.at[m.n++] = &c->documents[i];
    }
    *out = m;
    return OK;
}

/* --- The choices of the form: what there is among all documents. --- */

typedef struct choosing {
    page_context *pc;
    choice *at;
    size_t n, room;
} choosing;

static bool is_known(const choosing *c, str code)
{
    for (size_t i = 0; i < c->n; i++)
        if (str_eq(c->at[i].code, code))
            return true;
    return false;
}

static void add(choosing *c, str code)
{
    if (code.n && c->n < c->room && !is_known(c, code))
        c->at[c->n++] = (choice){code, code};
}

enum { CHOICES_MOST = 500 };

static choosing choose(page_context *pc)
{
    return (choosing){pc, arena_array(pc->a, choice, CHOICES_MOST), 0, CHOICES_MOST};
}

/* By name, as the language sorts; there are few. */
static choice_list sorted(choosing *c)
{
    for (size_t i = 1; i < c->n; i++)
        for (size_t k = i;
             k > 0 && lang_compare(c->pc->frame.l, c->at[k].name, c->at[k - 1].name) < 0; k--) {
            choice other = c->at[k];
            c->at[k] = c->at[k - 1];
            c->at[k - 1] = other;
        }
    return (choice_list){c->at, c->n};
}

static choice_list kinds_of(page_context *pc)
{
    const catalogue *all = pc->frame.ed->catalogue;
    choosing c = choose(pc);
    for (size_t i = 0; i < all->document_n; i++)
        add(&c, all->documents[i].kind);
    size_t named = 0;
    for (size_t i = 0; i < c.n; i++)
        if (document_kind_name(pc, c.at[i].code, &c.at[i].name))
            c.at[named++] = c.at[i];
    c.n = named;
    return sorted(&c);
}

static choice_list publishers_of(page_context *pc)
{
    const catalogue *all = pc->frame.ed->catalogue;
    choosing c = choose(pc);
    for (size_t i = 0; i < all->document_n; i++)
        add(&c, all->documents[i].publisher);
    for (size_t i = 0; i < c.n; i++)
        c.at[i].name = document_publisher_name(pc, c.at[i].code);
    return sorted(&c);
}

static choice_list topics_of(page_context *pc)
{
    content_list topics = alliance_items(pc->frame.ed->al, S("topic"));
    choosing c = choose(pc);
    for (size_t i = 0; i < topics.n; i++)
        add(&c, topics.at[i].slug);
    for (size_t i = 0; i < c.n; i++)
        c.at[i].name = document_topic_name(pc, c.at[i].code);
    return sorted(&c);
}

/* The newest first. */
static choice_list years_of(page_context *pc)
{
    const catalogue *all = pc->frame.ed->catalogue;
    int64_t first = 10000, last = 0;
    for (size_t i = 0; i < all->document_n; i++) {
        const document_facts *d = &all->documents[i];
        first = d->year && d->year < first ? d->year : first;
        last = d->end > last ? d->end : last;
    }
    bool *has = arena_array(pc->a, bool, 10000);
    for (size_t i = 0; i < all->document_n; i++)
        for (int64_t y = all->documents[i].year; y && y <= all->documents[i].end; y++)
            has[y] = true;
    choosing c = choose(pc);
    for (int64_t y = last; y >= first && c.n < c.room; y--) {
        str code = arena_printf(pc->a, "%lld", (long long)y);
        if (has[y])
            c.at[c.n++] = (choice){code, code};
    }
    return (choice_list){c.at, c.n};
}

static choice_list languages_of(page_context *pc)
{
    const catalogue *all = pc->frame.ed->catalogue;
    uint32_t languages = 0;
    for (size_t i = 0; i < all->document_n; i++)
        languages |= all->documents[i].languages;
    choosing c = choose(pc);
    for (size_t i = 0; i < LANG_COUNT; i++) {
        str code = lang_code((lang)i);
        if (languages >> i & 1)
            c.at[c.n++] = (choice){code, lang_native_name((lang)i)};
    }
    return (choice_list){c.at, c.n};
}

static void add_filter(page_context *pc, filter_form *fields, const char *name, msg label,
                       str chosen, choice_list choices)
{
    const frame *f = &pc->frame;
    filter_add(fields, (filter){.name = name,
                                .label = lang_text(pc->a, f->l, label, NULL, 0),
                                .any = lang_text(pc->a, f->l, MSG_SEARCH_EVERYTHING, NULL, 0),
                                .chosen = chosen,
                                .choices = choices});
}

static void set_form(page_context *pc, const wish *w, documents_page *p)
{
    const frame *f = &pc->frame;
    str year = w->year ? arena_printf(pc->a, "%lld", (long long)w->year) : (str){"", 0};
    p->is_filtered = w->is_filtered;
    p->form = (filter_form){.address = url_documents(pc->a, f->code),
                            .words_label = lang_text(pc->a, f->l, MSG_SEARCH_WORDS, NULL, 0),
                            .words = w->words};
    add_filter(pc, &p->form, "kind", MSG_REGISTER_KIND, w->kind, kinds_of(pc));
    add_filter(pc, &p->form, "topic", MSG_DOCUMENTS_TOPIC, w->topic, topics_of(pc));
    add_filter(pc, &p->form, "publisher", MSG_DOCUMENTS_PUBLISHER, w->publisher, publishers_of(pc));
    add_filter(pc, &p->form, "year", MSG_DOCUMENTS_YEAR, year, years_of(pc));
    add_filter(pc, &p->form, "language", MSG_DOCUMENTS_LANGUAGE, w->language, languages_of(pc));
}

static err set_documents(page_context *pc, req *rq, const wish *w, documents_page *p)
{
    search_question question;
    matches m;
    TRY(find(pc, w, &question, &m));
    TRY(pager_of(pc->a, rq, m.n, filter_address(pc->a, &p->form), &p->pages));
    document *all = arena_array(pc->a, document, p->pages.n);
    size_t n = 0;
    for (size_t i = 0; i < p->pages.n; i++) {
        size_t match = p->pages.first + i;
        if (document_shown(pc, m.at[match], &question, &all[n]) == OK)
            all[n++].is_in_file = m.is_in_file[match];
    }
    p->documents = (document_list){all, n};
    p->found = m.n;
    p->is_elsewhere = m.is_elsewhere;
    return OK;
}

/* Lists that a reader has made are for that reader; further pages of the whole list are pages. */
static void set_frame(page_context *pc, const documents_page *p)
{
    frame *f = &pc->frame;
    f->title = lang_text(pc->a, f->l, MSG_DOCUMENTS_TITLE, NULL, 0);
    f->description = lang_text(pc->a, f->l, MSG_DOCUMENTS_LEAD, NULL, 0);
    f->current = "documents";
    f->feed = p->feed_url;
    if (p->is_filtered)
        f->robots = S("noindex");
    frame_keep_query(f, p->pages.url);
}

err page_documents(struct app *ap, req *rq, reply *out)
{
    page_context pc;
    documents_page p = {.found = 0};
    wish w;
    TRY(page_begin(ap, rq, &pc));
    TRY(read_wish(&pc, rq, &w));
    set_form(&pc, &w, &p);
    TRY(set_documents(&pc, rq, &w, &p));
    p.feed_url = url_documents_atom(pc.a, pc.frame.code);
    set_frame(&pc, &p);
    html_out o = page_reply(&pc, out, 200);
    view_page_documents(&pc.view, &o, &p);
    return OK;
}
