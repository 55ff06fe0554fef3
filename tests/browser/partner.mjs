// SPDX-License-Identifier: EUPL-1.2
// Partners: from the list to the page and the hub, through the partner's own link into the count,
// and the way to become one, from the form to the answer of the alliance.

import { deepEqual, equal, match, notEqual, ok } from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { open_browser, desktop, phone } from './stage/browser.mjs';
import { open_site, program, root, slug, until } from './stage/site.mjs';
import { done, note, test, test_each } from './stage/tap.mjs';
import { confirm, fill, included, press, somebody, submit } from './stage/walk.mjs';

const site = await open_site();
const browser = await open_browser(site);
const begun = Date.now();
const readers = ['da', 'el', 'bg', 'fi', 'mt', 'de'];

const with_reader = (options, act) => async one => {
  const reader = await browser.visit(options);
  try {
    await act(reader, one);
    equal(reader.faults.join('\n'), '');
  } finally {
    await reader.end();
  }
};

const through = async page => Number((await page.locator('.hero .count-number').innerText())
  .replaceAll(/\D/g, ''));

// Who comes by the hub of one partner is counted there, and nowhere else.
async function by_the_hub({ page }, language, partner) {
  await page.goto(`${site.origin}/${language}`);
  await press(page, page.locator(`.partners a[href="/${language}/partners/${partner}"]`));
  await press(page, page.locator(`main a[href="/${language}/with/${partner}"]`));
  equal(await page.locator('html').getAttribute('lang'), language);
  equal(await page.locator('.hero .count-number').count(), 0);
  await press(page, page.locator('.hero .button.large'));
  const form = new URL(page.url());
  equal(form.pathname + form.search, `/${language}/sign/${slug}?src=${partner}`);

  // The partner stays through a look at another language and a form with mistakes.
  await page.locator('details.tongue summary').click();
  await press(page, page.locator('details.tongue a[lang="en"]'));
  equal(new URL(page.url()).search, `?src=${partner}`);
  await page.goto(form.href);
  equal((await press(page, submit(page))).status(), 422);
  equal(await page.locator('input[name=partner]').inputValue(), partner);
  const who = somebody(language);
  await fill(page, { ...who, is_listed: false });
  equal((await press(page, submit(page))).status(), 200);
  await confirm(page, site, who);
  await included(page);
  await until('the hub counts it', async () => {
    await page.goto(`${site.origin}/${language}/with/${partner}`);
    return await page.locator('.hero .count-number').count() === 1;
  });
  equal(await through(page), 1);
}
const partners = ['aer', 'aebr', 'calre', 'cemr', 'cpmr', 'eurocities'];
await test_each(readers, 2, 'signs through a hub, without a script, in', with_reader(
  { script: false, size: phone }, (reader, language) =>
    by_the_hub(reader, language, partners[readers.indexOf(language)])));
await test('and with a script', with_reader({ size: desktop }, reader =>
  by_the_hub(reader, 'fr', 'cor')));

await test('the form says from whom the reader comes, and can do without',
  with_reader({ script: false }, async ({ page }) => {
    await page.goto(`${site.origin}/en/sign/${slug}?src=aer`);
    await press(page, page.locator('form .notice a'));
    equal(await page.locator('input[name=partner]').count(), 0);
    await page.goto(`${site.origin}/en/sign/${slug}?src=nobody`);
    equal(await page.locator('input[name=partner], form .notice').count(), 0);
  }));

await test_each([true, false], 1, 'link and code of a hub lead to its form, with a script:',
  async script => {
    const reader = await browser.visit({ script, size: phone });
    const { page } = reader;
    await page.goto(`${site.origin}/mt/with/eurocities`);
    const link = (await page.locator('#link ~ * code, .band code').first().innerText()).trim();
    equal(link, `${site.origin}/mt/sign/${slug}?src=eurocities`);
    const picture = join(site.data, `hub-${script}.png`);
    await page.locator('svg.qr').screenshot({ path: picture });
    const read = spawnSync('zbarimg', ['--quiet', '--raw', picture], { encoding: 'utf8' });
    equal(read.stdout.trim(), link);
    equal(await page.locator('[data-copy]').isVisible(), script);
    equal(await page.locator('[data-copy]').getAttribute('data-copy'), link);
    for (const href of await page.locator('.share a').evaluateAll(all => all.map(a => a.href)))
      ok(decodeURIComponent(href).includes(link), href);
    equal(reader.faults.join('\n'), '');
    await reader.end();
  });

