// SPDX-License-Identifier: EUPL-1.2
// Two alliances witness each other: real programs, real sockets. What the protocol refuses, what a
// checkpoint with cosignatures looks like to others, and what happens when a log is set back,
// forked or run twice, or a witness dies in the wrong instant.

import { Installation, command, freePort, releaseBinary } from "./lib/installation.mjs";
import { Tree, checkpointIsSigned, leafHash, readCheckpoint } from "./lib/logbook.mjs";
import { Signer } from "./lib/signer.mjs";
import { cleanup, note, run, sleep, test, until } from "./lib/tap.mjs";
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { createHash, createPrivateKey, createPublicKey, sign, verify } from "node:crypto";
import fs from "node:fs";
import os from "node:os";
import path from "node:path";

const sha256 = (...parts) =>
    parts.reduce((hash, part) => hash.update(part), createHash("sha256")).digest();
const spki = (key) =>
    createPublicKey({
        key: Buffer.concat([Buffer.from("302a300506032b6570032100", "hex"), key]),
        format: "der",
        type: "spki",
    });
const privateKey = (seed) =>
    createPrivateKey({
        key: Buffer.concat([Buffer.from("302e020100300506032b657004220420", "hex"), seed]),
        format: "der",
        type: "pkcs8",
    });

// A witness of its own folder; `logs` are vkeys.
class Witness {
    constructor(name) {
        this.name = name;
        this.folder = fs.mkdtempSync(path.join(os.tmpdir(), "undersigned-witness."));
        cleanup(() => this.remove());
    }

    list(...vkeys) {
        const text = vkeys.map((vkey) => `vkey ${vkey}\norigin none\n`).join("");
        fs.writeFileSync(path.join(this.folder, "logs"), `logs/v0\n${text}`);
    }

    async start(before = []) {
        this.port ??= await freePort();
        const args = [
            ...["witness", "--data", this.folder, "--listen", `127.0.0.1:${this.port}`],
            ...["--name", this.name],
        ];
        const [file, ...rest] = [...before, releaseBinary, ...args];
        this.child = spawn(file, rest, { stdio: ["ignore", "pipe", "pipe"] });
        this.gone = new Promise((done) => this.child.on("exit", done));
        this.vkey = "";
        this.log = "";
        this.child.stdout.on("data", (chunk) => (this.vkey += chunk));
        this.child.stderr.on("data", (chunk) => (this.log += chunk));
        await until("the witness is ready", 20000, () => {
            if (this.child.exitCode !== null) throw new Error(this.log);
            return this.log.includes("witness.ready");
        });
        this.vkey = this.vkey.trim();
        return this;
    }

    async stop(signal = "SIGTERM") {
        this.child.kill(signal);
        await this.gone;
    }

    get url() {
        return `http://127.0.0.1:${this.port}/`;
    }

    async post(body, at = this.url) {
        const got = await fetch(`${at}add-checkpoint`, { method: "POST", body });
        return { status: got.status, type: got.headers.get("content-type"), body: await got.text() };
    }

    async size(origin) {
        const text = await (await fetch(this.url)).text();
        return Number(new RegExp(`^${origin} (\\d+)$`, "m").exec(text)[1]);
    }

    async remove() {
        if (this.child?.exitCode === null && this.child.signalCode === null) await this.stop();
        fs.rmSync(this.folder, { recursive: true, force: true });
    }
}

// The time of the cosignature by that key below a checkpoint; 0: there is none, or a wrong one.
function cosignedAt(checkpoint, vkey) {
    const [name, id, ...rest] = vkey.split("+");
    const key = Buffer.from(rest.join("+"), "base64");
    assert.equal(key[0], 4);
    assert.equal(sha256(`${name}\n`, key).toString("hex", 0, 4), id);
    const [text, lines] = checkpoint.split("\n\n");
    const line = lines.split("\n").find((one) => one.startsWith(`— ${name} `));
    if (!line) return 0;
    const blob = Buffer.from(line.split(" ")[2], "base64");
    const time = Number(blob.readBigUInt64BE(4));
    const message = Buffer.from(`cosignature/v1\ntime ${time}\n${text}\n`);
    const good = verify(null, message, spki(key.subarray(1)), blob.subarray(12));
    return good && blob.toString("hex", 0, 4) === id ? time : 0;
}

