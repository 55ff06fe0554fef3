/* SPDX-License-Identifier: EUPL-1.2 */
/* The words come from the content folder, the number from the checkpoint, as on every page. */

#include "web/kit.h"

#include "base/clock.h"
#include "bundle/bundle.h"
#include "routes.h"
#include "web/points.h"

#include "page_views.h"

#define FILE(given, of, kind, measure, media, ...)                                                 \
    {                                                                                              \
        .name = given, .section = of, .format = kind, .size = measure, .type = media, __VA_ARGS__  \
    }

static const kit_file files[] = {
    FILE("poster-a4.pdf", KIT_POSTERS, "PDF", "A4", "application/pdf", .form = PAPER_A4),
    FILE("poster-a3.pdf", KIT_POSTERS, "PDF", "A3", "application/pdf", .form = PAPER_A3),
    FILE("share-1200x630.png", KIT_PICTURES, "PNG", "1200 × 630", "image/png", .w = 1200, .h = 630),
    FILE("share-1080x1080.png", KIT_PICTURES, "PNG", "1080 × 1080", "image/png", .w = 1080,
         .h = 1080),
    FILE("share-1080x1920.png", KIT_PICTURES, "PNG", "1080 × 1920", "image/png", .w = 1080,
         .h = 1920),
    FILE("slides.pdf", KIT_SLIDES, "PDF", "16:9", "application/pdf", .form = 0),
    FILE("logo.svg", KIT_LOGOS, "SVG", "", "image/svg+xml", .form = LOGO_SVG),
    FILE("logo.png", KIT_LOGOS, "PNG", "240 px", "image/png", .form = LOGO_PNG),
    FILE("logo-light.svg", KIT_LOGOS, "SVG", "", "image/svg+xml", .form = LOGO_SVG,
         .is_light = true),
    FILE("logo-light.png", KIT_LOGOS, "PNG", "240 px", "image/png", .form = LOGO_PNG,
         .is_light = true),
    FILE("texts.txt", KIT_TEXTS, "TXT", "", "text/plain; charset=utf-8", .form = 0),
    FILE("signature.html", KIT_SIGNATURE, "HTML", "", "text/html; charset=utf-8", .form = 0),
    FILE("signature.txt", KIT_SIGNATURE, "TXT", "", "text/plain; charset=utf-8", .form = 0),
    FILE("kit.zip", KIT_WHOLE, "ZIP", "", "application/zip", .form = 0),
};
enum { FILES = sizeof files / sizeof *files, DRAWN_BYTES_MOST = 32 << 20 };

kit_file_list kit_files(void)
{
    return (kit_file_list){files, FILES};
}

const kit_file *kit_file_of(str name)
{
    for (size_t i = 0; i < FILES; i++)
        if (str_eq(name, str_of(files[i].name)))
            return &files[i];
    return NULL;
}

/* Pictures and logos say the same for everybody. */
static bool carries_link(const kit_file *f)
{
    return f->section != KIT_PICTURES && f->section != KIT_LOGOS;
}

str kit_url(const kit *k, const kit_file *f)
{
    arena *a = k->pc->a;
    str url = url_kit(a, k->pc->frame.code, k->d->slug, str_of(f->name));
    if (!k->partner || !carries_link(f))
        return url;
    return arena_printf(a, "%.*s?src=%.*s", STR_FMT(url), STR_FMT(k->partner->slug));
}

str kit_label(const kit *k, const kit_file *f)
{
    return arena_printf(k->pc->a, "%s%s%s", f->format, *f->size ? ", " : "", f->size);
}

str kit_saved_name(const kit *k, const kit_file *f)
{
    str code = k->pc->frame.code, name = str_of(f->name);
    size_t dot = str_find(name, '.');
    return arena_printf(k->pc->a, "%.*s-%.*s-%.*s%.*s", STR_FMT(k->d->slug),
                        STR_FMT(str_head(name, dot)), STR_FMT(code), STR_FMT(str_skip(name, dot)));
}

static str words_of(const page_context *pc, msg m)
{
    return lang_text(pc->a, pc->frame.l, m, NULL, 0);
}

