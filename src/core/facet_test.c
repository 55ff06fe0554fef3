/* SPDX-License-Identifier: EUPL-1.2 */
/* Language and type of organisation: counted where the log counts, taken back where it takes back,
 * and made from what stands there where a database is older than these counts. */

#include "core/decision.h"
#include "core/erasure.h"
#include "core/signer.h"

#include "sql/schema.h"
#include "test_core.h"

static log_state state_now(fixture *f)
{
    log_state now;
    ASSERT_OK(log_state_now(&f->c, f->a, f->main->id, &now));
    return now;
}

static int64_t sum(str lines)
{
    int64_t n, all = 0;
    str value;
    while (log_share_next(&lines, &value, &n))
        all += n;
    return all;
}

/* The queue into the log; then every signature has a language, and no organisation two types. */
static log_state sequenced(fixture *f)
{
    fixture_sequence(f, f->main);
    log_state now = state_now(f);
    assert_int_equal(sum(now.languages), log_counts_total(&now.counts));
    assert_true(sum(now.types) <= now.counts.of[SIGNER_ORGANISATION - SIGNER_PERSON]);
    return now;
}

static str sign(fixture *f, const char *name, const char *lang)
{
    signing s = fixture_signing(name, arena_printf(f->a, "%s@example.org", name).at);
    s.lang = str_of(lang);
    return fixture_sign(f, f->main, &s);
}

static str sign_for(fixture *f, const char *name, const char *type, bool is_listed)
{
    signing s = fixture_signing("Contact", arena_printf(f->a, "%s@example.org", name).at);
    s.kind = SIGNER_ORGANISATION;
    s.organisation = str_of(name);
    s.function = S("Director");
    s.type = str_of(type);
    s.lang = S("en");
    s.is_listed = is_listed;
    return fixture_sign(f, f->main, &s);
}

static void invalidate(fixture *f, const char *country, int64_t *out_number)
{
    decision_terms terms = {.declaration = f->main->id, .country = str_of(country)};
    decision_note note = {.who = S("o"), .words = S("w"), .reason = S("forged")};
    int64_t n;
    ASSERT_OK(decision_apply(&f->c, DECISION_INVALIDATE, &terms, &note, f->now_ms, out_number, &n));
    assert_true(n > 0);
}

static void facets_are_counted_with_the_log(void **state)
{
    fixture f = fixture_open(state);
    str ada = sign(&f, "Ada", "da"), bea = sign(&f, "Bea", "el");
    str ngo = sign_for(&f, "Ngo", "ngo", false), town = sign_for(&f, "Town", "local", true);
    ASSERT_STR(state_now(&f).languages, S(""));
    log_state now = sequenced(&f);
    ASSERT_STR(now.languages, S("da 1\nel 1\nen 2\n"));
    ASSERT_STR(now.types, S("local 1\nngo 1\n"));
    ASSERT_OK(signer_withdraw(&f.c, ada, f.now_ms));
    ASSERT_OK(signer_withdraw(&f.c, ngo, f.now_ms));
    ASSERT_OK(erasure_by_link(&f.c, bea, f.now_ms));
    now = sequenced(&f);
    ASSERT_STR(now.languages, S("en 1\n"));
    ASSERT_STR(now.types, S("local 1\n"));
    ASSERT_OK(signer_undo(&f.c, ngo, f.now_ms));
    correction fix = {.name = {S("Contact")},
                      .organisation = S("Great Town"),
                      .function = S("Mayor"),
                      .country = S("SE")};
    ASSERT_OK(signer_correct(&f.c, f.a, f.main, town, &fix, f.now_ms));
    now = sequenced(&f);
    ASSERT_STR(now.languages, S("en 2\n"));
    ASSERT_STR(now.types, S("local 1\nngo 1\n"));
    int64_t number, n;
    invalidate(&f, "SE", &number);
    now = sequenced(&f);
    ASSERT_STR(now.types, S("ngo 1\n"));
    ASSERT_OK(decision_undo(&f.c, number, S("o"), f.now_ms, &n));
    now = sequenced(&f);
    ASSERT_STR(now.types, S("local 1\nngo 1\n"));
    ASSERT_OK(erasure_by_link(&f.c, town, f.now_ms));
    ASSERT_OK(erasure_by_link(&f.c, ngo, f.now_ms));
    now = sequenced(&f);
    ASSERT_STR(now.languages, S(""));
    ASSERT_STR(now.types, S(""));
    fixture_close(&f);
}

