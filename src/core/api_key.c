/* SPDX-License-Identifier: EUPL-1.2 */
/* "us_" and 43 letters: recognisable to whoever finds one where it should not be. */

#include "core/api_key.h"

#include "base/random.h"
#include "base/utf8.h"

#include "sql/q_api.h"

enum { SECRET_BYTES = 32, KEY_CHARS = 46 };

typedef struct keeping {
    arena *a;
    str name, partner;
    hash32 secret;
    int64_t id, now_ms;
    int64_t changed;
    api_keys list;
} keeping;

static err write_key(db_tx *tx, arena *scratch, void *arg)
{
    keeping *k = arg;
    (void)scratch;
    return q_api_key_insert(tx, k->name, k->partner, hash_str(&k->secret), k->now_ms, &k->id);
}

err api_key_add(core *c, arena *a, str name, str partner, int64_t now_ms, str *out_key)
{
    unsigned char secret[SECRET_BYTES];
    name = str_trim(name);
    if (name.n == 0 || utf8_length(name) > API_KEY_NAME_MOST || utf8_has_controls(name))
        return ERR_INVALID;
    random_fill(secret, sizeof secret);
    str text = base64url_make(a, (str){(const char *)secret, sizeof secret});
    str key = arena_printf(a, "us_%.*s", STR_FMT(text));
    keeping k = {.name = name, .partner = partner, .secret = hash_sha256(key), .now_ms = now_ms};
    TRY(db_write(c->db, write_key, &k));
    *out_key = key;
    return OK;
}

static err read_keys(db_tx *tx, arena *scratch, void *arg)
{
    (void)scratch;
    keeping *k = arg;
    q_api_key_list_rows rows;
    TRY(q_api_key_list(tx, k->a, &rows));
    api_key *all = arena_array(k->a, api_key, rows.n);
    for (size_t i = 0; i < rows.n; i++) {
        const q_api_key_list_row *row = &rows.at[i];
        all[i] = (api_key){.id = row->id,
                           .name = row->name,
                           .partner = row->partner,
                           .created_ms = row->created,
                           .revoked_ms = row->revoked.is_set ? row->revoked.value : 0,
                           .counted = row->n};
    }
    k->list = (api_keys){all, rows.n};
    return OK;
}

err api_key_list(core *c, arena *a, api_keys *out_keys)
{
    keeping k = {.a = a};
    TRY(db_read(c->db, read_keys, &k));
    *out_keys = k.list;
    return OK;
}

static err write_revoked(db_tx *tx, arena *scratch, void *arg)
{
    keeping *k = arg;
    (void)scratch;
    TRY(q_api_key_revoke(tx, k->id, k->now_ms, &k->changed));
    return k->changed ? OK : ERR_NOT_FOUND;
}

err api_key_revoke(core *c, int64_t id, int64_t now_ms)
{
    keeping k = {.id = id, .now_ms = now_ms};
    return db_write(c->db, write_revoked, &k);
}

static err find_key(db_tx *tx, arena *scratch, void *arg)
{
    keeping *k = arg;
    q_api_key_find_row row;
    (void)scratch;
    TRY(q_api_key_find(tx, k->a, hash_str(&k->secret), &row));
    k->id = row.id;
    k->partner = row.partner;
    return OK;
}

err api_key_check(core *c, arena *a, str key, int64_t *out_id, str *out_partner)
{
    if (key.n != KEY_CHARS || !str_starts(key, S("us_")))
        return ERR_DENIED;
    keeping k = {.a = a, .secret = hash_sha256(key)};
    err e = db_read(c->db, find_key, &k);
    if (e == ERR_NOT_FOUND)
        return ERR_DENIED;
    TRY(e);
    *out_id = k.id;
    *out_partner = k.partner;
    return OK;
}

api_attempt api_attempt_of(const core_keys *keys, int64_t key, str name, str body)
{
    return (api_attempt){key, mac_sha256(&keys->api, name), mac_sha256(&keys->api, body)};
}

err api_attempt_take(db_tx *tx, arena *scratch, const api_attempt *attempt, int64_t now_ms,
                     bool *out_is_done)
{
    int64_t taken;
    str before;
    TRY(q_api_request_take(tx, attempt->key, hash_str(&attempt->request), hash_str(&attempt->body),
                           now_ms, &taken));
    *out_is_done = taken == 0;
    if (taken)
        return OK;
    TRY(q_api_request_get(tx, scratch, attempt->key, hash_str(&attempt->request), &before));
    return str_eq(before, hash_str(&attempt->body)) ? OK : ERR_CONFLICT;
}
