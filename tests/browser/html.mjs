// SPDX-License-Identifier: EUPL-1.2
// The markup as it is sent, read by two validators that are not ours: the Nu Html Checker and
// html-validate. Every kind of page in three languages, each page of the sign journey in one.

import { notEqual } from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { open_browser } from './stage/browser.mjs';
import { crawl, share } from './stage/crawl.mjs';
import { open_site, root, slug } from './stage/site.mjs';
import { done, note, test } from './stage/tap.mjs';
import { confirm, fill, included, press, somebody, submit } from './stage/walk.mjs';

const site = await open_site({ samples: 60 });
const folder = mkdtempSync(join(tmpdir(), 'undersigned-html-'));
process.once('exit', () => rmSync(folder, { recursive: true, force: true }));
const begun = Date.now();
let kept = 0;

function keep(url, html) {
  const { pathname, search } = new URL(url);
  const name = `${pathname}${search}`.replace(/[^a-z0-9]+/gi, '_').slice(0, 80);
  kept++;
  writeFileSync(join(folder, `${String(kept).padStart(3, '0')}_${name}.html`), html);
}

const crawled = ['en', 'el', 'ga'];
const found = [...(await crawl(site.origin, crawled)).values()]
  .filter(page => page.type.startsWith('text/html'));
for (const language of crawled) {
  const own = found.filter(page => new URL(page.url).pathname.split('/')[1] === language);
  const shown = share(own.map(page => page.url), language, crawled);
  for (const { url, html } of own) if (shown.includes(url)) keep(url, html);
}
for (const url of [`${site.origin}/`, `${site.origin}/office`, `${site.origin}/fi/nothing`,
  `${site.origin}/fi/s/nothing`, `${site.origin}/fi/link/sent`, site.inbox,
  `${site.origin}/fi/signatories/${slug}?words=nobody`, `${site.origin}/fi/partners?words=nobody`,
  `${site.origin}/fi/partners/join/sent`, `${site.origin}/fi/partners/join/nothing`,
  `${site.origin}/fi/partners/join/gone`, `${site.origin}/fi/leave/nothing`,
  `${site.origin}/fi/sign/${slug}?src=aer`,
  `${site.origin}/fi/documents?words=koheesio&kind=opinion`, `${site.origin}/fi/search?words=koheesio`,
  `${site.origin}/da/search?words=Kommissionsmitglieder`, `${site.origin}/fi/search?words=nobody`,
  `${site.origin}/fi/proof/${slug}/checker.html`, `${site.origin}/fi/embed?show=sign&width=400`,
  ...['count', 'sign', 'latest', 'sent/x', 'count?theme=pink'].map(what =>
    `${site.origin}/embed/fi/${slug}/${what}`)])
  keep(url, await (await fetch(url, { headers: { 'Accept-Language': 'ja' } })).text());

// The journey: what is answered to each step.
const browser = await open_browser(site);
const { page, end } = await browser.visit({ script: false });
const keep_answer = async answer => keep(answer.url(), await answer.text());
const visit = async url => keep_answer(await page.goto(url));
const pressed = async button => keep_answer(await press(page, button));
for (const kind of ['person', 'organisation', 'mandate']) {
  const who = somebody('fr', kind);
  await visit(`${site.origin}/fr/sign/${slug}/${kind}`);
  await pressed(submit(page));
  await fill(page, who);
  await pressed(submit(page));
  const own = site.link_in(await site.letter_to(who.email));
  await visit(own);
  await pressed(submit(page));
  await included(page);
  await visit(own);
  await visit(`${own}/correct`);
  await page.fill('#name', '');
  await pressed(submit(page));
  await visit(`${own}/withdraw`);
  await pressed(submit(page));
}
await visit(`${site.origin}/fr/leave/nothing`);
await pressed(submit(page));
await visit(`${site.origin}/fr/link`);
await pressed(submit(page));
await visit(site.inbox);
await pressed(page.locator('ul.ledger a').first());
await end();
await browser.end();

// What differs where records are sealed in the browser.
const veiled = await open_site({ records: 'browser' });
const other = await open_browser(veiled);
const reader = await other.visit({});
for (const kind of ['person', 'organisation', 'mandate'])
  keep(`${veiled.origin}/mt/sign/${kind}`,
    await (await fetch(`${veiled.origin}/mt/sign/${slug}/${kind}`)).text());
const sealer = { ...somebody('mt'), is_listed: false };
await reader.page.goto(`${veiled.origin}/mt/sign/${slug}`);
await fill(reader.page, sealer);
await reader.page.uncheck('#copy');
await submit(reader.page).click();
await reader.page.waitForURL(/\/sent\//);
const veiled_own = await confirm(reader.page, veiled, sealer);
for (const place of [veiled_own, `${veiled_own}/correct`])
  keep(place, await (await fetch(place)).text());
await other.end();
veiled.end();

// run COMMAND…: what it complains about.
function run(command, ...words) {
  const { status, stdout, stderr, error } = spawnSync(command, words,
    { cwd: root, encoding: 'utf8', maxBuffer: 64 << 20 });
  if (error) throw error;
  return { status, said: `${stdout}${stderr}`.trim() };
}

const jar = createRequire(import.meta.url).resolve('vnu-jar/build/dist/vnu.jar');
const checkers = {
  'the Nu Html Checker': where => run('java', '-Xss4m', '-jar', jar, '--stdout', '--format', 'gnu',
    '--skip-non-html', where),
  'html-validate': where => run('node', 'node_modules/html-validate/bin/html-validate.mjs',
    '--config', '.htmlvalidate.json', '--formatter', 'text', '--ext', 'html', where),
};

const faulty = join(folder, 'faulty');
mkdirSync(faulty);
writeFileSync(join(faulty, 'faulty.html'),
  '<!doctype html><html lang="en"><head><title>x</title></head><body><p id="a" id="b"><ul><p>x' +
  '</ul></body></html>');
for (const [name, check] of Object.entries(checkers))
  await test(`${name} sees a fault`, () => notEqual(check(faulty).status, 0));
rmSync(faulty, { recursive: true });

for (const [name, check] of Object.entries(checkers))
  await test(`${name} finds nothing in ${kept} pages`, () => {
    const { status, said } = check(folder);
    if (status !== 0 || said)
      throw new Error(`${status}\n${said.split('\n').slice(0, 25).join('\n')}`);
  });

// For whoever mends what was found.
if (process.env.KEEP_HTML) {
  mkdirSync(process.env.KEEP_HTML, { recursive: true });
  spawnSync('cp', ['-r', `${folder}/.`, process.env.KEEP_HTML]);
  note(existsSync(process.env.KEEP_HTML) ? `kept in ${process.env.KEEP_HTML}` : 'not kept');
}

note(`${kept} pages, ${Math.round((Date.now() - begun) / 1000)} s`);
site.end();
done();
