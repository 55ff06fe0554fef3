/* SPDX-License-Identifier: EUPL-1.2 */
/* What `doctor` says of time stamps; nothing where nobody asks for any and none are kept. */

#include "cli/examination.h"

#include "base/clock.h"
#include "base/file.h"
#include "core/timestamps.h"
#include "crypto/timestamp.h"

#include <fcntl.h>

enum { LATE_MS = 26 * 3600000, WORK_MS = 60000 };

/* As the work process reads it when it starts. */
static void examine_authority(examination *x)
{
    arena *a = x->c->a;
    str pem = S(""), path = x->c->timestamp_ca_file, why;
    int64_t since_ms;
    if (path.n && file_read(a, AT_FDCWD, arena_cstr(a, path), TIMESTAMP_CAS_BYTES_MOST, &pem) != OK)
        pem = S("");
    bool has_cas = path.n && timestamp_cas_check(pem) == OK;
    if (timestamps_trouble_get(&x->c->core, a, &why, &since_ms) != OK)
        why = S("cannot be read");
    char since[32];
    clock_iso8601(since_ms, since);
    examination_say(
        x, why.n == 0 && (has_cas || path.n == 0), "timestamps",
        why.n ? arena_printf(a, "%.*s (since %s)", STR_FMT(why), since)
        : has_cas
            ? arena_printf(a, "%.*s is asked, signatures are checked against timestamp-ca-file",
                           STR_FMT(x->c->timestamp_url))
        : path.n ? S("timestamp-ca-file holds no certificates that can be read: work does not "
                     "start")
                 : arena_printf(a,
                                "%.*s is asked; imprint, nonce and status are checked, the "
                                "signature is left to readers (no timestamp-ca-file)",
                                STR_FMT(x->c->timestamp_url)));
}

static err examine_one(examination *x, const declaration *d)
{
    arena *a = x->c->a;
    int64_t now_ms = clock_now_ms();
    timestamp_kept last;
    published due;
    TRY(timestamps_last(&x->c->core, a, d->id, &last));
    if (x->c->timestamp_url.n == 0 && last.size == 0)
        return OK;
    err e = timestamps_due(&x->c->core, a, d->id, now_ms, &due);
    if (e != OK && e != ERR_NOT_FOUND)
        return e;
    /* Lines that came a moment ago are stamped in the next. */
    bool is_late = x->c->timestamp_url.n && e == OK && now_ms - due.at_ms > WORK_MS &&
                   now_ms - (last.size ? last.at_ms : due.at_ms) > LATE_MS;
    char time[32];
    clock_iso8601(last.time_ms, time);
    examination_say(x, !is_late, arena_printf(a, "timestamps %.*s", STR_FMT(d->slug)).at,
                    last.size
                        ? arena_printf(a, "the last by %.*s, of %lld lines, at %.19sZ%s",
                                       STR_FMT(last.authority), (long long)last.size, time,
                                       is_late ? "; what came since has waited for a day" : "")
                    : is_late ? S("none yet, for more than a day")
                              : S("none yet"));
    return OK;
}

void examine_timestamps(examination *x, const declaration_list *all)
{
    err e = OK;
    if (x->c->timestamp_url.n)
        examine_authority(x);
    for (size_t i = 0; i < all->n && e == OK; i++)
        e = examine_one(x, &all->at[i]);
    if (e != OK)
        examination_say(x, false, "timestamps", S("cannot be read"));
}
