/* SPDX-License-Identifier: EUPL-1.2 */
/* Declared forms: bodies into structs.
 *
 * Two kinds of wrong: what a browser cannot have sent from our page (unknown, repeated, badly
 * encoded) makes the body malformed; what a person can have typed becomes a fault beside its
 * field. */

#include "http/form.h"

#include "base/number.h"
#include "base/utf8.h"
#include "http/form_values.h"
#include "http/urlencode.h"

static size_t field_count(const form *f)
{
    size_t n = 0;
    while (f->fields[n].name)
        n++;
    BUG_IF(n > FORM_FIELDS_MOST);
    return n;
}

static size_t field_index(const form *f, str name)
{
    size_t n = field_count(f);
    for (size_t i = 0; i < n; i++)
        if (str_eq(str_of(f->fields[i].name), name))
            return i;
    return n;
}

static bool is_space(int32_t c)
{
    return c == ' ' || c == '\t' || c == 0xa0 || c == 0x1680 || (c >= 0x2000 && c <= 0x200a) ||
           c == 0x202f || c == 0x205f || c == 0x3000;
}

/* White space of any kind at the ends gone, inside one plain space. */
static str squeeze(arena *a, str text)
{
    buf out = buf_in(a);
    buf_reserve(&out, text.n);
    bool has_gap = false;
    str rest = text;
    while (rest.n) {
        str before = rest;
        int32_t c = utf8_next(&rest);
        if (is_space(c)) {
            has_gap = out.n > 0;
            continue;
        }
        if (has_gap)
            buf_put_char(&out, ' ');
        has_gap = false;
        buf_put(&out, str_head(before, before.n - rest.n));
    }
    return buf_str(&out);
}

/* LF line ends, plain spaces, nothing at the ends. */
static str paragraph(arena *a, str text)
{
    buf out = buf_in(a);
    buf_reserve(&out, text.n);
    for (size_t i = 0; i < text.n; i++) {
        char c = text.at[i];
        if (c == '\r' && i + 1 < text.n && text.at[i + 1] == '\n')
            continue;
        buf_put_char(&out, c == '\t' ? ' ' : c);
    }
    return str_trim(buf_str(&out));
}

static bool lines_have_controls(str text)
{
    while (text.n) {
        str rest = {0};
        if (utf8_has_controls(str_cut(text, '\n', &rest)))
            return true;
        text = rest;
    }
    return false;
}

/* "<b", "</", "<!", "<?": a tag to some reader; "I <3 Europe" is not. */
static bool has_markup(str text)
{
    for (size_t i = 0; i + 1 < text.n; i++) {
        char c = text.at[i + 1];
        bool is_letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
        if (text.at[i] == '<' && (is_letter || c == '/' || c == '!' || c == '?'))
            return true;
    }
    return false;
}

static fault_kind length_fault(const field *d, str text)
{
    int64_t n = (int64_t)utf8_length(text);
    if (n == 0)
        return d->is_required ? FAULT_MISSING : FAULT_NONE;
    if (n < d->least)
        return FAULT_TOO_SHORT;
    return n > d->most ? FAULT_TOO_LONG : FAULT_NONE;
}

static fault_kind text_fault(const field *d, str text)
{
    if (d->kind == FIELD_PARAGRAPH ? lines_have_controls(text) : utf8_has_controls(text))
        return FAULT_HAS_CONTROLS;
    bool has_angle = memchr(text.at, '<', text.n) || memchr(text.at, '>', text.n);
    if (d->kind == FIELD_NAME ? has_angle : has_markup(text))
        return FAULT_HAS_MARKUP;
    if (d->kind != FIELD_PARAGRAPH && text.n && strchr("=+-@", text.at[0]))
        return FAULT_LOOKS_LIKE_FORMULA;
    if (d->kind == FIELD_NAME && str_find_str(text, S("://")) < text.n)
        return FAULT_HAS_LINK;
    return length_fault(d, text);
}

