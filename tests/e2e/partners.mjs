// SPDX-License-Identifier: EUPL-1.2
// Partners through the real program on both engines: whose link a signature came by, from the form
// to the hub and away again; and an organisation that asks to join, from the form to the answer.

import {
    Installation,
    postgres,
    releaseBinary,
    sanitizedBinary,
} from "./lib/installation.mjs";
import { run, skip, sleep, stop, test, until } from "./lib/tap.mjs";
import { formOf } from "./lib/visitor.mjs";
import assert from "node:assert/strict";

const somebody = {
    organisation: "Netværket Bakkerne",
    country: "DK",
    website: "www.bakkerne.example",
    name: "Solveig Ærøskøbing",
    role: "Forkvinde for netværket",
    email: "solveig@bakkerne.example",
    message: "Vi bærer budskabet ud.\nTil alle vore medlemmer.",
    agree: "1",
};

async function partners(engine, binary) {
    const scene = (name, body) => test(`${engine}: ${name}`, body);
    let site;

    await scene("it comes up", async () => {
        site = await Installation.make({ engine, binary });
        await site.startSink();
        await site.startServe();
    });
    if (!site?.children.has("serve")) return stop("it did not start");
    const { visitor, inbox } = site;
    const signForm = "/da/sign/2026?src=cemr";
    const letter = (to, n) => until(`letter ${n} to ${to}`, 15000, () => inbox.to(to)[n - 1]);
    // Fills in the form as it was shown some seconds before, as people do.
    const sendLater = async (page, action, values) => {
        const { values: given } = formOf((await visitor.get(page)).body, action);
        await sleep(3100);
        return visitor.ask("POST", action, { form: { ...given, ...values } });
    };
    const through = async (partner) => {
        const { body } = await visitor.get(`/en/with/${partner}`);
        return Number(/<b class="count-number">(\d+)<\/b>/.exec(body)?.[1] ?? 0);
    };
    let own;

    await scene("who comes by a partner's link is counted there once confirmed", async () => {
        const sent = await sendLater(signForm, "/da/sign/2026/person", {
            name: somebody.name, email: "ada@example.eu", country: "DK", consent: "1" });
        assert.equal(sent.status, 303);
        own = (await letter("ada@example.eu", 1)).link;
        assert.equal(await through("cemr"), 0);
        await visitor.send(own, {}, "/confirm");
        await until("the hub counts it", 10000, async () => (await through("cemr")) === 1);
        assert.equal(await through("aer"), 0);
        assert.equal((await site.count()).count, 1);
        const data = JSON.parse((await visitor.get(`${own}/data`)).body);
        assert.equal(data.came_through_partner, "cemr");
    });

    await scene("and leaves with its signer, who can come back", async () => {
        await visitor.send(`${own}/withdraw`, {}, "/withdraw");
        await until("the hub counts it no more", 10000, async () => (await through("cemr")) === 0);
        await visitor.send(own, {}, "/undo");
        await until("the hub counts it again", 10000, async () => (await through("cemr")) === 1);
        await visitor.send(`${own}/erase`, {}, "/erase");
        await until("nothing is left", 10000, async () => (await through("cemr")) === 0);
        assert.equal(await site.tables.value("SELECT source AS n FROM signature"), "");
    });

    const requests = async (...args) => {
        const done = await site.run("requests", ...args);
        const lines = done.out.split("\n").filter((one) => one.startsWith("{"));
        return { ...done, rows: lines.map((one) => JSON.parse(one)) };
    };
    let link;

    await scene("a request to join is read by nobody before its sender confirms", async () => {
        const sent = await sendLater("/da/partners/join", "/da/partners/join", somebody);
        assert.equal(sent.status, 303, sent.body.slice(0, 400));
        assert.equal(sent.headers.location, "/da/partners/join/sent");
        const mail = await letter(somebody.email, 1);
        assert.equal(mail.lang, "da");
        assert.ok(!mail.text.includes("Bakkerne"), "nothing that a stranger typed");
        link = mail.link;
        const robots = { "user-agent": "LinkScanner/1.0", purpose: "prefetch" };
        for (let i = 0; i < 20; i++) {
            assert.equal((await visitor.ask("GET", link, { headers: robots })).status, 200);
            assert.equal((await visitor.ask("HEAD", link, { headers: robots })).status, 200);
        }
        assert.deepEqual((await requests("--json")).rows, []);
    });

    await scene("once confirmed it is listed, shown and answered", async () => {
        assert.equal((await visitor.send(link, {}, "/confirm")).status, 303);
        const { rows } = await requests("--json");
        assert.equal(rows.length, 1);
        const { number, state, organisation, contact, message } = rows[0];
        assert.deepEqual([state, organisation, contact, message],
            ["waits", somebody.organisation, somebody.name, somebody.message]);
        assert.match((await requests("show", String(number))).out, /Vi bærer budskabet ud/);
        const doctor = await site.doctor();
        assert.match(doctor.matters.requests.finding, /^1 to join wait/);
        assert.equal((await requests("accept", "999")).code, 3);
        assert.equal((await requests("accept")).code, 2);
        assert.equal((await requests("accept", String(number), "--note", "Velkommen.")).code, 0);
        assert.equal((await requests("refuse", String(number))).code, 4);
        const answer = await letter(somebody.email, 2);
        assert.equal(answer.link, link);
        assert.match((await visitor.get(link)).body, /Velkommen\./);
    });

    await scene("and erased at a press, with nothing left in the database", async () => {
        assert.equal((await visitor.send(link, {}, "/back")).status, 303);
        assert.equal((await visitor.get(link)).status, 404);
        assert.equal(Number(await site.tables.value("SELECT count(*) AS n FROM joining")), 0);
        const retention = await site.run("retention");
        assert.match(retention.out, /requests +0 there/);
    });

    await scene("nothing of it is in the logs", async () => {
        const ended = [await site.end("serve"), await site.end("sink")];
        for (const { code, log } of ended) {
            assert.equal(code, 0, log.slice(-2000));
            assert.ok(!/Sanitizer|runtime error|event=bug/.test(log), log.slice(0, 4000));
            for (const word of [somebody.email, somebody.organisation, link.split("/").pop()])
                assert.ok(!log.includes(word), `a log line has ${word}`);
        }
    });
}

await run(async () => {
    await partners("sqlite", sanitizedBinary);
    if (postgres) await partners("postgresql", releaseBinary);
    else skip("postgresql: partners", "UNDERSIGNED_TEST_PG is not set");
});
