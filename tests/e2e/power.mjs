// SPDX-License-Identifier: EUPL-1.2
// The power fails at any moment under load, and the disk loses whatever no sync had made safe, in
// any order, in whole or in part (lib/disk.mjs). After each cut the program starts on what is left:
// what was acknowledged stands and counts once, the log extends every checkpoint that a reader had
// fetched, tiles say what they said, doctor and `verify` are well. What commands made is kept as soon
// as they end. On PostgreSQL the machine of web and work is cut, in the long form also its own.
//
// Seen to fail, by breaking the program: with synchronous=NORMAL; without the sync of a replaced file,
// of its folder, of a new folder's name, of the log's folder, of a key's name; with open tiles written
// after their checkpoint; without the sync of what a killed process left (footprint.c); with fsync off.

import { Disk, buildPower } from "./lib/disk.mjs";
import { Installation, command, postgres, repository } from "./lib/installation.mjs";
import { checkpointIsSigned, readCheckpoint, readLog, recount, tilePath } from "./lib/logbook.mjs";
import { Load, chance } from "./lib/load.mjs";
import { Server, hasServers } from "./lib/servers.mjs";
import { isLong, note, run, skip, sleep, stop, test, until } from "./lib/tap.mjs";
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { createHash } from "node:crypto";
import fs from "node:fs";
import os from "node:os";
import path from "node:path";

const { random, seed } = chance();
const logo = '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 120 40"><path d="M0 0h120v40z"/></svg>\n';
const CUTS_EACH = 50; // then a new installation: a log that grows makes each round longer

// One who reads the log all the time, and keeps what it was given.
class Reader {
    constructor(site) {
        this.site = site;
        this.notes = new Set();
        this.tiles = new Map(); // by level and index: the bytes of the widest seen
        this.isRunning = true;
        this.loop = this.read();
    }

    async get(name) {
        const { status, bytes } = await this.site.visitor.get(`/log/2026/${name}`, { timeout: 2000 });
        return status === 200 && bytes;
    }

    async read() {
        while (this.isRunning) {
            const bytes = await this.get("checkpoint");
            const text = bytes && bytes.toString();
            if (text && !this.notes.has(text)) {
                this.notes.add(text);
                await this.keepTiles(readCheckpoint(text).size);
            }
            await sleep(5);
        }
    }

    async keepTiles(size) {
        const index = Math.floor((size - 1) / 256);
        for (const [level, at, width] of [["entries", index, size - 256 * index], [0, index, size - 256 * index],
            ["entries", index - 1, 256], [0, index - 1, 256]]) {
            const tile = at >= 0 && (await this.get(tilePath(level, at, width)));
            const kept = this.tiles.get(`${level} ${at}`);
            if (tile && (kept?.length ?? 0) < tile.length) this.tiles.set(`${level} ${at}`, tile);
        }
    }

    end() {
        this.isRunning = false;
        return this.loop;
    }

    // What the disk has after a cut, before anybody mends it: each tile that its checkpoint speaks
    // of, and nothing less than was published when we last looked.
    async checkDisk() {
        if (!this.size) return;
        const { checkpoint } = await readLog((name) => readTile(this.site, name));
        assert.ok(checkpoint.size >= this.size, `the disk has ${checkpoint.size} of ${this.size} leaves`);
    }

    // Against the log that stands now, all published.
    async check() {
        const { site } = this;
        const seen = [...this.notes].map(readCheckpoint);
        const log = await site.readLog("2026", seen.map((one) => one.size));
        const size = log.entries.length;
        this.size = size;
        const vkey = /^log-key (.*)$/m.exec(
            fs.readFileSync(site.logFile("2026", "manifest"), "utf8"))[1];
        for (const { note: text, size: before, root } of seen) {
            assert.ok(checkpointIsSigned(text, vkey), text);
            assert.ok(before <= size, `the log had ${before} leaves and has ${size}`);
            assert.ok(log.roots.get(before)?.equals(root), `the root at ${before}`);
        }
        for (const [tile, bytes] of this.tiles) {
            const [level, index] = tile.split(" ");
            const now = fs.readFileSync(site.logFile("2026",
                tilePath(level, Number(index), Math.min(256, size - 256 * index))));
            assert.ok(now.subarray(0, bytes.length).equals(bytes), `tile ${tile} is another one`);
        }
        return log;
    }
}

// A file of the log. A full tile may have come in the place of its parts already, with the checkpoint
// that speaks of it still to come.
function readTile(site, name) {
    const file = site.logFile("2026", name);
    const [, tile, width] = /^(.*)\.p\/(\d+)$/.exec(name) ?? [];
    if (!tile || fs.existsSync(file)) return fs.readFileSync(file);
    const full = fs.readFileSync(site.logFile("2026", tile));
    if (!tile.startsWith("tile/entries/")) return full.subarray(0, 32 * width);
    let end = 0;
    for (let i = 0; i < width; i++) end += 2 + full.readUInt16BE(end);
    return full.subarray(0, end);
}

