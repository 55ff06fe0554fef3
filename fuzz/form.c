/* SPDX-License-Identifier: EUPL-1.2 */
/* A form with a field of each kind: what comes out without a fault keeps the field's promises. */

#include "http/form.h"
#include "base/utf8.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

typedef struct values {
    str text;
    person_name name;
    email_address email;
    str story;
    bool agreed;
    str kind;
    int64_t people;
} values;

static const char *const kinds[] = {"a", "b", NULL};
static const field fields[] = {
    {"t", FIELD_TEXT, offsetof(values, text), 1, 20, false, NULL},
    {"n", FIELD_NAME, offsetof(values, name), 2, 20, false, NULL},
    {"e", FIELD_EMAIL, offsetof(values, email), 3, 254, false, NULL},
    {"s", FIELD_PARAGRAPH, offsetof(values, story), 1, 40, false, NULL},
    {"c", FIELD_CHECK, offsetof(values, agreed), 0, 0, false, NULL},
    {"k", FIELD_CHOICE, offsetof(values, kind), 0, 0, false, kinds},
    {"i", FIELD_INT, offsetof(values, people), -5, 500, false, NULL},
    {0},
};
static const form sample = {"sample", fields, sizeof(values)};

static void check_clean(str s, bool has_lines)
{
    BUG_IF(!utf8_is_valid(s) || memchr(s.at ? s.at : "", 0, s.n));
    BUG_IF(memchr(s.at ? s.at : "", '\r', s.n));
    BUG_IF(!has_lines && utf8_has_controls(s));
    BUG_IF(!str_eq(s, str_trim(s)));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (size > 8192)
        return 0;
    arena *a = arena_open(16 << 20);
    values v;
    form_faults faults;
    str token = {0};
    err e = form_read_signed(a, &sample, (str){(const char *)data, size}, &v, &faults, &token);
    BUG_IF(e != OK && e != ERR_INVALID);
    BUG_IF(e == OK && faults.n);
    size_t counted = 0;
    for (size_t i = 0; fields[i].name; i++)
        counted += faults.at[i] != FAULT_NONE;
    BUG_IF(counted != faults.n);
    if (e == OK) {
        check_clean(v.text, false);
        check_clean(personal_text(v.name), false);
        check_clean(personal_text(v.email), false);
        check_clean(v.story, true);
        BUG_IF(v.people && (v.people < -5 || v.people > 500));
        BUG_IF(personal_text(v.email).n > 254 || v.kind.n > 1);
    }
    arena_close(a);
    return 0;
}
