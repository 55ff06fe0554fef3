// SPDX-License-Identifier: EUPL-1.2
//
// Lays the regions of level 2 out as tiles of one size, places/tiles.tsv: an own drawing, so that a
// small region is seen as well as a large one and nobody's boundaries are needed. Run it by
// `node tools/tiles.mjs` when a region comes or goes; the result is committed.
//
// It begins with where a region lies, pushes regions apart until each has room, draws those of one
// country together, and then gives each a cell of a grid so that all together move as little as they
// can. Same input, same output.

import { readFileSync, writeFileSync } from 'node:fs';

// About where each region lies: degrees east and north, read off a map by eye.
const where = `
AT11 16.5 47.5 AT12 15.8 48.3 AT13 16.4 48.2 AT21 13.9 46.7 AT22 15.0 47.2 AT31 14.0 48.2
AT32 13.1 47.4 AT33 11.4 47.2 AT34 9.9 47.2 BE10 4.4 50.8 BE21 4.7 51.2 BE22 5.4 51.0 BE23 3.8 51.0
BE24 4.8 50.9 BE25 3.0 51.0 BE31 4.6 50.6 BE32 3.9 50.4 BE33 5.8 50.5 BE34 5.5 49.9 BE35 4.9 50.2
BG31 23.4 43.6 BG32 25.6 43.4 BG33 27.4 43.4 BG34 26.6 42.4 BG41 23.2 42.4 BG42 25.0 42.0
CY00 33.2 35.0 CZ01 14.4 50.1 CZ02 14.8 50.0 CZ03 13.9 49.2 CZ04 13.4 50.4 CZ05 15.8 50.4
CZ06 16.0 49.2 CZ07 17.4 49.5 CZ08 18.1 49.9 DE11 9.6 49.0 DE12 8.5 49.1 DE13 8.2 48.0 DE14 9.5 48.2
DE21 11.8 48.0 DE22 12.9 48.6 DE23 12.2 49.3 DE24 11.3 50.0 DE25 10.8 49.3 DE26 9.9 50.0
DE27 10.4 48.1 DE30 13.4 52.5 DE40 13.6 52.3 DE50 8.8 53.2 DE60 10.0 53.6 DE71 8.8 50.1 DE72 8.9 50.6
DE73 9.5 51.2 DE80 12.6 53.8 DE91 10.3 52.1 DE92 9.5 52.4 DE93 9.8 53.2 DE94 7.8 52.9 DEA1 6.6 51.3
DEA2 6.9 50.8 DEA3 7.4 52.0 DEA4 8.7 51.9 DEA5 8.1 51.3 DEB1 7.4 50.3 DEB2 6.7 49.9 DEB3 8.0 49.5
DEC0 6.9 49.4 DED2 14.2 51.2 DED4 12.8 50.7 DED5 12.5 51.3 DEE0 11.7 52.0 DEF0 9.8 54.3 DEG0 11.0 50.9
DK01 12.4 55.9 DK02 11.9 55.3 DK03 9.5 55.3 DK04 9.3 56.2 DK05 9.8 57.1 EE00 25.5 58.7 EL30 23.8 38.0
EL41 26.0 39.2 EL42 26.5 36.8 EL43 24.9 35.2 EL51 25.0 41.1 EL52 23.0 40.7 EL53 21.6 40.3 EL54 20.8 39.6
EL61 22.3 39.5 EL62 20.2 38.9 EL63 21.5 38.4 EL64 22.8 38.7 EL65 22.2 37.3 ES11 -8.0 42.8
ES12 -6.0 43.3 ES13 -4.0 43.2 ES21 -2.6 43.1 ES22 -1.6 42.7 ES23 -2.4 42.3 ES24 -0.7 41.5 ES30 -3.7 40.4
ES41 -4.7 41.8 ES42 -3.0 39.5 ES43 -6.2 39.2 ES51 1.6 41.8 ES52 -0.6 39.4 ES53 2.9 39.6 ES61 -4.6 37.5
ES62 -1.5 38.0 ES63 -5.6 35.4 ES64 -3.0 35.3 ES70 -14.0 33.5 FI19 23.6 62.0 FI1B 24.8 60.4
FI1C 25.5 61.0 FI1D 27.0 65.5 FI20 20.0 60.2 FR10 2.4 48.7 FRB0 1.7 47.6 FRC1 4.1 47.3 FRC2 6.2 47.1
FRD1 -0.4 48.9 FRD2 1.0 49.5 FRE1 2.8 50.5 FRE2 2.8 49.7 FRF1 7.5 48.3 FRF2 4.5 48.8 FRF3 6.1 48.8
FRG0 -0.8 47.5 FRH0 -2.9 48.2 FRI1 -0.3 44.4 FRI2 1.6 45.8 FRI3 0.0 46.2 FRJ1 3.2 43.6 FRJ2 1.5 43.8
FRK1 3.2 45.6 FRK2 5.2 45.5 FRL0 6.1 44.0 FRM0 9.1 42.1 FRY1 -13.0 51.5 FRY2 -13.0 49.5 FRY3 -13.0 47.5
FRY4 -10.5 50.5 FRY5 -10.5 48.5 HR02 17.8 45.4 HR03 15.8 43.9 HR05 16.0 45.8 HR06 16.3 46.2
HU11 19.05 47.5 HU12 19.3 47.3 HU21 18.2 47.3 HU22 17.0 47.1 HU23 18.0 46.3 HU31 20.4 48.2 HU32 21.5 47.6
HU33 20.1 46.6 IE04 -8.4 54.0 IE05 -8.3 52.3 IE06 -6.8 53.4 ITC1 8.0 45.0 ITC2 7.4 45.7 ITC3 8.8 44.3
ITC4 9.7 45.6 ITF1 13.9 42.2 ITF2 14.6 41.7 ITF3 14.8 40.9 ITF4 16.7 40.9 ITF5 16.1 40.5 ITF6 16.4 39.0
ITG1 14.1 37.6 ITG2 9.0 40.1 ITH1 11.4 46.7 ITH2 11.1 46.1 ITH3 11.9 45.6 ITH4 13.1 46.1 ITH5 11.0 44.5
ITI1 11.1 43.4 ITI2 12.5 42.9 ITI3 13.2 43.4 ITI4 12.7 41.9 LT01 25.2 54.7 LT02 23.0 55.5 LU00 6.1 49.7
LV00 25.0 56.9 MT00 14.4 35.9 NL11 6.7 53.2 NL12 5.8 53.1 NL13 6.6 52.9 NL21 6.4 52.4 NL22 6.0 52.1
NL23 5.5 52.5 NL31 5.2 52.1 NL32 4.8 52.6 NL33 4.5 52.0 NL34 3.8 51.5 NL41 5.2 51.6 NL42 5.9 51.2
PL21 20.3 49.9 PL22 18.9 50.4 PL41 17.2 52.3 PL42 15.5 53.6 PL43 15.3 52.2 PL51 16.4 51.1 PL52 17.9 50.6
PL61 18.5 53.1 PL62 20.9 53.9 PL63 18.0 54.2 PL71 19.4 51.6 PL72 20.8 50.8 PL81 22.9 51.2 PL82 22.2 50.0
PL84 23.0 53.3 PL91 21.0 52.2 PL92 21.3 52.5 PT11 -7.9 41.4 PT15 -8.2 37.2 PT16 -8.1 40.2 PT17 -9.1 38.7
PT18 -7.9 38.5 PT20 -15.0 39.0 PT30 -14.5 36.0 RO11 23.5 47.2 RO12 24.8 46.2 RO21 26.9 47.0 RO22 27.6 45.2
RO31 25.6 44.7 RO32 26.1 44.4 RO41 23.8 44.5 RO42 21.8 45.6 SE11 18.1 59.4 SE12 16.2 59.2 SE21 15.6 57.2
SE22 13.8 55.9 SE23 12.6 57.9 SE31 14.8 60.6 SE32 15.8 63.0 SE33 19.0 66.0 SI03 15.3 46.3 SI04 14.3 46.0
SK01 17.2 48.3 SK02 18.1 48.4 SK03 19.3 48.8 SK04 21.5 48.9`;

