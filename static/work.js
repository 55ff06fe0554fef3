// SPDX-License-Identifier: EUPL-1.2
// Runs in a worker: searches the counter whose key begins as the challenge says (the format stands in
// src/core/challenge.h). In: {parameters, start, step}. Out: {counter, derivedKey}, hexadecimal.

const bytesOf = hex => Uint8Array.from(hex.match(/../g), pair => parseInt(pair, 16));
const hexOf = bytes => Array.from(bytes, byte => byte.toString(16).padStart(2, '0')).join('');

onmessage = async ({ data: { parameters, start, step } }) => {
  const nonce = bytesOf(parameters.nonce);
  const prefix = bytesOf(parameters.keyPrefix);
  const kdf = {
    name: 'PBKDF2',
    hash: 'SHA-256',
    salt: bytesOf(parameters.salt),
    iterations: parameters.cost,
  };
  const password = new Uint8Array(nonce.length + 4);
  password.set(nonce);
  const view = new DataView(password.buffer);
  for (let counter = start; ; counter += step) {
    view.setUint32(nonce.length, counter);
    const secret = await crypto.subtle.importKey('raw', password, 'PBKDF2', false, ['deriveBits']);
    const bits = await crypto.subtle.deriveBits(kdf, secret, parameters.keyLength * 8);
    const key = new Uint8Array(bits);
    if (prefix.every((byte, i) => key[i] === byte)) {
      postMessage({ counter, derivedKey: hexOf(key) });
      return;
    }
  }
};
