// SPDX-License-Identifier: EUPL-1.2
// The organiser's side: keys shown to work before a declaration opens, records handed out sealed,
// opened with our tool and with stock age, runs that break off, other recipients.

import { Installation, command, releaseBinary, repository } from "./lib/installation.mjs";
import { cleanup, note, run, test, until } from "./lib/tap.mjs";
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import fs from "node:fs";
import os from "node:os";
import path from "node:path";

const RECORDS = process.env.UNDERSIGNED_LONG ? 100000 : 5000;
const AGE_OPENS = process.env.UNDERSIGNED_LONG ? 2000 : 40;

const folder = fs.mkdtempSync(path.join(os.tmpdir(), "undersigned-organiser."));
cleanup(() => fs.rmSync(folder, { recursive: true, force: true }));
const here = (name) => path.join(folder, name);

async function undersigned(...args) {
    return command(releaseBinary, args);
}

async function works(running) {
    const done = await running;
    assert.equal(done.code, 0, done.err);
}

async function must(...args) {
    const done = await undersigned(...args);
    assert.equal(done.code, 0, `${args[0]}: ${done.err}`);
    return done;
}

let site, rows;
const key = (n) => path.join(site.data, "organiser-keys", `organiser-${n}.txt`);

// RFC 4180, as a program of somebody else would read it.
function csv(text) {
    const table = [[""]];
    let quoted = false;
    for (let i = 0; i < text.length; i++) {
        const row = table.at(-1), c = text[i];
        if (quoted && c === '"' && text[i + 1] === '"') row[row.length - 1] += text[i++];
        else if (c === '"') quoted = !quoted;
        else if (!quoted && c === ",") row.push("");
        else if (!quoted && c === "\r" && text[i + 1] === "\n") table.push([""]), i++;
        else row[row.length - 1] += c;
    }
    table.pop();
    const [names, ...lines] = table;
    return lines.map((line) => Object.fromEntries(line.map((value, i) => [names[i], value])));
}

