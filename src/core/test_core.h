/* SPDX-License-Identifier: EUPL-1.2 */
#pragma once
/* A real database with a small alliance in it, read from a content folder as any other:
 *   main      persons, organisations, mandate holders; two signers a mailbox; open in 2026
 *   petition  (slug "plea") light, persons, one signer a mailbox, the server reads its records
 *   future    opens in September 2026
 *   past      closed in March 2026
 * The day is 15 June 2026, noon UTC; a test moves now_ms as it likes. */

#include "core/content.h"
#include "core/letter.h"
#include "core/log.h"
#include "core/recount.h"
#include "core/signature.h"

#include "test_db.h"

#include "q_test_probe.h"

enum { MINUTE_MS = 60000, HOUR_MS = 3600000, DAY_MS = 86400000 };

typedef struct fixture {
    test_db t;
    core c;
    arena *a;
    str folder; /* the content, may be changed and imported again */
    alliance al;
    const declaration *main, *petition, *future, *past;
    int64_t now_ms;
} fixture;

/* The key of the logs, the same every time. */
sign_key fixture_log_key(void);

/* The organiser, who opens the sealed records of the others. */
enum { FIXTURE_IDENTITIES = 2 };
age_identity fixture_identity(size_t i);
str fixture_recipient(fixture *f, size_t i);
/* As if a key ceremony had shown that the key to it works. */
void fixture_prove(core *c, str recipient);

/* What one of them reads in the record of a signature. */
record fixture_unsealed(fixture *f, size_t i, int64_t signature);

fixture fixture_open(void **state);
void fixture_close(fixture *f);

void fixture_write(fixture *f, const char *path, str text);
void fixture_remove(fixture *f, const char *path);

/* Reads and writes the folder. */
err fixture_import(fixture *f, content_report *out_report);
void fixture_reload(fixture *f);

/* A person from Denmark who reads Danish, chose nothing public. */
signing fixture_signing(const char *name, const char *mail);
submitted fixture_submit(fixture *f, const declaration *d, const signing *s);
confirm_outcome fixture_confirm(fixture *f, str token);

/* Submits and confirms; the token of the link. */
str fixture_sign(fixture *f, const declaration *d, const signing *s);

/* The link that is mailed to an address with one signature when somebody asks for it. */
str fixture_later_link(fixture *f, const char *address);

/* Until the queue is empty. */
void fixture_sequence(fixture *f, const declaration *d);

/* Runs one work, which must succeed. */
void fixture_read(fixture *f, db_work *work, void *arg);
void fixture_change(fixture *f, db_work *work, void *arg);

q_probe_counts_row fixture_counts(fixture *f);
q_probe_regions_rows fixture_regions(fixture *f);
q_probe_facets_rows fixture_facets(fixture *f);
q_probe_signatures_rows fixture_signatures(fixture *f);
q_probe_jobs_rows fixture_jobs(fixture *f);
q_probe_queue_rows fixture_queue(fixture *f);
q_probe_mailboxes_rows fixture_mailboxes(fixture *f);
q_probe_links_rows fixture_links(fixture *f);
q_probe_consents_rows fixture_consents(fixture *f);
q_probe_listings_rows fixture_listings(fixture *f);
q_probe_mail_log_rows fixture_mail_log(fixture *f);
q_probe_news_rows fixture_news(fixture *f);
/* So many more entries in the register, all of the name Many, on the declarations of those there.
 */
void fixture_fill_register(fixture *f, int64_t more);

/* Every leaf of the log, from the first. */
str_list fixture_leaves(fixture *f, const declaration *d);

typedef struct counted_log {
    recounted sum;
    str breakdown;
} counted_log;

/* What an outsider counts, who refuses a log that breaks a rule. */
counted_log fixture_recount(fixture *f, const declaration *d);

#define ASSERT_STR(left, right)                                                                    \
    do {                                                                                           \
        str left_ = (left), right_ = (right);                                                      \
        if (!str_eq(left_, right_))                                                                \
            fail_msg("\"%.*s\" is not \"%.*s\"", STR_FMT(left_), STR_FMT(right_));                 \
    } while (0)
#define ASSERT_OK(call) assert_int_equal((call), OK)
