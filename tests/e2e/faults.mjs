// SPDX-License-Identifier: EUPL-1.2
// Each write, sync, rename, open and truncation of web and of work fails once, with a full disk, a
// broken one or half of what was asked, and so does each allocation. Whatever fails: nothing that was
// acknowledged is lost, nothing counts twice, and the next one goes through.

import { Installation, command, postgres, repository } from "./lib/installation.mjs";
import { recount } from "./lib/logbook.mjs";
import { isLong, note, run, sleep, test, until } from "./lib/tap.mjs";
import { formOf } from "./lib/visitor.mjs";
import assert from "node:assert/strict";
import fs from "node:fs";
import os from "node:os";
import path from "node:path";

const CALLS = ["none", "write", "sync", "rename", "open", "truncate", "memory"]; // as in fault.c
const ERRORS = { EIO: 5, ENOMEM: 12, ENOSPC: 28, SHORT: -1 };
const MOST = isLong ? 60 : 2; // the first so many calls of a kind
const MOST_PAUSE_MS = 2000;
const page = "/en/sign/2026/person";
let library;

class Faults {
    constructor(folder) {
        this.files = {};
        for (const kind of ["web", "work"]) {
            fs.writeFileSync(path.join(folder, kind), Buffer.alloc(16));
            this.files[kind] = fs.openSync(path.join(folder, kind), "r+");
        }
    }

    arm(kind, call, error, nth) {
        const order = Buffer.alloc(16);
        [0, ERRORS[error], nth, 0].forEach((word, i) => order.writeInt32LE(word, 4 * i));
        fs.writeSync(this.files[kind], order, 0, 16, 0);
        order.writeInt32LE(CALLS.indexOf(call), 0); // last: now it counts
        fs.writeSync(this.files[kind], order, 0, 4, 0);
    }

    // Whether it has happened; it does not any more.
    disarm(kind) {
        const order = Buffer.alloc(16);
        fs.writeSync(this.files[kind], Buffer.alloc(4), 0, 4, 0);
        fs.readSync(this.files[kind], order, 0, 16, 0);
        return order.readInt32LE(12) === 1;
    }
}

class Signer {
    constructor(site) {
        this.site = site;
        this.people = 0;
        this.answers = {};
        this.late = []; // acknowledged, and without a letter yet
    }

    async post(where, form) {
        const answer = await this.site.visitor.ask("POST", where, { form, timeout: 20000 });
        this.answers[answer.status] = (this.answers[answer.status] ?? 0) + 1;
        assert.ok([0, 303, 503].includes(answer.status), `${where}: ${answer.status}`);
        return answer.status === 303;
    }

    // Signs until one is acknowledged: the address.
    async signUp() {
        this.form ??= formOf((await this.site.visitor.get(page)).body, page).values;
        while (this.people < 100000) {
            const email = `fault${this.people++}@example.org`;
            const own = { name: `Signer ${email}`, email, country: "AT", consent: "1" };
            if (await this.post(page, { ...this.form, ...own })) return email;
            await sleep(20);
        }
        throw new Error("nobody can sign");
    }

    async confirm(link) {
        this.token ??= await until("the link's page", 20000, async () =>
            formOf((await this.site.visitor.get(link)).body, "/confirm").values.token);
        await until("the link is confirmed", 60000,
            () => this.post(`${link}/confirm`, { token: this.token }));
    }

    letterTo(email, patience) {
        return until(`the mail to ${email}`, patience, () => this.site.inbox.to(email)[0]?.link);
    }

    // One signs, gets a letter and confirms. A letter whose fate work does not know is held for its
    // lease of two minutes: then another one signs, and it is waited for later.
    async signAndConfirm() {
        for (;;) {
            const email = await this.signUp();
            const link = await this.letterTo(email, 10000).catch(() => null);
            if (link) return this.confirm(link);
            this.late.push(email);
        }
    }

    // How many of the late have confirmed now: all of them.
    async catchUp() {
        const late = this.late.splice(0);
        for (const email of late) await this.confirm(await this.letterTo(email, 150000));
        return late.length;
    }
}

