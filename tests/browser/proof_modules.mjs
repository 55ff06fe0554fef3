// SPDX-License-Identifier: EUPL-1.2
// The modules of the checker (static/proof/) by themselves, without a browser: over a log that the
// program wrote, over logs made here, and over broken ones, each of which must be refused for what is
// wrong with it.

import { deepEqual, equal, ok, rejects } from 'node:assert/strict';
import { readLog, recount as second_opinion } from '../e2e/lib/logbook.mjs';
import { Unreachable, bundle_entries, bundle_path, fetched_from, recount } from '../../static/proof/log.js';
import { checkpoint_of, is_signed, key_of } from '../../static/proof/note.js';
import { fields } from '../../static/proof/commitment.js';
import { policy_of } from '../../static/proof/policy.js';
import { check_promise, promise_of } from '../../static/proof/promise.js';
import { check_receipt, commitment_of, opening_of, receipt_of } from '../../static/proof/receipt.js';
import { hex } from '../../static/proof/tree.js';
import { add, breakdown_hash, checkpoint, commitment, cosigned, files_of, manifest_of, new_key, new_opening, open_line,
  opening_text, promise, random_add, receipt, root_at } from './stage/log.mjs';
import { open_site, slug, until } from './stage/site.mjs';
import { done, note, test } from './stage/tap.mjs';

const source_of = files => async path => {
  if (!files.has(path)) throw new Unreachable(path);
  return new Uint8Array(files.get(path));
};
const good = ['signature', 'manifest', 'root', 'rules', 'tallies'];
const all_hold = (report, witnesses = { quorum: 'absent' }) =>
  deepEqual(report.checks, { ...Object.fromEntries(good.map(name => [name, 'holds'])), ...witnesses });

const key = new_key();
const start = open_line(key);
const adds = (n, kind, cc) => Array.from({ length: n }, () => random_add(kind, cc));
const count_of = entries => recount(source_of(files_of(key, entries)));

// --- A log that the program wrote ---

const site = await open_site({ samples: 700 });
const address = `${site.origin}/log/${slug}`;
await until('all are counted', async () => await site.count() === 700);

await test('the log of the program is counted as the program counts it', async () => {
  const report = await recount(fetched_from(address));
  all_hold(report);
  const figures = await (await fetch(`${site.origin}/data/${slug}/figures.json`)).json();
  equal(report.count.total, figures.count);
  equal(report.checkpoint.size, figures.size);
  equal(hex(report.checkpoint.root), figures.root);
  deepEqual(['p', 'o', 'm'].map(kind => report.count.of_kind(kind)),
    [figures.persons, figures.organisations, figures.mandates]);
  const read = async path => Buffer.from(await (await fetch(`${address}/${path}`)).arrayBuffer());
  equal(second_opinion((await readLog(read)).entries).count.total, report.count.total);
});

await test('every leaf of it has a receipt that holds, and no other place does', async () => {
  const read = async path => Buffer.from(await (await fetch(`${address}/${path}`)).arrayBuffer());
  const { checkpoint: { note: text }, entries } = await readLog(read);
  const files = new Map();
  const source = async path => {
    if (!files.has(path)) files.set(path, await fetched_from(address)(path));
    return files.get(path);
  };
  for (const index of [0, 1, 2, 127, 255, 256, 257, 511, 512, 513, 600, entries.length - 1]) {
    const proof = receipt_of(receipt(entries, index, text));
    deepEqual((await check_receipt(proof, null, source)).checks,
      { key: 'holds', signature: 'holds', included: 'holds' });
    const moved = { ...proof, index: index ^ 1 };
    equal((await check_receipt(moved, null, source)).checks.included, 'fails');
  }
});
site.end();

// --- Logs made here ---

