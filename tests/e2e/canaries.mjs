// SPDX-License-Identifier: EUPL-1.2
// The search that ends every installation (lib/canaries.mjs) finds what it is there to find.

import { Canaries } from "./lib/canaries.mjs";
import { run, test } from "./lib/tap.mjs";
import assert from "node:assert/strict";
import fs from "node:fs";
import os from "node:os";
import path from "node:path";

await run(async () => {
    const visitor = {};
    const folder = fs.mkdtempSync(path.join(os.tmpdir(), "undersigned-canary."));
    const said = (log) => [{ child: { spawnargs: ["", "serve"] }, log }];
    const letters = [{ link: "/en/s/abcdefghij0123456789klmnop" }];
    const fresh = () => {
        const canaries = new Canaries(visitor);
        visitor.onForm({ name: "Solveig Næs", email: "Solveig@Example.eu", country: "DK" });
        return canaries;
    };
    for (const [where, leak] of [
        ["a name in a log", (c) => c.search(said("x reason=\"Solveig Næs\""), folder, [])],
        ["an address in a log", (c) => c.search(said("to=<solveig@example.eu>"), folder, [])],
        ["a link's secret in a log",
            (c) => c.search(said("path=/en/s/abcdefghij0123456789klmnop/confirm"), folder, letters)],
        ["an address in a file", (c) => {
            fs.writeFileSync(path.join(folder, "note"), "solveig@example.eu");
            const found = c.search([], folder, []);
            fs.rmSync(path.join(folder, "note"));
            return found;
        }],
        ["a core dump", (c) => {
            fs.writeFileSync(path.join(folder, "core.17"), "");
            const found = c.search([], folder, []);
            fs.rmSync(path.join(folder, "core.17"));
            return found;
        }],
        ["a name in a redirect", (c) => {
            const answer = { headers: { location: "/en/thanks?name=Solveig%20N%C3%A6s" } };
            visitor.onAnswer("/en/sign/2026/person", answer, Buffer.from(""));
            return c.search([], folder, []);
        }],
        ["an address on an error page", (c) => {
            visitor.onAnswer("/en/x", { statusCode: 404, headers: {} },
                Buffer.from("no solveig@example.eu here"));
            return c.search([], folder, []);
        }],
    ])
        await test(`${where} is found`, () => assert.equal(leak(fresh()).length, 1));
    await test("what names nobody is not", () => {
        const canaries = fresh();
        assert.deepEqual(canaries.search(said("event=web.ready listen=127.0.0.1:80"), folder, []), []);
    });
    fs.rmSync(folder, { recursive: true, force: true });
});
