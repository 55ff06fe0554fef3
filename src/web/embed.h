/* SPDX-License-Identifier: EUPL-1.2 */
#pragma once
/* What other sites show of a declaration: its count, the form of a person, the latest signatories,
 * each a page of its own below /embed/, in a frame. Without cookies, storage and a third party;
 * every link leads out of the frame. */

#include "web/figure.h"
#include "web/palette.h"
#include "web/signers.h"

/* How a host wants it. */
typedef struct embed_look {
    palette_ground ground;
    bool has_accent;
    rgb accent;
    str src; /* slug of the partner whose site it is; empty: unknown or none */
} embed_look;

typedef struct embed {
    figure figure;
    str title;       /* of the text that is signed */
    str title_lang;  /* empty: the page's */
    str query;       /* "?theme=dark&src=cemr"; empty: as it comes */
    str colours_url; /* style sheet of the look */
    str sign_url;    /* the whole form, outside the frame */
    signer_list latest;
} embed;

/* Reads theme, accent and src of the query. ERR_INVALID: not a word or colour that we know. */
MUST_USE err embed_look_read(const edition *ed, req *rq, embed_look *out_look);

/* "?theme=dark&accent=0a5c4a&src=cemr", what differs from the defaults; with_src: src as well. */
str embed_query(arena *a, const embed_look *look, bool with_src);

/* Begins a page in a frame: language, declaration (segment 1) and look; *e goes into the frame, so
 * that pages which stand in both places know. ERR_NOT_FOUND, ERR_INVALID. */
MUST_USE err embed_begin(struct app *ap, req *rq, page_context *pc, embed *e);
