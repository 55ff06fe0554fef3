/* SPDX-License-Identifier: EUPL-1.2 */
/* Making and checking. The client sends the parameters back byte by byte as they were written here,
 * so the MAC is checked over those bytes, and only what it vouches for is read. */

#include "core/challenge.h"

#include "base/number.h"
#include "base/random.h"

#include "sql/q_challenge.h"

enum { NONCE_BYTES = 16, KEY_BYTES = 32, PREFIX_BYTES = 16, EASIEST = 1000, MINUTE_MS = 60000 };

static key32 text_key(const key32 *key)
{
    key32 text;
    for (size_t i = 0; i < sizeof text.at; i++) {
        unsigned nibble = i % 2 ? key->at[i / 2] & 15u : key->at[i / 2] >> 4;
        text.at[i] = (unsigned char)"0123456789abcdef"[nibble];
    }
    return text;
}

challenge_keys challenge_keys_derive(const core_keys *keys)
{
    key32 signature = key_derive(&keys->work, S("signature"));
    key32 key_signature = key_derive(&keys->work, S("key-signature"));
    return (challenge_keys){text_key(&signature), text_key(&key_signature)};
}

int64_t challenge_counters_most(int level)
{
    BUG_IF(level < 0 || level >= CHALLENGE_LEVELS);
    return (int64_t)EASIEST << (2 * level);
}

/* From half of the most, so that nobody is lucky, to the most, so that nobody waits long. */
static uint32_t secret_counter(int level)
{
    uint32_t random, most = (uint32_t)challenge_counters_most(level);
    random_fill(&random, sizeof random);
    return most / 2 + random % (most / 2 + 1);
}

static void derive(const unsigned char *nonce, const unsigned char *salt, uint32_t counter,
                   unsigned char out_key[static KEY_BYTES])
{
    char password[NONCE_BYTES + 4];
    memcpy(password, nonce, NONCE_BYTES);
    for (size_t i = 0; i < 4; i++)
        password[NONCE_BYTES + i] = (char)(counter >> (24 - 8 * i) & 0xff);
    key_stretch((str){password, sizeof password}, (str){(const char *)salt, NONCE_BYTES},
                CHALLENGE_ROUNDS, out_key);
}

static void put_hex_member(buf *b, const char *name, const void *bytes, size_t n)
{
    buf_printf(b, ",\"%s\":\"", name);
    buf_put_hex(b, bytes, n);
    buf_put_char(b, '"');
}

str challenge_make(arena *a, const challenge_keys *keys, str about, int level, int64_t now_ms)
{
    unsigned char nonce[NONCE_BYTES], salt[NONCE_BYTES], key[KEY_BYTES];
    random_fill(nonce, sizeof nonce);
    random_fill(salt, sizeof salt);
    derive(nonce, salt, secret_counter(level), key);
    hash32 key_signature = mac_sha256(&keys->key_signature, (str){(const char *)key, sizeof key});
    /* Members in the order of their names, which is how they are signed. */
    buf b = buf_in(a);
    buf_printf(&b, "{\"algorithm\":\"PBKDF2/SHA-256\",\"cost\":%d,\"data\":{\"declaration\":",
               CHALLENGE_ROUNDS);
    buf_put_json(&b, about);
    buf_printf(&b, "},\"expiresAt\":%lld,\"keyLength\":%d",
               (long long)(now_ms / 1000 + CHALLENGE_MINUTES * 60), KEY_BYTES);
    put_hex_member(&b, "keyPrefix", key, PREFIX_BYTES);
    put_hex_member(&b, "keySignature", key_signature.at, sizeof key_signature.at);
    put_hex_member(&b, "nonce", nonce, sizeof nonce);
    put_hex_member(&b, "salt", salt, sizeof salt);
    buf_put_char(&b, '}');
    str parameters = buf_str(&b);
    hash32 signature = mac_sha256(&keys->signature, parameters);
    return arena_printf(a, "{\"parameters\":%.*s,\"signature\":\"%.*s\"}", STR_FMT(parameters),
                        STR_FMT(hex_make(a, hash_str(&signature))));
}

/* --- checking --- */

/* Moves behind a fixed text. */
static bool pass(str *rest, str text)
{
    if (!str_starts(*rest, text))
        return false;
    *rest = str_skip(*rest, text.n);
    return true;
}

