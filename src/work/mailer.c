/* SPDX-License-Identifier: EUPL-1.2 */
/* Claim, prepare, write, send, settle.
 *
 * A letter counts as sent before it is settled, never the other way round: a mailer that dies
 * between the two costs a second copy, not the letter. When the relay itself fails, or we are to
 * stop, the letters still in hand are given back: due at once, no attempt the worse. The one that
 * found out goes behind them, so that a letter at which a relay falls over holds up no other. */

#include "work/mailer.h"

#include "base/clock.h"
#include "base/log.h"
#include "core/return_path.h"

enum {
    IDLE_MS = 250,
    CLAIM_MOST = 4,
    LETTER_BYTES_MOST = 8 << 20,
    TROUBLE_FIRST_MS = 1000,
    TROUBLE_LAST_MS = 8000,
    RELAY_TIMEOUT_MS = 25000,
    BOUNCE_LOCAL_MOST = 64 - 1 - RETURN_TOKEN_CHARS, /* RFC 5321 4.5.3.1.1 */
};

/* The last letter in hand must be tried before another mailer may take it. */
_Static_assert((int)CLAIM_MOST *(int)RELAY_TIMEOUT_MS < (int)LETTER_LEASE_MS,
               "a slow relay outlives the lease");

typedef enum relay_state { RELAY_UP, RELAY_DOWN } relay_state;

typedef struct mailing {
    worker *w;
    const mailer_options *options;
    mail_session *session;
    alliance_copy alliance;
    relay_state relay;
    int rest_ms;
    size_t sent; /* in this round */
} mailing;

/* Said once when the relay goes and once when it comes back. */
static void note_relay(mailing *m, relay_state now)
{
    if (now != m->relay) {
        if (now == RELAY_DOWN)
            LOG(LOG_WARN, "mailer.relay", log_str("state", S("down")));
        else
            LOG(LOG_INFO, "mailer.relay", log_str("state", S("up")));
    }
    m->relay = now;
}

typedef struct delivery {
    letter_fate fate;
    int code;
    bool is_relay_trouble;
} delivery;

/* Where the letter comes back to, when it does. */
static email_address return_path(const mailing *m, arena *a, const letter *one,
                                 email_address sender)
{
    str domain, local = str_cut(personal_text(m->options->bounce), '@', &domain);
    if (domain.n == 0 || one->return_token.n == 0)
        return sender;
    return (email_address){arena_printf(a, "%.*s+%.*s@%.*s", STR_FMT(local),
                                        STR_FMT(one->return_token), STR_FMT(domain))};
}

static delivery send_letter(mailing *m, arena *a, const letter *one)
{
    mail_message message;
    str bytes;
    err e =
        composer_write(&m->options->composer, a, &m->alliance.al, one, clock_now_ms(), &message);
    if (e == OK)
        e = mail_build(a, &message, &bytes);
    if (e != OK) {
        LOG(LOG_WARN, "mailer.unwritable", log_int("kind", (int64_t)one->kind),
            log_str("outcome", str_of(err_name(e))));
        return (delivery){.fate = LETTER_REFUSED};
    }
    int code = 0;
    switch (mail_send(m->session, return_path(m, a, one, message.from), message.to, bytes, &code)) {
    case MAIL_SENT:
        return (delivery){LETTER_SENT, code, false};
    case MAIL_REFUSED:
        return (delivery){LETTER_REFUSED, code, false};
    case MAIL_NEEDS_EAI: /* waiting changes nothing: there is no way down since RFC 6530 */
        return (delivery){LETTER_EAI, code, false};
    case MAIL_LATER:
        /* A 4xx speaks of this letter; anything else, and "closing down", of the relay. */
        return (delivery){LETTER_LATER, code, code < 400 || code > 499 || code == 421};
    }
    return (delivery){.fate = LETTER_LATER};
}

/* A request for links can bring several letters; one that must wait makes all wait. */
static void join(delivery *all, delivery one)
{
    if (one.fate == LETTER_LATER || all->fate == LETTER_REFUSED)
        *all = one;
}

