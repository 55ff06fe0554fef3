// SPDX-License-Identifier: EUPL-1.2
// Whose cosignatures a checkpoint should bear (C2SP tlog-policy), and whether it does. As src/crypto/policy.c
// reads it: each name stands before the group that it is in, and is in one at most.

import { key_of, kind_log, kind_witness, signature_by } from './note.js';

// How many of its members a group needs; null: not a number of them.
function least_of(word, members) {
  if (word === 'any') return 1;
  if (word === 'all') return members;
  return /^[1-9]\d{0,2}$/.test(word) && Number(word) <= members ? Number(word) : null;
}

// { witnesses: Map(name -> key), groups: Map(name -> { least, members }), quorum: a name, or "none" }; null: it is
// no policy.
export async function policy_of(text) {
  const policy = { witnesses: new Map(), groups: new Map(), quorum: null };
  const { witnesses, groups } = policy;
  const keys = { log: new Set(), witness: new Set() };
  const members_of_any = new Set();
  const is_new = name => name !== 'none' && !witnesses.has(name) && !groups.has(name);
  const is_known = name => witnesses.has(name) || groups.has(name);

  const take_key = async (verb, vkey) => {
    const key = await key_of(vkey, verb === 'log' ? kind_log : kind_witness);
    const is_first = key && !keys[verb].has(String(key.bytes));
    if (is_first) keys[verb].add(String(key.bytes));
    return is_first ? key : null;
  };
  const readers = {
    log: async words => words.length >= 1 && words.length <= 2 && Boolean(await take_key('log', words[0])),
    witness: async ([name, vkey, ...rest]) => {
      const key = rest.length <= 1 && is_new(name) && await take_key('witness', vkey);
      if (key) witnesses.set(name, key);
      return Boolean(key);
    },
    group: ([name, word, ...members]) => {
      const least = members.length ? least_of(word, members.length) : null;
      if (!least || !is_new(name)) return false;
      for (const member of members) {
        if (!is_known(member) || members_of_any.has(member)) return false;
        members_of_any.add(member);
      }
      groups.set(name, { least, members });
      return true;
    },
    quorum: ([name, ...rest]) => {
      if (rest.length || policy.quorum !== null || (name !== 'none' && !is_known(name))) return false;
      policy.quorum = name;
      return true;
    },
  };

  const lines = text.split('\n');
  if (lines.pop() !== '' || /[\0-\x08\v-\x1f\x7f]/.test(text)) return null;
  for (const line of lines) {
    const [verb, ...words] = line.split(/[ \t]+/).filter(Boolean);
    if (verb === undefined || verb.startsWith('#')) continue;
    if (!words.length || !Object.hasOwn(readers, verb) || !await readers[verb](words)) return null;
  }
  return policy.quorum === null ? null : policy;
}

function suffices(policy, name, has_cosigned) {
  const group = policy.groups.get(name);
  if (!group) return has_cosigned.has(name);
  return group.members.filter(member => suffices(policy, member, has_cosigned)).length >= group.least;
}

// { names, is_good, has_quorum, at_s }: the witnesses whose cosignatures are good; is_good false when one of them
// signed something else, null when this browser cannot tell; at_s the latest time that a good one gave, 0: none.
export async function witnessed(checkpoint, policy) {
  const names = new Set();
  let is_good = true;
  let at_s = 0;
  for (const [name, key] of policy.witnesses) {
    const said = await signature_by(checkpoint, key);
    if (!said) continue;
    if (said.is_good) {
      names.add(name);
      at_s = Math.max(at_s, said.at_s);
    } else {
      is_good = said.is_good;
    }
  }
  const has_quorum = policy.quorum === 'none' || suffices(policy, policy.quorum, names);
  return { names: [...names], is_good, has_quorum: is_good === null ? null : has_quorum, at_s };
}
