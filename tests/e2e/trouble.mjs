// SPDX-License-Identifier: EUPL-1.2
// What goes wrong around the program: relay, disk, locks, server, keys, a restored database. Always
// the same three questions: is the signer told honestly and soon, is anything lost that was
// acknowledged, does `doctor` say what is the matter.

import { Installation, command, postgres, releaseBinary } from "./lib/installation.mjs";
import { recount } from "./lib/logbook.mjs";
import { cleanup, note, run, skip, sleep, test, until } from "./lib/tap.mjs";
import { formOf } from "./lib/visitor.mjs";
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import fs from "node:fs";
import os from "node:os";
import path from "node:path";

const PATIENCE_MS = 12000; // how long a signer may wait to be told
const VOUCHED_MS = 1300; // edition.c: how long web believes in a database that it has seen answer
const page = "/en/sign/2026/person";
let people = 0;

// One who signs: forms fetched once, as they are not bound to anybody.
class Signer {
    static async make(site) {
        const made = new Signer();
        made.site = site;
        made.form = formOf((await site.visitor.get(page)).body, page).values;
        return made;
    }

    async sign() {
        const email = `t${people++}@example.org`;
        const own = { name: `Signer ${email}`, email, country: "AT", consent: "1" };
        const began = performance.now();
        const form = { ...this.form, ...own };
        const answer = await this.site.visitor.ask("POST", page, { form });
        return { ...answer, email, ms: performance.now() - began };
    }

    // An acknowledged signing, and the link of its mail.
    async link() {
        const { status, email } = await this.sign();
        assert.equal(status, 303);
        return until(`mail to ${email}`, 20000, () => this.site.inbox.to(email)[0]?.link);
    }

    async learnToPress(link) {
        this.token ??= formOf((await this.site.visitor.get(link)).body, "/confirm").values.token;
    }

    async confirm(link) {
        await this.learnToPress(link);
        const began = performance.now();
        const form = { token: this.token };
        const answer = await this.site.visitor.ask("POST", `${link}/confirm`, { form });
        return { ...answer, ms: performance.now() - began };
    }

    async signAndConfirm(n) {
        for (let i = 0; i < n; i++)
            assert.equal((await this.confirm(await this.link())).status, 303);
    }
}

function honest(answer) {
    assert.equal(answer.status, 503);
    assert.ok(Number(answer.headers["retry-after"]) > 0, "Retry-After");
    assert.ok(answer.ms < PATIENCE_MS, `told after ${Math.round(answer.ms)} ms`);
    assert.match(answer.body, /<html lang="en">/);
}

// What was typed comes back with the bad news.
function keptWhatWasTyped(answer) {
    assert.ok(answer.body.includes(`value="${answer.email}"`), "the address comes back");
    assert.ok(answer.body.includes(`value="Signer ${answer.email}"`), "the name comes back");
}

async function pagesStand(site, count) {
    for (const path_ of ["/en", "/da", "/en/declaration/2026", "/en/signatories/2026", page]) {
        const began = performance.now();
        const { status } = await site.visitor.get(path_);
        assert.equal(status, 200, path_);
        assert.ok(performance.now() - began < 3000, `${path_} is late`);
    }
    assert.equal((await site.count()).count, count);
}

async function made(options = {}) {
    const site = await Installation.make({ more: ["--form-seconds", "0"], ...options });
    return site;
}

async function agree(site, total) {
    const shown = await site.settled();
    const log = await site.readLog();
    assert.equal(recount(log.entries).count.total, shown.count);
    if (total !== undefined) assert.equal(shown.count, total);
}

const doctorSays = (site, matter, words) =>
    until(`doctor says ${words} of ${matter}`, 15000, async () => {
        const { code, matters } = await site.doctor();
        const row = matters[matter];
        return row && !row.well && code === 1 && words.test(row.finding) && row.finding;
    }, 300);

const doctorIsWell = (site) =>
    until("doctor finds all well", 20000, async () => (await site.doctor()).code === 0, 300);

const refuses = (site) =>
    until("it refuses", 10000, () => site.children.get("serve").log.includes("log.refused"));

