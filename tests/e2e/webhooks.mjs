// SPDX-License-Identifier: EUPL-1.2
// Messages to webhooks, read by the library of Standard Webhooks: what is told and when, that it is
// signed, that it comes until it has arrived, and where it never goes.

import { freePort, Installation, sanitizedBinary, repository } from "./lib/installation.mjs";
import { cleanup, run, sleep, test, until } from "./lib/tap.mjs";
import Ajv2020 from "ajv/dist/2020.js";
import addFormats from "ajv-formats";
import assert from "node:assert/strict";
import fs from "node:fs";
import http from "node:http";
import path from "node:path";
import { Webhook } from "standardwebhooks";

const document = JSON.parse(fs.readFileSync(path.join(repository, "static/openapi.json"), "utf8"));
const ajv = addFormats(new Ajv2020({ strict: false }));
ajv.addSchema({ $id: "api", ...document });

// A receiver on this machine; what it answers can be set.
async function receiver(port) {
    const got = [];
    const say = { status: 204, headers: {} };
    const server = http.createServer((request, reply) => {
        const parts = [];
        request.on("data", (part) => parts.push(part));
        request.on("end", () => {
            got.push({ url: request.url, headers: request.headers, body: Buffer.concat(parts).toString() });
            reply.writeHead(say.status, say.headers).end();
        });
    });
    await new Promise((done) => server.listen(port, "127.0.0.1", done));
    cleanup(() => { server.closeAllConnections(); server.close(); });
    return { got, say };
}

