/* SPDX-License-Identifier: EUPL-1.2 */
/* One spelling for one meaning: whatever differs by a byte from what a writer following C2SP
 * would have written is refused, so that two readers cannot see two contents in one note. */

#include "crypto/note.h"
#include "base/number.h"
#include "base/utf8.h"

#define SIGNATURE_START "\xE2\x80\x94 " /* em dash and a space */

enum { KEY_ID_BYTES = 4, TIME_BYTES = 8, SIGNATURE_BYTES = 64 };

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

note_key note_key_of(str name, note_kind kind, const unsigned char public_key[static 32])
{
    BUG_IF(!note_name_ok(name));
    const char kind_byte = (char)kind;
    const str parts[] = {name, S("\n"), {&kind_byte, 1}, {(const char *)public_key, 32}};
    hash32 hash = hash_sha256_parts(parts, 4);
    note_key key = {.name = name, .kind = kind};
    memcpy(key.id, hash.at, KEY_ID_BYTES);
    memcpy(key.public_key, public_key, sizeof key.public_key);
    return key;
}

str note_key_text(arena *a, const note_key *key)
{
    buf b = buf_in(a);
    buf_put(&b, key->name);
    buf_put_char(&b, '+');
    buf_put_hex(&b, key->id, sizeof key->id);
    buf_put_char(&b, '+');
    char typed_key[33];
    typed_key[0] = (char)key->kind;
    memcpy(typed_key + 1, key->public_key, 32);
    buf_put(&b, base64_make(a, (str){typed_key, sizeof typed_key}));
    return buf_str(&b);
}

str note_vkey(arena *a, str name, const unsigned char public_key[static 32])
{
    note_key key = note_key_of(name, NOTE_ED25519, public_key);
    return note_key_text(a, &key);
}

err note_key_read(arena *a, str vkey, note_key *out_key)
{
    str rest, key_text, typed_key;
    str name = str_cut(vkey, '+', &rest);
    str id_text = str_cut(rest, '+', &key_text);
    if (!note_name_ok(name))
        return ERR_INVALID;
    TRY(base64_read(a, key_text, &typed_key));
    if (typed_key.n != 33 ||
        (typed_key.at[0] != NOTE_ED25519 && typed_key.at[0] != NOTE_COSIGNATURE))
        return ERR_INVALID;
    note_key key =
        note_key_of(name, (note_kind)typed_key.at[0], (const unsigned char *)typed_key.at + 1);
    if (!str_eq(id_text, hex_make(a, (str){(const char *)key.id, sizeof key.id})))
        return ERR_INVALID;
    *out_key = key;
    return OK;
}

static void put_line(buf *b, const note_key *key, str signature)
{
    buf bytes = buf_in(b->home);
    buf_put(&bytes, (str){(const char *)key->id, sizeof key->id});
    buf_put(&bytes, signature);
    buf_put(b, S(SIGNATURE_START));
    buf_put(b, key->name);
    buf_put_char(b, ' ');
    buf_put(b, base64_make(b->home, buf_str(&bytes)));
    buf_put_char(b, '\n');
}

str note_make(arena *a, str text, str name, const sign_key *key)
{
    BUG_IF(!is_text_ok(text));
    note_key public_key = note_key_of(name, NOTE_ED25519, key->public_key);
    unsigned char signature[SIGNATURE_BYTES];
    sign_make(key, text, signature);
    buf b = buf_in(a);
    buf_put(&b, text);
    buf_put_char(&b, '\n');
    put_line(&b, &public_key, (str){(const char *)signature, sizeof signature});
    return buf_str(&b);
}

static str cosigned_message(arena *a, int64_t time_s, str text)
{
    return arena_printf(a, "cosignature/v1\ntime %lld\n%.*s", (long long)time_s, STR_FMT(text));
}

str note_cosign(arena *a, str text, str name, int64_t time_s, const sign_key *key)
{
    BUG_IF(!is_text_ok(text) || time_s < 0);
    note_key public_key = note_key_of(name, NOTE_COSIGNATURE, key->public_key);
    unsigned char signature[TIME_BYTES + SIGNATURE_BYTES];
    for (int i = 0; i < TIME_BYTES; i++)
        signature[i] = (unsigned char)((uint64_t)time_s >> (56 - 8 * i));
    sign_make(key, cosigned_message(a, time_s, text), signature + TIME_BYTES);
    buf b = buf_in(a);
    put_line(&b, &public_key, (str){(const char *)signature, sizeof signature});
    return buf_str(&b);
}

/* One line without its LF. */
static err line_read(arena *a, str text, note_line *out_line)
{
    note_line line = {.whole = {text.at, text.n + 1}};
    str encoded;
    if (!str_starts(text, S(SIGNATURE_START)))
        return ERR_INVALID;
    line.name = str_cut(str_skip(text, sizeof(SIGNATURE_START) - 1), ' ', &encoded);
    if (!note_name_ok(line.name))
        return ERR_INVALID;
    TRY(base64_read(a, encoded, &line.bytes));
    if (line.bytes.n <= KEY_ID_BYTES)
        return ERR_INVALID;
    *out_line = line;
    return OK;
}

