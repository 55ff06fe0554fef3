/* SPDX-License-Identifier: EUPL-1.2 */
/* The job holds no address: what the letter needs is read from the consent when it is written. */

#include "core/renewal.h"

#include "core/letter.h"

#include "sql/q_news.h"

enum { STEP_ROWS = 200 };

typedef struct looking {
    arena *a;
    const declaration *d;
    renewal_outlook out;
} looking;

static err read_outlook(db_tx *tx, arena *scratch, void *arg)
{
    (void)scratch;
    looking *l = arg;
    q_renewal_look_row sums;
    q_renewal_langs_rows langs;
    TRY(q_renewal_look(tx, l->d->id, l->d->version, &sums));
    TRY(q_renewal_langs(tx, l->a, l->d->id, l->d->version, &langs));
    l->out = (renewal_outlook){.older = sums.older,
                               .asked = sums.asked,
                               .due = sums.due,
                               .langs = arena_array(l->a, renewal_lang, langs.n),
                               .lang_count = langs.n};
    for (size_t i = 0; i < langs.n; i++)
        l->out.langs[i] = (renewal_lang){langs.at[i].lang, langs.at[i].n};
    return OK;
}

err renewal_look(core *c, arena *a, const declaration *d, renewal_outlook *out_outlook)
{
    looking l = {.a = a, .d = d};
    TRY(db_read(c->db, read_outlook, &l));
    *out_outlook = l.out;
    return OK;
}

typedef struct asking {
    const declaration *d;
    int64_t now_ms;
    int64_t after; /* the last signature that was looked at */
    /* out, of this step; a step may be run again */
    int64_t after_now, asked;
    bool is_end;
} asking;

static err ask_step(db_tx *tx, arena *scratch, void *arg)
{
    asking *ask = arg;
    q_renewal_due_rows due;
    ask->asked = 0;
    ask->after_now = ask->after;
    TRY(q_renewal_due(tx, scratch, ask->d->id, ask->d->version, ask->after, STEP_ROWS, &due));
    ask->is_end = due.n < STEP_ROWS;
    for (size_t i = 0; i < due.n; i++) {
        int64_t is_ours;
        ask->after_now = due.at[i].signature;
        TRY(q_renewal_ask(tx, ask->after_now, ask->d->version, &is_ours));
        if (!is_ours)
            continue;
        TRY(letter_queue(tx, LETTER_RENEW, ask->after_now, 0, S(""), due.at[i].lang, ask->now_ms));
        ask->asked++;
    }
    return OK;
}

err renewal_ask(core *c, const declaration *d, int64_t now_ms, int64_t *out_asked)
{
    asking ask = {.d = d, .now_ms = now_ms};
    *out_asked = 0;
    if (!declaration_is_open(d, now_ms))
        return ERR_CONFLICT;
    do {
        TRY(db_write(c->db, ask_step, &ask));
        ask.after = ask.after_now;
        *out_asked += ask.asked;
    } while (!ask.is_end);
    return OK;
}