const words = where.trim().split(/\s+/);
const tiles = [];
for (let i = 0; i < words.length; i += 3) {
  const lat = Number(words[i + 2]) * Math.PI / 180;
  tiles.push({ code: words[i], x: Number(words[i + 1]) * Math.cos(52 * Math.PI / 180),
    y: -Math.log(Math.tan(Math.PI / 4 + lat / 2)) * 180 / Math.PI * Math.cos(52 * Math.PI / 180) });
}
const known = readFileSync(new URL('../places/regions.tsv', import.meta.url), 'utf8').split('\n')
  .map(l => l.split('\t')[0]).filter(c => /^[A-Z0-9]{4}$/.test(c));
const lacking = known.filter(c => !tiles.some(t => t.code === c));
if (lacking.length || tiles.length !== known.length) throw new Error(`not the same regions: ${lacking}`);

// Apart: tiles closer than 1 push each other, and each is drawn to its country and to its place.
for (const t of tiles) { t.x0 = t.x * 1.15; t.y0 = t.y * 1.15; t.x = t.x0; t.y = t.y0; }
for (let step = 0; step < 600; step++) {
  const centre = {};
  for (const t of tiles) {
    const c = centre[t.code.slice(0, 2)] ??= { x: 0, y: 0, n: 0 };
    c.x += t.x; c.y += t.y; c.n++;
  }
  for (const t of tiles) {
    const c = centre[t.code.slice(0, 2)];
    t.fx = (t.x0 - t.x) * 0.015 + (/^(FRY|PT[23]|ES70)/.test(t.code) ? 0 : (c.x / c.n - t.x) * 0.012);
    t.fy = (t.y0 - t.y) * 0.015 + (/^(FRY|PT[23]|ES70)/.test(t.code) ? 0 : (c.y / c.n - t.y) * 0.012);
  }
  for (let i = 0; i < tiles.length; i++)
    for (let j = i + 1; j < tiles.length; j++) {
      const [a, b] = [tiles[i], tiles[j]];
      const [dx, dy] = [b.x - a.x, b.y - a.y];
      const far = Math.hypot(dx, dy) || 1e-6;
      if (far >= 1.08) continue;
      const push = (1.08 - far) * 0.5 / far;
      a.fx -= dx * push; a.fy -= dy * push; b.fx += dx * push; b.fy += dy * push;
    }
  for (const t of tiles) { t.x += t.fx * 0.6; t.y += t.fy * 0.6; }
}

