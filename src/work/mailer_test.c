/* SPDX-License-Identifier: EUPL-1.2 */
/* Letters from the job to the mailbox: through a relay of our own that keeps them, and through
 * Postfix's smtp-sink for the ways in which relays say no. */

#include "work/mailer.h"

#include "base/clock.h"
#include "base/log.h"
#include "core/interest.h"
#include "core/news.h"
#include "core/renewal.h"
#include "core/return_path.h"
#include "core/signer.h"
#include "mail/sink.h"

#include "test_core.h"

#include <arpa/inet.h>
#include <ftw.h>
#include <netinet/in.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

enum { PATIENCE_MS = 20000 };

static str own_path(arena *a, str code, str token)
{
    return arena_printf(a, "/%.*s/s/%.*s", STR_FMT(code), STR_FMT(token));
}

static str interest_path(arena *a, str code, str token)
{
    return arena_printf(a, "/%.*s/i/%.*s", STR_FMT(code), STR_FMT(token));
}

static str ask_path(arena *a, str code)
{
    return arena_printf(a, "/%.*s/link", STR_FMT(code));
}

static str join_path(arena *a, str code, str token)
{
    return arena_printf(a, "/%.*s/partners/join/%.*s", STR_FMT(code), STR_FMT(token));
}

static str leave_path(arena *a, str code, str token)
{
    return arena_printf(a, "/%.*s/leave/%.*s", STR_FMT(code), STR_FMT(token));
}

typedef struct post {
    fixture f;
    worker w;
    mailer_options options;
    pthread_t thread;
    str inbox;
    mail_sink *sink;
} post;

static void *run(void *arg)
{
    post *p = arg;
    mailer_run(&p->w, &p->options);
    return NULL;
}

static int free_port(void)
{
    int fd = socket(AF_INET, SOCK_STREAM, 0);
    struct sockaddr_in at = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t n = sizeof at;
    assert_int_equal(bind(fd, (struct sockaddr *)&at, n), 0);
    assert_int_equal(getsockname(fd, (struct sockaddr *)&at, &n), 0);
    close(fd);
    return ntohs(at.sin_port);
}

static post *post_open(void **state)
{
    log_set_level(LOG_ERROR);
    fixture f = fixture_open(state);
    /* The mailer goes by the clock of the day, so the declaration is open on it. */
    f.now_ms = clock_now_ms();
    fixture_write(&f, "declaration/main/declaration.ini",
                  S("version=1\nopens=2026-01-01\ncloses=2999-01-01\nretain_until=2999-12-31\ngoal="
                    "1000\nper_mailbox=2\n"
                    "kinds=person organisation mandate\noriginal=en\n"));
    content_report report;
    ASSERT_OK(fixture_import(&f, &report));
    fixture_reload(&f);
    post *p = arena_new(f.a, post);
    p->f = f;
    char *folder = arena_cstr(f.a, S("/tmp/undersigned-inbox.XXXXXX"));
    assert_non_null(mkdtemp(folder));
    p->inbox = str_of(folder);
    p->options = (mailer_options){
        .relay = {.host = S("127.0.0.1"), .timeout_ms = 5000},
        .composer = {.origin = S("https://sign.example"),
                     .from = {S("noreply@sign.example")},
                     .id_host = S("sign.example"),
                     .mailing_from = {S("news@news.sign.example")},
                     .leave_by_mail = {S("bounce@returns.sign.example")},
                     .paths = {.own = own_path,
                               .ask = ask_path,
                               .interest = interest_path,
                               .join = join_path,
                               .leave = leave_path}},
        .mailings_a_minute = 900,
    };
    return p;
}

static void post_begin(post *p, int port)
{
    p->options.relay.port = port;
    worker_init(&p->w, &p->f.c, S("test/1"));
    assert_int_equal(pthread_create(&p->thread, NULL, run, p), 0);
}

static void post_end(post *p)
{
    worker_stop(&p->w);
    pthread_join(p->thread, NULL);
    worker_clear(&p->w);
}

