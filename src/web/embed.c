/* SPDX-License-Identifier: EUPL-1.2 */
/* Count, picture and latest signatories in frames of other sites; the form is page_sign.c's. */

#include "web/embed.h"

#include "core/listing.h"
#include "html/count_image.h"
#include "page_views.h"
#include "routes.h"
#include "static/assets.h"
#include "web/share.h"

enum { LATEST = 5 };

err embed_look_read(const edition *ed, req *rq, embed_look *out_look)
{
    embed_look look = {.ground = GROUND_AUTO};
    str theme = req_query(rq, S("theme")), accent = req_query(rq, S("accent"));
    if (theme.n)
        TRY(palette_ground_read(theme, &look.ground));
    if (str_starts(accent, S("#"))) /* as colour pickers send it */
        accent = str_skip(accent, 1);
    if (accent.n)
        TRY(rgb_read(accent, &look.accent));
    look.has_accent = accent.n > 0;
    if (ed && share_source_is_known(ed, req_query(rq, S("src"))))
        look.src = req_query(rq, S("src"));
    *out_look = look;
    return OK;
}

static void put_pair(buf *b, const char *name, str value)
{
    buf_put_char(b, b->n ? '&' : '?');
    buf_put(b, str_of(name));
    buf_put_char(b, '=');
    buf_put(b, value);
}

str embed_query(arena *a, const embed_look *look, bool with_src)
{
    buf b = buf_in(a);
    if (look->ground != GROUND_AUTO)
        put_pair(&b, "theme", palette_ground_word(look->ground));
    if (look->has_accent)
        put_pair(&b, "accent", str_skip(rgb_text(a, look->accent), 1));
    if (with_src && look->src.n)
        put_pair(&b, "src", look->src);
    return buf_str(&b);
}

static str with_source(arena *a, str url, str src)
{
    return src.n ? arena_printf(a, "%.*s?src=%.*s", STR_FMT(url), STR_FMT(src)) : url;
}

err embed_begin(struct app *ap, req *rq, page_context *pc, embed *e)
{
    const declaration *d;
    embed_look look;
    TRY(page_begin(ap, rq, pc));
    TRY(page_declaration(pc, req_segment(rq, 1), &d));
    TRY(embed_look_read(pc->frame.ed, rq, &look));
    const declaration_text *text = declaration_text_in(d, d->version, pc->frame.code);
    if (!text)
        return ERR_NOT_FOUND;
    str sheet = embed_query(pc->a, &look, false);
    *e = (embed){.figure = figure_of(pc, d),
                 .title = text->title,
                 .title_lang = str_eq(text->lang, pc->frame.code) ? (str){"", 0} : text->lang,
                 .query = embed_query(pc->a, &look, true)};
    e->colours_url =
        arena_printf(pc->a, "%.*s%.*s", STR_FMT(url_embed_colours(pc->a)), STR_FMT(sheet));
    e->sign_url = with_source(pc->a, e->figure.sign_url, look.src);
    pc->frame.embed = e;
    pc->frame.title = text->title;
    pc->frame.robots = S("noindex");
    return OK;
}

err embed_count(struct app *ap, req *rq, reply *out)
{
    page_context pc;
    embed e;
    TRY(embed_begin(ap, rq, &pc, &e));
    html_out o = page_reply(&pc, out, 200);
    view_embed_count(&pc.view, &o, &e);
    return OK;
}

err embed_latest(struct app *ap, req *rq, reply *out)
{
    page_context pc;
    embed e;
    listing_page rows = {0};
    TRY(embed_begin(ap, rq, &pc, &e));
    TRY(listing_read(&ap->core, pc.a, e.figure.d->id, &(listing_filter){0}, LATEST, &rows));
    e.latest = signers_shown(&pc, e.figure.d, &rows);
    html_out o = page_reply(&pc, out, 200);
    view_embed_latest(&pc.view, &o, &e);
    return OK;
}

err embed_image(struct app *ap, req *rq, reply *out)
{
    page_context pc;
    embed e;
    embed_look look;
    TRY(embed_begin(ap, rq, &pc, &e));
    TRY(embed_look_read(pc.frame.ed, rq, &look));
    palette p = palette_make(look.ground, look.has_accent ? &look.accent : NULL);
    int64_t n = e.figure.count;
    lang l = pc.frame.l;
    count_image image = {
        .title = frame_brand(&pc.frame),
        .number = n ? lang_number(pc.a, l, n) : (str){"", 0},
        .caption = n ? figure_caption(pc.a, l, n) : lang_text(pc.a, l, MSG_COUNT_BE_FIRST, NULL, 0),
        .count = n,
        .goal = e.figure.goal,
        .paper = rgb_text(pc.a, p.paper),
        .ink = rgb_text(pc.a, p.ink),
        .soft = rgb_text(pc.a, p.soft),
        .line = rgb_text(pc.a, p.line),
        .accent = rgb_text(pc.a, p.accent),
        .accent_text = rgb_text(pc.a, p.accent_text),
    };
    html_out o = {reply_body(out, 200, S("image/svg+xml"))};
    reply_header(out, S("Content-Language"), pc.frame.code);
    count_image_put(&o, &image);
    return OK;
}

err embed_colours(struct app *ap, req *rq, reply *out)
{
    embed_look look;
    (void)ap;
    TRY(embed_look_read(NULL, rq, &look));
    buf_put(reply_body(out, 200, S("text/css; charset=utf-8")),
            palette_sheet(req_arena(rq), look.ground, look.has_accent ? &look.accent : NULL));
    return OK;
}

/* Under one name for all time, because hosts have it in their pages. */
err embed_script(struct app *ap, req *rq, reply *out)
{
    (void)ap;
    (void)rq;
    const asset *a = asset_find(ASSET_EMBED_JS);
    BUG_IF(!a);
    reply_constant(out, a->content_type, a->identity, a->gzip, a->br);
    return OK;
}
