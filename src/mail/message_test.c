/* SPDX-License-Identifier: EUPL-1.2 */
/* Messages as other programs read them: line by line against the RFCs, and back through our own
 * reader, which shares no code with the writer. */

#include "base/random.h"
#include "mail/mail.h"
#include "mail/sink.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

static arena *a;

static int setup(void **state)
{
    (void)state;
    a = arena_open(64 << 20);
    return 0;
}

static int teardown(void **state)
{
    (void)state;
    arena_close(a);
    return 0;
}

static mail_message example(void)
{
    return (mail_message){
        .from_name = S("Ευρωπαϊκή Συμμαχία"),
        .from = {S("noreply@demo.example")},
        .to = {S("maria@παράδειγμα.example")},
        .subject = S("Επιβεβαιώστε την υπογραφή σας: μένει ένα μόνο κουμπί για να μετρηθεί"),
        .message_id = S("<00ff@demo.example>"),
        .language = S("el"),
        .text = S("Αγαπητή Μαρία,\n\nένα κουμπί.\n"),
        .html = S("<!doctype html>\n<html lang=\"el\"><p>ένα κουμπί</p></html>\n"),
        .date_ms = 1795366683120,
    };
}

static str built(const mail_message *m)
{
    str message;
    assert_int_equal(mail_build(a, m, &message), OK);
    return message;
}

/* What must hold for every message: CRLF only, short ASCII lines save for addresses, no line that
 * a header value or a body could have started. */
static void lines_check(str message, bool may_be_utf8)
{
    assert_true(str_ends(message, S("\r\n")));
    while (message.n > 0) {
        size_t end = str_find_str(message, S("\r\n"));
        str line = str_head(message, end);
        assert_true(line.n <= (may_be_utf8 ? 998 : 78));
        for (size_t i = 0; i < line.n; i++) {
            unsigned char c = (unsigned char)line.at[i];
            assert_true(c >= 0x20 || c == '\t');
            assert_true(c < 0x7F || may_be_utf8);
        }
        message = str_skip(message, end + 2);
    }
}

static void message_has_the_expected_form(void **state)
{
    (void)state;
    mail_message m = {
        .from_name = S("Cohesion Alliance"),
        .from = {S("noreply@demo.example")},
        .to = {S("ann@example.org")},
        .reply_to = S("office@demo.example"),
        .subject = S("Please confirm"),
        .message_id = S("<00ff@demo.example>"),
        .language = S("en"),
        .text = S("One button = done.\nFrom here \n"),
        .html = S("<p>é</p>"),
        .list_unsubscribe = S("https://demo.example/u/1"),
        .date_ms = 1795366683120,
    };
    assert_string_equal(arena_cstr(a, built(&m)),
                        "Date: Sun, 22 Nov 2026 16:58:03 +0000\r\n"
                        "From: \"Cohesion Alliance\" <noreply@demo.example>\r\n"
                        "To: <ann@example.org>\r\n"
                        "Reply-To: <office@demo.example>\r\n"
                        "Subject: Please confirm\r\n"
                        "Message-ID: <00ff@demo.example>\r\n"
                        "Content-Language: en\r\n"
                        "Auto-Submitted: auto-generated\r\n"
                        "List-Unsubscribe: <https://demo.example/u/1>\r\n"
                        "List-Unsubscribe-Post: List-Unsubscribe=One-Click\r\n"
                        "MIME-Version: 1.0\r\n"
                        "Content-Type: multipart/alternative; boundary=\"=_part\"\r\n"
                        "\r\n"
                        "--=_part\r\n"
                        "Content-Type: text/plain; charset=utf-8\r\n"
                        "Content-Transfer-Encoding: quoted-printable\r\n"
                        "\r\n"
                        "One button =3D done.\r\n"
                        "=46rom here=20\r\n"
                        "\r\n"
                        "--=_part\r\n"
                        "Content-Type: text/html; charset=utf-8\r\n"
                        "Content-Transfer-Encoding: quoted-printable\r\n"
                        "\r\n"
                        "<p>=C3=A9</p>\r\n"
                        "--=_part--\r\n");
    m.from_name = S("");
    assert_true(str_find_str(built(&m), S("\r\nFrom: <noreply@demo.example>\r\n")) < built(&m).n);
    m.list_unsubscribe = S("");
    assert_true(str_find_str(built(&m), S("List-Unsub")) == built(&m).n);
}