await test('withdrawals, undos, tallies and the end are counted', async () => {
  const entries = [start, random_add('p', 'DK'), random_add('o', 'EL'), random_add('m', 'ZZ'),
    'sig1 sub 1 withdrawn\n', `sig1 tally 5 2 ${breakdown_hash({ 'm ZZ': 1, 'o EL': 1 })}\n`,
    'sig1 undo 1\n', 'sig1 sub 2 invalid\n', 'sig1 sub 1 duplicate\n',
    `sig1 mode async ${'00'.repeat(32)}\n`, `sig1 key organiser ${key.vkey}\n`,
    `sig1 tally 11 1 ${breakdown_hash({ 'm ZZ': 1 })}\n`, `sig1 close 1 ${breakdown_hash({ 'm ZZ': 1 })}\n`,
    'sig1 sub 3 withdrawn\n', `sig1 tally 14 0 ${breakdown_hash({})}\n`];
  const report = await count_of(entries);
  all_hold(report);
  equal(report.count.total, 0);
  equal(report.count.cancelled, 3);
});

await test('roots and counts of earlier sizes are those of the tree then', async () => {
  const entries = [start, ...adds(700)];
  const sizes = [1, 2, 3, 7, 255, 256, 257, 300, 511, 512, 513, 700, 701];
  const files = files_of(key, entries);
  const { at } = await recount(source_of(files), { sizes: [...sizes, 702, 5000] });
  deepEqual([...at.keys()], sizes);
  for (const size of sizes) {
    equal(hex(at.get(size).root), root_at(entries, size).toString('hex'), size);
    equal(at.get(size).total, size - 1);
  }
});

await test('every width of the last bundle, and the full one in place of it', async () => {
  const entries = [start, ...adds(515)];
  for (const size of [1, 2, 255, 256, 257, 384, 511, 512, 513]) {
    const files = files_of(key, entries.slice(0, size));
    all_hold(await recount(source_of(files)));
    const grown = files_of(key, entries);
    grown.set('checkpoint', files.get('checkpoint'));
    if (size < 512) all_hold(await recount(source_of(grown)));
  }
  equal(bundle_path(1234067, 256), 'tile/entries/x001/x234/067');
  equal(bundle_path(5, 7), 'tile/entries/005.p/7');
});

// --- Witnesses ---

const [alpha, beta, gamma] = ['a.example', 'b.example', 'c.example'].map(name => new_key(name, 4));
const three = `witness a ${alpha.vkey}\nwitness b ${beta.vkey} https://b.example/\nwitness c ${gamma.vkey}\n`;
const two_of_three = `# who is asked\n\n${three}group two 2 a b\tc\nquorum two\n`;

// The files of a log with these words and this policy beside its checkpoint; change: what becomes of its note.
function seen_log(change, policy = two_of_three) {
  const files = files_of(key, [start, ...adds(3)]);
  files.set('checkpoint', Buffer.from(change(files.get('checkpoint').toString())));
  return policy === null ? files : files.set('policy', Buffer.from(policy));
}
const all_good = { cosigned: 'holds', quorum: 'holds' };

await test('cosignatures of witnesses that nobody named do not disturb', async () =>
  all_hold(await recount(source_of(seen_log(note => cosigned(note, alpha, 1), null)))));

await test('two of three witnesses are a quorum, one is none', async () => {
  const report = await recount(source_of(seen_log(note => cosigned(cosigned(note, gamma, 1800000000), alpha, 1800000600))));
  all_hold(report, all_good);
  deepEqual(report.witnesses, { names: ['a', 'c'], of: 3, at_s: 1800000600 });
  equal(report.seen_s, 1800000600);
  all_hold(await recount(source_of(seen_log(note => cosigned(note, beta, 1)))), { cosigned: 'holds', quorum: 'fails' });
  all_hold(await recount(source_of(seen_log(note => note))), { cosigned: 'holds', quorum: 'fails' });
  // Twice by the same one, late and renewed: still one, with the later time.
  const twice = await recount(source_of(seen_log(note => cosigned(cosigned(note, beta, 900), beta, 300))));
  equal(twice.checks.quorum, 'fails');
  equal(twice.witnesses.at_s, 900);
});