/* The type is of organisations, and a word. */
static void only_organisations_have_a_type(void **state)
{
    fixture f = fixture_open(state);
    signing s = fixture_signing("Ada", "ada@example.org");
    s.kind = SIGNER_MANDATE;
    s.function = S("Mayor");
    s.type = S("local");
    fixture_sign(&f, f.main, &s);
    sign_for(&f, "Odd", "two words", false);
    sign_for(&f, "Long", "abcdefghijklmnopqrstuvwxyz", false);
    sign_for(&f, "None", "", false);
    log_state now = sequenced(&f);
    assert_int_equal(log_counts_total(&now.counts), 4);
    ASSERT_STR(now.types, S(""));
    fixture_close(&f);
}

/* Who signs the new text in another language moves; who does it before the log has seen the first
 * was never counted there. */
static void a_renewal_moves_the_language(void **state)
{
    fixture f = fixture_open(state);
    content_report report;
    str ada = sign(&f, "Ada", "da");
    sequenced(&f);
    str bea = sign(&f, "Bea", "da");
    fixture_write(&f, "declaration/main/declaration.ini",
                  S("version=2\nopens=2026-01-01\ncloses=2027-01-01\ngoal=1000\n"
                    "retain_until=2999-12-31\nper_mailbox=2\n"
                    "kinds=person organisation mandate\noriginal=en\n"));
    ASSERT_OK(fixture_import(&f, &report));
    fixture_reload(&f);
    ASSERT_OK(signer_renew(&f.c, f.a, f.main, ada, NULL, S("en"), f.now_ms));
    ASSERT_OK(signer_renew(&f.c, f.a, f.main, bea, NULL, S("el"), f.now_ms));
    ASSERT_STR(sequenced(&f).languages, S("el 1\nen 1\n"));
    fixture_close(&f);
}

/* At the end of a declaration the persons go and the sums stay. */
static void the_end_keeps_the_sums(void **state)
{
    fixture f = fixture_open(state);
    sign(&f, "Ada", "da");
    sign_for(&f, "Ngo", "ngo", true);
    sequenced(&f);
    int64_t ids[] = {1, 2}, erased;
    ASSERT_OK(erasure_of_all(&f.c, ids, 2, ERASURE_AT_END, f.now_ms, &erased));
    assert_int_equal(erased, 2);
    log_state now = sequenced(&f);
    ASSERT_STR(now.languages, S("da 1\nen 1\n"));
    ASSERT_STR(now.types, S("ngo 1\n"));
    q_probe_facets_rows rows = fixture_facets(&f);
    for (size_t i = 0; i < rows.n; i++) {
        ASSERT_STR(rows.at[i].lang, S(""));
        ASSERT_STR(rows.at[i].type, S(""));
    }
    fixture_close(&f);
}

static void what_is_published_reads_back(void **state)
{
    fixture f = fixture_open(state);
    published p = {.size = 1,
                   .note = S("n"),
                   .breakdown = S(""),
                   .languages = S("da 7\n"),
                   .types = S("ngo 3\nsme 1\n")};
    published read;
    str value;
    int64_t n;
    ASSERT_OK(log_publish(&f.c, f.main->id, &p));
    ASSERT_OK(log_published(&f.c, f.a, f.main->id, &read));
    ASSERT_STR(read.languages, p.languages);
    assert_true(log_share_next(&read.types, &value, &n));
    ASSERT_STR(value, S("ngo"));
    assert_int_equal(n, 3);
    assert_true(log_share_next(&read.types, &value, &n));
    assert_false(log_share_next(&read.types, &value, &n));
    fixture_close(&f);
}

/* --- databases of before --- */

enum { STEPS_MOST = 100 };