static void message_comes_back(void **state)
{
    (void)state;
    static const str subjects[] = {
        STR_INIT("Επιβεβαιώστε την υπογραφή σας: μένει ένα μόνο κουμπί για να μετρηθεί"),
        STR_INIT("Ikkonferma l-firma tiegħek: għad fadal buttuna waħda biss biex tingħadd, grazzi"),
        STR_INIT("Потвърдете подписа си"),
        STR_INIT("=?utf-8?B?not a word?="),
        STR_INIT(" spaces  around "),
        STR_INIT("A plain but long subject that runs on past the seventy-sixth column of its line"),
        STR_INIT("👩‍👧 👩‍👧 👩‍👧 👩‍👧"),
        STR_INIT("x"),
        STR_INIT(""),
    };
    for (size_t i = 0; i < sizeof(subjects) / sizeof(subjects[0]); i++) {
        mail_message m = example();
        m.subject = subjects[i];
        str message = built(&m);
        lines_check(message, true);
        mail_letter letter;
        assert_int_equal(mail_letter_read(a, message, &letter), OK);
        assert_true(str_eq(letter.subject, i == 4 ? S("spaces  around") : subjects[i]) ||
                    str_eq(letter.subject, subjects[i]));
        assert_true(str_eq(letter.text, m.text));
        assert_true(str_eq(letter.html, m.html));
        assert_true(str_eq(letter.from, S("Ευρωπαϊκή Συμμαχία <noreply@demo.example>")));
        assert_true(str_eq(letter.to, S("<maria@παράδειγμα.example>")));
        assert_true(str_eq(letter.language, S("el")));
        assert_true(str_eq(letter.message_id, S("<00ff@demo.example>")));
    }
}

/* Each encoded word must decode by itself: RFC 2047 section 5 forbids to split a character. */
static void words_hold_whole_characters(void **state)
{
    (void)state;
    for (size_t pad = 0; pad < 60; pad++) {
        buf subject = buf_in(a);
        for (size_t i = 0; i < pad; i++)
            buf_put_char(&subject, 'x');
        for (size_t i = 0; i < 30; i++)
            buf_put(&subject, S("ħ€𐍈"));
        mail_message m = example();
        m.to.private_text = S("ann@example.org");
        m.subject = buf_str(&subject);
        str message = built(&m);
        lines_check(message, false);
        str rest = str_skip(message, str_find_str(message, S("\r\nSubject: ")) + 11);
        size_t words = 0;
        for (;;) {
            size_t end = str_find_str(rest, S("\r\n"));
            str one = arena_printf(a, "Subject: %.*s\r\n\r\n", STR_FMT(str_head(rest, end)));
            mail_letter letter;
            assert_int_equal(mail_letter_read(a, one, &letter), OK);
            assert_true(str_find_str(letter.subject, S("\xEF\xBF\xBD")) == letter.subject.n);
            words++;
            rest = str_skip(rest, end + 2);
            if (rest.at[0] != ' ')
                break;
            rest = str_skip(rest, 1);
        }
        assert_true(words > 4);
    }
}

