/* SPDX-License-Identifier: EUPL-1.2 */
/* The receiver: what our own delivery sends arrives whole, and rude visitors cost nothing. */

#include "base/clock.h"
#include "base/log.h"
#include "mail/mail.h"
#include "mail/sink.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

static arena *a;
static char folder[] = "/tmp/undersigned-sink-XXXXXX";

static int setup(void **state)
{
    (void)state;
    log_set_level(LOG_ERROR);
    a = arena_open(64 << 20);
    assert_non_null(mkdtemp(folder));
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

static mail_fate sent(mail_session *s, email_address to, str subject)
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
    int code;
    assert_int_equal(mail_build(a, &m, &message), OK);
    return mail_send(s, from, to, message, &code);
}

static mail_sink *sink_at(const char *name, bool offers_utf8, size_t max_letters, str *out_folder)
{
    *out_folder = arena_printf(a, "%s/%s", folder, name);
    mail_sink_plan plan = {
        .folder = *out_folder, .offers_utf8 = offers_utf8, .max_letters = max_letters};
    mail_sink *sink;
    assert_int_equal(mail_sink_open(&plan, &sink), OK);
    return sink;
}

static mail_session *session_to(int port)
{
    mail_relay relay = {.host = S("127.0.0.1"), .port = port, .timeout_ms = 5000};
    mail_session *s;
    assert_int_equal(mail_open(&relay, &s), OK);
    return s;
}

static mail_letter stored(str inbox, size_t i)
{
    str_list names;
    str bytes;
    mail_letter letter;
    assert_int_equal(mail_inbox_list(a, inbox, 100, &names), OK);
    assert_true(i < names.n);
    assert_int_equal(mail_inbox_read(a, inbox, names.at[i], &bytes), OK);
    assert_int_equal(mail_letter_read(a, bytes, &letter), OK);
    return letter;
}

static void sink_keeps_what_was_sent(void **state)
{
    (void)state;
    str inbox;
    mail_sink *sink = sink_at("inbox", true, 3, &inbox);
    mail_session *s = session_to(mail_sink_port(sink));
    str subject = S("Επιβεβαιώστε την υπογραφή σας: μένει μόνο ένα κουμπί για να μετρηθεί");
    assert_int_equal(sent(s, ann, subject), MAIL_SENT);
    mail_letter l = stored(inbox, 0);
    assert_true(str_eq(l.subject, subject));
    assert_true(str_eq(l.text, S("ένα\n.\n..δύο\n")));
    assert_true(str_eq(l.html, S("<p>ένα</p>\n")));
    assert_true(str_eq(l.delivered_to, S("ann@example.org")));

    subject = S("Ikkonferma l-firma tiegħek");
    assert_int_equal(sent(s, maria, subject), MAIL_SENT);
    l = stored(inbox, 0);
    assert_true(str_eq(l.subject, subject));
    assert_true(str_eq(l.delivered_to, personal_text(maria)));
    assert_true(str_eq(l.to, S("<μαρία@παράδειγμα.gr>")));

    /* Only the newest three stay. */
    for (int i = 0; i < 3; i++)
        assert_int_equal(sent(s, ann, S("Θέμα")), MAIL_SENT);
    str_list names;
    assert_int_equal(mail_inbox_list(a, inbox, 100, &names), OK);
    assert_int_equal(names.n, 3);
    assert_true(str_eq(stored(inbox, 2).subject, S("Θέμα")));
    mail_close(s);
    mail_sink_close(sink);

    struct stat status;
    str path = arena_printf(a, "%.*s/%.*s", STR_FMT(inbox), STR_FMT(names.at[0]));
    assert_int_equal(stat(arena_cstr(a, path), &status), 0);
    assert_int_equal(status.st_mode & 0777, 0600);
    str bytes;
    assert_int_equal(mail_inbox_read(a, inbox, S("../ca.pem"), &bytes), ERR_NOT_FOUND);
    assert_int_equal(mail_inbox_read(a, inbox, S("..eml"), &bytes), ERR_NOT_FOUND);
    assert_int_equal(mail_inbox_read(a, inbox, S("00.eml"), &bytes), ERR_NOT_FOUND);
    assert_int_equal(mail_inbox_read(a, inbox, S("0/0.eml"), &bytes), ERR_NOT_FOUND);
    assert_int_equal(mail_inbox_list(a, S("/no/such"), 9, &names), ERR_IO);
}

