// SPDX-License-Identifier: EUPL-1.2
// What somebody sees who types a command without knowing it: each one is listed and explained, in
// the width of a terminal, and what was mistyped is named.

import { command, freePort, releaseBinary, repository } from "./lib/installation.mjs";
import { cleanup, run, test } from "./lib/tap.mjs";
import assert from "node:assert/strict";
import fs from "node:fs";
import os from "node:os";
import path from "node:path";

const COLUMNS = 79;
const typed = (...words) => command(releaseBinary, words);

const assert_fits = text => {
    for (const line of text.split("\n")) {
        assert.ok([...line].length <= COLUMNS, `too wide: ${line}`);
        assert.ok(line === line.trimEnd(), `blanks at the end: ${line}`);
    }
};

await run(async () => {
    const help = await typed("help");
    const listed = [...help.out.matchAll(/^ {2}([a-z-]+) {2,}[a-z]/gm)].map(found => found[1]);

    await test("all commands are listed once, as in the manual page", async () => {
        assert.equal(help.code, 0);
        assert_fits(help.out);
        assert.equal(new Set(listed).size, listed.length);
        const manual = (await typed("help", "man")).out;
        const [, commands] = manual.match(/\.SH COMMANDS\n([^]*?)\n\.SH /);
        const described = [...commands.matchAll(/^\.TP\n\.B (\S+)/gm)]
            .map(found => found[1].replaceAll("\\-", "-"));
        assert.ok(described.length > 30, `${described.length} in the manual page`);
        assert.deepEqual([...listed].sort(), described.sort());
        assert.equal((await typed()).out, help.out);
    });

    await test("each explains itself in the width of a terminal", async () => {
        for (const name of listed) {
            const said = await typed(name, "--help");
            assert.equal(said.code, 0, name);
            assert.ok(said.out.startsWith(`undersigned ${name}`), name);
            assert_fits(said.out);
            assert.equal((await typed("help", name)).out, said.out);
        }
        const options = await typed("help", "options");
        assert.equal(options.code, 0);
        assert_fits(options.out);
        assert.match(options.out, /^ {2}--data FOLDER\n {6}keys, database, log files\n {6}default: data$/m);
    });

    await test("what is mistyped is named, with the word that may be meant", async () => {
        const wrong = [
            [["serv"], "there is no command serv: do you mean serve?"],
            [["imprt", "x"], "there is no command imprt: do you mean import?"],
            [["nonsense"], "there is no command nonsense; `undersigned help` lists them"],
            [["serve", "--listne=1"], "there is no option listne: do you mean listen?"],
            [["serve", "--nonsense=1"], "there is no option nonsense"],
            [["serve", "--workers"], "--workers needs a value"],
            [["serve", "--workers=many"], "workers"],
            [["serve", "--nonsense"], "there is no option nonsense"],
            [["help", "nonsense"], "there is no command nonsense"],
            [["help", "serv"], "there is no command serv: do you mean serve?"],
            [["erase", "1", "--yes=no"], "--yes takes no value"],
            [["tally", "--json=1"], "--json takes no value"],
            [["tally", "--data="], "data: must name a folder"],
            [["tally", "--database=x.db"], "database: must be sqlite:FILE or postgres://"],
            [["init", "--origin=your.host"], 'origin: must be like https://your.host, not "your.host"'],
            [["tally", "--listen=8080"], 'listen: must be HOST:PORT, [IPV6]:PORT or unix:/PATH, not "8080"'],
            [["tally", "--listen=127.0.0.1:99999"], "listen: must be HOST:PORT"],
            [["config", "check", "--config=/tmp"], "/tmp cannot be read: Is a directory"],
            [["verify"], "verify takes one LOG"],
            [["tally", "2026"], "tally takes no arguments: what is 2026?"],
        ];
        for (const [words, expected] of wrong) {
            const said = await typed(...words);
            assert.equal(said.code, 2, words.join(" "));
            assert.equal(said.out, "", words.join(" "));
            assert.ok(said.err.includes(expected), said.err);
            assert.ok(said.err.startsWith("undersigned: "), said.err);
        }
    });

    const folder = fs.mkdtempSync(path.join(os.tmpdir(), "undersigned-e2e."));
    cleanup(() => fs.rmSync(folder, { recursive: true, force: true }));
    const data = ["--data", path.join(folder, "data")];

    await test("a line of the configuration that says nothing is named", async () => {
        const file = path.join(folder, "undersigned.conf");
        fs.writeFileSync(file, "# remark\n\nlisten 127.0.0.1:8080\n");
        const said = await typed("config", "check", "--config", file);
        assert.equal(said.code, 2);
        assert.ok(said.err.includes(`${file}:3: a line is`), said.err);
    });

    await test("init without texts says what is missing, and so does what needs them", async () => {
        const made = await typed("init", ...data);
        assert.equal(made.code, 0, made.err);
        assert.match(made.err, /texts are missing: `undersigned init --data \S+ --content FOLDER`/);
        for (const words of [["tally"], ["held"], ["export", path.join(folder, "x.tar")], ["renew", "2026"]]) {
            const said = await typed(...words, ...data);
            assert.equal(said.code, 3, words.join(" "));
            assert.match(said.err, /nothing is loaded yet: run `undersigned import FOLDER/, words.join(" "));
        }
        const served = await typed("serve", "--only", "web", "--listen", "127.0.0.1:0", ...data);
        assert.match(served.err, /nothing is loaded yet/);
        assert.equal(served.code, 3);
    });

    await test("what init prints as the next command starts the same site", async () => {
        const content = path.join(repository, "content/cohesion");
        const made = await typed("init", ...data, "--listen", "127.0.0.1:1", "--content", content);
        assert.equal(made.code, 0, made.err);
        assert.ok(made.err.includes(`undersigned serve ${data.join(" ")} --listen 127.0.0.1:1\``), made.err);
    });

    await test("a log is not begun under another name than its manifest's", async () => {
        const checkpoint = path.join(folder, "data/log/2026/checkpoint");
        const wrong = await typed("log", "rebuild", ...data);
        assert.equal(wrong.code, 5, wrong.err);
        assert.match(wrong.err, /not the one that the manifest names/);
        assert.ok(!fs.existsSync(checkpoint));
        const right = await typed("log", "rebuild", ...data, "--listen", "127.0.0.1:1");
        assert.equal(right.code, 0, right.err);
        assert.ok(fs.existsSync(checkpoint));
    });

    await test("--json stays JSON whatever is in a value", async () => {
        const name = 'A "quoted" \\ name';
        const shown = await typed("config", "show", "--json", "--mail-from-name", name, ...data);
        const rows = shown.out.trim().split("\n").map(line => JSON.parse(line));
        assert.equal(rows.find(row => row.option === "mail-from-name").value, name);
        const copy = path.join(folder, 'b"c.db');
        const kept = await typed("backup", copy, "--json", ...data);
        assert.equal(JSON.parse(kept.out).file, copy);
    });

    await test("a socket to listen on gives no log its name", async () => {
        const socket = ["--listen", `unix:${folder}/s`];
        const checked = await typed("config", "check", ...socket);
        assert.equal(checked.code, 1);
        assert.match(checked.err, /say --origin/);
        const content = ["--content", path.join(repository, "content/cohesion")];
        const apart = ["--data", path.join(folder, "apart"), ...socket, ...content];
        const made = await typed("init", ...apart);
        assert.equal(made.code, 1, made.err);
        assert.match(made.err, /say --origin/);
        const named = await typed("init", ...apart, "--origin", "https://your.host");
        assert.equal(named.code, 0, named.err);
    });

    await test("./run does not start a site under another port than its logs bear", async () => {
        const kept = path.join(folder, "kept");
        fs.mkdirSync(path.join(kept, "log/2026"), { recursive: true });
        fs.writeFileSync(path.join(kept, "log/2026/manifest"), "sig1 manifest\nlog-key 127.0.0.1:9/log/2026+0+A\n");
        const ports = ["--port", `${await freePort()}`, "--mail-port", `${await freePort()}`];
        const said = await command(path.join(repository, "run"), [...ports, "--data", kept]);
        assert.equal(said.code, 1, said.err);
        assert.match(said.err, /^run: \S+ was made for port 9,[^\n]*--port 9,[^\n]*\n$/);
    });

    await test("what cannot be read is called so, not missing or malformed", async () => {
        const none = path.join(folder, "none.txt");
        const opened = await typed("open", "--key", none, none);
        assert.equal(opened.code, 3);
        assert.ok(opened.err.includes(`${none} cannot be read: No such file or directory`), opened.err);
        assert.match((await typed("interest", "nonsense", ...data)).err, /nobody is on a list of that name/);
    });
});
