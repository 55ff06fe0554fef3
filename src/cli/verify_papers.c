/* SPDX-License-Identifier: EUPL-1.2 */
/* Each paper must be about the leaf that the log has at its place. */

#include "cli/verify_papers.h"

#include "base/clock.h"
#include "cli/verify_file.h"

static int disagrees(papers *p, const char *finding)
{
    p->finding = str_of(finding);
    return EXIT_DISAGREES;
}

static int unreadable(papers *p, const char *finding)
{
    p->finding = str_of(finding);
    return EXIT_UNREADABLE;
}

static int read_receipt(arena *a, str path, papers *p)
{
    str text;
    p->has_receipt = true;
    if (verify_file_read(a, path, PROOF_MAX_BYTES, &text) != OK)
        return unreadable(p, "the receipt cannot be read");
    err e = receipt_read(a, text, &p->receipt);
    if (e == ERR_DENIED)
        return disagrees(p, "the receipt's path does not lead from its leaf to its root");
    return e == OK ? EXIT_AGREES : unreadable(p, "that file is no receipt");
}

static int read_opening(arena *a, str path, papers *p)
{
    str text;
    p->has_opening = true;
    if (verify_file_read(a, path, OPENING_BYTES_MOST, &text) != OK)
        return unreadable(p, "the opening cannot be read");
    return opening_read(a, text, &p->opening) == OK ? EXIT_AGREES
                                                    : unreadable(p, "that file is no opening");
}

int papers_read(arena *a, str receipt_path, str opening_path, str promise_path, papers *out_papers)
{
    papers *p = out_papers;
    *p = (papers){.finding = S("")};
    int code = receipt_path.n ? read_receipt(a, receipt_path, p) : EXIT_AGREES;
    if (code == EXIT_AGREES && opening_path.n)
        code = read_opening(a, opening_path, p);
    if (code == EXIT_AGREES && promise_path.n) {
        p->has_promise = true;
        if (verify_file_read(a, promise_path, NOTE_MAX_BYTES, &p->promise_note) != OK)
            code = unreadable(p, "the promise cannot be read");
    }
    if (code == EXIT_AGREES && p->has_receipt && p->has_opening &&
        !opening_fits(&p->opening, a, p->receipt.leaf))
        code = disagrees(p, "the opening does not open the receipt's leaf");
    return code;
}

/* The commitment is not verified yet: it only says what to look for. */
static str promised_commitment(str note)
{
    str rest = str_skip(note, str_find_str(note, S("\ncommitment ")));
    return str_head(str_skip(rest, sizeof "\ncommitment " - 1), 64);
}

void papers_ask(arena *a, const papers *p, audit_plan *plan)
{
    if (p->has_receipt) {
        plan->asked = (int64_t)p->receipt.proof.index;
        plan->earlier[plan->earlier_n++] = p->receipt.tree;
    } else if (p->has_opening) {
        plan->sought = hex_make(a, hash_str(&p->opening.commitment));
    } else if (p->has_promise) {
        plan->sought = promised_commitment(p->promise_note);
    }
}

static int check_receipt(arena *a, papers *p, const audit_report *report)
{
    checkpoint tree;
    if (note_checkpoint_read(a, p->receipt.proof.note, report->vkey, &tree) != OK)
        return disagrees(p, "the receipt's checkpoint is not signed by the log's key");
    if (!str_eq(report->leaf, p->receipt.leaf))
        return disagrees(p, "the log has another leaf at the receipt's place");
    return EXIT_AGREES;
}

static int check_promise(arena *a, papers *p, const audit_report *report, int64_t now_ms)
{
    str vkey = audit_manifest_value(report->manifest, S("promise-key"));
    if (vkey.n == 0)
        return unreadable(p, "the manifest names no promise key");
    if (promise_read(a, p->promise_note, vkey, &p->promise) != OK)
        return disagrees(p, "the promise is not signed by the key that the manifest names");
    str hex = hex_make(a, hash_str(&p->promise.commitment));
    if (report->leaf_at >= 0)
        return str_ends(str_trim(report->leaf), hex)
                   ? EXIT_AGREES
                   : disagrees(p, "receipt, opening and promise are of different signatures");
    if (now_ms / 1000 < p->promise.before_s) {
        p->finding = S("the promise is open: not in the log yet, and its time is not over");
        return EXIT_LATER;
    }
    return disagrees(p, "the promise is broken: its time is over, and the log has no such leaf");
}

