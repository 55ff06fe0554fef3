/* SPDX-License-Identifier: EUPL-1.2 */
#pragma once
/* What a terminal shows of commands and options, made from their tables. */

#include "cli/command.h"

/* NULL: there is none of that name. */
const command *help_find(str name);

void help_print(void); /* all commands, a line each */
void help_print_command(const command *row);
void help_print_options(void);

/* The command or option whose name is at most two letters away, or empty. */
str help_near_command(str name);
str help_near_option(str name);
