/* SPDX-License-Identifier: EUPL-1.2 */
/* From facts to words. What the facts leave open stays open: no year is guessed, no list of
 * languages made up. */

#include "web/documents.h"

#include "base/number.h"
#include "routes.h"

static str text_of(const page_context *pc, msg m)
{
    return lang_text(pc->a, pc->frame.l, m, NULL, 0);
}

bool document_kind_name(const page_context *pc, str code, str *out_name)
{
    static const struct {
        str code;
        msg name;
    } kinds[] = {
        {STR_INIT("opinion"), MSG_DOCUMENT_OPINION},
        {STR_INIT("report"), MSG_DOCUMENT_REPORT},
        {STR_INIT("reflection"), MSG_DOCUMENT_REFLECTION},
        {STR_INIT("position"), MSG_DOCUMENT_POSITION},
        {STR_INIT("declaration"), MSG_DOCUMENT_DECLARATION},
    };
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++) {
        if (!str_eq(kinds[i].code, code))
            continue;
        *out_name = text_of(pc, kinds[i].name);
        return true;
    }
    return false;
}

str document_publisher_name(page_context *pc, str code)
{
    shown partner;
    if (str_eq(code, S("alliance")))
        return frame_brand(&pc->frame);
    if (str_eq(code, S("other")))
        return text_of(pc, MSG_DOCUMENTS_OTHER);
    if (shown_item(pc, S("partner"), code, &partner) != OK)
        return code;
    str acronym = shown_header(&partner, S("acronym"));
    return acronym.n ? acronym : partner.title;
}

str document_topic_name(page_context *pc, str code)
{
    shown topic;
    return shown_item(pc, S("topic"), code, &topic) == OK ? topic.title : code;
}

static void set_publisher(page_context *pc, document *d)
{
    str code = d->facts->publisher;
    shown partner;
    if (str_eq(code, S("other"))) {
        d->publisher = shown_header(&d->text, S("publisher"));
        d->publisher_lang = d->text.is_foreign ? d->text.lang : (str){"", 0};
    } else if (code.n) {
        d->publisher = document_publisher_name(pc, code);
        if (shown_item(pc, S("partner"), code, &partner) == OK && partner.is_foreign)
            d->publisher_lang = partner.lang;
    }
}

static str years_of(const page_context *pc, const shown *s)
{
    str year = shown_fact(s, S("year")), end = shown_fact(s, S("year_end"));
    if (str_eq(shown_fact(s, S("frequency")), S("yearly")))
        return text_of(pc, MSG_DOCUMENT_YEARLY);
    if (year.n && end.n)
        return arena_printf(pc->a, "%.*s\u2013%.*s", STR_FMT(year), STR_FMT(end));
    if (year.n && str_eq(shown_fact(s, S("year_qualifier")), S("about")))
        return lang_text(pc->a, pc->frame.l, MSG_DOCUMENT_ABOUT_YEAR,
                         (const msg_arg[MSG_DOCUMENT_ABOUT_YEAR__ARGS]){
                             [MSG_DOCUMENT_ABOUT_YEAR__ARG_YEAR] = msg_arg_of(year)},
                         MSG_DOCUMENT_ABOUT_YEAR__ARGS);
    return year;
}

static str languages_of(const page_context *pc, const shown *s)
{
    str codes = shown_fact(s, S("languages"));
    if (str_eq(codes, S("all")))
        return text_of(pc, MSG_DOCUMENT_ALL_LANGUAGES);
    if (str_eq(codes, S("several")))
        return text_of(pc, MSG_DOCUMENT_SEVERAL_LANGUAGES);
    size_t n = codes.n > 0;
    buf list = buf_in(pc->a);
    for (size_t i = 0; i < codes.n; i++) {
        n += codes.at[i] == ' ';
        buf_put(&list, codes.at[i] == ' ' ? S(", ") : (str){codes.at + i, 1});
    }
    if (n <= 4)
        return buf_str(&list);
    return lang_text(pc->a, pc->frame.l, MSG_DOCUMENT_LANGUAGES,
                     (const msg_arg[MSG_DOCUMENT_LANGUAGES__ARGS]){
                         [MSG_DOCUMENT_LANGUAGES__ARG_COUNT] = msg_arg_of(n)},
                     MSG_DOCUMENT_LANGUAGES__ARGS);
}