async function mail() {
    const site = await made();
    await test("mail relay dead: signings are taken, mails wait, doctor says so", async () => {
        await site.startServe();
        const signer = await Signer.make(site);
        for (let i = 0; i < 20; i++) assert.equal((await signer.sign()).status, 303);
        note(await doctorSays(site, "mail", /relay does not answer; 20 waiting/));
        await sleep(2000); // more vain tries
        assert.equal(Number(await site.tables.value("SELECT count(*) AS n FROM job")), 20);
    });

    await test("it returns: all 20 are delivered soon, once each", async () => {
        const began = performance.now();
        await site.startSink();
        await until("20 mails", 45000, () => {
            site.inbox.look();
            return site.inbox.letters.length >= 20;
        }, 100);
        note(`the last came ${Math.round(performance.now() - began)} ms after the relay`);
        assert.equal(new Set(site.inbox.letters.map((letter) => letter.to)).size, 20);
        await doctorIsWell(site);
        assert.equal(site.inbox.letters.length, 20);
    });

    // Postfix's own sink, told to answer like a relay with troubles.
    for (const [options, words, jobs] of [
        [["-r", "RCPT"], "one that says 4xx to each letter: they are put off", 1],
        [["-f", "RCPT"], "one that says 5xx to each letter: they end, and are counted", 0],
        [["-q", "DATA"], "one that hangs up: nothing is lost", 1],
    ])
        await test(`a relay, ${words}`, async () => {
            await site.end("sink");
            const relay = await postfixSink(site, options);
            const signer = await Signer.make(site);
            const number = async (rows) =>
                Number(await site.tables.value(`SELECT count(*) AS n FROM ${rows}`));
            const before = await number("mail_log");
            const jobsBefore = await number("job WHERE priority = 0");
            assert.equal((await signer.sign()).status, 303);
            await until("it was tried", 30000, async () => {
                return (await number("mail_log")) > before;
            });
            assert.equal((await number("job WHERE priority = 0")) - jobsBefore, jobs);
            const { matters } = await site.doctor();
            note(matters.mail.finding);
            relay.kill("SIGKILL");
            await site.startSink();
            const link = await signer.link();
            assert.equal((await signer.confirm(link)).status, 303, "others get through");
        });

    await test("the log line of the relay's state comes once each way", async () => {
        const { log } = await site.end("serve");
        const lines = log.match(/event=mailer.relay state=\w+/g);
        lines.forEach((line, i) => assert.match(line, i % 2 ? /up$/ : /down$/));
        assert.ok(lines.length <= 8, lines.join("\n"));
        assert.ok(!/@example\.org/.test(log), "no address in the log");
        await site.remove();
    });
}

async function postfixSink(site, options) {
    const args = [...options, `127.0.0.1:${site.smtpPort}`, "100"];
    const as = process.getuid() ? [] : ["-u", "nobody"];
    const child = spawn("/usr/sbin/smtp-sink", [...as, ...args], { stdio: "ignore" });
    cleanup(() => child.kill("SIGKILL"));
    await until("smtp-sink listens", 30000, () => isOpen(site.smtpPort));
    return child;
}

async function isOpen(port) {
    const { code } = await command("bash", ["-c", `exec 3<>/dev/tcp/127.0.0.1/${port}`]);
    return code === 0;
}

