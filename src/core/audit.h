/* SPDX-License-Identifier: EUPL-1.2 */
#pragma once
/* The audit of a published log, as any outsider can make it: reads the files of docs/log.md through
 * a function of the caller, recounts, and holds everything against everything. Needs no database
 * and no key of ours. All that is read is foreign. */

#include "core/recount.h"
#include "crypto/policy.h"

/* A file of the log, by its path ("checkpoint", "tile/0/000"). ERR_NOT_FOUND: there is none; any
 * other error: it could not be read, and the caller knows why. */
typedef err audit_read(void *from, arena *a, str path, size_t most_bytes, str *out_bytes);

enum { AUDIT_EARLIER_MOST = 2, AUDIT_BUNDLE_BYTES_MOST = 256 * (2 + 200) };

/* A checkpoint that a time-stamping authority has stamped. */
typedef struct audit_stamp {
    uint64_t size;
    hash32 root;
    int64_t time_s;
    str authority;  /* as the stamp says; may be empty */
    bool is_closed; /* it holds the close */
} audit_stamp;

typedef struct audit_plan {
    audit_read *read;
    void *from;
    str vkey;             /* the log's key; empty: the one that the manifest names */
    const policy *policy; /* of witnesses, and of log keys if it has any; NULL: none */
    checkpoint earlier[AUDIT_EARLIER_MOST]; /* that this log must extend */
    size_t earlier_n;
    str timestamp_cas; /* PEM, that stamps must lead to; empty: nobody looks at their signatures */
    int64_t asked;     /* a leaf to tell of; -1: none */
    str sought;        /* or the one that adds this commitment, in hexadecimal; empty: none */
    void (*progress)(uint64_t done, uint64_t size); /* NULL: none */
} audit_plan;

typedef struct audit_report {
    recounted counted;
    str breakdown;
    str origin;
    str vkey;       /* that signed */
    str checkpoint; /* the note */
    str manifest;
    uint64_t files, bytes;  /* read */
    size_t witnesses;       /* of the policy, that cosigned */
    size_t witnesses_known; /* that the policy names */
    audit_stamp *stamps;    /* by size */
    size_t stamps_n;
    int64_t leaf_at; /* the leaf asked or sought; -1: there is none */
    str leaf;
    bool leaf_counts;
    str finding; /* what does not agree, or is missing; empty: nothing */
} audit_report;

/* OK: everything agrees. ERR_DENIED: something does not, and out_report->finding says what.
 * ERR_NOT_FOUND: a file is missing, likewise; other errors of read pass through. The report is
 * filled as far as the audit came. a: what the report points to. */
MUST_USE err audit_run(arena *a, const audit_plan *plan, audit_report *out_report);

/* The manifest's value of a key, empty when there is none. */
str audit_manifest_value(str manifest, str key);
