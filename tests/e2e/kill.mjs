// SPDX-License-Identifier: EUPL-1.2
// kill -9 at random points under signing and confirming load: of web, of work, of both. What was
// acknowledged must stand afterwards, once; what was not may stand or not, but never twice. The log
// is recounted from its files by a parser of our own, and every checkpoint that was published just
// before a kill must be a prefix of what is there in the end.

import { Installation, postgres } from "./lib/installation.mjs";
import { checkpointIsSigned, readCheckpoint, recount } from "./lib/logbook.mjs";
import { isLong, note, run, skip, sleep, stop, test, until } from "./lib/tap.mjs";
import { formOf } from "./lib/visitor.mjs";
import assert from "node:assert/strict";
import fs from "node:fs";

const SIGNERS = 12;
const PRESSERS = 12;

// Repeatable: the same seed kills after the same pauses.
const seed = Number(process.env.UNDERSIGNED_SEED ?? Date.now() % 1000000);
let state = seed;
function random(below) {
    state = (state * 1103515245 + 12345) % 2147483648;
    return Math.floor((state / 2147483648) * below);
}

// Clients that sign and press without pause, and remember what they were told.
class Load {
    constructor(site, form, pressToken) {
        this.site = site;
        this.form = form;
        this.pressToken = pressToken;
        this.signed = new Set(); // addresses whose signing was acknowledged
        this.waiting = []; // links from mails, not yet acknowledged
        this.links = new Map(); // link: address
        this.confirmed = new Set(); // links whose confirmation was acknowledged
        this.answers = {};
        this.next = 0;
        this.isRunning = true;
        this.isSigning = true;
        this.loops = [this.read()];
        for (let i = 0; i < SIGNERS; i++) this.loops.push(this.sign());
        for (let i = 0; i < PRESSERS; i++) this.loops.push(this.press());
    }

    async post(path, form) {
        const answer = await this.site.visitor.ask("POST", path, { form, timeout: 20000 });
        this.answers[answer.status] = (this.answers[answer.status] ?? 0) + 1;
        if (answer.status === 0) await sleep(5);
        if (answer.status === 503) {
            assert.ok(Number(answer.headers["retry-after"]) > 0, "a 503 says when to try again");
            await sleep(20);
        }
        assert.ok([0, 303, 503].includes(answer.status), `${path}: ${answer.status}`);
        return answer;
    }

    async sign() {
        while (this.isRunning && this.isSigning) {
            const email = `k${this.next++}@example.org`;
            const own = { name: `Signer ${email}`, email, country: "LV", consent: "1" };
            const { status } = await this.post("/lv/sign/2026/person", { ...this.form, ...own });
            if (status === 303) this.signed.add(email);
        }
    }

    take(letters) {
        for (const { link, to } of letters) {
            if (!link || this.links.has(link)) continue;
            this.links.set(link, to);
            this.waiting.push(link);
        }
    }

    async read() {
        while (this.isRunning) {
            this.take(this.site.inbox.look());
            await sleep(20);
        }
    }

    async press() {
        while (this.isRunning) {
            const isReplay = this.confirmed.size > 0 && random(8) === 0;
            const link = isReplay
                ? [...this.confirmed][random(Math.min(this.confirmed.size, 50))]
                : this.waiting.shift();
            if (!link) {
                await sleep(5);
                continue;
            }
            const { status } = await this.post(`${link}/confirm`, { token: this.pressToken });
            if (status === 303) this.confirmed.add(link);
            else if (!isReplay) this.waiting.push(link);
        }
    }

    // No new signings; presses what is there until nothing waits.
    async drain() {
        this.isSigning = false;
        await until("all links are confirmed", 60000, () => this.waiting.length === 0, 50);
        this.isRunning = false;
        await Promise.all(this.loops);
    }
}

async function prepare(site) {
    const { visitor, inbox } = site;
    const page = "/lv/sign/2026/person";
    const { values } = formOf((await visitor.get(page)).body, page);
    const own = { name: "First", email: "first@example.org", country: "LV", consent: "1" };
    await visitor.ask("POST", page, { form: { ...values, ...own } });
    const { link } = await until("the first mail", 15000, () => inbox.to(own.email)[0]);
    const { token } = formOf((await visitor.get(link)).body, "/confirm").values;
    return new Load(site, values, token);
}