class Power {
    // An installation that has just been made, on a disk that can lose its power.
    static async make(engine, library) {
        const made = new Power();
        Object.assign(made, { engine, rolls: {}, unsafe: 0, kills: 0 });
        const around = (site, start) => {
            made.disk ??= new Disk(site.folder, { library, chance: random, except: ["data/inbox"] });
            return made.disk.watched(start);
        };
        made.site = await Installation.make({
            engine,
            around,
            more: ["--form-seconds", "0", "--workers", "24"],
        });
        return made;
    }

    // Runs it (init has run already); all that it changed must be safe when it ends well.
    async kept(verb, ...args) {
        const { disk, site } = this;
        if (verb !== "init") {
            const done = await site.run(verb, ...args);
            assert.equal(done.code, 0, done.err);
        }
        const made = tree(site.folder);
        await disk.cut();
        this.lose("lost", "lost");
        const left = tree(site.folder);
        assert.deepEqual(Object.keys(made).filter((name) => made[name] !== left[name]), [], verb);
    }

    start(...more) {
        return this.site.start("serve", ["serve", ...this.site.options(), ...more]);
    }

    // Until both kinds run: only then may others look into the database, whose last user empties
    // its log.
    async isUp(...kinds) {
        const serve = this.site.children.get("serve");
        await until(`${kinds} run`, 30000, () => {
            if (serve.ended) throw new Error(`serve ended: ${serve.log}`);
            return kinds.every((kind) => serve.log.includes(`${kind}.ready`));
        }, 5);
    }

    // Every process of the program, at once as far as the disk can tell.
    async kill() {
        await this.disk.cut();
        const { site } = this;
        const serve = site.children.get("serve");
        const children = Object.values(site.served());
        if (serve.ended) throw new Error(`serve ended by itself: ${serve.log.slice(-1500)}`);
        serve.child.kill("SIGKILL");
        for (const pid of children) process.kill(pid, "SIGKILL");
        const { log } = await site.end("serve", "SIGKILL");
        assert.ok(!/event=(bug|log.refused|log.change)/.test(log), log.slice(-1500));
        await until("all are dead", 10000, () => children.every(isGone), 2);
    }

    lose(...roll) {
        const { roll: given, unsafe } = this.disk.lose(roll.length ? roll : undefined);
        this.rolls[given] = (this.rolls[given] ?? 0) + 1;
        this.unsafe += unsafe;
        return given;
    }

    // Under load, at a random change or moment; sometimes while it is starting, or after a kill.
    async cut() {
        const { disk } = this;
        disk.slow([0, 3, 30][random(3)]);
        const kinds = ["any", "any", "write", "sync", "begin", "move", "make"];
        const kind = kinds[random(kinds.length)];
        const most = { any: 400, write: 300, sync: 60, begin: 60, move: 12, make: 12 }[kind];
        disk.cutAt(kind, 1 + random(most));
        await until("the power is off", 1000 + random(1000), () => disk.isDead, 2).catch(() => {});
        await this.kill();
    }
}

// What stands below the folder: the hash of each file, save what SQLite cuts off or makes anew.
function tree(folder) {
    const found = {};
    for (const name of fs.readdirSync(folder, { recursive: true }).sort()) {
        const whole = path.join(folder, name);
        const isFolder = fs.statSync(whole).isDirectory();
        if (!/-(wal|shm)$/.test(name))
            found[name] = isFolder || createHash("sha256").update(fs.readFileSync(whole)).digest("hex");
    }
    return found;
}

function isGone(pid) {
    try {
        return /^\d+ \(.*\) [ZX]/.test(fs.readFileSync(`/proc/${pid}/stat`, "latin1"));
    } catch {
        return true;
    }
}

// Reads the database, and keeps it open.
async function openBeside(site) {
    const child = spawn("sqlite3", [site.tables.file], { stdio: ["pipe", "pipe", "ignore"] });
    const gone = new Promise((done) => child.on("exit", done));
    const said = new Promise((done) => child.stdout.once("data", done));
    child.stdin.write("SELECT count(*) FROM signature;\n");
    await said;
    return { end: () => child.kill("SIGKILL") && gone };
}

