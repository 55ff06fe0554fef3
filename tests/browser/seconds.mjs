// SPDX-License-Identifier: EUPL-1.2
// What is promised in seconds, and therefore measured while nothing else of ours runs: a slow network,
// the one number, which moves everywhere without a reload, and a large log counted in the browser.

import { equal, ok } from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { open_browser } from './stage/browser.mjs';
import { files_of, folder_of, new_key, open_line, random_add } from './stage/log.mjs';
import { languages, open_site, slug, until } from './stage/site.mjs';
import { done, note, test } from './stage/tap.mjs';
import { confirm, sign, somebody } from './stage/walk.mjs';

const site = await open_site({ samples: 60 });
const browser = await open_browser(site);

await test('the sign page can be used within three seconds on slow 3G', async () => {
  const reader = await browser.visit();
  const network = await reader.context.newCDPSession(reader.page);
  await network.send('Network.enable');
  await network.send('Network.emulateNetworkConditions', {
    offline: false, latency: 400, downloadThroughput: 50000, uploadThroughput: 50000,
  });
  await reader.page.goto(`${site.origin}/bg/sign/${slug}`, { waitUntil: 'commit' });
  await reader.page.locator('main form [type=submit]').waitFor();
  const ms = await reader.page.evaluate(() => new Promise(done => {
    new PerformanceObserver(list => {
      const paint = list.getEntriesByName('first-contentful-paint')[0];
      if (paint) done(Math.round(paint.startTime));
    }).observe({ type: 'paint', buffered: true });
  }));
  await reader.end();
  note(`painted after ${ms} ms at 400 kbit/s and 400 ms`);
  ok(ms <= 3000, `${ms} ms`);
});

await test('the count moves without a reload, on every page, in every language', async () => {
  const reader = await browser.visit();
  const other = await browser.visit();
  await reader.page.goto(`${site.origin}/el/declaration/${slug}`);
  await other.page.goto(`${site.origin}/da`);
  const number = reader.page.locator('[data-live] [data-count]').first();
  const before = Number(await number.getAttribute('data-count'));
  equal(before, await site.count());
  equal(await reader.page.locator('[data-live] [aria-live], [data-live][role=status]').count(), 0,
    'nobody hears it tick');
  const who = somebody('en');
  const writer = await browser.visit();
  await sign(writer.page, site, who);
  await confirm(writer.page, site, who);
  const pressed = Date.now();
  const want = String(before + 1);
  await until('two seconds at most', async () => await site.count() === before + 1, 2000);
  const shown = async path => (await (await fetch(site.origin + path)).text())
    .match(/data-count="(\d+)"/)?.[1];
  for (const language of languages)
    for (const path of ['', `/declaration/${slug}`, `/figures/${slug}`])
      await until(`/${language}${path}`, async () => await shown(`/${language}${path}`) === want,
        2000);
  note(`in every page after ${Date.now() - pressed} ms`);
  // The writer's own page counts as every other does.
  for (const one of [reader, other, writer])
    await until('on the open page', async () =>
      await one.page.locator('[data-live] [data-count]').first().getAttribute('data-count') === want,
    15000);
  // By the clock of the page, which is the one that has to wait.
  const asked = await reader.page.evaluate(() => performance.getEntriesByType('resource')
    .filter(one => one.name.endsWith('/count.json')).map(one => one.startTime));
  ok(asked.length >= 1, 'it asks');
  for (const [i, time] of asked.entries())
    ok(i === 0 || time - asked[i - 1] > 9000, 'not more often than every ten seconds');
  const first = await fetch(`${site.origin}/data/${slug}/count.json`);
  const again = await fetch(`${site.origin}/data/${slug}/count.json`,
    { headers: { 'If-None-Match': first.headers.get('etag') } });
  equal(again.status, 304);
  equal([...reader.faults, ...other.faults, ...writer.faults].join('\n'), '');
  for (const one of [reader, other, writer]) await one.end();
});

await test('100 000 lines are counted in the browser, and the page never freezes', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'undersigned-large-'));
  process.once('exit', () => rmSync(folder, { recursive: true, force: true }));
  const key = new_key();
  const files = files_of(key, [open_line(key), ...Array.from({ length: 99999 }, () => random_add())]);
  const { page, faults, end } = await browser.visit();
  await page.goto(`${site.origin}/en/proof/${slug}`);
  await page.locator('#copy').setInputFiles(folder_of(folder, files));
  await page.evaluate(() => {
    globalThis.longest = 0;
    let last = performance.now();
    const tick = () => {
      longest = Math.max(longest, performance.now() - last);
      last = performance.now();
      setTimeout(tick);
    };
    tick();
  });
  const begun = Date.now();
  await page.locator('#recount [data-start]').click();
  await page.locator('#recount [data-status].notice').waitFor();
  const ms = Date.now() - begun;
  equal(await page.locator('#recount [data-check=root] .tag.good').count(), 1);
  const longest = Math.round(await page.evaluate(() => globalThis.longest));
  note(`100 000 lines in ${ms} ms, the page answered within ${longest} ms`);
  ok(ms < 60000);
  ok(longest < 1000);
  equal(faults.join('\n'), '');
  await end();
});

note(site.said.join('') || 'the program had nothing to say');
await browser.end();
site.end();
done();