await test_each([true, false], 1, 'the list is searched without accents, with a script:',
  script => with_reader({ script }, async ({ page }) => {
    await page.goto(`${site.origin}/da/partners`);
    const all = await page.locator('.ledger h3').count();
    equal(all, 7);
    await page.fill('#words', 'KOMMUNER');
    await press(page, page.locator('form.filters button'));
    const found = await page.locator('.ledger h3').allInnerTexts();
    ok(found.length > 0 && found.length < all && found.includes('CEMR'), found.join());
    equal(await page.inputValue('#words'), 'KOMMUNER');
    await page.fill('#words', 'nobody at all');
    await press(page, page.locator('form.filters button'));
    equal(await page.locator('.ledger').count(), 0);
    await press(page, page.locator('main section a').first());
    equal(await page.locator('.ledger h3').count(), all);
  })());

// --- Asking to join ---

const requests = (...words) => {
  const run = spawnSync(program, ['requests', ...words, '--data', site.data],
    { encoding: 'utf8', cwd: root });
  return { code: run.status, out: run.stdout, said: run.stderr };
};
const listed = () => requests('--json').out.split('\n').filter(Boolean).map(JSON.parse);
const join_link = letter => letter.match(/https?:\/\/\S+\/partners\/join\/[\w-]{32}/)[0];

async function asks({ page, posts }, language) {
  await page.goto(`${site.origin}/${language}/partners`);
  await press(page, page.locator(`main a[href="/${language}/partners/join"]`));
  equal((await press(page, submit(page))).status(), 422);
  equal(await page.locator('.errors li a').count(), 6);
  equal(await page.locator('[aria-invalid=true]').count(), 6);
  const who = { organisation: `Δίκτυο ${language} <3`, email: `join.${language}@example.org` };
  await page.fill('#organisation', who.organisation);
  equal((await press(page, submit(page))).status(), 422);
  equal(await page.inputValue('#organisation'), who.organisation);
  await page.fill('#organisation', `Δίκτυο ${language}`);
  await page.selectOption('#country', 'DK');
  await page.fill('#website', 'www.example.org');
  await page.fill('#name', 'Ada Example');
  await page.fill('#role', 'Chair');
  await page.fill('#email', who.email);
  await page.fill('#message', 'We carry it.\n\nTo all our members.');
  await page.check('#agree');
  equal((await press(page, submit(page))).status(), 200);
  match(page.url(), new RegExp(`/${language}/partners/join/sent$`));

  const letter = await site.letter_to(who.email);
  match(letter, new RegExp(`^Content-Language: ${language}`, 'im'));
  ok(!letter.includes('Δίκτυο'), 'nothing that a stranger typed');
  const link = join_link(letter);
  posts.length = 0;
  await page.goto(link);
  await page.reload();
  ok(!listed().some(one => one.email === who.email), 'looking confirms nothing');
  await press(page, page.locator('main .button.large'));
  equal(posts.length, 1);
  equal(page.url(), link);
  const request = listed().find(one => one.email === who.email);
  deepEqual([request.state, request.organisation, request.website, request.language],
    ['waits', `Δίκτυο ${language}`, 'https://www.example.org', language]);
  return { ...who, link, number: request.number };
}

await test_each(readers, 2, 'asks to join, without a script, in', with_reader(
  { script: false, size: phone }, async (reader, language) => {
    const { page } = reader;
    const who = await asks(reader, language);
    const is_accepted = language !== 'bg';
    const waiting = await page.locator('h1').innerText();
    equal(requests(is_accepted ? 'accept' : 'refuse', String(who.number), '--note',
      'We write & call.').code, 0);
    equal(requests('accept', String(who.number)).code, 4);
    const answer = await site.letter_to(who.email, 2);
    equal(join_link(answer), who.link);
    await page.goto(who.link);
    notEqual(await page.locator('h1').innerText(), waiting);
    equal(await page.locator('.quote').innerText(), 'We write & call.');
    await press(page, page.locator('.button.grave'));
    equal((await fetch(who.link)).status, 404);
    equal(requests('show', String(who.number)).code, 3);
  }));
await test('asks to join with a script', with_reader({ size: desktop }, async reader => {
  const who = await asks(reader, 'hr');
  match(requests('show', String(who.number)).out, /e-mail +join\.hr@example\.org/);
}));

await test('nothing of a request is in the log or in clear on the disk', () => {
  ok(!site.said.join('').includes('join.'), 'the log names nobody');
  const found = spawnSync('grep', ['-rlaE', 'Δίκτυο|join\\.hr@example', '--exclude-dir=inbox',
    site.data], { encoding: 'utf8' });
  equal(found.stdout, '');
});

note(`${Math.round((Date.now() - begun) / 1000)} s`);
await browser.end();
site.end();
done();
