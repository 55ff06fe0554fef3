// SPDX-License-Identifier: EUPL-1.2
// Records that are sealed in the browser (records=browser): the scripts by themselves, then the whole way
// from the form to the organiser's table, and what leaves the browser and lies on the disk meanwhile.

import { equal, match, ok } from 'node:assert/strict';
import { execFileSync, spawnSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdtempSync, readFileSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { Decrypter, generateIdentity, identityToRecipient } from 'age-encryption';
import { recipient_of, sealed } from '../../static/seal-age.js';
import { commitment_of_record, line_of, new_seed, record_of, record_text, reduced_opening } from
  '../../static/seal-record.js';
import { violations } from './stage/axe.mjs';
import { desktop, open_browser, phone } from './stage/browser.mjs';
import { languages, open_site, root, slug, until } from './stage/site.mjs';
import { done, note, test, test_each } from './stage/tap.mjs';
import { confirm, fill, included, listed, press, somebody, submit } from './stage/walk.mjs';

const program = process.env.UNDERSIGNED ?? join(root, 'build/release/src/app/undersigned');
const folder = mkdtempSync(join(tmpdir(), 'undersigned-seal-'));
process.once('exit', () => rmSync(folder, { recursive: true, force: true }));
const here = name => join(folder, name);

// --- The scripts by themselves ---

await test('the cipher is what the pinned package gives', () => {
  execFileSync('node', ['tools/noble.mjs', '--check'], { cwd: root });
});

const identities = [await generateIdentity(), await generateIdentity()];
const recipients = await Promise.all(identities.map(one => identityToRecipient(one)));
writeFileSync(here('key.txt'), `${identities[1]}\n`);

await test('age and age-encryption open what the script seals, of every length', async () => {
  for (const size of [0, 1, 15, 16, 17, 1000, 65535, 65536]) {
    const text = randomBytes(size).toString('latin1').replace(/[^ -~]/g, '.');
    const file = await sealed(recipients, text);
    equal(execFileSync('age', ['-d', '-i', here('key.txt')], { input: file }).toString(), text, size);
    for (const identity of identities) {
      const reader = new Decrypter();
      reader.addIdentity(identity);
      equal(await reader.decrypt(file, 'text'), text, size);
    }
  }
});

await test('a recipient with any wrong letter is refused', async () => {
  equal(recipient_of(recipients[0]).length, 32);
  for (let i = 0; i < recipients[0].length; i++) {
    const wrong = `${recipients[0].slice(0, i)}${recipients[0][i] === 'q' ? 'p' : 'q'}${recipients[0].slice(i + 1)}`;
    let refused = false;
    try { recipient_of(wrong); } catch { refused = true; }
    ok(refused, wrong);
  }
});

await test('a copy gives back what was written, and nothing else is taken for one', async () => {
  const values = { campaign: '2026', text: 'ab'.repeat(32), lang: 'da', kind: 'p', name: 'Åse \\n Å',
    org: '', mail: 'a@example.org', cc: 'DK', region: 'Fyn', show: '0', day: '20700', function: '',
    type: '', authority: '', reason: 'one\ntwo \\', website: '', group: '' };
  const seed = new_seed();
  const copy = record_text(seed, values);
  equal(JSON.stringify(record_of(copy).values), JSON.stringify(values));
  for (const wrong of ['', 'x', copy.slice(1), copy.slice(0, -1), `${copy}x\n`,
    copy.replace('lang', 'long'), copy.replace(/seed ../, 'seed ')])
    equal(record_of(wrong), null);
  const reduced = await reduced_opening(seed, values);
  for (const kept of ['Åse', 'Fyn', 'one']) ok(!reduced.includes(kept), kept);
  ok((await reduced_opening(seed, { ...values, show: '1' })).includes('Fyn'));
  equal(line_of(' Ada\u3000\t Lovelace\u00a0'), 'Ada Lovelace');
});

// --- The whole way ---

const site = await open_site({ records: 'browser' });
const browser = await open_browser(site);
const form = (language, kind = 'person') => `${site.origin}/${language}/sign/${slug}/${kind}`;

const with_reader = (options, act) => async one => {
  const reader = await browser.visit(options);
  try {
    await act(reader, one);
    equal(reader.faults.join('\n'), '');
  } finally {
    await reader.end();
  }
};

// Sends the form, saves the copy, and gives { copy, body } when "check your e-mail" stands there.
async function send(page, ends = /\/sent\//) {
  const [download, request] = await Promise.all([
    page.waitForEvent('download'),
    page.waitForRequest(one => one.method() === 'POST'),
    submit(page).click(),
  ]);
  await page.waitForURL(ends);
  return { copy: readFileSync(await download.path(), 'utf8'), body: request.postData() };
}

// Everything below the data folder but the letters in the sink's inbox.
function* stored(at = site.data) {
  for (const name of readdirSync(at)) {
    const path = join(at, name);
    if (statSync(path).isDirectory()) {
      if (name !== 'inbox') yield* stored(path);
    } else {
      yield path;
    }
  }
}

const canaries = { name: 'Qanariya Unlisted', place: 'Zwielichtstadt', reason: 'Because qwrtz\nstays' };
const who = { ...somebody('da'), name: canaries.name, is_listed: false };
let copy;

await test('a signature is sealed before it leaves the browser', with_reader({}, async ({ page }) => {
  await page.goto(form('da'));
  ok(!await page.locator('[data-unsealed]').isVisible());
  await fill(page, who);
  await page.fill('#place', canaries.place);
  await page.fill('#reason', canaries.reason);
  const sent = await send(page);
  copy = sent.copy;
  const fields = new URLSearchParams(sent.body);
  const opening = Buffer.from(fields.get('opening'), 'base64url').toString();
  const file = Buffer.from(fields.get('sealed'), 'base64url').toString('latin1');
  for (const canary of ['Qanariya', 'Zwielicht', 'qwrtz'])
    for (const part of [sent.body, decodeURIComponent(sent.body), opening, file])
      ok(!part.includes(canary), canary);
  for (const field of ['name', 'place', 'reason']) ok(!fields.has(field), field);
  equal(fields.get('email'), who.email);
  match(opening, /^hide name [0-9a-f]{64}$/m);
  ok(!opening.includes(copy.match(/^seed (.*)$/m)[1]), 'the seed stays');
  await confirm(page, site, who);
  await included(page);
}));

// The files of the data folder that hold the text or bytes.
const holding = what => [...stored()].filter(path => readFileSync(path).includes(what));

await test('nothing of it lies on the server in clear', async () => {
  const seed = copy.match(/^seed (.*)$/m)[1];
  for (const canary of ['Qanariya', 'Zwielicht', 'qwrtz', who.email, seed, Buffer.from(seed, 'hex')])
    equal(holding(canary).join(' '), '', `${canary}`);
  for (const letter of site.letters_to(who.email)) ok(!letter.includes('Qanariya'));
});

// The table of the organiser, as an array of rows by column name.
function organised(name) {
  site.once('export', here(`${name}.tar`), '--declaration', slug);
  const key = join(site.data, 'organiser-keys/organiser-2.txt');
  const opened = spawnSync(program, ['open', '--key', key, here(`${name}.tar`), here(`${name}.json`)],
    { encoding: 'utf8' });
  equal(opened.status, 0, opened.stderr);
  return readFileSync(here(`${name}.json`), 'utf8').trimEnd().split('\n').map(line => JSON.parse(line));
}

await test('the organiser opens it, here, with stock age and with age-encryption', async () => {
  const [row] = organised('first');
  equal(row.name, canaries.name);
  equal(row.region, canaries.place);
  equal(row.reason, canaries.reason);
  equal(row['e-mail'], who.email);
  const key = join(site.data, 'organiser-keys/organiser-1.txt');
  execFileSync('tar', ['-xf', here('first.tar'), '-C', folder]);
  const file = here(`records/${row.number}.age`);
  equal(execFileSync('age', ['-d', '-i', key, file], { encoding: 'utf8' }), copy);
  const reader = new Decrypter();
  reader.addIdentity(readFileSync(key, 'utf8').match(/^AGE-SECRET-KEY-.*$/m)[0]);
  equal(await reader.decrypt(readFileSync(file), 'text'), copy);
  const record = record_of(copy);
  const list = readFileSync(here('records.csv'), 'utf8').split('\n')[1].split(',');
  record.values.uniq = list.at(-1);
  equal(await commitment_of_record(record), row.commitment);
});

// --- The own page ---

let own;
await test('the own page opens with the copy, and gives the opening that verifies',
  with_reader({ size: desktop, acceptDownloads: true }, async ({ page, posts }) => {
    own = site.link_in(await site.letter_to(who.email));
    await page.goto(own);
    equal(await page.locator('.facts:not([data-good] *)', { hasText: canaries.name }).count(), 0);
    await page.setInputFiles('#kept', { name: 'c.txt', mimeType: 'text/plain',
      buffer: Buffer.from(copy.replace('Qanariya', 'Somebody')) });
    await page.locator('[data-bad]').waitFor();
    ok(!await page.locator('[data-good]').isVisible());
    await page.setInputFiles('#kept', { name: 'c.txt', mimeType: 'text/plain', buffer: Buffer.from(copy) });
    await page.locator('[data-good]').waitFor();
    ok((await page.locator('[data-good]').innerText()).includes(canaries.name));
    equal((await violations(page, 'own page')).join('\n'), '');
    const [opening] = await Promise.all([page.waitForEvent('download'), page.click('[data-opening]')]);
    await opening.saveAs(here('opening.txt'));
    const [receipt] = await Promise.all([page.waitForEvent('download'),
      page.locator('a[href$="/receipt"]').click()]);
    await receipt.saveAs(here('receipt.tlog-proof'));
    equal(posts.length, 0, 'nothing was sent');
  }));

await test('receipt and opening hold against the log', () => {
  const checked = spawnSync(program, ['verify', `${site.origin}/log/${slug}`, '--receipt',
    here('receipt.tlog-proof'), '--opening', here('opening.txt')], { encoding: 'utf8' });
  equal(checked.status, 0, checked.stdout + checked.stderr);
  ok(checked.stdout.includes(canaries.name));
});

await test('a correction is sealed as well, and can show in the register what it did not before',
  with_reader({}, async ({ page }) => {
    await page.goto(own);
    await press(page, page.locator('.row a.button').first());
    equal(await page.inputValue('#name'), '');
    await page.fill('#name', 'Qorrected Unlisted');
    const unlisted = await send(page, /saved=1/);
    ok(!unlisted.body.includes('Qorrected'));
    equal(organised('second')[0].name, 'Qorrected Unlisted');
    await page.setInputFiles('#kept', { name: 'c.txt', mimeType: 'text/plain', buffer: Buffer.from(copy) });
    await page.locator('[data-bad]').waitFor(); // the copy of before

    await press(page, page.locator('.row a.button').first());
    await page.fill('#name', 'Listed Now');
    await page.check('#listed');
    ok((await send(page, /saved=1/)).body.includes('Listed'));
    await listed(page, site, 'da', 'Listed Now');
    const [row] = organised('third');
    equal(row.name, 'Listed Now');
    equal(row.listed, 'yes');
  }));

await test_each(['el organisation', 'mt mandate'], 2, 'signs sealed, and listed:',
  with_reader({ size: desktop }, async ({ page }, one) => {
    const signer = somebody(...one.split(' '));
    await page.goto(form(signer.language, signer.kind));
    await fill(page, signer);
    if (signer.kind === 'organisation') await page.fill('#authority', 'Qanariya statutes');
    const { body } = await send(page);
    ok(!body.includes('Qanariya'), 'what the register does not show stays sealed');
    await confirm(page, site, signer);
    await listed(page, site, signer.language, signer.name);
    ok(holding(signer.name).length > 0, 'the search for canaries finds what is there');
    equal(holding('Qanariya').length, 0);
  }));

await test('who shares an address takes another number, and the same number signs once', with_reader({}, async ({ page }) => {
  const pair = { ...somebody('en'), is_listed: false };
  for (const [number, name] of [[1, 'First Sharer'], [2, 'Second Sharer']]) {
    await page.goto(form('en'));
    equal(await page.inputValue('#person'), '1');
    await fill(page, { ...pair, name });
    await page.fill('#person', String(number));
    await send(page);
    await page.goto(site.link_in(await site.letter_to(pair.email, number)));
    await press(page, submit(page));
  }
  await page.goto(form('en'));
  await fill(page, { ...pair, name: 'Third Sharer' });
  await send(page);
  match(await site.letter_to(pair.email, 3), /give yourself another number/);
  equal(organised('shared').filter(row => row['e-mail'] === pair.email && row.state === 'confirmed').length, 2);
}));

await test('a new version is signed with the copy, sealed anew', with_reader({}, async ({ page }) => {
  const signer = { ...somebody('en'), name: 'Qanariya Renewing', is_listed: false };
  await page.goto(form('en'));
  await fill(page, signer);
  await page.fill('#reason', 'Because');
  const { copy: first } = await send(page);
  await confirm(page, site, signer);
  await included(page);
  const rules = join(site.data, 'content/declaration/2026/declaration.ini');
  const text = join(site.data, 'content/declaration/2026/en.md');
  writeFileSync(rules, readFileSync(rules, 'utf8').replace('version=1', 'version=2'));
  writeFileSync(text, `${readFileSync(text, 'utf8')}\nAnd one thing more.\n`);
  site.once('import', join(site.data, 'content'));
  const link = site.link_in(await site.letter_to(signer.email));
  const renew = page.locator('main a.button:not(.second)[href$="/correct"]');
  await until('another version', async () => {
    await page.goto(link);
    return await renew.count() > 0;
  });
  await press(page, renew);
  const copy_of = content => ({ name: 'c.txt', mimeType: 'text/plain', buffer: Buffer.from(content) });
  await page.setInputFiles('#kept', copy_of(first.replace(/^mail .*$/m, 'mail other@example.org')));
  await page.locator('[data-unfit]').waitFor();
  equal(await page.inputValue('#name'), '');
  await page.setInputFiles('#kept', copy_of(first));
  await page.waitForFunction(() => document.querySelector('#name').value !== '');
  ok(!await page.locator('[data-unfit]').isVisible());
  equal(await page.inputValue('#reason'), 'Because');
  ok(!await page.locator('#renew').isChecked(), 'nobody is carried over');
  equal((await violations(page, 'renewal')).join('\n'), '');
  await page.check('#renew');
  const { copy: second, body } = await send(page, /saved=1/);
  ok(!body.includes('Qanariya'));
  const [before, after] = [first, second].map(one => record_of(one).values);
  ok(before.text !== after.text);
  equal(after.name, before.name);
  equal(organised('renewed').find(one => one['e-mail'] === signer.email).name, 'Qanariya Renewing');
  equal(await renew.count(), 0);
}));

// --- Mistakes ---

await test('mistakes are said where they are, and what was never sent is still there',
  with_reader({}, async ({ page, posts }) => {
    await page.goto(form('en'));
    await page.fill('#email', 'not an address');
    await page.fill('#reason', 'A reason that stays');
    await submit(page).click();
    await page.locator('.errors').waitFor();
    equal(await page.locator('.errors li').count(), 4, 'name, address, country, consent');
    equal(await page.locator('[aria-invalid=true]').count(), 4);
    match(await page.evaluate(() => document.activeElement.className), /^errors/);
    equal(await page.inputValue('#reason'), 'A reason that stays');
    equal(await page.inputValue('#email'), 'not an address');
    equal((await violations(page, 'form with mistakes')).join('\n'), '');
    await page.fill('#name', 'Ada Typed');
    await submit(page).click();
    await page.waitForFunction(() => document.querySelectorAll('.errors li').length === 3);
    equal(await page.inputValue('#name'), 'Ada Typed');
    await fill(page, { ...somebody('en'), is_listed: false });
    await page.uncheck('#copy');
    await submit(page).click();
    await page.waitForURL(/\/sent\//);
    equal(posts.length, 3);
  }));

await test('when no answer comes, it is said and everything stays', with_reader({}, async reader => {
  const { page, faults } = reader;
  await page.goto(form('de'));
  await fill(page, { ...somebody('de'), is_listed: false });
  await page.route('**/sign/**', route => (route.request().method() === 'POST' ? route.abort() : route.fallback()));
  await submit(page).click();
  await page.locator('[data-lost]').waitFor();
  ok((await page.inputValue('#name')).startsWith('Ada de'));
  await page.unroute('**/sign/**');
  faults.length = 0;
  await send(page);
}));

// What a browser would send without the script, or a robot.
async function forged(change) {
  const html = await (await fetch(form('en'))).text();
  const hidden = name => html.match(new RegExp(`name="${name}" value="([^"]*)"`))[1];
  const body = new URLSearchParams({ token: hidden('token'), version: hidden('version'), work: '', subject: '',
    email: 'forged@example.org', country: 'DK', consent: '1', ...change });
  return fetch(form('en'), { method: 'POST', body, redirect: 'manual',
    headers: { origin: site.origin, 'sec-fetch-site': 'same-origin' } });
}

await test('what is not sealed, or not well, is not taken', async () => {
  for (const change of [{}, { name: 'Clear Name' }, { sealed: 'AAAA', opening: 'AAAA' },
    { sealed: Buffer.from(randomBytes(600)).toString('base64url'), opening: 'c2ln' }]) {
    const answer = await forged(change);
    equal(answer.status, 422, JSON.stringify(change));
    const html = await answer.text();
    match(html, /class="errors"/);
    ok(!html.includes('Clear Name'));
  }
  equal(site.letters_to('forged@example.org').length, 0);
});

await test_each(languages, 3, 'without a script the page says why, in',
  with_reader({ script: false }, async ({ page }, language) => {
    await page.goto(form(language), { waitUntil: 'domcontentloaded' });
    ok(await page.locator('[data-unsealed]').isVisible());
    ok((await page.locator('[data-unsealed]').innerText()).length > 150);
    match(await page.locator('[data-unsealed] a').getAttribute('href'), /privacy/);
    equal(await page.locator('main form[method=post]:visible').count(), 0);
  }));

await test('a browser that cannot seal says the same', with_reader({}, async ({ page }) => {
  await page.addInitScript(() => {
    const made = crypto.subtle.generateKey;
    crypto.subtle.generateKey = (how, ...rest) => (how === 'X25519'
      ? Promise.reject(new DOMException('no', 'NotSupportedError')) : made.call(crypto.subtle, how, ...rest));
  });
  await page.goto(form('en'));
  await page.waitForLoadState('networkidle');
  await page.waitForTimeout(300); // for a form that would come after all
  ok(await page.locator('[data-unsealed]').isVisible());
  equal(await page.locator('main form[method=post]:visible').count(), 0);
}));

for (const size of [phone, desktop])
  for (const colorScheme of ['light', 'dark'])
    await test(`axe finds nothing, ${size.width} ${colorScheme}`,
      with_reader({ size, colorScheme }, async ({ page }) => {
        for (const kind of ['person', 'organisation', 'mandate']) {
          await page.goto(form('en', kind));
          equal((await violations(page, kind)).join('\n'), '');
        }
        await page.goto(own);
        await press(page, page.locator('.row a.button').first());
        equal((await violations(page, 'correction')).join('\n'), '');
      }));

await test('the script is small', async () => {
  const html = await (await fetch(form('en'))).text();
  const [path] = html.match(/\/static\/seal\.[0-9a-f]+\.js/);
  const script = Buffer.from(await (await fetch(site.origin + path)).arrayBuffer());
  const bytes = gzipSync(script, { level: 9 }).length;
  note(`seal.js: ${bytes} bytes compressed`);
  ok(bytes < 30 * 1024);
});

await browser.end();
site.end();

// The device computes first, and seals then.
const busy = await open_site({ records: 'browser', more: ['--work', 'always', '--watch', 'on'] });
const other = await open_browser(busy);
await test('sealing waits for the proof of work', async () => {
  const { page, faults, end } = await other.visit({});
  const signer = { ...somebody('fi'), is_listed: false };
  await page.goto(`${busy.origin}/fi/sign/${slug}`);
  await fill(page, { ...signer, email: 'not an address' });
  await submit(page).click();
  await page.locator('.errors').waitFor();
  await fill(page, signer); // the form that came back computes anew
  const { body } = await send(page);
  ok(JSON.parse(atob(new URLSearchParams(body).get('work'))).solution);
  ok(!body.includes('Ada'));
  equal(faults.join('\n'), '');
  await end();
});
await other.end();
busy.end();
done();
