/* SPDX-License-Identifier: EUPL-1.2 */
/* Reading is as strict as the format asks: one spelling for one header, and a payload that ends
 * where its last chunk says. Failures of libsodium on valid arguments are bugs, as in crypto.c. */

#include "crypto/age.h"
#include "base/random.h"
#include "crypto/bech32.h"

#include <sodium.h>

#define VERSION_LINE "age-encryption.org/v1\n"
#define STANZA_START "-> "
#define END_MARK "---"
#define X25519_INFO "age-encryption.org/v1/X25519"

enum {
    TAG_BYTES = crypto_aead_chacha20poly1305_ietf_ABYTES,
    AEAD_NONCE_BYTES = crypto_aead_chacha20poly1305_ietf_NPUBBYTES,
    KEY_BYTES = 32,
    FILE_KEY_BYTES = sizeof(age_file_key),
    WRAPPED_BYTES = FILE_KEY_BYTES + TAG_BYTES,
    PAYLOAD_NONCE_BYTES = 16,
    SEALED_CHUNK_BYTES = AGE_CHUNK_BYTES + TAG_BYTES,
    BODY_COLUMNS = 64,
    HASH_LETTERS = 43, /* 32 bytes in base64 without padding */
};

static str view(const unsigned char *bytes, size_t n)
{
    return (str){(const char *)bytes, n};
}

age_identity age_identity_make(void)
{
    age_identity identity;
    random_fill(identity.at, sizeof(identity.at));
    return identity;
}

age_recipient age_recipient_of(const age_identity *identity)
{
    age_recipient recipient;
    BUG_IF(crypto_scalarmult_base(recipient.at, identity->at) != 0);
    return recipient;
}

age_file_key age_file_key_make(void)
{
    age_file_key file_key;
    random_fill(file_key.at, sizeof(file_key.at));
    return file_key;
}

str age_recipient_text(arena *a, const age_recipient *recipient)
{
    return bech32_make(a, S("age"), recipient->at);
}

/* Points of low order share the same secret with everyone: libsodium refuses them. */
static bool is_point(const unsigned char at[static KEY_BYTES])
{
    static const unsigned char any_secret[KEY_BYTES] = {1};
    unsigned char shared[KEY_BYTES];
    return crypto_scalarmult(shared, any_secret, at) == 0;
}

err age_recipient_read(str text, age_recipient *out_recipient)
{
    age_recipient recipient;
    TRY(bech32_read(text, S("age"), recipient.at));
    if (!is_point(recipient.at))
        return ERR_INVALID;
    *out_recipient = recipient;
    return OK;
}

str age_identity_text(arena *a, const age_identity *identity)
{
    str lower = bech32_make(a, S("age-secret-key-"), identity->at);
    char *text = arena_cstr(a, lower);
    for (size_t i = 0; i < lower.n; i++)
        if (text[i] >= 'a' && text[i] <= 'z')
            text[i] = (char)(text[i] - 'a' + 'A');
    return (str){text, lower.n};
}

err age_identity_read(str text, age_identity *out_identity)
{
    char lower[96];
    if (text.n > sizeof(lower))
        return ERR_INVALID;
    for (size_t i = 0; i < text.n; i++) {
        if (text.at[i] >= 'a' && text.at[i] <= 'z')
            return ERR_INVALID;
        bool is_letter = text.at[i] >= 'A' && text.at[i] <= 'Z';
        lower[i] = (char)(is_letter ? text.at[i] - 'A' + 'a' : text.at[i]);
    }
    err e = bech32_read((str){lower, text.n}, S("age-secret-key-"), out_identity->at);
    secret_wipe(lower, sizeof(lower));
    return e;
}

/* The key under which a stanza holds the file key. */
static key32 wrap_key(const unsigned char shared[static KEY_BYTES],
                      const unsigned char share[static KEY_BYTES],
                      const unsigned char recipient[static KEY_BYTES])
{
    unsigned char salt[KEY_BYTES * 2];
    memcpy(salt, share, KEY_BYTES);
    memcpy(salt + KEY_BYTES, recipient, KEY_BYTES);
    return key_derive_salted(view(shared, KEY_BYTES), view(salt, sizeof(salt)), S(X25519_INFO));
}

static const unsigned char no_nonce[AEAD_NONCE_BYTES];

