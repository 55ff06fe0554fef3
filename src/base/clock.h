/* SPDX-License-Identifier: EUPL-1.2 */
#pragma once
/* Two clocks: the wall clock for what people see and for retention, the steady one for time-outs.
 * Core rules never read a clock; they are given `now_ms`. */

#include "base/err.h"
#include "base/str.h"

#include <pthread.h>
#include <stdint.h>

/* Unix milliseconds. */
int64_t clock_now_ms(void);

/* Milliseconds of a clock that never jumps and goes on during suspend. */
int64_t clock_steady_ms(void);

/* As pthread_cond_wait, for at most ms of the steady clock. False: the time is over. Unlike its
 * namesake it does not care when the wall clock is set. */
bool clock_wait(pthread_cond_t *signal, pthread_mutex_t *lock, int64_t ms);

/* "2026-11-22T16:58:03.120Z" and a NUL. */
void clock_iso8601(int64_t unix_ms, char out_text[static 32]);

/* "2026-11-22": the start of that day in UTC. ERR_INVALID: no such day, or before 1970. */
MUST_USE err clock_read_day(str text, int64_t *out_ms);

/* Days since 1970-01-01 in UTC. */
static inline int64_t clock_day(int64_t unix_ms)
{
    return unix_ms / 86400000 - (unix_ms % 86400000 < 0);
}
