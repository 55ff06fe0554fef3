/* SPDX-License-Identifier: EUPL-1.2 */
/* Delivery to real SMTP servers: Postfix's smtp-sink for the ways in which relays say no, and a
 * peer with TLS and login for who may be talked to. */

#include "base/clock.h"
#include "base/log.h"
#include "mail/mail.h"
#include "mail/smtp_peer.h"

#include <arpa/inet.h>
#include <dirent.h>
#include <netinet/in.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

static arena *a;
static char folder[] = "/tmp/undersigned-smtp-XXXXXX";
static char ca_path[64];
static pid_t postfix_sink;

static int setup(void **state)
{
    (void)state;
    log_set_level(LOG_ERROR);
    a = arena_open(64 << 20);
    assert_non_null(mkdtemp(folder));
    assert_int_equal(chmod(folder, 0755), 0);
    snprintf(ca_path, sizeof(ca_path), "%s/ca.pem", folder);
    return 0;
}

static int teardown(void **state)
{
    (void)state;
    pid_t child = fork();
    if (child == 0) {
        execlp("rm", "rm", "-rf", folder, (char *)NULL);
        _exit(127);
    }
    waitpid(child, NULL, 0);
    arena_close(a);
    return 0;
}

static const email_address from = {STR_INIT("noreply@demo.example")};
static const email_address ann = {STR_INIT("ann@example.org")};
static const email_address maria = {STR_INIT("μαρία@παράδειγμα.gr")};

static str letter_to(email_address to, str subject)
{
    mail_message m = {
        .from_name = S("Συμμαχία"),
        .from = from,
        .to = to,
        .subject = subject,
        .message_id = mail_message_id(a, S("demo.example")),
        .language = S("el"),
        .text = S("ένα\n.\n..δύο\n"),
        .html = S("<p>ένα</p>\n"),
        .date_ms = clock_now_ms(),
    };
    str message;
    assert_int_equal(mail_build(a, &m, &message), OK);
    return message;
}

static mail_session *session_to(int port, mail_security security, int timeout_ms)
{
    mail_relay relay = {.host = security == MAIL_PLAIN ? S("127.0.0.1") : S("localhost"),
                        .port = port,
                        .security = security,
                        .own_name = S("client.test"),
                        .timeout_ms = timeout_ms};
    mail_session *s;
    assert_int_equal(mail_open(&relay, &s), OK);
    return s;
}

static mail_fate sent(mail_session *s, email_address to, int *out_code)
{
    return mail_send(s, from, to, letter_to(to, S("Θέμα")), out_code);
}

static int free_port(void)
{
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t n = sizeof(address);
    int s = socket(AF_INET, SOCK_STREAM, 0);
    assert_int_equal(bind(s, (struct sockaddr *)&address, n), 0);
    assert_int_equal(getsockname(s, (struct sockaddr *)&address, &n), 0);
    close(s);
    return ntohs(address.sin_port);
}

