/* SPDX-License-Identifier: EUPL-1.2 */
#include "web/head.h"

#include "routes.h"

/* Open Graph wants a territory beside each language: the member state that gave it its name here.
 */
static const str territories[LANG_COUNT] = {
    [LANG_BG] = STR_INIT("BG"), [LANG_ES] = STR_INIT("ES"), [LANG_CS] = STR_INIT("CZ"),
    [LANG_DA] = STR_INIT("DK"), [LANG_DE] = STR_INIT("DE"), [LANG_ET] = STR_INIT("EE"),
    [LANG_EL] = STR_INIT("GR"), [LANG_EN] = STR_INIT("IE"), [LANG_FR] = STR_INIT("FR"),
    [LANG_GA] = STR_INIT("IE"), [LANG_HR] = STR_INIT("HR"), [LANG_IT] = STR_INIT("IT"),
    [LANG_LV] = STR_INIT("LV"), [LANG_LT] = STR_INIT("LT"), [LANG_HU] = STR_INIT("HU"),
    [LANG_MT] = STR_INIT("MT"), [LANG_NL] = STR_INIT("NL"), [LANG_PL] = STR_INIT("PL"),
    [LANG_PT] = STR_INIT("PT"), [LANG_RO] = STR_INIT("RO"), [LANG_SK] = STR_INIT("SK"),
    [LANG_SL] = STR_INIT("SI"), [LANG_FI] = STR_INIT("FI"), [LANG_SV] = STR_INIT("SE"),
};

str head_locale(arena *a, lang l)
{
    lang known = l < LANG_COUNT ? l : LANG_EN;
    return arena_printf(a, "%.*s_%.*s", STR_FMT(lang_code(known)), STR_FMT(territories[known]));
}

static str whole(arena *a, const frame *f, str url)
{
    return arena_printf(a, "%.*s%.*s", STR_FMT(f->app->origin), STR_FMT(url));
}

static void put_reference(linked_data *ld, str name, str id)
{
    linked_data_open(ld, name, S(""));
    linked_data_put(ld, S("@id"), id);
    linked_data_close(ld);
}

static void put_alliance(arena *a, const frame *f, linked_data *ld)
{
    str self = whole(a, f, S("/#alliance")), home = whole(a, f, url_home(a, f->code));
    linked_data_open(ld, S(""), S("Organization"));
    linked_data_put(ld, S("@id"), self);
    linked_data_put(ld, S("name"), frame_brand(f));
    linked_data_put(ld, S("url"), home);
    if (f->alliance)
        linked_data_put(ld, S("description"), fact_value(f->alliance->header, S("short")));
    linked_data_close(ld);
    linked_data_open(ld, S(""), S("WebSite"));
    linked_data_put(ld, S("@id"), arena_printf(a, "%.*s#site", STR_FMT(home)));
    linked_data_put(ld, S("name"), frame_brand(f));
    linked_data_put(ld, S("url"), home);
    linked_data_put(ld, S("inLanguage"), f->code);
    put_reference(ld, S("publisher"), self);
    linked_data_open(ld, S("potentialAction"), S("SearchAction"));
    linked_data_open(ld, S("target"), S("EntryPoint"));
    linked_data_put(ld, S("urlTemplate"),
                    arena_printf(a, "%.*s?words={search_term_string}",
                                 STR_FMT(whole(a, f, url_search(a, f->code)))));
    linked_data_close(ld);
    linked_data_put(ld, S("query-input"), S("required name=search_term_string"));
    linked_data_close(ld);
    linked_data_close(ld);
}

static void put_step(linked_data *ld, int64_t position, str name, str address)
{
    linked_data_open(ld, S(""), S("ListItem"));
    linked_data_put_int(ld, S("position"), position);
    linked_data_put(ld, S("name"), name);
    linked_data_put(ld, S("item"), address);
    linked_data_close(ld);
}

static void put_way(arena *a, const frame *f, linked_data *ld)
{
    int64_t position = 1;
    linked_data_open(ld, S(""), S("BreadcrumbList"));
    linked_data_list(ld, S("itemListElement"));
    put_step(ld, position++, frame_brand(f), whole(a, f, url_home(a, f->code)));
    if (f->section.url.n)
        put_step(ld, position++, f->section.name, whole(a, f, f->section.url));
    put_step(ld, position, f->title, frame_address(a, f));
    linked_data_close(ld);
    linked_data_close(ld);
}

safe_html head_linked_data(arena *a, const frame *f)
{
    linked_data ld = f->about;
    if (f->path.n == 0)
        put_alliance(a, f, &ld);
    else
        put_way(a, f, &ld);
    return linked_data_end(&ld);
}