int papers_check(arena *a, papers *p, const audit_report *report, int64_t now_ms)
{
    int code = p->has_receipt ? check_receipt(a, p, report) : EXIT_AGREES;
    if (code == EXIT_AGREES && p->has_opening && report->leaf_at < 0)
        return disagrees(p, "the log has no leaf of this opening");
    if (code == EXIT_AGREES && p->has_opening && !opening_fits(&p->opening, a, report->leaf))
        return disagrees(p, "the opening is of another kind or country than its leaf");
    return code == EXIT_AGREES && p->has_promise ? check_promise(a, p, report, now_ms) : code;
}

int papers_check_alone(arena *a, papers *p, const audit_plan *plan, audit_report *out_report)
{
    policy_verdict verdict;
    str note = p->receipt.proof.note;
    note_key key;
    bool has_key = plan->vkey.n > 0;
    *out_report = (audit_report){.leaf_at = (int64_t)p->receipt.proof.index,
                                 .leaf = p->receipt.leaf,
                                 .origin = p->receipt.tree.origin,
                                 .vkey = plan->vkey};
    if (has_key && note_key_read(a, plan->vkey, &key) != OK)
        return unreadable(p, "that is no key");
    if (has_key && note_checkpoint_read(a, note, plan->vkey, &p->receipt.tree) != OK)
        return disagrees(p, "the receipt's checkpoint is not signed by that key");
    if (!plan->policy)
        return EXIT_AGREES;
    if (policy_check(a, plan->policy, has_key ? &key : NULL, note, &verdict) != OK)
        return disagrees(p, "the receipt's checkpoint is not signed as the policy asks");
    out_report->witnesses = verdict.cosigned;
    out_report->witnesses_known = plan->policy->witnesses_n;
    return verdict.has_quorum ? EXIT_AGREES
                              : disagrees(p, "too few witnesses cosigned the receipt: no quorum");
}

/* --- output --- */

void papers_print(const papers *p, const audit_report *report)
{
    if (p->has_receipt)
        printf("receipt leaf %llu of %llu, %.*s", (unsigned long long)p->receipt.proof.index,
               (unsigned long long)p->receipt.tree.size, STR_FMT(p->receipt.leaf));
    for (int i = 0; p->has_opening && i < OPENING_FIELDS; i++) {
        const opened_field *f = &p->opening.fields[i];
        printf("opening %s %.*s\n", opening_field_names[i],
               STR_FMT(f->is_shown ? f->value : S("(kept back)")));
    }
    if (p->has_promise)
        printf("promise kept\n");
    if (report->leaf_at >= 0 && report->counted.leaves > 0)
        printf("leaf %lld %s\n", (long long)report->leaf_at,
               report->leaf_counts ? "counts" : "does not count any more, or is no signature");
}

static void put_text(buf *b, const char *name, str text)
{
    buf_printf(b, ",\"%s\":", name);
    buf_put_json(b, text);
}

void papers_put_json(buf *b, const papers *p, const audit_report *report)
{
    if (report->leaf_at >= 0) {
        buf_printf(b, ",\"leaf_at\":%lld", (long long)report->leaf_at);
        put_text(b, "leaf", str_trim(report->leaf));
        if (report->counted.leaves > 0)
            buf_printf(b, ",\"leaf_counts\":%s", report->leaf_counts ? "true" : "false");
    }
    if (!p->has_opening)
        return;
    buf_put(b, S(",\"opening\":{\"sig\":\"sig1\""));
    for (int i = 0; i < OPENING_FIELDS; i++)
        if (p->opening.fields[i].is_shown)
            put_text(b, opening_field_names[i], p->opening.fields[i].value);
    buf_put_char(b, '}');
}
