/* SPDX-License-Identifier: EUPL-1.2 */
#pragma once
/* One .po file as we write it: a header and entries with a key (msgctxt), the English text (msgid)
 * and its translation (msgstr). The reader takes the part of the gettext format that we use and
 * refuses the rest. It never exits: faults are collected, so that a translator sees all of them at
 * once, and so that a catalogue from outside can be read as safely as our own. */

#include "base/base.h"

enum {
    PO_FORMS_MOST = 6,      /* plural forms of one language */
    PO_ENTRIES_MOST = 4000, /* messages in one catalogue */
    PO_TEXT_MOST = 3500,    /* bytes of one text */
    PO_FAULTS_MOST = 60,
};

typedef struct po_fault {
    size_t line; /* from 1 */
    str text;
} po_fault;

/* What is wrong with one file; n_all counts those that were not kept, too. */
typedef struct po_faults {
    arena *home;
    const char *path;
    size_t n, n_all;
    po_fault at[PO_FAULTS_MOST];
} po_faults;

void po_fault_add(po_faults *f, size_t line, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

typedef struct po_entry {
    size_t line; /* of its first line that is not a comment */
    str key;
    str source, source_plural;
    bool is_plural, is_fuzzy;
    size_t n_forms;
    str forms[PO_FORMS_MOST];
    size_t form_lines[PO_FORMS_MOST];
    str note;     /* "#." lines without the mark, each ended by LF */
    str remark;   /* "#" lines of the translator, the same way */
    str previous; /* "#|" lines, the same way */
} po_entry;

typedef struct po_catalogue {
    const char *path;
    str header; /* "Name: value" lines */
    size_t header_line;
    size_t n;
    po_entry *at;           /* in the order of the file */
    const po_entry **index; /* sorted by key */
} po_catalogue;

/* Reads valid UTF-8 text. False when faults were added; the catalogue then holds what was sound. */
bool po_read(arena *a, str text, po_faults *faults, po_catalogue *out_catalogue);

/* A field of the header without surrounding space; empty when there is none. */
str po_header(const po_catalogue *c, str name);

const po_entry *po_find(const po_catalogue *c, str key);

/* The entry has a text for every form it lists. */
bool po_is_translated(const po_entry *e);

/* Appends the entry in the one layout that we keep: remark, note, flags, previous, key, source,
 * forms; a string on one line unless it holds line ends. */
void po_put_entry(buf *out, const po_entry *e);
void po_put_header(buf *out, str header);
