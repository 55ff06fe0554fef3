// SPDX-License-Identifier: EUPL-1.2
// Reads a site over HTTP as a search engine would, without running anything.

const unescaped = text => text.replace(/&(#x?[0-9a-f]+|amp|lt|gt|quot);/gi, (_, what) => {
  const named = { amp: '&', lt: '<', gt: '>', quot: '"' }[what.toLowerCase()];
  if (named) return named;
  const digits = what.slice(1);
  return String.fromCodePoint(/^x/i.test(digits) ? parseInt(digits.slice(1), 16) : Number(digits));
});

function attributes(tag) {
  const found = {};
  for (const [, name, value] of tag.matchAll(/([a-z-]+)="([^"]*)"/g)) found[name] = unescaped(value);
  return found;
}

const tags = (html, name) =>
  [...html.matchAll(new RegExp(`<${name}\\b[^>]*>`, 'g'))].map(([tag]) => attributes(tag));

// What a page says about itself: { url, status, lang, title, h1, canonical, alternates, links, ids }.
export async function read(url) {
  const answer = await fetch(url, { redirect: 'manual' });
  const is_saved = (answer.headers.get('content-disposition') ?? '').startsWith('attachment');
  const type = is_saved ? 'attachment' : answer.headers.get('content-type') ?? '';
  const html = await answer.text();
  if (!type.startsWith('text/html'))
    return { url, status: answer.status, type, html, links: [], ids: new Set() };
  const heads = tags(html, 'link');
  return {
    url,
    status: answer.status,
    type,
    html,
    lang: tags(html, 'html')[0]?.lang,
    content_language: answer.headers.get('content-language'),
    title: unescaped(html.match(/<title>([^<]*)<\/title>/)?.[1] ?? ''),
    h1: [...html.matchAll(/<h1\b/g)].length,
    is_indexed: !tags(html, 'meta').some(m => m.name === 'robots' && m.content.includes('noindex')),
    canonical: heads.find(l => l.rel === 'canonical')?.href,
    alternates: Object.fromEntries(heads.filter(l => l.rel === 'alternate' && l.hreflang)
      .map(l => [l.hreflang, l.href])),
    links: tags(html, 'a').map(a => a.href).filter(Boolean)
      .map(href => new URL(href, url)),
    ids: new Set([...html.matchAll(/\sid="([^"]+)"/g)].map(([, id]) => id)),
  };
}

// Kinds of pages that differ only in whom or what they show, by their path and query.
const alike = [/^\/documents\/[^/]+$/, /^\/documents\?topic=/, /^\/partners\/(?!join$)[^/]+$/,
  /^\/with\//, /^\/signatories\/[^/?]+\?country=/];

// What one of several languages shows: each page of its own, and of those that are alike its share, at
// least one, so that all languages together show every page. The long checks take all in each.
export function share(urls, language, languages) {
  const of_kind = alike.map(() => []);
  const chosen = [];
  for (const url of [...urls].sort()) {
    const { pathname, search } = new URL(url);
    const kind = process.env.UNDERSIGNED_LONG ? -1
      : alike.findIndex(one => one.test(pathname.slice(3) + search));
    (of_kind[kind] ?? chosen).push(url);
  }
  for (const list of of_kind) {
    const turns = Math.min(list.length, languages.length);
    chosen.push(...list.filter((_, i) => i % turns === languages.indexOf(language) % turns));
  }
  return chosen;
}

// Every page that can be reached from the home pages of the languages by links, as Map(url, page).
// Filters and pages of the register are followed one step deep.
export async function crawl(origin, languages) {
  const pages = new Map();
  const asked = new Set();
  const queue = languages.map(language => `${origin}/${language}`);
  const within = url => url.origin === origin && (languages.includes(url.pathname.split('/')[1]) ||
    !/^\/[a-z]{2}(\/|$)/.test(url.pathname));
  const walk = async () => {
    for (let url; (url = queue.pop());) {
      const page = await read(url);
      pages.set(url, page);
      for (const link of page.links) {
        const next = new URL(link);
        next.hash = '';
        if (!within(next) || asked.has(next.href) || (next.search && new URL(url).search)) continue;
        asked.add(next.href);
        queue.push(next.href);
      }
    }
  };
  for (const url of queue) asked.add(url);
  // The first walk fills the queue for the others.
  await Promise.all([walk(), ...[1, 2, 3].map(async i => {
    await new Promise(done => { setTimeout(done, 50 * i); });
    await walk();
  })]);
  await walk();
  return pages;
}