// What was told to clients before the cut, against what stands now; nobody asks meanwhile.
async function examine(power, load, reader, told) {
    const { site } = power;
    const { tables } = site;
    const shown = await site.settled();
    if (!site.database) {
        assert.equal(await tables.value("SELECT integrity_check AS n FROM pragma_integrity_check"), "ok");
        assert.equal((await tables.rows("SELECT * FROM pragma_foreign_key_check")).length, 0);
    }
    const rows = await tables.rows(
        `SELECT l.id AS link, s.id, s.state, s.leaf, ${tables.hex("s.commitment")} AS hex, ` +
            "r.signature AS record FROM signature s LEFT JOIN link l ON s.id = l.signature " +
            "LEFT JOIN record r ON r.signature = s.id");
    const log = await reader.check();
    const { count, adds } = recount(log.entries);
    const byLink = new Map(rows.map((row) => [Number(row.link), row]));
    for (const link of told.confirmed) {
        const row = byLink.get(site.linkRow(link.split("/").pop()));
        assert.ok(row, "the link of a confirmed signature is there");
        assert.equal(Number(row.state), 1, "a confirmed signature is confirmed");
        assert.equal(log.entries[row.leaf], `sig1 add p LV ${row.hex}\n`);
    }
    const signatures = new Set(rows.map((row) => Number(row.id)));
    assert.ok(signatures.size >= told.signed, `${told.signed} signed, ${signatures.size} rows`);
    assert.ok(rows.every((row) => row.link && row.record), "no signature without link or record");
    const confirmed = rows.filter((row) => Number(row.state) === 1);
    const leaves = new Set(confirmed.map((row) => row.leaf));
    assert.deepEqual([leaves.size, adds.size, count.total, shown.count], Array(4).fill(confirmed.length));
    const jobs = await tables.rows("SELECT signature FROM job WHERE kind = 1");
    load.take(site.inbox.look());
    const mailed = new Set(site.inbox.letters.map(({ link }) =>
        Number(byLink.get(site.linkRow(link.split("/").pop()))?.id)));
    const queued = new Set(jobs.map((row) => Number(row.signature)));
    for (const id of signatures) assert.ok(mailed.has(id) || queued.has(id), `${id}: no mail, no job`);
    const remembered = path.join(power.disk.folder, "remembered");
    const verified = await command(site.binary,
        ["verify", site.logFile("2026", ""), "--remember", remembered]);
    assert.equal(verified.code, 0, verified.out + verified.err);
    let doctor;
    await until("doctor finds all well", 20000, async () => {
        doctor = await site.doctor();
        return doctor.code === 0;
    }, 200).catch((error) => {
        throw new Error(`${error.message}: ${doctor.out}`);
    });
}

async function cuts(engine, library, rounds) {
    const scene = (name, body) => test(`${engine}: ${name}`, body);
    let power, load, reader;

    await scene("what a command made before it said so outlives a cut at once", async () => {
        power = await Power.make(engine, library);
        const { site } = power;
        await power.kept("init");
        const below = (name) => path.join(site.folder, name);
        const content = below("content");
        fs.cpSync(path.join(repository, "content/cohesion"), content, { recursive: true });
        fs.writeFileSync(path.join(content, "partner/aer/logo.svg"), logo);
        power.disk.know();
        await power.kept("import", content);
        await power.kept("key", below("organiser.txt"), "--no-sheet");
        if (engine === "sqlite") await power.kept("backup", below("copy.db"));
        await site.startSink();
        power.start();
        await power.isUp("web", "work");
        load = await Load.start(power.site, random);
        reader = new Reader(power.site);
        await power.site.settled();
        await reader.check();
    });
    if (!reader) return stop("it did not start");

    await scene(`${rounds} cuts (seed ${seed})`, async () => {
        for (let round = 0; round < rounds; round++) {
            const has = load.confirmed.size;
            load.resume();
            if (random(4))
                await until("there is load", 20000, () => load.confirmed.size > has + random(40), 5);
            if (random(4) === 0) {
                await power.kill();
                power.disk.resume();
                power.start();
                power.kills++;
            }
            await power.cut();
            const told = { confirmed: new Set(load.confirmed), signed: load.signed.size };
            await load.pause();
            // The first one tells whether the names of new folders were kept.
            const roll = round ? power.lose() : power.lose("lost", "lost");
            try {
                await reader.checkDisk();
                power.start();
                await power.isUp("web", "work");
                await examine(power, load, reader, told);
            } catch (error) {
                stop("a cut took something");
                throw new Error(`cut ${round}, ${roll}: ${error.message}`, { cause: error });
            }
        }
        note(Object.entries(power.rolls).map(([roll, n]) => `${roll}: ${n}`).join(", "));
        note(`${power.kills} kills besides; ${power.unsafe} changes were not safe, ` +
            `${power.disk.lost} files or names lost something`);
    });

    if (engine === "sqlite")
        await scene("a commit that was killed before its sync is kept before it is answered from", async () => {
            const { disk } = power;
            const link = await load.signOne("fresh@example.org");
            const press = () => load.post(`${link}/confirm`, { token: load.pressToken });
            const again = async () => {
                power.start("--only", "web");
                await power.isUp("web");
            };
            await power.kill();
            disk.resume();
            await again();
            disk.cutAt("begin", 1); // written, not synced
            const first = press();
            await until("it has written", 10000, () => disk.isDead, 1);
            await power.kill();
            disk.resume();
            assert.equal((await first).status, 0);
            // Somebody else has it open: what starts does not empty the log, as it else would.
            const other = await openBeside(power.site);
            await again();
            assert.equal((await press()).status, 303);
            load.confirmed.add(link);
            await power.kill();
            await other.end();
            power.lose("lost", "lost");
            power.start();
            await power.isUp("web", "work");
            await examine(power, load, reader, { confirmed: load.confirmed, signed: load.signed.size });
        });

    await scene("all are mailed and counted in the end", async () => {
        load.resume();
        load.isSigning = false;
        // A lease of a mailer that is dead lasts two minutes: not here.
        const { tables } = power.site;
        await tables.run("UPDATE job SET due = 0 WHERE kind = 1;");
        const waiting = () => {
            const to = new Set(load.links.values());
            return [...load.signed].filter((email) => !to.has(email)).length;
        };
        // PostgreSQL takes signings so fast that thousands of letters may be left.
        for (let left = waiting(); left > 0; left = waiting())
            await until(`one of ${left} more has its mail`, 60000, () => waiting() < left, 100);
        await load.drain();
        await examine(power, load, reader, { confirmed: load.confirmed, signed: load.signed.size });
        note(`${load.signed.size} signings and ${load.confirmed.size} confirmations acknowledged; ` +
            `answers: ${JSON.stringify(load.answers)}; ${reader.notes.size} checkpoints compared`);
        assert.ok(load.confirmed.size > rounds, "there was load");
    });
    await reader.end();
    if (power.disk.isDead) power.disk.resume(); // it failed: who still runs may end
    await power.site.remove();
}

