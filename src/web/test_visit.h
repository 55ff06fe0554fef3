/* SPDX-License-Identifier: EUPL-1.2 */
#pragma once
/* A visitor to the whole site without a socket: requests are parsed and dispatched as the server
 * does, on a real database, at a time that the test chooses. */

#include "lang/lang.h"
#include "web/web.h"

#include "test_core.h"

typedef struct visit {
    fixture f; /* f.now_ms is the time of each request */
    struct app ap;
    router r;
    const char *headers; /* of each request, CRLF behind each */
} visit;

typedef struct seen {
    int status;
    str head; /* header lines */
    str body;
    str location; /* of a redirect */
} seen;

/* The visitor comes from the site itself and nobody is limited. */
visit *visit_open(void **state);
void visit_close(visit *v);

seen visit_get(visit *v, str path);
/* Sends the fields of a form with a good token for that route. */
seen visit_post(visit *v, const char *name, str path, str fields);
/* Sends as it is. */
seen visit_send(visit *v, const char *method, str path, const char *type, str body);

/* A form token as the page had it age_ms ago. */
str visit_token(visit *v, const char *name, int64_t age_ms);

/* Brings what was confirmed into the log, publishes it, and waits until readers see it. */
void visit_publish(visit *v, const declaration *d);

bool seen_has(const seen *s, const char *text);
size_t seen_count(const seen *s, const char *text);

/* Good fields of each form. */
#define PERSON_FIELDS                                                                              \
    "name=Ada+Lovelace&email=ada%40example.org&country=DK&consent=1&version=1&subject="
#define ORGANISATION_FIELDS                                                                        \
    "organisation=Umbrella+e.V.&type=ngo&name=Ada&role=President&authority=&website=&email=ada%40" \
    "example.org&country=DE&place=&reason=&consent=1&listed=1&version=1&subject="
#define MANDATE_FIELDS                                                                             \
    "name=Ada&role=Mayor&type=local&organisation=Town+of+X&group=&email=ada%40example.org&"        \
    "country=SE&"                                                                                  \
    "place=X&reason=&consent=1&version=1&subject="

/* The same with one field changed, added, or left out (NULL). */
str fields_with(visit *v, const char *fields, const char *name, const char *value);

/* Whether anything at all was written for a signer. */
bool visit_has_stored(visit *v);

/* A message in English, as it stands in a page. */
const char *visit_words(visit *v, msg m);
