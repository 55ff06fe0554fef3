/* SPDX-License-Identifier: EUPL-1.2 */
#pragma once
/* A witness for tests, a real HTTP server on this machine, that lies as it is told. */

#include "crypto/note.h"

#include <pthread.h>
#include <stdatomic.h>

typedef enum manner {
    RIGHT,           /* as C2SP tlog-witness says */
    WRONG_SIGNATURE, /* its line, with one bit changed */
    OTHER_KEY,       /* a line of its name by another key */
    OTHER_NOTE,      /* its line for the checkpoint of another log */
    NO_LINES,        /* 200 and nothing */
    SIZE_LARGER,     /* 409, more lines than any log has */
    SIZE_OWN,        /* 409, always the size that is shown to it: another tree */
    SIZE_GARBAGE,    /* 409, no number */
    SIZE_CHANGING,   /* 409, each time another size */
    BAD_PROOF,       /* 422 */
    BROKEN,          /* 500 */
    UNKNOWN_LOG,     /* 404 */
    TRUNCATED,       /* 200, less than it announced */
    ENDLESS,         /* 200, a body without an end */
    SLOW,            /* nothing for longer than anybody waits */
} manner;

typedef struct test_witness {
    sign_key key;
    int listener, port;
    pthread_t thread;
    _Atomic manner manner;
    atomic_bool is_over;
    _Atomic uint64_t known; /* the size that it has cosigned last */
    _Atomic int64_t time_s; /* of the next cosignature */
    atomic_int asked;
} test_witness;

void witness_start(test_witness *w);
void witness_stop(test_witness *w);

/* The policy that names it alone. */
str witness_policy(arena *a, const test_witness *w);
