/* SPDX-License-Identifier: EUPL-1.2 */
#pragma once
/* JSON bodies: one object of plain values, no deeper. What it holds is held against a declared form
 * by the rules of form.h, so that a signature sent by a program is checked as one that was typed.
 */

#include "http/form.h"

typedef enum member_kind {
    MEMBER_TEXT,
    MEMBER_NUMBER,
    MEMBER_YES,
    MEMBER_NO,
    MEMBER_NULL
} member_kind;

typedef struct member {
    str name;
    member_kind kind;
    str text; /* of a text; digits of a number */
} member;

typedef struct members {
    member *at;
    size_t n;
} members;

enum { MEMBERS_MOST = 48 };

/* ERR_INVALID: not JSON of RFC 8259, no object, a name twice, a value that is a list, an object or
 * no whole number, or more than MEMBERS_MOST. *out_why says which, in English. */
MUST_USE err members_read(arena *a, str body, members *out_members, str *out_why);

/* The text of that name; empty when there is none, or it is no text. */
str members_text(const members *m, str name);

/* Reads the members that the form declares: a text field wants a text, a check true or false, a
 * number a number; null is as absent. Those named in `others` (ends with {0}) are not the form's.
 * OK and ERR_INVALID as form_read; ERR_NOT_FOUND: a member that nobody declares; ERR_CONFLICT: one
 * of the wrong kind; *out_name is its name. */
MUST_USE err form_read_members(arena *a, const form *f, const members *m, const str *others,
                               void *out_values, form_faults *out_faults, str *out_name);
