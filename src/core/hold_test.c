/* SPDX-License-Identifier: EUPL-1.2 */
/* Forged signatures and honest crowds, on both engines and a clock of our own. */

#include "core/decision.h"
#include "core/hold.h"
#include "core/retention.h"
#include "core/signer.h"

#include "test_core.h"

static client_ip host(unsigned a, unsigned b, unsigned c, unsigned d)
{
    return (client_ip){{[10] = 0xFF,
                        [11] = 0xFF,
                        (unsigned char)a,
                        (unsigned char)b,
                        (unsigned char)c,
                        (unsigned char)d}};
}

static fixture open_watched(void **state)
{
    fixture f = fixture_open(state);
    f.c.watch = watch_open(&f.c.keys, 0);
    return f;
}

static void close_watched(fixture *f)
{
    watch_close(f->c.watch);
    fixture_close(f);
}

/* Signs, in an arena of its own, and confirms unless out_token is given. */
static void sign_from(fixture *f, sending how, const char *mail, char *out_token)
{
    arena *a = arena_open(64 << 20);
    submitted out;
    confirm_outcome outcome;
    signing s = fixture_signing("Ada Lovelace", mail);
    s.how = &how;
    ASSERT_OK(signature_submit(&f->c, a, f->main, &s, f->now_ms, &out));
    if (out_token)
        memcpy(out_token, out.token.at, LINK_TOKEN_CHARS);
    else
        ASSERT_OK(signature_confirm(&f->c, out.token, f->now_ms, &f->al, &outcome));
    arena_close(a);
}

static str kept(const char token[static LINK_TOKEN_CHARS])
{
    return (str){token, LINK_TOKEN_CHARS};
}

typedef struct states {
    int of[6];
} states;

static states count_states(fixture *f)
{
    states n = {{0}};
    q_probe_signatures_rows all = fixture_signatures(f);
    for (size_t i = 0; i < all.n; i++)
        n.of[all.at[i].state]++;
    return n;
}

static int64_t run_hold(fixture *f)
{
    int64_t released;
    ASSERT_OK(hold_run(&f->c, f->now_ms, &released));
    return released;
}

/* One host, domains with a catch-all, every letter confirmed, at the pace that the hard limit of
 * 600 an hour leaves, for days. */
static int attack(fixture *f, int n, int domains)
{
    sending from = {.client = host(192, 0, 2, 7)};
    char mail[64];
    int64_t begun = f->now_ms;
    for (int i = 0; i < n; i++) {
        f->now_ms = begun + (int64_t)i * (HOUR_MS / 600);
        snprintf(mail, sizeof mail, "a%d@catchall%d.example", i, i % domains);
        sign_from(f, from, mail, NULL);
        if (i % 600 == 599)
            run_hold(f);
    }
    f->now_ms += 2 * (int64_t)HOUR_MS;
    run_hold(f);
    return count_states(f).of[SIGNATURE_CONFIRMED];
}

/* 0.1 % of the 100,000 of the case; what counts does not grow with the number of forgeries. */
enum { CASE_FORGERIES = 100000, CASE_COUNTED_MOST = CASE_FORGERIES / 1000 };

enum { FORGERIES = 600 };

static int case_forgeries(void)
{
    const char *is_long = getenv("UNDERSIGNED_LONG");
    return is_long && *is_long ? CASE_FORGERIES : FORGERIES;
}

static void catch_all_domain_counts_no_further(void **state)
{
    fixture f = open_watched(state);
    int counted = attack(&f, case_forgeries(), 1);
    print_message("%d of %d forged signatures counted\n", counted, case_forgeries());
    assert_in_range(counted, 1, CASE_COUNTED_MOST);
    close_watched(&f);
}

static void many_domains_of_one_host_count_no_further(void **state)
{
    fixture f = open_watched(state);
    int counted = attack(&f, FORGERIES, 1000);
    assert_in_range(counted, 1, CASE_COUNTED_MOST);
    close_watched(&f);
}

