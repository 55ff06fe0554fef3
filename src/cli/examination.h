/* SPDX-License-Identifier: EUPL-1.2 */
#pragma once
/* What `doctor` has found so far, and the parts of it that are files of their own. */

#include "cli/command.h"
#include "core/alliance.h"
#include "crypto/note.h"

typedef struct examination {
    command_context *c;
    bool is_ill;
    bool has_log_key;
    sign_key log_key;
} examination;

/* A line of findings. */
void examination_say(examination *x, bool is_well, const char *matter, str finding);

/* Opens it, when it can be used. */
void examine_database(examination *x);
/* Of an open one: whether it takes writes, and keeps them; how far its standbys are. */
void examine_writing(examination *x);
void examine_durability(examination *x);
void examine_standbys(examination *x);

/* Of these declarations; says nothing where there is nothing to say. */
void examine_timestamps(examination *x, const declaration_list *all);
