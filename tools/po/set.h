/* SPDX-License-Identifier: EUPL-1.2 */
#pragma once
/* All catalogues together: en.po, which is the source, and what each language makes of it. */

#include "message.h"

/* As message_state in src/lang/lang.h, in the same order. */
typedef enum po_state { PO_ORIGINAL, PO_REVIEWED, PO_MACHINE, PO_OUTDATED, PO_MISSING } po_state;
enum { PO_STATES = PO_MISSING + 1 };

typedef struct po_set {
    po_catalogue of[PLURAL_LANGUAGES]; /* in EU order; path NULL when the file was not given */
    plural rules[PLURAL_LANGUAGES];
    const po_catalogue *english;
    size_t english_at;        /* its place among the 24 */
    const message_args *args; /* of each English message */
} po_set;

/* Reads paths that end in XX.po. Every fault is printed as "path:line: what"; false when there was
 * one. */
bool po_set_read(arena *a, char *const *paths, size_t n, po_set *out_set);

/* The entry of a language for an English message: NULL when it has none. */
const po_entry *po_set_entry(const po_set *s, size_t language, const po_entry *english);

/* A text that was translated from an older source is OUTDATED and not shown. */
po_state po_set_state(const po_set *s, size_t language, const po_entry *english);
const char *po_state_name(po_state state);

/* messages.h and messages.c, the latter with a pseudo-language when asked. */
void table_write(arena *a, const po_set *s, bool with_pseudo, const char *header_path,
                 const char *source_path);

/* Brings the catalogues of all 24 languages in `folder` to the messages of its en.po: adds what is
 * new as empty entries, marks as fuzzy what was translated from another text, drops what is gone,
 * creates what is missing. With is_trivial, changed sources keep their translations. Running it
 * twice changes nothing more. False after a fault, with no file changed. */
bool sync_folder(arena *a, const char *folder, bool is_trivial);

/* Prints messages of en.po that neither a MSG_ name in a .c or .h file (tests excepted) nor a line
 * of a .keys file under the given folders uses; false when there are any. */
bool usage_check(arena *a, const po_catalogue *english, char *const *folders, size_t n);

/* A list of what the language lacks, for translators, to stdout. */
void fill_print_lacking(arena *a, const po_set *s, size_t language);
/* Reads such a list with translations into a catalogue, which must have been brought to en.po
 * before. Refuses unknown keys; texts are checked when the catalogue is next compiled. */
bool fill_from_list(arena *a, const char *po_path, const char *list_path);