static void post_begin_sink(post *p, bool offers_utf8)
{
    mail_sink_plan plan = {.folder = p->inbox, .offers_utf8 = offers_utf8};
    ASSERT_OK(mail_sink_open(&plan, &p->sink));
    post_begin(p, mail_sink_port(p->sink));
}

static void post_end_sink(post *p)
{
    post_end(p);
    mail_sink_close(p->sink);
}

static int remove_one(const char *path, const struct stat *info, int type, struct FTW *at)
{
    (void)info;
    (void)type;
    (void)at;
    return remove(path);
}

static void post_close(post *p)
{
    nftw(arena_cstr(p->f.a, p->inbox), remove_one, 8, FTW_DEPTH | FTW_PHYS);
    fixture f = p->f;
    fixture_close(&f);
    log_set_level(LOG_INFO);
}

/* The n-th letter that ever arrived. */
static mail_letter wait_for_letter(post *p, size_t n)
{
    str_list names = {NULL, 0};
    for (int64_t end = clock_steady_ms() + PATIENCE_MS; clock_steady_ms() < end; usleep(5000)) {
        ASSERT_OK(mail_inbox_list(p->f.a, p->inbox, 100, &names));
        if (names.n >= n)
            break;
    }
    if (names.n < n)
        fail_msg("%zu letters, not %zu", names.n, n);
    str bytes;
    mail_letter letter_read;
    ASSERT_OK(mail_inbox_read(p->f.a, p->inbox, names.at[names.n - n], &bytes));
    ASSERT_OK(mail_letter_read(p->f.a, bytes, &letter_read));
    return letter_read;
}

static void wait_for_settled(post *p, int64_t lines)
{
    for (int64_t end = clock_steady_ms() + PATIENCE_MS; clock_steady_ms() < end; usleep(5000))
        if (fixture_counts(&p->f).mail_log >= lines)
            return;
    fail_msg("nothing was settled");
}

static bool has(str text, const char *part)
{
    return str_find_str(text, str_of(part)) < text.n;
}

/* The one address in a letter, which text and button share; nothing else may be pressed. */
static str only_link(post *p, const mail_letter *m)
{
    size_t at = str_find_str(m->text, S("https://sign.example"));
    assert_true(at < m->text.n);
    str link = str_skip(m->text, at);
    size_t n = 0;
    while (n < link.n && link.at[n] != '\n' && link.at[n] != ' ')
        n++;
    link = str_head(link, n);
    str after = str_skip(m->text, at + n);
    assert_int_equal(str_find_str(after, S("https://")), after.n);
    str rest = m->html, href = arena_printf(p->f.a, "href=\"%.*s\"", STR_FMT(link));
    size_t links = 0;
    for (size_t next; (next = str_find_str(rest, S("href="))) < rest.n; links++) {
        assert_true(str_starts(str_skip(rest, next), href));
        rest = str_skip(rest, next + 5);
    }
    assert_int_equal(links, 2);
    assert_false(has(m->html, "<img"));
    assert_false(has(m->html, "<script"));
    return link;
}

static str token_of(str link)
{
    size_t at = str_find_str(link, S("/s/"));
    assert_true(at < link.n);
    return str_skip(link, at + 3);
}

