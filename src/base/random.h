/* SPDX-License-Identifier: EUPL-1.2 */
#pragma once
/* Bytes from the kernel's generator; the only source of randomness in the program. */

#include <stddef.h>

/* Fills n bytes. Never fails: a kernel without randomness aborts the program. */
void random_fill(void *bytes, size_t n);
