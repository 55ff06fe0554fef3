// SPDX-License-Identifier: EUPL-1.2
// kill -9 at random points under signing and confirming load: of web, of work, of both. What was
// acknowledged must stand afterwards, once; what was not may stand or not, but never twice. The log
// is recounted from its files by a parser of our own, and every checkpoint that was published just
// before a kill must be a prefix of what is there in the end.

import { Installation, postgres } from "./lib/installation.mjs";
import { checkpointIsSigned, readCheckpoint, recount } from "./lib/logbook.mjs";
import { Load, chance } from "./lib/load.mjs";
import { isLong, note, run, skip, sleep, stop, test, until } from "./lib/tap.mjs";
import assert from "node:assert/strict";
import fs from "node:fs";

const { random, seed } = chance();

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
        load = await Load.start(site, random);
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
