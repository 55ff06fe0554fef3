// SPDX-License-Identifier: EUPL-1.2
// The tools of the page "How the number is proved": views/part/proof_tools.html holds every text that
// they show, so this file knows no language. Nothing that the reader chooses leaves the browser, and
// nothing is kept when the page is closed.

import { fields } from './commitment.js';
import { Unreachable, fetched_from, recount } from './log.js';
import { checkpoint_of } from './note.js';
import { policy_of } from './policy.js';
import { check_promise, promise_of } from './promise.js';
import { check_receipt, opening_of, receipt_of } from './receipt.js';
import { same } from './tree.js';

const tools = document.querySelector('[data-proof]');
const words = tools.dataset;
const within = (box, name) => box.querySelector(`[data-${name}]`);
const shown = { size: Number(words.size), count: Number(words.count) };

// The report of the last count of this page, for receipts and promises.
let counted = null;

const grouped = n => String(n).replace(/\B(?=(\d{3})+$)/g, words.group);
const moment = seconds => new Date(Math.min(seconds, 8e12) * 1000).toISOString().slice(0, 16).replace('T', ' ');

// --- Where a log is read from ---

// Files of a copy, as source(path). In a folder, the log is where the checkpoint lies; files chosen one
// by one have only their last name.
function copied(files) {
  const all = new Map(files.map(file => [file.webkitRelativePath || file.name, file]));
  const top = [...all.keys()].filter(path => /(^|\/)checkpoint$/.test(path))
    .sort((a, b) => a.length - b.length)[0]?.slice(0, -'checkpoint'.length);
  const is_folder = [...all.keys()].some(path => path.includes('/'));
  return async path => {
    const file = all.get(is_folder ? top + path : path.split('/').pop());
    if (!file) throw new Unreachable(path);
    return new Uint8Array(await file.arrayBuffer());
  };
}

function source_of(signal) {
  const files = [...tools.querySelector('#copy').files];
  if (files.length) return copied(files);
  return fetched_from(tools.querySelector('#address')?.value.trim() || words.proof, signal);
}

// --- What is shown ---

function say(tool, kind, text) {
  const status = within(tool, 'status');
  status.className = kind ? `notice ${kind}` : '';
  status.textContent = text;
}

const states = {
  holds: ['good', words.holds],
  fails: ['bad', words.fails],
  unable: ['warn', words.unable],
  absent: ['warn', words.absent],
  open: ['', words.open],
};

function show_checks(tool, checks) {
  for (const line of tool.querySelectorAll('[data-check]')) {
    const [kind, text] = states[checks[line.dataset.check]] ?? ['', words.unchecked];
    const tag = line.querySelector('.tag');
    tag.className = `tag ${kind}`;
    tag.textContent = text;
  }
  within(tool, 'result').hidden = false;
  const all = Object.values(checks);
  if (checks.kept === 'fails') say(tool, 'bad', words.broken);
  else if (all.includes('fails')) say(tool, 'bad', words.notAll);
  else if (all.includes('unable')) say(tool, 'warn', words.noKey);
  else if (all.includes('open')) say(tool, 'warn', words.later);
  else if (checks.promise && !checks.kept) say(tool, 'warn', words.countFirst);
  else say(tool, 'good', words.all);
}

function show_fact(tool, name, value) {
  const line = tool.querySelector(`[data-fact="${name}"]`);
  line.hidden = value === null || value === undefined || value === '';
  line.querySelector('dd').textContent = value ?? '';
}

// Runs what may fail for reasons that say nothing about the log.
async function attempt(tool, act) {
  within(tool, 'result').hidden = true;
  say(tool, '', words.running);
  try {
    await act();
  } catch (error) {
    const is_stopped = error.name === 'AbortError';
    say(tool, is_stopped ? '' : 'warn', is_stopped ? words.stopped : words.unreachable);
    if (!is_stopped && !(error instanceof Unreachable)) throw error;
  }
}

// --- Counting again ---

const counter = within(tools, 'recount');
let stop = null;

function show_progress(done, all) {
  const bar = within(counter, 'bar');
  bar.max = all;
  bar.value = done;
  within(counter, 'steps').textContent = `${grouped(done)} / ${grouped(all)}`;
}

// Out: null when none was chosen, undefined when the file is not what it should be.
async function chosen(field, read) {
  const [file] = tools.querySelector(field).files;
  return file ? await read(await file.text()) ?? undefined : null;
}

async function count_again() {
  const [earlier, policy] = [await chosen('#earlier', checkpoint_of), await chosen('#policy', policy_of)];
  if (earlier === undefined) return say(counter, 'bad', words.noCheckpoint);
  if (policy === undefined) return say(counter, 'bad', words.noPolicy);
  const source = source_of(stop.signal);
  const report = await recount(source, {
    policy: policy ?? (source.is_live && words.witnesses === '0' ? false : null),
    sizes: [shown.size, earlier?.size, receipt_shown?.checkpoint.size].filter(n => n > 0),
    progress: show_progress,
    signal: stop.signal,
  });
  const { checks, checkpoint, count, at, witnesses } = report;
  const here = at.get(shown.size);
  if (here && here.total !== null)
    checks.page = here.total === shown.count ? 'holds' : 'fails';
  if (earlier && checks.root)
    checks.earlier = at.has(earlier.size) && same(at.get(earlier.size).root, earlier.root) ? 'holds' : 'fails';
  const is_counted = checks.rules === 'holds';
  show_fact(counter, 'total', is_counted ? grouped(count.total) : null);
  for (const kind of 'pom') show_fact(counter, kind, is_counted ? grouped(count.of_kind(kind)) : null);
  show_fact(counter, 'cancelled', is_counted ? grouped(count.cancelled) : null);
  show_fact(counter, 'size', checkpoint ? grouped(checkpoint.size) : null);
  show_fact(counter, 'witnesses', witnesses && `${witnesses.names.join(', ')} (${witnesses.names.length} / ${witnesses.of})`);
  show_fact(counter, 'witnessed', witnesses?.at_s ? `${moment(witnesses.at_s)} UTC` : null);
  show_fact(counter, 'fault', report.fault_at === null ? null : grouped(report.fault_at));
  const keep = within(counter, 'keep');
  URL.revokeObjectURL(keep.href);
  keep.href = URL.createObjectURL(new Blob([checkpoint?.text ?? ''], { type: 'application/octet-stream' }));
  keep.hidden = checks.signature === 'fails';
  show_checks(counter, checks);
  counted = report;
  return (receipt_shown || promise_shown) && show_papers();
}

