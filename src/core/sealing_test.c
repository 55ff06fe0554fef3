/* SPDX-License-Identifier: EUPL-1.2 */
/* Records sealed in the browser, on both engines: what the server takes, what it refuses, and that
 * everything that works elsewhere works without the record. The seals are made here from the
 * formats (docs/records.md), by the record and age modules. */

#include "core/sealing.h"

#include "base/clock.h"
#include "core/erasure.h"
#include "core/export.h"
#include "core/listing.h"
#include "core/rewrap.h"
#include "core/signer.h"

#include "test_core.h"

static const declaration *import_veil(fixture *f, int version, int per_mailbox)
{
    content_report report;
    fixture_write(
        f, "declaration/veil/declaration.ini",
        arena_printf(f->a,
                     "version=%d\nopens=2026-01-01\ncloses=2027-01-01\nretain_until=2027-07-01\n"
                     "kinds=person organisation\noriginal=en\nrecords=browser\nper_mailbox=%d\n",
                     version, per_mailbox));
    fixture_write(f, "declaration/veil/en.md",
                  arena_printf(f->a, "title: Veil\nstate: original\nsummary: Short\n\nSealed %d.\n",
                               version));
    fixture_write(f, "declaration/veil/da.md",
                  arena_printf(f->a,
                               "title: Slør\nstate: reviewed\nsummary: Kort\n\nForseglet %d.\n",
                               version));
    ASSERT_OK(fixture_import(f, &report));
    fixture_reload(f);
    return alliance_declaration(&f->al, S("veil"));
}

static const declaration *open_veil(fixture *f, int version)
{
    return import_veil(f, version, 1);
}

/* What a browser would commit to and seal for a signing: the whole record. */
static record written(fixture *f, const declaration *d, const signing *s, const char *name)
{
    record r = {
        .campaign = d->slug,
        .text_hash = hex_make(f->a, hash_str(&declaration_text_in(d, 1, s->lang)->hash)),
        .lang = s->lang,
        .kind = s->kind,
        .name = {str_of(name)},
        .organisation = s->kind == SIGNER_ORGANISATION ? S("Byen") : S(""),
        .mail = s->mail,
        .country = s->country,
        .region = S("Fyn"),
        .is_listed = s->is_listed,
        .day = clock_day(f->now_ms),
        .authority = S("Decision 7"),
    };
    for (unsigned char i = 0; i < sizeof r.seed.at; i++)
        r.seed.at[i] = (unsigned char)(i * 3 + name[0]);
    return r;
}

/* The text of docs/records.md, version 2: the lines of an opening but `uniq`, and six more. */
static str record_lines(arena *a, const record *r)
{
    str whole, line, rest;
    buf b = buf_in(a);
    ASSERT_OK(record_opening(a, r, &whole));
    str_cut(whole, '\n', &rest);
    buf_put(&b, S("undersigned record 2\n"));
    while (rest.n) {
        line = str_cut(rest, '\n', &rest);
        if (!str_starts(line, S("uniq ")))
            buf_printf(&b, "%.*s\n", STR_FMT(line));
    }
    buf_printf(&b, "function \ntype \nauthority %.*s\nreason \nwebsite \ngroup \n",
               STR_FMT(r->authority));
    return buf_str(&b);
}

static str joined(arena *a, str left, str right)
{
    buf b = buf_in(a);
    buf_put(&b, left);
    buf_put(&b, right);
    return buf_str(&b);
}

static str sealed_file(fixture *f, const record *r, const age_recipient *to, size_t n)
{
    age_file_key file_key = age_file_key_make();
    return joined(f->a, age_header(f->a, &file_key, to, n),
                  age_payload(f->a, &file_key, record_lines(f->a, r)));
}

/* Keeps back what the browser keeps back: name, organisation and region where r is not listed. */
static str reduced(fixture *f, const record *r)
{
    str whole;
    opening o;
    bool keep[OPENING_FIELDS];
    ASSERT_OK(record_opening(f->a, r, &whole));
    ASSERT_OK(opening_read(f->a, whole, &o));
    opening_set(&o, (size_t)opening_field(S("uniq")), S(""));
    memset(keep, true, sizeof keep);
    keep[opening_field(S("name"))] = r->is_listed;
    keep[opening_field(S("org"))] = r->is_listed;
    keep[opening_field(S("region"))] = r->is_listed;
    return opening_reduced(f->a, &o, keep);
}

