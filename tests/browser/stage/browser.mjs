// SPDX-License-Identifier: EUPL-1.2
// Debian's chromium. Every visit is watched: a request to another origin is stopped and remembered,
// and so is whatever the console calls an error.

import { existsSync } from 'node:fs';
import { chromium } from 'playwright-core';

export const phone = { width: 390, height: 844 };
export const narrow = { width: 320, height: 640 };
export const desktop = { width: 1280, height: 900 };

export const flags = ['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run',
  '--disable-background-networking', '--disable-component-update', '--disable-sync'];
export const executable = ['/usr/bin/chromium', '/usr/bin/chromium-browser']
  .find(path => existsSync(path)) ?? 'chromium';

export async function open_browser(site) {
  const browser = await chromium.launch({ executablePath: executable, args: flags });
  const own = new Set([site.origin, new URL(site.inbox).origin]);

  // A reader: { page, faults, posts }. That a form was answered with mistakes is no fault, though
  // chromium notes every 422 in its console.
  const visit = async ({ script = true, size = phone, ...rest } = {}) => {
    const context = await browser.newContext({
      viewport: size, javaScriptEnabled: script, serviceWorkers: 'block', ...rest,
    });
    const faults = [];
    const posts = [];
    await context.route(url => !own.has(url.origin) && url.protocol !== 'file:', route => {
      faults.push(`left the origin: ${route.request().url()}`);
      return route.abort();
    });
    const page = await context.newPage();
    page.setDefaultTimeout(10000);
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