static void stanza_put(buf *b, const age_file_key *file_key, const age_recipient *recipient)
{
    age_identity ephemeral = age_identity_make();
    age_recipient share = age_recipient_of(&ephemeral);
    unsigned char shared[KEY_BYTES];
    BUG_IF(crypto_scalarmult(shared, ephemeral.at, recipient->at) != 0);
    key32 key = wrap_key(shared, share.at, recipient->at);
    unsigned char wrapped[WRAPPED_BYTES];
    BUG_IF(crypto_aead_chacha20poly1305_ietf_encrypt(wrapped, NULL, file_key->at, FILE_KEY_BYTES,
                                                     NULL, 0, NULL, no_nonce, key.at) != 0);
    buf_put(b, S(STANZA_START "X25519 "));
    buf_put(b, base64raw_make(b->home, view(share.at, KEY_BYTES)));
    buf_put_char(b, '\n');
    buf_put(b, base64raw_make(b->home, view(wrapped, WRAPPED_BYTES)));
    buf_put_char(b, '\n');
    secret_wipe(&ephemeral, sizeof(ephemeral));
    secret_wipe(shared, sizeof(shared));
    secret_wipe(&key, sizeof(key));
}

static hash32 header_mac(const age_file_key *file_key, str until_mark)
{
    key32 key = key_derive_salted(view(file_key->at, FILE_KEY_BYTES), S(""), S("header"));
    hash32 mac = mac_sha256(&key, until_mark);
    secret_wipe(&key, sizeof(key));
    return mac;
}

str age_header(arena *a, const age_file_key *file_key, const age_recipient *recipients, size_t n)
{
    BUG_IF(n == 0);
    buf b = buf_in(a);
    buf_reserve(&b, 80 + n * 100);
    buf_put(&b, S(VERSION_LINE));
    for (size_t i = 0; i < n; i++)
        stanza_put(&b, file_key, &recipients[i]);
    buf_put(&b, S(END_MARK));
    hash32 mac = header_mac(file_key, buf_str(&b));
    buf_put_char(&b, ' ');
    buf_put(&b, base64raw_make(a, hash_str(&mac)));
    buf_put_char(&b, '\n');
    return buf_str(&b);
}

/* A header being read. */
typedef struct stanza {
    str arguments; /* all of them, separated by single spaces */
    str body;      /* letters and line feeds */
} stanza;

typedef struct reader {
    str rest;
} reader;

/* The next line without its line feed. */
static err line_read(reader *r, str *out_line)
{
    size_t end = str_find(r->rest, '\n');
    if (end == r->rest.n)
        return ERR_INVALID;
    *out_line = str_head(r->rest, end);
    r->rest = str_skip(r->rest, end + 1);
    return OK;
}

/* One or more arguments of visible ASCII, one space between them. */
static bool are_arguments(str s)
{
    bool after_space = true;
    for (size_t i = 0; i < s.n; i++) {
        if (s.at[i] == ' ' ? after_space : s.at[i] < 0x21 || s.at[i] > 0x7E)
            return false;
        after_space = s.at[i] == ' ';
    }
    return !after_space;
}

static err stanza_read(reader *r, stanza *out_stanza)
{
    stanza s;
    TRY(line_read(r, &s.arguments));
    s.arguments = str_skip(s.arguments, sizeof(STANZA_START) - 1);
    if (!are_arguments(s.arguments))
        return ERR_INVALID;
    const char *start = r->rest.at;
    for (str line = {NULL, BODY_COLUMNS}; line.n == BODY_COLUMNS;) {
        unsigned char bytes[BODY_COLUMNS];
        size_t n;
        TRY(line_read(r, &line));
        if (line.n > BODY_COLUMNS)
            return ERR_INVALID;
        TRY(base64raw_read_into(line, bytes, sizeof(bytes), &n));
    }
    s.body = (str){start, (size_t)(r->rest.at - start)};
    *out_stanza = s;
    return OK;
}

/* What an X25519 stanza holds. ERR_NOT_FOUND: another kind. */
static err stanza_split(const stanza *s, unsigned char out_share[static KEY_BYTES],
                        unsigned char out_wrapped[static WRAPPED_BYTES])
{
    str share_text;
    if (!str_eq(str_cut(s->arguments, ' ', &share_text), S("X25519")))
        return ERR_NOT_FOUND;
    size_t share_n = 0;
    size_t wrapped_n = 0;
    str body = str_head(s->body, s->body.n - 1);
    if (base64raw_read_into(share_text, out_share, KEY_BYTES, &share_n) != OK ||
        share_n != KEY_BYTES ||
        base64raw_read_into(body, out_wrapped, WRAPPED_BYTES, &wrapped_n) != OK ||
        wrapped_n != WRAPPED_BYTES)
        return ERR_INVALID;
    return OK;
}

