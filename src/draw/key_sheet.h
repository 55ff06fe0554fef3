/* SPDX-License-Identifier: EUPL-1.2 */
#pragma once
/* The sheet that a custodian of the organiser's key prints and locks away: one page of A4 as PDF,
 * with the key as text and as a QR code, and how it is used. It holds the secret. */

#include "base/base.h"

typedef struct key_sheet {
    str title;     /* "Organiser's key" or the name that was given */
    str made;      /* day, ISO 8601 */
    str recipient; /* age1…, public */
    str secret;    /* AGE-SECRET-KEY-1… */
} key_sheet;

/* Writes the file, which must not be there (0600). ERR_CONFLICT: it is; ERR_IO: cannot be written;
 * ERR_INVALID: no font has the letters of the title. */
MUST_USE err key_sheet_write(arena *a, const char *path, const key_sheet *sheet);
