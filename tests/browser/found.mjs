// SPDX-License-Identifier: EUPL-1.2
// Documents, search and news as people use them, with and without a script; and what machines read:
// feeds, maps and linked data, by readers that are not ours.

import { deepEqual, equal, match, ok } from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import jsonld from 'jsonld';
import { parseAtomFeed } from 'feedsmith';
import { parseSitemap, parseSitemapIndex } from 'sitemap';
import { Readable } from 'node:stream';
import { open_browser, phone, desktop } from './stage/browser.mjs';
import { read } from './stage/crawl.mjs';
import { languages, open_site } from './stage/site.mjs';
import { done, note, test, test_each } from './stage/tap.mjs';

const site = await open_site({ samples: 10 });
const browser = await open_browser(site);
const begun = Date.now();

const with_reader = (options, act) => async one => {
  const reader = await browser.visit(options);
  try {
    await act(reader.page, one);
    equal(reader.faults.join('\n'), '');
  } finally {
    await reader.end();
  }
};

const heading = page => page.locator('main h2').first().innerText();
const items = page => page.locator('main ul.ledger > li').count();
const submit = page => page.locator('main form [type=submit]');

// What a reader types in each language, and a document that it leads to; no accents, small letters,
// Latin letters for all.
const asked = {
  da: 'samhorighedspolitik', el: 'synochis', bg: 'sblizavane', fi: 'koheesiopolitiikan',
  mt: 'koezjoni', de: 'kohasionspolitik',
};
asked.el = 'politikes synoches';

// --- Documents ---

for (const script of [true, false])
  await test_each(Object.keys(asked), 2, `documents are found ${script ? 'with' : 'without'} a ` +
    'script in', with_reader({ script, size: script ? phone : desktop }, async (page, language) => {
    await page.goto(`${site.origin}/${language}/documents`);
    equal(await items(page), 16);
    match(await heading(page), /16/);
    await page.fill('#words', asked[language]);
    await page.selectOption('#kind', 'declaration');
    await submit(page).click();
    await page.waitForURL(/kind=declaration/);
    const n = await items(page);
    ok(n > 0 && n < 6, `${n} found`);
    equal(Number((await heading(page)).match(/\d+/)[0]), n, 'the heading counts them');
    ok(await page.locator('mark').count() > 0, 'the words are marked');
    equal(await page.inputValue('#words'), asked[language]);
    equal(await page.inputValue('#kind'), 'declaration');
    // The other language keeps the question.
    await page.locator('details.tongue summary').click();
    await page.locator('nav.tongue-list a[lang=fr]').click();
    await page.waitForURL(/\/fr\/documents\?/);
    equal(await page.inputValue('#kind'), 'declaration');
    // A way out of nothing.
    await page.goto(`${site.origin}/${language}/documents?words=xyzzy`);
    equal(await items(page), 0);
    await page.locator('main section a').first().click();
    await page.waitForURL(`${site.origin}/${language}/documents`);
    // The page of one.
    await page.locator('main ul.ledger a').first().click();
    await page.waitForURL(/\/documents\/[a-z0-9-]+$/);
    equal(await page.locator('h1').count(), 1);
    ok((await page.locator('.quote').innerText()).includes(page.url()), 'cited by its address');
  }));

// --- Search ---

for (const script of [true, false])
  await test_each(Object.keys(asked), 2, `search ${script ? 'with' : 'without'} a script in`,
    with_reader({ script }, async (page, language) => {
      await page.goto(`${site.origin}/${language}`);
      await page.locator('a.seek').click();
      await page.waitForURL(`${site.origin}/${language}/search`);
      await page.fill('#words', asked[language]);
      await page.keyboard.press('Enter');
      await page.waitForURL(/words=/);
      ok(await items(page) > 3);
      const marked = await page.locator('mark').first().innerText();
      ok(marked.length > 4, marked);
      await page.locator('main ul.ledger a').first().click();
      await page.waitForURL(url => !url.pathname.endsWith('/search'));
      equal(await page.locator('html').getAttribute('lang'), language);
    }));

// --- Stories ---

for (const script of [true, false])
  await test(`stories are narrowed down and passed on ${script ? 'with' : 'without'} a script`,
    with_reader({ script, size: phone }, async page => {
      await page.goto(`${site.origin}/da/stories`);
      equal(await page.locator('ul.cards > li').count(), 3);
      await page.selectOption('#country', 'RO');
      await submit(page).click();
      await page.waitForURL(/country=RO/);
      equal(await page.locator('ul.cards > li').count(), 1);
      equal(await page.inputValue('#country'), 'RO');
      await page.goto(`${site.origin}/da/stories?words=zzzz`);
      equal(await page.locator('ul.cards > li').count(), 0);
      await page.locator('main p a').first().click();
      await page.waitForURL(`${site.origin}/da/stories`);
      await page.locator('ul.cards a').first().click();
      await page.waitForURL(/\/da\/stories\/[a-z0-9-]+$/);
      const links = await page.locator('ul.share a').evaluateAll(all => all.map(a => a.href));
      equal(links.length, 8);
      const shared = encodeURIComponent(page.url());
      for (const link of links) ok(link.includes(shared) || link.includes(page.url()), link);
      equal(await page.locator('ul.share button:visible').count() > 0, script);
    }));

