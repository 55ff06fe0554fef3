/* SPDX-License-Identifier: EUPL-1.2 */
/* The page tells how large the files are, so they are drawn before it is shown for the first time:
 * those of nobody, as those of a partner differ by its name alone. */

#include "web/page_materials.h"

#include "page_views.h"
#include "routes.h"
#include "web/page_embed.h"

static str words_of(const page_context *pc, msg m)
{
    return lang_text(pc->a, pc->frame.l, m, NULL, 0);
}

static material material_of(const kit *nobodys, const kit_file *f)
{
    int64_t bytes = kit_bytes(nobodys, f);
    const page_context *pc = nobodys->pc;
    return (material){f, bytes > 0 ? page_size(pc->a, pc->frame.l, bytes) : S("")};
}

static materials_sections sections_of(const page_context *pc, const kit *nobodys)
{
    static const struct heading {
        kit_section kind;
        msg words;
    } headings[] = {
        {KIT_POSTERS, MSG_MATERIALS_POSTERS},
        {KIT_PICTURES, MSG_MATERIALS_PICTURES},
        {KIT_SLIDES, MSG_MATERIALS_SLIDES},
        {KIT_LOGOS, MSG_MATERIALS_LOGOS},
    };
    enum { SECTIONS = sizeof headings / sizeof *headings };
    kit_file_list all = kit_files();
    materials_section *at = arena_array(pc->a, materials_section, SECTIONS);
    for (size_t s = 0; s < SECTIONS; s++) {
        at[s] = (materials_section){words_of(pc, headings[s].words),
                                    arena_array(pc->a, material, all.n), 0};
        for (size_t i = 0; i < all.n; i++)
            if (all.at[i].section == headings[s].kind)
                at[s].at[at[s].n++] = material_of(nobodys, &all.at[i]);
    }
    return (materials_sections){at, SECTIONS};
}

/* A partner by the acronym of this language. */
static str partner_name(const page_context *pc, const content_item *of)
{
    const content_text *text = content_text_in(of, pc->frame.code);
    str name = text ? fact_value(text->header, S("acronym")) : (str){"", 0};
    return name.n ? name : of->slug;
}

err page_materials(struct app *ap, req *rq, reply *out)
{
    page_context pc;
    kit k, nobodys;
    TRY(page_begin(ap, rq, &pc));
    frame *f = &pc.frame;
    if (!f->main || !ap->drawings)
        return ERR_NOT_FOUND;
    TRY(kit_open(&pc, f->main, req_query(rq, S("src")), &k));
    TRY(kit_open(&pc, f->main, S(""), &nobodys));
    str source = k.partner ? k.partner->slug : S("");
    materials_page p = {
        .kit = &k,
        .whole = material_of(&nobodys, kit_file_of(S("kit.zip"))),
        .picture = kit_file_of(S(FRAME_PICTURE)),
        .sections = sections_of(&pc, &nobodys),
        .texts = kit_texts(&k),
        .posts = kit_posts(&k),
        .texts_file = material_of(&nobodys, kit_file_of(S("texts.txt"))),
        .signature_file = material_of(&nobodys, kit_file_of(S("signature.html"))),
        .widget_url = url_embed_page(pc.a, f->code),
        .partner = k.partner ? partner_name(&pc, k.partner) : (str){"", 0},
        .partners = shown_items(&pc, S("partner"), SIZE_MAX),
    };
    TRY(share_make(&pc, f->main, k.says.title, S(""), S(""), source, &p.share));
    TRY(embed_code(&pc, f->main, source, &p.widget));
    if (source.n)
        p.widget_url = arena_printf(pc.a, "%.*s?src=%.*s", STR_FMT(p.widget_url), STR_FMT(source));
    kit_text signature = {words_of(&pc, MSG_MATERIALS_SIGNATURE), kit_signature(&k)};
    p.signatures = (kit_text_list){&signature, 1};
    frame_note_text(f, k.lang, k.state);
    f->title = words_of(&pc, MSG_MATERIALS_TITLE);
    f->description = words_of(&pc, MSG_MATERIALS_LEAD);
    f->current = "actions";
    html_out o = page_reply(&pc, out, 200);
    view_page_materials(&pc.view, &o, &p);
    return OK;
}

/* What a kit needs while it is sent; lives with the request. */
typedef struct kit_request {
    page_context pc;
    kit k;
} kit_request;

static err next_part(void *pack, arena *part, buf *to, bool *out_is_last)
{
    (void)part;
    return kit_pack_next(pack, to, out_is_last);
}

static err reply_kit(const kit *k, const kit_file *f, reply *out)
{
    str bytes, type = str_of(f->type);
    if (f->section == KIT_WHOLE)
        return reply_stream(out, type, next_part, kit_pack_open(k));
    TRY(kit_make(k, k->pc->a, f, &bytes));
    buf_put(reply_body(out, 200, type), bytes);
    return OK;
}

err page_kit(struct app *ap, req *rq, reply *out)
{
    kit_request *r = arena_new(req_arena(rq), kit_request);
    const declaration *d;
    const kit_file *f = kit_file_of(req_segment(rq, 2));
    TRY(page_begin(ap, rq, &r->pc));
    TRY(page_declaration(&r->pc, req_segment(rq, 1), &d));
    if (!f || !ap->drawings)
        return ERR_NOT_FOUND;
    TRY(kit_open(&r->pc, d, req_query(rq, S("src")), &r->k));
    TRY(reply_kit(&r->k, f, out));
    reply_header(out, S("Content-Disposition"),
                 arena_printf(r->pc.a, "%s; filename=\"%.*s\"",
                              f->section == KIT_WHOLE || f->section == KIT_SIGNATURE ? "attachment"
                                                                                     : "inline",
                              STR_FMT(kit_saved_name(&r->k, f))));
    reply_header(out, S("X-Robots-Tag"), S("noindex"));
    return OK;
}
