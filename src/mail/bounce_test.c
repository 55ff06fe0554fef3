/* SPDX-License-Identifier: EUPL-1.2 */
/* What each sample of a delivery report comes to. The samples are in the shape of the servers that
 * their names name; every one of the folder is in the table. */

#include "base/file.h"
#include "mail/bounce.h"

#include <dirent.h>
#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <unistd.h>

#include <cmocka.h>

static const struct {
    const char *name;
    bounce_action action;
    mail_status status;
    bounce_rule rule;
} samples[] = {
    {"complaint", BOUNCE_NO_REPORT, {0, 0, 0}, BOUNCE_IGNORE},
    {"crlf", BOUNCE_FAILED, {5, 1, 1}, BOUNCE_STOP},
    {"empty", BOUNCE_NO_REPORT, {0, 0, 0}, BOUNCE_IGNORE},
    {"exchange-2010-italian", BOUNCE_FAILED, {5, 1, 1}, BOUNCE_STOP},
    {"exchange-350", BOUNCE_FAILED, {5, 2, 2}, BOUNCE_KEEP},
    {"exchange-group", BOUNCE_FAILED, {5, 7, 133}, BOUNCE_STOP},
    {"exchange-online", BOUNCE_FAILED, {5, 1, 10}, BOUNCE_STOP},
    {"exim-delayed", BOUNCE_DELAYED, {4, 7, 1}, BOUNCE_IGNORE},
    {"exim-dsn", BOUNCE_FAILED, {5, 0, 0}, BOUNCE_STOP},
    {"exim-prose", BOUNCE_FAILED, {5, 1, 2}, BOUNCE_STOP},
    {"exim-quota", BOUNCE_FAILED, {5, 2, 2}, BOUNCE_KEEP},
    {"fields-as-text", BOUNCE_FAILED, {5, 1, 1}, BOUNCE_STOP},
    {"french-dsn", BOUNCE_FAILED, {5, 1, 1}, BOUNCE_STOP},
    {"french-prose", BOUNCE_FAILED, {5, 7, 1}, BOUNCE_STOP},
    {"german-dsn", BOUNCE_FAILED, {5, 7, 1}, BOUNCE_STOP},
    {"german-prose", BOUNCE_FAILED, {5, 0, 0}, BOUNCE_STOP},
    {"german-quota", BOUNCE_FAILED, {5, 2, 2}, BOUNCE_KEEP},
    {"gmail-delay", BOUNCE_DELAYED, {4, 4, 1}, BOUNCE_IGNORE},
    {"gmail-quota", BOUNCE_FAILED, {5, 2, 2}, BOUNCE_KEEP},
    {"gmail-unauthenticated", BOUNCE_FAILED, {5, 7, 26}, BOUNCE_ALARM},
    {"gmail-unknown", BOUNCE_FAILED, {5, 1, 1}, BOUNCE_STOP},
    {"groupwise", BOUNCE_FAILED, {5, 1, 1}, BOUNCE_STOP},
    {"human-reply", BOUNCE_NO_REPORT, {0, 0, 0}, BOUNCE_IGNORE},
    {"italian-dsn", BOUNCE_FAILED, {5, 2, 2}, BOUNCE_KEEP},
    {"italian-prose", BOUNCE_FAILED, {5, 1, 1}, BOUNCE_STOP},
    {"lotus-dsn", BOUNCE_FAILED, {5, 1, 1}, BOUNCE_STOP},
    {"lotus-prose", BOUNCE_FAILED, {5, 1, 1}, BOUNCE_STOP},
    {"missing-status", BOUNCE_FAILED, {5, 1, 0}, BOUNCE_STOP},
    {"nested", BOUNCE_FAILED, {5, 1, 1}, BOUNCE_STOP},
    {"no-head", BOUNCE_NO_REPORT, {0, 0, 0}, BOUNCE_IGNORE},
    {"nothing-known", BOUNCE_FAILED, {0, 0, 0}, BOUNCE_IGNORE},
    {"one-group", BOUNCE_FAILED, {5, 1, 1}, BOUNCE_STOP},
    {"outlook-515", BOUNCE_FAILED, {5, 7, 515}, BOUNCE_ALARM},
    {"outlook-515-relayed", BOUNCE_FAILED, {5, 7, 515}, BOUNCE_ALARM},
    {"outlook-blocked", BOUNCE_FAILED, {5, 7, 1}, BOUNCE_STOP},
    {"polish-base64", BOUNCE_FAILED, {4, 2, 0}, BOUNCE_KEEP},
    {"polish-dsn", BOUNCE_FAILED, {5, 1, 1}, BOUNCE_STOP},
    {"postfix-delayed", BOUNCE_DELAYED, {4, 4, 1}, BOUNCE_IGNORE},
    {"postfix-expired", BOUNCE_FAILED, {4, 4, 1}, BOUNCE_KEEP},
    {"postfix-no-host", BOUNCE_FAILED, {5, 4, 4}, BOUNCE_STOP},
    {"postfix-null-mx", BOUNCE_FAILED, {5, 1, 0}, BOUNCE_STOP},
    {"postfix-unknown", BOUNCE_FAILED, {5, 1, 1}, BOUNCE_STOP},
    {"postfix-utf8", BOUNCE_FAILED, {5, 1, 1}, BOUNCE_STOP},
    {"qmail-greylisted", BOUNCE_FAILED, {4, 7, 1}, BOUNCE_KEEP},
    {"qmail-quota", BOUNCE_FAILED, {5, 2, 2}, BOUNCE_KEEP},
    {"qmail-remote", BOUNCE_FAILED, {5, 1, 1}, BOUNCE_STOP},
    {"qmail-unknown", BOUNCE_FAILED, {5, 1, 1}, BOUNCE_STOP},
    {"read-receipt", BOUNCE_NO_REPORT, {0, 0, 0}, BOUNCE_IGNORE},
    {"returned-report", BOUNCE_NO_REPORT, {0, 0, 0}, BOUNCE_IGNORE},
    {"sendmail-dsn", BOUNCE_FAILED, {5, 1, 1}, BOUNCE_STOP},
    {"sendmail-prose", BOUNCE_FAILED, {5, 1, 1}, BOUNCE_STOP},
    {"sendmail-relayed", BOUNCE_DELIVERED, {2, 1, 5}, BOUNCE_IGNORE},
    {"sendmail-warning", BOUNCE_DELAYED, {0, 0, 0}, BOUNCE_IGNORE},
    {"spam", BOUNCE_NO_REPORT, {0, 0, 0}, BOUNCE_IGNORE},
    {"two-failed", BOUNCE_FAILED, {4, 2, 2}, BOUNCE_KEEP},
    {"two-mixed", BOUNCE_DELIVERED, {2, 0, 0}, BOUNCE_IGNORE},
    {"utf8-base64", BOUNCE_FAILED, {5, 2, 1}, BOUNCE_STOP},
    {"utf8-quoted", BOUNCE_FAILED, {4, 2, 2}, BOUNCE_KEEP},
    {"vacation", BOUNCE_NO_REPORT, {0, 0, 0}, BOUNCE_IGNORE},
    {"vacation-german", BOUNCE_NO_REPORT, {0, 0, 0}, BOUNCE_IGNORE},
    {"version-is-no-status", BOUNCE_NO_REPORT, {0, 0, 0}, BOUNCE_IGNORE},
    {"yahoo-inactive", BOUNCE_FAILED, {5, 0, 0}, BOUNCE_STOP},
};

