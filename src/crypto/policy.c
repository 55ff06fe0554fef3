/* SPDX-License-Identifier: EUPL-1.2 */
/* Each name is a member of one group at most and stands before it, so the groups are a forest and
 * one pass in the order of the names counts them all. */

#include "crypto/policy.h"
#include "base/number.h"

enum { WORDS_MOST = POLICY_NAMES_MOST + 4 };

typedef struct reading {
    arena *a;
    policy p;
    bool has_quorum;
    str words[WORDS_MOST];
    size_t n;
    const char *what; /* is wrong */
} reading;

static err refuse(reading *r, const char *what)
{
    r->what = what;
    return ERR_INVALID;
}

static bool is_blank(char c)
{
    return c == ' ' || c == '\t';
}

static err split(reading *r, str line)
{
    r->n = 0;
    for (size_t i = 0; i < line.n;) {
        size_t start = i;
        while (i < line.n && !is_blank(line.at[i]))
            i++;
        if (i > start) {
            if (r->n == WORDS_MOST)
                return refuse(r, "too many words");
            r->words[r->n++] = (str){line.at + start, i - start};
        }
        while (i < line.n && is_blank(line.at[i]))
            i++;
    }
    return OK;
}

static int find(const policy *p, str name)
{
    for (size_t i = 0; i < p->names_n; i++)
        if (str_eq(p->names[i].name, name))
            return (int)i;
    return -1;
}

static bool is_same_key(const note_key *left, const note_key *right)
{
    return memcmp(left->public_key, right->public_key, sizeof left->public_key) == 0;
}

static err read_key(reading *r, str text, note_kind kind, note_key *out_key)
{
    if (note_key_read(r->a, text, out_key) != OK)
        return refuse(r, "the key is malformed, or of a kind that cannot be checked here");
    if (out_key->kind == kind)
        return OK;
    return refuse(r, kind == NOTE_ED25519 ? "a log needs a key for signatures (kind 1)"
                                          : "a witness needs a key for cosignatures (kind 4)");
}

static err read_log(reading *r)
{
    policy *p = &r->p;
    note_key key;
    if (r->n < 2 || r->n > 3)
        return refuse(r, "write: log KEY [URL]");
    TRY(read_key(r, r->words[1], NOTE_ED25519, &key));
    for (size_t i = 0; i < p->logs_n; i++)
        if (is_same_key(&p->logs[i].key, &key))
            return refuse(r, "a log with this key stands above");
    if (p->logs_n == POLICY_LOGS_MOST)
        return refuse(r, "too many logs");
    p->logs[p->logs_n++] = (policy_log){key, r->n > 2 ? r->words[2] : S("")};
    return OK;
}

static err add_name(reading *r, policy_name name)
{
    policy *p = &r->p;
    if (str_eq(name.name, S("none")))
        return refuse(r, "the name none has a meaning of its own");
    if (find(p, name.name) >= 0)
        return refuse(r, "this name stands above");
    if (p->names_n == POLICY_NAMES_MOST)
        return refuse(r, "too many names");
    p->names[p->names_n++] = name;
    return OK;
}

static err read_witness(reading *r)
{
    policy *p = &r->p;
    note_key key;
    if (r->n < 3 || r->n > 4)
        return refuse(r, "write: witness NAME KEY [URL]");
    TRY(read_key(r, r->words[2], NOTE_COSIGNATURE, &key));
    for (size_t i = 0; i < p->witnesses_n; i++)
        if (is_same_key(&p->witnesses[i].key, &key))
            return refuse(r, "a witness with this key stands above");
    if (p->witnesses_n == POLICY_WITNESSES_MOST)
        return refuse(r, "too many witnesses");
    TRY(add_name(r, (policy_name){r->words[1], (int)p->witnesses_n, -1, 0}));
    p->witnesses[p->witnesses_n++] =
        (policy_witness){r->words[1], key, r->n > 3 ? r->words[3] : S("")};
    return OK;
}

static err read_group(reading *r)
{
    policy *p = &r->p;
    if (r->n < 4)
        return refuse(r, "write: group NAME all|any|NUMBER MEMBER…");
    int members = (int)r->n - 3;
    int64_t least = str_eq(r->words[2], S("any")) ? 1 : members;
    if (!str_eq(r->words[2], S("any")) && !str_eq(r->words[2], S("all")) &&
        (r->words[2].at[0] == '0' || number_parse(r->words[2], 1, members, &least) != OK))
        return refuse(r, "a group needs all, any, or a number from 1 to that of its members");
    for (size_t i = 3; i < r->n; i++) {
        int member = find(p, r->words[i]);
        if (member < 0)
            return refuse(r, "a member must be defined above");
        if (p->names[member].group >= 0)
            return refuse(r, "a name is a member once at most");
        p->names[member].group = (int)p->names_n; /* that of the group, added below */
    }
    return add_name(r, (policy_name){r->words[1], -1, -1, (int)least});
}

