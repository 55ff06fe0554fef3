// SPDX-License-Identifier: EUPL-1.2
// The commitment of a leaf to what its signer said, field by field (docs/log.md).

import { bytes_of, hex, joined, sha256 } from './tree.js';

export const fields = ['campaign', 'text', 'lang', 'kind', 'name', 'org', 'mail', 'cc', 'region', 'show',
  'uniq', 'day'];

export async function hmac(key_bytes, message) {
  const how = { name: 'HMAC', hash: 'SHA-256' };
  const key = await crypto.subtle.importKey('raw', key_bytes, how, false, ['sign']);
  return new Uint8Array(await crypto.subtle.sign('HMAC', key, message));
}

export const salt_of = (seed, field) => hmac(seed, bytes_of(`sig1/salt/${field}`));

export const field_hash = (field, salt, value) =>
  sha256(bytes_of('sig1/field\n'), salt, bytes_of(`${field}\n${value}`));

// Of the hashes of all fields, in their order; as hexadecimal.
export const commitment_by = async hashes =>
  hex(await sha256(bytes_of('sig1/commit\n'), joined(...hashes)));
