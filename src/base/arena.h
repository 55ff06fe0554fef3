/* SPDX-License-Identifier: EUPL-1.2 */
#pragma once
/* Memory with one end: a request, a job, a command, a transaction attempt. Nothing is freed
 * singly. The slack between allocations is poisoned under AddressSanitizer, and a debug mode
 * (environment UNDERSIGNED_ARENA=malloc, sanitised builds only) makes one malloc per allocation
 * so that every overrun is seen. An arena belongs to one thread at a time. */

#include "base/str.h"

#include <stdarg.h>
#include <stdint.h>

typedef struct arena arena;

/* Opens an arena that may hold at most cap_bytes; exceeding it is a bug of the caller, who must
 * bound inputs first, and stops the program. Never fails: out of memory aborts. */
arena *arena_open(size_t cap_bytes);

/* Runs the deferred calls, newest first, and gives all memory back. NULL is accepted. */
void arena_close(arena *a);

/* As close and open in one, but keeps the first block for reuse. */
void arena_reset(arena *a);

/* Zeroed memory, aligned for any type. size 0 gives a unique valid pointer. */
void *arena_alloc(arena *a, size_t size_bytes) __attribute__((malloc, returns_nonnull));

/* Zeroed array; overflow of count * size is a bug. */
void *arena_alloc_array(arena *a, size_t count, size_t size_bytes)
    __attribute__((malloc, returns_nonnull));

#define arena_new(a, type) ((type *)arena_alloc((a), sizeof(type)))
#define arena_array(a, type, count) ((type *)arena_alloc_array((a), (count), sizeof(type)))

/* Runs call(thing) when the arena ends. */
typedef void arena_call(void *thing);
void arena_defer(arena *a, arena_call *call, void *thing);

/* Copies; the copy is followed by a NUL that str.n does not count. */
str arena_copy(arena *a, str s);

/* A terminated copy for library borders. */
char *arena_cstr(arena *a, str s);

/* Formatted text in the arena. */
str arena_printf(arena *a, const char *format, ...) __attribute__((format(printf, 2, 3)));
str arena_vprintf(arena *a, const char *format, va_list args) __attribute__((format(printf, 2, 0)));

/* Bytes handed out since open or reset, for limits and tests. */
size_t arena_used(const arena *a);
