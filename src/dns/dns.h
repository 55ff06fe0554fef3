/* SPDX-License-Identifier: EUPL-1.2 */
#pragma once
/* What the DNS says about a domain that sends mail: SPF (RFC 7208), DKIM keys (RFC 6376, 8463),
 * DMARC (RFC 7489), MX (RFC 5321, 7505). The judges are pure; dns_examine asks the network. */

#include "base/base.h"

enum { DNS_ANSWERS_MOST = 32, DNS_EXAMINE_MS_MOST = 3000 };

/* One sentence in the caller's arena: what is there and, unless it is well, what to do. */
typedef struct dns_finding {
    bool is_well;
    str text;
} dns_finding;

/* TXT texts, with the strings of each record joined; bytes of any kind. */
dns_finding dns_judge_spf(arena *a, str_list texts);
dns_finding dns_judge_dkim(arena *a, str_list texts);
/* is_own: asked at the domain itself; else at a domain above it, whose `sp` then speaks. */
dns_finding dns_judge_dmarc(arena *a, str_list texts, bool is_own);
/* Names of the hosts, "." in a null MX. */
dns_finding dns_judge_mx(arena *a, str_list hosts);

/* The texts (TXT) or hosts (MX) of a DNS message as it came; DNS_ANSWERS_MOST at most.
 * ERR_INVALID: not such a message, or cut short. */
typedef enum dns_kind { DNS_TXT, DNS_MX } dns_kind;
MUST_USE err dns_answer_read(arena *a, str message, dns_kind kind, str_list *out_answers);

/* Whether a domain can be in the DNS at all: ASCII labels, two or more, no IP address, not under a
 * name that is kept for tests or local networks (RFC 2606, 6761, 6762). */
bool dns_is_public(str domain);

typedef struct dns_findings {
    dns_finding spf, dkim, dmarc, mx;
} dns_findings;

/* Asks the first name server of the system, or UNDERSIGNED_RESOLVER=IPV4:PORT (tests). Without a
 * selector the finding of DKIM says so and is well. Takes DNS_EXAMINE_MS_MOST at most. ERR_INVALID:
 * not dns_is_public, or the resolver's address is none; ERR_BUSY: no (whole) answer came. */
MUST_USE err dns_examine(arena *a, str domain, str selector, dns_findings *out_findings);
