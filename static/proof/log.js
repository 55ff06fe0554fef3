// SPDX-License-Identifier: EUPL-1.2
// A log read from its files and counted again, by docs/log.md alone. Nothing here knows a page.

import { checkpoint_of, is_signed, key_of, number_of } from './note.js';
import { policy_of, witnessed } from './policy.js';
import { Tree, bytes_of, hex, leaf_hash, same, sha256 } from './tree.js';

export const bundle_width = 256;

// Files that are missing, or a network that is: no verdict over the log.
export class Unreachable extends Error {}

const text_of = bytes => new TextDecoder('latin1').decode(bytes);

export function bundle_path(number, width) {
  let rest = String(number % 1000).padStart(3, '0');
  for (let n = Math.floor(number / 1000); n > 0; n = Math.floor(n / 1000))
    rest = `x${String(n % 1000).padStart(3, '0')}/${rest}`;
  return `tile/entries/${rest}${width < bundle_width ? `.p/${width}` : ''}`;
}

// The first `width` entries of a bundle; null when there are not so many, or it is cut off.
export function bundle_entries(bytes, width) {
  const entries = [];
  for (let at = 0; entries.length < width;) {
    if (at + 2 > bytes.length) return null;
    const end = at + 2 + bytes[at] * 256 + bytes[at + 1];
    if (end > bytes.length) return null;
    entries.push(bytes.subarray(at + 2, end));
    at = end;
  }
  return entries;
}

// A full bundle stands in for a partial one that it has replaced.
async function bundle_at(source, number, width) {
  try {
    return await source(bundle_path(number, width));
  } catch (error) {
    if (width === bundle_width || !(error instanceof Unreachable)) throw error;
    return source(bundle_path(number, bundle_width));
  }
}

export const manifest_value = (manifest, key) =>
  text_of(manifest).split('\n').find(line => line.startsWith(`${key} `))?.slice(key.length + 1);

// The same for programs and people: where the files are fetched from, as source(path) -> bytes. What such a
// source gives is the log of now, what a copy gives is not.
export function fetched_from(address, signal) {
  const source = async path => {
    let reply;
    try {
      reply = await fetch(`${address.replace(/\/+$/, '')}/${path}`,
        { signal, credentials: 'omit', cache: path === 'checkpoint' ? 'no-cache' : 'default' });
    } catch (error) {
      if (error.name === 'AbortError') throw error;
      throw new Unreachable(path);
    }
    if (!reply.ok) throw new Unreachable(`${path}: ${reply.status}`);
    return new Uint8Array(await reply.arrayBuffer());
  };
  source.is_live = true;
  return source;
}

// --- Counting ---

const grammar = {
  open: /^[0-9a-f]{64}$/,
  add: /^[pom] [A-Z]{2} [0-9a-f]{64}$/,
  sub: /^\d+ (withdrawn|invalid|duplicate)$/,
  undo: /^\d+$/,
  tally: /^\d+ \d+ [0-9a-f]{64}$/,
  mode: /^(sync|async|paper) [0-9a-f]{64}$/,
  key: /^(log|organiser) \S+$/,
  close: /^\d+ [0-9a-f]{64}$/,
};

// What has been counted up to a leaf. The first breach of a rule, and the first claim that is wrong,
// are kept as the position of their leaf.
export class Count {
  constructor() {
    this.position = 0;
    this.total = 0;
    this.cancelled = 0;
    this.places = new Map(); // "p DK" -> how many
    this.adds = new Map(); // position -> { place, counts }
    this.commitments = new Set();
    this.is_closed = false;
    this.broken_at = null;
    this.wrong_at = null;
  }

  of_kind(kind) {
    let sum = 0;
    for (const [place, n] of this.places) if (place[0] === kind) sum += n;
    return sum;
  }

  breakdown() {
    const lines = [...this.places].filter(([, n]) => n > 0).map(([place, n]) => `${place} ${n}\n`);
    return lines.sort().join('');
  }

  // Takes one entry. After a breach nothing is counted any more.
  async take(entry) {
    if (this.broken_at === null && !await this.#follows(entry)) this.broken_at = this.position;
    this.position++;
  }

  #move(add, by) {
    add.counts = by > 0;
    this.total += by;
    this.cancelled -= by;
    this.places.set(add.place, this.places.get(add.place) + by);
  }

  async #claims(count, breakdown) {
    const hash = hex(await sha256(bytes_of(this.breakdown())));
    if (this.total !== count || hash !== breakdown) this.wrong_at ??= this.position;
  }

  // Whether the entry follows the rules; if so it is counted.
  async #follows(entry) {
    const line = text_of(entry);
    const [, verb, rest] = /^sig1 ([a-z]+) ([!-~ ]+)\n$/.exec(line) ?? [];
    if (!verb || entry.length > 200 || !Object.hasOwn(grammar, verb) || !grammar[verb].test(rest))
      return false;
    const words = rest.split(' ');
    if ((verb === 'open') !== (this.position === 0)) return false;
    const add = this.adds.get(number_of(words[0]));
    if (verb === 'add') {
      const [kind, country, commitment] = words;
      if (this.is_closed || this.commitments.has(commitment)) return false;
      this.commitments.add(commitment);
      const place = `${kind} ${country}`;
      this.adds.set(this.position, { place, counts: true });
      this.total++;
      this.places.set(place, (this.places.get(place) ?? 0) + 1);
    } else if (verb === 'sub' || verb === 'undo') {
      if (!add || add.counts !== (verb === 'sub')) return false;
      this.#move(add, verb === 'sub' ? -1 : 1);
    } else if (verb === 'tally') {
      if (number_of(words[0]) !== this.position) return false;
      await this.#claims(number_of(words[1]), words[2]);
    } else if (verb === 'close') {
      await this.#claims(number_of(words[0]), words[1]);
      this.is_closed = true;
    }
    return true;
  }
}

