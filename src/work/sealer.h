/* SPDX-License-Identifier: EUPL-1.2 */
#pragma once
/* The sealer: takes confirmed signatures into the logs and publishes them, at most a second
 * behind. One at a time by lease; the head row protects the log even if a lease is wrong. */

#include "crypto/crypto.h"
#include "work/standbys.h"
#include "work/worker.h"

typedef struct sealer_options {
    str directory; /* DATA/log */
    str host;      /* of the logs' names: host/log/declaration */
    sign_key key;
    str witness_ca_file; /* empty: the system's */
    standbys *standbys;  /* of the database; NULL: none */
} sealer_options;

/* Runs until the worker is stopped. */
void sealer_run(worker *w, const sealer_options *options);
