/* SPDX-License-Identifier: EUPL-1.2 */
/* Nothing is computed here but sums: every number comes from the published checkpoint. */

#include "web/figure.h"

#include "routes.h"

/* Nobody is carried over to a text that they have not signed. */
static int64_t behind_earlier(const declaration *d, str versions)
{
    int64_t earlier = 0, version, n;
    while (log_version_next(&versions, &version, &n))
        earlier += version < d->version ? n : 0;
    return earlier;
}

figure figure_of(const page_context *pc, const declaration *d)
{
    const frame *f = &pc->frame;
    const published *counts = edition_counts(f->ed, d);
    int64_t count = log_counts_total(&counts->counts);
    return (figure){
        .d = d,
        .counts = counts,
        .count = count,
        .earlier = behind_earlier(d, counts->versions),
        .goal = declaration_next_goal(d, count),
        .is_early = f->now_ms < d->opens_ms,
        .is_over = f->now_ms >= d->closes_ms,
        .live_url = url_count_json(pc->a, d->slug),
        .sign_url = url_sign(pc->a, f->code, d->slug),
        .text_url = url_declaration(pc->a, f->code, d->slug),
        .register_url = url_signatories(pc->a, f->code, d->slug),
        .proof_url = url_proof(pc->a, f->code, d->slug),
    };
}

int64_t figure_of_kind(const figure *g, signer_kind kind)
{
    return g->counts->counts.of[kind - SIGNER_PERSON];
}

str figure_caption(arena *a, lang l, int64_t n)
{
    const msg_arg args[MSG_COUNT_SIGNATURES__ARGS] = {[MSG_COUNT_SIGNATURES__ARG_COUNT] =
                                                          msg_arg_of(n)};
    str whole = lang_text(a, l, MSG_COUNT_SIGNATURES, args, MSG_COUNT_SIGNATURES__ARGS);
    str number = lang_number(a, l, n);
    size_t at = str_find_str(whole, number);
    if (at == whole.n)
        return whole;
    str before = str_trim(str_head(whole, at));
    str behind = str_skip(whole, at + number.n);
    behind = str_trim(str_skip(behind, str_find(behind, ' '))); /* mt: "11-il firma" */
    return before.n == 0 ? behind : before;
}
