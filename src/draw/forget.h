/* SPDX-License-Identifier: EUPL-1.2 */
#pragma once
/* What the font libraries keep until the process ends. Private to draw/. */

/* Lets it go, so that the search for leaks finds only ours; does nothing in other builds. Pango
 * looks for fonts on a thread of its own, and cairo aborts when something still lives: no program
 * of a user may depend on who is first. */
void draw_forget(void);