// A log that is not there, signed by a seed: what an attacker with the key could do.
class PaperLog {
    constructor(origin, seed = Buffer.alloc(32, 7)) {
        this.origin = origin;
        this.key = privateKey(seed);
        const raw = createPublicKey(this.key).export({ format: "der", type: "spki" }).subarray(-32);
        const typed = Buffer.concat([Buffer.from([1]), raw]);
        this.id = sha256(`${origin}\n`, typed).subarray(0, 4);
        this.vkey = `${origin}+${this.id.toString("hex")}+${typed.toString("base64")}`;
    }

    note(size, root, origin = this.origin) {
        const text = `${origin}\n${size}\n${root.toString("base64")}\n`;
        const blob = Buffer.concat([this.id, sign(null, Buffer.from(text), this.key)]);
        return `${text}\n— ${this.origin} ${blob.toString("base64")}\n`;
    }
}

const treeOf = (n, word = "leaf") => {
    const tree = new Tree();
    for (let i = 0; i < n; i++) tree.append(leafHash(`${word} ${i}`));
    return tree;
};
const rootOf = (n, word) => treeOf(n, word).root();
// RFC 6962: from 1 to 2, and from 2 to 4.
const proofs = {
    "1-2": [leafHash("leaf 1")],
    "2-4": [sha256(Buffer.from([1]), leafHash("leaf 2"), leafHash("leaf 3"))],
};
const bodyOf = (old, proof, text) =>
    `old ${old}\n${proof.map((hash) => `${hash.toString("base64")}\n`).join("")}\n${text}`;

