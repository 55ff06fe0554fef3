/* SPDX-License-Identifier: EUPL-1.2 */
#pragma once
/* Key files of the organiser, as age-keygen writes them: comments, then the secret in a line. All
 * failures are said on stderr. */

#include "cli/command.h"
#include "core/alliance.h"

/* ERR_INVALID: no such file, or no key in it. */
MUST_USE err organiser_key_read(const char *path, age_identity *out_identity);

/* A new one, for its owner only. ERR_CONFLICT: there is such a file; ERR_IO: cannot be written. */
MUST_USE err organiser_key_make(arena *a, const char *path, age_identity *out_identity);

/* For an organiser who has named no recipients, so that a first look needs no ceremony: the keys
 * DATA/organiser-keys/organiser-1.txt and -2.txt, made where they are missing. */
MUST_USE err organiser_keys_here(arena *a, str data,
                                 age_identity out_identities[static RECIPIENTS_LEAST]);

/* The key ceremony with a key that is at hand here. */
MUST_USE err ceremony_here(command_context *c, const age_identity *identity);
