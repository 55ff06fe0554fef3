// SPDX-License-Identifier: EUPL-1.2
// One installation of the real program in a folder of its own: database on either engine, ports
// that nobody has, processes that end with the script.

import { execFile, spawn } from "node:child_process";
import { createHmac, hkdfSync, randomBytes, createHash } from "node:crypto";
import fs from "node:fs";
import net from "node:net";
import os from "node:os";
import path from "node:path";
import { fileURLToPath } from "node:url";

import { Canaries } from "./canaries.mjs";
import { cleanup, fail, isLong, note, sleep, until } from "./tap.mjs";
import { Inbox } from "./letters.mjs";
import { readLog } from "./logbook.mjs";
import { Visitor } from "./visitor.mjs";

export const repository = fileURLToPath(new URL("../../..", import.meta.url));
export const releaseBinary =
    process.env.UNDERSIGNED ?? path.join(repository, "build/release/src/app/undersigned");
export const sanitizedBinary = process.env.UNDERSIGNED_SANITIZED ?? releaseBinary;
export const postgres = process.env.UNDERSIGNED_TEST_PG ?? "";
export const languages =
    "bg es cs da de et el en fr ga hr it lv lt hu mt nl pl pt ro sk sl fi sv".split(" ");

// The address of a database of the test cluster.
const pgDatabase = (name) => postgres.replace(/^(\w+:\/\/[^/]*)\/[^?]*/, `$1/${name}`);

export function freePort() {
    return new Promise((done, fail) => {
        const server = net.createServer();
        server.on("error", fail);
        server.listen(0, "127.0.0.1", () => {
            const { port } = server.address();
            server.close(() => done(port));
        });
    });
}

// {code, out, err} of a command that ends.
export function command(file, args, options = {}) {
    return new Promise((done) => {
        const limits = { timeout: isLong ? 1200000 : 120000, maxBuffer: 256 << 20, ...options };
        const child = execFile(file, args, limits, (error, out, err) => {
            const code = error ? (typeof error.code === "number" ? error.code : -1) : 0;
            done({ code, out, err, signal: error?.signal });
        });
        if (options.input !== undefined) child.stdin.end(options.input);
    });
}

async function must(file, args, options) {
    const done = await command(file, args, options);
    if (done.code !== 0)
        throw new Error(`${path.basename(file)} ${args[0]}: ${done.err}${done.out}`);
    return done.out;
}

// The database behind our back, by the engine's own shell.
class Tables {
    constructor(installation) {
        this.file = path.join(installation.data, "undersigned.db");
        this.url = installation.database;
    }

    async run(sql) {
        return this.url
            ? must("psql", ["-X", "-q", "-v", "ON_ERROR_STOP=1", "-At", this.url], { input: sql })
            : must("sqlite3", ["-bail", this.file], { input: `.timeout 20000\n${sql}` });
    }

    // Rows as objects.
    async rows(select) {
        const out = this.url
            ? await this.run(`SELECT coalesce(json_agg(t), '[]') FROM (${select}) t;`)
            : await this.run(`.mode json\n${select};`);
        return JSON.parse(out.trim() || "[]");
    }

    async value(select) {
        return Object.values((await this.rows(select))[0])[0];
    }

    hex(column) {
        return this.url ? `encode(${column}, 'hex')` : `lower(hex(${column}))`;
    }

    blob(hex) {
        return this.url ? `decode('${hex}', 'hex')` : `x'${hex}'`;
    }
}

