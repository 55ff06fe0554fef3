/* SPDX-License-Identifier: EUPL-1.2 */
/* The opening is the claim, and what the server knows is the measure: every field is compared, so
 * that no leaf says another country, text or address than the signature that it is counted for. */

#include "core/sealing.h"

#include "base/number.h"
#include "core/opening.h"

#include "sql/q_signature.h"

static bool is_personal(str field)
{
    return str_eq(field, S("name")) || str_eq(field, S("org")) || str_eq(field, S("region"));
}

static str value_of(const opening *o, const char *field)
{
    return o->fields[opening_field(str_of(field))].value;
}

/* Gives `uniq` its value, and takes the day when it is good. */
static err complete(arena *a, opening *o, record *r)
{
    int64_t day;
    for (size_t i = 0; i < OPENING_FIELDS; i++) {
        bool is_hidden = is_personal(str_of(opening_field_names[i])) && !r->is_listed;
        if (o->fields[i].is_shown == is_hidden)
            return ERR_CONFLICT;
    }
    if (value_of(o, "uniq").n || number_parse(value_of(o, "day"), r->day - 1, r->day, &day) != OK)
        return ERR_CONFLICT;
    r->day = day;
    opening_set(o, (size_t)opening_field(S("uniq")),
                hex_make(a, (str){(const char *)r->mailbox.at, sizeof r->mailbox.at}));
    return OK;
}

static err compare(arena *a, const opening *o, const record *r)
{
    str known[OPENING_FIELDS];
    record_committed(a, r, known);
    for (size_t i = 0; i < OPENING_FIELDS; i++)
        if (o->fields[i].is_shown && !str_eq(o->fields[i].value, known[i]))
            return ERR_CONFLICT;
    return OK;
}

err sealing_take(arena *a, const declaration *d, const browser_seal *seal, record *r,
                 hash32 *out_commitment, sealed_record *out_sealed)
{
    opening o;
    sealed_record sealed = {S(""), S(""), S("")};
    if (!str_eq(seal->recipients, recipients_text(a, d->recipients)))
        return ERR_CONFLICT;
    if (seal->file.n < SEAL_FILE_BYTES_LEAST || seal->file.n > SEAL_FILE_BYTES_MOST ||
        seal->opening.n > SEAL_OPENING_BYTES_MOST ||
        age_split(seal->file, &sealed.header, &sealed.payload) != OK ||
        age_header_check(sealed.header, d->recipients.n) != OK ||
        !age_payload_fits(sealed.payload) || str_starts(seal->opening, S("sig1 opening\nseed ")) ||
        opening_read(a, seal->opening, &o) != OK)
        return ERR_CONFLICT;
    TRY(complete(a, &o, r));
    TRY(compare(a, &o, r));
    *out_commitment = o.commitment;
    *out_sealed = sealed;
    return OK;
}

err sealing_take_once(db_tx *tx, int64_t declaration_id, const hash32 *commitment)
{
    int64_t taken;
    err e = q_sealed_once_insert(tx, declaration_id, hash_str(commitment), &taken);
    return e == ERR_NOT_FOUND ? ERR_CONFLICT : e;
}