// Hexagons, every other row half a cell to the right: the cheapest way to give all a cell
// (Hungarian method, rows are tiles and columns cells).
const [left, top] = [Math.min(...tiles.map(t => t.x)), Math.min(...tiles.map(t => t.y))];
const height = Math.sqrt(3) / 2;
const columns = Math.ceil(Math.max(...tiles.map(t => t.x)) - left) + 2;
const rows = Math.ceil((Math.max(...tiles.map(t => t.y)) - top) / height) + 2;
const cells = [];
for (let row = 0; row < rows; row++)
  for (let column = 0; column < columns; column++)
    cells.push({ row, column, x: left + column + (row % 2) / 2, y: top + row * height });
const cost = tiles.map(t => cells.map(c => (t.x - c.x) ** 2 + (t.y - c.y) ** 2));
const [n, m] = [tiles.length, cells.length];
const u = new Float64Array(n + 1), v = new Float64Array(m + 1);
const match = new Int32Array(m + 1), way = new Int32Array(m + 1);
for (let i = 1; i <= n; i++) {
  match[0] = i;
  let j0 = 0;
  const least = new Float64Array(m + 1).fill(Infinity);
  const used = new Uint8Array(m + 1);
  do {
    used[j0] = 1;
    let delta = Infinity, j1 = 0;
    for (let j = 1; j <= m; j++) {
      if (used[j]) continue;
      const now = cost[match[j0] - 1][j - 1] - u[match[j0]] - v[j];
      if (now < least[j]) { least[j] = now; way[j] = j0; }
      if (least[j] < delta) { delta = least[j]; j1 = j; }
    }
    for (let j = 0; j <= m; j++) {
      if (used[j]) { u[match[j]] += delta; v[j] -= delta; } else least[j] -= delta;
    }
    j0 = j1;
  } while (match[j0]);
  do { const j1 = way[j0]; match[j0] = match[j1]; j0 = j1; } while (j0);
}
for (let j = 1; j <= m; j++)
  if (match[j]) Object.assign(tiles[match[j] - 1], { column: cells[j - 1].column, row: cells[j - 1].row });
const first_row = Math.min(...tiles.map(t => t.row));
const shift = first_row % 2;
tiles.sort((a, b) => (a.code < b.code ? -1 : 1));
writeFileSync(new URL('../places/tiles.tsv', import.meta.url),
  '# Tiles of the regions of level 2: code, column, row (odd rows half a tile to the right)\n' +
  '# Made by tools/tiles.mjs; an own work under the licence of the program.\n' +
  tiles.map(t => `${t.code}\t${t.column}\t${t.row - first_row + shift}\n`).join(''));
console.log(`${columns} columns, ${rows} rows`);
