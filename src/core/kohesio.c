/* SPDX-License-Identifier: EUPL-1.2 */
/* CSV as RFC 4180 has it, with a comma or a semicolon between fields, a byte order mark or none. */

#include "core/kohesio.h"

#include "base/number.h"

enum { COLUMNS_MOST = 80, RECORDS_READ = 3, FACTS_MOST = 8 };

typedef struct row {
    str at[COLUMNS_MOST];
    size_t n;
} row;

/* One field in quotes, which may hold line breaks and doubled quotes; rest starts behind the first.
 * False: it does not end. */
static bool take_quoted(arena *a, str *rest, str *out)
{
    buf b = buf_in(a);
    for (size_t i = 0; i < rest->n; i++) {
        if (rest->at[i] != '"') {
            buf_put_char(&b, rest->at[i]);
            continue;
        }
        if (i + 1 < rest->n && rest->at[i + 1] == '"') {
            buf_put_char(&b, '"');
            i++;
            continue;
        }
        *rest = str_skip(*rest, i + 1);
        *out = buf_str(&b);
        return true;
    }
    return false;
}

static str take_plain(str *rest, char separator)
{
    size_t n = 0;
    while (n < rest->n && rest->at[n] != separator && rest->at[n] != '\n')
        n++;
    str field = str_head(*rest, n);
    *rest = str_skip(*rest, n);
    return field;
}

static bool take_row(arena *a, str *rest, char separator, row *out)
{
    out->n = 0;
    for (;;) {
        str field = {"", 0};
        bool is_quoted = rest->n && rest->at[0] == '"';
        if (is_quoted)
            *rest = str_skip(*rest, 1);
        if (out->n == COLUMNS_MOST || (is_quoted && !take_quoted(a, rest, &field)))
            return false;
        if (!is_quoted)
            field = take_plain(rest, separator);
        out->at[out->n++] = str_trim(field);
        if (rest->n && rest->at[0] == '\r')
            *rest = str_skip(*rest, 1);
        if (rest->n == 0)
            return true;
        char next = rest->at[0];
        *rest = str_skip(*rest, 1);
        if (next == '\n')
            return true;
        if (next != separator)
            return false;
    }
}

/* A fact stands in one line. */
static str one_line(arena *a, str value)
{
    buf b = buf_in(a);
    for (size_t i = 0; i < value.n; i++) {
        unsigned char c = (unsigned char)value.at[i];
        buf_put_char(&b, c < ' ' || c == 0x7f ? ' ' : value.at[i]);
    }
    return str_trim(buf_str(&b));
}

typedef struct record {
    arena *a;
    const row *heads, *values;
    fact *facts;
    size_t n;
    const char *message;
} record;

static str column(const record *r, str name)
{
    for (size_t i = 0; i < r->heads->n && i < r->values->n; i++)
        if (str_eq_nocase(r->heads->at[i], name))
            return one_line(r->a, r->values->at[i]);
    return S("");
}

static void add(record *r, str key, str value)
{
    if (value.n)
        r->facts[r->n++] = (fact){key, value};
}

/* "https://linkedopendata.eu/entity/Q7361953" */
static str identifier(str url)
{
    size_t q = url.n;
    while (q > 0 && url.at[q - 1] >= '0' && url.at[q - 1] <= '9')
        q--;
    bool is_good = q > 0 && q < url.n && url.at[q - 1] == 'Q' && url.n - q <= 12;
    return is_good ? str_skip(url, q - 1) : S("");
}

/* "04/09/2023" or "2023-09-04", the time of day dropped. Empty: none or none that exists. */
static str date(arena *a, str written)
{
    int64_t year, month, day;
    bool is_slashed = written.n >= 10 && written.at[2] == '/';
    str y = is_slashed ? str_skip(written, 6) : written;
    str m = is_slashed ? str_skip(written, 3) : str_skip(written, 5);
    str d = is_slashed ? written : str_skip(written, 8);
    if (written.n < 10 || number_parse(str_head(y, 4), 1900, 2200, &year) != OK ||
        number_parse(str_head(m, 2), 1, 12, &month) != OK ||
        number_parse(str_head(d, 2), 1, 31, &day) != OK)
        return S("");
    return arena_printf(a, "%04d-%02d-%02d", (int)year, (int)month, (int)day);
}

/* "134991.36" in whole euros. */
static str euros(arena *a, str written)
{
    str part;
    int64_t whole, tenths = 0;
    if (number_parse(str_cut(written, '.', &part), 0, 1000000000000, &whole) != OK)
        return S("");
    if (part.n && number_parse(str_head(part, 1), 0, 9, &tenths) != OK)
        return S("");
    return arena_printf(a, "%lld", (long long)(whole + (tenths >= 5)));
}

static void read_record(record *r)
{
    str id = identifier(column(r, S("Operation_Unique_Identifier")));
    str start = date(r->a, column(r, S("Operation_Start_Date")));
    str end = date(r->a, column(r, S("Operation_End_Date")));
    str currency = column(r, S("Total_Eligible_Expenditure_Currency"));
    bool is_euro = currency.n == 0 || str_eq(currency, S("EUR"));
    if (id.n == 0)
        r->message = "has no Operation_Unique_Identifier that ends in Q and digits";
    else if (start.n && end.n && str_cmp(start, end) > 0)
        r->message = "starts after its end";
    add(r, S("kohesio"), id);
    add(r, S("start"), start);
    add(r, S("end"), end);
    if (is_euro)
        add(r, S("total"), euros(r->a, column(r, S("Total_Eligible_Expenditure_amount"))));
    add(r, S("eu"), euros(r->a, column(r, S("Project_EU_Budget"))));
    add(r, S("programme"), column(r, S("Programme_Name")));
    add(r, S("beneficiary"), column(r, S("Beneficiary_Name")));
    add(r, S("fund"), column(r, S("Fund_Code")));
}

err kohesio_read(arena *a, str csv, fact_list *out_facts, const char **out_message)
{
    row *rows = arena_array(a, row, RECORDS_READ);
    size_t n = 0;
    record r = {.a = a, .facts = arena_array(a, fact, FACTS_MOST)};
    str rest = str_starts(csv, S("\xef\xbb\xbf")) ? str_skip(csv, 3) : csv;
    str first = str_head(rest, str_find(rest, '\n'));
    char separator = str_find(first, ';') < first.n ? ';' : ',';
    *out_facts = (fact_list){NULL, 0};
    while (rest.n && n < RECORDS_READ && !r.message) {
        if (!take_row(a, &rest, separator, &rows[n]))
            r.message = "is no CSV with a comma or semicolon between its fields";
        else
            n += rows[n].n > 1; /* an empty line at the end */
    }
    if (!r.message && n != 2)
        r.message = "must hold one line of column names and one record";
    if (!r.message) {
        r.heads = &rows[0];
        r.values = &rows[1];
        read_record(&r);
    }
    *out_message = r.message;
    if (r.message)
        return ERR_INVALID;
    *out_facts = (fact_list){r.facts, r.n};
    return OK;
}
