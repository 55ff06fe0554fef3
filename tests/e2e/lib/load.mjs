// SPDX-License-Identifier: EUPL-1.2
// Clients that sign and press without pause, and remember what they were told: the load under which
// processes are killed and power is cut.

import assert from "node:assert/strict";

import { sleep, until } from "./tap.mjs";
import { formOf } from "./visitor.mjs";

const SIGNERS = 12;
const PRESSERS = 12;
const IDLE_MS = 5;

// Repeatable: the same seed rolls the same numbers.
export function chance() {
    const seed = Number(process.env.UNDERSIGNED_SEED ?? Date.now() % 1000000);
    let state = seed;
    const random = (below) => {
        state = (state * 1103515245 + 12345) % 2147483648;
        return Math.floor((state / 2147483648) * below);
    };
    return { random, seed };
}

export class Load {
    // One signs by hand, for a form and a token that all others use.
    static async start(site, random) {
        const { visitor, inbox } = site;
        const page = "/lv/sign/2026/person";
        const { values } = formOf((await visitor.get(page)).body, page);
        const own = { name: "First", email: "first@example.org", country: "LV", consent: "1" };
        await visitor.ask("POST", page, { form: { ...values, ...own } });
        const { link } = await until("the first mail", 15000, () => inbox.to(own.email)[0]);
        const { token } = formOf((await visitor.get(link)).body, "/confirm").values;
        return new Load(site, values, token, random);
    }

    constructor(site, form, pressToken, random) {
        this.site = site;
        this.form = form;
        this.pressToken = pressToken;
        this.random = random;
        this.signed = new Set(); // addresses whose signing was acknowledged
        this.waiting = []; // links from mails, not yet acknowledged
        this.links = new Map(); // link: address
        this.confirmed = new Set(); // links whose confirmation was acknowledged
        this.answers = {};
        this.next = 0;
        this.asking = 0;
        this.isRunning = true;
        this.isSigning = true;
        this.isPaused = false;
        this.loops = [this.read()];
        for (let i = 0; i < SIGNERS; i++) this.loops.push(this.sign());
        for (let i = 0; i < PRESSERS; i++) this.loops.push(this.press());
    }

    async post(path, form) {
        this.asking++;
        const answer = await this.site.visitor.ask("POST", path, { form, timeout: 20000 });
        this.asking--;
        this.answers[answer.status] = (this.answers[answer.status] ?? 0) + 1;
        if (answer.status === 0) await sleep(IDLE_MS);
        if (answer.status === 503) {
            assert.ok(Number(answer.headers["retry-after"]) > 0, "a 503 says when to try again");
            await sleep(20);
        }
        assert.ok([0, 303, 503].includes(answer.status), `${path}: ${answer.status}`);
        return answer;
    }

    async sign() {
        while (this.isRunning && this.isSigning) {
            if (this.isPaused) {
                await sleep(IDLE_MS);
                continue;
            }
            const email = `k${this.next++}@example.org`;
            const own = { name: `Signer ${email}`, email, country: "LV", consent: "1" };
            const { status } = await this.post("/lv/sign/2026/person", { ...this.form, ...own });
            if (status === 303) this.signed.add(email);
        }
    }

    // The link of one more, which nobody else presses; while the load is paused.
    async signOne(email) {
        const own = { name: `Signer ${email}`, email, country: "LV", consent: "1" };
        const { status } = await this.post("/lv/sign/2026/person", { ...this.form, ...own });
        assert.equal(status, 303);
        this.signed.add(email);
        const [link] = await until(`mail to ${email}`, 30000, () =>
            [...this.links].find(([, to]) => to === email));
        this.waiting = this.waiting.filter((one) => one !== link);
        return link;
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

    // The next link to press, sometimes one that was pressed before.
    choose() {
        const { confirmed, random } = this;
        if (confirmed.size > 0 && random(8) === 0)
            return { link: [...confirmed][random(Math.min(confirmed.size, 50))], isReplay: true };
        return { link: this.waiting.shift(), isReplay: false };
    }

    async press() {
        while (this.isRunning) {
            const { link, isReplay } = this.isPaused ? {} : this.choose();
            if (!link) {
                await sleep(IDLE_MS);
                continue;
            }
            const { status } = await this.post(`${link}/confirm`, { token: this.pressToken });
            if (status === 303) this.confirmed.add(link);
            else if (!isReplay) this.waiting.push(link);
        }
    }

    // Nobody asks; what was asked has been answered.
    async pause() {
        this.isPaused = true;
        await until("all are answered", 30000, () => this.asking === 0, IDLE_MS);
    }

    resume() {
        this.isPaused = false;
    }

    // No new signings; presses what is there until nothing waits.
    async drain() {
        this.isSigning = false;
        await until("all links are confirmed", 60000, () => this.waiting.length === 0, 50);
        this.isRunning = false;
        await Promise.all(this.loops);
    }
}
