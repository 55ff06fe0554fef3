// SPDX-License-Identifier: EUPL-1.2
// What readers and signers can check: `undersigned verify` and a program in Go that shares no line with
// it count the published log, refuse the same damage and the same signed lies; receipts are checked by
// npm's verifiers as well; openings are kept back in part; promises are open, kept or broken.

import { Installation, command, repository } from "./lib/installation.mjs";
import { Tree, leafHash, readCheckpoint, tilePath } from "./lib/logbook.mjs";
import { note, run, stop, test, until } from "./lib/tap.mjs";
import { formOf } from "./lib/visitor.mjs";
import assert from "node:assert/strict";
import { createHash, createPrivateKey, createPublicKey, randomBytes, sign } from "node:crypto";
import fs from "node:fs";
import { createRequire } from "node:module";
import path from "node:path";

const require = createRequire(import.meta.url);
const modules = path.dirname(require.resolve("@sigstore/verify"));
const { verifyCheckpoint } = require(path.join(modules, "tlog/checkpoint.js"));
const { verifyMerkleInclusion } = require(path.join(modules, "tlog/merkle.js"));
const { RFC9162 } = require("@transmute/rfc9162");

const AGREES = 0, UNREADABLE = 3, DISAGREES = 4, LATER = 75;
const SAMPLES = 600;

const sha256 = (...parts) => parts.reduce((h, p) => h.update(p), createHash("sha256")).digest();

function privateKey(seed) {
    const der = Buffer.concat([Buffer.from("302e020100300506032b657004220420", "hex"), seed]);
    return createPrivateKey({ key: der, format: "der", type: "pkcs8" });
}

const rawPublic = (key) =>
    createPublicKey(key).export({ format: "der", type: "spki" }).subarray(-32);

function vkeyOf(name, key) {
    const typed = Buffer.concat([Buffer.from([1]), rawPublic(key)]);
    const id = sha256(`${name}\n`, typed).subarray(0, 4);
    return { id, vkey: `${name}+${id.toString("hex")}+${typed.toString("base64")}` };
}

// A whole log in a folder, signed by that key: what an organiser could publish who lies.
function writeLog(folder, name, key, manifest, entries) {
    const write = (file, bytes) => {
        fs.mkdirSync(path.dirname(path.join(folder, file)), { recursive: true });
        fs.writeFileSync(path.join(folder, file), bytes);
    };
    fs.rmSync(folder, { recursive: true, force: true });
    const tree = new Tree();
    let hashes = entries.map((entry) => leafHash(Buffer.from(entry)));
    hashes.forEach((hash) => tree.append(hash));
    for (let at = 0; at < entries.length; at += 256) {
        const bundle = entries.slice(at, at + 256).map((entry) => {
            const bytes = Buffer.from(entry);
            return Buffer.concat([Buffer.from([bytes.length >> 8, bytes.length & 255]), bytes]);
        });
        write(tilePath("entries", at / 256, bundle.length), Buffer.concat(bundle));
    }
    for (let level = 0; hashes.length; level++) {
        const above = [];
        for (let at = 0; at < hashes.length; at += 256) {
            const mine = hashes.slice(at, at + 256);
            write(tilePath(level, at / 256, mine.length), Buffer.concat(mine));
            if (mine.length < 256) continue;
            const fold = new Tree();
            mine.forEach((hash) => fold.append(hash));
            above.push(fold.root());
        }
        hashes = above;
    }
    const text = `${name}\n${entries.length}\n${tree.root().toString("base64")}\n`;
    const signature = Buffer.concat([vkeyOf(name, key).id, sign(null, Buffer.from(text), key)]);
    write("checkpoint", `${text}\n— ${name} ${signature.toString("base64")}\n`);
    write("manifest", manifest);
}

function readReceipt(text) {
    const [head, ...rest] = text.split("\n\n");
    const [, extra, index, ...hashes] = head.split("\n");
    return {
        leaf: Buffer.from(extra.slice("extra ".length), "base64").toString(),
        index: Number(index.slice("index ".length)),
        path: hashes.map((hash) => Buffer.from(hash, "base64")),
        checkpoint: rest.join("\n\n"),
    };
}

