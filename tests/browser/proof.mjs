// SPDX-License-Identifier: EUPL-1.2
// The page "How the number is proved" as people use it: read without a script, the log counted again,
// copies, kept checkpoints and receipts checked, and the checker saved and opened from a disk.

import { deepEqual, equal, match, ok } from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { gzipSync } from 'node:zlib';
import { readLog } from '../e2e/lib/logbook.mjs';
import { violations } from './stage/axe.mjs';
import { desktop, open_browser, phone } from './stage/browser.mjs';
import { add, checkpoint, commitment, cosigned, files_of, folder_of, new_key, new_opening, open_line, opening_text,
  promise, random_add, receipt, root_at } from './stage/log.mjs';
import { languages, open_site, pause, slug, until } from './stage/site.mjs';
import { done, note, test, test_each } from './stage/tap.mjs';
import { confirm, included, press, sign, somebody, submit } from './stage/walk.mjs';

const samples = 600;
const site = await open_site({ samples });
const browser = await open_browser(site);
const folder = mkdtempSync(join(tmpdir(), 'undersigned-proof-'));
process.once('exit', () => rmSync(folder, { recursive: true, force: true }));
const here = language => `${site.origin}/${language}/proof/${slug}`;

// A test with a reader of its own, who must have seen no fault, left no origin and sent nothing.
const with_reader = (options, act) => async one => {
  const reader = await browser.visit(options);
  try {
    await act(reader, one);
    equal(reader.faults.join('\n'), '');
    equal(reader.posts.length, 0, 'nothing is sent');
  } finally {
    await reader.end();
  }
};

const counter = page => page.locator('#recount');
const desk = page => page.locator('#receipt');
// All of one moment, once there is a verdict.
const outcome = tool => until('a verdict', () => tool.evaluate(whole => {
  const [, status] = whole.querySelector('[data-status].notice')?.className.split(' ') ?? [];
  const marks = [...whole.querySelectorAll('[data-check]:not([hidden])')].map(line =>
    [line.dataset.check, line.querySelector('.tag').className.split(' ')[1] || 'unchecked']);
  return status && { status, checks: Object.fromEntries(marks) };
}));
const fact = (tool, name) => tool.locator(`[data-fact=${name}] dd`).innerText();
async function count(page) {
  // The verdict of before stands until the files that were chosen are read.
  await counter(page).locator('[data-status]').evaluate(status => { status.className = ''; });
  await counter(page).locator('[data-start]').click();
  return outcome(counter(page));
}
// What must hold when nothing is wrong, and nothing was chosen.
const sound = { signature: 'good', manifest: 'good', root: 'good', rules: 'good', tallies: 'good',
  page: 'good', earlier: 'unchecked', cosigned: 'unchecked', quorum: 'warn' };

const copy_of = (name, files) => folder_of(join(folder, name), files);
function saved(name, text) {
  writeFileSync(join(folder, name), text);
  return join(folder, name);
}

// The log as anybody fetches it.
async function fetched() {
  const files = new Map();
  const read = async path => {
    files.set(path, Buffer.from(await (await fetch(`${site.origin}/log/${slug}/${path}`)).arrayBuffer()));
    return files.get(path);
  };
  const { checkpoint: { note: text }, entries } = await readLog(read);
  await read('manifest');
  return { files, text, entries };
}

// --- Read without a script ---

await test_each(languages, 3, 'without a script the page explains itself in',
  with_reader({ script: false }, async ({ page }, language) => {
    await page.goto(`${site.origin}/${language}`);
    await page.locator(`.foot a[href="/${language}/proof/${slug}"]`).click();
    equal(page.url(), here(language));
    ok(await page.locator('[data-without]').isVisible());
    equal(await page.locator('#recount, #receipt').evaluateAll(all => all.filter(e => e.checkVisibility()).length), 0);
    equal(await page.locator('main table tbody tr').count(), 6);
    equal(await page.locator('main dl.facts dt code').count(), 4);
  }));

await test('the lines of shell that it shows count the same', async () => {
  const reader = await browser.visit({ script: false });
  await reader.page.goto(here('en'));
  await reader.page.locator('details.fold summary').click();
  const shell = await reader.page.locator('pre code').innerText();
  await reader.end();
  const { stdout } = spawnSync('bash', ['-c', shell], { cwd: folder, encoding: 'utf8' });
  equal(stdout.trim().split('\n').at(-2), String(await site.count()), stdout);
});

