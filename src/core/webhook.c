/* SPDX-License-Identifier: EUPL-1.2 */
/* Who is told, and what. A message is a row for each receiver, so that one who is away delays
 * nobody else. */

#include "core/webhook.h"

#include "base/clock.h"

#include "sql/q_api.h"
#include "sql/q_webhook.h"

enum { EVENTS_MOST = 8, URL_BYTES_MOST = 2048 };

static const str known[] = {STR_INIT("count.reached"), STR_INIT("partner.signed")};

static bool is_known(str event)
{
    for (size_t i = 0; i < sizeof known / sizeof *known; i++)
        if (str_eq(event, known[i]))
            return true;
    return false;
}

/* One spelling: parted by single spaces. */
static err read_events(arena *a, str text, str *out_events)
{
    buf b = buf_in(a);
    while (text.n) {
        size_t end = 0;
        while (end < text.n && text.at[end] != ' ' && text.at[end] != ',')
            end++;
        str event = str_head(text, end);
        text = str_skip(text, end + 1);
        if (event.n == 0)
            continue;
        if (!is_known(event))
            return ERR_INVALID;
        if (b.n)
            buf_put_char(&b, ' ');
        buf_put(&b, event);
    }
    *out_events = buf_str(&b);
    return b.n ? OK : ERR_INVALID;
}

static bool is_url(str url)
{
    bool is_web = str_starts(url, S("https://")) || str_starts(url, S("http://"));
    if (!is_web || url.n > URL_BYTES_MOST)
        return false;
    for (size_t i = 0; i < url.n; i++)
        if (url.at[i] <= 0x20 || url.at[i] >= 0x7F || strchr("#@\\\"<>^`{|}", url.at[i]))
            return false;
    return true;
}

typedef struct keeping {
    arena *a;
    str url, events;
    int64_t id, now_ms;
    webhooks list;
} keeping;

static err write_webhook(db_tx *tx, arena *scratch, void *arg)
{
    keeping *k = arg;
    (void)scratch;
    return q_webhook_insert(tx, k->url, k->events, k->now_ms, &k->id);
}

err webhook_add(core *c, arena *a, str url, str events, int64_t now_ms, int64_t *out_id)
{
    keeping k = {.url = url, .now_ms = now_ms};
    TRY(read_events(a, events, &k.events));
    if (!is_url(url))
        return ERR_INVALID;
    TRY(db_write(c->db, write_webhook, &k));
    *out_id = k.id;
    return OK;
}

static err read_all(db_tx *tx, arena *a, webhooks *out)
{
    q_webhook_list_rows rows;
    TRY(q_webhook_list(tx, a, &rows));
    webhook *all = arena_array(a, webhook, rows.n);
    for (size_t i = 0; i < rows.n; i++) {
        const q_webhook_list_row *row = &rows.at[i];
        all[i] = (webhook){.id = row->id,
                           .url = row->url,
                           .events = row->events,
                           .created_ms = row->created,
                           .failing_ms = row->failing.is_set ? row->failing.value : 0,
                           .is_off = row->is_off,
                           .waiting = row->waiting};
    }
    *out = (webhooks){all, rows.n};
    return OK;
}

static err read_list(db_tx *tx, arena *scratch, void *arg)
{
    keeping *k = arg;
    (void)scratch;
    return read_all(tx, k->a, &k->list);
}

err webhook_list(core *c, arena *a, webhooks *out_webhooks)
{
    keeping k = {.a = a};
    TRY(db_read(c->db, read_list, &k));
    *out_webhooks = k.list;
    return OK;
}

static err write_removed(db_tx *tx, arena *scratch, void *arg)
{
    const keeping *k = arg;
    int64_t n;
    (void)scratch;
    TRY(q_webhook_job_delete_of(tx, k->id));
    TRY(q_webhook_delete(tx, k->id, &n));
    return n ? OK : ERR_NOT_FOUND;
}

err webhook_remove(core *c, int64_t id)
{
    keeping k = {.id = id};
    return db_write(c->db, write_removed, &k);
}

static err write_on(db_tx *tx, arena *scratch, void *arg)
{
    const keeping *k = arg;
    int64_t n;
    (void)scratch;
    TRY(q_webhook_on(tx, k->id, &n));
    return n ? OK : ERR_NOT_FOUND;
}

err webhook_on(core *c, int64_t id)
{
    keeping k = {.id = id};
    return db_write(c->db, write_on, &k);
}