async function protocol() {
    const paper = new PaperLog("paper.example/log/x");
    const witness = new Witness("w.example/paper");
    const expect = async (status, body) => {
        const got = await witness.post(body);
        assert.equal(got.status, status, `${got.status} ${got.body}`);
        return got;
    };

    await test("at its first start it needs no list: its key is what others ask for", async () => {
        await witness.start();
        assert.match(witness.vkey, /^w\.example\/paper\+/);
        assert.match(witness.log, /write the logs to watch there/);
        await witness.stop();
        const { vkey } = witness;
        witness.list(paper.vkey);
        await witness.start();
        assert.equal(witness.vkey, vkey);
        assert.ok(!witness.log.includes("write the logs"), witness.log);
    });

    await test("a witness cosigns what grows, and its key stays through a restart", async () => {
        const first = paper.note(1, rootOf(1));
        const got = await expect(200, bodyOf(0, [], first));
        assert.ok(cosignedAt(first + got.body, witness.vkey) > 0);
        const { vkey } = witness;
        await witness.stop();
        await witness.start();
        assert.equal(witness.vkey, vkey);
        assert.equal(await witness.size(paper.origin), 1);
        await expect(200, bodyOf(1, proofs["1-2"], paper.note(2, rootOf(2))));
    });

    await test("409 wrong old size, with the right one", async () => {
        for (const old of [0, 1, 3]) {
            const got = await expect(409, bodyOf(old, [], paper.note(4, rootOf(4))));
            assert.equal(got.type, "text/x.tlog.size");
            assert.equal(got.body, "2\n");
        }
        assert.equal((await expect(409, bodyOf(1, [], paper.note(1, rootOf(1))))).body, "2\n");
    });

    await test("422 bad proof, 409 another tree of the same size", async () => {
        await expect(422, bodyOf(2, [], paper.note(4, rootOf(4))));
        await expect(422, bodyOf(2, proofs["1-2"], paper.note(4, rootOf(4))));
        await expect(422, bodyOf(2, proofs["2-4"], paper.note(4, rootOf(4, "fork"))));
        await expect(409, bodyOf(2, [], paper.note(2, rootOf(2, "fork"))));
        const kept = fs.readdirSync(path.join(witness.folder, "witness"));
        assert.ok(kept.some((name) => name.endsWith(".contradiction")), kept.join());
    });

    await test("404 unknown log, 403 unknown key, 400 malformed, 405 GET", async () => {
        const stranger = new PaperLog("other.example/log/x");
        await expect(404, bodyOf(0, [], stranger.note(1, rootOf(1))));
        const forger = new PaperLog(paper.origin, Buffer.alloc(32, 8));
        await expect(403, bodyOf(2, proofs["2-4"], forger.note(4, rootOf(4))));
        const good = paper.note(4, rootOf(4));
        for (const body of [
            "", "old 2\n", good, `old 02\n\n${good}`, `old -1\n\n${good}`, `old 2\r\n\r\n${good}`,
            `old 2\nAAAA\n\n${good}`, `old 5\n\n${good}`, `old 2\n\n${good.slice(0, -1)}`,
            `old 2\n\n${good.replace("\n4\n", "\n04\n")}`,
        ])
            await expect(400, body);
        assert.equal((await fetch(`${witness.url}add-checkpoint`)).status, 405);
        assert.equal((await fetch(`${witness.url}nothing`)).status, 404);
        await expect(200, bodyOf(2, proofs["2-4"], good));
    });

    await test("killed between what it keeps and what it says: it remembers", async () => {
        const strict = new Witness("w.example/strict");
        strict.list(paper.vkey);
        // strace ends it at the system call that would send the reply.
        const trace = ["-f", "-qq", "-o", "/dev/null", "-e", "trace=sendmsg,sendto,writev"];
        const kill = ["-e", "inject=sendmsg,sendto,writev:signal=SIGKILL"];
        await strict.start(["strace", ...trace, ...kill]);
        await assert.rejects(strict.post(bodyOf(0, [], paper.note(2, rootOf(2)))));
        await strict.gone;
        await strict.start();
        assert.equal(await strict.size(paper.origin), 2);
        assert.equal((await strict.post(bodyOf(0, [], paper.note(2, rootOf(2, "fork"))))).body, "2\n");
        assert.equal((await strict.post(bodyOf(2, [], paper.note(2, rootOf(2, "fork"))))).status, 409);
        assert.equal((await strict.post(bodyOf(2, [], paper.note(2, rootOf(2))))).status, 200);
    });

    await test("killed at any moment: what was cosigned is remembered", async () => {
        const rough = new Witness("w.example/rough");
        rough.list(paper.vkey);
        let said = 0;
        for (let round = 0; round < 8; round++) {
            await rough.start();
            const known = await rough.size(paper.origin);
            assert.ok(known >= said, `remembers ${known}, said ${said}`);
            const timer = setTimeout(() => rough.child.kill("SIGKILL"), 5 + 12 * round);
            for (let size = 1; ; size++) {
                try {
                    // Only first contact needs no proof: each round shows that, and equal sizes.
                    const old = await rough.size(paper.origin);
                    const to = old || round + 1;
                    const got = await rough.post(bodyOf(old, [], paper.note(to, rootOf(to))));
                    assert.equal(got.status, 200);
                    said = to;
                } catch {
                    break;
                }
            }
            clearTimeout(timer);
            await rough.gone;
        }
    });
    await witness.remove();
}

const originOf = (site) => `127.0.0.1:${site.port}/log/2026`;

// A content folder with a policy beside the declaration.
function contentWith(site, policy) {
    const folder = path.join(site.folder, "content");
    if (!fs.existsSync(folder))
        fs.cpSync(path.join(process.cwd(), "content/cohesion"), folder, { recursive: true });
    fs.writeFileSync(path.join(folder, "declaration/2026/policy"), policy);
    return folder;
}

const checkpointOf = (site) => fs.readFileSync(site.logFile("2026", "checkpoint"), "utf8");
const vkeyOf = (site) =>
    /^log-key (.*)$/m.exec(fs.readFileSync(site.logFile("2026", "manifest"), "utf8"))[1];

async function made(more) {
    const site = await Installation.make({ more: ["--form-seconds", "0", ...more] });
    await site.startSink();
    await site.startServe();
    await site.settled();
    return site;
}

const isCosignedBy = (site, ...witnesses) =>
    until(
        `cosigned by ${witnesses.length}`,
        20000,
        () => witnesses.every((one) => cosignedAt(checkpointOf(site), one.vkey) > 0),
        50,
    );