static void any_body_comes_back(void **state)
{
    (void)state;
    static const str pieces[] = {
        STR_INIT("a"),  STR_INIT(" "), STR_INIT("="),        STR_INIT("\n"), STR_INIT("\t"),
        STR_INIT("ħ"),  STR_INIT("€"), STR_INIT("From "),    STR_INIT("."),  STR_INIT("𐍈"),
        STR_INIT("\r"), STR_INIT("-"), STR_INIT("--=_part"),
    };
    for (int round = 0; round < 300; round++) {
        unsigned char dice[200];
        random_fill(dice, sizeof(dice));
        buf text = buf_in(a);
        for (size_t i = 0; i < sizeof(dice); i++)
            buf_put(&text, pieces[dice[i] % (sizeof(pieces) / sizeof(pieces[0]))]);
        buf_put_char(&text, '\n');
        mail_message m = example();
        m.to.private_text = S("ann@example.org");
        m.text = buf_str(&text);
        str message = built(&m);
        lines_check(message, false);
        mail_letter letter;
        assert_int_equal(mail_letter_read(a, message, &letter), OK);
        assert_true(str_eq(letter.text, m.text));
        assert_true(str_eq(letter.html, m.html));
    }
}

/* printf would stop at a NUL. */
static str joined(const char *before, str value, const char *after)
{
    buf b = buf_in(a);
    buf_put(&b, str_of(before));
    buf_put(&b, value);
    buf_put(&b, str_of(after));
    return buf_str(&b);
}

static void no_value_starts_a_header(void **state)
{
    (void)state;
    static const char *const bad[] = {"a\r\nBcc: x@y", "a\nb",          "a\rb",     "a\x01",
                                      "a\xff",         "a\xE2\x80\xA8", "a\xC2\x85"};
    str message = S("untouched");
    for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]) + 1; i++) {
        str value = i < sizeof(bad) / sizeof(bad[0]) ? str_of(bad[i]) : (str){"a\0b", 3};
        mail_message m = example();
        m.subject = value;
        assert_int_equal(mail_build(a, &m, &message), ERR_INVALID);
        m = example();
        m.from_name = value;
        assert_int_equal(mail_build(a, &m, &message), ERR_INVALID);
        m = example();
        m.language = value;
        assert_int_equal(mail_build(a, &m, &message), ERR_INVALID);
        str address = joined("x@", value, "");
        m = example();
        m.to.private_text = address;
        assert_int_equal(mail_build(a, &m, &message), ERR_INVALID);
        m = example();
        m.from.private_text = address;
        assert_int_equal(mail_build(a, &m, &message), ERR_INVALID);
        m = example();
        m.reply_to = address;
        assert_int_equal(mail_build(a, &m, &message), ERR_INVALID);
        m = example();
        m.message_id = joined("<", address, ">");
        assert_int_equal(mail_build(a, &m, &message), ERR_INVALID);
        m = example();
        m.list_unsubscribe = joined("https://", value, "");
        assert_int_equal(mail_build(a, &m, &message), ERR_INVALID);
    }
    mail_message m = example();
    m.text = S("\xC3");
    assert_int_equal(mail_build(a, &m, &message), ERR_INVALID);
    m = example();
    m.html = S("\xC3");
    assert_int_equal(mail_build(a, &m, &message), ERR_INVALID);
    m = example();
    m.list_unsubscribe = S("mailto:x@y");
    assert_int_equal(mail_build(a, &m, &message), ERR_INVALID);
    m = example();
    m.list_unsubscribe = S("https://a> , <https://b");
    assert_int_equal(mail_build(a, &m, &message), ERR_INVALID);
    m = example();
    m.message_id = S("00ff@demo.example");
    assert_int_equal(mail_build(a, &m, &message), ERR_INVALID);
    m = example();
    m.language = S("");
    assert_int_equal(mail_build(a, &m, &message), ERR_INVALID);
    assert_true(str_eq(message, S("untouched")));
}

static void too_long_is_a_limit(void **state)
{
    (void)state;
    char *long_text = arena_alloc(a, MAIL_BODY_MAX_BYTES + 1);
    memset(long_text, 'x', MAIL_BODY_MAX_BYTES + 1);
    str message;
    mail_message m = example();
    m.subject = (str){long_text, MAIL_HEADER_MAX_BYTES};
    lines_check(built(&m), true);
    m.subject.n++;
    assert_int_equal(mail_build(a, &m, &message), ERR_LIMIT);
    m = example();
    m.text = (str){long_text, MAIL_BODY_MAX_BYTES};
    lines_check(built(&m), true);
    m.text.n++;
    assert_int_equal(mail_build(a, &m, &message), ERR_LIMIT);
}

