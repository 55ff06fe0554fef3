// SPDX-License-Identifier: EUPL-1.2
// Time stamps by a real authority: OpenSSL's, behind a small server on this machine. That checkpoints
// are stamped once a day and at the end, that anybody can check it with OpenSSL alone, that bad
// answers are refused with a reason, and that none of it delays a signer.

import { Installation, command, freePort, sanitizedBinary } from "./lib/installation.mjs";
import { checkpointIsSigned, readCheckpoint } from "./lib/logbook.mjs";
import { Signer } from "./lib/signer.mjs";
import { cleanup, note, run, test, until } from "./lib/tap.mjs";
import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import fs from "node:fs";
import http from "node:http";
import os from "node:os";
import path from "node:path";

const sha256 = (bytes) => createHash("sha256").update(bytes).digest("hex");

async function openssl(...args) {
    const done = await command("openssl", args);
    assert.equal(done.code, 0, `openssl ${args.join(" ")}: ${done.err}`);
    return done.out;
}

// A root, one who stamps below it, and a server that answers as it is told.
class Authority {
    static async make(name) {
        const made = new Authority();
        made.folder = fs.mkdtempSync(path.join(os.tmpdir(), "undersigned-tsa."));
        cleanup(() => made.remove());
        made.mode = "good";
        made.asked = 0;
        made.waiting = [];
        await made.makeKeys(name);
        return made;
    }

    at(name) {
        return path.join(this.folder, name);
    }

    async makeKeys(name) {
        const curve = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes"];
        fs.writeFileSync(this.at("ext"), "extendedKeyUsage=critical,timeStamping\n");
        await openssl("req", "-x509", ...curve, "-keyout", this.at("ca.key"), "-out", this.at("ca.pem"),
            "-subj", `/CN=Root of ${name}`, "-days", "30");
        await openssl("req", "-new", ...curve, "-keyout", this.at("tsa.key"), "-out", this.at("tsa.csr"),
            "-subj", `/O=Example/CN=${name}`);
        await openssl("x509", "-req", "-in", this.at("tsa.csr"), "-CA", this.at("ca.pem"), "-CAkey",
            this.at("ca.key"), "-CAcreateserial", "-days", "30", "-extfile", this.at("ext"), "-out",
            this.at("tsa.pem"));
        for (const [file, digests] of [["tsa.cnf", "sha256"], ["strict.cnf", "sha512"]])
            fs.writeFileSync(this.at(file), [
                "[tsa]", "default_tsa = here", "[here]", `serial = ${this.at("serial")}`,
                `signer_cert = ${this.at("tsa.pem")}`, `signer_key = ${this.at("tsa.key")}`,
                "signer_digest = sha256", "default_policy = 1.2.3.4", `digests = ${digests}`,
                "ess_cert_id_alg = sha256", ""].join("\n"));
    }

    // What OpenSSL answers to a query file.
    async stamp(query, config = "tsa.cnf") {
        await openssl("ts", "-reply", "-queryfile", query, "-config", this.at(config), "-out",
            this.at("reply"));
        return fs.readFileSync(this.at("reply"));
    }

    async answerTo(query) {
        const file = this.at("query");
        const other = this.at("other");
        fs.writeFileSync(file, query);
        if (this.mode === "refuses") return this.stamp(file, "strict.cnf");
        if (this.mode === "forged") return this.forger.stamp(file);
        if (this.mode === "huge") return Buffer.alloc(1 << 20, 0x30);
        if (this.mode === "nonce") {
            const digest = sha256(this.expected());
            await openssl("ts", "-query", "-digest", digest, "-sha256", "-cert", "-out", other);
            return this.stamp(other);
        }
        if (this.mode === "imprint") {
            // The same question, nonce and all, of other bytes.
            const digest = Buffer.from(sha256(this.expected()), "hex");
            const at = query.indexOf(digest);
            assert.ok(at > 0, "it asks for the hash of the file");
            fs.writeFileSync(other, Buffer.concat([query.subarray(0, at), Buffer.alloc(32, 7),
                query.subarray(at + 32)]));
            return this.stamp(other);
        }
        const reply = await this.stamp(file);
        return this.mode === "cut" ? reply.subarray(0, reply.length - 20) : reply;
    }

