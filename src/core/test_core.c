/* SPDX-License-Identifier: EUPL-1.2 */
/* The alliance that the rules are tested on. */

#include "test_core.h"

#include "sql/schema.h"

#include <ftw.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

enum { FIXTURE_BYTES = 1 << 30 };

#define NOON ((int64_t)1781524800000)

static void write_declaration(fixture *f, const char *slug, const char *rules)
{
    arena *a = f->a;
    fixture_write(f, arena_printf(a, "declaration/%s/declaration.ini", slug).at, str_of(rules));
    static const char *const texts[][3] = {{"en", "original", "We ask for cohesion."},
                                           {"da", "reviewed", "Vi beder om samhørighed."},
                                           {"el", "machine", "Ζητούμε συνοχή."}};
    for (size_t i = 0; i < 3; i++)
        fixture_write(f, arena_printf(a, "declaration/%s/%s.md", slug, texts[i][0]).at,
                      arena_printf(a, "title: %s %s\nstate: %s\nsummary: Short\n\n%s\n", slug,
                                   texts[i][0], texts[i][1], texts[i][2]));
}

static void write_content(fixture *f)
{
    fixture_write(f, "alliance/alliance.ini", S("slug=test\n"));
    fixture_write(f, "alliance/en.md", S("title: Test alliance\nstate: original\n\nPurpose.\n"));
    fixture_write(f, "partner/aer/partner.ini",
                  S("position=1\nwebsite=aer.example\nnewsletter=yes\n"));
    fixture_write(f, "partner/aer/en.md", S("title: Regions\nstate: original\n\nOne.\n"));
    fixture_write(f, "partner/reves/partner.ini", S("position=2\nwebsite=reves.example\n"));
    fixture_write(f, "partner/reves/en.md", S("title: Cities\nstate: original\n\nTwo.\n"));
    write_declaration(f, "main",
                      "version=1\nopens=2026-01-01\ncloses=2027-01-01\nretain_until=2999-12-31\n"
                      "goal=1000\nper_mailbox=2\n"
                      "kinds=person organisation mandate\noriginal=en\n");
    write_declaration(f, "plea",
                      "version=1\nopens=2026-01-01\ncloses=2027-01-01\nretain_until=2027-07-01\n"
                      "goal=100\nper_mailbox=1\n"
                      "kinds=person\nlight=yes\noriginal=en\nrecords=server\n");
    write_declaration(f, "future",
                      "version=1\nopens=2026-09-01\ncloses=2027-01-01\nretain_until=2027-07-01\n"
                      "goal=100\nper_mailbox=1\n"
                      "kinds=person\noriginal=en\n");
    write_declaration(f, "past",
                      "version=1\nopens=2026-01-01\ncloses=2026-03-01\nretain_until=2026-09-01\n"
                      "goal=100\nper_mailbox=1\n"
                      "kinds=person\noriginal=en\n");
}

void fixture_write(fixture *f, const char *path, str text)
{
    char *whole = arena_cstr(f->a, arena_printf(f->a, "%.*s/%s", STR_FMT(f->folder), path));
    for (char *slash = whole + f->folder.n + 1; (slash = strchr(slash, '/')); slash++) {
        *slash = '\0';
        mkdir(whole, 0755);
        *slash = '/';
    }
    FILE *file = fopen(whole, "wb");
    assert_non_null(file);
    assert_int_equal(fwrite(text.at, 1, text.n, file), text.n);
    assert_int_equal(fclose(file), 0);
}

void fixture_remove(fixture *f, const char *path)
{
    assert_int_equal(remove(arena_printf(f->a, "%.*s/%s", STR_FMT(f->folder), path).at), 0);
}

static err write_proof(db_tx *tx, arena *scratch, void *arg)
{
    (void)scratch;
    const str *recipient = arg;
    return q_probe_key_proven(tx, *recipient, S("code"));
}

void fixture_prove(core *c, str recipient)
{
    ASSERT_OK(db_write(c->db, write_proof, &recipient));
}