enum { SAMPLES = sizeof samples / sizeof *samples };

static str sample(arena *a, const char *name)
{
    str bytes;
    int folder = open(SAMPLES_FOLDER, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    assert_true(folder >= 0);
    assert_int_equal(file_read(a, folder, name, BOUNCE_MAX_BYTES, &bytes), OK);
    close(folder);
    return bytes;
}

static void each_sample_comes_to_its_rule(void **state)
{
    (void)state;
    int wrong = 0;
    for (size_t i = 0; i < SAMPLES; i++) {
        arena *a = arena_open(16 << 20);
        bounce b = bounce_read(a, sample(a, samples[i].name));
        if (b.action != samples[i].action || b.rule != samples[i].rule ||
            memcmp(&b.status, &samples[i].status, sizeof b.status) != 0) {
            print_error("%s: action %d, status %d.%d.%d, rule %d\n", samples[i].name, (int)b.action,
                        b.status.class, b.status.subject, b.status.detail, (int)b.rule);
            wrong++;
        }
        arena_close(a);
    }
    assert_int_equal(wrong, 0);
}

static void no_sample_is_left_out(void **state)
{
    (void)state;
    size_t n = 0;
    DIR *folder = opendir(SAMPLES_FOLDER);
    assert_non_null(folder);
    for (struct dirent *entry; (entry = readdir(folder));)
        n += entry->d_name[0] != '.';
    closedir(folder);
    assert_int_equal(n, SAMPLES);
}

/* A report cut anywhere, as by a server that returns only so many bytes, stops nothing that the
 * whole would not. */
static void a_cut_report_is_never_harsher(void **state)
{
    (void)state;
    arena *whole = arena_open(16 << 20), *a = arena_open(16 << 20);
    str report = sample(whole, "two-mixed");
    size_t second = str_find_str(report, S("other@"));
    for (size_t n = 0; n < second; n++) {
        assert_int_equal(bounce_read(a, str_head(report, n)).rule, BOUNCE_IGNORE);
        arena_reset(a);
    }
    arena_close(a);
    arena_close(whole);
}

/* The largest message that is read stays within the memory that its reader gives it. */
static void a_large_message_is_bounded(void **state)
{
    (void)state;
    arena *a = arena_open(BOUNCE_ARENA_BYTES);
    buf b = buf_in(a);
    buf_put(&b,
            S("From: mailer-daemon@example.org\nContent-Type: multipart/report; boundary=b\n\n--b"
              "\nContent-Type: message/delivery-status\n\n"));
    while (b.n < BOUNCE_MAX_BYTES)
        buf_put(&b, S("\n\n"));
    str large = buf_str(&b);
    arena *own = arena_open(BOUNCE_ARENA_BYTES);
    assert_int_equal(bounce_read(own, large).rule, BOUNCE_IGNORE);
    arena_close(own);
    arena_close(a);
}

static void a_subject_can_end_the_mailings(void **state)
{
    (void)state;
    static const char *const subjects[][2] = {
        {"From: a@example.org\nSubject: leave-00ff\n\n", "00ff"},
        {"SUBJECT:  LEAVE-00FF \r\nFrom: a@example.org\r\n\r\n", "00FF"},
        {"Subject: Re: leave-00ff\n\n", ""},
        {"Subject: hello\n\nSubject: leave-00ff\n", ""},
        {"", ""},
    };
    arena *a = arena_open(1 << 20);
    for (size_t i = 0; i < sizeof subjects / sizeof *subjects; i++) {
        str found = bounce_leaving(a, str_of(subjects[i][0]));
        assert_true(str_eq(found, str_of(subjects[i][1])));
    }
    arena_close(a);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_sample_comes_to_its_rule),
        cmocka_unit_test(no_sample_is_left_out),
        cmocka_unit_test(a_cut_report_is_never_harsher),
        cmocka_unit_test(a_large_message_is_bounded),
        cmocka_unit_test(a_subject_can_end_the_mailings),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
