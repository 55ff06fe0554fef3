// SPDX-License-Identifier: EUPL-1.2
// Every page by itself: reachable, in its language, known to the others by hreflang; whole at 320
// pixels (a desktop at 400 %) and with the spacing that a reader may ask for; light to load; and
// silent towards everybody else.

import { deepEqual, equal, ok } from 'node:assert/strict';
import { gzipSync } from 'node:zlib';
import { open_browser, narrow } from './stage/browser.mjs';
import { crawl, read, share } from './stage/crawl.mjs';
import { languages, open_site, slug } from './stage/site.mjs';
import { done, note, test, test_each } from './stage/tap.mjs';

const site = await open_site({ samples: 60 });
const browser = await open_browser(site);
const begun = Date.now();
const looked_at = ['en', 'da', 'el', 'bg', 'fi', 'mt'];

// --- As a search engine sees it ---

const pages = await crawl(site.origin, languages);
const html = [...pages.values()].filter(page => page.type.startsWith('text/html'));
const indexed = html.filter(page => page.is_indexed);
const language_of = url => new URL(url).pathname.split('/')[1];
const none = list => {
  if (list.length) throw new Error([`${list.length} found`, ...list.slice(0, 20)].join('\n'));
};

await test('every link leads somewhere', () => {
  ok(pages.size > 24 * 20, `${pages.size} addresses`);
  none([...pages.values()].filter(p => p.status !== 200).map(p => `${p.status} ${p.url}`));
  const lost = [];
  for (const page of html)
    for (const link of page.links)
      if (link.hash && link.origin === site.origin) {
        const url = new URL(link);
        url.hash = '';
        const target = pages.get(url.href);
        if (target && !target.ids.has(decodeURIComponent(link.hash.slice(1))))
          lost.push(`${page.url} -> ${link.href}`);
      }
  none(lost);
});

await test('every language has the same pages', () => {
  const of = language => html.filter(p => language_of(p.url) === language)
    .map(p => new URL(p.url).pathname.slice(3)).sort();
  const english = [...new Set(of('en'))];
  for (const language of languages) deepEqual([...new Set(of(language))], english, language);
});

await test('every page says its language, in the head and in the page', () => {
  none(html.filter(p => p.lang !== language_of(p.url) || p.content_language !== p.lang)
    .map(p => `${p.url}: ${p.lang}, ${p.content_language}`));
});

await test('every page has one h1', () => {
  none(html.filter(p => p.h1 !== 1).map(p => `${p.url}: ${p.h1}`));
});

await test('no two pages of a language have the same title', () => {
  const seen = new Map();
  const twice = [];
  for (const page of html.filter(p => !new URL(p.url).search)) {
    const key = `${page.lang} ${page.title}`;
    if (!page.title || seen.has(key)) twice.push(`${key}: ${seen.get(key)}, ${page.url}`);
    seen.set(key, page.url);
  }
  none(twice);
});

await test('hreflang names all languages, itself and a default, and is answered', async () => {
  const wrong = [];
  for (const page of indexed) {
    const url = page.url.split('?src=')[0]; // from whom a visitor comes makes no other page
    if (page.canonical !== url) wrong.push(`${page.url}: canonical ${page.canonical}`);
    if (page.alternates[page.lang] !== url) wrong.push(`${page.url} does not name itself`);
    const named = Object.keys(page.alternates).sort().join(' ');
    if (named !== [...languages, 'x-default'].sort().join(' ')) wrong.push(`${page.url}: ${named}`);
    for (const language of languages) {
      const other = pages.get(page.alternates[language]);
      if (JSON.stringify(other?.alternates) !== JSON.stringify(page.alternates))
        wrong.push(`${page.url}: ${language} does not answer`);
    }
  }
  none(wrong);
  const parts = await (await fetch(`${site.origin}/sitemap.xml`)).text();
  const maps = await Promise.all([...parts.matchAll(/<loc>([^<]+)<\/loc>/g)]
    .map(async ([, url]) => (await fetch(url)).text()));
  const map = maps.join('');
  for (const [, url] of map.matchAll(/<loc>([^<]+)<\/loc>/g))
    ok(pages.get(url)?.is_indexed, `${url} of the sitemap`);
  for (const language of languages)
    ok(map.includes(`<loc>${site.origin}/${language}/sign/${slug}</loc>`), 'where to sign');
});

