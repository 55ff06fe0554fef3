/* SPDX-License-Identifier: EUPL-1.2 */
/* Tokens and the rows behind them.
 *
 * What a link carries is sealed under keys of its secret alone, with no key of the server: whoever
 * takes the database together with every key of the server opens nothing of it. */

#include "core/link.h"

#include "base/random.h"

#include "sql/q_signature.h"

#define FILE_KEY "link/file-key"
#define ADDRESS "link/address"

enum { SECRET_BYTES = 16, ROW_BYTES = 8, DAY_MS = 86400000 };

link_secret link_secret_make(void)
{
    link_secret secret;
    random_fill(secret.at, sizeof secret.at);
    return secret;
}

static uint64_t row_mask(const key32 *key, const unsigned char *secret)
{
    hash32 mac = mac_sha256(key, (str){(const char *)secret, SECRET_BYTES});
    uint64_t mask;
    memcpy(&mask, mac.at, sizeof mask);
    return mask;
}

static str make_token(arena *a, const key32 *key, const link_secret *secret, int64_t row)
{
    unsigned char bytes[SECRET_BYTES + ROW_BYTES];
    uint64_t masked = (uint64_t)row ^ row_mask(key, secret->at);
    memcpy(bytes, secret->at, SECRET_BYTES);
    memcpy(bytes + SECRET_BYTES, &masked, ROW_BYTES);
    return base64url_make(a, (str){(const char *)bytes, sizeof bytes});
}

hash32 link_secret_hash(const link_secret *secret)
{
    return hash_sha256((str){(const char *)secret->at, SECRET_BYTES});
}

static err read_token(arena *a, const key32 *key, str token, link_secret *out_secret,
                      int64_t *out_row)
{
    str bytes;
    if (token.n != LINK_TOKEN_CHARS || base64url_read(a, token, &bytes) != OK ||
        bytes.n != SECRET_BYTES + ROW_BYTES)
        return ERR_NOT_FOUND;
    uint64_t masked;
    memcpy(out_secret->at, bytes.at, SECRET_BYTES);
    memcpy(&masked, bytes.at + SECRET_BYTES, ROW_BYTES);
    *out_row = (int64_t)(masked ^ row_mask(key, out_secret->at));
    return OK;
}

str link_token(arena *a, const core_keys *keys, const link_secret *secret, int64_t row)
{
    return make_token(a, &keys->link, secret, row);
}

str link_token_of(arena *a, const core_keys *keys, str purpose, const link_secret *secret,
                  int64_t row)
{
    key32 key = key_derive(&keys->link, purpose);
    return make_token(a, &key, secret, row);
}

err link_token_read(arena *a, const core_keys *keys, str purpose, str token,
                    link_secret *out_secret, int64_t *out_row)
{
    key32 key = key_derive(&keys->link, purpose);
    return read_token(a, &key, token, out_secret, out_row);
}

/* One key for each thing that the link carries. */
static str load_seal(arena *a, const link_secret *secret, str what, str plain)
{
    key32 key = key_derive_salted((str){(const char *)secret->at, SECRET_BYTES}, S(""), what);
    str sealed = seal_make(a, &key, what, plain);
    secret_wipe(&key, sizeof key);
    return sealed;
}

static err load_open(arena *a, const link_secret *secret, str what, str sealed, str *out_plain)
{
    key32 key = key_derive_salted((str){(const char *)secret->at, SECRET_BYTES}, S(""), what);
    err e = seal_open(a, &key, what, sealed, out_plain);
    secret_wipe(&key, sizeof key);
    return e == OK ? OK : ERR_NOT_FOUND;
}

static str seal_file_key(arena *a, const link_secret *secret, const age_file_key *file_key)
{
    str plain = {(const char *)file_key->at, sizeof file_key->at};
    return load_seal(a, secret, S(FILE_KEY), plain);
}

link_load link_load_seal(arena *a, const link_secret *secret, const age_file_key *file_key,
                         email_address address)
{
    return (link_load){
        .file_key = file_key ? seal_file_key(a, secret, file_key) : S(""),
        .address = load_seal(a, secret, S(ADDRESS), personal_text(address)),
    };
}

err link_file_key(arena *a, const mailed_link *l, age_file_key *out_file_key)
{
    str plain;
    TRY(load_open(a, &l->secret, S(FILE_KEY), l->load.file_key, &plain));
    if (plain.n != sizeof out_file_key->at)
        return ERR_NOT_FOUND;
    memcpy(out_file_key->at, plain.at, plain.n);
    return OK;
}

err link_address(arena *a, const mailed_link *l, email_address *out_address)
{
    return load_open(a, &l->secret, S(ADDRESS), l->load.address, &out_address->private_text);
}

err link_carry(db_tx *tx, arena *scratch, const mailed_link *l, const age_file_key *file_key)
{
    return q_link_set_file_key(tx, l->signature, l->row,
                               seal_file_key(scratch, &l->secret, file_key));
}

err link_add(db_tx *tx, int64_t signature, const link_secret *secret, const link_load *load,
             int64_t now_ms, int64_t *out_row)
{
    hash32 hash = link_secret_hash(secret);
    return q_link_insert(tx, signature, hash_str(&hash),
                         (opt_str){load->file_key.n > 0, load->file_key}, load->address,
                         now_ms + (int64_t)LINK_DAYS * DAY_MS, out_row);
}

err link_follow(db_tx *tx, arena *scratch, const core_keys *keys, str token, int64_t now_ms,
                mailed_link *out_link)
{
    link_secret secret;
    int64_t id;
    q_link_get_row row;
    TRY(read_token(scratch, &keys->link, token, &secret, &id));
    TRY(q_link_get(tx, scratch, id, &row));
    hash32 hash = link_secret_hash(&secret);
    if (!str_eq_secret(row.hash, hash_str(&hash)) || row.expires <= now_ms)
        return ERR_NOT_FOUND;
    mailed_link found = {
        .row = id,
        .signature = row.signature,
        .secret = secret,
        .load = {.file_key = row.file_key.is_set ? row.file_key.value : S(""),
                 .address = row.address.is_set ? row.address.value : S("")},
    };
    *out_link = found;
    return OK;
}
