/* SPDX-License-Identifier: EUPL-1.2 */
#pragma once
/* Whose turn it is to write a SQLite file, among processes. SQLite's own lock is taken by whoever
 * asks at the right moment, so a busy process can keep a quiet one waiting for seconds; here the
 * one that waits is next. Two byte locks on FILE-turn: "next" is held while waiting for "write",
 * so a process that has just written cannot overtake. The kernel drops both with the process. */

#include "base/base.h"

typedef struct turn {
    int fd;
} turn;

/* Creates the file when missing (mode 0600). ERR_IO, logged. */
MUST_USE err turn_open(const char *path, turn *out_turn);
void turn_close(turn *t);

/* ERR_BUSY: not within wait_ms. One thread at a time for each `turn`. */
MUST_USE err turn_take(turn *t, int64_t wait_ms);
void turn_give(turn *t);
