// SPDX-License-Identifier: EUPL-1.2
// Debian's chromium: usually its headless shell, the same engine without the windows around it, which
// halves the work of a visit; the long checks take the browser that people have. Every visit is
// watched: a request to another origin is remembered, and so is whatever the console calls an error.
// No other host can be reached.

import { existsSync } from 'node:fs';
import { chromium } from 'playwright-core';
import { patience_ms } from './site.mjs';

export const phone = { width: 390, height: 844 };
export const narrow = { width: 320, height: 640 };
export const desktop = { width: 1280, height: 900 };

export const flags = ['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run',
  '--disable-background-networking', '--disable-component-update', '--disable-sync',
  '--font-render-hinting=none', // letters as wide in the shell as in the whole browser
  '--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1, EXCLUDE localhost'];
export const whole = ['/usr/bin/chromium', '/usr/bin/chromium-browser']
  .find(path => existsSync(path)) ?? 'chromium';
const shell = '/usr/bin/chromium-headless-shell';
const executable = process.env.UNDERSIGNED_LONG || !existsSync(shell) ? whole : shell;

export async function open_browser(site) {
  const browser = await chromium.launch({ executablePath: executable, args: flags });
  const own = new Set([site.origin, new URL(site.inbox).origin]);

  // A reader: { page, faults, posts }. That a form was answered with mistakes is no fault, though
  // chromium notes every 422 in its console. Who looks at many pages once may keep what they share,
  // as every browser does, which halves the work; the others see each answer as it is at that moment.
  const visit = async ({ script = true, size = phone, keeps = false, ...rest } = {}) => {
    const context = await browser.newContext({
      viewport: size, javaScriptEnabled: script, serviceWorkers: 'block', ...rest,
    });
    const faults = [];
    const posts = [];
    const is_foreign = url => !own.has(url.origin) && /^https?:/.test(url.protocol);
    context.on('request', request => {
      if (is_foreign(new URL(request.url()))) faults.push(`left the origin: ${request.url()}`);
    });
    // A route turns the cache off.
    if (!keeps) await context.route(is_foreign, route => route.abort());
    const page = await context.newPage();
    page.setDefaultTimeout(patience_ms);
    page.on('request', request => {
      if (request.method() === 'POST') posts.push(request.url());
    });
    page.on('console', line => {
      if (['error', 'warning'].includes(line.type()) && !/ status of 422 /.test(line.text()))
        faults.push(`${page.url()}: ${line.text()}`);
    });
    page.on('pageerror', error => faults.push(`${page.url()}: ${error}`));
    return { context, page, faults, posts, end: () => context.close() };
  };
  // context: a reader of anything, unwatched.
  return { visit, context: options => browser.newContext(options), end: () => browser.close() };
}
