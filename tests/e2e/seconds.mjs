// SPDX-License-Identifier: EUPL-1.2
// What is promised in seconds, and therefore measured while nothing else of ours runs, on both engines:
// whoever confirms is in the log, and counted on every page, within two seconds.

import { Installation, languages, postgres, releaseBinary } from "./lib/installation.mjs";
import { note, run, skip, test, until } from "./lib/tap.mjs";
import { formOf } from "./lib/visitor.mjs";
import assert from "node:assert/strict";

const MOST_MS = 2000;
const FIRST = 5, SIGNERS = 100, AT_ONCE = 5;

// Links of people who have signed and not yet confirmed.
async function signed(site, n) {
    const page = "/en/sign/2026/person";
    const { values } = formOf((await site.visitor.get(page)).body, page);
    for (let i = 0; i < n; i++) {
        const form = { ...values, name: `Signer ${i}`, email: `signer-${i}@example.org`, country: "DK",
            consent: "1" };
        const sent = await site.visitor.ask("POST", page, { form });
        assert.equal(sent.status, 303, sent.body.slice(0, 400));
    }
    const rows = await site.tables.rows("SELECT id FROM signature WHERE state = 0 ORDER BY id");
    assert.equal(rows.length, n);
    return (await site.addLinks(rows.map((row) => row.id))).map((token) => `/en/s/${token}`);
}

async function confirm(site, own) {
    const { values } = formOf((await site.visitor.get(own)).body, "/confirm");
    const pressed = await site.visitor.ask("POST", `${own}/confirm`, { form: values });
    assert.equal(pressed.status, 303);
}

async function measure(engine) {
    const more = ["--form-seconds", "0", "--work", "never", "--watch", "off"];
    const site = await Installation.make({ engine, binary: releaseBinary, more });
    await site.startSink();
    await site.startServe();
    const links = await signed(site, FIRST + SIGNERS);

    await test(`${engine}: the count moves everywhere within 2 s`, async () => {
        const live = (html) => Number(/data-count="(\d+)"/.exec(html)?.[1] ?? 0);
        for (let i = 1; i <= FIRST; i++) {
            const began = performance.now();
            await confirm(site, links.pop());
            await until(`${i} in count.json`, MOST_MS, async () => (await site.count()).count === i);
            await until(`${i} on the pages of 24 languages`, MOST_MS, async () => {
                const pages = await Promise.all(languages.map((lang) => site.visitor.get(`/${lang}`)));
                return pages.every((page) => page.status === 200 && live(page.body) === i);
            });
            const ms = Math.round(performance.now() - began);
            note(`signature ${i} everywhere after ${ms} ms`);
            assert.ok(ms <= MOST_MS, `${ms} ms`);
        }
    });

    await test(`${engine}: signers are in the log within 2 s of confirming (p99)`, async () => {
        const waits = [];
        const wait = async (own) => {
            const began = performance.now();
            await confirm(site, own);
            await until("it is included", 10000, async () =>
                (await site.visitor.get(`${own}/receipt`)).status === 200, 10);
            waits.push(performance.now() - began);
        };
        while (links.length) await Promise.all(links.splice(0, AT_ONCE).map(wait));
        waits.sort((a, b) => a - b);
        const late = waits.at(-2);
        note(`${waits.length} signers, median ${Math.round(waits[waits.length >> 1])} ms, p99 ${Math.round(late)} ms`);
        assert.ok(late <= MOST_MS, `${Math.round(late)} ms`);
    });
    await site.end("serve");
    await site.end("sink");
}

await run(async () => {
    await measure("sqlite");
    if (postgres) await measure("postgresql");
    else skip("postgresql: what is promised in seconds", "UNDERSIGNED_TEST_PG is not set");
});
