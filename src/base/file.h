/* SPDX-License-Identifier: EUPL-1.2 */
#pragma once
/* Files that stay whole through a crash: written beside, synced, renamed, folder synced. */

#include "base/base.h"

#include <sys/types.h>

/* A new name is kept through a power cut only once its folder has been synced: waits until it is.
 * ERR_IO, logged. */
MUST_USE err file_keep_name(int directory_fd, const char *path);

/* Makes the folder and keeps its name. OK: also when it stands. ERR_IO: errno says why. */
MUST_USE err file_make_folder(int directory_fd, const char *path, mode_t mode);

/* Replaces path below the open directory, making the folders that lead to it.
 * ERR_IO, logged: nothing changed. */
MUST_USE err file_replace(int directory_fd, const char *path, str bytes);

/* The whole file, at most most_bytes. ERR_NOT_FOUND: there is none (or it is larger). */
MUST_USE err file_read(arena *a, int directory_fd, const char *path, size_t most_bytes,
                       str *out_bytes);

/* Deletes a folder of plain files, if it is there. */
void file_drop_folder(int directory_fd, const char *path);
