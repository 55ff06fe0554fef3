/* SPDX-License-Identifier: EUPL-1.2 */
#pragma once
/* What may stand in a content folder: kinds of items and their fields, a row each. A new kind or
 * field is a new row here and a line in docs/content.md. */

#include "core/alliance.h"

enum { CONTENT_LANGUAGES = 24 };

/* The languages that a complete item has, in the order of the EU's lists. */
extern const char *const content_languages[CONTENT_LANGUAGES];

typedef struct content_kind {
    const char *name; /* of the folder, and of the INI file in it */
    bool is_single;   /* the folder is the item */
    bool has_facts;   /* an INI */
    bool has_body;
} content_kind;

/* Ends with a row without a name. */
extern const content_kind content_kinds[];

/* NULL: no such kind. */
const content_kind *content_kind_of(str name);

typedef enum content_place { IN_FACTS, IN_HEADER } content_place;

typedef enum content_type {
    TYPE_TEXT, /* `most`: characters */
    TYPE_NUMBER,
    TYPE_DATE,      /* 2026-01-15, 2026-01 or 2026 */
    TYPE_HOST,      /* cor.europa.eu */
    TYPE_URL,       /* https://… */
    TYPE_MAIL,      /* name@host */
    TYPE_NAME,      /* an item name: [a-z0-9-] */
    TYPE_COUNTRY,   /* ISO 3166-1 */
    TYPE_NUTS,      /* PL633 */
    TYPE_WORD,      /* one of `words` */
    TYPE_LANGUAGES, /* codes parted by spaces, or one of `words` */
    TYPE_ITEM,      /* item name of the kind that `words` begins with, or one of the other words */
    TYPE_FILE,      /* the name of a file that lies beside it */
    TYPE_PICTURE,   /* likewise; each text says in KEY_alt what it shows */
    TYPE_STAMP,     /* content_stamp of the original */
    TYPE_RULE,      /* understood by declaration_rules_read */
} content_type;

typedef enum content_flag {
    FLAG_NEEDED = 1,       /* present and not empty */
    FLAG_SOURCED = 2,      /* KEY_source and KEY_date stand beside it, else it is refused */
    FLAG_QUALIFIED = 4,    /* KEY_qualifier may: about, more-than */
    FLAG_PROSE = 8,        /* words of the language, to be translated */
    FLAG_BY_LANGUAGE = 16, /* KEY_da may stand beside it, or in its place, for one language */
} content_flag;

typedef struct content_field {
    const char *kind; /* NULL: every kind */
    content_place place;
    const char *key;
    content_type type;
    unsigned flags;
    const char *words;
    int64_t most;
} content_field;

/* The field that a key names, also by its suffix; NULL: the kind knows none such. What is told of
 * a suffix (KEY_date …) is a row of its own type. */
const content_field *content_field_of(str kind, content_place place, str key);
/* Rows of a kind and place, from *at on; NULL at the end. */
const content_field *content_field_next(str kind, content_place place, size_t *at);

/* What is wrong with the value, as the end of a sentence that begins with the key; NULL: nothing.
 * An empty value is "not known" and never wrong here. */
const char *content_value_fault(arena *a, const content_field *field, str value);

/* [a-z0-9-], 1 to 64 of them. */
bool content_name_is_good(str name);