async function fullDisk() {
    const folder = fs.mkdtempSync(path.join(os.tmpdir(), "undersigned-full."));
    const tmpfs = ["-t", "tmpfs", "-o", "size=24m,mode=755", "none", folder];
    const mounted = await command("mount", tmpfs);
    cleanup(async () => {
        await command("umount", ["-l", folder]);
        fs.rmSync(folder, { recursive: true, force: true });
    });
    if (mounted.code !== 0) return skip("disk full", "no small file system can be mounted here");
    await test("disk full while keys are made: no part of one is left", async () => {
        const ballast = path.join(folder, "ballast");
        const data = path.join(folder, "full");
        const space = fs.statfsSync(folder);
        fs.writeFileSync(ballast, Buffer.alloc(space.bavail * space.bsize));
        const own = path.join(folder, "organiser.txt");
        for (const words of [["init", "--data", data], ["key", own, "--no-sheet"]]) {
            const said = await command(releaseBinary, words);
            assert.equal(said.code, 1, said.err);
            assert.match(said.err, /cannot write the key file [^]*No space left/);
        }
        assert.ok(!fs.existsSync(path.join(data, "keys/master.key")) && !fs.existsSync(own));
        fs.rmSync(ballast);
        assert.equal((await command(releaseBinary, ["init", "--data", data])).code, 0);
        fs.rmSync(data, { recursive: true });
    });

    const site = await made({ data: path.join(folder, "data") });
    // The mails lie elsewhere: it is our own disk that is full.
    fs.mkdirSync(path.join(site.folder, "inbox"));
    site.inbox.folder = path.join(site.folder, "inbox");
    const ports = ["--smtp-port", String(site.smtpPort), "--web-port", String(site.inboxPort)];
    const kept = ["--folder", site.inbox.folder];
    await site.start("sink", ["sink", "--data", site.data, ...ports, ...kept], "sink.ready");
    await site.startServe();
    const signer = await Signer.make(site);
    const link = await signer.link();
    await signer.learnToPress(link);
    const acknowledged = new Set();
    let before;

    await test("disk full: 503 with Retry-After, the form comes back, pages stand", async () => {
        await agree(site, 0);
        const ballast = path.join(folder, "ballast");
        const space = fs.statfsSync(folder);
        const bytes = space.bavail * space.bsize - (160 << 10);
        fs.writeFileSync(ballast, Buffer.alloc(Math.max(0, bytes)));
        let full;
        for (let i = 0; i < 500 && !full; i++) {
            const answer = await signer.sign();
            if (answer.status === 303) acknowledged.add(answer.email);
            else full = answer;
        }
        honest(full);
        keptWhatWasTyped(full);
        honest(await signer.sign());
        honest(await signer.confirm(link));
        await pagesStand(site, 0);
        note(`${acknowledged.size} were acknowledged before it was full`);
        // Doctor's own write is so small that it may still fit into the log, where no signature does.
        const { code, matters } = await site.doctor();
        assert.equal(code, 1);
        assert.ok(!matters.disk.well, matters.disk.finding);
        note(`writing: ${matters.writing.finding}`);
        before = Number(await site.tables.value("SELECT count(*) AS n FROM signature"));
        fs.rmSync(ballast);
    });

    await test("space again: it goes on, and all that was acknowledged is there", async () => {
        await until("signing works", 15000, async () => (await signer.sign()).status === 303, 200);
        assert.ok(before >= acknowledged.size, `${before} rows of ${acknowledged.size}`);
        const jobs = Number(await site.tables.value("SELECT count(*) AS n FROM job"));
        const unmailed = [...acknowledged].filter((email) => site.inbox.to(email).length === 0);
        assert.ok(unmailed.length <= jobs, "each has its mail, or the job that brings it");
        assert.equal((await signer.confirm(link)).status, 303);
        await agree(site, 1);
        const broken = await site.tables.value(
            "SELECT count(*) AS n FROM signature s WHERE NOT EXISTS " +
                "(SELECT 1 FROM record r WHERE r.signature = s.id) OR NOT EXISTS " +
                "(SELECT 1 FROM link l WHERE l.signature = s.id)");
        assert.equal(Number(broken), 0, "nothing is half saved");
        assert.equal((await site.tables.run("PRAGMA integrity_check;")).trim(), "ok");
        const { log } = await site.end("serve");
        assert.ok(!/event=bug|log.refused/.test(log), log);
        await site.remove();
    });
}

