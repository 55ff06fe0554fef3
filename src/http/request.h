/* SPDX-License-Identifier: EUPL-1.2 */
#pragma once
/* What a request and its reply are inside this module. A request is made by an io thread, belongs
 * to one worker while the handler runs, and goes back to its io thread to be written; the queue
 * and the inbox between them hand over all of it, so no field needs a lock. */

#include "http/cache.h"
#include "http/encoding.h"
#include "http/form.h"
#include "http/head.h"
#include "http/urlencode.h"

enum { SEGMENTS_MOST = 8, QUERY_PAIRS_MOST = 64 };

typedef struct cache_entry cache_entry;
struct route;
struct router;

/* A body in parts (stream.c). */
typedef struct stream {
    stream_part *next; /* NULL: the body is whole */
    void *of;
    arena *home;     /* of the part */
    buf part;        /* as it goes on the wire */
    bool is_chunked; /* else the end of the connection is the end of the body */
    bool has_begun;  /* the head is on its way */
    bool is_last;
    bool is_broken; /* the next part could not be made */
} stream;

struct reply {
    arena *a;
    bool is_set;
    int status;
    str content_type;
    buf body;
    buf lines;         /* further header lines, each with CRLF */
    str cache_control; /* empty: by class */
    cache_class class;
    str cache_key;      /* where a 200 is kept; empty: nowhere */
    int64_t modified_s; /* Last-Modified; 0: none */
    bool is_compressed; /* also when it is kept nowhere */
    bool is_tagged;     /* likewise with an ETag */
    bool is_constant;
    str constant[ENCODING_COUNT];
    int file; /* -1: none */
    size_t file_bytes;
    size_t file_from; /* where the part begins that is sent; file_bytes is its length */
    stream stream;
    cache_entry *entry;  /* answer from this one; holds a reference */
    uint64_t generation; /* of class when the handler started */

    /* Filled by reply_finish: what goes on the wire behind the status line and Date. */
    int wire_status;
    str wire_head;
    str wire_body;
};

struct req {
    arena *a;
    head *head;
    str path;
    url_pairs query;
    str body;
    client_ip client;
    bool is_https;
    bool is_refresh; /* chosen to regenerate a stale entry */
    int refused;
    err outcome; /* of the handler, for the error page */
    int64_t now_ms;
    char id[17];
    int worker;
    str origin;
    str policy;        /* security header lines of this server */
    str policy_framed; /* the same for what other sites may show */
    cache *pages;
    reply out;

    const struct router *router;
    const struct route *route;
    str segment[SEGMENTS_MOST];
    void *form;
    form_faults faults;
    int64_t form_age_ms;

    struct io *io;
    void *conn; /* the connection that waits for the reply */
    req *next;  /* in a queue */
};

/* Decodes path and query of rq->head into rq. Sets rq->refused to 400 when they are malformed. */
void req_read_target(req *rq);

/* Drops what was set, to begin again with an error page. */
void reply_reset(reply *out);

/* Makes the wire form: cache entry, variant, conditional reply, header lines. */
void reply_finish(req *rq, reply *out);

/* The part at hand in its wire form; once. */
str stream_wire(stream *s);
/* Makes the next part, for wire_body, or breaks the stream (logged). */
void stream_go_on(req *rq);

/* A whole small reply without a request, for framing errors: head lines and body after the status
 * line and Date. */
str reply_plain(arena *a, int status, str policy, int retry_after_s);

/* "Not Found". */
str reply_reason(int status);

/* The security header lines for an origin. is_framed: other sites may show the reply. */
str reply_policy(arena *a, str origin, bool is_framed);

/* 0 for a full reply, 304 when the client's copy with this tag and time is still good. */
int reply_condition(const head *h, str etag, int64_t modified_s);
