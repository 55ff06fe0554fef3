/* SPDX-License-Identifier: EUPL-1.2 */
/* Four lines, one spelling. */

#include "core/promise.h"

#include "base/number.h"
#include "core/audit.h"

static str key_name(arena *a, str origin)
{
    return arena_printf(a, "%.*s/promise", STR_FMT(origin));
}

str promise_vkey(arena *a, str origin, const unsigned char public_key[static 32])
{
    return note_vkey(a, key_name(a, origin), public_key);
}

static str text_of(arena *a, const promise *p)
{
    return arena_printf(a, "sig1 promise\nlog %.*s\ncommitment %.*s\nbefore %lld\n",
                        STR_FMT(p->origin), STR_FMT(hex_make(a, hash_str(&p->commitment))),
                        (long long)p->before_s);
}

str promise_make(arena *a, const promise *p, const sign_key *key)
{
    return note_make(a, text_of(a, p), key_name(a, p->origin), key);
}

sign_key promise_key(const core_keys *keys)
{
    return sign_key_from_seed(keys->promise.at);
}

err promise_give(arena *a, const core_keys *keys, str manifest, const hash32 *commitment,
                 int64_t before_s, str *out_text)
{
    note_key log;
    sign_key key = promise_key(keys);
    if (note_key_read(a, audit_manifest_value(manifest, S("log-key")), &log) != OK)
        return ERR_NOT_FOUND;
    str vkey = promise_vkey(a, log.name, key.public_key);
    if (!str_eq(audit_manifest_value(manifest, S("promise-key")), vkey))
        return ERR_NOT_FOUND;
    promise p = {.origin = log.name, .commitment = *commitment, .before_s = before_s};
    *out_text = promise_make(a, &p, &key);
    return OK;
}

static bool take(str *text, str word, str *out_value)
{
    str line = str_cut(*text, '\n', text);
    return str_eq(str_cut(line, ' ', out_value), word);
}

err promise_read(arena *a, str note, str vkey, promise *out_promise)
{
    promise p;
    note_key key;
    str text, what, hex, before;
    TRY(note_read(a, note, vkey, &text));
    TRY(note_key_read(a, vkey, &key));
    str rest = text;
    if (!take(&rest, S("sig1"), &what) || !take(&rest, S("log"), &p.origin) ||
        !take(&rest, S("commitment"), &hex) || !take(&rest, S("before"), &before))
        return ERR_INVALID;
    TRY(number_parse_hex(hex, p.commitment.at, sizeof p.commitment.at));
    if (number_parse(before, 0, INT64_MAX / 1000, &p.before_s) != OK)
        return ERR_INVALID;
    if (!str_eq(text, text_of(a, &p)) || !str_eq(key.name, key_name(a, p.origin)))
        return ERR_INVALID;
    *out_promise = p;
    return OK;
}
