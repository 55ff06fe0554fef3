/* SPDX-License-Identifier: EUPL-1.2 */
/* Which addresses are one mailbox. A pair that should be the same and is not lets a person count
 * twice; one that should differ and does not makes two people one. */

#include "core/address.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

enum { ARENA_BYTES = 1 << 24 };

typedef struct address_pair {
    const char *left, *right;
    bool is_same;
} address_pair;

static const address_pair pairs[] = {
    /* case and white space around */
    {"ada@example.org", "ada@example.org", true},
    {"Ada@example.org", "ada@example.org", true},
    {"ADA@EXAMPLE.ORG", "ada@example.org", true},
    {"ada@Example.Org", "ada@example.org", true},
    {" ada@example.org\t", "ada@example.org", true},
    {"ada@example.org", "ada@example.com", false},
    {"ada@example.org", "adb@example.org", false},
    {"ada@example.org", "ada@mail.example.org", false},
    {"ada@example.org", "ada@xample.org", false},
    {"ada@example.org", "da@example.org", false},
    /* dots and tags mean something to most hosts */
    {"a.da@example.org", "ada@example.org", false},
    {"ada+x@example.org", "ada@example.org", false},
    {"ada-x@example.org", "ada@example.org", false},
    {"ada_x@example.org", "adax@example.org", false},
    /* Gmail */
    {"a.d.a@gmail.com", "ada@gmail.com", true},
    {"A.Da@Gmail.Com", "ada@gmail.com", true},
    {"ada+news@gmail.com", "ada@gmail.com", true},
    {"a.da+news.more+x@gmail.com", "ada@gmail.com", true},
    {"ada@googlemail.com", "ada@gmail.com", true},
    {"a.d.a+x@GoogleMail.com", "ada@gmail.com", true},
    {"+ada@gmail.com", "ada@gmail.com", false},
    {"+ada@gmail.com", "+bob@gmail.com", false},
    {"ada-news@gmail.com", "ada@gmail.com", false},
    {"adab@gmail.com", "ada@gmail.com", false},
    {"ada@mail.gmail.com", "ada@gmail.com", false},
    {"ada@gmail.co", "ada@gmail.com", false},
    /* Microsoft: tags, no dots; the hosts are different mailboxes */
    {"ada+x@outlook.com", "ada@outlook.com", true},
    {"a.da@outlook.com", "ada@outlook.com", false},
    {"ada+x@hotmail.com", "ada@hotmail.com", true},
    {"ada@hotmail.com", "ada@outlook.com", false},
    {"ada+x@live.com", "ada+y@live.com", true},
    {"ada@live.com", "ada@hotmail.com", false},
    /* Apple */
    {"ada+x@icloud.com", "ada@icloud.com", true},
    {"ada@me.com", "ada@icloud.com", true},
    {"ada+x@me.com", "ada+y@icloud.com", true},
    {"a.da@icloud.com", "ada@icloud.com", false},
    /* Fastmail, Proton */
    {"ada+x@fastmail.com", "ada@fastmail.com", true},
    {"a.da@fastmail.com", "ada@fastmail.com", false},
    {"ada+x@proton.me", "ada@proton.me", true},
    {"ada@protonmail.com", "ada@proton.me", true},
    {"ada+y@pm.me", "ada@proton.me", true},
    /* Yahoo: the tag follows a hyphen */
    {"ada-x@yahoo.com", "ada@yahoo.com", true},
    {"ada+x@yahoo.com", "ada@yahoo.com", false},
    {"ada-x@yahoo.fr", "ada@yahoo.fr", false},
    {"-ada@yahoo.com", "ada@yahoo.com", false},
    {"ada.-x@yahoo.com", "ada@yahoo.com", false},
    /* names of hosts in any script */
    {"ada@bücher.example", "ada@xn--bcher-kva.example", true},
    {"ada@BÜCHER.example", "ada@bücher.example", true},
    {"ada@bu\xcc\x88"
     "cher.example",
     "ada@bücher.example", true},
    {"ada@bucher.example", "ada@bücher.example", false},
    {"ada@straße.example", "ada@strasse.example", false},
    {"ada@παράδειγμα.example", "ada@xn--hxajbheg2az3al.example", true},
    {"ada@пример.example", "ada@xn--e1afmkfd.example", true},
    {"ada@example。org", "ada@example.org", true},
    {"ada@ｅｘａｍｐｌｅ.org", "ada@example.org", true},
    /* local parts in any script */
    {"Άννα@example.org", "άννα@example.org", true},
    {"\xce\x91\xcc\x81ννα@example.org", "άννα@example.org", true},
    {"ΑΝΝΑ@example.org", "αννα@example.org", true},
    {"ΝΊΚΟΣ@example.org", "νίκος@example.org", true},
    {"αννα@example.org", "άννα@example.org", false},
    {"ИВАН@example.org", "иван@example.org", true},
    {"иван@example.org", "ivan@example.org", false},
    {"Łódź@example.org", "łódź@example.org", true},
    {"łódź@example.org", "lodz@example.org", false},
    {"JÜRGEN@example.org", "jürgen@example.org", true},
    {"straße@example.org", "strasse@example.org", false},
    {"аda@example.org", "ada@example.org", false}, /* a Cyrillic а */
};