static browser_seal seal_of(fixture *f, const declaration *d, const record *r)
{
    return (browser_seal){.opening = reduced(f, r),
                          .file = sealed_file(f, r, d->recipients.at, d->recipients.n),
                          .recipients = recipients_text(f->a, d->recipients)};
}

/* What the form brings in clear: nothing personal but the address. */
static signing bare(const char *mail)
{
    signing s = fixture_signing("", mail);
    s.website = s.group = s.partner = S("");
    return s;
}

static str sign_sealed(fixture *f, const declaration *d, signing *s, const char *name)
{
    record r = written(f, d, s, name);
    browser_seal seal = seal_of(f, d, &r);
    sending how = {.is_workless = false};
    s->seal = &seal;
    s->how = &how;
    str token = fixture_sign(f, d, s);
    s->seal = NULL;
    return token;
}

static signer_view view_of(fixture *f, str token)
{
    signer_view v;
    ASSERT_OK(signer_open(&f->c, f->a, token, f->now_ms, &v));
    return v;
}

static void only_the_organiser_reads_it(void **state)
{
    fixture f = fixture_open(state);
    const declaration *veil = open_veil(&f, 1);
    assert_int_equal(veil->records, RECORDS_BROWSER);
    assert_int_equal(veil->recipients.n, FIXTURE_IDENTITIES);
    assert_true(str_find_str(veil->manifest, S("\nrecords browser\nrecipient age1")) <
                veil->manifest.n);
    signing s = bare("Ada@Example.org");
    s.wants_news = true;
    str token = sign_sealed(&f, veil, &s, "Ada");
    fixture_sequence(&f, veil);
    int64_t id = fixture_signatures(&f).at[0].id;
    for (size_t i = 0; i < FIXTURE_IDENTITIES; i++) {
        record opened = fixture_unsealed(&f, i, id); /* and it gives the commitment */
        ASSERT_STR(personal_text(opened.name), S("Ada"));
        ASSERT_STR(opened.authority, S("Decision 7"));
        ASSERT_STR(personal_text(opened.mail), S("Ada@Example.org"));
    }
    signer_view v = view_of(&f, token);
    assert_false(v.has_record);
    ASSERT_STR(personal_text(v.record.name), S(""));
    ASSERT_STR(v.record.country, S("DK"));
    assert_int_equal(v.leaf, 1);
    assert_int_equal(fixture_news(&f).n, 0);
    assert_int_equal(fixture_counts(&f).listings, 0);
    /* The leaf is the one that the signer can compute. */
    record r = written(&f, veil, &s, "Ada");
    r.mailbox = v.record.mailbox;
    hash32 own = record_commitment(f.a, &r);
    assert_memory_equal(own.at, v.commitment.at, 32);
    /* No one button signs another text in the signer's place. */
    veil = open_veil(&f, 2);
    assert_int_equal(signer_renew(&f.c, f.a, veil, token, NULL, S("da"), f.now_ms), ERR_CONFLICT);
    assert_int_equal(signer_set_consents(&f.c, f.a, token, true, true, S("da"), f.now_ms),
                     ERR_CONFLICT);
    ASSERT_OK(erasure_by_link(&f.c, token, f.now_ms));
    assert_int_equal(fixture_counts(&f).records + fixture_counts(&f).record_keys, 0);
    fixture_close(&f);
}

static void one_mailbox_is_one_signer(void **state)
{
    fixture f = fixture_open(state);
    const declaration *veil = open_veil(&f, 1);
    signing s = bare("ada@example.org");
    sign_sealed(&f, veil, &s, "Ada");
    signing again = bare("Ada@example.org");
    record r = written(&f, veil, &again, "Quite another");
    browser_seal seal = seal_of(&f, veil, &r);
    again.seal = &seal;
    assert_int_equal(fixture_confirm(&f, fixture_submit(&f, veil, &again).token), CONFIRM_ALREADY);
    fixture_close(&f);
}

