// SPDX-License-Identifier: EUPL-1.2
// The promise that a line will be in the log (docs/log.md), and what became of it.

import { manifest_value } from './log.js';
import { is_signed, key_of, note_of, number_of } from './note.js';

// { note, log, commitment, before_s }; null: not a promise.
export function promise_of(text) {
  const note = note_of(text);
  const [, log, commitment, before] =
    /^sig1 promise\nlog (\S+)\ncommitment ([0-9a-f]{64})\nbefore (\d+)\n$/.exec(note?.signed ?? '') ?? [];
  const before_s = number_of(before);
  return before_s === null ? null : { note, log, commitment, before_s };
}

// checks.promise: whether the log's own key for promises signed it, and for this log. checks.kept, when the log
// has been counted: "holds", "fails" once its time is over and the log of then has no such line, else "open".
export async function check_promise(promise, manifest, counted) {
  const checks = {};
  const [key, log] = await Promise.all(['promise-key', 'log-key'].map(name => key_of(manifest_value(manifest, name))));
  const is_ours = key && log && log.name === promise.log && key.name === `${log.name}/promise`;
  const signed = is_ours ? await is_signed(promise.note, key) : false;
  checks.promise = signed === null ? 'unable' : signed ? 'holds' : 'fails';
  if (checks.promise === 'fails' || counted?.checks.rules !== 'holds' || counted.checks.root !== 'holds' ||
    counted.checkpoint.origin !== promise.log) return checks;
  if (counted.count.commitments.has(promise.commitment)) checks.kept = 'holds';
  else checks.kept = counted.seen_s >= promise.before_s ? 'fails' : 'open';
  return checks;
}
