/* SPDX-License-Identifier: EUPL-1.2 */
/* A plain form in the address: what is chosen is shown, and every choice can be linked to. */

#include "web/page_embed.h"

#include "base/number.h"
#include "page_views.h"
#include "routes.h"
#include "web/shown.h"

typedef str address(arena *a, str lang, str slug);

static const struct {
    str code;
    msg name;
    int64_t height; /* that it usually needs */
    address *url;
} shows[SHOWS] = {
    [SHOW_COUNT] = {STR_INIT("count"), MSG_EMBED_COUNT, 320, url_embed_count},
    [SHOW_SIGN] = {STR_INIT("sign"), MSG_EMBED_SIGN, 1400, url_embed_sign},
    [SHOW_LATEST] = {STR_INIT("latest"), MSG_HOME_LATEST, 580, url_embed_latest},
};

typedef struct wish {
    const declaration *d;
    embed_show show;
    embed_look look;
    int64_t width;
} wish;

static err read_show(str code, embed_show *out_show)
{
    for (size_t i = 0; i < SHOWS; i++) {
        if (str_eq(code, shows[i].code)) {
            *out_show = (embed_show)i;
            return OK;
        }
    }
    return ERR_INVALID;
}

static err read_wish(const page_context *pc, req *rq, wish *out_wish)
{
    wish w = {.d = pc->frame.main};
    str slug = req_query(rq, S("declaration")), show = req_query(rq, S("show"));
    str width = str_trim(req_query(rq, S("width")));
    if (slug.n)
        TRY(page_declaration(pc, slug, &w.d));
    if (!w.d)
        return ERR_NOT_FOUND;
    if (show.n)
        TRY(read_show(show, &w.show));
    if (width.n && number_parse(width, EMBED_WIDTH_LEAST, EMBED_WIDTH_MOST, &w.width) != OK)
        return ERR_INVALID;
    TRY(embed_look_read(pc->frame.ed, rq, &w.look));
    *out_wish = w;
    return OK;
}

static str words(const page_context *pc, msg m)
{
    return lang_text(pc->a, pc->frame.l, m, NULL, 0);
}

static embed_choices declarations_of(const page_context *pc, const wish *w)
{
    declaration_list all = pc->frame.ed->al->declarations;
    embed_choices list = {arena_array(pc->a, embed_choice, all.n), 0};
    for (size_t i = 0; i < all.n; i++) {
        const declaration *d = &all.at[i];
        const declaration_text *text = declaration_text_in(d, d->version, pc->frame.code);
        if (text)
            list.at[list.n++] = (embed_choice){d->slug, text->title, d == w->d};
    }
    return list;
}

static embed_choices shows_of(const page_context *pc, const wish *w)
{
    embed_choices list = {arena_array(pc->a, embed_choice, SHOWS), SHOWS};
    for (size_t i = 0; i < SHOWS; i++)
        list.at[i] = (embed_choice){shows[i].code, words(pc, shows[i].name), w->show == i};
    return list;
}

static embed_choices grounds_of(const page_context *pc, const wish *w)
{
    static const msg names[] = {[GROUND_AUTO] = MSG_EMBED_AUTO,
                                [GROUND_LIGHT] = MSG_EMBED_LIGHT,
                                [GROUND_DARK] = MSG_EMBED_DARK};
    embed_choices list = {arena_array(pc->a, embed_choice, GROUND_DARK + 1), 0};
    for (palette_ground g = GROUND_AUTO; g <= GROUND_DARK; g++)
        list.at[list.n++] =
            (embed_choice){palette_ground_word(g), words(pc, names[g]), w->look.ground == g};
    return list;
}

static embed_choices partners_of(page_context *pc, const wish *w)
{
    shown_list all = shown_items(pc, S("partner"), SIZE_MAX);
    embed_choices list = {arena_array(pc->a, embed_choice, all.n), 0};
    for (size_t i = 0; i < all.n; i++) {
        str slug = all.at[i].item->slug;
        list.at[list.n++] = (embed_choice){slug, all.at[i].title, str_eq(slug, w->look.src)};
    }
    return list;
}

static str address_of(const page_context *pc, str url, str query)
{
    return arena_printf(pc->a, "%.*s%.*s%.*s", STR_FMT(pc->frame.app->origin), STR_FMT(url),
                        STR_FMT(query));
}

static void set_addresses(const page_context *pc, const wish *w, embed_page *p)
{
    str code = pc->frame.code, slug = w->d->slug;
    str query = embed_query(pc->a, &w->look, true), looks = embed_query(pc->a, &w->look, false);
    str url = shows[w->show].url(pc->a, code, slug);
    str src = w->look.src.n ? arena_printf(pc->a, "?src=%.*s", STR_FMT(w->look.src)) : S("");
    p->frame_url = arena_printf(pc->a, "%.*s%.*s", STR_FMT(url), STR_FMT(query));
    p->frame_address = address_of(pc, p->frame_url, S(""));
    p->image_address = address_of(pc, url_embed_image(pc->a, code, slug), looks);
    p->link_address = address_of(pc, url_sign(pc->a, code, slug), src);
    p->script_address = address_of(pc, url_embed_script(pc->a), S(""));
}

typedef void code_view(const view_context *vc, html_out *o, const embed_page *p);

/* The codes are markup, so views make them; the page shows them as text. */
static str code_of(const page_context *pc, const embed_page *p, code_view *view)
{
    buf b = buf_in(pc->a);
    html_out o = {&b};
    view(&pc->view, &o, p);
    return str_trim(buf_str(&b));
}

static err describe(const page_context *pc, const wish *w, embed_page *p)
{
    const declaration_text *text = declaration_text_in(w->d, w->d->version, pc->frame.code);
    if (!text)
        return ERR_NOT_FOUND;
    p->width = w->width;
    p->width_text = w->width ? arena_printf(pc->a, "%lld", (long long)w->width) : S("100%");
    p->height = shows[w->show].height;
    p->title = text->title;
    p->is_count = w->show == SHOW_COUNT;
    set_addresses(pc, w, p);
    return OK;
}

err embed_code(const page_context *pc, const declaration *d, str src, str *out_code)
{
    wish w = {.d = d, .look.src = src};
    embed_page p = {.width = 0};
    TRY(describe(pc, &w, &p));
    *out_code = code_of(pc, &p, view_embed_code_script);
    return OK;
}

err page_embed(struct app *ap, req *rq, reply *out)
{
    page_context pc;
    wish w;
    TRY(page_begin(ap, rq, &pc));
    TRY(read_wish(&pc, rq, &w));
    frame *f = &pc.frame;
    palette p = palette_make(w.look.ground, w.look.has_accent ? &w.look.accent : NULL);
    embed_page e = {
        .url = url_embed_page(pc.a, f->code),
        .declarations = declarations_of(&pc, &w),
        .shows = shows_of(&pc, &w),
        .grounds = grounds_of(&pc, &w),
        .partners = partners_of(&pc, &w),
        .accent = rgb_text(pc.a, p.accent),
    };
    TRY(describe(&pc, &w, &e));
    e.image_code = code_of(&pc, &e, view_embed_code_image);
    e.frame_code = code_of(&pc, &e, view_embed_code_frame);
    e.script_code = code_of(&pc, &e, view_embed_code_script);
    f->title = words(&pc, MSG_EMBED_TITLE);
    f->description = words(&pc, MSG_EMBED_LEAD);
    html_out o = page_reply(&pc, out, 200);
    view_page_embed(&pc.view, &o, &e);
    return OK;
}