err fixture_import(fixture *f, content_report *out_report)
{
    content_folder *read;
    err e = content_read(f->a, f->folder, &read, out_report);
    if (e != OK)
        return e;
    sign_key key = fixture_log_key();
    age_recipient *organiser = arena_array(f->a, age_recipient, FIXTURE_IDENTITIES);
    for (size_t i = 0; i < FIXTURE_IDENTITIES; i++) {
        age_identity identity = fixture_identity(i);
        organiser[i] = age_recipient_of(&identity);
        fixture_prove(&f->c, fixture_recipient(f, i));
    }
    content_changes changes;
    content_write_options options = {.origin = S("https://test.example"),
                                     .log_public_key = key.public_key,
                                     .organiser = {organiser, FIXTURE_IDENTITIES},
                                     .now_ms = f->now_ms};
    return content_write(&f->c, f->a, read, &options, &changes, out_report);
}

void fixture_reload(fixture *f)
{
    ASSERT_OK(alliance_load(&f->c, f->a, &f->al));
    f->main = alliance_declaration(&f->al, S("main"));
    f->petition = alliance_declaration(&f->al, S("plea"));
    f->future = alliance_declaration(&f->al, S("future"));
    f->past = alliance_declaration(&f->al, S("past"));
}

age_identity fixture_identity(size_t i)
{
    return (age_identity){.at = {7, (unsigned char)(i + 1)}};
}

str fixture_recipient(fixture *f, size_t i)
{
    age_identity identity = fixture_identity(i);
    age_recipient recipient = age_recipient_of(&identity);
    return age_recipient_text(f->a, &recipient);
}

sign_key fixture_log_key(void)
{
    return sign_key_from_seed((const unsigned char[32]){4, 5, 6});
}

fixture fixture_open(void **state)
{
    crypto_init();
    key32 master = {.at = {1, 2, 3}};
    fixture f = {.t = test_db_open(state, &schema_all, DB_WORKER), .now_ms = NOON};
    f.a = arena_open(FIXTURE_BYTES);
    f.c = (core){.db = f.t.d, .keys = core_keys_derive(&master)};
    /* On the file system of the database: a backup made here may be moved to its place. */
    const char *parent = getenv("TMPDIR");
    char *folder = arena_cstr(
        f.a, arena_printf(f.a, "%s/undersigned-content.XXXXXX", parent ? parent : "/tmp"));
    assert_non_null(mkdtemp(folder));
    f.folder = str_of(folder);
    write_content(&f);
    content_report report;
    ASSERT_OK(fixture_import(&f, &report));
    assert_int_equal(report.declarations_opened, 4);
    fixture_reload(&f);
    assert_true(f.main && f.petition && f.future && f.past);
    return f;
}

static int remove_one(const char *path, const struct stat *info, int type, struct FTW *at)
{
    (void)info;
    (void)type;
    (void)at;
    return remove(path);
}

void fixture_close(fixture *f)
{
    nftw(arena_cstr(f->a, f->folder), remove_one, 16, FTW_DEPTH | FTW_PHYS);
    test_db_close(&f->t);
    arena_close(f->a);
}

signing fixture_signing(const char *name, const char *mail)
{
    return (signing){.kind = SIGNER_PERSON,
                     .name = {str_of(name)},
                     .mail = {str_of(mail)},
                     .organisation = S(""),
                     .type = S(""),
                     .function = S(""),
                     .authority = S(""),
                     .country = S("DK"),
                     .region = S(""),
                     .reason = S(""),
                     .lang = S("da")};
}

submitted fixture_submit(fixture *f, const declaration *d, const signing *s)
{
    submitted out;
    ASSERT_OK(signature_submit(&f->c, f->a, d, s, f->now_ms, &out));
    return out;
}

confirm_outcome fixture_confirm(fixture *f, str token)
{
    confirm_outcome outcome;
    ASSERT_OK(signature_confirm(&f->c, token, f->now_ms, &f->al, &outcome));
    return outcome;
}

str fixture_sign(fixture *f, const declaration *d, const signing *s)
{
    str token = fixture_submit(f, d, s).token;
    assert_int_equal(fixture_confirm(f, token), CONFIRM_DONE);
    return token;
}

str fixture_later_link(fixture *f, const char *address)
{
    letter_jobs jobs;
    letters sent;
    ASSERT_OK(letter_ask_link(&f->c, f->a, (email_address){str_of(address)}, S("el"), f->now_ms));
    ASSERT_OK(letter_claim(&f->c, f->a, f->now_ms, 1, &jobs));
    assert_int_equal(jobs.n, 1);
    ASSERT_OK(letter_prepare(&f->c, f->a, &jobs.at[0], &f->al, f->now_ms, &sent));
    ASSERT_OK(letter_settle(&f->c, &jobs.at[0], LETTER_SENT, 250, f->now_ms));
    assert_int_equal(sent.n, 1);
    return sent.at[0].token;
}

