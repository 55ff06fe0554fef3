// SPDX-License-Identifier: EUPL-1.2
// The tree over the lines of a log: RFC 6962 hashing with Web Crypto, nothing of our own below it.

export function joined(...parts) {
  const whole = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}

export const bytes_of = text => new TextEncoder().encode(text);

export async function sha256(...parts) {
  return new Uint8Array(await crypto.subtle.digest('SHA-256', joined(...parts)));
}

export const leaf_hash = entry => sha256([0], entry);
export const node_hash = (left, right) => sha256([1], left, right);

export const same = (a, b) => a.length === b.length && a.every((byte, i) => byte === b[i]);
export const hex = bytes => Array.from(bytes, b => b.toString(16).padStart(2, '0')).join('');

// Strict in both: null unless the text is exactly what these bytes are written as.
export function from_hex(text) {
  if (!/^([0-9a-f]{2})*$/.test(text)) return null;
  return Uint8Array.from(text.match(/../g) ?? [], pair => parseInt(pair, 16));
}

export function from_base64(text) {
  try {
    const letters = atob(text);
    return btoa(letters) === text ? Uint8Array.from(letters, c => c.charCodeAt(0)) : null;
  } catch {
    return null;
  }
}

// The hash over a whole subtree: 2^n hashes of one level.
async function fold(hashes) {
  let level = hashes;
  while (level.length > 1) {
    const pairs = [];
    for (let i = 0; i < level.length; i += 2) pairs.push(node_hash(level[i], level[i + 1]));
    level = await Promise.all(pairs);
  }
  return level[0];
}

// The right edge of a tree that grows: peaks[h] covers 2^h leaves, or is not there.
export class Tree {
  constructor(size = 0, peaks = []) {
    this.size = size;
    this.peaks = [...peaks];
  }

  copy() {
    return new Tree(this.size, this.peaks);
  }

  async add(subtree, height = 0) {
    this.size += 2 ** height;
    let hash = subtree;
    let h = height;
    for (; this.peaks[h]; h++) {
      hash = await node_hash(this.peaks[h], hash);
      this.peaks[h] = undefined;
    }
    this.peaks[h] = hash;
  }

  // Leaf hashes in their order; whole bundles, where they begin at a bound, in one go.
  async add_leaves(hashes) {
    const height = Math.log2(hashes.length);
    if (Number.isInteger(height) && this.size % hashes.length === 0)
      return this.add(await fold(hashes), height);
    for (const hash of hashes) await this.add(hash);
    return undefined;
  }

  async root() {
    let root = null;
    for (const peak of this.peaks)
      if (peak) root = root ? await node_hash(peak, root) : peak;
    return root ?? sha256();
  }
}

// The root that a leaf and its path lead to (RFC 9162, 2.1.3.2); null when the path does not fit.
export async function root_by_path(hash, index, size, path) {
  if (index >= size) return null;
  let node = index;
  let last = size - 1;
  let root = hash;
  for (const beside of path) {
    if (last === 0) return null;
    if (node % 2 === 1 || node === last) {
      root = await node_hash(beside, root);
      while (node % 2 === 0 && node !== 0) {
        node /= 2;
        last = Math.floor(last / 2);
      }
    } else {
      root = await node_hash(root, beside);
    }
    node = Math.floor(node / 2);
    last = Math.floor(last / 2);
  }
  return last === 0 ? root : null;
}
