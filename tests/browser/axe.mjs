// SPDX-License-Identifier: EUPL-1.2
// No violation of WCAG 2.2 AA that axe can see: every kind of page in six languages, a few in each
// other, on light and dark ground, and each step of the sign journey in four. The long checks take
// every kind of page in every language, light, dark, and narrow with more contrast.

import { equal, match } from 'node:assert/strict';
import { violations } from './stage/axe.mjs';
import { desktop, narrow, open_browser, phone } from './stage/browser.mjs';
import { languages, open_site, slug } from './stage/site.mjs';
import { done, note, test, test_each } from './stage/tap.mjs';
import { confirm, fill, included, press, somebody, submit } from './stage/walk.mjs';

const site = await open_site({ samples: 40 });
const browser = await open_browser(site);
const begun = Date.now();

const kinds_of_page = ['', '/languages', `/declaration/${slug}`, '/declaration/petition',
  `/sign/${slug}`, `/sign/${slug}/organisation`, `/sign/${slug}/mandate`, '/sign/petition',
  `/signatories/${slug}`, `/signatories/${slug}?words=nobody`, `/figures/${slug}`,
  '/figures/petition', `/proof/${slug}`, '/partners', '/documents', '/stories', '/stories/metro-line-3-sofia', '/act', '/act/video',
  '/act/petition', '/act/video/interest', '/act/video/sent', '/i/nothing', '/left', '/materials',
  '/page/privacy', '/link', '/link/sent', '/s/nothing', '/partners?words=nobody', '/partners/cemr', '/with/cemr', '/partners/join', '/partners/join/sent', '/partners/join/nothing', '/partners/join/gone', `/sign/${slug}?src=cemr`,
  `/map/${slug}`, `/map/${slug}?show=regions`, `/map/${slug}?show=mosaic`, '/leave/nothing',
  `/population/${slug}`,
  '/embed', '/embed?show=latest&theme=dark',
  '/documents?words=cohesion', '/documents?words=nobody', '/documents/opinion-cohesion-report-2022', '/news', '/news/handover-2018', '/search', '/search?words=2017', '/search?words=nobody',
  '/nothing'];

const none = list => {
  if (list.length) throw new Error([`${list.length} found`, ...list.slice(0, 15)].join('\n'));
};

async function look_at(paths, { without, is_opened = true, ...options }) {
  const reader = await browser.visit({ keeps: true, reducedMotion: 'reduce', ...options });
  const found = [];
  try {
    for (const path of paths) {
      await reader.page.goto(site.origin + path);
      found.push(...await violations(reader.page, path, without));
    }
    if (is_opened) {
      await reader.page.goto(site.origin + paths[0]);
      await reader.page.locator('details.tongue summary').click();
      found.push(...await violations(reader.page, `${paths[0]}, languages open`, without));
    }
  } finally {
    await reader.end();
  }
  none(found);
}

await test('axe sees what is wrong', async () => {
  const reader = await browser.visit();
  await reader.page.goto(`${site.origin}/en/link`);
  await reader.page.evaluate(() => {
    document.querySelector('#email').removeAttribute('id');
    document.querySelector('h1').style.color = '#ddd';
  });
  const found = (await violations(reader.page, '')).join('\n');
  match(found, /label/);
  match(found, /color-contrast/);
  await reader.end();
});

const is_long = Boolean(process.env.UNDERSIGNED_LONG);
const pages_in = language => kinds_of_page.map(path => `/${language}${path}`);
// The markup is the same in all: a language shows its words, and one size and ground with them. Colours
// depend on the ground and the size alone.
const narrow_more = { size: narrow, contrast: 'more' };
const looks = {
  de: { size: desktop }, da: { size: desktop, colorScheme: 'dark' }, el: { size: phone },
  bg: { size: phone, colorScheme: 'dark' }, fi: narrow_more, mt: { size: phone, without: ['color-contrast'] },
};
const others = languages.filter(language => !looks[language]);

if (is_long)
  for (const [name, look] of Object.entries({ 'on light ground': { size: desktop },
    'on dark ground': { size: phone, colorScheme: 'dark' }, 'narrow, with more contrast': narrow_more }))
    await test_each(languages, 2, `every kind of page is clean ${name} in`, language => look_at(pages_in(language), look));
await test_each(Object.keys(looks), 2, 'every kind of page is clean in',
  language => look_at(pages_in(language), looks[language]));
// Together these see every kind once more.
await test_each(others, 2, 'some kinds of page are clean in', language =>
  look_at(pages_in(language).filter((_, i) => i % others.length === others.indexOf(language)),
    { size: phone, without: ['color-contrast'], is_opened: false }));

await test('the front door, the office and the inbox are clean', async () => {
  const reader = await browser.visit({ locale: 'ja-JP' });
  const found = [];
  for (const url of [`${site.origin}/`, `${site.origin}/office`, site.inbox]) {
    await reader.page.goto(url);
    found.push(...await violations(reader.page, url));
  }
  await reader.end();
  none(found);
});

async function journey(language) {
  const reader = await browser.visit({ keeps: true, reducedMotion: 'reduce' });
  const { page } = reader;
  const found = [];
  const look = async step => found.push(...await violations(page, `${language}, ${step}`));
  try {
    const who = somebody(language);
    await page.goto(`${site.origin}/${language}/sign/${slug}`);
    await look('form');
    equal((await press(page, submit(page))).status(), 422);
    await look('form with mistakes');
    await fill(page, who);
    await press(page, submit(page));
    for (const fold of await page.locator('details.fold summary').all()) await fold.click();
    await look('sent');
    await page.goto(site.link_in(await site.letter_to(who.email)));
    await look('before the button');
    const own = await confirm(page, site, who);
    await included(page);
    await look('own page');
    await page.goto(`${own}/correct`);
    await page.fill('#name', '');
    await press(page, submit(page));
    await look('correcting, with a mistake');
    await page.goto(`${own}/withdraw`);
    await look('asking before withdrawing');
    await press(page, submit(page));
    await look('withdrawn');
    await page.goto(`${own}/erase`);
    await look('asking before erasing');
    await press(page, submit(page));
    await look('erased');
  } finally {
    await reader.end();
  }
  none(found);
}
// These have the longest words, other letters, or other rules.
const journeys = is_long ? languages : ['da', 'el', 'fi', 'mt'];
await test_each(journeys, 2, 'each step of the sign journey is clean in', journey);

await test_each(['en', 'el', 'mt'], 2, 'a letter that came back and the end of the news are clean in',
  async language => {
    const reader = await browser.visit({ size: phone });
    const { page } = reader;
    const found = [];
    try {
      const who = somebody(language);
      await page.goto(`${site.origin}/${language}/sign/${slug}`);
      await fill(page, who);
      await press(page, submit(page));
      site.send_back(await site.letter_to(who.email));
      await page.reload();
      equal(await page.locator('.notice.bad').count(), 1);
      found.push(...await violations(page, 'sent, came back'));
      await page.goto(`${site.origin}/${language}/leave/nothing`);
      equal((await press(page, submit(page))).status(), 200);
      equal(await page.locator('.notice.good').count(), 1);
      found.push(...await violations(page, 'left'));
    } finally {
      await reader.end();
    }
    none(found);
  });

note(`${Math.round((Date.now() - begun) / 1000)} s`);
await browser.end();
site.end();
done();
