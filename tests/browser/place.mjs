// SPDX-License-Identifier: EUPL-1.2
// Where signers are: the combobox by keyboard and pointer, the list that comes back without a script,
// the map that shows them, and the figures.

import { deepEqual, equal, match, ok } from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { violations } from './stage/axe.mjs';
import { desktop, open_browser, phone } from './stage/browser.mjs';
import { open_site, root, slug, until } from './stage/site.mjs';
import { done, test } from './stage/tap.mjs';
import { confirm, fill, included, press, somebody, submit } from './stage/walk.mjs';

const site = await open_site({ samples: 300 });
const browser = await open_browser(site);

const with_reader = (options, act) => async () => {
  const reader = await browser.visit(options);
  try {
    await act(reader);
    equal(reader.faults.join('\n'), '');
  } finally {
    await reader.end();
  }
};
const form = language => `${site.origin}/${language}/sign/${slug}/person`;
const options = page => page.locator('#place-list [role=option]');
const region = page => page.locator('input[name=region]').inputValue();

// Types, and waits for the answer to just that.
async function type(page, words) {
  await page.fill('#place', '');
  const asked = page.waitForResponse(reply => reply.url().includes('/data/places.json?') &&
    new URL(reply.url()).searchParams.get('q') === words);
  await page.locator('#place').pressSequentially(words, { delay: 5 });
  await (await asked).finished();
  // By the clock of the page: when this is over, it has seen the answer.
  await page.evaluate(() => new Promise(done => { setTimeout(done, 50); }));
}

await test('a region is found in another script and taken by keyboard', with_reader({}, async ({ page }) => {
  await page.goto(form('en'));
  const input = page.locator('#place');
  equal(await input.getAttribute('role'), 'combobox');
  equal(await input.getAttribute('aria-expanded'), 'false');
  await page.selectOption('#country', 'DE');
  await type(page, 'бавар');
  equal(await input.getAttribute('aria-expanded'), 'true');
  match(await page.locator('[data-places] [role=status]').textContent(), /^Suggestions: \d/);
  equal(await options(page).first().textContent(), 'Bayern');
  equal(await input.getAttribute('aria-activedescendant'), null, 'nothing is chosen by itself');
  await page.keyboard.press('ArrowDown');
  equal(await input.getAttribute('aria-activedescendant'), 'place-list-0');
  equal(await options(page).first().getAttribute('aria-selected'), 'true');
  deepEqual(await violations(page, 'open list'), []);
  await page.keyboard.press('Enter');
  equal(await input.inputValue(), 'Bayern');
  equal(await region(page), 'DE2');
  equal(await input.getAttribute('aria-expanded'), 'false');
  equal(await page.evaluate(() => document.activeElement.id), 'place', 'the focus stays');
  await page.keyboard.type('x');
  equal(await region(page), '', 'what is typed further is no longer that region');
}));

await test('arrows go round, Escape closes and keeps what was typed', with_reader({}, async ({ page }) => {
  await page.goto(form('en'));
  await type(page, 'limburg');
  const n = await options(page).count();
  ok(n >= 2);
  await page.keyboard.press('ArrowUp');
  equal(await page.locator('#place').getAttribute('aria-activedescendant'), `place-list-${n - 1}`);
  await page.keyboard.press('ArrowDown');
  equal(await page.locator('#place').getAttribute('aria-activedescendant'), 'place-list-0');
  await page.keyboard.press('Escape');
  ok(await page.locator('#place-list').isHidden());
  equal(await page.inputValue('#place'), 'limburg');
  await page.keyboard.press('ArrowDown');
  await until('open again', () => page.locator('#place-list').isVisible());
}));

await test('a press takes it, and the country with it', with_reader({ size: desktop }, async ({ page }) => {
  await page.goto(form('da'));
  await type(page, 'lyon');
  await options(page).first().click();
  equal(await page.inputValue('#place'), 'Lyon');
  equal(await region(page), 'FRK26');
  equal(await page.inputValue('#country'), 'FR');
}));

await test('a country is found by its name elsewhere, and leaves the field for a place within', with_reader({},
  async ({ page }) => {
    await page.goto(form('sv'));
    await type(page, 'германия');
    equal(await options(page).first().textContent(), 'Deutschland');
    await page.keyboard.press('ArrowDown');
    await page.keyboard.press('Enter');
    equal(await page.inputValue('#country'), 'DE');
    equal(await page.inputValue('#place'), '');
    equal(await region(page), '');
    await type(page, 'Μόναχο');
    equal(await options(page).first().textContent(), 'München, Kreisfreie Stadt, Oberbayern');
  }));

