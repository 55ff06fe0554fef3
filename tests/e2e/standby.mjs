// SPDX-License-Identifier: EUPL-1.2
// A PostgreSQL primary and a standby that commits wait for. The standby dies or freezes under load;
// it takes over; the old primary comes back beside it, is rewound, restored from a backup, or has
// gone its own way: nothing that was acknowledged is lost, no two of them sign, and who is refused
// says why. The manual's recipes, run as they stand there.

import { Installation } from "./lib/installation.mjs";
import { readCheckpoint, recount } from "./lib/logbook.mjs";
import { Server, hasServers } from "./lib/servers.mjs";
import { note, run, skip, sleep, test, until } from "./lib/tap.mjs";
import { formOf } from "./lib/visitor.mjs";
import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import fs from "node:fs";
import path from "node:path";

const page = "/en/sign/2026/person";
const AT_ONCE_MS = 1000;
const names = "'FIRST 1 (one, two)'";
let people = 0;

// Up to the link in the mail, of one who signs at that site.
async function signed(site) {
    site.form ??= formOf((await site.visitor.get(page)).body, page).values;
    const email = `s${people++}@example.org`;
    const own = { name: `Signer ${email}`, email, country: "AT", consent: "1" };
    const answer = await site.visitor.ask("POST", page, { form: { ...site.form, ...own } });
    assert.equal(answer.status, 303);
    const link = await until(`mail to ${email}`, 20000, () => site.inbox.to(email)[0]?.link);
    const shown = formOf((await site.visitor.get(link)).body, "/confirm").values;
    return { link, form: { token: shown.token } };
}

// {status, ms} of the one button.
async function confirm(site, one) {
    const began = performance.now();
    const { status } = await site.visitor.ask("POST", `${one.link}/confirm`, { form: one.form });
    return { status, ms: Math.round(performance.now() - began) };
}

async function signAndConfirm(site) {
    const one = await signed(site);
    assert.equal((await confirm(site, one)).status, 303);
    return one.link;
}

const checkpointOf = (site) =>
    readCheckpoint(fs.readFileSync(site.logFile("2026", "checkpoint"), "utf8"));

async function doctorSays(site, matter, finding, isWell = false) {
    let row;
    try {
        return await until(`doctor: ${matter} ${finding}`, 30000, async () => {
            row = (await site.doctor()).matters[matter];
            return row && row.well === isWell && finding.test(row.finding) && row.finding;
        }, 300);
    } catch (error) {
        throw new Error(`${error.message}; it says ${JSON.stringify(row)}`, { cause: error });
    }
}

async function installed(database, standby, like) {
    const more = ["--form-seconds", "0", "--db-standby", standby];
    if (like) more.push("--origin", like.origin); // the logs are of one name
    const site = await Installation.make({ engine: "postgresql", database, more, like });
    site.origin = like?.origin ?? `http://127.0.0.1:${site.port}`;
    await site.startSink();
    return site;
}

// Nothing is signed for a while, and the queue keeps what is confirmed.
async function standsStill(site, before, queued) {
    await sleep(2500);
    const now = fs.existsSync(site.logFile("2026", "checkpoint")) ? checkpointOf(site).size : 0;
    assert.equal(now, before);
    assert.equal(Number(await site.tables.value("SELECT count(*) AS n FROM log_queue")), queued);
}

// What the lines of the log rested on, one after another.
async function modesOf(site) {
    const { entries } = await site.readLog();
    const lines = entries.map(String).filter((line) => line.startsWith("sig1 mode "));
    const notes = { sync: "Each line is on a second server before it is signed.\n",
        async: "Each line is on one server when it is signed.\n" };
    return lines.map((line) => {
        const [, , word, hash] = line.trim().split(" ");
        assert.equal(hash, createHash("sha256").update(notes[word]).digest("hex"));
        return word;
    });
}

async function everythingCounts(site, expected) {
    assert.equal((await site.settled()).count, expected);
    const { entries } = await site.readLog();
    assert.equal(recount(entries).count.total, expected);
}

