// SPDX-License-Identifier: EUPL-1.2
// Seals what a signer writes before it leaves the browser, where the declaration says records=browser
// (docs/records.md). Every text comes from the page, so this file knows no language; nothing is stored
// but the copy that the signer asks for.

import { bytes_of } from './proof/tree.js';
import { can_seal, sealed } from './seal-age.js';
import { commitment_of_record, line_of, new_seed, paragraph_of, record_of, record_text, reduced_opening,
  whole_opening } from './seal-record.js';

// What is sealed unless the signer chose to be listed; the last one is never listed.
const unlisted = ['name', 'organisation', 'type', 'role', 'website', 'group', 'place', 'reason',
  'authority'];

const base64url = bytes => btoa(Array.from(bytes, byte => String.fromCharCode(byte)).join(''))
  .replace(/\+/g, '-').replace(/\//g, '_').replace(/=+$/, '');

function save(text, name) {
  const link = document.createElement('a');
  link.href = URL.createObjectURL(new Blob([text], { type: 'text/plain' }));
  link.download = name;
  link.click();
}

// The fields of the form as they are committed and sealed.
function values_of(form) {
  const { campaign, kind, mail, newText, newLanguage, newDay } = form.dataset;
  const [text, language, day] = form.elements.renew?.checked ? [newText, newLanguage, newDay]
    : [form.dataset.text, form.dataset.language, form.dataset.day];
  const typed = name => {
    const field = form.elements[name];
    return field ? (field.matches('textarea') ? paragraph_of : line_of)(field.value) : '';
  };
  const country = typed('country');
  return {
    campaign, text, kind, day, lang: language,
    name: typed('name'), org: typed('organisation'), mail: mail ?? typed('email'),
    cc: country === 'EL' ? 'GR' : country, region: typed('place'),
    show: form.elements.listed.checked ? '1' : '0', function: typed('role'), type: typed('type'),
    authority: typed('authority'), reason: typed('reason'), website: typed('website'),
    group: typed('group'),
  };
}

// What the signer's copy says, typed in where the form asks for it: to correct or renew is to say all anew.
async function refill(form, { target: { files: [file] } }) {
  if (!file) return;
  const record = record_of(await file.text());
  const { values } = record ?? {};
  const fits = ['campaign', 'kind', 'mail'].every(name => values?.[name] === form.dataset[name]);
  form.querySelector('[data-unfit]').hidden = fits;
  if (!fits) return;
  for (const [name, from] of Object.entries({ name: 'name', organisation: 'org', type: 'type', role: 'function',
    authority: 'authority', website: 'website', group: 'group', country: 'cc', place: 'region', reason: 'reason' }))
    if (form.elements[name]) form.elements[name].value = values[from];
}

// What is sent: nothing personal in clear that is not to be listed.
async function body_of(form, seed, values) {
  const kept_back = values.show === '1' ? ['authority'] : unlisted;
  const body = new URLSearchParams();
  for (const [name, value] of new FormData(form)) {
    const { type } = form.elements[name];
    if (!kept_back.includes(name))
      body.set(name, type === 'hidden' || type === 'checkbox' ? value
        : (type === 'textarea' ? paragraph_of : line_of)(value));
  }
  const lacking = form.dataset.needed.split(' ').filter(name => kept_back.includes(name) &&
    !line_of(form.elements[name].value));
  body.set('lacks', lacking.join(' '));
  if (lacking.length) return body;
  const file = await sealed(form.dataset.seal.split(' '), record_text(seed, values));
  body.set('recipients', form.dataset.seal);
  body.set('sealed', base64url(file));
  body.set('opening', base64url(bytes_of(await reduced_opening(seed, values))));
  return body;
}

// The page that was answered takes the place of this one, and what was never sent is typed in again.
function show_again(form, answered) {
  const typed = unlisted.map(name => [name, form.elements[name]?.value]);
  const keeps = form.elements.copy.checked;
  document.title = answered.title;
  document.querySelector('main').replaceWith(document.adoptNode(answered.querySelector('main')));
  const fresh = document.querySelector('form[data-seal]');
  if (!fresh) return;
  for (const [name, value] of typed)
    if (value && fresh.elements[name]) fresh.elements[name].value = value;
  fresh.elements.copy.checked = keeps;
  fresh.dispatchEvent(new Event('anew', { bubbles: true })); // first: effort.js must be asked before
  sealing(fresh);
  document.querySelector('.errors')?.focus();
}

// What to say when no answer comes stands in the page.
function say_lost(form) {
  const lost = form.querySelector('[data-lost]');
  lost.hidden = false;
  lost.focus();
}

async function send(form) {
  const seed = new_seed();
  const values = values_of(form);
  const reply = await fetch(form.action, { method: 'POST', body: await body_of(form, seed, values) });
  if (!reply.redirected) {
    if (![409, 410, 422, 503].includes(reply.status)) throw new Error(reply.status);
    const html = await reply.text();
    show_again(form, new DOMParser().parseFromString(html, 'text/html'));
    return;
  }
  if (form.elements.copy.checked) {
    save(record_text(seed, values), form.dataset.copyName);
    await new Promise(done => { setTimeout(done, 500); }); // leaving at once would stop the download
  }
  location.assign(reply.url);
}

// <form data-seal="age1… age1…" hidden> behind an element with data-unsealed, which says what is needed.
function sealing(form) {
  let is_sending = false;
  form.hidden = false;
  document.querySelector('[data-unsealed]').hidden = true;
  form.querySelector('[data-refill]')?.addEventListener('change', event => refill(form, event));
  form.addEventListener('submit', event => {
    if (event.defaultPrevented) return; // effort.js is not done; it asks again
    event.preventDefault();
    if (is_sending) return;
    is_sending = true;
    form.querySelector('[data-lost]').hidden = true;
    send(form).catch(() => say_lost(form)).finally(() => { is_sending = false; });
  });
}

// <div data-commitment data-uniq hidden> with a file input: what the signer's copy says, read here and
// sent nowhere.
function kept(box) {
  box.hidden = false;
  const [good, bad, opening] = ['good', 'bad', 'opening'].map(what => box.querySelector(`[data-${what}]`));
  let record;
  box.querySelector('input').addEventListener('change', async ({ target: { files: [file] } }) => {
    if (!file) return;
    record = record_of(await file.text());
    if (record) record.values.uniq = box.dataset.uniq;
    const fits = Boolean(record) && await commitment_of_record(record) === box.dataset.commitment;
    good.hidden = !fits;
    bad.hidden = fits;
    for (const line of box.querySelectorAll('[data-value]')) {
      const value = fits ? record.values[line.dataset.value] : '';
      line.hidden = !value;
      line.querySelector('dd').textContent = value;
    }
  });
  opening.addEventListener('click', () => save(whole_opening(record), opening.dataset.opening));
}

if (document.querySelector('form[data-seal]') && await can_seal())
  document.querySelectorAll('form[data-seal]').forEach(sealing);
document.querySelectorAll('[data-commitment]').forEach(kept);
