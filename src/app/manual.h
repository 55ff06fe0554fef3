/* SPDX-License-Identifier: EUPL-1.2 */
#pragma once
/* The manual page, made from the tables of commands and options: `undersigned help man`. */

void manual_print(void);
