/* SPDX-License-Identifier: EUPL-1.2 */
#pragma once
/* Personal data as types of their own. No log field, printf format or view position for plain
 * text takes them; reading the text inside is a visible act (`personal_text`), easy to grep. */

#include "base/str.h"

typedef struct person_name {
    str private_text;
} person_name;

typedef struct email_address {
    str private_text;
} email_address;

typedef struct client_ip {
    unsigned char private_bytes[16]; /* IPv6, or IPv4 mapped into it */
} client_ip;

#define personal_text(personal) ((personal).private_text)
