// SPDX-License-Identifier: EUPL-1.2
// axe-core run in a page: what it finds against WCAG 2.2 AA and its own best practice.

import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';

const source = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
const rules = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'];

// One line for each violation.
export async function violations(page, place) {
  await page.evaluate(source);
  const found = await page.evaluate(async values => {
    const { violations: all } = await globalThis.axe.run(document, {
      runOnly: { type: 'tag', values }, resultTypes: ['violations'],
    });
    return all.flatMap(v => v.nodes.map(n => `${v.id}: ${n.target.join(' ')}: ` +
      n.failureSummary.replace(/\s+/g, ' ')));
  }, rules);
  return found.map(line => `${place}: ${line}`);
}
