/* SPDX-License-Identifier: EUPL-1.2 */
/* What is handed out: confirmed and withdrawn records, sealed, each once, by pages. */

#include "core/export.h"
#include "core/signer.h"

#include "test_core.h"

static void pages_hold_each_record_once(void **state)
{
    enum { SIGNERS = 7 };
    fixture f = fixture_open(state);
    str token = S("");
    for (int i = 0; i < SIGNERS; i++) {
        str mail = arena_printf(f.a, "s%d@example.org", i);
        signing s = fixture_signing("Signer", mail.at);
        token = fixture_sign(&f, f.main, &s);
    }
    ASSERT_OK(signer_withdraw(&f.c, token, f.now_ms));
    signing pending = fixture_signing("Pending", "pending@example.org");
    fixture_submit(&f, f.main, &pending);
    signing elsewhere = fixture_signing("Elsewhere", "elsewhere@example.org");
    fixture_sign(&f, f.petition, &elsewhere);

    age_identity key = fixture_identity(1);
    int64_t after = 0;
    size_t seen = 0, withdrawn = 0;
    exported_records page;
    do {
        ASSERT_OK(export_page(&f.c, f.a, f.main->id, after, 3, &page));
        for (size_t i = 0; i < page.n; i++) {
            const exported_record *r = &page.at[i];
            age_file_key file_key;
            record opened;
            assert_true(r->number > after);
            after = r->number;
            ASSERT_OK(age_header_open(r->header, &key, 1, &file_key));
            ASSERT_OK(record_open(f.a, &file_key, r->payload, r->commitment, &opened));
            ASSERT_STR(opened.mail.private_text, arena_printf(f.a, "s%zu@example.org", seen));
            assert_int_equal(r->server.n, 0);
            withdrawn += r->state == SIGNATURE_WITHDRAWN;
            seen++;
        }
    } while (page.n == 3);
    assert_int_equal(seen, SIGNERS);
    assert_int_equal(withdrawn, 1);
    fixture_close(&f);
}

int main(void)
{
    const struct CMUnitTest tests[] = {TEST_ON_BOTH(pages_hold_each_record_once)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