/* The file key of an X25519 stanza. ERR_NOT_FOUND: another kind, or for someone else. */
static err stanza_open(const stanza *s, const age_identity *identities, size_t n,
                       age_file_key *out_file_key)
{
    unsigned char share[KEY_BYTES];
    unsigned char wrapped[WRAPPED_BYTES];
    TRY(stanza_split(s, share, wrapped));
    for (size_t i = 0; i < n; i++) {
        unsigned char shared[KEY_BYTES];
        if (crypto_scalarmult(shared, identities[i].at, share) != 0)
            return ERR_INVALID; /* a point of low order */
        age_recipient recipient = age_recipient_of(&identities[i]);
        key32 key = wrap_key(shared, share, recipient.at);
        int failed = crypto_aead_chacha20poly1305_ietf_decrypt(
            out_file_key->at, NULL, NULL, wrapped, WRAPPED_BYTES, NULL, 0, no_nonce, key.at);
        secret_wipe(shared, sizeof(shared));
        secret_wipe(&key, sizeof(key));
        if (!failed)
            return OK;
    }
    return ERR_NOT_FOUND;
}

/* The last line: the mark and the MAC. */
static err end_read(reader *r, hash32 *out_mac)
{
    str line;
    TRY(line_read(r, &line));
    size_t n = 0;
    if (!str_starts(line, S(END_MARK " ")) || line.n != sizeof(END_MARK) + HASH_LETTERS)
        return ERR_INVALID;
    return base64raw_read_into(str_skip(line, sizeof(END_MARK)), out_mac->at, sizeof(out_mac->at),
                               &n);
}

/* Reads a whole header off the front. The file key is asked for only with identities; without it
 * (out_is_open false) the MAC cannot be checked. */
static err header_read(reader *r, const age_identity *identities, size_t n, bool *out_is_open,
                       age_file_key *out_file_key)
{
    str whole = r->rest;
    r->rest = str_head(whole, AGE_HEADER_MAX_BYTES);
    if (!str_starts(r->rest, S(VERSION_LINE)))
        return ERR_INVALID;
    r->rest = str_skip(r->rest, sizeof(VERSION_LINE) - 1);
    bool is_open = false;
    bool has_passphrase = false;
    size_t stanzas = 0;
    for (; str_starts(r->rest, S(STANZA_START)); stanzas++) {
        stanza s;
        TRY(stanza_read(r, &s));
        has_passphrase =
            has_passphrase || str_eq(str_cut(s.arguments, ' ', &(str){0}), S("scrypt"));
        age_file_key file_key = {{0}};
        err e = n > 0 ? stanza_open(&s, identities, n, &file_key) : ERR_NOT_FOUND;
        if (e != OK && e != ERR_NOT_FOUND)
            return e;
        if (e == OK && !is_open)
            *out_file_key = file_key;
        is_open = is_open || e == OK;
        secret_wipe(&file_key, sizeof(file_key));
    }
    /* A passphrase stands alone, so that nobody can slip a recipient beside it. */
    if (stanzas == 0 || (has_passphrase && stanzas > 1))
        return ERR_INVALID;
    str until_mark = {whole.at, (size_t)(r->rest.at - whole.at) + sizeof(END_MARK) - 1};
    hash32 mac;
    TRY(end_read(r, &mac));
    *out_is_open = is_open;
    if (is_open) {
        hash32 wanted = header_mac(out_file_key, until_mark);
        if (!hash_eq(&mac, &wanted))
            return ERR_DENIED;
    }
    r->rest = str_skip(whole, (size_t)(r->rest.at - whole.at));
    return OK;
}

err age_header_open(str header, const age_identity *identities, size_t n,
                    age_file_key *out_file_key)
{
    BUG_IF(n == 0);
    reader r = {header};
    bool is_open = false;
    age_file_key file_key;
    TRY(header_read(&r, identities, n, &is_open, &file_key));
    if (r.rest.n > 0)
        return ERR_INVALID;
    if (!is_open)
        return ERR_DENIED;
    *out_file_key = file_key;
    secret_wipe(&file_key, sizeof(file_key));
    return OK;
}

err age_header_check(str header, size_t recipients)
{
    reader r = {header};
    hash32 mac;
    if (header.n > AGE_HEADER_MAX_BYTES || !str_starts(header, S(VERSION_LINE)))
        return ERR_INVALID;
    r.rest = str_skip(header, sizeof(VERSION_LINE) - 1);
    for (size_t i = 0; i < recipients; i++) {
        stanza s;
        unsigned char share[KEY_BYTES];
        unsigned char wrapped[WRAPPED_BYTES];
        if (!str_starts(r.rest, S(STANZA_START)) || stanza_read(&r, &s) != OK ||
            stanza_split(&s, share, wrapped) != OK || !is_point(share))
            return ERR_INVALID;
    }
    TRY(end_read(&r, &mac));
    return r.rest.n == 0 ? OK : ERR_INVALID;
}

