/* SPDX-License-Identifier: EUPL-1.2 */
/* Looking up texts is the moment to note what the frame must say about them. */

#include "web/shown.h"

#include "routes.h"

static bool show(page_context *pc, const content_item *item, shown *out)
{
    const content_text *text = content_text_in(item, pc->frame.code);
    if (!text)
        return false;
    frame_note_text(&pc->frame, text->lang, text->state);
    *out = (shown){
        .item = item,
        .text = text,
        .title = fact_value(text->header, S("title")),
        .is_foreign = !str_eq(text->lang, pc->frame.code),
        .lang = text->lang,
        .code = pc->frame.code,
    };
    return true;
}

shown_list shown_items(page_context *pc, str kind, size_t most)
{
    content_list items = alliance_items(pc->frame.ed->al, kind);
    shown *all = arena_array(pc->a, shown, items.n);
    size_t n = 0;
    for (size_t i = 0; i < items.n && n < most; i++)
        n += show(pc, &items.at[i], &all[n]);
    return (shown_list){all, n};
}

err shown_item(page_context *pc, str kind, str slug, shown *out)
{
    const content_item *item = alliance_item(pc->frame.ed->al, kind, slug);
    return item && show(pc, item, out) ? OK : ERR_NOT_FOUND;
}

err shown_of(page_context *pc, const content_item *item, shown *out)
{
    return show(pc, item, out) ? OK : ERR_NOT_FOUND;
}

str shown_fact(const shown *s, str key)
{
    return fact_value(s->item->facts, key);
}

str shown_header(const shown *s, str key)
{
    return fact_value(s->text->header, key);
}

safe_html shown_body(arena *a, const shown *s, int top_heading)
{
    return shown_text(a, s->code, s->text->body, top_heading);
}

/* "page/privacy". Items without a page of their own stand in the list of their kind. */
static str address_of_item(arena *a, const void *context, str named)
{
    str code = *(const str *)context;
    str slug, kind = str_cut(named, '/', &slug);
    if (str_eq(kind, S("page")))
        return url_text(a, code, slug);
    if (str_eq(kind, S("action")))
        return url_action(a, code, slug);
    if (str_eq(kind, S("declaration")))
        return url_declaration(a, code, slug);
    if (str_eq(kind, S("partner")))
        return url_partners(a, code);
    if (str_eq(kind, S("document")))
        return url_documents(a, code);
    if (str_eq(kind, S("story")))
        return url_story(a, code, slug);
    return str_eq(kind, S("alliance")) ? url_home(a, code) : (str){"", 0};
}

safe_html shown_text(arena *a, str code, str markdown, int top_heading)
{
    return html_markdown_linked(a, markdown, top_heading, address_of_item, &code);
}

str shown_language(str code)
{
    lang l;
    return lang_by_code(code, &l) == OK ? lang_native_name(l) : code;
}

static str address_of(arena *a, const content_file *f)
{
    return f ? url_media(a, f->hash, f->published) : (str){"", 0};
}

shown_picture shown_picture_of(arena *a, const shown *s, str key)
{
    enum { SHOWN_FORM = 800 };
    static const int64_t forms[] = {400, 800, 1600};
    str name = shown_fact(s, key);
    const content_file *main = content_file_named(s->item, name, SHOWN_FORM);
    if (!main || main->width == 0)
        return (shown_picture){.url = {"", 0}};
    buf srcset = buf_in(a);
    for (size_t i = 0; main->form > 0 && i < sizeof forms / sizeof *forms; i++) {
        const content_file *f = content_file_named(s->item, name, forms[i]);
        str url = address_of(a, f);
        if (f->form == forms[i])
            buf_printf(&srcset, "%s%.*s %lldw", srcset.n ? ", " : "", STR_FMT(url),
                       (long long)f->width);
    }
    if (srcset.n == 0) /* a drawing fits every width */
        buf_printf(&srcset, "%.*s %lldw", STR_FMT(address_of(a, main)), (long long)main->width);
    return (shown_picture){
        .url = address_of(a, main),
        .srcset = buf_str(&srcset),
        .width = main->width,
        .height = main->height,
        .alt = shown_header(s, arena_printf(a, "%.*s_alt", STR_FMT(key))),
    };
}

str shown_file_url(arena *a, const shown *s, str name)
{
    return address_of(a, content_file_named(s->item, name, 0));
}

str page_size(arena *a, lang l, int64_t bytes)
{
    bool is_large = bytes >= 1000000;
    str number =
        is_large ? lang_decimal(a, l, bytes / 1000, 1) : lang_number(a, l, (bytes + 999) / 1000);
    return arena_printf(a, "%.*s\u00A0%s", STR_FMT(number), is_large ? "MB" : "KB");
}