// Bundles in their order, some of them asked for ahead.
async function* bundles(source, size) {
  const ahead = [];
  let next = 0;
  const ask = () => {
    const width = Math.min(bundle_width, size - next * bundle_width);
    const asked = bundle_at(source, next, width).then(bytes => ({ bytes, width }));
    asked.catch(() => {}); // whoever waits for it hears of it
    ahead.push(asked);
    next++;
  };
  for (;;) {
    while (ahead.length < 6 && next * bundle_width < size) ask();
    if (!ahead.length) return;
    yield await ahead.shift();
  }
}

// A page must answer its reader between two bundles.
function breather() {
  let last = performance.now();
  return async () => {
    if (performance.now() - last < 12) return;
    await new Promise(done => { setTimeout(done); });
    last = performance.now();
  };
}

// The policy that is published with a log; null: there is none, undefined: it is malformed.
async function published_policy(source) {
  let text;
  try {
    text = new TextDecoder().decode(await source('policy'));
  } catch (error) {
    if (!(error instanceof Unreachable)) throw error;
    return null;
  }
  return await policy_of(text) ?? undefined;
}

// What the witnesses say of the checkpoint, into the report. An own policy of the reader comes before the log's;
// false: the log is known to have none.
async function ask_witnesses(report, source, own) {
  const { checks, checkpoint } = report;
  const policy = own ?? await published_policy(source);
  if (!policy) {
    checks.quorum = policy === undefined ? 'fails' : 'absent';
    return;
  }
  const { names, is_good, has_quorum, at_s } = await witnessed(checkpoint, policy);
  checks.cosigned = is_good === null ? 'unable' : is_good ? 'holds' : 'fails';
  checks.quorum = has_quorum === null ? 'unable' : has_quorum ? 'holds' : 'fails';
  report.witnesses = { names, of: policy.witnesses.size, at_s };
  report.seen_s = Math.max(report.seen_s, at_s);
}

// Counts the log again. checks says of each matter "holds", "fails", "unable" (this browser cannot) or
// nothing: not reached; of the quorum also "absent": no policy names witnesses. `sizes`: at which sizes roots and
// counts are wanted as well, in `at`. seen_s: since when nothing can have been added that is not counted here; 0
// for a copy that no witness dated. Throws Unreachable, and what `signal` throws.
export async function recount(source, { sizes = [], policy = null, progress = () => {}, signal } = {}) {
  const checks = {};
  const check = (name, is_so) => { checks[name] = is_so === null ? 'unable' : is_so ? 'holds' : 'fails'; };
  const seen_s = source.is_live ? Math.floor(Date.now() / 1000) : 0;
  const note = new TextDecoder().decode(await source('checkpoint'));
  const manifest = await source('manifest');
  const checkpoint = checkpoint_of(note);
  const key = await key_of(manifest_value(manifest, 'log-key'));
  const report = { checks, checkpoint, key, manifest, count: new Count(), tree: new Tree(), at: new Map(),
    fault_at: null, witnesses: null, seen_s };
  check('signature', checkpoint && key ? await is_signed(checkpoint, key) : false);
  if (checks.signature === 'fails') return report;
  await ask_witnesses(report, source, policy);

  const { count, tree, at } = report;
  const wanted = [...new Set(sizes)].sort((a, b) => a - b);
  const breathe = breather();
  for await (const { bytes, width } of bundles(source, checkpoint.size)) {
    signal?.throwIfAborted();
    const entries = bundle_entries(bytes, width);
    if (!entries) {
      check('root', false);
      report.fault_at = tree.size;
      return report;
    }
    if (tree.size === 0)
      check('manifest', text_of(entries[0]) === `sig1 open ${hex(await sha256(manifest))}\n`);
    const hashes = await Promise.all(entries.map(leaf_hash));
    const begin = tree.size;
    const before = tree.copy();
    await tree.add_leaves(hashes);
    for (const [i, entry] of entries.entries()) {
      await count.take(entry);
      if (wanted[0] !== begin + i + 1) continue;
      wanted.shift();
      for (const hash of hashes.slice(before.size - begin, i + 1)) await before.add(hash);
      at.set(before.size, { root: await before.root(), total: count.broken_at === null ? count.total : null });
    }
    progress(tree.size, checkpoint.size);
    await breathe();
  }
  check('root', same(await tree.root(), checkpoint.root));
  check('rules', count.broken_at === null);
  if (count.broken_at === null) check('tallies', count.wrong_at === null);
  report.fault_at = count.broken_at ?? count.wrong_at;
  return report;
}