await test('a signer from a region stands on the register there', with_reader({}, async ({ page }) => {
  const who = { ...somebody('en'), country: 'AT' };
  await page.goto(form('en'));
  await fill(page, who);
  await type(page, 'steier');
  await page.keyboard.press('ArrowDown');
  await page.keyboard.press('Tab');
  equal(await region(page), 'AT22');
  equal((await press(page, submit(page))).status(), 200);
  await confirm(page, site, who);
  await included(page);
  match(await page.locator('main').textContent(), /Steiermark \(NUTS 2021: AT22\)/);
  await until('listed there', async () => {
    await page.goto(`${site.origin}/en/signatories/${slug}?country=AT&region=AT22`);
    return (await page.locator('ul.ledger').textContent()).includes(who.name);
  });
  await page.goto(`${site.origin}/en/signatories/${slug}?country=AT&region=AT130`);
  ok(!(await page.locator('main').textContent()).includes(who.name));
}));

await test('without a script the places that may be meant are offered once', with_reader({ script: false },
  async ({ page }) => {
    const who = { ...somebody('de'), country: 'DE' };
    await page.goto(form('de'));
    await fill(page, who);
    await page.fill('#place', 'München');
    equal((await press(page, submit(page))).status(), 422);
    equal(await page.inputValue('#place'), 'München');
    equal(await page.inputValue('#name'), who.name);
    await page.check('#region-DE212');
    equal((await press(page, submit(page))).status(), 200);
  }));

await test('that list is clean, and a suggestion answers it as well', with_reader({}, async ({ page }) => {
  await page.goto(form('en'));
  await fill(page, { ...somebody('en'), country: 'DE' });
  await page.fill('#place', 'München');
  await press(page, submit(page));
  deepEqual(await violations(page, 'places to choose from'), []);
  await type(page, 'münch');
  await options(page).filter({ hasText: 'Kreisfreie Stadt' }).first().click();
  ok(await page.isChecked('#region-DE212'));
}));

await test('a place that nobody knows is no fault', with_reader({ script: false }, async ({ page }) => {
  const who = { ...somebody('en'), country: 'DK' };
  await page.goto(form('en'));
  await fill(page, who);
  await page.fill('#place', 'Our farm');
  equal((await press(page, submit(page))).status(), 200);
}));

const kinds = [['', 27], ['?show=regions', 11], ['?show=mosaic', 11]];
for (const [name, look] of [['light', { size: phone }], ['dark', { size: desktop, colorScheme: 'dark' }]])
  for (const [kind, links] of kinds)
    await test(`the map${kind} is drawn, well formed and reached by keyboard (${name})`,
      with_reader({ script: true, ...look }, async ({ page }) => {
        const reply = await page.goto(`${site.origin}/en/map/${slug}${kind}`);
        ok((await reply.body()).length < 200000);
        const picture = await page.evaluate(() => {
          const [svg, ...more] = document.querySelectorAll('main svg[role=group]');
          const text = new XMLSerializer().serializeToString(svg);
          const read = new DOMParser().parseFromString(text, 'image/svg+xml');
          const { width, height } = svg.getBoundingClientRect();
          return { fault: read.querySelector('parsererror')?.textContent ?? '', width, height,
            more: more.length, links: svg.querySelectorAll('a:not(.pin)').length,
            pins: svg.querySelectorAll('a.pin').length,
            parts: svg.querySelectorAll(':scope > path, :scope > a > path').length };
        });
        equal(picture.fault, '');
        equal(picture.more, 0);
        ok(picture.width > 300 && picture.height > 300);
        ok(kind ? picture.links >= links && picture.parts > 242 : picture.links === links);
        equal(picture.pins, 3);
        await page.locator('main svg[role=group] a').first().focus();
        equal(await page.evaluate(() => document.activeElement.localName), 'a');
        const fills = await page.evaluate(() => [...document.querySelectorAll('main svg.map .s5, ' +
          'main svg.map .s0')].map(part => `${part.className.baseVal} ${getComputedStyle(part).fill}`));
        equal(new Set(fills).size, 2, 'most and nothing are two colours');
        deepEqual(await violations(page, `map${kind}`), []);
        await Promise.all([page.waitForURL(/signatories\/.*country=/), page.keyboard.press('Enter')]);
      }));