    async handle(request, reply) {
        const parts = [];
        for await (const part of request) parts.push(part);
        this.asked++;
        this.type = request.headers["content-type"];
        if (this.mode === "hangs") return this.waiting.push(reply);
        if (this.mode === "busy") return reply.writeHead(503).end();
        const body = await this.answerTo(Buffer.concat(parts));
        return reply.writeHead(200, { "Content-Type": "application/timestamp-reply" }).end(body);
    }

    async listen() {
        this.port ??= await freePort();
        this.server = http.createServer((request, reply) => this.handle(request, reply).catch((error) => {
            note(error.stack);
            reply.destroy();
        }));
        await new Promise((done) => this.server.listen(this.port, "127.0.0.1", done));
    }

    async close() {
        this.server?.closeAllConnections();
        await new Promise((done) => (this.server ? this.server.close(done) : done()));
        this.server = null;
    }

    async remove() {
        await this.close();
        fs.rmSync(this.folder, { recursive: true, force: true });
    }
}

const stampFile = (site, name) => site.logFile("2026", `timestamps/${name}`);
const readStamp = (site, name) => fs.readFileSync(stampFile(site, name));
const vkeyOf = (site) =>
    /^log-key (.*)$/m.exec(fs.readFileSync(site.logFile("2026", "manifest"), "utf8"))[1];

// Sizes in the index, by the file that lies there.
function stamped(site) {
    const file = stampFile(site, "index");
    if (!fs.existsSync(file)) return [];
    return fs.readFileSync(file, "utf8").trim().split("\n").map((line) => Number(line.split(" ")[0]));
}

// As any outsider: with OpenSSL, and two files over HTTP.
async function holds(site, authority, size) {
    const folder = fs.mkdtempSync(path.join(authority.folder, "outside."));
    for (const ending of ["checkpoint", "tsr"]) {
        const got = await fetch(`http://127.0.0.1:${site.port}/log/2026/timestamps/${size}.${ending}`);
        assert.equal(got.status, 200);
        fs.writeFileSync(path.join(folder, ending), Buffer.from(await got.arrayBuffer()));
    }
    const done = await command("openssl", ["ts", "-verify", "-in", path.join(folder, "tsr"), "-data",
        path.join(folder, "checkpoint"), "-CAfile", authority.at("ca.pem")]);
    return done.code === 0 && /Verification: OK/.test(done.out + done.err);
}

// The last stamp was yesterday.
const aDayPasses = (site) => site.tables.run("UPDATE time_stamp SET at = at - 86400000;");

const doctorSays = (site, matter, pattern) =>
    until(`doctor says ${pattern} of ${matter}`, 30000, async () => {
        const { matters } = await site.doctor();
        return matters[matter] && pattern.test(matters[matter].finding) && matters[matter];
    }, 200);

