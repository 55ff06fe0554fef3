/* SPDX-License-Identifier: EUPL-1.2 */
#pragma once
/* A relay for tests with what smtp-sink cannot do: TLS under a certificate made on the spot, a
 * login, and SMTPUTF8 offered or not at each step. Serves one connection after the other. */

#include <stdbool.h>
#include <stddef.h>

typedef struct smtp_peer_plan {
    const char *greeting; /* NULL: 220 */
    bool tls_at_once;
    bool offers_starttls;
    const char *login;         /* base64 of "\0user\0password", or NULL: none asked */
    bool offers_utf8;          /* in clear or after TLS */
    bool offers_utf8_in_clear; /* before STARTTLS only */
    const char *certificate_for;
} smtp_peer_plan;

typedef struct smtp_peer smtp_peer;

/* Writes the certificate to ca_path. Asserts on failure. */
smtp_peer *smtp_peer_open(const smtp_peer_plan *plan, const char *ca_path);
int smtp_peer_port(const smtp_peer *peer);

/* What happened so far. */
int smtp_peer_connections(const smtp_peer *peer);
int smtp_peer_messages(const smtp_peer *peer);
/* The commands of the last connection, one a line. */
const char *smtp_peer_commands(const smtp_peer *peer);

/* Cuts the connection that stands, as a relay does with idle ones. */
void smtp_peer_drop(smtp_peer *peer);

void smtp_peer_close(smtp_peer *peer);
