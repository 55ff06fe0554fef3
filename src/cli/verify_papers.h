/* SPDX-License-Identifier: EUPL-1.2 */
#pragma once
/* What a signer holds in hand and `verify` holds against a log: receipt, opening, promise. */

#include "cli/command.h"
#include "core/audit.h"
#include "core/opening.h"
#include "core/promise.h"
#include "core/receipt.h"

enum {
    EXIT_AGREES = EXIT_OK,
    EXIT_UNREADABLE = EXIT_NOT_FOUND,
    EXIT_DISAGREES = EXIT_CONFLICT,
};

typedef struct papers {
    bool has_receipt, has_opening, has_promise;
    receipt receipt;
    opening opening;
    str promise_note;
    promise promise; /* once the log's manifest has named the key */
    str finding;     /* what is wrong; empty: nothing */
} papers;

/* Reads the files that are named; an empty path is no file. An exit code; what is wrong is in
 * out_papers->finding. */
int papers_read(arena *a, str receipt_path, str opening_path, str promise_path, papers *out_papers);

/* What the audit must look for. */
void papers_ask(arena *a, const papers *p, audit_plan *plan);

/* With the log that agreed. EXIT_LATER: the promise is still open. */
int papers_check(arena *a, papers *p, const audit_report *report, int64_t now_ms);

/* The receipt without a log: under a log's key, or a policy that names logs. */
int papers_check_alone(arena *a, papers *p, const audit_plan *plan, audit_report *out_report);

void papers_print(const papers *p, const audit_report *report);
void papers_put_json(buf *b, const papers *p, const audit_report *report);
