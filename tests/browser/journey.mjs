// SPDX-License-Identifier: EUPL-1.2
// The sign journey as people take it: with and without a script, in every language, with mistakes,
// back and forth, by keyboard, and away again. Every claim is read from the page or the count.

import { equal, notEqual, ok, match } from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { open_browser, phone, desktop } from './stage/browser.mjs';
import { languages, open_site, pause, slug, until } from './stage/site.mjs';
import { done, note, test, test_each } from './stage/tap.mjs';
import { confirm, fill, included, listed, press, sign, somebody, submit } from './stage/walk.mjs';

const site = await open_site();
const browser = await open_browser(site);
const begun = Date.now();
let confirmed = 0;

// A test with a reader of its own, who must not have seen a fault.
const with_reader = (options, act) => async one => {
  const reader = await browser.visit(options);
  try {
    await act(reader, one);
    equal(reader.faults.join('\n'), '');
  } finally {
    await reader.end();
  }
};

const form = (language, kind = 'person') => `${site.origin}/${language}/sign/${slug}/${kind}`;
const states = page => page.locator('.steps > li.done').count();
const focused = page => page.evaluate(() => document.activeElement?.id ||
  document.activeElement?.className || document.activeElement?.tagName);

// --- The whole way ---

async function walk({ page, posts }, who) {
  await sign(page, site, who);
  equal(await page.locator('html').getAttribute('lang'), who.language);
  equal(await states(page), 1);
  await confirm(page, site, who);
  confirmed++;
  equal(await page.locator('html').getAttribute('lang'), who.language);
  const shown = who.kind === 'organisation' ? who.organisation : who.name;
  equal(await page.locator('.panel .signed').innerText(), shown);
  ok(await states(page) >= 1);
  equal(posts.length, 2, 'one form sent, one button pressed');
  await included(page);
  await listed(page, site, who.language, shown);
}

await test('before anybody signed, the count is in words', with_reader({}, async ({ page }) => {
  equal(await site.count(), 0);
  await page.goto(`${site.origin}/da`);
  ok(await page.locator('.count-words').isVisible());
  equal(await page.locator('.count-number').count(), 0);
}));

await test_each(languages, 3, 'a person signs without a script in',
  with_reader({ script: false }, (reader, language) => walk(reader, somebody(language))));

await test_each(['da', 'el', 'bg', 'fi', 'mt', 'de'], 3, 'a person signs with a script in',
  with_reader({}, (reader, language) => walk(reader, somebody(language))));

await test_each(['fr organisation', 'pl organisation', 'fr mandate', 'pl mandate'], 3, 'signs:',
  with_reader({ size: desktop }, (reader, one) => walk(reader, somebody(...one.split(' ')))));

// Pages and files show a checkpoint a moment after the log has it.
const all_counted = () => until(`count of ${confirmed}`, async () => await site.count() === confirmed);

await test('every confirmed signature is counted once', all_counted);

// --- Mistakes ---

