/* SPDX-License-Identifier: EUPL-1.2 */
#pragma once
/* What a process gives up once it has opened what it needs: new privileges, core dumps (they would
 * hold personal data), and writing anywhere but in the data folder (Landlock, where the kernel has
 * it). Cannot be undone; children inherit it. */

#include "base/base.h"

typedef struct confinement {
    bool has_no_new_privileges;
    bool has_no_dumps;
    int landlock_abi; /* 0: the kernel has none, or refused */
} confinement;

/* folders: where files may still be written, made, renamed and removed. Says in the log what is in
 * force. Best effort: a kernel without a measure is no reason not to start. */
confinement confine_process(arena *a, const str *folders, size_t n);