async function doctorSays(site, matter, finding) {
    return until(`doctor: ${matter} ${finding}`, 20000, async () => {
        const { matters } = await site.doctor();
        const row = matters[matter];
        return row && !row.well && finding.test(row.finding) && row.finding;
    }, 300);
}

async function each() {
    const [northWitness, southWitness] = [new Witness("w.example/n"), new Witness("w.example/s")];
    for (const witness of [northWitness, southWitness]) witness.port = await freePort();
    const ports = ["--witness-ports", `${northWitness.port} ${southWitness.port}`];
    const north = await made(ports);
    const south = await made(ports);
    for (const witness of [northWitness, southWitness]) {
        witness.list(vkeyOf(north), vkeyOf(south));
        await witness.start();
    }
    const signer = new Signer(north);
    const line = (name, witness) => `witness ${name} ${witness.vkey} ${witness.url}\n`;
    const both = `${line("n", northWitness)}${line("s", southWitness)}group g 2 n s\nquorum g\n`;

    await test("two alliances witness each other, 1 of 1", async () => {
        for (const [site, witness] of [[north, southWitness], [south, northWitness]]) {
            const policy = `${line("other", witness)}quorum other\n`;
            const folder = contentWith(site, policy);
            const done = await site.run("import", folder);
            assert.equal(done.code, 0, done.err);
            await isCosignedBy(site, witness);
            const served = await site.visitor.get("/log/2026/policy");
            assert.equal(served.body, policy);
        }
        await signer.signAndConfirm();
        const shown = await north.settled();
        assert.equal(shown.count, 1);
        await isCosignedBy(north, southWitness);
        assert.equal(await southWitness.size(originOf(north)), shown.size);
        assert.ok(checkpointIsSigned(checkpointOf(north), vkeyOf(north)));
    });

    await test("the row of the checkpoint is what is served", async () => {
        await until("row and file agree", 30000, async () => {
            const row = await north.tables.value(
                "SELECT note FROM checkpoint ORDER BY declaration, size DESC LIMIT 1",
            );
            return row === checkpointOf(north);
        });
        assert.equal((await north.visitor.get("/log/2026/checkpoint")).body, checkpointOf(north));
    });

    await test("2 of 2, and `included` within two seconds", async () => {
        assert.equal((await north.run("import", contentWith(north, both))).code, 0);
        await isCosignedBy(north, northWitness, southWitness);
        const times = [];
        for (let i = 0; i < 12; i++) {
            await signer.signAndConfirm();
            const began = performance.now();
            const count = i + 2;
            await until("included", 20000, async () => (await north.count()).count >= count, 20);
            times.push(Math.round(performance.now() - began));
        }
        note(`included after ${times.join(", ")} ms`);
        // Most of them: other scripts run beside this one, and may delay any.
        const late = times.sort((a, b) => a - b)[times.length - 3];
        assert.ok(late <= 2500, `${late} ms`);
        await isCosignedBy(north, northWitness, southWitness);
    });

    await test("a dead witness blocks nobody, doctor names it, and it catches up", async () => {
        await northWitness.stop("SIGKILL");
        for (let i = 0; i < 3; i++) await signer.signAndConfirm();
        const shown = await north.settled("2026", 6000);
        await isCosignedBy(north, southWitness);
        assert.equal(cosignedAt(checkpointOf(north), northWitness.vkey), 0);
        note(await doctorSays(north, "log 2026 witnesses", /witness n /));
        await northWitness.start();
        await until("it is asked again", 70000, () =>
            cosignedAt(checkpointOf(north), northWitness.vkey) > 0, 200);
        assert.equal(readCheckpoint(checkpointOf(north)).size, shown.size);
        await until("doctor is well", 10000, async () => {
            const { matters } = await north.doctor();
            return matters["log 2026 witnesses"].well;
        }, 300);
    });

    await test("a policy that is none is refused at import", async () => {
        const done = await north.run("import", contentWith(north, "witness a b\nquorum a\n"));
        assert.notEqual(done.code, 0);
        assert.match(done.err + done.out, /declaration\/2026\/policy:1/);
        contentWith(north, both);
    });

    await setBack(north, signer);
    await twice(north, [northWitness, southWitness]);
    await south.remove();
}

