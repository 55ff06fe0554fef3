// SPDX-License-Identifier: EUPL-1.2
// Files of our age module, read and written by two programs that are not ours: the age of Debian
// and the npm package age-encryption. Then the format's public test vectors (C2SP CCTV), which say
// for each file whether a reader must take it.

import { run, test } from "./lib/tap.mjs";
import { Decrypter, Encrypter, generateIdentity, identityToRecipient } from "age-encryption";
import * as vectors from "cctv-age";
import assert from "node:assert/strict";
import { execFileSync, spawnSync } from "node:child_process";
import { createHash, randomBytes } from "node:crypto";
import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import zlib from "node:zlib";

const tool = path.join(process.env.UNDERSIGNED_SANITIZED, "../../crypto/test_age_tool");
const SIZES = [0, 1, 1000, 65535, 65536, 65537, 131072, 131073];

// The output of our module, or null when it refuses; anything else is its failure.
function ours(args, input) {
    const { status, stdout, stderr } = spawnSync(tool, args, { input, maxBuffer: 1 << 26 });
    if (status === 1 && /^[a-z_]+\n$/.test(stderr)) return null;
    assert.equal(status, 0, `${args[0]}: ${stderr}`);
    return stdout;
}

// Two keys, the first also as a file for the age program.
async function keys(folder) {
    const identities = [await generateIdentity(), await generateIdentity()];
    const recipients = await Promise.all(identities.map((i) => identityToRecipient(i)));
    const file = path.join(folder, "identity.txt");
    fs.writeFileSync(file, identities[0] + "\n");
    return { identities, recipients, file };
}

function readVector(bytes) {
    const text = Buffer.from(bytes).toString("latin1");
    const end = text.indexOf("\n\n");
    const of = new Map();
    for (const line of text.slice(0, end).split("\n")) {
        const [name, value] = line.split(": ");
        of.set(name, [...(of.get(name) ?? []), value]);
    }
    let file = Buffer.from(text.slice(end + 2), "latin1");
    if (of.get("compressed")?.[0] === "zlib") file = zlib.inflateSync(file);
    return { of: (name) => of.get(name)?.[0], identities: of.get("identity") ?? [], file };
}

await run(async () => {
    const folder = fs.mkdtempSync(path.join(os.tmpdir(), "undersigned-age-"));
    const { identities, recipients, file } = await keys(folder);

    await test("Debian's age opens what we seal, of every length", () => {
        for (const size of SIZES) {
            const plain = randomBytes(size);
            const sealed = ours(["seal", ...recipients], plain);
            const got = execFileSync("age", ["-d", "-i", file], { input: sealed, maxBuffer: 1 << 26 });
            assert.deepEqual(got, plain, `${size} bytes`);
        }
    });

    await test("we open what Debian's age seals, of every length", () => {
        for (const size of SIZES) {
            const plain = randomBytes(size);
            const to = recipients.flatMap((r) => ["-r", r]);
            const sealed = execFileSync("age", to, { input: plain, maxBuffer: 1 << 26 });
            for (const identity of identities)
                assert.deepEqual(ours(["open", identity], sealed), plain, `${size} bytes`);
        }
    });

    await test("age-encryption opens what we seal, for each recipient", async () => {
        for (const size of SIZES) {
            const plain = randomBytes(size);
            const sealed = ours(["seal", ...recipients], plain);
            for (const identity of identities) {
                const reader = new Decrypter();
                reader.addIdentity(identity);
                const got = Buffer.from(await reader.decrypt(sealed));
                assert.ok(got.equals(plain), `${size} bytes`);
            }
        }
    });

    await test("we open what age-encryption seals", async () => {
        for (const size of SIZES) {
            const plain = randomBytes(size);
            const writer = new Encrypter();
            for (const recipient of recipients) writer.addRecipient(recipient);
            const sealed = Buffer.from(await writer.encrypt(plain));
            for (const identity of identities)
                assert.ok(ours(["open", identity], sealed).equals(plain), `${size} bytes`);
        }
    });

    await test("a key of someone else opens nothing", async () => {
        const sealed = ours(["seal", ...recipients], "plain");
        assert.equal(ours(["open", await generateIdentity()], sealed), null);
    });

    // Vectors of armour, passphrases and post-quantum keys are for parts that we do not have.
    await test("the public vectors for X25519 files are taken and refused as they say", () => {
        let taken = 0;
        let refused = 0;
        for (const [name, bytes] of Object.entries(vectors)) {
            const vector = readVector(bytes);
            const known = vector.identities.filter((i) => /^AGE-SECRET-KEY-1[^P]/.test(i));
            if (known.length === 0 || vector.of("armored") || vector.of("passphrase")) continue;
            const plains = known.map((i) => ours(["open", i], vector.file)).filter((p) => p);
            if (vector.of("expect") === "success") {
                assert.equal(plains.length > 0, true, `${name} is refused`);
                const hash = createHash("sha256").update(plains[0]).digest("hex");
                assert.equal(hash, vector.of("payload"), name);
                taken++;
            } else {
                assert.equal(plains.length, 0, `${name} is taken`);
                refused++;
            }
        }
        assert.ok(taken >= 10 && refused >= 40, `${taken} taken, ${refused} refused`);
    });

    fs.rmSync(folder, { recursive: true });
});