for (const [what, change] of [
  ['for another checkpoint', note => note + cosigned(note.replace('\n4\n', '\n5\n'), alpha, 7).split('\n').at(-2) + '\n'],
  ['with another time', note => cosigned(note, alpha, 7).replace(/(\u2014 a.example )(.*)\n$/, (_, head, blob) => {
    const bytes = Buffer.from(blob, 'base64');
    bytes[11] ^= 1;
    return `${head}${bytes.toString('base64')}\n`;
  })],
  ['cut off', note => cosigned(note, alpha, 7).replace(/(\u2014 a.example )(.*)\n$/, (_, head, blob) =>
    `${head}${Buffer.from(blob, 'base64').subarray(0, 60).toString('base64')}\n`)],
  ['by another key under the same name', note => cosigned(note, { ...new_key('a.example', 4), id: alpha.id }, 7)],
]) await test(`refused: a cosignature ${what}`, async () => {
  const files = seen_log(note => change(cosigned(cosigned(note, beta, 1), gamma, 2)));
  const report = await recount(source_of(files));
  all_hold(report, { cosigned: 'fails', quorum: 'holds' });
  deepEqual(report.witnesses.names, ['b', 'c']);
});

await test('an own policy comes before the published one', async () => {
  const files = seen_log(note => cosigned(note, alpha, 1));
  const count_by = async text => recount(source_of(files), { policy: await policy_of(text) });
  all_hold(await count_by(`${three}quorum a\n`), all_good);
  all_hold(await count_by(`${three}quorum b\n`), { cosigned: 'holds', quorum: 'fails' });
  all_hold(await count_by(`${three}quorum none\n`), all_good);
  all_hold(await count_by(`${three}group g any a b\ngroup h all g c\nquorum h\n`), { cosigned: 'holds', quorum: 'fails' });
  all_hold(await count_by(`${three}group g any a b\ngroup h 1 g c\nquorum h\n`), all_good);
  all_hold(await recount(source_of(files), { policy: false }), { quorum: 'absent' });
  all_hold(await recount(source_of(seen_log(note => note, 'quorum two\n'))), { quorum: 'fails' });
});

await test('what is no policy is taken for none', async () => {
  ok(await policy_of(two_of_three));
  ok(await policy_of('quorum none\n'));
  ok(await policy_of(`log ${key.vkey} https://vote.example/\nquorum none\n`));
  for (const bad of ['', three, two_of_three.slice(0, -1), two_of_three.replace('group two 2', 'group two 4'),
    two_of_three.replace('two 2', 'two 0'), two_of_three.replace('two 2', 'two 02'), two_of_three.replace('a b\tc', ''),
    two_of_three.replace('a b\tc', 'a a'), two_of_three.replace('a b\tc', 'a d'), two_of_three.replace('quorum two', 'quorum'),
    `${two_of_three}quorum two\n`, `${two_of_three}group more any a\n`, `${three}group none any a\nquorum none\n`,
    `${three}witness d ${alpha.vkey}\nquorum a\n`, `${three}witness a ${new_key('d', 4).vkey}\nquorum a\n`,
    `witness a ${key.vkey}\nquorum a\n`, `log ${alpha.vkey}\nquorum none\n`, `log ${key.vkey}\nlog ${key.vkey}\nquorum none\n`,
    `${three}quorum a b\n`, `${three}friend a\nquorum a\n`, `${three}toString x\nquorum a\n`, two_of_three.replaceAll('\n', '\r\n'),
    `${three}witness e ${new_key('e', 4).vkey} x y\nquorum a\n`])
    equal(await policy_of(bad), null, bad);
});

// --- Broken ones ---

