/* SPDX-License-Identifier: EUPL-1.2 */
/* Canonical addresses. Too few rules let one person count twice; a wrong rule makes two people
 * one. So a rule stands here only where the provider itself documents it. */

#include "core/address.h"

#include "base/utf8.h"
#include "text/text.h"

#include "sql/q_retention.h"

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

/* Spaces of all scripts, and what cannot be seen: two addresses must not look like one. */
static bool has_blanks(str text)
{
    static const int32_t blanks[][2] = {
        {0xA0, 0xA0},     {0xAD, 0xAD},     {0x34F, 0x34F},    {0x61C, 0x61C},   {0x115F, 0x1160},
        {0x1680, 0x1680}, {0x17B4, 0x17B5}, {0x180B, 0x180F},  {0x2000, 0x200F}, {0x202F, 0x202F},
        {0x205F, 0x2064}, {0x206A, 0x206F}, {0x2800, 0x2800},  {0x3000, 0x3000}, {0x3164, 0x3164},
        {0xFE00, 0xFE0F}, {0xFFA0, 0xFFA0}, {0xE0000, 0xE0FFF}};
    for (int32_t code; (code = utf8_next(&text)) >= 0;)
        for (size_t i = 0; i < sizeof blanks / sizeof *blanks; i++)
            if (code >= blanks[i][0] && code <= blanks[i][1])
                return true;
    return false;
}

static bool local_part_is_good(str local)
{
    if (local.n == 0 || local.n > LOCAL_BYTES_MOST || utf8_has_controls(local) || has_blanks(local))
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
    str text = str_trim(personal_text(address)), host;
    if (text.n > ADDRESS_BYTES_MOST)
        return ERR_INVALID;
    TRY(text_nfc(a, text, &text));
    str local = str_cut(text, '@', &host);
    if (!local_part_is_good(local) || str_find(host, '@') < host.n)
        return ERR_INVALID;
    TRY(text_host_ascii(a, host, out_host));
    *out_local = local;
    return local.n + 1 + out_host->n <= ADDRESS_BYTES_MOST ? OK : ERR_INVALID;
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
    TRY(text_nfc(a, lower, &lower));
    if (!local_part_is_good(lower) || lower.n + 1 + host.n > ADDRESS_BYTES_MOST)
        return ERR_INVALID; /* lower case can be longer */
    for (size_t i = 0; i < sizeof providers / sizeof *providers; i++) {
        const provider *rule = &providers[i];
        if (!str_eq(rule->domain, host))
            continue;
        str kept;
        TRY(text_nfc(a, apply_rule(a, rule, lower), &kept)); /* a mark may have lost its dot */
        /* "a.-b" at a host whose tags follow a hyphen is no tagged "a.", which nobody can have. */
        if (local_part_is_good(kept))
            lower = kept;
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

address_key address_key_of(const core_keys *keys, int64_t declaration_id, str secret)
{
    char purpose[32 + ADDRESS_SECRET_BYTES_MOST];
    BUG_IF(secret.n > ADDRESS_SECRET_BYTES_MOST);
    size_t n = (size_t)snprintf(purpose, 32, "declaration/%lld", (long long)declaration_id);
    if (secret.n)
        memcpy(purpose + n, secret.at, secret.n);
    return (address_key){key_derive(&keys->mailbox, (str){purpose, n + secret.n})};
}

err address_key_read(db_tx *tx, arena *scratch, const core_keys *keys, int64_t declaration_id,
                     address_key *out_key)
{
    q_declaration_retention_row row;
    TRY(q_declaration_retention(tx, scratch, declaration_id, &row));
    if (row.erased)
        return ERR_NOT_FOUND;
    *out_key = address_key_of(keys, declaration_id, row.secret.is_set ? row.secret.value : S(""));
    return OK;
}

static mailbox_id keyed(const address_key *key, str message)
{
    hash32 whole = mac_sha256(&key->key, message);
    mailbox_id id;
    memcpy(id.at, whole.at, sizeof id.at);
    return id;
}

mailbox_id address_mailbox(const address_key *key, email_address canonical)
{
    return keyed(key, personal_text(canonical));
}

mailbox_id address_signer(const address_key *key, email_address canonical, signer_kind kind,
                          str folded_name)
{
    char message[ADDRESS_BYTES_MOST + 1024];
    str address = personal_text(canonical);
    int n = snprintf(message, sizeof message, "%.*s\n%c\n%.*s", STR_FMT(address),
                     signer_kind_letter(kind), STR_FMT(str_head(folded_name, 700)));
    BUG_IF(n < 0 || (size_t)n >= sizeof message);
    return keyed(key, (str){message, (size_t)n});
}