await test('markup that is typed stays text', with_reader({}, async page => {
  const typed = '"><img src=x onerror=alert(1)><b>cohesion</b>';
  await page.goto(`${site.origin}/en/search?words=${encodeURIComponent(typed)}`);
  equal(await page.inputValue('#words'), typed);
  equal(await page.locator('main img, main b').count(), 0);
}));

await test('what only another language has is shown as such', with_reader({}, async page => {
  await page.goto(`${site.origin}/da/search?words=Kommissionsmitglieder`);
  ok(await page.locator('main .notice').isVisible());
  equal(await page.locator('main ul.ledger > li [lang=de]').count(), 1);
}));

// --- News ---

await test_each(['da', 'el', 'bg', 'fi', 'mt', 'de'], 2, 'news in',
  with_reader({ script: false }, async (page, language) => {
    await page.goto(`${site.origin}/${language}/news`);
    const days = await page.locator('main time').evaluateAll(all => all.map(t => t.dateTime));
    deepEqual(days, [...days].sort().reverse());
    await page.locator('main ul.ledger a').last().click();
    await page.waitForURL(/\/news\/handover-2018$/);
    equal(await page.locator('article [lang], article[lang]').count(), 0, 'in the language');
    ok(await page.locator('article p').count() >= 3);
  }));

// --- Machines ---

const get = async path => {
  const answer = await fetch(`${site.origin}${path}`);
  equal(answer.status, 200, path);
  return { text: await answer.text(), type: answer.headers.get('content-type') };
};

function well_formed(xml) {
  const { status, stderr } = spawnSync('xmllint', ['--nonet', '--noout', '-'],
    { input: xml, encoding: 'utf8' });
  equal(status, 0, stderr);
}

// By another program and the rules of RFC 4287 (atom.rng).
const grammar = new URL('atom.rng', import.meta.url).pathname;
function valid_feed(xml) {
  const { status, stderr } = spawnSync('xmllint', ['--nonet', '--noout', '--relaxng', grammar, '-'],
    { input: xml, encoding: 'utf8' });
  equal(status, 0, stderr);
}

await test('the rules of feeds refuse what is none', async () => {
  const { text } = await get('/en/documents.atom');
  valid_feed(text);
  const spoilt = [
    [/<id>[^<]*<\/id>/, ''], [/<title[^>]*>[^<]*<\/title>/, ''], [/<updated>[^<]*<\/updated>/, ''],
    [/<author>.*?<\/author>/s, ''], [/<updated>[^<]*</, '<updated>2026-11-22<'],
    [/(<entry>\s*<title>[^<]*<\/title>\s*)<id>[^<]*<\/id>/, '$1'], [/(<entry>\s*)/, '$1<id>https://a.example/</id>'],
    [/<entry>/, '<entry><summary>a</summary>'], [/href="[^"]*"/, ''], [/<entry>/, '<item>'],
    [/<entry>/, '<entry><guid>x</guid>'],
  ];
  for (const [from, to] of spoilt) {
    const worse = text.replace(from, to);
    ok(worse !== text, `${from} is there`);
    let seen = false;
    try { valid_feed(worse); } catch { seen = true; }
    ok(seen, `${from} → ${to}`);
  }
});

await test('xmllint sees what is not well-formed', () => {
  let seen = false;
  try { well_formed('<feed><title>a & b</title></feed>'); } catch { seen = true; }
  ok(seen);
});

await test_each(languages, 4, 'feeds can be read in', async language => {
  for (const [path, entries] of [['news', 3], ['documents', 16]]) {
    const { text, type } = await get(`/${language}/${path}.atom`);
    equal(type, 'application/atom+xml; charset=utf-8');
    valid_feed(text);
    const feed = parseAtomFeed(text);
    equal(feed.id, `${site.origin}/${language}/${path}.atom`);
    equal(feed.entries.length, entries);
    equal(feed.links.find(l => l.rel === 'self').href, feed.id);
    // RFC 4287, 4.1.1 and 4.1.2: what must be there.
    ok(feed.title && feed.updated && feed.authors.length === 1);
    const ids = new Set();
    for (const entry of feed.entries) {
      ok(entry.id && entry.title && !Number.isNaN(Date.parse(entry.updated)));
      ok(entry.content || entry.links.some(l => l.rel === 'alternate'));
      ids.add(entry.id);
      equal((await read(entry.id)).lang, language);
    }
    equal(ids.size, entries, 'no name twice');
    const order = feed.entries.map(e => e.updated);
    deepEqual(order, [...order].sort().reverse());
  }
});

