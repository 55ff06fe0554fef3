/* SPDX-License-Identifier: EUPL-1.2 */
#pragma once
/* C2SP tlog-policy: which logs and witnesses somebody trusts, and how many witnesses must have
 * cosigned a checkpoint before it counts. Pure functions over text. Keys are Ed25519; a policy with
 * others is refused, because we could not check what it asks. */

#include "crypto/note.h"

enum {
    POLICY_BYTES_MOST = 65536,
    POLICY_LOGS_MOST = 64,
    POLICY_WITNESSES_MOST = 64,
    POLICY_NAMES_MOST = 128, /* witnesses and groups */
};

typedef struct policy_log {
    note_key key;
    str url; /* empty: none */
} policy_log;

typedef struct policy_witness {
    str name; /* within the policy only */
    note_key key;
    str url; /* of tlog-witness's submission prefix; empty: none */
} policy_witness;

/* A witness or a group; members stand before the group that they are in, and are in one at most. */
typedef struct policy_name {
    str name;
    int witness; /* index, -1: a group */
    int group;   /* index of the name that this is a member of, -1: none */
    int least;   /* of a group: how many members suffice */
} policy_name;

typedef struct policy {
    policy_log *logs;
    size_t logs_n;
    policy_witness *witnesses;
    size_t witnesses_n;
    policy_name *names;
    size_t names_n;
    int quorum; /* index of a name, -1: no cosignature is asked for */
} policy;

/* What is wrong with a policy, in English. */
typedef struct policy_fault {
    int line; /* from 1; 0: the whole */
    const char *what;
} policy_fault;

/* ERR_INVALID: not a policy, see out_fault. Views into text. */
MUST_USE err policy_read(arena *a, str text, policy *out_policy, policy_fault *out_fault);

/* Whether these witnesses suffice: has_cosigned[i] for witnesses[i]. */
bool policy_quorum(const policy *p, const bool *has_cosigned);

typedef struct policy_verdict {
    checkpoint checkpoint;
    note_key log;                              /* that signed it */
    int64_t cosigned_s[POLICY_WITNESSES_MOST]; /* latest time by witnesses[i]; -1: has not */
    size_t cosigned;                           /* how many have */
    bool has_quorum;
} policy_verdict;

/* Reads a checkpoint note under the policy. log: the log that is meant; NULL: any of the policy's.
 * ERR_INVALID: no checkpoint note; ERR_DENIED: not signed by the log, or a signature by the log or
 * a witness of the policy is wrong. A checkpoint without quorum is OK with has_quorum false. */
MUST_USE err policy_check(arena *a, const policy *p, const note_key *log, str note,
                          policy_verdict *out_verdict);
