// SPDX-License-Identifier: EUPL-1.2
// Signed notes, checkpoints and the key of a log (C2SP signed-note and tlog-checkpoint, as docs/log.md
// narrows them). What cannot be read is null; nothing here throws over foreign bytes.

import { bytes_of, from_base64, hex, sha256 } from './tree.js';

// A number of leaves: decimal, no leading zeros, exact in a double.
export function number_of(text) {
  const n = /^(0|[1-9]\d{0,15})$/.test(text ?? '') ? Number(text) : NaN;
  return Number.isSafeInteger(n) ? n : null;
}

// "NAME+ID+BASE64(0x01 and public key)"
export async function key_of(vkey) {
  const [, name, id, rest] = /^([^+\s]+)\+([0-9a-f]{8})\+(\S+)$/.exec(vkey ?? '') ?? [];
  const key = from_base64(rest ?? '');
  if (!key || key.length !== 33 || key[0] !== 1) return null;
  const hash = await sha256(bytes_of(`${name}\n`), key);
  return hex(hash.subarray(0, 4)) === id ? { name, id, bytes: key.subarray(1) } : null;
}

// { text, signed, origin, size, root, signatures: [{ name, id, bytes }] }
export function checkpoint_of(text) {
  const end = text.indexOf('\n\n');
  if (end < 0 || !text.endsWith('\n')) return null;
  const [origin, count, base64, ...extensions] = text.slice(0, end).split('\n');
  const size = number_of(count);
  const root = from_base64(base64 ?? '');
  if (!origin || size === null || root?.length !== 32 || extensions.length) return null;
  const signatures = [];
  for (const line of text.slice(end + 2, -1).split('\n')) {
    const [, name, blob] = /^\u2014 (\S+) (\S+)$/.exec(line) ?? [];
    const bytes = from_base64(blob ?? '');
    if (!bytes || bytes.length < 5) return null;
    signatures.push({ name, id: hex(bytes.subarray(0, 4)), bytes: bytes.subarray(4) });
  }
  return { text, signed: bytes_of(text.slice(0, end + 1)), origin, size, root, signatures };
}

// Whether the key belongs to the log of the checkpoint: name and number, not yet the signature.
export const names_key = (checkpoint, key) => checkpoint.origin === key.name &&
  checkpoint.signatures.some(s => s.name === key.name && s.id === key.id);

// True or false; null: this browser knows no Ed25519.
export async function is_signed(checkpoint, key) {
  if (!names_key(checkpoint, key)) return false;
  let imported;
  try {
    imported = await crypto.subtle.importKey('raw', key.bytes, { name: 'Ed25519' }, false, ['verify']);
  } catch (error) {
    if (error.name === 'NotSupportedError' || error.name === 'SyntaxError') return null;
    return false;
  }
  const { bytes } = checkpoint.signatures.find(s => s.name === key.name && s.id === key.id);
  try {
    return await crypto.subtle.verify({ name: 'Ed25519' }, imported, bytes, checkpoint.signed);
  } catch (error) {
    return error.name === 'NotSupportedError' ? null : false;
  }
}
