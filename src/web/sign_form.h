/* SPDX-License-Identifier: EUPL-1.2 */
#pragma once
/* The fields that forms of the sign pages, of corrections and of requests to join have in common:
 * what they bring, how they are shown again with what was typed, and what is wrong. */

#include "core/signature.h"
#include "http/form.h"
#include "lang/lang.h"

enum { SIGN_REASON_MOST = 500 };

/* What a form of any kind brings; a kind's table names only the fields that it asks for. */
typedef struct sign_form {
    person_name name;
    str organisation; /* or the institution of a mandate */
    str type;         /* or the level of a mandate */
    str role;         /* or the mandate itself */
    str authority;
    email_address email;
    str country;
    str place;
    str region; /* code of the place, when it was chosen (web/place_choice.h) */
    str reason;
    str website; /* of an organisation */
    str group;   /* political group of a mandate holder */
    bool is_consented, is_listed, wants_news, wants_partner;
    bool is_renewed;       /* of a correction: it is said of the new version of the text */
    str partner;           /* slug of the partner through whom the signer came */
    int64_t version;       /* of the text that stood beside the form */
    int64_t person;        /* among those of the mailbox, where names are sealed (signature.h) */
    str trap;              /* people do not see it */
    str opening, sealed;   /* base64url, where the browser seals the record (core/sealing.h) */
    str recipients, lacks; /* for whom that is; what was needed and stayed empty, as it says */
    str work; /* what the device computed meanwhile (core/challenge.h); empty: nothing */
} sign_form;

/* A field as the view shows it. */
typedef struct sign_field {
    const char *id; /* also its name; NULL: the form does not ask for it */
    const char *autocomplete;
    str value;
    int64_t most;  /* length */
    str fault;     /* what is wrong, in words; empty: nothing */
    str described; /* ids of hint and fault */
} sign_field;

typedef struct sign_fault {
    str target; /* "#name" */
    str words;
} sign_fault;

typedef struct sign_fault_list {
    sign_fault *at;
    size_t n;
} sign_fault_list;

typedef struct sign_option {
    str code;
    str name;
    bool is_chosen;
} sign_option;

typedef struct sign_option_list {
    const sign_option *at;
    size_t n;
} sign_option_list;

typedef struct sign_fields {
    sign_field name, organisation, type, role, authority, website, group, email, country, place,
        reason, consent;
    sign_option_list types;           /* of organisations, or levels of mandates */
    sign_option_list members, others; /* countries */
    sign_option_list regions;         /* that the place may mean; none: nothing to choose */
    str region;                       /* the code that was chosen before */
    bool is_consented, is_listed, wants_news, wants_partner;
    int64_t person;
    sign_fault_list faults;
} sign_fields;

/* The declared form of a kind (routes name them, too). */
const form *sign_form_of(signer_kind kind);

/* Fills the fields for the view; values and faults may be NULL. What is wrong is said in the same
 * words beside the field and in the list. */
void sign_fields_fill(arena *a, lang l, signer_kind kind, const form *f, const sign_form *values,
                      const form_faults *faults, sign_fields *out_fields);

/* Rules that a declared form cannot say: the country is a known one, the website is one. */
void sign_fields_check(arena *a, const form *f, const sign_form *values, form_faults *faults);
