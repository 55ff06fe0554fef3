/* SPDX-License-Identifier: EUPL-1.2 */
/* What comes in clear and what does not. */

#include "web/page_sign.h"

static const char *const unlisted[] = {"name",  "organisation", "type",   "role",     "website",
                                       "group", "place",        "reason", "authority"};
enum { UNLISTED = sizeof unlisted / sizeof *unlisted, AUTHORITY = UNLISTED - 1 };

sign_seal sign_seal_of(arena *a, const declaration *d, const record *read)
{
    static const char *const needed[] = {
        [SIGNER_PERSON] = "name",
        [SIGNER_ORGANISATION] = "organisation type name role",
        [SIGNER_MANDATE] = "name role type organisation",
    };
    if (d->records != RECORDS_BROWSER)
        return (sign_seal){.is_on = false};
    return (sign_seal){
        .is_on = true,
        .recipients = recipients_text(a, d->recipients),
        .campaign = d->slug,
        .text = read->text_hash,
        .language = read->lang,
        .kind = arena_printf(a, "%c", signer_kind_letter(read->kind)),
        .day = arena_printf(a, "%lld", (long long)read->day),
        .mail = personal_text(read->mail),
        .needed = str_of(needed[read->kind]),
        .copy_name = arena_printf(a, "signature-%.*s.txt", STR_FMT(d->slug)),
    };
}

static bool names(str list, const char *name)
{
    while (list.n)
        if (str_eq(str_cut(list, ' ', &list), str_of(name)))
            return true;
    return false;
}

static const field *field_of(const form *f, const char *name)
{
    const field *at = f->fields;
    while (at->name && strcmp(at->name, name) != 0)
        at++;
    return at->name ? at : NULL;
}

void sign_seal_admit(const form *f, sign_form *sent, form_faults *faults)
{
    for (size_t i = sent->is_listed ? AUTHORITY : 0; i < UNLISTED; i++) {
        const field *declared = field_of(f, unlisted[i]);
        if (!declared)
            continue;
        memcpy((char *)sent + declared->offset, &(str){"", 0}, sizeof(str));
        form_fault_set(f, faults, str_of(unlisted[i]),
                       names(sent->lacks, unlisted[i]) ? FAULT_MISSING : FAULT_NONE);
    }
}

err sign_seal_read(arena *a, const sign_form *sent, browser_seal *out_seal)
{
    browser_seal seal = {.recipients = sent->recipients};
    if (base64url_read(a, sent->opening, &seal.opening) != OK ||
        base64url_read(a, sent->sealed, &seal.file) != OK || seal.file.n == 0)
        return ERR_CONFLICT;
    *out_seal = seal;
    return OK;
}
