/* SPDX-License-Identifier: EUPL-1.2 */
#pragma once
/* The commands that wire whole processes together; all others are cli/'s. */

#include "app/options.h"
#include "cli/command.h"

extern const command app_commands[];

int app_serve(command_context *c);
int app_sink(command_context *c);
int app_witness(command_context *c);
int app_log(command_context *c);
int app_config(command_context *c);
int app_version(command_context *c);

/* Confines a child of `serve`: it may go on writing in the data folder, and beside the SQLite file
 * and the Unix socket if they lie elsewhere. Before any thread starts: Landlock is a thread's own.
 */
void process_confine(command_context *c);

/* The two kinds of children of `serve`; each returns its exit code. */
int process_web(command_context *c);
int process_work(command_context *c);
