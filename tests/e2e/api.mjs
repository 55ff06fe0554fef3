// SPDX-License-Identifier: EUPL-1.2
// The API held against its own document: each operation with each parameter it names, right and
// wrong, its examples, its headers, its errors; every reply is read by the schema that promises it.
// Then what a document cannot say: keys, attempts, limits, that a mail still confirms.

import { Installation, postgres, repository, sanitizedBinary } from "./lib/installation.mjs";
import { run, test, until } from "./lib/tap.mjs";
import Ajv2020 from "ajv/dist/2020.js";
import addFormats from "ajv-formats";
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import fs from "node:fs";
import path from "node:path";

const file = path.join(repository, "static/openapi.json");
const document = JSON.parse(fs.readFileSync(file, "utf8"));
const ajv = addFormats(new Ajv2020({ strict: false, allErrors: true }));
ajv.addSchema({ $id: "api", ...document });

// Places in the document are lists of keys.
const pointer = (keys) =>
    keys.map((key) => encodeURIComponent(key.replace(/~/g, "~0").replace(/\//g, "~1"))).join("/");

// What a reference leads to, and where that is.
function resolve(value, at) {
    if (!value.$ref) return [value, at];
    const where = value.$ref.slice(2).split("/");
    return [where.reduce((from, key) => from[key], document), where];
}

function check(at, value, what) {
    const valid = ajv.validate({ $ref: `api#/${pointer(at)}` }, value);
    assert.ok(valid, `${what}: ${ajv.errorsText()}\n${JSON.stringify(value).slice(0, 600)}`);
}

const operations = Object.entries(document.paths).flatMap(([route, methods]) =>
    Object.entries(methods).map(([method, operation]) => ({
        route,
        method,
        operation,
        at: ["paths", route, method],
        parameters: (operation.parameters ?? []).map((one) => resolve(one)[0]),
    })),
);

// The reply is one that the operation promises: status, type, schema, headers.
async function promised({ operation, at, route }, reply, what) {
    const name = operation.responses[reply.status] ? String(reply.status) : "default";
    const [answer, where] = resolve(operation.responses[name], [...at, "responses", name]);
    const text = await reply.text();
    what = `${what ?? route}: ${reply.status}`;
    for (const [header, promise] of Object.entries(answer.headers ?? {})) {
        const value = reply.headers.get(header);
        assert.ok(value !== null, `${what}: no ${header}`);
        const [{ schema }] = resolve(promise);
        if (schema.pattern) assert.match(value, new RegExp(schema.pattern));
        if (schema.type === "integer") assert.match(value, /^[0-9]+$/);
    }
    if (!answer.content) {
        assert.equal(text, "", what);
        return null;
    }
    const [type] = Object.keys(answer.content);
    assert.equal(reply.headers.get("content-type"), type, what);
    const body = JSON.parse(text);
    check([...where, "content", type, "schema"], body, what);
    if (reply.status >= 400) assert.equal(body.status, reply.status, what);
    return body;
}

const good = { slug: "2026", from: "2026-01-01", until: "2036-01-01T00:00:00Z", limit: "1",
    country: "IE", words: "ada", lang: "el", kind: "person" };
const wrong = { from: ["yesterday", "2026-13-01", "2026-01-01T25:00:00Z"], until: ["x"],
    limit: ["0", "-1", "100000", "1x", "99999999999999999999"], country: ["IRL", "i"],
    lang: ["xx", "EN", "en-GB"], kind: ["people"], words: ["x".repeat(201)],
    cursor: ["%21", "AAAA", Buffer.from("other 1").toString("base64url"),
        Buffer.from("register -1").toString("base64url")] };

await run(async () => {
    await test("the document is in order for a reader that is not ours", () => {
        const redocly = path.join(repository, "node_modules/@redocly/cli/bin/cli.js");
        const env = { ...process.env, REDOCLY_TELEMETRY: "off", REDOCLY_SUPPRESS_UPDATE_NOTICE: "true" };
        execFileSync("node", [redocly, "lint", file, "--extends", "recommended", "--skip-rule",
            "security-defined", "--skip-rule", "no-server-example.com", "--skip-rule",
            "operation-4xx-response"], { env, stdio: "pipe" });
    });

    for (const engine of postgres ? ["sqlite", "postgresql"] : ["sqlite"]) {
        const site = await Installation.make({ engine, binary: sanitizedBinary });
        await site.startSink();
        await site.startServe();
        const origin = `http://127.0.0.1:${site.port}`;
        const address = (route, query = {}) => {
            const filled = route.replace(/\{(\w+)\}/g, (_, name) => good[name]);
            return `${origin}${filled}?${new URLSearchParams(query)}`.replace(/\?$/, "");
        };
        const added = await site.run("api-key", "add", "Partner site", "--partner", "cemr");
        assert.equal(added.code, 0, added.err);
        const key = added.out.trim();
        const signing = operations.find((one) => one.operation.operationId === "sign");
        const examples = Object.values(
            signing.operation.requestBody.content["application/json"].examples,
        ).map((one) => one.value);
        let attempts = 0;
        const send = (body, { headers = {}, name = `attempt-${++attempts}`, slug = "2026" } = {}) =>
            fetch(`${origin}/api/v1/declarations/${slug}/signatures`, {
                method: "POST",
                headers: { "Content-Type": "application/json", Authorization: `Bearer ${key}`,
                    "Idempotency-Key": name, ...headers },
                body: typeof body === "string" ? body : JSON.stringify(body),
            });
        const letters = (to) => site.inbox.to(to).length;

        await test(`${engine}: examples of the document are signatures, confirmed by mail`, async () => {
            for (const body of examples) {
                check(["components", "schemas", "Signature"], body, "example");
                const taken = await promised(signing, await send(body), body.kind);
                assert.equal(taken.state, "pending");
                const [letter] = await until(`letter to ${body.email}`, 10000, () => {
                    const all = site.inbox.to(body.email);
                    return all.length && all;
                });
                assert.equal(letter.lang, body.lang);
                assert.equal((await site.visitor.send(letter.link, {}, "/confirm")).status, 303);
            }
            const count = await site.settled();
            assert.deepEqual([count.persons, count.organisations, count.mandates], [1, 1, 1]);
            const listed = await site.run("api-key", "--json");
            assert.equal(JSON.parse(listed.out).counted, 3);
        });

        for (const one of operations.filter(({ method }) => method === "get")) {
            const name = one.operation.operationId;
            await test(`${engine}: ${name} keeps its promise`, async () => {
                const reply = await fetch(address(one.route));
                const etag = reply.headers.get("etag");
                assert.equal(reply.status, 200);
                assert.equal(reply.headers.get("access-control-allow-origin"), "*");
                assert.equal(reply.headers.get("set-cookie"), null);
                assert.match(etag, /^(W\/)?"[\w-]+"$/);
                const body = await promised(one, reply);
                if (body.items) assert.ok(body.items.length > 0, "something to look at");
                const again = await fetch(address(one.route), { headers: { "If-None-Match": etag } });
                assert.equal(again.status, 304);
                await promised(one, again);
                assert.equal((await fetch(address(one.route), { method: "HEAD" })).status, 200);
            });

            await test(`${engine}: ${name} takes each parameter, and refuses what is none`, async () => {
                for (const parameter of one.parameters) {
                    if (parameter.in === "path") {
                        const gone = await fetch(`${origin}${one.route.replace("{slug}", "nothing")}`);
                        assert.equal(gone.status, 404);
                        await promised(one, gone);
                        continue;
                    }
                    if (good[parameter.name]) {
                        const right = await fetch(address(one.route, { [parameter.name]: good[parameter.name] }));
                        assert.equal(right.status, 200, parameter.name);
                        await promised(one, right, parameter.name);
                    }
                    for (const bad of wrong[parameter.name]) {
                        const refused = await fetch(address(one.route, { [parameter.name]: bad }));
                        assert.equal(refused.status, 400, `${parameter.name}=${bad}`);
                        await promised(one, refused, parameter.name);
                    }
                }
            });

            await test(`${engine}: ${name} answers a preflight, and nothing but reading`, async () => {
                const headers = { Origin: "https://elsewhere.example",
                    "Access-Control-Request-Method": "GET" };
                const preflight = await fetch(address(one.route), { method: "OPTIONS", headers });
                assert.equal(preflight.status, 204);
                assert.equal(preflight.headers.get("access-control-allow-origin"), "*");
                assert.equal(preflight.headers.get("access-control-allow-credentials"), null);
                assert.match(preflight.headers.get("allow"), /GET, HEAD/);
                const posted = await fetch(address(one.route), { method: "POST" });
                assert.equal(posted.status, 405);
                await promised(one, posted);
            });
        }

        await test(`${engine}: pages hold everything once`, async () => {
            for (const name of ["partners", "documents", "register"]) {
                const one = operations.find(({ operation }) => operation.operationId === name);
                const whole = await (await fetch(address(one.route))).json();
                const parts = [];
                let cursor;
                do {
                    const page = await promised(one, await fetch(address(one.route,
                        { limit: "1", ...(cursor ? { cursor } : {}) })));
                    assert.ok(page.items.length <= 1);
                    parts.push(...page.items);
                    cursor = page.next;
                } while (cursor);
                assert.deepEqual(parts, whole.items, name);
            }
        });

        await test(`${engine}: the same counts everywhere`, async () => {
            const count = await (await fetch(`${origin}/api/v1/declarations/2026/count`)).json();
            assert.deepEqual(count, await site.count());
            const { items } = await (await fetch(`${origin}/api/v1/declarations/2026/history`)).json();
            assert.equal(items.at(-1).count, count.count);
            assert.equal(items.at(-1).size, count.size);
            const open = await (await fetch(`${origin}/data/2026/history.json`)).json();
            assert.equal(open.history.at(-1).count, count.count);
            const csv = await (await fetch(`${origin}/data/2026/history.csv`)).text();
            assert.match(csv, new RegExp(`,${count.size},${count.count},1,1,1\r\n$`));
            const minutes = await (await fetch(`${origin}/data/2026/history.json?step=minute`)).json();
            assert.deepEqual(minutes.history, items);
            for (const [name, all] of [["languages", count.count], ["types", count.organisations]]) {
                const told = await (await fetch(`${origin}/data/2026/${name}.json`)).json();
                const shown = told[name].reduce((sum, row) => sum + row.count, 0);
                assert.equal(shown + told.few + told.unknown, all, name);
                assert.equal(told.unknown, 0, name);
                assert.ok(told[name].every((row) => row.count >= told.least_shown), name);
                assert.equal(told.size, count.size);
            }
        });

        await test(`${engine}: writing is for keys, and not for scripts of other sites`, async () => {
            const [person] = examples;
            const before = letters(person.email);
            for (const authorization of ["", "Bearer", "Bearer us_x", "Basic YTpi",
                `Bearer ${key.slice(0, -1)}${key.endsWith("A") ? "B" : "A"}`]) {
                const reply = await send(person, { headers: { Authorization: authorization } });
                assert.equal(reply.status, 401, authorization);
                assert.equal(reply.headers.get("www-authenticate"), "Bearer");
                assert.equal(reply.headers.get("access-control-allow-origin"), null);
                await promised(signing, reply);
            }
            const preflight = await fetch(address(signing.route), { method: "OPTIONS" });
            assert.equal(preflight.headers.get("access-control-allow-origin"), null);
            assert.equal(letters(person.email), before);
        });

        await test(`${engine}: an attempt is made once`, async () => {
            const body = { ...examples[0], email: "once@example.org" };
            const first = await (await send(body, { name: "the same name" })).text();
            await until("the letter", 10000, () => letters(body.email) === 1);
            const replies = await Promise.all(
                Array.from({ length: 8 }, () => send(body, { name: "the same name" })));
            for (const reply of replies) {
                assert.equal(reply.status, 202);
                assert.equal(await reply.text(), first);
            }
            const other = await send({ ...body, name: "Other" }, { name: "the same name" });
            assert.equal(other.status, 422);
            await promised(signing, other);
            const rows = await site.tables.value(
                "SELECT count(*) AS n FROM signature WHERE state = 0");
            assert.equal(Number(rows), 1);
            for (const name of ["", "short", "x".repeat(129)])
                assert.equal((await send(body, { name })).status, 400, name);
        });

        await test(`${engine}: known addresses get the answer of new ones`, async () => {
            const known = await send({ ...examples[0] });
            const fresh = await send({ ...examples[0], email: "fresh@example.org" });
            assert.equal(known.status, 202);
            assert.equal(await known.text(), await fresh.text());
        });

        await test(`${engine}: what is wrong is named, in the signer's words`, async () => {
            const [person, organisation] = examples;
            const cases = [
                [{ ...person, email: "nobody" }, "#/email"],
                [{ ...person, name: "<b>" }, "#/name"],
                [{ ...person, name: "" }, "#/name"],
                [{ ...person, country: "XX" }, "#/country"],
                [{ ...person, consent: false }, "#/consent"],
                [{ ...person, consent: "1" }, "#/consent"],
                [{ ...person, version: "1" }, "#/version"],
                [{ ...person, lang: "xx" }, "#/lang"],
                [{ ...person, kind: "robot" }, "#/kind"],
                [{ ...person, organisation: "X" }, "#/organisation"],
                [{ ...person, subject: "trap" }, "#/subject"],
                [{ ...person, partner: "cemr" }, "#/partner"],
                [{ ...organisation, website: "javascript:alert(1)" }, "#/website"],
                [{ ...organisation, type: "none" }, "#/type"],
            ];
            for (const [body, at] of cases) {
                const reply = await send(body);
                assert.equal(reply.status, 422, JSON.stringify(body));
                const problem = await promised(signing, reply, at);
                assert.deepEqual(problem.errors.map((one) => one.pointer), [at]);
            }
            const greek = await promised(signing, await send({ ...person, lang: "el", name: "" }));
            assert.match(greek.errors[0].detail, /[α-ω]/);
            assert.equal((await send({ ...person, version: 2 })).status, 409);
            assert.equal((await send(person, { slug: "nothing" })).status, 404);
        });

        await test(`${engine}: what is no body of ours is refused, whatever it is`, async () => {
            for (const [body, status] of [["", 400], ["[]", 400], ["{", 400], ['{"a":{}}', 400],
                ["null", 400], ['{"kind":"person","kind":"person"}', 400], ["\xff\xfe", 400],
                ["[".repeat(15000), 400], [JSON.stringify({ a: "x".repeat(20000) }), 413]]) {
                const reply = await send(body);
                assert.equal(reply.status, status, body.slice(0, 20));
                await promised(signing, reply);
            }
            const typed = await send("a=b", { headers: { "Content-Type": "text/plain" } });
            assert.equal(typed.status, 415);
            await promised(signing, typed);
        });

        await test(`${engine}: a revoked key is none`, async () => {
            const { id } = JSON.parse((await site.run("api-key", "--json")).out);
            assert.equal((await site.run("api-key", "revoke", String(id))).code, 0);
            assert.equal((await send(examples[0])).status, 401);
            assert.equal((await site.run("api-key", "revoke", String(id))).code, 3);
            assert.equal((await site.run("api-key", "add", "x", "--partner", "nobody")).code, 3);
            const kept = await site.tables.rows("SELECT name FROM api_key");
            assert.deepEqual(kept, [{ name: "Partner site" }]);
            const whole = JSON.stringify(await site.tables.rows("SELECT * FROM api_key"));
            assert.ok(!whole.includes(key.slice(3)), "the key itself is not kept");
        });
    }

    await test("limits are told, and kept", async () => {
        const site = await Installation.make({ more: ["--rate-narrow", "1", "--rate-wide", "1"] });
        await site.startSink();
        await site.startServe();
        const origin = `http://127.0.0.1:${site.port}`;
        const one = operations.find(({ operation }) => operation.operationId === "register");
        let reply;
        for (let left = 9; left >= 0; left--) {
            reply = await fetch(`${origin}/api/v1/declarations/2026/register`);
            assert.equal(reply.headers.get("ratelimit-policy"), '"read";q=10;w=3600');
            assert.match(reply.headers.get("ratelimit"), new RegExp(`^"read";r=${left};t=\\d+$`));
            await promised(one, reply);
        }
        reply = await fetch(`${origin}/api/v1/declarations/2026/register`);
        assert.equal(reply.status, 429);
        await promised(one, reply);
        assert.equal((await fetch(`${origin}/api/v1/declarations/2026/count`)).status, 200);
    });
});
