/* SPDX-License-Identifier: EUPL-1.2 */
/* A setting for each log: "refused|asked SINCE TEXT", empty when all is well. */

#include "base/number.h"
#include "core/log.h"

#include "sql/q_alliance.h"

typedef struct trouble_access {
    arena *a;
    str slug;
    log_trouble trouble;
} trouble_access;

static str setting_name(arena *a, str slug)
{
    return arena_printf(a, "log-trouble/%.*s", STR_FMT(slug));
}

static err read_trouble(db_tx *tx, arena *scratch, void *arg)
{
    trouble_access *r = arg;
    str value, rest;
    r->trouble = (log_trouble){.text = S("")};
    err e = q_setting_get(tx, r->a, setting_name(scratch, r->slug), &value);
    if (e == ERR_NOT_FOUND || (e == OK && value.n == 0))
        return OK;
    TRY(e);
    r->trouble.is_refused = str_eq(str_cut(value, ' ', &rest), S("refused"));
    str since = str_cut(rest, ' ', &r->trouble.text);
    return number_parse(since, 0, INT64_MAX, &r->trouble.since_ms) == OK ? OK : ERR_IO;
}

err log_trouble_get(core *c, arena *a, str slug, log_trouble *out_trouble)
{
    trouble_access r = {.a = a, .slug = slug};
    TRY(db_read(c->db, read_trouble, &r));
    *out_trouble = r.trouble;
    return OK;
}

static err write_trouble(db_tx *tx, arena *scratch, void *arg)
{
    const trouble_access *w = arg;
    const log_trouble *t = &w->trouble;
    trouble_access before = {.a = scratch, .slug = w->slug};
    TRY(read_trouble(tx, scratch, &before));
    if (str_eq(before.trouble.text, t->text) && before.trouble.is_refused == t->is_refused)
        return OK;
    str value = t->text.n == 0
                    ? S("")
                    : arena_printf(scratch, "%s %lld %.*s", t->is_refused ? "refused" : "asked",
                                   (long long)t->since_ms, STR_FMT(t->text));
    return q_setting_put(tx, setting_name(scratch, w->slug), value);
}

err log_trouble_set(core *c, str slug, const log_trouble *t)
{
    trouble_access w = {.slug = slug, .trouble = *t};
    return db_write(c->db, write_trouble, &w);
}