export class Installation {
    // engine: "sqlite" or "postgresql"; more: further options of every command; database: one that
    // is there and stays; like: another installation whose keys and database it shares; around: what
    // starts the processes of the program, given the installation and how to start one.
    static async make({ engine = "sqlite", binary = releaseBinary, more = [], data, database = "", like,
        around = (_, start) => start() } = {}) {
        const made = new Installation();
        made.around = (start) => around(made, start);
        made.binary = binary;
        made.engine = engine;
        made.folder = fs.mkdtempSync(path.join(os.tmpdir(), "undersigned-e2e."));
        made.data = data ?? path.join(made.folder, "data");
        made.children = new Map();
        cleanup(() => made.remove());
        [made.port, made.smtpPort, made.inboxPort] = [
            await freePort(),
            await freePort(),
            await freePort(),
        ];
        made.more = more;
        made.database = database;
        if (engine === "postgresql" && !database) {
            const name = `e2e_${randomBytes(4).toString("hex")}`;
            const create = `CREATE DATABASE ${name}`;
            await must("psql", ["-X", "-q", pgDatabase("postgres"), "-c", create]);
            made.database = pgDatabase(name);
            made.madeDatabase = name;
        }
        made.tables = new Tables(made);
        made.inbox = new Inbox(path.join(made.data, "inbox"));
        made.visitor = new Visitor(made.port);
        made.canaries = new Canaries(made.visitor);
        made.said = [];
        const content = path.join(repository, "content/cohesion");
        if (like) {
            fs.mkdirSync(made.data, { recursive: true });
            fs.cpSync(path.join(like.data, "keys"), path.join(made.data, "keys"), { recursive: true });
        } else await made.around(() => must(binary, ["init", ...made.options(), "--content", content]));
        return made;
    }

    options() {
        return [
            "--data",
            this.data,
            "--listen",
            `127.0.0.1:${this.port}`,
            ...(this.database ? ["--database", this.database] : []),
            "--mail-host",
            "127.0.0.1",
            "--mail-port",
            String(this.smtpPort),
            "--rate-narrow",
            "1000000000",
            "--rate-wide",
            "1000000000",
            // Everything comes from one host here; tricks.mjs turns both on again.
            "--watch",
            "off",
            "--work",
            "never",
            ...this.more,
        ];
    }

    // Starts a process and keeps what it says; `ready` is a log line to wait for.
    async start(name, args, ready) {
        const begin = () => spawn(this.binary, args, { stdio: ["ignore", "ignore", "pipe"] });
        const child = name === "sink" ? begin() : this.around(begin);
        const entry = { child, log: "", ended: null };
        entry.gone = new Promise((done) =>
            child.on("exit", (code, signal) => {
                entry.ended = { code, signal };
                done(entry.ended);
            }),
        );
        child.stderr.on("data", (chunk) => (entry.log += chunk));
        this.children.set(name, entry);
        this.said.push(entry);
        if (ready)
            await until(
                `${name} says ${ready}`,
                30000,
                () => {
                    if (entry.ended && !entry.log.includes(ready))
                        throw new Error(`${name} ended: ${entry.log}`);
                    return entry.log.includes(ready);
                },
                5,
            );
        return entry;
    }

    startSink() {
        const ports = ["--smtp-port", String(this.smtpPort), "--web-port", String(this.inboxPort)];
        return this.start("sink", ["sink", "--data", this.data, ...ports], "sink.ready");
    }

    startServe() {
        return this.start("serve", ["serve", ...this.options()], "web.ready");
    }

    startOnly(kind) {
        return this.start(kind, ["serve", "--only", kind, ...this.options()], `${kind}.ready`);
    }

    // Asks it to end, and says how it did.
    async end(name, signal = "SIGTERM") {
        const entry = this.children.get(name);
        if (!entry) return null;
        if (!entry.ended) entry.child.kill(signal);
        const ended = await entry.gone;
        this.children.delete(name);
        return { ...ended, log: entry.log };
    }

    // The process ids of serve's children, by kind.
    served() {
        const parent = this.children.get("serve").child.pid;
        const found = {};
        for (const name of fs.readdirSync("/proc")) {
            if (!/^\d+$/.test(name)) continue;
            try {
                const after = fs.readFileSync(`/proc/${name}/stat`, "latin1").split(") ").pop();
                if (Number(after.split(" ")[1]) !== parent) continue;
                const words = fs.readFileSync(`/proc/${name}/cmdline`, "latin1").split("\0");
                found[words[words.indexOf("--only") + 1]] = Number(name);
            } catch {
                // it ended while we looked
            }
        }
        return found;
    }

    run(verb, ...args) {
        return this.around(() => command(this.binary, [verb, ...this.options(), ...args]));
    }

