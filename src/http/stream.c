/* SPDX-License-Identifier: EUPL-1.2 */
/* Bodies made part after part. A part lies in memory in the form that goes on the wire, with its
 * chunk lines (RFC 9112, section 7.1) around it; when it is written, its memory is free. */

#include "http/request.h"

#include "base/log.h"
#include "http/router.h"

#include <stdio.h>

enum {
    PART_BYTES_MOST = 32 << 20,
    SIZE_LINE_BYTES = 10, /* eight digits, CRLF: written when the size is known */
};

static err make_part(stream *s)
{
    static const str size_line = STR_INIT("00000000\r\n");
    s->part = buf_in(s->home);
    buf_put(&s->part, size_line);
    while (!s->is_last && s->part.n == SIZE_LINE_BYTES)
        TRY(s->next(s->of, s->home, &s->part, &s->is_last));
    return OK;
}

err reply_stream(reply *out, str content_type, stream_part *next, void *of)
{
    (void)reply_body(out, 200, content_type);
    out->stream = (stream){.next = next, .of = of, .home = arena_open(PART_BYTES_MOST)};
    return make_part(&out->stream);
}

str stream_wire(stream *s)
{
    size_t n = s->part.n - SIZE_LINE_BYTES;
    if (s->is_chunked && n) {
        char line[SIZE_LINE_BYTES + 1];
        snprintf(line, sizeof line, "%08x\r\n", (unsigned)n);
        memcpy(s->part.at, line, SIZE_LINE_BYTES);
        buf_put(&s->part, S("\r\n"));
    }
    if (s->is_chunked && s->is_last)
        buf_put(&s->part, S("0\r\n\r\n"));
    str whole = buf_str(&s->part);
    return s->is_chunked && n ? whole : str_skip(whole, SIZE_LINE_BYTES);
}

void stream_go_on(req *rq)
{
    stream *s = &rq->out.stream;
    err e = make_part(s);
    s->is_broken = e != OK;
    if (s->is_broken)
        LOG(LOG_WARN, "http.stream", log_str("route", req_route(rq)),
            log_str("outcome", str_of(err_name(e))));
    else
        rq->out.wire_body = stream_wire(s);
}
