/* SPDX-License-Identifier: EUPL-1.2 */
/* The input as a DNS message; its answers, and the input itself, as records of every kind. */

#include "dns/dns.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void judge(arena *a, str_list texts)
{
    BUG_IF(dns_judge_spf(a, texts).text.n == 0 || dns_judge_dkim(a, texts).text.n == 0);
    BUG_IF(dns_judge_dmarc(a, texts, true).text.n == 0);
    BUG_IF(dns_judge_dmarc(a, texts, false).text.n == 0 || dns_judge_mx(a, texts).text.n == 0);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (size > 1 << 16)
        return 0;
    arena *a = arena_open(64 << 20);
    str input = {(const char *)data, size};
    str_list found;
    for (int kind = DNS_TXT; kind <= DNS_MX; kind++)
        if (dns_answer_read(a, input, (dns_kind)kind, &found) == OK) {
            BUG_IF(found.n > DNS_ANSWERS_MOST);
            judge(a, found);
        }
    judge(a, (str_list){&input, 1});
    BUG_IF(dns_is_public(input) && size > 253);
    arena_close(a);
    return 0;
}