async function underLoad(site, two) {
    const links = [];
    let counted = 0;

    await test("a standby that follows: all is well", async () => {
        await signAndConfirm(site);
        await everythingCounts(site, ++counted);
        assert.deepEqual(await modesOf(site), ["sync"]);
        await doctorSays(site, "durability", /keeps what it has confirmed/, true);
        note(await doctorSays(site, "standby 2026", /follows, (\d+) of \1 lines/, true));
        assert.equal(await two.sql("SELECT pg_is_in_recovery();"), "t");
    });

    for (let i = 0; i < 30; i++) links.push(await signed(site));

    // Confirms them by six at a time; what breaks in the middle breaks after the fifth.
    const load = async (breakIt) => {
        const waiting = links.splice(0, 15);
        const answers = [];
        let broken;
        const press = async () => {
            for (let one = waiting.shift(); one; one = waiting.shift()) {
                if (answers.length >= 5) broken ??= breakIt().then(() => performance.now());
                if (waiting.length < 4) await broken; // some come afterwards, on any machine
                const began = performance.now();
                const { status, ms } = await confirm(site, one);
                answers.push({ status, ms, began, one });
            }
        };
        await Promise.all(Array.from({ length: 6 }, press));
        const brokenAt = await broken;
        for (const { status } of answers) assert.ok([303, 503].includes(status), `${status}`);
        counted += answers.filter(({ status }) => status === 303).length;
        const late = answers.filter(({ began, status }) => began > brokenAt && status === 303);
        assert.equal(late.length, 0, "acknowledged without the standby");
        return answers.filter(({ status }) => status === 503).map(({ one }) => one);
    };

    const refusedAtOnce = async (refused) => {
        // Whoever pressed in that very moment has waited; from now on nobody does.
        await until("refused at once", 15000, async () =>
            (await confirm(site, refused[0])).ms < AT_ONCE_MS, 100);
        const times = [];
        for (let i = 0; i < 12; i++) {
            const { status, ms } = await confirm(site, refused[i % refused.length]);
            assert.equal(status, 503);
            times.push(ms);
        }
        note(`503 after ${times.join(", ")} ms`);
        // But two: other scripts run beside this one, and may delay any.
        assert.ok(times.sort((a, b) => a - b)[times.length - 3] < AT_ONCE_MS);
        const form = { ...site.form, name: "Late Signer", email: "late@example.org", country: "AT",
            consent: "1" };
        assert.equal((await site.visitor.ask("POST", page, { form })).status, 503);
        assert.equal((await site.visitor.get("/en")).status, 200);
        assert.equal((await site.visitor.get(refused[0].link)).status, 200);
        assert.equal((await site.doctor()).matters.writing.well, false);
    };

    const comesBack = async (refused) => {
        for (const one of refused)
            await until("the link confirms", 20000, async () =>
                (await confirm(site, one)).status === 303, 200);
        counted += refused.length;
        await everythingCounts(site, counted);
        await doctorSays(site, "durability", /keeps/, true);
    };

    await test("settings that lose what was written are named", async () => {
        for (const [name, finding] of [
            ["fsync", /fsync is off/],
            ["full_page_writes", /full_page_writes is off/],
            ["synchronous_commit", /synchronous_commit is off/],
        ]) {
            await site.primary.set(name, "off");
            await doctorSays(site, "durability", finding);
            await site.primary.sql(`ALTER SYSTEM RESET ${name}; SELECT pg_reload_conf();`);
        }
        await site.primary.set("synchronous_standby_names", "'*'");
        await doctorSays(site, "durability", /any receiver/);
        await site.primary.set("synchronous_standby_names", names);
        await doctorSays(site, "durability", /keeps/, true);
    });

    let refused;
    await test("the standby dies under load: 503 at once, pages answer", async () => {
        refused = await load(() => two.stop("immediate"));
        assert.ok(refused.length > 0);
        await refusedAtOnce(refused);
        note(await doctorSays(site, "standby", /does not answer/));
    });
    await test("nothing is signed that only one of them has", async () => {
        const { size } = checkpointOf(site);
        await sleep(1500);
        assert.equal(checkpointOf(site).size, size);
    });
    await test("it is back: the links are good, and each counts once", async () => {
        await two.start();
        await comesBack(refused);
    });
    await test("the standby freezes under load: 503 at once", async () => {
        refused = await load(async () => two.signal("SIGSTOP"));
        assert.ok(refused.length > 0);
        await refusedAtOnce(refused);
        note(await doctorSays(site, "durability", /commits wait for a standby/));
    });
    await test("it goes on: the links are good, and each counts once", async () => {
        two.signal("SIGCONT");
        await comesBack(refused);
    });
    await test("rows whose wait for the standby was cut off are not signed before it has them", async () => {
        const cut = "SELECT count(pg_cancel_backend(pid)) FROM pg_stat_activity WHERE wait_event = 'SyncRep';";
        const head = () => site.primary.sql(
            "SELECT h.size FROM log_head h JOIN declaration d ON d.id = h.declaration WHERE d.slug = '2026';",
            "e2e_standby");
        const one = await signed(site);
        const before = checkpointOf(site).size;
        two.signal("SIGSTOP");
        try {
            const pressed = confirm(site, one);
            let waits = 0;
            for (let i = 0; i < 100; i++) {
                waits += Number(await site.primary.sql(cut));
                assert.equal(checkpointOf(site).size, before);
                await sleep(50);
            }
            assert.equal((await pressed).status, 503); // whether it lasts, nobody knows yet
            note(`${waits} waits cut off; ${before} lines signed, ${await head()} to be seen`);
            assert.ok(waits >= 2);
        } finally {
            two.signal("SIGCONT");
        }
        await comesBack([one]);
        assert.ok(checkpointOf(site).size > before);
    });
    return counted;
}

