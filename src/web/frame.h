/* SPDX-License-Identifier: EUPL-1.2 */
#pragma once
/* What surrounds every page: who asks for what in which language, and what the head, the masthead,
 * the language choice and the foot need. Views reach it as vc->frame. */

#include "html/linked_data.h"
#include "lang/view.h"
#include "web/web.h"

typedef struct frame_link {
    str url;
    str name;
    bool is_present;
    str lang; /* of the name; empty: the page's */
} frame_link;

/* The file of a declaration's materials (web/kit.h) that networks show with a link. */
#define FRAME_PICTURE "share-1200x630.png"
enum { FRAME_PICTURE_WIDTH = 1200, FRAME_PICTURE_HEIGHT = 630 };
struct embed; /* web/embed.h */

typedef struct frame {
    struct app *app;
    const edition *ed;
    const declaration *main;      /* the declaration of the menu; NULL: none yet */
    const content_text *alliance; /* its texts in this language or the original; NULL: none */
    lang l;
    str code;    /* "da" */
    str path;    /* behind the language: "/sign/2026"; the switcher and hreflang need it */
    str carried; /* "?src=aer": what the language choice keeps and no address has; empty: nothing */
    str canonical;    /* of the page, below the origin; empty: language and path */
    str robots;       /* "noindex" for pages that are for readers but not for search; empty: none */
    bool is_private;  /* own pages: as noindex, and no other address of the page in the head */
    bool has_faults;  /* the title starts with the word for an error */
    bool has_machine; /* a text of the page was translated by a machine: the foot says so */
    bool has_outdated; /* a translation is older than its original: likewise */
    bool has_samples;  /* a sample signature is shown or counted: the masthead says so */
    str title;         /* of the page, in its language; the frame adds the alliance's name */
    str description;   /* empty: none */
    str picture;       /* for previews, below the origin; empty: none */
    str picture_words; /* what it shows; empty: it is FRAME_PICTURE of a declaration */
    int64_t now_ms;
    const struct embed *embed; /* the page stands in a frame of another site; NULL: it does not */
    const char *current;       /* route of the menu entry that is the present page; NULL: none */
    str query;                 /* "?page=2": behind the addresses of this page in all languages */
    frame_link section;        /* the list that the page belongs to; url empty: none */
    str feed;                  /* Atom feed of the page; empty: none */
    str published;             /* day of an article: "2026-11-22"; empty: it is none */
    linked_data about;         /* what the page is about, for machines: see head.h */
} frame;

/* Everything a page needs to begin. It stays where it is: view.frame points into it. */
typedef struct page_context {
    frame frame;
    view_context view;
    arena *a;
} page_context;

/* Reads the language from the path, or negotiates when there is none in it; reads the edition and
 * fills frame and context. title may be set later. Never fails today; a page hands the outcome on
 * all the same. */
MUST_USE err page_begin(struct app *ap, req *rq, page_context *out);

/* The declaration of a slug in the path. ERR_NOT_FOUND. */
MUST_USE err page_declaration(const page_context *pc, str slug, const declaration **out);

/* Begins the reply: status, Content-Language and what search engines may do. The view follows. */
html_out page_reply(const page_context *pc, reply *out, int status);

/* Networks show the picture of this declaration with the page. */
void frame_show(page_context *pc, const declaration *d);
/* The page in other languages is asked for with the same query as this address. */
void frame_keep_query(frame *f, str url);

/* A text in this language and of this state stands on the page. */
void frame_note_text(frame *f, str code, str state);

/* --- For views. --- */

/* The name of the alliance. */
str frame_brand(const frame *f);
/* Whole address of the picture for previews, and its words; also those of FRAME_PICTURE. */
str frame_picture_address(arena *a, const frame *f);
str frame_picture_words(arena *a, const frame *f);
/* "https://host/da/act": this page in this language. */
str frame_address(arena *a, const frame *f);

typedef struct tongue {
    lang l;
    str code;
    str name;    /* as the language calls itself */
    str url;     /* this page in that language */
    str address; /* the same with the origin */
    bool is_present;
} tongue;

typedef struct tongue_list {
    const tongue *at;
    size_t n;
} tongue_list;

/* The 24 in EU order. */
tongue_list frame_tongues(arena *a, const frame *f);
/* The address for readers whose language is none of them. */
str frame_default_address(arena *a, const frame *f);

typedef struct frame_link_list {
    const frame_link *at;
    size_t n;
} frame_link_list;

/* The pages of the content folder (privacy, imprint …), by position. */
frame_link_list frame_texts(arena *a, const frame *f);
/* Whether the page stands in the menu under this route name. */
bool frame_is_at(const frame *f, const char *place);
/* The font file that nearly every letter of the language comes from. */
str frame_font(const frame *f);
