/* SPDX-License-Identifier: EUPL-1.2 */
/* The sign page is never kept, so it sees where each visitor came from. */

#include "web/share.h"

#include "base/utf8.h"
#include "core/website.h"
#include "http/urlencode.h"
#include "routes.h"

/* As the view names them. */
static const char *const networks[] = {"device",   "copy",     "mail", "whatsapp",
                                       "telegram", "facebook", "x",    "bluesky",
                                       "linkedin", "mastodon", "qr"};

static str own_sentence(const page_context *pc, str title)
{
    _Static_assert(MSG_SHARE_TEXT__ARGS == 1, "the title");
    return lang_text(pc->a, pc->frame.l, MSG_SHARE_TEXT, (const msg_arg[]){msg_arg_of_str(title)},
                     1);
}

/* A host alone, with or without https:// before it. */
static bool read_server(arena *a, str server, str *out_base)
{
    str website;
    *out_base = (str){"", 0};
    if (server.n == 0)
        return true;
    if (website_normal(a, server, &website) != OK || !str_starts(website, S("https://")))
        return false;
    if (str_ends(website, S("/")))
        website.n--;
    str host = str_skip(website, strlen("https://"));
    bool is_host = str_find(host, '/') == host.n && str_find(host, '?') == host.n &&
                   str_find(host, '#') == host.n;
    if (is_host)
        *out_base = website;
    return is_host;
}

err share_make(const page_context *pc, const declaration *d, str title, str words, str server,
               str partner, share *out_share)
{
    const frame *f = &pc->frame;
    str url = url_sign(pc->a, f->code, d->slug);
    words = str_trim(words);
    bool is_usable = words.n > 0 && utf8_length(words) <= SHARE_WORDS_MOST;
    share s = {
        .address = arena_printf(pc->a, "%.*s%.*s", STR_FMT(f->app->origin), STR_FMT(url)),
        .is_sourced = true,
        .partner = partner,
        .title = title,
        .words = is_usable ? words : own_sentence(pc, title),
        .server = str_trim(server),
        .is_open = is_usable || server.n > 0,
    };
    s.is_no_server = !read_server(pc->a, s.server, &s.server_base);
    TRY(qr_make(pc->a, share_address(pc->a, &s, "qr"), &s.code));
    *out_share = s;
    return OK;
}

share share_page(const page_context *pc, str title, str words)
{
    return (share){.address = frame_address(pc->a, &pc->frame),
                   .title = title,
                   .words = words.n ? words : title};
}

str share_address(arena *a, const share *s, const char *source)
{
    if (!s->is_sourced)
        return s->address;
    str src = s->partner.n ? s->partner : str_of(source);
    return arena_printf(a, "%.*s?src=%.*s", STR_FMT(s->address), STR_FMT(src));
}

str share_mastodon(arena *a, const share *s)
{
    buf b = buf_in(a);
    buf_put(&b, s->server_base.n ? s->server_base : S("https://share.joinmastodon.org"));
    buf_put(&b, s->server_base.n ? S("/share?text=") : S("/#text="));
    urlencode_put(&b, s->words);
    buf_put(&b, S("%20"));
    urlencode_put(&b, share_address(a, s, "mastodon"));
    return buf_str(&b);
}

bool share_source_is_known(const edition *ed, str source)
{
    for (size_t i = 0; i < sizeof networks / sizeof *networks; i++)
        if (str_eq(source, str_of(networks[i])))
            return true;
    return source.n > 0 && alliance_item(ed->al, S("partner"), source) != NULL;
}