err note_lines_read(arena *a, str text, note_lines *out_lines)
{
    note_lines lines = {arena_array(a, note_line, NOTE_MAX_SIGNATURES), 0};
    if (text.n > NOTE_MAX_BYTES || !is_text_ok(text))
        return ERR_INVALID;
    while (text.n > 0) {
        if (lines.n == NOTE_MAX_SIGNATURES)
            return ERR_INVALID;
        TRY(line_read(a, str_cut(text, '\n', &text), &lines.at[lines.n++]));
    }
    *out_lines = lines;
    return OK;
}

/* The text ends at the last blank line; the signature lines follow it. */
err note_split(arena *a, str note, str *out_text, note_lines *out_lines)
{
    if (note.n > NOTE_MAX_BYTES)
        return ERR_INVALID;
    size_t at = note.n;
    for (size_t i = 1; i < note.n; i++)
        if (note.at[i - 1] == '\n' && note.at[i] == '\n')
            at = i;
    str text = str_head(note, at);
    if (!is_text_ok(text))
        return ERR_INVALID;
    TRY(note_lines_read(a, str_skip(note, at + 1), out_lines));
    *out_text = text;
    return OK;
}

static err cosignature_check(arena *a, str bytes, str text, const note_key *key,
                             int64_t *out_time_s)
{
    uint64_t time_s = 0;
    if (bytes.n != TIME_BYTES + SIGNATURE_BYTES)
        return ERR_DENIED;
    for (int i = 0; i < TIME_BYTES; i++)
        time_s = time_s << 8 | (unsigned char)bytes.at[i];
    if (time_s > INT64_MAX ||
        !sign_check(key->public_key, cosigned_message(a, (int64_t)time_s, text),
                    (const unsigned char *)bytes.at + TIME_BYTES))
        return ERR_DENIED;
    *out_time_s = (int64_t)time_s;
    return OK;
}

err note_line_check(arena *a, const note_line *line, str text, const note_key *key,
                    int64_t *out_time_s)
{
    if (!str_eq(line->name, key->name) || memcmp(line->bytes.at, key->id, KEY_ID_BYTES) != 0)
        return ERR_NOT_FOUND;
    str signature = str_skip(line->bytes, KEY_ID_BYTES);
    if (key->kind == NOTE_COSIGNATURE)
        return cosignature_check(a, signature, text, key, out_time_s);
    if (signature.n != SIGNATURE_BYTES ||
        !sign_check(key->public_key, text, (const unsigned char *)signature.at))
        return ERR_DENIED;
    *out_time_s = 0;
    return OK;
}

static err note_open(arena *a, str note, const note_key *key, str *out_text)
{
    str text;
    note_lines lines;
    bool is_signed = false;
    TRY(note_split(a, note, &text, &lines));
    for (size_t i = 0; i < lines.n; i++) {
        int64_t time_s;
        err e = note_line_check(a, &lines.at[i], text, key, &time_s);
        if (e == ERR_DENIED)
            return e;
        is_signed = is_signed || e == OK;
    }
    if (!is_signed)
        return ERR_DENIED;
    *out_text = text;
    return OK;
}

static err log_key_read(arena *a, str vkey, note_key *out_key)
{
    note_key key;
    TRY(note_key_read(a, vkey, &key));
    if (key.kind != NOTE_ED25519)
        return ERR_INVALID;
    *out_key = key;
    return OK;
}

err note_read(arena *a, str note, str vkey, str *out_text)
{
    note_key key;
    TRY(log_key_read(a, vkey, &key));
    return note_open(a, note, &key, out_text);
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

err note_checkpoint_text(arena *a, str text, checkpoint *out_checkpoint)
{
    checkpoint c = {0};
    str root;
    c.origin = str_cut(text, '\n', &text);
    str size_text = str_cut(text, '\n', &text);
    str root_text = str_cut(text, '\n', &c.extension);
    if (c.origin.n == 0 || str_starts(c.extension, S("\n")) ||
        str_find_str(c.extension, S("\n\n")) < c.extension.n)
        return ERR_INVALID;
    TRY(size_read(size_text, &c.size));
    TRY(base64_read(a, root_text, &root));
    if (root.n != sizeof(c.root.at))
        return ERR_INVALID;
    memcpy(c.root.at, root.at, root.n);
    *out_checkpoint = c;
    return OK;
}

err note_checkpoint_read(arena *a, str note, str vkey, checkpoint *out_checkpoint)
{
    note_key key;
    str text;
    checkpoint c;
    TRY(log_key_read(a, vkey, &key));
    TRY(note_open(a, note, &key, &text));
    TRY(note_checkpoint_text(a, text, &c));
    if (!str_eq(c.origin, key.name) || c.extension.n > 0)
        return ERR_INVALID;
    *out_checkpoint = c;
    return OK;
}
