/* SPDX-License-Identifier: EUPL-1.2 */
#pragma once
/* Everything that does not change with a signature: the alliance, its declarations with their
 * texts, partners, documents, stories, actions, pages. Loaded whole into one arena and read from
 * there by everyone; a new revision is a new load. */

#include "core/address.h"
#include "core/content_item.h"
#include "core/redirect.h"
#include "crypto/age.h"

typedef struct declaration_text {
    int64_t version;
    str lang;
    str state;
    str title;
    str summary;
    str body; /* Markdown */
    hash32 hash;
} declaration_text;

/* Who can open the records of the signers. */
typedef enum record_mode {
    RECORDS_SEALED,  /* the organiser, with a key that never lies on the server */
    RECORDS_SERVER,  /* the server, too */
    RECORDS_BROWSER, /* as sealed, and before they leave the signer's browser */
} record_mode;

enum { RECIPIENTS_LEAST = 2, RECIPIENTS_MOST = 8 };

typedef struct recipient_list {
    const age_recipient *at;
    size_t n;
} recipient_list;

typedef struct declaration {
    int64_t id;
    str slug;
    bool is_light;
    int64_t opens_ms, closes_ms;
    int64_t goal; /* first step of the ladder */
    int64_t per_mailbox;
    unsigned kinds; /* bits 1 << (signer_kind - 1) */
    str original_lang;
    int64_t version;   /* the one that is signed now */
    int64_t retain_ms; /* from then on everything personal is erased; 0: no day was named */
    int64_t erased_ms; /* when that was done; 0: not yet */
    address_key tags;  /* of addresses; zero once erased */
    str manifest;
    record_mode records;
    recipient_list recipients; /* of the organiser */
    str policy;                /* C2SP tlog-policy, whose witnesses are asked; empty: none */
    declaration_text *texts;
    size_t text_count;
} declaration;

typedef struct declaration_list {
    const declaration *at;
    size_t n;
} declaration_list;

typedef struct alliance {
    int64_t revision;
    str origin; /* "https://host" as log names carry it, fixed when the database was made */
    declaration_list declarations; /* the main one first, lighter ones behind */
    content_list items;            /* by kind, then position */
    redirect_list redirects;       /* of old addresses */
    bool has_samples; /* invented signatures are among those counted: every page says so */
} alliance;

/* Of the arena of a load: more than whatever content_read lets in (content.h) can need, so that a
 * folder that is too large is refused by an import and never met by the processes that serve. */
enum { ALLIANCE_BYTES_MOST = 1 << 30 };

/* Reads it all from one snapshot. The result lives in a. */
MUST_USE err alliance_load(core *c, arena *a, alliance *out_alliance);
/* The revision now, to see whether a load is due. */
MUST_USE err alliance_revision(core *c, int64_t *out_revision);

/* Raises the revision, so that everyone loads anew. */
MUST_USE err alliance_revise(db_tx *tx, arena *scratch);
/* From now on every page says that samples are counted. */
MUST_USE err alliance_note_samples(core *c);

/* NULL when there is none. */
const declaration *alliance_declaration(const alliance *al, str slug);
const declaration *alliance_declaration_by_id(const alliance *al, int64_t id);
const content_item *alliance_item(const alliance *al, str kind, str slug);
content_list alliance_items(const alliance *al, str kind);

/* The text in a language, else in the original one (the caller marks it: text->lang tells), else
 * any; NULL when the item has none. */
const content_text *content_text_in(const content_item *item, str lang);
const declaration_text *declaration_text_in(const declaration *d, int64_t version, str lang);

/* "sealed", "server" or "browser", as rules and manifest write it. ERR_INVALID: none of them. */
str record_mode_name(record_mode mode);
MUST_USE err record_mode_read(str name, record_mode *out_mode);
/* Keys parted by single spaces, none twice. ERR_INVALID: something else, or too many. */
MUST_USE err recipients_read(arena *a, str text, recipient_list *out_recipients);
str recipients_text(arena *a, recipient_list recipients);

/* Noon of the last day of signing, for showing that day in any European time zone. */
int64_t declaration_last_day_ms(const declaration *d);

/* Noon of the day on which everything personal is erased, for showing it likewise. */
int64_t declaration_retain_day_ms(const declaration *d);

/* How many witnesses its policy names; each is asked to cosign. */
size_t declaration_witnesses(arena *a, const declaration *d);

bool declaration_is_open(const declaration *d, int64_t now_ms);
bool declaration_takes(const declaration *d, signer_kind kind);

/* The next step of 100, 200, 500, 1,000, … that lies above n and not below the goal. */
int64_t declaration_next_goal(const declaration *d, int64_t n);
