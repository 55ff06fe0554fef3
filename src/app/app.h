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
int app_report(command_context *c);
int app_bounce(command_context *c);
int app_config(command_context *c);
int app_version(command_context *c);

/* What each kind of process keeps in reach, and gives up all else (plan.c), as far as --sandbox
 * says. Before any thread starts. Web: once its socket listens, before it opens the database. Work:
 * once it has its seat and its secrets. Author: before it opens the database. ERR_DENIED is said on
 * stderr. */
MUST_USE err confine_web(command_context *c);
MUST_USE err confine_work(command_context *c);
MUST_USE err confine_author(command_context *c);
MUST_USE err confine_witness(command_context *c, str folder);
MUST_USE err confine_sink(command_context *c, str folder, int64_t smtp_port, int64_t web_port);

/* The kinds of children of `serve`; each returns its exit code. */
int process_web(command_context *c);
int process_work(command_context *c);
int process_author(command_context *c);