static void the_whole_way_of_a_signature(void **state)
{
    post *p = post_open(state);
    fixture *f = &p->f;
    signing ada = fixture_signing("Buy at http://spam.example", "ada@example.org");
    fixture_submit(f, f->main, &ada);
    post_begin_sink(p, true);
    mail_letter first = wait_for_letter(p, 1);
    ASSERT_STR(first.language, S("da"));
    ASSERT_STR(first.delivered_to, S("ada@example.org"));
    assert_true(has(first.from, "Test alliance"));
    assert_true(has(first.text, "main da"));
    assert_false(has(first.text, "spam")); /* nothing that a stranger typed */
    assert_false(has(first.html, "spam"));
    str link = only_link(p, &first), token = token_of(link);
    assert_true(str_starts(link, S("https://sign.example/da/s/")));
    signer_view view;
    ASSERT_OK(signer_open(&f->c, f->a, token, f->now_ms, &view));
    assert_int_equal(view.state, SIGNATURE_PENDING); /* a mail confirms nothing */
    wait_for_settled(p, 1);
    assert_int_equal(fixture_jobs(f).at[0].kind, LETTER_REMIND);
    assert_int_equal(fixture_confirm(f, token), CONFIRM_DONE);
    assert_int_equal(fixture_counts(f).jobs, 0);
    /* The same once more: told by mail only. */
    fixture_submit(f, f->main, &ada);
    mail_letter second = wait_for_letter(p, 2);
    assert_false(str_eq(second.subject, first.subject));
    ASSERT_OK(signer_open(&f->c, f->a, token_of(only_link(p, &second)), clock_now_ms(), &view));
    assert_int_equal(view.state, SIGNATURE_CONFIRMED);
    post_end_sink(p);
    post_close(p);
}

static void every_kind_has_its_words(void **state)
{
    post *p = post_open(state);
    fixture *f = &p->f;
    signing one = fixture_signing("Ada", "ada@example.org"),
            two = fixture_signing("Bob", "ada@example.org"),
            three = fixture_signing("Carl", "ada@example.org");
    one.lang = two.lang = S("en");
    three.lang = S("el");
    fixture_sign(f, f->main, &one);
    fixture_sign(f, f->main, &two);
    fixture_submit(f, f->main, &three);
    post_begin_sink(p, true);
    mail_letter full = wait_for_letter(p, 1);
    ASSERT_STR(full.language, S("el"));
    ASSERT_STR(only_link(p, &full), S("https://sign.example/el/link"));
    email_address ada = {S("ada@example.org")};
    ASSERT_OK(letter_ask_link(&f->c, f->a, ada, S("en"), clock_now_ms()));
    for (size_t i = 2; i <= 3; i++) {
        mail_letter m = wait_for_letter(p, i);
        ASSERT_STR(m.subject, lang_text(f->a, LANG_EN, MSG_MAIL_LINK_SUBJECT, NULL, 0));
        signer_view view;
        ASSERT_OK(signer_open(&f->c, f->a, token_of(only_link(p, &m)), clock_now_ms(), &view));
        assert_int_equal(view.state, SIGNATURE_CONFIRMED);
    }
    post_end_sink(p);
    post_close(p);
}

static void who_waits_for_an_action_gets_its_link(void **state)
{
    post *p = post_open(state);
    fixture *f = &p->f;
    content_report report;
    fixture_write(f, "action/video/action.ini", S("position=1\nminutes=10\n"));
    fixture_write(f, "action/video/en.md",
                  S("title: A video\nsummary: One minute.\nbutton: Send it\ntime: 10 minutes\n"
                    "state: original\n\nSpeak.\n"));
    ASSERT_OK(fixture_import(f, &report));
    fixture_reload(f);
    interest_request asks = {.action = S("video"),
                             .address = {S("ada@example.org")},
                             .name = {S("Buy now")},
                             .lang = S("en"),
                             .now_ms = clock_now_ms()};
    ASSERT_OK(interest_ask(&f->c, f->a, &asks));
    post_begin_sink(p, true);
    mail_letter m = wait_for_letter(p, 1);
    ASSERT_STR(m.subject, lang_text(f->a, LANG_EN, MSG_MAIL_INTEREST_SUBJECT, NULL, 0));
    assert_true(str_find_str(m.text, S("A video")) < m.text.n);
    assert_true(str_find_str(m.text, S("Buy now")) == m.text.n); /* nothing that was typed */
    str link = only_link(p, &m), prefix = S("https://sign.example/en/i/");
    assert_true(str_starts(link, prefix));
    interest one;
    ASSERT_OK(interest_see(&f->c, f->a, str_skip(link, prefix.n), clock_now_ms(), &one));
    assert_false(one.is_confirmed);
    post_end_sink(p);
    post_close(p);
}

