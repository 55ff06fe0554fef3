/* SPDX-License-Identifier: EUPL-1.2 */
/* Each signature moves only from the state that the verb speaks of, in the transaction that notes
 * it as part of the decision: two operators at once, or a signer who withdraws meanwhile, cannot
 * give it two fates. */

#include "core/decision.h"

#include "base/clock.h"
#include "core/hold.h"
#include "core/listing.h"
#include "core/log.h"
#include "core/signature.h"

#include "sql/q_decision.h"
#include "sql/q_listing.h"
#include "sql/q_log.h"
#include "sql/q_signature.h"
#include "sql/q_watch.h"

enum { STEP_ROWS = 200, GROUPS_MOST = 20, HOUR_MS = 3600000, TAG_CHARS = 16 };

#define TAG(tag) ((str){(const char *)(tag).at, sizeof(tag).at})

static signature_state state_before(decision_verb verb)
{
    return verb == DECISION_INVALIDATE ? SIGNATURE_CONFIRMED : SIGNATURE_HELD;
}

/* The terms as parameters; all statements that pick have the same in the same order. */
#define PICK(terms, verb)                                                                          \
    .declaration = (terms)->declaration, .state = (int64_t)state_before(verb),                     \
    .has_domain = (terms)->has_domain, .domain = TAG((terms)->domain),                             \
    .has_narrow = (terms)->has_network, .narrow = TAG((terms)->network),                           \
    .country = (terms)->country, .first = (terms)->first_ms,                                       \
    .last = (terms)->before_ms ? (terms)->before_ms : INT64_MAX, .lowest = (terms)->number_first,  \
    .highest = (terms)->number_last ? (terms)->number_last : INT64_MAX

/* --- preview --- */

typedef struct looking {
    core *c;
    arena *a;
    decision_verb verb;
    const decision_terms *terms;
    known_domains known;
    decision_preview out;
} looking;

typedef struct gathering {
    decision_count *at;
    size_t n;
    int64_t small; /* in groups too small to be shown */
} gathering;

static gathering gather_in(arena *a)
{
    return (gathering){arena_array(a, decision_count, GROUPS_MOST + 1), 0, 0};
}

static void gather(gathering *g, str label, int64_t n)
{
    if (n < DECISION_GROUP_LEAST || g->n == GROUPS_MOST)
        g->small += n;
    else
        g->at[g->n++] = (decision_count){label, n};
}

static decision_counts gathered(gathering *g)
{
    if (g->small)
        g->at[g->n++] = (decision_count){S("…"), g->small};
    return (decision_counts){g->at, g->n};
}

static str domain_label(const looking *l, opt_str tag)
{
    if (!tag.is_set || tag.value.n == 0)
        return S("?");
    for (size_t i = 0; i < l->known.n; i++) {
        watch_tag known = watch_domain_tag(&l->c->keys, l->known.at[i].name);
        if (str_eq(TAG(known), tag.value))
            return l->known.at[i].name;
    }
    return hex_make(l->a, tag.value);
}

static err look_at_places(db_tx *tx, looking *l)
{
    const decision_terms *t = l->terms;
    q_pick_domains_rows domains;
    TRY(q_pick_domains(tx, l->a, &(q_pick_domains_in){PICK(t, l->verb), .most = INT32_MAX},
                       &domains));
    gathering g = gather_in(l->a);
    for (size_t i = 0; i < domains.n; i++)
        gather(&g,
               domains.at[i].n < DECISION_GROUP_LEAST ? (str){"", 0}
                                                      : domain_label(l, domains.at[i].domain),
               domains.at[i].n);
    l->out.domains = gathered(&g);
    q_pick_countries_rows countries;
    TRY(q_pick_countries(tx, l->a, &(q_pick_countries_in){PICK(t, l->verb), .most = INT32_MAX},
                         &countries));
    g = gather_in(l->a);
    for (size_t i = 0; i < countries.n; i++)
        gather(&g, countries.at[i].country, countries.at[i].n);
    l->out.countries = gathered(&g);
    return OK;
}

