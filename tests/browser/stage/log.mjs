// SPDX-License-Identifier: EUPL-1.2
// A log made for a test, with a key of its own: its files, receipts and openings. Written from
// docs/log.md over node:crypto; the scripts that it tests share no code with it.

import { createHash, createHmac, generateKeyPairSync, randomBytes, sign } from 'node:crypto';
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { Tree, leafHash, nodeHash, tilePath } from '../../e2e/lib/logbook.mjs';

const sha256 = (...parts) => parts.reduce((h, part) => h.update(part), createHash('sha256')).digest();

export const fields = ('campaign text lang kind name org mail cc region show uniq day').split(' ');

// kind 1: of a log or of promises; 4: of a witness.
export function new_key(name = 'vote.example/log/2026', kind = 1) {
  const { publicKey, privateKey } = generateKeyPairSync('ed25519');
  const raw = publicKey.export({ type: 'spki', format: 'der' }).subarray(-32);
  const bytes = Buffer.concat([Buffer.from([kind]), raw]);
  const id = sha256(`${name}\n`, bytes).subarray(0, 4);
  return { name, id, privateKey, vkey: `${name}+${id.toString('hex')}+${bytes.toString('base64')}` };
}

// What a signer holds: a seed and the values of all fields.
export function new_opening(values = {}) {
  const all = { campaign: '2026', text: 'ab'.repeat(32), lang: 'da', kind: 'p', name: 'Åse Ågård', org: '',
    mail: 'ase@example.org', cc: 'DK', region: 'Fyn', show: '1', uniq: 'cd'.repeat(16), day: '20700', ...values };
  return { seed: randomBytes(32), values: all };
}

const salt_of = (seed, f) => createHmac('sha256', seed).update(`sig1/salt/${f}`).digest();
const hash_of = ({ seed, values }, f) =>
  sha256('sig1/field\n', salt_of(seed, f), `${f}\n${values[f].normalize('NFC')}`);

export const commitment = opening =>
  sha256('sig1/commit\n', ...fields.map(f => hash_of(opening, f))).toString('hex');

// The opening as a file, whole or without the fields in `kept`.
export function opening_text(opening, kept = []) {
  const { seed, values } = opening;
  if (!kept.length)
    return `sig1 opening\nseed ${seed.toString('hex')}\n` +
      fields.map(f => `${f} ${values[f].normalize('NFC')}\n`).join('');
  return `sig1 opening\n${fields.map(f => kept.includes(f)
    ? `hide ${f} ${hash_of(opening, f).toString('hex')}\n`
    : `show ${f} ${salt_of(seed, f).toString('hex')} ${values[f].normalize('NFC')}\n`).join('')}`;
}

export const add = opening =>
  `sig1 add ${opening.values.kind} ${opening.values.cc} ${commitment(opening)}\n`;
export const random_add = (kind = 'p', cc = 'DK') =>
  `sig1 add ${kind} ${cc} ${randomBytes(32).toString('hex')}\n`;

export function breakdown_hash(counts) {
  const lines = Object.entries(counts).map(([place, n]) => `${place} ${n}\n`).sort();
  return sha256(lines.join('')).toString('hex');
}

// A tree over all entries, and one over the first `size` of them.
export function root_at(entries, size = entries.length) {
  const tree = new Tree();
  for (const entry of entries.slice(0, size)) tree.append(leafHash(Buffer.from(entry)));
  return tree.root();
}

const signature_line = (key, ...parts) =>
  `\u2014 ${key.name} ${Buffer.concat([key.id, ...parts]).toString('base64')}\n`;
const note_by = (key, text) => `${text}\n${signature_line(key, sign(null, Buffer.from(text), key.privateKey))}`;

export const checkpoint = (key, size, root) => note_by(key, `${key.name}\n${size}\n${root.toString('base64')}\n`);

// The checkpoint with the line of a witness below it (C2SP tlog-cosignature).
export function cosigned(note, witness, time_s) {
  const text = note.slice(0, note.indexOf('\n\n') + 1);
  const time = Buffer.alloc(8);
  time.writeBigUInt64BE(BigInt(time_s));
  const message = Buffer.from(`cosignature/v1\ntime ${time_s}\n${text}`);
  return note + signature_line(witness, time, sign(null, message, witness.privateKey));
}

export const promise = (key, log, commitment, before_s) =>
  note_by(key, `sig1 promise\nlog ${log}\ncommitment ${commitment}\nbefore ${before_s}\n`);

export const manifest_of = key => `sig1 manifest\ndeclaration 2026\nlog-key ${key.vkey}\n` +
  (key.promise ? `promise-key ${key.promise.vkey}\n` : '');
export const open_line = key => `sig1 open ${sha256(manifest_of(key)).toString('hex')}\n`;

// The files of a log as Map(path -> Buffer); entries hold leaf 0 already.
export function files_of(key, entries) {
  const files = new Map([
    ['manifest', Buffer.from(manifest_of(key))],
    ['checkpoint', Buffer.from(checkpoint(key, entries.length, root_at(entries)))],
  ]);
  for (let at = 0; at < entries.length; at += 256) {
    const some = entries.slice(at, at + 256).map(entry => Buffer.from(entry, 'latin1'));
    const bundle = Buffer.concat(some.flatMap(e => [Buffer.from([e.length >> 8, e.length & 255]), e]));
    files.set(tilePath('entries', at / 256, some.length), bundle);
  }
  return files;
}

// Written to a folder, which is returned.
export function folder_of(top, files) {
  for (const [path, bytes] of files) {
    mkdirSync(dirname(join(top, path)), { recursive: true });
    writeFileSync(join(top, path), bytes);
  }
  return top;
}

function path_of(hashes, index) {
  const root = list => {
    if (list.length === 1) return list[0];
    const half = 2 ** Math.floor(Math.log2(list.length - 1));
    return nodeHash(root(list.slice(0, half)), root(list.slice(half)));
  };
  if (hashes.length === 1) return [];
  const half = 2 ** Math.floor(Math.log2(hashes.length - 1));
  const [left, right] = [hashes.slice(0, half), hashes.slice(half)];
  return index < half
    ? [...path_of(left, index), root(right)] : [...path_of(right, index - half), root(left)];
}

// A receipt for the leaf `index` of the tree over the entries, under the checkpoint `note`; with the leaf
// as extra data, as the program writes it, or without.
export function receipt(entries, index, note, has_leaf = true) {
  const path = path_of(entries.map(entry => leafHash(Buffer.from(entry))), index);
  const lines = path.map(hash => `${hash.toString('base64')}\n`).join('');
  const extra = has_leaf ? `extra ${Buffer.from(entries[index]).toString('base64')}\n` : '';
  return `c2sp.org/tlog-proof@v1\n${extra}index ${index}\n${lines}\n${note}`;
}
