/* SPDX-License-Identifier: EUPL-1.2 */
#pragma once
/* Erases on the day what must not be kept longer, every few minutes, one cleaner at a time. */

#include "work/worker.h"

void cleaner_run(worker *w);