static int raw_connection(int port)
{
    struct sockaddr_in address = {.sin_family = AF_INET,
                                  .sin_port = htons((uint16_t)port),
                                  .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    int s = socket(AF_INET, SOCK_STREAM, 0);
    struct timeval patience = {3, 0};
    setsockopt(s, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof(patience));
    assert_int_equal(connect(s, (struct sockaddr *)&address, sizeof(address)), 0);
    return s;
}

/* Says all of it at once, and gives all that is answered until the sink hangs up. */
static str conversation(int port, str said)
{
    int s = raw_connection(port);
    buf heard = buf_in(a);
    char part[512];
    size_t at = 0;
    while (at < said.n) {
        ssize_t n = send(s, said.at + at, said.n - at, MSG_NOSIGNAL);
        if (n <= 0)
            break;
        at += (size_t)n;
    }
    for (ssize_t n; (n = recv(s, part, sizeof(part), 0)) > 0;)
        buf_put(&heard, (str){part, (size_t)n});
    close(s);
    return buf_str(&heard);
}

static void sink_answers_rude_visitors(void **state)
{
    (void)state;
    str inbox;
    mail_sink *sink = sink_at("rude", false, 0, &inbox);
    int port = mail_sink_port(sink);
    str heard = conversation(
        port,
        S("RCPT TO:<a@b>\r\nMAIL FROM:<>\r\nEHLO x\r\nRCPT TO:<a@b>\r\nDATA\r\nMAIL FROM: a\r\n"
          "MAIL FROM:<>\r\nMAIL FROM:<>\r\nRCPT TO:<>\r\nRCPT TO:<a b@c>\r\nWHAT\r\nNOOP\r\n"
          "RCPT TO:<a@b>\r\nRSET\r\nDATA\r\nQUIT\r\n"));
    assert_string_equal(arena_cstr(a, heard),
                        "220 sink.localhost ESMTP\r\n503 5.5.1 Not now\r\n503 5.5.1 Not now\r\n"
                        "250-sink.localhost\r\n250-PIPELINING\r\n250-SIZE 4194304\r\n250 8BITMIME"
                        "\r\n503 5.5.1 Not now\r\n503 5.5.1 Not now\r\n501 5.1.7 Bad sender\r\n"
                        "250 2.1.0 OK\r\n503 5.5.1 Not now\r\n501 5.1.3 Bad recipient\r\n"
                        "501 5.1.3 Bad recipient\r\n502 5.5.1 Not here\r\n250 2.0.0 OK\r\n"
                        "250 2.1.5 OK\r\n250 2.0.0 OK\r\n503 5.5.1 Not now\r\n221 2.0.0 Bye\r\n");

    /* A bare LF ends nothing: the second message stays text of the first. */
    heard = conversation(port, S("HELO x\r\nMAIL FROM:<m@x>\r\nRCPT TO:<a@b>\r\nDATA\r\n"
                                 "Subject: one\r\n\r\nx\n.\nMAIL FROM:<e@x>\r\n.\r\nQUIT\r\n"));
    assert_true(str_ends(heard, S("354 Go on\r\n250 2.0.0 Kept\r\n221 2.0.0 Bye\r\n")));
    assert_true(str_eq(stored(inbox, 0).text, S("x\n.\nMAIL FROM:<e@x>\n")));
    mail_sink_close(sink);
}

static void sink_bounds_every_visitor(void **state)
{
    (void)state;
    str inbox;
    mail_sink *sink = sink_at("full", false, 0, &inbox);
    int port = mail_sink_port(sink);
    char *long_line = arena_alloc(a, 10000);
    memset(long_line, 'x', 10000);
    str heard = conversation(port, (str){long_line, 10000});
    assert_true(str_find_str(heard, S("500 5.5.2 Line too long")) < heard.n ||
                str_eq(heard, S("220 sink.localhost ESMTP\r\n")));

    buf large = buf_in(a);
    buf_put(&large, S("HELO x\r\nMAIL FROM:<m@x>\r\nRCPT TO:<a@b>\r\nDATA\r\n"));
    for (int i = 0; i < MAIL_SINK_MESSAGE_MAX_BYTES / 900 + 10; i++) {
        buf_put(&large, (str){long_line, 900});
        buf_put(&large, S("\r\n"));
    }
    buf_put(&large, S(".\r\nQUIT\r\n"));
    heard = conversation(port, buf_str(&large));
    assert_true(str_ends(heard, S("552 5.3.4 Message too large\r\n221 2.0.0 Bye\r\n")));
    str_list names;
    assert_int_equal(mail_inbox_list(a, inbox, 100, &names), OK);
    assert_int_equal(names.n, 0);

    int crowd[40];
    for (size_t i = 0; i < 40; i++)
        crowd[i] = raw_connection(port);
    int busy = 0;
    for (size_t i = 0; i < 40; i++) {
        char first[4] = "";
        assert_true(recv(crowd[i], first, 3, 0) == 3);
        busy += strcmp(first, "421") == 0;
    }
    assert_int_equal(busy, 8);
    for (size_t i = 0; i < 40; i++)
        close(crowd[i]);
    mail_sink_close(sink);
}

static void sink_opens_only_where_it_can(void **state)
{
    (void)state;
    str inbox;
    mail_sink *sink = sink_at("taken", false, 0, &inbox);
    mail_sink *second;
    mail_sink_plan taken = {.folder = inbox, .port = mail_sink_port(sink)};
    log_set_level(LOG_ERROR + 1);
    assert_int_equal(mail_sink_open(&taken, &second), ERR_IO);
    taken.folder = S("/no/such/folder");
    assert_int_equal(mail_sink_open(&taken, &second), ERR_IO);
    taken.port = 70000;
    assert_int_equal(mail_sink_open(&taken, &second), ERR_INVALID);
    mail_sink_close(sink);
}

int main(void)
{
    signal(SIGPIPE, SIG_IGN);
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(sink_keeps_what_was_sent),
        cmocka_unit_test(sink_answers_rude_visitors),
        cmocka_unit_test(sink_bounds_every_visitor),
        cmocka_unit_test(sink_opens_only_where_it_can),
    };
    return cmocka_run_group_tests(tests, setup, teardown);
}
