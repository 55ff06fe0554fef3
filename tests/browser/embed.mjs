// SPDX-License-Identifier: EUPL-1.2
// What other sites show of us, in pages of another origin: the three codes, hosts that forbid what
// they can, sites that are down, what a frame costs and stores, and the form signed inside one.

import { deepEqual, equal, match, ok } from 'node:assert/strict';
import { createServer } from 'node:http';
import { violations } from './stage/axe.mjs';
import { desktop, open_browser, phone } from './stage/browser.mjs';
import { open_site, slug, until } from './stage/site.mjs';
import { done, note, test, test_each } from './stage/tap.mjs';
import { fill, press, somebody, submit } from './stage/walk.mjs';

const site = await open_site({ samples: 40 });
const browser = await open_browser(site);
const bytes_most = 30 * 1024;

// A host: every path answers the page that was set for it.
const pages = new Map();
const server = createServer((request, reply) => {
  const page = pages.get(request.url);
  reply.writeHead(page ? 200 : 404, { 'Content-Type': 'text/html; charset=utf-8', ...page?.headers });
  reply.end(page?.html ?? '');
});
await new Promise(ready => { server.listen(0, '127.0.0.1', ready); });
const host = `http://localhost:${server.address().port}`;

let hosted = 0;
function host_page(code, headers = {}) {
  const path = `/${++hosted}`;
  pages.set(path, {
    headers,
    html: `<!doctype html><html lang="en"><head><title>Host</title></head><body><h1>Host</h1>${code
    }<p id="after">The host goes on.</p></body></html>`,
  });
  return host + path;
}

// A reader of hosts: nothing is stopped, all that goes wrong in the host's own page is kept.
async function visit_host(options = {}) {
  const context = await browser.context({ viewport: phone, ...options });
  const page = await context.newPage();
  const errors = [];
  page.on('pageerror', error => errors.push(String(error)));
  return { context, page, errors, end: () => context.close() };
}

// The codes as the preview page gives them: script, frame, image.
async function codes(query = '') {
  const { page, faults, end } = await browser.visit({ script: false });
  await page.goto(`${site.origin}/en/embed${query}`);
  const list = await page.locator('pre > code').allTextContents();
  deepEqual(faults, []);
  await end();
  equal(list.length, 3);
  return { script: list[0], frame: list[1], image: list[2] };
}

const all = await codes();

await test('the script makes a frame as high as its page, and hides the link', async () => {
  const { page, errors, end } = await visit_host();
  await page.goto(host_page(all.script));
  await page.waitForSelector('[data-is=shown]');
  const frame = page.frames()[1];
  match(frame.url(), new RegExp(`^${site.origin}/embed/en/${slug}/count`));
  equal(await page.locator('[data-undersigned] > a').isVisible(), false);
  const inside = await frame.evaluate(() => document.documentElement.getBoundingClientRect().height);
  const outside = await page.locator('iframe').evaluate(f => f.getBoundingClientRect().height);
  ok(outside >= inside && outside < inside + 2, `${outside} for ${inside}`);
  equal(await frame.evaluate(() => document.scrollingElement.scrollHeight > innerHeight), false);
  deepEqual(errors, []);
  await end();
});

await test('the frame alone works without any script', async () => {
  const { page, end } = await visit_host({ javaScriptEnabled: false });
  await page.goto(host_page(all.frame));
  equal(await page.frameLocator('iframe').locator('.count-number').count(), 1);
  await end();
});

await test('the picture has the count of this moment and leads to the form', async () => {
  const { page, end } = await visit_host({ javaScriptEnabled: false });
  await page.goto(host_page(all.image));
  equal(await page.locator('img').evaluate(i => i.complete && i.naturalWidth), 360);
  match(await page.locator('a').getAttribute('href'), new RegExp(`^${site.origin}/en/sign/${slug}`));
  const svg = await (await fetch(await page.locator('img').getAttribute('src'))).text();
  match(svg.replace(/\D+/g, ' '), new RegExp(` ${await site.count()} `));
  await end();
});

// What a host can forbid, and what is left: always the link, never an error.
const hostile = {
  'no frames': "default-src 'self'; script-src *; frame-src 'none'",
  'no scripts': "default-src 'self'; script-src 'none'; frame-src *",
  'nothing at all': "default-src 'none'",
  'a sandbox without scripts': 'sandbox',
};
for (const [name, policy] of Object.entries(hostile))
  await test(`a host that allows ${name} keeps its page and the link`, async () => {
    const { page, errors, end } = await visit_host();
    await page.goto(host_page(all.script, { 'Content-Security-Policy': policy }));
    if (name === 'no frames') await page.waitForSelector('[data-is=failed]', { state: 'attached' });
    equal(await page.locator('[data-undersigned] > a').isVisible(), true);
    equal(await page.locator('iframe').count(), 0);
    equal(await page.locator('#after').isVisible(), true);
    deepEqual(errors, []);
    await end();
  });

