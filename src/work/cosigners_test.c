/* SPDX-License-Identifier: EUPL-1.2 */
/* What becomes of the log when a witness misbehaves: whatever it says, the publisher ends up as it
 * should, and when it behaves again, so does everything else. */

#include "base/clock.h"
#include "crypto/policy.h"
#include "work/cosigners.h"

#include "test_stage.h"
#include "test_witness.h"

#include <unistd.h>

/* --- the steady clock, which can be set forward (meson.build wraps it) --- */

static _Atomic int64_t ahead_ms;

int64_t __real_clock_steady_ms(void);
int64_t __wrap_clock_steady_ms(void);

int64_t __wrap_clock_steady_ms(void)
{
    return __real_clock_steady_ms() + atomic_load(&ahead_ms);
}

/* --- */

enum { STEP_MS = 20, SOON_MS = 20000 };

typedef struct scene {
    stage s;
    test_witness w;
    uint64_t rows;
} scene;

/* A log with some lines that the witness has cosigned. */
static void scene_open(scene *c, void **state)
{
    c->s = stage_open(state);
    witness_start(&c->w);
    c->s.policy = witness_policy(c->s.f.a, &c->w);
    c->rows = c->s.frontier.size;
}

static void scene_close(scene *c)
{
    stage_close(&c->s);
    witness_stop(&c->w);
}

/* As the sealer does: again and again, and by a new publisher after an error. */
static err go_round(scene *c)
{
    int64_t size;
    err e = c->s.p ? OK : begin(&c->s);
    if (e == OK)
        e = publisher_publish(c->s.p, c->s.f.now_ms, &size);
    if (e != OK) {
        publisher_close(c->s.p);
        c->s.p = NULL;
    }
    usleep(STEP_MS * 1000);
    return e;
}

/* The time of the witness's line below the public checkpoint of that size; 0: none, -1: another
 * size, or no checkpoint at all. */
static int64_t cosigned_s(scene *c, uint64_t size)
{
    str note;
    policy p;
    policy_fault fault;
    policy_verdict verdict;
    arena *a = c->s.f.a;
    note_key log = note_key_of(ORIGIN, NOTE_ED25519, c->s.key.public_key);
    if (!read_file(&c->s, "checkpoint", &note))
        return -1;
    ASSERT_OK(policy_read(a, c->s.policy, &p, &fault));
    ASSERT_OK(policy_check(a, &p, &log, note, &verdict)); /* no wrong line is ever public */
    if (verdict.checkpoint.size != size)
        return -1;
    return verdict.cosigned ? verdict.cosigned_s[0] : 0;
}

static log_trouble trouble_of(scene *c)
{
    log_trouble t;
    ASSERT_OK(log_trouble_get(&c->s.f.c, c->s.f.a, S("main"), &t));
    return t;
}

static bool says(str text, const char *words)
{
    return str_find_str(text, str_of(words)) < text.n;
}

static void until_cosigned(scene *c)
{
    int ms = 0;
    while (cosigned_s(c, c->rows) <= 0 && ms < SOON_MS) {
        ASSERT_OK(go_round(c));
        ms += STEP_MS;
    }
    assert_true(cosigned_s(c, c->rows) > 0);
    assert_int_equal(atomic_load(&c->w.known), c->rows);
}

/* The log grows, and is public without the witness, whose fault doctor can name. */
static void goes_on_without(scene *c, manner how, const char *reason)
{
    atomic_store(&c->w.manner, how);
    grow(&c->s, c->rows += 3);
    int64_t start_ms = __real_clock_steady_ms();
    for (int ms = 0; cosigned_s(c, c->rows) != 0 && ms < SOON_MS; ms += STEP_MS)
        ASSERT_OK(go_round(c));
    assert_int_equal(cosigned_s(c, c->rows), 0);
    int64_t took_ms = __real_clock_steady_ms() - start_ms;
    assert_true(took_ms < 2900); /* an exchange may take three seconds */
    for (int ms = 0; !says(trouble_of(c).text, reason) && ms < SOON_MS; ms += STEP_MS)
        ASSERT_OK(go_round(c));
    log_trouble t = trouble_of(c);
    if (!says(t.text, reason))
        fail_msg("manner %d: \"%.*s\" does not say \"%s\"", how, STR_FMT(t.text), reason);
    assert_false(t.is_refused);
    print_message("manner %d: public after %lld ms, %.*s\n", how, (long long)took_ms,
                  STR_FMT(t.text));
    atomic_store(&c->w.manner, RIGHT);
    atomic_fetch_add(&ahead_ms, 60000); /* the pause after a failure is over */
    until_cosigned(c);
    assert_int_equal(trouble_of(c).text.n, 0);
}

