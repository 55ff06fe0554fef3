// SPDX-License-Identifier: EUPL-1.2
// Lighthouse on a simulated phone: 100 in everything on the sign page and the home page. What it
// times depends on what else the machine does, so the best of four runs counts for performance, and
// only the long checks insist on the last points of it.

import { deepEqual, ok } from 'node:assert/strict';
import { createServer } from 'node:net';
import lighthouse from 'lighthouse';
import { chromium } from 'playwright-core';
import { flags, whole } from './stage/browser.mjs';
import { open_site, slug } from './stage/site.mjs';
import { done, note, test } from './stage/tap.mjs';

const site = await open_site({ samples: 60 });
const port = await new Promise(open => {
  const door = createServer().listen(0, '127.0.0.1', () => {
    const { port: free } = door.address();
    door.close(() => open(free));
  });
});
const browser = await chromium.launch({
  executablePath: whole, args: [...flags, `--remote-debugging-port=${port}`],
});

const categories = ['performance', 'accessibility', 'best-practices', 'seo'];

async function judge(path) {
  const { lhr } = await lighthouse(`${site.origin}${path}`,
    { port, onlyCategories: categories, logLevel: 'silent' });
  const scores = categories.map(name => Math.round(lhr.categories[name].score * 100));
  const lost = categories.flatMap(name => lhr.categories[name].auditRefs
    .filter(ref => ref.weight > 0 && (lhr.audits[ref.id].score ?? 1) < 1)
    .map(ref => `${ref.id} ${lhr.audits[ref.id].displayValue ?? ''}`));
  return { scores, lost };
}

const least = process.env.UNDERSIGNED_LONG ? 100 : 95;

for (const path of [`/en/sign/${slug}`, '/en', `/bg/sign/${slug}`])
  await test(`Lighthouse gives ${path} ${least} for performance, else 100`, async () => {
    let best;
    for (let runs = 0; runs < 4 && !(best?.scores[0] >= least); runs++) {
      const one = await judge(path);
      note(`${path}: ${one.scores.join(' ')}; ${one.lost.join(', ')}`);
      if (!best || one.scores[0] > best.scores[0]) best = one;
    }
    ok(best.scores[0] >= least, best.lost.join('\n'));
    deepEqual(best.scores.slice(1), [100, 100, 100], best.lost.join('\n'));
  });

await browser.close();
site.end();
done();