static correction fix_of(const signing *s, const browser_seal *seal)
{
    return (correction){.name = s->name,
                        .organisation = s->organisation,
                        .function = S(""),
                        .country = s->country,
                        .region = s->region,
                        .reason = S(""),
                        .website = S(""),
                        .group = S(""),
                        .type = S(""),
                        .authority = S(""),
                        .seal = seal,
                        .is_listed = s->is_listed};
}

static confirm_outcome attempt(fixture *f, const declaration *d, signing *s, const char *name,
                               int64_t person)
{
    record r = written(f, d, s, name);
    browser_seal seal = seal_of(f, d, &r);
    s->seal = &seal;
    s->person = person;
    confirm_outcome outcome = fixture_confirm(f, fixture_submit(f, d, s).token);
    s->seal = NULL;
    return outcome;
}

/* Nobody tells the server a name, so who shares a mailbox gives itself a number. */
static void sharers_of_a_mailbox_are_numbered(void **state)
{
    fixture f = fixture_open(state);
    const declaration *veil = import_veil(&f, 1, 2);
    signing s = bare("ada@example.org");
    str ada = sign_sealed(&f, veil, &s, "Ada");
    s.person = 2;
    str bea = sign_sealed(&f, veil, &s, "Bea");
    s.how = NULL;
    fixture_sequence(&f, veil);
    assert_int_equal(fixture_recount(&f, veil).sum.total, 2);
    assert_int_equal(attempt(&f, veil, &s, "Cai", 2), CONFIRM_ALREADY);
    assert_int_equal(attempt(&f, veil, &s, "Dora", 1), CONFIRM_ALREADY);
    assert_int_equal(attempt(&f, veil, &s, "Eva", 3), CONFIRM_FULL);
    /* A correction leaves the number; who has withdrawn gives the place to the same number. */
    record r = written(&f, veil, &s, "Fritz");
    browser_seal seal = seal_of(&f, veil, &r);
    correction fix = fix_of(&s, &seal);
    ASSERT_OK(signer_correct(&f.c, f.a, veil, bea, &fix, f.now_ms));
    assert_int_equal(attempt(&f, veil, &s, "Gerd", 2), CONFIRM_ALREADY);
    ASSERT_OK(signer_withdraw(&f.c, ada, f.now_ms));
    assert_int_equal(attempt(&f, veil, &s, "Hans", 1), CONFIRM_DONE);
    fixture_sequence(&f, veil);
    assert_int_equal(fixture_recount(&f, veil).sum.total, 2);
    fixture_close(&f);
}

/* A log must not have a commitment twice, and a browser could send one twice. */
static void a_seal_is_taken_once(void **state)
{
    fixture f = fixture_open(state);
    const declaration *veil = open_veil(&f, 1);
    signing s = bare("ada@example.org");
    str token = sign_sealed(&f, veil, &s, "Ada");
    fixture_sequence(&f, veil);
    record first = written(&f, veil, &s, "Ada"), other = written(&f, veil, &s, "Beata");
    browser_seal seal = seal_of(&f, veil, &other), before = seal_of(&f, veil, &first);
    correction fix = fix_of(&s, &seal), back = fix_of(&s, &before);
    ASSERT_OK(signer_correct(&f.c, f.a, veil, token, &fix, f.now_ms));
    ASSERT_OK(signer_correct(&f.c, f.a, veil, token, &fix, f.now_ms)); /* pressed twice */
    assert_int_equal(signer_correct(&f.c, f.a, veil, token, &back, f.now_ms), ERR_CONFLICT);
    ASSERT_OK(signer_withdraw(&f.c, token, f.now_ms));
    submitted out;
    s.seal = &before;
    s.how = NULL;
    assert_int_equal(signature_submit(&f.c, f.a, veil, &s, f.now_ms, &out), ERR_CONFLICT);
    fixture_sequence(&f, veil);
    assert_int_equal(fixture_recount(&f, veil).sum.total, 0);
    fixture_close(&f);
}

static void refuse(fixture *f, const declaration *d, const signing *s, const browser_seal *seal)
{
    sending how = {.is_workless = false};
    signing sent = *s;
    submitted out;
    sent.how = &how;
    sent.seal = seal;
    assert_int_equal(signature_submit(&f->c, f->a, d, &sent, f->now_ms, &out), ERR_CONFLICT);
    assert_int_equal(fixture_counts(f).signatures, 0);
}

