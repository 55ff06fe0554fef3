/* SPDX-License-Identifier: EUPL-1.2 */
/* `ceremony`: shows that the keys of the organiser work, before anything is sealed to them. */

#include "cli/commands.h"
#include "cli/organiser_keys.h"

#include "base/clock.h"
#include "core/ceremony.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

enum { FLAG_CODE, NAME_CHARS = 12 };

static const char *test_path(const command_context *c, str recipient)
{
    return arena_printf(c->a, "%.*s/ceremony/%.*s.age", STR_FMT(c->data),
                        STR_FMT(str_head(recipient, NAME_CHARS)))
        .at;
}

static err write_test(const command_context *c, str recipient, str file)
{
    const char *path = test_path(c, recipient);
    const char *folder = arena_printf(c->a, "%.*s/ceremony", STR_FMT(c->data)).at;
    mkdir(folder, 0700); /* opening the file says what is wrong */
    int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    bool is_kept = fd >= 0 && write(fd, file.at, file.n) == (ssize_t)file.n;
    if (fd >= 0 && close(fd) == 0 && is_kept)
        return OK;
    command_say("cannot write %s: %s", path, strerrordesc_np(errno));
    return ERR_IO;
}

static err ask(command_context *c, str text)
{
    age_recipient recipient;
    str file;
    if (age_recipient_read(text, &recipient) != OK) {
        command_say("\"%.*s\" is no key: it begins with age1 and is on the key sheet, not secret",
                    STR_FMT(text));
        return ERR_INVALID;
    }
    err e = ceremony_ask(&c->core, c->a, &recipient, clock_now_ms(), &file);
    if (e == ERR_CONFLICT) {
        command_say("%.*s was shown to work before", STR_FMT(text));
        return OK;
    }
    TRY(e);
    TRY(write_test(c, text, file));
    command_say("Take %s to where the key is, and read the code in it:\n"
                "    undersigned open --key KEY FILE     (or: age -d -i KEY FILE)\n"
                "then tell it here:\n"
                "    undersigned ceremony --code CODE",
                test_path(c, text));
    return OK;
}

static err tell(command_context *c, str code)
{
    str recipient;
    err e = ceremony_prove(&c->core, c->a, code, clock_now_ms(), &recipient);
    if (e == ERR_NOT_FOUND)
        command_say("no test has that code: was it the newest file for this key?");
    TRY(e);
    unlink(test_path(c, recipient));
    command_say("the key to %.*s works", STR_FMT(recipient));
    return OK;
}

static err list(command_context *c)
{
    key_proofs all;
    TRY(ceremony_list(&c->core, c->a, &all));
    for (size_t i = 0; i < all.n; i++)
        printf(c->is_json ? "{\"recipient\":\"%.*s\",\"proven\":%s}\n" : "%.*s\t%s\n",
               STR_FMT(all.at[i].recipient),
               c->is_json            ? (all.at[i].proven_ms ? "true" : "false")
               : all.at[i].proven_ms ? "works"
                                     : "not shown yet");
    if (all.n == 0)
        command_say("no key was tried yet. Each of two custodians makes one where it shall stay "
                    "(undersigned key organiser.txt), and names its age1… here: "
                    "undersigned ceremony AGE1…");
    return OK;
}

int cmd_ceremony(command_context *c)
{
    err e = OK;
    if (command_flag_given(c, FLAG_CODE))
        return command_exit(tell(c, command_flag_value(c, FLAG_CODE)));
    if (c->argument_count == 0)
        return command_exit(list(c));
    for (size_t i = 0; i < c->argument_count && e == OK; i++)
        e = ask(c, c->arguments[i]);
    return command_exit(e);
}

err ceremony_here(command_context *c, const age_identity *identity)
{
    age_recipient recipient = age_recipient_of(identity);
    str file, header, payload, plain, proven, rest;
    age_file_key file_key;
    err e = ceremony_ask(&c->core, c->a, &recipient, clock_now_ms(), &file);
    if (e == ERR_CONFLICT)
        return OK;
    TRY(e);
    TRY(age_split(file, &header, &payload));
    TRY(age_header_open(header, identity, 1, &file_key));
    TRY(age_payload_open(c->a, &file_key, payload, &plain));
    str code = str_skip(plain, str_find_str(plain, S("code: ")) + strlen("code: "));
    return ceremony_prove(&c->core, c->a, str_cut(code, '\n', &rest), clock_now_ms(), &proven);
}