async function takeover(site, one, two, counted) {
    let second;

    await test("the standby takes over: the old primary signs nothing beside it", async () => {
        await site.end("serve");
        await two.promote();
        await one.set("synchronous_standby_names", "''");
        await site.startServe();
        note(await doctorSays(site, "log 2026 halted", /nothing is signed: standby .* takes writes itself/));
        await doctorSays(site, "standby 2026", /takes writes itself/);
        await doctorSays(site, "durability", /synchronous_standby_names is empty/);
    });
    await test("it still takes signatures, and says that they wait", async () => {
        const before = checkpointOf(site).size;
        const link = await signAndConfirm(site);
        await standsStill(site, before, 1);
        assert.match((await site.visitor.get(link)).body, /The log takes no new lines at the moment/);
        await site.end("serve");
    });

    await test("nor does the new one while the old one runs", async () => {
        second = await installed(two.url("e2e_standby"), one.url("e2e_standby"), site);
        await second.startServe();
        note(await doctorSays(second, "log 2026 halted", /nothing is signed: standby .* takes writes itself/));
        await standsStill(second, 0, 0);
    });
    await test("the old one is stopped: the new one goes on from where the log was", async () => {
        await one.stop();
        await second.end("serve"); // what it was told stands until it is told otherwise
        await second.startServe();
        await signAndConfirm(second);
        counted++;
        await everythingCounts(second, counted);
        assert.deepEqual(await modesOf(second), ["sync", "async"]);
        await doctorSays(second, "standby", /does not answer/);
        const [was, is] = [checkpointOf(site), checkpointOf(second)];
        assert.ok(is.size > was.size);
        const { roots } = await second.readLog("2026", [was.size]);
        assert.ok(roots.get(was.size).equals(was.root), "what the old one signed is a beginning");
    });
    await test("a partition: while each is alone, only one can write", async () => {
        // As set up, a server that nobody follows confirms nothing.
        await two.set("synchronous_standby_names", names);
        const before = checkpointOf(second).size;
        const link = await until("refused", 10000, async () => {
            const { status } = await second.visitor.ask("POST", page, { form: {
                ...second.form, name: "Lone Signer", email: "lone@example.org", country: "AT", consent: "1" } });
            return status === 503;
        }, 200);
        assert.ok(link);
        assert.equal(checkpointOf(second).size, before);
    });
    await test("the old one is rewound and follows: commits are confirmed again", async () => {
        await one.rewind(two);
        assert.equal(await one.sql("SELECT pg_is_in_recovery();"), "t");
        await until("one signs", 30000, async () => {
            const form = { ...second.form, name: "Next Signer", email: `n${people++}@example.org`,
                country: "AT", consent: "1" };
            return (await second.visitor.ask("POST", page, { form })).status === 303;
        }, 300);
        await signAndConfirm(second);
        counted++;
        await everythingCounts(second, counted);
        assert.deepEqual(await modesOf(second), ["sync", "async", "sync"]);
        await doctorSays(second, "standby 2026", /follows/, true);
        await doctorSays(second, "durability", /keeps/, true);
    });
    return { second, counted };
}

