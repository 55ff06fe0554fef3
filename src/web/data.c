/* SPDX-License-Identifier: EUPL-1.2 */
/* Figures for programs and scripts, and the files of the log. Everything here is public and may be
 * read by any site. */

#include "web/data.h"
#include "base/clock.h"
#include "base/number.h"
#include "routes.h"
#include "web/breakdown.h"
#include "web/kind.h"

err data_find(struct app *ap, req *rq, const declaration **out_d, const published **out_counts)
{
    const edition *ed = newsroom_read(ap->news, req_arena(rq));
    const declaration *d = alliance_declaration(ed->al, req_segment(rq, 0));
    if (!d)
        return ERR_NOT_FOUND;
    *out_d = d;
    *out_counts = edition_counts(ed, d);
    return OK;
}

buf *data_reply(reply *out, str content_type)
{
    buf *b = reply_body(out, 200, content_type);
    reply_header(out, S("Access-Control-Allow-Origin"), S("*"));
    return b;
}

static str json_type(void)
{
    return S("application/json");
}

/* Which text is signed now, and how many stand behind which. */
static void put_versions(buf *b, const declaration *d, const published *p)
{
    const char *comma = "";
    int64_t version, n;
    buf_printf(b, ",\"version\":%lld,\"versions\":[", (long long)d->version);
    for (str rest = p->versions; log_version_next(&rest, &version, &n); comma = ",")
        buf_printf(b, "%s{\"version\":%lld,\"count\":%lld}", comma, (long long)version,
                   (long long)n);
    buf_put_char(b, ']');
}

/* Slugs need no escaping. */
void data_put_summary(buf *b, const declaration *d, const published *p)
{
    int64_t total = log_counts_total(&p->counts);
    char as_of[32] = "";
    if (p->size > 0)
        clock_iso8601(p->at_ms, as_of);
    buf_printf(b, "{\"declaration\":\"%.*s\",\"count\":%lld,\"goal\":%lld", STR_FMT(d->slug),
               (long long)total, (long long)declaration_next_goal(d, total));
    buf_printf(b, ",\"persons\":%lld,\"organisations\":%lld,\"mandates\":%lld",
               (long long)p->counts.of[0], (long long)p->counts.of[1], (long long)p->counts.of[2]);
    put_versions(b, d, p);
    buf_printf(b, ",\"size\":%lld,\"as_of\":", (long long)p->size);
    if (p->size > 0)
        buf_printf(b, "\"%s\"", as_of);
    else
        buf_put(b, S("null"));
}

err data_count(struct app *ap, req *rq, reply *out)
{
    const declaration *d;
    const published *p;
    TRY(data_find(ap, rq, &d, &p));
    buf *b = data_reply(out, json_type());
    data_put_summary(b, d, p);
    buf_put(b, S("}\n"));
    return OK;
}

void data_put_root(buf *b, const published *p)
{
    buf_put(b, S(",\"root\":"));
    if (p->size == 0) {
        buf_put(b, S("null"));
        return;
    }
    buf_put_char(b, '"');
    buf_put_hex(b, p->root.at, sizeof p->root.at);
    buf_put_char(b, '"');
}

err data_figures_json(struct app *ap, req *rq, reply *out)
{
    const declaration *d;
    const published *p;
    TRY(data_find(ap, rq, &d, &p));
    country_rows rows = breakdown_rows(req_arena(rq), p->breakdown);
    buf *b = data_reply(out, json_type());
    data_put_summary(b, d, p);
    data_put_root(b, p);
    buf_put(b, S(",\"countries\":["));
    for (size_t i = 0; i < rows.n; i++) {
        const country_row *r = &rows.at[i];
        buf_printf(b, "%s\n{\"country\":\"%.*s\",\"persons\":%lld,\"organisations\":%lld,",
                   i ? "," : "", STR_FMT(r->code), (long long)r->counts.of[0],
                   (long long)r->counts.of[1]);
        buf_printf(b, "\"mandates\":%lld,\"count\":%lld}", (long long)r->counts.of[2],
                   (long long)r->total);
    }
    buf_put(b, S("]}\n"));
    return OK;
}