await test('the map leads from kind to kind, and a pin to its story', with_reader({ script: false },
  async ({ page }) => {
    await page.goto(`${site.origin}/de/map/${slug}`);
    const kind = page.locator('main nav');
    await kind.getByRole('link', { name: 'Regionen' }).click();
    await page.waitForURL(/show=regions/);
    equal(await kind.locator('[aria-current=page]').textContent(), 'Regionen');
    await kind.getByRole('link', { name: 'Mosaik' }).click();
    await page.waitForURL(/show=mosaic/);
    equal(await page.locator('main a[href*="/stories/metro-line-3-sofia"]').count(), 2);
    await page.locator('svg a.pin').first().focus();
    await Promise.all([page.waitForURL(/\/de\/stories\//), page.keyboard.press('Enter')]);
  }));

// The command, as the organiser uses it beside the running site.
function territory(...words) {
  const program = process.env.UNDERSIGNED ?? join(root, 'build/release/src/app/undersigned');
  return spawnSync(program, ['territory', ...words, '--declaration', slug, '--data', site.data],
    { encoding: 'utf8', cwd: root });
}

await test('territories are entered, united and shown with every step', with_reader({ size: desktop },
  async ({ page }) => {
    await page.goto(`${site.origin}/en/population/petition`);
    match(await page.locator('main').textContent(), /No territory has been entered yet/);
    const listed = territory('--json').stdout.trim().split('\n').map(line => JSON.parse(line));
    ok(listed.length >= 3);
    const [region, city, other] = listed.map(line => String(line.number));
    const enter = (number, code, people, source = 'Statistics office') => territory(number, code,
      '--people', String(people), '--source', source, '--date', '2024-01-01').status;
    equal(enter(city, 'AT221:60101', 300000), 0);
    equal(enter(region, 'AT22', 1250000, '=1+1 "quoted"'), 0);
    equal(enter(other, 'MT001', 450000), 0);
    ok(enter(other, 'XX', 5) !== 0);
    ok(enter(other, 'MT001', 99000000) !== 0);
    ok(enter('999999', 'MT001', 5) !== 0);
    match(territory().stderr, /1700000 people together/);
    await until('the page', async () => {
      await page.goto(`${site.origin}/en/population/${slug}`);
      return (await page.locator('main').textContent()).includes('AT22');
    }, 90000);
    const text = (await page.locator('main').textContent()).replace(/[\s\u202f\u00a0]+/g, ' ');
    match(text, /1 700 000/);
    match(text, /0\.4 %/);
    match(text, /Covered by: /);
    equal(await page.locator('tbody tr').count(), 3);
    deepEqual(await violations(page, 'population'), []);
    const data = await (await fetch(`${site.origin}/data/${slug}/population.json`)).json();
    equal(data.people, 1700000);
    deepEqual(data.territories.map(t => [t.code, t.counted]),
      [['AT22', true], ['AT221:60101', false], ['MT001', true]]);
    const csv = await (await fetch(`${site.origin}/data/${slug}/population.csv`)).text();
    match(csv, /,AT22,2021,1250000,"'=1\+1 ""quoted""",2024-01-01,""\r\n/);
    equal(territory(other, 'MT001', '--drop').status, 0);
    ok(territory(other, 'MT001', '--drop').status !== 0);
    match(territory().stderr, /1250000 people together/);
  }));

// The numbers of a table, by the name of the row.
const rows_of = (page, id) => page.locator(`[aria-labelledby=${id}] table`).evaluate(table =>
  Object.fromEntries([...table.querySelectorAll('tbody tr, tfoot tr')].map(row =>
    [row.cells[0].textContent.trim(), Number(row.cells[1].textContent.replace(/\D/g, ''))])));

for (const [name, options] of [['phone', { size: phone }], ['no script', { script: false, size: desktop }]])
  await test(`every chart is a table and a file (${name})`, with_reader(options, async ({ page }) => {
    await page.goto(`${site.origin}/da/figures/${slug}`);
    const count = await site.count();
    for (const [id, file, all] of [['by-language', 'languages', 'count'], ['by-type', 'types', 'organisations']]) {
      const rows = await rows_of(page, id);
      const told = await (await fetch(`${site.origin}/data/${slug}/${file}.json`)).json();
      equal(rows['I alt'], told[all]);
      const parts = Object.entries(rows).filter(([row]) => row !== 'I alt').map(([, n]) => n);
      equal(parts.reduce((sum, n) => sum + n, 0), rows['I alt'], id);
      deepEqual(parts.slice(0, told[file].length), told[file].map(row => row.count));
      equal(await page.locator(`[aria-labelledby=${id}] svg.bar`).count(), told[file].length);
      const csv = await (await fetch(`${site.origin}/data/${slug}/${file}.csv`)).text();
      equal(csv.trim().split('\r\n').length, told[file].length + 1);
    }
    equal((await rows_of(page, 'by-language'))['I alt'], count);
    ok((await rows_of(page, 'by-language')).Dansk >= 5);
    equal((await rows_of(page, 'by-kind'))['I alt'], count);
    equal((await rows_of(page, 'by-country'))['I alt'], count);
    match(await page.locator('progress.goal').getAttribute('aria-label'), /\d/);
    if (name === 'phone') {
      await page.locator('details.fold summary').last().click();
      deepEqual(await violations(page, 'figures'), []);
    }
  }));

await browser.end();
site.end();
done();
