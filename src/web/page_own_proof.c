/* SPDX-License-Identifier: EUPL-1.2 */
/* What a signer takes home: the receipt, which anybody may see, and the opening, which is private.
 */

#include "base/file.h"
#include "core/promise.h"
#include "core/receipt.h"
#include "routes.h"
#include "web/page_own.h"

/* A file of the declaration's published log. */
static err read_log(void *from, arena *a, str path, size_t most_bytes, str *out_bytes)
{
    const own_context *own = from;
    int folder = own->pc.frame.app->log_directory_fd;
    if (folder < 0)
        return ERR_NOT_FOUND;
    str name = arena_printf(a, "%.*s/%.*s", STR_FMT(own->d->slug), STR_FMT(path));
    return file_read(a, folder, arena_cstr(a, name), most_bytes, out_bytes);
}

str own_file_name(const own_context *own, const char *what, const char *ending)
{
    if (own->view.leaf < 0)
        return arena_printf(own->pc.a, "%s-%.*s.%s", what, STR_FMT(own->d->slug), ending);
    return arena_printf(own->pc.a, "%s-%.*s-%lld.%s", what, STR_FMT(own->d->slug),
                        (long long)own->view.leaf, ending);
}

static void send_file(const own_context *own, reply *out, const char *what, const char *ending,
                      str text)
{
    buf *b = reply_body(out, 200, S("text/plain; charset=utf-8"));
    reply_header(out, S("Content-Disposition"),
                 arena_printf(own->pc.a, "attachment; filename=\"%.*s\"",
                              STR_FMT(own_file_name(own, what, ending))));
    reply_header(out, S("X-Robots-Tag"), S("noindex"));
    buf_put(b, text);
}

static err send_receipt(own_context *own, req *rq, reply *out)
{
    (void)rq;
    str text;
    if (own->view.leaf < 0)
        return own_see(own, out, "");
    err e = receipt_make(own->pc.a, read_log, own, (uint64_t)own->view.leaf, &text);
    if (e == ERR_NOT_FOUND) /* not published yet: the page says so */
        return own_see(own, out, "");
    TRY(e);
    send_file(own, out, "receipt", "tlog-proof", text);
    return OK;
}

err page_own_receipt(struct app *ap, req *rq, reply *out)
{
    return own_answer(ap, rq, out, send_receipt);
}

/* Not where this link cannot open the record: what is left of it would open another leaf. */
static err send_opening(own_context *own, req *rq, reply *out)
{
    (void)rq;
    str text;
    if (own->view.leaf < 0 || !own->view.has_record)
        return own_see(own, out, "");
    TRY(record_opening(own->pc.a, &own->view.record, &text));
    send_file(own, out, "opening", "txt", text);
    return OK;
}

err page_own_opening(struct app *ap, req *rq, reply *out)
{
    return own_answer(ap, rq, out, send_opening);
}

/* Ten minutes from confirming; of a correction made later, from now. */
err own_promise_text(const own_context *own, str *out_text)
{
    const signer_view *v = &own->view;
    int64_t now_ms = own->pc.frame.now_ms;
    int64_t limit_ms = v->confirmed_ms + PROMISE_LIMIT_MS;
    if (limit_ms <= now_ms)
        limit_ms = now_ms + PROMISE_LIMIT_MS;
    return promise_give(own->pc.a, &own->pc.frame.app->core.keys, own->d->manifest, &v->commitment,
                        limit_ms / 1000, out_text);
}

static err send_promise(own_context *own, req *rq, reply *out)
{
    (void)rq;
    str text;
    if (own->view.state != SIGNATURE_CONFIRMED)
        return own_see(own, out, "");
    TRY(own_promise_text(own, &text));
    send_file(own, out, "promise", "txt", text);
    return OK;
}

err page_own_promise(struct app *ap, req *rq, reply *out)
{
    return own_answer(ap, rq, out, send_promise);
}
