/* SPDX-License-Identifier: EUPL-1.2 */
#pragma once
/* What the search for leaks says of the font libraries. Private to draw/. */

/* Does nothing: whoever calls it has what leak_check.c tells the address sanitizer linked in. The
 * libraries keep fonts until the process ends. Nothing here may make them let go: pango looks for
 * fonts on threads of its own, and cairo aborts a program that clears up while one still works. */
void leak_check_excuse_fonts(void);