// The files of a sound log with one of them changed.
function damaged(path, change) {
  const files = files_of(key, [start, ...adds(300), `sig1 tally 301 300 ${breakdown_hash({ 'p DK': 300 })}\n`]);
  files.set(path, change(Buffer.from(files.get(path))));
  return files;
}
const flip = at => bytes => { bytes[at] ^= 1; return bytes; };
const digit = at => bytes => { bytes[at] = bytes[at] === 48 ? 49 : 48; return bytes; };
const swap = bytes => { // the first two adds of a bundle
  const n = 2 + bytes.readUInt16BE(0);
  return Buffer.concat([bytes.subarray(n, 2 * n), bytes.subarray(0, n), bytes.subarray(2 * n)]);
};
const second = 'tile/entries/001.p/46';
const note_with = change => bytes => Buffer.from(change(bytes.toString()));

for (const [what, files, wrong] of [
  ['another digit in a commitment', damaged('tile/entries/000', digit(1000)), ['root']],
  ['a flipped bit of a length', damaged(second, flip(1)), ['root']],
  ['a truncated bundle', damaged(second, bytes => bytes.subarray(0, -20)), ['root']],
  ['a bundle without its last leaf', damaged('tile/entries/000', bytes => bytes.subarray(0, -82)), ['root']],
  ['an empty bundle', damaged(second, () => Buffer.alloc(0)), ['root']],
  ['two leaves in another order', damaged(second, swap), ['root']],
  ['a flipped bit of the signature', damaged('checkpoint', note_with(s => s.replace(/..=\n$/, x =>
    (x[0] === 'A' ? 'B' : 'A') + x.slice(1)))), ['signature']],
  ['a checkpoint of another root', damaged('checkpoint', note_with(s => s.replace(/\n.{43}=\n/, m =>
    `\n${m[1] === 'A' ? 'B' : 'A'}${m.slice(2)}`))), ['signature']],
  ['a checkpoint of another size', damaged('checkpoint', note_with(s => s.replace('\n302\n', '\n301\n'))),
    ['signature']],
  ['a checkpoint that is none', damaged('checkpoint', () => Buffer.from('302')), ['signature']],
  ['another manifest', damaged('manifest', bytes => Buffer.concat([bytes, Buffer.from('x y\n')])), ['manifest']],
  ['a manifest with a foreign key', damaged('manifest', () => Buffer.from(manifest_of(new_key()))),
    ['signature']],
]) await test(`refused: ${what}`, async () => {
  const { checks } = await recount(source_of(files));
  deepEqual(Object.keys(checks).filter(name => checks[name] === 'fails'), wrong);
});

// Signed all the same, but against the rules: [what, entries, position of the breach].
const one = random_add();
for (const [what, entries, at] of [
  ['an unknown verb', [start, one, 'sig1 vote p DK\n'], 2],
  ['another version', [start, one.replace('sig1', 'sig2')], 1],
  ['two spaces', [start, one.replace(' p ', '  p ')], 1],
  ['no line end', [start, one.trim()], 1],
  ['two line ends', [start, `${one}\n`], 1],
  ['a country in small letters', [start, random_add('p', 'dk')], 1],
  ['a kind that is none', [start, random_add('x')], 1],
  ['a cut commitment', [start, `${one.slice(0, -2)}\n`], 1],
  ['no open line', [one, random_add()], 0],
  ['a second open line', [start, one, start], 2],
  ['the same commitment twice', [start, one, one.replace('DK', 'SE')], 2],
  ['a sub of nothing', [start, one, 'sig1 sub 7 withdrawn\n'], 2],
  ['a sub of itself', [start, one, 'sig1 sub 2 withdrawn\n'], 2],
  ['a sub of a sub', [start, one, 'sig1 sub 1 withdrawn\n', 'sig1 sub 2 withdrawn\n'], 3],
  ['a double sub', [start, one, 'sig1 sub 1 withdrawn\n', 'sig1 sub 1 invalid\n'], 3],
  ['a sub for no reason', [start, one, 'sig1 sub 1 whim\n'], 2],
  ['a sub with a leading zero', [start, one, 'sig1 sub 01 withdrawn\n'], 2],
  ['an undo without a sub', [start, one, 'sig1 undo 1\n'], 2],
  ['a double undo', [start, one, 'sig1 sub 1 withdrawn\n', 'sig1 undo 1\n', 'sig1 undo 1\n'], 4],
  ['a tally of another size', [start, one, `sig1 tally 1 1 ${breakdown_hash({ 'p DK': 1 })}\n`], 2],
  ['an add after the end', [start, one, `sig1 close 1 ${breakdown_hash({ 'p DK': 1 })}\n`, random_add()], 3],
]) await test(`refused: ${what}`, async () => {
  const report = await count_of(entries);
  equal(report.checks.root, 'holds', 'signed as it is');
  equal(report.checks.rules, 'fails');
  equal(report.fault_at, at);
  equal(report.checks.tallies, undefined);
});