static void addresses_beyond_ascii_need_a_relay_that_takes_them(void **state)
{
    post *p = post_open(state);
    fixture *f = &p->f;
    signing maria = fixture_signing("Μαρία", "μαρία@παράδειγμα.gr");
    maria.lang = S("el");
    submitted sent = fixture_submit(f, f->main, &maria);
    post_begin_sink(p, false);
    wait_for_settled(p, 1);
    ASSERT_STR(fixture_mail_log(f).at[0].fate, S("eai"));
    assert_int_equal(fixture_mail_log(f).n, 1); /* at once, and tried no more */
    assert_int_equal(fixture_counts(f).jobs, 0);
    undelivered why;
    ASSERT_OK(signature_undelivered(&f->c, f->a, sent.receipt, &why));
    assert_int_equal(why, UNDELIVERED_EAI);
    post_end_sink(p);
    signing second = fixture_signing("Μαρία", "μαρία@παράδειγμα.gr");
    fixture_submit(f, f->main, &second);
    post_begin_sink(p, true);
    wait_for_letter(p, 1);
    post_end_sink(p);
    post_close(p);
}

/* smtp-sink with one option, in front of which nothing of ours stands. */
static pid_t postfix_begin(post *p, const char *option, const char *value, int *out_port)
{
    *out_port = free_port();
    char *listen = arena_cstr(p->f.a, arena_printf(p->f.a, "inet:127.0.0.1:%d", *out_port));
    char user[] = "nobody", switch_user[] = "-u", name[] = "smtp-sink", backlog[] = "10";
    char *argv[8] = {name};
    int n = 1;
    if (geteuid() == 0) {
        argv[n++] = switch_user;
        argv[n++] = user;
    }
    argv[n++] = arena_cstr(p->f.a, str_of(option));
    argv[n++] = arena_cstr(p->f.a, str_of(value));
    argv[n++] = listen;
    argv[n] = backlog;
    pid_t child = fork();
    if (child == 0) {
        prctl(PR_SET_PDEATHSIG, SIGKILL);
        execv("/usr/sbin/smtp-sink", argv);
        _exit(127);
    }
    struct sockaddr_in at = {.sin_family = AF_INET,
                             .sin_port = htons((uint16_t)*out_port),
                             .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    for (int i = 0; i < 300; i++) {
        int fd = socket(AF_INET, SOCK_STREAM, 0);
        int failed = connect(fd, (struct sockaddr *)&at, sizeof at);
        close(fd);
        if (!failed)
            return child;
        usleep(10000);
    }
    fail_msg("smtp-sink does not listen");
    return child;
}

static void relays_that_say_no_are_believed(void **state)
{
    static const struct {
        const char *option, *value, *fate;
        int jobs;
    } cases[] = {
        {"-r", "RCPT", "later", 1},    {"-r", ".", "later", 1},      {"-q", "DATA", "later", 1},
        {"-Q", "RCPT", "later", 1},    {"-f", "RCPT", "refused", 0}, {"-f", ".", "refused", 0},
        {"-f", "CONNECT", "later", 1},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        post *p = post_open(state);
        signing ada = fixture_signing("Ada", "ada@example.org");
        fixture_submit(&p->f, p->f.main, &ada);
        int port;
        pid_t relay = postfix_begin(p, cases[i].option, cases[i].value, &port);
        post_begin(p, port);
        wait_for_settled(p, 1);
        post_end(p);
        kill(relay, SIGKILL);
        waitpid(relay, NULL, 0);
        ASSERT_STR(fixture_mail_log(&p->f).at[0].fate, str_of(cases[i].fate));
        assert_int_equal(fixture_counts(&p->f).jobs, cases[i].jobs);
        post_close(p);
    }
}

/* A dead relay costs the letter that finds out one attempt, and the others nothing. */
static void a_dead_relay_costs_little(void **state)
{
    post *p = post_open(state);
    fixture *f = &p->f;
    enum { LETTERS = 8 };
    for (int i = 0; i < LETTERS; i++) {
        signing s = fixture_signing("Ada", arena_printf(f->a, "ada%d@example.org", i).at);
        fixture_submit(f, f->main, &s);
    }
    post_begin(p, free_port());
    wait_for_settled(p, 1);
    usleep(300000);
    post_end(p);
    q_probe_mail_log_rows lines = fixture_mail_log(f);
    assert_int_equal(lines.n, 1);
    ASSERT_STR(lines.at[0].fate, S("later"));
    assert_int_equal(fixture_counts(f).jobs, LETTERS);
    /* All are due again soon: nothing waits longer than the first step or the lease. */
    q_probe_jobs_rows jobs = fixture_jobs(f);
    for (size_t i = 0; i < jobs.n; i++)
        assert_true(jobs.at[i].due <= clock_now_ms() + 5 * (int64_t)MINUTE_MS);
    post_close(p);
}

static void subjects_are_short_in_every_language(void **state)
{
    (void)state;
    static const msg subjects[] = {MSG_MAIL_CONFIRM_SUBJECT, MSG_MAIL_REMIND_SUBJECT,
                                   MSG_MAIL_ALREADY_SUBJECT, MSG_MAIL_FULL_SUBJECT,
                                   MSG_MAIL_LINK_SUBJECT,    MSG_MAIL_INTEREST_SUBJECT,
                                   MSG_MAIL_RENEW_SUBJECT};
    arena *a = arena_open(1 << 20);
    for (lang l = 0; l < LANG_COUNT; l++) {
        for (size_t i = 0; i < sizeof subjects / sizeof *subjects; i++) {
            str subject = lang_text(a, l, subjects[i], NULL, 0);
            size_t letters_seen = 0;
            for (size_t k = 0; k < subject.n; k++)
                letters_seen += ((unsigned char)subject.at[k] & 0xC0) != 0x80;
            if (letters_seen > 60)
                fail_msg("%s: %zu: %.*s", lang_code(l).at, letters_seen, STR_FMT(subject));
        }
    }
    arena_close(a);
}

static void the_return_path_names_the_signature(void **state)
{
    post *p = post_open(state);
    fixture *f = &p->f;
    p->options.bounce.private_text = S("bounce@returns.sign.example");
    post_begin_sink(p, false);
    signing ada = fixture_signing("Ada", "ada@example.org");
    fixture_submit(f, f->main, &ada);
    (void)wait_for_letter(p, 1);
    wait_for_settled(p, 1);
    post_end_sink(p);
    str_list names;
    str bytes, token;
    ASSERT_OK(mail_inbox_list(f->a, p->inbox, 1, &names));
    ASSERT_OK(mail_inbox_read(f->a, p->inbox, names.at[0], &bytes));
    str start = S("Return-Path: <bounce+");
    assert_true(str_starts(bytes, start));
    token = str_cut(str_skip(bytes, start.n), '@', &bytes);
    assert_true(str_starts(bytes, S("returns.sign.example>")));
    assert_true(has(bytes, "noreply@sign.example")); /* in From, as ever */
    assert_int_equal(fixture_counts(f).jobs, 1);     /* the reminder */
    ASSERT_OK(return_note(&f->c, token, RETURNED_FOR_GOOD, 5001001, clock_now_ms()));
    assert_int_equal(fixture_counts(f).jobs, 0);
    post_close(p);
}

/* A letter to who asked for news: another sender, and a way out of it that mail programs know. */
static void a_mailing_can_be_left_by_its_header(void **state)
{
    post *p = post_open(state);
    fixture *f = &p->f;
    p->options.bounce.private_text = S("bounce@returns.sign.example");
    signing ada = fixture_signing("Ada", "ada@example.org");
    ada.wants_news = true;
    ada.lang = S("de");
    fixture_sign(f, f->main, &ada);
    fixture_write(f, "declaration/main/declaration.ini",
                  S("version=2\nopens=2026-01-01\ncloses=2999-01-01\nretain_until=2999-12-31\ngoal="
                    "1000\nper_mailbox=2\n"
                    "kinds=person organisation mandate\noriginal=en\n"));
    content_report report;
    ASSERT_OK(fixture_import(f, &report));
    fixture_reload(f);
    int64_t asked;
    ASSERT_OK(renewal_ask(&f->c, f->main, clock_now_ms(), &asked));
    assert_int_equal(asked, 1);
    post_begin_sink(p, true);
    mail_letter m = wait_for_letter(p, 1);
    wait_for_settled(p, 1);
    ASSERT_STR(m.subject, lang_text(f->a, LANG_DE, MSG_MAIL_RENEW_SUBJECT, NULL, 0));
    assert_true(has(m.from, "news@news.sign.example"));
    assert_true(has(m.text, "https://sign.example/de/s/"));
    str_list names;
    str bytes, rest;
    ASSERT_OK(mail_inbox_list(f->a, p->inbox, 1, &names));
    ASSERT_OK(mail_inbox_read(f->a, p->inbox, names.at[0], &bytes));
    assert_true(str_starts(bytes, S("Return-Path: <bounce+")));
    size_t at = str_find_str(bytes, S("\r\nList-Unsubscribe:"));
    assert_true(at < bytes.n);
    str token = str_cut(str_skip(bytes, str_find_str(bytes, S("/de/leave/")) + 10), '>', &rest);
    assert_int_equal(token.n, LEAVE_TOKEN_CHARS);
    str want = arena_printf(f->a,
                            "\r\nList-Unsubscribe:\r\n <https://sign.example/de/leave/%.*s>,\r\n "
                            "<mailto:bounce@returns.sign.example?subject=leave-%.*s>\r\n"
                            "List-Unsubscribe-Post: List-Unsubscribe=One-Click\r\n",
                            STR_FMT(token), STR_FMT(token));
    ASSERT_STR(str_head(str_skip(bytes, at), want.n), want);
    str foot = arena_printf(f->a, "href=\"https://sign.example/de/leave/%.*s\"", STR_FMT(token));
    assert_true(str_find_str(m.html, foot) < m.html.n); /* for who reads to the end */
    ASSERT_OK(news_leave(&f->c, token, S("de"), clock_now_ms()));
    assert_int_equal(fixture_news(f).n, 0);
    /* What answers a signer has neither. */
    ASSERT_OK(letter_ask_link(&f->c, f->a, ada.mail, S("de"), clock_now_ms()));
    mail_letter other = wait_for_letter(p, 2);
    assert_true(has(other.from, "noreply@sign.example"));
    ASSERT_OK(mail_inbox_list(f->a, p->inbox, 1, &names));
    ASSERT_OK(mail_inbox_read(f->a, p->inbox, names.at[0], &bytes));
    assert_false(has(bytes, "List-Unsubscribe"));
    post_end_sink(p);
    post_close(p);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST_ON_BOTH(the_return_path_names_the_signature),
        TEST_ON_BOTH(the_whole_way_of_a_signature),
        TEST_ON_BOTH(a_mailing_can_be_left_by_its_header),
        TEST_ON_BOTH(a_dead_relay_costs_little),
        TEST_ON_SQLITE(every_kind_has_its_words),
        TEST_ON_SQLITE(who_waits_for_an_action_gets_its_link),
        TEST_ON_SQLITE(addresses_beyond_ascii_need_a_relay_that_takes_them),
        TEST_ON_SQLITE(relays_that_say_no_are_believed),
        cmocka_unit_test(subjects_are_short_in_every_language),
    };
    return cmocka_run_group_tests_name("mailer", tests, NULL, NULL);
}
