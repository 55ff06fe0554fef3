/* SPDX-License-Identifier: EUPL-1.2 */
/* The erasure journal as a file: whole lines in order, whatever a crash or a hand left in it. */

#include "core/journal.h"

#include "test_core.h"

#include <pthread.h>
#include <sys/stat.h>
#include <unistd.h>

typedef struct place {
    arena *a;
    char folder[64];
    char path[96];
    core_keys keys;
} place;

static place place_make(void)
{
    key32 master = {.at = {7}};
    place p = {.a = arena_open(16 << 20), .keys = core_keys_derive(&master)};
    snprintf(p.folder, sizeof p.folder, "/tmp/undersigned-journal.XXXXXX");
    assert_non_null(mkdtemp(p.folder));
    snprintf(p.path, sizeof p.path, "%s/erasures", p.folder);
    return p;
}

static void place_clear(place *p)
{
    unlink(p->path);
    rmdir(p->folder);
    arena_close(p->a);
}

static journal_entries read_all(place *p)
{
    int64_t offset = 0;
    journal_entries all;
    ASSERT_OK(journal_read(p->a, p->path, &offset, 10000, &all));
    return all;
}

static void write_bytes(place *p, const char *text)
{
    FILE *file = fopen(p->path, "a");
    assert_non_null(file);
    assert_true(fputs(text, file) >= 0);
    assert_int_equal(fclose(file), 0);
}

static void entries_come_back(void **state)
{
    (void)state;
    place p = place_make();
    int64_t offset = 0;
    journal_entries some;
    assert_int_equal(journal_read(p.a, p.path, &offset, 10, &some), ERR_NOT_FOUND);
    journal_entry entries[450];
    for (int64_t i = 0; i < 450; i++)
        entries[i] = journal_entry_of(&p.keys, i + 1, 1000 + i);
    ASSERT_OK(journal_append(p.path, entries, 450));
    ASSERT_OK(journal_append(p.path, entries, 1));
    struct stat info;
    assert_int_equal(stat(p.path, &info), 0);
    assert_int_equal(info.st_mode & 0777, 0600);
    size_t n = 0;
    do {
        ASSERT_OK(journal_read(p.a, p.path, &offset, 200, &some));
        for (size_t i = 0; i < some.n; i++, n++)
            assert_true(journal_entry_eq(&some.at[i], &entries[n % 450]));
    } while (some.n > 0);
    assert_int_equal(n, 451);
    assert_int_equal(offset, info.st_size);
    place_clear(&p);
}

static void checks_tell_signatures_apart(void **state)
{
    (void)state;
    place p = place_make();
    journal_entry one = journal_entry_of(&p.keys, 5, 1000);
    journal_entry same = journal_entry_of(&p.keys, 5, 1000);
    journal_entry later = journal_entry_of(&p.keys, 5, 1001);
    key32 other_master = {.at = {8}};
    core_keys other = core_keys_derive(&other_master);
    journal_entry foreign = journal_entry_of(&other, 5, 1000);
    assert_true(journal_entry_eq(&one, &same));
    assert_false(journal_entry_eq(&one, &later));
    assert_false(journal_entry_eq(&one, &foreign));
    place_clear(&p);
}

static void damage_costs_only_its_line(void **state)
{
    (void)state;
    place p = place_make();
    journal_entry one = journal_entry_of(&p.keys, 1, 10), two = journal_entry_of(&p.keys, 2, 20);
    ASSERT_OK(journal_append(p.path, &one, 1));
    write_bytes(&p, "\nno line\n1 zz\n-4 0011223344556677\n7 00112233445566778899\n");
    for (int i = 0; i < 40; i++)
        write_bytes(&p, "a long line without sense ");
    write_bytes(&p, "\n3 00112233"); /* a crash in the middle of a line */
    assert_int_equal(read_all(&p).n, 1);
    ASSERT_OK(journal_append(p.path, &two, 1));
    journal_entries all = read_all(&p);
    assert_int_equal(all.n, 2);
    assert_true(journal_entry_eq(&all.at[0], &one));
    assert_true(journal_entry_eq(&all.at[1], &two));
    place_clear(&p);
}

enum { WRITERS = 8, WRITES = 50 };

typedef struct writer {
    place *p;
    int64_t first;
} writer;

static void *write_many(void *arg)
{
    writer *w = arg;
    for (int64_t i = 0; i < WRITES; i++) {
        journal_entry entry = journal_entry_of(&w->p->keys, w->first + i, 1);
        if (journal_append(w->p->path, &entry, 1) != OK)
            return w;
    }
    return NULL;
}

static void writers_do_not_mix(void **state)
{
    (void)state;
    place p = place_make();
    pthread_t threads[WRITERS];
    writer writers[WRITERS];
    for (int i = 0; i < WRITERS; i++) {
        writers[i] = (writer){&p, 1 + i * WRITES};
        assert_int_equal(pthread_create(&threads[i], NULL, write_many, &writers[i]), 0);
    }
    for (int i = 0; i < WRITERS; i++) {
        void *failed;
        pthread_join(threads[i], &failed);
        assert_null(failed);
    }
    journal_entries all = read_all(&p);
    assert_int_equal(all.n, WRITERS * WRITES);
    bool seen[WRITERS * WRITES + 1] = {false};
    for (size_t i = 0; i < all.n; i++)
        seen[all.at[i].signature] = true;
    for (size_t i = 1; i <= WRITERS * WRITES; i++)
        assert_true(seen[i]);
    place_clear(&p);
}

static void a_journal_that_cannot_be_written_says_so(void **state)
{
    (void)state;
    place p = place_make();
    journal_entry one = journal_entry_of(&p.keys, 1, 10);
    assert_int_equal(journal_append("/proc/no/such/place", &one, 1), ERR_IO);
    assert_int_equal(mkdir(p.path, 0700), 0); /* a folder stands in its place */
    assert_int_equal(journal_append(p.path, &one, 1), ERR_IO);
    rmdir(p.path);
    place_clear(&p);
}

int main(void)
{
    crypto_init();
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(entries_come_back),
        cmocka_unit_test(checks_tell_signatures_apart),
        cmocka_unit_test(damage_costs_only_its_line),
        cmocka_unit_test(writers_do_not_mix),
        cmocka_unit_test(a_journal_that_cannot_be_written_says_so),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
