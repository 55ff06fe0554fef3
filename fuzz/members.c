/* SPDX-License-Identifier: EUPL-1.2 */
/* JSON bodies: whatever comes, what is taken keeps the rules of its form. */

#include "http/members.h"

#include "base/utf8.h"

enum { ARENA_BYTES = 8 << 20 };

typedef struct values {
    person_name name;
    email_address email;
    bool is_consented;
    int64_t version;
} values;

static const field fields[] = {
    {"name", FIELD_NAME, offsetof(values, name), 1, 20, true, NULL},
    {"email", FIELD_EMAIL, offsetof(values, email), 3, 254, false, NULL},
    {"consent", FIELD_CHECK, offsetof(values, is_consented), 0, 1, false, NULL},
    {"version", FIELD_INT, offsetof(values, version), 1, 1000, false, NULL},
    {0},
};
static const form sample = {"sample", fields, sizeof(values)};

int LLVMFuzzerTestOneInput(const unsigned char *bytes, size_t n);

int LLVMFuzzerTestOneInput(const unsigned char *bytes, size_t n)
{
    arena *a = arena_open(ARENA_BYTES);
    str body = {(const char *)bytes, n < 65536 ? n : 65536}, why = {"", 0}, name = {"", 0};
    const str others[] = {STR_INIT("lang"), {0}};
    members m;
    values v;
    form_faults faults;
    if (members_read(a, body, &m, &why) != OK) {
        BUG_IF(why.n == 0);
        arena_close(a);
        return 0;
    }
    BUG_IF(m.n > MEMBERS_MOST);
    for (size_t i = 0; i < m.n; i++)
        BUG_IF(!utf8_is_valid(m.at[i].name) || !utf8_is_valid(m.at[i].text));
    err e = form_read_members(a, &sample, &m, others, &v, &faults, &name);
    if (e == OK) {
        str typed = personal_text(v.name);
        BUG_IF(typed.n == 0 || utf8_length(typed) > 20 || utf8_has_controls(typed));
        BUG_IF(memchr(typed.at, '<', typed.n) || v.version < 0 || v.version > 1000);
    } else {
        BUG_IF(e == ERR_INVALID && faults.n == 0);
        BUG_IF(e != ERR_INVALID && e != ERR_NOT_FOUND && e != ERR_CONFLICT);
    }
    arena_close(a);
    return 0;
}