/* Traces of that many signatures, of which nothing else is needed here: all of one large provider,
 * or each of another host and domain of one wider network. */
typedef struct leaving {
    fixture *f;
    int64_t first, n;
    bool is_scattered;
} leaving;

static err leave_traces(db_tx *tx, arena *scratch, void *arg)
{
    const leaving *l = arg;
    for (int64_t i = 0; i < l->n; i++) {
        sending how = {.client = host(192, 0, 2, l->is_scattered ? (unsigned)i % 250 : 1)};
        str domain =
            l->is_scattered ? arena_printf(scratch, "d%lld.example", (long long)i) : S("gmail.com");
        TRY(hold_trace(tx, &l->f->c, l->first + i, l->f->main->id, domain, &how, l->f->now_ms));
    }
    return OK;
}

/* Another host for each forgery, and another domain: the wider network tells. */
static void neighbours_do_not_help(void **state)
{
    fixture f = open_watched(state);
    leaving many = {&f, 100000, 1200, true};
    fixture_change(&f, leave_traces, &many);
    sign_from(&f, (sending){.client = host(192, 0, 2, 254)}, "one@more.example", NULL);
    sign_from(&f, (sending){.client = host(192, 0, 3, 254)}, "else@where.example", NULL);
    f.now_ms += 2 * (int64_t)HOUR_MS;
    run_hold(&f);
    states n = count_states(&f);
    assert_int_equal(n.of[SIGNATURE_HELD], 1);
    assert_int_equal(n.of[SIGNATURE_CONFIRMED], 1);
    close_watched(&f);
}

/* 500 people behind one address within an hour: two thirds have their mail with a large provider,
 * one in eight with the house, the others anywhere. */
static void crowd_counts(void **state)
{
    fixture f = open_watched(state);
    sending from = {.client = host(198, 51, 100, 1)};
    char mail[64];
    for (int i = 0; i < 500; i++) {
        f.now_ms += HOUR_MS / 500;
        if (i % 8 == 0)
            snprintf(mail, sizeof mail, "p%d@house.example", i);
        else if (i % 5 == 0)
            snprintf(mail, sizeof mail, "p%d@own%d.example", i, i);
        else
            snprintf(mail, sizeof mail, "p%d@%s", i, i % 2 ? "gmail.com" : "gmx.de");
        sign_from(&f, from, mail, NULL);
    }
    states at_once = count_states(&f);
    assert_true(at_once.of[SIGNATURE_CONFIRMED] >= 375);
    f.now_ms += WATCH_LOOK_MS;
    run_hold(&f);
    states later = count_states(&f);
    print_message("of 500: %d counted at once, %d an hour later, %d wait for a person\n",
                  at_once.of[SIGNATURE_CONFIRMED], later.of[SIGNATURE_CONFIRMED],
                  later.of[SIGNATURE_HELD]);
    assert_int_equal(later.of[SIGNATURE_CONFIRMED], 500);
    /* And all of them are in the log. */
    fixture_sequence(&f, f.main);
    assert_int_equal(fixture_recount(&f, f.main).sum.total, 500);
    close_watched(&f);
}

static void attack_elsewhere_harms_nobody(void **state)
{
    fixture f = open_watched(state);
    char mail[64];
    for (int i = 0; i < 400; i++) {
        snprintf(mail, sizeof mail, "a%d@catchall.example", i);
        sign_from(&f, (sending){.client = host(192, 0, 2, 7)}, mail, NULL);
        if (i % 10)
            continue;
        int counted = count_states(&f).of[SIGNATURE_CONFIRMED];
        snprintf(mail, sizeof mail, "h%d@home%d.example", i, i % 40);
        sign_from(&f, (sending){.client = host(203, 0, (unsigned)i % 250, 9)}, mail, NULL);
        assert_int_equal(count_states(&f).of[SIGNATURE_CONFIRMED], counted + 1);
    }
    close_watched(&f);
}