async function locked() {
    const site = await made();
    await site.startSink();
    await site.startServe();
    const signer = await Signer.make(site);
    await test("database locked by another: 503 in time, pages stand", async () => {
        const link = await signer.link();
        await signer.learnToPress(link);
        const holder = spawn("sqlite3", [site.tables.file]);
        cleanup(() => holder.kill());
        holder.stdin.write(".timeout 20000\n.bail on\nBEGIN EXCLUSIVE;\nSELECT 'held';\n");
        await new Promise((done) => holder.stdout.once("data", done));
        const [signing, confirming] = await Promise.all([signer.sign(), signer.confirm(link)]);
        honest(signing);
        keptWhatWasTyped(signing);
        honest(confirming);
        note(`told after ${Math.round(signing.ms)} and ${Math.round(confirming.ms)} ms`);
        // Many at once wait no longer than one.
        const many = await Promise.all(Array.from({ length: 40 }, () => signer.sign()));
        many.forEach(honest);
        note(`40 at once: the last after ${Math.round(Math.max(...many.map((one) => one.ms)))} ms`);
        await pagesStand(site, 0);
        await doctorSays(site, "writing", /locked/);
        holder.stdin.end("ROLLBACK;\n");
        await new Promise((done) => holder.on("exit", done));
        await until("signing works", 15000, async () => (await signer.sign()).status === 303, 200);
        assert.equal((await signer.confirm(link)).status, 303);
        await agree(site, 1);
        await doctorIsWell(site);
    });
    await test("a second work process waits, and takes over when the first dies", async () => {
        await site.end("serve");
        await site.startOnly("web");
        const first = await site.startOnly("work");
        const second = await site.start("second", ["serve", "--only", "work", ...site.options()],
            "work.waits_for_another");
        const link = await signer.link();
        first.child.kill("SIGKILL");
        await first.gone;
        site.children.delete("work");
        await until("the second works", 3000, () => second.log.includes("work.ready"), 10);
        const before = (await site.count()).count;
        assert.equal((await signer.confirm(link)).status, 303);
        await until("the count moves", 2000, async () => (await site.count()).count === before + 1);
        assert.equal((await site.end("second")).code, 0);
        assert.equal((await site.end("web")).code, 0);
        await site.remove();
    });
}

async function server() {
    const home = process.env.UNDERSIGNED_TEST_PG_HOME;
    if (!home) return skip("postgresql stopped", "the test server is not ours to stop");
    const site = await made({ engine: "postgresql" });
    await site.startSink();
    await site.startServe();
    const signer = await Signer.make(site);
    const control = async (...words) => {
        const found = await command("sh", ["-c", "ls /usr/lib/postgresql/*/bin/pg_ctl | tail -1"]);
        const line = [found.out.trim(), "-D", path.join(home, "data"), "-w", ...words];
        const as = process.getuid() ? line : ["runuser", "-u", "postgres", "--", ...line];
        const done = await command(as[0], as.slice(1), { cwd: home });
        assert.equal(done.code, 0, done.err + done.out);
    };
    const startServer = () => control("-l", path.join(home, "server.log"), "start");
    await test("postgresql stopped: 503 in time, pages stand, doctor says so", async () => {
        const link = await signer.link();
        await signer.learnToPress(link);
        await pagesStand(site, 0); // seen once, they are in memory
        await control("-m", "immediate", "stop");
        try {
            const [signing, confirming] = await Promise.all([signer.sign(), signer.confirm(link)]);
            honest(signing);
            keptWhatWasTyped(signing);
            honest(confirming);
            note(`told after ${Math.round(signing.ms)} and ${Math.round(confirming.ms)} ms`);
            const many = await Promise.all(Array.from({ length: 40 }, () => signer.sign()));
            many.forEach(honest);
            await pagesStand(site, 0);
            const { code, matters } = await site.doctor();
            assert.equal(code, 1);
            assert.ok(!matters.database.well, matters.database.finding);
        } finally {
            await startServer();
        }
        await until("signing works", 20000, async () => (await signer.sign()).status === 303, 200);
        assert.equal((await signer.confirm(link)).status, 303);
        await agree(site, 1);
        await doctorIsWell(site);
    });
    await test("postgresql does not answer at all: 503 in time, pages stand", async () => {
        const link = await signer.link();
        const main = fs.readFileSync(path.join(home, "data/postmaster.pid"), "utf8").split("\n")[0];
        const children = (await command("pgrep", ["-P", main])).out.trim().split("\n");
        const tell = (signal) => {
            for (const id of [main, ...children].map(Number)) {
                try {
                    process.kill(id, signal);
                } catch {
                    // it has ended
                }
            }
        };
        cleanup(() => tell("SIGCONT"));
        tell("SIGSTOP");
        const pressed = Promise.all([signer.sign(), signer.confirm(link)]);
        // The register is older than the count: whoever asks for it first is not to wait either.
        await sleep(VOUCHED_MS);
        const began = performance.now();
        assert.equal((await site.visitor.get("/en/signatories/2026")).status, 200);
        const waited = performance.now() - began;
        const [signing, confirming] = await pressed;
        note(`told after ${Math.round(signing.ms)} and ${Math.round(confirming.ms)} ms`);
        const standing = await Promise.all([pagesStand(site, 1)]).catch((error) => error);
        tell("SIGCONT");
        assert.ok(!(standing instanceof Error), standing);
        assert.ok(waited < 1000, `an outdated page after ${Math.round(waited)} ms`);
        honest(signing);
        keptWhatWasTyped(signing);
        assert.ok([303, 503].includes(confirming.status), "503, or back to the own page to look");
        await until("signing works", 20000, async () => (await signer.sign()).status === 303, 200);
        assert.equal((await signer.confirm(link)).status, 303);
        await agree(site, 2);
        await doctorIsWell(site);
    });
    await test("started before its server: comes up by itself when that is there", async () => {
        await site.end("serve");
        await control("-m", "fast", "stop");
        try {
            await site.start("serve", ["serve", ...site.options()], "serve.child_ended");
        } finally {
            await startServer();
        }
        await until("the site answers", 15000, async () =>
            (await site.visitor.get("/en")).status === 200, 100);
        await until("signing works", 15000, async () => (await signer.sign()).status === 303, 100);
        assert.equal((await site.end("serve")).code, 0);
        await site.remove();
    });
}

