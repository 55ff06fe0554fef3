/* SPDX-License-Identifier: EUPL-1.2 */
#pragma once
/* What the route table of the server's test needs. */

enum { RATE_NONE, RATE_READ, RATE_WRITE };
enum { WHO_ANYONE, WHO_STAFF_OWNER };
