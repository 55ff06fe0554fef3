/* SPDX-License-Identifier: EUPL-1.2 */
/* embed PATH.h PATH.c PATH.bin ROOT FILE...: static files into the program.
 *
 * Each FILE (a path below ROOT) gets a name that holds the hash of its content, so that it can be
 * cached for ever: fonts/a.woff2 becomes /static/fonts/a.0123456789ab.woff2. Style sheets come
 * last, because the names they point to are part of their own content. All bytes, plain and
 * compressed, lie in PATH.bin, which PATH.c pulls in by the assembler's .incbin; PATH.h has one
 * ASSET_… name for each file and the table that the server hands out.
 *
 * What a style sheet points to must be one of the files: so nothing is fetched from elsewhere, and
 * a typing error fails the build and not the page.
 *
 * A script that imports others becomes one file: what it names in `import { a, b } from './x.js';`
 * is put before it, once, without imports and without the word `export`. So modules stay modules
 * for whoever reads or tests them, and a page needs one request and no import map. They share one
 * scope, hence no two may declare the same name. */

#include "source.h"

#include "crypto/crypto.h"

#include <brotli/encode.h>
#include <ctype.h>
#include <zlib.h>

enum { FILE_BYTES_MOST = 4 << 20, FILES_MOST = 200, HASH_DIGITS = 12, NAMES_MOST = 500 };

typedef struct kind {
    const char *extension;
    const char *content_type;
    bool is_compressed; /* by its own format */
} kind;

static const kind kinds[] = {
    {"css", "text/css; charset=utf-8", false},
    {"js", "text/javascript; charset=utf-8", false},
    {"svg", "image/svg+xml", false},
    {"txt", "text/plain; charset=utf-8", false},
    {"json", "application/json", false},
    {"webmanifest", "application/manifest+json", false},
    {"woff2", "font/woff2", true},
    {"png", "image/png", true},
    {"jpg", "image/jpeg", true},
    {"webp", "image/webp", true},
    {"ico", "image/x-icon", false},
};

typedef struct span {
    size_t at;
    size_t n;
} span;

typedef struct asset_file {
    str name; /* below ROOT */
    const kind *kind;
    str macro;
    str bytes; /* after rewriting */
    str hash;
    str path; /* of the URL */
    span identity, gzip, br;
} asset_file;

typedef struct bundle {
    arena *a;
    const char *root;
    asset_file files[FILES_MOST];
    size_t n;
    buf all; /* PATH.bin */
} bundle;

static _Noreturn void refuse(str name, const char *why, str what)
{
    fprintf(stderr, "%.*s: %s", STR_FMT(name), why);
    if (what.n > 0)
        fprintf(stderr, " '%.*s'", STR_FMT(what));
    fputc('\n', stderr);
    exit(1);
}

static str bytes_read(bundle *b, str name)
{
    str path = arena_printf(b->a, "%s/%.*s", b->root, STR_FMT(name));
    FILE *file = fopen(arena_cstr(b->a, path), "rb");
    if (!file)
        refuse(name, "cannot be read", S(""));
    char *bytes = arena_alloc(b->a, FILE_BYTES_MOST + 1);
    size_t n = fread(bytes, 1, FILE_BYTES_MOST + 1, file);
    bool is_read = !ferror(file);
    fclose(file);
    if (!is_read || n > FILE_BYTES_MOST)
        refuse(name, "is larger than 4 MiB", S(""));
    if (n == 0)
        refuse(name, "is empty", S(""));
    return (str){bytes, n};
}

static str extension_of(str name)
{
    size_t dot = name.n;
    for (size_t i = 0; i < name.n; i++)
        if (name.at[i] == '.')
            dot = i;
    return str_skip(name, dot + 1);
}

static const kind *kind_of(str name)
{
    for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++)
        if (str_eq(extension_of(name), str_of(kinds[i].extension)))
            return &kinds[i];
    refuse(name, "is of a kind that no content type is known for", S(""));
}