for (const [what, line] of [
  ['a wrong tally', `sig1 tally 2 2 ${breakdown_hash({ 'p DK': 1 })}\n`],
  ['a tally with another breakdown', `sig1 tally 2 1 ${breakdown_hash({ 'o DK': 1 })}\n`],
  ['a wrong end', `sig1 close 0 ${breakdown_hash({ 'p DK': 1 })}\n`],
]) await test(`refused: ${what}`, async () => {
  const report = await count_of([start, one, line]);
  equal(report.checks.rules, 'holds');
  equal(report.checks.tallies, 'fails');
  equal(report.fault_at, 2);
});

await test('a file that is missing is no verdict, and stopping is none', async () => {
  const files = files_of(key, [start, ...adds(300)]);
  files.delete('tile/entries/000');
  await rejects(recount(source_of(files)), Unreachable);
  const stop = new AbortController();
  await rejects(recount(source_of(files_of(key, [start, ...adds(600)])),
    { signal: stop.signal, progress: () => stop.abort() }), { name: 'AbortError' });
});

// --- Promises ---

const giver = new_key('vote.example/log/2026/promise');
const promiser = { ...key, promise: giver };
const promised = new_opening();
const now_s = Math.floor(Date.now() / 1000);
const kept_log = [open_line(promiser), ...adds(5), add(promised)];
const without = [open_line(promiser), ...adds(6)];

// The outcome of a promise after a count of these entries, live or as a copy with these cosignatures.
async function outcome_of(text, entries, { is_live = false, change = note => note, policy = null } = {}) {
  const files = files_of(promiser, entries);
  files.set('checkpoint', Buffer.from(change(files.get('checkpoint').toString())));
  const source = source_of(files);
  source.is_live = is_live;
  const report = await recount(source, { policy });
  return check_promise(promise_of(text), report.manifest, report);
}
const promise_until = before_s => promise(giver, key.name, commitment(promised), before_s);

await test('a promise is kept when the log has the line, whenever', async () => {
  for (const before_s of [now_s - 600, now_s + 600]) {
    deepEqual(await outcome_of(promise_until(before_s), kept_log), { promise: 'holds', kept: 'holds' });
    deepEqual(await outcome_of(promise_until(before_s), kept_log, { is_live: true }), { promise: 'holds', kept: 'holds' });
  }
  deepEqual(await check_promise(promise_of(promise_until(1)), Buffer.from(manifest_of(promiser)), null), { promise: 'holds' });
});

await test('it is broken when its time is over and the log of then has no such line', async () => {
  const broken = { promise: 'holds', kept: 'fails' };
  const open = { promise: 'holds', kept: 'open' };
  deepEqual(await outcome_of(promise_until(now_s - 1), without, { is_live: true }), broken);
  deepEqual(await outcome_of(promise_until(now_s + 600), without, { is_live: true }), open);
  // Nobody knows of when a copy is, unless a witness says so.
  deepEqual(await outcome_of(promise_until(now_s - 1), without), open);
  const policy = await policy_of(`witness a ${alpha.vkey}\nquorum a\n`);
  const seen = at_s => ({ policy, change: note => cosigned(note, alpha, at_s) });
  deepEqual(await outcome_of(promise_until(now_s), without, seen(now_s - 1)), open);
  deepEqual(await outcome_of(promise_until(now_s), without, seen(now_s)), broken);
});