static void large_providers_are_no_sign(void **state)
{
    fixture f = open_watched(state);
    char mail[64];
    for (int i = 0; i < 150; i++) {
        snprintf(mail, sizeof mail, "a%d@gmail.com", i);
        sign_from(&f, (sending){.client = host(10, 0, (unsigned)i / 200, (unsigned)i % 200)}, mail,
                  NULL);
    }
    assert_int_equal(count_states(&f).of[SIGNATURE_CONFIRMED], 150);
    close_watched(&f);
}

static void sign_many(fixture *f, sending how, const char *domain, int n)
{
    static int number;
    char mail[96];
    for (int i = 0; i < n; i++) {
        snprintf(mail, sizeof mail, "m%d@%s", number++, domain);
        sign_from(f, how, mail, NULL);
    }
}

/* name: of the rule by which everything that is held is held. */
static void expect_held(fixture *f, int counted, int held, const char *name)
{
    states n = count_states(f);
    held_groups groups;
    assert_int_equal(n.of[SIGNATURE_CONFIRMED], counted);
    assert_int_equal(n.of[SIGNATURE_HELD], held);
    ASSERT_OK(hold_groups(&f->c, f->a, &groups));
    assert_int_equal(groups.n, held > 0);
    if (held) {
        ASSERT_STR(groups.at[0].rule, str_of(name));
        assert_int_equal(groups.at[0].n, held);
    }
}

static void each_sign_holds(void **state)
{
    static const struct {
        const char *rule, *domain;
        sending how;
        int n, counted;
    } cases[] = {
        {"disposable", "mailinator.com", {.is_hurried = false}, 8, 4},
        {"disposable", "x.y.yopmail.com", {.is_hurried = false}, 8, 4},
        {"hurried", "gmail.com", {.is_hurried = true}, 25, 19},
        {"workless", "gmail.com", {.is_workless = true}, 3, 0},
        {"trap", "gmail.com", {.is_trapped = true}, 3, 0},
        {"domain", "town.example", {.is_hurried = false}, 70, 59},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        fixture f = open_watched(state);
        sending how = cases[i].how;
        /* "domain" from many networks, the others from one. */
        for (int n = 0; n < cases[i].n; n++) {
            how.client =
                strcmp(cases[i].rule, "domain") ? host(192, 0, 2, 1) : host(10, (unsigned)n, 1, 1);
            sign_many(&f, how, cases[i].domain, 1);
        }
        expect_held(&f, cases[i].counted, cases[i].n - cases[i].counted, cases[i].rule);
        f.now_ms += WATCH_LOOK_MS - 1;
        assert_int_equal(run_hold(&f), 0);
        f.now_ms++;
        assert_int_equal(run_hold(&f), cases[i].n - cases[i].counted);
        expect_held(&f, cases[i].n, 0, "");
        close_watched(&f);
    }
}

static void operator_names_domains(void **state)
{
    fixture f = open_watched(state);
    ASSERT_OK(watch_domain_set(&f.c, f.a, S("mail.Town.example"), DOMAIN_COMMON));
    ASSERT_OK(watch_domain_set(&f.c, f.a, S("bad.example"), DOMAIN_HELD));
    assert_int_equal(watch_domain_set(&f.c, f.a, S("no host"), DOMAIN_HELD), ERR_INVALID);
    sign_many(&f, (sending){.client = host(192, 0, 2, 1)}, "town.example", 80);
    expect_held(&f, 80, 0, "");
    sign_many(&f, (sending){.client = host(192, 0, 9, 1)}, "bad.example", 1);
    expect_held(&f, 80, 1, "listed");
    f.now_ms += 3 * (int64_t)DAY_MS;
    assert_int_equal(run_hold(&f), 0); /* that is for a person */
    ASSERT_OK(watch_domain_set(&f.c, f.a, S("bad.example"), DOMAIN_UNKNOWN));
    f.now_ms += MINUTE_MS; /* until it is known everywhere */
    sign_many(&f, (sending){.client = host(192, 0, 9, 1)}, "bad.example", 1);
    expect_held(&f, 81, 1, "listed");
    close_watched(&f);
}