static bool pass_hex(str *rest, unsigned char *out, size_t n)
{
    if (rest->n < 2 * n || number_parse_hex(str_head(*rest, 2 * n), out, n) != OK)
        return false;
    *rest = str_skip(*rest, 2 * n);
    return true;
}

/* Digits, and for the time that the client took, a fraction. */
static bool pass_number(str *rest, bool may_have_fraction)
{
    size_t n = 0;
    while (n < rest->n && ((rest->at[n] >= '0' && rest->at[n] <= '9') ||
                           (may_have_fraction && n > 0 && rest->at[n] == '.')))
        n++;
    *rest = str_skip(*rest, n);
    return n > 0 && n < 20;
}

typedef struct payload {
    str parameters;
    hash32 signature;
    unsigned char key[KEY_BYTES];
} payload;

/* {"challenge":{"parameters":{…},"signature":"…"},"solution":{"counter":N,"derivedKey":"…","time":T}}
 * as JSON.stringify writes what was parsed; the time may be missing. */
static bool read_payload(str json, payload *out)
{
    str rest = json;
    if (!pass(&rest, S("{\"challenge\":{\"parameters\":")))
        return false;
    size_t end = str_find_str(rest, S(",\"signature\":\""));
    out->parameters = str_head(rest, end);
    rest = str_skip(rest, end);
    if (!pass(&rest, S(",\"signature\":\"")) || !pass_hex(&rest, out->signature.at, 32) ||
        !pass(&rest, S("\"},\"solution\":{\"counter\":")) || !pass_number(&rest, false) ||
        !pass(&rest, S(",\"derivedKey\":\"")) || !pass_hex(&rest, out->key, sizeof out->key) ||
        !pass(&rest, S("\"")))
        return false;
    if (pass(&rest, S(",\"time\":")) && !pass_number(&rest, true))
        return false;
    return str_eq(rest, S("}}"));
}

/* Of parameters that we wrote. */
static str member(str parameters, str name)
{
    size_t at = str_find_str(parameters, name);
    return str_skip(parameters, at + name.n);
}

static err read_parameters(arena *a, str parameters, str about, int64_t now_ms, proof *out,
                           hash32 *out_key_signature)
{
    buf declaration = buf_in(a);
    buf_put(&declaration, S("\"data\":{\"declaration\":"));
    buf_put_json(&declaration, about);
    buf_put(&declaration, S("},"));
    if (str_find_str(parameters, buf_str(&declaration)) == parameters.n)
        return ERR_INVALID;
    str rest, expires = str_cut(member(parameters, S("\"expiresAt\":")), ',', &rest);
    int64_t expires_s;
    TRY(number_parse(expires, 0, INT32_MAX * (int64_t)2, &expires_s));
    out->expires_ms = expires_s * 1000;
    TRY(number_parse_hex(str_head(member(parameters, S("\"nonce\":\"")), 2 * NONCE_BYTES),
                         out->nonce, sizeof out->nonce));
    TRY(number_parse_hex(str_head(member(parameters, S("\"keySignature\":\"")), 64),
                         out_key_signature->at, 32));
    return out->expires_ms > now_ms ? OK : ERR_INVALID;
}

err challenge_check(arena *a, const challenge_keys *keys, str about, str text, int64_t now_ms,
                    proof *out_proof)
{
    str json;
    payload p;
    hash32 key_signature;
    if (text.n > CHALLENGE_PAYLOAD_BYTES_MOST || base64_read(a, text, &json) != OK ||
        !read_payload(json, &p))
        return ERR_INVALID;
    hash32 expected = mac_sha256(&keys->signature, p.parameters);
    if (!hash_eq(&expected, &p.signature) ||
        read_parameters(a, p.parameters, about, now_ms, out_proof, &key_signature) != OK)
        return ERR_INVALID;
    expected = mac_sha256(&keys->key_signature, (str){(const char *)p.key, sizeof p.key});
    return hash_eq(&expected, &key_signature) ? OK : ERR_INVALID;
}

err challenge_spend(db_tx *tx, const proof *p, bool *out_is_first)
{
    int64_t changed;
    TRY(q_challenge_spend(tx, (str){(const char *)p->nonce, sizeof p->nonce}, p->expires_ms,
                          &changed));
    *out_is_first = changed == 1;
    return OK;
}
