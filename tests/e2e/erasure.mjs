// SPDX-License-Identifier: EUPL-1.2
// Erasing is real: after the button nothing that tells who signed is in any file of the
// installation or in its log lines, nor after an older backup was restored. Data requests that
// reach the operator, and the backup drill, by the commands that the manual names.

import { Installation, command, postgres, releaseBinary } from "./lib/installation.mjs";
import { isLong, note, run, skip, test, until } from "./lib/tap.mjs";
import { formOf, textOf } from "./lib/visitor.mjs";
import assert from "node:assert/strict";
import fs from "node:fs";
import path from "node:path";

const canaries = isLong ? 500 : 24;
const page = "/en/sign/2026/person";

// Every file below a folder, but for what is not the installation's: the mails in their mailboxes.
function* filesOf(folder) {
    for (const entry of fs.readdirSync(folder, { withFileTypes: true })) {
        const whole = path.join(folder, entry.name);
        if (entry.isDirectory() && entry.name !== "inbox") yield* filesOf(whole);
        else if (entry.isFile()) yield whole;
    }
}

function filesWith(folder, words) {
    return [...filesOf(folder)].filter((file) => {
        const bytes = fs.readFileSync(file);
        return words.some((word) => bytes.includes(word));
    });
}

const words = ["Canaria", "canaria", "canary.", "nest.example"];

async function signed(site, form, i) {
    const email = `canary.${i}@nest.example`;
    const own = { name: `Canaria Avis ${i}`, email, country: "MT", consent: "1" };
    if (i % 2) Object.assign(own, { listed: "1", reason: "Canaria cantat" });
    const sent = await site.visitor.ask("POST", page, { form: { ...form, ...own } });
    assert.equal(sent.status, 303);
    const link = await until(`mail to ${email}`, 30000, () => site.inbox.to(email)[0]?.link);
    const confirmed = await site.visitor.send(link, {}, "/confirm");
    assert.equal(confirmed.status, 303);
    return link;
}

