/* SPDX-License-Identifier: EUPL-1.2 */
/* Two forms of one thing. Whole: the seed and each value; salts follow from the seed. Reduced: for
 * each field either `show FIELD SALT VALUE` or `hide FIELD HASH`; the seed is gone, because it
 * would give the salts of what is kept back, and with them everything that can be guessed. */

#include "core/opening.h"

#include "base/number.h"

const char *const opening_field_names[OPENING_FIELDS] = {
    "campaign", "text", "lang",   "kind", "name", "org",
    "mail",     "cc",   "region", "show", "uniq", "day",
};

enum { FIELD_KIND = 3, FIELD_CC = 7 };

static hash32 field_hash(size_t field, const hash32 *salt, str value)
{
    const str parts[] = {S("sig1/field\n"), hash_str(salt), str_of(opening_field_names[field]),
                         S("\n"), value};
    return hash_sha256_parts(parts, sizeof parts / sizeof *parts);
}

static hash32 commitment_of(const opening *o)
{
    str parts[1 + OPENING_FIELDS] = {S("sig1/commit\n")};
    for (size_t i = 0; i < OPENING_FIELDS; i++)
        parts[1 + i] = hash_str(&o->fields[i].hash);
    return hash_sha256_parts(parts, 1 + OPENING_FIELDS);
}

static bool is_one_line(str value)
{
    return str_find(value, '\n') == value.n && str_find(value, '\0') == value.n;
}

static hash32 salt_of(const key32 *seed, size_t field)
{
    const str label[] = {S("sig1/salt/"), str_of(opening_field_names[field])};
    return mac_sha256_parts(seed, label, 2);
}

hash32 opening_commitment(const key32 *seed, const str values[static OPENING_FIELDS])
{
    opening o;
    for (size_t i = 0; i < OPENING_FIELDS; i++) {
        hash32 salt = salt_of(seed, i);
        o.fields[i].hash = field_hash(i, &salt, values[i]);
    }
    return commitment_of(&o);
}

err opening_make(arena *a, const key32 *seed, const str values[static OPENING_FIELDS],
                 str *out_text)
{
    buf b = buf_in(a);
    buf_put(&b, S("sig1 opening\nseed "));
    buf_put_hex(&b, seed->at, sizeof seed->at);
    buf_put_char(&b, '\n');
    for (size_t i = 0; i < OPENING_FIELDS; i++) {
        if (!is_one_line(values[i]))
            return ERR_INVALID;
        buf_printf(&b, "%s %.*s\n", opening_field_names[i], STR_FMT(values[i]));
    }
    *out_text = buf_str(&b);
    return OK;
}

/* Takes the line that must come next: its first word, and what follows one space. */
static err take(str *text, const char *word, str *out_rest)
{
    size_t end = str_find(*text, '\n');
    str line = str_head(*text, end);
    if (end == text->n || !is_one_line(line) || str_find(line, ' ') == line.n ||
        !str_eq(str_cut(line, ' ', out_rest), str_of(word)))
        return ERR_INVALID;
    *text = str_skip(*text, end + 1);
    return OK;
}

static err read_whole(str text, str seed_text, opening *o)
{
    key32 seed;
    TRY(number_parse_hex(seed_text, seed.at, sizeof seed.at));
    for (size_t i = 0; i < OPENING_FIELDS; i++) {
        opened_field *f = &o->fields[i];
        TRY(take(&text, opening_field_names[i], &f->value));
        f->is_shown = true;
        f->salt = salt_of(&seed, i);
        f->hash = field_hash(i, &f->salt, f->value);
    }
    return text.n == 0 ? OK : ERR_INVALID;
}

static err read_reduced(str text, opening *o)
{
    for (size_t i = 0; i < OPENING_FIELDS; i++) {
        opened_field *f = &o->fields[i];
        str rest, word;
        f->is_shown = str_starts(text, S("show "));
        TRY(take(&text, f->is_shown ? "show" : "hide", &rest));
        if (!str_eq(str_cut(rest, ' ', &word), str_of(opening_field_names[i])))
            return ERR_INVALID;
        if (!f->is_shown) {
            TRY(number_parse_hex(word, f->hash.at, sizeof f->hash.at));
            continue;
        }
        if (str_find(word, ' ') == word.n)
            return ERR_INVALID;
        TRY(number_parse_hex(str_cut(word, ' ', &f->value), f->salt.at, sizeof f->salt.at));
        f->hash = field_hash(i, &f->salt, f->value);
    }
    return text.n == 0 ? OK : ERR_INVALID;
}

err opening_read(arena *a, str text, opening *out_opening)
{
    opening *o = arena_new(a, opening);
    str rest, seed;
    if (text.n > OPENING_BYTES_MOST)
        return ERR_INVALID;
    TRY(take(&text, "sig1", &rest));
    if (!str_eq(rest, S("opening")))
        return ERR_INVALID;
    if (take(&text, "seed", &seed) == OK)
        TRY(read_whole(text, seed, o));
    else
        TRY(read_reduced(text, o));
    o->commitment = commitment_of(o);
    *out_opening = *o;
    return OK;
}

str opening_reduced(arena *a, const opening *o, const bool keep[static OPENING_FIELDS])
{
    buf b = buf_in(a);
    buf_put(&b, S("sig1 opening\n"));
    for (size_t i = 0; i < OPENING_FIELDS; i++) {
        const opened_field *f = &o->fields[i];
        bool is_shown = keep[i] && f->is_shown;
        buf_printf(&b, "%s %s ", is_shown ? "show" : "hide", opening_field_names[i]);
        buf_put_hex(&b, is_shown ? f->salt.at : f->hash.at, sizeof f->hash.at);
        if (is_shown) {
            buf_put_char(&b, ' ');
            buf_put(&b, f->value);
        }
        buf_put_char(&b, '\n');
    }
    return buf_str(&b);
}

void opening_set(opening *o, size_t field, str value)
{
    opened_field *f = &o->fields[field];
    BUG_IF(!f->is_shown);
    f->value = value;
    f->hash = field_hash(field, &f->salt, value);
    o->commitment = commitment_of(o);
}

int opening_field(str name)
{
    for (int i = 0; i < OPENING_FIELDS; i++)
        if (str_eq(name, str_of(opening_field_names[i])))
            return i;
    return -1;
}

bool opening_fits(const opening *o, arena *a, str leaf)
{
    const opened_field *kind = &o->fields[FIELD_KIND], *country = &o->fields[FIELD_CC];
    str rest, word;
    str line = leaf.n && leaf.at[leaf.n - 1] == '\n' ? str_head(leaf, leaf.n - 1) : S("");
    if (!str_starts(line, S("sig1 add ")))
        return false;
    word = str_cut(str_skip(line, 9), ' ', &rest);
    if (kind->is_shown && !str_eq(word, kind->value))
        return false;
    word = str_cut(rest, ' ', &rest);
    if (country->is_shown && !str_eq(word, country->value))
        return false;
    return str_eq(rest, hex_make(a, hash_str(&o->commitment)));
}