static void what_contradicts_the_form_is_refused(void **state)
{
    fixture f = fixture_open(state);
    const declaration *veil = open_veil(&f, 1);
    signing s = bare("ada@example.org");
    const record good = written(&f, veil, &s, "Ada");
    record r;
    browser_seal seal;
    refuse(&f, veil, &s, NULL);
#define CONTRADICTS(change)                                                                        \
    do {                                                                                           \
        r = good;                                                                                  \
        change;                                                                                    \
        seal = seal_of(&f, veil, &r);                                                              \
        refuse(&f, veil, &s, &seal);                                                               \
    } while (0)
    CONTRADICTS(r.campaign = S("main"));
    CONTRADICTS(r.text_hash = S("00"));
    CONTRADICTS(r.lang = S("en"));
    CONTRADICTS(r.kind = SIGNER_ORGANISATION);
    CONTRADICTS(r.mail.private_text = S("eve@example.org"));
    CONTRADICTS(r.country = S("SE"));
    CONTRADICTS(r.is_listed = true);
    CONTRADICTS(r.day -= 2);
    CONTRADICTS(r.day += 1);
    /* The seed is nobody's business, nor the name of who is not listed. */
    seal = seal_of(&f, veil, &good);
    opening o;
    bool all[OPENING_FIELDS];
    memset(all, true, sizeof all);
    ASSERT_OK(record_opening(f.a, &good, &seal.opening));
    refuse(&f, veil, &s, &seal);
    ASSERT_OK(opening_read(f.a, seal.opening, &o));
    seal.opening = opening_reduced(f.a, &o, all);
    refuse(&f, veil, &s, &seal);
    opening_set(&o, (size_t)opening_field(S("uniq")), S(""));
    seal.opening = opening_reduced(f.a, &o, all);
    refuse(&f, veil, &s, &seal);
    for (size_t n = 0; n < seal.opening.n; n += 7) {
        browser_seal cut = {str_head(seal.opening, n), seal.file, seal.recipients};
        refuse(&f, veil, &s, &cut);
    }
    /* A form that stood open over midnight is good. */
    r = good;
    r.day -= 1;
    seal = seal_of(&f, veil, &r);
    s.seal = &seal;
    fixture_sign(&f, veil, &s);
    fixture_close(&f);
}

static void files_of_another_form_are_refused(void **state)
{
    fixture f = fixture_open(state);
    const declaration *veil = open_veil(&f, 1);
    signing s = bare("ada@example.org");
    const record r = written(&f, veil, &s, "Ada");
    const browser_seal good = seal_of(&f, veil, &r);
    age_recipient three[3] = {veil->recipients.at[0], veil->recipients.at[1],
                              veil->recipients.at[0]};
    browser_seal bad = good;
    bad.file = sealed_file(&f, &r, three, 1);
    refuse(&f, veil, &s, &bad);
    bad.file = sealed_file(&f, &r, three, 3);
    refuse(&f, veil, &s, &bad);
    str header, payload;
    ASSERT_OK(age_split(good.file, &header, &payload));
    bad.file = header;
    refuse(&f, veil, &s, &bad);
    bad.file = payload;
    refuse(&f, veil, &s, &bad);
    bad.file = joined(f.a, header, str_head(payload, 100));
    refuse(&f, veil, &s, &bad); /* shorter than any record */
    char *long_tail = arena_alloc(f.a, SEAL_FILE_BYTES_MOST);
    memset(long_tail, 'x', SEAL_FILE_BYTES_MOST);
    bad.file = joined(f.a, header, (str){long_tail, SEAL_FILE_BYTES_MOST});
    refuse(&f, veil, &s, &bad);
    bad = good;
    bad.recipients = S("");
    refuse(&f, veil, &s, &bad);
    bad.recipients = fixture_recipient(&f, 0); /* of a page from before the keys changed */
    refuse(&f, veil, &s, &bad);
    fixture_close(&f);
}