await test('what is missing is said in the language of the address', async () => {
  for (const language of looked_at) {
    const page = await read(`${site.origin}/${language}/nothing/here`);
    equal(page.status, 404);
    equal(page.lang, language);
    equal(page.h1, 1);
  }
});

// --- As people see it ---

// Runs in the page: what is cut off or sticks out.
function misfits() {
  const found = [];
  const width = document.documentElement.clientWidth;
  const name = e => `${e.tagName.toLowerCase()}.${e.className?.baseVal ?? e.className} ` +
    `"${(e.textContent ?? '').trim().slice(0, 40)}"`;
  const veiled = '.sr, .skip, .trap, .trap *, [hidden], [hidden] *, svg *, option, optgroup';
  // What may be wider or higher than its box, because it scrolls or fades by intent.
  const inner = '.scroll *, .scrolled *, .fade *, .hero::before';
  if (document.documentElement.scrollWidth > width)
    found.push(`the page is ${document.documentElement.scrollWidth} wide`);
  for (const e of document.body.querySelectorAll('*')) {
    if (e.matches(veiled) || !e.checkVisibility()) continue;
    const box = e.getBoundingClientRect();
    if (box.width === 0 || box.height === 0) continue;
    if (!e.matches(inner) && (box.right > width + 1 || box.left < -1))
      found.push(`${name(e)} sticks out: ${Math.round(box.left)} to ${Math.round(box.right)}`);
    const style = getComputedStyle(e);
    const is_held = style.overflowX !== 'visible' || e.matches('a, button, .button, select, .tag');
    if (is_held && !e.matches('.scroll, .scrolled, .fade, input, textarea, .hero, progress') &&
        style.display !== 'inline' &&
        (e.scrollWidth > e.clientWidth + 2 || e.scrollHeight > e.clientHeight + 2) &&
        style.overflowX !== 'auto')
      found.push(`${name(e)} is cut: ${e.scrollWidth}x${e.scrollHeight} ` +
        `in ${e.clientWidth}x${e.clientHeight}`);
  }
  return found;
}

// Runs in the page: the spacing of WCAG 1.4.12.
function spread() {
  const sheet = new CSSStyleSheet();
  sheet.replaceSync(`* { line-height: 1.5 !important; letter-spacing: 0.12em !important;
    word-spacing: 0.16em !important; } p { margin-block-end: 2em !important; }`);
  document.adoptedStyleSheets = [...document.adoptedStyleSheets, sheet];
}

const urls_in = language => html.map(p => p.url).filter(url => language_of(url) === language)
  .filter(url => !/\?src=/.test(url) || url.endsWith(`/sign/${slug}?src=aer`)); // one partner's form

async function look(urls) {
  const reader = await browser.visit({ size: { ...narrow, height: 256 }, keeps: true });
  const found = [];
  try {
    for (const url of urls) {
      const place = new URL(url).pathname + new URL(url).search;
      const { page } = reader;
      await page.goto(url, { waitUntil: 'load' });
      await page.evaluate(() => document.fonts.ready);
      for (const one of await page.evaluate(misfits)) found.push(`${place}: ${one}`);
      await page.evaluate(() => { for (const d of document.querySelectorAll('details')) d.open = true; });
      for (const one of await page.evaluate(misfits)) found.push(`${place}, opened: ${one}`);
      await page.evaluate(() => { document.querySelector('details.tongue').open = false; });
      await page.evaluate(spread);
      for (const one of await page.evaluate(misfits)) found.push(`${place}, spread: ${one}`);
    }
    none([...reader.faults, ...found]);
  } finally {
    await reader.end();
  }
}

