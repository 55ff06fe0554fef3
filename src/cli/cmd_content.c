/* SPDX-License-Identifier: EUPL-1.2 */
/* `content`: the two things that an author does beside importing. */

#include "cli/commands.h"
#include "cli/content_report.h"

#include "base/clock.h"

enum { FLAG_FULL };

static int stamp(command_context *c)
{
    content_folder *folder;
    content_report report;
    size_t stamped = 0;
    str_list names = {c->arguments + 2, c->argument_count - 2};
    err e = content_read(c->a, c->arguments[1], &folder, &report);
    if (e == ERR_NOT_FOUND) {
        command_say("no content folder %.*s", STR_FMT(c->arguments[1]));
        return EXIT_NOT_FOUND;
    }
    if (e == ERR_INVALID) {
        content_say_problems(&report);
        command_say("mend these errors first");
        return EXIT_FAILED;
    }
    if (e == OK)
        e = content_stamp_folder(c->a, folder, names, &stamped);
    if (e == ERR_NOT_FOUND)
        command_say("a name is neither an item (story/x) nor a text (story/x/el)");
    command_say("%zu translation(s) stamped", stamped);
    return command_exit(e);
}

static str first_line(str lines, str key)
{
    while (lines.n) {
        str value, line = str_cut(lines, '\n', &lines);
        if (str_eq(str_trim(str_cut(line, ':', &value)), key))
            return str_trim(value);
    }
    return S("");
}

static void print_json(arena *a, const content_past *past, const char *stamp)
{
    buf b = buf_in(a);
    buf_printf(&b, "{\"until\":\"%s\",\"lang\":\"%.*s\",\"removed\":%s,\"state\":", stamp,
               STR_FMT(past->lang), past->is_removed ? "true" : "false");
    buf_put_json(&b, past->state);
    buf_put(&b, S(",\"header\":"));
    buf_put_json(&b, past->header);
    buf_put(&b, S(",\"body\":"));
    buf_put_json(&b, past->body);
    printf("%.*s}\n", STR_FMT(buf_str(&b)));
}

static void print_past(command_context *c, const content_past *past)
{
    char stamp[32];
    clock_iso8601(past->until_ms, stamp);
    if (c->is_json) {
        print_json(c->a, past, stamp);
        return;
    }
    str title = past->lang.n ? first_line(past->header, S("title")) : S("");
    printf("%suntil %.19sZ%s  %-5.*s  %s%-8s%s %.*s\n", paint_of(stdout, PAINT_DIM), stamp,
           paint_of(stdout, PAINT_OFF), STR_FMT(past->lang.n ? past->lang : S("facts")),
           paint_of(stdout, past->is_removed ? PAINT_RED : PAINT_YELLOW),
           past->is_removed ? "removed" : "replaced", paint_of(stdout, PAINT_OFF), STR_FMT(title));
    if (command_flag_given(c, FLAG_FULL))
        printf("%.*s\n%.*s%s", STR_FMT(past->header), STR_FMT(past->body),
               past->body.n ? "\n\n" : "");
}

static int history(command_context *c)
{
    content_past_list past;
    str slug, kind = str_cut(c->arguments[1], '/', &slug);
    str lang = c->argument_count > 2 ? c->arguments[2] : S("");
    err e = command_open_database(c);
    if (e == OK)
        e = content_history(&c->core, c->a, kind, slug, lang, &past);
    if (e != OK)
        return command_exit(e);
    for (size_t i = 0; i < past.n; i++)
        print_past(c, &past.at[i]);
    if (past.n == 0)
        command_say("nothing of %.*s was replaced or removed yet", STR_FMT(c->arguments[1]));
    return EXIT_OK;
}

int cmd_content(command_context *c)
{
    str verb = c->argument_count > 1 ? c->arguments[0] : S("");
    if (str_eq(verb, S("stamp")))
        return stamp(c);
    if (str_eq(verb, S("history")) && c->argument_count <= 3)
        return history(c);
    command_say("content takes stamp FOLDER [KIND/ITEM[/LANG] …] or history KIND/ITEM [LANG]");
    return EXIT_USAGE;
}
