/* SPDX-License-Identifier: EUPL-1.2 */
#pragma once
/* A receipt: the C2SP tlog-proof of one leaf, made from the published files alone, so that giving
 * one neither reads the database nor waits for the sealer. Its extra data is the leaf itself. */

#include "core/audit.h"
#include "crypto/proof.h"

/* The receipt of the leaf under the checkpoint that is published now. ERR_NOT_FOUND: that does not
 * cover it yet, or files are missing; ERR_IO: they contradict each other. */
MUST_USE err receipt_make(arena *a, audit_read *read, void *from, uint64_t leaf, str *out_text);

typedef struct receipt {
    tlog_proof proof;
    str leaf; /* the line, with its LF */
    checkpoint tree;
} receipt;

/* Reads a receipt and checks its path; the checkpoint's signature is the caller's to check.
 * ERR_INVALID: not a receipt; ERR_DENIED: its path does not lead from the leaf to the root. */
MUST_USE err receipt_read(arena *a, str text, receipt *out_receipt);
