/* SPDX-License-Identifier: EUPL-1.2 */
/* Addresses that name no declaration, short enough to say and to print: they lead to the page of
 * the main one, which may be another next year. */

#include "web/head.h"

#include "routes.h"
#include "web/share.h"

static const struct {
    const char *path; /* behind the language */
    str (*url)(arena *a, str lang, str slug);
} pages[] = {
    {"/declaration", url_declaration},
    {"/signatories", url_signatories},
    {"/figures", url_figures},
    {"/map", url_map},
    {"/population", url_population},
    {"/proof", url_proof},
    {"/sign", url_sign},
};

err page_main(struct app *ap, req *rq, reply *out)
{
    page_context pc;
    TRY(page_begin(ap, rq, &pc));
    const frame *f = &pc.frame;
    for (size_t i = 0; f->main && i < sizeof pages / sizeof *pages; i++) {
        if (!str_eq(f->path, str_of(pages[i].path)))
            continue;
        str url = pages[i].url(pc.a, f->code, f->main->slug);
        str source = pages[i].url == url_sign ? req_query(rq, S("src")) : (str){"", 0};
        if (source.n && share_source_is_known(f->ed, source)) /* a partner's printed address */
            url = arena_printf(pc.a, "%.*s?src=%.*s", STR_FMT(url), STR_FMT(source));
        return reply_see_other(out, url);
    }
    return ERR_NOT_FOUND;
}