static void what_is_listed_comes_in_clear(void **state)
{
    fixture f = fixture_open(state);
    const declaration *veil = open_veil(&f, 1);
    signing s = bare("ada@example.org");
    s.is_listed = true;
    s.region = S("Fyn");
    s.name.private_text = S("Eve");
    record r = written(&f, veil, &s, "Ada");
    browser_seal seal = seal_of(&f, veil, &r);
    refuse(&f, veil, &s, &seal); /* the register would say another name than the log */
    s.name.private_text = S("Ada");
    sign_sealed(&f, veil, &s, "Ada");
    listing_page page;
    listing_filter any = {.words = S("ada"), .country = S("")};
    ASSERT_OK(listing_read(&f.c, f.a, veil->id, &any, 10, &page));
    assert_int_equal(page.n, 1);
    ASSERT_STR(page.at[0].name, S("Ada"));
    fixture_close(&f);
}

static void corrections_come_sealed(void **state)
{
    fixture f = fixture_open(state);
    const declaration *veil = open_veil(&f, 1);
    signing s = bare("ada@example.org");
    str token = sign_sealed(&f, veil, &s, "Ada");
    fixture_sequence(&f, veil);
    signer_view before = view_of(&f, token);
    correction fix = fix_of(&s, NULL);
    assert_int_equal(signer_correct(&f.c, f.a, veil, token, &fix, f.now_ms), ERR_CONFLICT);
    s.country = S("SE");
    record r = written(&f, veil, &s, "Ada Lovelace");
    browser_seal seal = seal_of(&f, veil, &r);
    fix = fix_of(&s, &seal);
    f.now_ms += 40 * (int64_t)DAY_MS / 2; /* the day in it stays that of signing */
    ASSERT_OK(signer_correct(&f.c, f.a, veil, token, &fix, f.now_ms));
    assert_int_equal(fixture_queue(&f).n, 2);
    fixture_sequence(&f, veil);
    signer_view after = view_of(&f, token);
    assert_memory_not_equal(after.commitment.at, before.commitment.at, 32);
    ASSERT_STR(after.record.country, S("SE"));
    int64_t id = fixture_signatures(&f).at[0].id;
    ASSERT_STR(personal_text(fixture_unsealed(&f, 1, id).name), S("Ada Lovelace"));
    assert_int_equal(fixture_recount(&f, veil).sum.total, 1);
    /* Into the register, and out of it. */
    s.is_listed = true;
    s.name.private_text = S("Ada L.");
    s.region = S("Fyn");
    f.now_ms -= 40 * (int64_t)DAY_MS / 2;
    r = written(&f, veil, &s, "Ada L.");
    seal = seal_of(&f, veil, &r);
    fix = fix_of(&s, &seal);
    ASSERT_OK(signer_correct(&f.c, f.a, veil, token, &fix, f.now_ms));
    assert_true(view_of(&f, token).is_listed);
    assert_int_equal(fixture_listings(&f).n, 1);
    ASSERT_OK(signer_set_consents(&f.c, f.a, token, false, false, S("da"), f.now_ms));
    assert_int_equal(fixture_listings(&f).n, 0);
    assert_int_equal(fixture_consents(&f).n, 2);
    fixture_close(&f);
}

/* The browser seals anew, for the new text; what it sealed for the old one does not do. */
static void a_new_version_is_signed_sealed(void **state)
{
    fixture f = fixture_open(state);
    const declaration *veil = open_veil(&f, 1);
    signing s = bare("ada@example.org");
    str token = sign_sealed(&f, veil, &s, "Ada");
    fixture_sequence(&f, veil);
    veil = open_veil(&f, 2);
    f.now_ms += 3 * (int64_t)DAY_MS;
    record r = written(&f, veil, &s, "Ada");
    browser_seal seal = seal_of(&f, veil, &r);
    correction fix = fix_of(&s, &seal);
    assert_int_equal(signer_renew(&f.c, f.a, veil, token, &fix, S("da"), f.now_ms), ERR_CONFLICT);
    assert_int_equal(signer_renew(&f.c, f.a, veil, token, NULL, S("da"), f.now_ms), ERR_CONFLICT);
    assert_int_equal(view_of(&f, token).text_version, 1);
    r.text_hash = hex_make(f.a, hash_str(&declaration_text_in(veil, 2, S("da"))->hash));
    r.lang = S("da");
    seal = seal_of(&f, veil, &r);
    ASSERT_OK(signer_renew(&f.c, f.a, veil, token, &fix, S("da"), f.now_ms));
    fixture_sequence(&f, veil);
    signer_view after = view_of(&f, token);
    assert_int_equal(after.text_version, 2);
    ASSERT_STR(after.lang, S("da"));
    assert_int_equal(fixture_recount(&f, veil).sum.total, 1);
    int64_t id = fixture_signatures(&f).at[0].id;
    ASSERT_STR(personal_text(fixture_unsealed(&f, 1, id).name), S("Ada"));
    ASSERT_OK(signer_renew(&f.c, f.a, veil, token, &fix, S("da"), f.now_ms)); /* once is enough */
    assert_int_equal(fixture_queue(&f).n, 0);
    fixture_close(&f);
}