await run(async () => {
    const more = ["--form-seconds", "0", "--work", "never", "--watch", "off"];
    const site = await Installation.make({ more });
    const folder = path.join(site.data, "log/2026");
    const work = (name) => path.join(site.folder, name);
    const verify = (...args) => command(site.binary, ["verify", ...args]);
    const url = `http://127.0.0.1:${site.port}/log/2026`;
    const goBinary = work("recount");
    const go = (log, ...args) => command(goBinary, [...args, log]);
    let entries, manifest, name, key;

    await test("the program in Go builds without a network", async () => {
        const source = path.join(repository, "tests/e2e/outside/recount.go");
        const env = { ...process.env, GO111MODULE: "off", GOPATH: "/usr/share/gocode" };
        env.GOCACHE = work("go-cache");
        const built = await command("go", ["build", "-o", goBinary, source], { env });
        assert.equal(built.code, 0, built.err);
    });

    await test("verify counts what the page shows, from the folder and over HTTP", async () => {
        await site.startSink();
        await site.startServe();
        assert.equal((await site.run("sample", "200")).code, 0);
        await site.settled();
        const memory = work("checkpoint.kept");
        assert.equal((await verify(folder, "--remember", memory)).code, AGREES);
        fs.copyFileSync(memory, work("checkpoint.early"));
        assert.equal((await site.run("sample", String(SAMPLES - 200))).code, 0);
        const shown = await site.settled();
        for (const where of [folder, `${folder}/`, url, `${url}/`]) {
            const said = await verify(where, "--json", "--remember", memory);
            assert.equal(said.code, AGREES, said.err);
            const report = JSON.parse(said.out);
            assert.equal(report.verdict, "agrees");
            assert.equal(report.total, shown.count);
            assert.equal(report.size, shown.size);
            const sum = Object.values(report.breakdown).reduce((a, b) => a + b, 0);
            assert.equal(sum, report.total);
        }
        const text = await verify(folder);
        assert.match(text.out, new RegExp(`^total ${SAMPLES}$`, "m"));
        assert.match(text.out, /\nagrees with the key of its own manifest; [^\n]+\n$/);
        assert.equal(text.err, "", "no progress where nobody watches");
        const kept = readCheckpoint(fs.readFileSync(memory, "utf8"));
        assert.equal(kept.size, shown.size);
    });
    if (!fs.existsSync(work("checkpoint.early"))) return stop("there is no log");

    // Two people, by form, letter and button: only the mailed link opens a record.
    const signed = [];
    await test("two people sign", async () => {
        for (const who of ["Ada Lovelace", "Bo Ek"]) {
            const page = "/en/sign/2026/person";
            const email = `${who.split(" ")[0].toLowerCase()}@example.org`;
            const { values } = formOf((await site.visitor.get(page)).body, page);
            const form = { ...values, name: who, email, country: "DK", consent: "1" };
            assert.equal((await site.visitor.ask("POST", page, { form })).status, 303);
            const { link } = await until("the letter", 20000, () => site.inbox.to(email)[0]);
            assert.equal((await site.visitor.send(link, {}, "/confirm")).status, 303);
            signed.push(link.split("/").pop());
        }
        await site.settled();
    });
    const total = SAMPLES + signed.length;

    await test("Go counts the same, and finds the earlier checkpoint to be a prefix", async () => {
        const counted = await go(folder, "-old", work("checkpoint.early"));
        assert.equal(counted.code, 0, counted.err);
        const ours = JSON.parse((await verify(folder, "--json")).out);
        const lines = Object.entries(ours.breakdown).map(([cell, n]) => `${cell} ${n}\n`);
        const breakdown = sha256(lines.join("")).toString("hex");
        assert.equal(counted.out.trim(), `${ours.size} ${ours.total} ${breakdown}`);
    });

    await test("what is not there or does not answer is unreadable, not wrong", async () => {
        const shut = await verify("http://127.0.0.1:1/log/2026");
        assert.equal(shut.code, UNREADABLE);
        assert.match(shut.err, /unreadable/);
        for (const where of [work("nowhere"), `http://127.0.0.1:${site.port}/log/none`])
            assert.equal((await verify(where)).code, UNREADABLE);
        assert.equal((await verify()).code, 2);
        assert.equal((await verify(folder, "--key", "x")).code, 2);
    });

    // Damage done to the files, and lies that are signed with the right key; both programs refuse.
    const log = await site.readLog();
    entries = log.entries;
    manifest = fs.readFileSync(path.join(folder, "manifest"), "utf8");
    name = log.checkpoint.origin;
    key = privateKey(Buffer.from(fs.readFileSync(work("data/keys/log.key"), "utf8").trim(), "hex"));
    const copy = work("copy");
    const refuse = async (what, finding, ...args) => {
        const ours = await verify(copy, ...args);
        assert.equal(ours.code, DISAGREES, `${what}: ${ours.code} ${ours.out}${ours.err}`);
        assert.match(ours.err, finding, what);
        const old = args[0] === "--remember" ? ["-old", work("checkpoint.early")] : [];
        const theirs = await go(copy, ...old, ...(args[0] === "--key" ? ["-key", args[1]] : []));
        assert.notEqual(theirs.code, 0, `${what}: Go accepts`);
    };

    await test("damaged files are refused by both", async () => {
        const flip = (bit) => (bytes) => {
            bytes[bit >> 3] ^= 1 << (bit & 7);
            return bytes;
        };
        const cut = (n) => (bytes) => bytes.subarray(0, -n);
        const damages = [
            ["a flipped bit of an entry", tilePath("entries", 1, 256), flip(8 * 3000), /tile\/0\/001|leaf/],
            ["a flipped bit of a hash", tilePath(0, 1, 256), flip(900), /does not hold/],
            ["a truncated bundle", tilePath("entries", 1, 256), cut(20), /cut off/],
            ["a truncated tile", tilePath(0, 0, 256), cut(32), /does not hold/],
            ["another size", "checkpoint", (b) => b.toString().replace(/\n\d+\n/, "\n17\n"), /not signed/],
            ["a changed rule", "manifest", (b) => b.toString().replace("undo-hours 24", "undo-hours 99"), /manifest/],
        ];
        for (const [what, file, damage, finding] of damages) {
            fs.rmSync(copy, { recursive: true, force: true });
            fs.cpSync(folder, copy, { recursive: true });
            const at = path.join(copy, file);
            fs.writeFileSync(at, damage(fs.readFileSync(at)));
            await refuse(what, finding);
        }
        fs.rmSync(path.join(copy, tilePath(0, 0, 256)));
        const missing = await verify(copy);
        assert.equal(missing.code, UNREADABLE);
        assert.match(missing.err, /tile\/0\/000 is missing/);
    });

    await test("signed lies are refused by both", async () => {
        const first = entries.findIndex((entry) => entry.startsWith("sig1 add"));
        const n = entries.length;
        const lies = [
            ["a double sub", [`sig1 sub ${first} withdrawn\n`, `sig1 sub ${first} invalid\n`], /second sub/],
            ["an undo without a sub", [`sig1 undo ${first}\n`], /undo without/],
            ["a sub of no add", ["sig1 sub 0 withdrawn\n"], /something else/],
            ["a wrong tally", [`sig1 tally ${n} ${total + 1} ${"0".repeat(64)}\n`], /another count/],
            ["a wrong breakdown", [`sig1 tally ${n} ${total} ${"0".repeat(64)}\n`], /another breakdown/],
            ["an add again", [entries[first]], /added twice/],
            ["an unknown verb", ["sig1 gift p DK\n"], /unknown verb/],
        ];
        for (const [what, lie, finding] of lies) {
            writeLog(copy, name, key, manifest, [...entries, ...lie]);
            await refuse(what, finding);
        }
        writeLog(copy, name, key, manifest, entries);
        assert.equal((await verify(copy)).code, AGREES, "without a lie it is a log");
        assert.equal((await go(copy)).code, 0);
    });

    await test("other histories are refused by who remembers, and foreign keys", async () => {
        const early = work("checkpoint.early");
        const remembered = () => {
            fs.copyFileSync(early, work("memory"));
            return ["--remember", work("memory")];
        };
        writeLog(copy, name, key, manifest, entries.slice(0, 100));
        await refuse("a rolled-back checkpoint", /rolled back/, ...remembered());
        const forked = entries.with(50, `sig1 add p DK ${randomBytes(32).toString("hex")}\n`);
        writeLog(copy, name, key, manifest, forked);
        await refuse("a forked log", /rewritten/, ...remembered());
        const moved = entries.with(7, entries[8]).with(8, entries[7]);
        writeLog(copy, name, key, manifest, moved);
        await refuse("re-ordered leaves", /rewritten/, ...remembered());
        const { size } = readCheckpoint(fs.readFileSync(early, "utf8"));
        writeLog(copy, name, key, manifest, forked.slice(0, size));
        await refuse("a fork of the same size", /forked/, ...remembered());
        assert.equal(fs.readFileSync(work("memory"), "utf8"), fs.readFileSync(early, "utf8"));
        const foreign = privateKey(randomBytes(32));
        writeLog(copy, name, foreign, manifest, entries);
        await refuse("a foreign key", /not signed by the log's key/);
        writeLog(copy, name, key, manifest, entries);
        await refuse("another key asked for", /not signed/, "--key", vkeyOf(name, foreign).vkey);
    });

    const vkey = /^log-key (.*)$/m.exec(manifest)[1];
    const tokens = await site.addLinks(
        (await site.tables.rows("SELECT id FROM signature ORDER BY id")).map((row) => row.id),
    );
    const save = async (token, what, file) => {
        const got = await site.visitor.get(`/en/s/${token}/${what}`);
        assert.equal(got.status, 200, `${what}: ${got.status}`);
        assert.match(got.headers["content-disposition"], /^attachment; filename="/);
        fs.writeFileSync(file, got.bytes);
        return got.body;
    };

    await test("every receipt is accepted by Sigstore and RFC 9162, some by Go and by verify", async () => {
        const [logName, id, ...rest] = vkey.split("+");
        const typed = Buffer.from(rest.join("+"), "base64");
        const spki = Buffer.concat([Buffer.from("302a300506032b6570032100", "hex"), typed.subarray(1)]);
        const publicKey = createPublicKey({ key: spki, format: "der", type: "spki" });
        const logs = [{ logID: Buffer.from(id, "hex"), baseURL: logName, publicKey }];
        const file = work("receipt");
        for (const [i, token] of tokens.entries()) {
            const r = readReceipt(await save(token, "receipt", file));
            assert.equal(r.leaf, entries[r.index]);
            const claim = {
                inclusionProof: {
                    checkpoint: { envelope: r.checkpoint },
                    logIndex: String(r.index),
                    hashes: r.path,
                },
                canonicalizedBody: Buffer.from(r.leaf),
            };
            verifyMerkleInclusion(claim, verifyCheckpoint(claim, logs));
            const { size, root } = readCheckpoint(r.checkpoint);
            const proved = await RFC9162.verifyInclusionProof(
                new Uint8Array(root),
                new Uint8Array(leafHash(Buffer.from(r.leaf))),
                {
                    log_id: "",
                    tree_size: size,
                    leaf_index: r.index,
                    inclusion_path: r.path.map((hash) => new Uint8Array(hash)),
                },
            );
            assert.equal(proved, true, `RFC 9162 refuses leaf ${r.index}`);
            if (i % 60) continue;
            const checked = await go(folder, "-receipt", file);
            assert.equal(checked.code, 0, checked.err);
            const alone = await verify("--receipt", file, "--key", vkey);
            assert.equal(alone.code, AGREES, alone.err);
            const with_ = await verify(url, "--receipt", file, "--json");
            assert.equal(with_.code, AGREES, with_.err);
            assert.equal(JSON.parse(with_.out).leaf_counts, true);
        }
        note(`${tokens.length} receipts`);
        assert.equal((await verify("--receipt", file)).code, 2, "no key, no log");
    });

    await test("changed receipts are refused", async () => {
        const file = work("receipt");
        const text = await save(tokens[9], "receipt", file);
        const other = work("receipt.changed");
        const foreign = vkeyOf(name, privateKey(randomBytes(32))).vkey;
        assert.equal((await verify("--receipt", file, "--key", foreign)).code, DISAGREES);
        let refused = 0;
        for (let at = 0; at < text.length; at += 7) {
            const bytes = Buffer.from(text);
            bytes[at] ^= 1;
            fs.writeFileSync(other, bytes);
            const { code } = await verify("--receipt", other, "--key", vkey);
            assert.ok(code === DISAGREES || code === UNREADABLE, `byte ${at}: ${code}`);
            refused++;
            /* Go takes base64 with left-over bits, which change nothing that is signed. */
            if (refused % 10 === 0 && text[at + 1] !== "=")
                assert.notEqual((await go(folder, "-receipt", other)).code, 0, `Go, byte ${at}`);
        }
        writeLog(copy, name, key, manifest, entries.with(50, entries[51]).with(51, entries[50]));
        const r = readReceipt(text);
        assert.ok(r.index !== 50);
        assert.equal((await verify(copy, "--receipt", file)).code, DISAGREES, "another log's receipt");
    });

    await test("openings open their own leaf, whole or in part", async () => {
        const [opening, receipt, part] = [work("opening"), work("receipt"), work("opening.part")];
        const text = await save(signed[0], "opening", opening);
        await save(signed[0], "receipt", receipt);
        const sealed = await site.visitor.get(`/en/s/${tokens[9]}/opening`);
        assert.equal(sealed.status, 303, "a link that does not open the record");
        const both = ["--opening", opening, "--receipt", receipt];
        assert.equal((await verify(url, ...both)).code, AGREES);
        assert.equal((await verify(...both, "--key", vkey)).code, AGREES);
        const found = await verify(folder, "--opening", opening, "--json");
        assert.equal(found.code, AGREES, found.err);
        const shown = JSON.parse(found.out).opening;
        assert.equal(shown.name, /^name (.*)$/m.exec(text)[1]);
        const keep = await command(site.binary, ["opening", opening, "--keep", "name,org"]);
        assert.equal(keep.code, 0);
        fs.writeFileSync(part, keep.out);
        const mail = /^mail (.*)$/m.exec(text)[1];
        assert.ok(mail.includes("@") && !keep.out.includes(mail) && !keep.out.includes("seed"));
        const partly = await verify(folder, "--opening", part, "--json");
        assert.equal(partly.code, AGREES, partly.err);
        assert.deepEqual(Object.keys(JSON.parse(partly.out).opening).sort(), ["name", "org", "sig"]);
        fs.writeFileSync(part, keep.out.replace(shown.name, "Somebody Else"));
        assert.equal((await verify(folder, "--opening", part)).code, DISAGREES);
        await save(signed[1], "receipt", receipt);
        assert.equal((await verify(folder, ...both)).code, DISAGREES, "somebody else's receipt");
    });

    await test("a promise is open while its line is missing, then kept; without it, broken", async () => {
        await site.end("serve");
        await site.startOnly("web");
        assert.equal((await site.run("sample", "1")).code, 0);
        const last = await site.tables.value("SELECT max(id) AS n FROM signature");
        const [token] = await site.addLinks([last]);
        const own = `/en/s/${token}`;
        assert.match((await site.visitor.get(own)).body, /Download the promise/);
        const file = work("promise");
        await save(token, "promise", file);
        assert.equal((await site.visitor.get(`${own}/receipt`)).status, 303);
        const before = work("before");
        fs.cpSync(folder, before, { recursive: true });
        const open = await verify(before, "--promise", file, "--json");
        assert.equal(open.code, LATER, open.err);
        assert.equal(JSON.parse(open.out).verdict, "open");
        const later = ["-f", "+11m", site.binary, "verify", before, "--promise", file];
        const broken = await command("faketime", later);
        assert.equal(broken.code, DISAGREES, broken.err);
        assert.match(broken.err, /broken/);
        fs.writeFileSync(work("forged"), fs.readFileSync(file, "utf8").replace(/before 1/, "before 2"));
        assert.equal((await verify(before, "--promise", work("forged"))).code, DISAGREES);
        await site.startOnly("work");
        await site.settled();
        const kept = await verify(folder, "--promise", file);
        assert.equal(kept.code, AGREES, kept.err);
        assert.match(kept.out, /promise kept/);
        assert.doesNotMatch((await site.visitor.get(own)).body, /Download the promise/);
    });
});