err data_figures_csv(struct app *ap, req *rq, reply *out)
{
    const declaration *d;
    const published *p;
    TRY(data_find(ap, rq, &d, &p));
    country_rows rows = breakdown_rows(req_arena(rq), p->breakdown);
    char as_of[32] = "";
    if (p->size > 0)
        clock_iso8601(p->at_ms, as_of);
    buf *b = data_reply(out, S("text/csv; charset=utf-8"));
    reply_header(
        out, S("Content-Disposition"),
        arena_printf(req_arena(rq), "attachment; filename=\"%.*s.csv\"", STR_FMT(d->slug)));
    buf_put(b, S("kind,country,signatures,as_of,log_size\r\n"));
    for (signer_kind k = SIGNER_PERSON; k <= SIGNER_MANDATE; k++)
        for (size_t i = 0; i < rows.n; i++)
            if (rows.at[i].counts.of[k - SIGNER_PERSON])
                buf_printf(b, "%.*s,%.*s,%lld,%s,%lld\r\n", STR_FMT(kind_code(k)),
                           STR_FMT(rows.at[i].code),
                           (long long)rows.at[i].counts.of[k - SIGNER_PERSON], as_of,
                           (long long)p->size);
    return OK;
}

typedef struct log_file {
    str content_type;
    str cache_control;
} log_file;

/* Of time stamps: the list, and by the size of the tree what was stamped and the answer. */
static err timestamp_file_of(str name, log_file *out_file)
{
    str ending;
    int64_t size;
    if (str_eq(name, S("index"))) {
        *out_file = (log_file){S("text/plain; charset=utf-8"), S("no-cache")};
        return OK;
    }
    str digits = str_cut(name, '.', &ending);
    if (number_parse(digits, 1, INT64_MAX, &size) != OK)
        return ERR_NOT_FOUND;
    bool is_reply = str_eq(ending, S("tsr"));
    *out_file =
        (log_file){is_reply ? S("application/timestamp-reply") : S("text/plain; charset=utf-8"),
                   S("public, max-age=3600")};
    return is_reply || str_eq(ending, S("checkpoint")) ? OK : ERR_NOT_FOUND;
}

/* What the publisher writes, and nothing else that may lie beside it: a temporary file, say. */
static err log_file_of(str path, log_file *out_file)
{
    str plain = S("text/plain; charset=utf-8");
    if (str_eq(path, S("checkpoint")) || str_eq(path, S("policy"))) {
        *out_file = (log_file){plain, S("no-cache")};
        return OK;
    }
    if (str_eq(path, S("manifest"))) {
        *out_file = (log_file){plain, S("public, max-age=31536000, immutable")};
        return OK;
    }
    if (str_starts(path, S("timestamps/")))
        return timestamp_file_of(str_skip(path, sizeof "timestamps/" - 1), out_file);
    if (!str_starts(path, S("tile/")))
        return ERR_NOT_FOUND;
    str rest = str_skip(path, sizeof "tile/" - 1);
    if (str_starts(rest, S("entries/")))
        rest = str_skip(rest, sizeof "entries/" - 1);
    for (size_t i = 0; i < rest.n; i++)
        if (!strchr("0123456789x/.p", rest.at[i]))
            return ERR_NOT_FOUND;
    /* A partial tile goes when its full one comes. */
    bool is_partial = str_find_str(rest, S(".p/")) < rest.n;
    *out_file =
        (log_file){S("application/octet-stream"),
                   is_partial ? S("public, max-age=60") : S("public, max-age=31536000, immutable")};
    return OK;
}

err data_log(struct app *ap, req *rq, reply *out)
{
    const declaration *d;
    const published *p;
    log_file file;
    TRY(data_find(ap, rq, &d, &p));
    TRY(log_file_of(req_segment(rq, 1), &file));
    if (ap->log_directory_fd < 0)
        return ERR_NOT_FOUND;
    str path =
        arena_printf(req_arena(rq), "%.*s/%.*s", STR_FMT(d->slug), STR_FMT(req_segment(rq, 1)));
    TRY(reply_file(out, ap->log_directory_fd, path, file.content_type, file.cache_control));
    reply_header(out, S("Access-Control-Allow-Origin"), S("*"));
    return OK;
}

/* A picture, document or film of the content folder. The name is for who saves it; the hash says
 * which it is. */
err data_media(struct app *ap, req *rq, reply *out)
{
    str path;
    const file_type *type;
    TRY(file_path(req_arena(rq), req_segment(rq, 0), req_segment(rq, 1), &path, &type));
    if (ap->media_directory_fd < 0)
        return ERR_NOT_FOUND;
    TRY(reply_file(out, ap->media_directory_fd, path, type->content_type,
                   S("public, max-age=31536000, immutable")));
    /* A drawing opened by itself is a document of this site: it may do nothing here. */
    if (type->nature == FILE_DRAWING)
        reply_header(out, S("Content-Security-Policy"),
                     S("sandbox; default-src 'none'; style-src 'unsafe-inline'"));
    return OK;
}
