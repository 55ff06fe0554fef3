// SPDX-License-Identifier: EUPL-1.2
// What Node 18, that of Debian 12, lacks of what the tests use.

import { webcrypto } from "node:crypto";

globalThis.crypto ??= webcrypto; // our own modules for browsers and some packages expect it

export const replaced = (list, at, value) => Object.assign([...list], { [at]: value });
export const swapped = (list, a, b) => Object.assign([...list], { [a]: list[b], [b]: list[a] });
export const without = (list, at) => list.filter((_, i) => i !== at);
