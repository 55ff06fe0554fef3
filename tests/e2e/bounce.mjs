// SPDX-License-Identifier: EUPL-1.2
// A mail that comes back: reports in several dialects go through the command that a mail server
// calls, and end what they must and nothing else.

import { Installation, command, postgres, repository } from "./lib/installation.mjs";
import { run, skip, test, until } from "./lib/tap.mjs";
import { formOf } from "./lib/visitor.mjs";
import assert from "node:assert/strict";
import fs from "node:fs";
import path from "node:path";

const page = "/en/sign/2026/person";
const sample = (name) => fs.readFileSync(path.join(repository, "fuzz/corpus/bounce", name), "latin1");

async function scenario(engine) {
    const site = await Installation.make({
        engine,
        more: ["--form-seconds", "0", "--mail-bounce", "bounce@mail.alliance.example"],
    });
    await site.startSink();
    await site.startServe();
    const { values: form } = formOf((await site.visitor.get(page)).body, page);

    const signed = async (email) => {
        const own = { name: "Came Back", email, country: "FI", consent: "1", news: "1" };
        const sent = await site.visitor.ask("POST", page, { form: { ...form, ...own } });
        assert.equal(sent.status, 303);
        const letter = await until(`mail to ${email}`, 30000, () => site.inbox.to(email)[0]);
        return { email, receipt: sent.headers.location, from: letter.returnPath.slice(1, -1) };
    };
    const bounce = (to, message, ...more) =>
        command(site.binary, ["bounce", ...site.options(), ...more, to], { input: message });
    const jobs = async () => Number(await site.tables.value("SELECT count(*) AS n FROM job"));

    let one, other;
    await test(`${engine}: each mail has a return path of its own, without the address`, async () => {
        one = await signed("gone@example.org");
        other = await signed("here@example.org");
        for (const { from, email } of [one, other]) {
            assert.match(from, /^bounce\+[\w-]+@mail\.alliance\.example$/);
            assert.ok(!from.includes(email.split("@")[0]));
        }
        assert.notEqual(one.from, other.from);
        assert.equal(await jobs(), 2, "each waits with its one reminder");
    });

    await test(`${engine}: notices, full mailboxes and forged tokens end nothing`, async () => {
        const forged = one.from.replace(/.@/, (c) => (c[0] === "a" ? "b@" : "a@"));
        for (const [to, name, said] of [
            [one.from, "postfix-delayed", "ignored"],
            [one.from, "vacation-german", "ignored"],
            [one.from, "exim-quota", "kept"],
            [forged, "postfix-unknown", "not ours"],
            ["bounce@mail.alliance.example", "postfix-unknown", "not ours"],
        ]) {
            const done = await bounce(to, sample(name));
            assert.equal(done.code, 0, done.err);
            assert.equal(done.out.trim(), said, name);
        }
        assert.equal(await jobs(), 2);
        assert.ok((await site.doctor()).matters.mail.well);
    });

    await test(`${engine}: a mailbox that is not there gets nothing more, another one does`, async () => {
        const done = await bounce(one.from, sample("postfix-unknown"));
        assert.equal(done.out.trim(), "stopped");
        assert.equal(await jobs(), 1, "the reminder is gone");
        assert.equal((await bounce(one.from, sample("french-dsn"))).code, 0, "told twice");
        assert.equal(await jobs(), 1);
    });

    await test(`${engine}: our own domain refused is an alarm, and harms no signer`, async () => {
        assert.equal((await bounce(other.from, sample("outlook-515"))).out.trim(), "alarm");
        assert.equal(await jobs(), 1);
        const { code, matters } = await site.doctor();
        assert.equal(code, 1);
        assert.match(matters.mail.finding, /our domain is refused/);
    });

    await test(`${engine}: a database that is away lets the mail server try again`, async () => {
        const away = engine === "sqlite" ? "sqlite:/proc/none/none.db" : "postgres://127.0.0.1:1/none";
        const done = await command(site.binary, ["bounce", ...site.options(), "--database", away, one.from],
            { input: sample("postfix-unknown") });
        assert.equal(done.code, 75, done.err);
    });
    await site.remove();
}

await run(async () => {
    await scenario("sqlite");
    if (postgres) await scenario("postgresql");
    else skip("postgresql", "UNDERSIGNED_TEST_PG is not set");
});