async function press_count() {
  const start = within(counter, 'start');
  const halt = within(counter, 'stop');
  stop = new AbortController();
  start.hidden = true;
  halt.hidden = false;
  halt.focus();
  show_progress(0, 1);
  within(counter, 'course').hidden = false;
  await attempt(counter, count_again).finally(() => {
    const had_focus = document.activeElement === halt;
    within(counter, 'course').hidden = true;
    start.hidden = false;
    halt.hidden = true;
    if (had_focus) start.focus();
  });
}

// --- What a signer holds ---

const desk = within(tools, 'receipt');
let receipt_shown = null;
let opening_shown = null;
let promise_shown = null;

// What a whole count adds: that the receipt's log is the beginning of it, and that its line counts.
function counts_still({ index, checkpoint }) {
  const add = counted.count.adds.get(index);
  const here = counted.at.get(checkpoint.size);
  if (counted.checks.root !== 'holds' || counted.checks.rules !== 'holds' || !here) return null;
  return same(here.root, checkpoint.root) && Boolean(add?.counts);
}

// Days since 1970 as a date; what is no such number as it stands.
function date_of(value) {
  const date = new Date(/^\d{1,6}$/.test(value) ? Number(value) * 86400000 : NaN);
  return Number.isNaN(date.valueOf()) ? value ?? '' : date.toISOString().slice(0, 10);
}

async function receipt_checks() {
  if (!receipt_shown) return {};
  const { checks, entry } = await check_receipt(receipt_shown, opening_shown, source_of());
  const still = counted && checks.included === 'holds' ? counts_still(receipt_shown) : null;
  if (still !== null) checks.counted = still ? 'holds' : 'fails';
  show_fact(desk, 'index', grouped(receipt_shown.index));
  show_fact(desk, 'entry', entry && new TextDecoder().decode(entry).trimEnd());
  show_opening(checks.opening === 'holds');
  return checks;
}

async function promise_checks() {
  if (!promise_shown) return {};
  show_fact(desk, 'before', `${moment(promise_shown.before_s)} UTC`);
  const is_counted = counted?.checkpoint?.origin === promise_shown.log;
  return check_promise(promise_shown, is_counted ? counted.manifest : await source_of()('manifest'), counted);
}

function show_opening(is_open) {
  within(desk, 'fields').hidden = !opening_shown;
  for (const field of opening_shown ? fields : []) {
    const line = desk.querySelector(`[data-field="${field}"]`);
    const { value } = opening_shown.get(field);
    line.querySelector('dd').textContent = field === 'day' ? date_of(value) : value ?? '';
    const [kind, text] = value === undefined ? ['', words.keptBack] : states[is_open ? 'holds' : 'fails'];
    const tag = line.querySelector('.tag');
    tag.className = `tag ${kind}`;
    tag.textContent = text;
  }
}

async function show_papers() {
  const checks = { ...await receipt_checks(), ...await promise_checks() };
  for (const line of desk.querySelectorAll('[data-of]'))
    line.hidden = !(line.dataset.of === 'promise' ? promise_shown : receipt_shown);
  show_checks(desk, checks);
}

async function take(files) {
  for (const file of files) {
    const text = await file.text();
    const [receipt, opening, promise] = [receipt_of(text), await opening_of(text), promise_of(text)];
    receipt_shown = receipt ?? receipt_shown;
    opening_shown = opening ?? opening_shown;
    promise_shown = promise ?? promise_shown;
    if (!receipt && !opening && !promise) {
      within(desk, 'result').hidden = true;
      return say(desk, 'bad', words.noReceipt);
    }
  }
  if (!receipt_shown && !promise_shown) return say(desk, 'warn', words.onlyOpening);
  return attempt(desk, show_papers);
}

// --- The page ---

// Without a secure connection browsers have no Web Crypto: then the notice of the page stays.
if (globalThis.crypto?.subtle) {
  within(tools, 'without').hidden = true;
  counter.hidden = false;
  desk.hidden = false;
}
const copy = tools.querySelector('#copy');
if ('webkitdirectory' in copy) copy.webkitdirectory = true;
within(counter, 'start').addEventListener('click', press_count);
within(counter, 'stop').addEventListener('click', () => stop.abort());

const chooser = tools.querySelector('#receipt-file');
chooser.addEventListener('change', () => take([...chooser.files]));
const drop = within(desk, 'drop');
for (const kind of ['dragenter', 'dragover', 'dragleave', 'drop'])
  drop.addEventListener(kind, event => {
    event.preventDefault();
    drop.classList.toggle('over', kind === 'dragenter' || kind === 'dragover');
    if (kind === 'drop') take([...event.dataTransfer.files]);
  });
