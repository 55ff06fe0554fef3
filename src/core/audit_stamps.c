/* SPDX-License-Identifier: EUPL-1.2 */
/* One stamp at a time; of each only what it says is kept. */

#include "core/audit_stamps.h"

#include "base/number.h"
#include "crypto/timestamp.h"

enum { INDEX_BYTES_MOST = 1 << 18, LINE_BYTES_LEAST = 4 /* "1 1" and LF */ };

typedef struct reading {
    arena *kept;
    arena *scratch;
    const audit_plan *plan;
    audit_report *report;
} reading;

__attribute__((format(printf, 3, 4))) static err find_fault(reading *r, err e, const char *format,
                                                            ...)
{
    va_list args;
    va_start(args, format);
    r->report->finding = arena_vprintf(r->kept, format, args);
    va_end(args);
    return e;
}

static err read_file(reading *r, arena *a, str path, size_t most_bytes, str *out_bytes)
{
    err e = r->plan->read(r->plan->from, a, path, most_bytes, out_bytes);
    if (e == ERR_LIMIT)
        return find_fault(r, ERR_DENIED, "%.*s is longer than it can be", STR_FMT(path));
    if (e == ERR_NOT_FOUND)
        return find_fault(r, e, "%.*s is missing", STR_FMT(path));
    TRY(e);
    r->report->files++;
    r->report->bytes += out_bytes->n;
    return OK;
}

static err check_stamp(reading *r, audit_stamp *s)
{
    str note, reply, why;
    checkpoint stamped;
    timestamp stamp;
    arena *a = r->scratch;
    unsigned long long size = (unsigned long long)s->size;
    arena_reset(a);
    str path = arena_printf(a, "timestamps/%llu.checkpoint", size);
    TRY(read_file(r, a, path, NOTE_MAX_BYTES, &note));
    if (note_checkpoint_read(a, note, r->report->vkey, &stamped) != OK || stamped.size != s->size)
        return find_fault(r, ERR_DENIED, "%.*s is no checkpoint of this size by the log's key",
                          STR_FMT(path));
    s->root = stamped.root;
    timestamp_question question = {.imprint = hash_sha256(note), .policy = S("")};
    path = arena_printf(a, "timestamps/%llu.tsr", size);
    TRY(read_file(r, a, path, TIMESTAMP_REPLY_BYTES_MOST, &reply));
    if (timestamp_check(a, reply, &question, r->plan->timestamp_cas, &stamp, &why) != OK)
        return find_fault(r, ERR_DENIED, "%.*s: %.*s", STR_FMT(path), STR_FMT(why));
    if (stamp.time_s != s->time_s)
        return find_fault(r, ERR_DENIED, "timestamps/index tells another time than %.*s",
                          STR_FMT(path));
    s->authority = arena_copy(r->kept, stamp.authority);
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

err audit_stamps_read(arena *kept, arena *scratch, const audit_plan *plan, audit_report *report)
{
    reading r = {kept, scratch, plan, report};
    str index, path = S("timestamps/index");
    arena_reset(scratch);
    err e = read_file(&r, kept, path, INDEX_BYTES_MOST, &index);
    if (e == ERR_NOT_FOUND)
        report->finding = S("");
    if (e != OK)
        return e == ERR_NOT_FOUND ? OK : e;
    report->stamps = arena_array(kept, audit_stamp, index.n / LINE_BYTES_LEAST);
    uint64_t before = 0;
    while (index.n) {
        audit_stamp next;
        bool is_line = str_find(index, '\n') < index.n && next_line(&index, &next);
        if (!is_line || next.size <= before)
            return find_fault(&r, ERR_DENIED, "%.*s is malformed", STR_FMT(path));
        TRY(check_stamp(&r, &next));
        before = next.size;
        report->stamps[report->stamps_n++] = next;
    }
    return OK;
}
