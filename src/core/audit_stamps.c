/* SPDX-License-Identifier: EUPL-1.2 */
/* One stamp at a time; of each only what it says is kept. */

#include "core/audit_parts.h"

#include "base/number.h"
#include "crypto/timestamp.h"

enum { INDEX_BYTES_MOST = 1 << 18, LINE_BYTES_LEAST = 4 /* "1 1" and LF */ };

static err check_stamp(const audit_work *w, audit_stamp *s)
{
    str note, reply, why;
    checkpoint stamped;
    timestamp stamp;
    arena *a = w->scratch;
    unsigned long long size = (unsigned long long)s->size;
    arena_reset(a);
    str path = arena_printf(a, "timestamps/%llu.checkpoint", size);
    TRY(audit_file(w, a, path, NOTE_MAX_BYTES, &note));
    if (note_checkpoint_read(a, note, w->report->vkey, &stamped) != OK || stamped.size != s->size)
        return audit_find(w, ERR_DENIED, "%.*s is no checkpoint of this size by the log's key",
                          STR_FMT(path));
    s->root = stamped.root;
    timestamp_question question = {.imprint = hash_sha256(note), .policy = S("")};
    path = arena_printf(a, "timestamps/%llu.tsr", size);
    TRY(audit_file(w, a, path, TIMESTAMP_REPLY_BYTES_MOST, &reply));
    if (timestamp_check(a, reply, &question, w->plan->timestamp_cas, &stamp, &why) != OK)
        return audit_find(w, ERR_DENIED, "%.*s: %.*s", STR_FMT(path), STR_FMT(why));
    if (stamp.time_s != s->time_s)
        return audit_find(w, ERR_DENIED, "timestamps/index tells another time than %.*s",
                          STR_FMT(path));
    s->authority = arena_copy(w->kept, stamp.authority);
    return OK;
}

static bool next_line(str *index, audit_stamp *out_stamp)
{
    str seconds;
    int64_t size;
    str line = str_cut(*index, '\n', index);
    str digits = str_cut(line, ' ', &seconds);
    *out_stamp = (audit_stamp){.authority = S("")};
    if (number_parse(digits, 1, INT64_MAX, &size) != OK ||
        number_parse(seconds, 1, INT64_MAX, &out_stamp->time_s) != OK)
        return false;
    out_stamp->size = (uint64_t)size;
    return true;
}

err audit_stamps_read(const audit_work *w)
{
    audit_report *report = w->report;
    str index, path = S("timestamps/index");
    arena_reset(w->scratch);
    err e = audit_file(w, w->kept, path, INDEX_BYTES_MOST, &index);
    if (e == ERR_NOT_FOUND)
        report->finding = S("");
    if (e != OK)
        return e == ERR_NOT_FOUND ? OK : e;
    report->stamps = arena_array(w->kept, audit_stamp, index.n / LINE_BYTES_LEAST);
    uint64_t before = 0;
    while (index.n) {
        audit_stamp next;
        bool is_line = str_find(index, '\n') < index.n && next_line(&index, &next);
        if (!is_line || next.size <= before)
            return audit_find(w, ERR_DENIED, "%.*s is malformed", STR_FMT(path));
        TRY(check_stamp(w, &next));
        before = next.size;
        report->stamps[report->stamps_n++] = next;
    }
    return OK;
}