static void bad_answers_delay_nobody(void **state)
{
    static const struct {
        manner how;
        const char *reason;
    } cases[] = {
        {WRONG_SIGNATURE, "not signed by the key of the policy"},
        {OTHER_KEY, "not signed by the key of the policy"},
        {OTHER_NOTE, "not signed by the key of the policy"},
        {NO_LINES, "no cosignature"},
        {SIZE_GARBAGE, "holds no size"},
        {SIZE_CHANGING, "another size each time"},
        {BROKEN, "answers 500"},
        {UNKNOWN_LOG, "does not watch this log"},
        {TRUNCATED, "witness w "},
        {ENDLESS, "witness w "},
        {SLOW, "witness w "},
    };
    scene c;
    scene_open(&c, state);
    until_cosigned(&c);
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        goes_on_without(&c, cases[i].how, cases[i].reason);
    check_all(&c.s);
    scene_close(&c);
}

/* Nothing is public that contradicts it, and nothing lost: when it is itself again, all goes on. */
static void stands_still(scene *c, manner how, const char *reason)
{
    str before, after;
    assert_true(read_file(&c->s, "checkpoint", &before));
    atomic_store(&c->w.manner, how);
    grow(&c->s, c->rows += 3);
    err e = OK;
    for (int ms = 0; e == OK && ms < SOON_MS; ms += STEP_MS)
        e = go_round(c);
    assert_int_equal(e, ERR_DENIED);
    log_trouble t = trouble_of(c);
    assert_true(t.is_refused);
    if (!says(t.text, reason))
        fail_msg("manner %d: \"%.*s\" does not say \"%s\"", how, STR_FMT(t.text), reason);
    /* Nor by a new publisher, which asks first. */
    assert_int_equal(go_round(c), ERR_DENIED);
    assert_true(read_file(&c->s, "checkpoint", &after));
    ASSERT_STR(before, after);
    atomic_store(&c->w.manner, RIGHT);
    atomic_fetch_add(&ahead_ms, 60000);
    publisher_close(c->s.p);
    c->s.p = NULL;
    until_cosigned(c);
    assert_int_equal(trouble_of(c).text.n, 0);
}

static void contradictions_stop_the_log(void **state)
{
    scene c;
    scene_open(&c, state);
    grow(&c.s, c.rows += 5);
    until_cosigned(&c);
    stands_still(&c, SIZE_LARGER, "has seen 1000000 lines");
    stands_still(&c, SIZE_OWN, "has seen another log of this size");
    check_all(&c.s);
    scene_close(&c);
}

/* A proof that we have checked ourselves, refused: its tree is another one. */
static void refused_proofs_stop_the_log(void **state)
{
    scene c;
    str before, after;
    scene_open(&c, state);
    grow(&c.s, c.rows += 5);
    until_cosigned(&c);
    assert_true(read_file(&c.s, "checkpoint", &before));
    atomic_store(&c.w.manner, BAD_PROOF);
    grow(&c.s, c.rows += 3);
    err e = OK;
    for (int ms = 0; e == OK && ms < SOON_MS; ms += STEP_MS)
        e = go_round(&c);
    assert_int_equal(e, ERR_DENIED);
    assert_true(trouble_of(&c).is_refused);
    assert_true(says(trouble_of(&c).text, "has seen another log up to line 6"));
    assert_true(read_file(&c.s, "checkpoint", &after));
    ASSERT_STR(before, after);
    scene_close(&c);
}

/* The same checkpoint, cosigned anew after ten minutes without news, and not before. */
static void checkpoints_are_cosigned_again(void **state)
{
    scene c;
    published row;
    scene_open(&c, state);
    until_cosigned(&c);
    str note, again;
    assert_true(read_file(&c.s, "checkpoint", &note));
    int asked = atomic_load(&c.w.asked);
    atomic_store(&c.w.time_s, 1700000600);
    atomic_fetch_add(&ahead_ms, COSIGNERS_REFRESH_MS - 10000);
    for (int ms = 0; ms < 1500; ms += STEP_MS)
        ASSERT_OK(go_round(&c));
    assert_int_equal(atomic_load(&c.w.asked), asked);
    atomic_fetch_add(&ahead_ms, 10000);
    for (int ms = 0; cosigned_s(&c, c.rows) != 1700000600 && ms < SOON_MS; ms += STEP_MS)
        ASSERT_OK(go_round(&c));
    assert_int_equal(cosigned_s(&c, c.rows), 1700000600);
    assert_int_equal(atomic_load(&c.w.asked), asked + 1);
    assert_true(read_file(&c.s, "checkpoint", &again));
    size_t text = str_find_str(note, S("\n\n"));
    ASSERT_STR(str_head(note, text), str_head(again, text));
    ASSERT_OK(log_published(&c.s.f.c, c.s.f.a, c.s.f.main->id, &row));
    ASSERT_STR(row.note, again);
    scene_close(&c);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST_ON_SQLITE(bad_answers_delay_nobody),
        TEST_ON_SQLITE(contradictions_stop_the_log),
        TEST_ON_SQLITE(refused_proofs_stop_the_log),
        TEST_ON_SQLITE(checkpoints_are_cosigned_again),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
