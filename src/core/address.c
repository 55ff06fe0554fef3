/* SPDX-License-Identifier: EUPL-1.2 */
/* Canonical addresses. Too few rules let one person count twice; a wrong rule makes two people
 * one. So a rule stands here only where the provider itself documents it. */

#include "core/address.h"

#include "base/utf8.h"
#include "text/text.h"

typedef struct provider {
    str domain;
    str same_as;       /* empty: itself */
    bool ignores_dots; /* in the local part */
    char tag;          /* what follows it in the local part is ignored; 0: nothing */
} provider;

static const provider providers[] = {
    {STR_INIT("gmail.com"), STR_INIT(""), true, '+'},
    {STR_INIT("googlemail.com"), STR_INIT("gmail.com"), true, '+'},
    {STR_INIT("outlook.com"), STR_INIT(""), false, '+'},
    {STR_INIT("hotmail.com"), STR_INIT(""), false, '+'},
    {STR_INIT("live.com"), STR_INIT(""), false, '+'},
    {STR_INIT("icloud.com"), STR_INIT(""), false, '+'},
    {STR_INIT("me.com"), STR_INIT("icloud.com"), false, '+'},
    {STR_INIT("fastmail.com"), STR_INIT(""), false, '+'},
    {STR_INIT("proton.me"), STR_INIT(""), false, '+'},
    {STR_INIT("protonmail.com"), STR_INIT("proton.me"), false, '+'},
    {STR_INIT("pm.me"), STR_INIT("proton.me"), false, '+'},
    {STR_INIT("yahoo.com"), STR_INIT(""), false, '-'},
};

enum { LOCAL_BYTES_MOST = 64 };

static bool local_part_is_good(str local)
{
    if (local.n == 0 || local.n > LOCAL_BYTES_MOST || utf8_has_controls(local))
        return false;
    for (size_t i = 0; i < local.n; i++)
        if (strchr(" \"(),:;<>[\\]", local.at[i]))
            return false;
    return local.at[0] != '.' && local.at[local.n - 1] != '.' &&
           str_find_str(local, S("..")) == local.n;
}

/* Splits into local part (NFC) and host (A-labels). */
static err split(arena *a, email_address address, str *out_local, str *out_host)
{
    str text;
    TRY(text_nfc(a, str_trim(personal_text(address)), &text));
    str host;
    str local = str_cut(text, '@', &host);
    if (text.n > ADDRESS_BYTES_MOST || !local_part_is_good(local) || str_find(host, '@') < host.n)
        return ERR_INVALID;
    TRY(text_host_ascii(a, host, out_host));
    *out_local = local;
    return OK;
}

static str apply_rule(arena *a, const provider *rule, str local)
{
    buf kept = buf_in(a);
    for (size_t i = 0; i < local.n; i++) {
        if (rule->tag && local.at[i] == rule->tag && i > 0)
            break;
        if (!(rule->ignores_dots && local.at[i] == '.'))
            buf_put_char(&kept, local.at[i]);
    }
    return buf_str(&kept);
}

err address_canonical(arena *a, email_address address, email_address *out_canonical)
{
    str local, host, lower;
    TRY(split(a, address, &local, &host));
    TRY(text_lower(a, local, &lower));
    for (size_t i = 0; i < sizeof providers / sizeof *providers; i++) {
        const provider *rule = &providers[i];
        if (!str_eq(rule->domain, host))
            continue;
        lower = apply_rule(a, rule, lower);
        if (rule->same_as.n)
            host = rule->same_as;
        break;
    }
    out_canonical->private_text = arena_printf(a, "%.*s@%.*s", STR_FMT(lower), STR_FMT(host));
    return OK;
}

err address_deliverable(arena *a, email_address address, email_address *out_address)
{
    str local, host;
    TRY(split(a, address, &local, &host));
    out_address->private_text = arena_printf(a, "%.*s@%.*s", STR_FMT(local), STR_FMT(host));
    return OK;
}

static mailbox_id keyed(const core_keys *keys, int64_t declaration_id, str message)
{
    char purpose[32];
    int n = snprintf(purpose, sizeof purpose, "declaration/%lld", (long long)declaration_id);
    key32 key = key_derive(&keys->mailbox, (str){purpose, (size_t)n});
    hash32 whole = mac_sha256(&key, message);
    mailbox_id id;
    memcpy(id.at, whole.at, sizeof id.at);
    return id;
}

mailbox_id address_mailbox(const core_keys *keys, int64_t declaration_id, email_address canonical)
{
    return keyed(keys, declaration_id, personal_text(canonical));
}

mailbox_id address_signer(const core_keys *keys, int64_t declaration_id, email_address canonical,
                          signer_kind kind, str folded_name)
{
    char message[ADDRESS_BYTES_MOST + 1024];
    str address = personal_text(canonical);
    int n = snprintf(message, sizeof message, "%.*s\n%c\n%.*s", STR_FMT(address),
                     signer_kind_letter(kind), STR_FMT(str_head(folded_name, 700)));
    BUG_IF(n < 0 || (size_t)n >= sizeof message);
    return keyed(keys, declaration_id, (str){message, (size_t)n});
}