await test('a promise that is not of this log does not hold', async () => {
  const mine_of = before_s => [commitment(promised), before_s];
  for (const [what, text] of [
    ['by a stranger', promise(new_key(giver.name), key.name, ...mine_of(1))],
    ['by the key of the log', promise({ ...key, name: giver.name }, key.name, ...mine_of(1))],
    ['for another log', promise(giver, 'other.example/log/2026', ...mine_of(1))],
    ['with a later limit', promise_until(1).replace('before 1\n', 'before 2\n')],
    ['for another line', promise_until(1).replace(/commitment ./, m => `commitment ${m.at(-1) === 'a' ? 'b' : 'a'}`)],
  ]) deepEqual(await outcome_of(text, kept_log, { is_live: true }), { promise: 'fails' }, what);
  const unnamed = await recount(source_of(files_of(key, [start])));
  deepEqual(await check_promise(promise_of(promise_until(1)), unnamed.manifest, unnamed), { promise: 'fails' });
});

await test('nothing is said of a promise when the log itself does not hold', async () => {
  const late = [...without, 'sig1 vote p DK\n'];
  deepEqual(await outcome_of(promise_until(1), late, { is_live: true }), { promise: 'holds' });
});

await test('what is no promise is taken for none', async () => {
  const sound = promise_until(1800000000);
  equal(promise_of(sound).before_s, 1800000000);
  for (const bad of ['', 'sig1 promise\n', sound.slice(0, -1), sound.replace('sig1', 'sig2'), sound.replace('before ', 'before 0'),
    sound.replace('\nbefore', '\nmore x\nbefore'), sound.replace('commitment ', 'commitment A'), sound.replace('\n\n', '\n'),
    sound.replace('before 1', 'before -1'), sound.replaceAll('\u2014', '-')])
    equal(promise_of(bad), null, bad);
});

await test('a browser without Ed25519 says that it cannot check', async () => {
  const before = crypto.subtle.importKey;
  crypto.subtle.importKey = async () => { throw Object.assign(new Error(), { name: 'NotSupportedError' }); };
  try {
    const { checks } = await count_of([start, one]);
    equal(checks.signature, 'unable');
    equal(checks.root, 'holds');
    const seen = await recount(source_of(seen_log(note => cosigned(note, alpha, 1))));
    deepEqual([seen.checks.cosigned, seen.checks.quorum], ['unable', 'unable']);
    equal((await outcome_of(promise_until(1), kept_log)).promise, 'unable');
  } finally {
    crypto.subtle.importKey = before;
  }
});

// --- Receipts and openings ---

const mine = new_opening();
const entries = [start, ...adds(300), add(mine), ...adds(20)];
const place = 301;
const text = receipt(entries, place, checkpoint(key, entries.length, root_at(entries)));
const live = source_of(files_of(key, [...entries, ...adds(300)]));
const written = opening_text;

await test('receipt and opening hold against a log that has grown', async () => {
  const bare = receipt(entries, place, checkpoint(key, entries.length, root_at(entries)), false);
  for (const paper of [text, bare])
    for (const kept of [[], ['name'], ['mail', 'uniq', 'org'], ['kind', 'cc'], fields]) {
      const { checks, entry } = await check_receipt(receipt_of(paper), await opening_of(written(mine, kept)), live);
      deepEqual(checks, { key: 'holds', signature: 'holds', included: 'holds', opening: 'holds' });
      equal(Buffer.from(entry).toString(), add(mine));
    }
  const shown = await opening_of(written(mine, ['name']));
  deepEqual([shown.get('name').value, shown.get('region').value], [undefined, mine.values.region]);
});

await test('the commitment is the one of another implementation, composed or not', async () => {
  for (const values of [{}, { name: 'A\u030ase', org: 'Ο Δήμος', region: '' }, { kind: 'm', cc: 'ZZ' }]) {
    const opening = new_opening(values);
    equal(await commitment_of(await opening_of(written(opening))), commitment(opening));
    equal(await commitment_of(await opening_of(written(opening, ['name']))), commitment(opening));
  }
});

