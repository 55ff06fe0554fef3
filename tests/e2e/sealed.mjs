// SPDX-License-Identifier: EUPL-1.2
// Whether anything of a signer can be found on the disk. Signers with words that stand nowhere else
// sign a sealed declaration through the real binary, confirm, and get their mails; then every byte
// of the data folder, of a backup and of what was logged is searched for those words, and for
// hashes by which somebody could test a guess. The organiser opens all of it with the age program.

import { Installation } from "./lib/installation.mjs";
import { isLong, note, run, stop, test, until } from "./lib/tap.mjs";
import { formOf } from "./lib/visitor.mjs";
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { createHash, randomInt } from "node:crypto";
import fs from "node:fs";
import path from "node:path";

const SIGNERS = isLong ? 1000 : 40;
const UNCONFIRMED = SIGNERS / 10;
const KINDS = ["person", "organisation"];

const word = () =>
    "Q" + Array.from({ length: 13 }, () => "bcdfghjklmnpqrstvwxz"[randomInt(20)]).join("");

// What a signer writes, each word of which is a canary.
function makeSigner(i) {
    const email = `${word().toLowerCase()}@${word().toLowerCase()}.example.org`;
    const all = { name: word(), email, country: "LV", place: word(), reason: word(), consent: "1" };
    if (i % 5 === 0) all.news = "1";
    const kind = KINDS[i % 2];
    if (kind === "organisation")
        Object.assign(all, { organisation: word(), role: word(), authority: word(), type: "ngo" });
    const { country, consent, news, type, ...written } = all;
    const words = Object.values(written).flatMap((value) => value.split(/[@.]/));
    return { kind, all, words: words.filter((one) => one.length > 10) };
}

// Every file below a folder but those of the relay, whose business mails are.
function filesBelow(folder, skip = []) {
    return fs.readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
        const whole = path.join(folder, entry.name);
        if (skip.includes(entry.name)) return [];
        return entry.isDirectory() ? filesBelow(whole) : [whole];
    });
}

// The words that stand in the bytes, in either case and in hexadecimal. All begin with a Q and have
// one length, so that a look at each Q is enough.
function found(bytes, signers) {
    const text = bytes.toString("latin1").toLowerCase();
    const words = signers.flatMap((signer) => signer.words.map((one) => one.toLowerCase()));
    const upper = words.map((one) => "Q" + one.slice(1));
    const hits = [];
    const look = (start, all) => {
        const length = [...all][0].length;
        for (let i = text.indexOf(start); i >= 0; i = text.indexOf(start, i + 1))
            if (all.has(text.slice(i, i + length))) hits.push(text.slice(i, i + length));
    };
    const hex = (one) => Buffer.from(one).toString("hex");
    look("q", new Set(words));
    look("71", new Set(words.map(hex)));
    look("51", new Set(upper.map(hex)));
    return hits;
}

// What anyone could compute from a guessed address, with no key: its first 16 bytes.
function guesses(signers) {
    const all = new Map();
    const put = (bytes, email) => all.set(bytes.subarray(0, 16).toString("latin1"), email);
    for (const { all: signer } of signers) {
        for (const form of [signer.email, signer.email.toUpperCase(), `${signer.email}\n`]) {
            if (form.length >= 16) put(Buffer.from(form), signer.email);
            for (const name of ["md5", "sha1", "sha256", "sha512", "sha3-256", "blake2b512"])
                put(createHash(name).update(form).digest(), signer.email);
        }
    }
    return all;
}

function guessed(bytes, all) {
    const text = bytes.toString("latin1");
    const hits = [];
    for (let i = 0; i + 16 <= text.length; i++) {
        const email = all.get(text.slice(i, i + 16));
        if (email) hits.push(email);
    }
    return hits;
}

