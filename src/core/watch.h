/* SPDX-License-Identifier: EUPL-1.2 */
#pragma once
/* Signs of forgery, counted over a day: how many signatures came from one mail domain and from one
 * network. What is counted are keyed hashes (traces, kept 48 hours); the rules are one table in
 * watch.c. A rule that is passed never refuses anybody: what is confirmed is only not counted
 * until it has been looked at (core/hold.h).
 *
 * Counters live in memory and follow the table of traces, so that every process knows of all and
 * a restart forgets nothing. All calls are safe from any thread. */

#include "core/challenge.h"

typedef struct watch watch;

/* First 8 bytes of a keyed hash. */
typedef struct watch_tag {
    unsigned char at[8];
} watch_tag;

typedef enum trace_flag {
    TRACE_COMMON = 1,     /* the domain is a large provider's */
    TRACE_DISPOSABLE = 2, /* or one of throw-away addresses */
    TRACE_LISTED = 4,     /* or one that the operator wants held */
    TRACE_HURRIED = 8,    /* the form came back faster than people type */
    TRACE_WORKLESS = 16,  /* without the work that was asked for */
    TRACE_TRAPPED = 32,   /* from a network that fills in what people cannot see */
} trace_flag;

typedef enum domain_class {
    DOMAIN_SEEN = 0, /* often enough that its name tells nothing about a person */
    DOMAIN_COMMON = 1,
    DOMAIN_DISPOSABLE = 2,
    DOMAIN_HELD = 3,
    DOMAIN_UNKNOWN = 4,
} domain_class;

/* How a signature was sent. */
typedef struct sending {
    client_ip client;
    bool is_hurried, is_workless, is_trapped;
    bool has_proof; /* of work; one that was used before is as good as none */
    proof proof;
} sending;

typedef struct trace {
    int64_t declaration;
    int64_t at_ms;
    int64_t flags;
    watch_tag domain;
    watch_tag narrow, wide;               /* /32 or /64; /24 or /48 */
    watch_tag narrow_before, wide_before; /* the same under the key of the day before */
} trace;

typedef enum watch_level {
    WATCH_FINE,
    WATCH_LOOK, /* counts after WATCH_LOOK_MS, unless it has come to more by then */
    WATCH_HOLD, /* counts when somebody has decided so */
} watch_level;

enum { WATCH_LOOK_MS = 3600000, TRACE_HOURS = 48, DOMAIN_SEEN_LEAST = 20 };

typedef struct judgement {
    watch_level level;
    const char *rule; /* its name; NULL: fine */
} judgement;

/* look_every_ms: a look at the traces is not repeated before; 0 in tests. */
watch *watch_open(const core_keys *keys, int64_t look_every_ms);
void watch_close(watch *w);

/* Takes in what any process has written since the last look. Does nothing when w is NULL. */
MUST_USE err watch_look(watch *w, db *d, int64_t now_ms);

/* The tag of a registrable domain; names and records need not be opened for it. */
watch_tag watch_domain_tag(const core_keys *keys, str domain);

/* The tag of a domain as a person names it: any host of it, or the tag in 16 hexadecimal digits, as
 * previews show it. ERR_INVALID: neither. */
MUST_USE err watch_domain_read(const core_keys *keys, arena *a, str named, watch_tag *out_tag);

/* The trace of a signature that is being sent; w may be NULL. */
trace watch_trace(watch *w, const core_keys *keys, int64_t declaration_id, str domain,
                  const sending *how, int64_t now_ms);

/* What all that was counted says about one trace: the strictest of the rules. is_new: it has not
 * been counted itself. */
judgement watch_judge(watch *w, const trace *t, bool is_new, int64_t now_ms);

/* Whether the domain has been seen so often that its name may be kept, and is not yet. */
bool watch_may_name(watch *w, const trace *t, str domain, int64_t now_ms);

/* Whether a declaration is signed far more often this hour than is usual for it. Never before it
 * has a day behind it: there is no usual then. */
bool watch_is_hot(watch *w, int64_t declaration_id, int64_t now_ms);

/* The domains known by name. */
typedef struct known_domain {
    str name;
    domain_class class;
} known_domain;
typedef struct known_domains {
    const known_domain *at;
    size_t n;
} known_domains;
MUST_USE err watch_domains(core *c, arena *a, known_domains *out_domains);
/* Gives a registrable domain a class; DOMAIN_UNKNOWN forgets it. ERR_INVALID: no name of a host. */
MUST_USE err watch_domain_set(core *c, arena *a, str name, domain_class class);

/* The rules in words, for the manual and the command line: name, look, hold. */
typedef struct watch_threshold {
    const char *name;
    const char *what;
    int look, hold; /* signatures in 24 hours */
} watch_threshold;
/* Of the i-th rule; false: there are no more. */
bool watch_threshold_at(size_t i, watch_threshold *out_threshold);