for (const field of ['seed', ...fields])
  await test(`an opening with another ${field} does not open`, async () => {
    const other = field === 'seed' ? { ...mine, seed: new_opening().seed }
      : { ...mine, values: { ...mine.values, [field]: `${mine.values[field]}x` } };
    for (const kept of [[], [field === 'text' ? 'day' : 'text']]) {
      const { checks } = await check_receipt(receipt_of(text), await opening_of(written(other, kept)), live);
      equal(checks.included, 'holds');
      equal(checks.opening, 'fails');
    }
  });
await test('an opening that lies about kind or country does not open', async () => {
  const [kind, cc] = [new_opening({ kind: 'o' }), new_opening({ cc: 'SE' })];
  for (const [opening, line] of [[kind, add(kind).replace(' o ', ' p ')], [cc, add(cc).replace(' SE ', ' DK ')]]) {
    const some = [start, line];
    const paper = receipt_of(receipt(some, 1, checkpoint(key, 2, root_at(some))));
    const { checks } = await check_receipt(paper, await opening_of(written(opening)), source_of(files_of(key, some)));
    equal(checks.included, 'holds');
    equal(checks.opening, 'fails');
  }
});

const bare = receipt(entries, place, checkpoint(key, entries.length, root_at(entries)), false);
const lines = bare.split('\n');
const with_line = (n, line) => lines.with(n, line).join('\n');
for (const [what, changed, wrong] of [
  ['a flipped bit of the path', with_line(3, Buffer.from(lines[3], 'base64').map((b, i) => i ? b : b ^ 1)
    .toString('base64')), 'included'],
  ['a path without its last hash', lines.toSpliced(lines.indexOf('') - 1, 1).join('\n'), 'included'],
  ['a path with a hash too many', lines.toSpliced(3, 0, lines[3]).join('\n'), 'included'],
  ['another place', with_line(1, 'index 302'), 'included'],
  ['a place beyond the log', with_line(1, 'index 99999'), 'included'],
  ['another leaf as extra data', text.replace(/extra .*/, `extra ${Buffer.from(one).toString('base64')}`), 'included'],
  ['a leaf of another place as extra data', text.replace('index 301', 'index 300'), 'included'],
  ['another checkpoint text', text.replace('\n322\n', '\n321\n'), 'signature'],
  ['a checkpoint signed by nobody we know', receipt(entries, place,
    checkpoint(new_key(), entries.length, root_at(entries))), 'key'],
  ['a receipt of another log', receipt(entries, place,
    checkpoint(new_key('other.example/log/2026'), entries.length, root_at(entries))), 'key'],
]) await test(`refused: ${what}`, async () => {
  const { checks } = await check_receipt(receipt_of(changed), null, live);
  equal(checks[wrong], 'fails');
});

await test('what is no receipt is taken for none', async () => {
  equal(receipt_of(bare).extra, null);
  equal(Buffer.from(receipt_of(text).extra).toString(), add(mine));
  for (const bad of ['', 'x', text.replace('v1', 'v2'), text.slice(0, -1), text.slice(0, 40), `\n${text}`,
    text.replace('index 301', 'index 0301'), text.replace('index 301', 'index -1'),
    text.replace('index 301', 'index 99999999999999999'), text.replace('index 301\n', ''),
    bare.replace('\nindex', '\nextra ?\nindex'), with_line(3, `${lines[3]} `), with_line(3, 'AAAA'),
    text.replace('\n322\n', '\n0322\n'), text.replace('\n322\n', '\n322\nextension\n'),
    text.replaceAll('\u2014', '-')])
    equal(receipt_of(bad), null, bad);
  for (const bad of ['', text, 'sig1 opening\n', written(mine).slice(0, -1), written(mine).replace('seed ', 'sead '),
    written(mine).replace(/\nname .*/, ''), written(mine).replace('lang', 'long'), `${written(mine)}x\n`,
    written(mine, ['org']).replace('hide', 'seek'), written(mine, ['org']).replace('hide org', 'show org'),
    written(mine, ['org']).replace('show name', 'hide name'), written(mine, ['org']).replace('show name', 'show nome')])
    equal(await opening_of(bad), null, bad);
});

