/* SPDX-License-Identifier: EUPL-1.2 */
/* Relative luminance and contrast as WCAG 2.2 defines them. */

#include "web/palette.h"

#include "base/number.h"

#include <math.h>

enum { STEPS = 20 }; /* from the host's colour to that of the ink */

#define CONTRAST_LEAST 4.5

static const palette grounds[] = {
    [GROUND_LIGHT] = {.paper = {{0xff, 0xff, 0xff}},
                      .ink = {{0x0c, 0x2b, 0x30}},
                      .soft = {{0x4a, 0x62, 0x66}},
                      .line = {{0xc8, 0xd7, 0xd5}},
                      .accent = {{0xc9, 0x3a, 0x10}}},
    [GROUND_DARK] = {.paper = {{0x08, 0x19, 0x1c}},
                     .ink = {{0xea, 0xf3, 0xf1}},
                     .soft = {{0xa7, 0xc0, 0xbe}},
                     .line = {{0x2a, 0x47, 0x4b}},
                     .accent = {{0xff, 0x82, 0x55}}},
};

static const str words[] = {[GROUND_AUTO] = STR_INIT("auto"),
                            [GROUND_LIGHT] = STR_INIT("light"),
                            [GROUND_DARK] = STR_INIT("dark")};

err palette_ground_read(str word, palette_ground *out_ground)
{
    for (palette_ground g = GROUND_AUTO; g <= GROUND_DARK; g++) {
        if (str_eq(word, words[g])) {
            *out_ground = g;
            return OK;
        }
    }
    return ERR_INVALID;
}

str palette_ground_word(palette_ground ground)
{
    return words[ground];
}

err rgb_read(str text, rgb *out)
{
    if (text.n != 6)
        return ERR_INVALID;
    for (size_t i = 0; i < 3; i++) {
        int high = number_hex_digit(text.at[2 * i]), low = number_hex_digit(text.at[2 * i + 1]);
        if (high < 0 || low < 0)
            return ERR_INVALID;
        out->at[i] = (unsigned char)(high * 16 + low);
    }
    return OK;
}

str rgb_text(arena *a, rgb c)
{
    return arena_printf(a, "#%02x%02x%02x", c.at[0], c.at[1], c.at[2]);
}

static double luminance(rgb c)
{
    static const double weight[3] = {0.2126, 0.7152, 0.0722};
    double sum = 0;
    for (size_t i = 0; i < 3; i++) {
        double v = c.at[i] / 255.0;
        sum += weight[i] * (v <= 0.04045 ? v / 12.92 : pow((v + 0.055) / 1.055, 2.4));
    }
    return sum;
}

double rgb_contrast(rgb one, rgb other)
{
    double a = luminance(one), b = luminance(other);
    return a > b ? (a + 0.05) / (b + 0.05) : (b + 0.05) / (a + 0.05);
}

static rgb mix(rgb from, rgb to, int step)
{
    rgb c;
    for (size_t i = 0; i < 3; i++)
        c.at[i] = (unsigned char)(from.at[i] + (to.at[i] - from.at[i]) * step / STEPS);
    return c;
}

palette palette_make(palette_ground ground, const rgb *accent)
{
    const rgb white = {{255, 255, 255}}, black = {{0, 0, 0}};
    palette p = grounds[ground == GROUND_DARK ? GROUND_DARK : GROUND_LIGHT];
    if (accent)
        p.accent = *accent;
    /* One of the two always has 4.58 at least. */
    p.on_accent = rgb_contrast(p.accent, white) >= rgb_contrast(p.accent, black) ? white : black;
    int step = 0;
    do
        p.accent_text = mix(p.accent, p.ink, step);
    while (rgb_contrast(p.accent_text, p.paper) < CONTRAST_LEAST && step++ < STEPS);
    return p;
}

static void put_properties(buf *b, const palette *p)
{
    const struct {
        const char *name;
        rgb c;
    } all[] = {{"paper", p->paper},
               {"ink", p->ink},
               {"soft", p->soft},
               {"line", p->line},
               {"accent", p->accent},
               {"on-accent", p->on_accent},
               {"accent-text", p->accent_text}};
    for (size_t i = 0; i < sizeof all / sizeof *all; i++)
        buf_printf(b, "--%s:%.*s;", all[i].name, STR_FMT(rgb_text(b->home, all[i].c)));
}

str palette_sheet(arena *a, palette_ground ground, const rgb *accent)
{
    buf b = buf_in(a);
    palette first = palette_make(ground, accent), dark = palette_make(GROUND_DARK, accent);
    buf_printf(&b, ":root{color-scheme:%s;",
               ground == GROUND_AUTO    ? "light dark"
               : ground == GROUND_LIGHT ? "light"
                                        : "dark");
    put_properties(&b, &first);
    buf_put(&b, S("}\n"));
    if (ground == GROUND_AUTO) {
        buf_put(&b, S("@media (prefers-color-scheme:dark){:root{"));
        put_properties(&b, &dark);
        buf_put(&b, S("}}\n"));
    }
    return buf_str(&b);
}