await run(async () => {
    const signers = Array.from({ length: SIGNERS }, (_, i) => makeSigner(i));
    const shown = { name: word(), email: `${word().toLowerCase()}@example.org`, country: "LV" };
    let site, keys, log;
    const files = [];

    await test("signers sign, get their mails and confirm", async () => {
        site = await Installation.make({ more: ["--form-seconds", "0"] });
        keys = path.join(site.folder, "organiser");
        fs.renameSync(path.join(site.data, "organiser-keys"), keys); // where they belong
        await site.startSink();
        await site.startServe();
        const { visitor, inbox } = site;
        const forms = {};
        for (const kind of KINDS) {
            const page = `/en/sign/2026/${kind}`;
            forms[kind] = formOf((await visitor.get(page)).body, page).values;
        }
        const sign = async ({ kind, all }) => {
            const form = { ...forms[kind], ...all };
            const { status } = await visitor.ask("POST", `/en/sign/2026/${kind}`, { form });
            assert.equal(status, 303);
        };
        for (let i = 0; i < SIGNERS; i += 20) await Promise.all(signers.slice(i, i + 20).map(sign));
        await sign({ kind: "person", all: { ...shown, consent: "1", listed: "1" } });
        const confirming = [...signers.slice(UNCONFIRMED).map((one) => one.all), shown];
        const mailed = (one) => inbox.to(one.email)[0];
        await until("all mails", 60000, () => signers.every(({ all }) => mailed(all)), 200);
        await until("the last mail", 10000, () => mailed(shown));
        for (const one of confirming) {
            const pressed = await visitor.send(mailed(one).link, {}, "/confirm");
            assert.equal(pressed.status, 303);
        }
        const isCounted = async () => (await site.count()).count === confirming.length;
        await until("all are counted", 30000, isCounted, 200);
    });
    if (!site) stop("nobody has signed");

    await test("a backup is made, and the site ends", async () => {
        const backup = path.join(site.folder, "backup.db");
        const made = await site.run("backup", backup);
        assert.equal(made.code, 0, made.err);
        fs.cpSync(site.data, path.join(site.folder, "copy"), { recursive: true });
        for (const name of ["serve", "sink"]) log = (log ?? "") + (await site.end(name)).log;
        const below = [site.data, path.join(site.folder, "copy")];
        for (const file of [backup, ...below.flatMap((folder) => filesBelow(folder, ["inbox"]))])
            files.push([file, fs.readFileSync(file)]);
        files.push(["what was logged", Buffer.from(log)]);
        const size = files.reduce((sum, [, bytes]) => sum + bytes.length, 0);
        note(`${files.length} files, ${(size / 1e6).toFixed(1)} MB`);
        assert.ok(files.some(([file]) => file.endsWith("-wal")));
    });

    await test("the search finds what is public", () => {
        const open = [{ words: [shown.name] }];
        assert.ok(files.filter(([, bytes]) => found(bytes, open).length).length >= 2);
    });

    await test("no word of a signer stands in any file", () => {
        for (const [file, bytes] of files) {
            const hits = found(bytes, signers);
            assert.equal(hits.length, 0, `${file}: ${hits.slice(0, 3)}`);
        }
        const hidden = { words: [shown.email.split("@")[0]] };
        for (const [file, bytes] of files) assert.deepEqual(found(bytes, [hidden]), [], file);
    });

    await test("no address can be guessed from a hash without a key", () => {
        const all = guesses(signers);
        const [probe] = all.keys();
        assert.equal(guessed(Buffer.from(`xx${probe}`, "latin1"), all).length, 1);
        for (const [file, bytes] of files) assert.deepEqual(guessed(bytes, all), [], file);
    });

    await test("the organiser opens every record with the age program, with either key", async () => {
        const rows = await site.tables.rows(
            "SELECT hex(header) || hex(payload) AS file FROM record " +
                "JOIN record_key ON record_key.signature = record.signature ORDER BY record.signature",
        );
        assert.equal(rows.length, SIGNERS + 1);
        const opened = rows.map((row, i) => {
            const file = Buffer.from(row.file, "hex");
            const key = path.join(keys, `organiser-${(i % 2) + 1}.txt`);
            const { status, stdout, stderr } = spawnSync("age", ["-d", "-i", key], { input: file });
            assert.equal(status, 0, String(stderr));
            return stdout.toString();
        });
        const whole = opened.join("");
        for (const { all } of signers)
            for (const value of [all.name, all.email, all.place, all.reason, all.organisation ?? ""])
                assert.ok(whole.includes(value), value);
    });
});
