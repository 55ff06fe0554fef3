/* SPDX-License-Identifier: EUPL-1.2 */
#pragma once
/* Has checkpoints stamped by an authority, once a day and when a declaration has closed
 * (core/timestamps.h), and keeps the files of all stamps. A thread of its own: an authority that is
 * away or refuses delays nobody, and is asked again after growing pauses. */

#include "work/worker.h"

typedef struct timestamper_options {
    str url;       /* of the authority; empty: nobody is asked, the files are kept all the same */
    str policy;    /* of the authority; empty: its own choice */
    str ca_pem;    /* its certificates, as text; empty: signatures are left to readers */
    str directory; /* DATA/log */
} timestamper_options;

/* Runs until the worker is stopped. */
void timestamper_run(worker *w, const timestamper_options *options);