await test('it is reached from the count, the figures and the own page', async () => {
  const has = async path => (await (await fetch(site.origin + path)).text()).includes(`/de/proof/${slug}"`);
  for (const path of ['/de', `/de/declaration/${slug}`, `/de/figures/${slug}`]) ok(await has(path), path);
  const short = await fetch(`${site.origin}/de/proof`, { redirect: 'manual' });
  equal(short.status, 303);
  equal(new URL(short.headers.get('location'), site.origin).pathname, `/de/proof/${slug}`);
  equal((await fetch(`${site.origin}/de/proof/nothing`)).status, 404);
});

// --- Counting again ---

await test('one signs, one withdraws, and the page counts the same', async () => {
  const reader = await browser.visit();
  const before = await site.count();
  for (const name of ['stays', 'goes']) {
    const who = somebody('en');
    await sign(reader.page, site, who);
    const own = await confirm(reader.page, site, who);
    if (name === 'stays') {
      ok(await reader.page.locator(`main a[href="/en/proof/${slug}"]`).count() > 0, 'a link on the own page');
      continue;
    }
    await until('counted', async () => await site.count() === before + 2);
    await reader.page.goto(`${own}/withdraw`);
    await press(reader.page, submit(reader.page));
  }
  await until('one less', async () => await site.count() === before + 1);
  await reader.end();
});