await test('a host that allows no style attribute of its own shows the frame all the same', async () => {
  const { page, errors, end } = await visit_host();
  const policy = "default-src 'none'; script-src *; frame-src *; style-src 'none'";
  await page.goto(host_page(all.script, { 'Content-Security-Policy': policy }));
  await page.waitForSelector('[data-is=shown]');
  deepEqual(errors, []);
  await end();
});

await test('when our site is down the host keeps its page and the link', async () => {
  const { page, errors, end } = await visit_host();
  await page.route(`${site.origin}/**`, route => route.abort());
  const gone = all.script + all.frame + all.image;
  await page.goto(host_page(gone));
  equal(await page.locator('[data-undersigned] > a').isVisible(), true);
  equal(await page.locator('#after').isVisible(), true);
  deepEqual(errors, []);
  await end();
});

await test('when only the frame fails, the link comes back', async () => {
  const { page, errors, end } = await visit_host();
  await page.clock.install();
  await page.route(/\/count$/, route => route.abort());
  await page.goto(host_page(all.script));
  await page.waitForSelector('iframe', { state: 'attached' });
  await page.clock.runFor(16000);
  await page.waitForSelector('[data-is=failed]', { state: 'attached' });
  equal(await page.locator('[data-undersigned] > a').isVisible(), true);
  equal(await page.locator('iframe').count(), 0);
  deepEqual(errors, []);
  await end();
});

await test('a code written wrongly, or for another site, shows its link', async () => {
  const { page, errors, end } = await visit_host();
  const wrong = ['', 'nonsense', 'https://elsewhere.example/embed/en/2026/count',
    `${site.origin}/en`, 'javascript:alert(1)'];
  const boxes = wrong.map(url => `<div data-undersigned="${url}"><a href="/">x</a></div>`).join('');
  const [, script] = all.script.match(/(<script.*)$/);
  await page.goto(host_page(boxes + script));
  await page.waitForLoadState('networkidle');
  equal(await page.locator('iframe').count(), 0);
  equal(await page.locator('[data-undersigned] > a:visible').count(), wrong.length);
  deepEqual(errors, []);
  await end();
});

await test('the host cannot be resized by another frame, and has no new name', async () => {
  const { page, end } = await visit_host();
  await page.goto(host_page('<script>var before = Object.keys(globalThis);</script>' + all.script));
  await page.waitForSelector('[data-is=shown]');
  const height = () => page.locator('iframe').evaluate(f => f.style.height);
  const is = await height();
  // Once the page itself has heard a second message, its other listeners have heard the first.
  await page.evaluate(() => new Promise(heard => {
    addEventListener('message', event => { if (event.data === 'after') heard(); });
    postMessage({ undersigned: 9999 }, '*');
    postMessage('after', '*');
  }));
  equal(await height(), is);
  deepEqual(await page.evaluate(() =>
    Object.keys(globalThis).filter(k => !globalThis.before.includes(k) && k !== 'before' &&
      k !== '0')), []); // frames[0] is the frame itself
  await end();
});

await test('only /embed/ may be framed', async () => {
  const { page, end } = await visit_host();
  for (const path of ['/en', `/en/sign/${slug}`, '/en/embed', '/office', '/en/link', '/embed/none']) {
    const { headers } = await fetch(site.origin + path);
    match(headers.get('content-security-policy'), /frame-ancestors 'none'/, path);
  }
  for (const path of ['count', 'sign', 'latest', 'count.svg']) {
    const { headers } = await fetch(`${site.origin}/embed/en/${slug}/${path}`);
    match(headers.get('content-security-policy'), /frame-ancestors \*/, path);
    equal(headers.get('set-cookie'), null);
  }
  await page.goto(host_page(`<iframe src="${site.origin}/en"></iframe>`));
  const shown = await page.frames()[1].evaluate(() => document.body.innerText).catch(() => '');
  equal(shown.includes('Sign'), false);
  await end();
});

await test('what each frame loads is at most 30 KB, from us alone', async () => {
  for (const what of ['count', 'sign', 'latest']) {
    const { context, page, end } = await visit_host();
    const client = await context.newCDPSession(page);
    await client.send('Network.enable');
    let wire = 0;
    client.on('Network.loadingFinished', event => { wire += event.encodedDataLength; });
    const strangers = [];
    page.on('request', request => {
      if (new URL(request.url()).origin !== site.origin) strangers.push(request.url());
    });
    await page.goto(`${site.origin}/embed/el/${slug}/${what}`);
    await page.waitForLoadState('networkidle');
    note(`${what}: ${wire} bytes`);
    ok(wire > 2000 && wire <= bytes_most, `${what}: ${wire}`);
    deepEqual(strangers, []);
    await end();
  }
  const script = await (await fetch(`${site.origin}/embed/embed.js`)).arrayBuffer();
  ok(script.byteLength < 4096, `embed.js: ${script.byteLength}`);
});

