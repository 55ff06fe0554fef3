/* SPDX-License-Identifier: EUPL-1.2 */
#pragma once
/* The head of an HTTP/1 request: request line and header lines (RFC 9112), read more strictly than
 * the RFC asks, because every leniency is a way to make two programs see two different requests.
 *
 * Refused with 400: bare CR or LF, NUL and other controls, folded lines, white space before the
 * colon, empty or odd names, Content-Length beside Transfer-Encoding, either of them repeated, a
 * coding other than exactly `chunked`, a length that is not digits, a missing or repeated Host or
 * one that differs from an absolute target, a body on GET, HEAD or OPTIONS, `*` for anything but
 * OPTIONS. 414: target longer than 8 KiB. 431: head or number of lines too large. 505: other
 * versions. All of these leave the connection in an unknown state: answer and close.
 *
 * Pure functions over bytes; all views point into the bytes given; nothing is allocated. */

#include "http/http.h"

enum { HEAD_LINES_MOST = 100, TARGET_BYTES_MOST = 8192 };

typedef struct header {
    str name;
    str value; /* without white space around */
} header;

typedef struct head {
    http_method method; /* when is_known_method */
    bool is_known_method;
    bool is_asterisk; /* OPTIONS * */
    bool has_length;
    bool is_chunked;
    bool keeps_alive;
    bool expects_continue;
    bool expects_other; /* 417 */
    int minor;          /* HTTP/1.minor: 0 or 1 */
    str target;         /* path and query as sent */
    str path;           /* raw, starts with '/' unless is_asterisk */
    str query;          /* raw, without '?' */
    str host;           /* as sent; empty for HTTP/1.0 without one */
    int64_t length;     /* of the body by Content-Length; 0 without */
    size_t n;
    header lines[HEAD_LINES_MOST];
} head;

/* Where the search for the end of a head stands; zero at the start of a request. */
typedef struct head_scan {
    uint32_t line_at;
    uint32_t lines;
} head_scan;

enum { HEAD_FOUND = 0, HEAD_MORE = 1 };

/* Looks for the end of the head in all bytes received so far. HEAD_FOUND: *out_bytes is its
 * length with the empty line. HEAD_MORE: call again with more. Otherwise the status to refuse
 * with (400, 414, 431). */
int head_find(str bytes, size_t bytes_most, head_scan *scan, size_t *out_bytes);

/* Reads a whole head as found. 0, or the status to refuse with. */
int head_read(str bytes, head *out_head);

/* Moves all views from bytes at `from` to a copy of them at `to`. */
void head_rebase(head *h, const char *from, const char *to);

/* First line of that name (any case), empty when absent. */
str head_line(const head *h, str name);

/* Whether a comma-separated list value holds the token (any case). */
bool head_list_has(str list, str token);

/* A token of RFC 9110 5.6.2: not empty, only tchar. */
bool head_is_token(str s);