static err look_at_times(db_tx *tx, looking *l)
{
    const decision_terms *t = l->terms;
    q_pick_hours_rows hours;
    TRY(q_pick_hours(tx, l->a, &(q_pick_hours_in){PICK(t, l->verb), .most = INT32_MAX}, &hours));
    gathering g = gather_in(l->a);
    for (size_t i = 0; i < hours.n; i++) {
        char text[32];
        clock_iso8601(hours.at[i].hour * HOUR_MS, text);
        gather(&g, arena_copy(l->a, (str){text, sizeof "2026-06-15T14" - 1}), hours.at[i].n);
    }
    l->out.hours = gathered(&g);
    q_pick_networks_rows networks;
    TRY(q_pick_networks(tx, l->a, &(q_pick_networks_in){PICK(t, l->verb), .most = INT32_MAX},
                        &networks));
    g = gather_in(l->a);
    for (size_t i = 0; i < networks.n; i++)
        gather(&g, hex_make(l->a, networks.at[i].network), networks.at[i].n);
    l->out.networks = gathered(&g);
    return OK;
}

static err read_preview(db_tx *tx, arena *scratch, void *arg)
{
    (void)scratch;
    looking *l = arg;
    TRY(q_pick_count(tx, &(q_pick_count_in){PICK(l->terms, l->verb)}, &l->out.n));
    TRY(look_at_places(tx, l));
    return look_at_times(tx, l);
}

err decision_look(core *c, arena *a, decision_verb verb, const decision_terms *terms,
                  decision_preview *out_preview)
{
    looking l = {.c = c, .a = a, .verb = verb, .terms = terms};
    TRY(watch_domains(c, a, &l.known));
    TRY(db_read(c->db, read_preview, &l));
    *out_preview = l.out;
    return OK;
}

/* --- applying --- */

typedef struct applying {
    decision_verb verb;
    const decision_terms *terms;
    const decision_note *note;
    int64_t now_ms;
    int64_t number; /* 0: not begun */
    int64_t after;  /* the last signature that was looked at */
    /* out, of this step; a step may be run again */
    int64_t number_now, after_now, n;
    bool is_end;
} applying;

static err queue(db_tx *tx, log_verb verb, int64_t id, const q_signature_get_row *s)
{
    return q_log_queue_insert(tx, &(q_log_queue_insert_in){.declaration = s->declaration,
                                                           .verb = (int64_t)verb,
                                                           .signature = id,
                                                           .kind = s->kind,
                                                           .country = s->country,
                                                           .commitment = s->commitment,
                                                           .leaf = s->leaf});
}

/* ERR_CONFLICT: the signature is in another state by now. */
static err decide(db_tx *tx, arena *scratch, decision_verb verb, int64_t id)
{
    if (verb == DECISION_RELEASE)
        return hold_release(tx, scratch, id);
    int64_t changed;
    TRY(q_signature_move(tx, id, state_before(verb), SIGNATURE_INVALID, &changed));
    if (changed != 1)
        return ERR_CONFLICT;
    if (verb == DECISION_REFUSE)
        return OK;
    q_signature_get_row s;
    TRY(q_signature_get(tx, scratch, id, &s));
    TRY(listing_hide(tx, id));
    return queue(tx, LOG_INVALID, id, &s);
}

static err apply_step(db_tx *tx, arena *scratch, void *arg)
{
    applying *p = arg;
    const decision_note *note = p->note;
    q_pick_rows rows;
    p->n = 0;
    p->number_now = p->number;
    p->after_now = p->after;
    TRY(q_pick(tx, scratch,
               &(q_pick_in){PICK(p->terms, p->verb), .after = p->after, .most = STEP_ROWS}, &rows));
    p->is_end = rows.n < STEP_ROWS;
    if (rows.n && !p->number)
        TRY(q_decision_insert(tx, p->terms->declaration, (int64_t)p->verb, p->now_ms, note->who,
                              note->words, note->reason, &p->number_now));
    for (size_t i = 0; i < rows.n; i++) {
        p->after_now = rows.at[i].signature;
        err e = decide(tx, scratch, p->verb, p->after_now);
        if (e == ERR_CONFLICT)
            continue;
        TRY(e);
        TRY(q_decision_item_insert(tx, p->number_now, p->after_now));
        p->n++;
    }
    if (p->n == 0)
        return OK;
    TRY(q_decision_add(tx, p->number_now, p->n));
    return listing_raise(tx, scratch);
}

err decision_apply(core *c, decision_verb verb, const decision_terms *terms,
                   const decision_note *note, int64_t now_ms, int64_t *out_number, int64_t *out_n)
{
    applying p = {.verb = verb, .terms = terms, .note = note, .now_ms = now_ms};
    *out_n = 0;
    *out_number = 0;
    do {
        TRY(db_write(c->db, apply_step, &p));
        *out_number = p.number = p.number_now;
        p.after = p.after_now;
        *out_n += p.n;
    } while (!p.is_end);
    return OK;
}

/* --- undoing --- */

