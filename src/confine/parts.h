/* SPDX-License-Identifier: EUPL-1.2 */
#pragma once
/* The two kernel mechanisms behind confine.h: files.c (Landlock) and calls.c (seccomp). Private to
 * confine/. */

#include "confine/confine.h"

/* From which version of Landlock's interface on TCP ports can be held. */
enum { LANDLOCK_ABI_PORTS = 4 };

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
#define CONFINE_IS_SANITIZED 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer)
#define CONFINE_IS_SANITIZED 1
#endif
#endif
#ifndef CONFINE_IS_SANITIZED
#define CONFINE_IS_SANITIZED 0
#endif

/* The programs that load programs. */
void confine_add_loaders(confine_plan *plan);

/* The version of the kernel's Landlock; below 1: none. */
long landlock_abi(void);
bool landlock_restrict(arena *a, const confine_plan *plan, long abi);

bool calls_are_offered(void);
bool calls_restrict(const confine_plan *plan);
