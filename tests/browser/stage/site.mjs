// SPDX-License-Identifier: EUPL-1.2
// A whole site for a test: a data folder of its own, the demo alliance, the sink for mails, web and
// work. Everything of it ends with the process that opened it.

import { spawn, spawnSync } from 'node:child_process';
import { cpSync, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { connect, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const root = join(dirname(fileURLToPath(import.meta.url)), '../../..');
export const languages = ('bg es cs da de et el en fr ga hr it lv lt hu mt nl pl pt ro sk sl fi ' +
  'sv').split(' ');
export const slug = '2026';

export const program = process.env.UNDERSIGNED ?? join(root, 'build/release/src/app/undersigned');

export const pause = ms => new Promise(done => { setTimeout(done, ms); });

// How long a test waits for what must come, however busy the machine is. What is promised within some
// time is not measured by this, but where it says so.
export const patience_ms = 60000;

// Asks until the answer is true, or fails when patience ends.
export async function until(what, ask, most_ms = patience_ms) {
  const end = Date.now() + most_ms;
  for (;;) {
    const answer = await ask();
    if (answer) return answer;
    if (Date.now() > end) throw new Error(`${what}: not within ${most_ms} ms`);
    await pause(60);
  }
}

function free_port() {
  return new Promise((done, fail) => {
    const door = createServer();
    door.once('error', fail);
    door.listen(0, '127.0.0.1', () => {
      const { port } = door.address();
      door.close(() => done(port));
    });
  });
}

function is_open(port) {
  return new Promise(done => {
    const caller = connect(port, '127.0.0.1');
    caller.once('connect', () => { caller.destroy(); done(true); });
    caller.once('error', () => done(false));
  });
}

// The letters of quoted-printable; mails of the site use nothing else for text.
function unquoted(text) {
  const bytes = text.replace(/=\r?\n/g, '')
    .replace(/=([0-9A-F]{2})/gi, (_, hex) => String.fromCharCode(parseInt(hex, 16)));
  return Buffer.from(bytes, 'latin1').toString('utf8');
}

// The content of the demo in a folder of its own, with another mode of records.
function content_with(data, records) {
  const content = join(data, 'content');
  cpSync(join(root, 'content/cohesion'), content, { recursive: true });
  for (const name of readdirSync(join(content, 'declaration'))) {
    const rules = join(content, 'declaration', name, 'declaration.ini');
    writeFileSync(rules, `${readFileSync(rules, 'utf8')}records=${records}\n`);
  }
  return content;
}

// more: further options of the program; everybody comes from one host here, so nothing is held and
// nobody computes unless they say so.
// records: the mode of its declarations, where it is not the usual one.
export async function open_site({ samples = 0, form_seconds = 0, more = [], records } = {}) {
  const data = mkdtempSync(join(tmpdir(), 'undersigned-browser-'));
  const [port, smtp_port, web_port] = [await free_port(), await free_port(), await free_port()];
  const origin = `http://127.0.0.1:${port}`;
  const inbox = `http://127.0.0.1:${web_port}/`;
  const options = ['--data', data, '--listen', `127.0.0.1:${port}`];
  const children = [];
  const said = [];

  const once = (...words) => {
    const run = spawnSync(program, [...words, ...options], { encoding: 'utf8', cwd: root });
    if (run.status !== 0) throw new Error(`${words[0]}: ${run.stderr}`);
    return run.stdout;
  };
  const keep = (...words) => {
    const child = spawn(program, [...words, ...options],
      { cwd: root, stdio: ['ignore', 'ignore', 'pipe'] });
    child.stderr.on('data', bytes => said.push(bytes.toString()));
    children.push(child);
  };
  const end = () => {
    for (const child of children.splice(0)) child.kill('SIGTERM');
    rmSync(data, { recursive: true, force: true });
  };
  process.once('exit', end);
  for (const signal of ['SIGINT', 'SIGTERM']) process.once(signal, () => process.exit(130));

  once('init', '--content', records ? content_with(data, records) : 'content/cohesion');
  if (samples > 0) once('sample', String(samples));
  keep('sink', '--smtp-port', String(smtp_port), '--web-port', String(web_port));
  keep('serve', '--mail-host', '127.0.0.1', '--mail-port', String(smtp_port), '--inbox-url', inbox,
    '--mail-bounce', 'bounce@alliance.example', '--form-seconds', String(form_seconds), '--rate-narrow', '1000000', '--rate-wide', '1000000',
    ...(more.length ? more : ['--watch', 'off', '--work', 'never']),
    '--log-level', 'warn');
  await until('the site', async () =>
    await is_open(port) && await is_open(smtp_port) && await is_open(web_port));

  const folder = join(data, 'inbox');
  const letters_to = address => (existsSync(folder) ? readdirSync(folder) : [])
    .filter(name => name.endsWith('.eml')).sort()
    .map(name => readFileSync(join(folder, name), 'latin1'))
    .filter(text => new RegExp(`^To:.*${address.replace(/[.+]/g, '\\$&')}`, 'im').test(text))
    .map(unquoted);

  return {
    origin,
    inbox,
    data,
    once,
    said,
    letters_to,
    // The n-th letter to an address, once it is there.
    letter_to: (address, n = 1) =>
      until(`letter ${n} to ${address}`, () => letters_to(address)[n - 1]),
    // The mail server says that there is no such mailbox.
    send_back: letter => {
      const [, address] = /^Return-Path: <(.*)>/im.exec(letter);
      const input = readFileSync(join(root, 'fuzz/corpus/bounce/postfix-unknown'));
      const run = spawnSync(program, ['bounce', ...options, address], { input, cwd: root });
      if (run.stdout.toString() !== 'stopped\n') throw new Error(`${run.stdout}${run.stderr}`);
    },
    link_in: letter => letter.match(/https?:\/\/[^\s<>"]+\/s\/[^\s<>"]+/)[0],
    count: async () => (await (await fetch(`${origin}/data/${slug}/count.json`)).json()).count,
    end,
  };
}