static bool is_host_label(str label)
{
    if (label.n == 0 || label.n > 63 || label.at[0] == '-' || label.at[label.n - 1] == '-')
        return false;
    for (size_t i = 0; i < label.n; i++) {
        unsigned char c = (unsigned char)label.at[i];
        bool is_alnum = (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z');
        if (!is_alnum && c != '-' && c < 0x80)
            return false;
    }
    return true;
}

static bool is_mail_host(str host)
{
    size_t labels = 0;
    str last = host;
    if (host.n == 0 || host.at[host.n - 1] == '.')
        return false;
    while (host.n) {
        str rest = {0};
        last = str_cut(host, '.', &rest);
        if (!is_host_label(last))
            return false;
        labels++;
        host = rest;
    }
    bool is_number = true;
    for (size_t i = 0; i < last.n; i++)
        is_number &= last.at[i] >= '0' && last.at[i] <= '9';
    return labels >= 2 && !is_number;
}

/* A dot-atom of RFC 5322, with any non-ASCII letter of RFC 6531. */
static bool is_mail_local(str local)
{
    if (local.n == 0 || local.n > 64 || strchr("=+-.", local.at[0]) || local.at[local.n - 1] == '.')
        return false;
    for (size_t i = 0; i < local.n; i++) {
        unsigned char c = (unsigned char)local.at[i];
        if (c <= 0x20 || c == 0x7f || strchr("\"(),:;<>@[\\]", c))
            return false;
        if (c == '.' && local.at[i + 1] == '.')
            return false;
    }
    return true;
}

static fault_kind email_fault(const field *d, str text)
{
    if (text.n == 0)
        return d->is_required ? FAULT_MISSING : FAULT_NONE;
    if (utf8_has_controls(text))
        return FAULT_HAS_CONTROLS;
    if (text.n > 254)
        return FAULT_TOO_LONG;
    size_t at = str_find(text, '@');
    if (at == text.n || !is_mail_local(str_head(text, at)) ||
        !is_mail_host(str_skip(text, at + 1)) || memchr(text.at, ' ', text.n))
        return FAULT_NOT_EMAIL;
    return length_fault(d, text);
}

static fault_kind choice_fault(const field *d, str value)
{
    if (value.n == 0)
        return d->is_required ? FAULT_MISSING : FAULT_NONE;
    for (const char *const *choice = d->choices; *choice; choice++)
        if (str_eq(str_of(*choice), value))
            return FAULT_NONE;
    return FAULT_NOT_A_CHOICE;
}

static fault_kind int_fault(const field *d, str value, int64_t *out_number)
{
    value = str_trim(value);
    if (value.n == 0)
        return d->is_required ? FAULT_MISSING : FAULT_NONE;
    return number_parse(value, d->least, d->most, out_number) == OK ? FAULT_NONE
                                                                    : FAULT_NOT_A_NUMBER;
}

/* One value into its place. *out_fault only when a person can have typed it. */
static err take_value(arena *a, const field *d, str value, void *place, fault_kind *out_fault)
{
    str text = {"", 0};
    int64_t number = 0;
    bool is_checked = false;
    fault_kind fault = FAULT_NONE;
    switch (d->kind) {
    case FIELD_TEXT:
    case FIELD_NAME:
        text = squeeze(a, value);
        fault = text_fault(d, text);
        break;
    case FIELD_PARAGRAPH:
        text = paragraph(a, value);
        fault = text_fault(d, text);
        break;
    case FIELD_EMAIL:
        text = squeeze(a, value);
        fault = email_fault(d, text);
        break;
    case FIELD_CHOICE:
        text = value;
        fault = choice_fault(d, value);
        break;
    case FIELD_CHECK:
        is_checked = str_eq(value, S("1"));
        if (!is_checked && value.n)
            return ERR_INVALID;
        fault = d->is_required && !is_checked ? FAULT_MISSING : FAULT_NONE;
        break;
    case FIELD_INT:
        fault = int_fault(d, value, &number);
        break;
    }
    if (d->kind == FIELD_CHECK)
        memcpy(place, &is_checked, sizeof is_checked);
    else if (d->kind == FIELD_INT)
        memcpy(place, &number, sizeof number);
    else
        memcpy(place, &text, sizeof text);
    *out_fault = fault;
    return OK;
}

static size_t place_bytes(field_kind kind)
{
    if (kind == FIELD_CHECK)
        return sizeof(bool);
    return kind == FIELD_INT ? sizeof(int64_t) : sizeof(str);
}

/* Finds each pair its field. */
static err sort_pairs(const form *f, url_pairs pairs, str *values, bool *is_given, str *out_token,
                      bool takes_token)
{
    bool has_token = false;
    size_t n = field_count(f);
    for (size_t i = 0; i < pairs.n; i++) {
        if (takes_token && str_eq(pairs.at[i].name, S("token"))) {
            if (has_token)
                return ERR_INVALID;
            has_token = true;
            *out_token = pairs.at[i].value;
            continue;
        }
        size_t k = field_index(f, pairs.at[i].name);
        if (k == n || is_given[k])
            return ERR_INVALID;
        is_given[k] = true;
        values[k] = pairs.at[i].value;
    }
    return OK;
}

err form_take_values(arena *a, const form *f, const str *values, void *out_values,
                     form_faults *out_faults)
{
    size_t n = field_count(f);
    form_faults faults = {0};
    memset(out_values, 0, f->size_bytes);
    *out_faults = faults;
    for (size_t i = 0; i < n; i++) {
        const field *d = &f->fields[i];
        BUG_IF(d->offset + place_bytes(d->kind) > f->size_bytes);
        str value = values[i].at ? values[i] : (str){"", 0};
        TRY(take_value(a, d, value, (char *)out_values + d->offset, &faults.at[i]));
        faults.n += faults.at[i] != FAULT_NONE;
    }
    *out_faults = faults;
    return faults.n ? ERR_INVALID : OK;
}

static err read_form(arena *a, const form *f, str body, void *out_values, form_faults *out_faults,
                     str *out_token)
{
    memset(out_values, 0, f->size_bytes);
    *out_faults = (form_faults){0};
    url_pairs pairs = {0};
    TRY(urlencode_read_pairs(a, body, FORM_FIELDS_MOST + 1, &pairs));
    str values[FORM_FIELDS_MOST] = {0};
    bool is_given[FORM_FIELDS_MOST] = {0};
    str token = {"", 0};
    TRY(sort_pairs(f, pairs, values, is_given, &token, out_token != NULL));
    err e = form_take_values(a, f, values, out_values, out_faults);
    if (out_token && (e == OK || out_faults->n))
        *out_token = token;
    return e;
}

err form_read(arena *a, const form *f, str body, void *out_values, form_faults *out_faults)
{
    return read_form(a, f, body, out_values, out_faults, NULL);
}

err form_read_signed(arena *a, const form *f, str body, void *out_values, form_faults *out_faults,
                     str *out_token)
{
    *out_token = (str){"", 0};
    return read_form(a, f, body, out_values, out_faults, out_token);
}

fault_kind form_fault(const form *f, const form_faults *faults, str name)
{
    size_t i = field_index(f, name);
    BUG_IF(!f->fields[i].name);
    return faults->at[i];
}

void form_fault_set(const form *f, form_faults *faults, str name, fault_kind kind)
{
    size_t i = field_index(f, name);
    BUG_IF(!f->fields[i].name);
    faults->n -= faults->at[i] != FAULT_NONE;
    faults->n += kind != FAULT_NONE;
    faults->at[i] = kind;
}
