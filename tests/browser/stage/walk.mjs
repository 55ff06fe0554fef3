// SPDX-License-Identifier: EUPL-1.2
// The steps of the sign journey, as a reader takes them: by what is on the page, in any language.

import { equal, ok } from 'node:assert/strict';
import { pause, slug, until } from './site.mjs';

let people = 0;

// Somebody nobody else is, with a mailbox of their own.
export function somebody(language, kind = 'person') {
  people++;
  return {
    language,
    kind,
    name: `Ada ${language} Example ${people}`,
    email: `ada.${language}.${people}@example.org`,
    country: 'DK',
    organisation: `Øresund Association ${people}`,
    role: 'Chair',
    is_listed: true,
  };
}

export const submit = page => page.locator('main form[method=post] [type=submit]');

// Presses, and waits for the page that answers.
export async function press(page, button) {
  const [answer] = await Promise.all([
    page.waitForResponse(reply => reply.request().isNavigationRequest() &&
      reply.status() !== 303 && reply.status() !== 302),
    button.click(),
  ]);
  await answer.finished(); // until then the page before still stands
  await page.waitForLoadState();
  return answer;
}

export async function fill(page, who) {
  await page.fill('#name', who.name);
  await page.fill('#email', who.email);
  await page.selectOption('#country', who.country);
  if (who.kind !== 'person') {
    await page.fill('#organisation', who.organisation);
    if (who.kind === 'organisation') await page.fill('#website', 'www.example.org');
    else await page.fill('#group', 'Group of the Coasts');
    await page.fill('#role', who.role);
    if (await page.locator('#type').count()) await page.selectOption('#type', { index: 1 });
  }
  await page.check('#consent');
  if (who.is_listed) await page.check('#listed');
}

// From the home page by the big button to "check your e-mail".
export async function sign(page, site, who) {
  await page.goto(`${site.origin}/${who.language}`);
  await press(page, page.locator('main .button.large').first());
  if (who.kind !== 'person')
    await press(page, page.locator(`a.kind[href$="/${who.kind}"]`));
  await fill(page, who);
  const answer = await press(page, submit(page));
  equal(answer.status(), 200);
  ok(new URL(page.url()).pathname.startsWith(`/${who.language}/sent/${slug}/`), page.url());
}

// By the mailed link to the button, which is pressed; out: the own page's address.
export async function confirm(page, site, who) {
  const letter = await site.letter_to(who.email);
  const link = site.link_in(letter);
  ok(link.startsWith(`${site.origin}/${who.language}/s/`), link);
  await page.goto(link);
  equal(await submit(page).count(), 1, 'one button');
  const answer = await press(page, submit(page));
  equal(answer.status(), 200);
  equal(page.url(), link);
  return link;
}

// The register, once it shows the name.
export async function listed(page, site, language, name) {
  await until(`${name} in the register`, async () => {
    await page.goto(`${site.origin}/${language}/signatories/${slug}?words=${encodeURIComponent(name)}`);
    return (await page.locator('main').innerText()).includes(name);
  });
}

// The own page, once the log holds the signature.
export async function included(page) {
  await until('included in the log', async () => {
    if (await page.locator('.steps > li.done').count() === 2) return true;
    await pause(300);
    await page.reload();
    return false;
  });
}
