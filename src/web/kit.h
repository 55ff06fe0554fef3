/* SPDX-License-Identifier: EUPL-1.2 */
#pragma once
/* The materials of one declaration in one language: a closed set of files, made from the texts and
 * the count as they are now, so that none is out of date. On behalf of a partner, every link and
 * code carries its name. */

#include "web/drawings.h"
#include "web/figure.h"
#include "web/shown.h"

typedef enum kit_section {
    KIT_POSTERS,
    KIT_PICTURES,
    KIT_SLIDES,
    KIT_LOGOS,
    KIT_TEXTS,
    KIT_SIGNATURE,
    KIT_WHOLE, /* all the others in one */
} kit_section;

typedef struct kit_file {
    const char *name; /* "poster-a4.pdf" */
    kit_section section;
    const char *format, *size; /* for readers: "PDF", "A4"; size may be empty */
    const char *type;          /* media type */
    int w, h;                  /* of a picture */
    int form;                  /* paper or logo_form */
    bool is_light;             /* a logo for dark grounds */
} kit_file;

typedef struct kit_file_list {
    const kit_file *at;
    size_t n;
} kit_file_list;

typedef struct kit {
    const page_context *pc;
    const declaration *d;
    const content_item *partner; /* NULL: nobody's */
    str link;                    /* to the sign form, whole */
    appeal says;
    bool is_foreign; /* the declaration has no text in this language yet: another one is shown */
    str lang;        /* that language */
    str state;       /* of its text: original, machine, reviewed */
} kit;

/* All files; the whole last. */
kit_file_list kit_files(void);
/* NULL: there is none of that name. */
const kit_file *kit_file_of(str name);
/* Where the file is, below the origin. */
str kit_url(const kit *k, const kit_file *f);
/* "PDF, A4" */
str kit_label(const kit *k, const kit_file *f);
/* "2026-poster-a4-da.pdf" */
str kit_saved_name(const kit *k, const kit_file *f);

/* source: what `src` says; only a partner's name changes anything. ERR_NOT_FOUND: the declaration
 * has no text yet. */
MUST_USE err kit_open(const page_context *pc, const declaration *d, str source, kit *out);
/* One of the files but the whole, into an arena of the caller's. ERR_BUSY: too much is being drawn.
 */
MUST_USE err kit_make(const kit *k, arena *a, const kit_file *f, str *out_bytes);

/* How many bytes it has, as it was drawn last; drawn now, if it never was. Of the whole, the sum of
 * the others. 0: too much is being drawn. */
int64_t kit_bytes(const kit *k, const kit_file *f);

/* The whole, packed file after file; the pack lives as long as the page's arena, and so must the
 * kit. */
typedef struct kit_pack kit_pack;
kit_pack *kit_pack_open(const kit *k);
/* Packs the next file into a buffer of the caller's. ERR_BUSY: as kit_make. */
MUST_USE err kit_pack_next(kit_pack *p, buf *to, bool *out_is_last);

/* --- Words to copy (kit_texts.c). --- */

typedef struct kit_text {
    str name;  /* of the length or the network */
    str words; /* several lines; the link stands at the end */
} kit_text;

typedef struct kit_text_list {
    const kit_text *at;
    size_t n;
} kit_text_list;

/* Short (at most 280 characters, as networks count), medium and long. */
kit_text_list kit_texts(const kit *k);
/* One a network. */
kit_text_list kit_posts(const kit *k);
/* All of it as a plain file. */
str kit_texts_file(const kit *k);
/* What stands under an e-mail, and the link in it. */
str kit_mail_link(const kit *k);
str kit_signature(const kit *k);
