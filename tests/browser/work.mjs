// SPDX-License-Identifier: EUPL-1.2
// When a site is unusually busy: the device computes while its person fills in the form, the person
// does nothing, and without a script the signature counts an hour later, which its page says.

import { equal, match, ok } from 'node:assert/strict';
import { open_browser } from './stage/browser.mjs';
import { languages, open_site, pause, slug } from './stage/site.mjs';
import { done, note, test, test_each } from './stage/tap.mjs';
import { confirm, fill, included, press, somebody, submit } from './stage/walk.mjs';

const site = await open_site({ more: ['--work', 'always', '--watch', 'on'] });
const browser = await open_browser(site);

const with_reader = (options, act) => async one => {
  const reader = await browser.visit(options);
  try {
    await act(reader, one);
    equal(reader.faults.join('\n'), '');
  } finally {
    await reader.end();
  }
};

// A person of a large provider: only the work decides.
let people = 0;
const person = language => ({ ...somebody(language), email: `busy.${++people}@gmail.com` });

async function open_form(page, language) {
  await page.goto(`${site.origin}/${language}/sign/${slug}/person`);
}

await test('the work is done while the form is filled in', with_reader({}, async ({ page }) => {
  const who = person('da');
  const asked = [];
  page.on('request', request => {
    if (request.url().endsWith('/challenge')) asked.push(request.url());
  });
  await open_form(page, who.language);
  equal(asked.length, 0, 'nothing before somebody begins to write');
  await fill(page, who);
  await pause(3000); // shorter than anybody takes
  const begun = Date.now();
  const answer = await press(page, submit(page));
  note(`after the press: ${Date.now() - begun} ms`);
  equal(answer.status(), 200);
  equal(asked.length, 1);
  await confirm(page, site, who);
  await included(page);
}));

await test('who is faster than the device waits a moment, and reads why',
  with_reader({}, async ({ page, context }) => {
    const who = person('el');
    await open_form(page, who.language);
    const words = await page.locator('form[data-wait]').getAttribute('data-wait');
    // A network that is slow until the words were read stands for a slow device.
    let go_on;
    const were_read = new Promise(done => { go_on = done; });
    await context.route(/\/challenge$/, async route => {
      await were_read;
      await route.continue();
    });
    await fill(page, who);
    const pressed = press(page, submit(page));
    await page.locator('form .notice[role=status]', { hasText: words }).waitFor();
    go_on();
    equal((await pressed).status(), 200);
    await confirm(page, site, who);
    await included(page);
  }));

await test('back and again: each form has a proof of its own', with_reader({}, async ({ page }) => {
  const both = [person('fi'), person('fi')];
  await open_form(page, 'fi');
  for (const who of both) {
    await fill(page, who);
    equal((await press(page, submit(page))).status(), 200);
    await page.waitForURL('**/sent/**');
    if (who === both[0]) await page.goBack();
  }
  for (const who of both) {
    await confirm(page, site, who);
    await included(page);
  }
}));

await test('no proof comes of a challenge that cannot be had: the form is sent all the same',
  with_reader({}, async ({ page, context, faults }) => {
    const who = person('mt');
    await context.route(/\/challenge$/, route => route.fulfill({ status: 200, body: 'nonsense' }));
    await open_form(page, who.language);
    await fill(page, who);
    equal((await press(page, submit(page))).status(), 200);
    equal(faults.length, 0);
    await confirm(page, site, who);
    equal(await page.locator('.steps > li.done').count(), 1);
  }));

await test_each(languages, 3, 'without a script the page says that it is being checked in',
  with_reader({ script: false }, async ({ page }, language) => {
    const who = person(language);
    await open_form(page, language);
    await fill(page, who);
    equal((await press(page, submit(page))).status(), 200);
    await confirm(page, site, who);
    equal(await page.locator('html').getAttribute('lang'), language);
    equal(await page.locator('.steps > li').count(), 3);
    equal(await page.locator('.steps > li.done').count(), 1);
    match(await page.locator('.steps > li').nth(1).innerText(), /\d/); // when it counts
    ok(await page.locator('a[href$="/withdraw"]').isVisible());
  }));

await browser.end();
site.end();
done();
