// SPDX-License-Identifier: EUPL-1.2
// Files of the age format, version 1, for X25519 recipients: written as src/crypto/age.c writes them, with
// Web Crypto and one cipher that it lacks. Only short ones: a payload here is one chunk.

import { hmac } from './proof/commitment.js';
import { bytes_of, joined } from './proof/tree.js';
import { chacha20poly1305 } from './seal-chacha.js';

export const chunk_bytes = 65536;

const letters = 'qpzry9x8gf2tvdw0s3jn54khce6mua7l';

// Bech32 (BIP173) of 32 bytes, in lower case. The page brings recipients that the server has read; this
// only guards against a page that was cut or changed.
export function recipient_of(text) {
  const values = [...text.slice(4)].map(letter => letters.indexOf(letter));
  const prefix = [...'age'].map(c => c.charCodeAt(0));
  const all = [...prefix.map(c => c >> 5), 0, ...prefix.map(c => c & 31), ...values];
  const check = all.reduce((sum, value) => {
    const top = sum >>> 25;
    const next = ((sum & 0x1ffffff) << 5) ^ value;
    return [0x3b6a57b2, 0x26508e6d, 0x1ea119fa, 0x3d4233dd, 0x2a1462b3]
      .reduce((now, term, i) => (top >> i & 1 ? now ^ term : now), next);
  }, 1);
  if (!text.startsWith('age1') || values.length !== 58 || values.includes(-1) || check !== 1)
    throw new Error('not a recipient');
  const bits = values.slice(0, -6).map(value => value.toString(2).padStart(5, '0')).join('');
  return Uint8Array.from({ length: 32 }, (_, i) => parseInt(bits.slice(i * 8, i * 8 + 8), 2));
}

const base64 = bytes => btoa(String.fromCharCode(...bytes)).replace(/=+$/, '');

async function derived(secret, salt, info) {
  const key = await crypto.subtle.importKey('raw', secret, 'HKDF', false, ['deriveBits']);
  const how = { name: 'HKDF', hash: 'SHA-256', salt, info: bytes_of(info) };
  return new Uint8Array(await crypto.subtle.deriveBits(how, key, 256));
}

async function stanza(file_key, recipient) {
  const to = await crypto.subtle.importKey('raw', recipient, 'X25519', false, []);
  const own = await crypto.subtle.generateKey('X25519', false, ['deriveBits']);
  const share = new Uint8Array(await crypto.subtle.exportKey('raw', own.publicKey));
  const how = { name: 'X25519', public: to };
  const shared = new Uint8Array(await crypto.subtle.deriveBits(how, own.privateKey, 256));
  const key = await derived(shared, joined(share, recipient), 'age-encryption.org/v1/X25519');
  const wrapped = chacha20poly1305(key, new Uint8Array(12)).encrypt(file_key);
  return `-> X25519 ${base64(share)}\n${base64(wrapped)}\n`;
}

// Whether this browser can: Web Crypto has X25519 in all of them since 2025.
export async function can_seal() {
  try {
    await crypto.subtle.generateKey('X25519', false, ['deriveBits']);
    return true;
  } catch {
    return false;
  }
}

// The file of a text of less than a chunk, for recipients of the form age1….
export async function sealed(recipients, text) {
  const plain = bytes_of(text);
  if (plain.length > chunk_bytes || recipients.length === 0) throw new Error('not to be sealed');
  const file_key = crypto.getRandomValues(new Uint8Array(16));
  const nonce = crypto.getRandomValues(new Uint8Array(16));
  const stanzas = await Promise.all(recipients.map(to => stanza(file_key, recipient_of(to))));
  const until_mark = `age-encryption.org/v1\n${stanzas.join('')}---`;
  const mac = await hmac(await derived(file_key, new Uint8Array(0), 'header'), bytes_of(until_mark));
  const key = await derived(file_key, nonce, 'payload');
  const chunk = chacha20poly1305(key, Uint8Array.from({ length: 12 }, (_, i) => (i === 11 ? 1 : 0)))
    .encrypt(plain);
  return joined(bytes_of(`${until_mark} ${base64(mac)}\n`), nonce, chunk);
}
