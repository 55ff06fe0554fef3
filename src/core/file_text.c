/* SPDX-License-Identifier: EUPL-1.2 */
#include "core/file_text.h"

#include "base/utf8.h"
#include "core/alliance.h"

#include "sql/q_file.h"

typedef struct text_work {
    arena *a;
    str source, words;
    bool is_there;
} text_work;

static err put(db_tx *tx, arena *scratch, void *arg)
{
    const text_work *w = arg;
    int64_t used;
    TRY(q_file_text_put(tx, w->source, w->words));
    TRY(q_file_is_used(tx, w->source, &used));
    return used ? alliance_revise(tx, scratch) : OK;
}

err file_text_put(core *c, str source, str words)
{
    text_work w = {.source = source, .words = words};
    if (words.n > FILE_TEXT_BYTES_MOST || !utf8_is_valid(words))
        return ERR_INVALID;
    return db_write(c->db, put, &w);
}

static err look(db_tx *tx, arena *scratch, void *arg)
{
    (void)scratch;
    text_work *w = arg;
    int64_t n;
    TRY(q_file_text_is_there(tx, w->source, &n));
    w->is_there = n > 0;
    return OK;
}

err file_text_is_there(core *c, str source, bool *out_is_there)
{
    text_work w = {.source = source};
    TRY(db_read(c->db, look, &w));
    *out_is_there = w.is_there;
    return OK;
}

static err get(db_tx *tx, arena *scratch, void *arg)
{
    (void)scratch;
    text_work *w = arg;
    return q_file_text_get(tx, w->a, w->source, &w->words);
}

err file_text_read(core *c, arena *a, str source, str *out_words)
{
    text_work w = {.a = a, .source = source};
    TRY(db_read(c->db, get, &w));
    *out_words = w.words;
    return OK;
}
