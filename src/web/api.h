/* SPDX-License-Identifier: EUPL-1.2 */
#pragma once
/* What the handlers of /api/v1 share. The contract is static/openapi.json; errors are problems of
 * RFC 9457 in English, as everything is that speaks to programs. */

#include "web/frame.h"

/* Replies with a problem; returns OK. detail in one sentence; empty: the usual one. */
err api_problem(req *rq, reply *out, int status, str detail);

/* A 200 that is made anew for each request, with an ETag; readers keep it and ask. */
buf *api_reply(reply *out);

/* RateLimit and RateLimit-Policy of that class, as the IETF draft writes them. */
void api_rate_headers(struct app *ap, req *rq, reply *out, int class, const char *name,
                      client_ip client);

/* The language of the query, `fallback` when none is given. ERR_INVALID: none of the 24. */
MUST_USE err api_lang(req *rq, str fallback, lang *out_lang);

/* ?limit=, from 1 to most; most when none is given. ERR_INVALID. */
MUST_USE err api_limit(req *rq, size_t most, size_t *out_limit);

/* "2026-06-15" or "2026-06-15T12:00:00Z"; empty: 0. ERR_INVALID. */
MUST_USE err api_time(str text, int64_t *out_ms);

/* A cursor says where the page before ended: opaque to others, of one list only. */
str api_cursor(arena *a, const char *list, str position);
/* ?cursor=: its position, empty when none is given. ERR_INVALID: none of this list. */
MUST_USE err api_cursor_read(req *rq, const char *list, str *out_position);

/* "name":"value", with a comma before it unless it is the first of its object. */
void api_put(buf *b, const char *name, str value);
void api_put_int(buf *b, const char *name, int64_t value);
/* null when the time is 0. */
void api_put_time(buf *b, const char *name, int64_t at_ms);
/* ,"next":"…"} or null. */
void api_put_next(buf *b, str cursor);