static void new_headers_fit(void **state)
{
    fixture f = fixture_open(state);
    const declaration *veil = open_veil(&f, 1);
    signing s = bare("ada@example.org");
    sign_sealed(&f, veil, &s, "Ada");
    exported_records all;
    ASSERT_OK(export_page(&f.c, f.a, veil->id, 0, 10, &all));
    assert_int_equal(all.n, 1);
    assert_int_equal(all.at[0].mailbox.n, 16);
    age_identity old = fixture_identity(0), fresh = {.at = {9, 9}};
    age_recipient to = age_recipient_of(&fresh);
    age_file_key file_key;
    ASSERT_OK(age_header_open(all.at[0].header, &old, 1, &file_key));
    new_header renewed = {all.at[0].number, all.at[0].header, age_header(f.a, &file_key, &to, 1)};
    size_t changed;
    ASSERT_OK(rewrap_records(&f.c, &renewed, 1, &changed));
    assert_int_equal(changed, 1);
    ASSERT_OK(export_page(&f.c, f.a, veil->id, 0, 10, &all));
    assert_int_equal(age_header_open(all.at[0].header, &old, 1, &file_key), ERR_DENIED);
    ASSERT_OK(age_header_open(all.at[0].header, &fresh, 1, &file_key));
    str plain;
    mailbox_id mailbox;
    record r;
    hash32 commitment;
    ASSERT_OK(age_payload_open(f.a, &file_key, all.at[0].payload, &plain));
    memcpy(mailbox.at, all.at[0].mailbox.at, sizeof mailbox.at);
    ASSERT_OK(record_read(f.a, plain, &mailbox, &r, &commitment));
    ASSERT_STR(hash_str(&commitment), all.at[0].commitment);
    /* Another mailbox gives another leaf, and without one there is no telling. */
    mailbox.at[0] ^= 1;
    ASSERT_OK(record_read(f.a, plain, &mailbox, &r, &commitment));
    assert_false(str_eq(hash_str(&commitment), all.at[0].commitment));
    assert_int_equal(record_read(f.a, plain, NULL, &r, &commitment), ERR_INVALID);
    fixture_close(&f);
}

/* A stranger can seal whatever they like: it must not speak to the organiser's terminal. */
static void sealed_controls_are_refused(void **state)
{
    fixture f = fixture_open(state);
    const declaration *veil = open_veil(&f, 1);
    signing s = bare("ada@example.org");
    record r = written(&f, veil, &s, "Ada"), back;
    mailbox_id mailbox = {{0}};
    hash32 commitment;
    ASSERT_OK(record_read(f.a, record_lines(f.a, &r), &mailbox, &back, &commitment));
    static const char *const bad[] = {"\x1b]0;x\x07", "\r", "\xC2\x9B", "\xFF", "\xE2\x80\xAE"};
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        r.authority = str_of(bad[i]);
        assert_int_equal(record_read(f.a, record_lines(f.a, &r), &mailbox, &back, &commitment),
                         ERR_INVALID);
    }
    fixture_close(&f);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST_ON_BOTH(only_the_organiser_reads_it),
        TEST_ON_BOTH(one_mailbox_is_one_signer),
        TEST_ON_BOTH(sharers_of_a_mailbox_are_numbered),
        TEST_ON_BOTH(a_seal_is_taken_once),
        TEST_ON_BOTH(what_contradicts_the_form_is_refused),
        TEST_ON_BOTH(files_of_another_form_are_refused),
        TEST_ON_BOTH(what_is_listed_comes_in_clear),
        TEST_ON_BOTH(corrections_come_sealed),
        TEST_ON_BOTH(a_new_version_is_signed_sealed),
        TEST_ON_BOTH(new_headers_fit),
        TEST_ON_BOTH(sealed_controls_are_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
