/* SPDX-License-Identifier: EUPL-1.2 */
#pragma once
/* Whether a content folder has changed, told by the kernel. */

#include "base/base.h"

enum { FOLDER_WATCH_OPEN_MOST = 64 };

/* A file that was made or changed and is not closed yet, as far as we were told. */
typedef struct folder_watch_open {
    int number; /* of the watch */
    uint64_t name;
} folder_watch_open;

typedef struct folder_watch {
    str folder;
    int fd;
    int newest;   /* watch: they are numbered upwards */
    bool is_full; /* there are more folders than the system watches */
    folder_watch_open open[FOLDER_WATCH_OPEN_MOST];
    size_t open_n;
    int64_t changed_ms;
} folder_watch;

/* ERR_IO: logged. */
MUST_USE err folder_watch_begin(folder_watch *w, str folder);
void folder_watch_end(const folder_watch *w);

/* Takes in folders that are new; true: there are some, and what came into them before was not told.
 */
bool folder_watch_renew(folder_watch *w);

/* True: something has changed since the last look, or somebody is writing a file. Who neither
 * writes on nor closes it is waited for only a few seconds. */
bool folder_watch_is_busy(folder_watch *w);