static bool can_connect(int port)
{
    struct sockaddr_in address = {.sin_family = AF_INET,
                                  .sin_port = htons((uint16_t)port),
                                  .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    int s = socket(AF_INET, SOCK_STREAM, 0);
    bool is_up = connect(s, (struct sockaddr *)&address, sizeof(address)) == 0;
    close(s);
    return is_up;
}

/* Starts smtp-sink with up to two options and gives its port. */
static int postfix_begin(const char *option, const char *value)
{
    int port = free_port();
    char *listen = arena_cstr(a, arena_printf(a, "inet:127.0.0.1:%d", port));
    char *argv[12] = {arena_cstr(a, S("smtp-sink"))};
    int n = 1;
    if (geteuid() == 0) {
        argv[n++] = arena_cstr(a, S("-u"));
        argv[n++] = arena_cstr(a, S("nobody"));
    }
    if (option)
        argv[n++] = arena_cstr(a, str_of(option));
    if (value)
        argv[n++] = arena_cstr(a, str_of(value));
    argv[n++] = listen;
    argv[n] = arena_cstr(a, S("10"));
    postfix_sink = fork();
    if (postfix_sink == 0) {
        prctl(PR_SET_PDEATHSIG, SIGKILL);
        execv("/usr/sbin/smtp-sink", argv);
        _exit(127);
    }
    for (int i = 0; i < 200 && !can_connect(port); i++)
        usleep(10000);
    assert_true(can_connect(port));
    return port;
}

static void postfix_end(void)
{
    kill(postfix_sink, SIGKILL);
    waitpid(postfix_sink, NULL, 0);
}

static void postfix_takes_letters(void **state)
{
    (void)state;
    char *dump = arena_cstr(a, arena_printf(a, "%s/dump/m.", folder));
    char *dump_folder = arena_cstr(a, arena_printf(a, "%s/dump", folder));
    assert_int_equal(mkdir(dump_folder, 0777), 0);
    assert_int_equal(chmod(dump_folder, 0777), 0);
    int port = postfix_begin("-d", dump);
    mail_session *s = session_to(port, MAIL_PLAIN, 5000);
    int code = 0;
    for (int i = 0; i < 3; i++) {
        assert_int_equal(sent(s, ann, &code), MAIL_SENT);
        assert_int_equal(code, 250);
    }
    /* It does not offer SMTPUTF8, whether asked on a kept connection or on a new one. */
    assert_int_equal(sent(s, maria, &code), MAIL_NEEDS_EAI);
    assert_int_equal(code, 0);
    assert_int_equal(sent(s, ann, &code), MAIL_SENT);
    mail_close(s);
    s = session_to(port, MAIL_PLAIN, 5000);
    assert_int_equal(sent(s, maria, &code), MAIL_NEEDS_EAI);
    assert_int_equal(sent(s, maria, &code), MAIL_NEEDS_EAI);
    assert_int_equal(sent(s, ann, &code), MAIL_SENT);
    mail_close(s);
    postfix_end();

    int files = 0;
    DIR *dir = opendir(dump_folder);
    for (struct dirent *entry; (entry = readdir(dir));)
        files += entry->d_name[0] == 'm';
    closedir(dir);
    assert_int_equal(files, 5);
}

typedef struct refusal {
    const char *option;
    const char *value;
    mail_fate fate;
    int code;
} refusal;

static void postfix_says_no(void **state)
{
    (void)state;
    static const refusal cases[] = {
        {"-r", "rcpt", MAIL_LATER, 450},    {"-r", "mail", MAIL_LATER, 450},
        {"-r", "data", MAIL_LATER, 450},    {"-r", ".", MAIL_LATER, 450},
        {"-f", "rcpt", MAIL_REFUSED, 500},  {"-f", "mail", MAIL_REFUSED, 500},
        {"-f", "data", MAIL_REFUSED, 500},  {"-f", ".", MAIL_REFUSED, 500},
        {"-q", "rcpt", MAIL_LATER, 0},      {"-q", "data", MAIL_LATER, 0},
        {"-q", ".", MAIL_LATER, 0},         {"-q", "connect", MAIL_LATER, 0},
        {"-q", "ehlo", MAIL_LATER, 0},      {"-Q", "rcpt", MAIL_LATER, 421},
        {"-Q", "connect", MAIL_LATER, 421}, {"-f", "connect", MAIL_LATER, 500},
        {"-r", "connect", MAIL_LATER, 450}, {"-f", "ehlo,helo", MAIL_LATER, 500},
    };
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        int port = postfix_begin(cases[i].option, cases[i].value);
        mail_session *s = session_to(port, MAIL_PLAIN, 5000);
        for (int again = 0; again < 2; again++) {
            int code = -1;
            mail_fate fate = sent(s, ann, &code);
            if (fate != cases[i].fate || code != cases[i].code)
                print_message("%s %s: fate %d code %d\n", cases[i].option, cases[i].value, fate,
                              code);
            assert_int_equal(fate, cases[i].fate);
            assert_int_equal(code, cases[i].code);
        }
        mail_close(s);
        postfix_end();
    }
}

static void silence_ends_in_time(void **state)
{
    (void)state;
    int silent = socket(AF_INET, SOCK_STREAM, 0);
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t n = sizeof(address);
    assert_int_equal(bind(silent, (struct sockaddr *)&address, n), 0);
    assert_int_equal(listen(silent, 4), 0);
    assert_int_equal(getsockname(silent, (struct sockaddr *)&address, &n), 0);
    mail_session *s = session_to(ntohs(address.sin_port), MAIL_PLAIN, 300);
    int code = -1;
    int64_t begun_ms = clock_steady_ms();
    assert_int_equal(sent(s, ann, &code), MAIL_LATER);
    assert_int_equal(code, 0);
    assert_true(clock_steady_ms() - begun_ms < 5000);
    mail_close(s);
    close(silent);

    s = session_to(free_port(), MAIL_PLAIN, 1000);
    assert_int_equal(sent(s, ann, &code), MAIL_LATER);
    assert_int_equal(code, 0);
    mail_close(s);
}