await test('a question to somebody else is seen', async () => {
  for (const keeps of [false, true]) {
    const reader = await browser.visit({ keeps });
    for (const host of ['other.example', '192.0.2.1']) {
      const url = `http://${host}/seen.png`;
      await reader.page.setContent(`<img src="${url}">`, { waitUntil: 'load' });
      ok(reader.faults.includes(`left the origin: ${url}`), reader.faults.join('\n'));
      equal(await reader.page.evaluate(() => document.images[0].naturalWidth), 0, 'and not answered');
    }
    await reader.end();
  }
});

await test('the languages looked at show every page together, and each shows every kind', () => {
  const paths = list => [...new Set(list.map(url => url.slice(`${site.origin}/xx`.length)))].sort();
  const all = looked_at.map(language => share(urls_in(language), language, looked_at));
  deepEqual(paths(all.flat()), paths(urls_in('en')));
  for (const list of all)
    for (const kind of ['/documents/', '/documents?topic=', '/partners/', '/with/', '?country='])
      ok(list.some(url => url.includes(kind)), kind);
});

await test_each(looked_at, 2, 'every kind of page is whole at 320 pixels, and asks nobody else, in',
  language => look(share(urls_in(language), language, looked_at)));

await test_each(languages.filter(l => !looked_at.includes(l)), 2,
  'home, sign and register are whole at 320 pixels in',
  language => look(['', `/sign/${slug}`, `/sign/${slug}/organisation`, `/signatories/${slug}`]
    .map(path => `${site.origin}/${language}${path}`)));

// --- What it weighs ---

async function weigh(path) {
  const reader = await browser.visit();
  const sizes = [];
  reader.page.on('requestfinished', request => sizes.push(request.sizes()
    .then(s => ({ url: request.url(), bytes: s.responseBodySize + s.responseHeadersSize }))));
  await reader.page.goto(site.origin + path, { waitUntil: 'networkidle' });
  const all = await Promise.all(sizes);
  await reader.end();
  return { bytes: all.reduce((sum, one) => sum + one.bytes, 0), all };
}

for (const [what, path, most] of [['the sign page', `/sign/${slug}`, 100], ['home', '', 150]])
  await test(`${what} weighs at most ${most} KB in all`, async () => {
    for (const language of ['en', 'el', 'bg', 'mt', 'lv']) {
      const { bytes, all } = await weigh(`/${language}${path}`);
      note(`${what} in ${language}: ${(bytes / 1000).toFixed(1)} KB, ${all.length} requests`);
      ok(bytes <= most * 1000, JSON.stringify(all, null, 1));
    }
  });

await test('style at most 30 KB raw, script at most 15 KB gzipped', async () => {
  const { all } = await weigh('/en');
  const fetch_text = async end => (await fetch(all.find(one => one.url.endsWith(end)).url)).text();
  const css = Buffer.byteLength(await fetch_text('.css'));
  const js = gzipSync(await fetch_text('.js')).length;
  note(`style ${css} bytes raw, script ${js} bytes gzipped`);
  ok(css <= 30 * 1024 && js <= 15 * 1024);
});

await test('countries stand in the order of the page language', async () => {
  // Not in Latvian, whose order changed between the releases of ICU that Debian and Node carry.
  for (const language of languages.filter(l => l !== 'lv')) {
    const page = await read(`${site.origin}/${language}/sign/${slug}`);
    const order = new Intl.Collator(language);
    // Nobody looks for "il-Ġermanja" under its article.
    const proper = name => name.replace(/^[^\p{Lu}]+(?=\p{Lu})/u, '');
    const groups = page.html.match(/<optgroup[\s\S]*?<\/optgroup>/g);
    equal(groups.length, 2);
    for (const group of groups) {
      const names = [...group.matchAll(/<option[^>]*>([^<]+)/g)].map(([, name]) => name);
      ok(names.length >= 27, language);
      deepEqual(names, [...names].sort((a, b) => order.compare(proper(a), proper(b))), language);
    }
  }
});

note(`${pages.size} addresses, ${Math.round((Date.now() - begun) / 1000)} s`);
note(site.said.join('') || 'the program had nothing to say');
await browser.end();
site.end();
done();
