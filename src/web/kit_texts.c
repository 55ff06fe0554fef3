/* SPDX-License-Identifier: EUPL-1.2 */
/* Texts of three lengths, and the same as posts with each network's own link. */

#include "web/kit.h"

#include "base/utf8.h"

enum { SHORT_MOST = 280, LINK_COUNTS = 24 }; /* networks shorten links to 23 characters */

static str link_from(const kit *k, const char *source)
{
    return arena_printf(k->pc->a, "%.*s?src=%.*s", STR_FMT(k->link),
                        STR_FMT(k->partner ? k->partner->slug : str_of(source)));
}

static str ask(const kit *k)
{
    return lang_text(k->pc->a, k->pc->frame.l, MSG_SHARE_TEXT,
                     (const msg_arg[]){msg_arg_of_str(k->says.title)}, 1);
}

static void put_end(buf *b, const kit *k, str link)
{
    buf_put(b, link);
    if (k->says.hashtag.n) {
        buf_put_char(b, ' ');
        buf_put(b, k->says.hashtag);
    }
}

static str short_text(const kit *k, str link)
{
    buf b = buf_in(k->pc->a);
    str words = ask(k);
    if (utf8_length(words) + utf8_length(k->says.hashtag) + LINK_COUNTS > SHORT_MOST)
        words = k->says.cry;
    buf_put(&b, words);
    buf_put_char(&b, ' ');
    put_end(&b, k, link);
    return buf_str(&b);
}

static str medium_text(const kit *k, str link)
{
    buf b = buf_in(k->pc->a);
    buf_printf(&b, "%.*s\n\n%.*s %.*s\n", STR_FMT(k->says.cry), STR_FMT(k->says.summary),
               STR_FMT(ask(k)));
    put_end(&b, k, link);
    return buf_str(&b);
}

static str long_text(const kit *k, str link)
{
    buf b = buf_in(k->pc->a);
    buf_printf(&b, "%.*s\n\n%.*s\n\n%.*s\n", STR_FMT(k->says.cry), STR_FMT(k->says.purpose),
               STR_FMT(k->says.title));
    for (size_t i = 0; i < k->says.points.n; i++)
        buf_printf(&b, "%zu. %.*s\n", i + 1, STR_FMT(k->says.points.at[i]));
    buf_printf(&b, "\n%.*s\n", STR_FMT(ask(k)));
    put_end(&b, k, link);
    return buf_str(&b);
}

kit_text_list kit_texts(const kit *k)
{
    const page_context *pc = k->pc;
    kit_text *at = arena_array(pc->a, kit_text, 3);
    str link = link_from(k, "copy");
    at[0] = (kit_text){lang_text(pc->a, pc->frame.l, MSG_MATERIALS_SHORT, NULL, 0),
                       short_text(k, link)};
    at[1] = (kit_text){lang_text(pc->a, pc->frame.l, MSG_MATERIALS_MEDIUM, NULL, 0),
                       medium_text(k, link)};
    at[2] =
        (kit_text){lang_text(pc->a, pc->frame.l, MSG_MATERIALS_LONG, NULL, 0), long_text(k, link)};
    return (kit_text_list){at, 3};
}

kit_text_list kit_posts(const kit *k)
{
    static const struct network {
        const char *name, *source;
        str (*words)(const kit *k, str link);
    } networks[] = {
        {"X", "x", short_text},
        {"Bluesky", "bluesky", short_text},
        {"Mastodon", "mastodon", medium_text},
        {"Facebook", "facebook", medium_text},
        {"LinkedIn", "linkedin", long_text},
        {"WhatsApp", "whatsapp", short_text},
    };
    enum { NETWORKS = sizeof networks / sizeof *networks };
    kit_text *at = arena_array(k->pc->a, kit_text, NETWORKS);
    for (size_t i = 0; i < NETWORKS; i++)
        at[i] = (kit_text){str_of(networks[i].name),
                           networks[i].words(k, link_from(k, networks[i].source))};
    return (kit_text_list){at, NETWORKS};
}

static void put_all(buf *b, kit_text_list texts)
{
    for (size_t i = 0; i < texts.n; i++)
        buf_printf(b, "== %.*s ==\n\n%.*s\n\n\n", STR_FMT(texts.at[i].name),
                   STR_FMT(texts.at[i].words));
}

str kit_texts_file(const kit *k)
{
    buf b = buf_in(k->pc->a);
    buf_printf(&b, "%.*s\n%.*s\n\n\n", STR_FMT(k->says.alliance), STR_FMT(k->says.as_of));
    put_all(&b, kit_texts(k));
    put_all(&b, kit_posts(k));
    return buf_str(&b);
}

str kit_mail_link(const kit *k)
{
    return link_from(k, "mail");
}

str kit_signature(const kit *k)
{
    buf b = buf_in(k->pc->a);
    buf_printf(&b, "%.*s\n%.*s · ", STR_FMT(ask(k)), STR_FMT(k->says.alliance));
    put_end(&b, k, link_from(k, "mail"));
    buf_put_char(&b, '\n');
    return buf_str(&b);
}
