/* SPDX-License-Identifier: EUPL-1.2 */
/* Status lines, the security lines of every reply, and the one-line replies that the server gives
 * on its own. */

#include "http/request.h"

str reply_reason(int status)
{
    static const struct {
        int status;
        str reason;
    } known[] = {
        {200, STR_INIT("OK")},
        {202, STR_INIT("Accepted")},
        {204, STR_INIT("No Content")},
        {206, STR_INIT("Partial Content")},
        {301, STR_INIT("Moved Permanently")},
        {302, STR_INIT("Found")},
        {303, STR_INIT("See Other")},
        {304, STR_INIT("Not Modified")},
        {307, STR_INIT("Temporary Redirect")},
        {308, STR_INIT("Permanent Redirect")},
        {400, STR_INIT("Bad Request")},
        {401, STR_INIT("Unauthorized")},
        {403, STR_INIT("Forbidden")},
        {404, STR_INIT("Not Found")},
        {405, STR_INIT("Method Not Allowed")},
        {408, STR_INIT("Request Timeout")},
        {409, STR_INIT("Conflict")},
        {410, STR_INIT("Gone")},
        {413, STR_INIT("Content Too Large")},
        {414, STR_INIT("URI Too Long")},
        {415, STR_INIT("Unsupported Media Type")},
        {416, STR_INIT("Range Not Satisfiable")},
        {417, STR_INIT("Expectation Failed")},
        {422, STR_INIT("Unprocessable Content")},
        {429, STR_INIT("Too Many Requests")},
        {431, STR_INIT("Request Header Fields Too Large")},
        {500, STR_INIT("Internal Server Error")},
        {501, STR_INIT("Not Implemented")},
        {503, STR_INIT("Service Unavailable")},
        {505, STR_INIT("HTTP Version Not Supported")},
    };
    for (size_t i = 0; i < sizeof known / sizeof *known; i++)
        if (known[i].status == status)
            return known[i].reason;
    return S("Status");
}

str reply_policy(arena *a, str origin, bool is_framed)
{
    buf lines = buf_in(a);
    buf_printf(&lines,
               "Content-Security-Policy: default-src 'self'; base-uri 'none'; "
               "form-action 'self'; frame-ancestors %s; object-src 'none'\r\n"
               "Cross-Origin-Resource-Policy: %s\r\n",
               is_framed ? "*" : "'none'", is_framed ? "cross-origin" : "same-origin");
    buf_put(&lines, S("X-Content-Type-Options: nosniff\r\n"
                      /* Not no-referrer: that makes browsers send `Origin: null` with our own
                       * forms, which must be refused. */
                      "Referrer-Policy: same-origin\r\n"
                      "Permissions-Policy: camera=(), geolocation=(), microphone=(), payment=(), "
                      "usb=()\r\n"
                      "Cross-Origin-Opener-Policy: same-origin\r\n"));
    if (str_starts(origin, S("https://")))
        buf_put(&lines, S("Strict-Transport-Security: max-age=63072000; includeSubDomains\r\n"));
    return buf_str(&lines);
}

str reply_plain(arena *a, int status, str policy, int retry_after_s)
{
    str body = arena_printf(a, "%d %.*s\n", status, STR_FMT(reply_reason(status)));
    buf whole = buf_in(a);
    buf_printf(&whole,
               "Content-Type: text/plain; charset=utf-8\r\nContent-Length: %zu\r\n"
               "Cache-Control: no-store\r\n",
               body.n);
    if (retry_after_s > 0)
        buf_printf(&whole, "Retry-After: %d\r\n", retry_after_s);
    buf_put(&whole, policy);
    buf_put(&whole, S("\r\n"));
    buf_put(&whole, body);
    return buf_str(&whole);
}