static const char *const invalid[] = {
    "",
    " ",
    "ada",
    "@example.org",
    "ada@",
    "ada@@example.org",
    "ada@b@example.org",
    "ada@localhost",
    "ada@example.org.",
    "ada@.example.org",
    "ada@example..org",
    "ada@-example.org",
    "ada@exa mple.org",
    "ada@exa_mple.org",
    "ada@127.0.0.1",
    "ada@[127.0.0.1]",
    "ada@[IPv6:::1]",
    "a da@example.org",
    ".ada@example.org",
    "ada.@example.org",
    "a..da@example.org",
    "\"a da\"@example.org",
    "ada<x@example.org",
    "Ada <ada@example.org>",
    "ada,bob@example.org",
    "ada;bob@example.org",
    "ada:x@example.org",
    "ada(x)@example.org",
    "ada\\x@example.org",
    "ada\r\nBcc: x@example.org",
    "ada\n@example.org",
    "ada\x01@example.org",
    "ada\x7f@example.org",
    "ada\xff@example.org",
    "ada@ex\xc3\x28mple.org",
    "ada\xc2\xa0x@example.org",     /* no-break space */
    "ada\xe3\x80\x80x@example.org", /* ideographic space */
    "ada\xe2\x80\x8bx@example.org", /* zero width space */
    "ada\xe2\x80\x8dx@example.org", /* zero width joiner */
    "ada\xe2\x80\xaex@example.org", /* override of direction */
    "ada\xef\xbb\xbfx@example.org", /* byte order mark */
    "ada@exam\xe2\x80\x8bple.org.",
    "ada@xn--a.example.org",
    "1234567890123456789012345678901234567890123456789012345678901234x@example.org",
};

static str canonical_of(arena *a, str address)
{
    email_address out;
    err e = address_canonical(a, (email_address){address}, &out);
    if (e != OK)
        fail_msg("\"%.*s\": %s", STR_FMT(address), err_name(e));
    return personal_text(out);
}

static void pairs_are_the_same_or_not(void **state)
{
    (void)state;
    arena *a = arena_open(ARENA_BYTES);
    size_t n = sizeof pairs / sizeof *pairs;
    assert_true(n >= 60);
    for (size_t i = 0; i < n; i++) {
        str left = canonical_of(a, str_of(pairs[i].left));
        str right = canonical_of(a, str_of(pairs[i].right));
        if (str_eq(left, right) != pairs[i].is_same)
            fail_msg("\"%.*s\" and \"%.*s\"", STR_FMT(left), STR_FMT(right));
        /* The canonical form is its own. */
        assert_true(str_eq(canonical_of(a, left), left));
        assert_true(str_eq(canonical_of(a, right), right));
    }
    arena_close(a);
}

static void others_are_refused(void **state)
{
    (void)state;
    arena *a = arena_open(ARENA_BYTES);
    for (size_t i = 0; i < sizeof invalid / sizeof *invalid; i++) {
        email_address out;
        email_address address = {str_of(invalid[i])};
        if (address_canonical(a, address, &out) != ERR_INVALID ||
            address_deliverable(a, address, &out) != ERR_INVALID)
            fail_msg("%zu \"%s\"", i, invalid[i]);
    }
    email_address out, with_nul = {{"ada\0@example.org", 16}};
    assert_int_equal(address_canonical(a, with_nul, &out), ERR_INVALID);
    email_address huge = {{arena_array(a, char, 1 << 20), 1 << 20}};
    assert_int_equal(address_canonical(a, huge, &out), ERR_INVALID);
    arena_close(a);
}

