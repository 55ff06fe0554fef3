/* SPDX-License-Identifier: EUPL-1.2 */
#pragma once
/* A witness (C2SP tlog-witness): remembers the largest checkpoint of each log that it knows, and
 * cosigns a larger one only with the proof that the log has grown and nothing else. It knows logs
 * by a list, holds no database, and reads no entries. What it remembers is on disk before it
 * answers; whoever deletes that makes it forget, so its folder is nobody's to tidy. */

#include "crypto/merkle.h"
#include "crypto/note.h"

enum {
    WITNESS_LOGS_MOST = 1000,
    WITNESS_LIST_BYTES_MOST = 1 << 20,
    WITNESS_PROOF_LINES_MOST = 63,
    WITNESS_REQUEST_BYTES_MOST = NOTE_MAX_BYTES + 4096,
};

typedef struct witness_log {
    str origin;
    note_key key; /* several lines of one origin: several keys that are good for it */
} witness_log;

typedef struct witness_logs {
    witness_log *at;
    size_t n;
} witness_logs;

/* The list, as the public witness network writes it:
 *   logs/v0
 *   vkey KEY                              begins a log
 *   origin ORIGIN|none                    none: the key's name
 *   bastion …, qpd …, contact …           read over
 * Blank lines and lines that begin with # are ignored. ERR_INVALID: out_line, from 1, is not so. */
MUST_USE err witness_logs_read(arena *a, str text, witness_logs *out_logs, int *out_line);

/* The body of add-checkpoint: `old SIZE`, proof lines, a blank line, a checkpoint note. */
typedef struct witness_request {
    uint64_t old_size;
    hash_list proof;
    str note;
} witness_request;
MUST_USE err witness_request_read(arena *a, str body, witness_request *out_request);

typedef struct witness witness;

/* Takes up what directory holds. logs and name live as long as the witness. ERR_BUSY: another
 * process has the directory; ERR_INVALID: a record in it is damaged (logged): nothing is signed
 * rather than something forgotten; ERR_IO: it cannot be used. */
MUST_USE err witness_open(const char *directory, str name, const sign_key *key,
                          const witness_logs *logs, witness **out_witness);
void witness_close(witness *w);

str witness_vkey(const witness *w, arena *a);

typedef struct witness_answer {
    int status; /* 200, 400, 403, 404, 409 or 422, as the protocol says */
    str type;
    str body;
} witness_answer;

/* One add-checkpoint; safe from any thread, requests of one log wait for each other. ERR_IO: the
 * new checkpoint could not be kept, and was not signed. */
MUST_USE err witness_add(witness *w, arena *a, str body, int64_t now_s, witness_answer *out_answer);

/* "ORIGIN SIZE\n" for each log, for people who look. */
str witness_state(witness *w, arena *a);
