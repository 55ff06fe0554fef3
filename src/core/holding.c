/* SPDX-License-Identifier: EUPL-1.2 */
/* The rows about a signature beside those of the own page. */

#include "core/holding.h"

#include "base/clock.h"
#include "core/link.h"

#include "sql/q_job.h"
#include "sql/q_signature.h"
#include "sql/q_watch.h"

typedef struct gathering {
    core *c;
    arena *a;
    str token;
    int64_t now_ms;
    holding *out;
} gathering;

/* The consents as they were given: of what changed later, the first change tells what stood before
 * it; of the rest, what stands now was so from the start. */
static bool was_given(const q_consent_changes_of_rows *changes, str what, bool is_given_now)
{
    for (size_t i = 0; i < changes->n; i++)
        if (str_eq(changes->at[i].what, what))
            return !changes->at[i].is_given;
    return is_given_now;
}

static void put_consents(gathering *g, const q_consent_changes_of_rows *changes)
{
    holding *h = g->out;
    const signer_view *v = &h->view;
    h->consents = arena_array(g->a, held_consent, 3 + changes->n);
    held_consent first = {S("sign"), true, v->lang, v->text_version, clock_day(v->created_ms)};
    size_t i = 0;
    while (i < changes->n && !str_eq(changes->at[i].what, first.what))
        i++;
    if (i < changes->n) { /* renewed since: the first row tells what was signed at first */
        first.lang = changes->at[i].lang;
        first.text_version = changes->at[i].text_version;
    } else {
        h->consents[h->consent_count++] = first;
    }
    first.what = S("list");
    first.is_given = was_given(changes, first.what, v->is_listed);
    h->consents[h->consent_count++] = first;
    first.what = S("news");
    first.is_given = was_given(changes, first.what, v->wants_news);
    h->consents[h->consent_count++] = first;
    for (i = 0; i < changes->n; i++)
        h->consents[h->consent_count++] =
            (held_consent){changes->at[i].what, changes->at[i].is_given, changes->at[i].lang,
                           changes->at[i].text_version, changes->at[i].day};
}

static err gather(db_tx *tx, arena *scratch, void *arg)
{
    gathering *g = arg;
    holding *h = g->out;
    mailed_link l;
    q_consent_changes_of_rows changes;
    q_link_all_of_rows links;
    q_job_all_of_rows jobs;
    q_hold_facts_row origin;
    TRY(link_follow(tx, scratch, &g->c->keys, g->token, g->now_ms, &l));
    int64_t id = l.signature;
    TRY(q_consent_changes_of(tx, g->a, id, &changes));
    TRY(q_link_all_of(tx, g->a, id, &links));
    TRY(q_job_all_of(tx, g->a, id, &jobs));
    TRY(q_hold_facts(tx, g->a, id, &origin));
    q_signature_mails_row mails;
    TRY(q_signature_mails(tx, id, &mails));
    h->asked_version = mails.asked;
    h->is_undelivered = mails.undelivered != 0;
    h->domain_tag = origin.domain.value;
    h->network_tag = origin.narrow.value;
    h->wider_network_tag = origin.wide.value;
    put_consents(g, &changes);
    h->links = arena_array(g->a, int64_t, links.n);
    for (size_t i = 0; i < links.n; i++)
        h->links[h->link_count++] = links.at[i].expires;
    h->letters = arena_array(g->a, held_letter, jobs.n);
    for (size_t i = 0; i < jobs.n; i++)
        h->letters[h->letter_count++] =
            (held_letter){jobs.at[i].kind, jobs.at[i].created, jobs.at[i].due};
    return OK;
}

err holding_open(core *c, arena *a, str token, int64_t now_ms, holding *out_holding)
{
    holding h = {.consent_count = 0};
    gathering g = {c, a, token, now_ms, &h};
    TRY(signer_open(c, a, token, now_ms, &h.view));
    TRY(db_read(c->db, gather, &g));
    *out_holding = h;
    return OK;
}