await test_each(['en', 'el', 'mt'], 1, 'the live log is counted in the browser, in',
  with_reader({}, async ({ page }, language) => {
    const asked = [];
    await page.goto(here(language), { waitUntil: 'networkidle' });
    page.on('request', request => asked.push(new URL(request.url()).pathname));
    deepEqual(await count(page), { status: 'good', checks: sound });
    equal(await fact(counter(page), 'total'), String(await site.count()));
    equal(await fact(counter(page), 'cancelled'), '1');
    equal((await fact(counter(page), 'size')).replace(/\D/g, ''), String((await fetched()).entries.length));
    // A verdict may be the first text of its page that needs a further font.
    ok(asked.filter(path => !/count\.json$|favicon|\/fonts\//.test(path)).every(path => path.startsWith(`/log/${slug}/`)),
      asked.join(' '));
    equal(await page.evaluate(() => localStorage.length + sessionStorage.length + document.cookie.length), 0);
    deepEqual(await violations(page, 'counted'), []);
  }));

await test('by keyboard, and it can be stopped', with_reader({ size: desktop }, async ({ page }) => {
  await page.goto(here('en'));
  let is_held = true;
  await page.route('**/tile/entries/**', async route => {
    while (is_held) await pause(20);
    await route.continue().catch(() => {});
  });
  await counter(page).locator('[data-start]').focus();
  await page.keyboard.press('Enter');
  const bar = counter(page).locator('progress');
  await bar.waitFor();
  ok(await bar.getAttribute('aria-label'));
  ok(await page.evaluate(() => document.activeElement.matches('[data-stop]')), 'the focus is on stop');
  deepEqual(await violations(page, 'counting'), []);
  await page.keyboard.press('Enter');
  await until('stopped', async () => !await bar.isVisible());
  ok(await page.evaluate(() => document.activeElement.matches('[data-start]')), 'the focus is back');
  equal(await counter(page).locator('[data-status]').innerText(), 'Stopped.');
  is_held = false;
  await page.unroute('**/tile/entries/**');
  equal((await count(page)).status, 'good');
}));

await test('a number that the log does not give is seen', with_reader({}, async ({ page }) => {
  await page.goto(here('en'));
  await page.route(`**/en/proof/${slug}`, async route => {
    const reply = await route.fetch();
    const body = (await reply.text()).replace(/(data-size="\d+" data-count=")(\d+)/, (_, a, n) => a + (Number(n) + 1));
    await route.fulfill({ response: reply, body });
  });
  await page.reload();
  deepEqual(await count(page), { status: 'bad', checks: { ...sound, page: 'bad' } });
}));

await test('a log that cannot be fetched is no verdict', with_reader({}, async ({ page, faults }) => {
  await page.goto(here('en'));
  await page.route('**/tile/entries/001*', route => route.fulfill({ status: 404 }));
  equal((await count(page)).status, 'warn');
  ok(await counter(page).locator('[data-result]').isHidden());
  faults.length = 0; // chromium notes the 404
}));

await test('a checkpoint that was kept is the beginning of the log, or not', with_reader({}, async ({ page }) => {
  await page.goto(here('en'));
  await count(page);
  const [download] = await Promise.all([page.waitForEvent('download'),
    counter(page).locator('[data-keep]').click()]);
  equal(download.suggestedFilename(), 'checkpoint');
  const kept = join(folder, 'kept');
  await download.saveAs(kept);
  equal(readFileSync(kept, 'utf8'), (await fetched()).text);
  const who = somebody('en');
  const other = await browser.visit();
  await sign(other.page, site, who);
  await confirm(other.page, site, who);
  await other.end();
  await until('the log has grown', async () => (await fetched()).text !== readFileSync(kept, 'utf8'));
  await page.reload();
  const earlier = page.locator('#earlier');
  await earlier.setInputFiles(kept);
  deepEqual(await count(page), { status: 'good', checks: { ...sound, earlier: 'good' } });
  const key = new_key();
  for (const [size, mark] of [[100, 'bad'], [100000, 'bad']]) {
    await earlier.setInputFiles(saved('foreign', checkpoint(key, size, root_at([open_line(key)]))));
    deepEqual(await count(page), { status: 'bad', checks: { ...sound, earlier: mark } });
  }
  await earlier.setInputFiles(saved('none', 'nothing'));
  await counter(page).locator('[data-start]').click();
  await until('said', async () => await counter(page).locator('[data-status]').innerText() ===
    'This file is no checkpoint.');
}));

await test('a copy is counted from its folder, a broken one refused', with_reader({}, async ({ page }) => {
  const { files } = await fetched();
  await page.goto(here('en'));
  const asked = [];
  page.on('request', request => asked.push(request.url()));
  const copy = page.locator('#copy');
  await copy.setInputFiles(copy_of('whole', files));
  deepEqual(await count(page), { status: 'good', checks: sound });
  // Chosen one by one, as where a browser cannot choose folders: only the last names are known.
  await page.evaluate(() => { document.querySelector('#copy').webkitdirectory = false; });
  const [top, bundles] = [join(folder, 'whole'), [...files.keys()].filter(path => path.includes('/entries/'))];
  await copy.setInputFiles(['checkpoint', 'manifest', ...bundles].map(path => join(top, path)));
  deepEqual(await count(page), { status: 'good', checks: sound });
  await page.evaluate(() => { document.querySelector('#copy').webkitdirectory = true; });
  const broken = new Map(files);
  const bundle = Buffer.from(files.get('tile/entries/001'));
  bundle[1000] ^= 1;
  await copy.setInputFiles(copy_of('broken', broken.set('tile/entries/001', bundle)));
  const { status, checks } = await count(page);
  equal(status, 'bad');
  equal(checks.root, 'bad');
  await copy.setInputFiles(copy_of('cut', new Map(files).set('tile/entries/001', bundle.subarray(0, 999))));
  equal((await count(page)).checks.root, 'bad');
  equal(await fact(counter(page), 'fault'), '256');
  deepEqual(await violations(page, 'broken'), []);
  equal(asked.filter(url => url.includes('/log/')).length, 0, 'the live log is not asked');
}));

await test('a folder is dropped', with_reader({ size: desktop }, async ({ page }) => {
  const top = copy_of('dropped', (await fetched()).files);
  await page.goto(here('en'));
  await page.locator('#copy').scrollIntoViewIfNeeded();
  const { x, y, width, height } = await page.locator('#copy').boundingBox();
  const devtools = await page.context().newCDPSession(page);
  for (const type of ['dragEnter', 'dragOver', 'drop'])
    await devtools.send('Input.dispatchDragEvent', { type, x: x + width / 3, y: y + height / 2,
      data: { items: [], files: [top], dragOperationsMask: 1 } });
  await until('taken', async () => await page.locator('#copy').evaluate(field => field.files.length) > 2);
  deepEqual(await count(page), { status: 'good', checks: sound });
}));

// --- Witnesses ---

const witnesses = ['a.example', 'b.example', 'c.example'].map(name => new_key(name, 4));
const policy = `${witnesses.map(({ name, vkey }) => `witness ${name} ${vkey}\n`).join('')}group two 2 ${
  witnesses.map(({ name }) => name).join(' ')}\nquorum two\n`;

await test('witnesses named by a policy are asked for, the wrong and the missing seen', with_reader({}, async ({ page }) => {
  const { files } = await fetched();
  const [one, two] = witnesses;
  const note = cosigned(files.get('checkpoint').toString(), one, 1800000000);
  await page.goto(here('en'));
  const copy_with = async (name, text, published = policy) => {
    const more = new Map(files).set('checkpoint', Buffer.from(text));
    await page.locator('#copy').setInputFiles(copy_of(name, published ? more.set('policy', Buffer.from(published)) : more));
    return count(page);
  };
  const seen = { ...sound, cosigned: 'good', quorum: 'good' };
  deepEqual(await copy_with('quorum', cosigned(note, two, 1800000060)), { status: 'good', checks: seen });
  equal(await fact(counter(page), 'witnesses'), 'a.example, b.example (2 / 3)');
  equal(await fact(counter(page), 'witnessed'), '2027-01-15 08:01 UTC');
  deepEqual(await violations(page, 'cosigned'), []);
  deepEqual(await copy_with('no-quorum', note), { status: 'bad', checks: { ...seen, quorum: 'bad' } });
  const wrong = cosigned(note, { ...new_key('b.example', 4), id: two.id }, 1800000060);
  deepEqual(await copy_with('wrong', wrong), { status: 'bad', checks: { ...seen, cosigned: 'bad', quorum: 'bad' } });
  deepEqual(await copy_with('unnamed', note, ''), { status: 'good', checks: sound });
  const own = page.locator('#policy');
  await own.setInputFiles(saved('own-policy', policy.replace('quorum two', 'quorum a.example')));
  deepEqual(await count(page), { status: 'good', checks: seen });
  await own.setInputFiles(saved('none-policy', policy.replace('quorum two', '')));
  await counter(page).locator('[data-start]').click();
  await until('said', async () => await counter(page).locator('[data-status]').innerText() === 'This file is no policy.');
}));

// --- Promises ---

await test('the promise of the own page is kept', async () => {
  const { page, faults, end } = await browser.visit();
  const who = somebody('da');
  await sign(page, site, who);
  const own = await confirm(page, site, who);
  const file = saved('promise.txt', await (await fetch(`${own}/promise`)).text());
  await included(page);
  await page.goto(here('da'));
  await page.locator('#receipt-file').setInputFiles(file);
  deepEqual(await outcome(desk(page)), { status: 'warn', checks: { promise: 'good', kept: 'unchecked' } });
  await count(page);
  await until('kept', async () => (await outcome(desk(page))).status === 'good');
  deepEqual((await outcome(desk(page))).checks, { promise: 'good', kept: 'good' });
  await page.locator('#receipt-file').setInputFiles([file,
    saved('promised.receipt', await (await fetch(`${own}/receipt`)).text())]);
  await until('both', async () => Object.keys((await outcome(desk(page))).checks).length === 7);
  equal((await outcome(desk(page))).status, 'good');
  deepEqual(await violations(page, 'promise'), []);
  equal(faults.join('\n'), '');
  await end();
});

await test('a broken promise is evidence, an open one is not, a forged one neither', with_reader({}, async ({ page }) => {
  const key = new_key();
  key.promise = new_key(`${key.name}/promise`);
  const files = files_of(key, [open_line(key), random_add()]);
  await page.route(`**/log/${slug}/**`, route => {
    const body = files.get(route.request().url().split(`/log/${slug}/`)[1]);
    return route.fulfill(body ? { body } : { status: 404 });
  });
  await page.goto(here('en'));
  await count(page);
  const until_s = (from, before_s) => promise(from, key.name, commitment(new_opening()), before_s);
  const now_s = Math.floor(Date.now() / 1000);
  const shown = async (name, text, status, checks) => {
    await page.locator('#receipt-file').setInputFiles(saved(`${name}.promise`, text));
    await until(name, async () => (await outcome(desk(page))).checks.kept === checks.kept &&
      (await outcome(desk(page))).checks.promise === checks.promise);
    equal((await outcome(desk(page))).status, status);
    return desk(page).locator('[data-status]').innerText();
  };
  match(await shown('broken', until_s(key.promise, now_s - 60), 'bad', { promise: 'good', kept: 'bad' }), /^The promise is broken/);
  deepEqual(await violations(page, 'broken promise'), []);
  match(await shown('open', until_s(key.promise, now_s + 600), 'warn', { promise: 'good', kept: 'unchecked' }), /Count again later/);
  equal(await desk(page).locator('[data-check=kept] .tag').innerText(), 'still open');
  match(await shown('forged', until_s(new_key(`${key.name}/promise`), now_s - 60), 'bad', { promise: 'bad', kept: 'unchecked' }),
    /^Something does not hold/);
}));

// --- Receipts ---

await test('a receipt that is dropped holds, and one that was altered does not', with_reader({}, async ({ page }) => {
  const { entries, text } = await fetched();
  const index = entries.findIndex((entry, i) => i > 300 && entry.startsWith('sig1 add'));
  const good = receipt(entries, index, text);
  await page.goto(here('en'));
  const drop = words => page.locator('[data-drop]').evaluate((place, content) => {
    const dataTransfer = new DataTransfer();
    dataTransfer.items.add(new File([content], 'mine.tlog-proof'));
    for (const kind of ['dragenter', 'dragover', 'drop'])
      place.dispatchEvent(new DragEvent(kind, { dataTransfer, bubbles: true, cancelable: true }));
  }, words);
  await drop(good);
  const holds = { key: 'good', signature: 'good', included: 'good', opening: 'unchecked', counted: 'unchecked' };
  deepEqual(await outcome(desk(page)), { status: 'good', checks: holds });
  equal(await fact(desk(page), 'index'), String(index));
  equal(await fact(desk(page), 'entry'), entries[index].trim());
  deepEqual(await violations(page, 'receipt'), []);
  await count(page);
  await until('counts, too', async () => (await outcome(desk(page))).checks.counted === 'good');

  await drop(good.replace(`index ${index}`, `index ${index + 1}`));
  await until('refused', async () => (await outcome(desk(page))).status === 'bad');
  equal((await outcome(desk(page))).checks.included, 'bad');
  await drop(receipt(entries, index, checkpoint(new_key(), entries.length, root_at(entries))));
  await until('a foreign key', async () => (await outcome(desk(page))).checks.key === 'bad');
  await drop('nothing');
  await until('no receipt', async () => (await desk(page).locator('[data-status]').innerText())
    .startsWith('This file is no receipt'));
}));

await test('the private file opens the line, field by field', with_reader({ size: desktop }, async ({ page }) => {
  const key = new_key();
  const mine = new_opening({ name: 'Ζωή <b>', org: '' });
  const entries = [open_line(key), ...Array.from({ length: 300 }, () => random_add()), add(mine)];
  const files = files_of(key, entries);
  const proof = saved('mine.tlog-proof', receipt(entries, 301, files.get('checkpoint').toString()));
  const opening = saved('mine.opening', opening_text(mine));
  await page.goto(here('en'));
  await page.locator('#copy').setInputFiles(copy_of('other', files));
  const choose = page.locator('#receipt-file');
  await choose.setInputFiles(opening);
  equal((await outcome(desk(page))).status, 'warn');
  await choose.setInputFiles([opening, proof]);
  await until('opened', async () => (await outcome(desk(page))).checks.opening === 'good');
  equal(await desk(page).locator('[data-field=name] dd').first().innerText(), 'Ζωή <b>');
  equal(await desk(page).locator('[data-field] .tag.good').count(), 12);
  deepEqual(await violations(page, 'opened'), []);
  await choose.setInputFiles(saved('part.opening', opening_text(mine, ['name', 'mail'])));
  await until('kept back', async () => await desk(page).locator('[data-field] .tag.good').count() === 10);
  equal((await outcome(desk(page))).checks.opening, 'good');
  equal(await desk(page).locator('[data-field=name] dd').first().innerText(), '');
  await choose.setInputFiles(saved('other.opening',
    opening_text({ ...mine, values: { ...mine.values, name: 'Zoe' } })));
  await until('not opened', async () => (await outcome(desk(page))).checks.opening === 'bad');
  equal(await desk(page).locator('[data-field] .tag.bad').count(), 12);
}));

await test('receipt and opening of the own page hold, live and at once', async () => {
  const { page, faults, end } = await browser.visit();
  const who = somebody('el');
  await sign(page, site, who);
  const own = await confirm(page, site, who);
  await included(page);
  const papers = await Promise.all(['receipt', 'opening'].map(async name =>
    saved(`own.${name}`, await (await fetch(`${own}/${name}`)).text())));
  await page.goto(here('el'));
  await page.locator('#receipt-file').setInputFiles(papers);
  const open = { key: 'good', signature: 'good', included: 'good', opening: 'good', counted: 'unchecked' };
  deepEqual(await outcome(desk(page)), { status: 'good', checks: open });
  equal(await desk(page).locator('[data-field=name] dd').first().innerText(), who.name);
  equal(await desk(page).locator('[data-field=mail] dd').first().innerText(), who.email);
  equal(await desk(page).locator('[data-field=day] dd').first().innerText(), new Date().toISOString().slice(0, 10));
  await count(page);
  await until('counted', async () => (await outcome(desk(page))).checks.counted === 'good');
  equal(faults.join('\n'), '');
  await end();
});

await test('a browser without Ed25519 says so', with_reader({}, async ({ page }) => {
  await page.addInitScript(() => {
    const known = SubtleCrypto.prototype.importKey;
    SubtleCrypto.prototype.importKey = function (format, bytes, algorithm, ...rest) {
      return algorithm.name === 'Ed25519' ? Promise.reject(new DOMException('', 'NotSupportedError'))
        : known.call(this, format, bytes, algorithm, ...rest);
    };
  });
  await page.goto(here('en'));
  deepEqual(await count(page), { status: 'warn', checks: { ...sound, signature: 'warn' } });
  match(await counter(page).locator('[data-status]').innerText(), /Ed25519/);
}));

// --- The saved checker ---

await test('the checker is saved as one file and counts from a disk', async () => {
  const reader = await browser.visit();
  await reader.page.goto(here('da'));
  const [download] = await Promise.all([reader.page.waitForEvent('download'),
    reader.page.locator('a[download][href$="checker.html"]').click()]);
  const file = join(folder, download.suggestedFilename());
  await download.saveAs(file);
  await reader.end();
  equal(download.suggestedFilename(), `checker-${slug}.html`);

  const stranger = await browser.visit();
  const asked = [];
  stranger.page.on('request', request => asked.push(request.url()));
  await stranger.page.goto(pathToFileURL(file).href);
  equal(asked.length, 1, 'it loads nothing by itself');
  equal(await stranger.page.locator('html').getAttribute('lang'), 'da');
  equal(await stranger.page.inputValue('#address'), `${site.origin}/log/${slug}`);
  const { page: _, ...without_page } = sound;
  deepEqual(await count(stranger.page), { status: 'good', checks: without_page });
  equal(await fact(counter(stranger.page), 'total'), String(await site.count()));
  const { files } = await fetched();
  await stranger.page.locator('#address').fill('https://nowhere.example/log');
  await stranger.page.locator('#copy').setInputFiles(copy_of('for-checker', files));
  deepEqual(await count(stranger.page), { status: 'good', checks: without_page });
  deepEqual(await violations(stranger.page, 'checker'), []);
  equal(stranger.posts.length, 0);
  await stranger.end();
});

// --- What it weighs, and how long it takes ---

await test('the scripts of the page weigh at most 15 KB gzipped', async () => {
  const html = await (await fetch(here('en'))).text();
  let bytes = 0;
  for (const [, path] of html.matchAll(/<script type="module" src="([^"]+)"/g))
    bytes += gzipSync(await (await fetch(site.origin + path)).text()).length;
  note(`${bytes} bytes of script, gzipped`);
  ok(bytes <= 15 * 1024 && bytes > 5000);
});

note(site.said.join('') || 'the program had nothing to say');
await browser.end();
site.end();
done();
