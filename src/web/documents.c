/* SPDX-License-Identifier: EUPL-1.2 */
/* From facts to words. What the facts leave open stays open: no year is guessed, no list of
 * languages made up. */

#include "web/documents.h"

static str text_of(const page_context *pc, msg m)
{
    return lang_text(pc->a, pc->frame.l, m, NULL, 0);
}

static str kind_name(const page_context *pc, str code)
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
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++)
        if (str_eq(kinds[i].code, code))
            return text_of(pc, kinds[i].name);
    return (str){"", 0};
}

static void set_publisher(page_context *pc, document *d)
{
    str code = shown_fact(&d->text, S("publisher"));
    shown partner;
    if (str_eq(code, S("alliance"))) {
        d->publisher = frame_brand(&pc->frame);
    } else if (str_eq(code, S("other"))) {
        d->publisher = shown_header(&d->text, S("publisher"));
        d->publisher_lang = d->text.is_foreign ? d->text.lang : (str){"", 0};
    } else if (shown_item(pc, S("partner"), code, &partner) == OK) {
        str acronym = shown_header(&partner, S("acronym"));
        d->publisher = acronym.n ? acronym : partner.title;
        d->publisher_lang = partner.is_foreign ? partner.lang : (str){"", 0};
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

document_list documents_shown(page_context *pc, size_t most)
{
    shown_list items = shown_items(pc, S("document"), most);
    document *all = arena_array(pc->a, document, items.n);
    for (size_t i = 0; i < items.n; i++) {
        document *d = &all[i];
        const shown *s = &items.at[i];
        d->text = *s;
        d->kind = kind_name(pc, shown_fact(s, S("kind")));
        set_publisher(pc, d);
        d->years = years_of(pc, s);
        d->languages = languages_of(pc, s);
        d->url = shown_fact(s, S("url"));
    }
    return (document_list){all, items.n};
}
