/* SPDX-License-Identifier: EUPL-1.2 */
#pragma once
/* The mailer: takes letters that are due, writes and sends them, and settles each. Any number of
 * mailers may run at once; a letter is leased. No address ever reaches a log. */

#include "work/composer.h"
#include "work/worker.h"

typedef struct mailer_options {
    mail_relay relay;
    composer composer;
    email_address bounce;      /* envelope sender, "+TOKEN" put in; empty: the composer's sender */
    int64_t mailings_a_minute; /* letters to who asked for news; 0: they wait */
} mailer_options;

/* Runs until the worker is stopped; returns at once, with a line in the log, when sender or relay
 * make no sense. While the relay cannot be reached, one letter at a time is
 * tried, ever more seldom up to every 15 s; the others keep waiting where they are. */
void mailer_run(worker *w, const mailer_options *options);