typedef struct undoing {
    int64_t number;
    str who;
    int64_t now_ms;
    int64_t after;
    /* out, of this step; a step may be run again */
    int64_t after_now, n;
    bool is_end;
} undoing;

static err bring_back(db_tx *tx, arena *scratch, decision_verb verb, int64_t id, int64_t of)
{
    q_signature_get_row s;
    int64_t changed;
    TRY(q_signature_move(tx, id, SIGNATURE_INVALID, state_before(verb), &changed));
    if (changed != 1)
        return ERR_CONFLICT;
    TRY(q_signature_get(tx, scratch, id, &s));
    if (verb == DECISION_REFUSE)
        return q_held_put(tx, id, of, S("refused"), s.confirmed, 0);
    if (s.is_listed)
        TRY(q_listing_show(tx, id, s.confirmed));
    return queue(tx, LOG_UNDO, id, &s);
}

static err undo_step(db_tx *tx, arena *scratch, void *arg)
{
    undoing *u = arg;
    q_decision_get_row d;
    q_decision_items_rows rows;
    u->n = 0;
    TRY(q_decision_get(tx, scratch, u->number, &d));
    if (d.undone || d.verb == DECISION_RELEASE)
        return ERR_CONFLICT;
    TRY(q_decision_items(tx, scratch, u->number, u->after, STEP_ROWS, &rows));
    for (size_t i = 0; i < rows.n; i++) {
        err e = bring_back(tx, scratch, (decision_verb)d.verb, rows.at[i].signature, d.declaration);
        if (e != OK && e != ERR_CONFLICT)
            return e;
        u->n += e == OK;
    }
    u->is_end = rows.n < STEP_ROWS;
    if (rows.n)
        u->after_now = rows.at[rows.n - 1].signature;
    if (u->is_end)
        TRY(q_decision_undo(tx, u->number, u->now_ms, u->who));
    return listing_raise(tx, scratch);
}

err decision_undo(core *c, int64_t number, str who, int64_t now_ms, int64_t *out_n)
{
    undoing u = {.number = number, .who = who, .now_ms = now_ms};
    *out_n = 0;
    do {
        TRY(db_write(c->db, undo_step, &u));
        u.after = u.after_now;
        *out_n += u.n;
    } while (!u.is_end);
    return OK;
}

/* --- reading --- */

typedef struct listing_decisions {
    arena *a;
    int64_t declaration; /* 0: of all, with what is not public */
    size_t most;
    decisions out;
} listing_decisions;

static err read_all(db_tx *tx, listing_decisions *l)
{
    q_decision_all_rows rows;
    TRY(q_decision_all(tx, l->a, (int64_t)l->most, &rows));
    decision *all = arena_array(l->a, decision, rows.n);
    for (size_t i = 0; i < rows.n; i++) {
        const q_decision_all_row *r = &rows.at[i];
        all[i] = (decision){r->id,       r->declaration, (decision_verb)r->verb,
                            r->at,       r->who,         r->terms,
                            r->reason,   r->n,           r->undone,
                            r->undone_by};
    }
    l->out = (decisions){all, rows.n};
    return OK;
}

static err read_decisions(db_tx *tx, arena *scratch, void *arg)
{
    (void)scratch;
    listing_decisions *l = arg;
    if (l->declaration == 0)
        return read_all(tx, l);
    q_decision_public_rows rows;
    TRY(q_decision_public(tx, l->a, l->declaration, (int64_t)l->most, &rows));
    decision *all = arena_array(l->a, decision, rows.n);
    for (size_t i = 0; i < rows.n; i++) {
        const q_decision_public_row *r = &rows.at[i];
        all[i] = (decision){.number = r->id,
                            .declaration = l->declaration,
                            .verb = (decision_verb)r->verb,
                            .at_ms = r->at,
                            .reason = r->reason,
                            .n = r->n,
                            .undone_ms = r->undone};
    }
    l->out = (decisions){all, rows.n};
    return OK;
}

err decision_list(core *c, arena *a, size_t most, decisions *out_decisions)
{
    listing_decisions l = {.a = a, .most = most};
    TRY(db_read(c->db, read_decisions, &l));
    *out_decisions = l.out;
    return OK;
}

err decision_public(core *c, arena *a, int64_t declaration_id, size_t most,
                    decisions *out_decisions)
{
    listing_decisions l = {.a = a, .declaration = declaration_id, .most = most};
    TRY(db_read(c->db, read_decisions, &l));
    *out_decisions = l.out;
    return OK;
}
