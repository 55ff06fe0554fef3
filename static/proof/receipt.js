// SPDX-License-Identifier: EUPL-1.2
// Receipts (C2SP tlog-proof) and the private openings beside them: docs/log.md says what stands in both.

import { bundle_entries, bundle_path, bundle_width, manifest_value } from './log.js';
import { checkpoint_of, is_signed, key_of, names_key, number_of } from './note.js';
import { commitment_by, field_hash, fields, salt_of } from './commitment.js';
import { from_base64, from_hex, leaf_hash, root_by_path, same } from './tree.js';

// { index, path, checkpoint, extra }; null: not a receipt.
export function receipt_of(text) {
  const lines = text.split('\n');
  if (lines.shift() !== 'c2sp.org/tlog-proof@v1') return null;
  let extra = null;
  if (lines[0]?.startsWith('extra ')) {
    extra = from_base64(lines.shift().slice(6));
    if (!extra) return null;
  }
  const index = number_of(/^index (\d+)$/.exec(lines.shift())?.[1]);
  const end = lines.indexOf('');
  if (index === null || end < 0 || end > 64) return null;
  const path = lines.slice(0, end).map(from_base64);
  const checkpoint = checkpoint_of(lines.slice(end + 1).join('\n'));
  if (!checkpoint || path.some(hash => hash?.length !== 32)) return null;
  return { index, path, checkpoint, extra };
}

// One line of an opening; null: not of its form. Shown: { value, salt }, kept back: { hash }.
async function opened_of(line, field, seed) {
  if (line === undefined) return null;
  if (seed)
    return line.startsWith(`${field} `)
      ? { value: line.slice(field.length + 1), salt: await salt_of(seed, field) } : null;
  const [, verb, name, digits, rest] = /^(show|hide) ([a-z]+) ([0-9a-f]{64})( .*)?$/.exec(line) ?? [];
  if (name !== field || (verb === 'show') !== (rest !== undefined)) return null;
  return verb === 'show' ? { value: rest.slice(1), salt: from_hex(digits) } : { hash: from_hex(digits) };
}

// An opening: "sig1 opening", then either "seed HEX" and "FIELD VALUE" for each field, or for each field
// "show FIELD SALT VALUE" or "hide FIELD HASH". As Map(field -> { value, salt } or { hash }); null: none.
export async function opening_of(text) {
  const lines = text.split('\n');
  if (lines.shift() !== 'sig1 opening' || lines.pop() !== '') return null;
  const seed = lines[0]?.startsWith('seed ') ? from_hex(lines.shift().slice(5)) : undefined;
  if (seed === null || (seed && seed.length !== 32) || lines.length !== fields.length) return null;
  const opened = await Promise.all(fields.map((field, i) => opened_of(lines[i], field, seed)));
  return opened.includes(null) ? null : new Map(fields.map((field, i) => [field, opened[i]]));
}

export async function commitment_of(opening) {
  return commitment_by(await Promise.all(fields.map(field => {
    const { value, salt, hash } = opening.get(field);
    return hash ?? field_hash(field, salt, value);
  })));
}

// Whether the entry is an add of this opening: its commitment, and kind and country where they are shown.
async function opens(opening, entry) {
  const [, kind, country, commitment] =
    /^sig1 add ([pom]) ([A-Z]{2}) ([0-9a-f]{64})\n$/.exec(new TextDecoder().decode(entry)) ?? [];
  return commitment === await commitment_of(opening) &&
    kind === (opening.get('kind').value ?? kind) && country === (opening.get('cc').value ?? country);
}

// The entry of a leaf as the log has it now; null: not so many leaves.
async function entry_at(source, index) {
  const checkpoint = checkpoint_of(new TextDecoder().decode(await source('checkpoint')));
  if (!checkpoint || index >= checkpoint.size) return null;
  const number = Math.floor(index / bundle_width);
  const width = Math.min(bundle_width, checkpoint.size - number * bundle_width);
  return bundle_entries(await source(bundle_path(number, width)), width)?.[index % bundle_width] ?? null;
}

// Checks a receipt against the log behind `source`, and the opening, if there is one, against the leaf.
// The leaf is what the receipt brings as extra data, or else read from the log; either way it must lead
// to the signed root. checks as in recount.
export async function check_receipt(receipt, opening, source) {
  const { checkpoint, index, path } = receipt;
  const checks = {};
  const report = { checks, entry: null };
  const key = await key_of(manifest_value(await source('manifest'), 'log-key'));
  checks.key = key && names_key(checkpoint, key) ? 'holds' : 'fails';
  if (checks.key === 'fails') return report;
  const signed = await is_signed(checkpoint, key);
  checks.signature = signed === null ? 'unable' : signed ? 'holds' : 'fails';
  const entry = receipt.extra ?? await entry_at(source, index);
  const root = entry && await root_by_path(await leaf_hash(entry), index, checkpoint.size, path);
  checks.included = root && same(root, checkpoint.root) ? 'holds' : 'fails';
  if (checks.included === 'fails') return report;
  report.entry = entry;
  if (opening) checks.opening = await opens(opening, entry) ? 'holds' : 'fails';
  return report;
}