/* Names go into URLs and C identifiers as they are. */
static void name_check(str name)
{
    bool is_fine = name.n > 0 && name.n < 200 && name.at[0] != '/' &&
                   str_find_str(name, S("..")) == name.n && str_find_str(name, S("//")) == name.n;
    for (size_t i = 0; i < name.n; i++) {
        char c = name.at[i];
        bool is_plain =
            (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' || c == '.' || c == '/';
        is_fine = is_fine && is_plain;
    }
    if (!is_fine)
        refuse(name, "must be made of a-z, 0-9, '-', '.' and '/'", S(""));
}

static str macro_of(arena *a, str name)
{
    buf b = buf_in(a);
    buf_put(&b, S("ASSET_"));
    for (size_t i = 0; i < name.n; i++) {
        char c = name.at[i];
        bool is_letter = c >= 'a' && c <= 'z';
        bool is_digit = c >= '0' && c <= '9';
        buf_put_char(&b, is_letter ? (char)(c - 0x20) : is_digit ? c : '_');
    }
    return buf_str(&b);
}

static str script_gather(bundle *b, const asset_file *f);

static void file_add(bundle *b, str name)
{
    name_check(name);
    if (b->n == FILES_MOST)
        refuse(name, "is one file too many", S(""));
    asset_file f = {.name = name, .kind = kind_of(name), .macro = macro_of(b->a, name)};
    for (size_t i = 0; i < b->n; i++)
        if (str_eq(b->files[i].macro, f.macro))
            refuse(name, "has the same C name as", b->files[i].name);
    f.bytes = bytes_read(b, name);
    if (str_eq(str_of(f.kind->extension), S("js")))
        f.bytes = script_gather(b, &f);
    b->files[b->n++] = f;
}

static void file_name(arena *a, asset_file *f)
{
    hash32 hash = hash_sha256(f->bytes);
    f->hash = str_head(hex_make(a, hash_str(&hash)), HASH_DIGITS);
    str stem = str_head(f->name, f->name.n - extension_of(f->name).n - 1);
    f->path = arena_printf(a, "/static/%.*s.%.*s.%s", STR_FMT(stem), STR_FMT(f->hash),
                           f->kind->extension);
}

static const asset_file *file_find(const bundle *b, str name)
{
    for (size_t i = 0; i < b->n; i++)
        if (str_eq(b->files[i].name, name))
            return &b->files[i];
    return NULL;
}

/* The new form of what stands in url(…): a name with its hash; "#id" and data: stay. */
static str target_of(const bundle *b, const asset_file *sheet, str target)
{
    if (str_starts(target, S("data:")) || str_starts(target, S("#")))
        return target;
    if (str_find_str(target, S("//")) < target.n)
        refuse(sheet->name, "points to another host:", target);
    str bare = str_head(target, str_find(target, '#'));
    size_t slash = 0;
    for (size_t i = 0; i < sheet->name.n; i++)
        if (sheet->name.at[i] == '/')
            slash = i + 1;
    str name = arena_printf(b->a, "%.*s%.*s", (int)slash, sheet->name.at, STR_FMT(bare));
    const asset_file *f = file_find(b, name);
    if (!f)
        refuse(sheet->name, "points to a file that is not embedded:", target);
    if (f->path.n == 0)
        refuse(sheet->name, "points to another style sheet:", target);
    str fragment = str_skip(target, bare.n);
    return arena_printf(b->a, "%.*s%.*s", STR_FMT(f->path), STR_FMT(fragment));
}

/* The length of a comment at the front of css, or 0. */
static size_t comment_at(const asset_file *sheet, str css)
{
    if (!str_starts(css, S("/*")))
        return 0;
    size_t end = str_find_str(css, S("*/"));
    if (end == css.n)
        refuse(sheet->name, "has a comment without an end", S(""));
    return end + 2;
}

/* The length of the line end at the front of css with all blank that follows: readers need no
 * indentation. */
static size_t blank_at(str css)
{
    size_t n = 0;
    while (n < css.n && (css.at[n] == '\n' || css.at[n] == ' '))
        n++;
    return n;
}

/* The length of a quoted string at the front of css, or 0. */
static size_t string_at(const asset_file *sheet, str css)
{
    char quote = css.at[0];
    if (quote != '"' && quote != '\'')
        return 0;
    for (size_t i = 1; i < css.n; i++) {
        if (css.at[i] == quote)
            return i + 1;
        if (css.at[i] == '\\')
            i++;
    }
    refuse(sheet->name, "has a string without an end", S(""));
}

static void sheet_rewrite(bundle *b, asset_file *sheet)
{
    buf out = buf_in(b->a);
    str css = sheet->bytes;
    while (css.n > 0) {
        size_t comment = comment_at(sheet, css);
        if (comment > 0) {
            css = str_skip(css, comment);
            continue;
        }
        size_t string = string_at(sheet, css);
        if (string > 0) {
            buf_put(&out, str_head(css, string));
            css = str_skip(css, string);
            continue;
        }
        if (str_eq_nocase(str_head(css, 7), S("@import")))
            refuse(sheet->name, "has an @import; list the sheets in the page instead", S(""));
        if (!str_eq_nocase(str_head(css, 4), S("url("))) {
            buf_put_char(&out, css.at[0]);
            css = css.at[0] == '\n' ? str_skip(css, blank_at(css)) : str_skip(css, 1);
            continue;
        }
        size_t close = str_find(css, ')');
        if (close == css.n)
            refuse(sheet->name, "has a url( without an end", S(""));
        str target = str_trim(str_head(str_skip(css, 4), close - 4));
        char quote = target.n >= 2 ? target.at[0] : '\0';
        if (quote == '"' || quote == '\'') {
            if (target.at[target.n - 1] != quote)
                refuse(sheet->name, "has a quoted url with a ')' or no end:", target);
            target = str_head(str_skip(target, 1), target.n - 2);
        }
        buf_printf(&out, "url(\"%.*s\")", STR_FMT(target_of(b, sheet, target)));
        css = str_skip(css, close + 1);
    }
    sheet->bytes = buf_str(&out);
}

/* --- Scripts: modules to one file --- */

typedef struct gathering {
    bundle *b;
    str modules[FILES_MOST]; /* begun; those done stand in out */
    bool is_done[FILES_MOST];
    size_t n;
    str names[NAMES_MOST]; /* declared at the top level so far */
    size_t names_n;
    buf out;
} gathering;

/* The name that a line at the left margin declares; empty: none. */
static str declared(str line)
{
    static const char *const words[] = {"async ", "function ", "const ", "let ", "class "};
    bool is_any = false;
    for (size_t i = 0; i < sizeof words / sizeof *words; i++)
        if (str_starts(line, str_of(words[i]))) {
            line = str_skip(line, strlen(words[i]));
            is_any = i > 0;
        }
    size_t n = 0;
    while (n < line.n && (isalnum((unsigned char)line.at[n]) || line.at[n] == '_'))
        n++;
    return str_head(line, is_any ? n : 0);
}

static void name_declare(gathering *g, str module, str name)
{
    if (name.n == 0)
        return;
    for (size_t i = 0; i < g->names_n; i++)
        if (str_eq(g->names[i], name))
            refuse(module, "declares again", name);
    if (g->names_n == NAMES_MOST)
        refuse(module, "is one declaration too many:", name);
    g->names[g->names_n++] = name;
}

/* "./x.js" beside the module that imports it. */
static str imported(gathering *g, str module, str statement)
{
    size_t quote = str_find(statement, '\'');
    str target = str_skip(statement, quote + 1);
    target = str_head(target, str_find(target, '\''));
    if (!str_starts(statement, S("import {")) || !str_starts(target, S("./")) ||
        !str_ends(target, S(".js")))
        refuse(module, "must import as in import { a } from './x.js'; and not", statement);
    size_t folder = module.n;
    while (folder > 0 && module.at[folder - 1] != '/')
        folder--;
    return arena_printf(g->b->a, "%.*s%.*s", (int)folder, module.at, STR_FMT(str_skip(target, 2)));
}

static void module_gather(gathering *g, str module, str script);

static void module_import(gathering *g, str from, str module)
{
    for (size_t i = 0; i < g->n; i++)
        if (str_eq(g->modules[i], module)) {
            if (!g->is_done[i])
                refuse(from, "imports in a circle:", module);
            return;
        }
    name_check(module);
    module_gather(g, module, bytes_read(g->b, module));
}

static void module_gather(gathering *g, str module, str script)
{
    if (g->n == FILES_MOST)
        refuse(module, "is one module too many", S(""));
    size_t self = g->n++;
    g->modules[self] = module;
    g->is_done[self] = false;
    buf own = buf_in(g->b->a);
    while (script.n > 0) {
        if (str_starts(script, S("import"))) {
            str statement = str_head(script, str_find(script, ';'));
            module_import(g, module, imported(g, module, statement));
            script = str_skip(script, statement.n + 1);
            continue;
        }
        str line = str_head(script, str_find(script, '\n'));
        script = str_skip(script, line.n + 1);
        bool is_export = str_starts(line, S("export "));
        if (is_export)
            line = str_skip(line, sizeof "export " - 1);
        str name = declared(line);
        if (is_export && name.n == 0)
            refuse(module, "exports what is no declaration:", line);
        name_declare(g, module, name);
        buf_put(&own, line);
        buf_put_char(&own, '\n');
    }
    g->is_done[self] = true;
    buf_put(&g->out, buf_str(&own));
}

static str script_gather(bundle *b, const asset_file *f)
{
    gathering *g = &(gathering){.b = b, .out = buf_in(b->a)};
    module_gather(g, f->name, f->bytes);
    return buf_str(&g->out);
}

static span bytes_add(bundle *b, str bytes)
{
    span s = {b->all.n, bytes.n};
    buf_put(&b->all, bytes);
    return s;
}

/* A compressed form is worth its place when it saves a twentieth. */
static bool saves_enough(size_t before, size_t after)
{
    return after + before / 20 < before;
}

static str gzip_make(arena *a, str bytes)
{
    z_stream z = {0};
    BUG_IF(deflateInit2(&z, 9, Z_DEFLATED, 15 + 16, 9, Z_DEFAULT_STRATEGY) != Z_OK);
    uLong room = deflateBound(&z, (uLong)bytes.n);
    char *out = arena_alloc(a, room);
    unsigned char *in = arena_alloc(a, bytes.n);
    memcpy(in, bytes.at, bytes.n);
    z.next_in = in;
    z.avail_in = (uInt)bytes.n;
    z.next_out = (unsigned char *)out;
    z.avail_out = (uInt)room;
    BUG_IF(deflate(&z, Z_FINISH) != Z_STREAM_END);
    str made = {out, z.total_out};
    deflateEnd(&z);
    return made;
}

static str br_make(arena *a, str bytes)
{
    size_t n = BrotliEncoderMaxCompressedSize(bytes.n);
    unsigned char *out = arena_alloc(a, n);
    BUG_IF(!BrotliEncoderCompress(BROTLI_MAX_QUALITY, BROTLI_MAX_WINDOW_BITS, BROTLI_MODE_TEXT,
                                  bytes.n, (const unsigned char *)bytes.at, &n, out));
    return (str){(const char *)out, n};
}

static void file_store(bundle *b, asset_file *f)
{
    f->identity = bytes_add(b, f->bytes);
    if (f->kind->is_compressed)
        return;
    str gzip = gzip_make(b->a, f->bytes);
    str br = br_make(b->a, f->bytes);
    if (saves_enough(f->bytes.n, gzip.n))
        f->gzip = bytes_add(b, gzip);
    if (saves_enough(f->bytes.n, br.n))
        f->br = bytes_add(b, br);
}

static void bundle_name(bundle *b)
{
    /* Sheets in the second pass: by then what they point to has its name. */
    for (int pass = 0; pass < 2; pass++)
        for (size_t i = 0; i < b->n; i++) {
            asset_file *f = &b->files[i];
            bool is_sheet = str_eq(str_of(f->kind->extension), S("css"));
            if (is_sheet != (pass == 1))
                continue;
            if (is_sheet)
                sheet_rewrite(b, f);
            file_name(b->a, f);
        }
}

static void header_write(const bundle *b, const char *path)
{
    buf h = buf_in(b->a);
    buf_put(&h, S("/* Made by tools/embed. */\n#pragma once\n#include \"base/str.h\"\n\n"
                  "/* A static file under its lasting URL. gzip and br are empty where they save\n"
                  " * nothing; etag is quoted and for the identity form. */\n"
                  "typedef struct asset {\n    str path;\n    str content_type;\n    str etag;\n"
                  "    str identity;\n    str gzip;\n    str br;\n} asset;\n\n"));
    buf_printf(&h, "enum { ASSETS = %zu };\nextern const asset assets[ASSETS];\n\n", b->n);
    buf_put(&h, S("/* NULL when there is none of that path. */\n"
                  "const asset *asset_find(str path);\n\n"));
    for (size_t i = 0; i < b->n; i++)
        buf_printf(&h, "#define %.*s S(\"%.*s\")\n", STR_FMT(b->files[i].macro),
                   STR_FMT(b->files[i].path));
    source_write(path, buf_str(&h));
}

static void span_put(buf *c, const char *name, span s)
{
    if (s.n == 0)
        buf_printf(c, "     .%s = STR_INIT(\"\"),\n", name);
    else
        buf_printf(c, "     .%s = {assets_bytes + %zu, %zu},\n", name, s.at, s.n);
}

static void code_write(const bundle *b, const char *path, const char *bin_path)
{
    /* The hash makes this file change with the bytes, which the compiler cannot see. */
    hash32 hash = hash_sha256(buf_str(&b->all));
    buf c = buf_in(b->a);
    buf_printf(&c, "/* Made by tools/embed; bytes %.*s */\n#include \"static/assets.h\"\n\n",
               STR_FMT(hex_make(b->a, hash_str(&hash))));
    buf_printf(
        &c,
        "__asm__(\".section .rodata\\n.balign 64\\n.globl assets_bytes\\n\"\n"
        "        \".hidden assets_bytes\\nassets_bytes:\\n.incbin \\\"%s\\\"\\n.byte 0\\n\"\n"
        "        \".size assets_bytes, . - assets_bytes\\n.previous\\n\");\n"
        "extern const char assets_bytes[] __attribute__((visibility(\"hidden\")));\n\n"
        "const asset assets[ASSETS] = {\n",
        bin_path);
    for (size_t i = 0; i < b->n; i++) {
        const asset_file *f = &b->files[i];
        buf_printf(&c, "    {.path = STR_INIT(\"%.*s\"),\n     .content_type = STR_INIT(\"%s\"),\n",
                   STR_FMT(f->path), f->kind->content_type);
        buf_printf(&c, "     .etag = STR_INIT(\"\\\"%.*s\\\"\"),\n", STR_FMT(f->hash));
        span_put(&c, "identity", f->identity);
        span_put(&c, "gzip", f->gzip);
        span_put(&c, "br", f->br);
        buf_put(&c, S("    },\n"));
    }
    buf_put(&c, S("};\n\nconst asset *asset_find(str path)\n{\n"
                  "    for (size_t i = 0; i < ASSETS; i++)\n"
                  "        if (str_eq(assets[i].path, path))\n"
                  "            return &assets[i];\n    return NULL;\n}\n"));
    source_write(path, buf_str(&c));
}

int main(int argc, char **argv)
{
    if (argc < 6) {
        fputs("usage: embed PATH.h PATH.c PATH.bin ROOT FILE...\n", stderr);
        return 2;
    }
    crypto_init();
    bundle *b = &(bundle){.a = arena_open((size_t)2 << 30), .root = argv[4]};
    b->all = buf_in(b->a);
    for (int i = 5; i < argc; i++)
        file_add(b, str_of(argv[i]));
    bundle_name(b);
    for (size_t i = 0; i < b->n; i++)
        file_store(b, &b->files[i]);
    source_write(argv[3], buf_str(&b->all));
    header_write(b, argv[1]);
    code_write(b, argv[2], argv[3]);
    arena_close(b->a);
    return 0;
}
