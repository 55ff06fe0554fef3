/* SPDX-License-Identifier: EUPL-1.2 */
/* jansson parses; this file bounds what it may bring. */

#include "http/members.h"

#include "base/random.h"
#include "http/form_values.h"

#include <jansson.h>
#include <pthread.h>

static pthread_once_t once = PTHREAD_ONCE_INIT;

/* Or jansson would look for randomness by itself, in a file that a confined process has not. */
static void seed_tables(void)
{
    size_t seed = 0;
    while (seed == 0)
        random_fill(&seed, sizeof seed);
    json_object_seed(seed);
}

static err take(arena *a, const char *name, json_t *value, member *out, str *out_why)
{
    member m = {.name = arena_copy(a, str_of(name))};
    switch (json_typeof(value)) {
    case JSON_STRING:
        m.kind = MEMBER_TEXT;
        m.text = arena_copy(a, (str){json_string_value(value), json_string_length(value)});
        break;
    case JSON_INTEGER:
        m.kind = MEMBER_NUMBER;
        m.text = arena_printf(a, "%lld", (long long)json_integer_value(value));
        break;
    case JSON_TRUE:
        m.kind = MEMBER_YES;
        break;
    case JSON_FALSE:
        m.kind = MEMBER_NO;
        break;
    case JSON_NULL:
        m.kind = MEMBER_NULL;
        break;
    case JSON_OBJECT:
    case JSON_ARRAY:
    case JSON_REAL:
        *out_why = S("Every value must be a text, a whole number, true, false or null.");
        return ERR_INVALID;
    }
    *out = m;
    return OK;
}

static err read_object(arena *a, json_t *root, members *out, str *out_why)
{
    const char *name;
    json_t *value;
    if (!json_is_object(root) || json_object_size(root) > MEMBERS_MOST) {
        *out_why = S("The body must be one object of few members.");
        return ERR_INVALID;
    }
    *out = (members){arena_array(a, member, json_object_size(root)), 0};
    json_object_foreach(root, name, value)
    {
        TRY(take(a, name, value, &out->at[out->n], out_why));
        out->n++;
    }
    return OK;
}

err members_read(arena *a, str body, members *out_members, str *out_why)
{
    json_error_t error;
    BUG_IF(pthread_once(&once, seed_tables) != 0);
    json_t *root = json_loadb(body.n ? body.at : "", body.n, JSON_REJECT_DUPLICATES, &error);
    if (!root) {
        *out_why =
            arena_printf(a, "The body is not JSON: line %d, column %d.", error.line, error.column);
        return ERR_INVALID;
    }
    err e = read_object(a, root, out_members, out_why);
    json_decref(root);
    return e;
}

static const member *find(const members *m, str name)
{
    for (size_t i = 0; i < m->n; i++)
        if (str_eq(m->at[i].name, name))
            return &m->at[i];
    return NULL;
}

str members_text(const members *m, str name)
{
    const member *one = find(m, name);
    return one && one->kind == MEMBER_TEXT ? one->text : (str){"", 0};
}

static bool is_fitting(const field *f, const member *m)
{
    if (m->kind == MEMBER_NULL)
        return true;
    if (f->kind == FIELD_CHECK)
        return m->kind == MEMBER_YES || m->kind == MEMBER_NO;
    return m->kind == (f->kind == FIELD_INT ? MEMBER_NUMBER : MEMBER_TEXT);
}

static bool is_among(const str *names, str name)
{
    for (; names && names->n; names++)
        if (str_eq(*names, name))
            return true;
    return false;
}

err form_read_members(arena *a, const form *f, const members *m, const str *others,
                      void *out_values, form_faults *out_faults, str *out_name)
{
    str values[FORM_FIELDS_MOST] = {{0}};
    for (size_t i = 0; i < m->n; i++) {
        const member *one = &m->at[i];
        size_t k = 0;
        *out_name = one->name;
        if (is_among(others, one->name))
            continue;
        while (f->fields[k].name && !str_eq(str_of(f->fields[k].name), one->name))
            k++;
        if (!f->fields[k].name)
            return ERR_NOT_FOUND;
        if (!is_fitting(&f->fields[k], one))
            return ERR_CONFLICT;
        values[k] = one->kind == MEMBER_YES ? S("1") : one->text;
    }
    *out_name = (str){"", 0};
    return form_take_values(a, f, values, out_values, out_faults);
}
