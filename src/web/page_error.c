/* SPDX-License-Identifier: EUPL-1.2 */
/* Errors say what happened and what to do, never why inside. The frame is the same as everywhere:
 * it comes from memory, so that it stands also when the database does not. */

#include "web/page_error.h"

#include "page_views.h"
#include "web/api.h"

error_words error_words_of(int status)
{
    switch (status) {
    case 403:
        return (error_words){MSG_ERROR_DENIED_TITLE, MSG_ERROR_DENIED_TEXT};
    case 404:
        return (error_words){MSG_ERROR_MISSING_TITLE, MSG_ERROR_MISSING_TEXT};
    case 405:
        return (error_words){MSG_ERROR_METHOD_TITLE, MSG_ERROR_METHOD_TEXT};
    case 409:
        return (error_words){MSG_ERROR_CONFLICT_TITLE, MSG_ERROR_CONFLICT_TEXT};
    case 410:
        return (error_words){MSG_ERROR_GONE_TITLE, MSG_ERROR_GONE_TEXT};
    case 413:
        return (error_words){MSG_ERROR_LARGE_TITLE, MSG_ERROR_LARGE_TEXT};
    case 429:
        return (error_words){MSG_ERROR_RATE_TITLE, MSG_ERROR_RATE_TEXT};
    case 503:
        return (error_words){MSG_ERROR_BUSY_TITLE, MSG_ERROR_BUSY_TEXT};
    default:
        return status >= 500 ? (error_words){MSG_ERROR_BROKEN_TITLE, MSG_ERROR_BROKEN_TEXT}
                             : (error_words){MSG_ERROR_BAD_TITLE, MSG_ERROR_BAD_TEXT};
    }
}

void page_error(struct app *ap, req *rq, reply *out, int status)
{
    if (str_starts(req_path(rq), S("/api/"))) {
        err e = api_problem(rq, out, status, (str){"", 0});
        (void)e;
        if (status == 429)
            api_rate_headers(ap, rq, out, RATE_READ, "read", req_client(rq));
        return;
    }
    page_context pc;
    if (page_begin(ap, rq, &pc) != OK)
        return;
    frame *f = &pc.frame;
    error_words words = error_words_of(status);
    /* "Nothing was recorded" would be a guess. */
    if (req_outcome(rq) == ERR_UNCERTAIN)
        words = (error_words){MSG_ERROR_UNCERTAIN_TITLE, MSG_ERROR_UNCERTAIN_TEXT};
    f->title = lang_text(pc.a, f->l, words.title, NULL, 0);
    f->path = (str){"", 0};
    f->robots = S("noindex");
    html_out o = page_reply(&pc, out, status);
    if (str_starts(req_path(rq), S("/embed/"))) {
        view_embed_error(&pc.view, &o, lang_text(pc.a, f->l, words.text, NULL, 0));
        return;
    }
    view_page_error(&pc.view, &o, status, lang_text(pc.a, f->l, words.text, NULL, 0),
                    status >= 500 ? req_id(rq) : (str){"", 0});
}
