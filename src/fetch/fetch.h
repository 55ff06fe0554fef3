/* SPDX-License-Identifier: EUPL-1.2 */
#pragma once
/* Asking other servers over HTTP: logs that are verified, witnesses that are given checkpoints.
 * Only http and https; certificates are checked; no redirects, cookies, logins, proxies or
 * referrers. What comes back is foreign input. */

#include "base/base.h"

/* Zero means the default in brackets. */
typedef struct fetch_options {
    str ca_file;         /* PEM; trusted instead of the system's certificates, when given */
    int timeout_ms;      /* of one exchange, name to last byte [10 s] */
    size_t bytes_most;   /* of the body of a reply [1 MiB] */
    bool is_public_only; /* no https, or an address of this machine or its networks: refused */
} fetch_options;

/* Keeps its connections open between exchanges. One thread at a time. */
typedef struct fetch fetch;

fetch *fetch_open(const fetch_options *options);
void fetch_close(fetch *f); /* NULL is accepted */

typedef struct fetched {
    int status; /* any, also 301 or 500 */
    str type;   /* Content-Type as sent, empty when absent */
    str body;   /* in the arena of the call */
} fetched;

/* The whole reply, whatever its status. a needs room for three times bytes_most at worst.
 * ERR_INVALID: url is no absolute http or https address, holds a login or a fragment, or is longer
 * than 2048 bytes; ERR_LIMIT: the body is longer than bytes_most; ERR_DENIED: the server's
 * certificate is not to be trusted, or the address is not public; ERR_BUSY: no connection, or not
 * done in time; ERR_IO: it broke off, or does not speak HTTP. Nothing is logged: fetch_reason says
 * what went wrong. */
MUST_USE err fetch_get(fetch *f, arena *a, str url, fetched *out_reply);
MUST_USE err fetch_post(fetch *f, arena *a, str url, str content_type, str body,
                        fetched *out_reply);

/* As fetch_post, with further header lines ("webhook-id: 1"), without line ends. */
MUST_USE err fetch_post_with(fetch *f, arena *a, str url, str content_type, const str_list *more,
                             str body, fetched *out_reply);

/* Why the last exchange failed, in English for logs and operators; until the next one. */
str fetch_reason(const fetch *f);