/* "AER · CEMR": who stands behind it. */
static str behind(const page_context *pc)
{
    content_list partners = alliance_items(pc->frame.ed->al, S("partner"));
    buf b = buf_in(pc->a);
    for (size_t i = 0; i < partners.n; i++) {
        const content_text *text = content_text_in(&partners.at[i], pc->frame.code);
        str name = text ? fact_value(text->header, S("acronym")) : (str){"", 0};
        if (name.n == 0 && text)
            name = fact_value(text->header, S("title"));
        if (name.n && b.n)
            buf_put(&b, S(" · "));
        buf_put(&b, name);
    }
    return buf_str(&b);
}

/* "alliance.example/da": what people can type. */
static str typed_address(const page_context *pc)
{
    str origin = pc->frame.app->origin;
    str host = str_skip(origin, str_find_str(origin, S("://")) + 3);
    return arena_printf(pc->a, "%.*s/%.*s", STR_FMT(host), STR_FMT(pc->frame.code));
}

static void say_alliance(const page_context *pc, appeal *says)
{
    const content_text *text = pc->frame.alliance;
    content_list alliances = alliance_items(pc->frame.ed->al, S("alliance"));
    says->alliance = frame_brand(&pc->frame);
    if (alliances.n) {
        says->hashtag = fact_value(alliances.at[0].facts, S("hashtag"));
        says->contact = fact_value(alliances.at[0].facts, S("contact"));
    }
    if (!text)
        return;
    says->cry = fact_value(text->header, S("short"));
    says->who = fact_value(text->header, S("who"));
    says->purpose = html_markdown_text(pc->a, text->body);
}

static void say_count(const page_context *pc, const declaration *d, appeal *says)
{
    const frame *f = &pc->frame;
    figure g = figure_of(pc, d);
    int64_t at_ms = g.counts->size > 0 ? g.counts->at_ms : f->now_ms;
    if (g.count > 0) {
        says->number = lang_number(pc->a, f->l, g.count);
        says->caption = figure_caption(pc->a, f->l, g.count);
    }
    says->as_of = lang_date(pc->a, f->l, at_ms);
    says->day = lang_day_code(pc->a, at_ms);
}

err kit_open(const page_context *pc, const declaration *d, str source, kit *out)
{
    const frame *f = &pc->frame;
    const declaration_text *text = declaration_text_in(d, d->version, f->code);
    if (!text)
        return ERR_NOT_FOUND;
    str url = url_sign(pc->a, f->code, d->slug);
    kit k = {
        .pc = pc,
        .d = d,
        .partner = source.n ? alliance_item(f->ed->al, S("partner"), source) : NULL,
        .link = arena_printf(pc->a, "%.*s%.*s", STR_FMT(f->app->origin), STR_FMT(url)),
        .is_foreign = !str_eq(text->lang, f->code),
        .lang = text->lang,
        .state = text->state,
    };
    k.says = (appeal){
        .lang = f->code,
        .title = text->title,
        .summary = text->summary,
        .call = words_of(pc, MSG_MATERIALS_SCAN),
        .address = typed_address(pc),
        .link = arena_printf(pc->a, "%.*s?src=%.*s", STR_FMT(k.link),
                             STR_FMT(k.partner ? k.partner->slug : S("qr"))),
        .behind = behind(pc),
        .purpose_heading = words_of(pc, MSG_HOME_PURPOSE),
        .who_heading = words_of(pc, MSG_HOME_WHO),
        .points = points_of(pc->a, text->body),
    };
    if (f->has_samples)
        k.says.warning = words_of(pc, MSG_FRAME_SAMPLE);
    say_alliance(pc, &k.says);
    say_count(pc, d, &k.says);
    if (k.says.cry.n == 0)
        k.says.cry = text->title;
    *out = k;
    return OK;
}

/* --- Files --- */

/* Everything that a drawing can say. */
static uint64_t key_of(const appeal *s)
{
    enum { PARTS_MOST = 20 + POINTS_MOST };
    str parts[PARTS_MOST] = {
        s->lang,    s->alliance,    s->cry,     s->title,
        s->summary, s->number,      s->caption, s->as_of,
        s->day,     s->call,        s->address, s->link,
        s->hashtag, s->behind,      s->contact, s->purpose_heading,
        s->purpose, s->who_heading, s->who,     s->warning,
    };
    size_t n = 20;
    for (size_t i = 0; i < s->points.n; i++)
        parts[n++] = s->points.at[i];
    hash32 hash = hash_sha256_parts(parts, n);
    uint64_t key;
    memcpy(&key, hash.at, sizeof key);
    return key;
}

