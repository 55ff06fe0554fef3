/* SPDX-License-Identifier: EUPL-1.2 */
#pragma once
/* Outcomes. Every function that can fail returns one; results travel through `out_` parameters,
 * which are untouched unless the outcome is OK. Expected outcomes (NOT_FOUND, CONFLICT, DENIED,
 * INVALID, LIMIT) are answers and are never logged; BUSY, UNCERTAIN and IO are logged once, where
 * they arise. */

typedef enum err {
    OK = 0,
    ERR_NOT_FOUND, /* no such thing */
    ERR_CONFLICT,  /* the thing exists already, or another state forbids the step */
    ERR_DENIED,    /* the caller may not do this */
    ERR_INVALID,   /* the input breaks its contract */
    ERR_LIMIT,     /* a declared bound is reached: size, rate, budget */
    ERR_BUSY,      /* gave up after bounded retries; trying later may work */
    ERR_UNCERTAIN, /* a commit may or may not have happened; look it up by its unique key */
    ERR_IO,        /* disk, network or database failed */
} err;

#define MUST_USE __attribute__((warn_unused_result))

/* Leaves the function with the outcome of call unless it is OK. Safe because arenas clean up. */
#define TRY(call)                                                                                  \
    do {                                                                                           \
        err try_outcome_ = (call);                                                                 \
        if (try_outcome_ != OK)                                                                    \
            return try_outcome_;                                                                   \
    } while (0)

/* A programmer's error, never an input: prints the place and aborts in every build. */
#define BUG_IF(condition)                                                                          \
    do {                                                                                           \
        if (__builtin_expect(!!(condition), 0))                                                    \
            bug_stop(__FILE__, __LINE__, #condition);                                              \
    } while (0)

_Noreturn void bug_stop(const char *file, int line, const char *condition);

/* The stable name of an outcome, for logs and --json ("not_found"). */
const char *err_name(err e);
