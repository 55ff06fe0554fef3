// SPDX-License-Identifier: EUPL-1.2
// Clients that are slow on purpose, and requests that are too large: the others must not notice.
// Slow ones send their head a byte at a time, their body a byte at a time, or ask for pages and do
// not read them. What is measured of the others is compared with the same minute's figures without
// slow ones, as the machine that runs this has other work, too.

import { Installation, releaseBinary } from "./lib/installation.mjs";
import { isLong, note, run, sleep, test, until } from "./lib/tap.mjs";
import { formOf } from "./lib/visitor.mjs";
import assert from "node:assert/strict";
import fs from "node:fs";
import net from "node:net";

const SLOW = isLong ? 5000 : 600;
const SECONDS = isLong ? 120 : 8;
const CALM_MS = 250;
const page = "/en/sign/2026/person";
const RSS_MOST = 256 << 20;

const head = (method, path, more = "") =>
    `${method} ${path} HTTP/1.1\r\nHost: 127.0.0.1\r\n${more}\r\n`;

class Slow {
    constructor(port, kind) {
        this.kind = kind;
        this.answer = "";
        this.socket = net.connect(port, "127.0.0.1");
        this.socket.on("error", () => {});
        this.gone = new Promise((done) => this.socket.on("close", done));
        if (kind === "reader") this.socket.pause();
        else this.socket.on("data", (bytes) => (this.answer += bytes.toString("latin1")));
        this.socket.on("connect", () => this.begin());
    }

    begin() {
        const form = "Content-Type: application/x-www-form-urlencoded\r\nContent-Length: 2000\r\n";
        if (this.kind === "head") this.socket.write("GET /en HTTP/1.1\r\nHost: 127.0.0.1\r\nX-Slow: ");
        if (this.kind === "body") this.socket.write(head("POST", page, form) + "name=");
        if (this.kind === "reader") this.socket.write(head("GET", "/en").repeat(100));
    }

    drip() {
        if (this.kind !== "reader" && !this.socket.destroyed) this.socket.write("a");
    }

    close() {
        this.socket.destroy();
    }
}

// Keeps as many slow ones as wanted, replacing those that the server has thrown out.
class Crowd {
    constructor(port, n) {
        this.port = port;
        this.thrown = 0;
        this.all = Array.from({ length: n }, (_, i) => this.one(i));
        this.timer = setInterval(() => this.all.forEach((slow) => slow.drip()), 1000);
    }

    one(i) {
        const slow = new Slow(this.port, ["head", "body", "reader"][i % 3]);
        slow.gone.then(() => {
            if (this.isOver) return;
            this.thrown++;
            this.all[i] = this.one(i);
        });
        return slow;
    }

    end() {
        this.isOver = true;
        clearInterval(this.timer);
        for (const slow of this.all) slow.close();
    }
}

// Reads pages and signs for some seconds: {n, p99, bad}.
async function others(site, seconds, name) {
    const times = [];
    const bad = [];
    const { values } = formOf((await site.visitor.get(page)).body, page);
    const end = performance.now() + seconds * 1000;
    const loop = async (each) => {
        for (let i = each; performance.now() < end; i++) {
            const form = { ...values, name: `Calm Signer ${name}${each}.${i}`, country: "AT",
                email: `calm-${name}${each}.${i}@example.org`, consent: "1" };
            const began = performance.now();
            const { status } = i % 4 === 0
                ? await site.visitor.ask("POST", page, { form })
                : await site.visitor.get(["/en", "/da/signatories/2026", "/el"][i % 3]);
            times.push(performance.now() - began);
            if (![200, 303].includes(status)) bad.push(status);
            await sleep(100);
        }
    };
    await Promise.all([0, 1000, 2000, 3000].map(loop));
    times.sort((a, b) => a - b);
    return { n: times.length, p99: times[Math.floor(times.length * 0.99)], bad };
}

function usage(pid) {
    const after = fs.readFileSync(`/proc/${pid}/stat`, "latin1").split(") ").pop().split(" ");
    const status = fs.readFileSync(`/proc/${pid}/status`, "latin1");
    return {
        cpuMs: (Number(after[11]) + Number(after[12])) * 10,
        rss: Number(/VmRSS:\s+(\d+)/.exec(status)[1]) << 10,
    };
}