void fixture_sequence(fixture *f, const declaration *d)
{
    int64_t appended;
    do
        ASSERT_OK(log_sequence(&f->c, d->id, f->now_ms, &appended));
    while (appended);
}

void fixture_read(fixture *f, db_work *work, void *arg)
{
    ASSERT_OK(db_read(f->c.db, work, arg));
}

void fixture_change(fixture *f, db_work *work, void *arg)
{
    ASSERT_OK(db_write(f->c.db, work, arg));
}

static err read_counts(db_tx *tx, arena *scratch, void *arg)
{
    (void)scratch;
    return q_probe_counts(tx, arg);
}

q_probe_counts_row fixture_counts(fixture *f)
{
    q_probe_counts_row row;
    fixture_read(f, read_counts, &row);
    return row;
}

/* A function that gives all rows of a statement without parameters. */
#define DEFINE_ROWS(name)                                                                          \
    typedef struct name##_reading {                                                                \
        arena *a;                                                                                  \
        q_probe_##name##_rows out;                                                                 \
    } name##_reading;                                                                              \
    static err read_##name(db_tx *tx, arena *scratch, void *arg)                                   \
    {                                                                                              \
        (void)scratch;                                                                             \
        name##_reading *r = arg;                                                                   \
        return q_probe_##name(tx, r->a, &r->out);                                                  \
    }                                                                                              \
    q_probe_##name##_rows fixture_##name(fixture *f)                                               \
    {                                                                                              \
        name##_reading r = {.a = f->a};                                                            \
        fixture_read(f, read_##name, &r);                                                          \
        return r.out;                                                                              \
    }

DEFINE_ROWS(regions)
DEFINE_ROWS(facets)
DEFINE_ROWS(signatures)
DEFINE_ROWS(jobs)
DEFINE_ROWS(queue)
DEFINE_ROWS(mailboxes)
DEFINE_ROWS(links)
DEFINE_ROWS(consents)
DEFINE_ROWS(listings)
DEFINE_ROWS(mail_log)
DEFINE_ROWS(news)

typedef struct unsealing {
    arena *a;
    int64_t signature;
    q_probe_record_row row;
} unsealing;

static err read_sealed(db_tx *tx, arena *scratch, void *arg)
{
    (void)scratch;
    unsealing *u = arg;
    return q_probe_record(tx, u->a, u->signature, &u->row);
}

record fixture_unsealed(fixture *f, size_t i, int64_t signature)
{
    unsealing u = {.a = f->a, .signature = signature};
    fixture_read(f, read_sealed, &u);
    age_identity identity = fixture_identity(i);
    age_file_key file_key;
    str plain;
    record r;
    hash32 commitment;
    ASSERT_OK(age_header_open(u.row.header, &identity, 1, &file_key));
    ASSERT_OK(age_payload_open(f->a, &file_key, u.row.payload, &plain));
    mailbox_id mailbox;
    memcpy(mailbox.at, u.row.mailbox.at, sizeof mailbox.at);
    ASSERT_OK(record_read(f->a, plain, &mailbox, &r, &commitment));
    ASSERT_STR(hash_str(&commitment), u.row.commitment);
    return r;
}

str_list fixture_leaves(fixture *f, const declaration *d)
{
    log_state now;
    str_list entries;
    ASSERT_OK(log_state_now(&f->c, f->a, d->id, &now));
    ASSERT_OK(log_entries(&f->c, f->a, d->id, 0, (int64_t)now.frontier.size, &entries));
    return entries;
}

static err double_register(db_tx *tx, arena *scratch, void *arg)
{
    (void)scratch;
    int64_t *left = arg, made;
    TRY(q_probe_register_double(tx, *left, &made));
    *left -= made;
    return OK;
}

void fixture_fill_register(fixture *f, int64_t more)
{
    while (more > 0)
        ASSERT_OK(db_write(f->c.db, double_register, &more));
}

counted_log fixture_recount(fixture *f, const declaration *d)
{
    str_list leaves = fixture_leaves(f, d);
    recount *r = recount_open();
    for (size_t i = 0; i < leaves.n; i++)
        if (!recount_take(r, leaves.at[i]))
            fail_msg("leaf %zu: %s: %.*s", i, recount_fault(r), STR_FMT(leaves.at[i]));
    counted_log counted = {recount_state(r), recount_breakdown(r, f->a)};
    recount_close(r);
    return counted;
}
