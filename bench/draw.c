/* SPDX-License-Identifier: EUPL-1.2 */
/* What each of the materials costs to draw: processor time in milliseconds, median and worst, so
 * that what else the machine does says nothing. bench/draw [ROUNDS] */

#include "base/number.h"
#include "draw/appeal.h"

#include <stdio.h>
#include <stdlib.h>
#include <time.h>

enum { ROUNDS_USUAL = 25, ROUNDS_MOST = 1000 };

static double cpu_ms(void)
{
    struct timespec now;
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
    return (double)now.tv_sec * 1e3 + (double)now.tv_nsec / 1e6;
}

static int by_size(const void *left, const void *right)
{
    double a = *(const double *)left, b = *(const double *)right;
    return (a > b) - (a < b);
}

typedef err drawing(typeface *t, arena *a, const appeal *p, drawn *out);

static err a4(typeface *t, arena *a, const appeal *p, drawn *out)
{
    return poster_draw(t, a, p, PAPER_A4, out);
}

static err a3(typeface *t, arena *a, const appeal *p, drawn *out)
{
    return poster_draw(t, a, p, PAPER_A3, out);
}

static err wide(typeface *t, arena *a, const appeal *p, drawn *out)
{
    return picture_draw(t, a, p, 1200, 630, out);
}

static err square(typeface *t, arena *a, const appeal *p, drawn *out)
{
    return picture_draw(t, a, p, 1080, 1080, out);
}

static err tall(typeface *t, arena *a, const appeal *p, drawn *out)
{
    return picture_draw(t, a, p, 1080, 1920, out);
}

static err logo(typeface *t, arena *a, const appeal *p, drawn *out)
{
    return logo_draw(t, a, p, LOGO_PNG, false, out);
}

static void measure(const char *name, drawing *draw, typeface *t, const appeal *p, int rounds)
{
    static double times[ROUNDS_MOST];
    drawn d = {.unknown = 0};
    arena *a = arena_open(64 << 20);
    for (int i = 0; i < rounds; i++) {
        arena_reset(a);
        double began = cpu_ms();
        if (draw(t, a, p, &d) != OK)
            exit(1);
        times[i] = cpu_ms() - began;
    }
    qsort(times, (size_t)rounds, sizeof *times, by_size);
    printf("%-18s %6.1f ms, worst %6.1f ms, %7zu bytes\n", name, times[rounds / 2],
           times[rounds - 1], d.bytes.n);
    arena_close(a);
}

int main(int argc, char **argv)
{
    str points[] = {S("Every region counts."),
                    S("A budget that matches the task."),
                    S("A long view."),
                    S("Decisions close to people."),
                    S("Partnership."),
                    S("Simple rules."),
                    S("Neighbours work together."),
                    S("Results that everyone can see.")};
    const appeal p = {
        .lang = S("en"),
        .alliance = S("Alliance"),
        .cry = S("Together for a Europe that leaves no region behind"),
        .title = S("Declaration for a strong policy after 2027"),
        .summary = S("Nine points for a European Union that keeps investing in its regions."),
        .number = S("12\u202f345"),
        .caption = S("signatures"),
        .as_of = S("26 November 2026"),
        .day = S("2026-11-26"),
        .call = S("Scan and sign"),
        .address = S("alliance.example/en"),
        .link = S("https://alliance.example/en/sign/2026?src=qr"),
        .hashtag = S("#Alliance"),
        .purpose_heading = S("Purpose"),
        .purpose = S("In every part of Europe, people want good work and a say in their future."),
        .who_heading = S("Who may join"),
        .who = S("Everybody who shares the aim."),
        .points = {points, sizeof points / sizeof *points},
    };
    typeface *t;
    int64_t given = ROUNDS_USUAL;
    if (argc > 1 && number_parse(str_of(argv[1]), 1, ROUNDS_MOST, &given) != OK)
        return 2;
    if (typeface_open(&t) != OK)
        return 1;
    int rounds = (int)given;
    measure("poster A4", a4, t, &p, rounds);
    measure("poster A3", a3, t, &p, rounds);
    measure("picture 1200x630", wide, t, &p, rounds);
    measure("picture 1080x1080", square, t, &p, rounds);
    measure("picture 1080x1920", tall, t, &p, rounds);
    measure("slides", slides_draw, t, &p, rounds);
    measure("logo PNG", logo, t, &p, rounds);
    typeface_close(t);
    return 0;
}