/* ---- TLS and login ---- */

static mail_relay relay_of(const smtp_peer *peer, mail_security security)
{
    return (mail_relay){.host = S("localhost"),
                        .port = smtp_peer_port(peer),
                        .security = security,
                        .ca_file = str_of(ca_path),
                        .own_name = S("client.test"),
                        .timeout_ms = 5000};
}

static mail_fate sent_by(const mail_relay *relay, email_address to, int *out_code)
{
    mail_session *s;
    assert_int_equal(mail_open(relay, &s), OK);
    mail_fate fate = sent(s, to, out_code);
    mail_close(s);
    return fate;
}

static void tls_is_verified(void **state)
{
    (void)state;
    int code;
    for (int at_once = 0; at_once < 2; at_once++) {
        mail_security security = at_once ? MAIL_TLS : MAIL_STARTTLS;
        smtp_peer_plan plan = {.tls_at_once = at_once, .offers_starttls = !at_once};
        smtp_peer *peer = smtp_peer_open(&plan, ca_path);
        mail_relay relay = relay_of(peer, security);
        assert_int_equal(sent_by(&relay, ann, &code), MAIL_SENT);
        assert_int_equal(code, 250);
        relay.ca_file = S(""); /* the system knows no such authority */
        assert_int_equal(sent_by(&relay, ann, &code), MAIL_LATER);
        assert_int_equal(code, 0);
        assert_int_equal(smtp_peer_messages(peer), 1);
        smtp_peer_close(peer);

        plan.certificate_for = "other.test";
        peer = smtp_peer_open(&plan, ca_path);
        relay = relay_of(peer, security);
        assert_int_equal(sent_by(&relay, ann, &code), MAIL_LATER);
        assert_int_equal(smtp_peer_messages(peer), 0);
        smtp_peer_close(peer);
    }
    /* Stripping STARTTLS from the offer does not make us talk in clear. */
    smtp_peer_plan stripped = {0};
    smtp_peer *peer = smtp_peer_open(&stripped, ca_path);
    mail_relay relay = relay_of(peer, MAIL_STARTTLS);
    assert_int_equal(sent_by(&relay, ann, &code), MAIL_LATER);
    assert_null(strstr(smtp_peer_commands(peer), "MAIL"));
    smtp_peer_close(peer);
}

static void login_is_not_the_recipients_fault(void **state)
{
    (void)state;
    int code;
    /* "\0relay\0secret" */
    smtp_peer_plan plan = {.offers_starttls = true, .login = "AHJlbGF5AHNlY3JldA=="};
    smtp_peer *peer = smtp_peer_open(&plan, ca_path);
    mail_relay relay = relay_of(peer, MAIL_STARTTLS);
    assert_int_equal(sent_by(&relay, ann, &code), MAIL_LATER);
    assert_int_equal(code, 530);
    relay.user = S("relay");
    relay.password = S("wrong");
    assert_int_equal(sent_by(&relay, ann, &code), MAIL_LATER);
    assert_int_equal(code, 535);
    relay.password = S("secret");
    assert_int_equal(sent_by(&relay, ann, &code), MAIL_SENT);
    assert_int_equal(smtp_peer_messages(peer), 1);
    smtp_peer_close(peer);

    smtp_peer_plan closed = {.greeting = "554 no service here\r\n"};
    peer = smtp_peer_open(&closed, ca_path);
    relay = relay_of(peer, MAIL_PLAIN);
    assert_int_equal(sent_by(&relay, ann, &code), MAIL_LATER);
    assert_int_equal(code, 554);
    smtp_peer_close(peer);
}