async function scenario(engine) {
    const site = await Installation.make({ engine, binary: releaseBinary, more: ["--form-seconds", "0"] });
    await site.startSink();
    await site.startServe();
    const { values: form } = formOf((await site.visitor.get(page)).body, page);
    const links = [];
    const backup = path.join(site.folder, "backup.db");
    const isSqlite = engine === "sqlite";

    await test(`${engine}: ${canaries} sign, and get all that is held as a file`, async () => {
        for (let i = 0; i < canaries; i++) links.push(await signed(site, form, i));
        await site.settled();
        assert.equal((await site.count()).count, canaries);
        const file = await site.visitor.get(`${links[1]}/data`);
        assert.match(file.headers["content-disposition"], /attachment/);
        const held = JSON.parse(file.body);
        assert.equal(held.email, "canary.1@nest.example");
        assert.equal(held.state, "counts");
        assert.deepEqual(
            held.consents.map((one) => [one.to, one.given]),
            [["sign", true], ["list", true], ["news", false]],
        );
    });

    await test(`${engine}: a backup while it runs`, async () => {
        const done = await site.run("backup", backup);
        if (!isSqlite) {
            assert.equal(done.code, 5);
            assert.match(done.err, /pg_dump/);
            return;
        }
        assert.equal(done.code, 0, done.err);
        assert.equal(fs.statSync(backup).mode & 0o777, 0o600);
        assert.equal((await site.run("backup", backup)).code, 4, "never overwrites");
        assert.ok(fs.readFileSync(backup).includes("Canaria"), "it knows them");
    });

    await test(`${engine}: the operator erases by address, after a look`, async () => {
        const look = await site.run("erase", "--mailbox", "Canary.0@nest.example");
        assert.equal(look.code, 0, look.err);
        assert.match(look.out, /^\d+\t2026\tperson\tMT\tcounts\t/);
        assert.ok(!/Canaria|nest/.test(look.out + look.err.replace(/--mailbox.*/, "")));
        assert.equal((await site.visitor.get(links[0])).status, 200, "a look erases nothing");
        const done = await site.run("erase", "--mailbox", "Canary.0@nest.example", "--yes");
        assert.equal(done.code, 0, done.err);
        assert.equal((await site.visitor.get(links[0])).status, 404);
        assert.equal((await site.run("erase", "--mailbox", "canary.0@nest.example")).code, 3);
        assert.equal((await site.run("erase")).code, 2);
    });

    await test(`${engine}: the others erase themselves; nothing is found anywhere`, async () => {
        for (const link of links.slice(1)) {
            const done = await site.visitor.send(`${link}/erase`, {}, "/erase");
            assert.equal(done.status, 303);
            assert.equal(done.headers.location, "/en/erased");
        }
        assert.match(textOf((await site.visitor.get("/en/erased")).body), /Your data are erased/);
        assert.equal((await site.visitor.get(links[1])).status, 404);
        const shown = await site.settled();
        assert.equal(shown.count, 0);
        assert.equal((await site.visitor.get("/en/signatories/2026")).body.includes("Canaria"), false);
        assert.deepEqual(filesWith(site.data, words), []);
        const { log } = site.children.get("serve");
        assert.ok(!words.some((word) => log.includes(word)), "no word in the log lines");
        const lines = fs.readFileSync(path.join(site.data, "erasures"), "latin1").trim().split("\n");
        assert.equal(lines.length, canaries);
        assert.ok(lines.every((line) => /^\d+ [0-9a-f]{16}$/.test(line)));
        if (engine === "postgresql") {
            const tables = ["record", "listing", "link", "job", "mailbox", "consent_change"];
            for (const table of tables)
                assert.equal(Number(await site.tables.value(`SELECT count(*) AS n FROM ${table}`)), 0);
        }
    });
    if (!isSqlite) return;

    await site.end("serve");
    const place = path.join(site.folder, "elsewhere");
    const other = (verb, ...args) => command(site.binary, [verb, "--data", place, ...args]);

    await test("restore needs the keys, the journal, and an empty place", async () => {
        fs.mkdirSync(place);
        assert.equal((await other("restore", backup)).code, 3);
        fs.cpSync(path.join(site.data, "keys"), path.join(place, "keys"), { recursive: true });
        const refused = await other("restore", backup);
        assert.equal(refused.code, 5);
        assert.match(refused.err, /journal/);
        assert.ok(!fs.existsSync(path.join(place, "undersigned.db")));
        assert.equal((await site.run("restore", backup)).code, 4, "there is one already");
        const torn = path.join(site.folder, "torn.db");
        const bytes = fs.readFileSync(backup);
        bytes.fill(0xa5, 6 * 4096, 12 * 4096);
        fs.writeFileSync(torn, bytes);
        assert.notEqual((await other("restore", torn, "--without-journal")).code, 0);
        assert.ok(!fs.existsSync(path.join(place, "undersigned.db")), "nothing half restored");
    });

    await test("an older backup put back: who was erased is erased again", async () => {
        fs.copyFileSync(path.join(site.data, "erasures"), path.join(place, "erasures"));
        const began = Date.now();
        const done = await other("restore", backup);
        assert.equal(done.code, 0, done.err);
        assert.match(done.err, new RegExp(`${canaries} signature\\(s\\) erased again`));
        note(`restored in ${Date.now() - began} ms`);
        assert.deepEqual(filesWith(place, words), []);
    });

    await test("the same when the file is put back by hand and work starts", async () => {
        const file = path.join(site.data, "undersigned.db");
        for (const end of ["", "-wal", "-shm"]) fs.rmSync(file + end, { force: true });
        fs.copyFileSync(backup, file);
        await site.startServe();
        await until("erased again", 20000, () => filesWith(site.data, words).length === 0, 200);
        assert.equal((await site.visitor.get(links[3])).status, 404);
    });
}

await run(async () => {
    await scenario("sqlite");
    if (postgres) await scenario("postgresql");
    else skip("postgresql", "UNDERSIGNED_TEST_PG is not set");
});
