/* SPDX-License-Identifier: EUPL-1.2 */
/* Which original a translation was made from stands in the translation itself, so that it can be
 * told without a database, and travels with the file. */

#include "core/content_folder.h"

#include "base/file.h"

#include <fcntl.h>
#include <unistd.h>

enum { STAMP_DIGITS = 12 };

str content_stamp(arena *a, const content_text *text)
{
    buf words = buf_in(a);
    for (size_t i = 0; i < text->header.n; i++) {
        const fact *f = &text->header.at[i];
        if (!str_eq(f->key, S("state")) && !str_eq(f->key, S("source")))
            buf_printf(&words, "%.*s: %.*s\n", STR_FMT(f->key), STR_FMT(f->value));
    }
    buf_put_char(&words, '\n');
    buf_put(&words, text->body);
    hash32 hash = hash_sha256(buf_str(&words));
    return str_head(hex_make(a, hash_str(&hash)), STAMP_DIGITS);
}

void content_mark_outdated(arena *a, content_item *item)
{
    const content_text *original = content_original(item);
    str stamp = original ? content_stamp(a, original) : S("");
    for (size_t i = 0; original && i < item->text_count; i++) {
        content_text *text = &item->texts[i];
        str source = fact_value(text->header, S("source"));
        if (text != original && source.n && !str_eq(source, stamp))
            text->state = content_state_name(CONTENT_OUTDATED);
    }
}

/* The file with the stamp in its header: in place of the one there, else behind the state. */
static str with_stamp(arena *a, str text, str stamp)
{
    buf out = buf_in(a);
    bool is_in_header = true,
         has_stamp = str_starts(text, S("source:")) ||
                     str_find_str(str_head(text, str_find_str(text, S("\n\n"))), S("\nsource:")) <
                         str_find_str(text, S("\n\n"));
    while (text.n) {
        str rest, line = str_cut(text, '\n', &rest);
        bool is_stamp = is_in_header && str_starts(line, S("source:"));
        is_in_header = is_in_header && line.n > 0;
        buf_put(&out, is_stamp ? arena_printf(a, "source: %.*s", STR_FMT(stamp)) : line);
        if (line.n < text.n)
            buf_put_char(&out, '\n');
        if (is_in_header && !has_stamp && str_starts(line, S("state:")))
            buf_printf(&out, "source: %.*s\n", STR_FMT(stamp));
        text = rest;
    }
    return buf_str(&out);
}

static err write_stamp(arena *a, const content_origin *origin, const content_text *text,
                       const content_source *source, str stamp)
{
    int fd = open(arena_cstr(a, origin->path), O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
    if (fd < 0)
        return ERR_IO;
    str name = arena_printf(a, "%.*s.md", STR_FMT(text->lang));
    err e = file_replace(fd, name.at, with_stamp(a, source->text, stamp));
    close(fd);
    return e;
}

/* "story/x" names all of an item, "story/x/el" one of its texts. */
static bool is_named(str name, const content_item *item, str lang)
{
    str slug, code, kind = str_cut(name, '/', &slug);
    slug = str_cut(slug, '/', &code);
    return str_eq(kind, item->kind) && str_eq(slug, item->slug) &&
           (code.n == 0 || str_eq(code, lang));
}

typedef struct stamping {
    arena *a;
    str_list names;
    bool *is_used; /* beside names */
    size_t stamped;
} stamping;

/* Without names, only what has none yet: an outdated text does not become fresh by the way. */
static bool wants_stamp(stamping *s, const content_item *item, const content_text *text, str stamp)
{
    str source = fact_value(text->header, S("source"));
    bool is_wanted = s->names.n == 0 && source.n == 0;
    for (size_t i = 0; i < s->names.n; i++) {
        bool is_it = is_named(s->names.at[i], item, text->lang);
        s->is_used[i] = s->is_used[i] || is_it;
        is_wanted = is_wanted || is_it;
    }
    return is_wanted && !str_eq(source, stamp);
}

static err stamp_item(stamping *s, const content_item *item, const content_origin *origin)
{
    const content_text *original = content_original(item);
    str stamp = original ? content_stamp(s->a, original) : S("");
    for (size_t i = 0; original && i < item->text_count; i++) {
        const content_text *text = &item->texts[i];
        if (text == original || !wants_stamp(s, item, text, stamp))
            continue;
        TRY(write_stamp(s->a, origin, text, &origin->texts[i], stamp));
        s->stamped++;
    }
    return OK;
}

err content_stamp_folder(arena *a, const content_folder *folder, str_list names,
                         size_t *out_stamped)
{
    stamping s = {a, names, arena_array(a, bool, names.n), 0};
    for (size_t i = 0; i < folder->n; i++)
        TRY(stamp_item(&s, &folder->items[i], &folder->origins[i]));
    *out_stamped = s.stamped;
    for (size_t i = 0; i < names.n; i++)
        if (!s.is_used[i])
            return ERR_NOT_FOUND;
    return OK;
}
