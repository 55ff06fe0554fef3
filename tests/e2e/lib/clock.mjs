// SPDX-License-Identifier: EUPL-1.2
// A wall clock for the program that a test can set, while it runs; see clock.c.

import { command, repository } from "./installation.mjs";
import { cleanup } from "./tap.mjs";
import assert from "node:assert/strict";
import fs from "node:fs";
import os from "node:os";
import path from "node:path";

export class Clock {
    static async make() {
        const made = new Clock();
        const folder = fs.mkdtempSync(path.join(os.tmpdir(), "undersigned-clock."));
        cleanup(() => fs.rmSync(folder, { recursive: true, force: true }));
        made.library = path.join(folder, "clock.so");
        made.file = path.join(folder, "ahead");
        fs.writeFileSync(made.file, Buffer.alloc(8));
        const built = await command("cc", ["-std=c17", "-D_GNU_SOURCE", "-O1", "-shared", "-fPIC", "-o",
            made.library, path.join(repository, "tests/e2e/lib/clock.c"), "-ldl"]);
        assert.equal(built.code, 0, built.err);
        return made;
    }

    // So many seconds before what the machine's clock says, or behind it.
    set(ahead_s) {
        const bytes = Buffer.alloc(8);
        bytes.writeBigInt64LE(BigInt(ahead_s));
        const fd = fs.openSync(this.file, "r+");
        fs.writeSync(fd, bytes, 0, 8, 0);
        fs.closeSync(fd);
    }

    // What `start` starts at once goes by this clock.
    over(start) {
        Object.assign(process.env, { LD_PRELOAD: this.library, CLOCK: this.file });
        try {
            return start();
        } finally {
            delete process.env.LD_PRELOAD;
            delete process.env.CLOCK;
        }
    }
}