/* The name of a domain is written only when so many have it that it points to nobody. */
static void only_frequent_domains_are_named(void **state)
{
    fixture f = open_watched(state);
    known_domains all;
    ASSERT_OK(watch_domains(&f.c, f.a, &all));
    size_t before = all.n;
    sign_many(&f, (sending){.client = host(192, 0, 2, 1)}, "town.example", DOMAIN_SEEN_LEAST);
    ASSERT_OK(watch_domains(&f.c, f.a, &all));
    assert_int_equal(all.n, before);
    sign_many(&f, (sending){.client = host(192, 0, 2, 1)}, "town.example", 2);
    ASSERT_OK(watch_domains(&f.c, f.a, &all));
    assert_int_equal(all.n, before + 1);
    close_watched(&f);
}

static void waiting_does_not_help(void **state)
{
    fixture f = open_watched(state);
    enum { N = 120 };
    static char tokens[N][LINK_TOKEN_CHARS];
    char mail[64];
    for (int i = 0; i < N; i++) {
        snprintf(mail, sizeof mail, "a%d@catchall.example", i);
        sign_from(&f, (sending){.client = host(192, 0, 2, 7)}, mail, tokens[i]);
    }
    /* Four days later nothing is known any more of where they came from. */
    f.now_ms += 4 * (int64_t)DAY_MS;
    retention_report report;
    ASSERT_OK(retention_run(&f.c, f.now_ms, &report));
    assert_int_equal(report.traces, N);
    for (int i = 0; i < N; i++)
        assert_int_equal(fixture_confirm(&f, kept(tokens[i])), CONFIRM_DONE);
    states n = count_states(&f);
    assert_in_range(n.of[SIGNATURE_CONFIRMED], 0, 40);
    f.now_ms += 2 * (int64_t)HOUR_MS;
    ASSERT_OK(retention_run(&f.c, f.now_ms, &report));
    close_watched(&f);
}

/* Other processes and a restart know the same. */
static void every_process_knows(void **state)
{
    fixture f = open_watched(state);
    sign_many(&f, (sending){.client = host(192, 0, 2, 1)}, "catchall.example", 60);
    watch_close(f.c.watch);
    f.c.watch = watch_open(&f.c.keys, 0);
    int held = count_states(&f).of[SIGNATURE_HELD];
    sign_many(&f, (sending){.client = host(192, 0, 2, 1)}, "other.example", 1);
    assert_int_equal(count_states(&f).of[SIGNATURE_HELD], held + 1);
    /* And on the next day, when the network has another name. */
    f.now_ms += 13 * (int64_t)HOUR_MS;
    sign_many(&f, (sending){.client = host(192, 0, 2, 1)}, "third.example", 1);
    assert_int_equal(count_states(&f).of[SIGNATURE_HELD], held + 2);
    /* Two days later it is like any other. */
    f.now_ms += 2 * (int64_t)DAY_MS;
    sign_many(&f, (sending){.client = host(192, 0, 2, 1)}, "fourth.example", 1);
    assert_int_equal(count_states(&f).of[SIGNATURE_HELD], held + 2);
    close_watched(&f);
}

static signer_view view_of(fixture *f, str token)
{
    signer_view v;
    ASSERT_OK(signer_open(&f->c, f->a, token, f->now_ms, &v));
    return v;
}