/* {"type": … "data": and the data behind it, to be closed by two braces. */
static buf begin_message(arena *a, str type, int64_t now_ms)
{
    char time[32];
    buf b = buf_in(a);
    clock_iso8601(now_ms, time);
    buf_printf(&b, "{\"type\":\"%.*s\",\"timestamp\":\"%s\",\"data\":{", STR_FMT(type), time);
    return b;
}

static err write_ping(db_tx *tx, arena *scratch, void *arg)
{
    const keeping *k = arg;
    q_webhook_get_row row;
    TRY(q_webhook_get(tx, scratch, k->id, &row));
    buf b = begin_message(scratch, S("ping"), k->now_ms);
    buf_put(&b, S("}}"));
    return q_webhook_job_insert(tx, k->id, buf_str(&b), k->now_ms);
}

err webhook_ping(core *c, int64_t id, int64_t now_ms)
{
    keeping k = {.id = id, .now_ms = now_ms};
    return db_write(c->db, write_ping, &k);
}

/* --- What happened --- */

static err tell(db_tx *tx, const webhooks *all, str event, str body, int64_t now_ms)
{
    for (size_t i = 0; i < all->n; i++) {
        str rest = all->at[i].events;
        bool is_wanted = false;
        while (rest.n)
            is_wanted |= str_eq(str_cut(rest, ' ', &rest), event);
        if (is_wanted && !all->at[i].is_off)
            TRY(q_webhook_job_insert(tx, all->at[i].id, body, now_ms));
    }
    return OK;
}

/* The highest step that lies above before and not above now; 0: none. */
static int64_t step_reached(int64_t goal, int64_t before, int64_t now)
{
    const declaration ladder = {.goal = goal};
    int64_t reached = 0;
    for (int64_t step = declaration_next_goal(&ladder, before); step <= now;
         step = declaration_next_goal(&ladder, step))
        reached = step;
    return reached;
}

static err note_count(db_tx *tx, arena *scratch, const webhooks *all,
                      const q_webhook_subject_row *subject, int64_t before, const published *p)
{
    int64_t count = log_counts_total(&p->counts);
    int64_t step = step_reached(subject->goal, before, count);
    if (step == 0)
        return OK;
    buf b = begin_message(scratch, known[0], p->at_ms);
    buf_printf(&b, "\"declaration\":\"%.*s\",\"step\":%lld,\"count\":%lld,\"size\":%lld}}",
               STR_FMT(subject->slug), (long long)step, (long long)count, (long long)p->size);
    return tell(tx, all, known[0], buf_str(&b), p->at_ms);
}

static err note_partner(db_tx *tx, arena *scratch, const webhooks *all,
                        const q_webhook_subject_row *subject, int64_t declaration_id, int64_t key,
                        int64_t n, const published *p)
{
    q_api_key_name_row row;
    int64_t total;
    TRY(q_api_tally_add(tx, key, declaration_id, n, &total));
    TRY(q_api_key_name(tx, scratch, key, &row));
    buf b = begin_message(scratch, known[1], p->at_ms);
    buf_printf(&b, "\"declaration\":\"%.*s\",\"partner\":", STR_FMT(subject->slug));
    buf_put_json(&b, row.partner.n ? row.partner : row.name);
    buf_printf(&b, ",\"signatures\":%lld,\"total\":%lld,\"size\":%lld}}", (long long)n,
               (long long)total, (long long)p->size);
    return tell(tx, all, known[1], buf_str(&b), p->at_ms);
}

err webhook_note(db_tx *tx, arena *scratch, int64_t declaration_id, int64_t before,
                 const published *p)
{
    webhooks all;
    q_webhook_subject_row subject;
    q_api_signature_counted_rows counted;
    TRY(read_all(tx, scratch, &all));
    TRY(q_webhook_subject(tx, scratch, declaration_id, &subject));
    if (all.n)
        TRY(note_count(tx, scratch, &all, &subject, before, p));
    TRY(q_api_signature_counted(tx, scratch, declaration_id, p->size, &counted));
    for (size_t i = 0, n; i < counted.n; i += n) {
        for (n = 0; i + n < counted.n && counted.at[i + n].api_key == counted.at[i].api_key; n++)
            TRY(q_api_signature_delete(tx, counted.at[i + n].signature));
        TRY(note_partner(tx, scratch, &all, &subject, declaration_id, counted.at[i].api_key,
                         (int64_t)n, p));
    }
    return OK;
}
