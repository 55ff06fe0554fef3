// SPDX-License-Identifier: EUPL-1.2
// What a script can add to pages that are whole without it. Nothing is stored, nothing is sent to
// another origin, and every text comes from the page, so this file knows no language.

import { live } from './live.js';

const each = (selector, act) => document.querySelectorAll(selector).forEach(act);

// A control that only works with a script waits hidden, by itself or with the item it stands in.
function unveil(control) {
  const veil = control.closest('[hidden]');
  if (veil) veil.hidden = false;
}

// <button data-copy="text" data-done="Copied" hidden>: shown when the clipboard can be written.
function copy(button) {
  if (!navigator.clipboard) return;
  const said = document.createElement('span');
  said.setAttribute('role', 'status');
  button.after(said);
  unveil(button);
  button.addEventListener('click', async () => {
    try {
      await navigator.clipboard.writeText(button.dataset.copy);
      said.textContent = button.dataset.done;
    } catch {
      said.textContent = button.dataset.copy;
    }
    setTimeout(() => { said.textContent = ''; }, 6000);
  });
}

// <button data-share-url data-share-text data-share-title hidden>: the device's own share sheet.
function share(button) {
  const what = () => ({
    url: button.dataset.shareUrl,
    text: button.dataset.shareText,
    title: button.dataset.shareTitle,
  });
  if (!navigator.share || (navigator.canShare && !navigator.canShare(what()))) return;
  unveil(button);
  button.addEventListener('click', () => navigator.share(what()).catch(() => {}));
}

// <div data-share> with a <textarea> and <ul data-words="…">: what is written goes into the links at
// once. They hold the words as the server encoded them, which is everything but unreserved letters.
function words(box) {
  const area = box.querySelector('textarea');
  const list = box.querySelector('[data-words]');
  if (!area || !list || !list.dataset.words) return;
  const encoded = text => encodeURIComponent(text)
    .replace(/[!'()*]/g, c => `%${c.charCodeAt(0).toString(16).toUpperCase()}`);
  const before = encoded(list.dataset.words);
  const links = [...list.querySelectorAll('a')].map(a => [a, a.getAttribute('href').split(before)]);
  const device = list.querySelector('[data-share-text]');
  area.addEventListener('input', () => {
    for (const [a, around] of links) a.href = around.join(encoded(area.value));
    if (device) device.dataset.shareText = area.value;
  });
}

// <input type="email" data-slip="Did you mean {}?" data-domains="gmail.com …">: offers a domain one
// slip away from a known one. It never changes what was typed unless the reader takes the offer, and
// it waits a moment: who leaves the field by pressing a button must find the button in its place.
function slip(input) {
  const known = (input.dataset.domains || '').split(/\s+/).filter(Boolean);
  const offer = document.createElement('p');
  offer.className = 'field-suggest';
  offer.setAttribute('role', 'status');
  offer.hidden = true;
  input.after(offer);
  input.addEventListener('change', () => setTimeout(() => {
    const at = input.value.lastIndexOf('@');
    const typed = input.value.slice(at + 1).trim().toLowerCase();
    const near = at > 0 && !known.includes(typed) && known.find(name => apart(name, typed));
    offer.hidden = !near;
    offer.textContent = '';
    if (!near) return;
    const whole = input.value.slice(0, at + 1) + near;
    const [before, after = ''] = input.dataset.slip.split('{}');
    const take = document.createElement('button');
    take.type = 'button';
    take.className = 'plain';
    take.textContent = whole;
    take.addEventListener('click', () => {
      input.value = whole;
      offer.hidden = true;
      input.focus();
    });
    offer.append(before, take, after);
  }, 400));
}

// True when one letter is missing, added, wrong or swapped with its neighbour.
function apart(a, b) {
  if (Math.abs(a.length - b.length) > 1) return false;
  let i = 0;
  while (i < a.length && a[i] === b[i]) i++;
  const rest = (x, y) => a.slice(i + x) === b.slice(i + y);
  return rest(1, 1) || rest(1, 0) || rest(0, 1) ||
    (a[i] === b[i + 1] && a[i + 1] === b[i] && rest(2, 2));
}

// The list of languages closes on Escape and on a press elsewhere, as a menu would.
function tongue(list) {
  document.addEventListener('click', event => {
    if (!list.contains(event.target)) list.open = false;
  });
  list.addEventListener('keydown', event => {
    if (event.key !== 'Escape' || !list.open) return;
    list.open = false;
    list.querySelector('summary').focus();
  });
}

each('[data-live]', live);
each('[data-copy]', copy);
each('[data-share-url]', share);
each('[data-share]', words);
each('[data-slip]', slip);
document.addEventListener('anew', ({ target }) => target.querySelectorAll('[data-slip]').forEach(slip));
each('details.tongue', tongue);
// A page answered with mistakes starts at its summary of them.
document.querySelector('.errors')?.focus();
