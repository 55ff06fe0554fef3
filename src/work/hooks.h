/* SPDX-License-Identifier: EUPL-1.2 */
#pragma once
/* Sends what webhooks wait for (core/webhook.h). Only to public addresses by https unless told
 * otherwise; no redirects; an answer is waited for ten seconds. */

#include "work/worker.h"

typedef struct hooks_options {
    bool is_any_target; /* http and private addresses too */
    str ca_file;        /* PEM instead of the system's certificates; may be empty */
} hooks_options;

/* Runs until the worker is stopped. */
void hooks_run(worker *w, const hooks_options *options);