async function keys() {
    const site = await made();
    const file = (name) => path.join(site.data, "keys", name);
    const put = (text) => (f) => fs.writeFileSync(f, text);
    const cases = [
        ["master.key", "is missing", (f) => fs.rmSync(f), /no key file .*master\.key/, 3],
        ["master.key", "is cut", (f) => fs.truncateSync(f, 20), /damaged/, 1],
        ["master.key", "is empty", (f) => fs.truncateSync(f, 0), /damaged/, 1],
        ["master.key", "is no key", put("x".repeat(64)), /damaged/, 1],
        ["master.key", "can be read by all", (f) => fs.chmodSync(f, 0o644), /by others/, 1],
        ["master.key", "is another one", put("ab".repeat(32)), /another master key/, 5],
        ["log.key", "is missing", (f) => fs.rmSync(f), /no key file .*log\.key/, 3],
        ["log.key", "is cut", (f) => fs.truncateSync(f, 20), /damaged/, 1],
    ];
    for (const [name, what, damage, words, code] of cases)
        await test(`${name} ${what}: said clearly, exit code ${code}, none overwritten`, async () => {
            const good = fs.readFileSync(file(name));
            try {
                damage(file(name));
                const bad = fs.existsSync(file(name)) ? fs.readFileSync(file(name)) : null;
                for (const only of name === "log.key" ? ["work"] : ["work", "web"]) {
                    const done = await site.run("serve", "--only", only);
                    assert.match(done.err, words, `${only}: ${done.err}`);
                    assert.equal(done.code, code, `${only}: ${done.err}`);
                }
                const doctor = await site.doctor();
                assert.notEqual(doctor.code, 0);
                assert.match(doctor.err + doctor.out, new RegExp(`${words.source}|${name}`));
                const now = fs.existsSync(file(name)) ? fs.readFileSync(file(name)) : null;
                assert.deepEqual(now, bad);
            } finally {
                fs.rmSync(file(name), { force: true });
                fs.writeFileSync(file(name), good, { mode: 0o600 });
            }
        });

    await test("log.key is another one: nothing is signed, doctor says so", async () => {
        await site.startServe();
        await agree(site, 0);
        await site.end("serve");
        const good = fs.readFileSync(file("log.key"));
        const published = fs.readFileSync(site.logFile("2026", "checkpoint"));
        fs.writeFileSync(file("log.key"), "cd".repeat(32));
        const { child } = await site.startServe();
        await refuses(site);
        assert.ok(child.exitCode === null, "the site goes on");
        await doctorSays(site, "log 2026", /log key/);
        assert.deepEqual(fs.readFileSync(site.logFile("2026", "checkpoint")), published);
        await site.end("serve");
        fs.writeFileSync(file("log.key"), good);
    });

    await test("no database, no folder, a taken port, a second init: each says so", async () => {
        const nowhere = ["serve", "--only", "web", "--data", "/nonexistent/x"];
        const none = await command(releaseBinary, nowhere);
        assert.equal(none.code, 3);
        assert.match(none.err, /run `undersigned init`/);
        const database = site.tables.file;
        fs.renameSync(database, `${database}.away`);
        const empty = await site.run("serve", "--only", "web");
        assert.match(empty.err, /undersigned migrate/);
        assert.equal(empty.code, 4);
        for (const end of ["", "-wal", "-shm", "-turn"]) fs.rmSync(database + end, { force: true });
        fs.renameSync(`${database}.away`, database);
        await site.startOnly("web");
        const taken = await site.run("serve", "--only", "web");
        assert.notEqual(taken.code, 0);
        assert.match(taken.err, /Address already in use[^]*cannot listen on 127/);
        await site.end("web");
        const before = fs.readFileSync(file("master.key"));
        assert.equal((await site.run("init")).code, 0);
        assert.deepEqual(fs.readFileSync(file("master.key")), before);
    });
    await site.remove();
}