err age_split(str file, str *out_header, str *out_payload)
{
    reader r = {file};
    bool is_open = false;
    TRY(header_read(&r, NULL, 0, &is_open, NULL));
    *out_header = str_head(file, file.n - r.rest.n);
    *out_payload = r.rest;
    return OK;
}

static key32 payload_key(const age_file_key *file_key, str nonce)
{
    return key_derive_salted(view(file_key->at, FILE_KEY_BYTES), nonce, S("payload"));
}

/* The nonce of a chunk: its number in 11 bytes, big endian, and whether it is the last. */
static void chunk_nonce(size_t number, bool is_last, unsigned char out[static AEAD_NONCE_BYTES])
{
    memset(out, 0, AEAD_NONCE_BYTES);
    for (size_t i = 0; i < sizeof(number); i++)
        out[AEAD_NONCE_BYTES - 2 - i] = (unsigned char)(number >> 8 * i);
    out[AEAD_NONCE_BYTES - 1] = is_last;
}

str age_payload(arena *a, const age_file_key *file_key, str plain)
{
    size_t chunks = plain.n == 0 ? 1 : (plain.n - 1) / AGE_CHUNK_BYTES + 1;
    size_t n = PAYLOAD_NONCE_BYTES + plain.n + chunks * TAG_BYTES;
    unsigned char *payload = arena_alloc(a, n);
    random_fill(payload, PAYLOAD_NONCE_BYTES);
    key32 key = payload_key(file_key, view(payload, PAYLOAD_NONCE_BYTES));
    unsigned char *to = payload + PAYLOAD_NONCE_BYTES;
    for (size_t i = 0; i < chunks; i++) {
        str chunk = str_head(str_skip(plain, i * AGE_CHUNK_BYTES), AGE_CHUNK_BYTES);
        unsigned char nonce[AEAD_NONCE_BYTES];
        chunk_nonce(i, i + 1 == chunks, nonce);
        BUG_IF(crypto_aead_chacha20poly1305_ietf_encrypt(to, NULL, (const unsigned char *)chunk.at,
                                                         chunk.n, NULL, 0, NULL, nonce,
                                                         key.at) != 0);
        to += chunk.n + TAG_BYTES;
    }
    secret_wipe(&key, sizeof(key));
    return view(payload, n);
}

static size_t chunk_count(str payload)
{
    return (payload.n - PAYLOAD_NONCE_BYTES - 1) / SEALED_CHUNK_BYTES + 1;
}

bool age_payload_fits(str payload)
{
    if (payload.n < PAYLOAD_NONCE_BYTES + TAG_BYTES)
        return false;
    size_t chunks = chunk_count(payload);
    size_t last_n = payload.n - PAYLOAD_NONCE_BYTES - (chunks - 1) * SEALED_CHUNK_BYTES;
    return last_n >= TAG_BYTES && (last_n > TAG_BYTES || chunks == 1);
}

err age_payload_open(arena *a, const age_file_key *file_key, str payload, str *out_plain)
{
    if (!age_payload_fits(payload))
        return ERR_DENIED;
    str sealed = str_skip(payload, PAYLOAD_NONCE_BYTES);
    size_t chunks = chunk_count(payload);
    size_t plain_n = sealed.n - chunks * TAG_BYTES;
    unsigned char *plain = arena_alloc(a, plain_n);
    key32 key = payload_key(file_key, str_head(payload, PAYLOAD_NONCE_BYTES));
    bool is_right = true;
    for (size_t i = 0; i < chunks && is_right; i++) {
        str chunk = str_head(str_skip(sealed, i * SEALED_CHUNK_BYTES), SEALED_CHUNK_BYTES);
        unsigned char nonce[AEAD_NONCE_BYTES];
        chunk_nonce(i, i + 1 == chunks, nonce);
        is_right = crypto_aead_chacha20poly1305_ietf_decrypt(plain + i * AGE_CHUNK_BYTES, NULL,
                                                             NULL, (const unsigned char *)chunk.at,
                                                             chunk.n, NULL, 0, nonce, key.at) == 0;
    }
    secret_wipe(&key, sizeof(key));
    if (!is_right)
        return ERR_DENIED;
    *out_plain = view(plain, plain_n);
    return OK;
}
