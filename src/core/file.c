/* SPDX-License-Identifier: EUPL-1.2 */
/* The closed list of what may lie beside an item. */

#include "core/file.h"

#include "base/utf8.h"

enum { MIB = 1 << 20, NAME_BYTES_MOST = 80, HASH_DIGITS = 32 };

static const file_type types[] = {
    {STR_INIT("jpg"), STR_INIT("image/jpeg"), FILE_PHOTOGRAPH, 30 * MIB},
    {STR_INIT("jpeg"), STR_INIT("image/jpeg"), FILE_PHOTOGRAPH, 30 * MIB},
    {STR_INIT("png"), STR_INIT("image/png"), FILE_PHOTOGRAPH, 30 * MIB},
    {STR_INIT("webp"), STR_INIT("image/webp"), FILE_PHOTOGRAPH, 30 * MIB},
    {STR_INIT("svg"), STR_INIT("image/svg+xml"), FILE_DRAWING, MIB},
    {STR_INIT("pdf"), STR_INIT("application/pdf"), FILE_PLAIN, 50 * MIB},
    {STR_INIT("odt"), STR_INIT("application/vnd.oasis.opendocument.text"), FILE_PLAIN, 20 * MIB},
    {STR_INIT("docx"),
     STR_INIT("application/vnd.openxmlformats-officedocument.wordprocessingml.document"),
     FILE_PLAIN, 20 * MIB},
    {STR_INIT("mp4"), STR_INIT("video/mp4"), FILE_PLAIN, 200 * MIB},
    {STR_INIT("vtt"), STR_INIT("text/vtt; charset=utf-8"), FILE_PLAIN, MIB},
};

const file_type *file_type_of(str name)
{
    str ending;
    str_cut(name, '.', &ending);
    for (size_t i = 0; i < sizeof types / sizeof *types; i++)
        if (str_eq(ending, types[i].ending))
            return &types[i];
    return NULL;
}

bool file_name_is_good(str name)
{
    size_t dots = 0;
    for (size_t i = 0; i < name.n; i++) {
        char c = name.at[i];
        bool is_letter = (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9');
        if (!is_letter && c != '-' && c != '_' && c != '.')
            return false;
        dots += c == '.';
    }
    return name.n > 0 && name.n <= NAME_BYTES_MOST && dots == 1 && name.at[0] != '.';
}

bool file_is_what_it_says(const file_type *type, str bytes)
{
    if (str_eq(type->ending, S("pdf")))
        return str_starts(bytes, S("%PDF-"));
    if (str_eq(type->ending, S("odt")) || str_eq(type->ending, S("docx")))
        return str_starts(bytes, S("PK\x03\x04"));
    if (str_eq(type->ending, S("mp4")))
        return str_starts(str_skip(bytes, 4), S("ftyp"));
    if (str_eq(type->ending, S("vtt")))
        return str_starts(bytes, S("WEBVTT")) && utf8_is_valid(bytes);
    return type->nature != FILE_PLAIN;
}

err file_path(arena *a, str hash, str published, str *out_path, const file_type **out_type)
{
    *out_type = file_type_of(published);
    if (!*out_type || !file_name_is_good(published) || hash.n != HASH_DIGITS)
        return ERR_NOT_FOUND;
    for (size_t i = 0; i < hash.n; i++)
        if (!memchr("0123456789abcdef", hash.at[i], 16))
            return ERR_NOT_FOUND;
    *out_path = arena_printf(a, "%.*s/%.*s.%.*s", STR_FMT(str_head(hash, 2)), STR_FMT(hash),
                             STR_FMT((*out_type)->ending));
    return OK;
}