async function build() {
    const folder = fs.mkdtempSync(path.join(os.tmpdir(), "undersigned-fault."));
    library = path.join(folder, "fault.so");
    const source = path.join(repository, "tests/e2e/lib/fault.c");
    const built = await command("cc", ["-std=c17", "-D_GNU_SOURCE", "-O1", "-shared", "-fPIC",
        "-fno-builtin", "-U_FORTIFY_SOURCE", "-o", library, source, "-ldl"]);
    assert.equal(built.code, 0, built.err);
    return folder;
}

async function faulty(engine, folder) {
    const site = await Installation.make({
        engine,
        more: ["--form-seconds", "0", "--work", "never", "--watch", "off"],
    });
    await site.startSink();
    const faults = new Faults(folder);
    const startServe = async () => {
        Object.assign(process.env, { LD_PRELOAD: library, FAULT: folder });
        await site.startServe();
        delete process.env.LD_PRELOAD;
        delete process.env.FAULT;
    };
    // serve waits twice as long each time before it starts a child again; a new one begins anew.
    const hurry = async () => {
        const pauses = site.children.get("serve").log.match(/(?<=again_ms=)\d+/g) ?? ["0"];
        if (Number(pauses.at(-1)) < MOST_PAUSE_MS) return;
        await site.end("serve");
        await startServe();
    };
    await startServe();
    const signer = new Signer(site);
    let confirmed = 0;
    await test(`${engine}: without a fault one signs and counts`, async () => {
        await signer.signAndConfirm();
        confirmed++;
        assert.equal((await site.settled()).count, confirmed);
    });

    const plans = [];
    for (const kind of ["web", "work"])
        for (const [call, errors] of Object.entries({
            write: ["ENOSPC", "EIO", "SHORT"],
            sync: ["EIO"],
            rename: ["ENOSPC"],
            open: ["EIO"],
            truncate: ["EIO"],
            memory: ["ENOMEM"],
        }))
            for (const error of errors)
                if (isLong || kind === "web" || call !== "sync") plans.push([kind, call, error]);
    let fired = 0;
    for (const [kind, call, error] of plans)
        await test(`${engine}: ${call} of ${kind} fails with ${error}, once each`, async () => {
            let n = 1;
            for (; n <= MOST; n++) {
                faults.arm(kind, call, error, n);
                await signer.signAndConfirm();
                confirmed++;
                const shown = await site.settled("2026", 60000);
                const hasFired = faults.disarm(kind);
                assert.equal(shown.count, confirmed, `at the ${n}th`);
                if (!hasFired) break;
                fired++;
                await hurry();
            }
            confirmed += await signer.catchUp();
            assert.equal((await site.settled("2026", 60000)).count, confirmed);
            note(`${n - 1} calls`);
        });

    await test(`${engine}: log, tables and doctor agree afterwards`, async () => {
        assert.ok(fired > 5, "faults did happen");
        await site.settled();
        assert.equal(recount((await site.readLog()).entries).count.total, confirmed);
        const rows = await site.tables.value(
            "SELECT count(*) AS n FROM signature s WHERE s.state = 1 AND EXISTS " +
                "(SELECT 1 FROM record r WHERE r.signature = s.id)");
        assert.equal(Number(rows), confirmed);
        await until("doctor finds all well", 30000, async () => (await site.doctor()).code === 0, 300);
        if (engine === "sqlite")
            assert.equal(await site.tables.value("SELECT integrity_check AS n FROM pragma_integrity_check"), "ok");
        const deaths = site.said.map(({ log }) => log).join("").match(/event=serve.child_ended/g) ?? [];
        note(`${fired} faults, ${confirmed} confirmed, ${deaths.length} restarts; answers ` +
            JSON.stringify(signer.answers));
    });
    await site.remove();
}

await run(async () => {
    const folder = await build();
    await faulty("sqlite", folder);
    if (postgres && isLong) await faulty("postgresql", folder);
    fs.rmSync(folder, { recursive: true, force: true });
});
