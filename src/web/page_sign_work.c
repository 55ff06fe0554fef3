/* SPDX-License-Identifier: EUPL-1.2 */
/* Work for the device of who signs, when its network or the declaration is unusually busy, and how
 * a form was sent.
 *
 * Nobody is refused for lack of it: without a script, or on a device that cannot, a signature is
 * counted an hour later. */

#include "web/page_sign.h"

#include "routes.h"

/* Nobody types name, address and country and reads two boxes in less than HURRIED_TIMES the least
 * time that a form must have been open; a browser may fill in some of it. */
enum { HURRIED_TIMES = 2 };

static bool has_token(struct app *ap, req *rq, int class)
{
    return rate_has(ap->rates, class, ap->limits[class], req_client(rq), req_now_ms(rq));
}

static err take_token(struct app *ap, req *rq, int class)
{
    int retry_after_s;
    return rate_take(ap->rates, class, ap->limits[class], req_client(rq), req_now_ms(rq),
                     &retry_after_s);
}

static bool must_work(struct app *ap, req *rq, const declaration *d)
{
    if (ap->work != WORK_AUTO)
        return ap->work == WORK_ALWAYS;
    return !has_token(ap, rq, RATE_SOFT) || watch_is_hot(ap->core.watch, d->id, req_now_ms(rq));
}

sending sign_sending(struct app *ap, req *rq, const declaration *d, const sign_form *sent)
{
    sending how = {
        .client = req_client(rq),
        .is_hurried = req_form_age_ms(rq) < (int64_t)ap->form_age_least_ms * HURRIED_TIMES,
        .is_workless = must_work(ap, rq, d),
        .is_trapped = !has_token(ap, rq, RATE_TRAP),
    };
    err e = take_token(ap, rq, RATE_SOFT);
    (void)e; /* none left: what that means was decided above */
    if (how.is_workless)
        how.has_proof = challenge_check(req_arena(rq), &ap->proofs, d->slug, sent->work,
                                        req_now_ms(rq), &how.proof) == OK;
    how.is_workless = how.is_workless && !how.has_proof;
    return how;
}

err data_challenge(struct app *ap, req *rq, reply *out)
{
    arena *a = req_arena(rq);
    const edition *ed = newsroom_read(ap->news, a);
    const declaration *d = alliance_declaration(ed->al, req_segment(rq, 0));
    if (!d)
        return ERR_NOT_FOUND;
    if (!must_work(ap, rq, d)) {
        reply_body(out, 204, S("application/json"));
        return OK;
    }
    int retry_after_s;
    TRY(rate_take(ap->rates, RATE_CHALLENGES, ap->limits[RATE_CHALLENGES], (client_ip){{0}},
                  req_now_ms(rq), &retry_after_s));
    int level = take_token(ap, rq, RATE_EASY) == OK     ? 0
                : take_token(ap, rq, RATE_HARDER) == OK ? 1
                                                        : 2;
    buf_put(reply_body(out, 200, S("application/json")),
            challenge_make(a, &ap->proofs, d->slug, level, req_now_ms(rq)));
    return OK;
}