static err read_quorum(reading *r)
{
    if (r->n != 2)
        return refuse(r, "write: quorum NAME, or quorum none");
    if (r->has_quorum)
        return refuse(r, "a policy has one quorum");
    r->has_quorum = true;
    r->p.quorum = find(&r->p, r->words[1]);
    if (r->p.quorum < 0 && !str_eq(r->words[1], S("none")))
        return refuse(r, "the quorum must be defined above");
    return OK;
}

static err read_line(reading *r, str line)
{
    for (size_t i = 0; i < line.n; i++)
        if (((unsigned char)line.at[i] < 0x20 && line.at[i] != '\t') || line.at[i] == 0x7F)
            return refuse(r, "control characters are not allowed, also no CR at the end");
    str trimmed = str_trim(line);
    if (trimmed.n == 0 || trimmed.at[0] == '#')
        return OK;
    TRY(split(r, line));
    if (str_eq(r->words[0], S("log")))
        return read_log(r);
    if (str_eq(r->words[0], S("witness")))
        return read_witness(r);
    if (str_eq(r->words[0], S("group")))
        return read_group(r);
    if (str_eq(r->words[0], S("quorum")))
        return read_quorum(r);
    return refuse(r, "a line begins with log, witness, group, quorum or #");
}

static err fault_at(policy_fault *out_fault, int line, const char *what)
{
    *out_fault = (policy_fault){line, what};
    return ERR_INVALID;
}

err policy_read(arena *a, str text, policy *out_policy, policy_fault *out_fault)
{
    reading *r = arena_new(a, reading);
    *r = (reading){.a = a, .p = {.quorum = -1}};
    if (text.n > POLICY_BYTES_MOST)
        return fault_at(out_fault, 0, "a policy has 64 KiB at most");
    if (text.n > 0 && text.at[text.n - 1] != '\n')
        return fault_at(out_fault, 0, "the last line does not end");
    r->p.logs = arena_array(a, policy_log, POLICY_LOGS_MOST);
    r->p.witnesses = arena_array(a, policy_witness, POLICY_WITNESSES_MOST);
    r->p.names = arena_array(a, policy_name, POLICY_NAMES_MOST);
    for (int line = 1; text.n > 0; line++)
        if (read_line(r, str_cut(text, '\n', &text)) != OK)
            return fault_at(out_fault, line, r->what);
    if (!r->has_quorum)
        return fault_at(out_fault, 0, "there is no line quorum");
    *out_policy = r->p;
    return OK;
}

bool policy_quorum(const policy *p, const bool *has_cosigned)
{
    int reached[POLICY_NAMES_MOST] = {0}; /* members of a group that have witnessed */
    for (size_t i = 0; i < p->names_n; i++) {
        const policy_name *name = &p->names[i];
        bool has = name->witness >= 0 ? has_cosigned[name->witness] : reached[i] >= name->least;
        if (has && (int)i == p->quorum)
            return true;
        if (has && name->group >= 0)
            reached[name->group]++;
    }
    return p->quorum < 0;
}

/* Whether the key signed; a wrong signature by it spoils the note. */
static err signed_by(arena *a, note_lines lines, str text, const note_key *key, int64_t *out_time_s)
{
    err found = ERR_NOT_FOUND;
    for (size_t i = 0; i < lines.n; i++) {
        int64_t time_s;
        err e = note_line_check(a, &lines.at[i], text, key, &time_s);
        if (e == ERR_DENIED)
            return e;
        if (e == OK && (found != OK || time_s > *out_time_s))
            *out_time_s = time_s;
        if (e == OK)
            found = OK;
    }
    return found;
}

/* The log, or one of the policy's, whose name is the origin. */
static err find_log(arena *a, const policy *p, const note_key *log, str text, note_lines lines,
                    policy_verdict *v)
{
    err found = ERR_DENIED;
    for (size_t i = 0; i < (log ? 1 : p->logs_n); i++) {
        const note_key *key = log ? log : &p->logs[i].key;
        int64_t time_s;
        if (!str_eq(key->name, v->checkpoint.origin))
            continue;
        err e = signed_by(a, lines, text, key, &time_s);
        if (e == ERR_DENIED)
            return e;
        if (e == OK && found != OK)
            v->log = *key;
        if (e == OK)
            found = OK;
    }
    return found;
}

err policy_check(arena *a, const policy *p, const note_key *log, str note,
                 policy_verdict *out_verdict)
{
    str text;
    note_lines lines;
    policy_verdict v = {.cosigned = 0};
    bool has_cosigned[POLICY_WITNESSES_MOST] = {false};
    TRY(note_split(a, note, &text, &lines));
    TRY(note_checkpoint_text(a, text, &v.checkpoint));
    TRY(find_log(a, p, log, text, lines, &v));
    for (size_t i = 0; i < p->witnesses_n; i++) {
        err e = signed_by(a, lines, text, &p->witnesses[i].key, &v.cosigned_s[i]);
        if (e == ERR_DENIED)
            return e;
        has_cosigned[i] = e == OK;
        v.cosigned += e == OK;
        if (e != OK)
            v.cosigned_s[i] = -1;
    }
    v.has_quorum = policy_quorum(p, has_cosigned);
    *out_verdict = v;
    return OK;
}