await run(async () => {
    await test("a declaration opens only when the keys to its records were shown to work", async () => {
        const content = here("content"), data = here("ceremony");
        fs.cpSync(path.join(repository, "content/cohesion"), content, { recursive: true });
        const ours = (await must("key", here("one.txt"), "--name", "Sample custodian")).out.trim();
        await command("age-keygen", ["-o", here("two.txt")]);
        const theirs = fs.readFileSync(here("two.txt"), "utf8").match(/age1\w+/)[0];
        const mode = fs.statSync(here("one.txt")).mode & 0o777;
        assert.equal(mode, 0o600, "the key file is its owner's");
        const sheet = (await command("pdftotext", ["-layout", here("one.pdf"), "-"])).out;
        assert.ok(sheet.includes(ours) && sheet.includes("Sample custodian"), "the sheet");
        for (const slug of fs.readdirSync(path.join(content, "declaration")))
            fs.appendFileSync(
                path.join(content, "declaration", slug, "declaration.ini"),
                `recipients=${ours} ${theirs}\n`,
            );
        const at = ["--data", data];
        const refused = await undersigned("init", ...at, "--content", content);
        assert.notEqual(refused.code, 0);
        assert.match(refused.err, /declaration\.ini.*was not shown to work/);
        await must("ceremony", ours, theirs, ...at);
        const tests = fs.readdirSync(path.join(data, "ceremony")).sort();
        assert.equal(tests.length, 2);
        const fileOf = (key) => path.join(data, "ceremony", `${key.slice(0, 12)}.age`);
        // Neither opens what is sealed to the other.
        const crossed = await undersigned("open", "--key", here("two.txt"), fileOf(ours));
        assert.equal(crossed.code, 5);
        const said = [
            (await must("open", "--key", here("one.txt"), fileOf(ours))).out,
            (await command("age", ["-d", "-i", here("two.txt"), fileOf(theirs)])).out,
        ];
        const codes = said.map((text) => text.match(/^code: (.+)$/m)[1]);
        await must("ceremony", "--code", codes[0], ...at);
        assert.notEqual((await undersigned("init", ...at, "--content", content)).code, 0, "one is not enough");
        assert.equal((await undersigned("ceremony", "--code", "2222-2222-2222-2222", ...at)).code, 3);
        await must("ceremony", "--code", codes[1].toLowerCase().replaceAll("-", " "), ...at);
        const opened = await must("init", ...at, "--content", content);
        assert.match(opened.err, /2 declaration\(s\) opened/);
    });

    await test("every record is handed out sealed, and opens here and with stock age", async () => {
        site = await Installation.make();
        await works(site.run("sample", String(RECORDS)));
        await works(site.run("export", here("records.tar"), "--declaration", "2026"));
        const bytes = fs.readFileSync(here("records.tar"));
        assert.ok(!bytes.includes("Sample Signer"), "no name is readable in the export");
        await must("open", "--key", key(2), here("records.tar"), here("names.csv"));
        rows = csv(fs.readFileSync(here("names.csv"), "utf8"));
        assert.equal(rows.length, RECORDS);
        fs.mkdirSync(here("files"));
        await command("tar", ["-xf", here("records.tar"), "-C", here("files")]);
        const every = Math.floor(rows.length / AGE_OPENS);
        for (let i = 0; i < rows.length; i += every) {
            const file = here(`files/records/${rows[i].number}.age`);
            const plain = (await command("age", ["-d", "-i", key(1), file])).out;
            assert.equal(plain.match(/^name (.*)$/m)[1], rows[i].name);
            assert.equal(plain.match(/^commitment (.*)$/m)[1], rows[i].commitment);
        }
    });

    await test("JSON and XLSX hold the same", async () => {
        await must("open", "--key", key(1), here("records.tar"), here("names.json"));
        const objects = fs.readFileSync(here("names.json"), "utf8").trimEnd().split("\n").map(JSON.parse);
        assert.deepEqual(objects, rows);
        await must("open", "--key", key(1), here("records.tar"), here("names.xlsx"));
        const sheet = (await command("unzip", ["-p", here("names.xlsx"), "xl/worksheets/sheet1.xml"])).out;
        assert.equal(sheet.match(/<row /g).length, RECORDS + 1);
        assert.ok(!sheet.includes("<f>"), "no formula");
    });

    await test("a run that is killed goes on where it was", async () => {
        const child = spawn(releaseBinary, ["open", "--key", key(1), here("records.tar"), here("killed.csv")]);
        const ended = new Promise((done) => child.on("exit", done));
        await until("progress", 20000, () => fs.existsSync(here("killed.csv.progress")));
        child.kill("SIGKILL");
        await ended;
        const again = await undersigned("open", "--key", key(1), here("records.tar"), here("killed.csv"));
        assert.equal(again.code, 4, "a table is never overwritten");
        if (fs.existsSync(here("killed.csv.progress")))
            await must("open", "--resume", "--key", key(1), here("records.tar"), here("killed.csv"));
        else note("it was done before it could be killed");
        assert.ok(fs.readFileSync(here("killed.csv")).equals(fs.readFileSync(here("names.csv"))));
    });

    await test("other recipients take over, and the old key opens no more", async () => {
        const fresh = [];
        for (const name of ["new-1.txt", "new-2.txt"]) {
            const text = (await must("key", here(name), "--no-sheet")).out.trim();
            await works(site.run("ceremony", text));
            const file = path.join(site.data, "ceremony", `${text.slice(0, 12)}.age`);
            const code = (await must("open", "--key", here(name), file)).out.match(/^code: (.+)$/m)[1];
            await works(site.run("ceremony", "--code", code));
            fresh.push(text);
        }
        await must("rewrap", "--key", key(1), here("records.tar"), here("headers.tar"), ...fresh);
        await works(site.run("headers", "--declaration", "2026", here("headers.tar")));
        const told = await site.tables.value(
            "SELECT (SELECT count(*) FROM log_queue WHERE verb = 6) + (SELECT count(*) FROM log_leaf " +
                "WHERE entry LIKE 'sig1 key organiser age1%') AS n",
        );
        assert.equal(Number(told), fresh.length, "the log names the new ones");
        await works(site.run("export", here("rewrapped.tar"), "--declaration", "2026"));
        await must("open", "--key", here("new-2.txt"), here("rewrapped.tar"), here("rewrapped.csv"));
        assert.ok(fs.readFileSync(here("rewrapped.csv")).equals(fs.readFileSync(here("names.csv"))));
        const old = await undersigned("open", "--key", key(1), here("rewrapped.tar"), here("old.csv"));
        assert.equal(old.code, 5);
        assert.ok(!fs.existsSync(here("old.csv")), "nothing is left of it");
    });

    await test("what is no export, or a damaged one, is refused in words", async () => {
        fs.writeFileSync(here("noise.tar"), "nothing of the kind");
        const noise = await undersigned("open", "--key", key(1), here("noise.tar"), here("noise.csv"));
        assert.equal(noise.code, 1);
        assert.match(noise.err, /no file that `undersigned export` made/);
        const whole = fs.readFileSync(here("records.tar"));
        fs.writeFileSync(here("cut.tar"), whole.subarray(0, whole.length - 100000));
        const cut = await undersigned("open", "--key", key(1), here("cut.tar"), here("cut.csv"));
        assert.equal(cut.code, 1);
        assert.match(cut.err, /damaged behind record/);
        const flipped = Buffer.from(whole);
        const at = flipped.indexOf("records/9.age") + 512 + 400;
        flipped[at] ^= 1;
        fs.writeFileSync(here("flipped.tar"), flipped);
        const bad = await undersigned("open", "--key", key(1), here("flipped.tar"), here("flipped.csv"));
        assert.equal(bad.code, 1);
        assert.match(bad.err, /record 9 cannot be opened/);
        assert.equal(csv(fs.readFileSync(here("flipped.csv"), "utf8")).length, RECORDS - 1);
    });
});