// The machine of the database loses its power, while web and work go on elsewhere: whether
// PostgreSQL as doctor wants it keeps what it said, and whether we believe nothing else.
async function serverCuts(library, rounds) {
    const server = new Server("power");
    await server.create();
    await server.sql("CREATE DATABASE power;");
    await server.stop();
    const disk = new Disk(server.data, { library, chance: random, isBlind: true });
    const start = () => disk.watched(() => server.start());
    await start();
    const more = ["--form-seconds", "0", "--workers", "24"];
    const site = await Installation.make({ engine: "postgresql", database: server.url("power"), more });
    await site.startSink();
    await site.startServe();
    const load = await Load.start(site, random);
    const reader = new Reader(site);
    const rolls = {};
    let unsafe = 0;
    await test(`postgresql: ${rounds} cuts of its own machine (seed ${seed})`, async () => {
        for (let round = 0; round < rounds; round++) {
            const has = load.confirmed.size;
            load.resume();
            await until("there is load", 60000, () => load.confirmed.size > has + random(40), 5);
            disk.slow([0, 3, 30][random(3)]);
            disk.cutAt(["any", "write", "sync", "begin"][random(4)], 1 + random(200));
            await until("the power is off", 2000, () => disk.isDead, 2).catch(() => {});
            await disk.cut();
            await server.kill();
            await load.pause();
            const told = { confirmed: new Set(load.confirmed), signed: load.signed.size };
            const { roll, unsafe: n } = disk.lose();
            rolls[roll] = (rolls[roll] ?? 0) + 1;
            unsafe += n;
            await start();
            try {
                await examine({ site, disk }, load, reader, told);
            } catch (error) {
                throw new Error(`cut ${round}, ${roll}: ${error.message}`, { cause: error });
            }
        }
        note(Object.entries(rolls).sort().map(([roll, n]) => `${roll}: ${n}`).join(", "));
        note(`${unsafe} changes were not safe; answers: ${JSON.stringify(load.answers)}`);
    });
    load.isRunning = false;
    await reader.end();
    await site.remove();
}

await run(async () => {
    const folder = fs.mkdtempSync(path.join(os.tmpdir(), "undersigned-power."));
    fs.chmodSync(folder, 0o755); // PostgreSQL has a user of its own
    const library = await buildPower(folder);
    for (let left = isLong ? 500 : 25; left > 0; left -= CUTS_EACH)
        await cuts("sqlite", library, Math.min(left, CUTS_EACH));
    if (postgres) await cuts("postgresql", library, isLong ? 50 : 6);
    else skip("postgresql: cuts", "UNDERSIGNED_TEST_PG is not set");
    if (isLong && hasServers) await serverCuts(library, 25);
    else skip("postgresql: cuts of its own machine", "in the long form, with PostgreSQL's programs");
    fs.rmSync(folder, { recursive: true, force: true });
});
