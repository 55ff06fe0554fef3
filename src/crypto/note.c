/* SPDX-License-Identifier: EUPL-1.2 */
/* One spelling for one meaning: whatever differs by a byte from what a writer following C2SP
 * would have written is refused, so that two readers cannot see two contents in one note. */

#include "crypto/note.h"
#include "base/number.h"
#include "base/utf8.h"

#define ALGORITHM_ED25519 "\x01"
#define SIGNATURE_START "\xE2\x80\x94 " /* em dash and a space */

enum { KEY_ID_BYTES = 4, SIGNATURE_BYTES = 64 };

typedef struct verifier {
    str name;
    unsigned char key_id[KEY_ID_BYTES];
    unsigned char public_key[32];
} verifier;

/* The code points with Unicode's White_Space property. */
static bool is_space(int32_t c)
{
    return (c >= 0x09 && c <= 0x0D) || c == 0x20 || c == 0x85 || c == 0xA0 || c == 0x1680 ||
           (c >= 0x2000 && c <= 0x200A) || c == 0x2028 || c == 0x2029 || c == 0x202F ||
           c == 0x205F || c == 0x3000;
}

bool note_name_ok(str name)
{
    if (name.n == 0 || name.n > NOTE_NAME_MAX_BYTES)
        return false;
    for (int32_t c; (c = utf8_next(&name)) != -2;)
        if (c < 0x20 || c == '+' || is_space(c))
            return false;
    return true;
}

static bool is_text_ok(str text)
{
    if (text.n == 0 || text.at[text.n - 1] != '\n' || !utf8_is_valid(text))
        return false;
    for (size_t i = 0; i < text.n; i++)
        if ((unsigned char)text.at[i] < 0x20 && text.at[i] != '\n')
            return false;
    return true;
}

static void key_id_make(str name, const unsigned char public_key[static 32],
                        unsigned char out_id[static KEY_ID_BYTES])
{
    const str parts[] = {name, S("\n" ALGORITHM_ED25519), {(const char *)public_key, 32}};
    hash32 hash = hash_sha256_parts(parts, 3);
    memcpy(out_id, hash.at, KEY_ID_BYTES);
}

str note_vkey(arena *a, str name, const unsigned char public_key[static 32])
{
    BUG_IF(!note_name_ok(name));
    unsigned char id[KEY_ID_BYTES];
    key_id_make(name, public_key, id);
    char typed_key[33] = ALGORITHM_ED25519;
    memcpy(typed_key + 1, public_key, 32);
    buf b = buf_in(a);
    buf_put(&b, name);
    buf_put_char(&b, '+');
    buf_put_hex(&b, id, sizeof(id));
    buf_put_char(&b, '+');
    buf_put(&b, base64_make(a, (str){typed_key, sizeof(typed_key)}));
    return buf_str(&b);
}

static err vkey_read(arena *a, str vkey, verifier *out_verifier)
{
    verifier v = {0};
    str rest;
    v.name = str_cut(vkey, '+', &rest);
    str key_text;
    str id_text = str_cut(rest, '+', &key_text);
    if (!note_name_ok(v.name))
        return ERR_INVALID;
    str typed_key;
    TRY(base64_read(a, key_text, &typed_key));
    if (typed_key.n != 33 || typed_key.at[0] != ALGORITHM_ED25519[0])
        return ERR_INVALID;
    memcpy(v.public_key, typed_key.at + 1, 32);
    key_id_make(v.name, v.public_key, v.key_id);
    str id = {(const char *)v.key_id, sizeof(v.key_id)};
    if (!str_eq(id_text, hex_make(a, id)))
        return ERR_INVALID;
    *out_verifier = v;
    return OK;
}

str note_make(arena *a, str text, str name, const sign_key *key)
{
    BUG_IF(!note_name_ok(name) || !is_text_ok(text));
    unsigned char signature[KEY_ID_BYTES + SIGNATURE_BYTES];
    key_id_make(name, key->public_key, signature);
    sign_make(key, text, signature + KEY_ID_BYTES);
    buf b = buf_in(a);
    buf_put(&b, text);
    buf_put(&b, S("\n" SIGNATURE_START));
    buf_put(&b, name);
    buf_put_char(&b, ' ');
    buf_put(&b, base64_make(a, (str){(const char *)signature, sizeof(signature)}));
    buf_put_char(&b, '\n');
    return buf_str(&b);
}

