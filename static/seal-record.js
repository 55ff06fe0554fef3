// SPDX-License-Identifier: EUPL-1.2
// The record of a signature as a browser writes it (docs/records.md): the text that is sealed, the reduced
// opening that the server may see, and both again from the copy that the signer keeps.

import { commitment_by, field_hash, fields, salt_of } from './proof/commitment.js';
import { from_hex, hex } from './proof/tree.js';

const first_line = 'undersigned record 2';
const others = ['function', 'type', 'authority', 'reason', 'website', 'group'];
const personal = ['name', 'org', 'region'];

// As the server reads a line of a form, and a paragraph (src/http/form.c).
export const line_of = text => text
  .replace(/[ \t\u00a0\u1680\u2000-\u200a\u202f\u205f\u3000]+/g, ' ').replace(/^ | $/g, '')
  .normalize('NFC');
export const paragraph_of = text => text.replace(/\r\n/g, '\n').replace(/\t/g, ' ')
  .replace(/^[ \n\r\f\v]+|[ \n\r\f\v]+$/g, '').normalize('NFC');

export const new_seed = () => crypto.getRandomValues(new Uint8Array(32));

// What is sealed, and what the signer keeps. values: of all fields but uniq, which only the server knows.
export function record_text(seed, values) {
  const lines = [...fields.filter(field => field !== 'uniq'), ...others].map(field =>
    `${field} ${(values[field] ?? '').replace(/\\/g, '\\\\').replace(/\n/g, '\\n')}\n`);
  return `${first_line}\nseed ${hex(seed)}\n${lines.join('')}`;
}

// Salts and values of what the server knows in any case, hashes of what it need not know.
export async function reduced_opening(seed, values) {
  const lines = await Promise.all(fields.map(async field => {
    const salt = await salt_of(seed, field);
    const value = values[field] ?? '';
    return personal.includes(field) && values.show !== '1'
      ? `hide ${field} ${hex(await field_hash(field, salt, value))}\n`
      : `show ${field} ${hex(salt)} ${value}\n`;
  }));
  return `sig1 opening\n${lines.join('')}`;
}

// { seed, values } of a copy; null: it is none.
export function record_of(text) {
  const lines = text.split('\n');
  const names = [...fields.filter(field => field !== 'uniq'), ...others];
  if (lines.shift() !== first_line || lines.pop() !== '' || lines.length !== names.length + 1)
    return null;
  const seed = from_hex(lines.shift().replace(/^seed /, ''));
  if (seed?.length !== 32 || names.some((name, i) => !lines[i].startsWith(`${name} `))) return null;
  const values = Object.fromEntries(names.map((name, i) => [name, lines[i].slice(name.length + 1)
    .replace(/\\(.)/g, (_, letter) => (letter === 'n' ? '\n' : letter))]));
  return { seed, values };
}

export const commitment_of_record = async ({ seed, values }) =>
  commitment_by(await Promise.all(fields.map(async field =>
    field_hash(field, await salt_of(seed, field), values[field]))));

// The whole opening (core/opening.h), for the checker and `undersigned verify`.
export const whole_opening = ({ seed, values }) =>
  `sig1 opening\nseed ${hex(seed)}\n${fields.map(field => `${field} ${values[field]}\n`).join('')}`;
