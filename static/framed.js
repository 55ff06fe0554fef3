// SPDX-License-Identifier: EUPL-1.2
// Inside a frame of another site: tells the host how high the page is, and keeps the count moving.

import { live } from './live.js';

document.querySelectorAll('[data-live]').forEach(live);

// The height is no secret, and the host's origin is not known here; embed.js checks ours.
if (parent !== window) {
  const tell = () => parent.postMessage(
    { undersigned: Math.ceil(document.documentElement.getBoundingClientRect().height) }, '*');
  new ResizeObserver(tell).observe(document.documentElement);
  tell();
}
