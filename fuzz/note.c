/* SPDX-License-Identifier: EUPL-1.2 */
/* Notes: read against a known key, and with a key out of the input. A checkpoint that is accepted
 * has one spelling: writing it again gives the same text. */

#include "crypto/note.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const unsigned char seed[32] = {7};
    crypto_init();
    if (size > NOTE_MAX_BYTES + 1024)
        return 0;
    arena *a = arena_open(16 << 20);
    sign_key key = sign_key_from_seed(seed);
    str vkey = note_vkey(a, S("demo.example/log/7"), key.public_key);
    str input = {(const char *)data, size};
    checkpoint c;
    str text;
    if (note_checkpoint_read(a, input, vkey, &c) == OK) {
        str again = note_checkpoint(a, c.origin, c.size, &c.root, &key);
        BUG_IF(note_read(a, input, vkey, &text) != OK);
        BUG_IF(!str_starts(again, text));
    }
    str note;
    str own_key = str_cut(input, '\0', &note);
    if (note_read(a, note, own_key, &text) == OK)
        BUG_IF(text.n == 0 || text.n >= note.n);
    /* The text signed properly, so that what lies behind the signature is reached too. */
    str line = str_cut(note, '\0', &text);
    size_t end = line.n;
    while (end > 0 && line.at[end - 1] != '\n')
        end--;
    str body = str_head(line, end);
    bool is_plain = body.n > 0;
    for (size_t i = 0; i < body.n; i++)
        is_plain = is_plain && (body.at[i] == '\n' || (body.at[i] >= 0x20 && body.at[i] < 0x7F));
    if (is_plain) {
        str made = note_make(a, body, S("demo.example/log/7"), &key);
        err e = note_checkpoint_read(a, made, vkey, &c);
        BUG_IF(e != OK && e != ERR_INVALID);
    }
    arena_close(a);
    return 0;
}