await run(async () => {
    const authority = await Authority.make("Stamps of Example");
    authority.forger = await Authority.make("Stamps of Example");
    await authority.listen();
    const site = await Installation.make({
        binary: sanitizedBinary,
        more: ["--form-seconds", "0", "--timestamp-url", `http://127.0.0.1:${authority.port}/tsr`,
            "--timestamp-ca-file", authority.at("ca.pem")],
    });
    authority.expected = () => fs.readFileSync(site.logFile("2026", "checkpoint"));
    await site.startSink();
    await site.startServe();
    const signer = new Signer(site);
    const newest = () => readCheckpoint(authority.expected().toString("utf8")).size;
    let first;

    await test("the first checkpoint is stamped, and OpenSSL says so", async () => {
        await until("the stamp", 20000, () => stamped(site).length === 1);
        [first] = stamped(site);
        assert.equal(authority.type, "application/timestamp-query");
        assert.ok(await holds(site, authority, first));
        const text = readStamp(site, `${first}.checkpoint`).toString("utf8");
        assert.equal(readCheckpoint(text).size, first);
        assert.ok(checkpointIsSigned(text, vkeyOf(site)));
        const [, seconds] = readStamp(site, "index").toString().trim().split(" ");
        assert.ok(Math.abs(Number(seconds) - Date.now() / 1000) < 120);
        const said = await doctorSays(site, "timestamps 2026", /the last by Stamps of Example/);
        assert.ok(said.well);
        assert.ok((await doctorSays(site, "timestamps", /checked against/)).well);
    });

    await test("the page of the proof names authority and files", async () => {
        const shown = await until("the page has it", 10000, async () => {
            const { body } = await site.visitor.get("/en/proof/2026");
            return body.includes("Time stamp by Stamps of Example: ") && body;
        }, 100);
        for (const ending of ["checkpoint", "tsr"])
            assert.ok(shown.includes(`href="/log/2026/timestamps/${first}.${ending}"`));
        assert.ok(shown.includes("The time stamp on the closing line"));
        const german = (await site.visitor.get("/de/proof/2026")).body;
        assert.ok(german.includes("Zeitstempel von Stamps of Example: "));
    });

    await test("what is not a stamp is not served", async () => {
        for (const name of ["index.", `${first}`, `${first}.key`, "0.tsr", "../../../keys/log.key"]) {
            const { status } = await site.visitor.get(`/log/2026/timestamps/${name}`);
            assert.ok(status === 404 || status === 400, `${name}: ${status}`);
        }
        assert.equal((await site.visitor.get("/log/2026/timestamps/index")).status, 200);
    });

    await test("an authority that hangs delays no signer", async () => {
        authority.mode = "hangs";
        await signer.signAndConfirm();
        await aDayPasses(site);
        await until("it was asked", 20000, () => authority.waiting.length > 0);
        const { count } = await site.count();
        await signer.signAndConfirm();
        const began = performance.now();
        await until("included", 20000, async () => (await site.count()).count > count);
        note(`included after ${Math.round(performance.now() - began)} ms`);
        assert.ok(performance.now() - began < 3000);
        authority.waiting.forEach((reply) => reply.destroy());
    });

    for (const [mode, reason] of [
        ["nonce", /its nonce differs/],
        ["imprint", /its imprint differs/],
        ["refuses", /the authority refuses \(status 2\)/],
        ["forged", /does not lead to those given/],
        ["cut", /is no time stamp/],
        ["huge", /longer than 65536 bytes/],
        ["busy", /answers 503/],
    ])
        await test(`refused, with a reason: ${mode}`, async () => {
            authority.mode = mode;
            await site.end("serve"); // begins without a pause
            await site.startServe();
            const said = await doctorSays(site, "timestamps", reason);
            note(said.finding);
            assert.equal(said.well, false);
            assert.deepEqual(stamped(site), [first]);
        });

    await test("away, asked again after pauses, and back: one stamp for the day", async () => {
        authority.mode = "good";
        await authority.close();
        await site.end("serve");
        await site.startServe();
        await doctorSays(site, "timestamps", /connect/i);
        await authority.listen();
        await until("the stamp", 60000, () => stamped(site).length === 2, 100);
        assert.equal(stamped(site)[1], newest());
        assert.ok(await holds(site, authority, newest()));
        assert.ok((await doctorSays(site, "timestamps", /checked against/)).well);
        const { log } = site.children.get("serve");
        const pauses = [...log.matchAll(/event=timestamp\.failed.*again_s=(\d+)/g)].map((m) => Number(m[1]));
        assert.ok(pauses.every((pause, i) => pause === 2 << i), pauses.join());
    });

    await test("a stamp does not hold for an altered checkpoint", async () => {
        const size = stamped(site)[1];
        const file = stampFile(site, `${size}.checkpoint`);
        const before = fs.readFileSync(file);
        fs.writeFileSync(file, before.toString("utf8").replace(`\n${size}\n`, `\n${size + 1}\n`));
        assert.ok(!(await holds(site, authority, size)));
        fs.writeFileSync(file, before);
        assert.ok(await holds(site, authority, size));
        assert.ok(!(await holds(site, authority.forger, size)), "nor under another root");
    });

    await test("more lines on the same day wait; the close does not", async () => {
        const { asked } = authority;
        await signer.signAndConfirm();
        await site.settled();
        assert.deepEqual(stamped(site).length, 2);
        await site.tables.run(`UPDATE declaration SET closes = ${Date.now() - 130000} WHERE slug = '2026';`);
        await until("the final stamp", 60000, () => stamped(site).length === 3, 100);
        const size = stamped(site)[2];
        assert.ok(await holds(site, authority, size));
        const { entries } = await site.readLog();
        const close = entries.findIndex((entry) => entry.toString().startsWith("sig1 close "));
        assert.ok(close > 0 && close < size);
        assert.equal(authority.asked, asked + 1, "asked once");
    });

    await test("verify reads them, in a folder and over HTTP", async () => {
        const sizes = stamped(site);
        const ca = ["--timestamp-ca", authority.at("ca.pem")];
        for (const where of [site.logFile("2026", ""), `http://127.0.0.1:${site.port}/log/2026`]) {
            const done = await command(site.binary, ["verify", where, "--json", ...ca]);
            assert.equal(done.code, 0, done.err);
            const said = JSON.parse(done.out);
            assert.deepEqual(said.timestamps.map((one) => one.size), sizes);
            assert.deepEqual(said.timestamps.map((one) => one.closed), [false, false, true]);
            assert.ok(said.timestamps.every((one) => one.authority === "Stamps of Example"));
            assert.equal(said.timestamps_checked, true);
        }
        const text = await command(site.binary, ["verify", site.logFile("2026", "")]);
        assert.equal(text.code, 0);
        assert.match(text.out, /time stamp \d+ closed, \d{4}-\d\d-\d\dT[\d:]+Z by Stamps of Example\n/);
        assert.match(text.out, /signatures of time stamps not checked/);
    });

    await test("verify says which one does not hold", async () => {
        const log = site.logFile("2026", "");
        const [one, two, three] = stamped(site);
        const refuses = async (change, pattern, ca = authority.at("ca.pem"), code = 4) => {
            const copy = path.join(site.folder, "copy");
            fs.rmSync(copy, { recursive: true, force: true });
            fs.cpSync(log, copy, { recursive: true });
            change((name) => path.join(copy, "timestamps", name));
            const done = await command(site.binary, ["verify", copy, "--timestamp-ca", ca]);
            assert.match(done.err, pattern);
            assert.equal(done.code, code);
        };
        const edit = (file, from, to) =>
            fs.writeFileSync(file, fs.readFileSync(file, "utf8").replace(from, to));
        await refuses(() => {}, /does not lead to those given/, authority.forger.at("ca.pem"));
        await refuses((at) => edit(at(`${one}.checkpoint`), `\n${one}\n`, `\n${one + 1}\n`),
            /is no checkpoint of this size by the log's key/);
        await refuses((at) => fs.copyFileSync(at(`${one}.tsr`), at(`${two}.tsr`)), /is of other bytes/);
        await refuses((at) => edit(at("index"), / \d+\n$/, " 1800000000\n"), /another time/);
        await refuses((at) => fs.rmSync(at(`${three}.tsr`)), /is missing/, undefined, 3);
    });

    await test("the files are made anew from the rows", async () => {
        const folder = stampFile(site, "");
        const before = fs.readdirSync(folder).sort().map((name) => [name, sha256(readStamp(site, name))]);
        assert.equal(before.length, 7);
        await site.end("serve");
        fs.rmSync(folder, { recursive: true });
        assert.equal((await site.run("log", "rebuild")).code, 0);
        const after = fs.readdirSync(folder).sort().map((name) => [name, sha256(readStamp(site, name))]);
        assert.deepEqual(after, before);
        fs.rmSync(stampFile(site, `${first}.tsr`));
        await site.startServe();
        await until("what is missing comes back", 20000, () =>
            fs.existsSync(stampFile(site, `${first}.tsr`)), 100);
    });

    await test("settings that cannot work are named at the start", async () => {
        await site.end("serve");
        for (const [option, value, reason] of [
            ["url", "ftp://tsa.example.org/", /timestamp-url: .* is no http or https address/],
            ["url", "http://tsa.example.org:0/", /timestamp-url: .* is no http or https address/],
            ["ca-file", authority.at("tsa.key"), /timestamp-ca-file: .* holds no certificates/],
            ["ca-file", authority.at("none"), /no file .*none/],
        ]) {
            const done = await site.run("serve", "--only", "work", `--timestamp-${option}`, value);
            assert.notEqual(done.code, 0);
            assert.match(done.err, reason);
        }
    });
});