async function restored() {
    const site = await made();
    await site.startSink();
    await site.startServe();
    const signer = await Signer.make(site);
    const copy = path.join(site.folder, "copy.db");
    await test("an older database put back: nothing is signed, doctor says so", async () => {
        assert.equal((await signer.confirm(await signer.link())).status, 303);
        await agree(site, 1);
        await site.tables.run(`.backup ${copy}`);
        await signer.signAndConfirm(3);
        await agree(site, 4);
        await site.end("serve");
        const published = fs.readFileSync(site.logFile("2026", "checkpoint"), "utf8");
        for (const end of ["", "-wal", "-shm"])
            if (fs.existsSync(site.tables.file + end))
                fs.renameSync(site.tables.file + end, `${site.tables.file}.new${end}`);
        fs.copyFileSync(copy, site.tables.file);
        await site.startServe();
        note(await doctorSays(site, "log 2026", /older than the published log/));
        // Also when signatures come, and the rows outgrow what was published.
        await signer.signAndConfirm(6);
        await refuses(site);
        await sleep(3000);
        assert.equal(fs.readFileSync(site.logFile("2026", "checkpoint"), "utf8"), published);
        assert.equal(Number(await site.tables.value("SELECT count(*) AS n FROM log_queue")), 6);
        await doctorSays(site, "log 2026", /older than the published log/);
    });
    await test("the newer one put back: it goes on where it was", async () => {
        await site.end("serve");
        for (const end of ["", "-wal", "-shm"]) {
            fs.rmSync(site.tables.file + end, { force: true });
            if (fs.existsSync(`${site.tables.file}.new${end}`))
                fs.renameSync(`${site.tables.file}.new${end}`, site.tables.file + end);
        }
        await site.startServe();
        assert.equal((await signer.confirm(await signer.link())).status, 303);
        await agree(site, 5);
        await doctorIsWell(site);
        await site.remove();
    });
}

await run(async () => {
    const only = process.argv.slice(2);
    const parts = { mail, fullDisk, locked, server, keys, restored };
    for (const [name, part] of Object.entries(parts)) {
        if (only.length && !only.includes(name)) continue;
        if (name === "server" && !postgres) skip("postgresql", "UNDERSIGNED_TEST_PG is not set");
        else await part();
    }
});
