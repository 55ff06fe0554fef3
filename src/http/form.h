/* SPDX-License-Identifier: EUPL-1.2 */
#pragma once
/* Declared forms: application/x-www-form-urlencoded read into a struct before the handler runs.
 * Unknown or repeated fields, wrong UTF-8, NUL and other controls (newline only in FIELD_PARAGRAPH)
 * are refused. What was typed is kept for showing again. */

#include "http/http.h"

typedef enum field_kind {
    FIELD_TEXT,      /* str: trimmed, inner white space runs to one space, no markup, no leading
                        = + - @ (a formula for whoever opens an export) */
    FIELD_NAME,      /* person_name: as FIELD_TEXT, no '<' or '>' at all, no "://" */
    FIELD_EMAIL,     /* email_address: one @, local part <= 64 bytes, host with a dot */
    FIELD_PARAGRAPH, /* str: newlines allowed, CRLF to LF, tabs to spaces, trimmed; no markup */
    FIELD_CHECK,     /* bool: "1" or absent */
    FIELD_CHOICE,    /* str: one of the choices */
    FIELD_INT,       /* int64_t between least and most */
} field_kind;

typedef struct field {
    const char *name; /* "token" is taken by the dispatcher */
    field_kind kind;
    size_t offset;       /* into the form struct */
    int64_t least, most; /* length in code points, or bounds of FIELD_INT */
    bool is_required;
    const char *const *choices; /* FIELD_CHOICE: NULL-terminated */
} field;

typedef enum fault_kind {
    FAULT_NONE,
    FAULT_MISSING,
    FAULT_TOO_SHORT,
    FAULT_TOO_LONG,
    FAULT_NOT_EMAIL,
    FAULT_NOT_A_CHOICE,
    FAULT_NOT_A_NUMBER,
    FAULT_HAS_CONTROLS, /* control characters, bidi overrides */
    FAULT_HAS_MARKUP,   /* something that looks like a tag */
    FAULT_LOOKS_LIKE_FORMULA,
    FAULT_HAS_LINK,
    FAULT_NOT_A_WEBSITE, /* set by the page */
    FAULT_RULE,          /* set by the page after the core refused a value */
} fault_kind;

typedef struct form {
    const char *name;
    const field *fields; /* ends with {0} */
    size_t size_bytes;   /* of the struct */
} form;

enum { FORM_FIELDS_MOST = 32 };

/* One fault a field, by position in the table. */
typedef struct form_faults {
    fault_kind at[FORM_FIELDS_MOST];
    bool is_stale; /* the form token is too old: nothing is wrong with a field, send it again */
    bool is_early; /* sent faster than a person can fill it in: the same */
    size_t n;      /* fields with a fault, plus one when is_stale or is_early */
} form_faults;

/* Decodes the body into *out_values (zeroed first; also what is faulty is kept there as typed, so
 * that it can be shown again). OK: clean. ERR_INVALID with n > 0 faults: show them. ERR_INVALID
 * with n == 0: the body itself is malformed (unknown or repeated field, bad encoding): 400. */
MUST_USE err form_read(arena *a, const form *f, str body, void *out_values,
                       form_faults *out_faults);

/* The same for a body that carries the field "token" besides: its value, empty when absent. */
MUST_USE err form_read_signed(arena *a, const form *f, str body, void *out_values,
                              form_faults *out_faults, str *out_token);

/* The fault of a field by its name; an unknown name is a bug. */
fault_kind form_fault(const form *f, const form_faults *faults, str name);

/* Adds a fault that the page or the core found. */
void form_fault_set(const form *f, form_faults *faults, str name, fault_kind kind);
