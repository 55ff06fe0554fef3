/* SPDX-License-Identifier: EUPL-1.2 */
/* The list of logs, and the request. */

#include "base/number.h"
#include "witness/witness.h"

typedef struct reading {
    arena *a;
    witness_logs logs;
    bool has_header;
    size_t keys_seen; /* of the log under way, in the order of the format */
} reading;

static const char *const keys[] = {"vkey", "origin", "bastion", "qpd", "contact"};

static err read_fact(reading *r, str key, str value)
{
    size_t i = 0;
    while (i < sizeof keys / sizeof *keys && !str_eq(str_of(keys[i]), key))
        i++;
    if (i == sizeof keys / sizeof *keys || value.n == 0)
        return ERR_INVALID;
    if (i == 0) {
        witness_log log;
        if (r->logs.n == WITNESS_LOGS_MOST)
            return ERR_INVALID;
        TRY(note_key_read(r->a, value, &log.key));
        if (log.key.kind != NOTE_ED25519)
            return ERR_INVALID;
        log.origin = log.key.name;
        r->logs.at[r->logs.n++] = log;
    } else if (r->logs.n == 0 || i < r->keys_seen) {
        return ERR_INVALID;
    } else if (i == 1 && !str_eq(value, S("none"))) {
        r->logs.at[r->logs.n - 1].origin = value;
    }
    r->keys_seen = i + 1;
    return OK;
}

static err read_line(reading *r, str line)
{
    str value;
    if (line.n == 0 || line.at[0] == '#')
        return OK;
    for (size_t i = 0; i < line.n; i++)
        if ((unsigned char)line.at[i] < 0x20)
            return ERR_INVALID;
    if (!r->has_header) {
        r->has_header = str_eq(line, S("logs/v0"));
        return r->has_header ? OK : ERR_INVALID;
    }
    str key = str_cut(line, ' ', &value);
    return read_fact(r, key, value);
}

err witness_logs_read(arena *a, str text, witness_logs *out_logs, int *out_line)
{
    reading r = {.a = a, .logs = {arena_array(a, witness_log, WITNESS_LOGS_MOST), 0}};
    *out_line = 1;
    if (text.n > WITNESS_LIST_BYTES_MOST)
        return ERR_INVALID;
    for (; text.n > 0; ++*out_line)
        TRY(read_line(&r, str_cut(text, '\n', &text)));
    if (!r.has_header)
        return ERR_INVALID;
    *out_logs = r.logs;
    return OK;
}

err witness_request_read(arena *a, str body, witness_request *out_request)
{
    witness_request r = {.proof = {arena_array(a, hash32, WITNESS_PROOF_LINES_MOST), 0}};
    int64_t old_size;
    str line = str_cut(body, '\n', &body);
    str digits = str_skip(line, 4);
    if (!str_starts(line, S("old ")) || (digits.n > 1 && digits.at[0] == '0') ||
        str_starts(digits, S("-")))
        return ERR_INVALID;
    if (number_parse(digits, 0, INT64_MAX, &old_size) != OK)
        return ERR_INVALID;
    r.old_size = (uint64_t)old_size;
    while ((line = str_cut(body, '\n', &body)).n > 0) {
        str hash;
        if (r.proof.n == WITNESS_PROOF_LINES_MOST)
            return ERR_INVALID;
        TRY(base64_read(a, line, &hash));
        if (hash.n != sizeof(hash32))
            return ERR_INVALID;
        memcpy(r.proof.at[r.proof.n++].at, hash.at, hash.n);
    }
    r.note = body;
    *out_request = r;
    return OK;
}
