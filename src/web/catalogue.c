/* SPDX-License-Identifier: EUPL-1.2 */
#include "web/catalogue.h"

#include "base/clock.h"
#include "base/number.h"
#include "core/file_text.h"
#include "html/html.h"
#include "lang/lang.h"

#include <stdlib.h>

_Static_assert((int)LANG_COUNT <= (int)SEARCH_TONGUES_MOST, "a tongue for each language");

typedef struct listing_work {
    arena *a;
    arena *scratch; /* emptied after each text */
    const alliance *al;
    catalogue *out;
    entry *entries;
    size_t n;
    search_builder *index;
} listing_work;

static const struct {
    entry_kind kind;
    str name;
} kinds[] = {
    {ENTRY_DOCUMENT, STR_INIT("document")}, {ENTRY_NEWS, STR_INIT("news")},
    {ENTRY_STORY, STR_INIT("story")},       {ENTRY_ACTION, STR_INIT("action")},
    {ENTRY_PARTNER, STR_INIT("partner")},   {ENTRY_PAGE, STR_INIT("page")},
    {ENTRY_HOME, STR_INIT("alliance")},
};

/* Languages that the program does not have are not shown either. */
static bool tongue_of(str code, int *out_tongue)
{
    lang l;
    if (lang_by_code(code, &l) != OK || l >= LANG_COUNT)
        return false;
    *out_tongue = (int)l;
    return true;
}

static void add_body(listing_work *w, int tongue, str markdown)
{
    if (markdown.n == 0)
        return;
    search_add_text(w->index, tongue, SEARCH_BODY, html_markdown_text(w->scratch, markdown));
    arena_reset(w->scratch);
}

static void add_headers(listing_work *w, int tongue, const content_text *text)
{
    static const str summaries[] = {STR_INIT("summary"),   STR_INIT("short"),
                                    STR_INIT("who"),       STR_INIT("place"),
                                    STR_INIT("publisher"), STR_INIT("introducer")};
    search_add_text(w->index, tongue, SEARCH_TITLE, fact_value(text->header, S("title")));
    search_add_text(w->index, tongue, SEARCH_TITLE, fact_value(text->header, S("acronym")));
    for (size_t i = 0; i < sizeof summaries / sizeof *summaries; i++)
        search_add_text(w->index, tongue, SEARCH_SUMMARY, fact_value(text->header, summaries[i]));
}

/* A partner's papers are found by its name. */
static void add_publisher(listing_work *w, int tongue, str code, str publisher)
{
    const content_item *item = alliance_item(w->al, S("partner"), publisher);
    const content_text *text = item ? content_text_in(item, code) : NULL;
    if (!text)
        return;
    search_add_text(w->index, tongue, SEARCH_SUMMARY, fact_value(text->header, S("acronym")));
    search_add_text(w->index, tongue, SEARCH_SUMMARY, fact_value(text->header, S("title")));
}

static void add_item(listing_work *w, entry_kind kind, const content_item *item)
{
    int original = LANG_EN, tongue;
    const content_text *shown = content_text_in(item, S(""));
    if (!shown)
        return;
    (void)tongue_of(shown->lang, &original);
    w->n = search_add_thing(w->index, original);
    w->entries[w->n++] = (entry){.kind = kind, .item = item};
    for (size_t i = 0; i < item->text_count; i++) {
        const content_text *text = &item->texts[i];
        if (!tongue_of(text->lang, &tongue))
            continue;
        add_headers(w, tongue, text);
        add_body(w, tongue, text->body);
        if (kind != ENTRY_DOCUMENT)
            continue;
        add_publisher(w, tongue, text->lang, fact_value(item->facts, S("publisher")));
        search_add_text(w->index, tongue, SEARCH_SUMMARY, fact_value(item->facts, S("reference")));
    }
}

static void add_declaration(listing_work *w, const declaration *d)
{
    int original = LANG_EN, tongue;
    (void)tongue_of(d->original_lang, &original);
    w->n = search_add_thing(w->index, original);
    w->entries[w->n++] = (entry){.kind = ENTRY_DECLARATION, .declaration = d};
    for (size_t i = 0; i < d->text_count; i++) {
        const declaration_text *text = &d->texts[i];
        if (text->version != d->version || !tongue_of(text->lang, &tongue))
            continue;
        search_add_text(w->index, tongue, SEARCH_TITLE, text->title);
        search_add_text(w->index, tongue, SEARCH_SUMMARY, text->summary);
        add_body(w, tongue, text->body);
    }
}

static int64_t year_of(fact_list facts, str key)
{
    int64_t year;
    return number_parse(fact_value(facts, key), 1000, 9999, &year) == OK ? year : 0;
}

