/* SPDX-License-Identifier: EUPL-1.2 */
/* The hooks between the router, which knows no product, and the pages. */

#include "web/web.h"
#include "web/page_error.h"

#include "lang/lang.h"
#include "routes.h"

static bool is_lang(str code)
{
    lang l;
    return lang_by_code(code, &l) == OK;
}

static err rate_check(struct app *ap, req *rq, int rate, int *out_retry_after_s)
{
    return rate_take(ap->rates, rate, ap->limits[rate], req_client(rq), req_now_ms(rq),
                     out_retry_after_s);
}

static str moved(struct app *ap, req *rq)
{
    const edition *ed = newsroom_read(ap->news, req_arena(rq));
    return redirects_find(ed->al->redirects, req_path(rq));
}

router web_router(struct app *ap)
{
    return (router){
        .routes = routes,
        .n = routes_n,
        .app = ap,
        .form_key = &ap->core.keys.form,
        .form_age_ms = &ap->form_age_least_ms,
        .origin = ap->origin,
        .pages = ap->pages,
        .is_lang = is_lang,
        .rate_check = rate_check,
        .error_page = page_error,
        .moved = moved,
    };
}
