// SPDX-License-Identifier: EUPL-1.2
// Receipts (C2SP tlog-proof) and the private openings beside them: docs/log.md says what stands in both.

import { bundle_entries, bundle_path, bundle_width, manifest_value } from './log.js';
import { checkpoint_of, is_signed, key_of, names_key, number_of } from './note.js';
import { bytes_of, from_base64, from_hex, hex, joined, leaf_hash, root_by_path, same, sha256 }
  from './tree.js';

export const fields = ['campaign', 'text', 'lang', 'kind', 'name', 'org', 'mail', 'cc', 'region', 'show',
  'uniq', 'day'];

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

// An opening: "sig1 opening", "seed HEX", then a line "FIELD VALUE" for each field.
// { seed, values: Map(field -> value) }; null: not an opening.
export function opening_of(text) {
  const lines = text.split('\n');
  if (lines.shift() !== 'sig1 opening' || lines.pop() !== '') return null;
  const found = new Map(lines.map(line => {
    const at = line.indexOf(' ');
    return at < 0 ? [line, ''] : [line.slice(0, at), line.slice(at + 1)];
  }));
  const seed = from_hex(found.get('seed') ?? '');
  if (seed?.length !== 32 || fields.some(f => !found.has(f))) return null;
  return { seed, values: new Map(fields.map(f => [f, found.get(f)])) };
}

export async function commitment_of({ seed, values }) {
  const key = await crypto.subtle.importKey('raw', seed, { name: 'HMAC', hash: 'SHA-256' }, false, ['sign']);
  const hashes = await Promise.all(fields.map(async f => {
    const salt = new Uint8Array(await crypto.subtle.sign('HMAC', key, bytes_of(`sig1/salt/${f}`)));
    return sha256(bytes_of('sig1/field\n'), salt, bytes_of(`${f}\n${values.get(f).normalize('NFC')}`));
  }));
  return hex(await sha256(bytes_of('sig1/commit\n'), joined(...hashes)));
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
// The receipt does not hold the leaf: it is made from the opening or read from the log; either way it
// must lead to the signed root. checks as in recount.
export async function check_receipt(receipt, opening, source) {
  const { checkpoint, index, path } = receipt;
  const checks = {};
  const report = { checks, entry: null };
  const key = await key_of(manifest_value(await source('manifest'), 'log-key'));
  checks.key = key && names_key(checkpoint, key) ? 'holds' : 'fails';
  if (checks.key === 'fails') return report;
  const signed = await is_signed(checkpoint, key);
  checks.signature = signed === null ? 'unable' : signed ? 'holds' : 'fails';

  const leads = async entry => {
    const root = entry && await root_by_path(await leaf_hash(entry), index, checkpoint.size, path);
    if (root && same(root, checkpoint.root)) report.entry = entry;
    return report.entry !== null;
  };
  const opened = opening && `${opening.values.get('kind')} ${opening.values.get('cc')} ` +
    await commitment_of(opening);
  const is_included = (opened && await leads(bytes_of(`sig1 add ${opened}\n`))) ||
    await leads(await entry_at(source, index));
  checks.included = is_included ? 'holds' : 'fails';
  if (opening && is_included)
    checks.opening = new TextDecoder().decode(report.entry) === `sig1 add ${opened}\n` ? 'holds' : 'fails';
  return report;
}