/* A step that takes the columns away again. */
static const char taken_back[] =
    "ALTER TABLE signature DROP COLUMN type; ALTER TABLE log_queue DROP COLUMN lang; "
    "ALTER TABLE log_queue DROP COLUMN type; ALTER TABLE checkpoint DROP COLUMN languages; "
    "ALTER TABLE checkpoint DROP COLUMN types; DROP TABLE facet_tally;";

/* As if this program had never counted them, and then for the first time. */
static void migrate_again(fixture *f)
{
    static db_migration steps[STEPS_MOST]; /* the database keeps looking at them */
    static db_schema schema;
    size_t n = schema_all.n;
    assert_true(n + 2 <= STEPS_MOST);
    memcpy(steps, schema_all.at, n * sizeof *steps);
    steps[n] = (db_migration){(int)n + 1, "taken_back", "00", taken_back, taken_back};
    size_t i = 0;
    while (!strstr(schema_all.at[i].name, "_figures"))
        i++;
    steps[n + 1] = schema_all.at[i];
    steps[n + 1].number = (int)n + 2;
    schema = (db_schema){steps, n + 2};
    const db_options options = {
        .url = f->t.url, .schema = &schema, .reach = DB_WORKER, .sessions = 4};
    int applied;
    db_close(f->t.d);
    f->t.d = NULL;
    ASSERT_OK(db_open(&options, &f->t.d));
    f->c.db = f->t.d;
    ASSERT_OK(db_migrate(f->t.d, &applied));
    assert_int_equal(applied, 2);
}

/* Half of it in the log, and of every verb something that waits. */
static void an_older_database_is_counted(void **state)
{
    fixture f = fixture_open(state);
    int64_t number, n;
    str ada = sign(&f, "Ada", "da"), bea = sign(&f, "Bea", "el"), cai = sign(&f, "Cai", "el");
    str ngo = sign_for(&f, "Ngo", "ngo", true), town = sign_for(&f, "Town", "local", true);
    sign_for(&f, "Secret", "union", false);
    signing s = fixture_signing("Dan", "dan@example.org");
    s.country = S("SE");
    fixture_sign(&f, f.main, &s);
    sequenced(&f);
    ASSERT_OK(signer_withdraw(&f.c, cai, f.now_ms));
    invalidate(&f, "SE", &number);
    sequenced(&f);
    ASSERT_OK(signer_withdraw(&f.c, ada, f.now_ms));
    ASSERT_OK(signer_undo(&f.c, cai, f.now_ms));
    ASSERT_OK(decision_undo(&f.c, number, S("o"), f.now_ms, &n));
    correction fix = {.name = {S("Contact")},
                      .organisation = S("Great Town"),
                      .function = S("Mayor"),
                      .country = S("DE")};
    ASSERT_OK(signer_correct(&f.c, f.a, f.main, town, &fix, f.now_ms));
    ASSERT_OK(signer_withdraw(&f.c, ngo, f.now_ms));
    sign(&f, "Eva", "da");
    sign_for(&f, "School", "school", true);
    log_state before = state_now(&f);
    assert_true(fixture_queue(&f).n >= 8);
    migrate_again(&f);
    log_state now = state_now(&f);
    ASSERT_STR(before.languages, S("da 1\nel 1\nen 3\n"));
    ASSERT_STR(now.languages, before.languages);
    ASSERT_STR(before.types, S("local 1\nngo 1\nunion 1\n"));
    ASSERT_STR(now.types, S("local 1\nngo 1\n")); /* what nobody can read is not counted */
    now = sequenced(&f);
    ASSERT_STR(now.languages, S("da 2\nel 2\nen 3\n"));
    ASSERT_STR(now.types, S("local 1\nschool 1\n"));
    ASSERT_OK(erasure_by_link(&f.c, bea, f.now_ms));
    ASSERT_STR(sequenced(&f).languages, S("da 2\nel 1\nen 3\n"));
    fixture_close(&f);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST_ON_BOTH(facets_are_counted_with_the_log), TEST_ON_BOTH(only_organisations_have_a_type),
        TEST_ON_BOTH(a_renewal_moves_the_language),    TEST_ON_BOTH(the_end_keeps_the_sums),
        TEST_ON_BOTH(what_is_published_reads_back),    TEST_ON_BOTH(an_older_database_is_counted),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
