/* SPDX-License-Identifier: EUPL-1.2 */
/* The frame: one place decides the language of a reply. The path says it, and nothing else, when it
 * holds a language; only addresses without one (the front door, errors, the office) listen to the
 * browser. */

#include "web/frame.h"

#include "routes.h"
#include "static/assets.h"

/* The language that begins the path; false when none does. Out: what follows it. */
static bool path_lang(str path, lang *out_lang, str *out_rest)
{
    str first = str_skip(path, 1);
    if (str_starts(first, S("embed/")))
        first = str_skip(first, sizeof "embed/" - 1);
    size_t end = str_find(first, '/');
    if (lang_by_code(str_head(first, end), out_lang) != OK)
        return false;
    *out_rest = str_skip(first, end);
    return true;
}

err page_begin(struct app *ap, req *rq, page_context *out)
{
    arena *a = req_arena(rq);
    const edition *ed = newsroom_read(ap->news, a);
    lang l = LANG_EN;
    str rest = {"", 0};
    if (!path_lang(req_path(rq), &l, &rest))
        (void)lang_negotiate(req_header(rq, S("accept-language")), &l);
    int64_t now_ms = req_now_ms(rq);
    const declaration *leading = edition_main(ed, now_ms);
    content_list homes = alliance_items(ed->al, S("alliance"));
    *out = (page_context){
        .frame = {.app = ap,
                  .ed = ed,
                  .has_samples = ed->al->has_samples,
                  .main = leading,
                  .alliance = homes.n ? content_text_in(&homes.at[0], lang_code(l)) : NULL,
                  .l = l,
                  .code = lang_code(l),
                  .path = rest,
                  .now_ms = now_ms,
                  .about = linked_data_begin(a)},
        .view = {a, l, &out->frame},
        .a = a,
    };
    if (leading)
        frame_show(out, leading);
    return OK;
}

err page_declaration(const page_context *pc, str slug, const declaration **out)
{
    const declaration *d = alliance_declaration(pc->frame.ed->al, slug);
    if (!d)
        return ERR_NOT_FOUND;
    *out = d;
    return OK;
}

html_out page_reply(const page_context *pc, reply *out, int status)
{
    const frame *f = &pc->frame;
    html_out o = reply_html(out, status);
    reply_header(out, S("Content-Language"), f->code);
    if (f->robots.n || f->is_private)
        reply_header(out, S("X-Robots-Tag"), S("noindex"));
    return o;
}

void frame_show(page_context *pc, const declaration *d)
{
    frame *f = &pc->frame;
    if (f->app->drawings)
        f->picture = url_kit(pc->a, f->code, d->slug, S(FRAME_PICTURE));
}

void frame_keep_query(frame *f, str url)
{
    f->query = str_skip(url, str_find(url, '?'));
}

void frame_note_text(frame *f, str code, str state)
{
    if (str_eq(state, S("machine")) && str_eq(code, f->code))
        f->has_machine = true;
    if (str_eq(state, S("outdated")) && str_eq(code, f->code))
        f->has_outdated = true;
}

str frame_brand(const frame *f)
{
    str name = f->alliance ? fact_value(f->alliance->header, S("title")) : (str){"", 0};
    return name.n ? name : S("Undersigned");
}

static str url_in(arena *a, const frame *f, str code)
{
    buf url = buf_in(a);
    buf_put_char(&url, '/');
    buf_put(&url, code);
    url_put_rest(&url, f->path);
    buf_put(&url, f->query);
    return buf_str(&url);
}

static str with_origin(arena *a, const frame *f, str url)
{
    return arena_printf(a, "%.*s%.*s", STR_FMT(f->app->origin), STR_FMT(url));
}

str frame_picture_address(arena *a, const frame *f)
{
    return with_origin(a, f, f->picture);
}

/* On FRAME_PICTURE, what stands largest there. */
str frame_picture_words(arena *a, const frame *f)
{
    if (f->picture_words.n)
        return f->picture_words;
    str cry = f->alliance ? fact_value(f->alliance->header, S("short")) : (str){"", 0};
    return cry.n ? arena_printf(a, "%.*s: %.*s", STR_FMT(frame_brand(f)), STR_FMT(cry))
                 : frame_brand(f);
}

str frame_address(arena *a, const frame *f)
{
    return with_origin(a, f, f->canonical.n ? f->canonical : url_in(a, f, f->code));
}

tongue_list frame_tongues(arena *a, const frame *f)
{
    tongue *all = arena_array(a, tongue, LANG_COUNT);
    for (size_t i = 0; i < LANG_COUNT; i++) {
        lang l = (lang)i;
        str url = url_in(a, f, lang_code(l));
        str kept = arena_printf(a, "%.*s%.*s", STR_FMT(url), STR_FMT(f->carried));
        all[i] =
            (tongue){l, lang_code(l), lang_native_name(l), kept, with_origin(a, f, url), l == f->l};
    }
    return (tongue_list){all, LANG_COUNT};
}

str frame_default_address(arena *a, const frame *f)
{
    return with_origin(a, f, f->path.n ? url_in(a, f, lang_code(LANG_EN)) : url_front(a));
}

frame_link_list frame_texts(arena *a, const frame *f)
{
    content_list pages = alliance_items(f->ed->al, S("page"));
    frame_link *all = arena_array(a, frame_link, pages.n);
    size_t n = 0;
    for (size_t i = 0; i < pages.n; i++) {
        const content_text *text = content_text_in(&pages.at[i], f->code);
        if (!text)
            continue;
        str url = url_text(a, f->code, pages.at[i].slug);
        all[n++] = (frame_link){
            .url = url,
            .name = fact_value(text->header, S("title")),
            .is_present = str_eq(url, url_in(a, f, f->code)),
            .lang = str_eq(text->lang, f->code) ? (str){"", 0} : text->lang,
        };
    }
    return (frame_link_list){all, n};
}

bool frame_is_at(const frame *f, const char *place)
{
    return f->current && strcmp(f->current, place) == 0;
}

str frame_font(const frame *f)
{
    if (f->l == LANG_BG)
        return ASSET_FONTS_COMMISSIONER_CYRILLIC_WOFF2;
    if (f->l == LANG_EL)
        return ASSET_FONTS_COMMISSIONER_GREEK_WOFF2;
    return ASSET_FONTS_COMMISSIONER_LATIN_WOFF2;
}