static void signer_of_a_held_one(void **state)
{
    fixture f = open_watched(state);
    char token[LINK_TOKEN_CHARS], again[LINK_TOKEN_CHARS];
    sending how = {.client = host(192, 0, 2, 1), .is_workless = true};
    sign_from(&f, how, "ada@example.org", token);
    assert_int_equal(fixture_confirm(&f, kept(token)), CONFIRM_DONE);
    signer_view v = view_of(&f, kept(token));
    assert_int_equal(v.state, SIGNATURE_HELD);
    assert_int_equal(v.held_until_ms, f.now_ms + WATCH_LOOK_MS);
    assert_int_equal(v.leaf, -1);
    assert_int_equal(fixture_counts(&f).queue, 0);
    /* Pressing again, and signing again. */
    assert_int_equal(fixture_confirm(&f, kept(token)), CONFIRM_BEFORE);
    sign_from(&f, how, "ada@example.org", again);
    assert_int_equal(fixture_confirm(&f, kept(again)), CONFIRM_ALREADY);
    /* Withdrawing and taking that back; the log hears of neither. */
    ASSERT_OK(signer_withdraw(&f.c, kept(token), f.now_ms));
    assert_int_equal(view_of(&f, kept(token)).state, SIGNATURE_WITHDRAWN);
    f.now_ms += WATCH_LOOK_MS;
    assert_int_equal(run_hold(&f), 0);
    ASSERT_OK(signer_undo(&f.c, kept(token), f.now_ms));
    assert_int_equal(view_of(&f, kept(token)).state, SIGNATURE_HELD);
    assert_int_equal(fixture_counts(&f).queue, 0);
    f.now_ms += WATCH_LOOK_MS;
    assert_int_equal(run_hold(&f), 1);
    assert_int_equal(view_of(&f, kept(token)).state, SIGNATURE_CONFIRMED);
    fixture_sequence(&f, f.main);
    assert_int_equal(view_of(&f, kept(token)).leaf, 1);
    close_watched(&f);
}

static void withdrawn_while_held_is_erased(void **state)
{
    fixture f = open_watched(state);
    char token[LINK_TOKEN_CHARS];
    sign_from(&f, (sending){.client = host(192, 0, 2, 1), .is_workless = true}, "ada@example.org",
              token);
    fixture_confirm(&f, kept(token));
    ASSERT_OK(signer_withdraw(&f.c, kept(token), f.now_ms));
    f.now_ms += 25 * (int64_t)HOUR_MS;
    retention_report report;
    held_groups groups;
    ASSERT_OK(retention_run(&f.c, f.now_ms, &report));
    assert_int_equal(report.withdrawn, 1);
    ASSERT_OK(hold_groups(&f.c, f.a, &groups));
    assert_int_equal(groups.n, 0);
    assert_int_equal(fixture_counts(&f).records, 0);
    close_watched(&f);
}

static void hot_hours_are_noticed(void **state)
{
    fixture f = open_watched(state);
    leaving few = {&f, 1, 3, false}, many = {&f, 100, 3000, false};
    fixture_change(&f, leave_traces, &few);
    ASSERT_OK(watch_look(f.c.watch, f.c.db, f.now_ms));
    assert_false(watch_is_hot(f.c.watch, f.main->id, f.now_ms));
    f.now_ms += 25 * (int64_t)HOUR_MS;
    fixture_change(&f, leave_traces, &many);
    ASSERT_OK(watch_look(f.c.watch, f.c.db, f.now_ms));
    assert_true(watch_is_hot(f.c.watch, f.main->id, f.now_ms));
    assert_false(watch_is_hot(f.c.watch, f.petition->id, f.now_ms));
    f.now_ms += HOUR_MS;
    assert_false(watch_is_hot(f.c.watch, f.main->id, f.now_ms));
    close_watched(&f);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        TEST_ON_BOTH(each_sign_holds),
        TEST_ON_BOTH(operator_names_domains),
        TEST_ON_BOTH(only_frequent_domains_are_named),
        TEST_ON_BOTH(signer_of_a_held_one),
        TEST_ON_BOTH(withdrawn_while_held_is_erased),
        TEST_ON_BOTH(waiting_does_not_help),
        TEST_ON_BOTH(every_process_knows),
        TEST_ON_BOTH(crowd_counts),
        TEST_ON_SQLITE(catch_all_domain_counts_no_further),
        TEST_ON_SQLITE(many_domains_of_one_host_count_no_further),
        TEST_ON_SQLITE(neighbours_do_not_help),
        TEST_ON_SQLITE(attack_elsewhere_harms_nobody),
        TEST_ON_SQLITE(large_providers_are_no_sign),
        TEST_ON_SQLITE(hot_hours_are_noticed),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
