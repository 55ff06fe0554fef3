/* SPDX-License-Identifier: EUPL-1.2 */
/* One document: what it is, where it can be had, what it replaces, how it is cited. */

#include "page_views.h"
#include "routes.h"
#include "web/page_documents.h"

static void add_link(page_context *pc, const content_item *item, document_links *to)
{
    shown s;
    if (shown_of(pc, item, &s) != OK)
        return;
    document_link *grown = arena_array(pc->a, document_link, to->n + 1);
    if (to->n)
        memcpy(grown, to->at, to->n * sizeof *grown);
    grown[to->n] = (document_link){url_document(pc->a, pc->frame.code, item->slug), s.title,
                                   s.is_foreign ? s.lang : (str){"", 0}};
    *to = (document_links){grown, to->n + 1};
}

static void set_succession(page_context *pc, const document_facts *facts, document_page *p)
{
    const catalogue *all = pc->frame.ed->catalogue;
    if (facts->replaced_by)
        add_link(pc, facts->replaced_by, &p->replaced_by);
    for (size_t i = 0; i < all->document_n; i++)
        if (all->documents[i].replaced_by == facts->item)
            add_link(pc, all->documents[i].item, &p->replaces);
}

static document_topics topics_named(page_context *pc, const document_facts *facts)
{
    document_topic *all = arena_array(pc->a, document_topic, facts->topics.n + 1);
    size_t n = 0;
    for (str rest = facts->topics; rest.n;) {
        str code = str_cut(rest, ' ', &rest);
        buf url = buf_in(pc->a);
        buf_put(&url, url_documents(pc->a, pc->frame.code));
        query_put(&url, "topic", code);
        if (code.n)
            all[n++] = (document_topic){document_topic_name(pc, code), buf_str(&url)};
    }
    return (document_topics){all, n};
}

static str citation_of(page_context *pc, const document *d)
{
    str reference = shown_fact(&d->text, S("reference"));
    buf b = buf_in(pc->a);
    if (d->publisher.n)
        buf_printf(&b, "%.*s: ", STR_FMT(d->publisher));
    buf_put(&b, d->text.title);
    if (d->facts->year)
        buf_printf(&b, ", %.*s", STR_FMT(d->years));
    if (reference.n)
        buf_printf(&b, ", %.*s", STR_FMT(reference));
    return buf_str(&b);
}

static void describe(page_context *pc, const document_page *p)
{
    const document *d = &p->document;
    linked_data *ld = &pc->frame.about;
    linked_data_open(ld, S(""), S("DigitalDocument"));
    linked_data_put(ld, S("@id"), frame_address(pc->a, &pc->frame));
    linked_data_put(ld, S("name"), d->text.title);
    linked_data_put(ld, S("description"), shown_header(&d->text, S("summary")));
    linked_data_put(ld, S("inLanguage"), d->text.lang);
    linked_data_put(ld, S("genre"), d->kind);
    if (d->facts->year && d->facts->year == d->facts->end)
        linked_data_put(ld, S("datePublished"), shown_fact(&d->text, S("year")));
    linked_data_put(ld, S("identifier"), shown_fact(&d->text, S("reference")));
    if (d->publisher.n) {
        linked_data_open(ld, S("publisher"), S("Organization"));
        linked_data_put(ld, S("name"), d->publisher);
        linked_data_close(ld);
    }
    linked_data_list(ld, S("encoding"));
    for (size_t i = 0; i < p->versions.n; i++) {
        linked_data_open(ld, S(""), S("MediaObject"));
        linked_data_put(ld, S("contentUrl"), p->versions.at[i].url);
        linked_data_put(ld, S("inLanguage"), p->versions.at[i].code);
        linked_data_put(ld, S("sha256"), p->versions.at[i].sha256);
        linked_data_close(ld);
    }
    linked_data_close(ld);
    linked_data_close(ld);
}

/* "cor.europa.eu": names in a link where it leads. */
static str host_of(str url)
{
    str rest = str_skip(url, str_find_str(url, S("://")) + 3);
    return str_head(rest, str_find(rest, '/'));
}

err page_document(struct app *ap, req *rq, reply *out)
{
    page_context pc;
    document_page p = {.url = {"", 0}};
    TRY(page_begin(ap, rq, &pc));
    frame *f = &pc.frame;
    const document_facts *facts = catalogue_document(f->ed->catalogue, req_segment(rq, 1));
    if (!facts)
        return ERR_NOT_FOUND;
    TRY(document_shown(&pc, facts, NULL, &p.document));
    p.topics = topics_named(&pc, facts);
    p.versions = document_versions_of(&pc, facts);
    p.url = shown_fact(&p.document.text, S("url"));
    p.host = host_of(p.url);
    p.citation = citation_of(&pc, &p.document);
    set_succession(&pc, facts, &p);
    f->title = p.document.text.title;
    f->description = shown_header(&p.document.text, S("summary"));
    f->current = "documents";
    f->section = (frame_link){.url = url_documents(pc.a, f->code),
                              .name = lang_text(pc.a, f->l, MSG_DOCUMENTS_TITLE, NULL, 0)};
    describe(&pc, &p);
    html_out o = page_reply(&pc, out, 200);
    view_page_document(&pc.view, &o, &p);
    return OK;
}
