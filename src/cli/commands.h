/* SPDX-License-Identifier: EUPL-1.2 */
#pragma once
/* The functions behind the rows of commands.c, one file each. */

#include "cli/command.h"

int cmd_init(command_context *c);
int cmd_migrate(command_context *c);
int cmd_open(command_context *c);
int cmd_import(command_context *c);
int cmd_interest(command_context *c);
int cmd_content(command_context *c);
int cmd_sources(command_context *c);
int cmd_tally(command_context *c);
int cmd_territory(command_context *c);
int cmd_sample(command_context *c);
int cmd_reasons(command_context *c);
int cmd_erase(command_context *c);
int cmd_requests(command_context *c);
int cmd_renew(command_context *c);
int cmd_retention(command_context *c);
int cmd_backup(command_context *c);
int cmd_restore(command_context *c);
int cmd_held(command_context *c);
int cmd_invalidate(command_context *c);
int cmd_domains(command_context *c);
int cmd_doctor(command_context *c);
int cmd_verify(command_context *c);
int cmd_opening(command_context *c);
int cmd_export(command_context *c);
int cmd_ceremony(command_context *c);
int cmd_key(command_context *c);
int cmd_rewrap(command_context *c);
int cmd_api_key(command_context *c);
int cmd_webhook(command_context *c);
int cmd_headers(command_context *c);

/* Loads a content folder with messages, for init: makes the organiser's keys where a declaration
 * names none. */
MUST_USE err cmd_import_folder(command_context *c, str folder);