await test('signing inside a frame: mistakes, then the mail, without cookie or storage', async () => {
  const { script } = await codes('?show=sign&theme=dark&accent=ffee00&src=cemr');
  const { context, page, errors, end } = await visit_host({ colorScheme: 'light' });
  await page.goto(host_page(script));
  await page.waitForSelector('[data-is=shown]');
  const frame = page.frames()[1];
  const send = async () => {
    const answered = page.waitForResponse(r => r.frame() === frame &&
      r.request().isNavigationRequest() && r.status() !== 303);
    await frame.locator('[type=submit]').click();
    return answered;
  };
  equal((await send()).status(), 422);
  await frame.waitForSelector('.errors');
  const who = somebody('en');
  await fill(frame, who);
  const answer = await send();
  equal(answer.status(), 200);
  match(answer.url(), new RegExp(`/embed/en/${slug}/sent/.*theme=dark`));
  await frame.waitForSelector('h1');
  const letter = await site.letter_to(who.email);
  ok(site.link_in(letter).startsWith(`${site.origin}/en/s/`));
  deepEqual(await context.storageState({ indexedDB: true }), { cookies: [], origins: [] });
  deepEqual(errors, []);
  await end();
});

await test('in a sandbox the form says that it cannot be taken, inside its frame', async () => {
  const { page, end } = await visit_host();
  const code = `<iframe sandbox="allow-forms" src="${site.origin}/embed/en/${slug}/sign"></iframe>`;
  await page.goto(host_page(code));
  const frame = page.frames()[1];
  await frame.waitForSelector('[type=submit]');
  const answered = page.waitForResponse(r => r.request().method() === 'POST');
  await frame.locator('[type=submit]').click();
  equal((await answered).status(), 403);
  await end();
});

await test('every link leads out of the frame', async () => {
  const { page, end } = await browser.visit();
  for (const what of ['count', 'sign', 'latest']) {
    await page.goto(`${site.origin}/embed/de/${slug}/${what}`);
    deepEqual(await page.locator('a:not([target=_blank]):not([href^="#"])').all(), [], what);
  }
  await end();
});

const looks = ['', '?theme=dark', '?theme=light&accent=ffee00', '?theme=dark&accent=000080',
  '?accent=777777'];
await test_each(looks, 2, 'axe finds nothing with', async look => {
  const found = [];
  for (const scheme of ['light', 'dark']) {
    const { page, faults, end } = await browser.visit({ size: { width: 320, height: 800 },
      colorScheme: scheme });
    for (const what of ['count', 'latest', 'sign']) {
      await page.goto(`${site.origin}/embed/fi/${slug}/${what}${look}`);
      found.push(...await violations(page, `${what}${look} ${scheme}`));
    }
    await press(page, submit(page));
    found.push(...await violations(page, `mistakes${look} ${scheme}`));
    deepEqual(faults, []);
    await end();
  }
  if (found.length) throw new Error(found.join('\n'));
});

await test('wrong words of the address are refused, in the frame and on the page', async () => {
  for (const query of ['?theme=pink', '?accent=red', '?accent=12345g', '?theme=%3Cscript%3E']) {
    const count = await fetch(`${site.origin}/embed/en/${slug}/count${query}`);
    equal(count.status, 400);
    match(count.headers.get('content-security-policy'), /frame-ancestors \*/);
    equal((await fetch(`${site.origin}/en/embed${query}`)).status, 400);
  }
  equal((await fetch(`${site.origin}/en/embed?width=10`)).status, 400);
  equal((await fetch(`${site.origin}/embed/en/nothing/count`)).status, 404);
});

await test('the preview shows what is chosen, and copies the code', async () => {
  const { page, faults, end } = await browser.visit({ size: desktop,
    permissions: ['clipboard-read', 'clipboard-write'] });
  await page.goto(`${site.origin}/en/embed`);
  await page.selectOption('#show', 'latest');
  await page.selectOption('#theme', 'dark');
  await page.fill('#width', '400');
  await page.fill('#accent', '#0a5c4a');
  await press(page, page.locator('main form [type=submit]'));
  equal(await page.locator('iframe').getAttribute('src'),
    `/embed/en/${slug}/latest?theme=dark&accent=0a5c4a`);
  equal(await page.locator('iframe').getAttribute('width'), '400');
  await page.locator('[data-copy]').nth(1).click();
  const copied = await page.evaluate(() => navigator.clipboard.readText());
  equal(copied, (await page.locator('pre > code').allTextContents())[1]);
  ok(copied.includes(`src="${site.origin}/embed/en/${slug}/latest?theme=dark&amp;accent=0a5c4a"`));
  await until('the number in the frame', async () =>
    (await page.frames()[1]?.locator('.ledger li').count()) > 0);
  deepEqual(faults, []);
  await end();
});

await browser.end();
server.close();
site.end();
done();