/* 254 bytes as sent: a host in another script grows on its way. */
static void lengths_hold_as_sent(void **state)
{
    (void)state;
    arena *a = arena_open(ARENA_BYTES);
    email_address out;
    buf b = buf_in(a);
    for (int i = 0; i < 64; i++)
        buf_put_char(&b, 'a');
    buf_put_char(&b, '@');
    size_t local = b.n;
    while (b.n < ADDRESS_BYTES_MOST - 2)
        buf_put(&b, b.n % 50 == 49 ? S(".") : S("b"));
    buf_put(&b, S(".c"));
    assert_int_equal(buf_str(&b).n, ADDRESS_BYTES_MOST);
    assert_int_equal(address_canonical(a, (email_address){buf_str(&b)}, &out), OK);
    buf_put_char(&b, 'd');
    assert_int_equal(address_canonical(a, (email_address){buf_str(&b)}, &out), ERR_INVALID);
    b.n = local;
    for (int i = 0; i < 9; i++)
        buf_put(&b, S("ääääääää."));
    buf_put(&b, S("example"));
    assert_true(b.n <= ADDRESS_BYTES_MOST);
    err e = address_deliverable(a, (email_address){buf_str(&b)}, &out);
    assert_true(e == ERR_INVALID || personal_text(out).n <= ADDRESS_BYTES_MOST);
    arena_close(a);
}

static void delivers_as_written(void **state)
{
    (void)state;
    static const char *const written[][2] = {
        {" Ada.L+x@GoogleMail.com ", "Ada.L+x@googlemail.com"},
        {"ÄDA@Bücher.example", "ÄDA@xn--bcher-kva.example"},
        {"\x41\xcc\x88"
         "da@example.org",
         "Äda@example.org"},
        {"o'hara!#$%&*/=?^`{|}~@example.org", "o'hara!#$%&*/=?^`{|}~@example.org"}};
    arena *a = arena_open(ARENA_BYTES);
    for (size_t i = 0; i < sizeof written / sizeof *written; i++) {
        email_address out;
        assert_int_equal(address_deliverable(a, (email_address){str_of(written[i][0])}, &out), OK);
        assert_true(str_eq(personal_text(out), str_of(written[i][1])));
    }
    arena_close(a);
}

static void ids_tell_what_they_should(void **state)
{
    (void)state;
    key32 one = {.at = {1}}, two = {.at = {2}};
    core_keys keys = core_keys_derive(&one), foreign = core_keys_derive(&two);
    email_address ada = {S("ada@example.org")}, bob = {S("bob@example.org")};
    mailbox_id ids[12];
    address_key first = address_key_of(&keys, 1, S("")), second = address_key_of(&keys, 2, S(""));
    address_key eleventh = address_key_of(&keys, 11, S(""));
    address_key other = address_key_of(&foreign, 1, S(""));
    address_key secret = address_key_of(&keys, 1, S("secret"));
    size_t n = 0;
    ids[n++] = address_mailbox(&first, ada);
    ids[n++] = address_mailbox(&second, ada);
    ids[n++] = address_mailbox(&eleventh, ada);
    ids[n++] = address_mailbox(&first, bob);
    ids[n++] = address_mailbox(&other, ada);
    ids[n++] = address_signer(&first, ada, SIGNER_PERSON, S("ada"));
    ids[n++] = address_signer(&first, ada, SIGNER_ORGANISATION, S("ada"));
    ids[n++] = address_signer(&first, ada, SIGNER_MANDATE, S("ada"));
    ids[n++] = address_signer(&first, ada, SIGNER_PERSON, S("eve"));
    ids[n++] = address_signer(&second, ada, SIGNER_PERSON, S("ada"));
    ids[n++] = address_signer(&first, bob, SIGNER_PERSON, S("ada"));
    ids[n++] = address_mailbox(&secret, ada);
    for (size_t i = 0; i < n; i++)
        for (size_t k = 0; k < i; k++)
            assert_memory_not_equal(ids[i].at, ids[k].at, sizeof ids[i].at);
    mailbox_id again = address_mailbox(&first, ada);
    assert_memory_equal(again.at, ids[0].at, sizeof again.at);
    /* A name of any length is taken. */
    static char longest[5000];
    memset(longest, 'x', sizeof longest);
    (void)address_signer(&first, ada, SIGNER_PERSON, (str){longest, sizeof longest});
}

int main(void)
{
    crypto_init();
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(pairs_are_the_same_or_not), cmocka_unit_test(others_are_refused),
        cmocka_unit_test(lengths_hold_as_sent),      cmocka_unit_test(delivers_as_written),
        cmocka_unit_test(ids_tell_what_they_should),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