// The status of a raw request; 0: the connection ended without one.
function raw(port, bytes) {
    return new Promise((done) => {
        const socket = net.connect(port, "127.0.0.1", () => socket.write(bytes));
        let answer = "";
        socket.on("error", () => {});
        socket.on("data", (more) => {
            answer += more.toString("latin1");
            if (/\r\n\r\n/.test(answer)) socket.destroy();
        });
        socket.on("close", () => done(Number(/^HTTP\/1.1 (\d+)/.exec(answer)?.[1] ?? 0)));
    });
}

async function floods(site, web) {
    const many = "X-A: b\r\n".repeat(101);
    const long = `X-A: ${"b".repeat(17000)}\r\n`;
    const body = (n) => `Content-Type: application/x-www-form-urlencoded\r\nContent-Length: ${n}\r\n`;
    const cases = [
        ["a head over 16 KiB", head("GET", "/en", long), 431],
        ["more than 100 fields", head("GET", "/en", many), 431],
        ["a body over 64 KiB, declared", head("POST", page, body((64 << 10) + 1)), 413],
        ["a body of a gigabyte, declared", head("POST", page, body(1 << 30)), 413],
        ["a body over 64 KiB, in chunks",
            head("POST", page, "Content-Type: application/x-www-form-urlencoded\r\n" +
                "Transfer-Encoding: chunked\r\n") + `11000\r\n${"a".repeat(0x11000)}\r\n`, 413],
    ];
    for (const [name, bytes, status] of cases)
        await test(`${name}: ${status}, under 10 ms of CPU each`, async () => {
            const ROUNDS = 100;
            const before = usage(web);
            for (let i = 0; i < ROUNDS; i++) assert.equal(await raw(site.port, bytes), status);
            const each = (usage(web).cpuMs - before.cpuMs) / ROUNDS;
            note(`${each.toFixed(2)} ms of CPU each`);
            assert.ok(each < 10, `${each} ms`);
        });
}

await run(async () => {
    const site = await Installation.make({
        binary: releaseBinary,
        more: ["--form-seconds", "0", "--work", "never", "--watch", "off"],
    });
    await site.startSink();
    await site.startServe();
    const web = site.served().web;
    await floods(site, web);

    await test(`${SLOW} slow clients for ${SECONDS} s: the others do not notice`, async () => {
        const calm = await others(site, isLong ? 20 : 4, "a");
        const crowd = new Crowd(site.port, SLOW);
        try {
            await sleep(1000);
            const busy = await others(site, SECONDS, "b");
            const { rss } = usage(web);
            note(`without: ${calm.n}, p99 ${calm.p99.toFixed(0)} ms; with: ${busy.n}, p99 ` +
                `${busy.p99.toFixed(0)} ms; ${crowd.thrown} thrown out; ${rss >> 20} MiB`);
            assert.deepEqual(busy.bad, []);
            assert.ok(busy.p99 < Math.max(CALM_MS, 3 * calm.p99), `p99 ${busy.p99} ms`);
            assert.ok(rss < RSS_MOST, `${rss >> 20} MiB`);
        } finally {
            crowd.end();
        }
    });

    await test("slow ones are thrown out in time: heads after 10 s, bodies after 30 s", async () => {
        if (!isLong) return note("the deadlines themselves: src/http/deadline_test.c");
        const began = performance.now();
        const ends = {};
        for (const kind of ["head", "body"]) {
            const slow = new Slow(site.port, kind);
            const timer = setInterval(() => slow.drip(), 1000);
            slow.gone.then(() => {
                clearInterval(timer);
                ends[kind] = (performance.now() - began) / 1000;
            });
        }
        await until("both are gone", 45000, () => ends.head && ends.body, 200);
        note(`head ${ends.head.toFixed(1)} s, body ${ends.body.toFixed(1)} s`);
        assert.ok(ends.head < 13 && ends.body < 34);
    });

    await test("afterwards it is as before", async () => {
        const after = await others(site, 3, "c");
        assert.deepEqual(after.bad, []);
    });
});
