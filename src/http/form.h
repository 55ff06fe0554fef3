/* SPDX-License-Identifier: EUPL-1.2 */
#pragma once
/* Declared forms: application/x-www-form-urlencoded read into a struct before the handler runs.
 * Unknown or repeated fields, wrong UTF-8, NUL and other controls (newline only in FIELD_PARAGRAPH)
 * are refused. What was typed is kept for showing again. */

#include "http/http.h"

typedef enum field_kind {
    FIELD_TEXT,      /* str: trimmed, inner white space runs to one space */
    FIELD_NAME,      /* person_name: as FIELD_TEXT, no leading = + - @, no "://" */
    FIELD_EMAIL,     /* email_address: one @, local part <= 64 bytes, host with a dot */
    FIELD_PARAGRAPH, /* str: newlines allowed, CRLF to LF */
    FIELD_CHECK,     /* bool: "1" or absent */
    FIELD_CHOICE,    /* str: one of the choices */
    FIELD_INT,       /* int64_t between least and most */
} field_kind;

typedef struct field {
    const char *name;
    field_kind kind;
    size_t offset;              /* into the form struct */
    int64_t least, most;        /* length in code points, or bounds of FIELD_INT */
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
    FAULT_HAS_CONTROLS,  /* control characters, bidi overrides */
    FAULT_LOOKS_LIKE_FORMULA,
    FAULT_HAS_LINK,
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
    size_t n; /* fields with a fault */
} form_faults;

/* Decodes the body into *out_values (zeroed first; also what is faulty is kept there as typed, so
 * that it can be shown again). OK: clean. ERR_INVALID with n > 0 faults: show them. ERR_INVALID
 * with n == 0: the body itself is malformed (unknown or repeated field, bad encoding): 400. */
MUST_USE err form_read(arena *a, const form *f, str body, void *out_values,
                       form_faults *out_faults);

/* The fault of a field by its name. */
fault_kind form_fault(const form *f, const form_faults *faults, str name);
