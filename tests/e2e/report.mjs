// SPDX-License-Identifier: EUPL-1.2
// The papers for the data protection officer say what runs: each value of the configuration and of
// the declarations appears, and changes when it changes.

import { command, releaseBinary, repository } from "./lib/installation.mjs";
import { cleanup, run, test } from "./lib/tap.mjs";
import assert from "node:assert/strict";
import fs from "node:fs";
import os from "node:os";
import path from "node:path";

const folder = fs.mkdtempSync(path.join(os.tmpdir(), "undersigned-report."));
cleanup(() => fs.rmSync(folder, { recursive: true, force: true }));
const data = path.join(folder, "data");
const content = path.join(folder, "content");

const report = async (kind, ...more) => {
    const done = await command(releaseBinary, ["report", kind, "--data", data, ...more]);
    assert.equal(done.code, 0, done.err);
    return done.out;
};

// option, value, what must then stand in both papers
const values = [
    [["--origin", "https://sign.example"], "https://sign.example"],
    [["--mail-host", "relay.example", "--mail-port", "465"], "`relay.example`, port 465"],
    [["--mail-from", "us@sign.example"], "us@sign.example"],
    [["--trusted-proxies", "10.1.0.0/16"], "10.1.0.0/16"],
    [["--rate-narrow", "123", "--rate-wide", "456"], "123 signings an hour"],
    [["--listen", "127.0.0.9:8099"], "127.0.0.9:8099"],
    [["--erasures", "/media/elsewhere/erasures"], "/media/elsewhere/erasures"],
];

await run(async () => {
    fs.cpSync(path.join(repository, "content/cohesion"), content, { recursive: true });
    const made = await command(releaseBinary, ["init", "--data", data, "--content", content]);
    assert.equal(made.code, 0, made.err);
    const ini = path.join(content, "declaration/2026/declaration.ini");

    for (const kind of ["dpia", "processing"]) {
        await test(`${kind}: every option appears, and only when it is so`, async () => {
            const plain = await report(kind);
            for (const [options, mark] of values) {
                assert.ok(!plain.includes(mark), `${mark} without its option`);
                assert.ok((await report(kind, ...options)).includes(mark), mark);
            }
            const closed = ["--mail-host", "r.example", "--mail-security"];
            assert.match(await report(kind, ...closed, "tls"), /over TLS/);
            assert.match(await report(kind, ...closed, "plain"), /WITHOUT ENCRYPTION/);
        });

        await test(`${kind}: declarations, days and limits`, async () => {
            const paper = await report(kind);
            for (const mark of ["`2026`", "`petition`", "2026-01-15", "2027-12-31", "2028-12-31",
                "after 14 days", "after 24 hours", "after 48 hours", "after 30 days", "cohesion"])
                assert.ok(paper.toLowerCase().includes(mark.toLowerCase()), mark);
        });
    }

    await test("open risks follow from the options", async () => {
        const unsafe = await report("dpia", "--origin", "http://sign.example",
            "--mail-host", "r.example", "--mail-security", "plain");
        assert.match(unsafe, /OPEN:\*\* the public address is not https/);
        assert.match(unsafe, /OPEN:\*\* mail-security is plain/);
        const safe = await report("dpia", "--origin", "https://sign.example",
            "--mail-host", "r.example", "--mail-security", "tls");
        assert.doesNotMatch(safe, /the public address is not https|mail-security is plain/);
    });

    await test("an earlier day of erasure changes both papers", async () => {
        const rules = fs.readFileSync(ini, "utf8");
        fs.writeFileSync(ini, rules.replace("retain_until=2028-12-31", "retain_until=2028-03-05"));
        const done = await command(releaseBinary, ["import", content, "--data", data]);
        assert.equal(done.code, 0, done.err);
        for (const kind of ["dpia", "processing"])
            assert.match(await report(kind), /`2026`, and the key of its tags \| on 2028-03-05/);
    });

    await test("nothing secret, and no other word", async () => {
        const url = "postgres://someone:secret@db.example:5433/name";
        const done = await command(releaseBinary, ["report", "dpia", "--data", data, "--database", url]);
        assert.ok(!done.out.includes("secret") && !done.err.includes("secret"));
        assert.equal((await command(releaseBinary, ["report", "--data", data])).code, 2);
        assert.equal((await command(releaseBinary, ["report", "poem", "--data", data])).code, 2);
    });
});
