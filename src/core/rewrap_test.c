/* SPDX-License-Identifier: EUPL-1.2 */
/* New recipients open old records, the old ones no more; what changed since is left alone. */

#include "core/export.h"
#include "core/rewrap.h"

#include "test_core.h"

static void new_recipients_open_old_records(void **state)
{
    fixture f = fixture_open(state);
    for (int i = 0; i < 3; i++) {
        str mail = arena_printf(f.a, "s%d@example.org", i);
        signing s = fixture_signing("Signer", mail.at);
        fixture_sign(&f, f.main, &s);
    }
    age_identity old = fixture_identity(0), fresh[2] = {age_identity_make(), age_identity_make()};
    age_recipient to[2] = {age_recipient_of(&fresh[0]), age_recipient_of(&fresh[1])};
    assert_int_equal(rewrap_declaration(&f.c, f.a, f.main->id, (recipient_list){to, 1}),
                     ERR_INVALID);
    fixture_prove(&f.c, age_recipient_text(f.a, &to[0]));
    assert_int_equal(rewrap_declaration(&f.c, f.a, f.main->id, (recipient_list){to, 2}),
                     ERR_DENIED);
    fixture_prove(&f.c, age_recipient_text(f.a, &to[1]));
    ASSERT_OK(rewrap_declaration(&f.c, f.a, f.main->id, (recipient_list){to, 2}));

    exported_records all;
    new_header headers[3];
    size_t changed;
    ASSERT_OK(export_page(&f.c, f.a, f.main->id, 0, 10, &all));
    assert_int_equal(all.n, 3);
    for (size_t i = 0; i < 3; i++) {
        age_file_key file_key;
        ASSERT_OK(age_header_open(all.at[i].header, &old, 1, &file_key));
        headers[i] =
            (new_header){all.at[i].number, all.at[i].header, age_header(f.a, &file_key, to, 2)};
    }
    headers[2].before = headers[1].before; /* as if it had changed since */
    ASSERT_OK(rewrap_records(&f.c, headers, 3, &changed));
    assert_int_equal(changed, 2);
    headers[2].header = S("no header");
    assert_int_equal(rewrap_records(&f.c, headers, 3, &changed), ERR_INVALID);

    ASSERT_OK(export_page(&f.c, f.a, f.main->id, 0, 10, &all));
    for (size_t i = 0; i < 3; i++) {
        age_file_key file_key;
        record r;
        const age_identity *can = i < 2 ? &fresh[1] : &old, *cannot = i < 2 ? &old : &fresh[1];
        assert_int_equal(age_header_open(all.at[i].header, cannot, 1, &file_key), ERR_DENIED);
        ASSERT_OK(age_header_open(all.at[i].header, can, 1, &file_key));
        ASSERT_OK(record_open(f.a, &file_key, all.at[i].payload, all.at[i].commitment, &r));
    }
    /* Whoever signs now is sealed to the new ones. */
    fixture_reload(&f);
    signing s = fixture_signing("Late", "late@example.org");
    fixture_sign(&f, f.main, &s);
    age_file_key file_key;
    ASSERT_OK(export_page(&f.c, f.a, f.main->id, all.at[2].number, 10, &all));
    ASSERT_OK(age_header_open(all.at[0].header, &fresh[0], 1, &file_key));
    fixture_close(&f);
}

/* Each on a line of its own, behind what was signed before, and once. */
static void the_log_names_new_recipients(void **state)
{
    fixture f = fixture_open(state);
    signing s = fixture_signing("Signer", "s@example.org");
    fixture_sign(&f, f.main, &s);
    age_identity fresh[2] = {age_identity_make(), age_identity_make()};
    age_recipient to[2] = {age_recipient_of(&fresh[0]), age_recipient_of(&fresh[1])};
    for (size_t i = 0; i < 2; i++)
        fixture_prove(&f.c, age_recipient_text(f.a, &to[i]));
    for (int again = 0; again < 2; again++)
        ASSERT_OK(rewrap_declaration(&f.c, f.a, f.main->id, (recipient_list){to, 2}));
    assert_int_equal(fixture_queue(&f).n, 3);
    fixture_sequence(&f, f.main);
    str_list leaves = fixture_leaves(&f, f.main);
    assert_int_equal(leaves.n, 4);
    for (size_t i = 0; i < 2; i++)
        ASSERT_STR(leaves.at[2 + i], arena_printf(f.a, "sig1 key organiser %.*s\n",
                                                  STR_FMT(age_recipient_text(f.a, &to[i]))));
    assert_int_equal(fixture_recount(&f, f.main).sum.keys, 2);
    fixture_close(&f);
}

int main(void)
{
    const struct CMUnitTest tests[] = {TEST_ON_BOTH(new_recipients_open_old_records),
                                       TEST_ON_BOTH(the_log_names_new_recipients)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