static void addresses_are_checked(void **state)
{
    (void)state;
    static const char *const good[] = {"a@b", "maria.p+x@example.org", "μαρία@παράδειγμα.gr",
                                       "o'neil@example.ie", "x@xn--hxajbheg2az3al.example"};
    static const char *const bad[] = {
        "",
        "a",
        "@b",
        "a@",
        "a@b@c",
        "a b@c",
        "a@b c",
        "<a@b>",
        "a@b>",
        "a,b@c",
        "a;@c",
        "\"a\"@c",
        "a@[::]",
        "a\\@b",
        "a@b\n",
        "a\xff@b",
        "a(x)@b",
        "a:b@c",
        "a@b\xE2\x80\x8B\xE2\x80\xAE",
    };
    for (size_t i = 0; i < sizeof(good) / sizeof(good[0]); i++)
        assert_true(mail_address_ok((email_address){str_of(good[i])}));
    for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
        assert_false(mail_address_ok((email_address){str_of(bad[i])}));
    char long_text[300];
    memset(long_text, 'a', sizeof(long_text));
    long_text[250] = '@';
    assert_true(mail_address_ok((email_address){{long_text, 254}}));
    assert_false(mail_address_ok((email_address){{long_text, 255}}));
    str one = mail_message_id(a, S("demo.example"));
    assert_int_equal(one.n, 1 + 32 + 1 + 12 + 1);
    assert_false(str_eq(one, mail_message_id(a, S("demo.example"))));
    mail_message m = example();
    m.message_id = one;
    built(&m);
}

/* Letters that others wrote. */
static void foreign_letters_are_read(void **state)
{
    (void)state;
    mail_letter l;
    assert_int_equal(mail_letter_read(a, S(""), &l), ERR_INVALID);
    assert_int_equal(mail_letter_read(a, S("\r\nx"), &l), ERR_INVALID);
    assert_int_equal(mail_letter_read(a, S("Subject: x"), &l), OK);
    assert_true(str_eq(l.subject, S("x")));
    assert_int_equal(mail_letter_read(a,
                                      S("SUBJECT : no\r\nsubject: =?UTF-8?q?caf=C3=A9_?=\r\n"
                                        "\t=?utf-8?b?4oKs?= =?x?z?y?= end\r\n"
                                        "Content-Transfer-Encoding: BASE64\r\n\r\n"
                                        "QcOpDQpC\r\nQw==\r\n"),
                                      &l),
                     OK);
    assert_true(str_eq(l.subject, S("café € =?x?z?y?= end")));
    assert_true(str_eq(l.text, S("Aé\nBC")));
    assert_int_equal(
        mail_letter_read(a,
                         S("Content-Type: multipart/mixed;\r\n boundary=b1; x=y\r\n\r\n"
                           "preamble\r\n--b1\r\ncontent-type: TEXT/HTML\r\n\r\n<p>\r\n"
                           "--b1\r\n\r\nplain \xff\r\n--b1--\r\nepilogue"),
                         &l),
        OK);
    assert_true(str_eq(l.html, S("<p>")));
    assert_true(str_eq(l.text, S("plain \xEF\xBF\xBD")));
    assert_int_equal(
        mail_letter_read(a, S("Content-Type: multipart/x; boundary=\"\"\r\n\r\nbody"), &l), OK);
    assert_true(str_eq(l.text, S("body")));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(message_has_the_expected_form), cmocka_unit_test(message_comes_back),
        cmocka_unit_test(words_hold_whole_characters),   cmocka_unit_test(any_body_comes_back),
        cmocka_unit_test(no_value_starts_a_header),      cmocka_unit_test(too_long_is_a_limit),
        cmocka_unit_test(addresses_are_checked),         cmocka_unit_test(foreign_letters_are_read),
    };
    return cmocka_run_group_tests(tests, setup, teardown);
}
