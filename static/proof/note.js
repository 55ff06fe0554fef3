// SPDX-License-Identifier: EUPL-1.2
// Signed notes, checkpoints and the keys of logs and witnesses (C2SP signed-note, tlog-checkpoint and
// tlog-cosignature, as docs/log.md narrows them). What cannot be read is null; nothing here throws over
// foreign bytes.

import { bytes_of, from_base64, hex, sha256 } from './tree.js';

export const kind_log = 1;
export const kind_witness = 4;

// A number of leaves: decimal, no leading zeros, exact in a double.
export function number_of(text) {
  const n = /^(0|[1-9]\d{0,15})$/.test(text ?? '') ? Number(text) : NaN;
  return Number.isSafeInteger(n) ? n : null;
}

// "NAME+ID+BASE64(kind and public key)"
export async function key_of(vkey, kind = kind_log) {
  const [, name, id, rest] = /^([^+\s]+)\+([0-9a-f]{8})\+(\S+)$/.exec(vkey ?? '') ?? [];
  const key = from_base64(rest ?? '');
  if (!key || key.length !== 33 || key[0] !== kind) return null;
  const hash = await sha256(bytes_of(`${name}\n`), key);
  return hex(hash.subarray(0, 4)) === id ? { name, id, kind, bytes: key.subarray(1) } : null;
}

// { text, signed, lines, signatures: [{ name, id, bytes }] }
export function note_of(text) {
  const end = text.indexOf('\n\n');
  if (end < 0 || !text.endsWith('\n')) return null;
  const signatures = [];
  for (const line of text.slice(end + 2, -1).split('\n')) {
    const [, name, blob] = /^\u2014 (\S+) (\S+)$/.exec(line) ?? [];
    const bytes = from_base64(blob ?? '');
    if (!bytes || bytes.length < 5) return null;
    signatures.push({ name, id: hex(bytes.subarray(0, 4)), bytes: bytes.subarray(4) });
  }
  return { text, signed: text.slice(0, end + 1), lines: text.slice(0, end).split('\n'), signatures };
}

// A note with { origin, size, root } besides.
export function checkpoint_of(text) {
  const note = note_of(text);
  if (!note) return null;
  const [origin, count, base64, ...extensions] = note.lines;
  const size = number_of(count);
  const root = from_base64(base64 ?? '');
  if (!origin || size === null || root?.length !== 32 || extensions.length) return null;
  return { ...note, origin, size, root };
}

const by = key => ({ name, id }) => name === key.name && id === key.id;

// Whether the key belongs to the log of the checkpoint: name and number, not yet the signature.
export const names_key = (checkpoint, key) =>
  checkpoint.origin === key.name && checkpoint.signatures.some(by(key));

// True or false; null: this browser knows no Ed25519.
async function verified(key, bytes, message) {
  try {
    const imported = await crypto.subtle.importKey('raw', key.bytes, { name: 'Ed25519' }, false, ['verify']);
    return await crypto.subtle.verify({ name: 'Ed25519' }, imported, bytes, bytes_of(message));
  } catch (error) {
    return error.name === 'NotSupportedError' || error.name === 'SyntaxError' ? null : false;
  }
}

// The key's lines under a note, as { is_good, at_s }: is_good true, false when one of them is wrong, null when
// this browser cannot tell; at_s the latest time that a witness gave, 0 of other keys. null: it has none.
export async function signature_by(note, key) {
  const mine = note.signatures.filter(by(key));
  let is_good = true;
  let at_s = 0;
  for (const { bytes } of mine) {
    let message = note.signed;
    if (key.kind === kind_witness) {
      const time = bytes.length === 72 ? Number(new DataView(bytes.slice().buffer).getBigUint64(0)) : 0;
      message = `cosignature/v1\ntime ${time}\n${message}`;
      at_s = Math.max(at_s, time);
    }
    is_good &&= await verified(key, key.kind === kind_witness ? bytes.subarray(8) : bytes, message);
  }
  return mine.length ? { is_good, at_s } : null;
}

// True or false; null: this browser knows no Ed25519.
export async function is_signed(note, key) {
  const said = await signature_by(note, key);
  return said ? said.is_good : false;
}
