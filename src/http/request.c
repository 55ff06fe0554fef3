/* SPDX-License-Identifier: EUPL-1.2 */
/* What pages ask of a request. */

#include "http/request.h"

#include "http/cookie.h"
#include "http/router.h"

void req_read_target(req *rq)
{
    rq->path = S("/");
    if (rq->head->is_asterisk)
        return;
    url_pairs query = {0};
    str path = {0};
    if (urlencode_read_path(rq->a, rq->head->path, &path) != OK ||
        urlencode_read_pairs(rq->a, rq->head->query, QUERY_PAIRS_MOST, &query) != OK) {
        rq->refused = 400;
        return;
    }
    rq->path = path;
    rq->query = query;
}

arena *req_arena(req *rq)
{
    return rq->a;
}

http_method req_method(const req *rq)
{
    return rq->head->method;
}

str req_path(const req *rq)
{
    return rq->path;
}

str req_segment(const req *rq, int n)
{
    BUG_IF(n < 0 || n >= SEGMENTS_MOST);
    return rq->segment[n].at ? rq->segment[n] : (str){"", 0};
}

/* Reading a name that the route does not declare would make a cached page depend on something
 * outside of its key, so it is a bug. */
static bool is_declared(const struct route *matched, str name)
{
    if (!matched)
        return true;
    for (const str *declared = matched->queries; declared && declared->n; declared++)
        if (str_eq(*declared, name))
            return true;
    return false;
}

str req_query(const req *rq, str name)
{
    BUG_IF(!is_declared(rq->route, name));
    for (size_t i = 0; i < rq->query.n; i++)
        if (str_eq(rq->query.at[i].name, name))
            return rq->query.at[i].value;
    return (str){"", 0};
}

str req_header(const req *rq, str name)
{
    str first = head_line(rq->head, name);
    size_t count = 0;
    for (size_t i = 0; i < rq->head->n; i++)
        count += str_eq_nocase(rq->head->lines[i].name, name);
    if (count < 2)
        return first;
    buf joined = buf_in(rq->a);
    for (size_t i = 0; i < rq->head->n; i++) {
        if (!str_eq_nocase(rq->head->lines[i].name, name))
            continue;
        if (joined.n)
            buf_put(&joined, S(", "));
        buf_put(&joined, rq->head->lines[i].value);
    }
    return buf_str(&joined);
}

str req_cookie(const req *rq, str name)
{
    str value = {0};
    return cookie_read(req_header(rq, S("cookie")), name, &value) == OK ? value : (str){"", 0};
}

str req_body(const req *rq)
{
    return rq->body.at ? rq->body : (str){"", 0};
}

client_ip req_client(const req *rq)
{
    return rq->client;
}

bool req_is_https(const req *rq)
{
    return rq->is_https;
}

str req_origin(const req *rq)
{
    return rq->origin;
}

int64_t req_now_ms(const req *rq)
{
    return rq->now_ms;
}

str req_id(const req *rq)
{
    return str_of(rq->id);
}

int req_worker(const req *rq)
{
    return rq->worker;
}

int req_refused(const req *rq)
{
    return rq->refused;
}

err req_outcome(const req *rq)
{
    return rq->outcome;
}
