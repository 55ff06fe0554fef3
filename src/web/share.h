/* SPDX-License-Identifier: EUPL-1.2 */
#pragma once
/* Ways to tell others: plain links, one a network, to the sign page with the place it leads from in
 * its address (`src`) or to any other page, the words to go with them, and a code to point a camera
 * at. View: part/share.html. */

#include "draw/qr.h"
#include "web/frame.h"

enum { SHARE_WORDS_MOST = 400 };

typedef struct share {
    str address;     /* of the page to share, without its source */
    bool is_sourced; /* the links say where they lead from */
    str partner;     /* to whom all of them belong; empty: each says its own network */
    str title;
    bool is_open;      /* own words or an own server have been given */
    str words;         /* the reader's own, or the alliance's */
    str form_url;      /* where own words are sent; empty: they cannot be changed here */
    str server;        /* Mastodon's, as written; may be empty */
    bool is_no_server; /* it is none */
    str server_base;   /* "https://mastodon.example"; empty: a page that asks for it */
    qr code;
} share;

/* The sign page of a declaration. words may be empty: then the alliance's own sentence. partner: a
 * slug, or empty. */
MUST_USE err share_make(const page_context *pc, const declaration *d, str title, str words,
                        str server, str partner, share *out_share);

/* The page that is being made. It is kept for all readers, so nothing says whence they come; the
 * code to point a camera at is the sign page's alone. */
share share_page(const page_context *pc, str title, str words);

/* "https://host/da/sign/2026?src=telegram" */
str share_address(arena *a, const share *s, const char *source);
/* The whole link to the chosen Mastodon server. */
str share_mastodon(arena *a, const share *s);

/* What `src` may say: a network above, or the slug of a partner. */
bool share_source_is_known(const edition *ed, str source);
