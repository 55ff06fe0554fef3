/* SPDX-License-Identifier: EUPL-1.2 */
/* Keys: one master on disk, one derived key a purpose, so that none can stand in for another. */

#include "core/core.h"

core_keys core_keys_derive(const key32 *master)
{
    return (core_keys){
        .record = key_derive(master, S("record")),
        .mail = key_derive(master, S("mail")),
        .link = key_derive(master, S("link")),
        .mailbox = key_derive(master, S("mailbox")),
        .rate = key_derive(master, S("rate")),
        .form = key_derive(master, S("form")),
    };
}

char signer_kind_letter(signer_kind kind)
{
    static const char letters[] = {'p', 'o', 'm'};
    BUG_IF(kind < SIGNER_PERSON || kind > SIGNER_MANDATE);
    return letters[kind - SIGNER_PERSON];
}