await test('keys and bundles that are none are taken for none', async () => {
  ok(await key_of(key.vkey));
  for (const bad of ['', 'a', 'a+b', key.vkey.replace('+', ''), key.vkey.slice(0, -1), `x${key.vkey}`,
    key.vkey.toUpperCase(), undefined]) equal(await key_of(bad), null, bad);
  equal(bundle_entries(Uint8Array.of(0), 1), null);
  equal(bundle_entries(Uint8Array.of(0, 3, 1, 2), 1), null);
  deepEqual(bundle_entries(Uint8Array.of(0, 1, 7, 0, 0), 2).map(e => e.length), [1, 0]);
});

await test('no flipped bit of a checkpoint passes for the same', async () => {
  const bytes = Buffer.from(checkpoint(key, entries.length, root_at(entries)));
  const vkey = await key_of(key.vkey);
  for (let bit = 0; bit < bytes.length * 8; bit++) {
    const copy = Buffer.from(bytes);
    copy[bit >> 3] ^= 1 << (bit & 7);
    const read = checkpoint_of(copy.toString());
    ok(!read || !await is_signed(read, vkey), `bit ${bit}`);
  }
});

// Foreign files may be anything: each reader must say no, and never throw.
await test('thousands of damaged files are read or refused, and nothing breaks', async () => {
  let state = 20261126;
  const random = n => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state % n;
  };
  const damage = bytes => {
    let copy = Buffer.from(bytes);
    for (let i = 0; i <= random(4); i++) {
      const at = random(copy.length + 1);
      const what = random(4);
      if (what === 0 && at < copy.length) copy[at] ^= 1 << random(8);
      else if (what === 1) copy = copy.subarray(0, at);
      else if (what === 2) copy = Buffer.concat([copy.subarray(0, at), Buffer.from('\n'), copy.subarray(at)]);
      else copy = Buffer.concat([copy.subarray(0, at), copy.subarray(random(copy.length + 1))]);
    }
    return copy;
  };
  const small = files_of(key, [start, one, 'sig1 sub 1 withdrawn\n']);
  const [policy_text, promise_text] = [two_of_three, promise_until(1800000000)].map(text => Buffer.from(text));
  let refused = 0;
  for (let i = 0; i < 3000; i++) {
    const proof = receipt_of(damage(text).toString());
    const opening = await opening_of(damage(written(mine, i % 2 ? ['name'] : [])).toString());
    if (proof && i % 10 === 0) await check_receipt(proof, opening, live);
    await policy_of(damage(policy_text).toString());
    const word = promise_of(damage(promise_text).toString());
    if (word) await check_promise(word, Buffer.from(manifest_of(promiser)), null);
    const [path, bytes] = [...small][i % small.size];
    const files = new Map(small).set(path, damage(bytes));
    try {
      const { checks } = await recount(source_of(files));
      const is_refused = Object.values(checks).includes('fails');
      refused += is_refused;
      // What is behind the last entry of a bundle belongs to nobody, as in a fuller one.
      ok(is_refused || files.get(path).subarray(0, bytes.length).equals(bytes), `${path} ${i}`);
    } catch (error) {
      ok(error instanceof Unreachable, error);
    }
  }
  note(`${refused} logs refused`);
  ok(refused > 1000);
});

await test('100 000 lines are counted in a few seconds', async () => {
  const files = files_of(key, [start, ...adds(99999)]);
  const begun = performance.now();
  all_hold(await recount(source_of(files)));
  const ms = Math.round(performance.now() - begun);
  note(`100 000 lines in ${ms} ms of node`);
  ok(ms < 30000);
});

done();
