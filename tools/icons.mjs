// SPDX-License-Identifier: EUPL-1.2
//
// Gathers the few icons the site uses into one sprite, static/icons.svg, with the notices their
// licences ask for beside it. The sprite is committed, so no build needs this script; run it when
// an icon is added:
//
//     npm ci --ignore-scripts && node tools/icons.mjs
//
// Left of the colon stands the id the views use, right of it the name in the collection.

import { readFileSync, writeFileSync } from 'node:fs';

const root = new URL('..', import.meta.url);
const read = path => readFileSync(new URL(path, root), 'utf8');

const drawn = {
  globe: 'globe', menu: 'menu', search: 'search', check: 'check', mail: 'mail', share: 'share-2',
  copy: 'copy', pencil: 'pencil', 'eye-off': 'eye-off', trash: 'trash-2', undo: 'undo-2',
  user: 'user', users: 'users', building: 'building-2', landmark: 'landmark',
  'file-text': 'file-text', calendar: 'calendar', video: 'video', image: 'image',
  megaphone: 'megaphone', 'message-circle': 'message-circle', 'chevron-down': 'chevron-down',
  'arrow-right': 'arrow-right', 'arrow-left': 'arrow-left', 'external-link': 'external-link',
  download: 'download', clock: 'clock', 'map-pin': 'map-pin', info: 'info',
  alert: 'triangle-alert',
};
const logos = ['whatsapp', 'facebook', 'bluesky', 'linkedin', 'telegram', 'mastodon', 'twitter-x'];

const inner = svg => svg.slice(svg.indexOf('>', svg.indexOf('<svg')) + 1, svg.lastIndexOf('</svg>'))
  .replace(/\s+/g, ' ').replace(/> </g, '><').replace(/ \/>/g, '/>').trim();

// Stroke attributes stand on each symbol: what <use> draws inherits from the page, not from the
// sprite's root.
const stroke = 'fill="none" stroke="currentColor" stroke-width="2" stroke-linecap="round" ' +
  'stroke-linejoin="round"';
let out = '<svg xmlns="http://www.w3.org/2000/svg">\n' +
  '<!-- notices: icons.NOTICE -->\n';
for (const [id, name] of Object.entries(drawn)) {
  const svg = read(`node_modules/lucide-static/icons/${name}.svg`);
  out += `<symbol id="${id}" viewBox="0 0 24 24" ${stroke}>${inner(svg)}</symbol>\n`;
}
for (const name of logos) {
  const svg = read(`node_modules/bootstrap-icons/icons/${name}.svg`);
  out += `<symbol id="${name}" viewBox="0 0 16 16" fill="currentColor">${inner(svg)}</symbol>\n`;
}
writeFileSync(new URL('static/icons.svg', root), out + '</svg>\n');

const version = name => JSON.parse(read(`node_modules/${name}/package.json`)).version;
writeFileSync(new URL('static/icons.NOTICE', root),
  `icons.svg is put together by tools/icons.mjs from two collections.\n\n` +
  `The icons ${Object.keys(drawn).join(', ')} come from Lucide ${version('lucide-static')}:\n\n` +
  read('node_modules/lucide-static/LICENSE').trim() + '\n\n' + '-'.repeat(78) + '\n\n' +
  `The logos ${logos.join(', ')} come from Bootstrap Icons ${version('bootstrap-icons')}.\n` +
  `Names and logos of the networks are their owners' marks and only point to them.\n\n` +
  read('node_modules/bootstrap-icons/LICENSE').trim() + '\n');
