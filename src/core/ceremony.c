/* SPDX-License-Identifier: EUPL-1.2 */
/* Codes of 80 random bits in four groups; only their hashes are kept. */

#include "core/ceremony.h"

#include "base/random.h"

#include "sql/q_ceremony.h"

enum { CODE_CHARS = 16, GROUP_CHARS = 4 };

/* 32 signs that cannot be taken for one another. */
static const char signs[] = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ";

static str make_code(arena *a)
{
    unsigned char random[CODE_CHARS];
    random_fill(random, sizeof random);
    buf b = buf_in(a);
    for (size_t i = 0; i < CODE_CHARS; i++) {
        if (i && i % GROUP_CHARS == 0)
            buf_put_char(&b, '-');
        buf_put_char(&b, signs[random[i] % 32]);
    }
    return buf_str(&b);
}

/* As made: upper case, hyphens between the groups. */
static str normal_code(arena *a, str typed)
{
    buf b = buf_in(a);
    size_t n = 0;
    for (size_t i = 0; i < typed.n && n <= CODE_CHARS; i++) {
        char c = typed.at[i];
        if (c == '-' || c == ' ')
            continue;
        if (n && n % GROUP_CHARS == 0)
            buf_put_char(&b, '-');
        buf_put_char(&b, c >= 'a' && c <= 'z' ? (char)(c - 32) : c);
        n++;
    }
    return buf_str(&b);
}

typedef struct ceremony {
    arena *a;
    str recipient;
    hash32 code;
    int64_t now_ms;
    key_proofs proofs; /* out */
} ceremony;

static err write_question(db_tx *tx, arena *scratch, void *arg)
{
    (void)scratch;
    const ceremony *own = arg;
    int64_t changed;
    TRY(q_key_proof_ask(tx, own->recipient, hash_str(&own->code), own->now_ms, &changed));
    return changed ? OK : ERR_CONFLICT;
}

err ceremony_ask(core *c, arena *a, const age_recipient *recipient, int64_t now_ms, str *out_file)
{
    str code = make_code(a);
    ceremony own = {
        .recipient = age_recipient_text(a, recipient), .code = hash_sha256(code), .now_ms = now_ms};
    TRY(db_write(c->db, write_question, &own));
    str text = arena_printf(a,
                            "Undersigned: test of an organiser's key\n"
                            "key: %.*s\n"
                            "code: %.*s\n",
                            STR_FMT(own.recipient), STR_FMT(code));
    age_file_key file_key = age_file_key_make();
    buf file = buf_in(a);
    buf_put(&file, age_header(a, &file_key, recipient, 1));
    buf_put(&file, age_payload(a, &file_key, text));
    *out_file = buf_str(&file);
    return OK;
}

static err write_answer(db_tx *tx, arena *scratch, void *arg)
{
    (void)scratch;
    ceremony *own = arg;
    return q_key_proof_answer(tx, own->a, hash_str(&own->code), own->now_ms, &own->recipient);
}

err ceremony_prove(core *c, arena *a, str code, int64_t now_ms, str *out_recipient)
{
    ceremony own = {.a = a, .code = hash_sha256(normal_code(a, code)), .now_ms = now_ms};
    TRY(db_write(c->db, write_answer, &own));
    *out_recipient = own.recipient;
    return OK;
}

static err read_proofs(db_tx *tx, arena *a, key_proofs *out)
{
    q_key_proof_all_rows rows;
    TRY(q_key_proof_all(tx, a, &rows));
    key_proof *all = arena_array(a, key_proof, rows.n);
    for (size_t i = 0; i < rows.n; i++)
        all[i] = (key_proof){rows.at[i].recipient, rows.at[i].asked, rows.at[i].proven};
    *out = (key_proofs){all, rows.n};
    return OK;
}

static err read_list(db_tx *tx, arena *scratch, void *arg)
{
    (void)scratch;
    ceremony *own = arg;
    return read_proofs(tx, own->a, &own->proofs);
}

err ceremony_list(core *c, arena *a, key_proofs *out_proofs)
{
    ceremony own = {.a = a};
    TRY(db_read(c->db, read_list, &own));
    *out_proofs = own.proofs;
    return OK;
}

err ceremony_unproven(db_tx *tx, arena *a, recipient_list recipients, recipient_list *out_unproven)
{
    key_proofs proofs;
    TRY(read_proofs(tx, a, &proofs));
    age_recipient *left = arena_array(a, age_recipient, recipients.n);
    size_t n = 0;
    for (size_t i = 0; i < recipients.n; i++) {
        str text = age_recipient_text(a, &recipients.at[i]);
        bool is_proven = false;
        for (size_t p = 0; p < proofs.n; p++)
            is_proven |= proofs.at[p].proven_ms > 0 && str_eq(proofs.at[p].recipient, text);
        if (!is_proven)
            left[n++] = recipients.at[i];
    }
    *out_unproven = (recipient_list){left, n};
    return OK;
}