/* What it is kept under. */
static str drawing_name(arena *a, const kit *k, const kit_file *f)
{
    return arena_printf(a, "%.*s/%.*s/%s/%.*s", STR_FMT(k->says.lang), STR_FMT(k->d->slug), f->name,
                        STR_FMT(k->partner && carries_link(f) ? k->partner->slug : S("")));
}

typedef struct order {
    const kit *k;
    const kit_file *f;
} order;

static err draw(typeface *letters, arena *a, const void *what, drawn *out)
{
    const order *o = what;
    const kit_file *f = o->f;
    const appeal *says = &o->k->says;
    switch (f->section) {
    case KIT_POSTERS:
        return poster_draw(letters, a, says, (paper)f->form, out);
    case KIT_PICTURES:
        return picture_draw(letters, a, says, f->w, f->h, out);
    case KIT_SLIDES:
        return slides_draw(letters, a, says, out);
    case KIT_LOGOS:
        return logo_draw(letters, a, says, (logo_form)f->form, f->is_light, out);
    case KIT_TEXTS:
    case KIT_SIGNATURE:
    case KIT_WHOLE:
        break;
    }
    return ERR_NOT_FOUND;
}

static str signature_file(const kit *k, const kit_file *f)
{
    if (!str_starts(str_of(f->type), S("text/html")))
        return kit_signature(k);
    buf b = buf_in(k->pc->a);
    html_out o = {&b};
    view_page_signature(&k->pc->view, &o, k);
    return buf_str(&b);
}

err kit_make(const kit *k, arena *a, const kit_file *f, str *out_bytes)
{
    const order o = {k, f};
    BUG_IF(f->section == KIT_WHOLE);
    if (f->section == KIT_TEXTS || f->section == KIT_SIGNATURE) {
        *out_bytes = f->section == KIT_TEXTS ? kit_texts_file(k) : signature_file(k, f);
        return OK;
    }
    appeal says = k->says;
    if (!carries_link(f))
        says.link = (str){"", 0};
    return drawings_get(k->pc->frame.app->drawings, a, drawing_name(a, k, f), key_of(&says),
                        clock_steady_ms(), draw, &o, out_bytes);
}

static int64_t bytes_of(const kit *k, const kit_file *f)
{
    str bytes = {"", 0};
    size_t n = drawings_bytes(k->pc->frame.app->drawings, drawing_name(k->pc->a, k, f));
    if (n > 0)
        return (int64_t)n;
    arena *a = arena_open(DRAWN_BYTES_MOST);
    bool is_made = kit_make(k, a, f, &bytes) == OK;
    arena_close(a);
    return is_made ? (int64_t)bytes.n : 0;
}

int64_t kit_bytes(const kit *k, const kit_file *f)
{
    int64_t sum = 0;
    if (f->section != KIT_WHOLE)
        return bytes_of(k, f);
    for (size_t i = 0; i < FILES; i++) {
        int64_t n = files[i].section == KIT_WHOLE ? 0 : bytes_of(k, &files[i]);
        if (n == 0 && files[i].section != KIT_WHOLE)
            return 0;
        sum += n;
    }
    return sum;
}

/* --- The whole --- */

struct kit_pack {
    const kit *k;
    bundle_writer *zip;
    size_t next;
};

kit_pack *kit_pack_open(const kit *k)
{
    kit_pack *p = arena_new(k->pc->a, kit_pack);
    *p = (kit_pack){k, bundle_create_zip(k->pc->a, k->pc->frame.now_ms / 1000), 0};
    return p;
}

enum { ENTRY_BYTES = 1024 }; /* what a ZIP writes around a file, and more */

static err pack(kit_pack *p, arena *scratch, const kit_file *f, buf *to)
{
    str bytes;
    TRY(kit_make(p->k, scratch, f, &bytes));
    buf_reserve(to, bytes.n + ENTRY_BYTES);
    return bundle_add(p->zip, kit_saved_name(p->k, f), bytes);
}

err kit_pack_next(kit_pack *p, buf *to, bool *out_is_last)
{
    const kit_file *f = &files[p->next];
    bundle_to(p->zip, to);
    *out_is_last = f->section == KIT_WHOLE;
    if (*out_is_last)
        return bundle_finish(p->zip);
    p->next++;
    arena *scratch = arena_open(DRAWN_BYTES_MOST);
    err e = pack(p, scratch, f, to);
    arena_close(scratch);
    return e;
}
