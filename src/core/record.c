/* SPDX-License-Identifier: EUPL-1.2 */
/* Commitment and file of a record.
 *
 * The file holds lines of `field value`, the committed fields first and in the order of the
 * commitment; a newline inside a value is written as two characters, `\n`, and `\` as `\\`. */

#include "core/record.h"

#include "base/number.h"
#include "base/utf8.h"

#include "sql/q_record.h"

#define FIRST_LINE "undersigned record 1"
#define BROWSER_LINE "undersigned record 2"

enum { OTHER_FIELDS = 6 };

void record_committed(arena *a, const record *r, str out_values[static OPENING_FIELDS])
{
    const str values[OPENING_FIELDS] = {
        r->campaign,
        r->text_hash,
        r->lang,
        arena_printf(a, "%c", signer_kind_letter(r->kind)),
        personal_text(r->name),
        r->organisation,
        personal_text(r->mail),
        r->country,
        r->region,
        r->is_listed ? S("1") : S("0"),
        hex_make(a, (str){(const char *)r->mailbox.at, sizeof r->mailbox.at}),
        arena_printf(a, "%lld", (long long)r->day),
    };
    memcpy(out_values, values, sizeof values);
}

hash32 record_commitment(arena *a, const record *r)
{
    str values[OPENING_FIELDS];
    record_committed(a, r, values);
    return opening_commitment(&r->seed, values);
}

err record_opening(arena *a, const record *r, str *out_text)
{
    str values[OPENING_FIELDS];
    record_committed(a, r, values);
    return opening_make(a, &r->seed, values, out_text);
}

static void put_line(buf *b, str name, str value)
{
    buf_put(b, name);
    buf_put_char(b, ' ');
    for (size_t i = 0; i < value.n; i++) {
        if (value.at[i] == '\n')
            buf_put(b, S("\\n"));
        else if (value.at[i] == '\\')
            buf_put(b, S("\\\\"));
        else
            buf_put_char(b, value.at[i]);
    }
    buf_put_char(b, '\n');
}

static str write_lines(arena *a, const record *r, const hash32 *commitment)
{
    buf b = buf_in(a);
    buf_reserve(&b, 1024);
    buf_put(&b, S(FIRST_LINE "\n"));
    put_line(&b, S("commitment"), hex_make(a, hash_str(commitment)));
    put_line(&b, S("seed"), hex_make(a, (str){(const char *)r->seed.at, sizeof r->seed.at}));
    str values[OPENING_FIELDS];
    record_committed(a, r, values);
    for (size_t i = 0; i < OPENING_FIELDS; i++)
        put_line(&b, str_of(opening_field_names[i]), values[i]);
    put_line(&b, S("function"), r->function);
    put_line(&b, S("type"), r->type);
    put_line(&b, S("authority"), r->authority);
    put_line(&b, S("reason"), r->reason);
    put_line(&b, S("website"), r->website);
    put_line(&b, S("group"), r->group);
    return buf_str(&b);
}

sealed_record record_seal(arena *a, const core_keys *keys, const declaration *d, const record *r,
                          const hash32 *commitment, age_file_key *out_file_key)
{
    age_file_key file_key = age_file_key_make();
    str plain_key = {(const char *)file_key.at, sizeof file_key.at};
    sealed_record sealed = {S(""), S(""), age_payload(a, &file_key, write_lines(a, r, commitment))};
    if (d->recipients.n > 0)
        sealed.header = age_header(a, &file_key, d->recipients.at, d->recipients.n);
    if (d->records == RECORDS_SERVER)
        sealed.server = seal_make(a, &keys->record, hash_str(commitment), plain_key);
    *out_file_key = file_key;
    return sealed;
}

err record_server_key(arena *a, const core_keys *keys, str server, str commitment,
                      age_file_key *out_file_key)
{
    str plain;
    if (seal_open(a, &keys->record, commitment, server, &plain) != OK ||
        plain.n != sizeof out_file_key->at)
        return ERR_NOT_FOUND;
    memcpy(out_file_key->at, plain.at, plain.n);
    return OK;
}

static str unescape(arena *a, str value)
{
    if (str_find(value, '\\') == value.n)
        return value;
    buf b = buf_in(a);
    for (size_t i = 0; i < value.n; i++) {
        bool is_escape = value.at[i] == '\\' && i + 1 < value.n;
        if (is_escape)
            i++;
        buf_put_char(&b, is_escape && value.at[i] == 'n' ? '\n' : value.at[i]);
    }
    return buf_str(&b);
}

