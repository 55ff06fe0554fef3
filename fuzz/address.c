/* SPDX-License-Identifier: EUPL-1.2 */
/* Addresses of signers: whatever is typed, what comes out can be sent to, holds nothing that a mail
 * header could take for more, and is one mailbox however often it is asked. */

#include "core/address.h"

#include "base/utf8.h"

enum { ARENA_BYTES = 1 << 20 };

int LLVMFuzzerTestOneInput(const unsigned char *bytes, size_t n);

static void check_form(str address)
{
    BUG_IF(address.n == 0 || address.n > ADDRESS_BYTES_MOST);
    BUG_IF(!utf8_is_valid(address) || utf8_has_controls(address));
    str host;
    str local = str_cut(address, '@', &host);
    BUG_IF(local.n == 0 || host.n == 0 || str_find(host, '@') < host.n);
    for (size_t i = 0; i < address.n; i++)
        BUG_IF(memchr(" \"(),:;<>[\\]", address.at[i], 12));
    for (size_t i = 0; i < host.n; i++)
        BUG_IF((unsigned char)host.at[i] >= 0x80);
}

int LLVMFuzzerTestOneInput(const unsigned char *bytes, size_t n)
{
    arena *a = arena_open(ARENA_BYTES);
    email_address typed = {{(const char *)bytes, n}}, sent, canonical, again;
    err e = address_deliverable(a, typed, &sent);
    BUG_IF(e != OK && e != ERR_INVALID);
    err of_canonical = address_canonical(a, typed, &canonical);
    if (e == OK)
        check_form(personal_text(sent));
    if (of_canonical == OK) {
        BUG_IF(e != OK);
        check_form(personal_text(canonical));
        BUG_IF(address_canonical(a, canonical, &again) != OK);
        BUG_IF(!str_eq(personal_text(canonical), personal_text(again)));
        BUG_IF(address_canonical(a, sent, &again) != OK);
        BUG_IF(!str_eq(personal_text(canonical), personal_text(again)));
    }
    arena_close(a);
    return 0;
}
