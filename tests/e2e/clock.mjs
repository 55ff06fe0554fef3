// SPDX-License-Identifier: EUPL-1.2
// The wall clock of a running site is set back by a day, and forward again, as after a dead battery
// or by a careless hand: signing, letters, counting and pages go on as before, and nothing counts
// twice or not at all.

import { Clock } from "./lib/clock.mjs";
import { Installation, postgres } from "./lib/installation.mjs";
import { recount } from "./lib/logbook.mjs";
import { note, run, test, until } from "./lib/tap.mjs";
import { formOf } from "./lib/visitor.mjs";
import assert from "node:assert/strict";
import path from "node:path";

const page = "/en/sign/2026/person";
const HOUR_S = 3600, DAY_S = 24 * HOUR_S;
const PROMPT_MS = 15000; // on any machine; what stood still stood still for the whole jump

async function jumps(clock, engine) {
    const scene = (name, body) => test(`${engine}: ${name}`, body);
    clock.set(0);
    const site = await Installation.make({ engine, more: ["--form-seconds", "0"] });
    await site.startSink();
    await clock.over(() => site.startServe());
    let people = 0, counted = 0;

    const sign = async () => {
        const form = formOf((await site.visitor.get(page)).body, page).values;
        const email = `c${people++}@example.org`;
        const own = { name: `Signer ${email}`, email, country: "AT", consent: "1" };
        const answer = await site.visitor.ask("POST", page, { form: { ...form, ...own } });
        assert.equal(answer.status, 303, answer.body);
        return email;
    };
    const linkOf = (email) => until(`the mail to ${email}`, PROMPT_MS, () => site.inbox.to(email)[0]?.link);
    const confirm = async (link) => {
        const token = formOf((await site.visitor.get(link)).body, "/confirm").values.token;
        assert.equal((await site.visitor.ask("POST", `${link}/confirm`, { form: { token } })).status, 303);
        counted++;
    };
    // In the log, in its JSON, and on a page, which has another way to learn of it.
    const everywhere = async () => {
        await until("the count moves", PROMPT_MS, async () => (await site.count()).count === counted);
        await until("the page shows it", PROMPT_MS, async () =>
            (await site.visitor.get("/en/figures/2026")).body.includes(`>${counted}<`));
        assert.equal(recount((await site.readLog()).entries).count.total, counted);
    };
    const goesOn = async () => {
        await confirm(await linkOf(await sign()));
        await everywhere();
    };

    let early;
    await scene("before anything is set", async () => {
        early = await linkOf(await sign());
        await goesOn();
    });
    for (const [name, ahead_s] of [
        ["an hour back", -HOUR_S],
        ["a day back", -DAY_S],
        ["two days forward", DAY_S],
        ["back to what it was", 0],
    ])
        await scene(`the clock is set ${name}`, async () => {
            clock.set(ahead_s);
            await goesOn();
            await goesOn();
        });
    await scene("set back while nobody works: who comes next does not wait for who went", async () => {
        clock.set(DAY_S);
        await goesOn();
        process.kill(site.served().work, "SIGKILL");
        clock.set(0);
        await goesOn();
    });
    await scene("a link from before is good", async () => {
        await confirm(early);
        await everywhere();
    });
    await scene("all agree afterwards", async () => {
        const done = await site.run("verify", path.dirname(site.logFile("2026", "checkpoint")));
        assert.equal(done.code, 0, done.err);
        await until("doctor finds all well", PROMPT_MS, async () => (await site.doctor()).code === 0, 300);
        const deaths = site.children.get("serve").log.match(/event=serve.child_ended/g) ?? [];
        assert.equal(deaths.length, 1);
        note(`${counted} counted`);
    });
    await site.remove();
}

await run(async () => {
    const clock = await Clock.make();
    await jumps(clock, "sqlite");
    if (postgres) await jumps(clock, "postgresql");
});