/* The text ends at the last blank line; the signature lines follow it. */
static err note_split(str note, str *out_text, str *out_signatures)
{
    if (note.n > NOTE_MAX_BYTES)
        return ERR_INVALID;
    size_t at = note.n;
    for (size_t i = 1; i < note.n; i++)
        if (note.at[i - 1] == '\n' && note.at[i] == '\n')
            at = i;
    str text = str_head(note, at);
    str signatures = str_skip(note, at + 1);
    if (!is_text_ok(text) || !is_text_ok(signatures))
        return ERR_INVALID;
    *out_text = text;
    *out_signatures = signatures;
    return OK;
}

/* One line without its LF. *out_is_ours says whether the key signed the text with it. */
static err signature_line(arena *a, str line, str text, const verifier *v, bool *out_is_ours)
{
    if (!str_starts(line, S(SIGNATURE_START)))
        return ERR_INVALID;
    str encoded;
    str name = str_cut(str_skip(line, sizeof(SIGNATURE_START) - 1), ' ', &encoded);
    str bytes;
    if (!note_name_ok(name))
        return ERR_INVALID;
    TRY(base64_read(a, encoded, &bytes));
    if (bytes.n <= KEY_ID_BYTES)
        return ERR_INVALID;
    *out_is_ours = str_eq(name, v->name) && memcmp(bytes.at, v->key_id, KEY_ID_BYTES) == 0;
    if (!*out_is_ours)
        return OK;
    str signature = str_skip(bytes, KEY_ID_BYTES);
    if (signature.n != SIGNATURE_BYTES ||
        !sign_check(v->public_key, text, (const unsigned char *)signature.at))
        return ERR_DENIED;
    return OK;
}

static err note_open(arena *a, str note, const verifier *v, str *out_text)
{
    str text;
    str rest;
    TRY(note_split(note, &text, &rest));
    bool is_signed = false;
    err outcome = OK;
    for (int lines = 0; rest.n > 0; lines++) {
        if (lines == NOTE_MAX_SIGNATURES)
            return ERR_INVALID;
        bool is_ours = false;
        err e = signature_line(a, str_cut(rest, '\n', &rest), text, v, &is_ours);
        if (e == ERR_INVALID)
            return e;
        if (e != OK)
            outcome = e; /* but a malformed line further down is told first */
        is_signed = is_signed || is_ours;
    }
    if (outcome != OK)
        return outcome;
    if (!is_signed)
        return ERR_DENIED;
    *out_text = text;
    return OK;
}

err note_read(arena *a, str note, str vkey, str *out_text)
{
    verifier v;
    TRY(vkey_read(a, vkey, &v));
    return note_open(a, note, &v, out_text);
}

str note_checkpoint(arena *a, str origin, uint64_t size, const hash32 *root, const sign_key *key)
{
    BUG_IF(size > INT64_MAX);
    buf b = buf_in(a);
    buf_put(&b, origin);
    buf_put_char(&b, '\n');
    buf_put_int(&b, (int64_t)size);
    buf_put_char(&b, '\n');
    buf_put(&b, base64_make(a, hash_str(root)));
    buf_put_char(&b, '\n');
    return note_make(a, buf_str(&b), origin, key);
}

static err size_read(str text, uint64_t *out_size)
{
    int64_t size;
    if (text.n == 0 || (text.at[0] == '0' && text.n > 1) || text.at[0] == '-' ||
        number_parse(text, 0, INT64_MAX, &size) != OK)
        return ERR_INVALID;
    *out_size = (uint64_t)size;
    return OK;
}

err note_checkpoint_read(arena *a, str note, str vkey, checkpoint *out_checkpoint)
{
    verifier v;
    str text;
    TRY(vkey_read(a, vkey, &v));
    TRY(note_open(a, note, &v, &text));
    checkpoint c = {0};
    str rest;
    c.origin = str_cut(text, '\n', &rest);
    str size_text = str_cut(rest, '\n', &rest);
    str root_text = str_cut(rest, '\n', &rest);
    if (!str_eq(c.origin, v.name) || rest.n != 0)
        return ERR_INVALID;
    TRY(size_read(size_text, &c.size));
    str root;
    TRY(base64_read(a, root_text, &root));
    if (root.n != sizeof(c.root.at))
        return ERR_INVALID;
    memcpy(c.root.at, root.at, root.n);
    *out_checkpoint = c;
    return OK;
}