static void utf8_goes_where_it_is_offered(void **state)
{
    (void)state;
    int code;
    smtp_peer_plan plan = {.offers_starttls = true, .offers_utf8 = true};
    smtp_peer *peer = smtp_peer_open(&plan, ca_path);
    mail_relay relay = relay_of(peer, MAIL_STARTTLS);
    assert_int_equal(sent_by(&relay, maria, &code), MAIL_SENT);
    assert_non_null(strstr(smtp_peer_commands(peer), "SMTPUTF8\r\n"));
    assert_non_null(strstr(smtp_peer_commands(peer), "<μαρία@"));
    assert_int_equal(sent_by(&relay, ann, &code), MAIL_SENT);
    assert_null(strstr(smtp_peer_commands(peer), "SMTPUTF8\r\n"));
    smtp_peer_close(peer);

    /* What was offered in clear says nothing about the protected session. */
    smtp_peer_plan in_clear = {.offers_starttls = true, .offers_utf8_in_clear = true};
    peer = smtp_peer_open(&in_clear, ca_path);
    relay = relay_of(peer, MAIL_STARTTLS);
    assert_int_equal(sent_by(&relay, maria, &code), MAIL_NEEDS_EAI);
    assert_int_equal(sent_by(&relay, ann, &code), MAIL_SENT);
    assert_int_equal(smtp_peer_messages(peer), 1);
    smtp_peer_close(peer);
}

static void connection_is_kept_and_renewed(void **state)
{
    (void)state;
    int code;
    smtp_peer_plan plan = {.offers_starttls = true};
    smtp_peer *peer = smtp_peer_open(&plan, ca_path);
    mail_relay relay = relay_of(peer, MAIL_STARTTLS);
    mail_session *s;
    assert_int_equal(mail_open(&relay, &s), OK);
    for (int i = 0; i < 20; i++)
        assert_int_equal(sent(s, ann, &code), MAIL_SENT);
    assert_int_equal(smtp_peer_connections(peer), 1);
    assert_non_null(strstr(smtp_peer_commands(peer), "EHLO client.test\r\n"));
    for (int i = 0; i < 5; i++) {
        smtp_peer_drop(peer);
        assert_int_equal(sent(s, ann, &code), MAIL_SENT);
    }
    assert_int_equal(smtp_peer_connections(peer), 6);
    assert_int_equal(smtp_peer_messages(peer), 25);
    mail_close(s);
    smtp_peer_close(peer);
}

static void relays_are_checked(void **state)
{
    (void)state;
    mail_relay good = {
        .host = S("mail.example.org"), .port = 587, .security = MAIL_STARTTLS, .timeout_ms = 1000};
    mail_session *s;
    assert_int_equal(mail_open(&good, &s), OK);
    int code = -1;
    email_address two_lines = {S("a@b>\r\nRCPT TO:<c@d")};
    assert_int_equal(mail_send(s, from, two_lines, S("x\r\n"), &code), MAIL_REFUSED);
    assert_int_equal(code, 0);
    mail_close(s);
    mail_close(NULL);

    mail_relay r = good;
    r.security = MAIL_PLAIN;
    assert_int_equal(mail_open(&r, &s), ERR_DENIED);
    r.may_be_plain = true;
    assert_int_equal(mail_open(&r, &s), OK);
    mail_close(s);
    static const char *const hosts[] = {"", "a b", "a/b", "a@b", "a\n", "[::1]", "α"};
    for (size_t i = 0; i < sizeof(hosts) / sizeof(hosts[0]); i++) {
        r = good;
        r.host = str_of(hosts[i]);
        assert_int_equal(mail_open(&r, &s), ERR_INVALID);
    }
    r = good;
    r.own_name = S("a b");
    assert_int_equal(mail_open(&r, &s), ERR_INVALID);
    r = good;
    r.port = 0;
    assert_int_equal(mail_open(&r, &s), ERR_INVALID);
    r = good;
    r.timeout_ms = 0;
    assert_int_equal(mail_open(&r, &s), ERR_INVALID);
    r = good;
    r.password = (str){"a\0b", 3};
    assert_int_equal(mail_open(&r, &s), ERR_INVALID);
}

int main(void)
{
    signal(SIGPIPE, SIG_IGN);
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(postfix_takes_letters),
        cmocka_unit_test(postfix_says_no),
        cmocka_unit_test(silence_ends_in_time),
        cmocka_unit_test(tls_is_verified),
        cmocka_unit_test(login_is_not_the_recipients_fault),
        cmocka_unit_test(utf8_goes_where_it_is_offered),
        cmocka_unit_test(connection_is_kept_and_renewed),
        cmocka_unit_test(relays_are_checked),
    };
    return cmocka_run_group_tests(tests, setup, teardown);
}