    // What doctor finds, by matter: {code, matters: {log: {well, finding}}}.
    async doctor() {
        const { code, out, err } = await this.run("doctor", "--json");
        const matters = {};
        for (const line of out.trim().split("\n").filter(Boolean)) {
            const row = JSON.parse(line);
            matters[row.matter] = row;
        }
        return { code, matters, out, err };
    }

    logFile(slug, name) {
        return path.join(this.data, "log", slug, name);
    }

    readLog(slug = "2026", sizes = []) {
        return readLog(async (name) => fs.readFileSync(this.logFile(slug, name)), sizes);
    }

    count(slug = "2026") {
        return this.visitor.json(`/data/${slug}/count.json`);
    }

    // Until everything that is confirmed stands in the log and on the pages.
    async settled(slug = "2026", within = 30000) {
        await until("the log has taken the queue", within, async () => {
            const waiting = await this.tables.value("SELECT count(*) AS n FROM log_queue");
            return Number(waiting) === 0;
        }, 100);
        const size = Number(
            await this.tables.value(
                `SELECT h.size FROM log_head h, declaration d WHERE d.slug = '${slug}' ` +
                    "AND h.declaration = d.id",
            ),
        );
        return until("the pages have the checkpoint", within, async () => {
            // A connection kept to a process that was killed gives no answer: asked again.
            const { status, body } = await this.visitor.get(`/data/${slug}/count.json`);
            const shown = status !== 0 && JSON.parse(body);
            return shown && shown.size >= size && shown;
        }, 50);
    }

    masterKey() {
        const hex = fs.readFileSync(path.join(this.data, "keys/master.key"), "latin1").trim();
        return Buffer.from(hex, "hex");
    }

    linkMask(secret) {
        const key = Buffer.from(hkdfSync("sha256", this.masterKey(), "", "link", 32));
        return createHmac("sha256", key).update(secret).digest().readBigUInt64LE();
    }

    // The row behind a link's token.
    linkRow(token) {
        const bytes = Buffer.from(token, "base64url");
        return Number(bytes.readBigUInt64LE(16) ^ this.linkMask(bytes.subarray(0, 16)));
    }

    // Links to signatures that no mail brings, because an address gets three mails a day.
    async addLinks(signatures) {
        const start = Number(await this.tables.value("SELECT coalesce(max(id), 0) AS n FROM link"));
        const tokens = [];
        const rows = signatures.map((signature, i) => {
            const secret = randomBytes(16);
            const row = start + 1000000 + i;
            const masked = Buffer.alloc(8);
            masked.writeBigUInt64LE(BigInt(row) ^ this.linkMask(secret));
            tokens.push(Buffer.concat([secret, masked]).toString("base64url"));
            const hash = createHash("sha256").update(secret).digest("hex");
            return `(${row}, ${signature}, ${this.tables.blob(hash)}, ${Date.now() + 86400000})`;
        });
        await this.tables.run(
            `INSERT INTO link (id, signature, hash, expires) VALUES ${rows.join(",")};`,
        );
        return tokens;
    }

    async remove() {
        this.visitor?.close();
        for (const name of [...this.children.keys()]) {
            const entry = this.children.get(name);
            if (!entry.ended) entry.child.kill("SIGTERM");
            const late = sleep(20000).then(() => "late");
            if ((await Promise.race([entry.gone, late])) === "late") {
                note(`${name} does not end`);
                entry.child.kill("SIGKILL");
                await entry.gone;
            }
            const bad = entry.log.match(/^.*(AddressSanitizer|ThreadSanitizer|runtime error|event=bug).*$/gm);
            if (bad) fail(`${name} has no bug that it saw itself`, bad.join("\n"));
        }
        const told = this.canaries.search(this.said, this.data, this.inbox.letters);
        if (told.length) fail("no log, file or redirect names a signer", told.join("\n"));
        if (this.madeDatabase) {
            const drop = `DROP DATABASE ${this.madeDatabase} WITH (FORCE)`;
            await command("psql", ["-X", "-q", pgDatabase("postgres"), "-c", drop]);
        }
        if (!process.env.UNDERSIGNED_KEEP) fs.rmSync(this.folder, { recursive: true, force: true });
    }
}