static uint32_t languages_of(fact_list facts)
{
    uint32_t languages = 0;
    int tongue;
    str codes = fact_value(facts, S("languages"));
    if (str_eq(codes, S("all")))
        return (UINT32_C(1) << LANG_COUNT) - 1;
    while (codes.n)
        if (tongue_of(str_cut(codes, ' ', &codes), &tongue))
            languages |= UINT32_C(1) << tongue;
    for (size_t i = 0; i < facts.n; i++) {
        str language, name = str_cut(facts.at[i].key, '_', &language);
        if ((str_eq(name, S("url")) || str_eq(name, S("file"))) && tongue_of(language, &tongue))
            languages |= UINT32_C(1) << tongue;
    }
    return languages;
}

static document_facts facts_of(const alliance *al, const content_item *item)
{
    document_facts d = {
        .item = item,
        .kind = fact_value(item->facts, S("kind")),
        .publisher = fact_value(item->facts, S("publisher")),
        .topics = fact_value(item->facts, S("topics")),
        .year = year_of(item->facts, S("year")),
        .end = year_of(item->facts, S("year_end")),
        .languages = languages_of(item->facts),
    };
    str next = fact_value(item->facts, S("replaced_by"));
    if (clock_read_day(fact_value(item->facts, S("added")), &d.added_ms) != OK)
        d.added_ms = item->since_ms;
    if (d.end < d.year)
        d.end = d.year;
    if (next.n)
        d.replaced_by = alliance_item(al, S("document"), next);
    return d;
}

static void set_documents(listing_work *w)
{
    size_t n = 0;
    while (n < w->n && w->entries[n].kind == ENTRY_DOCUMENT)
        n++;
    document_facts *all = arena_array(w->a, document_facts, n);
    for (size_t i = 0; i < n; i++)
        all[i] = facts_of(w->al, w->entries[i].item);
    w->out->documents = all;
    w->out->document_n = n;
}

/* Dates are written so that they sort as text. */
static int newest_first(const void *left, const void *right)
{
    const content_item *a = left, *b = right;
    int order = str_cmp(fact_value(b->facts, S("date")), fact_value(a->facts, S("date")));
    return order ? order : str_cmp(a->slug, b->slug);
}

static void set_news(listing_work *w)
{
    content_list news = alliance_items(w->al, S("news"));
    content_item *all = arena_array(w->a, content_item, news.n);
    if (news.n) {
        memcpy(all, news.at, news.n * sizeof *all);
        qsort(all, news.n, sizeof *all, newest_first);
    }
    w->out->news = (content_list){all, news.n};
}

static void add_kind(listing_work *w, entry_kind kind, str name)
{
    content_list items = kind == ENTRY_NEWS ? w->out->news : alliance_items(w->al, name);
    for (size_t i = 0; i < items.n; i++)
        add_item(w, kind, &items.at[i]);
}

/* --- files --- */

/* The text of a document's file in a language. A language that the program does not have is not
 * asked for: it has no field. */
static err add_file(listing_work *w, core *rules, size_t document, lang l)
{
    const content_item *item = w->out->documents[document].item;
    str key = arena_printf(w->scratch, "file_%.*s", STR_FMT(lang_code(l))), words;
    const content_file *file = content_file_named(item, fact_value(item->facts, key), 0);
    err e = file ? file_text_read(rules, w->scratch, file->source, &words) : ERR_NOT_FOUND;
    if (e == OK)
        search_add_file(w->index, document, (int)l, words);
    arena_reset(w->scratch);
    return e == ERR_NOT_FOUND ? OK : e;
}

static err add_files(listing_work *w, core *rules)
{
    for (size_t i = 0; i < w->out->document_n; i++)
        for (size_t l = 0; l < LANG_COUNT && w->out->documents[i].item->files.n; l++)
            TRY(add_file(w, rules, i, (lang)l));
    return OK;
}

err catalogue_make(core *rules, arena *a, const alliance *al, catalogue *out)
{
    *out = (catalogue){.n = 0};
    listing_work w = {
        .a = a,
        .scratch = arena_open(64 << 20),
        .al = al,
        .out = out,
        .entries = arena_array(a, entry, al->items.n + al->declarations.n),
        .index = search_begin(),
    };
    set_news(&w);
    for (size_t k = 0; k < sizeof kinds / sizeof *kinds; k++)
        add_kind(&w, kinds[k].kind, kinds[k].name);
    for (size_t i = 0; i < al->declarations.n; i++)
        add_declaration(&w, &al->declarations.at[i]);
    out->entries = w.entries;
    set_documents(&w);
    err e = add_files(&w, rules);
    out->index = search_end(w.index);
    out->n = search_things(out->index);
    arena_close(w.scratch);
    return e;
}

void catalogue_close(catalogue *c)
{
    search_close(c->index);
}

const document_facts *catalogue_document(const catalogue *c, str slug)
{
    for (size_t i = 0; i < c->document_n; i++)
        if (str_eq(c->documents[i].item->slug, slug))
            return &c->documents[i];
    return NULL;
}
