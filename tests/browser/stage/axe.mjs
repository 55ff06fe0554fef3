// SPDX-License-Identifier: EUPL-1.2
// axe-core run in a page: what it finds against WCAG 2.2 AA and its own best practice.

import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';

const source = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
const rules = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'];

// One line for each violation; without: names of rules that another look at the page covers. Nothing is
// fetched for the rules: the one that would need it asks for media that play by themselves.
export async function violations(page, place, without = []) {
  await page.evaluate(source);
  const found = await page.evaluate(async ([values, off]) => {
    const { violations: all } = await globalThis.axe.run(document, {
      runOnly: { type: 'tag', values }, resultTypes: ['violations'], preload: false,
      rules: Object.fromEntries(off.map(name => [name, { enabled: false }])),
    });
    return all.flatMap(v => v.nodes.map(n => `${v.id}: ${n.target.join(' ')}: ` +
      n.failureSummary.replace(/\s+/g, ' ')));
  }, [rules, without]);
  return found.map(line => `${place}: ${line}`);
}
