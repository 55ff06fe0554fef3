/* SPDX-License-Identifier: EUPL-1.2 */
#pragma once
/* Which addresses are the world's, and not this machine's, its networks' or nobody's (the
 * registries of special-purpose addresses, RFC 6890). */

#include <stdbool.h>
#include <sys/socket.h>

bool address_is_public(const struct sockaddr *address);
