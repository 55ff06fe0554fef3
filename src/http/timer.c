/* SPDX-License-Identifier: EUPL-1.2 */
/* Deadlines of connections. Each kind has one constant delay, so a list in order of arming is in
 * order of `due_ms`. Arming again with the same kind (every request on a busy connection) only
 * moves the true deadline; when the connection comes due in its list, it is appended anew. */

#include "http/io.h"

static void append(io *t, conn *c, timer_kind kind)
{
    conn_list *list = &t->timers[kind];
    c->timer = kind;
    c->is_linked = true;
    c->before = list->last;
    c->after = NULL;
    if (list->last)
        list->last->after = c;
    else
        list->first = c;
    list->last = c;
}

void timer_drop(io *t, conn *c)
{
    conn_list *list = &t->timers[c->timer];
    if (!c->is_linked)
        return;
    if (c->before)
        c->before->after = c->after;
    else
        list->first = c->after;
    if (c->after)
        c->after->before = c->before;
    else
        list->last = c->before;
    c->is_linked = false;
}

static int64_t delay_of(const io *t, timer_kind kind)
{
    const server_options *o = &t->s->options;
    switch (kind) {
    case TIMER_HEAD:
        return o->head_deadline_ms;
    case TIMER_BODY:
        return o->body_deadline_ms;
    case TIMER_WRITE:
        return o->write_deadline_ms;
    case TIMER_DRAIN:
        return DRAIN_MS;
    case TIMER_IDLE:
    case TIMER_NONE:
    case TIMER_KINDS:
        break;
    }
    return o->idle_ms;
}

void timer_set(io *t, conn *c, timer_kind kind, int64_t more_ms)
{
    c->deadline_ms = t->now_ms + delay_of(t, kind) + more_ms;
    if (c->is_linked && c->timer == kind)
        return;
    timer_drop(t, c);
    c->due_ms = t->now_ms + delay_of(t, kind);
    append(t, c, kind);
}

int timer_wait_ms(const io *t)
{
    int64_t nearest = t->now_ms + 60 * 1000;
    for (int kind = 0; kind < TIMER_NONE; kind++) {
        const conn *first = t->timers[kind].first;
        if (first && first->due_ms < nearest)
            nearest = first->due_ms;
    }
    if (t->is_stopping && t->stop_by_ms < nearest)
        nearest = t->stop_by_ms;
    int64_t wait = nearest - t->now_ms;
    return wait < 0 ? 0 : (int)wait + 1;
}

void timer_expire(io *t)
{
    for (int kind = 0; kind < TIMER_NONE; kind++) {
        conn_list *list = &t->timers[kind];
        while (list->first && list->first->due_ms <= t->now_ms) {
            conn *c = list->first;
            if (c->deadline_ms <= t->now_ms) {
                conn_expired(t, c);
                continue;
            }
            timer_drop(t, c);
            int64_t latest = t->now_ms + delay_of(t, (timer_kind)kind);
            c->due_ms = c->deadline_ms < latest ? c->deadline_ms : latest;
            append(t, c, (timer_kind)kind);
        }
    }
}
