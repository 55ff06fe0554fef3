/* SPDX-License-Identifier: EUPL-1.2 */
#pragma once
/* Requests and replies as pages see them. The server behind (server.h) parses strictly, answers
 * cached replies on its own threads and runs everything else on a fixed pool of workers. */

#include "base/base.h"
#include "base/personal.h"
#include "html/html.h"

typedef enum http_method { HTTP_GET, HTTP_HEAD, HTTP_POST, HTTP_OPTIONS } http_method;

typedef struct req req;
typedef struct reply reply;

arena *req_arena(req *rq); /* ends with the request; capped */
http_method req_method(const req *rq);
str req_path(const req *rq);             /* decoded, normalised, starts with '/' */
str req_segment(const req *rq, int n);   /* n-th parameter of the matched route, decoded */
str req_query(const req *rq, str name);  /* decoded, the first of that name; empty when absent */
str req_header(const req *rq, str name); /* empty when absent; repeated ones joined by ", " */
str req_cookie(const req *rq, str name); /* empty when absent or doubtful (cookie.h) */
str req_body(const req *rq);
client_ip req_client(const req *rq); /* by the trusted-proxy rules */
bool req_is_https(const req *rq);    /* by X-Forwarded-Proto of a trusted proxy */
str req_origin(const req *rq);       /* own origin: "https://host" from options */
int64_t req_now_ms(const req *rq);   /* wall clock at arrival */
str req_id(const req *rq);           /* for logs and error pages */
int req_worker(const req *rq);       /* which worker runs this, from 0: for its db session */

/* The status that the server has already decided to refuse a well-formed head with (400 for the
 * path, 413, 417, 501), so that the error page can be in the reader's language; 0 otherwise. */
int req_refused(const req *rq);

/* The handler's outcome, when an error page is made for it; OK otherwise. */
err req_outcome(const req *rq);

/* --- Replies. Set once; a handler that returns OK without setting one is a bug; setting one again
 * drops the first, headers too. --- */
html_out reply_html(reply *out, int status); /* text/html; charset=utf-8 */
buf *reply_body(reply *out, int status, str content_type);
void reply_header(reply *out, str name, str value);    /* CR/LF or NUL in value is a bug */
err reply_see_other(reply *out, str location);         /* 303, returns OK */
err reply_moved(reply *out, int status, str location); /* 301, 302, 307, 308 */
void reply_retry_after(reply *out, int seconds);
void reply_no_store(reply *out); /* whatever the route's cache class */

/* Sends this uncached reply compressed. Only for a page that never shows a secret (a personal
 * address, a link with a token) beside words that a stranger can choose: lengths would give it
 * away. */
void reply_compress(reply *out);

/* Gives this uncached reply an ETag of its body: who has it already gets a 304. */
void reply_tag(reply *out);

/* The whole Cache-Control value of this reply, instead of the one of its class. */
void reply_cache_control(reply *out, str value);

/* A constant body that outlives the program's requests (embedded assets), with its precompressed
 * forms; empty ones are absent. */
void reply_constant(reply *out, str content_type, str body, str gzip, str br);

/* A body that is made part after part, while the reader takes what is there: memory holds one part,
 * and no worker waits for a slow reader. The next call comes when a part is written, from any
 * worker, one at a time; the last one sets *out_is_last. Memory in `part` ends with the next call;
 * `of` must live as long as the request's arena, whose end is also that of a reply whose reader has
 * gone. The first call is made here, so that what it gives instead of OK can become an error page;
 * a later one ends the connection, so that the reader sees that something is missing. Never
 * compressed, and kept nowhere. */
typedef err stream_part(void *of, arena *part, buf *to, bool *out_is_last);
MUST_USE err reply_stream(reply *out, str content_type, stream_part *next, void *of);

/* A regular file opened beneath an open directory, never following a link out of it. path is a
 * decoded relative path. Sent with the file's time as Last-Modified and no ETag;
 * cache_control as in reply_cache_control. ERR_NOT_FOUND: no such regular file. */
MUST_USE err reply_file(reply *out, int directory_fd, str path, str content_type,
                        str cache_control);
