// SPDX-License-Identifier: EUPL-1.2
//
// Takes ChaCha20-Poly1305, which Web Crypto lacks, out of the package @noble/ciphers and puts it as one
// declaration into static/seal-chacha.js, with the notice that its licence asks for beside it. Both files
// are committed, so no build needs this script; run it when package.json pins another version:
//
//     npm ci --ignore-scripts && node tools/noble.mjs
//
// With --check it writes nothing and fails when the committed files are not what it would write.

import { build } from 'esbuild';
import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const root = new URL('..', import.meta.url);
const read = path => readFileSync(new URL(path, root), 'utf8');
const { version } = JSON.parse(read('node_modules/@noble/ciphers/package.json'));

const { outputFiles: [made] } = await build({
  stdin: {
    contents: "import { chacha20poly1305 } from '@noble/ciphers/chacha.js';\n" +
      'export default chacha20poly1305;',
    resolveDir: fileURLToPath(root),
  },
  bundle: true, minify: true, treeShaking: true, write: false,
  format: 'iife', globalName: 'made', target: 'es2022', legalComments: 'none',
});
const code = made.text.trim().replace(/^"use strict";/, '').replace(/^var made=/, '')
  .replace(/;$/, '');

const files = {
  'static/seal-chacha.js': '// SPDX-License-Identifier: EUPL-1.2 AND MIT\n' +
    `// Made by tools/noble.mjs from @noble/ciphers ${version}; its notice is in seal-chacha.NOTICE.\n` +
    `export const chacha20poly1305 = (${code}).default;\n`,
  'static/seal-chacha.NOTICE':
    `seal-chacha.js is put together by tools/noble.mjs from @noble/ciphers ${version}:\n\n` +
    `${read('node_modules/@noble/ciphers/LICENSE').trim()}\n`,
};
for (const [name, text] of Object.entries(files)) {
  if (!process.argv.includes('--check')) writeFileSync(new URL(name, root), text);
  else if (read(name) !== text) throw new Error(`${name} is not what tools/noble.mjs makes`);
}