await run(async () => {
    const port = await freePort();
    const there = await receiver(port);
    const site = await Installation.make({
        binary: sanitizedBinary,
        more: ["--webhook-targets", "any", "--webhook-ports", String(port), "--sandbox", "try"],
    });
    await site.startSink();
    await site.startServe();
    const url = `http://127.0.0.1:${port}/hook`;
    let id;
    let secret;
    const message = (n) => until(`message ${n}`, 15000, () => there.got.length >= n && there.got[n - 1]);
    const states = async () => JSON.parse((await site.run("webhook", "--json")).out);

    await test("a webhook is added, tried, and its message is genuine", async () => {
        const added = await site.run("webhook", "add", url, "--events", "count.reached,partner.signed");
        assert.equal(added.code, 0, added.err);
        secret = added.out.trim();
        id = String((await states()).id);
        assert.equal((await site.run("webhook", "secret", id)).out.trim(), secret);
        assert.equal((await site.run("webhook", "ping", id)).code, 0);
        const { body, headers } = await message(1);
        const read = new Webhook(secret).verify(body, headers);
        assert.equal(read.type, "ping");
        assert.equal(headers["content-type"], "application/json");
        assert.throws(() => new Webhook(secret).verify(body.replace("ping", "pong"), headers));
        const other = `whsec_${Buffer.alloc(32).toString("base64")}`;
        assert.throws(() => new Webhook(other).verify(body, headers));
    });

    await test("a step of the ladder is told, with the count that reached it", async () => {
        const begun = there.got.length;
        const { goal } = await site.count();
        assert.equal((await site.run("sample", String(goal))).code, 0);
        const steps = () => there.got.slice(begun).filter((one) => one.body.includes("count.reached"));
        const [{ body, headers }] = await until("the step", 60000, () => steps().length && steps());
        const told = new Webhook(secret).verify(body, headers);
        assert.ok(ajv.validate({ $ref: "api#/components/schemas/CountReached" }, told), ajv.errorsText());
        assert.equal(told.data.step, goal);
        assert.ok(told.data.count >= goal);
        await site.settled();
        await sleep(1500);
        assert.equal(steps().length, 1);
    });

    await test("what a partner sent is told once it stands in the count", async () => {
        const key = (await site.run("api-key", "add", "Site", "--partner", "cemr")).out.trim();
        const before = there.got.length;
        const people = [1, 2].map((n) => `hook${n}@example.org`);
        for (const email of people) {
            const reply = await fetch(`http://127.0.0.1:${site.port}/api/v1/declarations/2026/signatures`, {
                method: "POST",
                headers: { "Content-Type": "application/json", Authorization: `Bearer ${key}`,
                    "Idempotency-Key": email },
                body: JSON.stringify({ kind: "person", lang: "en", version: 1, name: "Ada Hook", email,
                    country: "IE", consent: true }),
            });
            assert.equal(reply.status, 202);
        }
        let total = 0;
        for (const [i, email] of people.entries()) {
            const letter = await until("the letter", 10000, () => site.inbox.to(email)[0]);
            assert.equal(there.got.length, before + i, "nothing before it is confirmed");
            await site.visitor.send(letter.link, {}, "/confirm");
            const { body, headers } = await message(before + i + 1);
            const told = new Webhook(secret).verify(body, headers);
            assert.ok(ajv.validate({ $ref: "api#/components/schemas/PartnerSigned" }, told), ajv.errorsText());
            total += told.data.signatures;
            assert.equal(told.data.partner, "cemr");
            assert.equal(told.data.total, total);
            assert.ok((await site.settled()).size >= told.data.size, "it is public");
            assert.ok(!/Ada|example\.org/.test(body), "nothing about a person");
        }
    });

    await test("a message comes again, the same, until it has arrived", async () => {
        const n = there.got.length;
        there.say.status = 503;
        await site.run("webhook", "ping", id);
        const first = await message(n + 1);
        assert.equal((await states()).state, "failing");
        there.say.status = 200;
        const second = await message(n + 2);
        assert.equal(second.headers["webhook-id"], first.headers["webhook-id"]);
        assert.equal(second.body, first.body);
        new Webhook(secret).verify(second.body, second.headers);
        await until("well again", 30000, async () => (await states()).state === "well");
    });

    await test("a redirect is a failure, and is not followed", async () => {
        const n = there.got.length;
        there.say.status = 307;
        there.say.headers = { Location: `http://127.0.0.1:${port}/elsewhere` };
        await site.run("webhook", "ping", id);
        await message(n + 1);
        await sleep(1500);
        assert.ok(!there.got.some((one) => one.url === "/elsewhere"));
        assert.equal((await states()).state, "failing");
        there.say.headers = {};
        there.say.status = 204;
        await until("well again", 30000, async () => (await states()).state === "well");
    });

    await test("who is gone is left alone until it is put on again", async () => {
        const n = there.got.length;
        there.say.status = 410;
        await site.run("webhook", "ping", id);
        await message(n + 1);
        await until("off", 30000, async () => (await states()).state === "off");
        there.say.status = 204;
        await site.run("webhook", "ping", id);
        await sleep(2500);
        assert.equal(there.got.length, n + 1);
        assert.equal((await site.run("webhook", "on", id)).code, 0);
        await site.run("webhook", "ping", id);
        await message(n + 2);
    });

    await test("addresses that cannot be are refused, and removed ones are forgotten", async () => {
        for (const bad of ["ftp://x.example/", "https://a:b@x.example/", "nonsense"])
            assert.equal((await site.run("webhook", "add", bad, "--events", "count.reached")).code, 2);
        assert.equal((await site.run("webhook", "add", url, "--events", "everything")).code, 2);
        assert.equal((await site.run("webhook", "remove", id)).code, 0);
        assert.equal((await site.run("webhook", "remove", id)).code, 3);
        assert.equal((await site.run("webhook", "ping", id)).code, 3);
    });
    await site.end("serve");

    await test("without the operator's word nothing goes to this machine or its networks", async () => {
        const closed = await Installation.make({ more: ["--webhook-ports", `${port} 443`] });
        await closed.startSink();
        await closed.startServe();
        const n = there.got.length;
        const targets = [url, `https://127.0.0.1:${port}/`, `https://localhost:${port}/`,
            `https://[::1]:${port}/`, `https://0.0.0.0:${port}/`, `https://2130706433:${port}/`,
            `https://[::ffff:127.0.0.1]:${port}/`];
        for (const target of targets)
            assert.equal((await closed.run("webhook", "add", target, "--events", "count.reached")).code, 0);
        for (let i = 1; i <= targets.length; i++) await closed.run("webhook", "ping", String(i));
        await until("all have failed", 20000, async () =>
            (await closed.run("webhook", "--json")).out.trim().split("\n")
                .every((line) => JSON.parse(line).state === "failing"));
        assert.equal(there.got.length, n);
        const { log } = await closed.end("serve");
        const refused = log.match(/event=webhook\.failed.*/g) ?? [];
        assert.ok(refused.length >= targets.length);
        assert.ok(refused.filter((line) => /not a public one/.test(line)).length >= targets.length - 1,
            refused.join("\n"));
    });
});