// The whole data folder as it was: database, published files, everything but the witnesses.
async function setBack(site, signer) {
    const backup = path.join(site.folder, "backup");
    const newest = path.join(site.folder, "newest");
    const put = (from) => {
        for (const name of ["log", "undersigned.db", "undersigned.db-wal", "undersigned.db-shm"]) {
            fs.rmSync(path.join(site.data, name), { recursive: true, force: true });
            const kept = path.join(from, name);
            if (fs.existsSync(kept)) fs.cpSync(kept, path.join(site.data, name), { recursive: true });
        }
    };
    let before;
    await test("a restored backup with a live witness: nothing is signed", async () => {
        await site.end("serve");
        fs.cpSync(site.data, backup, { recursive: true });
        await site.startServe();
        await signer.signAndConfirm();
        await site.settled();
        await site.end("serve");
        fs.cpSync(site.data, newest, { recursive: true });
        put(backup);
        before = readCheckpoint(checkpointOf(site));
        await site.startServe();
        note(await doctorSays(site, "log 2026 halted", /nothing is signed: witness .* has seen/));
    });
    await test("signing goes on, the own page says that the log is halted", async () => {
        const link = await signer.signAndConfirm();
        await sleep(2500);
        const now = readCheckpoint(checkpointOf(site));
        assert.equal(now.size, before.size);
        assert.ok(now.root.equals(before.root));
        assert.equal(Number(await site.tables.value("SELECT count(*) AS n FROM log_queue")), 1);
        const { body } = await site.visitor.get(link);
        assert.match(body, /The log takes no new lines at the moment/);
        assert.doesNotMatch(body, /Within a few seconds/);
    });
    await test("the newest data put back: it goes on by itself", async () => {
        await site.end("serve");
        put(newest);
        await site.startServe();
        await signer.signAndConfirm();
        await site.settled();
        await until("doctor is well", 20000, async () => {
            const { matters } = await site.doctor();
            return matters["log 2026"].well && !matters["log 2026 halted"];
        }, 300);
    });
}

// A copy of a data folder that runs beside its original, with other signers.
async function twice(site, witnesses) {
    await test("split brain: the second of two with one key is refused", async () => {
        await site.end("serve");
        const ports = ["--witness-ports", witnesses.map((one) => one.port).join(" ")];
        const copy = await Installation.make({ more: ["--form-seconds", "0", ...ports] });
        fs.rmSync(copy.data, { recursive: true, force: true });
        fs.cpSync(site.data, copy.data, { recursive: true });
        copy.more.push("--origin", `http://127.0.0.1:${site.port}`);
        await copy.startSink();
        await site.startServe();
        const first = new Signer(site);
        await first.signAndConfirm();
        const shown = await site.settled();
        await isCosignedBy(site, ...witnesses);
        await copy.startServe();
        note(await doctorSays(copy, "log 2026 halted", /nothing is signed: witness/));
        assert.ok(readCheckpoint(checkpointOf(copy)).size < shown.size);
        // Grown past the original's size it is no prefix any more, but another log.
        await copy.end("serve");
        const other = new PaperLog(originOf(site), Buffer.from(
            fs.readFileSync(path.join(site.data, "keys/log.key"), "latin1").trim(), "hex"));
        for (const witness of witnesses) {
            const fork = other.note(shown.size, rootOf(shown.size, "fork"));
            assert.equal((await witness.post(bodyOf(shown.size, [], fork))).status, 409);
            const longer = other.note(shown.size + 1, rootOf(shown.size + 1, "fork"));
            const got = await witness.post(bodyOf(shown.size, [rootOf(1, "fork")], longer));
            assert.equal(got.status, 422);
        }
        await copy.remove();
    });

    await test("it goes on, with its witnesses", async () => {
        const signer = new Signer(site);
        await signer.signAndConfirm();
        await site.settled();
        await isCosignedBy(site, ...witnesses);
        await site.remove();
    });
}

await run(async () => {
    const only = process.argv.slice(2);
    for (const [name, part] of Object.entries({ protocol, each })) {
        if (only.length && !only.includes(name)) continue;
        await part();
    }
});