await test('maps name each page once, with its languages, and every page answers', async () => {
  const index = (await get('/sitemap.xml')).text;
  well_formed(index);
  const parts = await parseSitemapIndex(Readable.from([index]));
  ok(parts.length >= 1);
  const seen = new Map();
  for (const { url } of parts) {
    const map = await (await fetch(url)).text();
    well_formed(map);
    for (const one of await parseSitemap(Readable.from([map]))) {
      ok(!seen.has(one.url), one.url);
      seen.set(one.url, one);
    }
  }
  const pages = [...seen.values()];
  ok(pages.length > 24 * 40, `${pages.length} pages`);
  for (const one of pages) {
    deepEqual(one.links.map(l => l.lang).sort(), [...languages].sort());
    for (const { url } of one.links) ok(seen.has(url), `${one.url} names ${url}`);
  }
  const dated = pages.filter(p => p.lastmod);
  equal(dated.length, 24 * (3 + 16));
  for (const language of ['hu', 'ga'])
    for (const one of pages.filter(p => p.url.startsWith(`${site.origin}/${language}/`)))
      equal((await read(one.url)).canonical, one.url);
});

// Only what schema.org says of these types, for the properties that are used.
const known = {
  Organization: ['name', 'url', 'description'],
  WebSite: ['name', 'url', 'inLanguage', 'publisher', 'potentialAction'],
  SearchAction: ['target', 'query-input'],
  EntryPoint: ['urlTemplate'],
  BreadcrumbList: ['itemListElement'],
  ListItem: ['position', 'name', 'item'],
  NewsArticle: ['headline', 'description', 'datePublished', 'inLanguage', 'isBasedOn', 'author'],
  DigitalDocument: ['name', 'description', 'inLanguage', 'genre', 'datePublished', 'identifier',
    'publisher', 'encoding'],
  Article: ['headline', 'description', 'inLanguage', 'contentLocation', 'image'],
  MediaObject: ['contentUrl', 'inLanguage', 'sha256'],
};

const documentLoader = async url => {
  equal(url, 'https://schema.org');
  return { contextUrl: null, documentUrl: url, document: { '@context': { '@vocab': `${url}/` } } };
};

function things_in(node, found = []) {
  if (Array.isArray(node)) for (const one of node) things_in(one, found);
  else if (node && typeof node === 'object') {
    if (node['@type']) found.push(node);
    for (const value of Object.values(node)) things_in(value, found);
  }
  return found;
}

async function linked_data(path) {
  const { text } = await get(path);
  const scripts = [...text.matchAll(/<script type="application\/ld\+json">([\s\S]*?)<\/script>/g)];
  equal(scripts.length, 1, path);
  const graph = await jsonld.expand(JSON.parse(scripts[0][1]), { documentLoader });
  return things_in(graph);
}

const paths = { '': 'WebSite', '/news/handover-2018': 'NewsArticle',
  '/documents/opinion-cohesion-report-2022': 'DigitalDocument',
  '/stories/metro-line-3-sofia': 'Article', '/documents': 'BreadcrumbList',
  '/act/video': 'BreadcrumbList', '/page/privacy': 'BreadcrumbList' };
await test_each(languages, 4, 'linked data says what pages are in', async language => {
  for (const [path, main] of Object.entries(paths)) {
    const things = await linked_data(`/${language}${path}`);
    const types = things.flatMap(t => t['@type']).map(t => t.replace('https://schema.org/', ''));
    ok(types.includes(main), `${path}: ${types}`);
    for (const thing of things) {
      const type = thing['@type'][0].replace('https://schema.org/', '');
      for (const property of Object.keys(thing).filter(p => !p.startsWith('@')))
        ok(known[type].includes(property.replace('https://schema.org/', '')), `${type} ${property}`);
    }
    const steps = things.filter(t => t['@type'][0].endsWith('/ListItem'));
    for (const [i, step] of steps.entries()) {
      equal(step['https://schema.org/position'][0]['@value'], i + 1);
      const item = step['https://schema.org/item'][0]['@value'];
      equal((await fetch(item)).status, 200, item);
    }
  }
});

await test('the search that the home page offers is the search', async () => {
  const action = (await linked_data('/el')).find(t => t['@type'][0].endsWith('/EntryPoint'));
  const template = action['https://schema.org/urlTemplate'][0]['@value'];
  const { text } = await get(template.replace('{search_term_string}', encodeURIComponent('συνοχή'))
    .replace(site.origin, ''));
  ok(text.includes('<mark>'));
});

await test('old addresses lead to new ones', async () => {
  for (const [from, to] of [['/en/takepart/Pages/cohesion-alliance.aspx', '/en'],
    ['/EN/engage/pages/Cohesion-Alliance.aspx?_cldee=x&esid=1', '/en/declaration/2026']]) {
    const answer = await fetch(site.origin + from, { redirect: 'manual' });
    equal(answer.status, 301);
    equal(answer.headers.get('location'), to);
  }
});

note(`${Math.round((Date.now() - begun) / 1000)} s`);
note(site.said.join('') || 'the program had nothing to say');
await browser.end();
site.end();
done();
