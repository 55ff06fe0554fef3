#!/usr/bin/env python3
# SPDX-License-Identifier: EUPL-1.2
"""Draws static/threads.svg, the ground of the hero: threads that start apart, weave into one cord.

The picture is committed; run this only to change it. It is decoration, so it carries no text.
"""
import math
import pathlib

WIDE, HIGH, STRANDS = 1440, 480, 7
JOIN = 0.72  # the part of the width after which all threads run in the cord
SHADES = ["#2b7880", "#1f6670", "#ff8255", "#2b7880", "#1f6670", "#3b8b91", "#1f6670"]


def smooth(t):
    t = min(max(t, 0.0), 1.0)
    return t * t * t * (t * (6 * t - 15) + 10)


def height(i, x):
    """The y of thread i at x: from its own place on the left into a braid on the right."""
    start = HIGH * (0.64 + 0.42 * i / (STRANDS - 1))
    wave = 14 * math.sin(x / 150 + i * 1.9)
    cord = HIGH * 0.80 + 30 * math.sin(x / 78 + 2 * math.pi * i / STRANDS)
    t = smooth(x / (WIDE * JOIN))
    return (1 - t) * (start + wave) + t * cord


def path(i):
    step = 48
    points = [(x, height(i, x)) for x in range(-step, WIDE + 2 * step, step)]
    out = f"M{points[1][0]} {points[1][1]:.0f}"
    for a, b, c, d in zip(points, points[1:], points[2:], points[3:]):
        out += (f"C{b[0] + (c[0] - a[0]) / 6:.0f} {b[1] + (c[1] - a[1]) / 6:.0f} "
                f"{c[0] - (d[0] - b[0]) / 6:.0f} {c[1] - (d[1] - b[1]) / 6:.0f} {c[0]} {c[1]:.0f}")
    return out


def main():
    lines = "".join(f'<path stroke="{SHADES[i]}" d="{path(i)}"/>\n' for i in (0, 1, 3, 4, 5, 6, 2))
    target = pathlib.Path(__file__).resolve().parent.parent / "static" / "threads.svg"
    target.write_text(
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDE} {HIGH}" '
        f'fill="none" stroke-width="2.5" stroke-linecap="round">\n{lines}</svg>\n')


if __name__ == "__main__":
    main()
