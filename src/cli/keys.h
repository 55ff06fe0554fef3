/* SPDX-License-Identifier: EUPL-1.2 */
#pragma once
/* The key files of an installation, readable by their owner only. They lie in DATA/keys, or in
 * $CREDENTIALS_DIRECTORY, where systemd's LoadCredential puts them:
 *   master.key   64 hex digits: seals records, masks links, keys hashes (web and work)
 *   log.key      64 hex digits: the Ed25519 seed that signs the log (work alone)
 *   witness.key  64 hex digits: the Ed25519 seed of a witness, in that one's own data folder */

#include "core/core.h"

/* Makes what is missing. ERR_IO: cannot be written (said on stderr). */
MUST_USE err keys_create(arena *a, str data);

/* ERR_NOT_FOUND: no such file; ERR_INVALID: damaged, or readable by others (said on stderr). */
MUST_USE err keys_load_master(arena *a, str data, key32 *out_master);
MUST_USE err keys_load_log(arena *a, str data, sign_key *out_key);

/* The witness's key, made when there is none yet. ERR_IO, ERR_INVALID as above. */
MUST_USE err keys_witness(arena *a, str data, sign_key *out_key);

/* core_keys_fit, said on stderr. */
MUST_USE err keys_fit(core *c);