/* Takes the line that must come next. */
static err take_line(arena *a, str *rest, str name, str *out_value)
{
    str value;
    str line = str_cut(*rest, '\n', rest);
    if (!str_eq(str_cut(line, ' ', &value), name))
        return ERR_INVALID;
    *out_value = unescape(a, value);
    return OK;
}

static err read_kind(str letter, signer_kind *out_kind)
{
    for (signer_kind kind = SIGNER_PERSON; kind <= SIGNER_MANDATE; kind++) {
        if (letter.n == 1 && letter.at[0] == signer_kind_letter(kind)) {
            *out_kind = kind;
            return OK;
        }
    }
    return ERR_INVALID;
}

/* The lines behind the first. `uniq` is passed over where a browser wrote them: it stands in the
 * record already. */
static err read_lines(arena *a, str text, bool is_of_browser, record *r)
{
    str seed, kind, show, mailbox, day;
    const struct {
        str name;
        str *to;
    } lines[1 + OPENING_FIELDS + OTHER_FIELDS] = {
        {S("seed"), &seed},
        {S("campaign"), &r->campaign},
        {S("text"), &r->text_hash},
        {S("lang"), &r->lang},
        {S("kind"), &kind},
        {S("name"), &r->name.private_text},
        {S("org"), &r->organisation},
        {S("mail"), &r->mail.private_text},
        {S("cc"), &r->country},
        {S("region"), &r->region},
        {S("show"), &show},
        {S("uniq"), is_of_browser ? NULL : &mailbox},
        {S("day"), &day},
        {S("function"), &r->function},
        {S("type"), &r->type},
        {S("authority"), &r->authority},
        {S("reason"), &r->reason},
        {S("website"), &r->website},
        {S("group"), &r->group},
    };
    for (size_t i = 0; i < sizeof lines / sizeof *lines; i++)
        if (lines[i].to)
            TRY(take_line(a, &text, lines[i].name, lines[i].to));
    r->is_listed = str_eq(show, S("1"));
    TRY(read_kind(kind, &r->kind));
    TRY(number_parse_hex(seed, r->seed.at, sizeof r->seed.at));
    if (!is_of_browser)
        TRY(number_parse_hex(mailbox, r->mailbox.at, sizeof r->mailbox.at));
    TRY(number_parse(day, 0, 1000000, &r->day));
    return text.n == 0 ? OK : ERR_INVALID;
}

/* No form has checked what a browser sealed: a control character could speak to the terminal of who
 * opens it. */
static bool is_plain_text(str text)
{
    while (text.n) {
        str line = str_cut(text, '\n', &text);
        if (!utf8_is_valid(line) || utf8_has_controls(line))
            return false;
    }
    return true;
}

err record_read(arena *a, str plain, const mailbox_id *mailbox, record *out_record,
                hash32 *out_commitment)
{
    str rest, claim;
    record r = {.is_listed = false};
    hash32 claimed;
    str first = str_cut(plain, '\n', &rest);
    bool is_of_browser = str_eq(first, S(BROWSER_LINE));
    if (!str_ends(plain, S("\n")) || !(is_of_browser || str_eq(first, S(FIRST_LINE))))
        return ERR_INVALID;
    if (is_of_browser) {
        if (!mailbox || !is_plain_text(plain))
            return ERR_INVALID;
        r.mailbox = *mailbox;
    } else {
        TRY(take_line(a, &rest, S("commitment"), &claim));
        TRY(number_parse_hex(claim, claimed.at, sizeof claimed.at));
    }
    TRY(read_lines(a, rest, is_of_browser, &r));
    hash32 commitment = record_commitment(a, &r);
    if (!is_of_browser && !hash_eq(&commitment, &claimed))
        return ERR_INVALID;
    *out_record = r;
    *out_commitment = commitment;
    return OK;
}

err record_open(arena *a, const age_file_key *file_key, str payload, str commitment,
                record *out_record)
{
    str plain;
    record r;
    hash32 own;
    if (age_payload_open(a, file_key, payload, &plain) != OK)
        return ERR_INVALID;
    TRY(record_read(a, plain, NULL, &r, &own));
    if (!str_eq(hash_str(&own), commitment))
        return ERR_INVALID;
    *out_record = r;
    return OK;
}

err record_add(db_tx *tx, int64_t signature, const sealed_record *sealed)
{
    TRY(q_record_insert(tx, signature, sealed->payload));
    return q_record_key_insert(tx, signature, sealed->header, sealed->server);
}

err record_erase(db_tx *tx, int64_t signature)
{
    TRY(q_record_delete_key(tx, signature));
    return q_record_delete_payload(tx, signature);
}