err document_shown(page_context *pc, const document_facts *facts, const search_question *question,
                   document *out)
{
    const search_question nothing = {.n = 0};
    const search_index *index = pc->frame.ed->catalogue->index;
    document d = {.facts = facts};
    TRY(shown_of(pc, facts->item, &d.text));
    const search_question *asked = question ? question : &nothing;
    (void)document_kind_name(pc, facts->kind, &d.kind);
    set_publisher(pc, &d);
    d.years = years_of(pc, &d.text);
    d.languages = languages_of(pc, &d.text);
    d.title = search_mark(pc->a, index, asked, d.text.title, 0);
    d.summary = search_mark(pc->a, index, asked, shown_header(&d.text, S("summary")), 0);
    *out = d;
    return OK;
}

document_list documents_shown(page_context *pc, size_t most)
{
    const catalogue *c = pc->frame.ed->catalogue;
    document *all = arena_array(pc->a, document, c->document_n);
    size_t n = 0;
    for (size_t i = 0; i < c->document_n && n < most; i++)
        n += document_shown(pc, &c->documents[i], NULL, &all[n]) == OK;
    return (document_list){all, n};
}

/* "PDF" of ".../a.pdf?x": what is longer or no word is no format. */
static str format_of(arena *a, str url)
{
    url = str_head(url, str_find(url, '?'));
    url = str_head(url, str_find(url, '#'));
    size_t dot = url.n;
    while (dot > 0 && url.at[dot - 1] != '.' && url.at[dot - 1] != '/')
        dot--;
    str ending = str_skip(url, dot);
    if (dot == 0 || url.at[dot - 1] != '.' || ending.n < 2 || ending.n > 4)
        return (str){"", 0};
    static const char *const known[] = {"pdf",  "html", "htm", "docx", "odt", "xlsx",
                                        "pptx", "epub", "txt", "md",   "csv", "zip"};
    for (size_t i = 0; i < sizeof known / sizeof *known; i++) {
        if (!str_eq_nocase(ending, str_of(known[i])))
            continue;
        buf b = buf_in(a);
        for (const char *c = known[i]; *c; c++)
            buf_put_char(&b, (char)(*c - ('a' - 'A')));
        return buf_str(&b);
    }
    return (str){"", 0};
}

static str fact_in(arena *a, const document_facts *facts, const char *name, str code)
{
    return fact_value(facts->item->facts, arena_printf(a, "%s_%.*s", name, STR_FMT(code)));
}

/* False: the document is not there in the language. */
static bool version_in(page_context *pc, const document_facts *facts, lang l, document_version *out)
{
    arena *a = pc->a;
    str code = lang_code(l);
    document_version v = {.code = code, .language = lang_native_name(l)};
    const content_file *file = content_file_named(facts->item, fact_in(a, facts, "file", code), 0);
    if (file) {
        buf hash = buf_in(a);
        buf_put_hex(&hash, file->source.at, file->source.n);
        v.url = url_media(a, file->hash, file->published);
        v.size = page_size(pc->a, pc->frame.l, file->bytes);
        v.sha256 = buf_str(&hash);
    } else {
        int64_t bytes;
        v.url = fact_in(a, facts, "url", code);
        v.sha256 = fact_in(a, facts, "sha256", code);
        if (number_parse(fact_in(a, facts, "size", code), 1, INT64_MAX, &bytes) == OK)
            v.size = page_size(pc->a, pc->frame.l, bytes);
    }
    v.format = format_of(a, v.url);
    *out = v;
    return v.url.n > 0;
}

document_versions document_versions_of(page_context *pc, const document_facts *facts)
{
    document_version *all = arena_array(pc->a, document_version, LANG_COUNT);
    document_versions versions = {all, 0, false};
    if (pc->frame.l < LANG_COUNT)
        versions.n += version_in(pc, facts, pc->frame.l, &all[versions.n]);
    for (size_t i = 0; i < LANG_COUNT; i++)
        if ((lang)i != pc->frame.l)
            versions.n += version_in(pc, facts, (lang)i, &all[versions.n]);
    for (size_t i = 0; i < versions.n; i++)
        if (all[i].format.n || all[i].size.n || all[i].sha256.n)
            versions.has_facts = true;
    return versions;
}