async function mistakes({ page }, has_script) {
  const fresh = await page.goto(form('da'));
  equal(fresh.status(), 200);
  const title = await page.title();
  await page.fill('#name', 'Søren ﬀ Ærø');
  await page.fill('#email', 'not an address');
  await page.fill('#reason', 'Because of all & "everyone"');
  await page.check('#news');
  const answer = await press(page, submit(page));
  equal(answer.status(), 422);
  notEqual(await page.title(), title);
  ok((await page.title()).endsWith(title), 'the title says first that there is a mistake');
  const summary = page.locator('main .errors');
  equal(await summary.getAttribute('role'), 'alert');
  ok(await page.evaluate(() => document.querySelector('main .wrap').firstElementChild
    .matches('.errors')), 'first in main');
  if (has_script) match(await focused(page), /^errors/);

  const links = summary.locator('li a');
  equal(await links.count(), 3);
  for (const link of await links.all()) {
    const id = (await link.getAttribute('href')).slice(1);
    const field = page.locator(`[id="${id}"]`);
    equal(await field.getAttribute('aria-invalid'), 'true', id);
    ok((await field.getAttribute('aria-describedby')).split(' ').includes(`${id}-error`), id);
    equal((await page.locator(`[id="${id}-error"]`).innerText()).trim(),
      (await link.innerText()).trim(), 'the same words beside the field');
    await link.click();
    equal(await focused(page), id);
  }
  equal(await page.inputValue('#name'), 'Søren ﬀ Ærø');
  equal(await page.inputValue('#email'), 'not an address');
  equal(await page.inputValue('#reason'), 'Because of all & "everyone"');
  ok(await page.isChecked('#news'));
  ok(!await page.isChecked('#consent'));
  ok(!await page.isChecked('#listed'));

  // Mended, it goes through.
  const who = somebody('da');
  await fill(page, { ...who, is_listed: false });
  equal((await press(page, submit(page))).status(), 200);
  match(page.url(), /\/da\/sent\//);
}
await test('mistakes are said where they are, with a script',
  with_reader({}, reader => mistakes(reader, true)));
await test('mistakes are said where they are, without a script',
  with_reader({ script: false }, reader => mistakes(reader, false)));

await test_each(languages, 3, 'an empty form is answered in',
  with_reader({ script: false }, async ({ page }, language) => {
    await page.goto(form(language));
    const title = await page.title();
    equal((await press(page, submit(page))).status(), 422);
    ok((await page.title()).endsWith(title) && await page.title() !== title);
    equal(await page.locator('.errors li a').count(), 4);
    equal(await page.locator('[aria-invalid=true]').count(), 4);
  }));

await test('a slip in the domain is offered, not forced', with_reader({}, async ({ page }) => {
  await page.goto(form('en'));
  await page.fill('#email', 'ada@gmial.com');
  await page.locator('#name').focus();
  const offer = page.locator('.field-suggest button');
  equal(await offer.innerText(), 'ada@gmail.com');
  equal(await page.inputValue('#email'), 'ada@gmial.com');
  await offer.click();
  equal(await page.inputValue('#email'), 'ada@gmail.com');
  ok(!await page.locator('.field-suggest').isVisible());

  // Whoever presses the button at once is not held up by the offer.
  await page.setViewportSize(desktop);
  await page.fill('#email', 'ada@gmial.com');
  await submit(page).scrollIntoViewIfNeeded();
  equal((await press(page, submit(page))).status(), 422);
}));

await test('fields say what they take', with_reader({}, async ({ page }) => {
  await page.goto(form('en', 'organisation'));
  const want = {
    '#name': ['autocomplete', 'name'], '#email': ['autocomplete', 'email'],
    '#organisation': ['autocomplete', 'organization'], '#country': ['autocomplete', 'country'],
  };
  for (const [id, [attribute, value]] of Object.entries(want))
    equal(await page.locator(id).getAttribute(attribute), value, id);
  equal(await page.locator('#email').getAttribute('inputmode'), 'email');
  equal(await page.locator('main form [placeholder]').count(), 0);
  equal(await page.locator('main form :checked:not(option)').count(), 0, 'no box is ticked');
  equal(await page.locator('main form [type=checkbox]').count(), 3);
}));

// --- Back and forth ---

await test('the back button never sends anything again',
  with_reader({}, async ({ page, posts }) => {
    const who = somebody('en');
    await sign(page, site, who);
    await page.goBack();
    match(page.url(), /\/sign\//);
    await page.goForward();
    match(page.url(), /\/sent\//);
    await page.reload();
    equal(posts.length, 1);
    await confirm(page, site, who);
    confirmed++;
    await page.reload();
    await page.goBack();
    await page.goForward();
    await page.reload();
    equal(posts.length, 2);
    await all_counted();
    equal(site.letters_to(who.email).length, 1);
  }));

await test('the button pressed twice, and again from an old page, counts once',
  with_reader({}, async ({ page, context }) => {
    const who = somebody('en');
    await sign(page, site, who);
    const link = site.link_in(await site.letter_to(who.email));
    const other = await context.newPage();
    await page.goto(link);
    await other.goto(link);
    await press(page, submit(page));
    equal((await press(other, submit(other))).status(), 200);
    equal(await other.locator('.panel .signed').innerText(), who.name);
    confirmed++;
    await included(page);
    await all_counted();
  }));

await test('a known address gets the same answer, and a letter that says so',
  with_reader({}, async ({ page }) => {
    const who = somebody('it');
    await sign(page, site, who);
    const first = await page.locator('main').innerText();
    await confirm(page, site, who);
    confirmed++;
    await sign(page, site, who);
    equal(await page.locator('main').innerText(), first);
    const second = await site.letter_to(who.email, 2);
    const first_letter = site.letters_to(who.email)[0];
    notEqual(second.match(/^Subject: .*$/m)[0], first_letter.match(/^Subject: .*$/m)[0]);
    await page.goto(site.link_in(second));
    equal(await page.locator('.panel .signed').innerText(), who.name);
  }));

// --- Only a person confirms ---

await test('a page that runs scripts and is not pressed confirms nothing',
  with_reader({}, async ({ page, posts }) => {
    const who = somebody('nl');
    await sign(page, site, who);
    const link = site.link_in(await site.letter_to(who.email));
    await all_counted();
    for (let i = 0; i < 20; i++) {
      await fetch(link, { method: i % 2 ? 'HEAD' : 'GET', redirect: 'manual' });
      if (i % 5 === 0) await page.goto(link, { waitUntil: 'networkidle' });
    }
    // What a scanner with a browser does: it looks at everything, and follows every link.
    await page.mouse.wheel(0, 5000);
    await submit(page).hover();
    await submit(page).focus();
    const links = await page.locator('main a[href]').evaluateAll(all => all.map(a => a.href));
    for (const one of links) await page.evaluate(url => fetch(url), one);
    await pause(1500);
    equal(posts.length, 1, 'only the form');
    equal(await site.count(), confirmed);
    await page.goto(link);
    equal(await submit(page).count(), 1, 'the button is still there');
    await press(page, submit(page));
    confirmed++;
    await included(page);
  }));

// --- By keyboard ---

async function tab_to(page, selector) {
  for (let presses = 0; presses < 80; presses++) {
    if (await page.evaluate(s => document.activeElement?.matches(s), selector)) return;
    await page.keyboard.press('Tab');
  }
  throw new Error(`no way by Tab to ${selector}`);
}

await test('signing by keyboard alone', with_reader({ size: desktop }, async ({ page }) => {
  const who = somebody('en');
  await page.goto(`${site.origin}/en`);
  await page.keyboard.press('Tab');
  ok(await page.locator('.skip').isVisible(), 'first comes the way past the menu');
  await page.keyboard.press('Enter');
  equal(await focused(page), 'main');
  await tab_to(page, 'main .button.large');
  await Promise.all([page.waitForURL(/\/sign\//), page.keyboard.press('Enter')]);
  await tab_to(page, '#name');
  await page.keyboard.type(who.name);
  await tab_to(page, '#email');
  await page.keyboard.type(who.email);
  await tab_to(page, '#country');
  // Letters belong together while little time passes between them.
  await until('Denmark by its letters', async () => {
    await page.keyboard.type('Denm');
    if (await page.inputValue('#country') === 'DK') return true;
    await pause(1500);
    return false;
  });
  await tab_to(page, '#consent');
  await page.keyboard.press('Space');
  await tab_to(page, '[type=submit]');
  ok(await page.evaluate(() => {
    const ring = getComputedStyle(document.activeElement);
    return ring.outlineStyle === 'solid' && parseFloat(ring.outlineWidth) >= 2;
  }), 'the focus is seen');
  await Promise.all([page.waitForURL(/\/sent\//), page.keyboard.press('Enter')]);
  await page.goto(site.link_in(await site.letter_to(who.email)));
  await tab_to(page, 'main [type=submit]');
  await Promise.all([page.waitForSelector('.panel .signed'), page.keyboard.press('Enter')]);
  confirmed++;
  await included(page);
}));

// --- In charge of one's own signature ---

await test('correct, hide, withdraw, undo', with_reader({ script: false }, async ({ page }) => {
  const who = somebody('sv');
  await sign(page, site, who);
  const own = await confirm(page, site, who);
  confirmed++;
  await included(page);
  await all_counted();
  const full = confirmed;

  await press(page, page.locator('main a[href$="/correct"]').last());
  equal(await page.inputValue('#name'), who.name);
  await page.fill('#name', '');
  equal((await press(page, submit(page))).status(), 422);
  ok(await page.locator('.errors').isVisible());
  await page.fill('#name', `${who.name} Ny`);
  await press(page, submit(page));
  equal(await page.locator('.panel .signed').innerText(), `${who.name} Ny`);

  const register = `${site.origin}/sv/signatories/${slug}?words=${encodeURIComponent(who.name)}`;
  const is_listed = async () => (await (await fetch(register)).text()).includes(`${who.name} Ny`);
  await until('the new name in the register', is_listed);
  await page.uncheck('#listed');
  await press(page, submit(page));
  ok(await page.locator('.notice.good[role=status]').isVisible());
  await until('hidden', async () => !await is_listed());

  await press(page, page.locator('main a[href$="/withdraw"]').last());
  equal(await site.count(), full, 'asking changes nothing');
  await press(page, submit(page));
  equal(page.url().split('?')[0], own);
  await until('one less', async () => await site.count() === full - 1);
  await press(page, submit(page));
  equal(await page.locator('.panel .signed').innerText(), `${who.name} Ny`);
  await until('there again', async () => await site.count() === full);
}));

await test('who lost the letter asks for the link again',
  with_reader({ script: false }, async ({ page }) => {
    const who = somebody('hu');
    await sign(page, site, who);
    await confirm(page, site, who);
    confirmed++;
    await page.goto(`${site.origin}/hu`);
    await press(page, page.locator('.foot a[href$="/hu/link"]'));
    await page.fill('#email', who.email);
    await press(page, submit(page));
    match(page.url(), /\/hu\/link\/sent$/);
    await page.goto(site.link_in(await site.letter_to(who.email, 2)));
    equal(await page.locator('.panel .signed').innerText(), who.name);
  }));

await test('the letter can be sent again', with_reader({}, async ({ page }) => {
  const who = somebody('lv');
  await sign(page, site, who);
  await site.letter_to(who.email);
  await page.locator('details.fold summary').first().click();
  await press(page, submit(page));
  ok(await page.locator('.notice.good[role=status]').isVisible());
}));

await test('a broken link leads to a page that helps',
  with_reader({}, async ({ page, faults }) => {
    equal((await page.goto(`${site.origin}/el/s/nothing`)).status(), 404);
    equal(await page.locator('html').getAttribute('lang'), 'el');
    ok(await page.locator('main a[href="/el/link"]').isVisible());
    faults.length = 0;
  }));

await test('shared: plain links, and a copy that is spoken', async () => {
  const reader = await browser.visit({ permissions: ['clipboard-read', 'clipboard-write'] });
  const { page } = reader;
  const who = somebody('en');
  await sign(page, site, who);
  await confirm(page, site, who);
  confirmed++;
  const copy = page.locator('[data-copy]');
  await copy.click();
  await page.locator('.share [role=status]:not(:empty)').waitFor();
  equal(await page.locator('.share [role=status]').innerText(),
    await copy.getAttribute('data-done'));
  match(await page.evaluate(() => navigator.clipboard.readText()), /\/en\/sign\/.*src=/);
  ok(await page.locator('.share a').count() >= 8);
  await reader.end();
});

await test('own words go into the links at once, and the QR code is read from the screen', async () => {
  const reader = await browser.visit({ colorScheme: 'dark' });
  const { page } = reader;
  const who = somebody('en');
  await sign(page, site, who);
  await confirm(page, site, who);
  confirmed++;
  const target = new URL(`/en/sign/${slug}`, site.origin);
  await page.locator('details:has(#words) summary').click();
  await page.fill('#words', 'Don’t wait (it\'s easy)!');
  for (const href of await page.locator('.share a').evaluateAll(all => all.map(a => a.href))) {
    const text = new URL(href).searchParams.get('text') ?? new URL(href).searchParams.get('body');
    if (text) ok(text.startsWith('Don’t wait (it\'s easy)!'), href);
    ok(decodeURIComponent(href).includes(target.href) || href.includes('mastodon'), href);
  }
  await page.fill('#server', 'mastodon.example');
  await press(page, page.locator('form:has(#words) button'));
  equal(new URL(page.url()).hash, '#share');
  equal(await page.inputValue('#words'), 'Don’t wait (it\'s easy)!');
  match(await page.locator('.share a', { hasText: 'Mastodon' }).getAttribute('href'),
    /^https:\/\/mastodon\.example\/share\?text=Don%E2%80%99t%20wait/);
  await page.locator('details:has(.qr) summary').click();
  const picture = join(site.data, 'qr.png');
  await page.locator('svg.qr').screenshot({ path: picture });
  const read = spawnSync('zbarimg', ['--quiet', '--raw', picture], { encoding: 'utf8' });
  equal(read.stdout.trim(), `${target.href}?src=qr`);
  equal(reader.faults.join('\n'), '');
  await reader.end();
});

// --- Languages ---

await test('the front door listens to the browser, and nothing else does', async () => {
  const front = async wanted => fetch(`${site.origin}/`, {
    redirect: 'manual', headers: wanted ? { 'Accept-Language': wanted } : { 'Accept-Language': '' },
  });
  for (const [wanted, language] of [['da', 'da'], ['de-AT,de;q=0.9', 'de'], ['pt-BR', 'pt'],
    ['xx,fi;q=0.5,sv;q=0.4', 'fi'], ['en;q=0.1,ga', 'ga']]) {
    const answer = await front(wanted);
    equal(answer.status, 302, wanted);
    equal(new URL(answer.headers.get('location'), site.origin).pathname, `/${language}`);
    match(answer.headers.get('vary'), /accept-language/i);
  }
  const list = await front('ja');
  equal(list.status, 200);
  const links = [...(await list.text()).matchAll(/<a [^>]*hreflang="([a-z]{2})"/g)].map(m => m[1]);
  for (const language of languages) ok(links.includes(language), language);
  const settled = await fetch(`${site.origin}/da`,
    { redirect: 'manual', headers: { 'Accept-Language': 'fr' } });
  equal(settled.status, 200);
  equal(settled.headers.get('content-language'), 'da');
});

const places = ['', `/declaration/${slug}`, `/sign/${slug}/organisation`, `/signatories/${slug}`,
  `/figures/${slug}`, '/partners', '/partners/aer', '/with/aer', '/partners/join',
  '/documents', '/stories', '/stories/eli-np-magurele', '/act', '/link', '/languages'];
for (const script of [true, false])
  await test(`the language choice keeps the page, ${script ? 'with' : 'without'} a script`,
    with_reader({ script, size: phone }, async ({ page }) => {
      let language = 'en';
      for (const [i, place] of places.entries()) {
        await page.goto(`${site.origin}/${language}${place}`);
        const list = page.locator('details.tongue');
        ok(!await list.locator('nav').isVisible());
        await list.locator('summary').click();
        const all = list.locator('a');
        equal((await all.evaluateAll(links => links.map(a => a.lang))).join(' '),
          languages.join(' '), 'the order of the Union');
        equal(await list.locator('[aria-current]').getAttribute('hreflang'), language);
        language = languages[(i * 7 + 1) % languages.length];
        await press(page, list.locator(`a[hreflang=${language}]`));
        equal(new URL(page.url()).pathname, `/${language}${place}`);
        equal(await page.locator('html').getAttribute('lang'), language);
      }
    }));

await test('the language choice closes on Escape and goes back to its button',
  with_reader({}, async ({ page }) => {
    await page.goto(`${site.origin}/en`);
    await page.locator('details.tongue summary').focus();
    await page.keyboard.press('Enter');
    ok(await page.locator('.tongue-list').isVisible());
    await page.keyboard.press('Tab');
    await page.keyboard.press('Escape');
    ok(!await page.locator('.tongue-list').isVisible());
    equal(await focused(page), 'SUMMARY');
  }));

await test('the log and the pages agree at the end', async () => {
  await all_counted();
  const figures = await (await fetch(`${site.origin}/data/${slug}/figures.json`)).json();
  equal(figures.count ?? figures.total, confirmed);
});

await test('no cookie was ever set', async () => {
  for (const path of ['/', '/en', `/en/sign/${slug}/person`, '/en/link']) {
    const answer = await fetch(site.origin + path, { redirect: 'manual' });
    equal(answer.headers.get('set-cookie'), null, path);
  }
});

note(`${confirmed} signatures, ${Math.round((Date.now() - begun) / 1000)} s`);
note(site.said.join('') || 'the program had nothing to say');
await browser.end();
site.end();
done();