static err run_job(mailing *m, arena *a, const letter_job *job)
{
    letters prepared;
    err e = letter_prepare(m->w->core, a, job, &m->alliance.al, clock_now_ms(), &prepared);
    if (e == ERR_INVALID) /* sealed under another key, or no address: never to be sent */
        return letter_settle(m->w->core, job, LETTER_REFUSED, 0, clock_now_ms());
    TRY(e);
    if (prepared.n == 0)
        return OK;
    delivery all = {.fate = LETTER_REFUSED};
    for (size_t i = 0; i < prepared.n && !all.is_relay_trouble; i++)
        join(&all, send_letter(m, a, &prepared.at[i]));
    bool was_down = m->relay == RELAY_DOWN;
    note_relay(m, all.is_relay_trouble ? RELAY_DOWN : RELAY_UP);
    m->sent += all.fate == LETTER_SENT;
    if (all.is_relay_trouble && was_down) /* noted when it went */
        return letter_release(m->w->core, job, 1, true, clock_now_ms() + LETTER_HELD_MS);
    if (all.is_relay_trouble)
        all.fate = LETTER_HELD;
    return letter_settle(m->w->core, job, all.fate, all.code, clock_now_ms());
}

static err run_jobs(mailing *m, arena *a, const letter_jobs *jobs)
{
    arena *of_letter = arena_open(LETTER_BYTES_MOST);
    arena_defer(a, (arena_call *)arena_close, of_letter);
    err e = OK;
    size_t i = 0;
    bool goes_on = true;
    while (e == OK && goes_on && i < jobs->n) {
        e = run_job(m, of_letter, &jobs->at[i++]);
        arena_reset(of_letter);
        goes_on = m->relay == RELAY_UP && worker_rest(m->w, 0);
    }
    TRY(e);
    return letter_release(m->w->core, jobs->at + i, jobs->n - i, false, clock_now_ms());
}

static err run_round(mailing *m, arena *a, size_t *out_claimed)
{
    letter_jobs jobs;
    TRY(worker_alliance(m->w, &m->alliance));
    int most = m->relay == RELAY_DOWN ? 1 : CLAIM_MOST;
    TRY(letter_claim(m->w->core, a, clock_now_ms(), most, &jobs));
    if (jobs.n == 0) /* nobody waits for a mailing */
        TRY(letter_claim_mailing(m->w->core, a, clock_now_ms(), most, m->options->mailings_a_minute,
                                 &jobs));
    *out_claimed = jobs.n;
    return run_jobs(m, a, &jobs);
}

/* How long to wait now: not at all while there is work, ever longer while something is wrong. */
static int rest_after(mailing *m, err e, size_t claimed)
{
    if (e == OK && m->relay == RELAY_UP) {
        m->rest_ms = 0;
        return claimed > 0 ? 0 : IDLE_MS;
    }
    m->rest_ms = m->rest_ms ? m->rest_ms * 2 : TROUBLE_FIRST_MS;
    if (m->rest_ms > TROUBLE_LAST_MS)
        m->rest_ms = TROUBLE_LAST_MS;
    return m->rest_ms;
}

void mailer_run(worker *w, const mailer_options *options)
{
    mailing m = {.w = w, .options = options};
    mail_relay relay = options->relay;
    if (relay.timeout_ms == 0)
        relay.timeout_ms = RELAY_TIMEOUT_MS;
    /* A setting of ours must not cost a letter: they wait until it is mended. */
    str bounce = personal_text(options->bounce);
    bool is_bounce_ok = bounce.n == 0 || (mail_address_ok(options->bounce) &&
                                          str_find(bounce, '@') <= BOUNCE_LOCAL_MOST);
    err e = mail_address_ok(options->composer.from) &&
                    mail_address_ok(options->composer.mailing_from) && is_bounce_ok
                ? OK
                : ERR_INVALID;
    if (e == OK)
        e = mail_open(&relay, &m.session);
    if (e != OK) {
        LOG(LOG_ERROR, "mailer.settings", log_str("outcome", str_of(err_name(e))));
        return;
    }
    arena *a = arena_open(LETTER_BYTES_MOST);
    err before = OK;
    size_t claimed;
    do {
        claimed = 0;
        e = run_round(&m, a, &claimed);
        arena_reset(a);
        if (e != before)
            LOG(e == OK ? LOG_INFO : LOG_ERROR, "mailer.state",
                log_str("outcome", str_of(err_name(e))));
        before = e;
    } while (worker_rest(w, rest_after(&m, e, claimed)));
    arena_close(a);
    mail_close(m.session);
    arena_close(m.alliance.home);
}
