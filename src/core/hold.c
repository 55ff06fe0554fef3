/* SPDX-License-Identifier: EUPL-1.2 */
/* Holding and letting go.
 *
 * The rules are asked twice: when a signature is sent, so that waiting with the confirmation until
 * the trace is gone does not help, and when it is confirmed, when more is known. */

#include "core/hold.h"

#include "base/log.h"
#include "core/log.h"
#include "core/signature.h"

#include "sql/q_listing.h"
#include "sql/q_log.h"
#include "sql/q_signature.h"
#include "sql/q_watch.h"

#define TAG(tag) ((str){(const char *)(tag).at, sizeof(tag).at})

/* In held.since while the signature is not confirmed; held.until says then what will become. */
enum { SINCE_NOT_YET = 0, UNTIL_LOOK = -1, UNTIL_DECIDED = 0, STEP_ROWS = 200 };

err hold_trace(db_tx *tx, const core *c, int64_t signature, int64_t declaration_id, str domain,
               const sending *how, int64_t now_ms)
{
    trace t = watch_trace(c->watch, &c->keys, declaration_id, domain, how, now_ms);
    TRY(q_trace_insert(tx, &(q_trace_insert_in){.signature = signature,
                                                .declaration = declaration_id,
                                                .at = now_ms,
                                                .flags = t.flags,
                                                .domain = TAG(t.domain),
                                                .narrow = TAG(t.narrow),
                                                .wide = TAG(t.wide),
                                                .narrow_before = TAG(t.narrow_before),
                                                .wide_before = TAG(t.wide_before)}));
    if (watch_may_name(c->watch, &t, domain, now_ms))
        TRY(q_mail_domain_note(tx, domain));
    judgement j = watch_judge(c->watch, &t, true, now_ms);
    if (j.level == WATCH_FINE)
        return OK;
    return q_held_put(tx, signature, declaration_id, str_of(j.rule), SINCE_NOT_YET,
                      j.level == WATCH_LOOK ? UNTIL_LOOK : UNTIL_DECIDED);
}

static watch_tag tag_from(opt_str bytes)
{
    watch_tag tag = {{0}};
    if (bytes.is_set && bytes.value.n == sizeof tag.at)
        memcpy(tag.at, bytes.value.at, sizeof tag.at);
    return tag;
}

/* Fine when it has no trace, or none any more. */
static judgement judge_now(const core *c, const q_hold_facts_row *facts, int64_t now_ms)
{
    trace t = {.declaration = facts->declaration,
               .at_ms = facts->at,
               .flags = facts->flags,
               .domain = tag_from(facts->domain),
               .narrow = tag_from(facts->narrow),
               .wide = tag_from(facts->wide),
               .narrow_before = tag_from(facts->narrow_before),
               .wide_before = tag_from(facts->wide_before)};
    return t.at_ms ? watch_judge(c->watch, &t, false, now_ms) : (judgement){WATCH_FINE, NULL};
}

err hold_decide(db_tx *tx, arena *scratch, const core *c, int64_t signature, int64_t now_ms,
                bool *out_is_held)
{
    *out_is_held = false;
    if (!c->watch)
        return OK;
    q_hold_facts_row facts;
    int64_t changed;
    TRY(q_hold_facts(tx, scratch, signature, &facts));
    watch_level level = facts.rule.n == 0              ? WATCH_FINE
                        : facts.until == UNTIL_DECIDED ? WATCH_HOLD
                                                       : WATCH_LOOK;
    str rule = facts.rule;
    judgement now = judge_now(c, &facts, now_ms);
    if (now.level > level) {
        level = now.level;
        rule = str_of(now.rule);
    }
    if (level == WATCH_FINE)
        return OK;
    TRY(q_signature_hold(tx, signature, now_ms, &changed));
    if (changed != 1)
        return ERR_CONFLICT;
    *out_is_held = true;
    return q_held_put(tx, signature, facts.declaration, rule, now_ms,
                      level == WATCH_LOOK ? now_ms + WATCH_LOOK_MS : UNTIL_DECIDED);
}

err hold_release(db_tx *tx, arena *scratch, int64_t signature)
{
    q_signature_get_row s;
    int64_t changed;
    bool is_closed;
    TRY(q_signature_get(tx, scratch, signature, &s));
    TRY(log_is_closed(tx, scratch, s.declaration, &is_closed));
    if (is_closed)
        return ERR_DENIED;
    TRY(q_signature_move(tx, signature, SIGNATURE_HELD, SIGNATURE_CONFIRMED, &changed));
    if (changed != 1)
        return ERR_CONFLICT;
    TRY(q_held_delete(tx, signature));
    if (s.is_listed)
        TRY(q_listing_show(tx, signature, s.confirmed));
    return q_log_queue_insert(tx, &(q_log_queue_insert_in){.declaration = s.declaration,
                                                           .verb = LOG_ADD,
                                                           .signature = signature,
                                                           .kind = s.kind,
                                                           .country = s.country,
                                                           .commitment = s.commitment,
                                                           .leaf = -1});
}

typedef struct running {
    core *c;
    int64_t now_ms;
    int64_t seen, released; /* out, of this step */
} running;

static err settle_due(db_tx *tx, arena *scratch, void *arg)
{
    running *r = arg;
    q_held_due_rows due;
    r->released = 0;
    TRY(q_held_due(tx, scratch, r->now_ms, STEP_ROWS, &due));
    r->seen = (int64_t)due.n;
    for (size_t i = 0; i < due.n; i++) {
        int64_t id = due.at[i].signature;
        q_hold_facts_row facts;
        TRY(q_hold_facts(tx, scratch, id, &facts));
        if (judge_now(r->c, &facts, r->now_ms).level == WATCH_HOLD) {
            TRY(q_held_set_until(tx, id, UNTIL_DECIDED));
            continue;
        }
        err e = hold_release(tx, scratch, id);
        if (e == ERR_CONFLICT) /* withdrawn, but that can be undone */
            e = q_held_set_until(tx, id, r->now_ms + WATCH_LOOK_MS);
        else
            r->released++;
        TRY(e);
    }
    return OK;
}

err hold_run(core *c, int64_t now_ms, int64_t *out_released)
{
    running r = {.c = c, .now_ms = now_ms};
    *out_released = 0;
    TRY(watch_look(c->watch, c->db, now_ms));
    do {
        TRY(db_write(c->db, settle_due, &r));
        *out_released += r.released;
    } while (r.seen == STEP_ROWS);
    return OK;
}

typedef struct grouping {
    arena *a;
    held_groups out;
} grouping;

static err read_groups(db_tx *tx, arena *scratch, void *arg)
{
    (void)scratch;
    grouping *g = arg;
    q_held_rules_rows rows;
    TRY(q_held_rules(tx, g->a, &rows));
    held_group *all = arena_array(g->a, held_group, rows.n);
    for (size_t i = 0; i < rows.n; i++)
        all[i] = (held_group){rows.at[i].declaration, rows.at[i].rule, rows.at[i].n,
                              rows.at[i].waiting, rows.at[i].oldest};
    g->out = (held_groups){all, rows.n};
    return OK;
}

err hold_groups(core *c, arena *a, held_groups *out_groups)
{
    grouping g = {.a = a};
    TRY(db_read(c->db, read_groups, &g));
    *out_groups = g.out;
    return OK;
}
