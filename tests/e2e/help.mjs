// SPDX-License-Identifier: EUPL-1.2
// What somebody sees who types a command without knowing it: each one is listed and explained, in
// the width of a terminal, and what was mistyped is named.

import { command, releaseBinary } from "./lib/installation.mjs";
import { run, test } from "./lib/tap.mjs";
import assert from "node:assert/strict";

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
});
