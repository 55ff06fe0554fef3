/* SPDX-License-Identifier: EUPL-1.2 */
#pragma once
/* The text of a message: words, {placeholders} and a few inline tags. A translation must use what
 * its source uses, in any order; the program relies on that when it fills the text. */

#include "catalogue.h"
#include "plural.h"

enum { MESSAGE_ARGS_MOST = 20, MESSAGE_PARTS_MOST = 100, MESSAGE_LINKS_MOST = 10 };

typedef enum message_part_kind { PART_TEXT, PART_ARG, PART_OPEN, PART_CLOSE } message_part_kind;

/* Tags: <b>, <em>, <a>, <a1> … <a9>; a link takes its address from {a_href}, {a1_href} … */
typedef struct message_part {
    message_part_kind kind;
    str text; /* the words, the placeholder's name, or the tag's name */
} message_part;

typedef struct message_text {
    size_t n;
    message_part at[MESSAGE_PARTS_MOST];
} message_text;

/* False when a fault was added: unknown or unbalanced markup, a stray brace, a control character,
 * a bad name, too many parts. */
bool message_parse(arena *a, str text, size_t line, po_faults *faults, message_text *out_text);

/* The placeholders of a source in order of first use, links included ("a_href"). */
typedef struct message_args {
    size_t n;
    str at[MESSAGE_ARGS_MOST];
    bool has_markup;
} message_args;

/* Of an entry of the source catalogue. A plural message must show {count} in msgid_plural. */
bool message_args_of(arena *a, const po_entry *source, po_faults *faults, message_args *out_args);

size_t message_arg_index(const message_args *args, str name); /* args->n when there is none */
str message_href_name(arena *a, str tag);                     /* "a1" to "a1_href" */

/* Whether the key is a path of lower-case words ("sign.title") that gives a free name in C. */
bool message_key_is_sound(str key);

/* Compares each form of a translation with its source and adds faults where they differ in
 * placeholders, markup, line ends or outer space. `rule` is the language's plural rule. */
void message_compare(arena *a, const po_entry *source, const po_entry *translation,
                     const plural *rule, po_faults *faults);