async function astray(second, one, two, counted) {
    const three = new Server("three");
    await two.sql("SELECT pg_reload_conf();");

    await test("a backup that was put back signs nothing while a standby knows more", async () => {
        await three.follow(two);
        await three.stop();
        fs.rmSync(path.join(three.data, "standby.signal"));
        await signAndConfirm(second);
        counted++;
        await everythingCounts(second, counted);
        await three.start();
        await three.set("synchronous_standby_names", "''");
        const third = await installed(three.url("e2e_standby"), one.url("e2e_standby"), second);
        await third.startServe();
        note(await doctorSays(third, "log 2026 halted", /has \d+ lines of this log, here are \d+/));
        await signAndConfirm(third);
        await standsStill(third, 0, 1);
        // With nobody to ask it goes its own way, as far as the others: what a witness is for.
        await third.end("serve");
        third.more.push("--db-standby", "");
        await third.startServe();
        await everythingCounts(third, counted);
        await third.remove();
        await three.stop();
    });
    await test("a standby with other lines stops the log, until it is made anew", async () => {
        await three.startAlone();
        await signAndConfirm(second);
        await everythingCounts(second, ++counted); // as long as the other log, which named its mode
        await second.end("serve");
        second.more.push("--db-standby", [two, one, three].map((server) => server.url("e2e_standby")).join(" "));
        await second.startServe();
        note(await doctorSays(second, "log 2026 halted", /has other lines among its \d+/));
        const before = checkpointOf(second).size;
        await signAndConfirm(second);
        await standsStill(second, before, 1);
        await three.stop();
        await three.follow(two);
        counted++;
        await everythingCounts(second, counted);
        await until("doctor is well again", 20000, async () => {
            const { matters } = await second.doctor();
            return !matters["log 2026 halted"] && matters["standby 2026"].well;
        }, 300);
    });
    await test("an address of standbys that is none is refused", async () => {
        await second.end("serve");
        second.more.push("--db-standby", "sqlite:/nowhere");
        const done = await second.run("serve", "--only", "work");
        assert.notEqual(done.code, 0);
        assert.match(done.err, /db-standby: number 1, or the database, is not PostgreSQL/);
    });
}

await run(async () => {
    if (!hasServers) return skip("standbys", "no PostgreSQL 15");
    const [one, two] = [new Server("one"), new Server("two")];
    await one.create();
    await one.sql("CREATE DATABASE e2e_standby;");
    await two.follow(one);
    await one.set("synchronous_standby_names", names);
    const site = await installed(one.url("e2e_standby"), two.url("e2e_standby"));
    site.primary = one;
    await site.startServe();
    let counted = await underLoad(site, two);
    let second;
    ({ second, counted } = await takeover(site, one, two, counted));
    await astray(second, one, two, counted);
});