async function kills(engine, rounds) {
    const scene = (name, body) => test(`${engine}: ${name}`, body);
    const checkpoints = [];
    let site, load;
    const remember = () => {
        try {
            checkpoints.push(fs.readFileSync(site.logFile("2026", "checkpoint"), "utf8"));
        } catch {
            // none yet
        }
    };

    await scene("the supervisor starts what was killed, and the site goes on", async () => {
        const more = ["--form-seconds", "0", "--workers", "24"];
        site = await Installation.make({ engine, more });
        await site.startSink();
        await site.startServe();
        load = await prepare(site);
        for (const kind of ["web", "work", "web", "work"]) {
            await sleep(100 + random(300));
            const before = await until(`${kind} runs`, 10000, () => site.served()[kind]);
            remember();
            process.kill(before, "SIGKILL");
            await until(`another ${kind}`, 10000, () => {
                const now = site.served()[kind];
                return now && now !== before;
            });
        }
        const has = load.confirmed.size;
        await until("signatures are confirmed again", 10000, () => load.confirmed.size > has);
        const ended = await site.end("serve");
        assert.equal(ended.code, 0);
        const told = ended.log.match(/event=serve.child_ended kind=(web|work) .*signal=9/g) ?? [];
        assert.equal(told.length, 4, ended.log);
    });
    if (!load) return stop("it did not start");

    await scene(`killed ${rounds} times at random points (seed ${seed})`, async () => {
        for (const kind of ["web", "work"]) await site.startOnly(kind);
        const dead = { web: 0, work: 0 };
        for (let round = 0; round < rounds; round++) {
            await sleep(20 + random(random(4) === 0 ? 800 : 250));
            const kinds = [["web"], ["work"], ["web", "work"]][random(3)];
            remember();
            for (const kind of kinds) site.children.get(kind).child.kill("SIGKILL");
            for (const kind of kinds) {
                const { signal, log } = await site.end(kind, "SIGKILL");
                assert.equal(signal, "SIGKILL", `${kind} ended by itself: ${log.slice(-1500)}`);
                assert.ok(!/event=(bug|log.refused|log.change)/.test(log), log.slice(-1500));
                dead[kind]++;
                await site.start(kind, ["serve", "--only", kind, ...site.options()]);
            }
            // Kills in a row hit what is only starting; now and then there must be something to lose.
            if (round % 4 === 3)
                await until("there is load", 60000, () => load.confirmed.size > round + 1);
        }
        note(`web ${dead.web} times, work ${dead.work} times`);
    });

    await scene("what was acknowledged stands, the sealer goes on", async () => {
        await load.drain();
        const shown = await site.settled();
        assert.equal((await site.end("work")).code, 0);
        load.take(site.inbox.look());
        note(`${load.signed.size} signings and ${load.confirmed.size} confirmations acknowledged`);
        note(`answers: ${JSON.stringify(load.answers)}; counted: ${shown.count}`);
        assert.ok(load.confirmed.size > rounds, "there was load");
        const { tables } = site;
        const rows = await tables.rows(
            `SELECT l.id AS link, s.id, s.state, s.leaf, ${tables.hex("s.commitment")} AS hex ` +
                "FROM link l JOIN signature s ON s.id = l.signature",
        );
        const byLink = new Map(rows.map((row) => [Number(row.link), row]));
        const log = await site.readLog();
        for (const link of load.confirmed) {
            const row = byLink.get(site.linkRow(link.split("/").pop()));
            assert.ok(row, "the link of a confirmed signature is there");
            assert.equal(Number(row.state), 1);
            assert.equal(log.entries[row.leaf], `sig1 add p LV ${row.hex}\n`);
        }
        // A mail may come late when its mailer was killed; until then its job stands.
        const mailed = new Set(load.links.values());
        const unmailed = [...load.signed].filter((email) => !mailed.has(email)).length;
        const jobs = Number(await tables.value("SELECT count(*) AS n FROM job WHERE kind = 1"));
        assert.ok(unmailed <= jobs, `${unmailed} signed, without mail; ${jobs} jobs`);
        note(`${unmailed} mails still to come, ${jobs} jobs`);
    });

    await scene("nothing counts twice: log, tables and count.json agree", async () => {
        const { tables } = site;
        const shown = await site.settled();
        const log = await site.readLog();
        const { count, adds } = recount(log.entries);
        assert.equal(new Set([...adds.values()].map((add) => add.commitment)).size, adds.size);
        assert.equal(shown.count, count.total);
        assert.equal(shown.size, log.entries.length);
        const [table] = await tables.rows(
            "SELECT count(*) AS n, count(DISTINCT leaf) AS leaves, " +
                "count(DISTINCT signer) AS signers FROM signature WHERE state = 1",
        );
        assert.deepEqual(Object.values(table).map(Number), Array(3).fill(count.total));
        const sum = await tables.value("SELECT coalesce(sum(n), 0) AS n FROM tally");
        assert.equal(Number(sum), count.total);
        assert.equal(Number(await tables.value("SELECT count(*) AS n FROM mailbox")), count.total);
    });

    await scene("every checkpoint seen before a kill is a prefix of the log", async () => {
        const vkey = /^log-key (.*)$/m.exec(
            fs.readFileSync(site.logFile("2026", "manifest"), "utf8"))[1];
        const seen = checkpoints.map(readCheckpoint);
        const kept = await site.tables.rows(
            "SELECT c.note FROM checkpoint c, declaration d " +
                "WHERE d.id = c.declaration AND d.slug = '2026'");
        seen.push(...kept.map((row) => readCheckpoint(row.note)));
        assert.ok(checkpoints.length >= rounds);
        for (let i = 1; i < checkpoints.length; i++)
            assert.ok(seen[i].size >= seen[i - 1].size, "a log never shrinks");
        const log = await site.readLog("2026", seen.map((one) => one.size));
        for (const { note: text, size, root } of seen) {
            assert.ok(checkpointIsSigned(text, vkey), text);
            assert.ok(log.roots.get(size)?.equals(root), `the root at ${size}`);
        }
        note(`${new Set(seen.map((one) => one.size)).size} sizes compared`);
        assert.equal((await site.end("web")).code, 0);
    });
}

await run(async () => {
    await kills("sqlite", isLong ? 200 : 40);
    if (postgres) await kills("postgresql", isLong ? 200 : 20);
    else skip("postgresql: kills", "UNDERSIGNED_TEST_PG is not set");
});
